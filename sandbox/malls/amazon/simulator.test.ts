import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createControllableClock } from '../../kit/clock.ts'
import type { ControllableClock, SandboxEvent } from '../../kit/types.ts'
import { type AmazonSimulator, startAmazonSimulator } from './index.ts'

const SHOP = 'AEXAMPLESELLER'
const UA = 'Test/1.0 (Language=TypeScript; Platform=Node)'
const START = Date.parse('2026-09-01T01:00:00Z')

let mall: AmazonSimulator
let clock: ControllableClock
let events: SandboxEvent[]
beforeEach(async () => {
  clock = createControllableClock()
  clock.hold()
  clock.set(START)
  events = []
  mall = await startAmazonSimulator({ shops: [{ code: SHOP, name: '見本商店' }], clock, quotaClock: clock })
  mall.onEvent((event) => events.push(event))
})
afterEach(() => mall.close())

async function askToken(fields: Record<string, string>, json = false) {
  const answer = await fetch(`${mall.authUrl}/auth/o2/token`, {
    method: 'POST',
    body: json ? JSON.stringify(fields) : new URLSearchParams(fields),
    headers: {
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded;charset=UTF-8',
    },
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

function grant(more: Record<string, string> = {}) {
  const { clientId = '', clientSecret = '', refreshToken = '' } = mall.credentialsFor(SHOP)
  const fields = { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret }
  return { ...fields, refresh_token: refreshToken, ...more }
}

async function call(
  path: string,
  { headers = {}, ...init }: { headers?: Record<string, string>; method?: string; body?: string } = {},
) {
  const { body } = await askToken(grant())
  const answer = await fetch(mall.url + path, {
    ...init,
    headers: { 'x-amz-access-token': body.access_token ?? '', 'user-agent': UA, ...headers },
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) }
}

const ORDERS = '/orders/2026-01-01/orders'
const control = async (method: string, path: string, body?: unknown) => {
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${mall.url}/_control/${path}`, { method, ...init })
  return { status: answer.status, body: (await answer.json()) as Record<string, never> }
}

describe('the token host', () => {
  it('takes a form and JSON', async () => {
    for (const json of [false, true]) {
      expect(await askToken(grant(), json)).toMatchObject({
        status: 200,
        body: {
          token_type: 'bearer',
          expires_in: 3600,
          refresh_token: mall.credentialsFor(SHOP).refreshToken,
        },
      })
    }
  })

  it.each<[string, Record<string, string>, number, string]>([
    ['another secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['another client', { client_id: 'x' }, 401, 'invalid_client'],
    ['another refresh token', { refresh_token: 'Atzr|x' }, 400, 'invalid_grant'],
    ['no refresh token', { refresh_token: '' }, 400, 'invalid_request'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['another scope', { grant_type: 'client_credentials', scope: 'orders' }, 400, 'invalid_scope'],
    ['a code that is none', { grant_type: 'authorization_code', code: 'x' }, 400, 'invalid_grant'],
  ])('refuses %s', async (_name, more, status, error) => {
    expect(await askToken(grant(more))).toMatchObject({ status, body: { error } })
  })

  it('makes a new consent of a code, once and for five minutes', async () => {
    const code = mall.consents.code(SHOP)
    const fields = grant({ grant_type: 'authorization_code', code })
    const before = mall.credentialsFor(SHOP).refreshToken
    const { body } = await askToken(fields)
    expect(body.refresh_token).not.toBe(before)
    expect(mall.credentialsFor(SHOP).refreshToken).toBe(body.refresh_token)
    expect((await askToken(fields)).body.error).toBe('invalid_grant')
    const late = mall.consents.code(SHOP)
    clock.advance(301_000)
    expect((await askToken({ ...fields, code: late })).body.error).toBe('invalid_grant')
  })
})

describe('the gateway', () => {
  it.each<[string, string, Record<string, string>, number, string]>([
    ['no token', `${ORDERS}/x`, { 'x-amz-access-token': '' }, 403, 'revoked'],
    ['a token that is none', `${ORDERS}/x`, { 'x-amz-access-token': 'Atza|x' }, 403, 'revoked'],
    ['no user agent', `${ORDERS}/x`, { 'user-agent': 'x'.repeat(501) }, 400, ''],
    ['another path', '/orders/v1/orders', {}, 403, ''],
    ['a malformed number', `${ORDERS}/x`, {}, 400, ''],
    ['an unknown number', `${ORDERS}/250-0000000-0000000`, {}, 404, ''],
    ['an unknown data set', `${ORDERS}/250-0000000-0000000?includedData=MOON`, {}, 400, ''],
  ])('answers %s with its error', async (_name, path, headers, status, details) => {
    const answer = await call(path, { headers })
    expect(answer.status).toBe(status)
    expect(answer.body.errors[0].details).toContain(details)
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^sandbox-/)
    expect(answer.headers.has('x-amzn-ratelimit-limit')).toBe(
      status !== 403 && headers['user-agent'] === undefined,
    )
  })

  it('says that a token is over after its hour', async () => {
    const { body } = await askToken(grant())
    clock.advance(3_600_000)
    const answer = await call(`${ORDERS}/x`, { headers: { 'x-amz-access-token': body.access_token ?? '' } })
    expect(answer.body.errors[0]).toMatchObject({
      code: 'Unauthorized',
      details: expect.stringContaining('expired'),
    })
  })

  it('counts in token buckets by operation, failed calls too', async () => {
    for (let count = 0; count < 30; count += 1) expect((await call(`${ORDERS}/x`)).status).toBe(400)
    const answer = await call(`${ORDERS}/x`)
    expect(answer).toMatchObject({ status: 429, body: { errors: [{ code: 'QuotaExceeded' }] } })
    expect(answer.headers.has('x-amzn-ratelimit-limit')).toBe(false)
    expect((await call(`${ORDERS}?createdAfter=2026-08-31T00:00:00Z`)).status).toBe(200)
    clock.advance(2_000)
    expect((await call(`${ORDERS}/x`)).status).toBe(400)
    expect((await call(`${ORDERS}/x`)).status).toBe(429)
  })
})

describe('searchOrders', () => {
  it.each([
    'createdAfter=2026-08-31T00:00:00Z&lastUpdatedAfter=2026-08-31T00:00:00Z',
    '',
    'createdAfter=yesterday',
    'createdAfter=2026-08-31T00:00:00Z&createdBefore=2026-08-30T00:00:00Z',
    'createdAfter=2026-08-31T00:00:00Z&createdBefore=2026-09-01T00:59:00Z',
    'createdAfter=2026-08-31T00:00:00Z&maxResultsPerPage=101',
    'createdAfter=2026-08-31T00:00:00Z&fulfillmentStatuses=LOST',
    'createdAfter=2026-08-31T00:00:00Z&paginationToken=x',
  ])('refuses %s', async (query) => {
    expect((await call(`${ORDERS}?${query}`)).status).toBe(400)
  })

  it('shows an order two minutes after it was placed, and pages that belong together', async () => {
    for (let count = 0; count < 3; count += 1) mall.place()
    const query = 'createdAfter=2026-08-31T00:00:00Z&maxResultsPerPage=2'
    expect((await call(`${ORDERS}?${query}`)).body.orders).toEqual([])
    clock.advance(121_000)
    const first = await call(`${ORDERS}?${query}`)
    expect(first.body.orders).toHaveLength(2)
    const token = encodeURIComponent(first.body.pagination.nextToken)
    const last = await call(`${ORDERS}?${query}&paginationToken=${token}`)
    expect(last.body.orders).toHaveLength(1)
    expect(last.body.pagination).toBeUndefined()
    expect((await call(`${ORDERS}?${query}&fulfilledBy=MERCHANT&paginationToken=${token}`)).status).toBe(400)
  })
})

describe('confirmShipment', () => {
  const ship = (orderNumber: string, detail: Record<string, unknown>) =>
    call(`/orders/v0/orders/${orderNumber}/shipmentConfirmation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        marketplaceId: 'A1VC38T7YXB528',
        packageDetail: {
          packageReferenceId: '1',
          carrierCode: 'YAMATO',
          shippingMethod: '宅急便',
          trackingNumber: '400000000000',
          shipDate: '2026-09-01T01:00:00Z',
          ...detail,
        },
      }),
    })
  const placed = () => {
    const { orderNumber } = mall.place({
      overrides: { orderItems: [{ quantityOrdered: 2, fulfillment: { quantityUnfulfilled: 2 } }] },
    })
    return orderNumber
  }
  const show = async (orderNumber: string) =>
    (await call(`${ORDERS}/${orderNumber}?includedData=FULFILLMENT,PACKAGES`)).body.order
  const lines = async (orderNumber: string, quantity: number) => [
    { orderItemId: (await show(orderNumber)).orderItems[0].orderItemId as string, quantity },
  ]

  it('ships parcel by parcel, edits one by its reference, and asks no more than was ordered', async () => {
    const number = placed()
    const one = await lines(number, 1)
    expect(await ship(number, { orderItems: one })).toMatchObject({ status: 204, body: null })
    expect((await show(number)).fulfillment.fulfillmentStatus).toBe('PARTIALLY_SHIPPED')
    expect((await ship(number, { orderItems: one, trackingNumber: '400000000001' })).status).toBe(204)
    expect((await show(number)).packages).toMatchObject([{ trackingNumber: '400000000001' }])
    expect(
      (
        await ship(number, {
          orderItems: one,
          packageReferenceId: '2',
          carrierCode: 'Other',
          carrierName: '日本郵便',
        })
      ).status,
    ).toBe(204)
    expect(await show(number)).toMatchObject({
      fulfillment: { fulfillmentStatus: 'SHIPPED' },
      orderItems: [{ fulfillment: { quantityFulfilled: 2, quantityUnfulfilled: 0 } }],
      packages: [{ carrier: 'YAMATO' }, { carrier: '日本郵便' }],
    })
    expect(await ship(number, { orderItems: one, packageReferenceId: '3' })).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining('PackageToUpdateNotFound') }] },
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a number as reference', { packageReferenceId: 1 }, 'packageDetail.packageReferenceId'],
    ['a reference of zero', { packageReferenceId: '0' }, 'positive numeric'],
    ['Other without a name', { carrierCode: 'Other' }, 'CarrierName'],
    ['a date to come', { shipDate: '2026-09-02T00:00:00Z' }, 'ShipDate'],
    ['a date before the order', { shipDate: '2026-08-30T00:00:00Z' }, 'ShipDate'],
    ['too many pieces', { quantity: 3 }, 'PackageToUpdateNotFound'],
  ])('refuses %s', async (_name, { quantity = 1, ...detail }, words) => {
    const number = placed()
    const answer = await ship(number, { orderItems: await lines(number, Number(quantity)), ...detail })
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].message).toContain(words)
  })

  it('shows a shipment only after a while, when told so, and notes what calls changed', async () => {
    await control('PUT', 'settings', { shipmentDelaySeconds: 120 })
    const number = placed()
    const all = { orderItems: await lines(number, 2) }
    await ship(number, all)
    await ship(number, all)
    expect(await show(number)).toMatchObject({
      fulfillment: { fulfillmentStatus: 'UNSHIPPED' },
      packages: [],
    })
    clock.advance(120_000)
    expect(await show(number)).toMatchObject({ fulfillment: { fulfillmentStatus: 'SHIPPED' } })
    await ship(number, { ...all, trackingNumber: '400000000001' })
    expect((await control('GET', 'writes')).body.writes).toMatchObject([
      { operation: 'confirmShipment', orderNumber: number, what: { package: 'added', pieces: 2 } },
      { what: { package: 'edited' } },
    ])
    await control('DELETE', 'writes')
    expect(mall.writes?.(number)).toEqual([])
  })

  it('refuses orders that are not to be shipped', async () => {
    const pending = mall.place({ overrides: { fulfillment: { fulfillmentStatus: 'PENDING' } } }).orderNumber
    const fba = mall.place({ overrides: { fulfillment: { fulfilledBy: 'AMAZON' } } }).orderNumber
    for (const number of [pending, fba]) {
      expect((await ship(number, { orderItems: await lines(number, 1) })).status).toBe(400)
    }
    expect(
      (await ship('250-0000000-0000000', { orderItems: [{ orderItemId: '1', quantity: 1 }] })).status,
    ).toBe(404)
  })
})

