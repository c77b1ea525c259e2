import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createFetchWorker } from '../../src/imports/fetch-worker.ts'
import { createSweeps, type SweepWork } from '../../src/imports/sweep.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { failure } from '../support/fake-marketplace.ts'
import { type ImportBench, importBench, numbers } from '../support/import-bench.ts'

/** Open orders of a mall whose list says no more than numbers. */

const MINUTE = 60_000

let database: TestDatabase
let bench: ImportBench
let sweeps: SweepWork
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database, { freshBy: 'reading' })
  sweeps = createSweeps({ ...bench.deps, intervalMs: 5 * MINUTE })
  bench.deps.sweeps = sweeps
})

async function pass(ms: number): Promise<void> {
  const worker = createFetchWorker(bench.deps)
  for (let left = ms; left > 0; left -= MINUTE) {
    bench.clock.advance(MINUTE)
    await sweeps.keep()
    while ((await worker.run(bench.shopId, new AbortController().signal)) === 'again');
  }
}

async function stage(count: number): Promise<string[]> {
  const all = numbers(count)
  for (const number of all) bench.mall.place(number)
  await pass(2 * MINUTE)
  bench.mall.calls.length = 0
  return all
}

const cancel = (number: string) =>
  bench.mall.change(number, (order) => ({
    ...order,
    mallState: 'cancelled',
    mallStatus: { code: '900', name: 'キャンセル確定' },
  }))
const flagsOf = async (orderNumber: string) =>
  (await database.db.order.findFirstOrThrow({ where: { orderNumber } })).flags

it('are read again after each run, as many in a call as the mall takes, and once', async () => {
  const all = await stage(230)
  cancel(all[0] ?? '')
  cancel(all[229] ?? '')
  await pass(6 * MINUTE)
  expect(bench.mall.calls.map((call) => call.length)).toEqual([100, 100, 30])
  expect(bench.mall.calls.flat().toSorted()).toEqual(all)
  expect([await flagsOf(all[0] ?? ''), await flagsOf(all[229] ?? '')]).toEqual([
    ['cancelled_at_mall'],
    ['cancelled_at_mall'],
  ])
  bench.mall.calls.length = 0
  await pass(6 * MINUTE)
  expect(bench.mall.calls.flat()).toHaveLength(228)
})

it('are not read when they are shipped', async () => {
  const [shipped = '', moved = ''] = await stage(3)
  bench.mall.change(shipped, (order) => ({ ...order, mallState: 'shipped' }))
  await database.db.order.updateMany({ where: { orderNumber: moved }, data: { status: 'completed' } })
  await pass(6 * MINUTE)
  bench.mall.calls.length = 0
  await pass(6 * MINUTE)
  expect(bench.mall.calls.flat()).toHaveLength(1)
})

it('are read although one of them cannot be, which keeps nobody waiting', async () => {
  const [bad = '', cancelled = ''] = await stage(5)
  bench.mall.answer(bad, failure('malformed'))
  cancel(cancelled)
  await pass(6 * MINUTE)
  expect(await flagsOf(cancelled)).toEqual(['cancelled_at_mall'])
  bench.mall.answer(bad, failure('unavailable'))
  await pass(6 * MINUTE)
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
  await pass(6 * MINUTE)
  expect(await flagsOf(cancelled)).toEqual([])
  bench.mall.beforeAnswer(() => undefined)
  await pass(3 * MINUTE)
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
  await pass(12 * MINUTE)
  expect(bench.mall.calls.flat()).toContain(gone)
  expect(await events()).toBe(before)
  cancel(gone)
  await pass(6 * MINUTE)
  expect(await flagsOf(gone)).toEqual(['cancelled_at_mall'])
})
