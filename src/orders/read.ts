import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { giveWay } from '../platform/event-loop.ts'
import {
  checkBounded,
  countOf,
  idsOf,
  isByTime,
  type ListAsk,
  type ListDeps,
  type ListPart,
  partsOfCount,
  partsOfPage,
  rowsOf,
  sortOf,
} from './list-parts.ts'
import type { OrderRowWithDetail } from './order-json.ts'
import type { OrderQuery } from './schemas.ts'
import { waysOf } from './search.ts'
import { listedSelect } from './store/columns.ts'

const Cursor = z.tuple([CursorTime, z.uuid()])
/** Says by what it is sorted, as a key of another sort would be another place. */
const SortedCursor = z.tuple([z.string(), z.string().max(400), z.uuid()])

/** Counting goes no further: beyond it nobody reads a list to its end, and it bounds what a count costs. */
const MOST_COUNTED = 10_000

export const orderNotFound = (): AppError =>
  new AppError('NOT_FOUND', '受注が見つかりません。一覧を再読み込みして確認してください。')

export interface OrderPage {
  rows: OrderRowWithDetail[]
  nextCursor: string | null
  total: number | null
  totalIsCapped: boolean
  due: Due | null
}

/** Counted orders by their deadline. */
interface Due {
  late: number
  today: number
  later: number
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
  'cursor',
  'detail',
  'fields',
])

/** Rows of a page that others do not notice; a longer one takes the event loop for tens of milliseconds. */
const SHORT_PAGE = 100

/** True when a list may read many more rows than it shows, to count or to find, or shows many. */
export const isHeavy = (query: object): boolean =>
  Object.entries(query).some(([name, value]) => {
    if (name === 'limit') return Number(value) > SHORT_PAGE
    if (name === 'sort') return value !== 'newest' && value !== 'oldest'
    return value !== undefined && value !== false && !LISTED_BY.has(name)
  })

type Query = z.infer<typeof OrderQuery>

/**
 * One page of a tenant's orders. `sealedDetail` is read only when asked for.
 * @throws AppError VALIDATION_FAILED for a cursor, a phone or a sort that cannot be used
 */
export async function readOrderPage(
  deps: ListDeps,
  tenantId: string,
  query: Query,
  shops: readonly string[] | null = null,
): Promise<OrderPage> {
  checkBounded(query)
  const begin = beginOf(query)
  const asks = waysOf(query).map((way) => ({ tenantId, shops, query: way }))
  const [rows, counted] = await Promise.all([
    readWays(deps, asks, begin),
    query.total ? countAll(deps, asks) : null,
  ])
  const total = counted?.total ?? null
  return {
    ...pageOf(rows, query.limit, (row) => [...(isByTime(query) ? [] : [query.sort]), ...placeOf(row)]),
    total: total === null ? null : Math.min(total, MOST_COUNTED),
    totalIsCapped: total !== null && total > MOST_COUNTED,
    due: counted !== null && query.dueOn !== undefined ? counted.due : null,
  }
}

/** Key and id of the last order that was read; the list goes on after it. */
type Place = readonly [string | null, string | null]
type SortedRow = OrderRowWithDetail & { sortKey: Date | string | number }
const placeOf = ({ sortKey, id }: SortedRow): [string, string] => [
  sortKey instanceof Date ? sortKey.toISOString() : `${sortKey}`,
  id,
]

function beginOf({ cursor, sort }: Query): Place {
  if (cursor === undefined) return [null, null]
  if (isByTime({ sort })) return decodeCursor(cursor, Cursor)
  const type = sortOf({ sort }).type
  const key = type === 'int' ? z.string().regex(/^-?\d{1,9}$/) : z.string()
  const [, at, id] = decodeCursor(
    cursor,
    SortedCursor.refine(([of, at]) => of === sort && key.safeParse(at).success),
  )
  return [at, id]
}

/**
 * Pages of several ways of finding are merged: an order that more than one finds comes once. They are read at
 * once, as a person waits.
 */
