import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { NewId } from '../../platform/ids.ts'
import { writeOrderStates } from '../order-state.ts'
import { sealTexts } from '../sealed-texts.ts'
import { eventsOf, writeEvents } from '../timeline.ts'
import { EXPIRES_AFTER_MS } from '../timing.ts'
import type { CheckedChange } from './check-changes.ts'

export interface InsertDeps {
  sealer: Sealer
  newId: NewId
}

export interface ChangeOrigin {
  tenantId: string
  /** key:<api key id>, or import */
  actor: string
  /** Idempotency-Key with the keyed hash of its request. */
  request: { key: string; hash: Uint8Array | null } | null
}

/** Queues changes of orders whose rows are locked: behind existing ones, in the order given. */
export async function insertChanges(
  queries: Queries,
  deps: InsertDeps,
  origin: ChangeOrigin,
  changes: readonly CheckedChange[],
  at: Date,
): Promise<string[]> {
  const rows = changes.map((change, index) => toRow(deps, origin, change, index))
  await queries.query(INSERT, [
    JSON.stringify(rows.map(({ sealedTexts: _, ...row }) => row)),
    rows.map(({ id }) => id),
    rows.map(({ sealedTexts }) => sealedTexts),
    origin.tenantId,
    origin.actor,
    origin.request?.key ?? null,
    origin.request?.hash ? Buffer.from(origin.request.hash) : null,
    at,
    new Date(at.getTime() + EXPIRES_AFTER_MS),
  ])
  const orderIds = rows.map((row) => row.order_id)
  await writeOrderStates(queries, orderIds, at)
  await writeEvents(
    queries,
    rows.map((row) =>
      eventsOf(
        deps.newId,
        { id: row.id, orderId: row.order_id, action: row.action },
        at,
        origin.actor,
      )('change_requested'),
    ),
  )
  return rows.map(({ id }) => id)
}

function toRow(deps: InsertDeps, { tenantId }: ChangeOrigin, change: CheckedChange, index: number) {
  const id = deps.newId()
  const { parameters, sealedTexts } = sealTexts(deps.sealer.of(tenantId), id, change.parameters)
  const { order, action } = change
  return { id, index, order_id: order.id, shop_id: order.shopId, action, parameters, sealedTexts }
}

const INSERT = `
with wanted as (
  select w.*, s.texts from jsonb_to_recordset($1::jsonb) as w (id uuid, index int, order_id uuid, shop_id uuid, action text, parameters jsonb)
  join unnest($2::uuid[], $3::bytea[]) as s (id, texts) using (id)
), placed as (
  select w.*, coalesce((select max(position) from site_changes c where c.order_id = w.order_id), 0)
    + row_number() over (partition by w.order_id order by w.index) as position
  from wanted w
)
insert into site_changes (id, tenant_id, shop_id, order_id, position, action, parameters, sealed_texts, state, next_attempt_at,
  expires_at, request_key, request_index, request_hash, actor, requested_at, updated_at)
select id, $4, shop_id, order_id, position, action, parameters, texts, 'queued', $8, $9, $6, index, $7, $5, $8, $8
from placed`
