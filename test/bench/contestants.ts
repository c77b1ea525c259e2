import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type Api, createApi } from '../../sandbox/demo/client.ts'
import { AUTHSERV_ID } from '../../sandbox/mails/compose-mail.ts'
import { SANDBOX_SHOPS } from '../../sandbox/malls/index.ts'
import { type Sandbox, sandboxEnvironment } from '../../sandbox/sandbox.ts'
import { startService } from '../support/service/service.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'
import { imageEnvironment } from './idle.ts'

/** What is measured: each as one process of its own, on a database of its own, reading the same mailbox. */

export interface Contestant {
  name: string
  arrivals: Arrivals
  /** Starts reading the mailbox; resolves when it is connected and idle or working. */
  read(): Promise<void>
  close(): Promise<void>
}

const FLOOR = fileURLToPath(new URL('./floor.ts', import.meta.url))

export async function floor(sandbox: Sandbox, databases: Databases): Promise<Contestant> {
  const database = await databases.create()
  const arrivals = await listenForArrivals(database.url, 'floor_orders')
  let child: ChildProcess | null = null
  const { serviceSecret, licenseKey } = sandbox.malls.rakuten.credentialsFor(SANDBOX_SHOPS.rakuten.code)
  const read = async () => {
    child = spawn(process.execPath, [FLOOR], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH ?? '',
        DATABASE_URL: database.url,
        IMAP_HOST: sandbox.mailbox.host,
        IMAP_PORT: String(sandbox.mailbox.port),
        IMAP_USER: sandbox.mailbox.username,
        IMAP_PASSWORD: sandbox.mailbox.password,
        API_URL: sandbox.malls.rakuten.url,
        API_AUTHORIZATION: `ESA ${Buffer.from(`${serviceSecret}:${licenseKey}`).toString('base64')}`,
        LAST_UID: '0',
      },
    })
    await new Promise<void>((resolve) => child?.stdout?.once('data', () => resolve()))
  }
  return {
    name: 'floor',
    arrivals,
    read,
    close: async () => {
      child?.kill('SIGKILL')
      await arrivals.close()
      await database.drop()
    },
  }
}

export async function service(
  sandbox: Sandbox,
  databases: Databases,
  redisUrl: string | null,
): Promise<Contestant> {
  const database = await databases.create()
  const operatorKey = randomBytes(24).toString('base64url')
  const running = await startService({
    ...(await imageEnvironment()),
    DATABASE_URL: database.url,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    OPERATOR_API_KEY: operatorKey,
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'warn',
    RAKUTEN_REQUESTS_PER_SECOND: '1000',
    ...sandboxEnvironment(sandbox),
  })
  const arrivals = await listenForArrivals(database.url, 'orders')
  const client = await contract(running.url, operatorKey)
  const code = SANDBOX_SHOPS.rakuten.code
  const shop = await client.post<{ id: string }>('/shops', {
    marketplace: 'rakuten',
    code,
    name: 'bench',
    credentials: sandbox.malls.rakuten.credentialsFor(code),
  })
  return {
    name: redisUrl ? 'service, queue on Redis' : 'service, queue on Postgres',
    arrivals,
    read: () => addMailbox(client, sandbox, shop.id),
    close: async () => {
      await arrivals.close()
      await running.stop()
      await database.drop()
    },
  }
}

async function contract(url: string, operatorKey: string): Promise<Api> {
  const operator = createApi(url, operatorKey)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', { name: 'bench', status: 'active' })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'bench',
  })
  return createApi(url, key)
}

async function addMailbox(client: Api, sandbox: Sandbox, shopId: string): Promise<void> {
  const { host, port, username, password } = sandbox.mailbox
  const mailbox = {
    name: 'bench',
    host,
    port,
    username,
    password,
    security: 'plain',
    authservId: AUTHSERV_ID,
    shopIds: [shopId],
  }
  await client.post('/mailboxes', mailbox)
}

interface Latency {
  name: string
  mails: number
  p50Ms: number
  p99Ms: number
}

