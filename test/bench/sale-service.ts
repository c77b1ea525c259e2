import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'pg'
import { createControllableClock } from '../../sandbox/kit/clock.ts'
import type { ControllableClock } from '../../sandbox/kit/types.ts'
import { createMarketplaces, type MarketplaceEndpoints } from '../../src/marketplaces/index.ts'
import { createLanes, type Lanes } from '../../src/marketplaces/quota/lanes.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { Database } from '../../src/platform/db/database.ts'
import type { HttpClient } from '../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../src/platform/http/undici-client.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { createPlaces } from '../../src/platform/queue/wake-queue.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { createReconciliationJob } from '../../src/reconciliation/reconciliation-job.ts'
import { createTokenStores } from '../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../src/shops/shops/sessions.ts'
import { createSiteChangeJob } from '../../src/site-changes/site-change-job.ts'
import { createScheduler, createWakeLater } from '../../src/worker/scheduler.ts'
import { createSeats } from '../../src/worker/seats.ts'
import type { JobTurn, ShopJob } from '../../src/worker/shop-job.ts'
import { createShopWorker, type ShopWorker } from '../../src/worker/shop-worker.ts'
import { createHeldTurns } from '../../src/worker/turn-lease.ts'
import { newId, testSealer } from '../support/fixtures.ts'
import { jobsOf } from '../support/imports/import-bench.ts'
import { memoryBuckets } from '../support/malls/memory-buckets.ts'

const SWEEP_MS = 5 * 60_000
/** As WORKER_CONCURRENCY is by default, or more. */
const PLACES = 64

/**
 * The role `worker` on a clock that is held, for shops of all malls: scheduler, lanes and all jobs of a turn.
 */
export function createSaleService(
  { db, pool }: Pick<Database, 'db' | 'pool'>,
  { clock, watching }: SaleClock,
  malls: MarketplaceEndpoints,
) {
  const client = createHttpClient({ allowPrivateHosts: 'all' })
  const marketplaces = createMarketplaces(malls)
  const log = createLogger({ level: 'error' })
  const counts = createCounts(clock)
  const lanes = createLanes({ store: memoryBuckets(clock), clock })
  const base = {
    db,
    pool,
    sealer: testSealer,
    clock,
    random: systemRandom,
    newId,
    log,
    metrics: createMetrics(),
    marketplaces,
  }
  const failures: unknown[] = []
  const places = createPlaces(PLACES, async (shopId, signal) => {
    try {
      if ((await worker.run(shopId, signal)) === 'again') places.wake([shopId])
    } catch (error) {
      failures.push(error)
    }
  })
  const wakeQueue = { wake: async (shopIds: readonly string[]) => places.wake(shopIds) }
  const wakeLater = createWakeLater({ clock, wakeQueue })
  const sessions = createShopSessions({
    ...base,
    http: watching(client),
    lanes: counts.lanes(lanes),
    tokens: createTokenStores({ ...base, owner: newId() }),
  })
  const tools = { ...base, sessions, wakeLater }
  const jobs = jobsOf({
    ...tools,
    moreJobs: [createReconciliationJob({ ...base, intervalMs: SWEEP_MS }), createSiteChangeJob(tools)],
  }).map(counts.job)
  const worker: ShopWorker = createShopWorker({
    ...tools,
    jobs,
    turns: createHeldTurns(base),
    seats: createSeats({ ofTenant: 4, ofAll: 8 }),
  })
  const scheduler = createScheduler({ ...tools, wakeQueue, jobs })
  return {
    base,
    wakeQueue,
    scheduler,
    lanes,
    /** Calls let through so far. */
    calls: counts.calls,
    /** What went wrong in a turn. */
    failures,
    async close() {
      await scheduler.stop()
      await client.close()
    },
  }
}

interface CountedCall {
  quota: string
  /** The job it was made for. */
  job: string
  /** Milliseconds of the held clock. */
  at: number
}

/** Which job a call was made for, and on whose quota. */
function createCounts(clock: Clock) {
  const working = new AsyncLocalStorage<string>()
  const calls: CountedCall[] = []
  return {
    calls,
    job: (job: ShopJob): ShopJob => ({
      ...job,
      begin(due) {
        const begun = job.begin(due)
        const counted: JobTurn = { run: (turn) => working.run(job.name, () => begun.run(turn)) }
        if (begun.hasBacklog) counted.hasBacklog = () => begun.hasBacklog?.() ?? false
        if (begun.probe)
          counted.probe = (turn, opened) => begun.probe?.(turn, opened) ?? Promise.resolve(false)
        return counted
      },
    }),
    lanes: ({ lane }: Lanes): Lanes => ({
      lane(options) {
        const { take } = lane(options)
        return {
          async take(quota, signal) {
            await take(quota, signal)
            calls.push({ quota: quota.key, job: working.getStore() ?? 'others', at: clock.now() })
          },
        }
      },
    }),
  }
}

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
