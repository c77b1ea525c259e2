import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'pg'
import { createControllableClock } from '../../sandbox/kit/clock.ts'
import type { ControllableClock } from '../../sandbox/kit/types.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { HttpClient } from '../../src/platform/http/http-client.ts'

/**
 * One clock for many shops and their malls. It stands still while anybody works and goes on to the next time
 * that somebody waits for once nobody does: what calls, mapping and the database need costs nothing of it, so
 * that what it shows is waiting alone.
 */
export interface SaleClock {
  /** The service's. */
  clock: Clock
  /** The simulated malls'. */
  malls: ControllableClock
  /** Counts what is under way at the malls. */
  watching(http: HttpClient): HttpClient
  /**
   * Goes on until `over`, which is asked whenever everybody waits. @throws when nobody waits for anything, or
   * at `end`
   */
  run(over: () => Promise<boolean>, end: number): Promise<void>
}

/** So many turns of the event loop without anything under way mean that everybody waits. */
const QUIET_TURNS = 4

export function createSaleClock(start: number, pool: Pool): SaleClock {
  const malls = createControllableClock()
  malls.hold()
  malls.set(start)
  const ends = new Set<{ at: number }>()
  let calls = 0
  // Connections that are being opened are neither idle nor lent.
  const working = () => calls > 0 || pool.totalCount > pool.idleCount || pool.waitingCount > 0

  async function quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      if (working()) {
        turns = -1
        await pause(1)
      } else await nextTurn()
    }
  }

  return {
    malls,
    clock: {
      now: malls.now,
      sleep(ms, signal) {
        const end = { at: malls.now() + ms }
        ends.add(end)
        return malls.sleep(ms, signal).finally(() => ends.delete(end))
      },
    },
    watching: (http) => ({
      request(request, signal) {
        calls += 1
        return http.request(request, signal).finally(() => {
          calls -= 1
        })
      },
    }),
    async run(over, end) {
      for (;;) {
        await quiet()
        if (await over()) return
        const next = Math.min(...[...ends].map(({ at }) => at))
        if (!(next <= end)) throw new Error(`nothing more happens by ${new Date(malls.now()).toISOString()}`)
        malls.set(Math.max(next, malls.now()))
      }
    },
  }
}
