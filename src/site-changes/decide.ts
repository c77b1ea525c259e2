import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import {
  type ChangeAction,
  ChangeParameters,
  type ChangePlan,
  type ChangeRules,
} from '../marketplaces/port/site-changes.ts'
import { stepOf } from '../platform/backoff.ts'
import type { Logger } from '../platform/logger.ts'
import { present } from '../platform/narrow.ts'
import {
  alreadyDone,
  cancelledAtMall,
  neverTaken,
  notYetTold,
  parametersOutdated,
  type Reason,
  refusedByPlan,
  rejectedByMall,
  tooSlow,
  unconfirmed,
  waitsByWish,
  waitsForMall,
  wantsPause,
  warnedByMall,
} from './reasons.ts'
import { begun, type HeldChange, mergePlan, type Step, toChangeStep } from './steps.ts'

/** Longest time in 変更中 once the mall answers. */
export const CHANGING_FOR_MS = 15 * 60_000

const PAUSES = [5_000, 10_000, 20_000, 40_000, 60_000] as const

/** Milliseconds to wait after the `attempts`-th look without progress (1 for the first). */
export const pauseAfter = (attempts: number): number => stepOf(attempts, PAUSES)

const PAUSES_UNTIL_SHOWN = [5_000, 15_000, 30_000, 60_000, 120_000, 180_000] as const

/** The same for what a mall accepts and shows minutes later: each look costs a call others need. */
const pauseUntilShown = (attempts: number): number => stepOf(attempts, PAUSES_UNTIL_SHOWN)

/** Calls of one step, each of the earlier ones known to have done nothing. */
export const MOST_SENDS = 4

/** Actions that make sense for a cancelled order. */
const FOR_CANCELLED: ReadonlySet<ChangeAction> = new Set(['cancel', 'memo', 'sub_status'])

export interface ChangeInHand {
  action: ChangeAction
  /** As the mall's own schema gave them. */
  parameters: unknown
  lines: HeldChange['lines']
  steps: readonly Step[]
  /** Attempts without progress so far. */
  attempts: number
  /** Code of what it waited for until now; the attempts are looks for it. */
  waitedFor: string | null
  /** Milliseconds; from then on it ends, as what it is. */
  deadline: number
}

export type Rules = Pick<ChangeRules, 'planChange' | 'stepState' | 'repeatAfterMs' | 'showsWithinMs'>

/** Next move of a change after its order was read. `steps`: their known state now. */
export type Decision = { steps: Step[] } & (
  | { kind: 'send'; index: number }
  /** `deadline`: by then at the latest, where the mall may take longer than changes have as a rule. */
  | { kind: 'wait'; until: number; deadline?: number }
  /** The mall's rules want it later; until then it is queued. `attempts`: looks for it, this one counted. */
  | { kind: 'later'; until: number; reason: Reason; attempts?: number }
  | { kind: 'end'; state: 'succeeded' | 'warning' | 'failed'; reason: Reason | null }
)

/**
 * Pure. First what was sent is settled by what the order says; only when nothing is in doubt the mall's rules
 * say whether the next call may be made.
 * @param readAt milliseconds, when the reading of `order` began
 */
export function decide(change: ChangeInHand, order: NormalisedOrder, rules: Rules, readAt: number): Decision {
  const steps = settle(change.steps, order, rules, readAt)
  const doubtful = steps.findIndex(({ state }) => state !== 'applied' && state !== 'waiting')
  if (doubtful >= 0) return inDoubt(change, steps, doubtful, rules, readAt)
  if (steps.length > 0 && steps.every(({ state }) => state === 'applied')) return done(steps)
  if (order.mallState === 'cancelled' && !FOR_CANCELLED.has(change.action))
    return warn(steps, cancelledAtMall)
  return goOn(change, steps, rules.planChange(change, order), readAt)
}

