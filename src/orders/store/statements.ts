import { assigned, CONTENT, MADE, MALL, recordFields, selected } from './columns.ts'

/** Statements on stored orders, each with the reason why it is one round trip. */

/** Orders $1 as they stand here. A change of ours is writing at the mall where one of its steps was sent. */
export const KNOWN_ORDERS = `
select ${selected(['id', 'status', 'changeState', 'version', 'editedAt', 'purgedAt', 'sealedDetail', 'sealedEdits', ...MALL])},
  o.change_state in ('queued', 'changing') and exists (
    select from site_changes c where c.order_id = o.id and c.action = 'change_content' and c.state in ('queued', 'changing')
      and jsonb_path_exists(c.steps, '$[*] ? (@.sends > 0)')) as "isBeingWritten"
from orders o where o.id = any($1::uuid[])`

/** Of import requests $1. */
export const WANTED_REIMPORTS = `
select r.request_id::text as "requestId", r.reimport_id::text as "reimportId", r.order_id::text as "orderId", i.apply
from reimport_orders r join reimports i on i.id = r.reimport_id where r.request_id = any($1::uuid[])`

/**
 * Updates refreshed orders. Only the update can tell whether somebody changed an order since it was read.
 * Versions, hashes, timelines and the end of the request therefore depend on the rows that it returns. A
 * second round trip would need a transaction that holds the orders meanwhile.
 */
export const REFRESH = `
with answer as (
  select * from jsonb_to_recordset($2::jsonb) as a (id uuid, request_id uuid, asks int, tenant_id uuid, known_version int, replaces bool,
    differs bool, reimports bool, edited bool, mall_revision text, next_check_at timestamptz, held_until timestamptz, ${recordFields(MADE)})
), sealed as (
  select * from unnest($3::uuid[], $4::bytea[], $5::bytea[], $7::bytea[], $8::bytea[]) as s (id, detail, raw, edits, difference)
), locked as materialized (
  -- In the order in which a move takes the same orders.
  select o.id from orders o where o.id = any($3::uuid[]) order by o.id for no key update
), before as materialized (
  select o.id, o.version, o.sealed_detail, o.sealed_edits from orders o join answer a using (id) where a.reimports and a.replaces
), updated as (
  update orders o set
    ${assigned(MALL, (name) => `a."${name}"`)},
    refreshed_at = $1,
    mall_revision = a.mall_revision,
    next_check_at = a.next_check_at,
    -- A hold that was lifted ended now, whenever it was to end: from here the order has its time to be shipped.
    held_until = coalesce(a.held_until, case when cardinality(o.holds) > 0 and cardinality(a.holds) = 0 then $1 else o.held_until end),
    version = o.version + a.differs::int,
    updated_at = case when a.differs then $1 else o.updated_at end,
    ${assigned(CONTENT, (name, column) => `case when a.replaces then a."${name}" else o.${column} end`)},
    sealed_detail = case when a.replaces then s.detail else o.sealed_detail end,
    sealed_edits = case when a.replaces then s.edits else o.sealed_edits end,
    edited_at = case when not a.replaces or a.edited then o.edited_at end
  from locked join answer a using (id) join sealed s using (id)
  where o.id = locked.id and o.version = a.known_version
  returning o.id, o.purged_at, o.version
), raws as (
  insert into order_raws (order_id, sealed_raw, fetched_at)
  select id, s.raw, $1 from sealed s join updated u using (id) where u.purged_at is null
  on conflict (order_id) do update set sealed_raw = excluded.sealed_raw, fetched_at = excluded.fetched_at
), gone as (
  -- Only what is no longer so: rows that stay are the same, and would clash with themselves in this one statement.
  delete from order_search t using updated u, answer a
  where u.id = t.order_id and a.id = u.id and a.replaces and not exists (
    select from unnest($9::uuid[], $10::text[], $11::bytea[]) as n (order_id, kind, hash)
    where n.order_id = t.order_id and n.kind = t.kind and n.hash = t.hash)
), search as (
  insert into order_search (order_id, tenant_id, kind, hash)
  select n.order_id, a.tenant_id, n.kind, n.hash from unnest($9::uuid[], $10::text[], $11::bytea[]) as n (order_id, kind, hash)
  join updated u on u.id = n.order_id join answer a on a.id = u.id
  on conflict do nothing
), versions as (
  insert into order_versions (order_id, number, ended_by, actor, ended_at, sealed_detail, sealed_edits)
  select b.id, b.version, 'reimported', i.requested_by, $1, b.sealed_detail, b.sealed_edits
  from before b join updated u using (id) join answer a using (id)
  join reimport_orders r on r.request_id = a.request_id join reimports i on i.id = r.reimport_id
  where b.version = a.known_version and u.version > b.version
  on conflict do nothing
), reimported as (
  update reimport_orders r set finished_at = $1, sealed_difference = s.difference, version_before = a.known_version,
    version_after = u.version
  from answer a join updated u using (id) join sealed s using (id)
  where a.reimports and r.request_id = a.request_id
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select e.id, e.order_id, e.at, e.kind, e.actor, e.data
  from jsonb_to_recordset($6::jsonb) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)
  join updated u on u.id = e.order_id
), held as materialized (
  select r.id from import_requests r join answer a on a.request_id = r.id join updated u on u.id = a.id
  where r.state = 'waiting' order by r.shop_id, r.order_number, r.purpose for update of r
)
update import_requests r set state = 'done', finished_at = $1, attempts = r.attempts + 1, message = null, sealed_mall_message = null,
  sealed_raw = null, outcome = 'refreshed'
from held join answer a on a.request_id = held.id
where r.id = held.id and r.state = 'waiting' and r.asks = a.asks`

