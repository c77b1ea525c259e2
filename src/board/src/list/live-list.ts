import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { answer, api, type OrderRow, parts, type Schemas } from '../api.ts'
import { counting, type OrderQuery, pageQuery, type SORT_KEYS } from './order-query.ts'

/**
 * Keeps a list current whatever its length. A page holds the rows between two cursors, so it can be read
 * again without the others. An event of a row near the screen reads that row; an event of a far row only
 * marks its page, which is read again when it comes near. Far pages drop the contents of their orders.
 */

export interface ListPage {
  orders: OrderRow[]
  nextCursor: string | null
  total: number | null
  totalIsCapped: boolean
  due: { late: number; today: number; later: number } | null
  /** The last row as it was read: up to there the page has all, also when that row has left. */
  end?: OrderRow | undefined
  /** Orders of this page may have changed, come or left since it was read. */
  stale?: boolean
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

/** Part of an order that its event carries; a site change's event names the order alone. */
type Touched = Partial<Pick<Schemas['OrderEvent'], 'status' | 'changeState' | 'mallState'>>

export const listKey = (query: OrderQuery) => ['orders', query] as const

/** The first event of a burst is seen at once; while they go on, the list is read once a second. */
const GATHER_MS = 50
const AGAIN_MS = 1_000
const COUNT_AGAIN_MS = 5_000
const FAILED_AGAIN_MS = 5_000
const BUSY_MS = 200
/** Ids fit an address. */
const MOST_IDS = 100
/**
 * Rows beyond the screen whose pages are kept current: a person scrolls some hundred rows while an answer
 * comes.
 */
const NEAR_ROWS = 30
/** Rows beyond the screen whose pages keep the contents of their orders. */
const KEPT_ROWS = 300

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
  page: async (query: OrderQuery, cursor: string): Promise<ListPage> => {
    const page = await answer(api.GET('/v1/orders', { params: { query: pageQuery(query, cursor) } }))
    return { ...page, orders: page.orders.map(toRow) }
  },
  rows: async (query: OrderQuery, ids: readonly string[]): Promise<OrderRow[]> =>
    (await readNamed(query, ids, 'true')).map(toRow),
  count: async (query: OrderQuery): Promise<Pick<ListPage, 'total' | 'totalIsCapped' | 'due'>> =>
    answer(api.GET('/v1/orders', { params: { query: { ...query, ...counting(query), limit: 1 } } })),
}

/**
 * A list's pages, and what the screen shows and the person has ticked of them; `follow` begins to act on it.
 */
