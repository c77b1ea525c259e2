import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cappedHttp } from '../../support/malls/test-kit.ts'
import { type ShopifyRig, shopifyRig } from './test-kit.ts'

let rig: ShopifyRig
beforeAll(async () => {
  rig = await shopifyRig()
})
afterAll(() => rig.mall.close())

const yen = (amount: number) => ({ shopMoney: { amount: `${amount}.0`, currencyCode: 'JPY' } })
const tax = (ratePercentage: number, amount: number) => [
  { title: '消費税', ratePercentage, priceSet: yen(amount) },
]
const line = (n: number, price: number, quantity: number, more: object = {}) => ({
  id: `gid://shopify/LineItem/7${n}`,
  title: `商品${n}`,
  quantity,
  currentQuantity: quantity,
  taxLines: [],
  discountAllocations: [],
  variantTitle: null,
  customAttributes: [],
  originalUnitPriceSet: yen(price),
  ...more,
})
const shipping = (price: number, more: object = {}) => [
  {
    title: '宅配便',
    code: 'x',
    discountedPriceSet: yen(price),
    currentDiscountedPriceSet: yen(price),
    taxLines: [],
    ...more,
  },
]
const read = (overrides: Record<string, unknown>, settings = {}) =>
  rig.read(rig.place(overrides), { settings })

