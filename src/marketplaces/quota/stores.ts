import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import type { Clock } from '../../platform/clock.ts'
import type { Quota } from '../port/session.ts'
import { type Bucket, planOf, type Taken, takeFrom } from './bucket.ts'
import { openPostgresBuckets } from './postgres-buckets.ts'
import { openRedisBuckets } from './redis-buckets.ts'

export { LANE_SCHEMA, prepareLaneTable } from './postgres-buckets.ts'

export type LaneStore =
  | { kind: 'redis'; redis: Redis }
  /** The table is made by prepareLaneTable. */
  | { kind: 'postgres'; pool: Pool }
  /** One process only. */
  | { kind: 'memory' }

/** Takes a call from the bucket of the quota's key, or says how long until there is one. */
export type TakeFromBucket = (quota: Quota) => Promise<Taken>

export function openBuckets(store: LaneStore, clock: Pick<Clock, 'now'>): TakeFromBucket {
  const take = openStore(store, clock)
  return (quota) => take(quota.key, planOf(quota))
}

function openStore(store: LaneStore, clock: Pick<Clock, 'now'>) {
  switch (store.kind) {
    case 'memory':
      return openMemory(clock)
    case 'postgres':
      return openPostgresBuckets(store.pool)
    case 'redis':
      return openRedisBuckets(store.redis)
  }
}

function openMemory(clock: Pick<Clock, 'now'>): ReturnType<typeof openPostgresBuckets> {
  const buckets = new Map<string, Bucket>()
  return async (key, plan) => {
    const { bucket, taken } = takeFrom(buckets.get(key), plan, clock.now())
    buckets.set(key, bucket)
    return taken
  }
}
