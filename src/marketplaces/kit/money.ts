import type { NormalisedOrder, OrderItem, OrderWarning } from '../port/order.ts'
import { warning } from './order-parts.ts'

/**
 * Arithmetic of amounts, common to all malls (docs/malls.md, "Money"). All amounts include consumption tax.
 * Lines and charges make the total; the total less discounts and points is billed.
 */

type Line = Pick<OrderItem, 'lineId' | 'taxRate' | 'subtotal' | 'deleted'>
type Money = Pick<NormalisedOrder, 'charges' | 'discounts'> & { items: readonly Line[] }
type Discounts = NormalisedOrder['discounts']
type TaxSummary = NormalisedOrder['taxSummary']

/** Yen of the lines that are not removed. */
export const goodsOf = (items: readonly Line[]): number =>
  sumOf(items, (item) => (item.deleted ? 0 : item.subtotal))

const chargesOf = (charges: NormalisedOrder['charges']): number =>
  sumOf(Object.values(charges), (charge) => charge)

/** Discounts that lower the total; those already in the prices do not. */
const offTheTotal = (discounts: Discounts): Discounts =>
  discounts.filter(({ includedInPrices }) => !includedInPrices)

/** Computes the total from the billed amount that the mall states, plus all deductions. */
export const totalsFrom = (billed: number, discounts: Discounts): NormalisedOrder['totals'] => ({
  total: billed + sumOf(offTheTotal(discounts), ({ amount }) => amount),
  billed,
})

/** Computes the totals of an order that staff edited from its lines, charges and discounts. */
export const totalsOf = ({ charges, discounts }: Omit<Money, 'items'>): NormalisedOrder['totals'] =>
  totalsFrom(chargesOf(charges) - sumOf(offTheTotal(discounts), ({ amount }) => amount), discounts)

/** Tax rate of postage, wrapping and fees, in percent. */
export const STANDARD_RATE = 10

/** Discounts that are money to the shop: they lower the payment, not the taxed amount. */
const PAID_OTHERWISE: ReadonlySet<string> = new Set(['points', 'gift_card'])

/**
 * The summary by rate of a mall that states none. An adjustment and discounts of the whole order are shared
 * out in proportion, tax is rounded down. Empty when a line's rate is not known, or when lines, charges and
 * total do not add up.
 */
export function computeTaxSummary({
  items,
  charges,
  discounts,
  totals: stated,
}: Money & Pick<NormalisedOrder, 'totals'>): TaxSummary {
  const kept = items.filter(({ deleted }) => !deleted)
  if (goodsOf(items) !== charges.goods || chargesOf(charges) !== stated.total) return []
  const totals = new Map<number, number>()
  const add = (rate: number, amount: number) => totals.set(rate, (totals.get(rate) ?? 0) + amount)
  for (const { taxRate, subtotal } of kept) {
    if (taxRate === null) return []
    add(taxRate, subtotal)
  }
  const fees = chargesOf(charges) - charges.goods - charges.adjustment
  if (fees !== 0) add(STANDARD_RATE, fees)
  const rates = [...totals.keys()].sort((a, b) => b - a)
  const before = rates.map((rate) => totals.get(rate) ?? 0)
  const total = added(before, shareOut(charges.adjustment, before))
  const off = offTheTotal(discounts)
  const coupons = off.filter(({ kind }) => !PAID_OTHERWISE.has(kind))
  const coupon = shareDiscounts(coupons, rates, total, kept)
  const taxable = added(total, negated(coupon))
  const paid = sumOf(off, ({ kind, amount }) => (PAID_OTHERWISE.has(kind) ? amount : 0))
  const points = shareOut(paid, taxable)
  return rates.map((rate, at) => ({
    rate,
    total: total[at] ?? 0,
    billed: (taxable[at] ?? 0) - (points[at] ?? 0),
    taxable: taxable[at] ?? 0,
    tax: Math.floor(((taxable[at] ?? 0) * rate) / (100 + rate)),
    coupon: coupon[at] ?? 0,
    points: points[at] ?? 0,
    paymentFee: null,
    source: 'computed',
  }))
}

/** Divides discounts by rate: a line's discount belongs to its rate, an order's to all rates. */
function shareDiscounts(
  discounts: Discounts,
  rates: readonly number[],
  total: readonly number[],
  kept: readonly Line[],
): number[] {
  const rateOf = new Map(kept.map(({ lineId, taxRate }) => [lineId, taxRate]))
  const own = rates.map((rate) =>
    sumOf(discounts, ({ lineId, amount }) => (lineId !== null && rateOf.get(lineId) === rate ? amount : 0)),
  )
  const shared = sumOf(discounts, ({ amount }) => amount) - sumOf(own, (amount) => amount)
  return added(own, shareOut(shared, added(total, negated(own))))
}