function goOn(change: ChangeInHand, steps: Step[], plan: ChangePlan, now: number): Decision {
  if (plan.kind === 'refused') return refused(change, steps, plan, now)
  if (plan.kind === 'already')
    return done(
      steps.filter(({ state }) => state === 'applied'),
      plan.message,
    )
  const merged = mergePlan(steps, plan.steps)
  const index = merged.findIndex(({ state }) => state === 'waiting')
  if (index < 0) return done(merged)
  const next = present(merged[index])
  if (next.sends >= MOST_SENDS) return end(merged, 'failed', neverTaken(next))
  const notBefore = timeOf(plan.notBefore)
  if (notBefore > now)
    return { kind: 'later', until: notBefore, reason: plan.byWish ? waitsByWish : wantsPause, steps: merged }
  if (now >= change.deadline) {
    // It took that long to know that the call did nothing: it has its full time once more, a few times at
    // most.
    return next.sends > 0
      ? { kind: 'later', until: now, reason: notYetTold(next), steps: merged }
      : warn(merged, tooSlow)
  }
  return { kind: 'send', index, steps: merged }
}

function refused(
  { attempts, waitedFor }: ChangeInHand,
  steps: Step[],
  plan: Extract<ChangePlan, { kind: 'refused' }>,
  now: number,
): Decision {
  const { code, looksAfterMs } = plan
  const retryAt = timeOf(plan.retryAt)
  if (retryAt > now) return { kind: 'later', until: retryAt, reason: waitsForMall(plan), attempts: 0, steps }
  if (!looksAfterMs) return warn(steps, refusedByPlan(plan))
  const looks = (waitedFor === code ? attempts : 0) + 1
  const until = now + stepOf(looks, looksAfterMs)
  return { kind: 'later', until, reason: waitsForMall(plan), attempts: looks, steps }
}

/** Carries into the steps what the order shows. */
function settle(steps: readonly Step[], order: NormalisedOrder, rules: Rules, readAt: number): Step[] {
  if (!begun(steps)) return []
  return steps.map((step) => {
    if (step.state === 'applied') return step
    const seen = rules.stepState(toChangeStep(step), order)
    if (seen === 'applied') return { ...step, state: 'applied' }
    // The mall said that it is done, and reading cannot contradict it.
    if (step.state === 'answered' && seen === 'unknown' && rules.showsWithinMs === undefined)
      return { ...step, state: 'applied' }
    if (step.state === 'sent' && readAt >= sendableAt(step, seen, rules))
      return { ...step, state: 'waiting', answer: null }
    return step
  })
}

/** From when on a call whose answer was lost may be made once more, with the order looking like that. */
function sendableAt(step: Step, seen: 'not_applied' | 'unknown', { repeatAfterMs }: Rules): number {
  const settles = timeOf(step.settlesAt)
  if (seen === 'not_applied' || step.anew) return settles
  return repeatAfterMs === undefined ? Infinity : Math.max(settles, timeOf(step.sentAt) + repeatAfterMs)
}

const timeOf = (time: string | null | undefined): number => (time ? Date.parse(time) : 0)

function inDoubt(change: ChangeInHand, steps: Step[], index: number, rules: Rules, now: number): Decision {
  const step = present(steps[index])
  if (step.state === 'rejected') return end(steps, 'failed', rejectedByMall(step))
  if (step.state === 'answered' && rules.showsWithinMs !== undefined)
    return awaitShown(change, steps, step, rules.showsWithinMs, now)
  const again = now + pauseAfter(change.attempts + 1)
  // The times at which a lost call may turn out to be free to be made again.
  const turns =
    step.state === 'sent' ? [sendableAt(step, 'not_applied', rules), sendableAt(step, 'unknown', rules)] : []
  const later = Math.min(...turns.filter((time) => time > now))
  if (now >= change.deadline) {
    return Number.isFinite(later)
      ? { kind: 'later', until: later, reason: notYetTold(step), steps }
      : warn(steps, unconfirmed(step, CHANGING_FOR_MS))
  }
  const until = Math.min(again, change.deadline, later)
  return { kind: 'wait', until, steps }
}

/** Accepted, and invisible so far: looked at again, ever less often, until the mall has had its time. */
function awaitShown(
  { attempts }: ChangeInHand,
  steps: Step[],
  step: Step,
  showsWithinMs: number,
  now: number,
): Decision {
  const deadline = timeOf(step.sentAt) + showsWithinMs
  if (now >= deadline) return warn(steps, unconfirmed(step, showsWithinMs))
  return { kind: 'wait', until: Math.min(now + pauseUntilShown(attempts + 1), deadline), deadline, steps }
}

function done(steps: Step[], already?: string): Decision {
  const warned = warnedByMall(steps)
  if (warned) return warn(steps, warned)
  return end(steps, 'succeeded', already === undefined ? null : alreadyDone(already))
}