describe('money', () => {
  it('with tax included: lines less discounts and postage are the bill, tax by rate', async () => {
    const order = await read({
      taxesIncluded: true,
      discountCodes: ['HARU'],
      lineItems: [
        line(1, 1_100, 2, {
          taxLines: tax(10, 180),
          discountAllocations: [{ allocatedAmountSet: yen(220) }],
        }),
        line(2, 540, 1, { taxLines: tax(8, 40) }),
      ],
      shippingLines: shipping(550, { taxLines: tax(10, 50) }),
      totalPriceSet: yen(3_070),
    })
    expect(order.warnings).toEqual([])
    expect(order.charges).toMatchObject({ goods: 2_740, shipping: 550 })
    expect(order.totals).toEqual({ total: 3_290, billed: 3_070 })
    expect(order.discounts).toMatchObject([{ kind: 'coupon', code: 'HARU', amount: 220, lineId: '71' }])
  })

  it('before tax: prices stay as the shop has them, sums are with tax', async () => {
    const order = await read({
      taxesIncluded: false,
      discountCodes: [],
      lineItems: [
        line(1, 1_000, 2, {
          taxLines: tax(10, 180),
          discountAllocations: [{ allocatedAmountSet: yen(200) }],
        }),
        line(2, 505, 1, { taxLines: tax(8, 40) }),
      ],
      shippingLines: shipping(500, { taxLines: tax(10, 50) }),
      totalPriceSet: yen(1_980 + 545 + 550),
    })
    expect(order.warnings).toEqual([])
    expect(order.items).toMatchObject([
      { unitPrice: 1_000, taxIncluded: false, taxRate: 10, subtotal: 2_200 },
      { unitPrice: 505, taxRate: 8, subtotal: 545 },
    ])
    expect(order.discounts).toMatchObject([{ kind: 'store_discount', amount: 220 }])
    expect(order.charges).toMatchObject({ goods: 2_745, shipping: 550, adjustment: 0 })
    expect(order.totals).toEqual({ total: 3_295, billed: 3_075 })
    expect(order.taxSummary.map(({ rate, billed }) => [rate, billed])).toEqual([
      [10, 2_530],
      [8, 545],
    ])
  })

  const taken = (gateway: string, amount: number, status = 'SUCCESS') => ({
    kind: 'SALE',
    status,
    gateway,
    formattedGateway: gateway,
    processedAt: '2026-01-15T03:00:00Z',
    amountSet: yen(amount),
  })
  const COD = 'Cash on Delivery (COD)'

  it.each([
    ['unpaid', 'PENDING', [taken(COD, 3_000, 'PENDING')], ['cod', 'unpaid', 3_000]],
    [
      'paid by card after all',
      'PAID',
      [taken(COD, 3_000, 'PENDING'), taken('shopify_payments', 3_000)],
      ['credit_card', 'paid', 0],
    ],
    ['marked as paid', 'PAID', [taken(COD, 3_000)], ['cod', 'paid', 0]],
    [
      'paid in part',
      'PARTIALLY_PAID',
      [taken(COD, 3_000, 'PENDING'), taken('shopify_payments', 1_000)],
      ['cod', 'unpaid', 2_000],
    ],
  ] as const)('代引 %s: what is outstanding', async (_what, displayFinancialStatus, transactions, told) => {
    const { payment } = await read({
      paymentGatewayNames: [...new Set(transactions.map(({ gateway }) => gateway))],
      displayFinancialStatus,
      transactions,
      totalPriceSet: yen(3_000),
    })
    expect([payment.kind, payment.status, payment.outstanding]).toEqual(told)
  })

  it.each([
    ['VOIDED', {}, ['unpaid'], []],
    ['REFUNDED', {}, ['shop_hold'], ['refunded']],
    ['PAID', { test: true }, ['shop_hold'], ['test_order']],
    ['PAID', {}, [], []],
  ])('%s with pieces left %o is held: %j', async (displayFinancialStatus, more, holds, flags) => {
    const order = await read({ displayFinancialStatus, tags: [], ...more })
    expect(order.holds.map(({ kind }) => kind)).toEqual(holds)
    expect(order.flags.filter((flag) => !flag.startsWith('#'))).toEqual(flags)
  })

  it('a piece taken back leaves its line with what stays; a whole line is deleted', async () => {
    const order = await read({
      taxesIncluded: true,
      lineItems: [line(1, 1_000, 3, { currentQuantity: 2 }), line(2, 500, 1, { currentQuantity: 0 })],
      shippingLines: shipping(0),
      totalPriceSet: yen(3_500),
      currentTotalPriceSet: yen(2_000),
      totalRefundedSet: yen(1_500),
      displayFinancialStatus: 'PARTIALLY_REFUNDED',
    })
    expect(order.items).toMatchObject([
      { quantity: 2, deleted: false, subtotal: 2_000 },
      { quantity: 1, deleted: true },
    ])
    expect(order.totals).toEqual({ total: 2_000, billed: 2_000 })
    expect(order.warnings).toEqual([])
    expect(order.reversals).toMatchObject([
      { kind: 'partial_cancel', lineId: '71', quantity: 1 },
      { kind: 'partial_cancel', lineId: '72', quantity: 1 },
      { kind: 'refund', amount: 1_500 },
    ])
  })

  it('a gift card is money; a total that does not add up is told', async () => {
    const sale = (gateway: string, amount: number) => ({
      kind: 'SALE',
      status: 'SUCCESS',
      gateway,
      formattedGateway: gateway,
      processedAt: '2026-11-20T03:00:00Z',
      amountSet: yen(amount),
    })
    const base = { taxesIncluded: true, lineItems: [line(1, 1_000, 1)], shippingLines: shipping(0) }
    const order = await read({
      ...base,
      totalPriceSet: yen(1_000),
      paymentGatewayNames: ['gift_card', 'shopify_payments'],
      transactions: [sale('gift_card', 300), sale('shopify_payments', 700)],
    })
    expect(order).toMatchObject({
      totals: { total: 1_000, billed: 700 },
      payment: { kind: 'credit_card', paidAt: '2026-11-20T12:00:00+09:00' },
    })
    expect(order.discounts).toMatchObject([{ kind: 'gift_card', borneBy: 'buyer', amount: 300 }])
    const other = await read({ ...base, totalPriceSet: yen(1_234) })
    expect(other.warnings).toMatchObject([{ code: 'TOTAL_DIFFERS', expected: 1_000, actual: 1_234 }])
  })
})

