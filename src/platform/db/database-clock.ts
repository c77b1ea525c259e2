import { type Clock, systemClock } from '../clock.ts'
import { present } from '../narrow.ts'
import type { Queries } from './transaction.ts'

/**
 * The time of the database's machine, for every process the same. Due times and leases are written by one
 * process and judged by another: by their own machines' clocks, one that is an hour ahead would take
 * everybody's leases and leave due times that the others wait an hour for. Between two looks time goes on by
 * this machine's steady clock, which nobody can set.
 */
export interface DatabaseClock extends Clock {
  /** Looks no more; time goes on. */
  stop(): void
}

export interface DatabaseClockTools {
  pool: Queries
  log: { warn(facts: object, text: string): void }
  /** Milliseconds of a clock that only goes forward. */
  steady?: () => number
  /** This machine's own time, for the warning alone. Milliseconds since 1970. */
  wall?: () => number
  everyMs?: number
}

const LOOK_EVERY_MS = 10_000
const FIRST_LOOKS = 3
/** Beyond this the machine's clock is worth a word: certificates and the malls' keys are judged by it. */
const WORTH_A_WARNING_MS = 60_000

interface Look {
  /** Milliseconds to add to the steady clock. */
  offset: number
  /** The answer was on its way for so long: the offset is right by half of it. */
  tookMs: number
}

/**
 * @throws Error when the database does not answer the first time; later silence only leaves the clock as it
 * was
 */
export async function startDatabaseClock(tools: DatabaseClockTools): Promise<DatabaseClock> {
  const { steady = () => performance.now(), wall = Date.now } = tools
  let warned = false

  async function look(): Promise<Look> {
    const from = steady()
    const { rows } = await tools.pool.query<{ now: number }>(NOW)
    const to = steady()
    return { offset: present(rows[0]).now - (from + to) / 2, tookMs: to - from }
  }

  const first: Look[] = []
  for (let n = 0; n < FIRST_LOOKS; n += 1) first.push(await look())
  let { offset } = first.reduce((best, one) => (one.tookMs < best.tookMs ? one : best))
  const now = () => Math.floor(steady() + offset)
  tellOfDifference()

  async function lookAgain(): Promise<void> {
    const seen = await look()
    // Within what the way of the answer explains there is nothing to correct.
    if (Math.abs(seen.offset - offset) > seen.tookMs / 2) offset = seen.offset
    tellOfDifference()
  }

  function tellOfDifference(): void {
    const aheadMs = wall() - now()
    const differs = Math.abs(aheadMs) > WORTH_A_WARNING_MS
    if (differs && !warned)
      tools.log.warn({ aheadMs }, 'the clock of this machine is not that of the database, which counts')
    warned = differs
  }

  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    void lookAgain()
      .catch(() => undefined)
      .finally(() => {
        looking = false
      })
  }, tools.everyMs ?? LOOK_EVERY_MS)
  timer.unref()
  return { now, sleep: systemClock.sleep, stop: () => clearInterval(timer) }
}

const NOW = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now'
