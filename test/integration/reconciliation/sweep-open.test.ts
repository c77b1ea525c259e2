import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMarker } from '../../../src/marks/marker.ts'
import { createOnReleased } from '../../../src/site-changes/requests/on-import.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { MINUTE, numbers, type SweepBench, sweepBench } from '../../support/imports/import-bench.ts'
import { type FakeOptions, failure } from '../../support/malls/fake-marketplace.ts'

/** Open orders of a mall whose list says no more than numbers, and of one whose list says states. */

let database: TestDatabase
let bench: SweepBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(() => begin())

async function begin(options: FakeOptions = { freshBy: 'reading' }): Promise<void> {
  bench = await sweepBench(database, options)
}

async function stage(count: number): Promise<string[]> {
  const all = numbers(count)
  for (const number of all) bench.mall.place(number)
  await bench.pass(2 * MINUTE)
  bench.mall.calls.length = 0
  return all
}

const cancel = (number: string) =>
  bench.mall.change(number, (order) => ({
    ...order,
    mallState: 'cancelled',
    mallStatus: { code: '900', name: 'キャンセル確定' },
  }))
const sweepNow = () => database.db.shopSweep.findUniqueOrThrow({ where: { shopId: bench.shopId } })
const flagsOf = async (orderNumber: string) =>
  (await database.db.order.findFirstOrThrow({ where: { orderNumber } })).flags

it('are read again after each run, as many in a call as the mall takes, and once', async () => {
  const all = await stage(230)
  cancel(all[0] ?? '')
  cancel(all[229] ?? '')
  await bench.pass(6 * MINUTE)
  expect(bench.mall.calls.map((call) => call.length)).toEqual([100, 100, 30])
  expect(bench.mall.calls.flat().toSorted()).toEqual(all)
  expect([await flagsOf(all[0] ?? ''), await flagsOf(all[229] ?? '')]).toEqual([
    ['cancelled_at_mall'],
    ['cancelled_at_mall'],
  ])
  bench.mall.calls.length = 0
  await bench.pass(6 * MINUTE)
  expect(bench.mall.calls.flat()).toHaveLength(228)
})

it('are not read when they are shipped', async () => {
  const [shipped = '', moved = ''] = await stage(3)
  bench.mall.change(shipped, (order) => ({ ...order, mallState: 'shipped' }))
  await database.db.order.updateMany({ where: { orderNumber: moved }, data: { status: 'completed' } })
  await bench.pass(6 * MINUTE)
  bench.mall.calls.length = 0
  await bench.pass(6 * MINUTE)
  expect(bench.mall.calls.flat()).toHaveLength(1)
})

it('are read although one of them cannot be, which keeps nobody waiting', async () => {
  const [bad = '', cancelled = ''] = await stage(5)
  bench.mall.answer(bad, failure('malformed'))
  cancel(cancelled)
  await bench.pass(6 * MINUTE)
  expect(await flagsOf(cancelled)).toEqual(['cancelled_at_mall'])
  bench.mall.answer(bad, failure('unavailable'))
  await bench.pass(6 * MINUTE)
  const shop = await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
  expect(shop.laneClosedUntil).toBeNull()
  const sweep = await database.db.shopSweep.findUniqueOrThrow({ where: { shopId: bench.shopId } })
  expect(sweep.freshAfter).toBeNull()
})

it('wait while the lane is closed, and are read when it opens', async () => {
  const [cancelled = ''] = await stage(2)
  cancel(cancelled)
  bench.mall.beforeAnswer(() => {
    throw failure('throttled', { until: new Date(bench.clock.now() + 2 * MINUTE) })
  })
  await bench.pass(6 * MINUTE)
  expect(await flagsOf(cancelled)).toEqual([])
  bench.mall.beforeAnswer(() => undefined)
  await bench.pass(3 * MINUTE)
  expect(await flagsOf(cancelled)).toEqual(['cancelled_at_mall'])
})

