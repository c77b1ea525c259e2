import { z } from 'zod'
import type { CredentialCheck as CheckRow, Prisma, Shop } from '../../generated/prisma/client.ts'
import { checked, invalid } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import type { LifetimeFacts, Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { CredentialCheck } from '../../marketplaces/port/session.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import { ifOpens, type Sealer } from '../../platform/crypto/sealer.ts'
import type { DbOrTx } from '../../platform/db/database.ts'
import type { FieldError } from '../../platform/errors.ts'
import { present } from '../../platform/narrow.ts'
import { HEALED } from '../attention.ts'
import { upsertGoodCheck } from '../statements.ts'

/** Pasted values by field name, cleaned by the mall's schema. */
export type Credentials = Record<string, unknown>

/** Per field, when its value last changed (RFC 3339). */
export type CredentialsSetAt = Record<string, string>

/** Checks what was pasted against the mall's schema; errors name `credentials.<field>`. */
export function checkCredentials(
  mall: Marketplace,
  given: unknown,
): { ok: true; value: Credentials } | { ok: false; fields: FieldError[] } {
  const unknown = unknownFields(mall, given)
  const result = checked(mall.credentials, given, 'credentials')
  if (result.ok && unknown.length === 0) return { ok: true, value: result.value as Credentials }
  return { ok: false, fields: [...(result.ok ? [] : result.fields), ...unknown] }
}

function unknownFields(mall: Marketplace, given: unknown): FieldError[] {
  if (typeof given !== 'object' || given === null) return []
  const known = new Set(mall.credentialFields.map((field) => field.name))
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({
      field: `credentials.${name}`,
      message: `${mall.label}の認証情報にこの項目はありません。`,
      code: 'unknown_field',
    }))
}

/** An unchanged value keeps its time: a 90-day credential does not get younger by being sent again. */
export function toSetTimes(
  next: Credentials,
  before: { values: Credentials; setAt: CredentialsSetAt } | null,
  now: string,
): CredentialsSetAt {
  const times: CredentialsSetAt = {}
  for (const [name, value] of Object.entries(next)) {
    if (value === undefined || value === null) continue
    const unchanged = before !== null && before.values[name] === value
    times[name] = (unchanged ? before.setAt[name] : undefined) ?? now
  }
  return times
}

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

// The mall's last answer about a shop's credentials, in `credential_checks`.

interface GoodCheck {
  credentialsVersion: number
  expiries: CredentialCheck['expiries']
  capabilities?: unknown
  at: Date
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Again in about a day. `spread`, 0 ≤ x < 1, keeps shops that came together from being asked together. */
export const nextCheckAt = (at: Date, spread: number): Date =>
  new Date(at.getTime() + DAY_MS * (0.9 + spread * 0.2))

/** Keeps a good answer, whoever asked. Credentials that are history by now change nothing. */
export async function saveGoodCheck(
  db: DbOrTx,
  shopId: string,
  check: GoodCheck,
  spread: number,
): Promise<void> {
  const { credentialsVersion, at } = check
  const expiries = JSON.stringify(
    check.expiries.map((expiry) => ({ ...expiry, at: expiry.at.toISOString() })),
  )
  const capabilities = check.capabilities === undefined ? null : JSON.stringify(check.capabilities)
  await db.$executeRaw(
    upsertGoodCheck({
      shopId,
      credentialsVersion,
      expiries,
      capabilities,
      at,
      nextAt: nextCheckAt(at, spread),
    }),
  )
}

const Expiries = z.array(
  z.object({ what: z.string(), at: z.iso.datetime().transform((at) => new Date(at)), certain: z.boolean() }),
)

/** The row as lifetimes take it; null when no good answer is kept for these credentials. */
export function checkOf(
  row: Pick<CheckRow, 'checkedAt' | 'credentialsVersion' | 'expiries'> | null,
  credentialsVersion: number,
): LifetimeFacts<unknown>['check'] {
  if (row?.checkedAt == null || row.credentialsVersion !== credentialsVersion) return null
  return { at: row.checkedAt, expiries: Expiries.safeParse(row.expiries).data ?? [] }
}
