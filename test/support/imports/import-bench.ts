import { checkHeldOrders } from '../../../src/imports/held-orders.ts'
import { type NewImportRequest, requestImports } from '../../../src/imports/requests/store.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { createHeavyReads, type HeavyReads } from '../../../src/platform/db/heavy-reads.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics, type Metrics } from '../../../src/platform/metrics.ts'
import { createShopSessions, type ShopSessions } from '../../../src/shops/shops/sessions.ts'
import { createSiteChangeJob } from '../../../src/site-changes/site-change-job.ts'
import type { WakeLater } from '../../../src/worker/scheduler.ts'
import type { ShopWorker } from '../../../src/worker/shop-worker.ts'
import type { TestDatabase } from '../database/database.ts'
import { type HeldClock, heldClock, makeShop, makeTenant, newId, testSealer } from '../fixtures.ts'
import { createFakeMarketplace, type FakeMarketplace, type FakeOptions } from '../malls/fake-marketplace.ts'
import { shopWorkerOf, type WorkTools } from './shop-worker.ts'

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
    sealer: testSealer,
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
    sealer: testSealer,
    clock,
    random: { bytes: (n) => new Uint8Array(n), float: () => 0.5 },
    newId,
    log,
    metrics: createMetrics(),
    marketplaces,
    sessions,
    heavyReads: createHeavyReads(),
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