/** A contestant and the malls and mailbox that are its own. */
export interface Runner {
  sandbox: Sandbox
  contestant: Contestant
}

/** Mails of one contestant before it is another's turn. */
const IN_A_ROW = 25

/**
 * One order at a time; from the moment the mail server has the mail to the commit of the order's row. The
 * contestants take turns, so that whatever else the machine does meets all of them alike.
 */
export async function measureLatencies(
  runners: readonly Runner[],
  { mails, warmUp }: Pick<Extent, 'mails' | 'warmUp'>,
): Promise<Latency[]> {
  for (const { contestant } of runners) await contestant.read()
  const times = runners.map((): number[] => [])
  for (const runner of runners) await sendOneByOne(runner, warmUp)
  for (let sent = 0; sent < mails; sent += IN_A_ROW) {
    for (const [index, runner] of runners.entries())
      times[index]?.push(...(await sendOneByOne(runner, Math.min(IN_A_ROW, mails - sent))))
  }
  return runners.map(({ contestant }, index) => ({
    name: contestant.name,
    mails,
    p50Ms: round(percentile(times[index] ?? [], 0.5), 2),
    p99Ms: round(percentile(times[index] ?? [], 0.99), 2),
  }))
}

/** @returns milliseconds of each */
async function sendOneByOne({ sandbox, contestant }: Runner, mails: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < mails; n += 1) {
    const started = performance.now()
    const order = sandbox.malls.rakuten.place()
    times.push((await contestant.arrivals.of(order.orderNumber)) - started)
    // An uneven pause, so that no timer of the reader falls into step with the mails.
    await new Promise((resolve) => setTimeout(resolve, 5 + ((n * 7) % 23)))
  }
  return times
}

export interface Burst {
  name: string
  mails: number
  seconds: number
  ordersPerSecond: number
}

/** All mails wait in the mailbox; from the start of reading to the commit of the last order's row. */
export async function measureBurst(contestant: Contestant, mails: number): Promise<Burst> {
  const started = performance.now()
  await contestant.read()
  const ended = await contestant.arrivals.reached(mails)
  const seconds = (ended - started) / 1000
  return {
    name: contestant.name,
    mails,
    seconds: round(seconds, 2),
    ordersPerSecond: round(mails / seconds, 0),
  }
}

/**
 * Tells when an order's row is committed, the same way for the floor and for the service: a trigger that the
 * bench adds to both tables notifies with the order number, and Postgres delivers it at commit.
 */
interface Arrivals {
  /** performance.now() at which the number's commit was heard. */
  of(orderNumber: string): Promise<number>
  count(): number
  reached(count: number): Promise<number>
  close(): Promise<void>
}

async function listenForArrivals(url: string, table: 'orders' | 'floor_orders'): Promise<Arrivals> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  if (table === 'floor_orders')
    await client.query('CREATE TABLE IF NOT EXISTS floor_orders (order_number text PRIMARY KEY, body text)')
  await client.query(`
    CREATE OR REPLACE FUNCTION bench_notify() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('bench', NEW.order_number); RETURN NULL; END $$;
    DROP TRIGGER IF EXISTS bench_notify ON ${table};
    CREATE TRIGGER bench_notify AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION bench_notify();
    LISTEN bench;`)
  const seen = new Map<string, number>()
  const waiting = new Map<string, (at: number) => void>()
  let goal: { count: number; resolve: (at: number) => void } | null = null
  client.on('notification', ({ payload }) => {
    const at = performance.now()
    if (!payload || seen.has(payload)) return
    seen.set(payload, at)
    waiting.get(payload)?.(at)
    if (goal && seen.size >= goal.count) goal.resolve(at)
  })
  return {
    of: (orderNumber) =>
      new Promise((resolve) => {
        const at = seen.get(orderNumber)
        if (at !== undefined) resolve(at)
        else waiting.set(orderNumber, resolve)
      }),
    count: () => seen.size,
    reached: (count) =>
      new Promise((resolve) => {
        if (seen.size >= count) resolve(performance.now())
        else goal = { count, resolve }
      }),
    close: () => client.end(),
  }
}
