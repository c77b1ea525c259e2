import { SANDBOX_SHOPS, type SandboxMall, startMalls } from '../../../sandbox/malls/index.ts'
import { requestImports } from '../../../src/imports/requests/store.ts'
import { createMarketplaces } from '../../../src/marketplaces/index.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import type { HttpClient, HttpResponse } from '../../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { createTokenStores } from '../../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import { createOnImport } from '../../../src/site-changes/requests/on-import.ts'
import { type ChangeCaller, requestChanges } from '../../../src/site-changes/requests/request.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { createSiteChangeJob } from '../../../src/site-changes/site-change-job.ts'
import { type Exchange, recording } from '../../malls/documents/index.ts'
import type { TestDatabase } from '../database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../fixtures.ts'
import { shopWorkerOf } from '../imports/shop-worker.ts'
import { memoryBuckets } from './memory-buckets.ts'

export interface MallBenchOptions {
  clock?: Clock
  /** AMAZON_NOTIFICATION_QUEUES */
  queues?: string
  /** Stands between the service and the malls: may keep a call, or its answer, from arriving. */
  between?(operation: string, send: () => Promise<HttpResponse>): Promise<HttpResponse>
}

/** The four simulated malls with a shop each, worked on through the real adapters. */
export type MallBench = Awaited<ReturnType<typeof mallBench>>

export async function mallBench(database: TestDatabase, options: MallBenchOptions = {}) {
  const malls = await startMalls(() => ({ port: 0, seed: 5, requestsPerSecond: 1_000 }))
  const own = createHttpClient({ allowPrivateHosts: 'all' })
  const exchanges: Exchange[] = []
  const http = recording(own, exchanges)
  const calls: string[] = []
  const { clock = systemClock } = options
  const heard: HttpClient = {
    request(request, signal) {
      const operation = operationOf(request)
      calls.push(operation)
      const send = () => http.request(request, signal)
      return options.between ? options.between(operation, send) : send()
    },
  }
  const { rakuten, yahoo, amazon, aupay } = malls
  const fast = { requestsPerSecond: 1_000 }
  const marketplaces = createMarketplaces({
    rakuten: { apiUrl: rakuten.url, ...fast },
    yahoo: { apiUrl: yahoo.url, authUrl: yahoo.authUrl ?? '', ...fast },
    amazon: { apiUrl: amazon.url, authUrl: amazon.authUrl ?? '', queues: options.queues ?? '' },
    aupay: { apiUrl: aupay.url, ...fast },
  })
  const log = createLogger({ level: 'silent' })
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
    wakeLater: { at: () => undefined, stop: () => undefined },
  }
  const sessions = createShopSessions({
    ...base,
    http: heard,
    lanes: createLanes({ store: memoryBuckets(clock), clock }),
    tokens: createTokenStores({ ...base, owner: 'test' }),
  })
  const onStaged = createOnImport(base)
  const worker = shopWorkerOf({ ...base, sessions, onStaged, moreJobs: [createSiteChangeJob(base)] })
  const tenant = await makeTenant(database.db)
  const shopIds = {} as Record<SandboxMall, string>
  for (const [mall, { code }] of Object.entries(SANDBOX_SHOPS) as [SandboxMall, { code: string }][]) {
    const credentials = malls[mall].credentialsFor(code)
    shopIds[mall] = (
      await makeShop(database.db, { tenantId: tenant.id, marketplace: mall, code, credentials })
    ).id
  }
  const requestDeps = { ...base, wakeQueue: { wake: async () => undefined } }
  return {
    malls,
    database,
    shopIds,
    requestDeps,
    marketplaces,
    sessions,
    tenantId: tenant.id,
    /** Operations that the malls were called with, oldest first; a test may empty it. */
    calls,
    /** What went over the wire to a mall and back since the last time. */
    takeExchanges(mall: SandboxMall): Exchange[] {
      const its = exchanges.filter(({ request }) => request.url.startsWith(`${malls[mall].url}/`))
      exchanges.splice(0, exchanges.length, ...exchanges.filter((one) => !its.includes(one)))
      return its
    },
    /** The order as it was imported. */
    async readOrder(orderId: string): Promise<NormalisedOrder> {
      const { tenantId, sealedDetail } = await database.db.order.findUniqueOrThrow({ where: { id: orderId } })
      return testSealer.of(tenantId).openJson(`order:${orderId}:detail`, sealedDetail as Uint8Array)
    },
    /** The order as it stands in the mall's own books. */
    async atMall(mall: SandboxMall, orderNumber: string): Promise<unknown> {
      const answer = await fetch(`${malls[mall].url}/_control/orders/${orderNumber}`)
      return answer.json()
    },
    /** Works on a mall's shop until there is nothing to do now. */
    async work(mall: SandboxMall): Promise<void> {
      while ((await worker.run(shopIds[mall], new AbortController().signal)) === 'again');
    },
    /** Imports these orders; their ids. */
    async importOrders(mall: SandboxMall, numbers: readonly string[]): Promise<string[]> {
      const requests = numbers.map((orderNumber) => ({
        tenantId: tenant.id,
        shopId: shopIds[mall],
        orderNumber,
        purpose: 'import' as const,
        source: 'person' as const,
      }))
      await requestImports(database.pool, base, requests)
      await this.work(mall)
      const orders = await database.db.order.findMany({ where: { shopId: shopIds[mall] } })
      return numbers.map((number) => orders.find((order) => order.orderNumber === number)?.id ?? '')
    },
    async ask(changes: readonly WantedChange[]): Promise<string[]> {
      const caller: ChangeCaller = { tenantId: tenant.id, actor: 'key:test', idempotencyKey: newId() }
      const accepted = await requestChanges(requestDeps, caller, { changes: [...changes] })
      return accepted.changes.map(({ id }) => id)
    },
    async close(): Promise<void> {
      await Promise.all(Object.values(malls).map((mall) => mall.close()))
      await own.close()
    },
  }
}

/** The last part of the path, which names the operation; Amazon's are named by its model. */
function operationOf({ method, url }: { method: string; url: string }): string {
  const { pathname } = new URL(url)
  if (pathname.endsWith('/shipmentConfirmation')) return 'confirmShipment'
  if (/\/orders\/2026-01-01\/orders\/[^/]+$/.test(pathname)) return 'getOrder'
  return /([^/]+)\/?$/.exec(pathname)?.[1] ?? `${method} ${pathname}`
}
