import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { answer, api, type OrderRow, parts } from '../api.ts'
import { counting, type OrderQuery, type SORT_KEYS } from './order-query.ts'

/**
 * Keeps a list current whatever its length: an event names an order, and only that order is asked for, under
 * the list's own conditions. It takes its new row, leaves, or comes in at its place. A list of one page is
 * read anew, which costs the same.
 */

export interface ListPage {
  orders: OrderRow[]
  nextCursor: string | null
  total: number | null
  totalIsCapped: boolean
  due: { late: number; today: number; later: number } | null
  /** The last row as it was read: up to there the page has all, also when that row has left. */
  end?: OrderRow | undefined
}
/** A row as the list gives it: with its detail, unless that was removed. */
export const toRow = ({
  detail = null,
  detailMissing = null,
  onHoldReason = null,
  ...order
}: Listed): OrderRow => ({
  ...order,
  onHoldReason,
  detail,
  detailMissing,
})
type WithDetail = 'detail' | 'detailMissing' | 'onHoldReason'
type Listed = Omit<OrderRow, WithDetail> & Partial<Pick<OrderRow, WithDetail>>

type Pages = InfiniteData<ListPage, string>

export const listKey = (query: OrderQuery) => ['orders', query] as const

/** The first event of a burst is seen at once; while they go on, the list is read once a second. */
const GATHER_MS = 50
const AGAIN_MS = 1_000
const COUNT_AGAIN_MS = 5_000
const FAILED_AGAIN_MS = 5_000
/** Ids fit an address. */
const MOST_IDS = 100

/** Reads those of some orders that the conditions find, without their details unless asked for. */
export async function readNamed(
  query: OrderQuery,
  ids: readonly string[],
  detail: 'true' | 'false' = 'false',
): Promise<Listed[]> {
  const found: Listed[] = []
  for (const part of parts(ids, MOST_IDS)) {
    const asked = { ...query, detail, ids: part.join(','), limit: part.length }
    found.push(...(await answer(api.GET('/v1/orders', { params: { query: asked } }))).orders)
  }
  return found
}

/** Reads of a list, to be replaced in a test. */
const SERVICE = {
  rows: async (query: OrderQuery, ids: readonly string[]): Promise<OrderRow[]> =>
    (await readNamed(query, ids, 'true')).map(toRow),
  count: async (query: OrderQuery): Promise<Pick<ListPage, 'total' | 'totalIsCapped' | 'due'>> =>
    answer(api.GET('/v1/orders', { params: { query: { ...query, ...counting(query), limit: 1 } } })),
}

/** Follows a list until `stop`. */
export function followList(queries: QueryClient, query: OrderQuery, service: typeof SERVICE = SERVICE) {
  const queryKey = listKey(query)
  const touched = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let counter: ReturnType<typeof setTimeout> | undefined
  let nextAt = 0
  let stopped = false
  const schedule = (): void => {
    if (stopped || timer !== undefined) return
    timer = setTimeout(() => void read(), Math.max(GATHER_MS, nextAt - Date.now()))
  }
  const dataOf = (): Pages | undefined => queries.getQueryData<Pages>(queryKey)
  /**
   * A page that is on its way is put behind the pages as they were when it was asked for: what is written
   * meanwhile would be lost.
   */
  const isBusy = (): boolean => queries.getQueryState(queryKey)?.fetchStatus === 'fetching'
  const readAll = (): void => {
    touched.clear()
    void queries.invalidateQueries({ queryKey, exact: true })
  }

  async function read(): Promise<void> {
    timer = undefined
    nextAt = Date.now() + AGAIN_MS
    // An answer that is on its way may have been read before the event.
    if (isBusy()) return schedule()
    const before = dataOf()
    if (before === undefined) touched.clear()
    if (before === undefined || touched.size === 0) return
    const ids = [...touched]
    if (before.pages.length === 1 || ids.length > before.pages.length * MOST_IDS) return readAll()
    touched.clear()
    try {
      write(ids, new Map((await service.rows(query, ids)).map((row) => [row.id, row])))
    } catch {
      // Refused in a crowd, or the line is away.
      for (const id of ids) touched.add(id)
      nextAt = Date.now() + FAILED_AGAIN_MS
      schedule()
    }
  }

  function write(ids: readonly string[], found: ReadonlyMap<string, OrderRow>): void {
    const now = dataOf()
    if (stopped || now === undefined) return
    if (isBusy()) {
      for (const id of ids) touched.add(id)
      schedule()
      return
    }
    const pages = withRows(now.pages, ids, found, query.sort)
    if (pages === null) {
      readAll()
      return
    }
    queries.setQueryData<Pages>(queryKey, { ...now, pages })
    counter ??= setTimeout(() => void recount(), COUNT_AGAIN_MS)
  }

  /** Orders beyond the last page came or went unseen. */
  async function recount(): Promise<void> {
    const counted = await service.count(query).catch(() => null)
    counter = undefined
    if (stopped || counted === null || isBusy()) return
    queries.setQueryData<Pages>(queryKey, (data) => {
      const [first, ...others] = data?.pages ?? []
      if (data === undefined || first === undefined) return data
      const { total, totalIsCapped, due } = counted
      return { ...data, pages: [{ ...first, total, totalIsCapped, due }, ...others] }
    })
  }

  return {
    touch(id: string): void {
      touched.add(id)
      schedule()
    },
    stop(): void {
      stopped = true
      clearTimeout(timer)
      clearTimeout(counter)
    },
  }
}

