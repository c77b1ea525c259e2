import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toOrder as toAmazon } from '../../src/marketplaces/amazon/orders/to-order.ts'
import { toOrder as toAupay } from '../../src/marketplaces/aupay/orders/to-order.ts'
import { shareOut } from '../../src/marketplaces/kit/money.ts'
import { parseXml } from '../../src/marketplaces/kit/xml.ts'
import { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import { toOrder as toRakuten } from '../../src/marketplaces/rakuten/orders/to-order.ts'
import { TEST_SEED } from '../support/drawn-seed.ts'
import { money as jpy, orderWith } from './amazon/fixtures/order.ts'
import { changed as aupayXml } from './aupay/fixtures/order.ts'
import { sampleOrder } from './rakuten/fixtures/order.ts'
import { read as readYahoo } from './yahoo/fixtures/order-info.ts'

/**
 * One bill, told by each mall in its own fields, is the same money here: lines and charges make the total,
 * the total less discounts and points is what is billed, and the rates make both.
 */
const line = fc.record({
  price: fc.integer({ min: 1, max: 90_000 }),
  quantity: fc.integer({ min: 1, max: 20 }),
  rate: fc.constantFrom(10, 8),
  beforeTax: fc.boolean(),
})
const fee = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 }))
const bill = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 6 }),
    shipping: fee,
    cod: fee,
    wrapping: fee,
    coupon: fee,
    points: fee,
    adjustment: fee,
  })
  .map((drawn) => {
    const { shipping, cod, wrapping } = drawn
    const room = drawn.lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
    const coupon = Math.min(drawn.coupon, room)
    const points = Math.min(drawn.points, room - coupon)
    return { ...drawn, shipping, cod, wrapping, coupon, points, adjustment: drawn.adjustment }
  })
type Bill = ReturnType<typeof bill.generate>['value']

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)
const taxIn = (amount: number, rate: number) => Math.floor((amount * rate) / (100 + rate))
const goodsOf = (lines: Bill['lines']) => sum(lines.map(({ price, quantity }) => price * quantity))

/**
 * What a mall that states amounts by rate tells: all charges at 10 %, coupons and points shared out somehow.
 */
function byRate({ lines, shipping, cod, wrapping, coupon, points }: Bill) {
  const totals = [10, 8].map(
    (rate) =>
      goodsOf(lines.filter((one) => one.rate === rate)) + (rate === 10 ? shipping + cod + wrapping : 0),
  )
  const coupons = shareOut(coupon, totals)
  const rest = totals.map((total, at) => total - (coupons[at] ?? 0))
  const used = shareOut(points, rest)
  return [10, 8].map((rate, at) => ({
    rate,
    total: totals[at] ?? 0,
    coupon: coupons[at] ?? 0,
    rest: rest[at] ?? 0,
    points: used[at] ?? 0,
    billed: (rest[at] ?? 0) - (used[at] ?? 0),
  }))
}

