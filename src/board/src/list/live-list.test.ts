import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { OrderRow } from '../api.ts'
import { createList, type ListPage, listKey, withRows } from './live-list.ts'

// Read when the client is made.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://localhost' }))

const row = (n: number, more: Partial<OrderRow> = {}): OrderRow =>
  ({
    id: String(n).padStart(4, '0'),
    orderedAt: new Date(Date.UTC(2026, 10, 29) + n * 60_000).toISOString(),
    status: 'new',
    ...more,
  }) as OrderRow

/** Pages of `size`, newest first, as the service gives them. */
function pagesOf(orders: readonly OrderRow[], size: number, loaded = orders.length): ListPage[] {
  const sorted = orders.toSorted((a, b) => (a.orderedAt < b.orderedAt ? 1 : -1))
  const pages: ListPage[] = []
  for (let at = 0; at < Math.min(loaded, sorted.length); at += size)
    pages.push({
      orders: sorted.slice(at, at + size),
      due: null,
      totalIsCapped: false,
      nextCursor: at + size < sorted.length ? `${at + size}` : null,
      total: at === 0 ? sorted.length : null,
    })
  return pages
}
const idsOf = (pages: readonly ListPage[]) => pages.flatMap(({ orders }) => orders.map(({ id }) => id))

test('after any changes the loaded part is what a new reading would show', () => {
  const numbers = fc.uniqueArray(fc.nat(200), { minLength: 12, maxLength: 60 })
  fc.assert(
    fc.property(numbers, fc.array(fc.nat(200), { maxLength: 20 }), fc.nat(3), (before, touched, part) => {
      const loaded = Math.max(2, Math.ceil(before.length / (part + 1)))
      const pages = pagesOf(
        before.map((n) => row(n)),
        5,
        loaded,
      )
      const last = idsOf(pages).at(-1) ?? ''
      // Orders that were there leave, others come in.
      const after = new Set(before)
      for (const n of new Set(touched)) if (!after.delete(n)) after.add(n)
      const ids = [...new Set(touched)].map((n) => row(n).id)
      const found = new Map(
        [...after].map((n) => [row(n).id, row(n)] as const).filter(([id]) => ids.includes(id)),
      )
      const next = withRows(pages, ids, found, 'newest')
      const isAll = pages.at(-1)?.nextCursor === null
      const shown = [...after].map((n) => row(n).id).filter((id) => isAll || id >= last)
      expect(idsOf(next ?? [])).toEqual(shown.toSorted().toReversed())
    }),
  )
})

test('a page without a touched order stays the same object', () => {
  const pages = pagesOf(
    Array.from({ length: 30 }, (_, n) => row(n)),
    10,
  )
  const moved = row(25, { status: 'on_hold' })
  const next = withRows(pages, [moved.id], new Map([[moved.id, moved]]), 'newest')
  expect(next?.[0]?.orders.find(({ id }) => id === moved.id)?.status).toBe('on_hold')
  expect([next?.[1], next?.[2]]).toEqual([pages[1], pages[2]])
  expect(next?.[1]).toBe(pages[1])
})

test('where a new order’s place is not known the list is to be read anew', () => {
  const pages = pagesOf(
    Array.from({ length: 30 }, (_, n) => row(n)),
    10,
  )
  expect(withRows(pages, [row(40).id], new Map([[row(40).id, row(40)]]), 'item')).toBeNull()
})

