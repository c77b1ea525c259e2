import type { Prisma, Shop } from '../../generated/prisma/client.ts'
import { invalid } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import { ifOpens, type Sealer } from '../../platform/crypto/sealer.ts'
import { present } from '../../platform/narrow.ts'
import { HEALED } from '../attention.ts'
import { type Credentials, type CredentialsSetAt, checkCredentials, toSetTimes } from './credentials.ts'

const credentialsContext = (shopId: string) => `shop:${shopId}:credentials`

/** As stored; null where there are none, or none that opens: sealed with a key that is gone. */
export function openCredentials(
  sealer: Pick<Sealer, 'of'>,
  shop: Pick<Shop, 'id' | 'tenantId' | 'sealedCredentials'>,
): Credentials | null {
  const { id, tenantId, sealedCredentials } = shop
  return (
    sealedCredentials &&
    ifOpens(() => sealer.of(tenantId).openJson<Credentials>(credentialsContext(id), sealedCredentials))
  )
}

export const sealCredentials = (
  sealer: Pick<Sealer, 'of'>,
  { id, tenantId }: { id: string; tenantId: string },
  credentials: Credentials,
  times: CredentialsSetAt,
) => ({
  sealedCredentials: sealer.of(tenantId).sealJson(credentialsContext(id), credentials),
  credentialsSetAt: times,
})

/**
 * The whole set, unchecked, that comes of entering some fields over what is stored. A field that belongs to
 * another goes with its old value, since the date of a secret says nothing of the next one. Stored ones that
 * the mall's schema does not take are no ground to build on: then what is given must be the whole set.
 */
export function mergeCredentials(
  mall: Marketplace,
  stored: Credentials | null,
  given: Credentials,
): Credentials {
  const known = mall.credentials.safeParse(stored)
  if (!known.success) return given
  const base = known.data as Credentials
  const outlived = mall.credentialFields.filter(
    ({ belongsTo }) => belongsTo !== undefined && changes(mall, base, given, belongsTo),
  )
  const gone = Object.fromEntries(outlived.map(({ name }) => [name, undefined]))
  return { ...base, ...gone, ...given }
}

/** Compared as it would be stored: blanks that came with copying make no new secret. */
function changes(mall: Marketplace, base: Credentials, given: Credentials, name: string): boolean {
  if (!Object.hasOwn(given, name)) return false
  const alone = mall.credentials.safeParse({ ...base, [name]: given[name] })
  // A pair that goes together is refused when one half comes alone, which is what a change of it looks like.
  return !alone.success || (alone.data as Credentials)[name] !== base[name]
}

/**
 * Computes the update of a shop's row for entered fields: absent fields stay, null deletes one.
 * @throws AppError VALIDATION_FAILED naming each wrong field
 */
export function renewed(
  tools: { clock: Clock; marketplaces: Marketplaces; sealer: Pick<Sealer, 'of'> },
  before: Pick<Shop, 'id' | 'tenantId' | 'marketplace' | 'sealedCredentials' | 'credentialsSetAt'>,
  given: Credentials,
): Prisma.ShopUpdateInput {
  const mall = present(tools.marketplaces.get(before.marketplace))
  const values = openCredentials(tools.sealer, before)
  const result = checkCredentials(mall, mergeCredentials(mall, values, given))
  if (!result.ok) throw invalid(result.fields)
  const old = values && { values, setAt: before.credentialsSetAt as CredentialsSetAt }
  const times = toSetTimes(result.value, old, dateNow(tools.clock).toISOString())
  return {
    ...sealCredentials(tools.sealer, before, result.value, times),
    ...HEALED,
    credentialsVersion: { increment: 1 },
  }
}
