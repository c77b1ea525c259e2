import type { Pool } from 'pg'
import type { CredentialCheck, Mailbox, Shop, ShopNotice } from '../../generated/prisma/client.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import type { Lifetime } from '../../marketplaces/port/marketplace.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Metrics } from '../../platform/metrics.ts'
import { factsOf } from '../../platform/narrow.ts'
import { checkOf, openCredentials } from '../credentials/credentials.ts'
import { OAUTH_KINDS, PROVIDERS } from '../mailboxes/oauth/providers.ts'
import { HINT_SHOWN_MS } from '../shops/mall-hints.ts'
import { READ_DAYS_LEFT } from '../statements.ts'

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

/** Days before an end at which people are told; 0 is the end itself. */
export const THRESHOLDS = [30, 14, 7, 3, 1, 0] as const

/** In the place of days: told as soon as it is seen, however long it lasts. */
export const AT_ONCE = 10_000

const DAY_MS = 24 * 60 * 60 * 1000

type Span = Pick<Lifetime, 'startsAt' | 'endsAt' | 'tellAtOnce'>

/**
 * The threshold that was passed last; null when none was. Those that fall before the start are none: a
 * consent of 28 days has no 30-day warning. Only this one is told, so that after a standstill people get one
 * notice and not five.
 */
export function passedThreshold({ startsAt, endsAt, tellAtOnce }: Span, now: number): number | null {
  if (endsAt === null) return null
  const since = (days: number) => endsAt.getTime() - days * DAY_MS
  const passed = THRESHOLDS.filter(
    (days) => since(days) <= now && (days === 0 || startsAt === null || since(days) > startsAt.getTime()),
  )
  return passed.at(-1) ?? (tellAtOnce ? AT_ONCE : null)
}

export type CalendarMailbox = Pick<Mailbox, 'authKind' | 'consentedAt' | 'consentEndsAt' | 'secretEndsAt'>

/** Lists what expires of a mailbox that signs in by OAuth. Nothing is known of passwords. */
export function mailboxLifetimes(mailbox: CalendarMailbox): Lifetime[] {
  const kind = OAUTH_KINDS.find((one) => one === mailbox.authKind)
  if (kind === undefined) return []
  const { label, page, consent } = PROVIDERS[kind]
  const lifetimes: Lifetime[] = []
  if (mailbox.secretEndsAt !== null)
    lifetimes.push({
      key: 'clientSecret',
      label: 'クライアントシークレット',
      certain: true,
      startsAt: null,
      endsAt: mailbox.secretEndsAt,
      action: `${page}で新しいシークレットを発行し、受信箱の設定に入れ直してください。`,
    })
  if (consent && mailbox.consentedAt !== null)
    lifetimes.push({
      key: 'consent',
      label: `${label}の同意`,
      certain: mailbox.consentEndsAt !== null,
      startsAt: mailbox.consentedAt,
      endsAt: mailbox.consentEndsAt,
      action: '受信箱の設定で、同意の手続きをもう一度行ってください。',
    })
  return lifetimes
}

/** Reads how long the mall's key that ends first still lives, of all shops. */
export async function readCredentialGauges(deps: {
  pool: Pool
  clock: Clock
  metrics: Pick<Metrics, 'credentialDaysLeft'>
}): Promise<void> {
  const { pool, metrics } = deps
  const { rows } = await pool.query<{ marketplace: string; days: number }>(
    READ_DAYS_LEFT({ now: new Date(deps.clock.now()) }),
  )
  metrics.credentialDaysLeft.reset()
  for (const { marketplace, days } of rows) metrics.credentialDaysLeft.set({ marketplace }, days)
}
