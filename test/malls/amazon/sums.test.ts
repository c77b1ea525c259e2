import { describe, expect, it } from 'vitest'
import {
  goodsOf,
  quantityWarnings,
  rateOf,
  sumChecks,
  toAmounts,
} from '../../../src/marketplaces/amazon/orders/to-amounts.ts'
import { WireOrder } from '../../../src/marketplaces/amazon/wire.ts'
import { money } from './fixtures/order.ts'

const yen = (amount: number) => money(String(amount))
const part = (type: string, amount: number, details: Record<string, number> = {}) => ({
  type,
  subtotal: yen(amount),
  detailedBreakdowns: Object.entries(details).map(([subtype, value]) => ({ subtype, value: yen(value) })),
})
interface Part {
  type: string
  subtotal: object
  detailedBreakdowns: object[]
}

interface Line {
  quantity?: number
  price?: number | null
  parts?: Part[] | null
  total?: number | null
  more?: object
}
const line = (
  orderItemId: string,
  { quantity = 1, price = null, parts = [], total = null, more }: Line = {},
) => ({
  orderItemId,
  quantityOrdered: quantity,
  product: { price: price === null ? null : { unitPrice: yen(price) } },
  proceeds: parts && { proceedsTotal: total === null ? null : yen(total), breakdowns: parts },
  ...more,
})

interface Order {
  total?: number | null
  parts?: Part[] | null
  paid?: [method: string, amount: number | null][] | null
}
const order = (lines: object[], { total = null, parts = [], paid = null }: Order = {}) =>
  WireOrder.parse({
    orderId: 'x',
    createdTime: '2026-09-01T01:12:44Z',
    orderItems: lines,
    proceeds: parts && { grandTotal: total === null ? null : yen(total), breakdowns: parts },
    payment: paid && {
      paymentExecutions: paid.map(([paymentMethod, amount]) => ({
        paymentMethod,
        paymentAmount: amount === null ? null : yen(amount),
      })),
    },
  })

const ALL = [
  ...[part('ITEM', 3960), part('SHIPPING', 500), part('COD_FEE', 330), part('GIFT_WRAP', 200)],
  ...[part('DISCOUNT', -100), part('NEW_FEE', 100)],
]
const FIRST = [part('ITEM', 3000), part('SHIPPING', 300), part('GIFT_WRAP', 200), part('DISCOUNT', -100)]
const SECOND = [part('ITEM', 960), part('SHIPPING', 200), part('COD_FEE', 330), part('NEW_FEE', 100)]

