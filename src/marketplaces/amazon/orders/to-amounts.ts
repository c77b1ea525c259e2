import { present } from '../../../platform/narrow.ts'
import { sumOf } from '../../kit/checks.ts'
import type { NormalisedOrder, OrderDiscount } from '../../port/order.ts'
import { isGiftCard, paymentOf } from '../codes.ts'
import type { WireBreakdown, WireItem, WireOrder } from './wire.ts'

/** Yen by type of breakdown, of one line or of the order. Discounts are positive, whichever sign Amazon gave them. */
export interface Amounts {
  /** null: nothing is said of the goods. */
  goods: number | null
  shipping: number
  giftWrap: number
  cod: number
  /** OTHER, DELIVERY_TIP and what the model does not know yet. */
  other: number
  discount: number
  tax: number
  /** Tax by what it lies on; empty when Amazon gives one sum only. */
  taxOn: Readonly<Record<string, number>>
}

const NAMED = new Set(['ITEM', 'SHIPPING', 'GIFT_WRAP', 'COD_FEE', 'DISCOUNT', 'TAX'])

export function readAmounts(breakdowns: readonly WireBreakdown[]): Amounts {
  const of = (type: string) =>
    sumOf(
      breakdowns.filter((one) => one.type === type),
      (one) => one.subtotal,
    )
  const taxOn: Record<string, number> = {}
  for (const tax of breakdowns.filter((one) => one.type === 'TAX')) {
    for (const { subtype, value } of tax.detailedBreakdowns) {
      if (subtype !== null) taxOn[subtype] = (taxOn[subtype] ?? 0) + (value ?? 0)
    }
  }
  return {
    goods: breakdowns.some((one) => one.type === 'ITEM') ? of('ITEM') : null,
    shipping: of('SHIPPING'),
    giftWrap: of('GIFT_WRAP'),
    cod: of('COD_FEE'),
    other: sumOf(
      breakdowns.filter((one) => !NAMED.has(one.type)),
      (one) => one.subtotal,
    ),
    discount: Math.abs(of('DISCOUNT')),
    tax: of('TAX'),
    taxOn,
  }
}

/** A line's goods: its ITEM breakdown, else its unit price times quantity; null when Amazon gives neither. */
export function goodsOf(item: WireItem): number | null {
  const stated = readAmounts(item.proceeds?.breakdowns ?? []).goods
  const unitPrice = item.product.price?.unitPrice ?? null
  return stated ?? (unitPrice === null ? null : unitPrice * item.quantityOrdered)
}

/** The order's own breakdowns, or the sum of its lines' where it has none. */
export function orderAmounts(order: WireOrder): Amounts {
  const own = order.proceeds?.breakdowns ?? []
  if (own.length > 0) return readAmounts(own)
  const summed = readAmounts(order.orderItems.flatMap((item) => item.proceeds?.breakdowns ?? []))
  const goods = order.orderItems.map(goodsOf)
  return { ...summed, goods: goods.includes(null) ? null : sumOf(goods, (amount) => amount ?? 0) }
}

/** Everything but tax, after discounts. */
export const netOf = (amounts: Amounts): number =>
  (amounts.goods ?? 0) + amounts.shipping + amounts.giftWrap + amounts.cod + amounts.other - amounts.discount

/**
 * Whether a TAX breakdown comes on top of the others. Japan's prices hold their tax, and Amazon's Japanese sample has no TAX
 * at all; its American one adds it. The total tells: on top only when nothing else makes the sum right.
 */
export function taxOnTop(order: WireOrder): boolean {
  const amounts = orderAmounts(order)
  const total = order.proceeds?.grandTotal ?? null
  if (amounts.tax === 0 || total === null) return false
  return netOf(amounts) !== total && netOf(amounts) + amounts.tax === total
}

/** Tax on one part, when it comes on top. What no detail places is counted to the goods. */
export function taxOf(amounts: Amounts, part: 'ITEM' | 'SHIPPING' | 'GIFT_WRAP' | 'COD_FEE'): number {
  if (part !== 'ITEM') return amounts.taxOn[part] ?? 0
  const elsewhere = sumOf(['SHIPPING', 'GIFT_WRAP', 'COD_FEE'], (other) => amounts.taxOn[other] ?? 0)
  return amounts.tax - elsewhere
}

export function toAmounts(order: WireOrder) {
  const amounts = orderAmounts(order)
  const onTop = taxOnTop(order)
  const taxed = (amount: number, part: 'ITEM' | 'SHIPPING' | 'GIFT_WRAP' | 'COD_FEE') =>
    amount + (onTop ? taxOf(amounts, part) : 0)
  const discounts = toDiscounts(order, amounts)
  const granted = order.orderItems.flatMap(
    (item) => item.expense?.pointsCost?.pointsGranted?.pointsNumber ?? [],
  )
  const charged = netOf(amounts) + (onTop ? amounts.tax : 0)
  const grandTotal = order.proceeds?.grandTotal ?? charged
  const used = paidWith(order, (method) => paymentOf(method)?.kind === 'points')
  return {
    charges: {
      goods: taxed(amounts.goods ?? 0, 'ITEM'),
      shipping: taxed(amounts.shipping, 'SHIPPING'),
      cod: taxed(amounts.cod, 'COD_FEE'),
      paymentFee: 0,
      giftWrap: taxed(amounts.giftWrap, 'GIFT_WRAP'),
      adjustment: 0,
      other: amounts.other,
    },
    discounts: [...discounts, ...toPrepaid(order)],
    points: { used, granted: granted.length === 0 ? null : sumOf(granted, (points) => points) },
    taxSummary: toTaxSummary(order, onTop),
    totals: { total: grandTotal + amounts.discount, billed: grandTotal - used - paidWith(order, isGiftCard) },
  } satisfies Partial<NormalisedOrder>
}

