import type { ListPage } from '../marketplaces/port/session.ts'
import type { JobResult, ShopTurn } from '../worker/shop-job.ts'
import type { WorkingShop } from '../worker/shop-state.ts'
import { runFailed } from './failures.ts'
import { relistOpen } from './open-list.ts'
import { rereadOpen } from './open-orders.ts'
import { nextRun, planRun, windowBefore } from './plan.ts'
import { beginRun, type Run, readDueSweep, type Sweep } from './store.ts'
import { lookAgain, mallOf, type SweepDeps, takeSweepPage } from './take.ts'

/**
 * One step of a shop's 突合, when one is due: a page of the mall's list, open orders, or a look at what was missing. A run
 * whose time has come goes before the open orders, which go on after it: what is new is more urgent.
 */
export async function runSweepStep(deps: SweepDeps, turn: ShopTurn): Promise<JobResult> {
  const now = deps.clock.now()
  const due = await readDueSweep(deps.pool, turn.shop.id, new Date(now))
  if (!due) return 'done'
  await goOn(deps, turn, due, due.runAt.getTime() <= now)
  return 'again'
}

async function goOn(deps: SweepDeps, turn: ShopTurn, due: Sweep, isTime: boolean): Promise<void> {
  if (due.run && !(isTime && isStuckInOldDays(due, due.run))) return readPage(deps, turn, due, due.run)
  if (isTime) {
    const begun = await begin(deps, turn.shop, due)
    if (begun?.run) await readPage(deps, turn, begun, begun.run)
    return
  }
  if (due.freshAfter !== null) return rereadOpen(deps, turn, due, due.freshAfter)
  if (due.openList) return relistOpen(deps, turn, due, due.openList)
  await lookAgain(deps, turn.shop, due)
}

const STUCK_AFTER = 3

/** Then a new run begins from the same point with its newest days, so that a page that never comes does not hide what is new. */
const isStuckInOldDays = (sweep: Sweep, run: Run): boolean =>
  sweep.attempts >= STUCK_AFTER && run.windowTo < run.to

async function begin(deps: SweepDeps, shop: WorkingShop, sweep: Sweep): Promise<Sweep | undefined> {
  const now = deps.clock.now()
  const { deep, ...period } = planRun(sweep, mallOf(deps, shop).limits, now)
  const { from: windowFrom, to: windowTo } = windowBefore(period.to, period.from)
  const run = { ...period, windowFrom, windowTo, page: null, pass: 0, passNew: 0 }
  const deepAt = deep ? new Date(now) : sweep.deepAt
  const runAt = nextRun(now, deps.intervalMs, deps.random)
  return beginRun(deps.pool, sweep, { run, deepAt, runAt }, new Date(now))
}

async function readPage(deps: SweepDeps, turn: ShopTurn, sweep: Sweep, run: Run): Promise<void> {
  const opened = await turn.open()
  if (!opened) return
  let page: ListPage
  try {
    const window = { from: run.windowFrom, to: run.windowTo, orChanged: true } as const
    page = await opened.session.listOrders(window, run.page, turn.signal)
  } catch (error) {
    return runFailed(deps, { turn, opened, sweep, error })
  }
  await takeSweepPage(deps, turn.shop, sweep, run, page)
}
