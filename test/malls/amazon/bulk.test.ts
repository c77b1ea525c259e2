import { afterEach, describe, expect, it } from 'vitest'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import type { AmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { USAGE_PLANS } from '../../../src/marketplaces/amazon/client.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { Lane, MarketplaceSession } from '../../../src/marketplaces/port/session.ts'
import { heldLane, NEVER, openAmazon, SHOP, START, startHeldMall } from './test-kit.ts'

const PAGE = 100
const LIST_DELAY_S = 120
const MINUTE_MS = 60_000

let mall: AmazonSimulator
let clock: ControllableClock
afterEach(() => mall.close())

interface Left {
  getOrder: number
  searchOrders: number
}
const FULL: Left = { getOrder: USAGE_PLANS.getOrder.burst, searchOrders: USAGE_PLANS.searchOrders.burst }

/** Seconds in which the usage plans let `count` orders be read at best, each search bringing a full page. */
function bestSeconds(count: number, left: Left, searchableAfter = 0): number {
  for (let at = 0; ; at += 1) {
    const gets = Math.floor(left.getOrder + at * USAGE_PLANS.getOrder.perSecond)
    const searches = Math.floor(left.searchOrders + at * USAGE_PLANS.searchOrders.perSecond)
    if (gets + (at >= searchableAfter ? searches * PAGE : 0) >= count) return at
  }
}

/**
 * What the worker does: asks for all that is due, and when it is told to wait comes back at that time;
 * `beside` is done in each turn.
 */
async function work(
  numbers: readonly string[],
  left: Left,
  cutAfter = Number.POSITIVE_INFINITY,
  beside: (session: MarketplaceSession) => Promise<void> = async () => undefined,
) {
  for (const operation of ['getOrder', 'searchOrders'] as const) mall.leave(SHOP, operation, left[operation])
  const { open } = openAmazon(mall, { lane: heldLane(clock, { ...left }) })
  const due = new Set(numbers)
  const begun = clock.now()
  while (due.size > 0) {
    await beside(open())
    try {
      let taken = 0
      for await (const outcome of open().fetchOrders([...due], new AbortController().signal)) {
        expect(outcome.kind).toBe('found')
        expect(due.delete(outcome.orderNumber)).toBe(true)
        taken += 1
        if (taken >= cutAfter) break
      }
    } catch (error) {
      if (!(error instanceof MarketplaceFailure) || error.kind !== 'throttled') throw error
      expect(error.until?.getTime()).toBeGreaterThan(clock.now())
      clock.set(error.until?.getTime() ?? 0)
    }
  }
  const { getOrder = 0, searchOrders = 0 } = mall.calls()
  return { seconds: (clock.now() - begun) / 1000, getOrder, searchOrders }
}

/** Orders of a sale, one every `everyMs`; the clock then stands `agoMs` after the last one. */
function placeSale(count: number, everyMs: number, agoMs: number): string[] {
  const numbers = Array.from({ length: count }, () => {
    clock.advance(everyMs)
    return mall.place({ shopCode: SHOP }).orderNumber
  })
  clock.advance(agoMs)
  return numbers
}

describe('a thousand orders at the real quotas', () => {
  it('takes ten searches and no waiting when the buckets are full', async () => {
    ;({ mall, clock } = await startHeldMall())
    const numbers = placeSale(1000, 500, 3 * MINUTE_MS)
    const done = await work(numbers, FULL)
    expect(bestSeconds(1000, FULL)).toBe(0)
    expect(done.seconds).toBe(0)
    expect(done.searchOrders).toBeLessThanOrEqual(10)
    expect(done.getOrder).toBeLessThanOrEqual(USAGE_PLANS.getOrder.burst)
  }, 60_000)

  it.each<[string, Left]>([
    ['both buckets are empty', { getOrder: 0, searchOrders: 0 }],
    ['a sweep has left three searches', { getOrder: 30, searchOrders: 3 }],
    ['searches are used up', { getOrder: 30, searchOrders: 0 }],
  ])(
    'takes at most 1.2 times what the quotas allow when %s',
    async (_name, left) => {
      ;({ mall, clock } = await startHeldMall())
      const numbers = placeSale(1000, 500, 3 * MINUTE_MS)
      const best = bestSeconds(1000, left)
      const done = await work(numbers, left)
      expect(done.seconds).toBeLessThanOrEqual(best * 1.2)
      expect(done.getOrder + done.searchOrders * PAGE).toBeLessThanOrEqual(1200)
    },
    60_000,
  )

  it('waits for orders that are too young to be searched, and reads what it may meanwhile', async () => {
    ;({ mall, clock } = await startHeldMall())
    const numbers = placeSale(1000, 0, 0)
    const done = await work(numbers, FULL)
    expect(done.seconds).toBeLessThanOrEqual(bestSeconds(1000, FULL, LIST_DELAY_S) * 1.2)
    expect(done.searchOrders).toBeLessThanOrEqual(10)
  }, 60_000)

  it('loses nothing and asks nothing twice when it is cut short in the middle of pages', async () => {
    ;({ mall, clock } = await startHeldMall())
    const numbers = placeSale(1000, 500, 3 * MINUTE_MS)
    const done = await work(numbers, FULL, 37)
    expect(done).toMatchObject({ seconds: 0 })
    expect(done.searchOrders).toBeLessThanOrEqual(10)
  }, 60_000)

  it('searches although a turn of the shop is over before it knows from when on', async () => {
    ;({ mall, clock } = await startHeldMall())
    const numbers = placeSale(1000, 500, 3 * MINUTE_MS)
    const empty = { getOrder: 0, searchOrders: 0 }
    // Four seconds, in which the quota lets two orders through.
    const done = await work(numbers, empty, 2)
    expect(done.seconds).toBeLessThanOrEqual(bestSeconds(1000, empty) * 1.2)
  }, 60_000)
})

describe('a sweep each five minutes beside a backlog', () => {
  /** Sweeps that had their page, at most one in five minutes and none before it was told to come again. */
  function sweeping() {
    const done: number[] = []
    let nextAt = 0
    const sweep = async (session: MarketplaceSession) => {
      const now = clock.now()
      if (now < nextAt) return
      const window = { from: new Date(now - 60 * MINUTE_MS), to: new Date(now), orChanged: true as const }
      nextAt = await session.listOrders(window, null, NEVER).then(
        () => done.push(now) && now + 5 * MINUTE_MS,
        (error) => {
          if (!(error instanceof MarketplaceFailure) || error.kind !== 'throttled') throw error
          return error.until?.getTime() ?? now
        },
      )
    }
    return { done, sweep }
  }

  it.each([
    [1000, 0],
    [2000, 1],
  ])(
    'of %i orders has %i of the searches while they are short',
    async (count, sweeps) => {
      ;({ mall, clock } = await startHeldMall())
      const numbers = placeSale(count, 100, 3 * MINUTE_MS)
      const empty = { getOrder: 0, searchOrders: 0 }
      const { done, sweep } = sweeping()
      const { seconds } = await work(numbers, empty, 2, sweep)
      expect(seconds).toBeLessThanOrEqual(bestSeconds(count, empty) * 1.1)
      expect(done).toHaveLength(sweeps)
    },
    60_000,
  )

  it('has its one search of twenty minutes although there was none when its time came', async () => {
    ;({ mall, clock } = await startHeldMall())
    const given = { searches: false }
    const take: Lane['take'] = async ({ key }) => {
      if (!key.endsWith('searchOrders') || given.searches) return
      const until = new Date(clock.now() + MINUTE_MS)
      throw new MarketplaceFailure({ kind: 'throttled', code: 'NO_SEARCH', message: '-', until })
    }
    const { open } = openAmazon(mall, { lane: { take } })
    const numbers = placeSale(60, 100, 3 * MINUTE_MS)
    const backlog = async () => {
      let taken = 0
      for await (const _ of open().fetchOrders(numbers, NEVER)) if (++taken === 5) break
    }
    const sweep = () => {
      const window = { from: new Date(START), to: new Date(clock.now()), orChanged: true as const }
      return open().listOrders(window, null, NEVER)
    }
    await backlog()
    await expect(sweep()).rejects.toMatchObject({
      code: 'AMAZON_BACKLOG_FIRST',
      kind: 'throttled',
      only: 'list',
    })
    clock.advance(20 * MINUTE_MS)
    await backlog()
    await expect(sweep()).rejects.toMatchObject({ code: 'NO_SEARCH' })
    clock.advance(MINUTE_MS)
    await backlog()
    given.searches = true
    expect((await sweep()).orders).toHaveLength(60)
    // Only then it is the backlog's turn again.
    await expect(sweep()).rejects.toMatchObject({ code: 'AMAZON_BACKLOG_FIRST' })
  }, 60_000)

  it('has them where they are not', async () => {
    ;({ mall, clock } = await startHeldMall())
    const { done, sweep } = sweeping()
    await work(placeSale(1000, 100, 3 * MINUTE_MS), FULL, 2, sweep)
    expect(done).toHaveLength(1)
  }, 60_000)

  it('has them again soon after the backlog is over', async () => {
    ;({ mall, clock } = await startHeldMall())
    const { open } = openAmazon(mall, { lane: heldLane(clock, { getOrder: 0, searchOrders: 0 }) })
    const { done, sweep } = sweeping()
    const numbers = placeSale(40, 100, 3 * MINUTE_MS)
    const fetch = async () => {
      for await (const outcome of open().fetchOrders(numbers, NEVER))
        numbers.splice(numbers.indexOf(outcome.orderNumber), 1)
    }
    while (numbers.length > 30) await fetch().catch(() => clock.advance(2_000))
    await fetch().catch(() => undefined)
    clock.advance(4 * MINUTE_MS)
    await sweep(open())
    expect(done).toHaveLength(1)
  }, 60_000)
})

describe('when searching is not worth it', () => {
  it('asks for few orders one by one', async () => {
    ;({ mall, clock } = await startHeldMall())
    const numbers = placeSale(30, 1000, 3 * MINUTE_MS)
    expect(await work(numbers, FULL)).toEqual({ seconds: 0, getOrder: 30, searchOrders: 0 })
  })

  it('gives up a search among others’ orders after two pages, and leaves the sweep its share', async () => {
    ;({ mall, clock } = await startHeldMall())
    const numbers = placeSale(800, 1000, 3 * MINUTE_MS)
    const wanted = numbers.filter((_, index) => index % 20 === 0)
    const done = await work(wanted, FULL)
    expect(done.searchOrders).toBe(2)
    expect(done.getOrder).toBeGreaterThan(wanted.length - 2 * 10)
  })

  it('never searches for shipped orders of long ago again and again', async () => {
    ;({ mall, clock } = await startHeldMall())
    const numbers = placeSale(120, 1000, 0)
    for (const number of numbers) mall.edit(number, { fulfillment: { fulfillmentStatus: 'SHIPPED' } })
    clock.advance(3 * MINUTE_MS)
    const done = await work(numbers, { getOrder: 30, searchOrders: 20 })
    expect(done.searchOrders).toBeLessThanOrEqual(2)
    expect(done.seconds).toBeLessThanOrEqual(bestSeconds(120, { getOrder: 30, searchOrders: 0 }) + 2)
  })
})
