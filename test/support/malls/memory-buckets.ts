import {
  type Bucket,
  type Plan,
  planOf,
  ROUNDING,
  type TakeFromBucket,
  type Taken,
} from '../../../src/marketplaces/quota/buckets.ts'
import type { Clock } from '../../../src/platform/clock.ts'

/** Budgets in the memory of one process. */
export function memoryBuckets(clock: Pick<Clock, 'now'>): TakeFromBucket {
  const buckets = new Map<string, Bucket>()
  return async (quota) => {
    const { bucket, taken } = takeFrom(buckets.get(quota.key), planOf(quota), clock.now())
    buckets.set(quota.key, bucket)
    return taken
  }
}

/** The rules of `TakeFromBucket`, which Lua and SQL say for the service. */
export function takeFrom(
  known: Bucket | undefined,
  { perSecond, burst, cost }: Plan,
  now: number,
): { bucket: Bucket; taken: Taken } {
  const fillMs = (burst / perSecond) * 1000
  const at = Math.min(known?.at ?? now, now + fillMs)
  const gained = (Math.max(0, now - at) / 1000) * perSecond
  const level = Math.min(burst, (known?.level ?? burst) + gained)
  const bucket = { level, at: Math.max(at, now) }
  if (level < cost - ROUNDING) {
    const waitMs = Math.max(1, Math.ceil(bucket.at - now + ((cost - level) / perSecond) * 1000))
    return { bucket, taken: { waitMs, left: level } }
  }
  return { bucket: { ...bucket, level: level - cost }, taken: { waitMs: 0, left: level - cost } }
}
