import { retryDelay } from '../imports/requests/retry-schedule.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { isOwnWait } from '../worker/lane-policy.ts'
import type { OpenShop, ShopTurn } from '../worker/shop-job.ts'
import { brokenAnswer, concernsShop, isOfTheList, mayBeOneOrder } from '../worker/unusable-answers.ts'
import { postponeOpen, postponeSweep, putOffSweep, type Sweep } from './store.ts'
import type { SweepDeps } from './take.ts'

/** What could not be read, and on whose behalf. */
export interface Failed {
  turn: ShopTurn
  opened: OpenShop
  sweep: Sweep
  error: unknown
}

/** In a row over the same open orders; then they are passed over until the next pass. */
const MOST_OPEN_ATTEMPTS = 4

/** A page of a run could not be read: the shop stands still for it, or only the sweep waits. */
export async function runFailed(deps: SweepDeps, failed: Failed): Promise<void> {
  const { sweep, error } = failed
  return decide(deps, failed, async (now, until) => {
    const attempts = sweep.attempts + 1
    warn(deps, failed, attempts)
    const nextAt = until ?? new Date(now.getTime() + retryDelay(attempts))
    await postponeSweep(deps.pool, sweep, brokenAnswer(error), nextAt, now)
  })
}

/** Open orders could not be compared. `passOver` leaves them to the next pass: what is new must not wait for them for ever. */
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
  // A budget that is used up says nothing of the page, and the place in the list is worth what it took to come there.
  if (isBudget(error)) await putOffSweep(deps.pool, sweep, later(now, until), now)
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

/** A mall that answers everything but this is not down, and the orders that mails announce must not wait for it. */
const isNoOutage = async (turn: ShopTurn, opened: OpenShop, failure: MarketplaceFailure): Promise<boolean> =>
  isOfTheList(failure) || (mayBeOneOrder(failure) && (await turn.answersOtherwise(opened)))

function warn({ log }: SweepDeps, { sweep, error }: Failed, attempts: number): void {
  log.warn({ err: error, shopId: sweep.shopId, attempts }, 'sweep: page could not be read')
}
