import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/marketplaces/kit/field-reader.ts'
import { type orderInfo, read } from './fixtures/order-info.ts'

describe('money', () => {
  describe('今すぐ利用 and 商品券, which UsePoint has in it', () => {
    const goods = [{ LineId: '1', Title: 'a', UnitPrice: '5580', Quantity: '1', ItemTaxRatio: '10' }]
    const paid = (Detail: Record<string, string>) => {
      const { totals, points, discounts, taxSummary, warnings } = read({}, { Detail }, goods)
      return {
        totals,
        points: points.used,
        discounts: discounts.map(({ kind, amount }) => [kind, amount]),
        tax: taxSummary.map(({ rate, total, billed }) => [rate, total, billed]),
        warnings: warnings.map(({ code }) => code),
      }
    }

    it.each([
      ['the points are stated alone', { UsePaypayPoint: '0' }],
      ['only the sum is stated', {}],
      ['their element is empty', { UsePaypayPoint: '' }],
    ])('758 yen of benefit and no point: %s', (_, more) => {
      expect(
        paid({ UsePoint: '758', TotalImmediateBonusAmount: '758', TotalPrice: '4822', ...more }),
      ).toEqual({
        totals: { total: 5580, billed: 4822 },
        points: 0,
        discounts: [['bonus', 758]],
        tax: [[10, 5580, 4822]],
        warnings: [],
      })
    })

    it('points, benefit and gift card together', () => {
      const stated = { UsePoint: '1258', TotalImmediateBonusAmount: '758', GiftCardDiscount: '200' }
      for (const more of [{}, { UsePaypayPoint: '300' }])
        expect(paid({ ...stated, TotalPrice: '4322', ...more })).toMatchObject({
          totals: { total: 5580, billed: 4322 },
          points: 300,
          warnings: [],
        })
    })

    it('points that are stated alone and do not make the total: by the sum', () => {
      const stated = { UsePoint: '1058', UsePaypayPoint: '1', TotalImmediateBonusAmount: '758' }
      expect(paid({ ...stated, TotalPrice: '4522' })).toMatchObject({ points: 300, warnings: [] })
    })

    it('neither makes the total: told, with the amounts as they are stated', () => {
      const stated = { UsePoint: '100', TotalImmediateBonusAmount: '758' }
      expect(paid({ ...stated, TotalPrice: '4000' })).toMatchObject({
        totals: { billed: 4000 },
        points: 100,
        warnings: ['TOTAL_DIFFERS'],
      })
    })
  })

  it('adds up by Yahoo!’s formula, empty amounts being zero', () => {
    const order = read(
      {},
      {
        Detail: {
          PayCharge: '330',
          ShipCharge: '550',
          GiftWrapCharge: '220',
          Discount: '100',
          Adjustments: '-50',
          UsePoint: '330',
          GiftCardDiscount: '200',
          TotalMallCouponDiscount: '300',
          TotalImmediateBonusAmount: '10',
          TotalPrice: '5030',
          SettleAmount: '5030',
        },
      },
      [
        { LineId: '1', Title: 'a', UnitPrice: '1980', Quantity: '2', ItemTaxRatio: '10' },
        { LineId: '2', Title: 'b', UnitPrice: '750', Quantity: '1', ItemTaxRatio: '8' },
      ],
    )
    expect(order.warnings).toEqual([])
    expect(order.charges).toEqual({
      goods: 4710,
      shipping: 550,
      cod: 0,
      paymentFee: 330,
      giftWrap: 220,
      adjustment: -50,
      other: 0,
    })
    expect(order.totals).toEqual({ total: 5760, billed: 5030 })
    expect(order.points).toEqual({ used: 120, granted: null })
    expect(order.taxSummary.map(({ rate, total }) => [rate, total])).toEqual([
      [10, 5016],
      [8, 744],
    ])
    expect(
      order.discounts.map(({ kind, borneBy, amount, includedInPrices }) => [
        kind,
        borneBy,
        amount,
        includedInPrices,
      ]),
    ).toEqual([
      ['points', 'buyer', 120, false],
      ['store_discount', 'shop', 100, false],
      ['coupon', 'marketplace', 300, false],
      ['bonus', 'marketplace', 10, false],
      ['gift_card', 'marketplace', 200, false],
    ])
  })

  it('warns of a difference and keeps the order', () => {
    const order = read({}, { Detail: { TotalPrice: '900', SettleAmount: '800' } })
    expect(order.totals.billed).toBe(900)
    expect(order.warnings.map(({ code, expected, actual }) => [code, expected, actual])).toEqual([
      ['TOTAL_DIFFERS', 1000, 900],
      ['SETTLE_AMOUNT_DIFFERS', 900, 800],
    ])
  })

  it('does not take store coupons off again', () => {
    const order = read({ TotalCouponDiscount: '200', UseCouponData: 'C-1' }, {}, [
      {
        LineId: '1',
        Title: 'a',
        UnitPrice: '1000',
        Quantity: '1',
        CouponDiscount: '200',
        OriginalPrice: '1200',
        CouponData: 'C-1',
      },
    ])
    expect(order.warnings).toEqual([])
    expect(order.discounts).toEqual([
      {
        kind: 'coupon',
        borneBy: 'shop',
        name: 'ストアクーポン',
        amount: 200,
        code: 'C-1',
        lineId: '1',
        includedInPrices: true,
      },
    ])
    expect(order.totals).toEqual({ total: 1000, billed: 1000 })
  })

  it('names a store coupon once when the lines do not explain its sum', () => {
    const order = read({ TotalCouponDiscount: '400' }, {}, [
      { LineId: '1', Title: 'a', UnitPrice: '500', Quantity: '2', CouponDiscount: '200' },
    ])
    expect(order.discounts).toMatchObject([{ amount: 400, lineId: null, includedInPrices: true }])
  })

  it('counts the fee of cash on delivery as such', () => {
    const order = read(
      {},
      {
        Pay: { PayMethod: 'payment_d1', PayStatus: '0', SettleStatus: '2' },
        Detail: { PayCharge: '330', TotalPrice: '1330' },
      },
    )
    expect(order.charges).toMatchObject({ cod: 330, paymentFee: 0 })
    expect(order.recipients[0]?.codFee).toBe(330)
  })

  it('shows a negative price and no quantity as warnings', () => {
    const order = read({}, { Detail: { TotalPrice: '-1000' } }, [
      { LineId: '1', Title: 'a', UnitPrice: '-1000', Quantity: '1' },
      { LineId: '1', Title: 'b', UnitPrice: '100', Quantity: '0' },
    ])
    expect(order.warnings.map(({ code }) => code)).toEqual([
      'NEGATIVE_PRICE',
      'QUANTITY_NOT_POSITIVE',
      'LINE_ID_TWICE',
    ])
  })

  it('reads 2,000 lines', () => {
    const items = Array.from({ length: 2000 }, (_, index) => ({
      LineId: String(index + 1),
      Title: 'a',
      UnitPrice: '10',
      Quantity: '1',
    }))
    const order = read({}, { Detail: { TotalPrice: '20000' } }, items)
    expect(order.items).toHaveLength(2000)
    expect(order.warnings).toEqual([])
  })

  it.each<[string, Parameters<typeof orderInfo>]>([
    ['OrderId', [{ OrderId: '' }]],
    ['OrderStatus', [{ OrderStatus: '' }]],
    ['OrderTime', [{ OrderTime: '昨日' }]],
    ['Detail.TotalPrice', [{}, { Detail: { TotalPrice: '' } }]],
    ['Detail.TotalPrice', [{}, { Detail: { TotalPrice: '1,000' } }]],
    ['Detail.ShipCharge', [{}, { Detail: { ShipCharge: '無料' } }]],
    ['Detail.UsePoint', [{}, { Detail: { UsePoint: '1.5' } }]],
    ['Item.UnitPrice', [{}, {}, [{ LineId: '1', UnitPrice: '千円', Quantity: '1' }]]],
    ['Item.UnitPrice', [{}, {}, [{ LineId: '1', UnitPrice: '9999999999999', Quantity: '1' }]]],
    ['Item.Quantity', [{}, {}, [{ LineId: '1', UnitPrice: '1', Quantity: '' }]]],
    ['Item.LineId', [{}, {}, [{ UnitPrice: '1', Quantity: '1' }]]],
    ['Item', [{}, {}, []]],
  ])('refuses an unreadable %s', (field, args) => {
    expect(() => read(...args)).toThrow(WireError)
    expect(() => read(...args)).toThrow(new RegExp(`^${field}:`))
  })

  it('always balances when Yahoo! does', () => {
    const amount = fc.integer({ min: 0, max: 100_000 })
    const parts = fc.record({
      lines: fc.array(fc.tuple(amount, fc.integer({ min: 1, max: 99 })), { minLength: 1, maxLength: 6 }),
      added: fc.record({
        PayCharge: amount,
        ShipCharge: amount,
        GiftWrapCharge: amount,
        Adjustments: fc.integer({ min: -50_000, max: 50_000 }),
      }),
      taken: fc.record({
        Discount: amount,
        points: amount,
        TotalMallCouponDiscount: amount,
        TotalImmediateBonusAmount: amount,
        GiftCardDiscount: amount,
      }),
    })
    fc.assert(
      fc.property(parts, fc.boolean(), ({ lines, added, taken: { points, ...others } }, isAlone) => {
        const sums = points + others.TotalImmediateBonusAmount + others.GiftCardDiscount
        const taken = { ...others, points }
        const said = { ...others, UsePoint: sums, ...(isAlone ? { UsePaypayPoint: points } : {}) }
        const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0)
        const goods = sum(lines.map(([price, quantity]) => price * quantity))
        const total = goods + sum(Object.values(added)) - sum(Object.values(taken))
        const texts = Object.fromEntries(
          Object.entries({ ...added, ...said }).map(([name, value]) => [name, String(value)]),
        )
        const items = lines.map(([price, quantity], index) => ({
          LineId: String(index),
          Title: 'a',
          UnitPrice: String(price),
          Quantity: String(quantity),
        }))
        const order = read({}, { Detail: { ...texts, TotalPrice: String(total) } }, items)
        expect(order.warnings).toEqual([])
        expect(order.points.used).toBe(points)
        const { goods: stated, shipping, cod, paymentFee, giftWrap, adjustment, other } = order.charges
        expect(order.totals.total).toBe(stated + shipping + cod + paymentFee + giftWrap + adjustment + other)
        const off = order.discounts.filter((discount) => !discount.includedInPrices)
        expect(order.totals.billed).toBe(order.totals.total - sum(off.map((discount) => discount.amount)))
      }),
    )
  })
})
