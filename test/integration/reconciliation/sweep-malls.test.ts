import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import type { MallSimulator } from '../../../sandbox/kit/types.ts'
import { startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import { startYahooSimulator } from '../../../sandbox/malls/yahoo/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { createReconciliationJob, insertSweeps } from '../../../src/reconciliation/reconciliation-job.ts'
import { readCompleteness } from '../../../src/reconciliation/routes.ts'
import { createTokenStores } from '../../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { shopWorkerOf } from '../../support/imports/import-bench.ts'

/** Sweeps at the simulated malls; no mail is ever sent. Malls and service share a clock that stands still. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SHOPS = { rakuten: '123456', yahoo: 'teststore' } as const

let database: TestDatabase
const http = createHttpClient({ allowPrivateHosts: 'all' })
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await http.close()
  await database.close()
})

async function startMall(name: keyof typeof SHOPS) {
  const clock = createControllableClock()
  clock.hold()
  const requestsPerSecond = 1_000
  if (name === 'rakuten') {
    const mall = await startRakutenSimulator({ clock, shops: [{ code: SHOPS.rakuten, name: '店' }] })
    return { mall, clock, marketplace: createRakuten({ apiUrl: mall.url, requestsPerSecond }) }
  }
  const mall: MallSimulator = await startYahooSimulator({
    clock,
    shops: [{ code: SHOPS.yahoo, name: '店' }],
  })
  const urls = { apiUrl: mall.url, authUrl: mall.authUrl ?? mall.url }
  return { mall, clock, marketplace: createYahoo({ ...urls, requestsPerSecond }) }
}

async function bench(name: keyof typeof SHOPS) {
  const { mall, clock, marketplace } = await startMall(name)
  const tenant = await makeTenant(database.db)
  const credentials = mall.credentialsFor(SHOPS[name])
  const shop = await makeShop(database.db, { tenantId: tenant.id, marketplace: name, credentials })
  const { db, pool } = database
  const marketplaces = new Map<MarketplaceName, Marketplace>([[name, marketplace as Marketplace]])
  const log = createLogger({ level: 'silent' })
  const tools = { db, pool, clock, log, newId, sealer: testSealer, random: systemRandom, marketplaces }
  const sessions = createShopSessions({
    ...tools,
    http,
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: createTokenStores({ ...tools, owner: newId() }),
  })
  const deps = { ...tools, metrics: createMetrics(), sessions, wakeLater: { at: () => undefined } }
  const sweepDeps = { ...deps, intervalMs: 5 * MINUTE }
  const worker = shopWorkerOf({ ...deps, moreJobs: [createReconciliationJob(sweepDeps)] })
  const never = new AbortController().signal
  return {
    mall,
    clock,
    async pass(minutes: number) {
      for (let minute = 0; minute < minutes; minute++) {
        clock.advance(MINUTE)
        await insertSweeps(sweepDeps)
        while ((await worker.run(shop.id, never)) === 'again');
      }
    },
    orders: () => db.order.findMany({ where: { shopId: shop.id } }),
    days: async () => (await readCompleteness(deps, tenant.id, shop.id, {})).days,
  }
}

describe.each(['rakuten', 'yahoo'] as const)('a sweep of %s', (name) => {
  it('stages all orders without a single mail, also those of a long stop, and says so by day', async () => {
    const { mall, clock, pass, orders, days } = await bench(name)
    try {
      const placed = [mall.place({ shopCode: SHOPS[name] })]
      await pass(7)
      expect((await orders()).map(({ orderNumber }) => orderNumber)).toEqual([placed[0]?.orderNumber])
      for (let n = 0; n < 30; n++) {
        placed.push(mall.place({ shopCode: SHOPS[name] }))
        clock.advance(HOUR)
      }
      await pass(3)
      expect((await orders()).map(({ orderNumber }) => orderNumber).toSorted()).toEqual(
        placed.map(({ orderNumber }) => orderNumber).toSorted(),
      )
      const compared = await days()
      expect(compared.reduce((sum, { mall }) => sum + (mall ?? 0), 0)).toBe(31)
      expect(compared.filter(({ complete }) => !complete).every(({ mall }) => mall === null)).toBe(true)
    } finally {
      await mall.close()
    }
  })
})

describe('what was cancelled', () => {
  it('is seen in the list of Yahoo!', async () => {
    const { mall, pass, orders } = await bench('yahoo')
    try {
      const { orderNumber } = mall.place({ shopCode: SHOPS.yahoo })
      await pass(2)
      mall.cancel(orderNumber)
      // Within Yahoo!'s ten read-only minutes the order is read again at their end anyway.
      await pass(12)
      expect(await orders()).toMatchObject([{ orderNumber, mallState: 'cancelled' }])
    } finally {
      await mall.close()
    }
  })
})
