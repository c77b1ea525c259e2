import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ListPage } from '../../../src/marketplaces/port/session.ts'
import { readCompleteness } from '../../../src/reconciliation/routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { MINUTE, numbers, START, type SweepBench, sweepBench } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

/**
 * What a sweep says of itself is true: what it could not compare has a name, and what it counted once stays
 * counted.
 */

const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let database: TestDatabase
let bench: SweepBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await sweepBench(database)
})

const iso = (offset: number): string => new Date(Date.parse(START) + offset).toISOString()
const placeAt = (number: string, offset: number) => bench.mall.place(number, { orderedAt: iso(offset) })
const complete = (query = {}) => readCompleteness(bench.deps, bench.tenantId, bench.shopId, query)
const hereIs = (orderNumber: string) => database.db.order.count({ where: { orderNumber } })

type List = (window: { from: Date; to: Date }, page: string | null) => Promise<ListPage>
function wrapList(change: (list: List) => List): void {
  const { open } = bench.mall
  bench.mall.open = (shop, tools) => {
    const session = open(shop, tools)
    const list = change((window, page) => session.listOrders(window, page, new AbortController().signal))
    return { ...session, listOrders: list }
  }
}
/** A list that breaks whenever this time is in its window. */
const breakAt = (time: string, isBroken = () => true) =>
  wrapList((list) => async (window, page) => {
    const at = new Date(time)
    if (isBroken() && window.from <= at && at < window.to) throw failure('malformed')
    return list(window, page)
  })

describe('a window that cannot be read', () => {
  it('is narrowed, stepped over and named, however new it is; what is new comes in, and the name goes when it is read', async () => {
    const [old = '', next = '', hidden = ''] = numbers(3)
    placeAt(old, -2 * HOUR)
    placeAt(hidden, -HOUR)
    let broken = true
    breakAt(iso(-HOUR), () => broken)
    await bench.pass(15 * MINUTE)
    placeAt(next, 15 * MINUTE)
    await bench.pass(20 * MINUTE)
    expect([await hereIs(old), await hereIs(next), await hereIs(hidden)]).toEqual([1, 1, 0])
    const { unverified, days, verifiedUntil } = await complete()
    expect(unverified).toMatchObject([{ code: 'TEST_MALFORMED' }])
    const [{ from, to } = { from: '', to: '' }] = unverified
    expect(Date.parse(to) - Date.parse(from)).toBeLessThanOrEqual(2 * MINUTE)
    expect(from <= iso(-HOUR) && iso(-HOUR) < to).toBe(true)
    expect(days[0]).toMatchObject({ missing: 0, complete: false })
    expect(Date.parse(verifiedUntil ?? '')).toBeGreaterThan(Date.parse(START))
    const calls = bench.mall.listCalls.length
    await bench.pass(30 * MINUTE)
    expect(bench.mall.listCalls.length - calls).toBeLessThan(20)
    broken = false
    bench.clock.advance(DAY)
    await bench.pass(20 * MINUTE)
    expect((await complete()).unverified).toEqual([])
    expect(await hereIs(hidden)).toBe(1)
  })

  it('is not stepped over while nothing of the list can be read', async () => {
    wrapList(() => async () => {
      throw failure('malformed')
    })
    await bench.pass(40 * MINUTE)
    const { unverified, verifiedUntil, lastFailure } = await complete()
    expect([unverified, verifiedUntil]).toEqual([[], null])
    expect(lastFailure?.code).toBe('TEST_MALFORMED')
  })

  it('is asked for again within five minutes of its last halving: a halving is no failure more', async () => {
    let broken = true
    wrapList((list) => async (window, page) => {
      if (broken) throw failure('malformed')
      return list(window, page)
    })
    const [lost = ''] = numbers(1)
    placeAt(lost, -HOUR)
    const narrowed = async () => {
      const { narrowMs, nextAt, updatedAt } = await database.db.shopSweep.findUniqueOrThrow({
        where: { shopId: bench.shopId },
      })
      return narrowMs === MINUTE && nextAt.getTime() - updatedAt.getTime() > MINUTE
    }
    let minutes = 0
    do {
      expect(minutes).toBeLessThan(60)
      await bench.pass(MINUTE)
      minutes += 1
    } while (!(await narrowed()))
    broken = false
    await bench.pass(6 * MINUTE)
    expect(await hereIs(lost)).toBe(1)
  })

  it('in part names the entries, and takes the others', async () => {
    const [good = ''] = numbers(1)
    placeAt(good, -HOUR)
    wrapList((list) => async (window, page) => ({ ...(await list(window, page)), unreadable: ['2件目'] }))
    await bench.pass(10 * MINUTE)
    expect(await hereIs(good)).toBe(1)
    const { unverified } = await complete()
    expect(unverified[0]?.code).toBe('LIST_ENTRY_UNREADABLE')
    expect(unverified[0]?.message).toContain('2件目')
  })
})

