import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toOrder } from '../../../src/marketplaces/rakuten/orders/to-order.ts'
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
