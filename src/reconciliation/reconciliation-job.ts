import type { ShopJob } from '../worker/shop-job.ts'
import { askAgain } from './differences.ts'
import { KEPT_DAYS } from './settle.ts'
import { runSweepStep } from './step.ts'
import { ensureSweeps, readShopsWithDueSweeps, SWEEP_IS_DUE } from './store.ts'
import type { SweepDeps } from './take.ts'

/** First runs are spread over a minute at most: a new shop needs to know soon that every order is here. */
const MOST_SPREAD_MS = 60_000
/** Days that missing orders are kept, as long as GET /v1/shops/{id}/completeness shows their day. */
const KEPT_MISSING_DAYS = 400
const DAY_MS = 24 * 60 * 60_000
const PURGED_AT_ONCE = 5_000
const KEEP_EVERY_MS = 15_000

/** 突合: compares each shop, every interval, with its mall's own list of orders. */
export const createReconciliationJob = (deps: SweepDeps): ShopJob => ({
  name: 'reconciliation',
  time: 'shared',
  dueShops: (now, page) => readShopsWithDueSweeps(deps.pool, now, page),
  due: SWEEP_IS_DUE,
  begin: () => ({ run: (turn) => runSweepStep(deps, turn) }),
  maintain: { name: 'sweeps', firstMs: 0, everyMs: KEEP_EVERY_MS, run: () => keepSweeps(deps) },
})

/**
 * Plans the first run of new shops, requests again orders that differ from their mall's list, and deletes old
 * rows. Several processes may do it at once.
 */
export async function keepSweeps(
  deps: Pick<SweepDeps, 'db' | 'pool' | 'clock' | 'newId' | 'marketplaces' | 'intervalMs'>,
): Promise<void> {
  const at = new Date(deps.clock.now())
  await ensureSweeps(deps.pool, at, Math.min(deps.intervalMs, MOST_SPREAD_MS))
  const byChanges = [...deps.marketplaces.values()].filter(({ limits }) => limits.freshBy === 'changes')
  await askAgain(
    deps,
    byChanges.map(({ name }) => name),
  )
  await deps.pool.query(PURGE, [at, KEPT_DAYS, PURGED_AT_ONCE, KEPT_MISSING_DAYS])
  await deps.db.sweepGap.deleteMany({
    where: { toAt: { lt: new Date(at.getTime() - KEPT_MISSING_DAYS * DAY_MS) } },
  })
}

const PURGE = `
delete from swept_orders w using (
  select shop_id, order_number from swept_orders
  where day < ($1::timestamptz at time zone 'Asia/Tokyo')::date - $2::int
    and differs_since is null and (state <> 'open' or day < ($1::timestamptz at time zone 'Asia/Tokyo')::date - $4::int)
  limit $3
  for update skip locked
) old
where w.shop_id = old.shop_id and w.order_number = old.order_number`
