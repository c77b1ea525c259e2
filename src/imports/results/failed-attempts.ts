import type { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import { type BrokenAnswer, brokenAnswer, givesUp } from '../../worker/unusable-answers.ts'
import type { DueRequest } from '../requests/due.ts'
import { BROKEN_ATTEMPTS, retryDelay } from '../requests/retry-schedule.ts'
import { type Ending, givenUp, postponed } from './attempt-result.ts'

/**
 * What becomes of a request whose own call broke. `anyGood`: the mall answered others meanwhile; `only`: there were none.
 * `now` in milliseconds.
 */
export function brokenEnding(
  request: DueRequest,
  error: unknown,
  { anyGood, only }: { anyGood: boolean; only: boolean },
  now: number,
): Ending {
  const answer = brokenAnswer(error)
  const gone = givesUp(answer, request.attempts + 1, anyGood || (only && answer.refused))
  return gone ? givenUp(request, answer) : later(request, answer, now)
}

/** The mall answers everything but this order. */
export function blamedEnding(request: DueRequest, failure: MarketplaceFailure, now: number): Ending {
  const answer = {
    ...brokenAnswer(failure),
    message: `この受注の照会にだけモールが応答しません(${failure.code})。モールの管理画面でこの受注を確認してください。`,
  }
  return request.attempts + 1 >= BROKEN_ATTEMPTS ? givenUp(request, answer) : later(request, answer, now)
}

const later = (request: DueRequest, answer: BrokenAnswer, now: number): Ending =>
  postponed(request, answer, new Date(now + retryDelay(request.attempts + 1)))
