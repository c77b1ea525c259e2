import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import {
  READY_TO_SHIP,
  SANDBOX_SHOPS,
  SIMULATED_MALLS,
  type SimulatedMall,
  startMall,
  startMalls,
} from '../../../sandbox/malls/index.ts'
import { readHistory } from '../../../src/events/history.ts'
import type { Prisma } from '../../../src/generated/prisma/client.ts'
import { requestImports } from '../../../src/imports/requests/statements.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { createMarker } from '../../../src/marks/marker.ts'
import type { FullOrder } from '../../../src/orders/order-json.ts'
import { pullOrders } from '../../../src/orders/pull.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { createReconciliationJob, insertSweeps } from '../../../src/reconciliation/reconciliation-job.ts'
import { createTokenStores } from '../../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import { createOnImport, createOnReleased } from '../../../src/site-changes/requests/on-import.ts'
import { type ChangeCaller, requestChanges } from '../../../src/site-changes/requests/request.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { createSiteChangeJob } from '../../../src/site-changes/site-change-job.ts'
import { type Exchange, recording } from '../../malls/documents/index.ts'
import { placeWritable } from '../changes/change-bench.ts'
import type { TestDatabase } from '../database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../fixtures.ts'
import { shopWorkerOf } from '../imports/import-bench.ts'
import { memoryBuckets } from './memory-buckets.ts'
import { testMalls } from './test-malls.ts'
import { testedMall } from './tested-malls.ts'

export interface MallBenchOptions {
  clock?: Clock
  /** AMAZON_NOTIFICATION_QUEUES */
  queues?: string
  /** Orders get their marks with the import. */
  marked?: true
  /** Stands between the service and the malls: may keep a call, or its answer, from arriving. */
  between?(operation: string, send: () => Promise<HttpResponse>): Promise<HttpResponse>
}

