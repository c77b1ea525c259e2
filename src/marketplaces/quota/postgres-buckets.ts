import type { Pool } from 'pg'
import { type Plan, ROUNDING, type Taken } from './bucket.ts'

/** A schema of its own keeps the table out of the service's migrations. */
export const LANE_SCHEMA = 'torikomi_lanes'
const TABLE = `${LANE_SCHEMA}.buckets`
const PREPARE_LOCK = 0x746f7269

/**
 * takeFrom of bucket.ts in one statement, by the database's clock, which is read when the row is locked. `wait_ms` stands in
 * the row because an upsert can give back nothing else of what it decided.
 */
const TAKE = `
  INSERT INTO ${TABLE} AS known (key, level, at, wait_ms)
  VALUES ($1, $3::float8 - 1, extract(epoch FROM clock_timestamp()) * 1000, 0)
  ON CONFLICT (key) DO UPDATE SET (level, at, wait_ms) = (
    SELECT CASE WHEN level < 1 - ${ROUNDING} THEN level ELSE level - 1 END, greatest(at, now),
      CASE WHEN level < 1 - ${ROUNDING}
        THEN greatest(1, ceil(greatest(at, now) - now + (1 - level) / $2::float8 * 1000)) ELSE 0 END
    FROM (
      SELECT now, at, least($3, known.level + greatest(0, now - at) / 1000 * $2) AS level
      FROM (
        SELECT now, least(known.at, now + $3 / $2 * 1000) AS at
        FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now OFFSET 0) AS clock
        OFFSET 0
      ) AS bounded
      OFFSET 0
    ) AS filled
  )
  RETURNING wait_ms AS "waitMs", level AS left`

export function openPostgresBuckets(pool: Pool): (key: string, plan: Plan) => Promise<Taken> {
  return async (key, { perSecond, burst }) => {
    const { rows } = await pool.query<Taken>(TAKE, [key, perSecond, burst])
    return rows[0] as Taken
  }
}

/** Makes the lanes' table where it is missing; safe in several processes at once. */
export async function prepareLaneTable(pool: Pool): Promise<void> {
  // Without parameters Postgres runs all of it as one transaction, and no client is held whose loss nobody would hear.
  await pool.query(`
    SELECT pg_advisory_xact_lock(${PREPARE_LOCK});
    CREATE SCHEMA IF NOT EXISTS ${LANE_SCHEMA};
    CREATE UNLOGGED TABLE IF NOT EXISTS ${TABLE}
      (key text PRIMARY KEY, level float8 NOT NULL, at float8 NOT NULL, wait_ms float8 NOT NULL)`)
}
