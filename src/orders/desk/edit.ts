import type { Pool } from 'pg'
import { checked, fieldPath, invalid } from '../../http/validation.ts'
import { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { inTransaction } from '../../platform/db/transaction.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { type FullOrder, fullOrder, type OpenDeps } from '../order-json.ts'
import { type EditableRow, readOrder } from '../read.ts'
import { assigned } from '../store/column-sql.ts'
import { CONTENT, MALL_PARTS, ORDER_COLUMNS, toOrderColumns } from '../store/columns.ts'
import { differingPaths, mergePatch, pointerParts } from '../store/differences.ts'
import { type Edits, editsBetween, openEdits, sealEdits, withoutEdits } from '../store/edits.ts'
import { searchTokens, tokenColumns } from '../store/search-tokens.ts'

export interface EditDeps extends OpenDeps {
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
}

export type EditedOrder = FullOrder & { edits: Edits }

/** Only the mall can say these; every refresh sets them anew. */
const OF_THE_MALL = [
  ...['marketplace', 'shopCode', 'orderNumber', 'updatedAt', 'mallStatuses', 'cancelReason'],
  ...MALL_PARTS,
]

const CLOSED = ['shipped', 'completed', 'cancelled']

/** An order with what staff edited in it. Edits that cannot be opened leave the order readable. */
export function editedOrder(deps: OpenDeps, row: EditableRow): EditedOrder {
  const order = fullOrder(deps, row)
  return { ...order, edits: order.detail === null ? {} : openEdits(deps.sealer, row.id, row.sealedEdits) }
}

/**
 * Edits an order's detail by a JSON merge patch in which null sets null. The mall's own value is kept beside each edited one,
 * and an edit that restores it is no edit any more. A patch that changes nothing leaves the version as it is.
 * @param version the one that the patch was made on; null takes any
 * @throws AppError NOT_FOUND, VERSION_MISMATCH with both versions, CONFLICT, VALIDATION_FAILED
 */
export async function editOrder(
  deps: EditDeps,
  caller: { tenantId: string; actor: string },
  orderId: string,
  version: number | null,
  patch: Record<string, unknown>,
): Promise<EditedOrder> {
  for (;;) {
    const row = await readOrder(deps.pool, caller.tenantId, orderId)
    if (version !== null && row.version !== version) throw tooLate(deps, row, version, patch)
    const edit = prepareEdit(deps, caller, row, patch)
    if (edit === null || (await store(deps, caller, row, edit))) {
      return editedOrder(deps, await readOrder(deps.pool, caller.tenantId, orderId))
    }
    // Somebody else was faster between reading and writing: with a version that is now told, without one done anew.
  }
}

function tooLate(deps: EditDeps, row: EditableRow, version: number, patch: unknown): AppError {
  return new AppError(
    'VERSION_MISMATCH',
    `ほかの人が先に更新しました（編集元の版 ${version}、現在の版 ${row.version}）。current の内容を確認し、現在の版で送り直してください。`,
    { details: { current: editedOrder(deps, row), sent: { version, patch } } },
  )
}

interface PreparedEdit {
  detail: NormalisedOrder
  edits: Edits
  paths: string[]
}

/** Null when the patch changes nothing. */
function prepareEdit(
  deps: EditDeps,
  { actor }: { actor: string },
  row: EditableRow,
  patch: Record<string, unknown>,
): PreparedEdit | null {
  const { detail, edits } = editedOrder(deps, row)
  if (detail === null)
    throw new AppError('CONFLICT', '保存期間が終わった受注、または読み取れない受注は編集できません。')
  if (CLOSED.includes(row.status)) {
    throw new AppError(
      'CONFLICT',
      '出荷済み・完了・キャンセルの受注は編集できません。必要なら先に別のステータスへ移動してください。',
    )
  }
  refuseMallFields(patch)
  const edited = parse(mergePatch(detail, patch))
  const paths = differingPaths(detail, edited)
  if (paths.length === 0) return null
  const author = { at: new Date(deps.clock.now()).toISOString(), by: actor }
  return { detail: edited, edits: editsBetween(withoutEdits(detail, edits), edited, edits, author), paths }
}

function refuseMallFields(patch: Record<string, unknown>): void {
  const wrong = OF_THE_MALL.filter((field) => Object.hasOwn(patch, field))
  if (wrong.length > 0) {
    throw invalid(
      wrong.map((field) => ({
        field,
        message: 'モールの値に従う項目のため編集できません。',
        code: 'read_only',
      })),
    )
  }
}

function parse(merged: unknown): NormalisedOrder {
  const result = checked(NormalisedOrder, merged, 'body')
  if (!result.ok) throw invalid(result.fields)
  if (Number.isNaN(Date.parse(result.value.orderedAt)))
    throw invalid([
      { field: 'orderedAt', message: '日時（RFC 3339）で指定してください。', code: 'invalid_format' },
    ])
  const unknown = differingPaths(result.value, merged)
  if (unknown.length > 0) {
    throw invalid(
      unknown.map((path) => ({
        field: fieldPath(pointerParts(path).map((part) => (/^\d+$/.test(part) ? Number(part) : part))),
        message: 'この項目はありません。項目名を確認してください。',
        code: 'unknown_field',
      })),
    )
  }
  return result.value
}

/** False when the order is no longer as it was read. */
function store(
  deps: EditDeps,
  { tenantId, actor }: { tenantId: string; actor: string },
  row: EditableRow,
  { detail, edits, paths }: PreparedEdit,
): Promise<boolean> {
  const at = new Date(deps.clock.now())
  const columns = toOrderColumns(detail)
  const tokens = tokenColumns([{ orderId: row.id, search: searchTokens(deps.sealer, tenantId, detail) }])
  return inTransaction(deps.pool, async (client) => {
    const { rowCount } = await client.query(WRITE, [
      ...[row.id, row.version, at, actor],
      Buffer.from(deps.sealer.sealJson(`order:${row.id}:detail`, detail)),
      ...[sealEdits(deps.sealer, row.id, edits), deps.newId(), JSON.stringify({ fields: paths })],
      ...CONTENT.map((name) => columns[name]),
    ])
    if (rowCount === 0) return false
    await client.query('delete from order_search where order_id = $1', [row.id])
    await client.query(
      `insert into order_search (order_id, tenant_id, kind, hash)
       select t.order_id, $1, t.kind, t.hash from unnest($2::uuid[], $3::text[], $4::bytea[]) as t (order_id, kind, hash)`,
      [tenantId, ...tokens],
    )
    return true
  })
}

const WRITE = `
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
