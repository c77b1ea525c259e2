import { z } from 'zod'
import type { ChangeStep } from '../marketplaces/changes.ts'

/**
 * One call of a change as it stands in `site_changes.steps`. `sent` is committed before the call is made, so that whoever
 * finds it after a crash knows that the mall may have done it.
 */
export const StepRecord = z.object({
  name: z.string(),
  label: z.string(),
  /**
   * waiting: not sent, or known not to be done. sent: made, and nothing is known of its end. answered: the mall said that
   * it is done. rejected: the mall refused it. applied: done, as an order that was read after it shows or the mall confirmed.
   */
  state: z.enum(['waiting', 'sent', 'answered', 'rejected', 'applied']),
  /** Calls that may have reached the mall since a person last asked. */
  sends: z.int(),
  sentAt: z.iso.datetime().nullable(),
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

/** A step with what it sends, which is stored sealed. */
export type Step = StepRecord & { payload: Record<string, unknown> }

export const newStep = ({ name, label, payload }: ChangeStep): Step => ({
  ...{ name, label, payload, state: 'waiting', sends: 0, sentAt: null, answer: null },
})

export const toChangeStep = ({ name, label, payload }: Step): ChangeStep => ({ name, label, payload })

/** Whether any call of it may have reached the mall. From then on the plan stays what it is. */
export const begun = (steps: readonly Step[]): boolean =>
  steps.some((step) => step.sends > 0 || step.state !== 'waiting')

/**
 * The plan to go on with. Before the first call it is the one just made. Afterwards it stays, so that nothing that was done
 * is done once more under another name; only what a call that was never made will send follows the order as it is now.
 */
export function mergePlan(known: readonly Step[], planned: readonly ChangeStep[]): Step[] {
  if (!begun(known)) return planned.map(newStep)
  const fresh = new Map(planned.map((step) => [step.name, step]))
  return known.map((step) => {
    const now = step.state === 'waiting' && step.sends === 0 ? fresh.get(step.name) : undefined
    return now ? { ...step, label: now.label, payload: now.payload } : step
  })
}

/**
 * For another try by a person's wish. What was refused may be sent again. What the mall accepted and does not show is in
 * doubt like a lost answer now: it is sent again only when the order, read anew, says that nothing was done.
 */
export const forRetry = (steps: readonly StepRecord[]): StepRecord[] =>
  steps.map((step) => {
    if (step.state === 'applied') return step
    if (step.state === 'answered') return { ...step, state: 'sent', sends: 1 }
    if (step.state === 'sent') return { ...step, sends: 1 }
    return { ...step, state: 'waiting', sends: 0, answer: null }
  })

export function withStep(steps: readonly Step[], index: number, change: Partial<StepRecord>): Step[] {
  return steps.map((step, at) => (at === index ? { ...step, ...change } : step))
}
