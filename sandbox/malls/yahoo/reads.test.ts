import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elementsAt, textAt } from '../../../src/marketplaces/kit/xml.ts'
import { createControllableClock } from '../../kit/clock.ts'
import type { SandboxEvent, SandboxOrder } from '../../kit/types.ts'
import { startYahooSimulator } from './index.ts'
import { type Reply, SHOP, type TestClient, testClient } from './test-client.ts'

let client: TestClient
beforeAll(async () => {
  client = await testClient()
})
afterAll(() => client.mall.close())

const ALL_DAY = { OrderTimeFrom: '20000101' }
const search = (condition: Record<string, string>, more: Record<string, string | number> = {}) =>
  client.call('orderList', { Search: { Condition: condition, Field: 'OrderId,OrderStatus', ...more } })
const ids = (reply: Reply) =>
  elementsAt(reply.content, 'Search', 'OrderInfo').map((order) => textAt(order, 'OrderId'))
const total = (reply: Reply) => textAt(reply.content, 'Search', 'TotalCount')

describe('orderList', () => {
  it.each<[string, Record<string, string>, Record<string, string | number>, string]>([
    ['no mandatory condition', { OrderStatus: '2' }, {}, 'Condition'],
    ['an unknown condition', { ...ALL_DAY, Colour: 'red' }, {}, 'Colour'],
    ['no field', ALL_DAY, { Field: '' }, 'Field'],
    ['an unknown field', ALL_DAY, { Field: 'OrderId,IsGift' }, 'IsGift'],
    ['a street', ALL_DAY, { Field: 'OrderId,ShipAddress1' }, 'ShipAddress1'],
    ['a page of 2,001', ALL_DAY, { Result: 2001 }, 'Result'],
    ['another order', ALL_DAY, { Sort: 'price' }, 'Sort'],
    ['a date as in answers', { OrderTimeFrom: '2026-07-01' }, {}, 'OrderTimeFrom'],
  ])('refuses %s', async (_, condition, more, name) => {
    expect(await search(condition, more)).toMatchObject({
      status: 400,
      code: 'od90101',
      message: `Request Parameter Error : ${name}`,
    })
  })

  it('hides what is read-only unless it is asked for', async () => {
    const fresh = client.mall.place().orderNumber
    const old = client.mall.place({ overrides: { IsReadOnly: '0' } }).orderNumber
    const shown = async (ReadOnlyMode: string) =>
      ids(await search({ ...ALL_DAY, ReadOnlyMode }, { Result: 2000 }))
    expect(await shown('0')).toContain(old)
    expect(await shown('0')).not.toContain(fresh)
    expect(await shown('1')).toEqual([fresh])
    expect(await shown('2')).toEqual(expect.arrayContaining([fresh, old]))
    client.mall.clock.advance(600_000)
    expect(await shown('0')).toContain(fresh)
  })

  it('pages, sorts, and answers one empty entry beyond the end', async () => {
    const from = '20991231'
    for (const second of [1, 2, 3]) {
      client.mall.place({
        overrides: {
          IsReadOnly: '0',
          OrderTime: `2099-12-31T00:00:0${second}+09:00`,
        },
      })
    }
    const page = (more: Record<string, string | number>) =>
      search({ OrderTimeFrom: from }, { Field: 'OrderId,OrderTime', ...more })
    const order = (reply: Reply) =>
      elementsAt(reply.content, 'Search', 'OrderInfo').map((entry) =>
        textAt(entry, 'OrderTime')?.slice(18, 19),
      )
    expect(order(await page({}))).toEqual(['1', '2', '3'])
    expect(order(await page({ Sort: '-order_time' }))).toEqual(['3', '2', '1'])
    expect(order(await page({ Result: 2, Start: 2 }))).toEqual(['2', '3'])
    const beyond = await page({ Start: 4 })
    expect(total(beyond)).toBe('3')
    expect(beyond.text).toContain('<OrderInfo />')
    const none = await search({ OrderTimeFrom: '21990101' })
    expect(total(none)).toBe('0')
    expect(none.text).not.toContain('<OrderInfo')
  })

  it('narrows by lists and by equal values', async () => {
    const held = client.mall.place({
      overrides: { IsReadOnly: '0', OrderStatus: '3', Pay: { BillLastName: '見本太郎' } },
    }).orderNumber
    expect(ids(await search({ ...ALL_DAY, OrderStatus: '3,5' }))).toEqual([held])
    expect(ids(await search({ ...ALL_DAY, BillLastName: '見本太郎' }))).toEqual([held])
    expect(ids(await search({ OrderId: held }))).toEqual([held])
  })

  it('hides orders under review, unless they are asked for', async () => {
    const held = client.mall.place({ overrides: { IsReadOnly: '0', FraudHoldStatus: '1' } }).orderNumber
    expect(ids(await search({ OrderId: held }))).toEqual([])
    expect(ids(await search({ OrderId: held, FraudHoldDisplayType: '1' }))).toEqual([held])
  })
})

