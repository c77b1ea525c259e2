/** Tracks a shop's recent answers, so that one refused order is not taken for a refused shop. */
export interface Health {
  /** Records that an order's data came. Times are ms. */
  good(at: number): void
  lastGoodAt(): number
  /** Returns when this number was first refused with 403. */
  forbiddenSince(orderNumber: string, now: number): number
}

const MOST_REMEMBERED = 1000

export function createHealth(): Health {
  let lastGood = Number.NEGATIVE_INFINITY
  const forbidden = new Map<string, number>()
  return {
    good(at) {
      lastGood = Math.max(lastGood, at)
    },
    lastGoodAt: () => lastGood,
    forbiddenSince(orderNumber, now) {
      const known = forbidden.get(orderNumber)
      if (known !== undefined) return known
      if (forbidden.size >= MOST_REMEMBERED) forbidden.clear()
      forbidden.set(orderNumber, now)
      return now
    },
  }
}
