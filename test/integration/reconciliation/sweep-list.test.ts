import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { MarketplaceSession } from '../../../src/marketplaces/port/session.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { MINUTE, numbers, type SweepBench, sweepBench } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

/** What a mall's list alone does, and what it must not do to the rest of the shop. */

const DAY = 24 * 60 * MINUTE

let database: TestDatabase
let bench: SweepBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await sweepBench(database, { listPage: 10 })
})

const daysAgo = (days: number) => ({ orderedAt: new Date(bench.clock.now() - days * DAY).toISOString() })
const isHere = async (orderNumber: string) =>
  (await database.db.order.count({ where: { orderNumber } })) === 1
const shop = () => database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })

/** Between the mall's session and the worker. */
function wrap(change: (session: MarketplaceSession) => Partial<MarketplaceSession>): void {
  const { open } = bench.mall
  bench.mall.open = (of, tools) => {
    const session = open(of, tools)
    return { ...session, ...change(session) }
  }
}

it('waits alone while its budget is used up, and goes on at the page where it was', async () => {
  const [mailed = '', ...listed] = numbers(36)
  for (const number of listed) bench.mall.place(number, daysAgo(0))
  let calls = 0
  let busyUntil = 0
  const pages: (string | null)[] = []
  wrap(({ listOrders }) => ({
    async listOrders(window, page, signal) {
      calls += 1
      if (calls === 3) busyUntil = bench.clock.now() + 3 * MINUTE
      if (bench.clock.now() < busyUntil)
        throw failure('throttled', { only: 'list', until: new Date(busyUntil) })
      pages.push(page)
      return listOrders(window, page, signal)
    },
  }))
  await bench.pass(2 * MINUTE)
  expect(pages).toEqual([null, '10'])
  bench.mall.place(mailed)
  await bench.want([mailed])
  await bench.pass(MINUTE)
  expect([await isHere(mailed), (await shop()).laneClosedUntil, calls]).toEqual([true, null, 3])
  await bench.pass(3 * MINUTE)
  expect(pages.slice(0, 4)).toEqual([null, '10', '20', '30'])
  expect(await database.db.order.count()).toBe(36)
})

it('does not hide what is new behind a page of old days that never comes', async () => {
  const [old = '', fresh = '', later = ''] = numbers(3)
  bench.mall.place(old, daysAgo(20))
  bench.mall.place(fresh, daysAgo(0))
  const broken = new Date(bench.clock.now() - 10 * DAY)
  let isBroken = true
  wrap(({ listOrders }) => ({
    async listOrders(window, page, signal) {
      if (isBroken && window.from < broken) throw failure('malformed')
      return listOrders(window, page, signal)
    },
  }))
  await bench.pass(3 * MINUTE)
  bench.mall.place(later, daysAgo(0))
  await bench.pass(15 * MINUTE)
  expect([await isHere(fresh), await isHere(later), await isHere(old)]).toEqual([true, true, false])
  const { verifiedUntil } = await database.db.shopSweep.findUniqueOrThrow({ where: { shopId: bench.shopId } })
  expect(verifiedUntil).toBeNull()
  isBroken = false
  await bench.pass(20 * MINUTE)
  expect(await isHere(old)).toBe(true)
})

it('has an order fetched at once that the mall held back until it shows as one', async () => {
  const [number = ''] = numbers(1)
  bench.mall.place(number)
  let isHeldBack = true
  wrap(({ listOrders, fetchOrders }) => ({
    async listOrders(window, page, signal) {
      const found = await listOrders(window, page, signal)
      const orders = found.orders.map((order) => ({
        ...order,
        mallState: isHeldBack ? null : order.mallState,
      }))
      return { ...found, orders }
    },
    async *fetchOrders(asked, signal, hints) {
      for await (const outcome of fetchOrders(asked, signal, hints)) {
        const retryAt = new Date(bench.clock.now() + DAY)
        yield isHeldBack
          ? { kind: 'pending', orderNumber: outcome.orderNumber, retryAt, message: '支払い待ちです。' }
          : outcome
      }
    },
  }))
  await bench.pass(7 * MINUTE)
  expect([bench.mall.calls.flat(), await isHere(number)]).toEqual([[number], false])
  isHeldBack = false
  await bench.pass(7 * MINUTE)
  expect(await isHere(number)).toBe(true)
})
