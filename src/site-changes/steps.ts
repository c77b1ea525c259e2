import { z } from 'zod'
import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { ChangeAction, ChangeStep, LinePieces } from '../marketplaces/port/site-changes.ts'

/**
 * One call of a change as it stands in `site_changes.steps`. `sent` is committed before the call is made, so
 * that whoever finds it after a crash knows that the mall may have done it.
 */
export const StepRecord = z.object({
  name: z.string(),
  label: z.string(),
  /**
   * waiting: not sent, or known not to be done. sent: made, and nothing is known of its end. answered: the
   * mall said that it is done. rejected: the mall refused it. applied: done, as an order that was read after
   * it shows or the mall confirmed.
   */
  state: z.enum(['waiting', 'sent', 'answered', 'rejected', 'applied']),
  /** Calls that may have reached the mall since a person last asked. */
  sends: z.int(),
  sentAt: z.iso.datetime().nullable(),
  /** From when on an order that does not show the call says that it was not carried out. */
  settlesAt: z.iso.datetime().nullable(),
  /** A person asked again: unless it turns out to be done, a new look at the order says what is left. */
  anew: z.literal(true).optional(),
  /** Facts of the call, for the timeline. */
  facts: z.record(z.string(), z.unknown()).optional(),
  answer: z
    .object({
      /** Of a refusal: ours, and what it means in Japanese. */
      code: z.string().nullable(),
      message: z.string().nullable(),
      mallCode: z.string().nullable(),
      mallMessage: z.string().nullable(),
      warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    })
    .nullable(),
})
export type StepRecord = z.infer<typeof StepRecord>

/** The mall's own words about a call. They may name the buyer, so they are stored sealed. */
export interface StepWords {
  mallMessage: string | null
  warnings: string[]
}

type StepAnswer = NonNullable<StepRecord['answer']>

export const wordsOf = (answer: StepRecord['answer']): StepWords | null =>
  answer && { mallMessage: answer.mallMessage, warnings: answer.warnings.map(({ message }) => message) }

export const withoutWords = <Answer extends Pick<StepAnswer, 'mallMessage' | 'warnings'>>(
  answer: Answer,
): Answer => ({
  ...answer,
  mallMessage: null,
  warnings: answer.warnings.map(({ code }) => ({ code, message: '' })),
})

/** The words back in place; without them (deleted after the retention time) codes and own texts remain. */
export const withWords = <Step extends StepRecord>(
  steps: readonly Step[],
  words: readonly (StepWords | null)[],
): Step[] =>
  steps.map((step, index) => {
    const said = words[index]
    if (!said || !step.answer) return step
    const warnings = step.answer.warnings.map(({ code, message }, at) => ({
      code,
      message: said.warnings[at] ?? message,
    }))
    return { ...step, answer: { ...step.answer, mallMessage: said.mallMessage, warnings } }
  })

/** A step with what it sends, which is stored sealed. */
export type Step = StepRecord & { payload: Record<string, unknown> }

export const newStep = ({ name, label, payload, facts }: ChangeStep): Step => ({
  name,
  label,
  payload,
  state: 'waiting',
  sends: 0,
  sentAt: null,
  settlesAt: null,
  answer: null,
  ...(facts ? { facts } : {}),
})

export const toChangeStep = ({ name, label, payload }: Step): ChangeStep => ({ name, label, payload })

/** True when any of its calls may have reached the mall. From then on the plan stays as it is. */
export const begun = (steps: readonly Step[]): boolean =>
  steps.some((step) => step.sends > 0 || step.state !== 'waiting')

/**
 * The plan to go on with. Before the first call it is the one just made. Afterwards it stays, so that nothing
 * that was done is done once more under another name; only what a call that was never made will send follows
 * the order as it is now.
 */
export function mergePlan(known: readonly Step[], planned: readonly ChangeStep[]): Step[] {
  if (!begun(known)) return planned.map(newStep)
  const fresh = new Map(planned.map((step) => [step.name, step]))
  const kept = known
    .filter(({ state, anew }) => state === 'applied' || !anew)
    .map((step) => {
      const now = step.state === 'waiting' && step.sends === 0 ? fresh.get(step.name) : undefined
      return now ? newStep(now) : step
    })
  if (kept.length === known.length) return kept
  const names = new Set(kept.map(({ name }) => name))
  return [...kept, ...planned.filter(({ name }) => !names.has(name)).map(newStep)]
}

/**
 * For another attempt by a person's wish. What is done stays done; what is in doubt is read first; the rest
 * is planned anew on the order as it is then, which may have been changed by hand.
 */
export const forRetry = (steps: readonly StepRecord[]): StepRecord[] =>
  steps.map((step) => {
    if (step.state === 'applied') return step
    const doubtful = step.state === 'sent' || step.state === 'answered'
    return doubtful
      ? { ...step, state: 'sent', sends: 1, anew: true }
      : { ...step, state: 'waiting', sends: 0, answer: null, anew: true }
  })

export function withStep(steps: readonly Step[], index: number, change: Partial<StepRecord>): Step[] {
  return steps.map((step, at) => (at === index ? { ...step, ...change } : step))
}

/** A change that this worker has, until its lease runs out. Changed in place as the work goes on. */
export interface HeldChange {
  readonly id: string
  readonly tenantId: string
  readonly orderId: string
  readonly orderNumber: string
  readonly action: ChangeAction
  /** As it was asked for; null when it cannot be read any more. */
  readonly parameters: Record<string, unknown> | null
  /** What was left to ship then; null where its mall ships whole orders. */
  readonly lines: readonly LinePieces[] | null
  readonly leaseToken: string
  /** Its record as stored, where unreadable: nothing may be planned anew over what may have been sent. */
  readonly unreadable: StoredSteps | null
  steps: Step[]
  attempts: number
  isolated: boolean
  /** When it was due. It stands so in its row still, unless it was woken while it is held. */
  readonly dueAt: Date
  /** Code of what it waited for until now; null as well once a call is made. */
  waitedFor: string | null
  /** Null until the mall has answered. */
  deadline: number | null
  /** Findings of readings, for the timeline. */
  notes: Record<string, unknown>[]
}

export interface StoredSteps {
  steps: unknown
  sealedPayloads: Buffer | null
  sealedAnswers: Buffer | null
}

type Answer = NonNullable<StepRecord['answer']>

export type CallResult =
  | { kind: 'answered' | 'rejected'; answer: Answer; facts?: Record<string, unknown> }
  /** The mall may have done it. Only reading the order tells, not for sure before `until` (milliseconds). */
  | { kind: 'lost'; code: string; until: number }
  /** The mall did nothing, and for now will do nothing for any order of the shop. */
  | { kind: 'held_up'; failure: MarketplaceFailure }
  /** It was not sent at all. */
  | { kind: 'not_sent' }
