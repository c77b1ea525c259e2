import type { Redis, Result } from 'ioredis'
import type { Pool } from 'pg'
import { prepared } from '../../platform/db/statement.ts'
import { acrossTenants } from '../../platform/db/tenant-scope.ts'
import { present } from '../../platform/narrow.ts'
import type { Quota } from '../port/session.ts'

/** Token buckets. Times are milliseconds of the store's own clock. */

export interface Plan {
  /** Calls gained in a second. */
  perSecond: number
  /** Calls that a full bucket holds; at least 1. */
  burst: number
  /** Calls that one takes: more than 1 where the mall counts points. */
  cost: number
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

export function planOf({ perSecond, burst, cost = 1 }: Omit<Quota, 'key'>): Plan {
  const most = Math.max(1, Math.floor(burst))
  return { perSecond, burst: most, cost: Math.min(Math.max(1, cost), most) }
}

export type LaneStore =
  | { kind: 'redis'; redis: Redis }
  /** The table is made by prepareLaneTable. */
  | { kind: 'postgres'; pool: Pool }
  /** Buckets that the caller keeps. */
  | TakeFromBucket

/**
 * Takes a call from the bucket of the quota's key if one is available, or returns the wait until the next. An
 * unknown bucket is full. When the clock was set back, the bucket gains nothing until that time is reached
 * again, but for no longer than it takes to fill: a clock that was hours ahead must not stop a shop for
 * hours.
 */
export type TakeFromBucket = (quota: Quota) => Promise<Taken>

export function openBuckets(store: LaneStore): TakeFromBucket {
  if (typeof store === 'function') return store
  const take = store.kind === 'postgres' ? openPostgresBuckets(store.pool) : openRedisBuckets(store.redis)
  return (quota) => take(quota.key, planOf(quota))
}

/** Takes by Redis's clock. A bucket that is full again is forgotten. */
const TAKE_SCRIPT = `
local rate, burst, cost = tonumber(ARGV[1]) / 1000, tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('time')
local now = time[1] * 1000 + time[2] / 1000
local known = redis.call('hmget', KEYS[1], 'level', 'at')
local at = math.min(tonumber(known[2]) or now, now + burst / rate)
local level = math.min(burst, (tonumber(known[1]) or burst) + math.max(0, now - at) * rate)
at = math.max(at, now)
if level < cost - ${ROUNDING} then
  return {math.max(1, math.ceil(at - now + (cost - level) / rate)), string.format('%.17g', level)}
end
level = level - cost
redis.call('hset', KEYS[1], 'level', string.format('%.17g', level), 'at', string.format('%.17g', at))
redis.call('pexpire', KEYS[1], math.ceil(at - now + (burst - level) / rate) + 1000)
return {0, string.format('%.17g', level)}
`

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeFromTorikomiLane(
      key: string,
      perSecond: number,
      burst: number,
      cost: number,
    ): Result<[waitMs: number, left: string], Context>
  }
}

const KEY_PREFIX = '{torikomi}:lane:'

function openRedisBuckets(redis: Redis): (key: string, plan: Plan) => Promise<Taken> {
  redis.defineCommand('takeFromTorikomiLane', { numberOfKeys: 1, lua: TAKE_SCRIPT })
  return async (key, { perSecond, burst, cost }) => {
    const [waitMs, left] = await redis.takeFromTorikomiLane(KEY_PREFIX + key, perSecond, burst, cost)
    return { waitMs, left: Number(left) }
  }
}

/** A separate schema keeps the table out of the service's migrations. */
export const LANE_SCHEMA = 'torikomi_lanes'
const TABLE = `${LANE_SCHEMA}.buckets`
const PREPARE_LOCK = 0x746f7269

/**
 * Takes in one statement, by the database's clock, which is read when the row is locked.
 * `wait_ms` is in the row because an upsert can return nothing else of its decision.
 */
const TAKE = prepared(
  { key: 'text', perSecond: 'float8', burst: 'float8', cost: 'float8' },
  `
  INSERT INTO ${TABLE} AS known (key, level, at, wait_ms)
  VALUES (:key, :burst - :cost, extract(epoch FROM clock_timestamp()) * 1000, 0)
  ON CONFLICT (key) DO UPDATE SET (level, at, wait_ms) = (
    SELECT CASE WHEN level < :cost - ${ROUNDING} THEN level ELSE level - :cost END, greatest(at, now),
      CASE WHEN level < :cost - ${ROUNDING}
        THEN greatest(1, ceil(greatest(at, now) - now + (:cost - level) / :perSecond * 1000)) ELSE 0 END
    FROM (
      SELECT now, at, least(:burst, known.level + greatest(0, now - at) / 1000 * :perSecond) AS level
      FROM (
        SELECT now, least(known.at, now + :burst / :perSecond * 1000) AS at
        FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now OFFSET 0) AS clock
        OFFSET 0
      ) AS bounded
      OFFSET 0
    ) AS filled
  )
  RETURNING wait_ms AS "waitMs", level AS left`,
)

function openPostgresBuckets(pool: Pool): (key: string, plan: Plan) => Promise<Taken> {
  return async (key, { perSecond, burst, cost }) => {
    const { rows } = await acrossTenants(
      'a quota may be shared, and its table is in no tenant’s schema',
      () => pool.query<Taken>(TAKE({ key, perSecond, burst, cost })),
    )
    return present(rows[0])
  }
}

/** Makes the lanes' table where it is missing; safe in several processes at once. */
export async function prepareLaneTable(pool: Pool): Promise<void> {
  // Without parameters Postgres runs all of it as one transaction, and no client is held whose loss would go
  // unnoticed.
  await pool.query(`
    SELECT pg_advisory_xact_lock(${PREPARE_LOCK});
    CREATE SCHEMA IF NOT EXISTS ${LANE_SCHEMA};
    CREATE UNLOGGED TABLE IF NOT EXISTS ${TABLE}
      (key text PRIMARY KEY, level float8 NOT NULL, at float8 NOT NULL, wait_ms float8 NOT NULL)`)
}
