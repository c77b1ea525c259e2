import type { NormalisedOrder } from '../../marketplaces/port/order.ts'

/** The columns of `orders` that follow from the mall's answer: what lists, filters and the board need, nobody's data. */
export interface OrderColumns {
  ordered_at: string
  mall_status: string
  mall_sub_status: string | null
  mall_state: string
  billed_amount: number
  total_amount: number
  item_lines: number
  item_quantity: number
  payment_kind: string
  holds: string[]
  flags: string[]
  warning_count: number
}

const CANCELLED_AT_MALL = 'cancelled_at_mall'
export const CHANGED_AT_MALL = 'changed_at_mall'

/** @throws RangeError when `orderedAt` is no time. */
export function toOrderColumns(order: NormalisedOrder): OrderColumns {
  const lines = order.items.filter((item) => !item.deleted)
  return {
    ordered_at: new Date(order.orderedAt).toISOString(),
    mall_status: order.mallStatus.code,
    mall_sub_status: order.mallSubStatus?.code ?? null,
    mall_state: order.mallState,
    billed_amount: order.totals.billed,
    total_amount: order.totals.total,
    item_lines: lines.length,
    item_quantity: lines.reduce((sum, item) => sum + item.quantity, 0),
    payment_kind: order.payment.kind,
    holds: unique(order.holds.map((hold) => hold.kind)),
    flags: toFlags(order),
    warning_count: order.warnings.length,
  }
}

function toFlags(order: NormalisedOrder): string[] {
  return unique(order.mallState === 'cancelled' ? [CANCELLED_AT_MALL, ...order.flags] : order.flags)
}

const unique = (values: string[]): string[] => [...new Set(values)].sort()
