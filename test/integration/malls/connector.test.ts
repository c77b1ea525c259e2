import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi, waitFor } from '../../../sandbox/demo/client.ts'
import { type ConnectorSimulator, startConnectorSimulator } from '../../../sandbox/malls/connector/index.ts'
import { buildApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { signedHeaders } from '../../../src/platform/crypto/signed-message.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'

/**
 * Two shops behind connectors whose orders have the same numbers, from their registration to a shipment and a
 * cancellation, in a running service.
 */

const OPERATOR_KEY = 'operator-key-of-this-test'
const cleanups: (() => unknown)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup()
})

let database: TestDatabase
let url: string
let client: ReturnType<typeof createApi>
let first: ConnectorSimulator
let second: ConnectorSimulator
const ids: string[] = []

beforeAll(async () => {
  first = await startConnectorSimulator({ shop: { code: 'shop-a', name: 'あさがお商店' } })
  second = await startConnectorSimulator({ shop: { code: 'shop-b', name: 'ひまわり堂' }, seed: 2 })
  cleanups.push(first.close, second.close)
  database = await freshDatabase()
  cleanups.push(() => database.close())
  const config = loadConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    PORT: '0',
    SWEEP_INTERVAL_SECONDS: '1',
    CONNECTOR_ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
  })
  const app = await buildApp(config, { log: pino({ level: 'silent' }) })
  cleanups.push(() => app.stop())
  await app.start(['api', 'worker'])
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
  for (const [mall, code] of [
    [first, 'shop-a'],
    [second, 'shop-b'],
  ] as const) {
    const shop = { marketplace: 'connector', code, name: code, credentials: mall.credentialsFor(code) }
    ids.push((await client.post<{ id: string }>('/shops', shop)).id)
  }
}, 60_000)

interface Row {
  id: string
  shopId: string
  orderNumber: string
  status: string
}
const orders = async (query = '') => (await client.get<{ orders: Row[] }>(`/orders${query}`)).orders

describe('an address that a tenant enters', () => {
  const enter = (address: string) =>
    client.post('/shops', {
      marketplace: 'connector',
      code: 'x',
      name: 'x',
      credentials: { url: address, secret: first.secret },
    })

  test.each([
    'http://shop.example',
    'ftp://shop.example',
    'https://me:pw@shop.example',
    'https://a.example/?x=1',
  ])('%s is refused with its reason', async (address) => {
    await expect(enter(address)).rejects.toThrow('コネクターのURLは https://')
  })

  test('a private one is not called, whatever else the operator opened', async () => {
    const { id } = (await enter('https://10.0.0.7/cart')) as { id: string }
    expect(await client.post(`/shops/${id}/test`, {})).toMatchObject({
      ok: false,
      code: 'CONNECTOR_ADDRESS_FORBIDDEN',
    })
    await database.db.shop.delete({ where: { id } })
  })
})

test('says what it can do under its own label, kept with the shop', async () => {
  expect(await client.post(`/shops/${ids[0]}/test`, {})).toMatchObject({
    ok: true,
    messages: [expect.stringContaining('「あさがお商店」')],
  })
  const { marketplaces } = await waitFor(
    'the abilities of both',
    () => client.get<{ marketplaces: { name: string; shops: object[] }[] }>('/marketplaces'),
    (all) => all.marketplaces.some(({ shops }) => shops.length === 2),
  )
  const own = marketplaces.find(({ name }) => name === 'connector')
  expect(own?.shops).toMatchObject([
    { shopId: ids[0], label: 'あさがお商店', colour: '#0b7285' },
    { shopId: ids[1], label: 'ひまわり堂' },
  ])
  expect(JSON.stringify(own?.shops[0])).toContain('"mallCode":"YAMATO"')
})

test('orders of the same numbers are each their own shop’s', async () => {
  const [a, b] = [first.place(), second.place()]
  expect(a.orderNumber).toBe(b.orderNumber)
  const told = { orderNumbers: [a.orderNumber] }
  const body = JSON.stringify(told)
  const headers = signedHeaders([first.secret], 'msg_1', new Date(), body)
  const pushed = await fetch(`${url}/v1/shops/${ids[0]}/pushed-orders`, { method: 'POST', headers, body })
  expect(await pushed.json()).toEqual({ taken: 1 })
  const forged = await fetch(`${url}/v1/shops/${ids[1]}/pushed-orders`, { method: 'POST', headers, body })
  expect(forged.status).toBe(401)
  const staged = await waitFor(
    'both orders',
    () => orders(),
    (rows) => rows.length === 2,
  )
  expect(new Set(staged.map(({ shopId }) => shopId))).toEqual(new Set(ids))
  const detail = async (shopId: string | undefined) => {
    const row = staged.find((one) => one.shopId === shopId)
    return JSON.stringify(await client.get(`/orders/${row?.id}`))
  }
  expect(await detail(ids[0])).toContain(a.items[0]?.name)
  expect(await detail(ids[1])).toContain(`"billed":${b.billed}`)
})

