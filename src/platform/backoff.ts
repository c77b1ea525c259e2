/** Delay before the next try, as a number. Callers wait by their own clock, across restarts by a row. */

export interface BackoffLimits {
  firstMs: number
  capMs: number
}

/** After the `failures`-th failure in a row (1 = the first): doubles with each, up to the cap. */
export function doublingMs(failures: number, { firstMs, capMs }: BackoffLimits): number {
  const exponent = Math.min(Math.max(failures - 1, 0), 30)
  return Math.min(firstMs * 2 ** exponent, capMs)
}

/**
 * The same with its upper half left to chance, so that a thousand mailboxes that lost one server do not come
 * back in the same second.
 *
 * @param jitter 0 ≤ jitter < 1
 */
export function jitteredMs(failures: number, jitter: number, limits: BackoffLimits): number {
  const full = doublingMs(failures, limits)
  return Math.round(full / 2 + (full / 2) * jitter)
}

/** By a table of pauses: one for the `attempts`-th try (1 = the first), the last for all that follow. */
export function stepOf(attempts: number, steps: readonly [number, ...number[]]): number {
  return steps[Math.min(Math.max(attempts, 1), steps.length) - 1] ?? steps[0]
}
