import type { Logger } from '../platform/logger.ts'

/** Poll interval for events that NOTIFY did not announce. */
export const POLL_MS = 1_000
const SHORTEST_MS = 25
/** Beyond this, log a warning so that an operator looks for the transaction. */
const WORTH_A_WARNING_MS = 10_000

export interface PollDelay {
  /**
   * Returns the wait before the next read, unless woken earlier. Nothing announces the end of an older
   * transaction, so while one is open the wait equals its age so far: short for a short one, longer for a
   * long one.
   * @param uncertain an event is written that cannot be sent yet
   * @param moved events were sent
   */
  pauseMs(uncertain: boolean, moved: boolean): number
}

/** @param steady milliseconds of a monotonic clock */
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
        log.warn({ waitedMs: Math.round(waitedMs) }, 'events delayed by a long-running transaction')
      }
      return Math.min(Math.max(waitedMs, SHORTEST_MS), POLL_MS)
    },
  }
}
