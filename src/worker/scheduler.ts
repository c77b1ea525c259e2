import type { Pool } from 'pg'
import type { Retention } from '../orders/retention.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import type { SweepWork } from '../reconciliation/reconciliation-job.ts'
import { type DueShop, readDueShops } from './due-shops.ts'
import type { MoreWork } from './shop-job.ts'
import type { WakeLater } from './wake-later.ts'
import { createWakeMemory } from './wake-memory.ts'

const TICK_MS = 1_000
/** Shops woken in one tick; the longest waiting ones first, the others a second later. */
const MOST_PER_TICK = 1_000
const TIDY_EVERY_MS = 5_000
const KEEP_SWEEPS_EVERY_MS = 15_000
const RETENTION_EVERY_MS = 60 * 60_000
/** Not during the busiest moment of a start. */
const RETENTION_FIRST_MS = 60_000

export interface TickerDeps {
  pool: Pool
  clock: Clock
  log: Logger
  metrics: Pick<Metrics, 'tickerWakes'>
  wakeQueue: Pick<WakeQueue, 'wake'>
  retention: Retention
  /** What an older release left undone; over when it has been done once. */
  upkeep?: { run(signal: AbortSignal): Promise<unknown> }
  wakeLater: Pick<WakeLater, 'stop'>
  more?: Pick<MoreWork, 'dueShops' | 'tidy'>
  sweeps?: SweepWork
}

export interface Ticker {
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
export function createTicker(deps: TickerDeps): Ticker {
  const memory = createWakeMemory()
  const stopping = new AbortController()
  const running: Promise<void>[] = []

  async function tick(): Promise<string[]> {
    const now = deps.clock.now()
    const shopIds = memory.choose(await readDue(new Date(now)), now)
    if (shopIds.length > 0) {
      await deps.wakeQueue.wake(shopIds)
      deps.metrics.tickerWakes.inc(shopIds.length)
    }
    return shopIds
  }

  async function readDue(now: Date): Promise<DueShop[]> {
    const [imports, more] = await Promise.all([
      readDueShops(deps.pool, now, MOST_PER_TICK),
      deps.more?.dueShops(now, MOST_PER_TICK) ?? [],
    ])
    return oncePerShop([...imports, ...more])
  }

  async function every(
    firstMs: number,
    ms: number,
    name: string,
    task: () => Promise<unknown>,
  ): Promise<void> {
    for (let wait = firstMs; await slept(wait); wait = ms) {
      await task().catch((err: unknown) =>
        deps.log.error({ err, task: name }, 'periodic task failed; it is tried again'),
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
      running.push(every(0, TICK_MS, 'ticker', tick))
      const { more } = deps
      if (more) running.push(every(TIDY_EVERY_MS, TIDY_EVERY_MS, 'tidy', () => more.tidy()))
      const { sweeps } = deps
      if (sweeps) running.push(every(0, KEEP_SWEEPS_EVERY_MS, 'sweeps', () => sweeps.keep()))
      const { upkeep } = deps
      if (upkeep)
        running.push(
          every(RETENTION_FIRST_MS, RETENTION_EVERY_MS, 'upkeep', () => upkeep.run(stopping.signal)),
        )
      running.push(
        every(RETENTION_FIRST_MS, RETENTION_EVERY_MS, 'retention', () => deps.retention.run(stopping.signal)),
      )
    },
    async stop() {
      stopping.abort()
      deps.wakeLater.stop()
      await Promise.all(running)
    },
  }
}

function oncePerShop(due: readonly DueShop[]): DueShop[] {
  const shops = new Map<string, DueShop>()
  for (const shop of due) {
    const known = shops.get(shop.shopId)
    if (!known || known.latestDueAt < shop.latestDueAt) shops.set(shop.shopId, shop)
  }
  return [...shops.values()]
}
