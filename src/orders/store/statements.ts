import { statement } from '../../platform/db/statement.ts'
import { assigned, CONTENT, MADE, MALL, ofRecord, recordFields, selected, sqlName } from './columns.ts'

/** Statements on stored orders, each with the reason why it is one round trip. */

/** Reads stored orders. One of our changes is writing at the mall once a step of it was sent. */
export const KNOWN_ORDERS = statement(
  { ids: 'uuid[]' },
  `
select ${selected(['id', 'status', 'changeState', 'version', 'editedAt', 'purgedAt', 'sealedDetail', 'sealedEdits', ...MALL])},
  (select t.status_follows_mall from tenants t where t.id = o.tenant_id) as "followsMall",
  o.change_state in ('queued', 'changing') and exists (
    select from site_changes c where c.order_id = o.id and c.action = 'change_content' and c.state in ('queued', 'changing')
      and jsonb_path_exists(c.steps, '$[*] ? (@.sends > 0)')) as "isBeingWritten"
from orders o where o.id = any(:ids)`,
)

export const WANTED_REIMPORTS = statement(
  { requests: 'uuid[]' },
  `
select r.request_id::text as "requestId", r.reimport_id::text as "reimportId", r.order_id::text as "orderId", i.apply
from reimport_orders r join reimports i on i.id = r.reimport_id where r.request_id = any(:requests)`,
)

/**
 * Updates refreshed orders. Only the update can tell whether somebody changed an order since it was read,
 * so everything else depends on the rows that it returns; a second round trip would need a transaction that
 * locks the orders meanwhile. Steps:
 * 1. `answers`, `sealed`: the orders as given; `locked`, `before`: the stored ones.
 * 2. `updated`: those that nobody changed meanwhile, while no later turn of the shop has begun.
 * 3. `raws`, `hashes`, `versions`, `reimported`, `events`: what belongs to them.
 * 4. `held`: their requests, ended last.
 */
export const REFRESH = statement(
  {
    now: 'timestamptz',
    orders: 'jsonb',
    ids: 'uuid[]',
    details: 'bytea[]',
    raws: 'bytea[]',
    events: 'jsonb',
    edits: 'bytea[]',
    differences: 'bytea[]',
    tokenOrders: 'uuid[]',
    tokenKinds: 'text[]',
    tokenHashes: 'bytea[]',
    holder: 'uuid?',
  },
  `
with answers as (
  select * from jsonb_to_recordset(:orders) as a (id uuid, request_id uuid, asks int, tenant_id uuid, known_version int, replaces bool,
    differs bool, reimports bool, moves_to text, edited bool, mall_revision text, next_check_at timestamptz, held_until timestamptz, ${recordFields(MADE)})
), sealed as (
  select * from unnest(:ids, :details, :raws, :edits, :differences) as s (id, detail, raw, edits, difference)
), locked as materialized (
  -- In the order in which a move takes the same orders.
  select o.id from orders o where o.id = any(:ids) order by o.id for no key update
), before as materialized (
  select o.id, o.version, o.sealed_detail, o.sealed_edits from orders o join answers a using (id) where a.reimports and a.replaces
), updated as (
  update orders o set
    ${assigned(MALL, (name) => `a."${name}"`)},
    status = coalesce(a.moves_to::order_status, o.status),
    refreshed_at = :now,
    mall_revision = a.mall_revision,
    next_check_at = a.next_check_at,
    -- A hold that was lifted ended now, whenever it was to end: from here the order has its time to be shipped.
    held_until = coalesce(a.held_until, case when cardinality(o.holds) > 0 and cardinality(a.holds) = 0 then :now else o.held_until end),
    version = o.version + a.differs::int,
    updated_at = case when a.differs then :now else o.updated_at end,
    ${assigned(CONTENT, (name, column) => `case when a.replaces then a."${name}" else o.${column} end`)},
    sealed_detail = case when a.replaces then s.detail else o.sealed_detail end,
    sealed_edits = case when a.replaces then s.edits else o.sealed_edits end,
    edited_at = case when not a.replaces or a.edited then o.edited_at end
  from locked join answers a using (id) join sealed s using (id)
  where o.id = locked.id and o.version = a.known_version
    and (:holder is null or (select t.holder from shop_turns t where t.shop_id = o.shop_id) = :holder)
  returning o.id, o.purged_at, o.version
), raws as (
  insert into order_raws (order_id, sealed_raw, fetched_at)
  select id, s.raw, :now from sealed s join updated u using (id) where u.purged_at is null
  on conflict (order_id) do update set sealed_raw = excluded.sealed_raw, fetched_at = excluded.fetched_at
), stale as (
  -- Only what is no longer so: rows that stay are the same, and would clash with themselves in this one statement.
  delete from order_search t using updated u, answers a
  where u.id = t.order_id and a.id = u.id and a.replaces and not exists (
    select from unnest(:tokenOrders, :tokenKinds, :tokenHashes) as n (order_id, kind, hash)
    where n.order_id = t.order_id and n.kind = t.kind and n.hash = t.hash)
), search as (
  insert into order_search (order_id, tenant_id, kind, hash)
  select n.order_id, a.tenant_id, n.kind, n.hash from unnest(:tokenOrders, :tokenKinds, :tokenHashes) as n (order_id, kind, hash)
  join updated u on u.id = n.order_id join answers a on a.id = u.id
  on conflict do nothing
), versions as (
  insert into order_versions (order_id, number, ended_by, actor, ended_at, sealed_detail, sealed_edits)
  select b.id, b.version, 'reimported', i.requested_by, :now, b.sealed_detail, b.sealed_edits
  from before b join updated u using (id) join answers a using (id)
  join reimport_orders r on r.request_id = a.request_id join reimports i on i.id = r.reimport_id
  where b.version = a.known_version and u.version > b.version
  on conflict do nothing
), reimported as (
  update reimport_orders r set finished_at = :now, sealed_difference = s.difference, version_before = a.known_version,
    version_after = u.version
  from answers a join updated u using (id) join sealed s using (id)
  where a.reimports and r.request_id = a.request_id
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select e.id, e.order_id, e.at, e.kind, e.actor, e.data
  from jsonb_to_recordset(:events) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)
  join updated u on u.id = e.order_id
), held as materialized (
  select r.id from import_requests r join answers a on a.request_id = r.id join updated u on u.id = a.id
  where r.state = 'waiting' order by r.shop_id, r.order_number, r.purpose for update of r
)
update import_requests r set state = 'done', finished_at = :now, attempts = r.attempts + 1, message = null, sealed_mall_message = null,
  sealed_raw = null, outcome = 'refreshed'
from held join answers a on a.request_id = held.id
where r.id = held.id and r.state = 'waiting' and r.asks = a.asks`,
)

