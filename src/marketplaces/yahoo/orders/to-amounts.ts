import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { computeTaxSummary, goodsOf, sum, sumOf, totalsFrom, totalsOf } from '../../kit/money.ts'
import { discount, emptyItem } from '../../kit/order-parts.ts'
import type { OrderDiscount, OrderItem } from '../../port/order.ts'
import { RECIPIENT_ID } from './to-recipient.ts'

/** A line, with the values that the order's own sums need. */
type ReadLine = ReturnType<typeof toLine>

export function toLine(reader: FieldReader) {
  const lineId = reader.text('LineId')
  if (lineId === null) throw new WireError('Item.LineId', 'missing')
  const unitPrice = reader.required('UnitPrice')
  const quantity = reader.required('Quantity')
  const points = reader.number('UnitGetPoint')
  const item = {
    ...emptyItem(),
    lineId,
    recipientId: RECIPIENT_ID,
    itemCode: reader.text('ItemId'),
    sku: reader.text('SubCode'),
    jan: reader.text('Jan'),
    name: reader.text('Title') ?? '',
    options: [...toOptions(reader, 'ItemOption'), ...toOptions(reader, 'Inscription')],
    unitPrice,
    taxRate: taxRate(reader),
    quantity,
    subtotal: unitPrice * quantity,
    releaseDate: reader.day('ReleaseDate'),
    leadTime: reader.text('LeadTimeText'),
  }
  return {
    item: { ...item, mallFields: reader.rest() },
    /** Yen of store coupons on this line; UnitPrice is already net of it. */
    storeCoupon: reader.number('CouponDiscount') ?? 0,
    couponCode: reader.peek('CouponData'),
    /** Points granted for the whole line. */
    points: points === null || points < 0 ? null : points * quantity,
  }
}

/** Choices and inscriptions; a line without any has one empty element of each. */
function toOptions(reader: FieldReader, name: 'ItemOption' | 'Inscription'): OrderItem['options'] {
  return reader
    .children(name)
    .map((option) => ({
      name: option.text('Name') ?? '',
      value: option.text('Value') ?? '',
      price: option.integer('Price'),
    }))
    .filter((option) => option.name !== '' || option.value !== '')
}

function taxRate(reader: FieldReader): number | null {
  const rate = reader.count('ItemTaxRatio')
  if (rate !== null) return rate
  return reader.peek('IsTaxable') === 'false' ? 0 : null
}

/**
 * The money of an order as the Detail group states it: yen, whole numbers, tax included. Empty amounts are
 * zero.
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
  const bonus = amount('TotalImmediateBonusAmount')
  const giftCard = amount('GiftCardDiscount')
  const billed = detail.required('TotalPrice')
  // Deductions from TotalPrice by 合計金額の計算式 of 注文詳細API, then what the prices are net of.
  const discountsWith = (used: number) => [
    discount('points', 'buyer', 'ポイント利用', used),
    discount('store_discount', 'shop', '値引き', amount('Discount')),
    discount('coupon', 'marketplace', 'モールクーポン', amount('TotalMallCouponDiscount')),
    discount('bonus', 'marketplace', '今すぐ利用（特典）', bonus),
    discount('gift_card', 'marketplace', '商品券', giftCard),
    ...storeCoupons(order, lines),
    discount('coupon', 'unknown', '送料クーポン', order.count('ShippingCouponDiscount') ?? 0, NET),
  ]
  const billedWith = (used: number) => totalsOf({ charges, discounts: discountsWith(used) }).billed
  const stated = { sum: usePoint(detail), alone: detail.number('UsePaypayPoint'), bonus, giftCard }
  const used = pointsAlone(stated, (points) => billedWith(points) === billed)
  const discounts = discountsWith(used).filter(({ amount }) => amount !== 0)
  const totals = totalsFrom(billed, discounts)
  const expected = billedWith(used)
  const granted = lines.flatMap(({ points }) => points ?? [])
  return {
    charges,
    discounts,
    points: { used, granted: granted.length === 0 ? null : sumOf(granted, (points) => points) },
    totals,
    taxSummary: computeTaxSummary({ items, charges, discounts, totals }),
    sums: [
      sum('TOTAL_DIFFERS', 'totals.billed', '請求金額', expected, billed),
      sum(
        'SETTLE_AMOUNT_DIFFERS',
        'mallFields.Detail.SettleAmount',
        '決済金額',
        billed,
        detail.number('SettleAmount'),
      ),
    ],
  }
}

/** Stays in mallFields as well: it is no amount of its own. */
function usePoint(detail: FieldReader): number {
  const sum = detail.number('UsePoint')
  if (sum === null && detail.peek('UsePoint') !== null)
    throw new WireError('Detail.UsePoint', 'not a whole number')
  return sum ?? 0
}

/**
 * UsePoint is 利用ポイント合計: points, benefits used at once and gift cards together, of which TotalPrice takes each
 * off by itself. Orders from 1 February 2025 on state the points alone.
 * @param fits whether TotalPrice follows with so many points; where none fits, the order is warned of
 */
function pointsAlone(
  { sum, alone, bonus, giftCard }: { sum: number; alone: number | null; bonus: number; giftCard: number },
  fits: (points: number) => boolean,
): number {
  const rest = sum - bonus - giftCard
  const stated = [...(alone === null ? [] : [alone]), ...(rest < 0 ? [] : [rest])]
  return stated.find(fits) ?? stated[0] ?? sum
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