describe('who and where', () => {
  it('a prefecture comes in Japanese whatever the shop’s language; abroad it stays', async () => {
    const address = {
      firstName: '小春',
      lastName: '星野',
      name: null,
      zip: '100-0001',
      province: 'Tōkyō',
      provinceCode: 'JP-13',
    }
    const order = await read({ shippingAddress: { ...address, countryCodeV2: 'JP' } })
    expect(order.recipients[0]?.person).toMatchObject({
      fullName: '星野 小春',
      prefecture: '東京都',
      postalCode: '1000001',
    })
    const abroad = await read({
      shippingAddress: { ...address, countryCodeV2: 'US', province: 'Ohio', provinceCode: 'OH' },
    })
    expect(abroad.recipients[0]?.person.prefecture).toBe('Ohio')
  })

  it('a pick-up at the shop has no address to wait for', async () => {
    const { orderNumber } = rig.mall.place({ shape: 'pickup', overrides: { shippingAddress: null } })
    const order = await rig.read(orderNumber)
    expect(order.recipients[0]).toMatchObject({ addressPending: false, pickup: { kind: 'shop' } })
    expect(order.flags).toContain('pickup')
  })

  it.each([
    [
      [
        ['お届け希望日', '2026/12/24(木)'],
        ['お届け希望時間帯', '14時-16時'],
      ],
      {},
      { date: '2026-12-24', timeFrom: '14:00', timeTo: '16:00' },
    ],
    [[['Delivery-Date', '2026-12-24']], {}, { date: '2026-12-24', timeText: null }],
    [[['配送希望日', '2026-02-30']], {}, { date: null }],
    [
      [
        ['着日', '2026年1月5日'],
        ['区分', '午前中'],
      ],
      { wishDayName: '着日', wishBandName: '区分' },
      { date: '2026-01-05', timeTo: '12:00' },
    ],
  ])('the wish in %j', async (pairs, settings, wish) => {
    const customAttributes = (pairs as string[][]).map(([key, value]) => ({ key, value }))
    expect((await read({ customAttributes }, settings)).recipients[0]?.wish).toMatchObject(wish)
  })
})

describe('states and marks', () => {
  it('tags are marks, and an order that looks like fraud is marked', async () => {
    const order = await read({ tags: ['予約', 'VIP'], risk: { recommendation: 'INVESTIGATE' } })
    expect(order.flags).toEqual(['caution', '#予約', '#VIP'])
  })

  it('a word that no version of ours knows leaves the order open, and is told', async () => {
    const number = rig.place({ displayFulfillmentStatus: 'OPEN' })
    const real = cappedHttp(5_000)
    const saying = (word: string) => ({
      async request(...given: Parameters<typeof real.request>) {
        const answer = await real.request(...given)
        return { ...answer, body: Buffer.from(answer.body.toString().replaceAll('"OPEN"', `"${word}"`)) }
      },
    })
    const order = await rig.read(number, { http: saying('TELEPORTED') })
    expect(order.mallState).toBe('open')
    expect(rig.marketplace.unknowns(order)).toMatchObject([
      { field: 'displayFulfillmentStatus', code: 'TELEPORTED' },
    ])
    const later = await rig.read(number, { http: saying('FULFILLMENT_NOT_REQUIRED') })
    expect(later.mallState).toBe('shipped')
  })

  it.each([
    [['銀行振込'], 'PENDING', 'bank_transfer', ['unpaid']],
    [['Cash on Delivery (COD)'], 'PENDING', 'cod', []],
    [['コンビニ決済 (KOMOJU)'], 'PENDING', 'convenience_store', ['unpaid']],
    [['PayPay'], 'AUTHORIZED', 'wallet', []],
    [['shopify_payments'], 'EXPIRED', 'credit_card', ['unpaid']],
  ])('%j %s: %s', async (paymentGatewayNames, displayFinancialStatus, kind, holds) => {
    const order = await read({ paymentGatewayNames, displayFinancialStatus, transactions: [] })
    expect(order.payment.kind).toBe(kind)
    expect(order.holds.map((one) => one.kind)).toEqual(holds)
  })
})