describe('the sums that are compared', () => {
  const twoLines = [
    line('1', { quantity: 2, price: 1500, parts: FIRST, total: 3400 }),
    line('2', { price: 960, parts: SECOND, total: 1590 }),
  ]

  it('are the total, each part with that of the lines, each line with its price, and what was paid', () => {
    const paid: Order['paid'] = [
      ['CreditCard', 4000],
      ['PointsAccount', 990],
    ]
    const sum = (code: string, field: string, label: string, expected: number, actual = expected) => ({
      code,
      field,
      label,
      expected,
      actual,
    })
    expect(sumChecks(order(twoLines, { total: 4990, parts: ALL, paid }))).toEqual([
      sum('TOTAL_DIFFERS', 'totals.total', '合計', 4990),
      sum('GOODS_DIFFER', 'charges.goods', '商品合計', 3960),
      sum('SHIPPING_DIFFERS', 'charges.shipping', '送料', 500),
      sum('GIFT_WRAP_DIFFERS', 'charges.giftWrap', '包装料', 200),
      sum('COD_DIFFERS', 'charges.cod', '代引手数料', 330),
      sum('DISCOUNT_DIFFERS', 'discounts', '割引', 100),
      sum('LINE_DIFFERS', 'items[0].subtotal', '1行目の小計', 3000),
      sum('LINE_TOTAL_DIFFERS', 'items[0].subtotal', '1行目の合計', 3400),
      sum('LINE_DIFFERS', 'items[1].subtotal', '2行目の小計', 960),
      sum('LINE_TOTAL_DIFFERS', 'items[1].subtotal', '2行目の合計', 1590),
      sum('PAYMENT_DIFFERS', 'totals.billed', '支払額', 4990),
    ])
  })

  it('are not those of which Amazon says nothing', () => {
    const codes = (...given: Parameters<typeof order>) => sumChecks(order(...given)).map(({ code }) => code)
    expect(codes([line('1', { parts: null })], { parts: null })).toEqual([])
    expect(codes([line('1')], { total: 100, paid: [] })).toEqual([])
    const lineSums = ['LINE_DIFFERS', 'LINE_TOTAL_DIFFERS']
    // No breakdowns of the order, or none of one of its lines: nothing stands beside the other.
    expect(codes(twoLines, { total: 4990, parts: null })).toEqual(['TOTAL_DIFFERS', ...lineSums, ...lineSums])
    const half = codes([twoLines[0] ?? {}, line('2', { parts: null })], { total: 4990, parts: ALL })
    expect(half).toEqual(['TOTAL_DIFFERS', ...lineSums])
    expect(
      codes([line('1')], {
        paid: [
          ['CreditCard', 1],
          ['CreditCard', null],
        ],
      }),
    ).toEqual([])
    const withoutProceeds = sumChecks(order([line('1')], { parts: null, paid: [['CreditCard', 5]] }))
    expect(withoutProceeds).toMatchObject([{ code: 'PAYMENT_DIFFERS', expected: null, actual: 5 }])
    const [byPiece] = sumChecks(order([line('1', { parts: [part('ITEM', 5)] })])).slice(-2)
    expect(byPiece).toMatchObject({ code: 'LINE_DIFFERS', expected: null, actual: 5 })
  })

  it('hold a tax on top where it lies', () => {
    const taxed = [part('ITEM', 1000), part('TAX', 100)]
    const onTop = sumChecks(order([line('1', { parts: taxed, total: 1100 })], { total: 1100, parts: taxed }))
    for (const { code, expected, actual } of onTop)
      if (code.includes('TOTAL')) expect([code, expected, actual]).toEqual([code, 1100, 1100])
    expect(onTop.map(({ code }) => code)).toContain('LINE_TOTAL_DIFFERS')
  })
})

it('names the line whose pieces are not all shipped or to be shipped, but for cancelled ones', () => {
  const fulfillment = (quantityFulfilled: unknown, quantityUnfulfilled: unknown) => ({
    fulfillment: { quantityFulfilled, quantityUnfulfilled },
  })
  const warnings = (more: object) =>
    quantityWarnings(order([line('1', { more: fulfillment(0, 1) }), line('2', { quantity: 5, more })]))
  expect(warnings(fulfillment(3, 1))).toEqual([
    {
      code: 'QUANTITY_DIFFERS',
      field: 'items[1].quantity',
      expected: 5,
      actual: 4,
      message:
        '2行目の出荷済み数と未出荷数の合計（4）が注文数（5）と一致しません。セラーセントラルで確認してください。',
    },
  ])
  for (const whole of [fulfillment(3, 2), fulfillment(3, undefined), fulfillment(null, 4), {}])
    expect(warnings(whole)).toEqual([])
  const cancelled = { cancellation: { cancellationExecution: { cancelledBy: 'BUYER' } } }
  expect(warnings({ ...fulfillment(3, 1), ...cancelled })).toEqual([])
  expect(warnings({ ...fulfillment(3, 1), cancellation: { cancellationRequest: {} } })).toHaveLength(1)
})

