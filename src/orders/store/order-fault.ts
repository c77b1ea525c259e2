import { codeOf } from '../../platform/errors.ts'
import { factsOf } from '../../platform/narrow.ts'

/** Tables with the mall's words on an order; whatever else is written with it is our own bookkeeping. */
const OF_THE_ORDER = new Set([
  'orders',
  'order_raws',
  'order_search',
  'order_item_search',
  'order_marks',
  'order_versions',
])
/** Keys made of the order's content. Others are numbers that we gave, and a clash of those is our own. */
const OF_ITS_CONTENT = new Set(['order_search_pkey', 'order_item_search_pkey', 'order_marks_pkey'])
/** Triggers that write what they find in the order. */
const FROM_ITS_CONTENT = /function torikomi_(items?_searchable|item_tokens|order_marked|number_tokens?)\(/

/**
 * True when Postgres refused an order for its content, so that it would be refused again and others would
 * not. Any other refusal of the write is our outage: a count, an event, a sequence at its end, a month
 * without a partition. The order waits until that is fixed.
 */
export function isOrdersFault(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  const { table, constraint, column, where } = factsOf(error)
  if (typeof table === 'string' && !OF_THE_ORDER.has(table)) return false
  switch (code.slice(0, 2)) {
    case '22':
    case '54':
      // A sequence that has come to its end.
      if (code === '2200H') return false
      return typeof where !== 'string' || !where.includes('PL/pgSQL') || FROM_ITS_CONTENT.test(where)
    case '23':
      // A key that points to another row, and a row that no partition takes, say nothing of the order.
      if (code === '23502') return typeof table === 'string' && typeof column === 'string'
      if (code === '23514') return typeof table === 'string' && typeof constraint === 'string'
      return code === '23505' && OF_ITS_CONTENT.has(String(constraint))
    default:
      return false
  }
}
