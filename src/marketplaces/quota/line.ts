/** Beyond that, those who are sent away come back together with others: turns that nobody takes would be lost otherwise. */
const LONGEST_AWAY_MS = 5_000

/**
 * Those in this process who wait for one budget: they take their turns in the order in which they came, and those for whom
 * the wait would be too long are sent away with times that do not all fall together.
 */
export interface Line {
  /** How many are in front of whoever joins now. */
  length(): number
  /** Runs `turn` when everybody in front has had theirs. */
  join<T>(turn: () => Promise<T>): Promise<T>
  /**
   * When somebody sent away at `now` is to come back; all in milliseconds.
   * @param wait until the next turn that is free
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
