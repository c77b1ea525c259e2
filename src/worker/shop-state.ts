import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Random } from '../platform/random.ts'
import { clearAttention, closeLane, openEarly, openLane, raiseAttention } from '../shops/attention.ts'
import type { ShopRow } from '../shops/shops/sessions.ts'
import { noteQuotaWait } from '../shops/waits.ts'
import { isOwnWait, laneDecision } from './lane-policy.ts'
import type { WakeLater } from './wake-later.ts'

/**
 * A shop as it stood when its turn began: what is done in that turn, at most some seconds, goes by these
 * settings and credentials.
 */
export interface WorkingShop extends ShopRow {
  name: string
  createdAt: Date
  /** Shops of the same mall whose mails come to a mailbox of this one. */
  sharedMailboxShopIds: readonly string[]
  /** Set while the shop stands still for a person to act: then only a probe may be made. */
  attention: { probeAt: Date | null } | null
}

export interface LaneDeps {
  db: Db
  pool: Queries
  clock: Clock
  random: Random
  log: Logger
  metrics: Pick<Metrics, 'laneClosings' | 'fetches'>
  wakeLater: Pick<WakeLater, 'at'>
}

/**
 * Closes the shop's lane, or puts the shop under attention. Its requests are not touched: they wait. Where
 * only our own quota is used up, the lane stays as it is: the shop comes back when its turn is there.
 */
export async function stopShop(
  deps: LaneDeps,
  shop: WorkingShop,
  failure: MarketplaceFailure,
): Promise<void> {
  const now = deps.clock.now()
  const at = new Date(now)
  if (isOwnWait(failure)) {
    const until = Math.max(failure.until?.getTime() ?? 0, now + SHORTEST_WAIT_MS)
    deps.wakeLater.at(shop.id, until)
    if (until - now >= TOLD_FROM_MS)
      await noteQuotaWait(deps.pool, shop.id, { from: now, until, code: failure.code })
    return
  }
  const decision = laneDecision(failure, shop.laneFailures, now, deps.random)
  const facts = { shopId: shop.id, code: failure.code, mallCode: failure.mallCode, status: failure.status }
  deps.metrics.laneClosings.inc({ marketplace: shop.marketplace, reason: failure.code })
  deps.metrics.fetches.inc({ marketplace: shop.marketplace, kind: failure.kind })
  if (decision.kind === 'attention') {
    const { code, message } = decision
    await raiseAttention(deps.db, shop.id, { code, message, credentialsVersion: shop.credentialsVersion, at })
    deps.log.warn(facts, 'shop needs attention; its requests wait')
  } else {
    const { until, reason, counts } = decision
    const outage = counts && failure.kind === 'unavailable'
    await closeLane(deps.db, shop.id, { until, reason, failure: counts, outage, at })
    deps.wakeLater.at(shop.id, until.getTime())
    deps.log.warn({ ...facts, until }, 'lane closed; its requests wait')
  }
}

/** A shorter wait explains no late order. */
const TOLD_FROM_MS = 1_000

/** Prevents a busy loop on a time that is over already. */
const SHORTEST_WAIT_MS = 50

/** The mall takes the key again: what waited is fetched, and nobody needs to do anything. */
export async function heal(deps: LaneDeps, shop: WorkingShop): Promise<void> {
  const { credentialsVersion } = shop
  await clearAttention(deps.db, shop.id, { credentialsVersion, at: new Date(deps.clock.now()) })
  shop.attention = null
  shop.laneFailures = 0
  deps.log.info({ shopId: shop.id }, 'shop has healed; its requests are fetched')
}

/**
 * A good answer ends the series of failures; the next one starts with a short pause again. What ended for
 * this shop ended for others of its mall, so theirs are opened too.
 */
export async function resetFailures(deps: LaneDeps, shop: WorkingShop): Promise<void> {
  if (shop.laneFailures === 0) return
  const at = new Date(deps.clock.now())
  await openLane(deps.db, shop.id, at)
  shop.laneFailures = 0
  const { marketplace } = shop
  const opened = await openEarly(deps.pool, { marketplace }, at)
  if (opened.length > 0)
    deps.log.info({ marketplace, shops: opened.length }, 'lanes of this mall opened early')
}

/** For errors that are nobody's answer: the shop pauses as after an outage. */
export const asOutage = (error: unknown, code: string): MarketplaceFailure =>
  error instanceof MarketplaceFailure && error.kind === 'unavailable'
    ? error
    : new MarketplaceFailure({
        kind: 'unavailable',
        code,
        message: 'モールから正しい回答が得られません。時間をおいて自動で再試行します。',
        cause: error,
      })
