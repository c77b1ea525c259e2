import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FetchOutcome, MarketplaceSession } from '../../../src/marketplaces/port/session.ts'
import { readBoard } from '../../../src/orders/board.ts'
import { readCompleteness } from '../../../src/reconciliation/routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { MINUTE, numbers, type SweepBench, sweepBench } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

/**
 * What the mall's list says of an order, and the order does not: asked again until the two agree, and shown
 * meanwhile.
 */

const HOUR = 60 * MINUTE
const [NUMBER = ''] = numbers(1)

let database: TestDatabase
let bench: SweepBench
/** What is answered for an order while its list is ahead of it. */
let lagging: Map<string, Error | 'as before'>
let readings: string[]
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await sweepBench(database, { freshBy: 'list' })
  lagging = new Map()
  readings = []
  const first = new Map<string, FetchOutcome>()
  const open = bench.mall.open.bind(bench.mall)
  bench.mall.open = (shop, tools): MarketplaceSession => {
    const session = open(shop, tools)
    return {
      ...session,
      async *fetchOrders(wanted, signal, hints) {
        for await (const outcome of session.fetchOrders(wanted, signal, hints)) {
          const { orderNumber } = outcome
          readings.push(orderNumber)
          const lag = lagging.get(orderNumber)
          if (!first.has(orderNumber)) first.set(orderNumber, outcome)
          if (lag === 'as before') yield first.get(orderNumber) ?? outcome
          else if (lag) yield { kind: 'failed', orderNumber, failure: failure('rejected') }
          else yield outcome
        }
      },
    }
  }
})

async function stage(count: number): Promise<string[]> {
  const all = numbers(count)
  for (const number of all) bench.mall.place(number)
  await bench.pass(2 * MINUTE)
  readings.length = 0
  return all
}
const set = (number: string, mallState: 'cancelled' | 'shipped', code: string) =>
  bench.mall.change(number, (order) => ({ ...order, mallState, mallStatus: { code, name: null } }))
const stateOf = async (orderNumber = NUMBER) =>
  (await database.db.order.findFirstOrThrow({ where: { orderNumber } })).mallState
const completeness = () => readCompleteness(bench.deps, bench.tenantId, bench.shopId, {})
const age = (time: string) => bench.clock.now() - Date.parse(time)

describe.each(['cancelled', 'shipped'] as const)('%s in the list', (state) => {
  it('is asked for again while the order itself still answers as before', async () => {
    await stage(1)
    lagging.set(NUMBER, 'as before')
    set(NUMBER, state, '900')
    await bench.pass(12 * MINUTE)
    expect(await stateOf()).toBe('open')
    expect(readings.length).toBeGreaterThanOrEqual(3)
    const { differences } = await completeness()
    expect(differences).toMatchObject({
      count: 1,
      orders: [
        { orderNumber: NUMBER, here: { mallState: 'open' }, list: { mallState: state, mallStatus: '900' } },
      ],
    })
    const [difference] = differences.orders
    expect(age(difference?.since ?? '')).toBeLessThan(12 * MINUTE)
    expect(age(difference?.nextAskAt ?? '')).toBeLessThan(MINUTE)
    expect((await readBoard(bench.deps, bench.tenantId)).differing).toBe(1)
    lagging.clear()
    await bench.pass(11 * MINUTE)
    expect(await stateOf()).toBe(state)
    expect((await completeness()).differences).toEqual({ count: 0, orders: [] })
    readings.length = 0
    await bench.pass(2 * HOUR)
    expect(readings).toEqual([])
  })

  it('is asked for again when the reading was refused, and stays one failure', async () => {
    await stage(1)
    lagging.set(NUMBER, failure('rejected'))
    set(NUMBER, state, '900')
    await bench.pass(30 * MINUTE)
    expect(
      await database.db.importRequest.count({ where: { purpose: 'refresh', state: { not: 'done' } } }),
    ).toBe(1)
    lagging.clear()
    await bench.pass(HOUR)
    expect(await stateOf()).toBe(state)
    expect(await database.db.importRequest.count({ where: { state: 'failed' } })).toBe(0)
  })
})

it('costs a reading an hour in the end, and goes on for as long as they differ', async () => {
  await stage(1)
  lagging.set(NUMBER, 'as before')
  set(NUMBER, 'cancelled', '900')
  const hours = async (count: number) => {
    for (let quarters = 0; quarters < count * 4; quarters++) {
      bench.clock.advance(14 * MINUTE)
      await bench.pass(MINUTE)
    }
  }
  await hours(3)
  readings.length = 0
  await hours(26)
  expect(readings.length).toBeGreaterThanOrEqual(20)
  expect(readings.length).toBeLessThanOrEqual(27)
})

it('asks for many bit by bit, and for new orders first', async () => {
  const all = await stage(40)
  for (const number of all) {
    lagging.set(number, 'as before')
    set(number, 'cancelled', '900')
  }
  await bench.pass(6 * MINUTE)
  const before = readings.length
  await bench.pass(4 * MINUTE)
  expect(readings.length - before).toBeLessThanOrEqual(40)
  expect((await completeness()).differences).toMatchObject({ count: 40 })
  lagging.clear()
  await bench.pass(HOUR)
  expect(await database.db.order.count({ where: { mallState: 'cancelled' } })).toBe(40)
})

it('is over when the list says the same as the order again, without a reading', async () => {
  await stage(1)
  lagging.set(NUMBER, 'as before')
  set(NUMBER, 'cancelled', '900')
  await bench.pass(6 * MINUTE)
  expect((await completeness()).differences.count).toBe(1)
  bench.mall.place(NUMBER)
  await bench.pass(6 * MINUTE)
  expect((await completeness()).differences.count).toBe(0)
  expect(await database.db.sweptOrder.count({ where: { nextAskAt: { not: null } } })).toBe(0)
})

it('is asked for anew where a release before has noted it', async () => {
  await stage(1)
  set(NUMBER, 'cancelled', '900')
  await database.db.sweptOrder.updateMany({ data: { seen: 'cancelled 900' } })
  await bench.pass(6 * MINUTE)
  expect(await stateOf()).toBe('cancelled')
})