/** Writes other parcels, and by which numbers they are found, into an order that still has this version. */
export const WRITE_PARCELS = statement(
  {
    id: 'uuid',
    version: 'int',
    detail: 'bytea',
    now: 'timestamptz',
    trackedParcels: 'int',
    shipping: 'jsonb',
    hashes: 'bytea[]',
  },
  `
with written as (
  update orders set sealed_detail = :detail, tracked_parcels = :trackedParcels, shipping = :shipping, version = version + 1,
    updated_at = :now
  where id = :id and version = :version returning id, tenant_id
), stale as (
  delete from order_search t using written w
  where t.order_id = w.id and t.kind = 'tracking' and not t.hash = any(:hashes)
)
insert into order_search (order_id, tenant_id, kind, hash)
select w.id, w.tenant_id, 'tracking', h from written w, unnest(:hashes) h on conflict do nothing`,
)

/** Last id of a step, from the index alone, without bringing thousands of ids over. */
export const BACKFILL_END = statement(
  { after: 'uuid', limit: 'int' },
  `
select id::text from (select id from orders where id > :after order by id limit :limit) next order by next.id desc limit 1`,
)

/** Orders with content in a slice of ids. Each is opened once: what is missing is known only then. */
export const BACKFILL_NEXT = statement(
  { after: 'uuid', last: 'uuid', limit: 'int' },
  `
select o.id::text, o.tenant_id::text as "tenantId", o.version, o.sealed_detail as "sealedDetail" from orders o
where o.id > :after and o.id <= :last and o.sealed_detail is not null
order by o.id limit :limit`,
)

const FILLED = `${assigned(CONTENT, (name) => `m."${name}"`)},
  ${assigned(MALL, (name, column) => `coalesce(o.${column}, m."${name}")`)}`

const IS_LACKING = `((${CONTENT.map((name) => `o.${sqlName(name)}`).join(', ')}) is distinct from (${ofRecord(CONTENT, 'm')})
  or ${MALL.map((name) => `o.${sqlName(name)} is null and m."${name}" is not null`).join(' or ')})`

/**
 * Fills columns and hashes of two hundred orders that still have the version they were made of. An order
 * that was edited or read again meanwhile got its own by that. Steps: lock (so that an erasure or a purge
 * waits and sees the hashes), fill the columns that differ, add missing hashes. A column that follows the
 * mall is filled only where it is empty: a refresh may have written it without the content. Complete rows
 * are not written.
 */
export const BACKFILL_WRITE = statement(
  { orders: 'jsonb', tokenOrders: 'uuid[]', tokenKinds: 'text[]', tokenHashes: 'bytea[]' },
  `
with made as (
  select * from jsonb_to_recordset(:orders) as m (id uuid, version int, ${recordFields(MADE)})
), locked as materialized (
  select o.id, o.tenant_id from orders o join made m using (id)
  where o.version = m.version and o.sealed_detail is not null order by o.id for no key update of o
), filled as (
  update orders o set ${FILLED}
  from locked l join made m using (id)
  where o.id = l.id and ${IS_LACKING}
  returning o.id
), search as (
  insert into order_search (order_id, tenant_id, kind, hash)
  select t.order_id, l.tenant_id, t.kind, t.hash from unnest(:tokenOrders, :tokenKinds, :tokenHashes) as t (order_id, kind, hash)
  join locked l on l.id = t.order_id
  on conflict do nothing
  returning order_id
)
select count(*)::int as count from (select id from filled union select order_id from search) written`,
)

/**
 * Adds missing tokens. An order written meanwhile keeps the tokens of its own statement, as the row read here
 * may be older. A token too many does no harm: the text is compared afterwards.
 */
export const FILL_TOKENS = statement(
  { after: 'uuid', limit: 'int', numbersOnly: 'bool' },
  `
with next as materialized (
  select id, tenant_id, ordered_at, items_text, order_number from orders where id > :after order by id limit :limit for key share
), made as (
  insert into order_item_search (order_id, tokens)
  select id, case when :numbersOnly then '{}' else torikomi_item_tokens(tenant_id, torikomi_month(ordered_at), items_text) end
    || torikomi_number_tokens(tenant_id, torikomi_month(ordered_at), order_number) from next
  on conflict (order_id) do update set tokens = array(select unnest(order_item_search.tokens) union select unnest(excluded.tokens))
)
select id::text as place from next order by next.id desc limit 1`,
)
