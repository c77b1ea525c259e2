import { INNOCENT } from '../imports/requests/statements.ts'
import { prepared, statement } from '../platform/db/statement.ts'

/** Statements that answer why an order is not here, by existing indexes alone. */

export const SEALED_MAILS = statement(
  { ids: 'uuid[]' },
  `
select id::text, tenant_id::text as "tenantId", sealed_mail as sealed from mails where id = any(:ids)`,
)

// Looked up for each number: as a join, a plan for many of them would go through all orders.
const NOT_HERE = `
left join lateral (select true as here from orders o where o.shop_id = f.shop_id and o.order_number = f.number limit 1) h on true
where h.here is null`

/** SQL condition: request i is for an order that is not here, also one that a mail wants read again. */
const WANTED = `(i.purpose = 'import' or i.purpose = 'refresh'
  and not exists (select from orders o where o.shop_id = i.shop_id and o.order_number = i.order_number))`

const MISSING_BY_PART = `
select distinct f.number, f.shop_id from (
  select s.id as shop_id, r.order_number as number from unnest(:shops) as s (id) cross join unnest('{waiting,failed}'::import_state[]) as w (state)
  cross join unnest('{import,refresh}'::text[]) as p (purpose) cross join lateral (
    select i.order_number from import_requests i where i.shop_id = s.id and i.state = w.state and i.purpose = p.purpose
    order by i.requested_at desc, i.id desc limit :lookedAt
  ) r where starts_with(lower(r.order_number), :part) or right(lower(r.order_number), length(:part)) = :part
  union all
  select s.id, o.order_number from unnest(:shops) as s (id) cross join lateral (
    select order_number from swept_orders where shop_id = s.id and state = 'open' order by day desc limit :lookedAt
  ) o where starts_with(lower(o.order_number), :part) or right(lower(o.order_number), length(:part)) = :part
) f ${NOT_HERE} order by f.number desc limit :limit`

const HERE_BY_START = `
select f.number, f.shop_id from torikomi_orders_by_number(:tenant, :part, :mostBeginning) n
cross join lateral (select o.order_number as number, o.shop_id from orders o where o.id = n.id and o.shop_id = any(:shops) limit 1) f
limit :limit`

// By the tokens that the list's search uses, the newest month first: it ends once enough are found. After an
// upgrade from a release without tokens, old orders are missed until the background task has made theirs.
const HERE_BY_END = `
select f.number, f.shop_id from (
  select array[torikomi_number_token(:tenant, m.month, :part)] as tokens from generate_series(
    torikomi_month((select ordered_at from orders where tenant_id = :tenant order by ordered_at desc limit 1)),
    torikomi_month((select ordered_at from orders where tenant_id = :tenant order by ordered_at limit 1)), -1) as m (month)
  where not :begins
) w
cross join lateral (select s.order_id from order_item_search s where s.tokens @> w.tokens offset 0) t
cross join lateral (
  select o.order_number as number, o.shop_id from orders o
  where o.id = t.order_id and o.shop_id = any(:shops) and right(lower(o.order_number), length(:part)) = :part limit 1) f
limit :limit`

/** Lists numbers that begin or end with a part, those that are not here first. */
export const BY_PART = prepared(
  {
    shops: 'uuid[]',
    part: 'text',
    lookedAt: 'int',
    limit: 'int',
    tenant: 'uuid',
    mostBeginning: 'int',
    begins: 'bool',
  },
  `
select number, shop_id::text as "shopId" from (
  select 1 as place, * from (${MISSING_BY_PART}) missing
  union all select 2, * from (${HERE_BY_START}) here
  union all select 3, * from (${HERE_BY_END}) here
) found order by place`,
)

/** Lists numbers that the malls list for a day and that are not here. */
export const OF_DAY = prepared(
  { shops: 'uuid[]', day: 'date', limit: 'int' },
  `
select f.number, f.shop_id::text as "shopId" from (
  select s.id as shop_id, o.order_number as number from unnest(:shops) as s (id) cross join lateral (
    select order_number from swept_orders where shop_id = s.id and day = :day and state = 'open' limit :limit
  ) o
) f ${NOT_HERE} order by f.number desc limit :limit`,
)

/** Lists orders that the shops wait for, newest first. */
export const WAITING = statement(
  { tenant: 'uuid', shops: 'uuid[]?', beforeAt: 'timestamptz', before: 'uuid', limit: 'int' },
  `
select r.id::text, s.id::text as "shopId", r.order_number as "orderNumber", r.requested_at as "requestedAt" from shops s cross join lateral (
  select id, order_number, requested_at from import_requests i
  where i.shop_id = s.id and i.state = 'waiting' and ${WANTED} and (i.requested_at, i.id) < (:beforeAt, :before)
  order by i.requested_at desc, i.id desc limit :limit
) r
where s.tenant_id = :tenant and (:shops is null or s.id = any(:shops))
order by r.requested_at desc, r.id desc limit :limit`,
)

/** Finds each shop's longest waiting order, one whose calls break first, among its oldest. */
export const OLDEST = statement(
  { tenant: 'uuid', shops: 'uuid[]?', lookedAt: 'int' },
  `
select s.id::text as "shopId", w.order_number as "orderNumber" from shops s left join lateral (
  select q.order_number from (
    select order_number, outcome, requested_at, id from import_requests i
    where i.shop_id = s.id and i.state = 'waiting' and ${WANTED} order by i.requested_at, i.id limit :lookedAt
  ) q
  order by q.outcome <> all('{${INNOCENT}}') desc nulls last, q.requested_at, q.id limit 1
) w on true
where s.tenant_id = :tenant and (:shops is null or s.id = any(:shops))
order by s.created_at, s.id`,
)

export const SHOPS_OF_MALL = statement(
  { tenant: 'uuid', mall: 'marketplace?', shops: 'uuid[]?' },
  `
select id::text from shops where tenant_id = :tenant and marketplace = :mall and (:shops is null or id = any(:shops))`,
)

/** The request that waits for the number, or the newest that was given up. */
export const OPEN_REQUEST = statement(
  { tenant: 'uuid', shop: 'uuid', number: 'text' },
  `
select id::text from import_requests i
where tenant_id = :tenant and shop_id = :shop and order_number = :number and ${WANTED} and state in ('waiting', 'failed')
order by state = 'waiting' desc, requested_at desc, id desc limit 1`,
)

export const ORDER_OF_NUMBER = statement(
  { tenant: 'uuid', shop: 'uuid', number: 'text' },
  `
select id::text from orders where tenant_id = :tenant and shop_id = :shop and order_number = :number`,
)
