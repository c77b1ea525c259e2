import { statement } from '../platform/db/statement-names.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { DuePage, DueShop } from '../worker/shop-job.ts'
import { readDuePage, shopsWithDue } from '../worker/statements.ts'
import type { Position } from './list-position.ts'

export const FIND_SHOP =
  'select id::text, code, marketplace::text as name from shops where id = $1 and tenant_id = $2'

export const LIST_HERE = `
select order_number as "orderNumber", id::text as "orderId" from orders
where shop_id = $1 and order_number = any($2::text[]) order by order_number`

export const INSERT_SCAN = `
insert into import_scans (id, tenant_id, shop_id, from_at, to_at, state, window_from, next_attempt_at, requested_by, requested_at)
values ($1, $2, $3, $4, $5, 'waiting', $4, $6, $7, $6)`

export const COUNT_BY_TRIGGER = `
select r.source as trigger, count(*)::int as orders,
  percentile_disc(array[0.5, 0.95, 1]) within group (order by extract(epoch from r.finished_at - o.ordered_at)::float8) as order,
  percentile_disc(array[0.5, 0.95, 1]) within group (order by extract(epoch from r.finished_at - r.requested_at)::float8) as asked
from import_requests r
join orders o on o.shop_id = r.shop_id and o.order_number = r.order_number
where r.shop_id = $1 and r.tenant_id = $2 and r.outcome = 'staged' and r.finished_at >= $3 and r.finished_at < $4
group by r.source order by orders desc, r.source`

export const LIST_REIMPORTED = `
select id::text, shop_id::text as "shopId", order_number as "orderNumber", sealed_detail is null as purged
from orders where tenant_id = $1 and id = any($2::uuid[])`

export const INSERT_REIMPORT = `
insert into reimports (id, tenant_id, apply, requested_by, requested_at) values ($1, $2, $3, $4, $5)`

export const LINK_REIMPORT = `
insert into reimport_orders (reimport_id, position, order_id, request_id)
select $1, w.position, o.id, r.id
from unnest($2::uuid[]) with ordinality as w (id, position) join orders o on o.id = w.id
join import_requests r on r.shop_id = o.shop_id and r.order_number = o.order_number and r.purpose = 'reimport' and r.state = 'waiting'
order by w.position
returning order_id::text as "orderId", request_id::text as "requestId"`

export const READ_REIMPORT = `
select i.apply, i.requested_at as "requestedAt", r.order_id::text as "orderId", r.request_id::text as "requestId",
  r.finished_at as "finishedAt", r.version_before as "versionBefore", r.version_after as "versionAfter",
  r.sealed_difference as "sealedDifference", q.state::text, q.outcome, q.message
from reimports i join reimport_orders r on r.reimport_id = i.id left join import_requests q on q.id = r.request_id
where i.id = $1 and i.tenant_id = $2
order by r.position`

/**
 * Of a mall that sends other names with each order no more is kept, in memory and in the table; another
 * mall's are kept all the same.
 */
export const MOST_KEPT = 500

/**
 * Counted by the database, as several processes write the same rows; sorted, so that they do not wait for
 * each other in a circle.
 */
export const SAVE_UNKNOWN_FIELDS = `
insert into unknown_fields (marketplace, field, code, shape, count, first_seen_at, last_seen_at)
select n.marketplace::marketplace, n.field, n.code, n.shape, n.count, n.first, n.last
from (
  select g.*, u.field is not null as known, sum((u.field is null)::int) over (partition by g.marketplace order by g.field, g.code) as nth
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::timestamptz[])
    as g (marketplace, field, code, shape, count, first, last)
  left join unknown_fields u on u.marketplace::text = g.marketplace and u.field = g.field and u.code = g.code
) n
where n.known or n.nth + (select count(*) from unknown_fields u where u.marketplace::text = n.marketplace) <= ${MOST_KEPT}
order by n.marketplace, n.field, n.code
on conflict (marketplace, field, code) do update set count = unknown_fields.count + excluded.count, shape = excluded.shape,
  first_seen_at = least(unknown_fields.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(unknown_fields.last_seen_at, excluded.last_seen_at)`

