import type { NormalisedOrder, OrderItem, OrderWarning } from '../port/order.ts'

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

/**
 * Warnings of an order: sums that differ, and what no order should have (a negative price, a quantity below one, a line
 * twice or without its recipient). Never a refusal: staff decide, with the difference before their eyes.
 */
export function checkSums(order: NormalisedOrder, sums: readonly SumCheck[]): OrderWarning[] {
  return [...sums.flatMap(differing), ...order.items.flatMap(strangeLine), ...brokenReferences(order)]
}

function differing({ code, field, label, expected, actual }: SumCheck): OrderWarning[] {
  if (expected === null || actual === null || expected === actual) return []
  const message = `${label}が明細の合計と一致しません（計算値 ${yen(expected)}、モールの値 ${yen(actual)}）。モールの管理画面で金額を確認してください。`
  return [{ code, message, field, expected, actual }]
}

function strangeLine(item: OrderItem, index: number): OrderWarning[] {
  const warnings: OrderWarning[] = []
  if (item.unitPrice < 0) {
    warnings.push({
      code: 'NEGATIVE_PRICE',
      message: `${index + 1}行目の単価がマイナスです（${yen(item.unitPrice)}）。モールの管理画面で確認してください。`,
      field: `items[${index}].unitPrice`,
      expected: null,
      actual: item.unitPrice,
    })
  }
  if (item.quantity < 1 && !item.deleted) {
    warnings.push({
      code: 'QUANTITY_NOT_POSITIVE',
      message: `${index + 1}行目の数量が${item.quantity}です。モールの管理画面で確認してください。`,
      field: `items[${index}].quantity`,
      expected: null,
      actual: item.quantity,
    })
  }
  return warnings
}

function brokenReferences(order: NormalisedOrder): OrderWarning[] {
  const recipients = new Set(order.recipients.map((recipient) => recipient.id))
  const seen = new Set<string>()
  return order.items.flatMap((item, index) => {
    const twice = seen.has(item.lineId)
    seen.add(item.lineId)
    if (!twice && recipients.has(item.recipientId)) return []
    const message = twice
      ? `${index + 1}行目の明細IDが重複しています。`
      : `${index + 1}行目の送付先が見つかりません。`
    const code = twice ? 'LINE_ID_TWICE' : 'RECIPIENT_MISSING'
    return [{ code, message, field: `items[${index}]`, expected: null, actual: item.lineId }]
  })
}

export const sumOf = <T>(list: readonly T[], amount: (entry: T, index: number) => number): number =>
  list.reduce((sum, entry, index) => sum + amount(entry, index), 0)

const yen = (amount: number) => `${amount.toLocaleString('ja-JP')}円`
