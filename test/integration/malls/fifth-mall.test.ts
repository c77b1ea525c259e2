import { pino } from 'pino'
import { afterAll, expect, test, vi } from 'vitest'
import { createApi, waitFor } from '../../../sandbox/demo/client.ts'
import { startSandboxImap } from '../../../sandbox/imap/index.ts'
import { buildApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { createJudge } from '../../../src/mail/recognition/judge.ts'
import type * as Facts from '../../../src/marketplaces/facts.ts'
import type * as Index from '../../../src/marketplaces/index.ts'
import { createMarketplaces } from '../../../src/marketplaces/index.ts'
import { installed, makePuller } from '../../generators/main.ts'
import { monoMissing } from '../../support/clients/csharp.ts'
import { freshDatabase } from '../../support/database/database.ts'
import { makeOrder, makeShop } from '../../support/fixtures.ts'
import { removeClient } from './tanuki/client.ts'
import { API_KEY, mailOf, ORDERS, startTanuki } from './tanuki/simulator.ts'

/**
 * A fifth mall is a folder (here `tanuki/`, with its simulator), one line in each of index.ts, facts.ts and
 * mails.ts of marketplaces/, and the database's enum with its migration. The four mocks are those lines and
 * that enum; nothing else of src is touched.
 */

vi.mock('../../../src/marketplaces/index.ts', async (original) => {
  const { MALLS, createMarketplaces, ...rest } = await original<typeof Index>()
  const { tanuki } = await import('./tanuki/index.ts')
  const malls = [...MALLS, tanuki]
  return {
    ...rest,
    MALLS: malls,
    createMarketplaces: (endpoints: Index.MarketplaceEndpoints) => createMarketplaces(endpoints, malls),
  }
})
vi.mock('../../../src/marketplaces/facts.ts', async (original) => {
  const { MALL_FACTS, ...rest } = await original<typeof Facts>()
  const { TANUKI } = await import('./tanuki/facts.ts')
  const facts = [...MALL_FACTS, TANUKI]
  return { ...rest, MALL_FACTS: facts, EVERY_MALL: facts }
})
vi.mock('../../../src/generated/prisma/enums.ts', async () => {
  const { clientUrl } = await import('./tanuki/client.ts')
  return import(`${clientUrl('tanuki')}/enums.ts`)
})
vi.mock('../../../src/generated/prisma/client.ts', async () => {
  const { clientUrl } = await import('./tanuki/client.ts')
  return import(`${clientUrl('tanuki')}/client.ts`)
})

const OPERATOR_KEY = 'operator-key-of-this-test'
const MAILBOX = { username: 'orders@sandbox.example', password: 'secret' }
const cleanups: (() => unknown)[] = [removeClient]
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup()
})

async function startWorld() {
  const mall = await startTanuki()
  cleanups.push(() => mall.close())
  const imap = await startSandboxImap({ users: [{ user: MAILBOX.username, password: MAILBOX.password }] })
  cleanups.push(() => imap.close())
  const database = await freshDatabase()
  cleanups.push(() => database.close())
  // What its migration would say.
  await database.pool.query(`alter type marketplace add value 'tanuki'`)
  const config = loadConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    PORT: '0',
    // Whatever comes in came by its mail.
    SWEEP_INTERVAL_SECONDS: '0',
    MAILBOX_ALLOWED_PRIVATE_HOSTS: imap.host,
    TANUKI_API_URL: mall.url,
    TANUKI_REQUESTS_PER_SECOND: '100',
  })
  const app = await buildApp(config, {
    log: pino({ level: 'silent' }),
    // The mock of the list is not seen in another thread.
    mail: { judge: createJudge(createMarketplaces(config.malls)) },
  })
  cleanups.push(() => app.stop())
  await app.start(['api', 'listener', 'worker'])
  const operator = createApi(app.url, OPERATOR_KEY)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', {
    name: 'たぬき商事株式会社',
    emails: ['staff@sandbox.example'],
    status: 'active',
  })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'test',
  })
  const { id: tenantId } = tenant
  return { mall, imap, config, database, tenantId, key, url: app.url, client: createApi(app.url, key) }
}

interface OrderRow {
  id: string
  marketplace: string
  orderNumber: string
  status: string
}

const notHere = installed() ? monoMissing() : 'npm ci in test/generators'
const missing = process.env.TEST_FULL === '1' ? notHere : 'npm run test:full'

