import type { Period } from '../imports/list-position.ts'
import { NOT_CLOSED } from '../orders/store/list-difference.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { FURTHEST_DAYS } from './plan.ts'

const DAY_MS = 24 * 60 * 60_000

const IS_OPEN = `o.shop_id = $1 and o.mall_state = 'open' and ${NOT_CLOSED}`

/**
 * Conditions for orders not known to be shipped, here or at the mall: orders that staff may still ship, and
 * held ones of any age. `o` is the order, $1 the shop. Repeats the predicate of the index orders_open, which
 * is not used otherwise.
 */
export const OPEN = `${IS_OPEN} and (o.ordered_at >= $2 or cardinality(o.holds) > 0)`

/** Returns the age limit of comparison: older open orders that are not held are skipped. */
export const furthest = (now: number) => new Date(now - FURTHEST_DAYS * DAY_MS)

/** Open orders that a pass compares. */
export interface OpenScope {
  /** For orders not held, and for those that the mall's list contradicts. */
  since: Date
  /** For held orders. */
  heldSince: Date
}

const COMPARED = `
select o.ordered_at from orders o where ${IS_OPEN} and (o.ordered_at >= $2 or o.ordered_at >= $3 and cardinality(o.holds) > 0)
union all
select o.ordered_at from swept_orders w join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
where w.shop_id = $1 and w.differs_since is not null and o.ordered_at >= least($2, $3)`

/** Finds when the oldest order to compare was placed; null when there is none. */
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

/**
 * Finds when the newest order to compare in the period was placed, held or contradicted by the list: they lie
 * far apart.
 */
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