/** Whole yen in proportion to `weights`, which sum to `amount`: the largest remainders get the rest. */
export function shareOut(amount: number, weights: readonly number[]): number[] {
  const all = sumOf(weights, (weight) => Math.max(0, weight))
  if (amount === 0 || weights.length === 0) return weights.map(() => 0)
  if (all === 0) return weights.map((_, at) => (at === 0 ? amount : 0))
  const exact = weights.map((weight) => (Math.abs(amount) * Math.max(0, weight)) / all)
  const shares = exact.map(Math.floor)
  const left = Math.abs(amount) - sumOf(shares, (share) => share)
  const byRemainder = exact
    .map((share, at) => ({ at, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder)
  for (const { at } of byRemainder.slice(0, left)) shares[at] = (shares[at] ?? 0) + 1
  return amount < 0 ? negated(shares) : shares
}

const added = (one: readonly number[], other: readonly number[]): number[] =>
  one.map((amount, at) => amount + (other[at] ?? 0))

const negated = (amounts: readonly number[]): number[] => amounts.map((amount) => 0 - amount)

export type SumCheck = ReturnType<typeof sum>

/**
 * A check of a sum: `expected` is our addition of the parts, `actual` what the mall states, both in yen. Null
 * on either side: nothing to compare.
 * @param code `TOTAL_DIFFERS`
 * @param field path in the order: `totals.total`
 * @param label Japanese name of the amount
 */
export const sum = (
  code: string,
  field: string,
  label: string,
  expected: number | null,
  actual: number | null,
) => ({ code, field, label, expected, actual })

/**
 * Warnings of an order: sums that differ, and what no order should have (a negative price, a quantity below
 * one, a line twice or without its recipient). Never a refusal: staff decide, with the difference before
 * their eyes.
 */
export function checkSums(order: NormalisedOrder, sums: readonly SumCheck[]): OrderWarning[] {
  return [...sums.flatMap(differing), ...order.items.flatMap(strangeLine), ...brokenReferences(order)]
}

function differing({ code, field, label, expected, actual }: SumCheck): OrderWarning[] {
  if (expected === null || actual === null || expected === actual) return []
  const message = `${label}が明細の合計と一致しません（計算値 ${yen(expected)}、モールの値 ${yen(actual)}）。モールの管理画面で金額を確認してください。`
  return [warning(code, field, message, expected, actual)]
}

function strangeLine({ unitPrice, quantity, deleted }: OrderItem, index: number): OrderWarning[] {
  const found = (code: string, field: string, what: string, actual: number) =>
    warning(
      code,
      `items[${index}].${field}`,
      `${index + 1}行目の${what}。モールの管理画面で確認してください。`,
      null,
      actual,
    )
  return [
    ...(unitPrice < 0
      ? [found('NEGATIVE_PRICE', 'unitPrice', `単価がマイナスです（${yen(unitPrice)}）`, unitPrice)]
      : []),
    ...(quantity < 1 && !deleted
      ? [found('QUANTITY_NOT_POSITIVE', 'quantity', `数量が${quantity}です`, quantity)]
      : []),
  ]
}

function brokenReferences(order: NormalisedOrder): OrderWarning[] {
  const recipients = new Set(order.recipients.map((recipient) => recipient.id))
  const seen = new Set<string>()
  return order.items.flatMap(({ lineId, recipientId, deleted }, index) => {
    const twice = seen.has(lineId)
    seen.add(lineId)
    // A recipient who was taken out of the order leaves their lines behind.
    if (!twice && (deleted || recipients.has(recipientId))) return []
    const found = (code: string, what: string) =>
      warning(code, `items[${index}]`, `${index + 1}行目の${what}。`, null, lineId)
    return twice
      ? found('LINE_ID_TWICE', '明細IDが重複しています')
      : found('RECIPIENT_MISSING', '送付先が見つかりません')
  })
}

export const sumOf = <T>(list: readonly T[], amount: (entry: T, index: number) => number): number =>
  list.reduce((sum, entry, index) => sum + amount(entry, index), 0)

const yen = (amount: number) => `${amount.toLocaleString('ja-JP')}円`
