import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { FOUND_ORDERS, foundByTokens, monthsToSearch, wantedByTokens } from './item-search.ts'
import { DETAIL_FIELD, ORDER_FIELDS, type OrderRow, type OrderRowWithDetail } from './order-json.ts'
import type { OrderQuery } from './schemas.ts'
import { type SearchCondition, searchCondition } from './search.ts'
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

interface ReadPageDeps {
  db: Db
  pool: Pool
  sealer: Pick<Sealer, 'fingerprints'>
}

/**
 * One page of a tenant's orders by order time. `sealedDetail` is read only when asked for.
 * @throws AppError VALIDATION_FAILED for a cursor or a phone that cannot be used
 */
export async function readOrderPage(
  deps: ReadPageDeps,
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
  shops: readonly string[] | null = null,
): Promise<OrderPage> {
  const search = searchCondition(deps.sealer, tenantId, query, shops)
  const [at, id] = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, OrderCursor)
  const detail = query.detail ? DETAIL_FIELD : 'null as "sealedDetail"'
  const [way, beyond] = query.sort === 'oldest' ? ['asc', '>'] : ['desc', '<']
  const wanted = query.limit + 1
  const readPart: ReadPart<OrderRowWithDetail> = async (part, left) => {
    const next = part.values.length
    const { rows } = await deps.pool.query<OrderRowWithDetail>(
      `${part.before} select ${ORDER_FIELDS}, ${detail}
       from ${part.from}
       where ${search.sql} and ($${next + 1}::timestamptz is null or (o.ordered_at, o.id) ${beyond} ($${next + 1}, $${next + 2}::uuid))
       order by o.ordered_at ${way}, o.id ${way}
       limit $${next + 3}`,
      [...part.values, at, id, left],
    )
    return rows
  }
  const places = { from: query.sort === 'oldest' ? at : null, to: query.sort === 'oldest' ? null : at }
  const [parts, allParts] = await Promise.all([
    partsOf(deps, tenantId, query, search, places),
    query.total ? partsOf(deps, tenantId, query, search, { from: null, to: null }) : null,
  ])
  const [rows, counted] = await Promise.all([
    inTurn(parts, wanted, readPart),
    allParts && count(deps.pool, search.sql, allParts),
  ])
  return {
    ...pageOf(rows, query.limit, (row: OrderRow) => [row.orderedAt.toISOString(), row.id]),
    total: counted === null ? null : Math.min(counted, MOST_COUNTED),
    totalIsCapped: counted !== null && counted > MOST_COUNTED,
  }
}

/** Where a part of the answer is read: all orders at once, or those that the tokens find in some months. */
interface Part {
  before: string
  from: string
  values: unknown[]
}

type ReadPart<T> = (part: Part, left: number) => Promise<T[]>

/** Each part is wholly in front of the next, in the order of the list. */
async function partsOf(
  deps: Pick<ReadPageDeps, 'pool' | 'db'>,
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
  { values }: SearchCondition,
  { from, to }: { from: string | null; to: string | null },
): Promise<Part[]> {
  // A buyer has few orders, and so have those that are held: they are found first.
  const isNarrow = query.hold || [query.buyer, query.phone, query.email].some((one) => one !== undefined)
  const wanted = isNarrow ? null : await wantedByTokens(deps.db, query)
  if (wanted === null) return [{ before: '', from: 'orders o', values }]
  const months = await monthsToSearch(deps.pool, tenantId, {
    from: from ?? query.from ?? null,
    to: to ?? query.to ?? null,
    oldestFirst: query.sort === 'oldest',
  })
  const next = values.length
  const before = foundByTokens(`$${next + 1}`, `$${next + 2}`, `$${next + 3}`)
  return months.map((part) => ({
    before,
    from: FOUND_ORDERS,
    values: [...values, part, wanted.item, wanted.numberEnd],
  }))
}

/** One part after the other, until there is enough. */
async function inTurn<T>(parts: readonly Part[], wanted: number, read: ReadPart<T>): Promise<T[]> {
  const rows: T[] = []
  for (const part of parts) {
    if (rows.length >= wanted) break
    rows.push(...(await read(part, wanted - rows.length)))
  }
  return rows
}

async function count(pool: Pool, condition: string, parts: readonly Part[]): Promise<number> {
  let total = 0
  for (const { before, from, values } of parts) {
    if (total > MOST_COUNTED) break
    const { rows } = await pool.query<{ n: number }>(
      `${before} select count(*)::int as n from (select from ${from} where ${condition} limit ${MOST_COUNTED + 1 - total}) found`,
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