export function createList(queries: QueryClient, query: OrderQuery, service: typeof SERVICE = SERVICE) {
  const queryKey = listKey(query)
  const compare = comparatorOf(query.sort)
  const touched = new Map<string, Touched>()
  let sight = { first: 0, last: 0 }
  let watched: { has(id: string): boolean } = new Set()
  let timer: ReturnType<typeof setTimeout> | undefined
  let timerAt = 0
  let counter: ReturnType<typeof setTimeout> | undefined
  /**
   * Touched orders are asked for from then on; pages that came into sight at once, unless an answer failed.
   */
  let nextAt = 0
  let failedUntil = 0
  let reading = false
  let followed = false
  /** One read a second, and one that comes early: an order changes while the count is read, too. */
  const spend = (): void => {
    nextAt = Math.max(nextAt, Date.now() - AGAIN_MS) + AGAIN_MS
  }
  const schedule = (at: number): void => {
    if (!followed || reading || (timer !== undefined && timerAt <= at)) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => void run(), Math.max(GATHER_MS, at - Date.now()))
  }
  const dataOf = (): Pages | undefined => queries.getQueryData<Pages>(queryKey)
  /**
   * A page that is on its way is put behind the pages as they were when it was asked for: what is written
   * meanwhile would be lost.
   */
  const isBusy = (): boolean => queries.getQueryState(queryKey)?.fetchStatus === 'fetching'
  const setPages = (change: (pages: ListPage[]) => ListPage[]): void => {
    queries.setQueryData<Pages>(queryKey, (data) => data && { ...data, pages: change(data.pages) })
  }
  /**
   * Pages with a row within `reach` of the screen; all of them where no page can be read without those before
   * it.
   */
  const near = (pages: readonly ListPage[], reach: number): boolean[] => {
    let from = 0
    return pages.map(({ orders }) => {
      const to = from + orders.length
      const isNear = compare === null || (to > sight.first - reach && from <= sight.last + reach)
      from = to
      return isNear
    })
  }
  /** Reads anew from the first page on; pages beyond the screen come again as one scrolls. */
  const readAll = (): void => {
    touched.clear()
    queries.setQueryData<Pages>(queryKey, (data) => {
      const count = data ? near(data.pages, NEAR_ROWS).lastIndexOf(true) + 1 : 0
      return data && { pages: data.pages.slice(0, count), pageParams: data.pageParams.slice(0, count) }
    })
    void queries.invalidateQueries({ queryKey, exact: true })
  }
  const staleInSight = (): number => {
    const { pages = [] } = dataOf() ?? {}
    return near(pages, NEAR_ROWS).findIndex((isNear, at) => isNear && pages[at]?.stale)
  }

  async function run(): Promise<void> {
    timer = undefined
    // An answer that is on its way may have been read before the event.
    if (isBusy()) return schedule(Date.now() + BUSY_MS)
    reading = true
    dropFar()
    const ids = Date.now() < nextAt ? [] : mark()
    const at = staleInSight()
    if (ids.length > 0) await readTouched(ids)
    else if (at >= 0 && Date.now() >= failedUntil) await readAgain(at)
    reading = false
    if (touched.size > 0) schedule(nextAt)
    if (staleInSight() >= 0) schedule(failedUntil)
  }

  /**
   * Takes what the events say by themselves: an order leaves, or its page is marked.
   * @returns orders to be asked for now
   */
  function mark(): string[] {
    const { pages = [] } = dataOf() ?? {}
    const inSight = near(pages, NEAR_ROWS)
    const rest = new Map(touched)
    const ids: string[] = []
    touched.clear()
    const next = pages.map((page, at) => {
      if (rest.size === 0) return page
      let isStale = false
      const orders = page.orders.flatMap((row) => {
        const event = rest.get(row.id)
        if (event === undefined) return [row]
        rest.delete(row.id)
        if (!mayBelong(query, event)) return []
        if (inSight[at] || watched.has(row.id)) ids.push(row.id)
        else isStale = true
        return [{ ...row, ...event }]
      })
      const isSame = orders.length === page.orders.length && orders.every((row, n) => row === page.orders[n])
      if (isSame) return page
      return { ...page, orders, end: page.end ?? page.orders.at(-1), stale: page.stale || isStale }
    })
    const unknown = [...rest].flatMap(([id, event]) => (mayBelong(query, event) ? [id] : []))
    if (unknown.length > pages.length * MOST_IDS) {
      readAll()
      return []
    }
    const gone = sum(pages) - sum(next)
    const isComplete = pages.at(-1)?.nextCursor === null
    if (next.some((page, at) => page !== pages[at])) setPages(() => withCount(next, -gone))
    if (gone > 0 || (rest.size > 0 && !isComplete)) countSoon()
    ids.push(...unknown)
    for (const id of ids.splice(MOST_IDS)) touched.set(id, {})
    return ids
  }

  async function readTouched(ids: readonly string[]): Promise<void> {
    spend()
    const again = () => {
      for (const id of ids) touched.set(id, touched.get(id) ?? {})
    }
    try {
      const found = new Map((await service.rows(query, ids)).map((row) => [row.id, row]))
      const data = dataOf()
      if (data === undefined) return
      if (isBusy()) return again()
      const pages = withRows(data.pages, ids, found, query.sort)
      if (pages === null) return readAll()
      queries.setQueryData<Pages>(queryKey, { ...data, pages })
      countSoon()
    } catch {
      // Refused in a crowd, or the line is away.
      again()
      failedUntil = nextAt = Date.now() + FAILED_AGAIN_MS
    }
  }

  async function readAgain(at: number): Promise<void> {
    const data = dataOf()
    const [known, cursor] = [data?.pages[at], data?.pageParams[at]]
    if (data === undefined || known === undefined || cursor === undefined) return
    try {
      const page = await readKnown(known, cursor, at === data.pages.length - 1)
      // The whole list is being read, or this page changed meanwhile.
      if (isBusy() || dataOf()?.pages[at] !== known) return
      const here = new Set(page.orders.map(({ id }) => id))
      setPages((pages) => pages.map((one, index) => (index === at ? page : without(one, here))))
      // The count that is shown may be newer than this page was.
      if (page.orders.length !== known.orders.length) countSoon()
    } catch {
      failedUntil = Date.now() + FAILED_AGAIN_MS
    }
  }

  /** Reads a page's rows: of the last page those behind its cursor, of another those up to its end. */
  async function readKnown(known: ListPage, cursor: string, isLast: boolean): Promise<ListPage> {
    const first = await service.page(query, cursor)
    const end = known.end ?? known.orders.at(-1)
    if (isLast || compare === null || end === undefined) return first
    const orders: OrderRow[] = []
    for (let page = first; ; page = await service.page(query, page.nextCursor)) {
      const last = page.orders.findIndex(({ id }) => id === end.id)
      const within = page.orders.filter((row, at) => (last < 0 ? compare(row, end) < 0 : at <= last))
      orders.push(...within)
      if (last >= 0 || within.length < page.orders.length || page.nextCursor === null) break
    }
    return { ...first, orders, end, nextCursor: known.nextCursor }
  }

  /** Orders beyond the last page came or went unseen, and a count may have had an order before its event. */
  function countSoon(): void {
    if (followed) counter ??= setTimeout(() => void recount(), COUNT_AGAIN_MS)
  }
  async function recount(): Promise<void> {
    spend()
    const counted = await service.count(query).catch(() => null)
    counter = undefined
    if (!followed || counted === null || isBusy()) return
    const { total, totalIsCapped, due } = counted
    setPages(([first, ...others]) => (first ? [{ ...first, total, totalIsCapped, due }, ...others] : others))
  }

  function dropFar(): void {
    const { pages = [] } = dataOf() ?? {}
    const kept = near(pages, KEPT_ROWS)
    if (pages.some((page, at) => !kept[at] && isFull(page)))
      setPages(() => pages.map((page, at) => (kept[at] || !isFull(page) ? page : bare(page, query.sort))))
  }

  return {
    /**
     * A page that the list has is read again only where it is in sight or has a ticked order, and the first
     * for its count.
     */
    async read(cursor: string): Promise<ListPage> {
      const data = dataOf()
      const at = data?.pageParams.indexOf(cursor) ?? -1
      const known = data?.pages[at]
      if (data === undefined || known === undefined) return service.page(query, cursor)
      if (at > 0 && !near(data.pages, NEAR_ROWS)[at] && !known.orders.some(({ id }) => watched.has(id)))
        return { ...known, end: known.end ?? known.orders.at(-1), stale: true }
      return readKnown(known, cursor, at === data.pages.length - 1)
    },
    /** @param said what an event says of the order, for a row that is not asked for at once */
    touch(id: string, said: Touched = {}): void {
      touched.set(id, { ...touched.get(id), ...said })
      schedule(nextAt)
    },
    /** @param first and `last`: places of the rows on the screen */
    see(first: number, last: number): void {
      sight = { first, last }
      const { pages = [] } = dataOf() ?? {}
      const kept = near(pages, KEPT_ROWS)
      if (staleInSight() >= 0 || pages.some((page, at) => !kept[at] && isFull(page))) schedule(failedUntil)
    },
    /** @param ids orders of which each change is read wherever they stand: the ticked ones */
    watch(ids: { has(id: string): boolean }): void {
      watched = ids
    },
    /** @returns ends it */
    follow(): () => void {
      followed = true
      return () => {
        followed = false
        clearTimeout(timer)
        clearTimeout(counter)
        timer = undefined
        counter = undefined
      }
    },
  }
}

