import { DETAIL_FIELD, ORDER_FIELDS } from '../orders/order-json.ts'
import { statement } from '../platform/db/statement.ts'

/** Statements of the labels. */

/** Reads orders, and when a label of each was last written. */
export const CHECKED_ORDERS = statement(
  { tenant: 'uuid', ids: 'uuid[]' },
  `
select ${ORDER_FIELDS}, ${DETAIL_FIELD},
  (select max(l.exported_at) from labels l where l.order_id = o.id) as "exportedAt"
from orders o where o.tenant_id = :tenant and o.id = any(:ids)`,
)

/** One statement for all: a label keeps its first file's key, so an older file's numbers find their order. */
export const CLAIM_KEYS = statement(
  {
    tenant: 'uuid',
    format: 'text',
    now: 'timestamptz',
    keys: 'text[]',
    orders: 'uuid[]',
    recipients: 'text[]',
    bundles: 'text[]',
  },
  `
insert into labels (tenant_id, key, order_id, recipient_id, format, exported_at, bundle_key)
select :tenant, t.key, t.order_id, t.recipient_id, :format, :now, t.bundle_key
from unnest(:keys, :orders, :recipients, :bundles) as t(key, order_id, recipient_id, bundle_key)
on conflict (order_id, recipient_id) do update
  set format = excluded.format, exported_at = excluded.exported_at, exports = labels.exports + 1, bundle_key = excluded.bundle_key
returning order_id::text as "orderId", recipient_id as "recipientId", key`,
)

/** SQL condition: where order o goes was changed, here or at the mall, after its label l was last written. */
const READDRESSED = `exists (select from order_events e where e.order_id = o.id and e.at > l.exported_at and (
  e.kind = 'changed_at_mall' and e.data -> 'parts' ? 'recipients'
  or e.kind in ('edited', 'taken_over', 'reimported') and e.data ->> 'replaced' is distinct from 'false'
    and jsonb_path_exists(e.data, '$.fields[*] ? (@ like_regex "^/recipients($|/[0-9]+($|/person))")')))`

const FOUND = `o.id::text, o.order_number as "orderNumber", o.shop_id::text as "shopId", o.marketplace::text,
  o.mall_state as "mallState", o.status::text, o.holds, o.bundle_id::text as "bundleId",
  o.cancel_under_way as "cancelUnderWay"`

/**
 * Finds orders by our key, or by the mall's order number for files that were not made here. A key of a label
 * of several orders finds all of them, an order's number those that are bundled with it and have no line of
 * their own.
 */
export const FIND_ORDERS = statement(
  { tenant: 'uuid', keys: 'text[]', numbers: 'text[]' },
  `
select k.key as wanted, l.recipient_id as "recipientId", ${FOUND}, ${READDRESSED} as readdressed, l.key <> k.key as together
from unnest(:keys) as k(key)
cross join lateral (
  select * from labels where tenant_id = :tenant and key = k.key and bundle_key is null
  union all select * from labels where tenant_id = :tenant and bundle_key = k.key
  union all select * from labels where tenant_id = :tenant and key = k.key and bundle_key is not null
) l
join orders o on o.id = l.order_id
union all
select n.number, null, ${FOUND}, false, false
from unnest(:numbers) as n(number)
join orders o on o.tenant_id = :tenant and lower(o.order_number) = lower(n.number)
union all
select n.number, null, ${FOUND}, false, true
from unnest(:numbers) as n(number)
join orders f on f.tenant_id = :tenant and lower(f.order_number) = lower(n.number)
join orders o on o.bundle_id = f.bundle_id and o.tenant_id = :tenant and o.id <> f.id
where not exists (select from unnest(:numbers) as m(number) where lower(m.number) = lower(o.order_number))`,
)

/** Orders by id or by bundle, oldest first. */
export const ORDERS_OF_BUNDLES = statement(
  { tenant: 'uuid', ids: 'uuid[]', bundles: 'uuid[]' },
  `
select ${ORDER_FIELDS}, ${DETAIL_FIELD} from orders o
where o.tenant_id = :tenant and (o.id = any(:ids) or o.bundle_id = any(:bundles)) order by o.id`,
)

export const BUNDLE_MEMBERS = statement(
  { tenant: 'uuid', bundles: 'uuid[]' },
  'select o.id::text from orders o where o.tenant_id = :tenant and o.bundle_id = any(:bundles)',
)

/**
 * Joins orders that nobody changed since they were looked at: all or none. Locked in other writers' order, so
 * that two people at once bundle one after the other, and the second finds another version.
 */
