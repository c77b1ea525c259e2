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
