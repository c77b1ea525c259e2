import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { cappedHttp } from '../../support/malls/test-kit.ts'
import { NEVER, SHOP, type ShopifyRig, shopifyRig } from './test-kit.ts'

let rig: ShopifyRig
beforeEach(async () => {
  rig = await shopifyRig()
})
afterEach(() => rig.mall.close())

const yen = (amount: number | string) => ({ shopMoney: { amount: String(amount), currencyCode: 'JPY' } })
const line = (n: number) => ({
  id: `gid://shopify/LineItem/${8_000 + n}`,
  title: `星空ランプ ${n}`,
  quantity: 1,
  currentQuantity: 1,
  taxLines: [],
  discountAllocations: [],
  originalUnitPriceSet: yen(100),
  variantTitle: null,
  customAttributes: [],
})

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(MarketplaceFailure)
      return error as MarketplaceFailure
    },
  )

it('names the numbers of fulfilments that were taken back, and no others', async () => {
  const fulfilment = (n: number, status: string, ...numbers: string[]) => ({
    id: `gid://shopify/Fulfillment/${700 + n}`,
    status,
    createdAt: '2026-11-20T03:00:00Z',
    deliveredAt: null,
    trackingInfo: numbers.map((number) => ({ company: 'Yamato (JA)', number })),
    lines: [],
  })
  const number = rig.place({
    fulfillments: [fulfilment(1, 'CANCELLED', '401', '402'), fulfilment(2, 'SUCCESS', '403')],
  })
  expect((await rig.fetchAll([number]))[0]).toMatchObject({
    order: { recipients: [{ parcels: [{ trackingNumber: '403' }] }] },
    takenBack: [
      { recipientId: '1', id: '701', trackingNumber: '401' },
      { recipientId: '1', id: '701:2', trackingNumber: '402' },
    ],
  })
})

describe('connections', () => {
  it('are walked to their end: 120 lines, 12 parcels of which one has 30 lines, 6 parts', async () => {
    const lines = Array.from({ length: 120 }, (_, n) => line(n))
    const parcel = (n: number, of: readonly { id: string }[]) => ({
      id: `gid://shopify/Fulfillment/${700 + n}`,
      status: 'SUCCESS',
      createdAt: '2026-11-20T03:00:00Z',
      deliveredAt: null,
      trackingInfo: [{ company: 'Yamato (JA)', number: `4000100${n}` }],
      lines: of.map(({ id }) => ({ lineId: id, quantity: 1 })),
    })
    const part = (n: number) => ({
      id: `gid://shopify/FulfillmentOrder/${90 + n}`,
      status: 'CLOSED',
      location: { id: `gid://shopify/Location/${n}`, name: `倉庫${n}` },
      lines: [],
    })
    const number = rig.place({
      lineItems: lines,
      fulfillments: Array.from({ length: 12 }, (_, n) =>
        parcel(n, n === 11 ? lines.slice(0, 30) : [lines[n] as never]),
      ),
      parts: Array.from({ length: 6 }, (_, n) => part(n)),
      taxesIncluded: true,
      totalPriceSet: yen(12_000),
      shippingLines: [],
    })
    const order = await rig.read(number)
    expect(order.items).toHaveLength(120)
    expect(new Set(order.items.map(({ lineId }) => lineId)).size).toBe(120)
    expect(order.warnings).toEqual([])
    expect(order.recipients[0]?.parcels).toHaveLength(12)
    expect(order.recipients[0]?.parcels[11]?.lines).toHaveLength(30)
    expect(order.mallFields.fulfillmentOrderStatuses).toHaveLength(6)
    expect(rig.mall.calls()).toMatchObject({ order: 4, fulfillment: 9 })
  })

  it('whose place does not move on fail the order alone', async () => {
    const number = rig.place({ lineItems: Array.from({ length: 9 }, (_, n) => line(n)), shippingLines: [] })
    const http = cappedHttp(5_000)
    const stuck = {
      request: async (...given: Parameters<typeof http.request>) => {
        const answer = await http.request(...given)
        const text = answer.body.toString().replace(/"endCursor":"[^"]+"/g, '"endCursor":"NA=="')
        return { ...answer, body: Buffer.from(text.replaceAll('"hasNextPage":false', '"hasNextPage":true')) }
      },
    }
    const [outcome] = await rig.fetchAll([number], { http: stuck })
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'malformed' } })
  })
})

it('asks for five at once, by one query', async () => {
  const numbers = Array.from({ length: 12 }, () => rig.place())
  expect(await rig.fetchAll(numbers)).toHaveLength(12)
  expect(rig.mall.calls()).toEqual({ access_token: 1, orders: 3 })
})

it('of two orders with one name the later is meant', async () => {
  const old = rig.place()
  rig.mall.clock.advance(60_000)
  const later = rig.place({ name: `#${old}`, note: 'the later one' })
  expect((await rig.read(old)).notes.buyer).toBe('the later one')
  expect(later).not.toBe(old)
})

