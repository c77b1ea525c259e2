import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { ListPage } from '../marketplaces/port/session.ts'
import type { WorkingShop } from '../worker/shop-state.ts'
import type { OpenShop } from '../worker/shop-worker.ts'
import { runFailed } from './failures.ts'
import { relistOpen } from './open-list.ts'
import { rereadOpen } from './open-orders.ts'
import { nextRun, planRun, windowBefore } from './plan.ts'
import { beginRun, type Run, readDueSweep, type Sweep } from './store.ts'
import { lookAgain, mallOf, type SweepDeps, takeSweepPage } from './take.ts'

/** What a step borrows of the shop's turn. */
export interface SweepTurn {
  shop: WorkingShop
  signal: AbortSignal
  /** Undefined when the shop cannot be opened; it has been stopped then. */
  open(): Promise<OpenShop | undefined>
  /** Whether the mall answers a harmless call. */
  answersOtherwise(opened: OpenShop): Promise<boolean>
}

export interface SweepStep {
  worked: boolean
  shopFailure: MarketplaceFailure | null
}

const NOTHING: SweepStep = { worked: false, shopFailure: null }
const WORKED: SweepStep = { worked: true, shopFailure: null }

/**
 * One step of a shop's 突合, when one is due: a page of the mall's list, open orders, or a look at what was missing. A run
 * whose time has come goes before the open orders, which go on after it: what is new is more urgent.
 */
export async function runSweepStep(deps: SweepDeps, turn: SweepTurn): Promise<SweepStep> {
  const now = deps.clock.now()
  const due = await readDueSweep(deps.pool, turn.shop.id, new Date(now))
  if (!due) return NOTHING
  const isTime = due.runAt.getTime() <= now
  if (due.run && !(isTime && isStuckInOldDays(due, due.run))) return readPage(deps, turn, due, due.run)
  if (isTime) {
    const begun = await begin(deps, turn.shop, due)
    return begun?.run ? readPage(deps, turn, begun, begun.run) : WORKED
  }
  if (due.freshAfter !== null) return rereadOpen(deps, turn, due, due.freshAfter)
  if (due.openList) return relistOpen(deps, turn, due, due.openList)
  await lookAgain(deps, turn.shop, due)
  return WORKED
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

async function readPage(deps: SweepDeps, turn: SweepTurn, sweep: Sweep, run: Run): Promise<SweepStep> {
  const opened = await turn.open()
  if (!opened) return WORKED
  let page: ListPage
  try {
    const window = { from: run.windowFrom, to: run.windowTo, orChanged: true } as const
    page = await opened.session.listOrders(window, run.page, turn.signal)
  } catch (error) {
    return runFailed(deps, { turn, opened, sweep, error })
  }
  await takeSweepPage(deps, turn.shop, sweep, run, page)
  return WORKED
}