describe('what is shown', () => {
  const get = async (number: string) =>
    (await call(`${ORDERS}/${number}?includedData=BUYER,RECIPIENT,FULFILLMENT`)).body.order

  it('hides people of FBA and pending orders, and without the role', async () => {
    const plain = mall.place().orderNumber
    const fba = mall.place({ overrides: { fulfillment: { fulfilledBy: 'AMAZON' } } }).orderNumber
    const pending = mall.place({ overrides: { fulfillment: { fulfillmentStatus: 'PENDING' } } }).orderNumber
    expect((await get(plain)).recipient.deliveryAddress.name).toMatch(/./)
    expect((await get(fba)).recipient.deliveryAddress).not.toHaveProperty('name')
    expect(await get(pending)).not.toHaveProperty('recipient')
    mall.change({ roles: { orders: true, directToConsumer: false } })
    expect(await get(plain)).not.toHaveProperty('buyer')
  })
})

describe('the control API', () => {
  it('places, pays, cancels and edits, and tells of it', async () => {
    const overrides = { fulfillment: { fulfillmentStatus: 'PENDING' } }
    const { body } = await control('POST', 'orders', { count: 2, overrides })
    const [first, second] = (body as unknown as { orders: { orderNumber: string }[] }).orders
    expect(events).toEqual([])
    await control('POST', `orders/${first?.orderNumber}/pay`)
    await control('POST', `orders/${first?.orderNumber}/request-cancel`)
    await control('POST', `orders/${second?.orderNumber}/cancel`)
    await control('PATCH', `orders/${second?.orderNumber}`, { programs: ['PRIME'] })
    expect(events.map((event) => event.type)).toEqual(['placed', 'changed', 'cancelled', 'changed'])
    expect((await control('GET', 'orders')).body).toMatchObject({
      orders: [{ fulfillmentStatus: 'UNSHIPPED' }, { fulfillmentStatus: 'CANCELLED' }],
    })
  })

  it('changes settings, faults, clock and consents', async () => {
    expect((await control('PUT', 'settings', { listDelaySeconds: 0 })).body).toMatchObject({
      listDelaySeconds: 0,
    })
    expect((await control('PUT', 'faults', { kind: '429' })).body).toMatchObject([{ kind: '429' }])
    expect((await control('POST', 'clock', { advanceSeconds: 60 })).body).toEqual({
      now: '2026-09-01T01:01:00.000Z',
    })
    await control('POST', 'consents/revoke', { shopCode: SHOP })
    expect((await askToken(grant())).body.error).toBe('invalid_grant')
    const { body } = await control('POST', 'consents/renew', { shopCode: SHOP })
    expect(mall.credentialsFor(SHOP).refreshToken).toBe(body.refreshToken)
    expect((await control('POST', 'moon')).status).toBe(404)
    expect((await control('PUT', 'settings', { listDelaySeconds: -1 })).status).toBe(422)
  })
})