/** The detail of order $1 with other parcels, where it still has version $2. */
export const WRITE_PARCELS = `
update orders set sealed_detail = $3, tracked_parcels = $5, shipping = $6, version = version + 1, updated_at = $4
where id = $1 and version = $2`

/** Last id of a step, from the index alone, without bringing thousands of ids over. */
export const BACKFILL_END = `
select id::text from (select id from orders where id > $1 order by id limit $2) next order by next.id desc limit 1`

/** Orders with content in a slice of ids. Each is opened once: what is missing is known only then. */
export const BACKFILL_NEXT = `
select o.id::text, o.tenant_id::text as "tenantId", o.version, o.sealed_detail as "sealedDetail" from orders o
where o.id > $1 and o.id <= $2 and o.sealed_detail is not null
order by o.id limit $3`

/**
 * Columns and hashes of two hundred orders, only of those that still have the version they were made of: an
 * order that was edited or read again meanwhile has its own by that. Locked first, so that an erasure or a
 * purge waits and sees the hashes. Rows that lack nothing are not written.
 */
export const BACKFILL_WRITE = `
with made as (
  select * from unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $11::jsonb[])
    as m (id, version, items_text, tracked_parcels, ship_by, wished_on, delivery_method, shipping)
), locked as materialized (
  select o.id, o.tenant_id from orders o join made m using (id)
  where o.version = m.version and o.sealed_detail is not null order by o.id for no key update of o
), filled as (
  update orders o set ship_by = m.ship_by, wished_on = m.wished_on, delivery_method = m.delivery_method,
    items_text = case when o.items_text = '' then m.items_text else o.items_text end,
    tracked_parcels = coalesce(o.tracked_parcels, m.tracked_parcels), shipping = coalesce(o.shipping, m.shipping)
  from locked l join made m using (id)
  where o.id = l.id and (o.tracked_parcels is null or o.shipping is null or o.items_text = '' and m.items_text <> ''
    or (o.ship_by, o.wished_on, o.delivery_method) is distinct from (m.ship_by, m.wished_on, m.delivery_method))
  returning o.id
), search as (
  insert into order_search (order_id, tenant_id, kind, hash)
  select t.order_id, l.tenant_id, t.kind, t.hash from unnest($8::uuid[], $9::text[], $10::bytea[]) as t (order_id, kind, hash)
  join locked l on l.id = t.order_id
  on conflict do nothing
  returning order_id
)
select count(*)::int as count from (select id from filled union select order_id from search) written`

/**
 * Adds missing tokens. An order written meanwhile keeps the tokens of its own statement, as the row read here
 * may be older. A token too many does no harm: the text is compared afterwards.
 */
export const FILL_TOKENS = `
with next as materialized (
  select id, tenant_id, ordered_at, items_text, order_number from orders where id > $1 order by id limit $2 for key share
), made as (
  insert into order_item_search (order_id, tokens)
  select id, case when $3 then '{}' else torikomi_item_tokens(tenant_id, torikomi_month(ordered_at), items_text) end
    || torikomi_number_tokens(tenant_id, torikomi_month(ordered_at), order_number) from next
  on conflict (order_id) do update set tokens = array(select unnest(order_item_search.tokens) union select unnest(excluded.tokens))
)
select id::text as place from next order by next.id desc limit 1`
