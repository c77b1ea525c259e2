import { type SumCheck, sumOf } from '../../kit/checks.ts'
import { codeTable } from '../../kit/code-table.ts'
import { computeTaxSummary, goodsOf, totalsFrom, totalsOf } from '../../kit/money.ts'
import type { NormalisedOrder, OrderDiscount } from '../../port/order.ts'
import type { FieldReader } from './read-fields.ts'
import type { ReadLine } from './to-items.ts'

/** The money of an order as the Detail group states it: yen, whole numbers, tax included. Empty amounts are zero. */
export interface Amounts {
  charges: NormalisedOrder['charges']
  discounts: OrderDiscount[]
  points: NormalisedOrder['points']
  totals: NormalisedOrder['totals']
  taxSummary: NormalisedOrder['taxSummary']
  sums: SumCheck[]
}

/** @param cod whether the payment is cash on delivery: PayCharge is then its fee. */
export function toAmounts(
  detail: FieldReader,
  order: FieldReader,
  lines: readonly ReadLine[],
  cod: boolean,
): Amounts {
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
  const taken = offTheTotal(amount, used)
  const billed = detail.required('TotalPrice')
  const discounts = [...taken, ...inThePrices(order, lines)]
  const totals = totalsFrom(billed, discounts)
  const expected = totalsOf({ charges, discounts }).billed
  return {
    charges,
    discounts,
    points: { used, granted: grantedPoints(lines) },
    totals,
    taxSummary: computeTaxSummary({ items, charges, discounts, totals }),
    sums: [
      { code: 'TOTAL_DIFFERS', field: 'totals.billed', label: '請求金額', expected, actual: billed },
      {
        code: 'SETTLE_AMOUNT_DIFFERS',
        field: 'mallFields.Detail.SettleAmount',
        label: '決済金額',
        expected: billed,
        actual: readable(detail.peek('SettleAmount')),
      },
    ],
  }
}

const readable = (text: string | null) => (text !== null && /^-?\d{1,12}$/.test(text) ? Number(text) : null)

type Kind = Pick<OrderDiscount, 'kind' | 'borneBy' | 'name'>

/** Deductions from TotalPrice (合計金額の計算式, 注文詳細API). */
const TAKEN_OFF: Readonly<Record<string, Kind>> = codeTable<Kind>({
  Discount: { kind: 'store_discount', borneBy: 'shop', name: '値引き' },
  TotalMallCouponDiscount: { kind: 'coupon', borneBy: 'marketplace', name: 'モールクーポン' },
  TotalImmediateBonusAmount: { kind: 'bonus', borneBy: 'marketplace', name: '今すぐ利用（特典）' },
  GiftCardDiscount: { kind: 'gift_card', borneBy: 'marketplace', name: '商品券' },
})

function offTheTotal(amount: (name: string) => number, pointsUsed: number): OrderDiscount[] {
  const discounts = Object.entries(TAKEN_OFF).map(([name, kind]) => discount(kind, amount(name)))
  const points = discount({ kind: 'points', borneBy: 'buyer', name: 'ポイント利用' }, pointsUsed)
  return [points, ...discounts].filter((entry) => entry.amount !== 0)
}

const discount = (kind: Kind, amount: number, more: Partial<OrderDiscount> = {}): OrderDiscount => ({
  ...kind,
  amount,
  code: null,
  lineId: null,
  includedInPrices: false,
  ...more,
})

const STORE_COUPON: Kind = { kind: 'coupon', borneBy: 'shop', name: 'ストアクーポン' }

/**
 * Lists discounts already in the prices: the store's coupons in UnitPrice, the shipping coupon in ShipCharge.
 */
function inThePrices(order: FieldReader, lines: readonly ReadLine[]): OrderDiscount[] {
  const net = { includedInPrices: true }
  const shipping = order.count('ShippingCouponDiscount') ?? 0
  const found = storeCoupons(order, lines)
  if (shipping !== 0) {
    found.push(discount({ kind: 'coupon', borneBy: 'unknown', name: '送料クーポン' }, shipping, net))
  }
  return found
}

/**
 * Assigns coupons to lines when the lines add up to the order's sum; else returns the sum alone, as lines may
 * count per piece.
 */
function storeCoupons(order: FieldReader, lines: readonly ReadLine[]): OrderDiscount[] {
  const onLines = lines.filter((line) => line.storeCoupon > 0)
  const total = order.count('TotalCouponDiscount')
  const code = order.peek('UseCouponData')
  if (total !== null && total !== sumOf(onLines, (line) => line.storeCoupon)) {
    return total === 0 ? [] : [discount(STORE_COUPON, total, { code, includedInPrices: true })]
  }
  return onLines.map((line) =>
    discount(STORE_COUPON, line.storeCoupon, {
      code: line.couponCode ?? code,
      lineId: line.item.lineId,
      includedInPrices: true,
    }),
  )
}

function grantedPoints(lines: readonly ReadLine[]): number | null {
  const known = lines.filter((line) => line.points !== null)
  return known.length === 0 ? null : sumOf(known, (line) => line.points ?? 0)
}