describe('orderInfo', () => {
  it('gives what was asked for, in its groups, and nothing else', async () => {
    const { orderNumber } = client.mall.place({
      overrides: {
        Item: [
          {
            ItemOption: [
              { Name: '色', Value: '青' },
              { Name: '柄', Value: '星' },
            ],
          },
        ],
      },
    })
    const reply = await client.call('orderInfo', {
      Target: { OrderId: orderNumber, Field: 'OrderId,PayStatus,LineId,ItemOption,Inscription,IsReadOnly' },
    })
    const [order] = elementsAt(reply.content, 'Result', 'OrderInfo')
    expect(Object.keys(order ?? {}).sort()).toEqual(['IsReadOnly', 'Item', 'OrderId', 'Pay'])
    const [item] = elementsAt(order ?? {}, 'Item')
    expect(elementsAt(item ?? {}, 'ItemOption').map((option) => textAt(option, 'Value'))).toEqual([
      '青',
      '星',
    ])
    expect(textAt(item ?? {}, 'Inscription')).toBe('')
  })

  it('names the field that it does not know', async () => {
    const { orderNumber } = client.mall.place()
    const reply = await client.call('orderInfo', {
      Target: { OrderId: orderNumber, Field: 'OrderId,IsGift' },
    })
    expect(reply).toMatchObject({ status: 400, code: 'od90101', message: 'Request Parameter Error : IsGift' })
  })

  it('knows neither strange orders nor those of tomorrow', async () => {
    const early = client.mall.place({ visibleAfterSeconds: 60 }).orderNumber
    for (const OrderId of [early, `${SHOP}-99999999`]) {
      expect(await client.call('orderInfo', { Target: { OrderId, Field: 'OrderId' } })).toMatchObject({
        status: 404,
        code: 'od91801',
      })
    }
    client.mall.clock.advance(61_000)
    expect((await client.call('orderInfo', { Target: { OrderId: early, Field: 'OrderId' } })).status).toBe(
      200,
    )
  })
})

describe('orderCount', () => {
  it('counts by state', async () => {
    const fresh = await testClient()
    for (const overrides of [
      { OrderStatus: '2' },
      { OrderStatus: '1' },
      { OrderStatus: '3' },
      { OrderStatus: '2', StoreStatus: '4' },
    ]) {
      fresh.mall.place({ overrides: { IsReadOnly: '0', ...overrides } })
    }
    fresh.mall.place()
    const count = elementsAt((await fresh.call('orderCount', null)).content, 'Result', 'Count')[0] ?? {}
    expect(['NewOrder', 'NewReserve', 'Holding', 'StoreStatus4'].map((name) => textAt(count, name))).toEqual([
      '2',
      '1',
      '1',
      '1',
    ])
    await fresh.mall.close()
  })
})

describe('the control API', () => {
  it('places, lists, edits, cancels, and moves time', async () => {
    const events: SandboxEvent['type'][] = []
    client.mall.onEvent(({ type }) => events.push(type))
    const { orders } = (await client.control('POST', 'orders', { count: 2, shopCode: SHOP })) as {
      orders: SandboxOrder[]
    }
    const number = orders[0]?.orderNumber ?? ''
    await client.control('PATCH', `orders/${number}`, { BuyerComments: '変更' })
    await client.control('POST', `orders/${number}/pay`)
    await client.control('POST', `orders/${number}/cancel`)
    expect(events).toEqual(['placed', 'placed', 'changed', 'paid', 'cancelled'])
    const listed = (await client.control('GET', 'orders')) as {
      orders: { orderNumber: string; orderStatus: string }[]
    }
    expect(listed.orders.find((order) => order.orderNumber === number)?.orderStatus).toBe('4')
    const before = client.mall.clock.now()
    await client.control('POST', 'clock', { advanceSeconds: 3600 })
    expect(client.mall.clock.now() - before).toBeGreaterThanOrEqual(3_600_000)
  })

  it('sets faults and settings, tells calls, and what it does not know', async () => {
    await client.control('PUT', 'faults', [{ kind: '500', operation: 'orderCount', times: 1 }])
    await client.login()
    expect((await client.call('orderCount', null)).status).toBe(500)
    expect((await client.call('orderCount', null)).status).toBe(200)
    await client.control('DELETE', 'faults')
    expect(await client.control('PUT', 'settings', { readOnlySeconds: 5 })).toMatchObject({
      readOnlySeconds: 5,
    })
    expect(await client.control('GET', 'calls')).toMatchObject({ orderCount: expect.any(Number) })
    expect(await client.control('GET', 'nothing')).toMatchObject({
      message: expect.stringContaining('No such control route'),
    })
    expect(await client.control('POST', 'orders/x/cancel')).toMatchObject({ message: 'No such order: x' })
  })
})

describe('generated orders', () => {
  it('are the same for the same seed, and others for another', async () => {
    const start = Date.parse('2026-07-01T10:00:00+09:00')
    const make = async (seed: number) => {
      const clock = createControllableClock()
      clock.hold()
      clock.set(start)
      const mall = await startYahooSimulator({ shops: [{ code: SHOP, name: 'x' }], seed, clock })
      const orders = Array.from({ length: 20 }, () => mall.place())
      await mall.close()
      return orders
    }
    const first = await make(1)
    expect(await make(1)).toEqual(first)
    expect(await make(2)).not.toEqual(first)
    expect(first[0]?.orderNumber).toBe(`${SHOP}-10000001`)
    expect(new Set(first.map((order) => order.paymentName)).size).toBeGreaterThan(2)
  })

  it('come by the ten thousand in no time', async () => {
    const fresh = await testClient()
    // What this thread works: how long others keep it waiting says nothing of the simulator.
    const started = process.threadCpuUsage()
    for (let n = 0; n < 10_000; n += 1) fresh.mall.place({ shopCode: SHOP })
    const placed = process.threadCpuUsage(started)
    const asked = process.threadCpuUsage()
    const reply = await fresh.call('orderList', {
      Search: { Condition: { ...ALL_DAY, ReadOnlyMode: '2' }, Field: 'OrderId', Result: 2000, Start: 8001 },
    })
    expect(total(reply)).toBe('10000')
    expect(placed.user).toBeLessThan(8_000_000)
    expect(process.threadCpuUsage(asked).user).toBeLessThan(2_000_000)
    await fresh.mall.close()
  })
})