describe('the reads of v0', () => {
  const V0 = '/orders/v0/orders'
  const restricted = (...restrictedResources: object[]) =>
    call('/tokens/2021-03-01/restrictedDataToken', {
      method: 'POST',
      body: JSON.stringify({ restrictedResources }),
    })
  const withToken = (token: string) => ({ headers: { 'x-amz-access-token': token } })

  it('tell the same order in the old words, personal data left out without a restricted data token', async () => {
    const { orderNumber } = mall.place()
    clock.advance(300_000)
    const one = (await call(`${V0}/${orderNumber}`)).body.payload
    expect(one).toMatchObject({
      AmazonOrderId: orderNumber,
      OrderStatus: 'Unshipped',
      FulfillmentChannel: 'MFN',
      OrderTotal: { CurrencyCode: 'JPY', Amount: expect.stringMatching(/^\d+$/) },
      ShippingAddress: { CountryCode: 'JP' },
    })
    expect(one.ShippingAddress.Name).toBeUndefined()
    const { OrderItems } = (await call(`${V0}/${orderNumber}/orderItems`)).body.payload
    expect(OrderItems[0]).toMatchObject({
      OrderItemId: expect.any(String),
      IsGift: expect.stringMatching(/^(true|false)$/),
    })
    for (const part of ['address', 'buyerInfo', 'orderItems/buyerInfo'])
      expect((await call(`${V0}/${orderNumber}/${part}`)).status).toBe(403)
    const listed = await call(`${V0}?MarketplaceIds=A1VC38T7YXB528&CreatedAfter=2026-08-31T00:00:00Z`)
    expect(listed.body.payload.Orders.map((order: typeof one) => order.AmazonOrderId)).toEqual([orderNumber])
    expect((await call(`${V0}?CreatedAfter=2026-08-31T00:00:00Z`)).status).toBe(400)
    expect((await call(`${V0}/250-0000000-0000000`)).status).toBe(404)
  })

  it('list by status, channel, number and time, and refuse what Amazon refuses', async () => {
    const [waiting, byAmazon] = [mall.place(), mall.place()]
    mall.edit(byAmazon.orderNumber, { fulfillment: { fulfilledBy: 'AMAZON' } })
    clock.advance(300_000)
    const asked = (query: string) =>
      call(`${V0}?MarketplaceIds=A1VC38T7YXB528&CreatedAfter=2026-08-31T00:00:00Z&${query}`)
    const numbers = async (query: string) =>
      (await asked(query)).body.payload.Orders.map((one: { AmazonOrderId: string }) => one.AmazonOrderId)
    expect(await numbers('FulfillmentChannels=AFN')).toEqual([byAmazon.orderNumber])
    expect(await numbers(`AmazonOrderIds=${waiting.orderNumber}&OrderStatuses=Unshipped`)).toEqual([
      waiting.orderNumber,
    ])
    expect(await numbers('OrderStatuses=Shipped')).toEqual([])
    expect(await numbers('CreatedBefore=2026-08-31T00:00:01Z')).toEqual([])
    for (const refused of [
      ...['OrderStatuses=UNSHIPPED', 'FulfillmentChannels=ME', 'MaxResultsPerPage=101', 'NextToken=x'],
      ...[
        'LastUpdatedAfter=2026-08-31T00:00:00Z',
        'CreatedBefore=2030-01-01T00:00:00Z',
        'CreatedBefore=soon',
      ],
      `MarketplaceIds=${Array.from({ length: 50 }, (_, n) => `M${n}`)}`,
    ])
      expect((await asked(refused)).status, refused).toBe(400)
  })

  it('open personal data to a restricted data token, for its paths and its hour', async () => {
    const { orderNumber } = mall.place()
    const other = mall.place().orderNumber
    const { body } = await restricted(
      { method: 'GET', path: '/orders/v0/orders/{orderId}', dataElements: ['buyerInfo', 'shippingAddress'] },
      { method: 'GET', path: `${V0}/${orderNumber}/address` },
    )
    const token = withToken(body.restrictedDataToken)
    expect(body.expiresIn).toBe(3600)
    const one = (await call(`${V0}/${orderNumber}`, token)).body.payload
    expect(one.ShippingAddress.Name).toMatch(/./)
    expect(one.BuyerInfo.BuyerName).toMatch(/./)
    const address = (await call(`${V0}/${orderNumber}/address`, token)).body.payload
    expect(address.ShippingAddress).toEqual(one.ShippingAddress)
    expect((await call(`${V0}/${other}/address`, token)).status).toBe(403)
    expect((await call(`${ORDERS}/${orderNumber}`, token)).status).toBe(403)
    clock.advance(3_600_000)
    expect((await call(`${V0}/${orderNumber}`, token)).status).toBe(403)
  })

  it('give no such token for nothing, or to an application without the role', async () => {
    expect((await restricted()).body.errors[0]).toMatchObject({ code: 'InvalidRequest' })
    mall.change({ roles: { orders: true, directToConsumer: false } })
    const refused = await restricted({
      method: 'GET',
      path: '/orders/v0/orders',
      dataElements: ['buyerInfo'],
    })
    expect(refused.body.errors[0]).toMatchObject({
      code: 'InvalidInput',
      message: expect.stringContaining('[buyerInfo]'),
    })
  })
})
