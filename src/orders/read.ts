import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { after, type ListDeps, type ListPart, partsOfCount, partsOfPage } from './list-parts.ts'
import { DETAIL_FIELD, ORDER_FIELDS, type OrderRow, type OrderRowWithDetail } from './order-json.ts'
import type { OrderQuery } from './schemas.ts'
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

/** Filters that find a page while reading no more rows than it shows, or few more. */
const LISTED_BY = new Set([
  'status',
  'statuses',
  'ids',
  'pullId',
  'shopId',
  'marketplace',
  'changeState',
  'sort',
  'cursor',
  'detail',
])

/** Rows of a page that others do not notice; a longer one takes the event loop for tens of milliseconds. */
const SHORT_PAGE = 100

/** True when a list may read many more rows than it shows, to count or to find, or shows many. */
export const isHeavy = (query: object): boolean =>
  Object.entries(query).some(([name, value]) =>
    name === 'limit'
      ? Number(value) > SHORT_PAGE
      : value !== undefined && value !== false && !LISTED_BY.has(name),
  )

/**
 * One page of a tenant's orders by order time. `sealedDetail` is read only when asked for.
 * @throws AppError VALIDATION_FAILED for a cursor or a phone that cannot be used
 */
export async function readOrderPage(
  deps: ListDeps,
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
  shops: readonly string[] | null = null,
): Promise<OrderPage> {
  const begin: Place = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, OrderCursor)
  const ask = { tenantId, query, shops }
  const [parts, allParts] = await Promise.all([
    partsOfPage(deps, ask, begin[0]),
    query.total ? partsOfCount(deps, ask) : null,
  ])
  const [rows, counted] = await Promise.all([
    readInTurn(deps.pool, query, parts, begin),
    allParts && count(deps.pool, allParts),
  ])
  return {
    ...pageOf(rows, query.limit, placeOf),
    total: counted === null ? null : Math.min(counted, MOST_COUNTED),
    totalIsCapped: counted !== null && counted > MOST_COUNTED,
  }
}

/** Time and id of the last order that was read; the list goes on after it. */
type Place = readonly [string | null, string | null]
const placeOf = (row: OrderRow): [string, string] => [row.orderedAt.toISOString(), row.id]

/** One part after the other, until there is one more than the page holds. */
async function readInTurn(
  pool: Pool,
  { limit, sort, detail }: z.infer<typeof OrderQuery>,
  parts: readonly ListPart[],
  begin: Place,
): Promise<OrderRowWithDetail[]> {
  const way = sort === 'oldest' ? 'asc' : 'desc'
  const found: OrderRowWithDetail[] = []
  for (const { before, from, where, by, values } of parts) {
    if (found.length > limit) break
    const last = found.at(-1)
    const { rows } = await pool.query<OrderRowWithDetail>(
      `${before} select ${ORDER_FIELDS}, ${detail ? DETAIL_FIELD : 'null as "sealedDetail"'}
       from ${from}
       where ${where} and ${after(values, by, sort)}
       order by ${by.map((column) => `${column} ${way}`).join(', ')}
       limit $${values.length + 3}`,
      [...values, ...(last ? placeOf(last) : begin), limit + 1 - found.length],
    )
    found.push(...rows)
  }
  return found
}

async function count(pool: Pool, parts: readonly ListPart[]): Promise<number> {
  let total = 0
  for (const { before, from, where, values } of parts) {
    if (total > MOST_COUNTED) break
    const { rows } = await pool.query<{ n: number }>(
      `${before} select count(*)::int as n from (select from ${from} where ${where} limit ${MOST_COUNTED + 1 - total}) found`,
      values,
    )
    total += rows[0]?.n ?? 0
  }
  return total
}

export type EditableRow = OrderRowWithDetail & { sealedEdits: Uint8Array | null }

/** @throws AppError NOT_FOUND, also for another tenant's order */
export async function readOrder(db: Db, tenantId: string, orderId: string): Promise<EditableRow> {
  const row = await db.order.findFirst({ where: { id: orderId, tenantId }, select: WITH_DETAIL })
  if (row === null) throw orderNotFound()
  return row
}

const WITH_DETAIL = { ...listedSelect, sealedDetail: true, sealedEdits: true } as const
