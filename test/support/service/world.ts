import { randomBytes } from 'node:crypto'
import { createApi, waitFor } from '../../../sandbox/demo/client.ts'
import { type Registration, register } from '../../../sandbox/demo/register.ts'
import type { SimulatedMall } from '../../../sandbox/malls/index.ts'
import {
  type Sandbox,
  type SandboxMailbox,
  sandboxEnvironment,
  startSandbox,
} from '../../../sandbox/sandbox.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { freshDatabase, type TestDatabase } from '../database/database.ts'
import { type RunningService, startService } from './service.ts'

/**
 * Malls, mail server, database and the service as a process, ready for its first order: all that an
 * end-to-end test needs.
 */

export interface World {
  sandbox: Sandbox
  database: TestDatabase
  registration: Registration
  operatorKey: string
  /** What the service was started with, for more processes of it. */
  environment: Record<string, string>
  service(): RunningService
  /** Starts the service again with the same environment after it was killed. */
  restart(): Promise<void>
  /** The sandbox's control API: what a person does at the simulated mall. */
  mall(name: SimulatedMall, method: string, path: string, body?: unknown): Promise<unknown>
  close(): Promise<void>
}

export interface WorldOptions {
  redisUrl?: string
  /** Where the service finds its database, when not at the database itself (a proxy in between). */
  databaseUrl?: (url: string) => string | Promise<string>
  /** Another mail server on this machine than the sandbox's own. */
  mailbox?: SandboxMailbox
  environment?: Record<string, string>
  requestsPerSecond?: number
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const perSecond = options.requestsPerSecond ?? 1000
  const sandbox = await startSandbox({ seed: 7, random: systemRandom, requestsPerSecond: perSecond })
  const database = await freshDatabase()
  const operatorKey = randomBytes(24).toString('base64url')
  const environment = {
    DATABASE_URL: (await options.databaseUrl?.(database.url)) ?? database.url,
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    OPERATOR_API_KEY: operatorKey,
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    RAKUTEN_REQUESTS_PER_SECOND: String(perSecond),
    YAHOO_REQUESTS_PER_SECOND: String(perSecond),
    AUPAY_REQUESTS_PER_SECOND: String(perSecond),
    ...sandboxEnvironment(sandbox),
    ...options.environment,
  }
  let service = await startService(environment)
  let registration = await register(service.url, operatorKey, sandbox, options.mailbox)
  return {
    sandbox,
    database,
    get registration() {
      return registration
    },
    operatorKey,
    environment,
    service: () => service,
    async restart() {
      service = await startService(environment)
      registration = { ...registration, client: createApi(service.url, registration.apiKey) }
    },
    async mall(name, method, path, body) {
      const answer = await fetch(`${sandbox.malls[name].url}/_control/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      if (!answer.ok)
        throw new Error(`${method} ${path} at the simulator: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
    async close() {
      await service.stop()
      await sandbox.close()
      await database.close()
    },
  }
}

export interface OrderInList {
  id: string
  orderNumber: string
  marketplace: string
  status: string
  stagedAt: string
}

/** Every order of the tenant, over all pages. */
export async function allOrders(world: World): Promise<OrderInList[]> {
  const orders: OrderInList[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: { orders: OrderInList[]; nextCursor: string | null } = await world.registration.client.get(
      `/orders?limit=500${query}`,
    )
    orders.push(...page.orders)
    cursor = page.nextCursor
  } while (cursor !== null)
  return orders
}

/** A service that has just begun on a busy machine may be without its database for a moment. */
const patient = (world: World) => createApi(world.service().url, world.registration.apiKey, 5)

export const waitForStaged = (world: World, count: number, limitMs = 60_000): Promise<unknown> =>
  waitFor(
    `${count} orders staged`,
    // Not by the board, which is up to a second old and may count an order that was pulled since.
    () => patient(world).get<{ total: number }>('/orders?status=auto_imported&total=true&limit=1'),
    ({ total }) => total >= count,
    { limitMs },
  )

export const numbersOf = (orders: readonly { orderNumber: string }[]): string[] =>
  orders.map((order) => order.orderNumber).sort()