const MALLS: Record<string, (given: Bill) => { order: NormalisedOrder; adjustment: number }> = {
  yahoo: (given) => {
    const { lines, shipping, cod, wrapping, coupon, points, adjustment } = given
    const total = goodsOf(lines) + shipping + cod + wrapping + adjustment
    const order = readYahoo(
      {},
      {
        Pay: { PayKind: '4', PayMethod: 'payment_d1' },
        Detail: {
          ShipCharge: `${shipping}`,
          PayCharge: `${cod}`,
          GiftWrapCharge: `${wrapping}`,
          Adjustments: `${adjustment}`,
          UsePoint: `${points}`,
          TotalMallCouponDiscount: `${coupon}`,
          TotalPrice: `${total - coupon - points}`,
        },
      },
      lines.map(({ price, quantity, rate }, at) => ({
        LineId: `${at + 1}`,
        Title: 'a',
        UnitPrice: `${price}`,
        Quantity: `${quantity}`,
        ItemTaxRatio: `${rate}`,
      })),
    )
    return { order, adjustment }
  },
  rakuten: (given) => {
    // Lines before tax get it piece by piece.
    const taxed = ({ price, rate, beforeTax }: Bill['lines'][number]) =>
      beforeTax ? Math.floor((price * (100 + rate)) / 100) : price
    const lines = given.lines.map((one) => ({ ...one, price: taxed(one) }))
    const { shipping, cod, wrapping, coupon, points } = given
    const goods = goodsOf(lines)
    const totalPrice = goods + shipping + wrapping
    const model = sampleOrder({
      goodsPrice: goodsOf(given.lines) + wrapping,
      postagePrice: shipping,
      deliveryPrice: cod,
      totalPrice,
      requestPrice: totalPrice + cod - coupon - points,
      couponAllTotalPrice: coupon,
      couponShopPrice: coupon,
      couponOtherPrice: 0,
      CouponModelList: null,
      PointModel: { usedPoint: points },
      WrappingModel1:
        wrapping === 0 ? null : { title: 1, name: 'a', price: wrapping, includeTaxFlag: 1, taxRate: 0.1 },
      TaxSummaryModelList: byRate({ ...given, lines }).map(({ rate, total, coupon: own, rest }) => ({
        // Rakuten's total by rate is without the fee of 代引 or with it; what counts is reqPrice.
        taxRate: rate / 100,
        reqPrice: rest,
        reqPriceTax: taxIn(rest, rate),
        totalPrice: total,
        paymentCharge: 0,
        couponPrice: own,
        point: 0,
      })),
      PackageModelList: [
        {
          postagePrice: shipping,
          deliveryPrice: cod,
          ItemModelList: given.lines.map((one, at) => ({
            itemDetailId: at + 1,
            price: one.price,
            units: one.quantity,
            taxRate: one.rate / 100,
            includeTaxFlag: one.beforeTax ? 0 : 1,
            priceTaxIncl: taxed(one),
          })),
        },
      ],
    })
    return { order: toRakuten(model, 'shop'), adjustment: 0 }
  },
  amazon: ({ lines, shipping, cod, wrapping, coupon, points }) => {
    const yen = (amount: number) => jpy(`${amount}`)
    const part = (type: string, amount: number) => ({ type, subtotal: yen(amount) })
    const goods = goodsOf(lines)
    const grandTotal = goods + shipping + cod + wrapping - coupon
    const order = orderWith({
      proceeds: {
        grandTotal: yen(grandTotal),
        breakdowns: [
          ...[part('ITEM', goods), part('SHIPPING', shipping), part('COD_FEE', cod)],
          ...[part('GIFT_WRAP', wrapping), part('DISCOUNT', -coupon)],
        ],
      },
      payment: {
        paymentExecutions: [
          { paymentMethod: 'CashOnDelivery', paymentAmount: yen(grandTotal - points) },
          ...(points === 0 ? [] : [{ paymentMethod: 'PointsAccount', paymentAmount: yen(points) }]),
        ],
      },
      orderItems: lines.map(({ price, quantity }, at) => ({
        orderItemId: `${at + 1}`,
        quantityOrdered: quantity,
        product: { price: { unitPrice: yen(price) } },
        proceeds: null,
        fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: quantity },
      })),
    })
    return { order: toAmazon(order, 'shop'), adjustment: 0 }
  },
  aupay: (given) => {
    const { lines, shipping, cod, wrapping, coupon, points } = given
    const total = goodsOf(lines) + shipping + cod + wrapping
    const parts = byRate(given).flatMap(({ rate, ...amounts }) => {
      const suffix = rate === 10 ? 'NormalTax' : 'ReducedTax'
      const stated = {
        totalPrice: amounts.total,
        couponTotalPrice: amounts.coupon,
        usePoint: amounts.points,
        useAuPointPrice: 0,
        requestPrice: amounts.billed,
        requestTaxPrice: taxIn(amounts.billed, rate),
      }
      return Object.entries(stated).map(([name, amount]) => [name + suffix, `${amount}`])
    })
    const details = lines.map(
      ({ price, quantity, rate }, at) =>
        `<detail><orderDetailId>${at + 1}</orderDetailId><itemName>a</itemName><itemCancelStatus>N</itemCancelStatus>` +
        `<beforeDiscount>${price}</beforeDiscount><discount>0</discount><itemPrice>${price}</itemPrice><unit>${quantity}</unit>` +
        `<totalItemPrice>${price * quantity}</totalItemPrice><taxRate>0.${rate === 10 ? '1' : '08'}</taxRate></detail>`,
    )
    const xml = aupayXml({
      totalSalePrice: `${goodsOf(lines)}`,
      totalSaleUnit: `${sum(lines.map(({ quantity }) => quantity))}`,
      postagePrice: `${shipping}`,
      chargePrice: `${cod}`,
      totalGiftWrappingPrice: `${wrapping}`,
      settlementName: '代金引換',
      totalPrice: `${total}`,
      couponTotalPrice: `${coupon}`,
      usePoint: `${points}`,
      useAuPointPrice: '0',
      requestPrice: `${total - coupon - points}`,
      ...Object.fromEntries(parts),
    })
    const whole = xml
      .replace(/<detail>.*<\/detail>/s, '')
      .replace('</orderInfo>', `${details.join('')}</orderInfo>`)
    return { order: toAupay(parseXml(whole).content, '1'), adjustment: 0 }
  },
}

