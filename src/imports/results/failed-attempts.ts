import type { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import { type BrokenAnswer, brokenAnswer } from '../../worker/unusable-answers.ts'
import type { DueRequest } from '../requests/due.ts'
import { BROKEN_ATTEMPTS, retryDelay } from '../requests/retry-schedule.ts'
import { type AttemptResult, givenUp, postponed } from './attempt-result.ts'

/** Broken answers until an order is given up whose answer is broken while the mall's other answers are good. */
const LONE_BROKEN_ATTEMPTS = 3

/**
 * True when the order is given up after its `attempts`-th broken answer. As long as the mall answers others
 * well, the fault is the order's. When nothing at all comes through, it has more time.
 */
export function givesUp(answer: BrokenAnswer, attempts: number, mallIsFine: boolean): boolean {
  if (!mallIsFine) return attempts >= BROKEN_ATTEMPTS
  return answer.refused || attempts >= LONE_BROKEN_ATTEMPTS
}

/**
 * Decides the result of a request whose own call broke. `anyGood`: the mall answered others meanwhile;
 * `only`: there were none. `now` in milliseconds.
 */
export function brokenResult(
  request: DueRequest,
  error: unknown,
  { anyGood, only }: { anyGood: boolean; only: boolean },
  now: number,
): AttemptResult {
  const answer = brokenAnswer(error)
  const gone = givesUp(answer, request.brokenAttempts + 1, anyGood || (only && answer.refused))
  return gone ? givenUp(request, answer) : later(request, answer, now)
}

/** The mall answers everything but this order. */
export function blamedResult(request: DueRequest, failure: MarketplaceFailure, now: number): AttemptResult {
  const answer = {
    ...brokenAnswer(failure),
    message: `この受注の照会にだけモールが応答しません（${failure.code}）。モールの管理画面でこの受注を確認してください。`,
  }
  return request.brokenAttempts + 1 >= BROKEN_ATTEMPTS
    ? givenUp(request, answer)
    : later(request, answer, now)
}

const later = (request: DueRequest, answer: BrokenAnswer, now: number): AttemptResult =>
  postponed(request, answer, new Date(now + retryDelay(request.attempts + 1)))