test(`an order of a fifth mall goes from its mail to a pull, and on to its shipment; NSwag’s client of 1.0.0 goes on with the four${missing ? ` [without NSwag: ${missing}]` : ''}`, async () => {
  // Made before anything else: it keeps this process busy for seconds.
  const puller = missing === null ? makePuller('docs/released/openapi-1.0.0.json') : null
  if (puller) cleanups.push(() => puller.remove())
  const { mall, imap, config, client, database, tenantId, key, url } = await startWorld()
  expect(config.replacedMallHosts).toEqual(['127.0.0.1'])

  const { marketplaces } = await client.get<{ marketplaces: { name: string; label: string }[] }>(
    '/marketplaces',
  )
  expect(marketplaces.map(({ name, label }) => `${name} ${label}`)).toContain('tanuki たぬき市場')

  const shop = { marketplace: 'tanuki', code: '0042', name: 'たぬき屋' }
  const foreign = { apiKey: 'SP123456_AbCdEfGhIj' }
  await expect(client.post('/shops', { ...shop, credentials: foreign })).rejects.toThrow(
    '楽天市場のserviceSecret',
  )
  const { id: shopId } = await client.post<{ id: string }>('/shops', {
    ...shop,
    credentials: { apiKey: API_KEY },
  })
  const { host, port } = imap
  await client.post('/mailboxes', {
    name: '注文メール',
    host,
    port,
    ...MAILBOX,
    security: 'plain',
    shopIds: [shopId],
  })
  const [{ number }] = ORDERS as [(typeof ORDERS)[number]]
  imap.deliver(MAILBOX.username, mailOf(number, MAILBOX.username))

  const { orders: staged } = await waitFor(
    'the order',
    () => client.get<{ orders: OrderRow[] }>('/orders?marketplace=tanuki'),
    ({ orders }) => orders.length > 0,
  )
  expect(staged).toMatchObject([{ marketplace: 'tanuki', orderNumber: number, status: 'auto_imported' }])
  const { events } = await client.get<{ events: { kind: string }[] }>(`/orders/${staged[0]?.id}/timeline`)
  expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['mail_seen', 'staged']))
  // Whether the key still works may have been asked meanwhile, by a list.
  expect(mall.calls.filter((path) => path !== '/v1/orders')).toEqual([`/v1/orders/${number}`])

  // A client made for four malls gets those, and the rest stays where people see it.
  const known = await makeShop(database.db, { tenantId, enabled: false })
  await makeOrder(database.db, { tenantId, shopId: known.id, orderNumber: '123456-20260115-1' })
  const none = { orders: [], remaining: 0, withheld: 1 }
  if (puller) expect(await puller.pull(url, key)).toEqual(['Rakuten 123456-20260115-1'])
  else await client.post('/orders/pull', {}, { 'idempotency-key': 'first' })
  expect(await client.post('/orders/pull', {}, { 'idempotency-key': 'second' })).toMatchObject(none)
  const preview = (body: object, headers = {}) =>
    client.post<{ orders: object[] }>('/orders/pull', { dryRun: true, ...body }, headers)
  expect((await preview({}, { 'idempotency-key': 'third' })).orders).toEqual([])
  expect((await preview({ after: null })).orders).toHaveLength(1)
  expect(await client.get(`/why?number=${number}&live=false`)).toMatchObject({
    verdict: 'staged',
    message: expect.stringContaining('旧形式（Idempotency-Key）'),
  })
  expect(await client.get('/board')).toMatchObject({ staged: 1 })

  const pull = await client.post<{ orders: Record<string, unknown>[]; remaining: number }>(
    '/orders/pull',
    { marketplace: 'tanuki' },
    { 'idempotency-key': 'fifth-mall' },
  )
  expect(pull.remaining).toBe(0)
  expect(pull.orders).toHaveLength(1)
  expect(JSON.stringify(pull.orders[0])).toContain('髙﨑')
  expect(pull.orders[0]).toMatchObject({ orderNumber: number, status: 'new', billedAmount: 3_980 })

  const orderId = staged[0]?.id
  const change = async (wanted: object) => {
    const asked = { changes: [{ orderId, ...wanted }] }
    const { changes } = await client.post<{ changes: { id: string }[] }>('/site-changes', asked, {
      'idempotency-key': JSON.stringify(wanted),
    })
    return waitFor(
      'the site change',
      () => client.get<{ state: string; finishedAt: string | null }>(`/site-changes/${changes[0]?.id}`),
      ({ finishedAt }) => finishedAt !== null,
    )
  }
  const parcels = [{ carrier: 'sagawa', trackingNumber: '1234-5678' }]
  expect(await change({ action: 'confirm' })).toMatchObject({ state: 'succeeded' })
  expect(await change({ action: 'ship', shippedOn: '2026-01-16', parcels })).toMatchObject({
    state: 'succeeded',
  })
  expect(mall.orders[0]).toMatchObject({
    status: 'shipped',
    parcel: { carrier: 'S', number: '1234-5678', day: '2026-01-16' },
  })
  expect(await change({ action: 'cancel', reason: 'stock' })).toMatchObject({ state: 'warning' })
  const tooLong = { ...parcels[0], trackingNumber: '1'.repeat(13) }
  await expect(change({ action: 'ship', shippedOn: '2026-01-16', parcels: [tooLong] })).rejects.toThrow(
    '12文字まで',
  )
}, 240_000)