/** A period import (期間指定の取込) and how far it has come. */
export interface Scan extends Omit<Position, 'windowTo'> {
  id: string
  toAt: Date
  attempts: number
  requestedAt: Date
}

export async function readDueScan(queries: Queries, shopId: string, now: Date): Promise<Scan | null> {
  const { rows } = await queries.query<Scan>({ ...FIND_DUE_SCAN, values: [shopId, now] })
  return rows[0] ?? null
}

const IS_DUE = "from import_scans where shop_id = $1 and state = 'waiting' and next_attempt_at <= $2"

/** $1 shop, $2 now. */
export const SCAN_IS_DUE = `exists (select ${IS_DUE})`

const FIND_DUE_SCAN = statement(
  `select id::text, to_at as "toAt", window_from as "windowFrom", page, pass, pass_new as "passNew",
     pass_sum::float8 as "passSum", last_sum::float8 as "lastSum", attempts, requested_at as "requestedAt"
   ${IS_DUE}
   order by next_attempt_at, id limit 1`,
)

export const readShopsWithDueScans = (queries: Queries, now: Date, page: DuePage): Promise<DueShop[]> =>
  readDuePage(queries, SHOPS_WITH_SCANS, now, page)

const SHOPS_WITH_SCANS = statement(
  shopsWithDue(`
select shop_id, min(next_attempt_at) as since, max(next_attempt_at) as latest from import_scans
where state = 'waiting' and next_attempt_at <= $1 group by shop_id`),
)

/** Those numbers that have no order here. A later reading asks for none that this import asked for. */
export async function unknownNumbers(
  queries: Queries,
  shopId: string,
  numbers: readonly string[],
  { pass, requestedAt }: Pick<Scan, 'pass' | 'requestedAt'>,
): Promise<string[]> {
  const { rows } = await queries.query<{ n: string }>(
    `select n from unnest($2::text[]) n
     where not exists (select from orders o where o.shop_id = $1 and o.order_number = n)
       and ($3::timestamptz is null or not exists (
         select from import_requests r where r.shop_id = $1 and r.order_number = n and (r.state = 'waiting' or r.requested_at >= $3)))`,
    [shopId, numbers, pass === 0 ? null : requestedAt],
  )
  return rows.map((row) => row.n)
}

// Includes the scan's position in each condition: of two runs over one page only the first moves it on.
const WHERE_IT_STOOD = `where id = $1 and state = 'waiting' and window_from = $2 and page is not distinct from $3 and pass = $4`

const standOf = ({ id, windowFrom, page, pass }: Scan) => [id, windowFrom, page, pass]

export async function advanceScan(
  queries: Queries,
  scan: Scan,
  to: Omit<Position, 'windowTo'> & { listed: number; requested: number },
): Promise<void> {
  await queries.query(
    `update import_scans set window_from = $5, page = $6, pass = $7, pass_new = $8, pass_sum = $9, last_sum = $10,
       listed = listed + $11, requested = requested + $12, attempts = 0, outcome = null, message = null ${WHERE_IT_STOOD}`,
    [
      ...[...standOf(scan), to.windowFrom, to.page, to.pass, to.passNew, to.passSum, to.lastSum],
      ...[to.listed, to.requested],
    ],
  )
}

export async function endScan(
  queries: Queries,
  scan: Scan,
  end: {
    state: 'done' | 'failed'
    code: string
    message: string | null
    listed: number
    requested: number
  },
  at: Date,
): Promise<void> {
  await queries.query(
    `update import_scans set state = $5::import_state, outcome = $6, message = $7, listed = listed + $8,
       requested = requested + $9, finished_at = $10 ${WHERE_IT_STOOD}`,
    [...standOf(scan), end.state, end.code, end.message, end.listed, end.requested, at],
  )
}

export async function postponeScan(
  queries: Queries,
  scan: Scan,
  why: { code: string; message: string },
  next: { at: Date; attempts: number },
): Promise<void> {
  await queries.query(
    `update import_scans set attempts = $8, outcome = $5, message = $6, next_attempt_at = $7 ${WHERE_IT_STOOD}`,
    [...standOf(scan), why.code, why.message, next.at, next.attempts],
  )
}
