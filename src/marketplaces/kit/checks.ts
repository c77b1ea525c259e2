import type { NormalisedOrder, OrderItem, OrderWarning } from '../port/order.ts'
import { warning } from './order-parts.ts'

/** A sum stated by the mall and our own addition. Null on either side: nothing to compare. */
export interface SumCheck {
  /** `TOTAL_DIFFERS` */
  code: string
  /** Path in the order: `totals.total`. */
  field: string
  /** Japanese name of the amount. */
  label: string
  /** Yen, sum of the parts. */
  expected: number | null
  /** Yen, stated by the mall. */
  actual: number | null
}

/** `expected` is our sum of the parts, `actual` what the mall states. */
export const sum = (
  code: string,
  field: string,
  label: string,
  expected: number | null,
  actual: number | null,
): SumCheck => ({ code, field, label, expected, actual })

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
  return order.items.flatMap(({ lineId, recipientId }, index) => {
    const twice = seen.has(lineId)
    seen.add(lineId)
    if (!twice && recipients.has(recipientId)) return []
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
