/** A shop's calls per second, by real time: the service's lanes do not run on the simulator's clock. */
export interface Limiter {
  /** False: one call too many. */
  take(shopCode: string, perSecond: number, now: number): boolean
}

/** A call that arrives a little early is let through: the guideline is "about" one a second. */
const SLACK_CALLS = 1

export function createLimiter(): Limiter {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    take(shopCode, perSecond, now) {
      const most = Math.max(1, perSecond) + SLACK_CALLS
      const bucket = buckets.get(shopCode) ?? { left: most, at: now }
      bucket.left = Math.min(most, bucket.left + ((now - bucket.at) / 1000) * perSecond)
      bucket.at = now
      buckets.set(shopCode, bucket)
      if (bucket.left < 1) return false
      bucket.left -= 1
      return true
    },
  }
}
