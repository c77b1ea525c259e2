import type { KnownOrder, Refreshed } from './refreshing.ts'
import type { Queries } from './sql.ts'

export async function readKnownOrders(
  queries: Queries,
  orderIds: readonly string[],
): Promise<Map<string, KnownOrder>> {
  const { rows } = await queries.query<KnownOrder>(
    `select id::text, version, status::text, mall_status as "mallStatus", mall_sub_status as "mallSubStatus",
       mall_state as "mallState", holds, flags, warning_count as "warningCount", edited_at as "editedAt",
       purged_at as "purgedAt", sealed_detail as "sealedDetail"
     from orders where id = any($1::uuid[])`,
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
    refreshed.map(({ fresh }) => Buffer.from(fresh.detail)),
    refreshed.map(({ fresh }) => Buffer.from(fresh.sealedRaw)),
    JSON.stringify(refreshed.flatMap(({ events }) => events)),
  ])
}

const toRow = ({ order, fresh, columns, replaces, differs }: Refreshed) => ({
  id: order.id,
  request_id: fresh.request.id,
  known_version: order.version,
  replaces,
  differs,
  ...columns,
})

const REFRESH = `
with answer as (
  select * from jsonb_to_recordset($2::jsonb) as a (id uuid, request_id uuid, known_version int, replaces bool, differs bool,
    ordered_at timestamptz, mall_status text, mall_sub_status text, mall_state text, billed_amount int, total_amount int,
    item_lines int, item_quantity int, payment_kind text, holds text[], flags text[], warning_count int)
), sealed as (
  select * from unnest($3::uuid[], $4::bytea[], $5::bytea[]) as s (id, detail, raw)
), updated as (
  update orders o set
    mall_status = a.mall_status, mall_sub_status = a.mall_sub_status, mall_state = a.mall_state, holds = a.holds,
    flags = a.flags, warning_count = a.warning_count, refreshed_at = $1,
    version = o.version + a.differs::int,
    updated_at = case when a.differs then $1 else o.updated_at end,
    ordered_at = case when a.replaces then a.ordered_at else o.ordered_at end,
    billed_amount = case when a.replaces then a.billed_amount else o.billed_amount end,
    total_amount = case when a.replaces then a.total_amount else o.total_amount end,
    item_lines = case when a.replaces then a.item_lines else o.item_lines end,
    item_quantity = case when a.replaces then a.item_quantity else o.item_quantity end,
    payment_kind = case when a.replaces then a.payment_kind else o.payment_kind end,
    sealed_detail = case when a.replaces then s.detail else o.sealed_detail end
  from answer a join sealed s using (id)
  where o.id = a.id and o.version = a.known_version
  returning o.id, o.purged_at
), raws as (
  insert into order_raws (order_id, sealed_raw, fetched_at)
  select id, s.raw, $1 from sealed s join updated u using (id) where u.purged_at is null
  on conflict (order_id) do update set sealed_raw = excluded.sealed_raw, fetched_at = excluded.fetched_at
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
