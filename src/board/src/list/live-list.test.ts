import { QueryClient } from '@tanstack/react-query'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { OrderRow } from '../api.ts'
import { followList, type ListPage, listKey, withRows } from './live-list.ts'

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
      ...{ orders: sorted.slice(at, at + size), due: null, totalIsCapped: false },
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
  const query = { status: 'new', sort: 'newest' } as const
  function follow(pages: ListPage[], refusals = 0) {
    const queries = new QueryClient()
    queries.setQueryData(listKey(query), { pages, pageParams: pages.map(() => '') })
    const asked: string[][] = []
    const follower = followList(queries, query, {
      rows: async (_, ids) => {
        asked.push([...ids])
        if (asked.length <= refusals) throw new Error('busy')
        return ids.filter((id) => id < '9000').map((id) => row(Number(id), { status: 'ready_to_ship' }))
      },
      count: async () => ({ total: 7, totalIsCapped: false, due: null }),
    })
    const shown = () => queries.getQueryData<{ pages: ListPage[] }>(listKey(query))?.pages ?? []
    return { ...follower, asked, shown, queries }
  }

  test('reads one order at once, and of twenty a second one request a second', async () => {
    const list = follow(
      pagesOf(
        Array.from({ length: 300 }, (_, n) => row(n)),
        100,
      ),
    )
    list.touch(row(7).id)
    await vi.advanceTimersByTimeAsync(100)
    expect(list.asked).toEqual([[row(7).id]])
    expect(list.shown()[2]?.orders.find(({ id }) => id === row(7).id)?.status).toBe('ready_to_ship')
    for (let n = 0; n < 200; n++) {
      list.touch(row(n).id)
      await vi.advanceTimersByTimeAsync(50)
    }
    // Ten seconds.
    expect(list.asked.length).toBeLessThanOrEqual(12)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(new Set(list.asked.flat()).size).toBe(200)
    list.stop()
  })

  test('tries again what was refused', async () => {
    const list = follow(
      pagesOf(
        Array.from({ length: 300 }, (_, n) => row(n)),
        100,
      ),
      1,
    )
    list.touch(row(7).id)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(list.shown()[2]?.orders.find(({ id }) => id === row(7).id)?.status).toBe('new')
    await vi.advanceTimersByTimeAsync(6_000)
    expect(list.shown()[2]?.orders.find(({ id }) => id === row(7).id)?.status).toBe('ready_to_ship')
    list.stop()
  })

  test('counts again what came or went beyond the last page', async () => {
    const list = follow(
      pagesOf(
        Array.from({ length: 300 }, (_, n) => row(n)),
        100,
        200,
      ),
    )
    list.touch(row(3).id)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(list.shown()[0]?.total).toBe(7)
    list.stop()
  })

  test('writes nothing while a page is on its way, as that page would be put behind the old ones', async () => {
    const list = follow(
      pagesOf(
        Array.from({ length: 300 }, (_, n) => row(n)),
        100,
        200,
      ),
    )
    const arrived = Promise.withResolvers<unknown>()
    const fetching = list.queries.fetchQuery({ queryKey: listKey(query), queryFn: () => arrived.promise })
    list.touch(row(250).id)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(list.asked).toEqual([])
    arrived.resolve({ pages: list.shown(), pageParams: ['', ''] })
    await fetching
    await vi.advanceTimersByTimeAsync(2_000)
    expect(list.asked).toEqual([[row(250).id]])
    list.stop()
  })
})