/** The simulated malls with a shop each, worked on through the real adapters. */
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
  const queues = options.queues ?? ''
  const marketplaces = testMalls(malls, { more: { amazon: { queues } } })
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
    noteHistory: () => readHistory({ pool: database.pool, clock }),
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
  const marker = options.marked ? { marker: createMarker(base) } : {}
  const worker = shopWorkerOf({
    ...base,
    ...marker,
    sessions,
    onStaged,
    moreJobs: [createSiteChangeJob(base)],
  })
  const tenant = await makeTenant(database.db)
  const shopIds = {} as Record<SimulatedMall, string>
  for (const mall of SIMULATED_MALLS) {
    const { code } = SANDBOX_SHOPS[mall]
    const credentials = malls[mall].credentialsFor(code)
    shopIds[mall] = (
      await makeShop(database.db, { tenantId: tenant.id, marketplace: mall, code, credentials })
    ).id
    // A key test tells what the shop is allowed.
    if (marketplaces.get(mall)?.ofShop) {
      const { session } = await sessions.open(shopIds[mall])
      const { capabilities } = await session.checkCredentials(new AbortController().signal)
      const where = { id: shopIds[mall] }
      await database.db.shop.update({ where, data: { capabilities: capabilities as Prisma.InputJsonValue } })
    }
  }
  calls.length = 0
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
    takeExchanges(mall: SimulatedMall): Exchange[] {
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
    async atMall(mall: SimulatedMall, orderNumber: string): Promise<unknown> {
      const answer = await fetch(`${malls[mall].url}/_control/orders/${orderNumber}`)
      return answer.json()
    },
    /** Works on a mall's shop until there is nothing to do now. */
    async work(mall: SimulatedMall): Promise<void> {
      while ((await worker.run(shopIds[mall], new AbortController().signal)) === 'again');
    },
    /** Imports these orders; their ids. */
    async importOrders(mall: SimulatedMall, numbers: readonly string[]): Promise<string[]> {
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

/**
 * The last part of the path, which names the operation. Amazon's are named by its model, Shopify's by the
 * first field of the document.
 */
function operationOf({ method, url, body }: HttpRequest): string {
  const { pathname } = new URL(url)
  if (pathname.endsWith('/shipmentConfirmation')) return 'confirmShipment'
  if (/\/orders\/2026-01-01\/orders\/[^/]+$/.test(pathname)) return 'getOrder'
  if (pathname.endsWith('/access_token')) return 'token'
  if (pathname.endsWith('/graphql.json')) return /\{\s*(\w+)/.exec(JSON.parse(String(body)).query)?.[1] ?? ''
  return /([^/]+)\/?$/.exec(pathname)?.[1] ?? `${method} ${pathname}`
}

/**
 * One simulated mall, a shop and everything that works on it: sweeps, imports, site changes. All share a
 * clock that stands still while nobody works. No mail is ever read: what the service learns, it learns from
 * the mall, or `mailed` tells it.
 */
export type GuardMall = Awaited<ReturnType<typeof guardMall>>

const MINUTE = 60_000

/**
 * @param timers false: time goes on, and no timer of the service notices, as in a process that stood still
 */
export async function guardMall(database: TestDatabase, name: SimulatedMall, { timers = true } = {}) {
  const clock = createControllableClock()
  clock.hold()
  const mall = await startMall(name, { seed: 5, clock, requestsPerSecond: 1_000 })
  const marketplaces = testMalls(mall)
  const { code } = SANDBOX_SHOPS[name]
  const tenant = await makeTenant(database.db)
  const credentials = mall.credentialsFor(code)
  const shop = await makeShop(database.db, { tenantId: tenant.id, marketplace: name, code, credentials })
  const { db, pool } = database
  const base = {
    clock: timers ? clock : { now: clock.now, sleep: () => new Promise<never>(() => undefined) },
    db,
    pool,
    newId,
    marketplaces,
    sealer: testSealer,
    random: systemRandom,
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    noteHistory: () => readHistory({ pool, clock }),
    wakeLater: { at: () => undefined },
  }
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  let beforeCall: (request: HttpRequest) => Promise<void> | void = () => undefined
  const sessions = createShopSessions({
    ...base,
    http: {
      async request(request, signal) {
        await beforeCall(request)
        return http.request(request, signal)
      },
    },
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: createTokenStores({ ...base, owner: newId() }),
  })
  const onReleased = createOnReleased(base)
  const sweepDeps = { ...base, onReleased, intervalMs: 5 * MINUTE }
  const moreJobs = [createReconciliationJob(sweepDeps), createSiteChangeJob({ ...base, onReleased })]
  const worker = shopWorkerOf({ ...base, sessions, onReleased, moreJobs })
  const caller = () => ({ tenantId: tenant.id, actor: 'key:test', idempotencyKey: newId() })
  const requestDeps = { ...base, wakeQueue: { wake: async () => undefined } }

  async function work(): Promise<void> {
    // An adapter that waits for a result of its mall waits by this clock.
    clock.release()
    await insertSweeps(sweepDeps)
    while ((await worker.run(shop.id, new AbortController().signal)) === 'again');
    clock.hold()
  }

  return {
    mall,
    clock,
    shopId: shop.id,
    work,
    place: (overrides: Record<string, unknown> = {}) =>
      placeWritable(mall, { shopCode: code, overrides: { ...READY_TO_SHIP[name], ...overrides } }),
    async ask(changes: readonly WantedChange[]): Promise<string[]> {
      const accepted = await requestChanges(requestDeps, caller(), { changes: [...changes] })
      return accepted.changes.map(({ id }) => id)
    },
    change: (id: string) => db.siteChange.findUniqueOrThrow({ where: { id } }),
    /** What somebody does at the mall's own screen; nobody is told. */
    async edit(orderNumber: string, patch: unknown): Promise<void> {
      const body = JSON.stringify(patch)
      const answer = await fetch(`${mall.url}/_control/orders/${orderNumber}`, { method: 'PATCH', body })
      if (!answer.ok) throw new Error(`the mall cannot be edited: ${await answer.text()}`)
    },
    /** Runs before each call that the service makes at the mall. */
    onCall(hook: (request: HttpRequest) => Promise<void> | void): void {
      beforeCall = hook
    },
    /** A mail about the order has come: it is read again. */
    async mailed(orderNumber: string): Promise<void> {
      const refresh = { purpose: 'refresh', source: 'mail' } as const
      const request = { tenantId: tenant.id, shopId: shop.id, orderNumber, ...refresh }
      await requestImports(pool, base, [request])
    },
    /** Lets time pass, the shop being woken after each step. */
    async pass(ms: number, step = MINUTE): Promise<void> {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left))
        await work()
      }
    },
    /** Long enough for one sweep to have seen what happened before. */
    async oneSweep(): Promise<void> {
      await this.pass(testedMall(name).oneSweep * MINUTE)
    },
    pull: async () => (await pullOrders(base, caller(), { limit: 1_000, marketplace: name })).orders,
    orders: () => db.order.findMany({ where: { shopId: shop.id } }),
    /** One parcel for each recipient. */
    async ship({ id, detail }: FullOrder, trackingNumber: string): Promise<string> {
      const shippedOn = japaneseDay(clock.now())
      const parcels = (detail?.recipients ?? []).map(({ id: recipientId }) => ({
        recipientId,
        carrier: 'yamato' as const,
        trackingNumber,
      }))
      const change = { orderId: id, action: 'ship' as const, shippedOn, parcels }
      const { changes } = await requestChanges(requestDeps, caller(), { changes: [change] })
      return changes[0]?.id ?? ''
    },
    async close(): Promise<void> {
      await http.close()
      await mall.close()
    },
  }
}