it('another currency is skipped with a reason that staff read, whatever its decimals', async () => {
  const number = rig.place({ currencyCode: 'USD', totalPriceSet: yen('12.99') })
  expect(await rig.fetchAll([number])).toEqual([
    { kind: 'skipped', orderNumber: number, reason: expect.stringMatching(/USD.*取り込みません/) },
  ])
})

it('keeps no id of a fulfilment order', async () => {
  const [outcome] = await rig.fetchAll([rig.place()])
  if (outcome?.kind !== 'found') throw new Error('it is there')
  expect(JSON.stringify(outcome.order)).not.toContain('FulfillmentOrder/')
})

it('a number that the search would read as a condition is asked of nobody', async () => {
  expect(await rig.fetchAll(['1001" OR status:"any'])).toMatchObject([{ kind: 'not_found' }])
  expect(rig.mall.calls()).toEqual({})
})

describe('points', () => {
  it('THROTTLED with HTTP 200 says when to come back', async () => {
    const number = rig.place()
    // As little as another app has left.
    rig.mall.settings.points = { most: 300, restore: 100 }
    rig.mall.clock.hold()
    const failure = await failureOf(rig.fetchAll([number, ...Array.from({ length: 4 }, () => rig.place())]))
    expect(failure).toMatchObject({ kind: 'throttled', mallCode: 'THROTTLED' })
    const wait = (failure.until?.getTime() ?? 0) - rig.mall.clock.now()
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThan(11_000)
    rig.mall.clock.advance(wait)
    expect(await rig.read(number)).toMatchObject({ orderNumber: number })
  })

  it('are waited for before a call that the bucket cannot pay, instead of a call in vain', async () => {
    rig.mall.settings.points = { most: 1_000, restore: 1 }
    rig.mall.clock.hold()
    const numbers = Array.from({ length: 15 }, () => rig.place())
    const failure = await failureOf(rig.fetchAll(numbers))
    expect(failure.code).toBe('SHOPIFY_THROTTLED')
    // One answer told the level; no second call was made.
    expect(rig.mall.calls()).toEqual({ access_token: 1, orders: 1 })
  })

  it('a call takes what so many orders cost as a rule, by the bucket that the shop has', async () => {
    const capabilities = { scopes: [], points: { most: 20_000, restore: 1_000 } }
    const { session, tools } = rig.open({ capabilities })
    for await (const _ of session.fetchOrders([rig.place()], NEVER));
    const five = Array.from({ length: 5 }, () => rig.place())
    for await (const _ of session.fetchOrders(five, NEVER));
    const quota = { key: `shopify:shop:${SHOP}`, perSecond: 1_000, burst: 20_000 }
    expect(tools.quotas).toEqual([
      { ...quota, cost: 50 },
      { ...quota, cost: 250 },
    ])
  })

  it('for one order are there where those for five are not: a person’s question needs no full bucket', async () => {
    rig.mall.settings.points = { most: 1_000, restore: 1 }
    rig.mall.clock.hold()
    const numbers = Array.from({ length: 6 }, () => rig.place())
    await rig.fetchAll(numbers.slice(0, 5))
    expect(await rig.read(numbers[5] ?? '')).toMatchObject({ orderNumber: numbers[5] })
  })
})

describe('the list', () => {
  it('has what changed in its window where that is wanted, however old', async () => {
    const { clock } = rig.mall
    const old = rig.place()
    clock.advance(3 * 24 * 60 * 60_000)
    const from = new Date(clock.now() - 1_000)
    const fresh = rig.place()
    rig.mall.edit(old, { note: 'changed' })
    clock.advance(120_000)
    const window = { from, to: new Date(clock.now() - 61_000) }
    expect(await rig.listAll(window)).toEqual([fresh])
    expect((await rig.listAll({ ...window, orChanged: true })).sort()).toEqual([old, fresh].sort())
  })

  it('says until when it is complete, as the search lags', async () => {
    const now = rig.mall.clock.now()
    const window = { from: new Date(now - 60_000), to: new Date(now + 60_000) }
    const { completeUntil, total } = await rig.open().session.listOrders(window, null, NEVER)
    // By ordersCount, exact.
    expect(total).toBe(0)
    expect(completeUntil?.getTime()).toBeLessThan(now)
  })
})

