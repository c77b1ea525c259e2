import { type SumCheck, sumOf } from '../../kit/checks.ts'
import { fixed } from './raw.ts'
import { usedPoints } from './to-discounts.ts'
import type { WireItem, WireOrder, WirePackage, WireWrapping } from './wire-order.ts'

/**
 * Lists the sums of 楽天ペイ受注API to check: goods, postage, COD, total, billed amount, coupons, tax summary. An
 * amount that the mall has not fixed (-9999) leaves nothing to compare. Where Rakuten's own pages disagree
 * (wrapping inside or outside the goods, tax of tax-excluded lines rounded per piece or per line), either
 * value passes.
 */
export function sumChecks(order: WireOrder): SumCheck[] {
  const baskets = order.PackageModelList.filter((basket) => !basket.packageDeleteFlag)
  const items = keptItems(order)
  const wrapping = wrappingFee(order)
  return [
    check(
      'GOODS_DIFFER',
      'charges.goods',
      '商品合計',
      order.goodsPrice,
      withWrapping(stated(items), wrapping),
    ),
    check('SHIPPING_DIFFERS', 'charges.shipping', '送料', order.postagePrice, [
      feeOf(baskets, 'postagePrice'),
    ]),
    check('COD_DIFFERS', 'charges.cod', '代引手数料', order.deliveryPrice, [feeOf(baskets, 'deliveryPrice')]),
    check('TOTAL_DIFFERS', 'totals.total', '合計', order.totalPrice, totals(order, items, wrapping)),
    check('BILLED_DIFFERS', 'totals.billed', '請求金額', order.requestPrice, [billed(order)]),
    check('COUPON_DIFFERS', 'discounts', 'クーポン利用額', order.couponAllTotalPrice, [
      order.couponShopPrice + order.couponOtherPrice,
    ]),
    ...listedCoupons(order),
    ...taxSums(order),
  ]
}

/** Tax included, without removed wrappings. */
export function wrappingFee(order: WireOrder): number {
  const wrappings = [order.WrappingModel1, order.WrappingModel2].filter((wrapping) => wrapping !== null)
  return sumOf(
    wrappings.filter((wrapping) => !wrapping.deleteWrappingFlag),
    priceTaxIncluded,
  )
}

export const priceTaxIncluded = (wrapping: WireWrapping): number =>
  fixed(wrapping.price ?? 0) + (wrapping.includeTaxFlag ? 0 : fixed(wrapping.taxPrice))

/** Sum of the lines as in Rakuten's goodsPrice, which is before tax where an item's price is. */
const stated = (items: readonly WireItem[]) => sumOf(items, (item) => item.price * item.units)

const withWrapping = (goods: number, wrapping: number) =>
  wrapping === 0 ? [goods] : [goods + wrapping, goods]

/** Rounding of tax on tax-excluded lines: per piece or per line. */
export type Rounding = 'piece' | 'line'

/** Chooses the rounding that gives Rakuten's total. */
export function roundingOf(order: WireOrder): Rounding {
  const items = keptItems(order)
  const beside = fixed(order.postagePrice) + wrappingFee(order)
  const fits = (rounding: Rounding) => goodsBy(items, rounding) + beside === order.totalPrice
  return !fits('piece') && fits('line') ? 'line' : 'piece'
}

/**
 * Sums the lines with tax, without wrapping. goodsPrice differs: it includes wrapping and is before tax where
 * an item's price is.
 */
export const goodsWithTax = (order: WireOrder): number => goodsBy(keptItems(order), roundingOf(order))

export const lineWithTax = (item: WireItem, rounding: Rounding): number => {
  if (rounding === 'piece') return fixed(item.priceTaxIncl) * item.units
  if (item.includeTaxFlag) return fixed(item.price) * item.units
  return Math.floor(fixed(item.price) * item.units * (1 + (item.taxRate ?? 0)) + ROUNDING)
}

const keptItems = (order: WireOrder): WireItem[] =>
  order.PackageModelList.filter((basket) => !basket.packageDeleteFlag).flatMap((basket) =>
    basket.ItemModelList.filter((item) => !item.deleteItemFlag),
  )

const goodsBy = (items: readonly WireItem[], rounding: Rounding): number =>
  sumOf(items, (item) => lineWithTax(item, rounding))

const totals = (order: WireOrder, items: readonly WireItem[], wrapping: number): number[] =>
  (['piece', 'line'] as const).map((rounding) => goodsBy(items, rounding) + order.postagePrice + wrapping)

/** 1000 × 1.08 is 1080.0000000000002 and 3 × 1.1 may fall just below: lift before flooring. */
const ROUNDING = 1e-6

const billed = (order: WireOrder) =>
  order.totalPrice +
  order.deliveryPrice +
  order.paymentCharge +
  order.additionalFeeOccurAmountToUser -
  order.couponAllTotalPrice -
  usedPoints(order)

const feeOf = (baskets: readonly WirePackage[], fee: 'postagePrice' | 'deliveryPrice') =>
  sumOf(baskets, (basket) => basket[fee])

function listedCoupons(order: WireOrder): SumCheck[] {
  if (order.CouponModelList.length === 0) return []
  const listed = sumOf(order.CouponModelList, (coupon) => coupon.couponTotalPrice)
  return [check('COUPON_LIST_DIFFERS', 'discounts', 'クーポン利用額', order.couponAllTotalPrice, [listed])]
}

/** Tax base: before points since April 2022, after points in older orders. */
function taxSums(order: WireOrder): SumCheck[] {
  const amounts = order.TaxSummaryModelList.map((summary) => summary.reqPrice ?? null)
  if (amounts.length === 0 || amounts.includes(null)) return []
  const summed = sumOf(amounts, (amount) => amount ?? 0)
  const readings = [order.requestPrice + usedPoints(order), order.requestPrice]
  const reading = readings.find((value) => value === summed) ?? readings[0] ?? null
  return [
    {
      code: 'TAX_SUMMARY_DIFFERS',
      field: 'taxSummary',
      label: '税率別の請求額',
      expected: reading,
      actual: summed,
    },
  ]
}

function check(code: string, field: string, label: string, actual: number, readings: number[]): SumCheck {
  const expected = readings.find((reading) => reading === actual) ?? readings[0] ?? null
  return { code, field, label, expected, actual }
}
