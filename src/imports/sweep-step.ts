import type { MarketplaceFailure } from '../marketplaces/failures.ts'
import type { ListPage } from '../marketplaces/marketplace.ts'
import { brokenAnswer, concernsShop, mayBeOneOrder } from './broken-answers.ts'
import type { OpenShop } from './fetch-worker.ts'
import { retryDelay } from './retry-schedule.ts'
import type { WorkingShop } from './shop-lane.ts'
import { readOpenSince, rereadOpen } from './sweep-open.ts'
import { nextRun, planRun, windowBefore } from './sweep-plan.ts'
import { beginRun, postponeSweep, type Run, readDueSweep, type Sweep } from './sweep-store.ts'
import { lookAgain, mallOf, type SweepDeps, takeSweepPage } from './sweep-take.ts'

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

/** One step of a shop's 突合, when one is due: a page of the mall's list, open orders, or a look at what was missing. */
export async function runSweepStep(deps: SweepDeps, turn: SweepTurn): Promise<SweepStep> {
  const now = deps.clock.now()
  const due = await readDueSweep(deps.pool, turn.shop.id, new Date(now))
  if (!due) return NOTHING
  if (due.freshAfter !== null) return rereadOpen(deps, turn, due, due.freshAfter)
  if (!due.run && due.runAt.getTime() > now) {
    await lookAgain(deps, turn.shop, due)
    return WORKED
  }
  const sweep = due.run ? due : await begin(deps, turn.shop, due)
  return sweep?.run ? readPage(deps, turn, sweep, sweep.run) : WORKED
}

async function begin(deps: SweepDeps, shop: WorkingShop, sweep: Sweep): Promise<Sweep | undefined> {
  const { limits } = mallOf(deps, shop)
  const now = deps.clock.now()
  const openSince = limits.freshBy === 'list' ? await readOpenSince(deps.pool, shop.id, now) : null
  const { deep, ...period } = planRun(sweep, limits, now, openSince)
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
    if (turn.signal.aborted) return WORKED
    if (concernsShop(error) && !(await isOfTheList(turn, opened, error)))
      return { worked: true, shopFailure: error }
    await postpone(deps, sweep, error)
    return WORKED
  }
  await takeSweepPage(deps, turn.shop, sweep, run, page)
  return WORKED
}

/** A mall that answers everything but this is not down, and the orders that mails announce must not wait for it. */
const isOfTheList = async (
  turn: SweepTurn,
  opened: OpenShop,
  failure: MarketplaceFailure,
): Promise<boolean> => mayBeOneOrder(failure) && (await turn.answersOtherwise(opened))

async function postpone(deps: SweepDeps, sweep: Sweep, error: unknown): Promise<void> {
  const now = deps.clock.now()
  deps.log.warn(
    { err: error, shopId: sweep.shopId, attempts: sweep.attempts + 1 },
    'sweep: page could not be read',
  )
  const nextAt = new Date(now + retryDelay(sweep.attempts + 1))
  await postponeSweep(deps.pool, sweep, brokenAnswer(error), nextAt, new Date(now))
}
