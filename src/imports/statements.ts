import { wasDismissed } from '../orders/store/dismissed.ts'
import { prepared, statement } from '../platform/db/statement.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { DuePage, DueShop } from '../worker/shop-job.ts'
import { DUE_PAGE, readDuePage, shopsWithDue } from '../worker/statements.ts'
import type { Position } from './list-position.ts'

export const FIND_SHOP = statement(
  { shop: 'uuid', tenant: 'uuid' },
  'select id::text, code, marketplace::text as name from shops where id = :shop and tenant_id = :tenant',
)

export const LIST_HERE = statement(
  { shop: 'uuid', numbers: 'text[]' },
  `
select order_number as "orderNumber", id::text as "orderId" from orders
where shop_id = :shop and order_number = any(:numbers) order by order_number`,
)

export const INSERT_SCAN = statement(
  {
    id: 'uuid',
    tenant: 'uuid',
    shop: 'uuid',
    from: 'timestamptz',
    to: 'timestamptz',
    now: 'timestamptz',
    actor: 'text',
  },
  `
insert into import_scans (id, tenant_id, shop_id, from_at, to_at, state, window_from, next_attempt_at, requested_by, requested_at)
values (:id, :tenant, :shop, :from, :to, 'waiting', :from, :now, :actor, :now)`,
)

export const COUNT_BY_TRIGGER = statement(
  { shop: 'uuid', tenant: 'uuid', from: 'timestamptz', to: 'timestamptz' },
  `
select r.source as trigger, count(*)::int as orders,
  percentile_disc(array[0.5, 0.95, 1]) within group (order by extract(epoch from r.finished_at - o.ordered_at)::float8) as order,
  percentile_disc(array[0.5, 0.95, 1]) within group (order by extract(epoch from r.finished_at - r.requested_at)::float8) as asked
from import_requests r
join orders o on o.shop_id = r.shop_id and o.order_number = r.order_number
where r.shop_id = :shop and r.tenant_id = :tenant and r.outcome = 'staged' and r.finished_at >= :from and r.finished_at < :to
group by r.source order by orders desc, r.source`,
)

export const LIST_REIMPORTED = statement(
  { tenant: 'uuid', orders: 'uuid[]' },
  `
select id::text, shop_id::text as "shopId", order_number as "orderNumber", sealed_detail is null as purged
from orders where tenant_id = :tenant and id = any(:orders)`,
)

export const INSERT_REIMPORT = statement(
  { id: 'uuid', tenant: 'uuid', apply: 'text', actor: 'text', at: 'timestamptz' },
  `
insert into reimports (id, tenant_id, apply, requested_by, requested_at) values (:id, :tenant, :apply, :actor, :at)`,
)

export const LINK_REIMPORT = statement(
  { reimport: 'uuid', orders: 'uuid[]' },
  `
insert into reimport_orders (reimport_id, position, order_id, request_id)
select :reimport, w.position, o.id, r.id
from unnest(:orders) with ordinality as w (id, position) join orders o on o.id = w.id
join import_requests r on r.shop_id = o.shop_id and r.order_number = o.order_number and r.purpose = 'reimport' and r.state = 'waiting'
order by w.position
returning order_id::text as "orderId", request_id::text as "requestId"`,
)

export const READ_REIMPORT = statement(
  { reimport: 'uuid', tenant: 'uuid' },
  `
select i.apply, i.requested_at as "requestedAt", r.order_id::text as "orderId", r.request_id::text as "requestId",
  r.finished_at as "finishedAt", r.version_before as "versionBefore", r.version_after as "versionAfter",
  r.sealed_difference as "sealedDifference", q.state::text, q.outcome, q.message
from reimports i join reimport_orders r on r.reimport_id = i.id left join import_requests q on q.id = r.request_id
where i.id = :reimport and i.tenant_id = :tenant
order by r.position`,
)

/**
 * Limit for each mall, in memory and in the table: one that sends other names with each order does not
 * displace those of the others.
 */
export const MOST_KEPT = 500

/**
 * Counted by the database, as several processes write the same rows; sorted, so that they do not wait for
 * each other in a circle.
 */
export const SAVE_UNKNOWN_FIELDS = statement(
  { fields: 'jsonb' },
  `
insert into unknown_fields (marketplace, field, code, shape, count, first_seen_at, last_seen_at)
select n.marketplace::marketplace, n.field, n.code, n.shape, n.count, n.first, n.last
from (
  select g.*, u.field is not null as known, sum((u.field is null)::int) over (partition by g.marketplace order by g.field, g.code) as nth
  from jsonb_to_recordset(:fields) as g (marketplace text, field text, code text, shape text, count int, first timestamptz, last timestamptz)
  left join unknown_fields u on u.marketplace::text = g.marketplace and u.field = g.field and u.code = g.code
) n
where n.known or n.nth + (select count(*) from unknown_fields u where u.marketplace::text = n.marketplace) <= ${MOST_KEPT}
order by n.marketplace, n.field, n.code
on conflict (marketplace, field, code) do update set count = unknown_fields.count + excluded.count, shape = excluded.shape,
  first_seen_at = least(unknown_fields.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(unknown_fields.last_seen_at, excluded.last_seen_at)`,
)

/** A period import (期間指定の取込) and how far it has come. */
export interface Scan extends Omit<Position, 'windowTo'> {
  id: string
  toAt: Date
  attempts: number
  requestedAt: Date
  /** Entries of the list so far that could not be read. */
  unreadable: number
}