const warn = (steps: Step[], reason: Reason): Decision => end(steps, 'warning', reason)

const end = (steps: Step[], state: 'succeeded' | 'warning' | 'failed', reason: Reason | null): Decision => ({
  kind: 'end',
  steps,
  state,
  reason,
})

/** Decides what a reading means for a held change; null when the mall's rules broke. */
export function decideFor(
  log: Pick<Logger, 'error'>,
  rules: ChangeRules,
  { id, action, parameters, lines, steps, attempts, waitedFor, deadline }: HeldChange,
  order: NormalisedOrder,
  readAt: number,
): Decision | null {
  const parsed = rules.actions.find((one) => one.action === action)?.parameters.safeParse(parameters)
  if (!parsed?.success) return { kind: 'end', state: 'failed', reason: parametersOutdated, steps: [...steps] }
  try {
    const known = { lines, steps, attempts, waitedFor, deadline: deadline ?? readAt }
    const inHand = { action, parameters: parsed.data, ...known }
    return decide(inHand, order, rules, readAt)
  } catch (err) {
    log.error({ err, changeId: id, action }, 'rules of a mall broke on a site change')
    return null
  }
}

// Decides which earlier failures a success resolves. The same action is not enough: a refused postage still
// needs somebody after a remark was changed, and so does the first parcel after the second. A success
// resolves failures that asked for nothing beyond it, whatever the values: a new tracking number of the same
// parcel corrects the same wish.

interface Asked {
  action: string
  /** Null where they cannot be read any more. */
  parameters: Record<string, unknown> | null
}

/** True when `success` resolves `earlier`. Both are of the same order and action. */
export function makesGood(success: Asked, earlier: Asked): boolean {
  const [done, wanted] = [subjectsOf(success), subjectsOf(earlier)]
  return wanted.length > 0 && wanted.every((one) => done.some((other) => covers(other, one)))
}

/** One thing that a change is about; parts that are null are left out, or all of them. */
interface Subject {
  field: string
  /** Recipient or parcel. Left out where there is only one, so null is any. */
  of: string | null
  /** Line of the order; null: everything. */
  line: string | null
}

const covers = (done: Subject, wanted: Subject): boolean =>
  done.field === wanted.field &&
  (done.of === null || wanted.of === null || done.of === wanted.of) &&
  (done.line === null || done.line === wanted.line)

const subject = (field: string, of: string | null = null, line: string | null = null): Subject => ({
  field,
  of,
  line,
})

/** Why something is changed, and that it is meant, are no wish of their own. */
const REMARKS = new Set(['reason', 'confirmZero'])

/** None where they cannot be told. */
function subjectsOf({ action, parameters }: Asked): Subject[] {
  switch (action) {
    case 'ship': {
      const parsed = ChangeParameters.ship.safeParse(parameters)
      const parcels = parsed.success ? parsed.data.parcels : []
      return parcels.flatMap(({ recipientId = null, lines }) =>
        lines
          ? lines.map(({ lineId }) => subject('parcel', recipientId, lineId))
          : [subject('parcel', recipientId)],
      )
    }
    case 'correct_shipment': {
      const parsed = ChangeParameters.correct_shipment.safeParse(parameters)
      const parcels = parsed.success ? parsed.data.parcels : []
      return parcels.map(({ recipientId = null, parcelId = null }) =>
        subject('parcel', recipientId, parcelId),
      )
    }
    case 'change_content': {
      const parsed = ChangeParameters.change_content.safeParse(parameters)
      return parsed.success ? contentOf(parsed.data) : []
    }
    default:
      return [subject(action)]
  }
}

function contentOf({ recipients = [], lines = [], addLines = [], ...rest }: Content): Subject[] {
  return [
    ...namesOf(rest)
      .filter((name) => !REMARKS.has(name))
      .map((name) => subject(name)),
    ...recipients.flatMap(({ recipientId = null, ...fields }) =>
      namesOf(fields).map((name) => subject(`recipient ${name}`, recipientId)),
    ),
    ...lines.map(({ lineId }) => subject('line', null, lineId)),
    ...addLines.map(({ itemCode, sku = '' }) => subject('added line', null, `${itemCode} ${sku}`)),
  ]
}

type Content = ReturnType<typeof ChangeParameters.change_content.parse>

const namesOf = (fields: Record<string, unknown>): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name]))
