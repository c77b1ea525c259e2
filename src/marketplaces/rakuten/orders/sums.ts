import { type SumCheck, sum, sumOf } from '../../kit/checks.ts'
import { fixed } from './raw.ts'
import { usedPoints } from './to-discounts.ts'
import type { WireItem, WireOrder, WirePackage, WireWrapping } from './wire-order.ts'

/**
 * The sums of 楽天ペイ受注API, for an order without open amounts (-9999). Rakuten's own pages disagree on wrapping (inside
 * or outside the goods) and on the tax of tax-excluded lines (rounded per piece or per line).
 */
export function sumChecks(order: WireOrder): SumCheck[] {
  const baskets = order.PackageModelList.filter((basket) => !basket.packageDeleteFlag)
  const items = keptItems(order)
  const wrapping = wrappingFee(order)
  // goodsPrice is before tax where an item's price is.
  const goods = sumOf(items, (item) => item.price * item.units)
  const total = (rounding: Rounding) => goodsBy(items, rounding) + order.postagePrice + wrapping
  const coupons = order.couponShopPrice + order.couponOtherPrice
  return [
    check('GOODS_DIFFER', 'charges.goods', '商品合計', order.goodsPrice, goods + wrapping, goods),
    check('SHIPPING_DIFFERS', 'charges.shipping', '送料', order.postagePrice, feeOf(baskets, 'postagePrice')),
    check('COD_DIFFERS', 'charges.cod', '代引手数料', order.deliveryPrice, feeOf(baskets, 'deliveryPrice')),
    check('TOTAL_DIFFERS', 'totals.total', '合計', order.totalPrice, total('piece'), total('line')),
    check('BILLED_DIFFERS', 'totals.billed', '請求金額', order.requestPrice, billed(order)),
    check('COUPON_DIFFERS', 'discounts', COUPON, order.couponAllTotalPrice, coupons),
    ...listedCoupons(order),
    ...taxSums(order),
  ]
}

const COUPON = 'クーポン利用額'

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
  return [check('COUPON_LIST_DIFFERS', 'discounts', COUPON, order.couponAllTotalPrice, listed)]
}

/** Tax base: before points since April 2022, after points in older orders. */
function taxSums(order: WireOrder): SumCheck[] {
  const amounts = order.TaxSummaryModelList.map((summary) => summary.reqPrice ?? null)
  if (amounts.length === 0 || amounts.includes(null)) return []
  const summed = sumOf(amounts, (amount) => amount ?? 0)
  const { requestPrice } = order
  const before = requestPrice + usedPoints(order)
  return [check('TAX_SUMMARY_DIFFERS', 'taxSummary', '税率別の請求額', summed, before, requestPrice)]
}

/** Where the pages allow two readings, either passes. */
const check = (code: string, field: string, label: string, actual: number, ...readings: number[]): SumCheck =>
  sum(code, field, label, readings.find((reading) => reading === actual) ?? readings[0] ?? null, actual)
