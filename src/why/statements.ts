import { INNOCENT } from '../imports/requests/statements.ts'
import { statement } from '../platform/db/statement-names.ts'

/** Statements that answer why an order is not here, by existing indexes alone. */

export const SEALED_MAILS = `
select id::text, tenant_id::text as "tenantId", sealed_mail as sealed from mails where id = any($1::uuid[])`

// Looked up for each number: as a join, a plan for many of them would go through all orders.
const NOT_HERE = `
left join lateral (select true as here from orders o where o.shop_id = f.shop_id and o.order_number = f.number limit 1) h on true
where h.here is null`

/** SQL condition: request i is for an order that is not here, also one that a mail wants read again. */
const WANTED = `(i.purpose = 'import' or i.purpose = 'refresh'
  and not exists (select from orders o where o.shop_id = i.shop_id and o.order_number = i.order_number))`

const MISSING_BY_PART = `
select distinct f.number, f.shop_id from (
  select s.id as shop_id, r.order_number as number from unnest($1::uuid[]) as s (id) cross join unnest('{waiting,failed}'::import_state[]) as w (state)
  cross join unnest('{import,refresh}'::text[]) as p (purpose) cross join lateral (
    select i.order_number from import_requests i where i.shop_id = s.id and i.state = w.state and i.purpose = p.purpose
    order by i.requested_at desc, i.id desc limit $3
  ) r where starts_with(lower(r.order_number), $2) or right(lower(r.order_number), length($2)) = $2
  union all
  select s.id, o.order_number from unnest($1::uuid[]) as s (id) cross join lateral (
    select order_number from swept_orders where shop_id = s.id and state = 'open' order by day desc limit $3
  ) o where starts_with(lower(o.order_number), $2) or right(lower(o.order_number), length($2)) = $2
) f ${NOT_HERE} order by f.number desc limit $4`

const HERE_BY_START = `
select f.number, f.shop_id from torikomi_orders_by_number($5, $2, $6) n
cross join lateral (select o.order_number as number, o.shop_id from orders o where o.id = n.id and o.shop_id = any($1::uuid[]) limit 1) f
limit $4`

// By the tokens that the list's search uses, the newest month first: it ends once enough are found. After an
// upgrade from a release without tokens, old orders are missed until the background task has made theirs.
const HERE_BY_END = `
select f.number, f.shop_id from (
  select array[torikomi_number_token($5, m.month, $2)] as tokens from generate_series(
    torikomi_month((select ordered_at from orders where tenant_id = $5 order by ordered_at desc limit 1)),
    torikomi_month((select ordered_at from orders where tenant_id = $5 order by ordered_at limit 1)), -1) as m (month)
  where not $7::boolean
) w
cross join lateral (select s.order_id from order_item_search s where s.tokens @> w.tokens offset 0) t
cross join lateral (
  select o.order_number as number, o.shop_id from orders o
  where o.id = t.order_id and o.shop_id = any($1::uuid[]) and right(lower(o.order_number), length($2)) = $2 limit 1) f
limit $4`

/** Numbers of shops $1 that begin or end with $2, those that are not here first. */
export const BY_PART = statement(`
select number, shop_id::text as "shopId" from (
  select 1 as place, * from (${MISSING_BY_PART}) missing
  union all select 2, * from (${HERE_BY_START}) here
  union all select 3, * from (${HERE_BY_END}) here
) found order by place`)

/** Numbers that the malls of shops $1 list for day $2 and that are not here. */
export const OF_DAY = statement(`
select f.number, f.shop_id::text as "shopId" from (
  select s.id as shop_id, o.order_number as number from unnest($1::uuid[]) as s (id) cross join lateral (
    select order_number from swept_orders where shop_id = s.id and day = $2::date and state = 'open' limit $3
  ) o
) f ${NOT_HERE} order by f.number desc limit $3`)

/** Orders that the shops wait for, newest first, behind the place ($3, $4). */
export const WAITING = `
select r.id::text, s.id::text as "shopId", r.order_number as "orderNumber", r.requested_at as "requestedAt" from shops s cross join lateral (
  select id, order_number, requested_at from import_requests i
  where i.shop_id = s.id and i.state = 'waiting' and ${WANTED} and (i.requested_at, i.id) < ($3::timestamptz, $4::uuid)
  order by i.requested_at desc, i.id desc limit $5
) r
where s.tenant_id = $1 and ($2::uuid[] is null or s.id = any($2))
order by r.requested_at desc, r.id desc limit $5`

/** Of each shop the order that waits longest, one whose calls break first, among the $3 oldest. */
export const OLDEST = `
select s.id::text as "shopId", w.order_number as "orderNumber" from shops s left join lateral (
  select q.order_number from (
    select order_number, outcome, requested_at, id from import_requests i
    where i.shop_id = s.id and i.state = 'waiting' and ${WANTED} order by i.requested_at, i.id limit $3
  ) q
  order by q.outcome <> all('{${INNOCENT}}') desc nulls last, q.requested_at, q.id limit 1
) w on true
where s.tenant_id = $1 and ($2::uuid[] is null or s.id = any($2))
order by s.created_at, s.id`

export const SHOPS_OF_MALL = `
select id::text from shops where tenant_id = $1 and marketplace = $2::marketplace and ($3::uuid[] is null or id = any($3))`

/** The request that waits for the number, or the newest that was given up. */
export const OPEN_REQUEST = `
select id::text from import_requests i
where tenant_id = $1 and shop_id = $2 and order_number = $3 and ${WANTED} and state in ('waiting', 'failed')
order by state = 'waiting' desc, requested_at desc, id desc limit 1`

export const ORDER_OF_NUMBER = `
select id::text from orders where tenant_id = $1 and shop_id = $2 and order_number = $3`
