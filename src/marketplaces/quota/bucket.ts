/** Token bucket, with the rules of all stores. Times are milliseconds of the store's own clock. */

export interface Plan {
  /** Calls gained in a second. */
  perSecond: number
  /** Calls that a full bucket holds; at least 1. */
  burst: number
}

export interface Bucket {
  /** Calls left at `at`; a fraction of one is on its way. */
  level: number
  at: number
}

export interface Taken {
  /** Whole milliseconds until a call is free; 0 when one was taken. */
  waitMs: number
  /** Calls left now. */
  left: number
}

/** Rounding of doubles must not refuse a call that comes exactly in time. */
export const ROUNDING = 1e-9

export const planOf = ({ perSecond, burst }: Plan): Plan => ({
  perSecond,
  burst: Math.max(1, Math.floor(burst)),
})

/**
 * Takes one call if available. An unknown bucket is full. When the clock was set back, the bucket gains
 * nothing until that time is reached again, but for no longer than it takes to fill: a clock that was hours
 * ahead must not stop a shop for hours.
 */
export function takeFrom(
  known: Bucket | undefined,
  { perSecond, burst }: Plan,
  now: number,
): { bucket: Bucket; taken: Taken } {
  const fillMs = (burst / perSecond) * 1000
  const at = Math.min(known?.at ?? now, now + fillMs)
  const gained = (Math.max(0, now - at) / 1000) * perSecond
  const level = Math.min(burst, (known?.level ?? burst) + gained)
  const bucket = { level, at: Math.max(at, now) }
  if (level < 1 - ROUNDING) {
    const waitMs = Math.max(1, Math.ceil(bucket.at - now + ((1 - level) / perSecond) * 1000))
    return { bucket, taken: { waitMs, left: level } }
  }
  return { bucket: { ...bucket, level: level - 1 }, taken: { waitMs: 0, left: level - 1 } }
}