describe('a list of many pages', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A service with orders, a list of it that has read some pages, and what the list asked for. */
  async function listOf(count: number, options: { sort?: 'newest' | 'item'; pages?: number } = {}) {
    const query = { status: 'new', sort: options.sort ?? 'newest' } as const
    const there = new Map<string, OrderRow>()
    const put = (n: number, more: Partial<OrderRow> = {}): string => {
      const one = row(n, { detail: { version: n } as never, ...more })
      there.set(one.id, one)
      return one.id
    }
    for (let n = 0; n < count; n++) put(n)
    const sorted = () =>
      [...there.values()].filter(({ status }) => status === 'new').toSorted((a, b) => (a.id < b.id ? 1 : -1))
    const asked: string[] = []
    let refusals = 0
    const answer = <T>(name: string, of: () => T): Promise<T> => {
      asked.push(name)
      return refusals-- > 0 ? Promise.reject(new Error('busy')) : Promise.resolve(of())
    }
    const queries = new QueryClient()
    const list = createList(queries, query, {
      page: (_, cursor) =>
        answer(`page ${cursor}`, () => {
          const all = sorted()
          const rest = cursor === '' ? all : all.filter(({ id }) => id < cursor)
          const orders = rest.slice(0, 100)
          return {
            orders,
            due: null,
            totalIsCapped: false,
            total: cursor === '' ? all.length : null,
            nextCursor: rest.length > 100 ? (orders.at(-1)?.id ?? null) : null,
          }
        }),
      rows: (_, ids) => answer(`rows ${ids}`, () => sorted().filter(({ id }) => ids.includes(id))),
      count: () => answer('count', () => ({ total: sorted().length, totalIsCapped: false, due: null })),
    })
    const observer = new InfiniteQueryObserver(queries, {
      queryKey: listKey(query),
      initialPageParam: '',
      retry: false,
      queryFn: ({ pageParam }: { pageParam: string }) => list.read(pageParam),
      getNextPageParam: (page: ListPage) => page.nextCursor ?? undefined,
    })
    const leave = observer.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(0)
    for (let n = 1; n < (options.pages ?? Math.ceil(count / 100)); n++) await observer.fetchNextPage()
    const end = list.follow()
    const pages = () => queries.getQueryData<{ pages: ListPage[] }>(listKey(query))?.pages ?? []
    asked.length = 0
    return {
      list,
      put,
      there,
      sorted,
      asked,
      pages,
      queries,
      rows: () => pages().flatMap(({ orders }) => orders),
      find: (id: string) => pages().flatMap(({ orders }) => orders.filter((one) => one.id === id))[0],
      refuse: (times: number) => {
        refusals = times
      },
      missAll: () => void queries.invalidateQueries({ queryKey: ['orders'] }),
      close: () => {
        end()
        leave()
      },
    }
  }
  const settle = (ms = 12_000) => vi.advanceTimersByTimeAsync(ms)

  test('reads an order in sight at once, and of twenty a second those in sight in one request a second', async () => {
    const { list, put, asked, find, close } = await listOf(1_000)
    list.see(0, 30)
    const id = put(990, { itemLines: 3 })
    list.touch(id, { status: 'new' })
    await settle(100)
    expect(asked).toEqual([`rows ${id}`])
    expect(find(id)?.itemLines).toBe(3)
    asked.length = 0
    for (let n = 0; n < 200; n++) {
      list.touch(put((n * 37) % 1_000), { status: 'new' })
      await settle(50)
    }
    expect(asked.length).toBeLessThanOrEqual(12)
    close()
  })

  test('a far order’s event asks for nothing: it changes the row and marks the page, which is read when it is seen', async () => {
    const { list, put, asked, find, pages, close } = await listOf(1_000)
    list.see(0, 30)
    await settle()
    asked.length = 0
    const id = put(450, { changeState: 'failed', itemLines: 7 })
    list.touch(id, { status: 'new', changeState: 'failed' })
    await settle(4_000)
    expect(asked).toEqual([])
    expect(find(id)).toMatchObject({ changeState: 'failed' })
    expect(find(id)?.itemLines).toBeUndefined()
    const at = pages().findIndex(({ orders }) => orders.some((one) => one.id === id))
    list.see(at * 100 + 40, at * 100 + 60)
    await settle(200)
    expect(asked).toEqual([expect.stringMatching(/^page /)])
    expect(find(id)?.itemLines).toBe(7)
    close()
  })

  test('an order that the event says is elsewhere leaves without a question', async () => {
    const { list, put, asked, find, rows, pages, close } = await listOf(1_000)
    const id = put(450, { status: 'on_hold' })
    list.touch(id, { status: 'on_hold' })
    list.touch(put(2_000, { status: 'shipped' }), { status: 'shipped' })
    await settle(1_000)
    expect([asked, find(id), rows().length, pages()[0]?.total]).toEqual([[], undefined, 999, 999])
    close()
  })

  test('far pages drop the contents of their orders, and take them again when they are seen', async () => {
    const { list, rows, asked, sorted, close } = await listOf(2_000)
    const full = () => rows().filter(({ detail }) => detail !== undefined).length
    expect(full()).toBe(2_000)
    list.see(0, 30)
    await settle(200)
    expect([full(), rows().length, asked]).toEqual([400, 2_000, []])
    list.see(1_500, 1_530)
    await settle(200)
    expect(rows().slice(1_470, 1_560)).toEqual(sorted().slice(1_470, 1_560))
    expect(full()).toBeLessThanOrEqual(800)
    expect(asked.length).toBeLessThanOrEqual(2)
    close()
  })

  test('a ticked order far away is asked for', async () => {
    const { list, put, there, asked, find, close } = await listOf(1_000)
    list.see(0, 30)
    const id = put(450)
    list.watch(new Set([id]))
    // It left by a condition that no event tells of.
    there.delete(id)
    list.touch(id, { status: 'new' })
    await settle(1_000)
    expect([asked, find(id)]).toEqual([[`rows ${id}`], undefined])
    close()
  })

  test('after a gap in the stream only the first page and those in sight are read', async () => {
    const { list, put, there, missAll, rows, sorted, asked, close } = await listOf(5_000)
    list.see(2_510, 2_540)
    await settle()
    asked.length = 0
    for (let n = 5_000; n < 5_010; n++) put(n)
    for (let n = 2_450; n < 2_460; n++) there.delete(row(n).id)
    missAll()
    await settle(1_000)
    expect(asked.length).toBeLessThanOrEqual(4)
    for (let at = 0; at < 5_000; at += 80) {
      list.see(at, at + 30)
      await settle(300)
    }
    expect(idsOf([{ orders: rows() } as ListPage])).toEqual(sorted().map(({ id }) => id))
    close()
  })

  test('tries again what was refused', async () => {
    const { list, put, find, refuse, close } = await listOf(1_000)
    list.see(0, 30)
    refuse(1)
    const id = put(990, { itemLines: 3 })
    list.touch(id)
    await settle(1_000)
    expect(find(id)?.itemLines).toBeUndefined()
    await settle(6_000)
    expect(find(id)?.itemLines).toBe(3)
    close()
  })

  test('an order that changes as the count is read is asked for at once, too', async () => {
    const { list, put, asked, close } = await listOf(1_000)
    list.see(0, 30)
    list.touch(put(990))
    while (asked.at(-1) !== 'count') await settle(10)
    asked.length = 0
    const id = put(991)
    list.touch(id)
    await settle(100)
    expect(asked).toEqual([`rows ${id}`])
    close()
  })

  test('counts again what came or went beyond the last page', async () => {
    const { list, put, pages, close } = await listOf(1_000, { pages: 2 })
    list.touch(put(3, { status: 'shipped' }), { status: 'shipped' })
    await settle()
    expect(pages()[0]?.total).toBe(999)
    close()
  })

  test('where no place is known the list is read anew as far as it is seen', async () => {
    const { list, put, pages, asked, close } = await listOf(1_000, { sort: 'item' })
    list.touch(put(2_000), { status: 'new' })
    await settle(1_000)
    expect(asked.filter((one) => one.startsWith('page')).length).toBe(10)
    expect(pages()).toHaveLength(10)
    close()
  })

  test('writes nothing while a page is on its way, as that page would be put behind the old ones', async () => {
    const { list, put, asked, queries, close } = await listOf(300, { pages: 2 })
    const arrived = Promise.withResolvers<unknown>()
    const queryKey = listKey({ status: 'new', sort: 'newest' })
    const before = queries.getQueryData(queryKey)
    void queries.fetchQuery({ queryKey, queryFn: () => arrived.promise }).catch(() => undefined)
    const id = put(290)
    list.touch(id)
    await settle(5_000)
    expect(asked).toEqual([])
    arrived.resolve(before)
    await settle(2_000)
    expect(asked).toEqual([`rows ${id}`])
    close()
  })

  test('whatever happens, what a person scrolls past is what the service has', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), n: fc.nat(800) }),
      fc.record({ kind: fc.constant('leave' as const), n: fc.nat(800) }),
      fc.record({ kind: fc.constant('see' as const), n: fc.nat(600) }),
      fc.record({ kind: fc.constant('gap' as const), n: fc.nat(800) }),
      fc.record({ kind: fc.constant('wait' as const), n: fc.nat(3_000) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { list, put, rows, sorted, pages, missAll, close } = await listOf(600)
        let version = 1
        for (const { kind, n } of steps) {
          if (kind === 'put') list.touch(put(n, { itemLines: version++ }), { status: 'new' })
          if (kind === 'leave') list.touch(put(n, { status: 'shipped' }), { status: 'shipped' })
          if (kind === 'see') list.see(n, n + 30)
          if (kind === 'wait') await settle(n)
          if (kind === 'gap') {
            put(n, n % 2 === 0 ? { status: 'shipped' } : { itemLines: version++ })
            missAll()
            await settle(200)
          }
        }
        await settle()
        for (let at = 0; at < rows().length + 100; at += 60) {
          list.see(at, at + 30)
          await settle(1_500)
        }
        await settle()
        const seen = rows().map(({ id, itemLines }) => [id, itemLines])
        expect(seen).toEqual(sorted().map(({ id, itemLines }) => [id, itemLines]))
        expect(pages()[0]?.total).toBe(seen.length)
        close()
      }),
      { numRuns: Number(process.env.RUNS ?? 40) },
    )
  }, 60_000)
})
