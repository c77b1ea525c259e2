import { statement } from '../../platform/db/statement-names.ts'
import { assigned, inserted, ofRecord, recordFields } from './column-sql.ts'
import { CONTENT, MADE, MALL } from './columns.ts'

/** Statements on sets of orders, each with the reason why it is one round trip. */

/**
 * Orders, raw answers, timelines, search hashes and the end of the requests belong together and are a hundred at a time: as
 * statements of their own they would be seven round trips, during which the requests' rows are held.
 *
 * $14 names the orders for those tables that are large: each is then reached by its index in any plan.
 * Orders are inserted sorted by number, so that two runs over the same shop cannot dead-lock on each other's rows.
 */
export const STAGE = statement(`
with answer as (
  select * from jsonb_to_recordset($5::jsonb)
    as a (id uuid, request_id uuid, asks int, order_number text, mall_revision text, marks text[], next_check_at timestamptz,
      held_until timestamptz, ${recordFields(MADE)})
), sealed as (
  select * from unnest($6::uuid[], $7::bytea[], $8::bytea[]) as s (id, detail, raw)
), looked as materialized (
  select l.* from torikomi_look_up_marks(false, $1, $17, $18, $19, $20, $21, $22, $23, $24, $25) l where $16::bool
), inserted as (
  insert into orders (id, tenant_id, shop_id, marketplace, order_number, status, staged_at, refreshed_at, created_at, updated_at,
    sealed_detail, mall_revision, marks, next_check_at, held_until, ${inserted(MADE)})
  select a.id, $1, $2, $3::marketplace, a.order_number, 'auto_imported', $4, $4, $4, $4,
    s.detail, a.mall_revision, array(
      select m from (
        select unnest(a.marks) union select unnest(l.marks) from looked l where l.id = a.id or l.id is null
      ) all_marks (m) order by m collate "C"), a.next_check_at, a.held_until, ${ofRecord(MADE)}
  from answer a join sealed s using (id)
  order by a.order_number
  on conflict (shop_id, order_number) do nothing
  returning id, ordered_at, marks
), items as (
  insert into order_item_search (order_id, tokens)
  select i.id, array(select hashtext($1::uuid::text || torikomi_month(i.ordered_at)::text || part) from unnest(string_to_array(p.parts, chr(10))) as u (part))
  from inserted i join unnest($6::uuid[], $15::text[]) as p (id, parts) using (id)
), raws as (
  insert into order_raws (order_id, sealed_raw, fetched_at)
  select id, s.raw, $4 from sealed s join inserted using (id)
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select e.id, e.order_id, e.at, e.kind, e.actor, e.data
  from jsonb_to_recordset($9::jsonb) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)
  join inserted i on i.id = e.order_id
), search as (
  insert into order_search (order_id, tenant_id, kind, hash)
  select t.order_id, $1, t.kind, t.hash from unnest($11::uuid[], $12::text[], $13::bytea[]) as t (order_id, kind, hash)
  join inserted i on i.id = t.order_id
), held as materialized (
  -- In the order in which new requests are inserted, or a mail and this would wait for each other.
  select r.id, r.state, r.purpose, r.asks, r.order_number from import_requests r
  where r.shop_id = $2 and r.state in ('waiting', 'failed') and r.order_number = any($14::text[])
  order by r.shop_id, r.order_number, r.purpose for update
), asked as (
  select h.id, i.id is not null as staged,
    a.id is not null and h.state = 'waiting' and (h.purpose = 'import' or h.asks = a.asks) as answered,
    -- What had been given up and has come in by another way is no longer a failure that staff must look at. An import that still waits is
    -- overtaken by a refresh: the mall had held its order back, for days as like as not.
    h.state = 'failed' or h.purpose = 'import' and h.order_number = any($10::text[]) as overtaken
  from held h left join answer a on a.request_id = h.id left join inserted i on i.id = a.id
), ending as (
  -- As arrays: the planner takes them for one row and would look through them all for each request.
  select array_agg(id) filter (where answered or overtaken) as ids, coalesce(array_agg(id) filter (where answered), '{}') as answered,
    coalesce(array_agg(id) filter (where answered and staged), '{}') as staged
  from asked
), ended as (
  update import_requests r set state = 'done', finished_at = $4, message = null, sealed_mall_message = null,
    attempts = r.attempts + (r.id = any(e.answered))::int, sealed_raw = case when r.id <> all(e.answered) then r.sealed_raw end,
    outcome = case when r.id = any(e.staged) then 'staged' else 'already_here' end
  from ending e where r.id = any(e.ids) and r.shop_id = $2 and r.order_number = any($14::text[])
)
select coalesce((select array_agg(id::text) from inserted), '{}') as staged,
  (select cardinality(answered) from ending) as ended,
  array(select id::text from inserted where marks @> '{combinable}') as combinable,
  array(select failure from looked where id is null) as "markFailures"`)

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

/** Last id of a step, from the index alone, without bringing thousands of ids over. */
export const BACKFILL_END = `
select id::text from (select id from orders where id > $1 order by id limit $2) next order by next.id desc limit 1`

/** Orders with content in a slice of ids. Each is opened once: what is missing is known only then. */
export const BACKFILL_NEXT = `
select o.id::text, o.tenant_id::text as "tenantId", o.version, o.sealed_detail as "sealedDetail" from orders o
where o.id > $1 and o.id <= $2 and o.sealed_detail is not null
order by o.id limit $3`

/**
 * Columns and hashes of two hundred orders, only of those that still have the version they were made of: an order that was
 * edited or read again meanwhile has its own by that. Locked first, so that an erasure or a purge waits and sees the hashes.
 * Rows that lack nothing are not written.
 */
export const BACKFILL_WRITE = `
with made as (
  select * from unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[])
    as m (id, version, items_text, tracked_parcels, ship_by, wished_on, delivery_method)
), locked as materialized (
  select o.id, o.tenant_id from orders o join made m using (id)
  where o.version = m.version and o.sealed_detail is not null order by o.id for no key update of o
), filled as (
  update orders o set ship_by = m.ship_by, wished_on = m.wished_on, delivery_method = m.delivery_method,
    items_text = case when o.items_text = '' then m.items_text else o.items_text end,
    tracked_parcels = coalesce(o.tracked_parcels, m.tracked_parcels)
  from locked l join made m using (id)
  where o.id = l.id and (o.tracked_parcels is null or o.items_text = '' and m.items_text <> ''
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
