import type { Period } from '../imports/list-position.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { FURTHEST_DAYS } from './plan.ts'

const DAY_MS = 24 * 60 * 60_000

const IS_OPEN = `o.shop_id = $1 and o.mall_state = 'open' and o.status not in ('shipped', 'completed', 'cancelled')`

/**
 * Not shipped, neither here nor at the mall as far as we know: what staff may still ship, and what a hold keeps however old it is.
 * `o` is the order, $1 the shop. In the very words of the index orders_open, which is not used otherwise.
 */
export const OPEN = `${IS_OPEN} and (o.ordered_at >= $2 or cardinality(o.holds) > 0)`

/** What is open, not held, and older than this is no longer compared. */
export const furthest = (now: number) => new Date(now - FURTHEST_DAYS * DAY_MS)

/** Which open orders a pass compares. */
export interface OpenScope {
  /** Of orders that are not held, and of those of which the mall's list says something else. */
  since: Date
  /** Of held ones. */
  heldSince: Date
}

const COMPARED = `
select o.ordered_at from orders o where ${IS_OPEN} and (o.ordered_at >= $2 or o.ordered_at >= $3 and cardinality(o.holds) > 0)
union all
select o.ordered_at from swept_orders w join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
where w.shop_id = $1 and w.differs_since is not null and o.ordered_at >= least($2, $3)`

/** When the oldest order was placed that is to be compared; null when none is. */
export async function readOpenSince(
  queries: Queries,
  shopId: string,
  { since, heldSince }: OpenScope,
): Promise<Date | null> {
  const { rows } = await queries.query<{ since: Date | null }>(
    `select min(c.ordered_at) as since from (${COMPARED}) c`,
    [shopId, since, heldSince],
  )
  return rows[0]?.since ?? null
}

/** The same for the newest held one of a period, or one that the list says something else of: they lie far apart. */
export async function readHeldBefore(
  queries: Queries,
  shopId: string,
  { from, to }: Period,
): Promise<Date | null> {
  const { rows } = await queries.query<{ at: Date | null }>(
    `select max(c.ordered_at) as at from (${COMPARED}) c where c.ordered_at < $4`,
    [shopId, to, from, to],
  )
  return rows[0]?.at ?? null
}
