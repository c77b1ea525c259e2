import type { Marketplace } from '../generated/prisma/enums.ts'
import { MarketplaceFailure } from '../marketplaces/failures.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Random } from '../platform/random.ts'
import { closeLane, openLane, raiseAttention } from '../shops/attention.ts'
import { laneDecision } from './lane-decision.ts'
import type { Queries } from './sql.ts'

/** A shop as the fetch worker sees it before it opens a session. */
export interface WorkingShop {
  id: string
  tenantId: string
  marketplace: Marketplace
  credentialsVersion: number
  laneFailures: number
  /** Whether the mall may be asked now: enabled, tenant active, nothing to attend to, lane open. */
  open: boolean
}

export async function readWorkingShop(queries: Queries, shopId: string, now: Date): Promise<WorkingShop | null> {
  const { rows } = await queries.query<WorkingShop>(
    `select s.id::text, s.tenant_id::text as "tenantId", s.marketplace::text, s.credentials_version as "credentialsVersion",
       s.lane_failures as "laneFailures",
       s.enabled and s.attention_code is null and t.status = 'active'
         and (s.lane_closed_until is null or s.lane_closed_until <= $2) as open
     from shops s join tenants t on t.id = s.tenant_id
     where s.id = $1`,
    [shopId, now],
  )
  return rows[0] ?? null
}

export interface LaneDeps {
  db: Db
  clock: Clock
  random: Random
  log: Logger
  metrics: Pick<Metrics, 'laneClosings' | 'fetches'>
}

/** Closes the shop's lane, or puts the shop under attention. Its requests are not touched: they wait. */
export async function stopShop(deps: LaneDeps, shop: WorkingShop, failure: MarketplaceFailure): Promise<void> {
  const now = deps.clock.now()
  const at = new Date(now)
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
    await closeLane(deps.db, shop.id, { until, reason, failure: counts, at })
    deps.log.warn({ ...facts, until }, 'lane closed; its requests wait')
  }
}

/** A good answer ends the series of failures; the next one starts with a short pause again. */
export async function forgetFailures(deps: LaneDeps, shop: WorkingShop): Promise<void> {
  if (shop.laneFailures === 0) return
  await openLane(deps.db, shop.id, new Date(deps.clock.now()))
  shop.laneFailures = 0
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
