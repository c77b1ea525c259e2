import { assigned } from '../store/column-sql.ts'
import { CONTENT, ORDER_COLUMNS } from '../store/columns.ts'

/** Statements of the desk, each with the reason why it is one round trip. */

/**
 * The version that ends is kept as it stands at that moment, so reading it, keeping it and writing the new
 * one are one statement.
 */
export const WRITE_EDIT = `
with before as materialized (
  select id, version, sealed_detail, sealed_edits from orders where id = $1 and version = $2 for no key update
), version as (
  insert into order_versions (order_id, number, ended_by, actor, ended_at, sealed_detail, sealed_edits)
  select id, version, 'edited', $4, $3, sealed_detail, sealed_edits from before
), event as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select $7::uuid, id, $3, 'edited', $4, $8::jsonb from before
)
update orders o set sealed_detail = $5, sealed_edits = $6::bytea,
  ${assigned(CONTENT, (name, _, index) => `$${index + 9}::${ORDER_COLUMNS[name].type}`)},
  edited_at = case when $6::bytea is null then null else $3 end, version = o.version + 1, updated_at = $3
from before b where o.id = b.id`

/** Beside WRITE_EDIT in its transaction: the hashes of what was written, for those of before. */
export const FORGET_HASHES = 'delete from order_search where order_id = $1'
export const WRITE_HASHES = `
insert into order_search (order_id, tenant_id, kind, hash)
select t.order_id, $1, t.kind, t.hash from unnest($2::uuid[], $3::text[], $4::bytea[]) as t (order_id, kind, hash)`

/**
 * All or none, decided under the locks of the orders and in the time of one round trip, as they may be a
 * thousand. Locked in the order of their ids, so that two moves of the same orders queue up instead of
 * dead-locking. $9 date and $10 sealed reasons of 保留; $11: they were said, so that an order in 保留 gets them,
 * too; $12: each gets those with which it last left it.
 */
export const MOVE = `
with wanted as (
  select * from unnest($2::uuid[], $6::uuid[], $7::int[], $10::bytea[]) as w (id, event_id, version, reason)
), locked as materialized (
  select o.id, o.status, o.version, o.purged_at, o.on_hold_date as until, o.sealed_on_hold_reason as reason
  from orders o where o.tenant_id = $1 and o.id = any($2::uuid[]) order by o.id for no key update
), allowed as materialized (
  select count(*) = (select count(*) from wanted)
    and coalesce(bool_and((w.version is null or w.version = l.version)
      and (l.purged_at is null or w.reason is null and ($3::text <> 'auto_imported' or l.status = 'auto_imported'))), true) as all_are
  from locked l join wanted w using (id)
), given as (
  select w.id, w.event_id, case when $12::boolean then b.until else $9::text end as until,
    case when $12::boolean then b.reason else w.reason end as reason
  from wanted w left join lateral (
    select e.data ->> 'onHoldDate' as until, e.sealed_reason as reason from order_events e
    where $12::boolean and e.order_id = w.id and e.kind = 'moved' and e.data ->> 'from' = 'on_hold' and e.data ->> 'to' <> 'on_hold'
    order by e.at desc, e.id desc limit 1
  ) b on true
), moved as (
  update orders o set status = $3::text::order_status, version = o.version + 1, updated_at = $4,
    on_hold_date = g.until, sealed_on_hold_reason = g.reason
  from locked l join given g using (id), allowed a
  where o.id = l.id and a.all_are and not $8::boolean and (l.status <> $3::text::order_status or $11::boolean)
  returning o.id, o.version, l.status as before, g.event_id,
    case when $3::text = 'on_hold' then g.until else l.until end as until, case when $3::text = 'on_hold' then g.reason else l.reason end as reason
), events as (
  insert into order_events (id, order_id, at, kind, actor, data, sealed_reason)
  select m.event_id, m.id, $4, 'moved', $5::text,
    jsonb_strip_nulls(jsonb_build_object('from', m.before, 'to', $3::text, 'onHoldDate', m.until)), m.reason
  from moved m
)
select l.id::text, l.status::text as before, l.version, l.purged_at is not null as purged, m.version as moved from locked l left join moved m using (id)`