it('leave no trace of being read again when their data is gone and nothing has changed', async () => {
  const [gone = ''] = await stage(1)
  const { id } = await database.db.order.update({
    where: { shopId_orderNumber: { shopId: bench.shopId, orderNumber: gone } },
    data: { sealedDetail: null, purgedAt: new Date(bench.clock.now()) },
  })
  await database.db.orderRaw.deleteMany({ where: { orderId: id } })
  const events = () => database.db.orderEvent.count({ where: { orderId: id } })
  const before = await events()
  await bench.pass(12 * MINUTE)
  expect(bench.mall.calls.flat()).toContain(gone)
  expect(await events()).toBe(before)
  cancel(gone)
  await bench.pass(6 * MINUTE)
  expect(await flagsOf(gone)).toEqual(['cancelled_at_mall'])
})

it('go on although one of them cannot be stored, and another cannot be opened', async () => {
  const [unstorable = '', sealed = '', cancelled = ''] = await stage(3)
  bench.mall.change(unstorable, (order) => ({
    ...order,
    mallState: 'shipped',
    totals: { ...order.totals, total: 3_000_000_000 },
  }))
  bench.mall.change(sealed, (order) => ({ ...order, mallState: 'shipped' }))
  await database.db.order.updateMany({
    where: { orderNumber: sealed },
    data: { sealedDetail: Buffer.from('nothing that a key opens') },
  })
  cancel(cancelled)
  await bench.pass(6 * MINUTE)
  expect(await flagsOf(cancelled)).toEqual(['cancelled_at_mall'])
  expect((await sweepNow()).freshAfter).toBeNull()
  const [later = ''] = numbers(4).slice(3)
  bench.mall.place(later)
  await bench.pass(6 * MINUTE)
  expect(await database.db.order.count({ where: { orderNumber: later } })).toBe(1)
})

it('are all read within one sweep although the mall falls silent over one in the middle', async () => {
  const all = await stage(130)
  const [bad = '', cancelled = ''] = [all[40], all[95]]
  bench.mall.beforeAnswer((asked) => {
    if (asked.includes(bad)) throw failure('unavailable')
  })
  cancel(cancelled)
  await bench.pass(11 * MINUTE)
  expect(await flagsOf(cancelled)).toEqual(['cancelled_at_mall'])
  const read = new Set(bench.mall.calls.flat())
  expect(all.filter((number) => !read.has(number))).toEqual([])
  expect(
    (await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })).laneClosedUntil,
  ).toBeNull()
})

it('make way for a run that somebody asks for, and go on after it', async () => {
  await stage(30)
  await bench.pass(6 * MINUTE)
  const [later = '', cancelled = ''] = [...numbers(31).slice(30), ...numbers(1)]
  cancel(cancelled)
  bench.mall.place(later)
  const order: string[] = []
  bench.mall.beforeAnswer((asked) => void order.push(...asked))
  const now = new Date(bench.clock.now())
  await database.db.shopSweep.update({
    where: { shopId: bench.shopId },
    data: { freshAfter: '00000000-0000-0000-0000-000000000000', nextAt: now, runAt: now },
  })
  await bench.pass(2 * MINUTE)
  expect(order[0]).toBe(later)
  expect(await flagsOf(cancelled)).toEqual(['cancelled_at_mall'])
})