describe('keys', () => {
  it('a token lives for a day; the next is asked for by the client’s own secret', async () => {
    const number = rig.place()
    await rig.read(number)
    rig.mall.clock.advance(25 * 60 * 60_000)
    await rig.read(number)
    expect(rig.mall.calls()).toMatchObject({ access_token: 2, orders: 2 })
  })

  it('an app token needs none', async () => {
    const number = rig.place()
    const credentials = { accessToken: rig.mall.appToken(SHOP) }
    expect(await rig.read(number, { credentials })).toMatchObject({ orderNumber: number })
    expect(rig.mall.calls()).toEqual({ orders: 1 })
  })

  it.each([
    [{ clientId: 'a'.repeat(32) }, ['clientSecret']],
    [{ clientSecret: `shpss_${'a'.repeat(32)}` }, ['clientId']],
    [{ accessToken: `shpat_${'a'.repeat(32)}`, clientId: 'a'.repeat(32) }, ['clientId']],
    [{ clientId: 'x', clientSecret: 'y' }, ['clientId', 'clientSecret']],
    [{}, ['clientId', 'clientSecret']],
  ])('%j lacks %j', (given, fields) => {
    const { issues = [] } = rig.marketplace.credentials.safeParse(given).error ?? {}
    expect(issues.map(({ path }) => path.join('.'))).toEqual(fields)
    for (const { message } of issues) expect(message).toMatch(/[ぁ-ん].*。$/)
  })

  it.each([
    ['mihon-shop', 'mihon-shop'],
    [' Mihon-Shop.myshopify.com ', 'mihon-shop'],
    ['https://mihon-shop.myshopify.com/admin/orders', 'mihon-shop'],
    ['https://admin.shopify.com/store/mihon-shop/orders', 'mihon-shop'],
    ['mihon-shop.evil.example', null],
    ['evil.example/mihon-shop', null],
    ['a@b', null],
    ['../x', null],
    ['-x', null],
    ['x'.repeat(61), null],
  ])('the name of a shop, pasted as %s: %s', (pasted, name) => {
    expect(rig.marketplace.shopCode.safeParse(pasted).data ?? null).toBe(name)
  })

  it('a redirect is not followed: the token would go to whatever host it names', async () => {
    const asked: string[] = []
    const http = {
      request: async ({ url }: { url: string }) => {
        asked.push(url)
        return { status: 302, headers: { location: 'https://evil.example/' }, body: Buffer.from('') }
      },
    }
    const credentials = { accessToken: rig.mall.appToken(SHOP) }
    const failure = await failureOf(rig.fetchAll(['1001'], { http, credentials }))
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'SHOPIFY_MOVED' })
    expect(asked).toHaveLength(1)
  })

  it('a check keeps scopes and points, and says what the app may not do', async () => {
    rig.mall.settings.scopes = ['read_orders', 'read_merchant_managed_fulfillment_orders']
    rig.mall.settings.points = { most: 2_000, restore: 100 }
    const { capabilities, messages } = await rig.open().session.checkCredentials(NEVER)
    expect(capabilities).toEqual({ scopes: rig.mall.settings.scopes, points: { most: 2_000, restore: 100 } })
    expect(messages.join('')).toMatch(/60日より前.*次の操作はできません: 商品を発送/)
    const own = rig.marketplace.ofShop?.(capabilities)
    expect(own?.limits.historyDays).toBe(60)
    expect(own?.changes?.actions).toEqual([])
    expect(
      rig.marketplace.ofShop?.({ ...Object(capabilities), scopes: ['read_all_orders'] }).limits.historyDays,
    ).toBe(3_650)
  })

  it('a missing right to read stops the shop, with the right’s name', async () => {
    rig.mall.settings.scopes = []
    expect(await failureOf(rig.fetchAll([rig.place()]))).toMatchObject({
      kind: 'unauthorised',
      code: 'SHOPIFY_SCOPE_MISSING',
      message: expect.stringContaining('read_orders'),
    })
  })
})

describe('hostile answers', () => {
  const answering = (body: string) => ({
    http: { request: async () => ({ status: 200, headers: {}, body: Buffer.from(body) }) },
    credentials: { accessToken: `shpat_${'a'.repeat(32)}` },
  })
  it.each([
    ['deep', `{"data":${'['.repeat(100_000)}`],
    ['no object', '[]'],
    ['errors of another shape', '{"errors":"Not Found"}'],
    [
      'an id of another host',
      '{"data":{"orders":{"nodes":[{"id":"gid://shopify/Order/1/../2","name":"#1001","createdAt":"2026-01-01T00:00:00Z"}],"pageInfo":{"hasNextPage":false}}}}',
    ],
  ])('%s', async (_, body) => {
    const outcomes = await rig.fetchAll(['1001'], answering(body))
    expect(['failed', 'not_found']).toContain(outcomes[0]?.kind)
  })

  it('fields of the buyer that the app may not see leave the rest, and are told', async () => {
    const number = rig.place()
    const http = cappedHttp(5_000)
    const withheld = {
      request: async (...given: Parameters<typeof http.request>) => {
        const answer = await http.request(...given)
        const body = JSON.parse(answer.body.toString())
        if (!body.data) return answer
        for (const node of body.data.orders.nodes)
          Object.assign(node, { shippingAddress: null, billingAddress: null, email: null })
        const errors = [{ message: 'not approved', path: ['orders'], extensions: { code: 'ACCESS_DENIED' } }]
        return { ...answer, body: Buffer.from(JSON.stringify({ ...body, errors })) }
      },
    }
    const { session, tools } = rig.open({ http: withheld })
    for await (const outcome of session.fetchOrders([number], NEVER))
      expect(outcome).toMatchObject({ kind: 'found', order: { recipients: [{ addressPending: true }] } })
    expect(tools.notices).toMatchObject([{ code: 'SHOPIFY_FIELDS_WITHHELD' }])
  })
})
