import type { Pool, PoolClient } from 'pg'
import { NOT_OURS, PENDING, SKIPPED } from '../imports/requests/retry-schedule.ts'
import { MOST_READ_AGAIN, type ReadAgain, readAgain } from '../imports/requests/statements.ts'
import type { ListedOrder } from '../marketplaces/port/session.ts'
import { DISMISSED } from '../orders/store/dismissed.ts'
import { differsFrom, LISTED, STILL_DIFFERS } from '../orders/store/list-difference.ts'
import type { Clock } from '../platform/clock.ts'
import { retryable } from '../platform/db/failures.ts'
import { statement } from '../platform/db/statement.ts'
import { inTransaction, type Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import { japanDay } from './plan.ts'

/**
 * Pause after the reading requested when the difference was seen. It grows with the difference's age, up to
 * an hour.
 */
const FIRST_PAUSE = `interval '15 seconds'`

/** Meaning of one page of the mall's list here. */
export interface PageFindings {
  /** Orders that no page named before. */
  fresh: number
  /** Missing orders that are neither requested nor given up. */
  unknown: string[]
  /** Orders that are not here. */
  missing: string[]
  /** Missing orders that the mall shows as orders, so it no longer holds them back. */
  told: string[]
  /** Stored orders that were cancelled or otherwise changed at the mall. */
  changed: string[]
}

/**
 * Stores the numbers that a page names and compares them with the stored orders. `from` is the start of the
 * window, `since` the time from which the shop is here.
 */
export async function applyPage(
  client: PoolClient,
  shopId: string,
  orders: readonly ListedOrder[],
  { from, liveFrom, since, at }: { from: Date; liveFrom: Date | null; since: Date; at: Date },
): Promise<PageFindings> {
  const rows = [...new Map(orders.map((order) => [order.orderNumber, order])).values()].map((order) => {
    const placed = order.orderedAt ?? from
    return {
      order_number: order.orderNumber,
      at: placed,
      day: japanDay(placed),
      live: liveFrom !== null && placed >= liveFrom,
      // As in doneBeforeUs(), without a call for each order.
      done:
        order.orderedAt !== null && placed < since && order.mallState !== null && order.mallState !== 'open',
      mall_state: order.mallState,
      mall_status: order.mallStatus,
      revision: order.revision ?? null,
    }
  })
  if (rows.length === 0) return { fresh: 0, unknown: [], missing: [], told: [], changed: [] }
  const { rows: found } = await client.query<{
    number: string
    fresh: boolean
    here: boolean
    asks: boolean
    told: boolean
    open: boolean
  }>(APPLY_PAGE({ shop: shopId, listed: rows, at, givenUp: GIVEN_UP, skipped: SKIPPED }))
  const missing = found.filter(({ here }) => !here)
  const numbers = missing.map(({ number }) => number)
  const open = missing.filter((order) => order.open).map(({ number }) => number)
  return {
    fresh: found.filter(({ fresh }) => fresh).length,
    unknown: numbers.length === 0 ? [] : await unasked(client, shopId, { numbers, open }, at),
    missing: numbers,
    told: missing.filter(({ told }) => told).map(({ number }) => number),
    changed: found.filter(({ asks }) => asks).map(({ number }) => number),
  }
}

const GIVEN_UP = [NOT_OURS, DISMISSED]

const SKIP = { at: 'timestamptz', skipped: 'text' } as const

/**
 * SQL: a number that was closed before it was here may be asked for again, as the list calls it open. Where
 * list and order keep disagreeing (the rest of a split), that is after as long as it has gone on, at last
 * daily.
 */
const mayReopen = (number: string): string => `coalesce((
  select max(r.finished_at) + least(max(r.finished_at) - min(r.requested_at), interval '1 day') <= :at from import_requests r
  where r.shop_id = :shop and r.order_number = ${number} and r.outcome = :skipped), true)`

// Stores the list's values only where they differ from the stored order, so a sweep of known orders writes
// nothing.
const APPLY_PAGE = statement(
  { shop: 'uuid', listed: 'jsonb', givenUp: 'text[]', ...SKIP },
  `
with listed as (
  select * from jsonb_to_recordset(:listed) as l (order_number text, at timestamptz, day date, live bool, done bool,
    mall_state text, mall_status text, revision text)
), known as (
  select l.order_number, l.at, l.day, l.live, l.mall_state, o.id is not null as here, w.order_number is null as fresh,
    o.id is null and l.done and w.order_number is null and not exists (
      select from import_requests r where r.shop_id = :shop and r.order_number = l.order_number
        and r.state in ('waiting', 'failed')) as done,
    case when o.id is null and w.state = 'skipped' and l.mall_state = 'open' and not exists (
      select from import_requests r where r.shop_id = :shop and r.order_number = l.order_number and r.outcome = any(:givenUp))
      then ${mayReopen('l.order_number')} else false end as reopened,
    case when o.id is not null and ${differsFrom('l.mall_state', 'l.mall_status', 'l.revision')}
      then jsonb_build_object('state', l.mall_state, 'status', l.mall_status, 'revision', l.revision)::text end as differs,
    w.seen, w.differs_since, w.state
  from listed l
  left join orders o on o.shop_id = :shop and o.order_number = l.order_number
  left join swept_orders w on w.shop_id = :shop and w.order_number = l.order_number
), added as (
  insert into swept_orders (shop_id, order_number, day, at, listed_at, state, live, seen, differs_since, next_ask_at)
  select :shop, order_number, day, at, :at, case when here then 'here' when done then 'skipped' else 'open' end, live, differs,
    case when differs is not null then :at end, case when differs is not null then :at + ${FIRST_PAUSE} end
  from known where fresh
  order by order_number
  on conflict do nothing
), noted as (
  update swept_orders w set state = case when k.reopened then 'open' else w.state end, seen = k.differs, differs_since = case when k.differs is not null then :at end,
    next_ask_at = case when k.differs is not null then :at + ${FIRST_PAUSE} end
  from known k
  where w.shop_id = :shop and w.order_number = k.order_number and not k.fresh
    and (k.reopened or k.differs is distinct from k.seen or (k.differs is null) <> (k.differs_since is null))
)
select order_number as number, fresh, here or done or coalesce(state = 'skipped' and not reopened, false) as here,
  differs is not null and (differs is distinct from seen or differs_since is null) as asks, mall_state is not null as told,
  coalesce(mall_state = 'open', false) as open
from known`,
)

const HURRY_HELD_BACK = statement(
  { shop: 'uuid', numbers: 'text[]', at: 'timestamptz', outcome: 'text' },
  `update import_requests set next_attempt_at = :at, asks = asks + 1 where id in (
     select id from import_requests where shop_id = :shop and order_number = any(:numbers) and state = 'waiting'
       and outcome = :outcome and next_attempt_at > :at
     order by order_number, purpose for update)`,
)

/** Requests orders at once that the mall held back until payment, when its list shows them as orders. */
export async function hurryHeldBack(
  client: PoolClient,
  shopId: string,
  numbers: readonly string[],
  at: Date,
): Promise<void> {
  if (numbers.length === 0) return
  await client.query(HURRY_HELD_BACK({ shop: shopId, numbers, at, outcome: PENDING }))
}

const LIST_UNASKED = statement(
  { shop: 'uuid', numbers: 'text[]', open: 'text[]', givenUp: 'text[]', ...SKIP },
  `select n from unnest(:numbers) n where not exists (
     select from import_requests r where r.shop_id = :shop and r.order_number = n
       and (r.state = 'waiting' or r.state = 'failed' and r.trust is distinct from 'unknown' or r.outcome = any(:givenUp)
       or r.outcome = :skipped and not (n = any(:open) and ${mayReopen('n')})))`,
)

/** Lists the numbers that are neither requested nor given up; `open` are those that the list calls open. */
export async function unasked(
  queries: Queries,
  shopId: string,
  { numbers, open }: { numbers: readonly string[]; open: readonly string[] },
  at: Date,
): Promise<string[]> {
  const { rows } = await queries.query<{ n: string }>(
    LIST_UNASKED({ shop: shopId, numbers, open, givenUp: GIVEN_UP, skipped: SKIPPED, at }),
  )
  return rows.map(({ n }) => n)
}

// Tracks differences between a mall's list and the stored order until they agree. A list and the call for one
// order may disagree for a while, and a reading may be refused, so one request is not enough.

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
      const { rows } = await client.query<ReadAgain>(
        CLAIM_DIFFERENCES({ at, perMinute: MOST_READ_AGAIN, limit: AT_ONCE, unrepeated }),
      )
      await readAgain(client, deps, rows, 'sweep')
    }),
  )

