import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Api, createApi } from '../../sandbox/demo/client.ts'
import { table } from '../../sandbox/demo/show.ts'
import { AUTHSERV_ID } from '../../sandbox/mails/compose-mail.ts'
import { SANDBOX_SHOPS } from '../../sandbox/malls/index.ts'
import { type Sandbox, sandboxEnvironment, startSandbox } from '../../sandbox/sandbox.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { createSetup } from '../chaos/client.ts'
import { startService } from '../support/service/service.ts'
import type { FromCrowd, ToCrowd } from './event-crowd.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'

/**
 * Board changes at many clients of GET /v1/events, which stand in a process of their own before two API
 * processes.
 */
export interface EventsRun {
  name: string
  clients: number
  changes: number
  /** From the request that makes the change to the board that shows it, over all changes and clients. */
  p50Ms: number
  p99Ms: number
  maxMs: number
  unseen: number
  reconnections: number
  missed: number
  repeated: number
}

interface Load {
  changes: number
  everyMs: number
  /** Clients that lose their connection every two seconds. */
  restless: number
}

const API_PROCESSES = 2
const LOADS: Record<string, Load> = {
  'one change a second': { changes: 30, everyMs: 1_000, restless: 0 },
  '20 changes a second': { changes: 400, everyMs: 50, restless: 0 },
  '20 a second, 100 clients reconnecting': { changes: 400, everyMs: 50, restless: 100 },
}

export async function measureEvents(
  { clients, eventChanges }: Pick<Extent, 'clients' | 'eventChanges'>,
  databases: Databases,
  redisUrl: string | null,
): Promise<EventsRun[]> {
  const loads = eventChanges === null ? LOADS : { few: { changes: eventChanges, everyMs: 50, restless: 0 } }
  const orders = Object.values(loads).reduce((sum, { changes }) => sum + changes, 0)
  const database = await databases.create()
  const sandbox = await startSandbox({ seed: 1, random: systemRandom, requestsPerSecond: 1_000_000 })
  const operatorKey = randomBytes(24).toString('base64url')
  const environment = {
    EVENT_STREAMS_PER_KEY: '100000',
    EVENT_STREAMS_PER_TENANT: '100000',
    DATABASE_URL: database.url,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    OPERATOR_API_KEY: operatorKey,
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'warn',
    RAKUTEN_REQUESTS_PER_SECOND: '1000',
    ...sandboxEnvironment(sandbox),
  }
  const services = [await startService({ ...environment, ROLES: 'api' })]
  for (let n = 1; n < API_PROCESSES; n += 1)
    services.push(await startService({ ...environment, ROLES: 'api' }))
  const work = await startService({ ...environment, ROLES: 'listener,worker' })
  const urls = services.map(({ url }) => url)
  try {
    const newKey = await makeContract(urls[0] as string, operatorKey)
    await stageOrders(createApi(urls[0] as string, await newKey()), sandbox, orders)
    const runs: EventsRun[] = []
    for (const [name, load] of Object.entries(loads)) {
      const keys = { crowd: await newKey(), moving: await newKey() }
      runs.push(await measure(name, load, clients, urls, keys))
    }
    return runs
  } finally {
    for (const { stop } of [...services, work]) await stop()
    await sandbox.close()
    await database.drop()
  }
}

export const eventsTable = (runs: readonly EventsRun[]): string =>
  table(
    ['', 'p50 ms', 'p99 ms', 'max ms', 'not seen', 'reconnections', 'missed', 'repeated'],
    runs.map((run) => [
      run.name,
      ...[run.p50Ms, run.p99Ms, run.maxMs].map((ms) => ms.toFixed(1)),
      ...[run.unseen, run.reconnections, run.missed, run.repeated].map(String),
    ]),
  )

const STAGED_WITHIN_MS = 120_000

/** @returns what makes API keys of a new contract; the limit on requests counts by key */
async function makeContract(url: string, operatorKey: string): Promise<() => Promise<string>> {
  const operator = createSetup(url, operatorKey)
  const { id } = await operator.post<{ id: string }>('/admin/tenants', { name: 'bench', status: 'active' })
  return async () => {
    const body = { tenantId: id, name: 'bench' }
    return (await operator.post<{ key: string }>('/admin/api-keys', body)).key
  }
}

/** Orders that came by mail and that nobody has pulled. */
async function stageOrders(client: Api, sandbox: Sandbox, orders: number): Promise<void> {
  const { code } = SANDBOX_SHOPS.rakuten
  const shop = await client.post<{ id: string }>('/shops', {
    marketplace: 'rakuten',
    code,
    name: 'bench',
    credentials: sandbox.malls.rakuten.credentialsFor(code),
  })
  for (let n = 0; n < orders; n += 1) sandbox.malls.rakuten.place()
  const { host, port, username, password } = sandbox.mailbox
  const mailbox = {
    name: 'bench',
    host,
    port,
    username,
    password,
    security: 'plain',
    authservId: AUTHSERV_ID,
    shopIds: [shop.id],
  }
  await client.post('/mailboxes', mailbox)
  const end = Date.now() + STAGED_WITHIN_MS
  while ((await staged(client)) < orders) {
    if (Date.now() > end) throw new Error('the orders were not staged in time')
    await sleep(200)
  }
}

const staged = async (client: Api): Promise<number> => (await client.get<{ staged: number }>('/board')).staged

async function measure(
  name: string,
  load: Load,
  clients: number,
  urls: string[],
  keys: { crowd: string; moving: string },
): Promise<EventsRun> {
  const apis = urls.map((url) => createApi(url, keys.moving))
  const before = await staged(apis[0] as Api)
  const { orders } = await (apis[0] as Api).get<{ orders: { id: string }[] }>(
    `/orders?status=auto_imported&limit=${load.changes}`,
  )
  const crowd = startCrowd()
  try {
    crowd.send({ type: 'open', urls, apiKey: keys.crowd, clients, restless: load.restless })
    await crowd.answer('opened')
    await sleep(1_000)
    const moves = orders.map(async ({ id }, n) => {
      await sleep(n * load.everyMs)
      const sentAt = performance.timeOrigin + performance.now()
      crowd.send({ type: 'expect', staged: before - n - 1, sentAt })
      await (apis[n % apis.length] as Api).post('/orders/move', { orderIds: [id], to: 'new' })
    })
    await Promise.all(moves)
    crowd.send({ type: 'finish', moves: orders.length })
    const { times, ...counts } = await crowd.answer('finished')
    return {
      name,
      clients,
      changes: orders.length,
      p50Ms: round(percentile(times, 0.5)),
      p99Ms: round(percentile(times, 0.99)),
      maxMs: round(percentile(times, 1)),
      unseen: counts.unseen,
      reconnections: counts.reconnections,
      missed: counts.missed,
      repeated: counts.repeated,
    }
  } finally {
    crowd.end()
  }
}

const CROWD = fileURLToPath(new URL('./event-crowd.ts', import.meta.url))

function startCrowd() {
  const child: ChildProcess = fork(CROWD)
  return {
    send: (message: ToCrowd) => void (child.connected && child.send(message)),
    answer: <T extends FromCrowd['type']>(type: T) =>
      new Promise<Extract<FromCrowd, { type: T }>>((resolve, reject) => {
        child.once('exit', (code) => reject(new Error(`the clients ended with ${code}`)))
        child.on('message', (message: FromCrowd) => {
          if (message.type === type) resolve(message as Extract<FromCrowd, { type: T }>)
        })
      }),
    end: () => void child.kill('SIGKILL'),
  }
}
