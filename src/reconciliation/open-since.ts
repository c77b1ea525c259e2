import type { Queries } from '../platform/db/transaction.ts'
import { FURTHEST_DAYS } from './plan.ts'

const DAY_MS = 24 * 60 * 60_000

/**
 * Not shipped, neither here nor at the mall as far as we know: what staff may still ship. `o` is the order, $1 the shop. In the
 * very words of the index orders_open, which is not used otherwise.
 */
export const OPEN = `o.shop_id = $1 and o.mall_state = 'open' and o.status not in ('shipped', 'completed', 'cancelled')
  and o.ordered_at >= $2`

/** What is open and older than this is no longer compared. */
export const furthest = (now: number) => new Date(now - FURTHEST_DAYS * DAY_MS)

/** When the oldest order was placed that is still open; null when none is. */
export async function readOpenSince(queries: Queries, shopId: string, now: number): Promise<Date | null> {
  const { rows } = await queries.query<{ since: Date | null }>(
    `select min(o.ordered_at) as since from orders o where ${OPEN}`,
    [shopId, furthest(now)],
  )
  return rows[0]?.since ?? null
}
