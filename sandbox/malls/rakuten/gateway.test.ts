import { describe, expect, it } from 'vitest'
import { startRakutenSimulator } from './index.ts'
import { card, esa, rakutenKit, SHOPS } from './test-kit.ts'

const kit = rakutenKit()
const { auth, call, control, progressOf } = kit

describe('the gateway', () => {
  it.each<[string, string, number, string]>([
    ['no ESA', 'Bearer x', 400, 'GK0001'],
    ['undecodable', 'ESA ???', 400, 'GK0001'],
    ['without a colon', esa('x'), 400, 'GK0001'],
    ['wrong keys', esa('SP1:SL1'), 401, 'GA0001'],
  ])('refuses a header that is %s', async (_name, authorization, status, code) => {
    const answer = await call('searchOrder', {}, { authorization })
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(code)
  })

  it('wraps its errors as told', async () => {
    const authorization = esa('SP1:SL1')
    kit.mall.change({ envelope: 'Results', envelopeStatus: 200, refusedCode: 'ES01-01' })
    const wrapped = await call('getOrder', {}, { authorization })
    expect([wrapped.status, wrapped.json]).toEqual([
      200,
      { Results: { errorCode: 'ES01-01', message: 'Un-Authorised' } },
    ])
    kit.mall.change({ envelope: 'empty' })
    expect(await call('getOrder', {}, { authorization })).toMatchObject({ status: 401, text: '' })
  })

  it('refuses expired keys and functions that are not switched on', async () => {
    kit.mall.change({ disabledFunctions: ['searchOrder'] })
    expect((await call('searchOrder', {})).status).toBe(401)
    expect((await call('getSubStatusList', {})).status).toBe(200)
    kit.mall.change({ keyExpiresAt: '2026-05-18T23:59:59' })
    expect((await call('getSubStatusList', {})).status).toBe(401)
  })

  it('knows its routes, with and without the slash', async () => {
    expect((await call('getSubStatusList', {}, { slash: '' })).status).toBe(200)
    expect((await call('makeCoffee', {})).status).toBe(404)
    expect((await fetch(`${kit.mall.url}/es/2.0/order/getOrder/`)).status).toBe(405)
    expect((await call('getPayment', {})).codes).toEqual(['GET_PAYMENT_ERROR_901'])
    const plain = {
      method: 'POST',
      headers: { authorization: auth(), 'content-type': 'text/plain' },
      body: '{}',
    }
    expect((await fetch(`${kit.mall.url}/es/2.0/order/getOrder/`, plain)).status).toBe(415)
  })

  it('answers the expiry date', async () => {
    const url = `${kit.mall.url}/es/1.0/license-management/license-key/expiry-date?licenseKey=x`
    const response = await fetch(url, { headers: { authorization: auth() } })
    expect(await response.json()).toEqual({ expiryDate: '2027-01-01T23:59:59' })
  })

  it('limits each shop by itself', async () => {
    kit.mall.change({ requestsPerSecond: 1 })
    const statuses = []
    for (let count = 0; count < 4; count += 1) statuses.push((await call('getSubStatusList', {})).status)
    expect(statuses).toContain(429)
    expect((await call('getSubStatusList', {}, { authorization: auth('654321') })).status).toBe(200)
  })
})