describe('where the list says states', () => {
  const DAY = 24 * 60 * MINUTE
  const daysAgo = (days: number) => ({ orderedAt: new Date(bench.clock.now() - days * DAY).toISOString() })

  it('are listed after the run, back to the oldest, and no order is fetched for it', async () => {
    await begin({ freshBy: 'list' })
    const [old = '', young = ''] = numbers(2)
    bench.mall.place(old, daysAgo(12))
    bench.mall.place(young, daysAgo(4))
    await bench.pass(2 * MINUTE)
    cancel(old)
    cancel(young)
    bench.mall.calls.length = 0
    await bench.pass(7 * MINUTE)
    expect([await flagsOf(old), await flagsOf(young)]).toEqual([['cancelled_at_mall'], ['cancelled_at_mall']])
    expect(bench.mall.calls.flat().toSorted()).toEqual([old, young])
    expect((await sweepNow()).openTo).toBeNull()
  })

  it('keep nobody from finding what is new while a page of old days never comes', async () => {
    await begin({ freshBy: 'list' })
    const [old = '', middle = '', later = ''] = numbers(3)
    bench.mall.place(old, daysAgo(12))
    bench.mall.place(middle, daysAgo(4))
    await bench.pass(2 * MINUTE)
    const listed = bench.mall.open
    const broken = new Date(bench.clock.now() - 6 * DAY)
    bench.mall.open = (shop, tools) => {
      const session = listed(shop, tools)
      return {
        ...session,
        async listOrders(window, page, signal) {
          if (window.from < broken && window.to > broken) throw failure('malformed')
          return session.listOrders(window, page, signal)
        },
      }
    }
    cancel(old)
    await bench.pass(7 * MINUTE)
    bench.mall.place(later, daysAgo(0))
    await bench.pass(7 * MINUTE)
    expect(await database.db.order.count({ where: { orderNumber: later } })).toBe(1)
    await bench.pass(10 * MINUTE)
    expect(await flagsOf(old)).toEqual(['cancelled_at_mall'])
    expect(bench.clock.now() - ((await sweepNow()).listedUntil?.getTime() ?? 0)).toBeLessThan(7 * MINUTE)
  })
})

it('get their marks anew, and the change that their hold kept back on import', async () => {
  bench = await sweepBench(database, { freshBy: 'reading' }, (deps) => ({
    marker: createMarker(deps),
    onReleased: createOnReleased(deps),
  }))
  const onImport = { action: 'confirm', conditions: { noHolds: true } }
  await database.db.shop.update({ where: { id: bench.shopId }, data: { settings: { onImport } } })
  const [number = ''] = numbers(1)
  bench.mall.place(number, { holds: [{ kind: 'fraud_check', until: null, note: null }] })
  await bench.pass(2 * MINUTE)
  const marks = async () => (await database.db.order.findFirstOrThrow()).marks
  const before = await marks()
  expect(before).toContain('buyer_note')
  bench.mall.change(number, (order) => ({ ...order, holds: [], notes: { ...order.notes, buyer: null } }))
  await bench.pass(12 * MINUTE)
  expect(await marks()).toEqual(before.filter((mark) => mark !== 'buyer_note'))
  expect(await database.db.siteChange.findMany()).toMatchObject([{ action: 'confirm', actor: 'import' }])
})

describe.each(['list', 'reading'] as const)('held ones at a mall whose state comes by %s', (freshBy) => {
  const DAY = 24 * 60 * MINUTE

  it('are compared however old they are, and others are not', async () => {
    await begin({ freshBy })
    const [held = '', other = '', far = ''] = numbers(3)
    const old = (days: number) => ({ orderedAt: new Date(bench.clock.now() - days * DAY).toISOString() })
    const reserve = { holds: [{ kind: 'reserve' as const, until: null, note: null }] }
    bench.mall.place(held, { ...old(45), ...reserve })
    bench.mall.place(other, old(45))
    bench.mall.place(far, { ...old(120), ...reserve })
    await bench.want([held, other, far])
    await bench.run()
    await bench.pass(2 * MINUTE)
    for (const number of [held, other, far]) cancel(number)
    bench.mall.calls.length = 0
    const listed = bench.mall.listCalls.length
    await bench.pass(70 * MINUTE)
    expect([await flagsOf(held), await flagsOf(far)]).toEqual([['cancelled_at_mall'], ['cancelled_at_mall']])
    // What lies in the same window of the list is found beside it.
    if (freshBy === 'reading') expect(bench.mall.calls.flat()).not.toContain(other)
    const older = bench.mall.listCalls
      .slice(listed)
      .filter(({ window }) => window.to.getTime() < bench.clock.now() - 31 * DAY)
    expect(older.length).toBe(freshBy === 'list' ? 2 : 0)
  })
})
