import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import { retryable } from '../platform/db/failures.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import { type ReadAgain, readAgain } from './requests/store.ts'

/**
 * Of a shop in a minute: what is due together, as after a long stop, must not use up its quota. The rest
 * comes minute by minute.
 */
export const MOST_READ_AGAIN = 10

/** Orders of one round, of all shops. */
const AT_ONCE = 500

/**
 * Asks for orders whose time to be read again has come (`orders.next_check_at`): a hold has ended, or is past
 * its time and still there. The reading sets the next time; until it has come in, the order is asked for
 * again each hour. Any number of processes may do it: each takes other orders.
 */
export const checkHeldOrders = (deps: { pool: Pool; clock: Clock; newId: NewId }): Promise<void> =>
  retryable(() =>
    inTransaction(deps.pool, async (client) => {
      const at = new Date(deps.clock.now())
      const { rows } = await client.query<ReadAgain>(DUE, [at, MOST_READ_AGAIN, AT_ONCE])
      await readAgain(client, deps, rows, 'window')
    }),
  )

const DUE = `
with due as materialized (
  select id, shop_id from orders where next_check_at <= $1 order by next_check_at limit $3 for no key update skip locked
), placed as (
  select id, (row_number() over (partition by shop_id order by id) - 1) / $2::int as minutes from due
), moved as (
  update orders o set next_check_at = $1::timestamptz + case when p.minutes = 0 then interval '1 hour' else make_interval(mins => p.minutes::int) end
  from placed p where o.id = p.id
  returning o.tenant_id, o.shop_id, o.order_number, p.minutes
)
select tenant_id::text as "tenantId", shop_id::text as "shopId", order_number as "orderNumber" from moved where minutes = 0`
