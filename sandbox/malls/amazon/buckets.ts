/** Token buckets as SP-API keeps them: full at the start, one token a request, failed ones included. */
export interface Buckets {
  /** False: one call too many. `now` in milliseconds. */
  take(key: string, plan: { perSecond: number; burst: number }, now: number): boolean
  /** Sets what is left, for tests that begin with empty buckets. */
  leave(key: string, left: number, now: number): void
}

/** Rounding of doubles must not refuse a call that comes exactly in time. */
const ROUNDING = 1e-6

export function createBuckets(): Buckets {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    take(key, { perSecond, burst }, now) {
      const bucket = buckets.get(key) ?? { left: burst, at: now }
      bucket.left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond)
      bucket.at = now
      buckets.set(key, bucket)
      if (bucket.left < 1 - ROUNDING) return false
      bucket.left -= 1
      return true
    },
    leave(key, left, now) {
      buckets.set(key, { left, at: now })
    },
  }
}
