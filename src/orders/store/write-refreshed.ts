import type { Queries } from '../../platform/db/transaction.ts'
import { assigned, recordFields, selected } from './column-sql.ts'
import { CONTENT, MADE, MALL } from './columns.ts'
import type { KnownOrder, Refreshed } from './refresh.ts'
import { tokenColumns } from './search-tokens.ts'

export async function readKnownOrders(
  queries: Queries,
  orderIds: readonly string[],
): Promise<Map<string, KnownOrder>> {
  const { rows } = await queries.query<KnownOrder>(
    `select ${selected(['id', 'status', 'version', 'editedAt', 'purgedAt', 'sealedDetail', 'sealedEdits', ...MALL])}
     from orders o where o.id = any($1::uuid[])`,
    [orderIds],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Writes refreshed orders, their raw answers, timelines and the end of their requests in one statement. An order that
 * somebody changed since it was read is left out: its request stays waiting and is decided anew on what is there then.
 */
export async function writeRefreshed(
  queries: Queries,
  refreshed: readonly Refreshed[],
  at: Date,
): Promise<void> {
  await queries.query(REFRESH, [
    at,
    JSON.stringify(refreshed.map(toRow)),
    refreshed.map(({ order }) => order.id),
    refreshed.map(({ content }) => Buffer.from(content.detail)),
    refreshed.map(({ fresh }) => Buffer.from(fresh.sealedRaw)),
    JSON.stringify(refreshed.flatMap(({ events }) => events)),
    refreshed.map(({ content }) => content.edits && Buffer.from(content.edits)),
    refreshed.map(({ reimport }) => reimport && Buffer.from(reimport.sealedDifference)),
    ...tokenColumns(
      refreshed.flatMap(({ order, content, replaces }) =>
        replaces ? [{ orderId: order.id, search: content.search }] : [],
      ),
    ),
  ])
}

const toRow = ({ order, fresh, columns, content, replaces, differs, reimport }: Refreshed) => ({
  id: order.id,
  request_id: fresh.request.id,
  known_version: order.version,
  tenant_id: fresh.request.tenantId,
  replaces,
  differs,
  reimports: reimport !== null,
  edited: content.edits !== null,
  mall_revision: fresh.revision,
  ...columns,
})

const REFRESH = `
with answer as (
  select * from jsonb_to_recordset($2::jsonb) as a (id uuid, request_id uuid, tenant_id uuid, known_version int, replaces bool,
    differs bool, reimports bool, edited bool, mall_revision text, ${recordFields(MADE)})
), sealed as (
  select * from unnest($3::uuid[], $4::bytea[], $5::bytea[], $7::bytea[], $8::bytea[]) as s (id, detail, raw, edits, difference)
), before as materialized (
  select o.id, o.version, o.sealed_detail, o.sealed_edits from orders o join answer a using (id) where a.reimports and a.replaces
), updated as (
  update orders o set
    ${assigned(MALL, (name) => `a."${name}"`)},
    refreshed_at = $1,
    mall_revision = a.mall_revision,
    version = o.version + a.differs::int,
    updated_at = case when a.differs then $1 else o.updated_at end,
    ${assigned(CONTENT, (name, column) => `case when a.replaces then a."${name}" else o.${column} end`)},
    sealed_detail = case when a.replaces then s.detail else o.sealed_detail end,
    sealed_edits = case when a.replaces then s.edits else o.sealed_edits end,
    edited_at = case when not a.replaces or a.edited then o.edited_at end
  from answer a join sealed s using (id)
  where o.id = a.id and o.version = a.known_version
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
)
update import_requests r set state = 'done', finished_at = $1, attempts = r.attempts + 1, message = null, mall_message = null,
  sealed_raw = null, outcome = 'refreshed'
from answer a join updated u using (id)
where r.id = a.request_id and r.state = 'waiting'`