describe('amounts', () => {
  const discount = (amount: number, more: object) => ({
    kind: 'other',
    borneBy: 'unknown',
    amount,
    name: null,
    code: null,
    lineId: null,
    includedInPrices: false,
    ...more,
  })

  it('of goods are what the line says, else its price by piece, else nothing', () => {
    const [goods] = order([line('1', { quantity: 2, price: 7, parts: [part('ITEM', 15)] })]).orderItems
    const [byPiece] = order([line('1', { quantity: 2, price: 7, parts: null })]).orderItems
    const [postageOnly] = order([line('1', { price: 7, parts: [part('SHIPPING', 500)] })]).orderItems
    const [nothing] = order([line('1')]).orderItems
    expect([goods, byPiece, postageOnly, nothing].map((item) => item && goodsOf(item))).toEqual([
      15,
      14,
      7,
      null,
    ])
  })

  it('are those of the lines where the order states none, each part by itself', () => {
    const amounts = toAmounts(
      order([line('1', { parts: FIRST }), line('2', { parts: SECOND })], { parts: null }),
    )
    expect(amounts.charges).toEqual({
      goods: 3960,
      shipping: 500,
      cod: 330,
      paymentFee: 0,
      giftWrap: 200,
      adjustment: 0,
      other: 100,
    })
    expect(amounts.totals).toEqual({ total: 5090, billed: 4990 })
    expect(toAmounts(order([line('1', { parts: null })], { parts: null }))).toMatchObject({
      discounts: [],
      points: { used: 0, granted: null },
      totals: { total: 0, billed: 0 },
    })
  })

  it('give a discount to the lines that have it, with the promotions that made it', () => {
    const promoted = (...ids: (string | null)[]) => ({
      promotion: { breakdowns: ids.map((promotionId) => ({ promotionId })) },
    })
    const lines = [
      line('1', { parts: [part('ITEM', 500), part('DISCOUNT', -60)], more: promoted('P1', null, 'P2') }),
      line('2', { parts: [part('ITEM', 500), part('DISCOUNT', -40)] }),
      line('3', { parts: [part('ITEM', 500)], more: promoted('P3') }),
    ]
    expect(toAmounts(order(lines, { parts: null })).discounts).toEqual([
      discount(60, { name: 'P1、P2', lineId: '1' }),
      discount(40, { name: 'プロモーション割引', lineId: '2' }),
    ])
    const post = part('DISCOUNT', -560, { ITEM: -60, SHIPPING: -500 })
    const both = [
      line('1', { parts: [part('ITEM', 900), part('SHIPPING', 500), post], more: promoted('P1', 'P2') }),
    ]
    expect(toAmounts(order(both, { parts: null })).discounts).toEqual([
      discount(60, { name: 'P1、P2', lineId: '1' }),
      discount(500, { name: 'P1、P2（送料）', lineId: '1' }),
    ])
    const whole = order(lines, { parts: [part('ITEM', 1500), part('DISCOUNT', -150)] })
    expect(toAmounts(whole).discounts).toEqual([discount(150, { name: 'プロモーション割引' })])
    const unsaid = order([line('1', { parts: null })], { parts: [part('ITEM', 9), part('DISCOUNT', -1)] })
    expect(toAmounts(unsaid).discounts).toEqual([discount(1, { name: 'プロモーション割引' })])
  })

  it('take points and gift cards off what is billed', () => {
    const paid: Order['paid'] = [
      ['PointsAccount', 300],
      ['GiftCard', 200],
      ['CreditCard', null],
    ]
    const amounts = toAmounts(order([line('1')], { total: 1000, parts: [part('ITEM', 1000)], paid }))
    expect(amounts.discounts).toEqual([
      discount(300, { kind: 'points', borneBy: 'buyer', name: 'Amazonポイント' }),
      discount(200, { kind: 'gift_card', borneBy: 'buyer', name: 'Amazonギフトカード' }),
    ])
    expect(amounts.totals).toEqual({ total: 1000, billed: 500 })
    expect(amounts.points.used).toBe(300)
  })

  it('count the points of the lines that grant some', () => {
    const granting = (pointsNumber: number) => ({
      expense: { pointsCost: { pointsGranted: { pointsNumber } } },
    })
    const lines = [line('1', { more: granting(3) }), line('2'), line('3', { more: granting(4) })]
    const half = [{}, { pointsCost: null }, { pointsCost: { pointsGranted: null } }, { pointsCost: {} }]
    lines.push(...half.map((expense, index) => line(`half ${index}`, { more: { expense } })))
    expect(toAmounts(order(lines)).points.granted).toBe(7)
  })

  it('put a tax on top on the part it lies on, and what lies on none on the goods', () => {
    const details = { SHIPPING: 50, GIFT_WRAP: 20, COD_FEE: 33 }
    const parts = [
      // What makes up a postage is no tax on it.
      ...[
        part('ITEM', 3000),
        part('SHIPPING', 500, { SHIPPING: 7 }),
        part('GIFT_WRAP', 200),
        part('COD_FEE', 330),
      ],
      part('TAX', 403, { ...details, ITEM: 250 }),
    ]
    const of = (total: number | null) => toAmounts(order([line('1', { parts })], { total, parts })).charges
    expect(of(4433)).toMatchObject({ goods: 3300, shipping: 550, giftWrap: 220, cod: 363 })
    const inside = { goods: 3000, shipping: 500, giftWrap: 200, cod: 330 }
    for (const total of [4030, 4434, null]) expect(of(total)).toMatchObject(inside)
  })

  it('never take a tax of nothing, or one that the total holds as well, for one on top', () => {
    const both = [part('ITEM', 100), part('TAX', 0)]
    expect(toAmounts(order([line('1', { parts: both })], { total: 100, parts: both })).charges.goods).toBe(
      100,
    )
  })

  it('sum what a detail says twice, and leave out what it names nothing for', () => {
    const tax = {
      ...part('TAX', 30),
      detailedBreakdowns: [
        { subtype: 'SHIPPING', value: yen(4) },
        { subtype: 'SHIPPING', value: yen(6) },
        { subtype: 'SHIPPING', value: null },
        { subtype: null, value: yen(20) },
      ],
    }
    const parts = [part('ITEM', 200), part('SHIPPING', 100), tax]
    const { charges } = toAmounts(order([line('1', { parts })], { total: 330, parts }))
    expect(charges).toMatchObject({ goods: 220, shipping: 110 })
  })
})

