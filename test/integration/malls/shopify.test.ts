import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApi, waitFor } from '../../../sandbox/demo/client.ts'
import { startSandboxImap } from '../../../sandbox/imap/index.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { type ShopifySimulator, startShopifySimulator } from '../../../sandbox/malls/shopify/index.ts'
import { buildApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { present } from '../../../src/platform/narrow.ts'
import { freshDatabase } from '../../support/database/database.ts'
import { A, line, onePlace, part } from '../../support/malls/shopify-orders.ts'

/** Shops at Shopify in a running service: by webhook, mail and sweep, to a shipment and a cancellation. */

const OPERATOR_KEY = 'operator-key-of-this-test'
const MAILBOX = { username: 'orders@sandbox.example', password: 'secret' }
const SHOPS = [
  { code: 'asagao', name: 'あさがお商店' },
  { code: 'himawari', name: 'ひまわり堂' },
] as const
const cleanups: (() => unknown)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup()
})

let mall: ShopifySimulator
let imap: Awaited<ReturnType<typeof startSandboxImap>>
let url: string
let client: ReturnType<typeof createApi>
const ids: string[] = []

beforeAll(async () => {
  mall = await startShopifySimulator({ shops: SHOPS, seed: 4 })
  imap = await startSandboxImap({ users: [{ user: MAILBOX.username, password: MAILBOX.password }] })
  const database = await freshDatabase()
  cleanups.push(
    () => database.close(),
    () => imap.close(),
    () => mall.close(),
  )
  const config = loadConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    PORT: '0',
    SWEEP_INTERVAL_SECONDS: '2',
    MAILBOX_ALLOWED_PRIVATE_HOSTS: imap.host,
    SHOPIFY_API_URL: mall.url,
  })
  const app = await buildApp(config, { log: pino({ level: 'silent' }) })
  cleanups.push(() => app.stop())
  await app.start(['api', 'listener', 'worker'])
  url = app.url
  const operator = createApi(url, OPERATOR_KEY)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', {
    name: '二店舗商事株式会社',
    emails: ['staff@sandbox.example'],
    status: 'active',
  })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'test',
  })
  client = createApi(url, key)
  for (const { code, name } of SHOPS) {
    const shop = { marketplace: 'shopify', code, name, credentials: mall.credentialsFor(code) }
    ids.push((await client.post<{ id: string }>('/shops', shop)).id)
  }
}, 60_000)

interface Row {
  id: string
  shopId: string
  orderNumber: string
}
const staged = async (number: string): Promise<Row> => {
  const found = (rows: Row[]) => rows.find(({ orderNumber }) => orderNumber === number)
  const { orders } = await waitFor(
    `order ${number}`,
    () => client.get<{ orders: Row[] }>('/orders?marketplace=shopify'),
    (answer) => found(answer.orders) !== undefined,
  )
  return present(found(orders))
}

async function change(orderId: string, wanted: object) {
  const { changes } = await client.post<{ changes: { id: string }[] }>(
    '/site-changes',
    { changes: [{ orderId, ...wanted }] },
    { 'idempotency-key': JSON.stringify([orderId, wanted]) },
  )
  return waitFor(
    'the site change',
    () =>
      client.get<{ id: string; state: string; finishedAt: string | null }>(`/site-changes/${changes[0]?.id}`),
    ({ finishedAt }) => finishedAt !== null,
  )
}

test('a check says what the app may do, and the shop’s own limits follow', async () => {
  mall.settings.points = { most: 40_000, restore: 2_000 }
  expect(await client.post(`/shops/${ids[0]}/test`, {})).toMatchObject({
    ok: true,
    messages: [expect.stringContaining('「あさがお商店」')],
  })
  const { marketplaces } = await client.get<{ marketplaces: { name: string; shops: object[] }[] }>(
    '/marketplaces',
  )
  const own = marketplaces.find(({ name }) => name === 'shopify')
  expect(own?.shops).toContainEqual(expect.objectContaining({ shopId: ids[0] }))
})

test('a webhook that Shopify signed brings its order; at another shop’s address it is forged', async () => {
  const { orderNumber } = mall.place({ shopCode: 'asagao' })
  const { headers, body } = mall.webhook('orders/create', mall.store.existing(orderNumber))
  const post = (shopId: string | undefined, sent: string) =>
    fetch(`${url}/v1/shops/${shopId}/pushed-orders`, { method: 'POST', headers, body: sent })
  expect((await post(ids[1], body)).status).toBe(401)
  expect((await post(ids[0], body.replace('花子', '太郎'))).status).toBe(401)
  const taken = await post(ids[0], body)
  expect([taken.status, await taken.json()]).toEqual([200, { taken: 1 }])
  expect(await staged(orderNumber)).toMatchObject({ shopId: ids[0] })
})