export async function readDueScan(queries: Queries, shopId: string, now: Date): Promise<Scan | null> {
  const { rows } = await queries.query<Scan>(FIND_DUE_SCAN({ shop: shopId, now }))
  return rows[0] ?? null
}

const IS_DUE = "from import_scans where shop_id = :shop and state = 'waiting' and next_attempt_at <= :now"

/** Fragment of a shop's turn: `:shop`, `:now`. */
export const SCAN_IS_DUE = `exists (select ${IS_DUE})`

const FIND_DUE_SCAN = prepared(
  { shop: 'uuid', now: 'timestamptz' },
  `select id::text, to_at as "toAt", window_from as "windowFrom", page, pass, pass_new as "passNew",
     pass_sum::float8 as "passSum", last_sum::float8 as "lastSum", attempts, requested_at as "requestedAt", unreadable
   ${IS_DUE}
   order by next_attempt_at, id limit 1`,
)

export const readShopsWithDueScans = (queries: Queries, now: Date, page: DuePage): Promise<DueShop[]> =>
  readDuePage(queries, SHOPS_WITH_SCANS, now, page)

const SHOPS_WITH_SCANS = prepared(
  DUE_PAGE,
  shopsWithDue(`
select shop_id, min(next_attempt_at) as since, max(next_attempt_at) as latest from import_scans
where state = 'waiting' and next_attempt_at <= :now group by shop_id`),
)

const LIST_UNKNOWN = statement(
  { shop: 'uuid', numbers: 'text[]', askedSince: 'timestamptz?' },
  `select n from unnest(:numbers) n
   where not exists (select from orders o where o.shop_id = :shop and o.order_number = n) and not ${wasDismissed(':shop', 'n')}
     and (:askedSince is null or not exists (
       select from import_requests r where r.shop_id = :shop and r.order_number = n
         and (r.state = 'waiting' or r.requested_at >= :askedSince)))`,
)

/**
 * Those numbers that have no order here and that nobody took off. A later reading asks for none that this
 * import asked for.
 */
export async function unknownNumbers(
  queries: Queries,
  shopId: string,
  numbers: readonly string[],
  { pass, requestedAt }: Pick<Scan, 'pass' | 'requestedAt'>,
): Promise<string[]> {
  const { rows } = await queries.query<{ n: string }>(
    LIST_UNKNOWN({ shop: shopId, numbers, askedSince: pass === 0 ? null : requestedAt }),
  )
  return rows.map((row) => row.n)
}

// Includes the scan's position in each condition: of two runs over one page only the first moves it on.
const WHERE_IT_STOOD = `where id = :scan and state = 'waiting' and window_from = :stoodFrom
  and page is not distinct from :stoodPage and pass = :stoodPass`
const STOOD = { scan: 'uuid', stoodFrom: 'timestamptz', stoodPage: 'text?', stoodPass: 'int' } as const

const toStood = ({ id, windowFrom, page, pass }: Scan) => ({
  scan: id,
  stoodFrom: windowFrom,
  stoodPage: page,
  stoodPass: pass,
})

const ADVANCE_SCAN = statement(
  {
    ...STOOD,
    windowFrom: 'timestamptz',
    page: 'text?',
    pass: 'int',
    passNew: 'int',
    passSum: 'float8',
    lastSum: 'float8?',
    listed: 'int',
    requested: 'int',
    unreadable: 'int',
  },
  `update import_scans set window_from = :windowFrom, page = :page, pass = :pass, pass_new = :passNew, pass_sum = :passSum,
     last_sum = :lastSum, listed = listed + :listed, requested = requested + :requested, unreadable = :unreadable, attempts = 0, outcome = null, message = null
   ${WHERE_IT_STOOD}`,
)

export async function advanceScan(
  queries: Queries,
  scan: Scan,
  to: Omit<Position, 'windowTo'> & { listed: number; requested: number; unreadable: number },
): Promise<void> {
  const { windowFrom, page, pass, passNew, passSum, lastSum, listed, requested, unreadable } = to
  await queries.query(
    ADVANCE_SCAN({
      ...toStood(scan),
      windowFrom,
      page,
      pass,
      passNew,
      passSum,
      lastSum,
      listed,
      requested,
      unreadable,
    }),
  )
}

const END_SCAN = statement(
  {
    ...STOOD,
    state: 'import_state',
    code: 'text',
    message: 'text?',
    listed: 'int',
    requested: 'int',
    unreadable: 'int',
    at: 'timestamptz',
  },
  `update import_scans set state = :state, outcome = :code, message = :message, listed = listed + :listed,
     requested = requested + :requested, unreadable = :unreadable, finished_at = :at ${WHERE_IT_STOOD}`,
)

export async function endScan(
  queries: Queries,
  scan: Scan,
  end: {
    state: 'done' | 'failed'
    code: string
    message: string | null
    listed: number
    requested: number
    unreadable: number
  },
  at: Date,
): Promise<void> {
  await queries.query(END_SCAN({ ...toStood(scan), ...end, at }))
}

const POSTPONE_SCAN = statement(
  { ...STOOD, code: 'text', message: 'text', nextAt: 'timestamptz', attempts: 'int' },
  `update import_scans set attempts = :attempts, outcome = :code, message = :message, next_attempt_at = :nextAt ${WHERE_IT_STOOD}`,
)

export async function postponeScan(
  queries: Queries,
  scan: Scan,
  why: { code: string; message: string },
  next: { at: Date; attempts: number },
): Promise<void> {
  const { code, message } = why
  await queries.query(
    POSTPONE_SCAN({ ...toStood(scan), code, message, nextAt: next.at, attempts: next.attempts }),
  )
}
