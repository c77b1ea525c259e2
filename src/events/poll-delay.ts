import type { Logger } from '../platform/logger.ts'

/** What NOTIFY did not tell of is found so late. */
export const POLL_MS = 1_000
const SHORTEST_MS = 25
/** Beyond this somebody should look which transaction it is. */
const WORTH_A_WARNING_MS = 10_000

export interface PollDelay {
  /**
   * When to read again, unless woken before. Nothing tells of the end of an older transaction, so while there is one the wait is
   * as long as it has been so far: soon where it is a short one, and seldom where it goes on and on.
   * @param uncertain something is written that cannot be told yet
   * @param moved something was told
   */
  pauseMs(uncertain: boolean, moved: boolean): number
}

/** @param steady milliseconds of a clock that only goes forward */
export function createPollDelay(log: Pick<Logger, 'warn'>, steady = () => performance.now()): PollDelay {
  let since: number | null = null
  let warned = false
  return {
    pauseMs(uncertain, moved) {
      if (!uncertain) {
        since = null
        return POLL_MS
      }
      const now = steady()
      if (since === null || moved) {
        since = now
        warned = false
      }
      const waitedMs = now - since
      if (waitedMs >= WORTH_A_WARNING_MS && !warned) {
        warned = true
        log.warn({ waitedMs: Math.round(waitedMs) }, 'events wait for a transaction that does not end')
      }
      return Math.min(Math.max(waitedMs, SHORTEST_MS), POLL_MS)
    },
  }
}
