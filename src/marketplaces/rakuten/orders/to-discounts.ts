import type { NormalisedOrder, OrderDiscount } from '../../port/order.ts'
import { COUPON_BEARERS } from '../codes.ts'
import { fixed, fixedOrNull } from './raw.ts'
import { percent } from './to-item.ts'
import type { WireOrder } from './wire-order.ts'

/** Coupons by who bears them, and points. Rakuten's item prices are before all of these. */
export function toDiscounts(order: WireOrder): OrderDiscount[] {
  const listed = order.CouponModelList.map(
    (coupon): OrderDiscount => ({
      kind: 'coupon',
      borneBy: COUPON_BEARERS[coupon.couponCapitalCode ?? -1] ?? 'unknown',
      amount: fixed(coupon.couponTotalPrice),
      name: coupon.couponName,
      code: coupon.couponCode,
      lineId: coupon.itemDetailId === '0' ? null : coupon.itemDetailId,
      includedInPrices: false,
    }),
  )
  const coupons = listed.length > 0 ? listed : unlistedCoupons(order)
  const points = usedPoints(order)
  return points === 0 ? coupons : [...coupons, discount('points', 'buyer', points, 'ポイント利用')]
}

/** CouponModelList can be null although the order states coupon amounts. */
function unlistedCoupons(order: WireOrder): OrderDiscount[] {
  const shop = fixed(order.couponShopPrice)
  const other = fixed(order.couponOtherPrice)
  return [
    ...(shop === 0 ? [] : [discount('coupon', 'shop', shop, '店舗クーポン')]),
    ...(other === 0 ? [] : [discount('coupon', 'unknown', other, '楽天・メーカークーポン')]),
  ]
}

const discount = (
  kind: OrderDiscount['kind'],
  borneBy: OrderDiscount['borneBy'],
  amount: number,
  name: string,
): OrderDiscount => ({ kind, borneBy, amount, name, code: null, lineId: null, includedInPrices: false })

export const usedPoints = (order: WireOrder): number => fixed(order.PointModel?.usedPoint ?? 0)

export function toTaxSummary(order: WireOrder): NormalisedOrder['taxSummary'] {
  return order.TaxSummaryModelList.map((summary) => ({
    rate: percent(summary.taxRate) ?? 0,
    total: fixedOrNull(summary.totalPrice),
    billed: fixedOrNull(summary.reqPrice),
    tax: fixedOrNull(summary.reqPriceTax),
    coupon: fixedOrNull(summary.couponPrice),
    points: fixedOrNull(summary.point),
    paymentFee: fixedOrNull(summary.paymentCharge),
  }))
}