describe('the money of an order', () => {
  it.each(Object.entries(MALLS))('of %s adds up as docs/malls.md defines it', (mall, told) => {
    fc.assert(
      fc.property(bill, (given) => {
        const { order, adjustment } = told(given)
        expect(order.warnings).toEqual([])
        const { charges, discounts, points, totals, taxSummary } = order
        const { goods, ...fees } = charges
        expect(goods).toBe(sum(order.items.map(({ subtotal }) => subtotal)))
        expect(fees).toEqual({
          shipping: given.shipping,
          cod: given.cod,
          giftWrap: given.wrapping,
          adjustment,
          paymentFee: 0,
          other: 0,
        })
        const off = (isOne: (kind: string) => boolean) =>
          sum(discounts.map((one) => (isOne(one.kind) && !one.includedInPrices ? one.amount : 0)))
        expect(off((kind) => kind === 'points')).toBe(points.used)
        expect([points.used, off((kind) => kind !== 'points')]).toEqual([given.points, given.coupon])
        expect(totals.total).toBe(goods + sum(Object.values(fees)))
        expect(totals.billed).toBe(totals.total - given.coupon - given.points)
        // Amazon's Japanese orders tell no rate.
        if (mall === 'amazon') {
          expect(taxSummary).toEqual([])
          return
        }
        const all = (name: 'total' | 'billed' | 'coupon' | 'points') =>
          sum(taxSummary.map((one) => one[name] ?? NaN))
        expect([all('total'), all('billed')]).toEqual([totals.total, totals.billed])
        expect([all('coupon'), all('points')]).toEqual([given.coupon, given.points])
        for (const { rate, taxable, tax, total, billed, coupon } of taxSummary) {
          expect(tax).toBe(taxIn(taxable ?? NaN, rate))
          expect(taxable).toBe(mall === 'aupay' ? billed : (total ?? NaN) - (coupon ?? NaN))
        }
      }),
      { numRuns: 150, seed: TEST_SEED },
    )
  })

  it('is defined in one table, each amount with or without tax', () => {
    const page =
      readFileSync('docs/malls.md', 'utf8')
        .split(/^## /m)
        .find((one) => one.startsWith('Money\n')) ?? ''
    const defined = [
      ...page.matchAll(/^\| `([^`]+)` \| [^|]+ \| (with|without|with, or without[^|]*|–) \|/gm),
    ].map(([, path]) => path)
    expect(defined.sort()).toEqual(
      yenPaths(z.toJSONSchema(NormalisedOrder, { unrepresentable: 'any' }) as Schema).sort(),
    )
  })
})

interface Schema {
  type?: string
  description?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  $ref?: string
  $defs?: Record<string, Schema>
}

/** Integers of the order that are no count, rate or age. */
function yenPaths(root: Schema): string[] {
  const walk = (schema: Schema, path: string): string[] => {
    const name = schema.$ref?.split('/').at(-1)
    if (name) return walk(root.$defs?.[name] ?? {}, path)
    const isInt = schema.type === 'integer' || schema.anyOf?.some(({ type }) => type === 'integer')
    if (isInt) return /(?:^|\.|\])(?:quantity|rate|taxRate|count)$/.test(path) ? [] : [path]
    return [
      ...(schema.anyOf ?? []).flatMap((one) => walk(one, path)),
      ...(schema.items ? walk(schema.items, `${path}[]`) : []),
      ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
        walk(value, path === '' ? key : `${path}.${key}`),
      ),
    ]
  }
  return walk(root, '')
}