const CLAIM_DIFFERENCES = statement(
  { at: 'timestamptz', perMinute: 'int', limit: 'int', unrepeated: 'text[]' },
  `
with due as materialized (
  select w.shop_id, w.order_number, w.seen, w.differs_since from swept_orders w where w.next_ask_at <= :at
  order by w.next_ask_at limit :limit for update skip locked
), looked as (
  select w.shop_id, w.order_number, w.differs_since, o.tenant_id, coalesce(${STILL_DIFFERS}, false)
    and not (o.marketplace::text = any(:unrepeated) and w.differs_since < :at - ${UNREPEATED_FOR} and o.refreshed_at > w.differs_since) as differs
  from due w left join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
), placed as (
  select *, (row_number() over (partition by shop_id, differs order by differs_since, order_number) - 1) / :perMinute as minutes from looked
), noted as (
  update swept_orders w set
    seen = case when p.differs then w.seen end,
    differs_since = case when p.differs then w.differs_since end,
    next_ask_at = case when p.differs then :at + case when p.minutes > 0 then make_interval(mins => p.minutes::int)
      else least(greatest(:at - w.differs_since, ${FIRST_PAUSE}), ${LONGEST_PAUSE}) end end
  from placed p where w.shop_id = p.shop_id and w.order_number = p.order_number
)
select tenant_id::text as "tenantId", shop_id::text as "shopId", order_number as "orderNumber" from placed
where differs and minutes = 0`,
)

/** `mallStatus` is the name of before. */
interface SaidStatus {
  mallState: string | null
  mallStatusCode: string | null
  mallStatus: string | null
}

/** An order whose stored state differs from the mall's list. */
interface ListDifference {
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
  const { rows } = await queries.query<ListDifference & { count: number }>(
    LIST_DIFFERENCES({ shop: shopId, limit: most }),
  )
  return { count: rows[0]?.count ?? 0, orders: rows.map(({ count: _, ...difference }) => difference) }
}

const said = (state: string, status: string): string =>
  `jsonb_build_object('mallState', ${state}, 'mallStatusCode', ${status}, 'mallStatus', ${status})`

const HERE = said('o.mall_state', 'o.mall_status')
const LIST = said(`${LISTED} ->> 'state'`, `${LISTED} ->> 'status'`)

const LIST_DIFFERENCES = statement(
  { shop: 'uuid', limit: 'int' },
  `
select o.id::text as "orderId", o.order_number as "orderNumber",
  ${HERE} as here, ${LIST} as list,
  w.differs_since as since, w.next_ask_at as "nextAskAt", (count(*) over ())::int as count
from swept_orders w join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
where w.shop_id = :shop and w.differs_since is not null and ${STILL_DIFFERS}
order by w.differs_since, o.order_number limit :limit`,
)
