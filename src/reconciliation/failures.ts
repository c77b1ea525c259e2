import { startOf } from '../imports/list-position.ts'
import { retryDelay } from '../imports/requests/retry-schedule.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { ListPage } from '../marketplaces/port/session.ts'
import { brokenAnswer, concernsShop, isOfTheList, isOwnWait, mayBeOneOrder } from '../worker/mall-failures.ts'
import type { OpenShop, ShopTurn } from '../worker/shop-job.ts'
import { NARROWEST_MS } from './plan.ts'
import {
  delaySweep,
  narrowWindow,
  postponeOpen,
  postponeSweep,
  type Run,
  readStepped,
  type Sweep,
} from './statements.ts'
import { applySweepPage, type SweepDeps, windowOf } from './take.ts'

/** A failed reading and the turn it belongs to. */
export interface Failed {
  turn: ShopTurn
  opened: OpenShop
  sweep: Sweep
  error: unknown
}

/** Failures in a row over one window before the window is narrowed. */
export const STUCK_AFTER = 3

/** Failures in a row over the same open orders before they are skipped until the next pass. */
const MOST_OPEN_ATTEMPTS = 4

/** Handles a page of a run that could not be read: stops the shop for it, or postpones only the sweep. */
export async function runFailed(deps: SweepDeps, failed: Failed, run: Run): Promise<void> {
  const { sweep, error } = failed
  return decide(deps, failed, async (now, until) => {
    const attempts = sweep.attempts + 1
    warn(deps, failed, attempts)
    const isStuck = (attempts > STUCK_AFTER || run.narrowMs !== null) && !isOfTheList(error)
    if (isStuck && (await narrow(deps, failed, run, now))) return
    const nextAt = until ?? new Date(now.getTime() + retryDelay(attempts))
    await postponeSweep(deps.pool, sweep, brokenAnswer(error), nextAt, now)
  })
}

/**
 * A window that fails repeatedly must not hide the rest. It is halved, newest part first, until the failing
 * part is isolated; that part is skipped and named. Not when the time before fails as well: then the list is
 * at fault, not an entry. False: read it again later unchanged.
 */
async function narrow(
  deps: SweepDeps,
  { turn, opened, sweep, error }: Failed,
  run: Run,
  now: Date,
): Promise<boolean> {
  const { from, to } = windowOf(run)
  const known = (await readStepped(deps.pool, sweep.shopId)).some((gap) => gap.from <= from && to <= gap.to)
  const length = to.getTime() - from.getTime()
  if (!known && length > NARROWEST_MS) {
    const narrowMs = Math.max(NARROWEST_MS, Math.ceil(length / 2))
    const part = {
      from: new Date(to.getTime() - narrowMs),
      narrowMs,
      nextAt: new Date(now.getTime() + NARROWED_MS),
    }
    await narrowWindow(deps.pool, sweep, brokenAnswer(error), part, now)
    return true
  }
  if (!(await listsBefore(turn, opened, from))) return false
  const { code, message } = brokenAnswer(error)
  const begin = { ...run, ...startOf({ from, to }), narrowMs: run.narrowMs }
  await applySweepPage(deps, turn.shop, sweep, begin, EMPTY, { from, to, code, message })
  return true
}

const NARROWED_MS = 1_000
const EMPTY: ListPage = { orders: [], next: null, total: null }

const listsBefore = (turn: ShopTurn, { session }: OpenShop, to: Date): Promise<boolean> =>
  session
    .listOrders({ from: new Date(to.getTime() - NARROWEST_MS), to, orChanged: true }, null, turn.signal)
    .then(
      () => true,
      () => false,
    )

/**
 * Handles open orders that could not be compared. `passOver` leaves them to the next pass: new orders must
 * not wait for them forever.
 */
export async function openFailed(
  deps: SweepDeps,
  failed: Failed,
  passOver: () => Promise<void>,
): Promise<void> {
  const { sweep } = failed
  return decide(deps, failed, async (now, until) => {
    const attempts = sweep.openAttempts + 1
    warn(deps, failed, attempts)
    if (attempts >= MOST_OPEN_ATTEMPTS) return passOver()
    const nextAt = until ?? new Date(now.getTime() + retryDelay(attempts))
    await postponeOpen(deps.pool, sweep, nextAt, now)
  })
}

async function decide(
  deps: SweepDeps,
  { turn, opened, sweep, error }: Failed,
  postpone: (now: Date, until: Date | undefined) => Promise<void>,
): Promise<void> {
  if (turn.signal.aborted) return
  if (concernsShop(error) && !(await isNoOutage(turn, opened, error))) return turn.stop(error)
  const now = new Date(deps.clock.now())
  const until = error instanceof MarketplaceFailure ? error.until : undefined
  // A used-up budget says nothing about the page, and the position in the list is worth the calls it cost.
  if (isBudget(error)) await delaySweep(deps.pool, sweep, later(now, until), now)
  else await postpone(now, until && later(now, until))
}

const isBudget = (error: unknown): boolean =>
  error instanceof MarketplaceFailure && (error.kind === 'throttled' || isOwnWait(error))

const SHORTEST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60 * 60_000

const later = (now: Date, until: Date | undefined): Date => {
  const wait = (until?.getTime() ?? 0) - now.getTime()
  return new Date(now.getTime() + Math.min(Math.max(wait, SHORTEST_WAIT_MS), LONGEST_WAIT_MS))
}

/**
 * True when the mall answers other calls: it is not down, and orders announced by mails must not wait for
 * this.
 */
const isNoOutage = async (turn: ShopTurn, opened: OpenShop, failure: MarketplaceFailure): Promise<boolean> =>
  isOfTheList(failure) || (mayBeOneOrder(failure) && (await turn.answersOtherwise(opened)))

function warn({ log }: SweepDeps, { sweep, error }: Failed, attempts: number): void {
  log.warn({ err: error, shopId: sweep.shopId, attempts }, 'sweep: page could not be read')
}
