import type { ChangeCalls, ChangeStep } from '../marketplaces/changes.ts'
import { MarketplaceFailure } from '../marketplaces/failures.ts'
import type { Clock } from '../platform/clock.ts'
import type { StepRecord } from './steps.ts'
import { CALL_LIMIT_MS } from './timing.ts'

/** How one write call ended. */
export type Sent =
  | { kind: 'answered'; answer: NonNullable<StepRecord['answer']> }
  | { kind: 'rejected'; answer: NonNullable<StepRecord['answer']> }
  /** Nobody knows whether the mall did it: only reading the order tells. `code` is for the timeline. */
  | { kind: 'lost'; code: string }
  /** The mall did nothing, and for now will do nothing for any order of the shop. */
  | { kind: 'held_up'; failure: MarketplaceFailure }

/** Makes one write call. Never throws: what is not an answer that tells is a lost one. */
export async function send(
  calls: Pick<ChangeCalls, 'applyStep'>,
  orderNumber: string,
  step: ChangeStep,
  clock: Clock,
  signal: AbortSignal,
): Promise<Sent> {
  const over = new AbortController()
  const limit = new AbortController()
  clock.sleep(CALL_LIMIT_MS, over.signal).then(
    () => limit.abort(new Error('the mall did not answer in time')),
    () => undefined,
  )
  try {
    const answer = await calls.applyStep(orderNumber, step, AbortSignal.any([signal, limit.signal]))
    return { kind: 'answered', answer: { code: null, message: null, ...answer } }
  } catch (error) {
    return failed(error)
  } finally {
    over.abort()
  }
}

function failed(error: unknown): Sent {
  if (!(error instanceof MarketplaceFailure)) return { kind: 'lost', code: 'NO_ANSWER' }
  switch (error.kind) {
    case 'rejected': {
      const { code, message, mallCode = null, mallMessage = null } = error
      return { kind: 'rejected', answer: { code, message, mallCode, mallMessage, warnings: [] } }
    }
    case 'throttled':
    case 'unavailable':
    case 'unauthorised':
      return { kind: 'held_up', failure: error }
    case 'malformed':
    case 'outcome_unknown':
      return { kind: 'lost', code: error.code }
  }
}
