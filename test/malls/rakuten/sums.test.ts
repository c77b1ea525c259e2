import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goodsWithTax, sumChecks, wrappingFee } from '../../../src/marketplaces/rakuten/orders/to-amounts.ts'
import { toOrder } from '../../../src/marketplaces/rakuten/orders/to-order.ts'
import { WireOrder } from '../../../src/marketplaces/rakuten/wire.ts'
import { sampleOrder } from './fixtures/order.ts'

const SHOP = '654321'
const order = (patch: Record<string, unknown> = {}) => toOrder(sampleOrder(patch), SHOP)
const basket = (patch: Record<string, unknown>) => ({ PackageModelList: [patch] })

describe('amounts', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['goods', { goodsPrice: 3701 }, 'GOODS_DIFFER'],
    ['postage', { postagePrice: 601 }, 'SHIPPING_DIFFERS'],
    ['COD fee', { deliveryPrice: 330 }, 'COD_DIFFERS'],
    ['total', { totalPrice: 4421 }, 'TOTAL_DIFFERS'],
    ['billed', { requestPrice: 3771 }, 'BILLED_DIFFERS'],
    ['coupons', { couponShopPrice: 100 }, 'COUPON_DIFFERS'],
    ['coupon list', { CouponModelList: [{ couponTotalPrice: 1 }] }, 'COUPON_LIST_DIFFERS'],
    ['tax summary', { TaxSummaryModelList: [{ reqPrice: 1 }] }, 'TAX_SUMMARY_DIFFERS'],
    ['negative price', basket({ ItemModelList: [{ price: -5, priceTaxIncl: -5 }] }), 'NEGATIVE_PRICE'],
    ['no quantity', basket({ ItemModelList: [{ units: 0 }] }), 'QUANTITY_NOT_POSITIVE'],
  ])('a strange %s is a warning, not a refusal', (_name, patch, code) => {
    const { warnings } = order(patch)
    expect(warnings.map((warning) => warning.code)).toContain(code)
    for (const warning of warnings) expect(warning.message).toMatch(/[ぁ-ん]/)
  })

  it('takes wrapping beside the goods or within them', () => {
    expect(order({ goodsPrice: 3500 }).warnings).toEqual([])
  })

  it('leaves removed lines, baskets and wrappings out of the sums', () => {
    const removed = order({
      ...basket({ ItemModelList: [{}, { deleteItemFlag: 1 }] }),
      WrappingModel1: { deleteWrappingFlag: 1 },
      goodsPrice: 2000,
      totalPrice: 2600,
      requestPrice: 1950,
      TaxSummaryModelList: null,
    })
    expect(removed.warnings).toEqual([])
    expect(removed.items.map((item) => item.deleted)).toEqual([false, true])
    expect(removed.gift.wrappings).toEqual([])
  })

  it('counts an amount that is not fixed as 0, and compares nothing', () => {
    const result = order({ requestPrice: -9999, ...basket({ postagePrice: -9999 }) })
    expect(result.totals.billed).toBe(0)
    expect(result.recipients[0]?.shippingFee).toBeNull()
    expect(result.warnings.map((warning) => warning.code)).toEqual(['AMOUNT_PENDING'])
    expect(result.warnings[0]?.message).toContain('requestPrice')
  })

  it('adds up for any lines, taxed or not, one basket or several', () => {
    const line = fc.record({
      price: fc.integer({ min: 0, max: 50_000 }),
      units: fc.integer({ min: 1, max: 20 }),
      taxed: fc.boolean(),
      taxRate: fc.constantFrom(0.1, 0.08, 0),
    })
    fc.assert(
      fc.property(
        fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
        (baskets) => {
          const result = toOrder(modelOf(baskets), SHOP)
          expect(result.warnings).toEqual([])
          expect(result.items).toHaveLength(baskets.flat().length)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('maps 2,000 lines', () => {
    const lines = Array.from({ length: 2000 }, (_, index) => ({
      itemDetailId: index,
      price: 10,
      priceTaxIncl: 10,
    }))
    const result = order(basket({ ItemModelList: lines }))
    expect(result.items).toHaveLength(2000)
    expect(new Set(result.items.map((item) => item.lineId)).size).toBe(2000)
  })
})

describe('each sum', () => {
  const wire = (patch: Record<string, unknown> = {}) => WireOrder.parse(sampleOrder(patch))
  const sums = (patch: Record<string, unknown> = {}) =>
    new Map(sumChecks(wire(patch)).map(({ code, expected, actual }) => [code, [expected, actual]]))
  const removedBasket = { packageDeleteFlag: 1, ItemModelList: [{}, {}] }

  it('has its name, its place, what the parts add up to and what the mall says', () => {
    const fees = { deliveryPrice: 330, paymentCharge: 110, additionalFeeOccurAmountToUser: 55 }
    const order = wire({
      ...fees,
      requestPrice: 4265,
      PackageModelList: [{ deliveryPrice: 330 }, removedBasket],
      TaxSummaryModelList: [{ reqPrice: 2945 }, { reqPrice: 1620 }],
    })
    const sum = (code: string, field: string, label: string, amount: number) => ({
      code,
      field,
      label,
      expected: amount,
      actual: amount,
    })
    expect(sumChecks(order)).toEqual([
      sum('GOODS_DIFFER', 'charges.goods', '商品合計', 3700),
      sum('SHIPPING_DIFFERS', 'charges.shipping', '送料', 600),
      sum('COD_DIFFERS', 'charges.cod', '代引手数料', 330),
      sum('TOTAL_DIFFERS', 'totals.total', '合計', 4420),
      sum('BILLED_DIFFERS', 'totals.billed', '請求金額', 4265),
      sum('COUPON_DIFFERS', 'discounts', 'クーポン利用額', 350),
      sum('COUPON_LIST_DIFFERS', 'discounts', 'クーポン利用額', 350),
      sum('TAX_SUMMARY_DIFFERS', 'taxSummary', '税率別の請求額', 4565),
    ])
  })

  it('of what is not listed, or not wholly, is not made', () => {
    expect(sums({ CouponModelList: [] }).has('COUPON_LIST_DIFFERS')).toBe(false)
    expect(sumChecks(wire({ CouponModelList: [], TaxSummaryModelList: [] }))).toHaveLength(6)
    const half = sumChecks(wire({ TaxSummaryModelList: [{ reqPrice: 2450 }, { reqPrice: null }] }))
    expect(half).toHaveLength(7)
  })

  it('of the tax is before points or after them, and before them where neither fits', () => {
    const tax = (first: number) =>
      sums({ TaxSummaryModelList: [{ reqPrice: first }, { reqPrice: 1620 }] }).get('TAX_SUMMARY_DIFFERS')
    expect([tax(2450), tax(2150), tax(1)]).toEqual([
      [4070, 4070],
      [3770, 3770],
      [4070, 1621],
    ])
  })

  it('of the goods is with wrapping or without, and with it where neither fits', () => {
    const goods = (patch: Record<string, unknown>) => sums(patch).get('GOODS_DIFFER')
    expect([3700, 3500, 1].map((goodsPrice) => goods({ goodsPrice }))).toEqual([
      [3700, 3700],
      [3500, 3500],
      [3700, 1],
    ])
    expect(goods({ goodsPrice: 1, WrappingModel1: null })).toEqual([3500, 1])
  })

  it('of wrapping holds its tax, and no wrapping that was removed', () => {
    const second = {
      title: 2,
      name: '箱',
      price: 100,
      includeTaxFlag: 0,
      taxPrice: 10,
      deleteWrappingFlag: 0,
    }
    expect(wrappingFee(wire({ WrappingModel2: second }))).toBe(310)
    expect(wrappingFee(wire({ WrappingModel2: { ...second, taxPrice: -9999 } }))).toBe(300)
    expect(wrappingFee(wire({ WrappingModel2: { ...second, price: null } }))).toBe(210)
    expect(wrappingFee(wire({ WrappingModel2: { ...second, deleteWrappingFlag: 1 } }))).toBe(200)
    expect(wrappingFee(wire({ WrappingModel1: null }))).toBe(0)
  })

  it('of the lines rounds by piece or by line: whichever makes the total', () => {
    // 105 yen and 8 %: 113 a piece, 340 for three.
    const line = { price: 105, units: 3, includeTaxFlag: 0, taxRate: 0.08, priceTaxIncl: 113 }
    const lines = [
      line,
      { ...line, deleteItemFlag: 1 },
      { price: 50, units: 2, includeTaxFlag: 1, priceTaxIncl: 50 },
    ]
    const of = (totalPrice: number) => {
      const patch = { totalPrice, PackageModelList: [{ ItemModelList: lines }, removedBasket] }
      return [goodsWithTax(wire(patch)), sums(patch).get('TOTAL_DIFFERS')]
    }
    const beside = 600 + 200
    expect(of(439 + beside)).toEqual([439, [1239, 1239]])
    expect(of(440 + beside)).toEqual([440, [1240, 1240]])
    expect(of(1)).toEqual([439, [1239, 1]])
  })

  it('of a line without a rate is its price, and one that comes out even is not rounded down', () => {
    const of = (line: Record<string, unknown>, totalPrice: number) =>
      goodsWithTax(
        wire({
          totalPrice,
          WrappingModel1: null,
          PackageModelList: [{ ItemModelList: [{ includeTaxFlag: 0, ...line }] }],
        }),
      )
    expect(of({ price: 100, units: 2, taxRate: null, priceTaxIncl: 1 }, 800)).toBe(200)
    expect(of({ price: 1000, units: 1, taxRate: 0.08, priceTaxIncl: 1 }, 1680)).toBe(1080)
  })
})

interface Line {
  price: number
  units: number
  taxed: boolean
  taxRate: number
}

function modelOf(baskets: Line[][]): Record<string, unknown> {
  const taxIncluded = ({ price, taxed, taxRate }: Line) =>
    taxed ? price : Math.floor((price * (100 + Math.round(taxRate * 100))) / 100)
  const goodsPrice = baskets.flat().reduce((sum, line) => sum + line.price * line.units, 0)
  const goods = baskets.flat().reduce((sum, line) => sum + taxIncluded(line) * line.units, 0)
  const totalPrice = goods + 500 * baskets.length
  let itemDetailId = 0
  return sampleOrder({
    goodsPrice,
    postagePrice: 500 * baskets.length,
    totalPrice,
    requestPrice: totalPrice - 350 - 300,
    WrappingModel1: null,
    TaxSummaryModelList: null,
    PackageModelList: baskets.map((lines, index) => ({
      basketId: index + 1,
      postagePrice: 500,
      ItemModelList: lines.map((line) => ({
        itemDetailId: ++itemDetailId,
        price: line.price,
        units: line.units,
        includeTaxFlag: line.taxed ? 1 : 0,
        taxRate: line.taxRate,
        priceTaxIncl: taxIncluded(line),
      })),
    })),
  })
}
