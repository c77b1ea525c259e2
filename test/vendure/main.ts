import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { pino } from 'pino'
import { startBridge } from '../../clients/vendure/bridge.mjs'
import { createApi, waitFor } from '../../sandbox/demo/client.ts'
import { buildApp } from '../../src/app/build-app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start.ts'
import { runChecks } from '../mall-check/checks.ts'
import { freePort } from '../support/redis.ts'
import { order, setUpShop, signIn } from './shop.ts'

/**
 * `npm run vendure -- --orders 100`, after `npm ci` in test/vendure: a real Vendure with its own database,
 * attached by clients/vendure/bridge.mjs, worked on by a running service. Exit code 0: all of it happened.
 */

const { values } = parseArgs({ options: { orders: { type: 'string', default: '100' } } })
const ORDERS = Number(values.orders)
const HERE = fileURLToPath(new URL('.', import.meta.url))
if (!existsSync(join(HERE, 'node_modules'))) {
  process.stderr.write('npm ci in test/vendure first\n')
  process.exit(64)
}
const OPERATOR_KEY = 'operator-key-of-this-run'
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const SIGN_IN = { username: 'superadmin', password: 'superadmin' }
const PORT = await freePort()
const VENDURE = `http://127.0.0.1:${PORT}`
const began = Date.now()
const say = (text: string) =>
  process.stdout.write(`[${((Date.now() - began) / 1_000).toFixed(0).padStart(4)} s] ${text}\n`)
const cleanups: (() => unknown)[] = []

function expectThat(what: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${what}`)
  say(`✓ ${what}`)
}

async function startVendure(url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['server.mjs'], {
    cwd: HERE,
    env: { ...process.env, DATABASE_URL: url, PORT: String(PORT) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const chunk of child.stdout ?? []) if (String(chunk).includes('ready')) return child
  throw new Error('Vendure did not start')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function run(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-vendure-'))
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  const quiet = { info: () => undefined, warn: () => undefined }
  const postgres = await startEmbeddedPostgres({ dataDir: dir, log: quiet, settings: ['fsync=off'] })
  cleanups.push(() => postgres.stop())
  const own = new URL(postgres.url)
  own.pathname = '/vendure'
  const client = new pg.Client(postgres.url)
  await client.connect()
  await client.query('create database vendure')
  await client.end()
  let vendure = await startVendure(own.href)
  cleanups.push(() => end(vendure))
  const offer = await setUpShop(VENDURE)
  const bridge = await startBridge({ url: VENDURE, ...SIGN_IN, secret: SECRET, name: 'Vendureの店' })
  cleanups.push(() => bridge.close())
  say('Vendure and its bridge are up')

  const app = await buildApp(
    loadConfig({
      DATABASE_URL: postgres.url,
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      OPERATOR_API_KEY: OPERATOR_KEY,
      PORT: '0',
      SWEEP_INTERVAL_SECONDS: '2',
      CONNECTOR_ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
    }),
    { log: pino({ level: 'silent' }) },
  )
  cleanups.push(() => app.stop())
  await app.start(['api', 'worker'])
  const operator = createApi(app.url, OPERATOR_KEY)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', {
    name: 'ベンデュア商店',
    emails: ['staff@sandbox.example'],
    status: 'active',
  })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'run',
  })
  const api = createApi(app.url, key)
  const { id: shopId } = await api.post<{ id: string }>('/shops', {
    marketplace: 'connector',
    code: 'vendure',
    name: 'Vendure',
    credentials: { url: bridge.url, secret: SECRET },
  })
  const test = await api.post<{ ok: boolean }>(`/shops/${shopId}/test`, {})
  expectThat('the connection test is good', test.ok)

  interface Row {
    id: string
    orderNumber: string
    mallState: string
    billedAmount: number
  }
  const find = async (number: string) =>
    (await api.get<{ orders: Row[] }>(`/orders?number=${number}`)).orders.find(
      (one) => one.orderNumber === number,
    )
  const waitForOrder = (number: string, done: (row: Row) => boolean = () => true) =>
    waitFor(
      `order ${number}`,
      () => find(number),
      (row) => row !== undefined && done(row),
      { limitMs: 120_000 },
    )

  const first = await order(VENDURE, offer)
  const staged = await waitForOrder(first)
  expectThat('an order placed there is in 自動受注取込, with its sum', staged?.billedAmount === 3_850)
  const pull = await api.post<{ orders: object[] }>('/orders/pull', { after: null })
  expectThat('it is pulled', pull.orders.length === 1)

  const { changes } = await api.post<{ changes: { id: string }[] }>(
    '/site-changes',
    {
      changes: [
        {
          orderId: staged?.id,
          action: 'ship',
          shippedOn: '2026-12-01',
          parcels: [{ carrier: 'yamato', trackingNumber: '1234-5678-9012' }],
        },
      ],
    },
    { 'idempotency-key': 'ship' },
  )
  const change = await waitFor(
    'the shipment',
    () => api.get<{ state: string; finishedAt: string | null }>(`/site-changes/${changes[0]?.id}`),
    ({ finishedAt }) => finishedAt !== null,
    { limitMs: 120_000 },
  )
  const admin = await signIn(VENDURE)
  const there = JSON.stringify(
    await admin(`{ orders(options: { filter: { code: { eq: "${first}" } } }) {
      items { id state fulfillments { state trackingCode } } } }`),
  )
  expectThat(
    'shipped there with its number',
    change.state === 'succeeded' && /Shipped.*1234-5678-9012/.test(there),
  )

  const second = await order(VENDURE, offer)
  await waitForOrder(second)
  const { orders } = await admin(
    `{ orders(options: { filter: { code: { eq: "${second}" } } }) { items { id } } }`,
  )
  const [{ id: orderId } = { id: '' }] = (orders as unknown as { items: { id: string }[] }).items
  await admin('mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { __typename } }', {
    input: { orderId, reason: 'buyer', cancelShipping: true },
  })
  await waitForOrder(second, ({ mallState }) => mallState === 'cancelled')
  say('✓ cancelled there is モール取消 here')

  const placed: string[] = []
  for (let count = 0; count < ORDERS; count += 1) {
    placed.push(await order(VENDURE, offer))
    if (count !== ORDERS >> 1) continue
    await end(vendure)
    vendure = await startVendure(own.href)
    say('Vendure was killed and started again in the middle')
  }
  say(`${ORDERS} orders are placed`)
  for (const number of placed) await waitForOrder(number)
  const { total } = await api.get<{ total: number }>('/orders?total=true')
  expectThat(`${ORDERS} orders are here once each`, new Set(placed).size === ORDERS && total === ORDERS + 2)

  const [ship = '', cancel = ''] = placed
  const results = await runChecks({ url: bridge.url, secret: SECRET, days: 7, order: ship, cancel })
  const failed = results.filter(({ state }) => state !== 'held')
  for (const { check, reason } of failed) say(`${check}: ${reason}`)
  expectThat(`mall-check holds for the bridge (${results.length})`, failed.length === 0)
}

try {
  await run()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
} finally {
  for (const cleanup of cleanups.toReversed()) await Promise.resolve(cleanup()).catch(() => undefined)
}
