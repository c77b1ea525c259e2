import type { Queries } from '../platform/db/transaction.ts'

/**
 * Takes the orders' rows, in one order for everybody, before anything of their changes is written: whoever writes
 * `orders.change_state` has then seen all that was written before. No stronger than that: `for update` would also keep a line
 * of the timeline from being written, whose writer may hold the change that is waited for here, and both would dead-lock.
 */
export async function lockOrders(queries: Queries, orderIds: readonly string[]): Promise<void> {
  await queries.query('select 1 from orders where id = any($1::uuid[]) order by id for no key update', [
    [...new Set(orderIds)],
  ])
}

/**
 * ステータス変更状態 of orders: what is open first, then what nobody has seen yet and is worst. The orders are locked.
 * Leaves `version` alone: it guards what staff edit, and a worker must not fail their edit.
 */
export async function writeOrderStates(
  queries: Queries,
  orderIds: readonly string[],
  at: Date,
): Promise<void> {
  await queries.query(
    `with wanted as (
       select o.id, coalesce((
         select c.state from site_changes c where c.order_id = o.id and c.dismissed_at is null
         order by array_position(array['changing', 'queued', 'failed', 'warning', 'succeeded']::change_state[], c.state)
         limit 1
       ), 'none') as state
       from orders o where o.id = any($1::uuid[])
     )
     update orders o set change_state = w.state, updated_at = $2
     from wanted w where o.id = w.id and o.change_state <> w.state`,
    [[...new Set(orderIds)], at],
  )
}
