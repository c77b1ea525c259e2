import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
} from 'rate-limiter-flexible'

export type LaneStore =
  | { kind: 'redis'; redis: Redis }
  /** The table is made by prepareLaneTable. */
  | { kind: 'postgres'; pool: Pool }
  /** One process only. */
  | { kind: 'memory' }

/** A schema of its own keeps the table out of the service's migrations. */
export const LANE_SCHEMA = 'torikomi_lanes'
const TABLE = 'slots'
const PREPARE_LOCK = 0x746f7269

/** A limiter whose keys can be taken once in `everyMs`. */
export function openLimiter(store: LaneStore, everyMs: number): RateLimiterAbstract {
  const limit = { points: 1, duration: everyMs / 1000 }
  switch (store.kind) {
    case 'memory':
      return new RateLimiterMemory({ ...limit, keyPrefix: 'lane' })
    case 'postgres':
      return new RateLimiterPostgres({
        ...limit,
        keyPrefix: 'lane',
        storeClient: store.pool,
        storeType: 'pool',
        schemaName: LANE_SCHEMA,
        tableName: TABLE,
        tableCreated: true,
        clearExpiredByTimeout: false,
      })
    case 'redis':
      // The library rounds a duration down to seconds before it calls the script, so it is handed milliseconds.
      return new RateLimiterRedis({
        ...limit,
        duration: everyMs,
        keyPrefix: '{torikomi}:lane',
        storeClient: store.redis,
        customIncrTtlLuaScript: TAKE_SCRIPT,
      })
  }
}

const TAKE_SCRIPT = `
redis.call('set', KEYS[1], 0, 'PX', ARGV[2], 'NX')
local taken = redis.call('incrby', KEYS[1], ARGV[1])
local ttl = redis.call('pttl', KEYS[1])
if ttl < 0 then
  redis.call('pexpire', KEYS[1], ARGV[2])
  ttl = tonumber(ARGV[2])
end
return {taken, ttl}
`

/** Makes the lanes' table where it is missing; safe in several processes at once. */
export async function prepareLaneTable(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [PREPARE_LOCK])
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${LANE_SCHEMA}`)
    await client.query(
      `CREATE UNLOGGED TABLE IF NOT EXISTS ${LANE_SCHEMA}.${TABLE} (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)`,
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
