import { sumOf } from '../../kit/checks.ts'
import { shareOut } from '../../kit/money.ts'
import { discount } from '../../kit/order-parts.ts'
import type { NormalisedOrder, OrderDiscount } from '../../port/order.ts'
import { COUPON_BEARERS } from '../codes.ts'
import { fixed, fixedOrNull, percent } from './raw.ts'
import type { WireOrder } from './wire-order.ts'

/** Coupons by who bears them, and points. Rakuten's item prices are before all of these. */
export function toDiscounts(order: WireOrder): OrderDiscount[] {
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

export const usedPoints = (order: WireOrder): number => fixed(order.PointModel?.usedPoint ?? 0)

/**
 * reqPrice is after coupons. Since April 2022 it is before points, which Rakuten no longer splits by rate: they are shared out
 * in proportion. In older orders it is after them.
 */
export function toTaxSummary(order: WireOrder): NormalisedOrder['taxSummary'] {
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