export const BUNDLE = statement(
  {
    tenant: 'uuid',
    bundle: 'uuid',
    now: 'timestamptz',
    actor: 'text',
    ids: 'uuid[]',
    versions: 'int[]',
    eventIds: 'uuid[]',
  },
  `
with wanted as (
  select * from unnest(:ids, :versions, :eventIds) as w (id, version, event_id)
), locked as materialized (
  select o.id, o.version, o.bundle_id, o.mall_state, o.status, o.cancel_under_way from orders o
  where o.tenant_id = :tenant and o.id = any(:ids) order by o.id for no key update
), allowed as materialized (
  select count(*) = (select count(*) from wanted) and bool_and(l.bundle_id is null and l.version = w.version
    and l.mall_state = 'open' and not l.cancel_under_way and l.status not in ('cancelled', 'on_hold', 'shipped', 'completed')) as all_are
  from locked l join wanted w using (id)
), bundled as (
  update orders o set bundle_id = :bundle, version = o.version + 1, updated_at = :now
  from locked l, allowed a where o.id = l.id and a.all_are returning o.id, o.version
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select w.event_id, b.id, :now, 'bundled', :actor, jsonb_build_object('bundleId', :bundle, 'orders', cardinality(:ids))
  from bundled b join wanted w using (id)
)
select id::text, version from bundled`,
)

/** Parts the orders. Nobody joins a bundle later, so no more than were counted before. */
export const UNBUNDLE = statement(
  { tenant: 'uuid', bundle: 'uuid', now: 'timestamptz', actor: 'text', eventIds: 'uuid[]' },
  `
with locked as materialized (
  select o.id from orders o where o.tenant_id = :tenant and o.bundle_id = :bundle order by o.id for no key update
), ended as (
  update orders o set bundle_id = null, version = o.version + 1, updated_at = :now
  from locked l where o.id = l.id returning o.id, o.order_number, o.version
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select (:eventIds)[e.place::int], e.id, :now, 'unbundled', :actor, jsonb_build_object('bundleId', :bundle)
  from (select id, row_number() over (order by id) as place from ended) e
)
select id::text, order_number as "orderNumber", version from ended order by id`,
)

/** A key stands for the orders of its last label alone: others of an earlier one leave it. */
export const RELEASE_KEYS = statement(
  { tenant: 'uuid', keys: 'text[]', orders: 'uuid[]' },
  `
update labels set bundle_key = null
where tenant_id = :tenant and bundle_key = any(:keys) and not order_id = any(:orders)`,
)

/**
 * Orders behind a scanned code: a tracking number, a key of ours or an order number; with the others of their
 * parcels. `recipientId`: of the label; null: whichever.
 */
export const FIND_PARCELS = statement(
  { tenant: 'uuid', hashes: 'bytea[]', key: 'text', number: 'text' },
  `
with found as (
  select s.order_id, null as recipient_id from order_search s
  where s.tenant_id = :tenant and s.kind = 'tracking' and s.hash = any(:hashes)
  union
  select l.order_id, l.recipient_id from labels l where l.tenant_id = :tenant and (l.key = :key or l.bundle_key = :key)
  union
  select o.id, null from orders o where o.tenant_id = :tenant and lower(o.order_number) = lower(:number)
), parcels as (
  select o.id, o.order_number, o.bundle_id, f.recipient_id from found f join orders o on o.id = f.order_id
  where o.tenant_id = :tenant
)
select id::text as "orderId", order_number as "orderNumber", bundle_id::text as "bundleId", recipient_id as "recipientId"
from parcels
union all
select o.id::text, o.order_number, o.bundle_id::text, null
from (select distinct bundle_id from parcels where bundle_id is not null) b
join orders o on o.tenant_id = :tenant and o.bundle_id = b.bundle_id
where not exists (select from parcels p where p.id = o.id)
order by 1 limit 100`,
)

/** Labels of クリックポスト whose recipient or buyer has one of these names, of orders that are still to leave. */
export const LABELS_OF_NAMES = statement(
  { tenant: 'uuid', hashes: 'bytea[]', since: 'timestamptz' },
  `
select coalesce(l.bundle_key, l.key) as key, l.recipient_id as "recipientId", ${ORDER_FIELDS}, ${DETAIL_FIELD}
from (
  select distinct s.order_id from order_search s
  where s.tenant_id = :tenant and s.kind in ('name', 'buyer_fold', 'recipient') and s.hash = any(:hashes)
) s
join labels l on l.order_id = s.order_id and l.tenant_id = :tenant
join orders o on o.id = l.order_id
where l.format = 'click_post' and l.exported_at > :since and o.tenant_id = :tenant and o.mall_state = 'open'
order by l.exported_at desc limit 1000`,
)
