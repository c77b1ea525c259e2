import { computeTaxSummary, type SumCheck, shareOut, sum, sumOf, totalsFrom } from '../../kit/money.ts'
import { discount } from '../../kit/order-parts.ts'
import type { NormalisedOrder, OrderDiscount } from '../../port/order.ts'
import { COUPON_BEARERS } from '../codes.ts'
import {
  fixed,
  fixedOrNull,
  percent,
  type WireItem,
  type WireOrder,
  type WirePackage,
  type WireWrapping,
} from '../wire.ts'

/**
 * The sums of 楽天ペイ受注API, for an order without open amounts (-9999). Rakuten's own pages disagree on wrapping
 * (inside or outside the goods) and on the tax of tax-excluded lines (rounded per piece or per line).
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

/** Coupons by who bears them, and points. Rakuten's item prices are before all of these. */
function toDiscounts(order: WireOrder): OrderDiscount[] {
  const listed = order.CouponModelList.map(
    ({ couponCapitalCode, couponName, couponTotalPrice, couponCode, itemDetailId }) =>
      discount(
        'coupon',
        COUPON_BEARERS[couponCapitalCode ?? -1] ?? 'unknown',
        couponName,
        fixed(couponTotalPrice),
        { code: couponCode, lineId: itemDetailId === '0' ? null : itemDetailId },
      ),
  )
  const coupons = listed.length > 0 ? listed : unlistedCoupons(order)
  const points = usedPoints(order)
  return points === 0 ? coupons : [...coupons, discount('points', 'buyer', 'ポイント利用', points)]
}

/** CouponModelList can be null although the order states coupon amounts. */
function unlistedCoupons(order: WireOrder): OrderDiscount[] {
  const shop = fixed(order.couponShopPrice)
  const other = fixed(order.couponOtherPrice)
  return [
    ...(shop === 0 ? [] : [discount('coupon', 'shop', '店舗クーポン', shop)]),
    ...(other === 0 ? [] : [discount('coupon', 'unknown', '楽天・メーカークーポン', other)]),
  ]
}

const usedPoints = (order: WireOrder): number => fixed(order.PointModel?.usedPoint ?? 0)

/**
 * reqPrice is after coupons. Since April 2022 it is before points, which Rakuten no longer splits by rate:
 * they are shared out in proportion. In older orders it is after them.
 */
function toTaxSummary(order: WireOrder): NormalisedOrder['taxSummary'] {
  const rows = order.TaxSummaryModelList.map((summary) => ({
    rate: percent(summary.taxRate) ?? 0,
    taxable: fixedOrNull(summary.reqPrice),
    tax: fixedOrNull(summary.reqPriceTax),
    coupon: fixedOrNull(summary.couponPrice),
    points: fixedOrNull(summary.point),
    paymentFee: fixedOrNull(summary.paymentCharge),
  }))
  const taxable = rows.map((row) => row.taxable ?? 0)
  const used = usedPoints(order)
  const areAfterPoints = used === 0 || sumOf(taxable, (amount) => amount) === fixed(order.requestPrice)
  const shares = areAfterPoints ? rows.map(({ points }) => points ?? 0) : shareOut(used, taxable)
  return rows.map((row, at) => {
    const points = shares[at] ?? 0
    const billed = row.taxable === null ? null : row.taxable - (areAfterPoints ? 0 : points)
    const total = billed === null || row.coupon === null ? null : billed + row.coupon + points
    return { ...row, total, billed, points, source: areAfterPoints ? 'mall' : 'shared' }
  })
}

export function toAmounts(order: WireOrder, items: NormalisedOrder['items']) {
  const discounts = toDiscounts(order)
  const charges = {
    goods: goodsWithTax(order),
    shipping: fixed(order.postagePrice),
    cod: fixed(order.deliveryPrice),
    paymentFee: fixed(order.paymentCharge),
    giftWrap: wrappingFee(order),
    adjustment: 0,
    other: fixed(order.additionalFeeOccurAmountToUser),
  }
  const totals = totalsFrom(fixed(order.requestPrice), discounts)
  const stated = toTaxSummary(order)
  return {
    charges,
    discounts,
    points: { used: usedPoints(order), granted: null },
    taxSummary: stated.length > 0 ? stated : computeTaxSummary({ items, charges, discounts, totals }),
    totals,
  } satisfies Partial<NormalisedOrder>
}
