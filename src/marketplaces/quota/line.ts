/**
 * Longest spread of return times. Beyond it, callers return together with others, so that no turn stays
 * unused.
 */
const LONGEST_AWAY_MS = 5_000

/**
 * Queue of callers in this process for one budget. They take turns in order of arrival. Callers whose wait
 * would be too long are sent away with spread return times.
 */
export interface Line {
  /** Count of callers ahead of a new one. */
  length(): number
  /** Runs `turn` when all callers ahead had theirs. */
  join<T>(turn: () => Promise<T>): Promise<T>
  /**
   * Returns when a caller sent away at `now` must come back; all in milliseconds.
   * @param wait until the next free turn
   * @param spacing between two turns
   */
  comeBackAt(now: number, wait: number, spacing: number): number
}

export function createLine(): Line {
  let last: Promise<void> = Promise.resolve()
  let length = 0
  let promised = 0
  return {
    length: () => length,
    async join(turn) {
      const before = last
      const mine = Promise.withResolvers<void>()
      last = mine.promise
      length += 1
      await before
      try {
        return await turn()
      } finally {
        length -= 1
        mine.resolve()
      }
    },
    comeBackAt(now, wait, spacing) {
      const next = Math.max(now + wait, promised + spacing)
      promised = next > now + wait + LONGEST_AWAY_MS ? now + wait : next
      return promised
    },
  }
}
