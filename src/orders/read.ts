import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { DETAIL_FIELD, ORDER_FIELDS, type OrderRow, type OrderRowWithDetail } from './order-json.ts'
import type { OrderQuery } from './schemas.ts'
import { searchCondition } from './search.ts'
import { listedSelect } from './store/columns.ts'

const OrderCursor = z.tuple([CursorTime, z.uuid()])

/** Counting goes no further: beyond it nobody reads a list to its end, and it bounds what a count costs. */
const MOST_COUNTED = 10_000

export const orderNotFound = (): AppError =>
  new AppError('NOT_FOUND', '受注が見つかりません。一覧を再読み込みして確認してください。')

export interface OrderPage {
  rows: OrderRowWithDetail[]
  nextCursor: string | null
  total: number | null
  totalIsCapped: boolean
}

/**
 * One page of a tenant's orders by order time. `sealedDetail` is read only when asked for.
 * @throws AppError VALIDATION_FAILED for a cursor or a phone that cannot be used
 */
export async function readOrderPage(
  deps: { pool: Pool; sealer: Pick<Sealer, 'fingerprints'> },
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
  shops: readonly string[] | null = null,
): Promise<OrderPage> {
  const { sql, values } = searchCondition(deps.sealer, tenantId, query, shops)
  const [at, id] = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, OrderCursor)
  const detail = query.detail ? DETAIL_FIELD : 'null as "sealedDetail"'
  const next = values.length
  const [way, beyond] = query.sort === 'oldest' ? ['asc', '>'] : ['desc', '<']
  const page = deps.pool.query<OrderRowWithDetail>(
    `select ${ORDER_FIELDS}, ${detail}
     from orders o
     where ${sql} and ($${next + 1}::timestamptz is null or (o.ordered_at, o.id) ${beyond} ($${next + 1}, $${next + 2}::uuid))
     order by o.ordered_at ${way}, o.id ${way}
     limit $${next + 3}`,
    [...values, at, id, query.limit + 1],
  )
  const [{ rows }, counted] = await Promise.all([page, query.total ? count(deps.pool, sql, values) : null])
  return {
    ...pageOf(rows, query.limit, (row: OrderRow) => [row.orderedAt.toISOString(), row.id]),
    total: counted === null ? null : Math.min(counted, MOST_COUNTED),
    totalIsCapped: counted !== null && counted > MOST_COUNTED,
  }
}

async function count(pool: Pool, condition: string, values: unknown[]): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from (select from orders o where ${condition} limit ${MOST_COUNTED + 1}) found`,
    values,
  )
  return rows[0]?.n ?? 0
}

export type EditableRow = OrderRowWithDetail & { sealedEdits: Uint8Array | null }

/** @throws AppError NOT_FOUND, also for another tenant's order */
export async function readOrder(db: Db, tenantId: string, orderId: string): Promise<EditableRow> {
  const row = await db.order.findFirst({ where: { id: orderId, tenantId }, select: WITH_DETAIL })
  if (row === null) throw orderNotFound()
  return row
}

const WITH_DETAIL = { ...listedSelect, sealedDetail: true, sealedEdits: true } as const
