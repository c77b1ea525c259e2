import type { Clock } from '../clock.ts'
import type { Queries } from '../db/transaction.ts'
import { NAME, QUEUE_SCHEMA, workerTiming } from './engines.ts'

/**
 * The Postgres engine stamps a lock with its worker's clock, and would judge by another worker's whether that one has died:
 * where their clocks differ, shops are taken from living workers, or stand still for hours. So its own check is off, and every
 * worker process looks here. No time of day is asked for: a living worker moves the end of its locks every 2.5 to 5 s, whatever time it
 * takes it to be, and an end that nobody moves for the time of a lock is a dead worker's.
 */
export interface StalledOptions {
  everyMs?: number
  lockMs?: number
}

interface Lock {
  id: string
  token: string
  until: string
}

const keyOf = ({ id, token, until }: Lock): string => `${id} ${token} ${until}`

/** @returns how to end it; resolves once nothing runs any more */
export function recoverStalled(
  pool: Queries,
  clock: Pick<Clock, 'sleep'>,
  { everyMs = workerTiming.lockDuration / 4, lockMs = workerTiming.lockDuration }: StalledOptions = {},
): () => Promise<void> {
  const stopping = new AbortController()
  /** In how many looks before the last one a lock stood as it did in that. */
  let seen = new Map<string, number>()

  async function look(): Promise<void> {
    const { rows } = await pool.query<Lock>(LOCKS, [NAME])
    seen = new Map(rows.map(keyOf).map((key) => [key, (seen.get(key) ?? -1) + 1]))
    const dead = rows.filter((lock) => (seen.get(keyOf(lock)) ?? 0) * everyMs >= lockMs)
    if (dead.length > 0) await free(pool, dead)
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch(() => {
        // A database that did not answer us may have kept the living from renewing as well.
        seen = new Map()
      })
      // Counted from the end of the look: after a long one there is time to renew before the next.
      await clock.sleep(everyMs, stopping.signal).catch(() => undefined)
    }
  }

  const running = run()
  return async () => {
    stopping.abort()
    await running
  }
}

/** By the engine's own function, which takes what was marked and has run out: at the time 1 these locks alone. */
async function free(pool: Queries, locks: readonly Lock[]): Promise<void> {
  await pool.query(RUN_OUT, [
    NAME,
    locks.map(({ id }) => id),
    locks.map(({ token }) => token),
    locks.map(({ until }) => until),
  ])
  // Says when it was called last, by whatever clock; it then does nothing for a while.
  await pool.query(`delete from ${QUEUE_SCHEMA}.meta where queue = $1 and field = 'stalled-check'`, [NAME])
  await pool.query(`select ${QUEUE_SCHEMA}.move_stalled_jobs_to_wait($1, $2, 1, 0)`, [
    NAME,
    workerTiming.maxStalledCount,
  ])
}

const LOCKS = `select id, lock_token as token, locked_until_ms::text as until from ${QUEUE_SCHEMA}.job
  where queue = $1 and state = 'active' and lock_token is not null and locked_until_ms is not null`

const RUN_OUT = `update ${QUEUE_SCHEMA}.job j set locked_until_ms = 0, stalled_marked = true
  from unnest($2::text[], $3::text[], $4::bigint[]) as l (id, token, until)
  where j.queue = $1 and j.id = l.id and j.state = 'active' and j.lock_token = l.token and j.locked_until_ms = l.until`
