import { sum, sumOf } from '../../kit/checks.ts'
import type { FieldReader } from '../../kit/field-reader.ts'
import { computeTaxSummary, goodsOf, totalsFrom, totalsOf } from '../../kit/money.ts'
import { discount } from '../../kit/order-parts.ts'
import type { OrderDiscount } from '../../port/order.ts'
import type { ReadLine } from './to-items.ts'

/**
 * The money of an order as the Detail group states it: yen, whole numbers, tax included. Empty amounts are zero.
 * @param cod whether the payment is cash on delivery: PayCharge is then its fee
 */
export function toAmounts(detail: FieldReader, order: FieldReader, lines: readonly ReadLine[], cod: boolean) {
  const amount = (name: string) => detail.integer(name) ?? 0
  const payCharge = amount('PayCharge')
  const items = lines.map(({ item }) => item)
  const charges = {
    goods: goodsOf(items),
    shipping: amount('ShipCharge'),
    cod: cod ? payCharge : 0,
    paymentFee: cod ? 0 : payCharge,
    giftWrap: amount('GiftWrapCharge'),
    adjustment: amount('Adjustments'),
    other: 0,
  }
  const used = amount('UsePoint')
  const billed = detail.required('TotalPrice')
  // Deductions from TotalPrice by 合計金額の計算式 of 注文詳細API, then what the prices are net of.
  const discounts = [
    discount('points', 'buyer', 'ポイント利用', used),
    discount('store_discount', 'shop', '値引き', amount('Discount')),
    discount('coupon', 'marketplace', 'モールクーポン', amount('TotalMallCouponDiscount')),
    discount('bonus', 'marketplace', '今すぐ利用（特典）', amount('TotalImmediateBonusAmount')),
    discount('gift_card', 'marketplace', '商品券', amount('GiftCardDiscount')),
    ...storeCoupons(order, lines),
    discount('coupon', 'unknown', '送料クーポン', order.count('ShippingCouponDiscount') ?? 0, NET),
  ].filter(({ amount }) => amount !== 0)
  const totals = totalsFrom(billed, discounts)
  const expected = totalsOf({ charges, discounts }).billed
  const settled = detail.peek('SettleAmount') ?? ''
  const settledYen = /^-?\d{1,12}$/.test(settled) ? Number(settled) : null
  const granted = lines.flatMap(({ points }) => points ?? [])
  return {
    charges,
    discounts,
    points: { used, granted: granted.length === 0 ? null : sumOf(granted, (points) => points) },
    totals,
    taxSummary: computeTaxSummary({ items, charges, discounts, totals }),
    sums: [
      sum('TOTAL_DIFFERS', 'totals.billed', '請求金額', expected, billed),
      sum('SETTLE_AMOUNT_DIFFERS', 'mallFields.Detail.SettleAmount', '決済金額', billed, settledYen),
    ],
  }
}

const NET = { includedInPrices: true }

/**
 * Assigns coupons to lines when the lines add up to the order's sum; else returns the sum alone, as lines may
 * count per piece.
 */
function storeCoupons(order: FieldReader, lines: readonly ReadLine[]): OrderDiscount[] {
  const coupon = (amount: number, more: Partial<OrderDiscount>) =>
    discount('coupon', 'shop', 'ストアクーポン', amount, { ...NET, ...more })
  const onLines = lines.filter((line) => line.storeCoupon > 0)
  const total = order.count('TotalCouponDiscount')
  const code = order.peek('UseCouponData')
  if (total !== null && total !== sumOf(onLines, (line) => line.storeCoupon)) return [coupon(total, { code })]
  return onLines.map(({ storeCoupon, couponCode, item }) =>
    coupon(storeCoupon, { code: couponCode ?? code, lineId: item.lineId }),
  )
}
