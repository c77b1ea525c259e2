import type { Pool, PoolClient } from 'pg'
import { invalid } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { csvLines, encodeCsv } from '../platform/csv.ts'
import type { Db } from '../platform/db/database.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Random } from '../platform/random.ts'
import { audit, type Caller } from '../shops/tenants/audit.ts'
import { type CheckDeps, type CheckedOrder, type CheckOptions, checkOrders } from './check-labels.ts'
import { safeCell } from './draft.ts'
import type { Cells, LabelFormat } from './formats/format.ts'
import { type FormatId, formatOf } from './formats/index.ts'
import { newLabelKey } from './label-key.ts'
import { settingsFor } from './settings-store.ts'

export interface LabelDeps extends CheckDeps {
  db: Db
  pool: Pool
  clock: Clock
  newId: NewId
  random: Random
}

export interface LabelRequest {
  format: FormatId
  orderIds: string[]
  options: CheckOptions
}

export async function checkLabels(
  deps: LabelDeps,
  tenantId: string,
  request: LabelRequest,
): Promise<CheckedOrder[]> {
  return checkOrders(deps, tenantId, request.orderIds, await chosenBy(deps, tenantId, request))
}

async function chosenBy({ db }: LabelDeps, tenantId: string, request: LabelRequest) {
  const format = formatOf(request.format)
  requireService(format, request.options.service)
  return { format, settings: await settingsFor(db, tenantId, request.format), options: request.options }
}

export interface LabelFile {
  /** Null when no order passed. */
  bytes: Buffer | null
  rows: number
  orders: CheckedOrder[]
  /** Label keys by order and recipient. */
  keys: Map<string, string>
}

/**
 * Makes the carrier's file of all orders that pass and reports the others. With `strict` all must pass. With
 * `dryRun` makes no file.
 * @throws AppError VALIDATION_FAILED for too many rows, or under `strict` naming each refused order
 */
export async function createLabelFile(
  deps: LabelDeps,
  caller: Caller,
  request: LabelRequest & { strict: boolean },
  dryRun = false,
): Promise<LabelFile> {
  const chosen = await chosenBy(deps, caller.tenantId, request)
  const { format, settings } = chosen
  const orders = await checkOrders(deps, caller.tenantId, request.orderIds, chosen)
  if (request.strict) refuseFaulty(orders)
  const good = orders.filter(({ ok }) => ok)
  const rows = good.flatMap(({ orderId, labels }) => labels.map((label) => ({ orderId, ...label })))
  refuseTooMany(format, rows.length)
  if (rows.length === 0 || dryRun) return { bytes: null, rows: rows.length, orders, keys: new Map() }
  const keys = await inTransaction(deps.pool, (client) =>
    claimKeys(client, deps, caller.tenantId, request.format, rows),
  )
  await audit(deps.db, deps, {
    ...caller,
    action: 'labels.exported',
    target: request.format,
    data: { orders: good.length, rows: rows.length },
  })
  const lines = rows.map(({ orderId, recipientId, cells }) =>
    lineOf(format, cells, keys.get(labelId(orderId, recipientId)) ?? ''),
  )
  const header = format.header === 'always' || settings.header ? [format.columns.map(({ name }) => name)] : []
  return {
    bytes: encodeCsv(csvLines([...header, ...lines], format.quoting), 'cp932'),
    rows: rows.length,
    orders,
    keys,
  }
}

export const labelId = (orderId: string, recipientId: string): string => `${orderId} ${recipientId}`

/** The check put a sample key where the tool has a place for ours. */
function lineOf(format: LabelFormat, cells: Cells, key: string): string[] {
  return format.columns.map((_, index) =>
    index === format.keyColumn - 1 ? key : safeCell(cells.get(index + 1) ?? ''),
  )
}

function requireService(format: LabelFormat, service: string): void {
  if (format.services.some(({ code }) => code === service)) return
  const offered = format.services.map(({ code, label }) => `${code} ${label}`).join('、')
  throw invalid([
    { field: 'options.service', message: `次のいずれかを指定してください: ${offered}`, code: 'not_offered' },
  ])
}

function refuseFaulty(orders: readonly CheckedOrder[]): void {
  const errors = orders.flatMap(({ ok, problems }, index) =>
    ok
      ? []
      : [{ field: `orderIds[${index}]`, message: problems[0]?.message ?? '', code: problems[0]?.code ?? '' }],
  )
  if (errors.length > 0) throw invalid(errors.slice(0, 50))
}

function refuseTooMany({ label, mostRows }: LabelFormat, rows: number): void {
  if (rows <= mostRows) return
  throw new AppError('VALIDATION_FAILED', `${label} は1つのファイルに ${mostRows} 件までです。`, {
    fields: [
      {
        field: 'orderIds',
        message: `送り状が ${rows} 件になります。${mostRows} 件以下に分けてください。`,
        code: 'too_big',
      },
    ],
  })
}

/** One statement for all: a label keeps its first file's key, so an older file's numbers find their order. */
const TAKE = `
insert into labels (tenant_id, key, order_id, recipient_id, format, exported_at)
select $1, t.key, t.order_id, t.recipient_id, $2, $3
from unnest($4::text[], $5::uuid[], $6::text[]) as t(key, order_id, recipient_id)
on conflict (order_id, recipient_id) do update
  set format = excluded.format, exported_at = excluded.exported_at, exports = labels.exports + 1
returning order_id::text as "orderId", recipient_id as "recipientId", key`

async function claimKeys(
  client: PoolClient,
  deps: Pick<LabelDeps, 'random' | 'clock'>,
  tenantId: string,
  format: string,
  rows: readonly { orderId: string; recipientId: string }[],
): Promise<Map<string, string>> {
  const byId = new Map(rows.map((row) => [labelId(row.orderId, row.recipientId), row]))
  const once = [...byId.values()]
  const taken = await client.query<{ orderId: string; recipientId: string; key: string }>(TAKE, [
    ...[tenantId, format, dateNow(deps.clock), once.map(() => newLabelKey(deps.random))],
    ...[once.map(({ orderId }) => orderId), once.map(({ recipientId }) => recipientId)],
  ])
  return new Map(taken.rows.map(({ orderId, recipientId, key }) => [labelId(orderId, recipientId), key]))
}