describe('a stop of more than 30 days', () => {
  it('is named: what lies between is not verified, and no day of it complete', async () => {
    await bench.pass(10 * MINUTE)
    const stopped = (await complete()).verifiedUntil
    bench.clock.advance(40 * DAY)
    await bench.pass(10 * MINUTE)
    const { unverified, days } = await complete({ from: '2026-01-14', to: '2026-01-20' })
    expect(unverified).toMatchObject([{ code: 'STOPPED_TOO_LONG' }])
    expect(unverified[0]?.from && stopped && unverified[0].from <= stopped).toBe(true)
    expect(days.filter(({ day }) => day > '2026-01-14').map(({ complete: all }) => all)).toEqual(
      Array(6).fill(false),
    )
  })
})

describe('the counts of a day', () => {
  it('stay when what was listed is forgotten, and follow what comes in later', async () => {
    const [good = '', bad = ''] = numbers(2)
    placeAt(good, -HOUR)
    placeAt(bad, -HOUR)
    const refused = failure('rejected')
    const { answer } = bench.mall
    const { open } = bench.mall
    let isRefused = true
    bench.mall.open = (shop, tools) => {
      const session = open(shop, tools)
      return {
        ...session,
        async *fetchOrders(...asked) {
          for await (const outcome of session.fetchOrders(...asked))
            yield isRefused && outcome.orderNumber === bad
              ? { kind: 'failed', orderNumber: bad, failure: refused }
              : outcome
        },
      }
    }
    expect(answer).toBeDefined()
    const day = async () => (await complete({ from: '2026-01-15', to: '2026-01-15' })).days[0]
    await bench.pass(10 * MINUTE)
    const was = { mall: 2, here: 1, missing: 1, missingNumbers: [bad], complete: false }
    expect(await day()).toMatchObject(was)
    for (let days = 0; days < 50; days += 5) {
      bench.clock.advance(5 * DAY)
      await bench.pass(6 * MINUTE)
    }
    expect(await day()).toMatchObject(was)
    isRefused = false
    await database.db.importRequest.deleteMany({ where: { state: 'failed' } })
    await bench.want([bad], { source: 'person' })
    await bench.pass(12 * MINUTE)
    expect(await day()).toMatchObject({ mall: 2, here: 2, missing: 0, missingNumbers: [] })
  })
})

describe('the verified point', () => {
  it('stands before the earliest order that is still being fetched', async () => {
    const [early = '', late = ''] = numbers(2)
    placeAt(early, -3 * HOUR)
    placeAt(late, -HOUR)
    const { open } = bench.mall
    bench.mall.open = (shop, tools) => ({
      ...open(shop, tools),
      async *fetchOrders(wanted) {
        for (const orderNumber of wanted) yield { kind: 'not_found', orderNumber }
      },
    })
    await bench.pass(3 * MINUTE)
    expect((await complete()).verifiedUntil).toBe(iso(-3 * HOUR))
  })

  it('does not go beyond what the mall vouches for', async () => {
    wrapList((list) => async (window, page) => ({
      ...(await list(window, page)),
      completeUntil: new Date(bench.clock.now() - 2 * MINUTE),
    }))
    await bench.pass(2 * MINUTE)
    const { listedUntil } = await database.db.shopSweep.findFirstOrThrow()
    const to = bench.mall.listCalls[0]?.window.to.getTime() ?? 0
    expect(listedUntil).toEqual(new Date(to - 2 * MINUTE))
  })

  it('waits for a second reading when only the first page named something new', async () => {
    bench = await sweepBench(database, { listPage: 2 })
    const wanted = numbers(4)
    for (const number of wanted) placeAt(number, -HOUR)
    await bench.pass(2 * MINUTE)
    const first = bench.mall.listCalls.filter(({ page }) => page === '2').length
    expect(first).toBe(2)
  })
})
