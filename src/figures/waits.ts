/** Time from an order's mail to the list, kept as counts by steps, so that days and shops can be joined. */

/** Each step is a fifth longer than the one before: a quantile is known to within a tenth. */
export const STEP = 1.2
/** The last step holds whatever took longer than some 27 hours. */
export const LAST_STEP = 63

/** Orders by step, as `figure_days.waits` has them. */
export type Waits = Readonly<Record<string, number>>

export interface Quantiles {
  orders: number
  median: number | null
  p95: number | null
}

export function joinWaits(all: readonly Waits[]): Waits {
  const joined: Record<string, number> = {}
  for (const waits of all)
    for (const [step, orders] of Object.entries(waits)) joined[step] = (joined[step] ?? 0) + orders
  return joined
}

/** Returns seconds in the middle of the step that holds the quantile; null where there was no mail. */
export function quantilesOf(waits: Waits): Quantiles {
  const steps = Object.entries(waits)
    .map(([step, orders]) => [Number(step), orders] as const)
    .filter(([, orders]) => orders > 0)
    .sort(([a], [b]) => a - b)
  const orders = steps.reduce((sum, [, count]) => sum + count, 0)
  const at = (share: number): number | null => {
    let seen = 0
    const found = steps.find(([, count]) => {
      seen += count
      return seen >= share * orders
    })
    return found ? secondsOf(found[0]) : null
  }
  return { orders, median: at(0.5), p95: at(0.95) }
}

const secondsOf = (step: number): number => Math.round(STEP ** (step + 0.5) * 10) / 10
