import type { ControllableClock } from '../../sandbox/kit/types.ts'
import { type AmazonSimulator, REAL_QUOTAS } from '../../sandbox/malls/amazon/index.ts'
import { requestImports } from '../../src/imports/requests/store.ts'
import { createMarketplaces } from '../../src/marketplaces/index.ts'
import { createLanes } from '../../src/marketplaces/quota/lanes.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { createHttpClient } from '../../src/platform/http/undici-client.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { createTokenStores } from '../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../src/shops/shops/sessions.ts'
import { makeShop, makeTenant, newId, testSealer } from '../support/fixtures.ts'
import { shopWorkerOf } from '../support/imports/shop-worker.ts'
import { memoryBuckets } from '../support/malls/memory-buckets.ts'
import type { Databases } from './databases.ts'

/**
 * The fetch worker with one Amazon shop, on a Postgres of its own and a clock that runs and jumps over waits.
 */
export interface AmazonWork {
  want(orderNumber: string): Promise<void>
  /** Leaves so many calls of an operation in our own budget. */
  drain(operation: keyof typeof REAL_QUOTAS, left: number): Promise<void>
  /** Wakes the shop whenever the service would, until so many orders stand in staging. */
  untilStaged(count: number): Promise<void>
  staged(): Promise<number>
  close(): Promise<void>
}

/** How often the service looks for what is due when nobody has said a time. */
const TICK_MS = 1_000
const MOST_TURNS = 20_000
const UNUSED = { apiUrl: 'http://127.0.0.1:9', requestsPerSecond: 1 }
const never = new AbortController().signal

export async function openAmazonWork(parts: {
  mall: AmazonSimulator
  clock: ControllableClock
  shopCode: string
  databases: Databases
}): Promise<AmazonWork> {
  const { mall, shopCode } = parts
  const clock = jumping(parts.clock)
  const log = createLogger({ level: 'silent' })
  const place = await parts.databases.create()
  await applyMigrations(place.url, log)
  const database = await openDatabase({ url: place.url, log })
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  let wakeAt: number | null = null
  const marketplaces = createMarketplaces({
    amazon: { apiUrl: mall.url, authUrl: mall.authUrl },
    rakuten: UNUSED,
    aupay: UNUSED,
    yahoo: { ...UNUSED, authUrl: UNUSED.apiUrl },
  })
  const base = {
    db: database.db,
    pool: database.pool,
    sealer: testSealer,
    clock,
    random: systemRandom,
    newId,
    log,
    metrics: createMetrics(),
    marketplaces,
    wakeLater: {
      at(_: string, at: number) {
        wakeAt = Math.min(at, wakeAt ?? at)
      },
      stop: () => undefined,
    },
  }
  const lanes = createLanes({ store: memoryBuckets(clock), clock })
  const sessions = createShopSessions({
    ...base,
    http,
    lanes,
    tokens: createTokenStores({ ...base, owner: 'bench' }),
  })
  const worker = shopWorkerOf({ ...base, sessions })
  const { id: tenantId } = await makeTenant(database.db)
  const credentials = mall.credentialsFor(shopCode)
  const shop = await makeShop(database.db, { tenantId, marketplace: 'amazon', code: shopCode, credentials })
  const staged = () => database.db.order.count()
  return {
    staged,
    async want(orderNumber) {
      const request = { tenantId, shopId: shop.id, orderNumber, purpose: 'import', source: 'mail' } as const
      await requestImports(database.pool, base, [request])
    },
    async drain(operation, left) {
      const quota = { key: `amazon:seller:${shopCode}:${operation}`, ...REAL_QUOTAS[operation] }
      for (let n = left; n < quota.burst; n += 1) await lanes.lane().take(quota, never)
    },
    async untilStaged(count) {
      for (let turns = 0; (await staged()) < count; turns += 1) {
        if (turns > MOST_TURNS) throw new Error(`only ${await staged()} orders were staged`)
        wakeAt = null
        if ((await worker.run(shop.id, never)) === 'again') continue
        parts.clock.set(Math.max(wakeAt ?? clock.now() + TICK_MS, clock.now()))
      }
    },
    async close() {
      await database.close()
      await http.close()
      await place.drop()
    },
  }
}

/** Whoever sleeps moves the clock to where the sleep ends. */
const jumping = (clock: ControllableClock): Clock => ({
  now: clock.now,
  async sleep(ms) {
    const end = clock.now() + ms
    await new Promise((resolve) => setImmediate(resolve))
    if (clock.now() < end) clock.set(end)
  },
})
