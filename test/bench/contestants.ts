import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type Api, createApi } from '../../sandbox/demo/client.ts'
import { AUTHSERV_ID } from '../../sandbox/mails/compose-mail.ts'
import { SANDBOX_SHOPS } from '../../sandbox/malls/index.ts'
import { type Sandbox, sandboxEnvironment } from '../../sandbox/sandbox.ts'
import { startService } from '../support/service/service.ts'
import { type Arrivals, listenForArrivals } from './arrivals.ts'
import type { Databases } from './databases.ts'
import { imageEnvironment } from './processes.ts'

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