/** False where the event alone says that the list has no such order. */
export const mayBelong = (query: OrderQuery, { status, changeState }: Touched): boolean =>
  (query.status === undefined || status === undefined || query.status === status) &&
  (query.changeState === undefined || changeState === undefined || query.changeState === changeState)

const sum = (pages: readonly ListPage[]): number =>
  pages.reduce((count, { orders }) => count + orders.length, 0)

const isFull = ({ orders }: ListPage): boolean => orders[0]?.detail !== undefined

/** Without the contents of its orders, but with what the list is sorted by. */
function bare(page: ListPage, sort: OrderQuery['sort']): ListPage {
  const keyOf = keyBy(sort)
  const orders = page.orders.map(({ detail, ...row }): OrderRow => {
    if (detail === undefined) return row
    return { ...row, sortKey: keyOf?.({ ...row, detail }) ?? null }
  })
  return { ...page, orders, end: page.end ?? page.orders.at(-1), stale: true }
}

/** An order that moved between two pages stands in one of them. */
function without(page: ListPage, ids: ReadonlySet<string>): ListPage {
  if (!page.orders.some(({ id }) => ids.has(id))) return page
  const end = page.end ?? page.orders.at(-1)
  return { ...page, end, orders: page.orders.filter(({ id }) => !ids.has(id)) }
}

function withCount(pages: ListPage[], change: number): ListPage[] {
  const [first, ...others] = pages
  if (first === undefined || change === 0 || first.total === null) return pages
  return [{ ...first, total: Math.max(0, first.total + change) }, ...others]
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
  return withCount(next, change)
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

function keyBy(sort: OrderQuery['sort']): ((row: OrderRow) => Key) | null {
  const name = (sort ?? 'newest').replace(/^-/, '')
  const keyOf = Object.entries(KEYS).find(([key]) => key === name)?.[1]
  return keyOf ? (row) => (row.detail === undefined ? (row.sortKey ?? null) : keyOf(row)) : null
}

function comparatorOf(sort: OrderQuery['sort']): ((one: OrderRow, other: OrderRow) => number) | null {
  const keyOf = keyBy(sort)
  if (keyOf === null) return null
  const way = sort?.startsWith('-') || (sort ?? 'newest') === 'newest' ? -1 : 1
  return (one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)]
    if (a === b) return one.id === other.id ? 0 : way * (one.id < other.id ? -1 : 1)
    // None comes last, whichever way.
    if (a === null || b === null) return a === null ? 1 : -1
    return way * (a < b ? -1 : 1)
  }
}
