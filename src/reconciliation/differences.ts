import type { Pool } from 'pg'
import { MOST_READ_AGAIN } from '../imports/held-orders.ts'
import { type ReadAgain, readAgain } from '../imports/requests/store.ts'
import { LISTED, STILL_DIFFERS } from '../orders/store/list-difference.ts'
import type { Clock } from '../platform/clock.ts'
import { retryable } from '../platform/db/failures.ts'
import { inTransaction, type Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'

/**
 * Tracks differences between a mall's list and the stored order until they agree. A list and the call for one
 * order may disagree for a while, and a reading may be refused, so one request is not enough.
 */

/**
 * Pause after the reading requested when the difference was seen. It grows with the difference's age, up to
 * an hour.
 */
export const FIRST_PAUSE = `interval '15 seconds'`
const LONGEST_PAUSE = `interval '1 hour'`
/**
 * Trust in the list's last word over the mall's own reading, for lists that name an order only when it
 * changes (`freshBy` changes).
 */
const UNREPEATED_FOR = `interval '1 day'`
const AT_ONCE = 500

/**
 * Requests orders again that still differ from their mall's list, and deletes differences that are gone. Any
 * number of processes may run it: each takes other rows.
 */
export const askAgain = (
  deps: { pool: Pool; clock: Clock; newId: NewId },
  unrepeated: readonly string[],
): Promise<void> =>
  retryable(() =>
    inTransaction(deps.pool, async (client) => {
      const at = new Date(deps.clock.now())
      const { rows } = await client.query<ReadAgain>(ASK_AGAIN, [at, MOST_READ_AGAIN, AT_ONCE, unrepeated])
      await readAgain(client, deps, rows, 'sweep')
    }),
  )

const ASK_AGAIN = `
with due as materialized (
  select w.shop_id, w.order_number, w.seen, w.differs_since from swept_orders w where w.next_ask_at <= $1
  order by w.next_ask_at limit $3 for update skip locked
), looked as (
  select w.shop_id, w.order_number, w.differs_since, o.tenant_id, coalesce(${STILL_DIFFERS}, false)
    and not (o.marketplace::text = any($4::text[]) and w.differs_since < $1::timestamptz - ${UNREPEATED_FOR} and o.refreshed_at > w.differs_since) as differs
  from due w left join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
), placed as (
  select *, (row_number() over (partition by shop_id, differs order by differs_since, order_number) - 1) / $2::int as minutes from looked
), noted as (
  update swept_orders w set
    seen = case when p.differs then w.seen end,
    differs_since = case when p.differs then w.differs_since end,
    next_ask_at = case when p.differs then $1::timestamptz + case when p.minutes > 0 then make_interval(mins => p.minutes::int)
      else least(greatest($1::timestamptz - w.differs_since, ${FIRST_PAUSE}), ${LONGEST_PAUSE}) end end
  from placed p where w.shop_id = p.shop_id and w.order_number = p.order_number
)
select tenant_id::text as "tenantId", shop_id::text as "shopId", order_number as "orderNumber" from placed
where differs and minutes = 0`

/** `mallStatus` is the name of before. */
interface SaidStatus {
  mallState: string | null
  mallStatusCode: string | null
  mallStatus: string | null
}

/** An order whose stored state differs from the mall's list. */
export interface ListDifference {
  orderId: string
  orderNumber: string
  here: SaidStatus
  list: SaidStatus
  since: Date
  nextAskAt: Date
}

/**
 * Lists a shop's differences, oldest first. Omits those that agree by now, although their row still exists.
 */
export async function readDifferences(
  queries: Queries,
  shopId: string,
  most: number,
): Promise<{ count: number; orders: ListDifference[] }> {
  const { rows } = await queries.query<ListDifference & { count: number }>(READ, [shopId, most])
  return { count: rows[0]?.count ?? 0, orders: rows.map(({ count: _, ...difference }) => difference) }
}

const said = (state: string, status: string): string =>
  `jsonb_build_object('mallState', ${state}, 'mallStatusCode', ${status}, 'mallStatus', ${status})`

const HERE = said('o.mall_state', 'o.mall_status')
const LIST = said(`${LISTED} ->> 'state'`, `${LISTED} ->> 'status'`)

const READ = `
select o.id::text as "orderId", o.order_number as "orderNumber",
  ${HERE} as here, ${LIST} as list,
  w.differs_since as since, w.next_ask_at as "nextAskAt", (count(*) over ())::int as count
from swept_orders w join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
where w.shop_id = $1 and w.differs_since is not null and ${STILL_DIFFERS}
order by w.differs_since, o.order_number limit $2`