/**
 * The pages after some orders were read again. Pages without such an order stay the same objects.
 * @param ids orders that were asked for; of these `found` has the ones that the list has now
 * @returns null where a new order's place is not known
 */
export function withRows(
  pages: readonly ListPage[],
  ids: readonly string[],
  found: ReadonlyMap<string, OrderRow>,
  sort: OrderQuery['sort'],
): ListPage[] | null {
  const asked = new Set(ids)
  const shown = new Set<string>()
  let change = 0
  let next = pages.map((page) => {
    if (!page.orders.some(({ id }) => asked.has(id))) return page
    const end = page.end ?? page.orders.at(-1)
    const orders = page.orders.flatMap((row) => {
      if (!asked.has(row.id)) return [row]
      const now = found.get(row.id)
      // An order that moved between two pages stands in both.
      if (now && !shown.has(row.id)) {
        shown.add(row.id)
        return [now]
      }
      if (!now) change -= 1
      return []
    })
    return { ...page, orders, end }
  })
  const compare = comparatorOf(sort)
  for (const row of found.values()) {
    if (shown.has(row.id)) continue
    if (compare === null) return null
    const at = next.findIndex(({ orders, end = orders.at(-1) }) => end !== undefined && compare(row, end) < 0)
    const isComplete = next.at(-1)?.nextCursor === null
    // Beyond the last page: it comes with its own.
    if (at < 0 && !isComplete) continue
    change += 1
    const place = at < 0 ? next.length - 1 : at
    next = next.map((page, index) => {
      if (index !== place) return page
      const before = page.orders.findIndex((one) => compare(row, one) < 0)
      const orders = page.orders.toSpliced(before < 0 ? page.orders.length : before, 0, row)
      return { ...page, orders, end: page.end ?? page.orders.at(-1) }
    })
  }
  const [first, ...others] = next
  if (first === undefined || change === 0 || first.total === null) return next
  return [{ ...first, total: Math.max(0, first.total + change) }, ...others]
}

type Key = string | number | null
type Sorted = 'newest' | 'oldest' | (typeof SORT_KEYS)[number]
/** Keys of the service's sorts (`KEYS` in src/orders/list-parts.ts); null: rows lack the items' text. */
const KEYS: Readonly<Record<Sorted, ((row: OrderRow) => Key) | null>> = {
  item: null,
  newest: ({ orderedAt }) => Date.parse(orderedAt),
  oldest: ({ orderedAt }) => Date.parse(orderedAt),
  number: ({ orderNumber }) => orderNumber.toLowerCase(),
  marketplace: ({ marketplace }) => marketplace,
  quantity: ({ itemQuantity }) => itemQuantity,
  amount: ({ billedAmount }) => billedAmount,
  paymentKind: ({ paymentKind }) => paymentKind,
  deliveryMethod: ({ detail }) => detail?.delivery.methodName?.trim() || null,
  wishedOn: ({ detail }) =>
    detail?.recipients.flatMap(({ wish }) => wish.date?.slice(0, 10) ?? []).toSorted()[0] ?? null,
  shipBy: ({ detail }) => detail?.delivery.shipBy?.slice(0, 10) ?? null,
}

function comparatorOf(sort: OrderQuery['sort']): ((one: OrderRow, other: OrderRow) => number) | null {
  const name = (sort ?? 'newest').replace(/^-/, '')
  const keyOf = Object.entries(KEYS).find(([key]) => key === name)?.[1]
  if (!keyOf) return null
  const way = sort?.startsWith('-') || (sort ?? 'newest') === 'newest' ? -1 : 1
  return (one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)]
    if (a === b) return way * (one.id < other.id ? -1 : 1)
    // None comes last, whichever way.
    if (a === null || b === null) return a === null ? 1 : -1
    return way * (a < b ? -1 : 1)
  }
}
