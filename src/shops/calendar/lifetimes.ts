import type { CredentialCheck, Shop, ShopNotice } from '../../generated/prisma/client.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import type { Lifetime } from '../../marketplaces/port/credentials.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { factsOf } from '../../platform/narrow.ts'
import { checkOf } from '../credentials/credential-checks.ts'
import { openCredentials } from '../credentials/stored-credentials.ts'
import { HINT_SHOWN_MS } from '../shops/mall-hints.ts'
import { passedThreshold } from './thresholds.ts'

/** All of a shop's row and its relations that lifetimes are worked out from. */
export type CalendarShop = Pick<
  Shop,
  'id' | 'tenantId' | 'marketplace' | 'sealedCredentials' | 'credentialsVersion' | 'credentialsSetAt'
> & {
  credentialCheck: Pick<CredentialCheck, 'checkedAt' | 'credentialsVersion' | 'expiries'> | null
  mallNotices: readonly Pick<ShopNotice, 'code' | 'lastSeenAt'>[]
}

export interface CalendarTools {
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
}

/** All parts of the shop's credentials that expire; none without credentials, or with unreadable ones. */
export function lifetimesOf(tools: CalendarTools, shop: CalendarShop, now: number): Lifetime[] {
  const mall = tools.marketplaces.get(shop.marketplace)
  if (!mall?.lifetimes) return []
  const parsed = mall.credentials.safeParse(openCredentials(tools.sealer, shop))
  if (!parsed.success) return []
  const setAt = setTimesOf(shop.credentialsSetAt)
  return mall.lifetimes({
    credentials: parsed.data,
    setAt,
    check: checkOf(shop.credentialCheck, shop.credentialsVersion),
    notices: hintsOf(shop.mallNotices, setAt, now),
  })
}

function setTimesOf(stored: unknown): Record<string, Date> {
  const times = Object.entries(factsOf(stored))
  return Object.fromEntries(times.map(([field, time]) => [field, new Date(String(time))]))
}

/** Lists the mall's hints about the current credentials, without those from before their last change. */
function hintsOf(hints: CalendarShop['mallNotices'], setAt: Record<string, Date>, now: number): string[] {
  const changed = Math.max(0, ...Object.values(setAt).map((time) => time.getTime()))
  const oldest = Math.max(changed, now - HINT_SHOWN_MS)
  return hints.filter(({ lastSeenAt }) => lastSeenAt.getTime() >= oldest).map(({ code }) => code)
}

/** doubtful: the date has passed, and the mall took the credentials after it. */
export type LifetimeState = 'unknown' | 'ok' | 'soon' | 'ended' | 'doubtful'

export function stateOf(lifetime: Lifetime, checkedAt: Date | null, now: number): LifetimeState {
  const { endsAt } = lifetime
  if (endsAt === null) return 'unknown'
  if (endsAt.getTime() > now) return passedThreshold(lifetime, now) === null ? 'ok' : 'soon'
  return checkedAt !== null && checkedAt > endsAt ? 'doubtful' : 'ended'
}