/**
 * Only where Amazon states the tax and the rate of every line can be told from it. Postage, wrapping and fees are taxed at
 * the standard rate.
 */
function toTaxSummary(order: WireOrder, onTop: boolean): NormalisedOrder['taxSummary'] {
  const parts = order.orderItems.map((item) => {
    const amounts = readAmounts(item.proceeds?.breakdowns ?? [])
    const goods = goodsOf(item) ?? 0
    const tax = amounts.taxOn.ITEM ?? amounts.tax
    return { rate: rateOf(goods, tax, onTop), total: goods + (onTop ? tax : 0), tax }
  })
  if (parts.length === 0 || parts.some(({ rate }) => rate === null)) return []
  const all = orderAmounts(order)
  const fees = all.shipping + all.giftWrap + all.cod + all.other
  const feeTax = Math.max(0, all.tax - sumOf(parts, ({ tax }) => tax))
  return [10, 8].flatMap((rate) => {
    const own = parts.filter((part) => part.rate === rate)
    const standard = rate === 10
    const total = sumOf(own, (part) => part.total) + (standard ? fees + (onTop ? feeTax : 0) : 0)
    const tax = sumOf(own, (part) => part.tax) + (standard ? feeTax : 0)
    const unknown = { billed: null, coupon: null, points: null, paymentFee: null }
    return total === 0 && tax === 0 ? [] : [{ rate, total, tax, ...unknown }]
  })
}

/** Only where Amazon states the tax and exactly one of Japan's two rates makes it, however it is rounded. */
export function rateOf(goods: number, tax: number, onTop: boolean): number | null {
  if (tax <= 0 || goods <= 0) return null
  const fitting = [10, 8].filter((rate) => {
    const exact = (goods * rate) / (onTop ? 100 : 100 + rate)
    return tax === Math.floor(exact) || tax === Math.ceil(exact)
  })
  return fitting.length === 1 ? present(fitting[0]) : null
}

const discount = (amount: number, more: Partial<OrderDiscount>): OrderDiscount => ({
  kind: 'other',
  borneBy: 'unknown',
  amount,
  name: null,
  code: null,
  lineId: null,
  includedInPrices: false,
  ...more,
})

/** By line where the lines say as much as the order does. Amazon does not tell who bears a promotion. */
function toDiscounts(order: WireOrder, amounts: Amounts): OrderDiscount[] {
  const lines = order.orderItems.map((item) => ({
    item,
    amount: readAmounts(item.proceeds?.breakdowns ?? []).discount,
  }))
  if (sumOf(lines, (line) => line.amount) !== amounts.discount) {
    return [discount(amounts.discount, { name: 'プロモーション割引' })]
  }
  return lines
    .filter(({ amount }) => amount !== 0)
    .flatMap(({ item, amount }) => {
      const ids = (item.promotion?.breakdowns ?? []).flatMap(({ promotionId }) => promotionId ?? [])
      // Which of several promotions made which part is not told.
      const more = { code: ids.length === 1 ? present(ids[0]) : null, lineId: item.orderItemId }
      return partsOf(item, amount).map(([part, yen]) => {
        const named = part === 'SHIPPING' ? '送料のプロモーション割引' : 'プロモーション割引'
        const suffix = part === 'SHIPPING' ? '（送料）' : ''
        return discount(yen, { ...more, name: ids.length === 0 ? named : `${ids.join('、')}${suffix}` })
      })
    })
}

/** What a line's discount lies on, goods or postage, where Amazon says it of all of it. */
function partsOf(item: WireItem, amount: number): [part: string, yen: number][] {
  const parts = new Map<string, number>()
  for (const { type, detailedBreakdowns } of item.proceeds?.breakdowns ?? [])
    for (const { subtype, value } of type === 'DISCOUNT' ? detailedBreakdowns : [])
      parts.set(subtype ?? '', (parts.get(subtype ?? '') ?? 0) + Math.abs(value ?? 0))
  const said = [...parts].filter(([, yen]) => yen !== 0)
  return sumOf(said, ([, yen]) => yen) === amount ? said : [['', amount]]
}

/** Points and gift cards are money to the shop, but not to be collected from the buyer again. */
function toPrepaid(order: WireOrder): OrderDiscount[] {
  const points = paidWith(order, (method) => paymentOf(method)?.kind === 'points')
  const cards = paidWith(order, isGiftCard)
  return [
    ...(points === 0 ? [] : [discount(points, { kind: 'points', borneBy: 'buyer', name: 'Amazonポイント' })]),
    ...(cards === 0
      ? []
      : [discount(cards, { kind: 'gift_card', borneBy: 'buyer', name: 'Amazonギフトカード' })]),
  ]
}

const paidWith = (order: WireOrder, isOne: (method: string | null) => boolean): number =>
  sumOf(
    (order.payment?.paymentExecutions ?? []).filter(({ paymentMethod }) => isOne(paymentMethod)),
    ({ paymentAmount }) => paymentAmount ?? 0,
  )
