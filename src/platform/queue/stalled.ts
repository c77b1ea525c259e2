import type { Pool } from 'pg'
import { NAME, QUEUE_SCHEMA, workerTiming } from './engines.ts'

/**
 * The Postgres engine judges by each worker's own clock whether another one has died. One whose clock was ahead when it died
 * leaves a lock that ends in an hour, and a note that nobody needs to look for an hour: its shop would stand still so long. So
 * every worker process also looks by the database's time. A living worker loses nothing: it renews its locks, and a shop that
 * is worked twice is done twice without harm.
 */
export interface StalledOptions {
  everyMs?: number
  lockMs?: number
}

/** @returns how to end it; resolves once nothing runs any more. A database that is away is asked again next time. */
export function recoverStalled(
  pool: Pick<Pool, 'query'>,
  { everyMs = workerTiming.stalledInterval, lockMs = workerTiming.lockDuration }: StalledOptions = {},
): () => Promise<void> {
  let running: Promise<unknown> | null = null
  const timer = setInterval(() => {
    running ??= look().finally(() => {
      running = null
    })
  }, everyMs)

  async function look(): Promise<void> {
    try {
      await pool.query(CUT_LOCKS, [NAME, lockMs])
      await pool.query(CUT_NOTE, [NAME])
      await pool.query(RECOVER, [NAME, workerTiming.maxStalledCount, everyMs])
    } catch {
      // The next look is soon.
    }
  }

  return async () => {
    clearInterval(timer)
    await running
  }
}

const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

const CUT_LOCKS = `update ${QUEUE_SCHEMA}.job set locked_until_ms = ${NOW_MS} + $2::bigint
  where queue = $1 and state = 'active' and locked_until_ms > ${NOW_MS} + $2::bigint`

const CUT_NOTE = `delete from ${QUEUE_SCHEMA}.meta
  where queue = $1 and field = 'stalled-check' and value::bigint > ${NOW_MS}`

const RECOVER = `select ${QUEUE_SCHEMA}.move_stalled_jobs_to_wait($1, $2, ${NOW_MS}, $3::bigint)`