describe('the tax by rate', () => {
  const row = (rate: number, total: number, tax: number) => ({
    rate,
    total,
    billed: total,
    taxable: total,
    tax,
    coupon: 0,
    points: 0,
    paymentFee: null,
    source: 'computed',
  })
  const taxed = (id: string, goods: number, tax: number) =>
    line(id, { parts: [part('ITEM', goods), part('TAX', tax)] })

  it('has postage, wrapping and fees at the standard rate', () => {
    const parts = [
      ...[part('ITEM', 2180), part('SHIPPING', 500), part('GIFT_WRAP', 200), part('COD_FEE', 330)],
      ...[part('OTHER', 70), part('TAX', 280)],
    ]
    expect(toAmounts(order([taxed('1', 1100, 100), taxed('2', 1080, 80)], { parts })).taxSummary).toEqual([
      row(10, 2200, 200),
      row(8, 1080, 80),
    ])
  })

  it('counts what comes on top to the totals', () => {
    const parts = [part('ITEM', 2000), part('SHIPPING', 500), part('TAX', 230)]
    const lines = [taxed('1', 1000, 100), taxed('2', 1000, 80)]
    expect(toAmounts(order(lines, { total: 2730, parts })).taxSummary).toEqual([
      row(10, 1650, 150),
      row(8, 1080, 80),
    ])
  })

  it('names no rate of which there is nothing', () => {
    const of = (parts: Part[]) => toAmounts(order([taxed('1', 1080, 80)], { parts })).taxSummary
    expect(of([part('ITEM', 1080), part('TAX', 80)])).toEqual([row(8, 1080, 80)])
    // A postage of which the tax is not told, and a tax of what nobody names.
    expect(of([part('ITEM', 1080), part('SHIPPING', 500), part('TAX', 80)])[0]).toMatchObject({
      total: 500,
      tax: 0,
    })
    expect(of([part('ITEM', 1080), part('TAX', 90)])).toEqual([row(8, 1080, 80)])
  })

  it('is not told where a line’s rate cannot be', () => {
    const parts = [part('ITEM', 2000), part('TAX', 150)]
    expect(
      toAmounts(order([taxed('1', 1100, 100), line('2', { parts: null })], { parts })).taxSummary,
    ).toEqual([])
    expect(toAmounts(order([], { parts })).taxSummary).toEqual([])
    expect(rateOf(1100, 100, false)).toBe(10)
    expect(rateOf(1080, 80, false)).toBe(8)
    expect(rateOf(1100, 100, true)).toBeNull()
    expect(rateOf(1000, -100, true)).toBeNull()
    expect(rateOf(0, 1, true)).toBeNull()
  })
})
