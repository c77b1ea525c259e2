import type { ChangeAction, ChangePlan, ChangeRules } from '../marketplaces/changes.ts'
import type { NormalisedOrder } from '../marketplaces/order.ts'
import {
  alreadyDone,
  cancelledAtMall,
  neverTaken,
  type Reason,
  refusedByPlan,
  rejectedByMall,
  tooSlow,
  unconfirmed,
  warnedByMall,
} from './reasons.ts'
import { begun, mergePlan, type Step, toChangeStep } from './steps.ts'
import { pauseAfter } from './timing.ts'

/** A call whose answer was lost may still be on its way: an order read sooner after it shows nothing. */
export const SETTLE_MS = 60_000
/** Calls of one step, each of the earlier ones known to have done nothing. */
export const MOST_SENDS = 4

/** What makes sense for an order that is cancelled. */
const FOR_CANCELLED: ReadonlySet<ChangeAction> = new Set(['cancel', 'memo', 'sub_status'])

export interface ChangeInHand {
  action: ChangeAction
  /** As the mall's own schema gave them. */
  parameters: unknown
  steps: readonly Step[]
  /** Tries without progress so far. */
  attempts: number
  /** Milliseconds; from then on it ends, as what it is. */
  deadline: number
}

/** What to do with a change after its order was read. `steps` is what is known of them now. */
export type Decision = { steps: Step[] } & (
  | { kind: 'send'; index: number }
  | { kind: 'wait'; until: number }
  | { kind: 'end'; state: 'succeeded' | 'warning' | 'failed'; reason: Reason | null }
)

/**
 * Pure. First what was sent is settled by what the order says; only when nothing is in doubt the mall's rules say whether
 * the next call may be made.
 * @param readAt milliseconds, when the reading of `order` began
 */
export function decide(
  change: ChangeInHand,
  order: NormalisedOrder,
  rules: Pick<ChangeRules, 'planChange' | 'stepState'>,
  readAt: number,
): Decision {
  const steps = settle(change.steps, order, rules, readAt)
  const doubtful = steps.findIndex(({ state }) => state !== 'applied' && state !== 'waiting')
  if (doubtful >= 0) return inDoubt(change, steps, doubtful, readAt)
  if (steps.length > 0 && steps.every(({ state }) => state === 'applied')) return done(steps)
  if (order.mallState === 'cancelled' && !FOR_CANCELLED.has(change.action))
    return warn(steps, cancelledAtMall)
  return goOn(change, steps, rules.planChange(change, order), readAt)
}

function goOn(change: ChangeInHand, steps: Step[], plan: ChangePlan, now: number): Decision {
  if (plan.kind === 'refused') return warn(steps, refusedByPlan(plan))
  if (plan.kind === 'already')
    return done(
      steps.filter(({ state }) => state === 'applied'),
      plan.message,
    )
  const merged = mergePlan(steps, plan.steps)
  const index = merged.findIndex(({ state }) => state === 'waiting')
  if (index < 0) return done(merged)
  const exhausted = merged[index] as Step
  if (exhausted.sends >= MOST_SENDS) return end(merged, 'failed', neverTaken(exhausted))
  if (now >= change.deadline) return warn(merged, tooSlow)
  return { kind: 'send', index, steps: merged }
}

/** Carries into the steps what the order shows. */
function settle(
  steps: readonly Step[],
  order: NormalisedOrder,
  rules: Pick<ChangeRules, 'stepState'>,
  readAt: number,
): Step[] {
  if (!begun(steps)) return []
  return steps.map((step) => {
    if (step.state === 'applied') return step
    const seen = rules.stepState(toChangeStep(step), order)
    if (seen === 'applied') return { ...step, state: 'applied' }
    // The mall said that it is done, and reading cannot contradict it.
    if (step.state === 'answered' && seen === 'unknown') return { ...step, state: 'applied' }
    if (step.state === 'sent' && seen === 'not_applied' && settled(step, readAt))
      return { ...step, state: 'waiting' }
    return step
  })
}

const settlesAt = (step: Step): number => (step.sentAt === null ? 0 : Date.parse(step.sentAt) + SETTLE_MS)
const settled = (step: Step, readAt: number): boolean => readAt >= settlesAt(step)

function inDoubt(change: ChangeInHand, steps: Step[], index: number, now: number): Decision {
  const step = steps[index] as Step
  if (step.state === 'rejected') return end(steps, 'failed', rejectedByMall(step))
  if (now >= change.deadline) return warn(steps, unconfirmed(step))
  const again = now + pauseAfter(change.attempts + 1)
  const until = step.state === 'sent' && !settled(step, now) ? Math.min(again, settlesAt(step)) : again
  return { kind: 'wait', until: Math.min(until, change.deadline), steps }
}

function done(steps: Step[], already?: string): Decision {
  const warned = warnedByMall(steps)
  if (warned) return warn(steps, warned)
  return end(steps, 'succeeded', already === undefined ? null : alreadyDone(already))
}

const warn = (steps: Step[], reason: Reason): Decision => end(steps, 'warning', reason)

const end = (steps: Step[], state: 'succeeded' | 'warning' | 'failed', reason: Reason | null): Decision => ({
  ...{ kind: 'end', steps, state, reason },
})
