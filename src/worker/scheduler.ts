import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import type { DueShop, PeriodicTask, ShopJob } from './shop-job.ts'
import { firstPage, readDueShops } from './statements.ts'

/** A wake-up after which nothing happened for so long is taken for lost. */
const LOST_AFTER_MS = 15_000

/** Remembers which shops this process has woken, so that a shop at work is not woken every second. */
interface WakeMemory {
  /** Chooses shops to wake now and counts them as woken. `over`: these complete the list of due ones. */
  choose(due: readonly Pick<DueShop, 'shopId' | 'latestDueAt'>[], now: number, over: boolean): string[]
}

export function createWakeMemory(): WakeMemory {
  let wokenAt = new Map<string, number>()
  // Shops that are no longer due are forgotten, so the memory is never larger than what was due twice.
  let kept = new Map<string, number>()
  return {
    choose(due, now, over) {
      const chosen: string[] = []
      for (const { shopId, latestDueAt } of due) {
        const last = wokenAt.get(shopId)
        const wakes = last === undefined || isLost(now - last) || latestDueAt.getTime() > last
        if (wakes) chosen.push(shopId)
        kept.set(shopId, wakes ? now : last)
      }
      if (over) {
        wokenAt = kept
        kept = new Map()
      }
      return chosen
    },
  }
}

// A clock that was put back does not tell how long ago it was.
const isLost = (sinceMs: number): boolean => sinceMs >= LOST_AFTER_MS || sinceMs < 0

const TICK_MS = 1_000
/** Shops that are woken in one tick; the others follow in the next ones in any case. */
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
  /** Tasks that run beside the ticks, for tests. */
  readonly tasks: readonly PeriodicTask[]
}

/**
 * Wakes the shops whose rows have become due. Every process may run one. It is what makes a lost or emptied
 * queue good, lets retries happen, and opens a lane again when its time is over.
 */
export function createScheduler(deps: SchedulerDeps): Scheduler {
  const memory = createWakeMemory()
  const logRepeat = createRepeatLog(deps.log)
  let page = firstPage(MOST_PER_TICK)
  const stopping = new AbortController()
  const running: Promise<void>[] = []
  const tasks = [...deps.jobs.flatMap(({ maintain }) => maintain ?? []), ...(deps.tasks ?? [])]

  async function tick(): Promise<string[]> {
    const now = deps.clock.now()
    const { due, next } = await readDueShops(deps.pool, deps.jobs, new Date(now), page)
    page = next === null ? firstPage(MOST_PER_TICK) : { ...page, after: next }
    const shopIds = memory.choose(due, now, next === null)
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
          logRepeat({ err, task: task.name }, 'periodic task failed; it is tried again'),
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
    tasks,
    start() {
      const wakes: PeriodicTask = { name: 'scheduler', firstMs: 0, everyMs: TICK_MS, run: tick }
      for (const task of [wakes, ...tasks]) running.push(repeat(task))
    },
    async stop() {
      stopping.abort()
      deps.wakeLater.stop()
      await Promise.all(running)
    },
  }
}

/**
 * Wakes shops at a time that is known to the millisecond: a free slot of our own quota, the end of a closed
 * lane. Kept in this process alone; the scheduler makes good what dies with it.
 */
export interface WakeLater {
  /** `at` in milliseconds. Of several times for one shop the first counts. */
  at(shopId: string, at: number): void
  stop(): void
}

export function createWakeLater(deps: { clock: Clock; wakeQueue: Pick<WakeQueue, 'wake'> }): WakeLater {
  const planned = new Map<string, { at: number; cancel: AbortController }>()
  let stopped = false
  return {
    at(shopId, at) {
      const known = planned.get(shopId)
      if (stopped || (known && known.at <= at)) return
      known?.cancel.abort()
      const plan = { at, cancel: new AbortController() }
      planned.set(shopId, plan)
      deps.clock.sleep(Math.max(0, at - deps.clock.now()), plan.cancel.signal).then(
        () => {
          planned.delete(shopId)
          return deps.wakeQueue.wake([shopId])
        },
        () => undefined,
      )
    },
    stop() {
      stopped = true
      for (const { cancel } of planned.values()) cancel.abort()
      planned.clear()
    },
  }
}