test('a mail from the domain of all shops brings the order of the shop that it links to', async () => {
  const { host, port } = imap
  await client.post('/mailboxes', {
    name: '注文メール',
    host,
    port,
    ...MAILBOX,
    security: 'plain',
    shopIds: ids,
  })
  const order = mall.place({ shopCode: 'himawari', visibleAfterSeconds: 1 })
  const event = { type: 'placed', order } as const
  imap.deliver(
    MAILBOX.username,
    composeMail(event, { to: MAILBOX.username, charset: 'utf-8', shape: 'plain' }),
  )
  const row = await staged(order.orderNumber)
  expect(row.shopId).toBe(ids[1])
  const { events } = await waitFor(
    'its mail',
    () => client.get<{ events: { kind: string }[] }>(`/orders/${row.id}/timeline`),
    (all) => all.events.some(({ kind }) => kind === 'mail_seen'),
  )
  expect(events.map(({ kind }) => kind)).toContain('staged')
})

test('the sweep brings what nobody told of; it is shipped, and a cancellation is read back', async () => {
  const [first, second] = [mall.place({ shopCode: 'asagao' }), mall.place({ shopCode: 'asagao' })]
  const row = await staged(first.orderNumber)
  const parcels = [{ carrier: 'yamato', trackingNumber: '1234-5678-9012' }]
  const shipped = { action: 'ship', shippedOn: '2026-12-01', parcels }
  mall.faults.add({ kind: 'cut', operation: 'fulfillmentCreate', times: 1 })
  expect(await change(row.id, shipped)).toMatchObject({ state: 'succeeded' })
  const numbers = mall.store
    .existing(first.orderNumber)
    .fulfillments.flatMap(({ trackingInfo }) => trackingInfo)
  expect(new Set(numbers.map(({ number }) => number))).toEqual(new Set(['1234-5678-9012']))

  mall.settings.cancelMs = 1_000
  const other = await staged(second.orderNumber)
  expect(await change(other.id, { action: 'cancel', reason: 'INVENTORY' })).toMatchObject({
    state: 'succeeded',
  })
  expect(await client.get(`/orders/${other.id}`)).toMatchObject({ mallState: 'cancelled' })
  expect(await change(other.id, shipped)).toMatchObject({ state: 'warning' })
})

test('a shipment that is tried again names what it was asked for, not what was added since', async () => {
  const { orderNumber } = mall.place({ shopCode: 'asagao', overrides: onePlace() })
  const row = await staged(orderNumber)
  mall.edit(orderNumber, { parts: [part(1, [[A, 2]], 'ON_HOLD')] })
  const parcels = [{ carrier: 'yamato', trackingNumber: '1234-5678-9020' }]
  const held = await change(row.id, { action: 'ship', shippedOn: '2026-12-01', parcels })
  expect(held).toMatchObject({ state: 'warning', code: 'ON_HOLD' })
  const added = 'gid://shopify/LineItem/79'
  mall.edit(orderNumber, {
    lineItems: [line(A, 2), line(added, 1)],
    parts: [part(1, [[A, 2]]), part(1, [[added, 1]])],
  })
  await client.post(`/site-changes/${held.id}/retry`, {})
  await waitFor(
    'the second try',
    () => client.get<{ state: string }>(`/site-changes/${held.id}`),
    ({ state }) => state === 'succeeded',
  )
  const { fulfillments } = mall.store.existing(orderNumber)
  expect(fulfillments.flatMap(({ lines }) => lines)).toEqual([{ lineId: A, quantity: 2 }])
})

test('a client made for the four malls of 1.0.0 does not get them; by position they are handed over', async () => {
  const old = await client.post<{ withheld: number }>('/orders/pull', {}, { 'idempotency-key': 'old-client' })
  expect(old).toMatchObject({ orders: [] })
  expect(old.withheld).toBeGreaterThan(0)
  const { orders } = await client.post<{ orders: { marketplace: string }[] }>('/orders/pull', { after: null })
  expect(new Set(orders.map(({ marketplace }) => marketplace))).toEqual(new Set(['shopify']))
})
