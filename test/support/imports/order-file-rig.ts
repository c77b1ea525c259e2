import { createShipRequests } from '../../../src/app/api-area.ts'
import type { Routes } from '../../../src/http/app-types.ts'
import { labelRoutes } from '../../../src/labels/routes.ts'
import { readIslands } from '../../../src/marks/rules.ts'
import { createFileReader } from '../../../src/order-files/reader.ts'
import { orderFileRoutes } from '../../../src/order-files/routes.ts'
import { createStored } from '../../../src/order-files/stored.ts'
import { toFormRevision } from '../../../src/order-files/uploads.ts'
import { rehearsalRoutes } from '../../../src/rehearsal/routes.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import { createOnReleased } from '../../../src/site-changes/requests/on-import.ts'
import { createSiteChangeJob } from '../../../src/site-changes/site-change-job.ts'
import type { TestDatabase } from '../database/database.ts'
import { makeShop, testSealer } from '../fixtures.ts'
import { restServer } from '../http/rest-server.ts'
import { testMalls } from '../malls/test-malls.ts'
import { type ImportBench, importBench, shopWorkerOf } from './import-bench.ts'

export type OrderFileRig = Awaited<ReturnType<typeof orderFileRig>>

type Method = 'GET' | 'POST' | 'PUT'

/**
 * A shop whose orders come as files, with its routes, reader and worker, and no way to any server.
 * @param from a rig whose database was copied: its shop and clock go on here
 */
export async function orderFileRig(
  database: TestDatabase,
  more: (deps: ImportBench['deps']) => Routes[] = () => [],
  from?: { bench: ImportBench; shopId: string },
) {
  const bench = await importBench(database, {}, from?.bench)
  const { tenantId } = bench
  const { db, pool } = database
  const marketplaces = testMalls()
  const sessions = createShopSessions({
    ...bench.deps,
    marketplaces,
    http: { request: () => Promise.reject(new Error('a shop without a server is called')) },
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: {
      forShop: () => ({
        get: () => Promise.reject(new Error('no token')),
        invalidate: async () => undefined,
      }),
    },
    stored: createStored({ pool, sealer: testSealer }),
  })
  const deps = { ...bench.deps, db, pool, marketplaces, sessions }
  const requests = { ...deps, wakeQueue: { wake: async () => undefined } }
  deps.moreJobs = [createSiteChangeJob(deps)]
  const worker = shopWorkerOf(deps)
  const reader = createFileReader({ ...deps, onReleased: createOnReleased(requests) })
  const server = await restServer(db, {
    marketplaces,
    clock: bench.clock,
    more: {
      clientRoutes: [
        orderFileRoutes({ ...deps, onShopChanged: () => undefined }),
        labelRoutes({
          ...deps,
          ships: createShipRequests(requests),
          readIslands: (tenantId) => readIslands(deps, tenantId),
        }),
        rehearsalRoutes(requests),
        ...more(deps),
      ],
      operatorRoutes: [],
    },
  })
  const key = await server.keyFor(tenantId)
  const call = (method: Method, url: string, payload?: object, headers: Record<string, string> = key) =>
    server.app.inject({ method, url: `/v1${url}`, headers, ...(payload && { payload }) })
  const shopId =
    from?.shopId ??
    (
      await makeShop(db, {
        tenantId,
        marketplace: 'connector',
        code: 'my-shop',
        name: 'わたしの店',
        sealedCredentials: null,
        credentialsVersion: 0,
      })
    ).id
  const path = (rest: string) => `/shops/${shopId}/${rest}`
  /** Of the map as it is now. */
  const revision = async () => toFormRevision((await call('GET', path('order-form'))).json().form)
  return {
    bench,
    server,
    tenantId,
    shopId,
    key,
    reader,
    call,
    revision,
    /** Until the shop's worker has nothing left. */
    async work() {
      while ((await worker.run(shopId, new AbortController().signal)) === 'again');
    },
    /** Sends it as a person who has looked at it, and reads all that waits. */
    async take(file: Uint8Array, options: object = {}) {
      const sent = { fileName: 'orders.csv', file: Buffer.from(file).toString('base64') }
      const body = { ...sent, formRevision: await revision(), ...options }
      const made = await call('POST', path('order-files'), body)
      if (made.statusCode !== 201) throw new Error(made.body)
      await reader.run(new AbortController().signal)
      return (await call('GET', path(`order-files/${made.json().id}`))).json()
    },
    /** 送り状番号の取込: `number,tracking number,day` each. */
    async ship(...lines: string[]) {
      const file = Buffer.from(['注文番号,送り状番号,発送日', ...lines].join('\r\n')).toString('base64')
      const body = { format: 'plain', carrier: 'yamato', file, apply: true }
      const asked = await call('POST', '/labels/tracking', body, { ...key, 'idempotency-key': lines.join() })
      await this.work()
      return asked.json()
    },
    orders: () => db.order.findMany({ where: { shopId }, orderBy: { orderNumber: 'asc' } }),
    order: (orderNumber: string) => db.order.findFirstOrThrow({ where: { shopId, orderNumber } }),
  }
}
