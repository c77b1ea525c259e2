import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importOrders } from '../../../src/imports/import-orders.ts'
import type { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

/** A period import (期間指定の取込) at a mall whose order list alone takes no calls, or shifts while it is read. */

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const MINUTE = 60_000

async function start(count = 4) {
  const bench = await importBench(database, { listPage: 2 })
  const { mall } = bench
  const open = mall.open.bind(mall)
  const list: {
    pages: (string | null)[]
    refuse: ((page: string | null) => MarketplaceFailure) | null
    before?: (call: number) => void
    /** What cannot be read of each page. */
    unreadable?: string[]
  } = {
    pages: [],
    refuse: null,
  }
  mall.open = (shop, tools) => {
    const session = open(shop, tools)
    return {
      ...session,
      listOrders: async (window, page, signal) => {
        list.pages.push(page)
        list.before?.(list.pages.length)
        if (list.refuse && page !== null) throw list.refuse(page)
        const { unreadable } = list
        return { ...(await session.listOrders(window, page, signal)), ...(unreadable ? { unreadable } : {}) }
      },
    }
  }
  for (const number of numbers(count)) mall.place(number, { orderedAt: '2026-01-10T03:00:00.000Z' })
  const { scan } = await importOrders(
    {
      ...bench.deps,
      marketplaces: new Map<MarketplaceName, typeof mall>([[mall.name, mall]]),
      wakeQueue: { wake: async () => undefined },
    },
    { tenantId: bench.tenantId, actor: 'key:test' },
    { shopId: bench.shopId, from: '2026-01-09T00:00:00Z', to: '2026-01-12T00:00:00Z' },
  )
  const read = () => database.db.importScan.findUniqueOrThrow({ where: { id: scan?.id ?? '' } })
  const shop = () => database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
  return { bench, list, read, shop }
}

describe('a failure of the list alone', () => {
  it.each(['throttled', 'unavailable', 'rejected'] as const)(
    'of kind %s puts the period off, page and attempts kept, and stops no order',
    async (kind) => {
      const { bench, list, read, shop } = await start()
      const until = new Date(bench.clock.now() + 3 * MINUTE)
      list.refuse = () => failure(kind, { until, only: 'list' })
      await bench.run()
      expect(await read()).toMatchObject({
        state: 'waiting',
        page: '2',
        attempts: 0,
        listed: 2,
        outcome: `TEST_${kind.toUpperCase()}`,
        message: 'テスト',
        nextAttemptAt: until,
      })
      expect(await shop()).toMatchObject({ laneClosedUntil: null, attentionCode: null, laneFailures: 0 })
      expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(2)
      expect(list.pages).toEqual([null, '2'])

      bench.clock.advance(3 * MINUTE)
      list.refuse = null
      await bench.run()
      expect(await read()).toMatchObject({ state: 'done', outcome: 'listed', message: null, listed: 4 })
      expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(4)
    },
  )

  it('without a time, or with one that is over, is no reason to ask again at once', async () => {
    const { bench, list, read } = await start()
    list.refuse = () => failure('throttled', { until: new Date(bench.clock.now()), only: 'list' })
    await bench.run()
    expect(list.pages).toEqual([null, '2'])
    expect((await read()).nextAttemptAt.getTime()).toBeGreaterThan(bench.clock.now())
  })

  it('any other failure of that kind stops the shop as before', async () => {
    const { bench, list, shop } = await start()
    list.refuse = () => failure('throttled', { until: new Date(bench.clock.now() + 3 * MINUTE) })
    await bench.run()
    expect((await shop()).laneClosedUntil).not.toBeNull()
  })
})

describe('a list that shifts between two pages', () => {
  const PLACED = { orderedAt: '2026-01-10T03:00:00.000Z' }

  it('loses no order: it is read until two readings agree', async () => {
    const { bench, list, read } = await start(5)
    const [first = '', ...others] = numbers(5)
    // The first leaves the period, and the third slips from the second page to the first.
    list.before = (call) => {
      if (call === 2) bench.mall.place(first, { orderedAt: '2020-01-10T03:00:00.000Z' })
    }
    await bench.run()
    const here = await database.db.order.findMany({ where: { shopId: bench.shopId } })
    expect(here.map(({ orderNumber }) => orderNumber)).toEqual(expect.arrayContaining(others))
    expect(await read()).toMatchObject({ state: 'done', outcome: 'listed', listed: 5, requested: 5 })
    expect(list.pages).toEqual([null, '2', null, '2', null, '2'])
  })

  it('is not said to be done over entries that cannot be read; the others come in', async () => {
    const { bench, list, read } = await start(4)
    list.unreadable = ['2件目']
    await bench.run()
    const end = await read()
    expect(end).toMatchObject({
      state: 'failed',
      outcome: 'LIST_ENTRY_UNREADABLE',
      listed: 4,
      requested: 4,
      unreadable: 2,
    })
    expect(end.message).toContain('のうち2件を読み取れません')
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(4)
  })

  it('is not said to be done when no two readings agree', async () => {
    const { bench, list, read } = await start(3)
    const late = numbers(20).slice(3)
    list.before = (call) => {
      if (list.pages[call - 1] === null) bench.mall.place(late.pop() ?? '', PLACED)
    }
    await bench.run()
    expect(await read()).toMatchObject({
      state: 'failed',
      outcome: 'LIST_KEEPS_CHANGING',
      message: expect.stringContaining('もう一度'),
    })
  })

  it('is read on from where a failure of the list left it, and each order is asked for once', async () => {
    const { bench, list, read } = await start()
    list.refuse = () => failure('throttled', { until: new Date(bench.clock.now() + MINUTE), only: 'list' })
    await bench.run()
    bench.clock.advance(MINUTE)
    list.refuse = null
    await bench.run()
    expect(await read()).toMatchObject({ state: 'done', listed: 4, requested: 4 })
    expect(await database.db.importRequest.count({ where: { shopId: bench.shopId } })).toBe(4)
    expect(list.pages).toEqual([null, '2', '2', null, '2'])
  })
})
