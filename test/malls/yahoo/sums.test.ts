import { describe, expect, it } from 'vitest'
import { read as readOrder } from './fixtures/order-info.ts'

type Fields = Record<string, string>

/** An order of lines of 1,000 yen each. */
const read = (order: Fields = {}, detail: Fields = {}, lines: Fields[] = [{}]) =>
  readOrder(
    order,
    { Detail: { TotalPrice: String(1000 * lines.length), ...detail } },
    lines.map((line, at) => ({
      LineId: String(at + 1),
      Title: 'a',
      UnitPrice: '1000',
      Quantity: '1',
      ...line,
    })),
  )
const rates = (...args: Parameters<typeof read>) => read(...args).taxSummary

describe('what Yahoo! charges', () => {
  it('is named in Japanese where it differs', () => {
    const { warnings } = read({}, { TotalPrice: '900', SettleAmount: '-800' })
    expect(warnings).toMatchObject([
      { code: 'TOTAL_DIFFERS', field: 'totals.billed', expected: 1000, actual: 900 },
      { code: 'SETTLE_AMOUNT_DIFFERS', field: 'mallFields.Detail.SettleAmount', expected: 900, actual: -800 },
    ])
    expect(warnings.map(({ message }) => message.split('が')[0])).toEqual(['請求金額', '決済金額'])
  })

  it.each(['800円', '¥800', '1'.repeat(13), ''])(
    'is not compared with a settled amount of %s',
    (SettleAmount) => {
      expect(read({}, { SettleAmount }).warnings).toEqual([])
    },
  )

  it('has points, and coupons of the shop and for the postage, each by its name', () => {
    const order = read({ ShippingCouponDiscount: '300' }, { UsePoint: '100', TotalPrice: '900' })
    const common = { code: null, lineId: null }
    expect(order.discounts).toEqual([
      {
        ...common,
        kind: 'points',
        borneBy: 'buyer',
        name: 'ポイント利用',
        amount: 100,
        includedInPrices: false,
      },
      {
        ...common,
        kind: 'coupon',
        borneBy: 'unknown',
        name: '送料クーポン',
        amount: 300,
        includedInPrices: true,
      },
    ])
    expect(read({ ShippingCouponDiscount: '0' }).discounts).toEqual([])
  })

  it('names a store coupon by its line’s code, else by the order’s', () => {
    const lines = [{ CouponDiscount: '100', CouponData: 'C-1' }, { CouponDiscount: '50' }, {}]
    const coded = (total: Fields) =>
      read({ UseCouponData: 'C-0', ...total }, {}, lines).discounts.map(({ amount, code, lineId }) => [
        ...[amount, code, lineId],
      ])
    const byLine = [
      [100, 'C-1', '1'],
      [50, 'C-0', '2'],
    ]
    expect(coded({})).toEqual(byLine)
    expect(coded({ TotalCouponDiscount: '150' })).toEqual(byLine)
    expect(coded({ TotalCouponDiscount: '200' })).toEqual([[200, 'C-0', null]])
    expect(coded({ TotalCouponDiscount: '0' })).toEqual([])
  })

  it('grants the points of the lines that say some', () => {
    expect(
      read({}, {}, [{ UnitGetPoint: '5', Quantity: '1' }, {}, { UnitGetPoint: '7' }]).points.granted,
    ).toBe(12)
    expect(read({}, {}, [{}]).points.granted).toBeNull()
  })

  it('is summed by rate, the highest first, postage and fees at the standard rate', () => {
    const reduced = [{ ItemTaxRatio: '8' }, { ItemTaxRatio: '8' }]
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
    expect(rates({}, {}, reduced)).toEqual([row(8, 2000, 148)])
    const fees = { ShipCharge: '500', PayCharge: '30', GiftWrapCharge: '4', TotalPrice: '2534' }
    expect(rates({}, fees, reduced)).toEqual([row(10, 534, 48), row(8, 2000, 148)])
    expect(rates({}, fees, [{ ItemTaxRatio: '8' }, { ItemTaxRatio: '10' }])).toMatchObject([
      { rate: 10, total: 1534 },
      { rate: 8, total: 1000 },
    ])
    expect(rates({}, {}, [{ ItemTaxRatio: '8' }, {}])).toEqual([])
  })
})
