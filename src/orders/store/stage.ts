import { statement } from '../../platform/db/statement-names.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { NewId } from '../../platform/ids.ts'
import { inserted, ofRecord, recordFields } from './column-sql.ts'
import { MADE } from './columns.ts'
import { mailEvent, workerEvent } from './events.ts'
import type { ImportingShop, PreparedOrder } from './prepare.ts'
import { tokenColumns } from './search-tokens.ts'

/**
 * Stages new orders as 自動受注取込: order, raw answer, timeline and the end of the request, for up to a hundred orders in
 * one statement, which is one transaction. An order that somebody else has staged in between keeps its row, and its
 * request ends as `already_here`.
 * @returns ids of the orders that are new
 */
export async function stageOrders(
  queries: Queries,
  deps: { newId: NewId },
  shop: ImportingShop,
  orders: readonly PreparedOrder[],
  at: Date,
): Promise<Set<string>> {
  const { rows } = await queries.query<{ id: string }>({
    ...STAGE,
    values: [
      shop.tenantId,
      shop.id,
      shop.marketplace,
      at,
      JSON.stringify(orders.map(toRow)),
      orders.map((order) => order.orderId),
      orders.map((order) => Buffer.from(order.detail)),
      orders.map((order) => Buffer.from(order.sealedRaw)),
      JSON.stringify(orders.flatMap((order) => toEvents(deps.newId, order, at))),
      orders.flatMap(({ request }) => (request.purpose === 'refresh' ? [request.orderNumber] : [])),
      ...tokenColumns(orders),
      orders.map(({ request }) => request.orderNumber),
    ],
  })
  return new Set(rows.map((row) => row.id))
}

const toRow = (order: PreparedOrder) => ({
  id: order.orderId,
  request_id: order.request.id,
  order_number: order.request.orderNumber,
  mall_revision: order.revision,
  ...order.columns,
})

function toEvents(newId: NewId, { request, orderId, columns }: PreparedOrder, at: Date) {
  const facts = { source: request.source, mallStatus: columns.mallStatus, mallState: columns.mallState }
  const cancelled = columns.mallState === 'cancelled'
  return [
    ...mailEvent(newId, orderId, request),
    workerEvent(newId, orderId, at, 'staged', facts),
    ...(cancelled
      ? [workerEvent(newId, orderId, at, 'cancelled_at_mall', { mallStatus: columns.mallStatus })]
      : []),
  ]
}

// $14 names the orders for those tables that are large: each is then reached by its index in any plan.
// Orders are inserted sorted by number, so that two runs over the same shop cannot dead-lock on each other's rows.
const STAGE = statement(`
with answer as (
  select * from jsonb_to_recordset($5::jsonb)
    as a (id uuid, request_id uuid, order_number text, mall_revision text, ${recordFields(MADE)})
), sealed as (
  select * from unnest($6::uuid[], $7::bytea[], $8::bytea[]) as s (id, detail, raw)
), inserted as (
  insert into orders (id, tenant_id, shop_id, marketplace, order_number, status, staged_at, refreshed_at, created_at, updated_at,
    sealed_detail, mall_revision, ${inserted(MADE)})
  select a.id, $1, $2, $3::marketplace, a.order_number, 'auto_imported', $4, $4, $4, $4,
    s.detail, a.mall_revision, ${ofRecord(MADE)}
  from answer a join sealed s using (id)
  order by a.order_number
  on conflict (shop_id, order_number) do nothing
  returning id
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
), ended as (
  update import_requests r set state = 'done', finished_at = $4, attempts = r.attempts + 1, message = null, mall_message = null,
    sealed_raw = null, outcome = case when i.id is null then 'already_here' else 'staged' end
  from answer a left join inserted i using (id)
  where r.id = a.request_id and r.state = 'waiting' and r.shop_id = $2 and r.order_number = any($14::text[])
), healed as (
  -- What had been given up and has come in by another way is no longer a failure that staff must look at.
  update import_requests r set state = 'done', finished_at = $4, outcome = 'already_here', message = null, mall_message = null
  where r.shop_id = $2 and r.state = 'failed' and r.order_number = any($14::text[])
), overtaken as (
  -- A refresh brought it in while the import still waits: the mall had held it back, for days as like as not.
  update import_requests r set state = 'done', finished_at = $4, outcome = 'already_here', message = null, mall_message = null
  where r.shop_id = $2 and r.state = 'waiting' and r.purpose = 'import' and r.order_number = any($10::text[])
)
select id::text from inserted`)
