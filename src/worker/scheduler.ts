import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import { readDueShops } from './due-shops.ts'
import type { PeriodicTask, ShopJob } from './shop-job.ts'
import type { WakeLater } from './wake-later.ts'
import { createWakeMemory } from './wake-memory.ts'

const TICK_MS = 1_000
/** Shops that each job may name in one tick; the longest waiting ones first, the others a second later. */
const MOST_PER_TICK = 1_000

export interface SchedulerDeps {
  pool: Pool
  clock: Clock
  log: Logger
  metrics: Pick<Metrics, 'tickerWakes'>
  wakeQueue: Pick<WakeQueue, 'wake'>
  wakeLater: Pick<WakeLater, 'stop'>
  jobs: readonly Pick<ShopJob, 'dueShops' | 'maintain'>[]
  /** Beside what the jobs have to be maintained. */
  tasks?: readonly PeriodicTask[]
}

export interface Scheduler {
  start(): void
  /** Resolves when no tick is running any more. */
  stop(): Promise<void>
  /** One tick, for tests: the shops it woke. */
  tick(): Promise<string[]>
}

/**
 * Wakes the shops whose rows have become due. Every process may run one. It is what makes a lost or emptied queue good,
 * lets retries happen, and opens a lane again when its time is over.
 */
export function createScheduler(deps: SchedulerDeps): Scheduler {
  const memory = createWakeMemory()
  const stopping = new AbortController()
  const running: Promise<void>[] = []

  async function tick(): Promise<string[]> {
    const now = deps.clock.now()
    const due = await readDueShops(deps.pool, deps.jobs, new Date(now), MOST_PER_TICK)
    const shopIds = memory.choose(due, now)
    if (shopIds.length > 0) {
      await deps.wakeQueue.wake(shopIds)
      deps.metrics.tickerWakes.inc(shopIds.length)
    }
    return shopIds
  }

  async function repeat(task: PeriodicTask): Promise<void> {
    for (let wait = task.firstMs; await slept(wait); wait = task.everyMs) {
      await task
        .run(stopping.signal)
        .catch((err: unknown) =>
          deps.log.error({ err, task: task.name }, 'periodic task failed; it is tried again'),
        )
    }
  }

  const slept = (ms: number): Promise<boolean> =>
    deps.clock.sleep(ms, stopping.signal).then(
      () => true,
      () => false,
    )

  return {
    tick,
    start() {
      const wakes: PeriodicTask = { name: 'scheduler', firstMs: 0, everyMs: TICK_MS, run: tick }
      const maintained = deps.jobs.flatMap(({ maintain }) => maintain ?? [])
      for (const task of [wakes, ...maintained, ...(deps.tasks ?? [])]) running.push(repeat(task))
    },
    async stop() {
      stopping.abort()
      deps.wakeLater.stop()
      await Promise.all(running)
    },
  }
}
