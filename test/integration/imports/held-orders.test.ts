import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { NormalisedOrder, OrderHold } from '../../../src/marketplaces/port/order.ts'
import { createOnImport, createOnReleased } from '../../../src/site-changes/requests/on-import.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

/** Orders that must not ship yet: read again at the end of their hold, and until the mall has lifted it. */

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const [NUMBER = ''] = numbers(1)

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
})

const held = (days: number, kind: OrderHold['kind'] = 'reserve'): Partial<NormalisedOrder> => ({
  holds: [{ kind, until: new Date(bench.clock.now() + days * DAY).toISOString(), note: null }],
})
async function stage(more: Partial<NormalisedOrder>, number = NUMBER): Promise<void> {
  bench.mall.place(number, more)
  await bench.want([number])
  await bench.run()
  bench.mall.calls.length = 0
}
async function pass(ms: number): Promise<void> {
  bench.clock.advance(ms)
  await bench.run()
}
const order = () => database.db.order.findFirstOrThrow({ where: { orderNumber: NUMBER } })
const readings = () => bench.mall.calls.length

it.each([1, 59, 61, 90, 400])('a hold that ends in %i days is over then', async (days) => {
  await stage(held(days))
  bench.mall.place(NUMBER)
  await pass(days * DAY)
  // Before its end an order is read once a month at most.
  expect(readings()).toBeLessThanOrEqual(1)
  await pass(31_000)
  expect((await order()).holds).toEqual([])
})

it('a hold far ahead is looked at once a month: one that the mall ends early is over then', async () => {
  await stage(held(400))
  bench.mall.place(NUMBER)
  await pass(30 * DAY - 1)
  expect(readings()).toBe(0)
  await pass(1)
  expect(readings()).toBe(1)
  expect((await order()).holds).toEqual([])
})

it('a hold past its time is looked at hourly, after two days daily, and no more once it is lifted', async () => {
  await stage(held(1))
  await pass(DAY + 31_000)
  expect(readings()).toBe(1)
  for (let hours = 0; hours < 48; hours++) await pass(HOUR)
  expect(readings()).toBeGreaterThanOrEqual(47)
  expect(readings()).toBeLessThanOrEqual(50)
  for (let hours = 0; hours < 96; hours++) await pass(HOUR)
  expect(readings()).toBeLessThanOrEqual(55)
  bench.mall.place(NUMBER)
  for (let hours = 0; hours < 24; hours++) await pass(HOUR)
  expect((await order()).holds).toEqual([])
  bench.mall.calls.length = 0
  for (let days = 0; days < 10; days++) await pass(DAY)
  expect(readings()).toBe(0)
})

it('a reading that is refused comes again, at one call an hour, and leaves one failure', async () => {
  await stage(held(1))
  bench.mall.answer(NUMBER, { kind: 'failed', orderNumber: NUMBER, failure: failure('rejected') })
  await pass(DAY + 31_000)
  for (let hours = 0; hours < 5; hours++) await pass(HOUR)
  expect(readings()).toBe(6)
  expect(await database.db.importRequest.count({ where: { state: 'failed' } })).toBe(1)
  bench.mall.place(NUMBER)
  await pass(HOUR)
  expect((await order()).holds).toEqual([])
  expect(await database.db.importRequest.count({ where: { state: { not: 'done' } } })).toBe(0)
})

it('many that are due together are read bit by bit, each once, by however many workers', async () => {
  const all = numbers(25)
  for (const number of all) bench.mall.place(number, held(1))
  await bench.want(all)
  await bench.run()
  bench.mall.calls.length = 0
  for (const number of all) bench.mall.place(number)
  bench.clock.advance(DAY + 31_000)
  await Promise.all([bench.run(), bench.run(), bench.run()])
  const read = () => new Set(bench.mall.calls.flat()).size
  expect(read()).toBe(10)
  for (let minutes = 0; minutes < 3; minutes++) await pass(60_000)
  expect(read()).toBe(25)
  expect(await database.db.importRequest.count({ where: { purpose: 'refresh' } })).toBe(25)
})

it('brings the change that was wished for at import when the hold is over, however late that is', async () => {
  bench.deps.onStaged = createOnImport(bench.deps)
  bench.deps.onReleased = createOnReleased(bench.deps)
  const onImport = { action: 'confirm', conditions: { noHolds: true } }
  await database.db.shop.update({ where: { id: bench.shopId }, data: { settings: { onImport } } })
  await stage(held(90))
  await pass(90 * DAY + 31_000)
  expect(await database.db.siteChange.findMany()).toEqual([])
  // The mall lifts it some hours after the day has begun.
  bench.mall.place(NUMBER)
  await pass(HOUR)
  expect(await database.db.siteChange.findMany()).toMatchObject([{ action: 'confirm', state: 'succeeded' }])
})

it('leaves an order alone that is not held, or that the mall dates in no way that is a time', async () => {
  await stage({ holds: [{ kind: 'reserve', until: '発売日未定', note: null }] })
  expect((await order()).nextCheckAt).toBeNull()
  await stage({ holds: [] }, numbers(2)[1])
  expect(await database.db.order.count({ where: { nextCheckAt: { not: null } } })).toBe(0)
})
