import { readHistory } from '../../../src/events/history.ts'
import { checkHeldOrders, createImportJob, type ImportJobDeps } from '../../../src/imports/import-job.ts'
import { createPeriodJob } from '../../../src/imports/period-job.ts'
import { type NewImportRequest, requestImports } from '../../../src/imports/requests/statements.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { createHeavyReads, type HeavyReads } from '../../../src/platform/db/heavy-reads.ts'
import type { Queries } from '../../../src/platform/db/transaction.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics, type Metrics } from '../../../src/platform/metrics.ts'
import { createReconciliationJob, insertSweeps } from '../../../src/reconciliation/reconciliation-job.ts'
import type { SweepDeps } from '../../../src/reconciliation/take.ts'
import { createShopSessions, type ShopSessions } from '../../../src/shops/shops/sessions.ts'
import { createSiteChangeJob } from '../../../src/site-changes/site-change-job.ts'
import type { WakeLater } from '../../../src/worker/scheduler.ts'
import { createSeats, type Seats } from '../../../src/worker/seats.ts'
import type { ShopJob, WorkingShop } from '../../../src/worker/shop-job.ts'
import {
  beginTurn,
  createShopWorker,
  type ShopWorker,
  type ShopWorkerDeps,
  turnStatement,
} from '../../../src/worker/shop-worker.ts'
import { giveBack } from '../../../src/worker/statements.ts'
import type { HeldTurns } from '../../../src/worker/turn-lease.ts'
import type { TestDatabase } from '../database/database.ts'
import { type HeldClock, heldClock, makeShop, makeTenant, newId, testSealer } from '../fixtures.ts'
import { createFakeMarketplace, type FakeMarketplace, type FakeOptions } from '../malls/fake-marketplace.ts'

/** One shop of a fake mall on a real database with a held clock: what tests of importing begin with. */
export interface ImportBench {
  database: TestDatabase
  mall: FakeMarketplace
  clock: HeldClock
  tenantId: string
  shopId: string
  deps: WorkTools & {
    metrics: Metrics
    wakeLater: WakeLater
    sessions: ShopSessions
    heavyReads: HeavyReads
    noteHistory: () => Promise<unknown>
  }
  /** Times at which the worker wanted to be woken again. */
  wakeTimes: { shopId: string; at: number }[]
  /** Requests imports of these numbers, as a mail would. */
  want(numbers: readonly string[], more?: Partial<NewImportRequest>): Promise<void>
  /** Runs the worker until it says `done`. */
  run(): Promise<void>
  /** One turn of the worker. */
  turn(): Promise<'done' | 'again'>
}

export const START = '2026-01-15T03:00:00.000Z'

/** @param from a bench whose database was moved or copied: its shop, mall and clock go on here */
export async function importBench(
  database: TestDatabase,
  options: FakeOptions = {},
  from?: ImportBench,
  sealer = testSealer,
): Promise<ImportBench> {
  const mall = from?.mall ?? createFakeMarketplace(options)
  const clock = from?.clock ?? heldClock(START)
  const tenant = from ? { id: from.tenantId } : await makeTenant(database.db)
  const shop = from
    ? { id: from.shopId }
    : await makeShop(database.db, {
        tenantId: tenant.id,
        marketplace: mall.name,
        credentials: { key: 'first' },
      })
  const log = createLogger({ level: 'silent' })
  const wakeTimes: ImportBench['wakeTimes'] = []
  const marketplaces = new Map<MarketplaceName, FakeMarketplace>([[mall.name, mall]])
  const sessions = createShopSessions({
    db: database.db,
    sealer,
    marketplaces,
    http: { request: () => Promise.reject(new Error('a fake mall needs no HTTP')) },
    clock,
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: {
      forShop: () => ({
        get: () => Promise.reject(new Error('no token')),
        invalidate: async () => undefined,
      }),
    },
    log,
  })
  const deps: ImportBench['deps'] = {
    db: database.db,
    pool: database.pool,
    sealer,
    clock,
    random: { bytes: (n) => new Uint8Array(n), float: () => 0.5 },
    newId,
    log,
    metrics: createMetrics(),
    marketplaces,
    sessions,
    heavyReads: createHeavyReads(),
    noteHistory: () => readHistory({ pool: database.pool, clock }),
    wakeLater: { at: (shopId, at) => void wakeTimes.push({ shopId, at }), stop: () => undefined },
  }
  deps.moreJobs = [createSiteChangeJob(deps)]
  // Made at the first turn: a test may add to the tools until then.
  let worker: ShopWorker | undefined
  const turn = () => {
    worker ??= shopWorkerOf(deps)
    return worker.run(shop.id, new AbortController().signal)
  }
  return {
    turn,
    database,
    mall,
    clock,
    tenantId: tenant.id,
    shopId: shop.id,
    wakeTimes,
    deps,
    async want(numbers, more = {}) {
      const requests = numbers.map((orderNumber) => ({
        tenantId: tenant.id,
        shopId: shop.id,
        orderNumber,
        purpose: 'import' as const,
        source: 'mail' as const,
        ...more,
      }))
      await requestImports(database.pool, deps, requests)
    },
    async run() {
      // As the scheduler does: what is due by itself is asked for first.
      await checkHeldOrders(deps)
      for (let turns = 0; turns < 50; turns++) {
        if ((await turn()) === 'done') return
      }
      throw new Error('the worker does not come to an end')
    },
  }
}

