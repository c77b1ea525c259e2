import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { ChangeCalls, ChangeStep, StepAnswer } from '../marketplaces/port/site-changes.ts'
import type { Clock } from '../platform/clock.ts'
import { withSendDeadline } from '../platform/http/http-client.ts'
import type { StepRecord } from './steps.ts'
import { BULK_LIMIT_MS, CALL_LIMIT_MS } from './timing.ts'

type Answer = NonNullable<StepRecord['answer']>

export type CallResult =
  | { kind: 'answered' | 'rejected'; answer: Answer; facts?: Record<string, unknown> }
  /** The mall may have done it. Only reading the order tells, not for sure before `until` (milliseconds). */
  | { kind: 'lost'; code: string; until: number }
  /** The mall did nothing, and for now will do nothing for any order of the shop. */
  | { kind: 'held_up'; failure: MarketplaceFailure }
  /** It was not sent at all. */
  | { kind: 'not_sent' }

export interface MallCalls {
  calls: ChangeCalls
  clock: Clock
  signal: AbortSignal
}

/** The same for one round, once its calls were noted. */
export interface NotedCalls extends MallCalls {
  /** Milliseconds: nothing may go out later, whatever stood still. The lease ends well after it. */
  notAfter: number
}

export interface Entry {
  orderNumber: string
  step: ChangeStep
}

/** Makes one write call. Never throws: what is not an answer that tells is a lost one. */
export const callMall = (mall: NotedCalls, { orderNumber, step }: Entry): Promise<CallResult> =>
  within(mall, CALL_LIMIT_MS, async (signal) =>
    answered(await mall.calls.applyStep(orderNumber, step, signal)),
  ).catch((error: unknown) => failedAt(mall, error))

/** Makes one write call for many orders. Never throws. */
export async function callMallForMany(
  mall: NotedCalls,
  entries: readonly Entry[],
): Promise<Map<string, CallResult>> {
  const all = (result: CallResult) => new Map(entries.map(({ orderNumber }) => [orderNumber, result]))
  const { applyMany } = mall.calls
  if (!applyMany) return all({ kind: 'not_sent' })
  try {
    const answers = await within(mall, BULK_LIMIT_MS, (signal) => applyMany(entries, signal))
    return new Map(
      entries.map(({ orderNumber }) => {
        const answer = answers.get(orderNumber)
        if (!answer) return [orderNumber, { kind: 'not_sent' }]
        return [orderNumber, answer instanceof MarketplaceFailure ? failed(answer) : answered(answer)]
      }),
    )
  } catch (error) {
    return all(failedAt(mall, error))
  }
}

async function within<T>(
  { clock, signal, notAfter }: NotedCalls,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const limit = new AbortController()
  clock.sleep(ms, over.signal).then(
    () => limit.abort(new Error('the mall did not answer in time')),
    () => undefined,
  )
  try {
    return await withSendDeadline({ clock, at: notAfter }, () =>
      work(AbortSignal.any([signal, limit.signal])),
    )
  } finally {
    over.abort()
  }
}

const answered = ({ facts, ...answer }: StepAnswer): CallResult => ({
  kind: 'answered',
  answer: { code: null, message: null, ...answer },
  ...(facts ? { facts } : {}),
})

/** A call that did nothing because it came too late says nothing of the mall. */
function failedAt({ clock, notAfter }: NotedCalls, error: unknown): CallResult {
  const result = failed(error)
  return result.kind === 'held_up' && clock.now() > notAfter ? { kind: 'not_sent' } : result
}

function failed(error: unknown): CallResult {
  if (!(error instanceof MarketplaceFailure)) return { kind: 'lost', code: 'NO_ANSWER', until: 0 }
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
      return { kind: 'lost', code: error.code, until: error.until?.getTime() ?? 0 }
  }
}