describe('the control API', () => {
  it('places, shows, edits and cancels orders, and tells of each', async () => {
    const placed = await control('POST', 'orders', {
      count: 2,
      shopCode: '654321',
      overrides: { memo: '急ぎ' },
    })
    const [first] = placed.json.orders as unknown as { orderNumber: string; shopName: string }[]
    expect(first).toMatchObject({ shopName: '二号店' })
    const { orderNumber } = first as { orderNumber: string }
    const edited = await control('PATCH', `orders/${orderNumber}`, { OrdererModel: { familyName: '髙' } })
    expect(edited.json).toMatchObject({
      memo: '急ぎ',
      OrdererModel: { familyName: '髙', prefecture: expect.any(String) },
    })
    await control('POST', `orders/${orderNumber}/cancel`)
    const listed = (await control('GET', 'orders')).json.orders as unknown as { orderProgress: number }[]
    expect(listed.map((order) => order.orderProgress)).toEqual([800, 100])
    expect(kit.events.map((event) => event.type)).toEqual(['placed', 'placed', 'changed', 'cancelled'])
  })

  it('hides an order until its time', async () => {
    const { orderNumber } = kit.mall.place({ visibleAfterSeconds: 20 })
    const get = async () => (await call('getOrder', { orderNumberList: [orderNumber], version: 10 })).codes
    expect(await get()).toEqual(['GET_ORDER_INFO_102'])
    await control('POST', 'clock', { advanceSeconds: 20 })
    expect(await get()).toEqual(['GET_ORDER_INFO_101'])
  })

  it('switches faults, by operation and count', async () => {
    await control('PUT', 'faults', [{ kind: '503-html', operation: 'getSubStatusList', times: 1 }])
    expect((await call('confirmOrder', { orderNumberList: ['x'] })).status).toBe(200)
    expect((await call('getSubStatusList', {})).status).toBe(503)
    expect((await call('getSubStatusList', {})).status).toBe(200)
    await control('PUT', 'faults', { kind: '500' })
    expect((await control('DELETE', 'faults')).json).toEqual([])
    expect((await call('getSubStatusList', {})).status).toBe(200)
  })

  it('cuts the connection after the work is done', async () => {
    const { orderNumber } = kit.mall.place(card)
    kit.mall.faults.set([{ kind: 'cut', operation: 'confirmOrder', times: 1 }])
    await expect(call('confirmOrder', { orderNumberList: [orderNumber] })).rejects.toThrow()
    expect(await progressOf(orderNumber)).toBe(200)
  })

  it('changes settings, counts calls, and says what it does not understand', async () => {
    const settings = await control('PUT', 'settings', { requestsPerSecond: 3 })
    expect(settings.json).toMatchObject({ requestsPerSecond: 3, overLimit: '429' })
    await call('getSubStatusList', {})
    expect((await control('GET', 'calls')).json).toEqual({ getSubStatusList: 1 })
    await control('DELETE', 'calls')
    expect((await control('GET', 'calls')).json).toEqual({})
    expect((await control('PUT', 'settings', { envelope: 'paper' })).status).toBe(422)
    expect((await control('POST', 'orders/unknown/cancel')).status).toBe(422)
    expect((await control('GET', 'nothing')).status).toBe(404)
  })
})

it('notes what calls really changed', async () => {
  const { orderNumber } = kit.mall.place()
  await call('confirmOrder', { orderNumberList: [orderNumber] })
  await call('confirmOrder', { orderNumberList: [orderNumber] })
  const { json } = await control('GET', 'writes')
  expect(json.writes).toEqual([{ at: expect.any(String), operation: 'confirmOrder', orderNumber, what: {} }])
  await control('DELETE', 'writes')
  expect(kit.mall.writes?.()).toEqual([])
})

describe('generated orders', () => {
  it('are the same from the same seed, and unlike from another', async () => {
    const numbers = async (seed: number) => {
      const other = await startRakutenSimulator({ shops: SHOPS, seed, clock: kit.mall.clock })
      const orders = Array.from({ length: 5 }, () => other.place())
      await other.close()
      return JSON.stringify([orders, other.credentialsFor('123456')])
    }
    expect(await numbers(5)).toBe(await numbers(5))
    expect(await numbers(5)).not.toBe(await numbers(6))
  })

  it('are of all sorts', () => {
    const orders = Array.from({ length: 300 }, () => kit.mall.place())
    const text = JSON.stringify(orders)
    for (const sign of ['髙橋', '﨑', '①', '㈱', '代金引換', '銀行振込', '配送日時指定'])
      expect(text).toContain(sign)
    expect(orders.some((order) => order.couponTotal > 0)).toBe(true)
    expect(orders.some((order) => order.pointsUsed > 0)).toBe(true)
    expect(new Set(orders.flatMap((order) => order.items.map((item) => item.taxRate)))).toEqual(
      new Set([10, 8]),
    )
    expect(orders.some((order) => order.recipientName !== order.buyerName)).toBe(true)
  })
})