async function readWays(deps: ListDeps, asks: readonly ListAsk[], begin: Place): Promise<SortedRow[]> {
  const pages = await Promise.all(
    asks.map(async (ask) => readInTurn(deps.pool, ask.query, await partsOfPage(deps, ask, begin[0]), begin)),
  )
  const [first = [], ...others] = pages
  const [ask] = asks
  if (others.length === 0 || ask === undefined) return first
  const found = new Map(pages.flat().map((row) => [row.id, row]))
  const way = sortOf(ask.query).descending ? -1 : 1
  return [...found.values()]
    .sort((a, b) => way * (compareKeys(a.sortKey, b.sortKey) || (a.id < b.id ? -1 : 1)))
    .slice(0, ask.query.limit + 1)
}

/** As Postgres does in the collation C. */
function compareKeys(a: SortedRow['sortKey'], b: SortedRow['sortKey']): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return Number(a) - Number(b)
}

/** Rows with details of one statement: more arrive at once and hold the event loop for 10 ms of parsing. */
const AT_ONCE = 100

/** One part after the other, until there is one more than the page holds. */
async function readInTurn(
  pool: Pool,
  query: Query,
  parts: readonly ListPart[],
  begin: Place,
): Promise<SortedRow[]> {
  const { limit, detail } = query
  const found: SortedRow[] = []
  for (const part of parts) {
    if (found.length > limit) break
    if (found.length < (part.behind ?? 0)) continue
    let isMore = true
    while (isMore) {
      const last = found.at(-1)
      const atMost = Math.min(limit + 1 - found.length, detail ? AT_ONCE : limit + 1)
      const place = last ? placeOf(last) : begin
      const { rows } = await pool.query<SortedRow>(
        rowsOf(part, sortOf(query), { detail: detail === true, place, limit: atMost }),
      )
      found.push(...rows)
      isMore = rows.length === atMost && found.length <= limit
      if (isMore) await giveWay()
    }
  }
  return found
}

interface Counted {
  total: number
  due: Due
}

/** Of several ways the ids are counted, as an order may be found by more than one. */
async function countAll(deps: ListDeps, asks: readonly ListAsk[]): Promise<Counted> {
  const [ask, ...others] = asks
  if (ask !== undefined && others.length === 0)
    return count(deps.pool, ask.query, await partsOfCount(deps, ask))
  const found = new Map<string, string | null>()
  for (const one of asks)
    for (const part of await partsOfCount(deps, one)) {
      if (found.size > MOST_COUNTED) break
      const { rows } = await deps.pool.query<{ id: string; shipBy: string | null }>(
        idsOf(part, MOST_COUNTED + 1),
      )
      for (const { id, shipBy } of rows) found.set(id, shipBy)
    }
  const day = ask?.query.dueOn ?? ''
  const deadlines = [...found.values()].filter((by) => by !== null)
  const late = deadlines.filter((by) => by < day).length
  const today = deadlines.filter((by) => by === day).length
  return { total: found.size, due: { late, today, later: deadlines.length - late - today } }
}

/** Counts all that a list's head shows by one statement, as it is asked at each refresh. */
async function count(pool: Pool, { dueOn }: ListAsk['query'], parts: readonly ListPart[]): Promise<Counted> {
  const counted: Counted = { total: 0, due: { late: 0, today: 0, later: 0 } }
  for (const part of parts) {
    if (counted.total > MOST_COUNTED) break
    const { rows } = await pool.query<{ n: number } & Partial<Due>>(
      countOf(part, MOST_COUNTED + 1 - counted.total, dueOn),
    )
    const { n = 0, late = 0, today = 0, later = 0 } = rows[0] ?? {}
    const { due } = counted
    counted.total += n
    counted.due = { late: due.late + late, today: due.today + today, later: due.later + later }
  }
  return counted
}

export type EditableRow = OrderRowWithDetail & { sealedEdits: Uint8Array | null }

/** @throws AppError NOT_FOUND, also for another tenant's order */
export async function readOrder(db: Db, tenantId: string, orderId: string): Promise<EditableRow> {
  const row = await db.order.findFirst({ where: { id: orderId, tenantId }, select: WITH_DETAIL })
  if (row === null) throw orderNotFound()
  return row
}

const WITH_DETAIL = {
  ...listedSelect,
  sealedDetail: true,
  sealedEdits: true,
  sealedOnHoldReason: true,
} as const
