import { describe, expect, it } from 'vitest'
import type { OrderModel } from './model.ts'
import { card, rakutenKit } from './test-kit.ts'

const kit = rakutenKit()
const { advance, call, control } = kit

describe('searchOrder and getOrder', () => {
  const day = (date: string) => ({
    startDatetime: `${date}T00:00:00+0900`,
    endDatetime: `${date}T23:59:59+0900`,
  })

  it('collects all parameter errors with a null payload', async () => {
    const missing = await call('searchOrder', {})
    expect(missing.status).toBe(400)
    expect(missing.codes).toEqual(Array(3).fill('SEARCH_ORDER_ERROR_009'))
    expect(missing.json).toMatchObject({ orderNumberList: null, PaginationResponseModel: null })
    const wide = {
      dateType: 7,
      startDatetime: '2026-01-01T00:00:00+0900',
      endDatetime: '2026-05-19T00:00:00+0900',
    }
    expect((await call('searchOrder', wide)).codes).toEqual([
      'SEARCH_ORDER_ERROR_011',
      'SEARCH_ORDER_ERROR_011',
    ])
  })

  it('finds a shop’s own orders, newest first by default, with null paging when there are none', async () => {
    const first = kit.mall.place().orderNumber
    advance(60)
    const second = kit.mall.place().orderNumber
    kit.mall.place({ shopCode: '654321' })
    const found = await call('searchOrder', { dateType: 1, ...day('2026-05-19') })
    expect(found.json).toMatchObject({
      orderNumberList: [second, first],
      PaginationResponseModel: { totalRecordsAmount: 2, totalPages: 1, requestPage: 1 },
    })
    const none = await call('searchOrder', { dateType: 1, ...day('2026-05-18') })
    expect(none.codes).toEqual(['SEARCH_ORDER_INFO_102'])
    expect(none.json).toMatchObject({ orderNumberList: [], PaginationResponseModel: { totalPages: null } })
  })

  it('filters by status and payment', async () => {
    const cod = kit.mall.place({ overrides: { SettlementModel: { settlementMethodCode: 2 } } }).orderNumber
    kit.mall.place(card)
    const search = { dateType: 1, ...day('2026-05-19') }
    expect((await call('searchOrder', { ...search, settlementMethod: 2 })).json?.orderNumberList).toEqual([
      cod,
    ])
    expect((await call('searchOrder', { ...search, orderProgressList: [300] })).codes).toEqual([
      'SEARCH_ORDER_INFO_102',
    ])
  })

  it('requires numbers, at most a hundred, and a version that it knows', async () => {
    expect((await call('getOrder', {})).codes).toEqual(['GET_ORDER_ERROR_009', 'GET_ORDER_ERROR_009'])
    const many = Array(101).fill('123456-20260519-0000000001')
    expect((await call('getOrder', { orderNumberList: many, version: 10 })).codes).toEqual([
      'GET_ORDER_ERROR_011',
    ])
    expect((await call('getOrder', { orderNumberList: ['x'], version: 2 })).codes).toEqual([
      'GET_ORDER_ERROR_009',
    ])
  })

  it('shapes the answer by version', async () => {
    const { orderNumber } = kit.mall.place()
    const get = async (version: number) => {
      const { json } = await call('getOrder', { orderNumberList: [orderNumber], version })
      return {
        echoed: json?.version,
        order: (json.OrderModelList as unknown as OrderModel[])[0] as OrderModel,
      }
    }
    const [three, seven, ten] = [await get(3), await get(7), await get(10)]
    expect([three.echoed, seven.echoed, ten.echoed]).toEqual([undefined, 7, 10])
    expect('SkuModelList' in (three.order.PackageModelList[0]?.ItemModelList[0] ?? {})).toBe(false)
    expect(['goodsTax' in seven.order, 'goodsTax' in ten.order]).toEqual([true, false])
    expect(['socialGiftFlag' in seven.order, 'socialGiftFlag' in ten.order]).toEqual([false, true])
  })

  it('serves a hundred of ten thousand orders in a few milliseconds', async () => {
    await control('POST', 'orders', { count: 10_000 })
    const { json } = await control('GET', 'orders')
    const numbers = (json.orders as unknown as { orderNumber: string }[])
      .slice(5_000, 5_100)
      .map((order) => order.orderNumber)
    await call('getOrder', { orderNumberList: numbers, version: 10 })
    // What this thread works, the mall's server included.
    const started = process.threadCpuUsage()
    const answer = await call('getOrder', { orderNumberList: numbers, version: 10 })
    expect(process.threadCpuUsage(started).user).toBeLessThan(200_000)
    expect(answer.codes).toEqual(['GET_ORDER_INFO_101'])
  })
})