export const numbers = (count: number, shopCode = '123456'): string[] =>
  Array.from({ length: count }, (_, index) => `${shopCode}-20260115-${String(index + 1).padStart(10, '0')}`)

export type WorkTools = ImportJobDeps &
  Omit<ShopWorkerDeps, 'jobs' | 'turns' | 'seats'> & {
    turns?: HeldTurns
    seats?: Seats
    moreJobs?: readonly ShopJob[]
  }

/** Imports by number and by period, and what a test adds to them; in the order of src/app/worker-area.ts. */
export const jobsOf = (tools: ImportJobDeps & { moreJobs?: readonly ShopJob[] }): ShopJob[] => [
  createImportJob(tools),
  createPeriodJob(tools),
  ...(tools.moreJobs ?? []),
]

/** Shops that have a turn now. */
const active: string[] = []

/**
 * A turn beside another of the same shop is a process's that took the shop over, or one of the release
 * before, which knows of no lease: unless a test brings its own `turns`, it takes the shop, and the first
 * does not find that out.
 */
export function shopWorkerOf(tools: WorkTools): ShopWorker {
  const { pool } = tools
  const untold: HeldTurns = {
    keep: (_lease, signal) => signal,
    end: (lease) => giveBack(pool, lease),
    forget: () => undefined,
  }
  const worker = createShopWorker({
    turns: untold,
    seats: createSeats({ ofTenant: 4, ofAll: 8 }),
    ...tools,
    jobs: jobsOf(tools),
  })
  return {
    tenantOf: worker.tenantOf,
    async run(shopId, signal, commit) {
      if (!tools.turns && active.includes(shopId))
        await pool.query('update shop_turns set lease_until = null where shop_id = $1', [shopId])
      active.push(shopId)
      return await worker.run(shopId, signal, commit).finally(() => active.splice(active.indexOf(shopId), 1))
    },
  }
}

/** A shop as a turn has it, for a test that does a part of a turn's work by itself. */
export async function workingShop(queries: Queries, shopId: string, now: number): Promise<WorkingShop> {
  const lease = { shopId, holder: newId() }
  const begun = await beginTurn(queries, turnStatement([]), lease, now)
  if (begun === null) throw new Error('the shop may not work')
  await giveBack(queries, lease)
  return begun.shop
}

export const MINUTE = 60_000

/** The only shop there is, swept every five minutes. */
export interface SweepBench extends ImportBench {
  /** Lets time pass in steps of a minute, the shop being woken in each as the scheduler would. */
  pass(ms: number): Promise<void>
}

export async function sweepBench(
  database: TestDatabase,
  options: FakeOptions = {},
  hooks: (deps: ImportBench['deps']) => Pick<SweepDeps, 'marker' | 'onReleased'> = () => ({}),
): Promise<SweepBench> {
  await database.db.tenant.deleteMany()
  const bench = await importBench(database, options)
  Object.assign(bench.deps, hooks(bench.deps))
  const sweepDeps = { ...bench.deps, intervalMs: 5 * MINUTE }
  bench.deps.moreJobs = [createReconciliationJob(sweepDeps), ...(bench.deps.moreJobs ?? [])]
  return {
    ...bench,
    async pass(ms) {
      for (let left = ms; left > 0; left -= MINUTE) {
        bench.clock.advance(MINUTE)
        await insertSweeps(sweepDeps)
        await bench.run()
      }
    },
  }
}