test('a client made for the four malls does not get them; by position they are handed over', async () => {
  const old = await client.post('/orders/pull', {}, { 'idempotency-key': 'old-client' })
  expect(old).toMatchObject({ orders: [], withheld: 2 })
  const pull = await client.post<{ orders: Row[] }>('/orders/pull', { after: null })
  expect(pull.orders).toHaveLength(2)
})

async function change(orderId: string | undefined, wanted: object) {
  const { changes } = await client.post<{ changes: { id: string }[] }>(
    '/site-changes',
    { changes: [{ orderId, ...wanted }] },
    { 'idempotency-key': JSON.stringify([orderId, wanted]) },
  )
  return waitFor(
    'the site change',
    () => client.get<{ state: string; finishedAt: string | null }>(`/site-changes/${changes[0]?.id}`),
    ({ finishedAt }) => finishedAt !== null,
  )
}

test('ships at its own shop alone, once, with the shop’s own carrier code; a lost answer is read back', async () => {
  const [row] = await orders(`?shopId=${ids[0]}`)
  const parcels = [{ carrier: 'yamato', trackingNumber: '1234-5678-9012' }]
  first.faults.add({ kind: 'cut', operation: 'POST /orders/{}/changes', times: 1 })
  expect(await change(row?.id, { action: 'ship', shippedOn: '2026-12-01', parcels })).toMatchObject({
    state: 'succeeded',
  })
  expect(first.writes?.()).toMatchObject([{ operation: 'ship', orderNumber: row?.orderNumber }])
  expect(first.writes?.()[0]?.content?.[0]).toContain('"carrierCode":"YAMATO"')
  expect(second.writes?.()).toEqual([])
  await expect(change(row?.id, { action: 'complete' })).rejects.toThrow(
    'あさがお商店ではこの操作を送信できません',
  )
})

test('a cancellation there is モール取消 here, and refuses a shipment', async () => {
  const [row] = await orders(`?shopId=${ids[1]}`)
  second.cancel(row?.orderNumber ?? '')
  await waitFor(
    'the cancellation',
    () => client.get<{ mallState: string }>(`/orders/${row?.id}`),
    ({ mallState }) => mallState === 'cancelled',
  )
  const parcels = [{ carrier: 'sagawa', trackingNumber: '1' }]
  expect(await change(row?.id, { action: 'ship', shippedOn: '2026-12-01', parcels })).toMatchObject({
    state: 'warning',
  })
  expect(second.writes?.()).toEqual([])
})

test('an order in another currency is not taken in, and says why', async () => {
  const { orderNumber } = first.place({ overrides: { currency: 'USD' } })
  const found = await waitFor(
    'its request',
    () =>
      client.get<{ verdict: string; message: string }>(
        `/why?number=${orderNumber}&shopId=${ids[0]}&live=false`,
      ),
    ({ message }) => message.includes('USD'),
  )
  expect(found.message).toContain('日本円以外')
})

test('a shop that nobody has tested is asked what it can do before its first order comes in', async () => {
  const third = await startConnectorSimulator({
    shop: { code: 'shop-c', name: 'つゆくさ堂' },
    firstNumber: 5_001,
  })
  cleanups.push(third.close)
  const { orderNumber } = third.place()
  const shop = {
    marketplace: 'connector',
    code: 'shop-c',
    name: 'c',
    credentials: third.credentialsFor('shop-c'),
  }
  const { id } = await client.post<{ id: string }>('/shops', shop)
  // Checked by the hour a day from now, as where the mall did not answer the first time.
  await database.pool.query(
    `insert into credential_checks (shop_id, credentials_version, next_check_at, updated_at)
     values ($1, 1, now() + interval '1 day', now())
     on conflict (shop_id) do update set next_check_at = excluded.next_check_at`,
    [id],
  )
  await database.pool.query('update shops set capabilities = null where id = $1', [id])
  await client.post('/orders/import', { shopId: id, orderNumbers: [orderNumber] })
  const [row] = await waitFor(
    'its order',
    () => orders(`?shopId=${id}`),
    (rows) => rows.length === 1,
  )
  const parcels = [{ carrier: 'yamato', trackingNumber: '2234-5678-9012' }]
  expect(await change(row?.id, { action: 'ship', shippedOn: '2026-12-01', parcels })).toMatchObject({
    state: 'succeeded',
  })
})
