export interface BackoffLimits {
  firstMs: number
  capMs: number
}

/** A server or a network that fails: soon again, since it may be back any moment. */
export const LINK_BACKOFF: BackoffLimits = { firstMs: 1_000, capMs: 60_000 }
/** A refused login: providers lock accounts that are tried too often, and only a person can mend it. */
export const REFUSED_BACKOFF: BackoffLimits = { firstMs: 60_000, capMs: 3_600_000 }

/**
 * How long to wait after the `failures`-th failure in a row (1 = the first). Doubles up to the cap; the upper half is
 * jitter, so that a thousand mailboxes that lost one server do not come back in the same second.
 *
 * @param jitter 0 ≤ jitter < 1
 */
export function backoffMs(failures: number, jitter: number, limits: BackoffLimits): number {
  const exponent = Math.min(Math.max(failures - 1, 0), 30)
  const full = Math.min(limits.firstMs * 2 ** exponent, limits.capMs)
  return Math.round(full / 2 + (full / 2) * jitter)
}
