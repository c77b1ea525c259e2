import { type Period, startOf } from '../imports/list-position.ts'
import type { ListPage } from '../marketplaces/port/session.ts'
import type { JobResult, ShopJob, ShopTurn, WorkingShop } from '../worker/shop-job.ts'
import { runFailed, STUCK_AFTER } from './failures.ts'
import { relistOpen, rereadOpen } from './open-orders.ts'
import { askAgain } from './page.ts'
import { furthest, KEPT_MISSING_DAYS, nextRun, planRun, stoppedTooLong, windowsOf } from './plan.ts'
import { KEPT_DAYS } from './settle.ts'
import {
  beginRun,
  DELETE_OLD_LISTED,
  ensureSweeps,
  noteGap,
  type Run,
  readDueSweep,
  readShopsWithDueSweeps,
  readStepped,
  SWEEP_IS_DUE,
  type Sweep,
} from './statements.ts'
import { applySweepPage, lookAgain, mallOf, type SweepDeps } from './take.ts'

/** First runs are spread over a minute at most: a new shop needs to know soon that every order is here. */
export const MOST_SPREAD_MS = 60_000
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
  maintain: { name: 'sweeps', firstMs: 0, everyMs: KEEP_EVERY_MS, run: () => insertSweeps(deps) },
})

/**
 * Plans the first run of new shops, requests again orders that differ from their mall's list, and deletes old
 * rows. Several processes may do it at once.
 */
export async function insertSweeps(
  deps: Pick<SweepDeps, 'db' | 'pool' | 'clock' | 'newId' | 'marketplaces' | 'intervalMs'>,
): Promise<void> {
  const at = new Date(deps.clock.now())
  await ensureSweeps(deps.pool, at, Math.min(deps.intervalMs, MOST_SPREAD_MS))
  const byChanges = [...deps.marketplaces.values()].filter(({ limits }) => limits.freshBy === 'changes')
  await askAgain(
    deps,
    byChanges.map(({ name }) => name),
  )
  await deps.pool.query(
    DELETE_OLD_LISTED({ now: at, days: KEPT_DAYS, missingDays: KEPT_MISSING_DAYS, limit: PURGED_AT_ONCE }),
  )
  await deps.db.sweepGap.deleteMany({
    where: { toAt: { lt: new Date(at.getTime() - KEPT_MISSING_DAYS * DAY_MS) } },
  })
}

/**
 * Runs one due step of a shop's 突合: a page of the mall's list, open orders, or a check of missing orders. A
 * due run precedes the open orders, which continue after it: new orders are more urgent.
 */
export async function runSweepStep(deps: SweepDeps, turn: ShopTurn): Promise<JobResult> {
  const now = deps.clock.now()
  const due = await readDueSweep(deps.pool, turn.shop.id, new Date(now))
  if (!due) return 'done'
  // Began before its orders came as files, or was made by an older release.
  if (mallOf(deps, turn.shop).byFile) {
    await deps.db.shopSweep.deleteMany({ where: { shopId: turn.shop.id } })
    return 'done'
  }
  await goOn(deps, turn, due, due.runAt.getTime() <= now)
  return 'again'
}

async function goOn(deps: SweepDeps, turn: ShopTurn, due: Sweep, isTime: boolean): Promise<void> {
  if (due.run && !(isTime && isStuckInOldDays(due, due.run, deps.clock.now())))
    return readPage(deps, turn, due, due.run)
  if (isTime) {
    const begun = await begin(deps, turn.shop, due)
    if (begun?.run) await readPage(deps, turn, begun, begun.run)
    return
  }
  if (due.freshAfter !== null) return rereadOpen(deps, turn, due, due.freshAfter)
  if (due.openList) return relistOpen(deps, turn, due, due.openList)
  await lookAgain(deps, turn.shop, due)
}

/**
 * Then a new run begins from the same point with its newest days, so that a page that never succeeds does not
 * hide new orders.
 */
const isStuckInOldDays = (sweep: Sweep, run: Run, now: number): boolean =>
  sweep.attempts >= STUCK_AFTER &&
  run.windowTo < run.to &&
  (run.narrowMs === null || now - run.to.getTime() > LONGEST_NARROWING_MS)

/** The part that breaks is found in a minute or two, unless the list is short of quota. */
const LONGEST_NARROWING_MS = 30 * 60_000

async function begin(deps: SweepDeps, shop: WorkingShop, sweep: Sweep): Promise<Sweep | undefined> {
  const now = deps.clock.now()
  const at = new Date(now)
  const { deep, ...planned } = planRun(sweep, mallOf(deps, shop).limits, now)
  const stepped = await readStepped(deps.pool, shop.id)
  const period = deep ? { ...planned, from: backTo(planned.from, stepped, now) } : planned
  const { from, to } =
    windowsOf({ runFrom: period.from, longestMs: null, stepped, retries: deep })(period.to) ?? period
  const run = { ...period, ...startOf({ from, to }), narrowMs: null }
  const runAt = nextRun(now, deps.intervalMs, deps.random)
  const begun = await beginRun(deps.pool, sweep, { run, deepAt: deep ? at : sweep.deepAt, runAt }, at)
  const { listedUntil } = sweep
  if (begun && listedUntil && listedUntil < period.from)
    await noteGap(deps.pool, deps.newId, shop.id, stoppedTooLong(listedUntil, period.from), at)
  return begun
}

/** Includes skipped times again, once a day. */
const backTo = (from: Date, stepped: readonly Period[], now: number): Date =>
  stepped.reduce((start, gap) => (gap.from < start && gap.from >= furthest(now) ? gap.from : start), from)

async function readPage(deps: SweepDeps, turn: ShopTurn, sweep: Sweep, run: Run): Promise<void> {
  const opened = await turn.open()
  if (!opened) return
  let page: ListPage
  try {
    const window = { from: run.windowFrom, to: run.windowTo, orChanged: true } as const
    page = await opened.session.listOrders(window, run.page, turn.signal)
  } catch (error) {
    return runFailed(deps, { turn, opened, sweep, error }, run)
  }
  await applySweepPage(deps, turn.shop, sweep, run, page)
}
