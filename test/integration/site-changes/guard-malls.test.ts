import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type GuardMall, guardMall } from '../../support/malls/mall-bench.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/** What happens to an order at its mall while it waits here, without a single mail. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

async function withMall(name: SimulatedMall, run: (at: GuardMall) => Promise<void>): Promise<void> {
  const at = await guardMall(database, name)
  try {
    await run(at)
  } finally {
    await at.close()
  }
}

/** Orders that came in hours ago: the sweeps of new orders look at them no more. */
async function staleOrders(at: GuardMall, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, () => at.place())
  await at.pass(12 * MINUTE)
  await at.pass(4 * HOUR, 20 * MINUTE)
  expect(await at.orders()).toHaveLength(count)
  return numbers
}

describe.each(SIMULATED_MALLS)('%s', (name) => {
  it('cancelled or edited at the mall: flagged within one sweep, and a pull says so', () =>
    withMall(name, async (at) => {
      const [cancelled = '', edited = '', untouched = ''] = await staleOrders(at, 3)
      at.mall.cancel(cancelled)
      await at.edit(edited, testedMall(name).anotherPhone)
      await at.oneSweep()
      const flags = new Map((await at.pull()).map((order) => [order.orderNumber, order.flags]))
      expect(flags.get(cancelled)).toContain('cancelled_at_mall')
      expect(flags.get(edited)).toContain('changed_at_mall')
      expect(flags.get(untouched)).not.toContain('changed_at_mall')
    }))

  it('the same of orders that were handed over', () =>
    withMall(name, async (at) => {
      const [cancelled = '', edited = ''] = await staleOrders(at, 2)
      await at.pull()
      at.mall.cancel(cancelled)
      await at.edit(edited, testedMall(name).anotherPhone)
      await at.oneSweep()
      const orders = new Map((await at.orders()).map((order) => [order.orderNumber, order]))
      expect(orders.get(cancelled)?.flags).toContain('cancelled_at_mall')
      expect(orders.get(edited)?.flags).toContain('changed_at_mall')
      expect([...orders.values()].map(({ status }) => status)).toEqual(['new', 'new'])
    }))

  it('costs no write as long as nothing happens there', () =>
    withMall(name, async (at) => {
      await staleOrders(at, 3)
      const written = async () => [
        (await at.orders()).map(({ version, refreshedAt }) => [version, refreshedAt]),
        await database.db.orderEvent.count({ where: { order: { shopId: at.shopId } } }),
        await database.db.importRequest.count({ where: { shopId: at.shopId } }),
      ]
      const before = await written()
      await at.pass(30 * MINUTE, 5 * MINUTE)
      expect(await written()).toEqual(before)
    }))
})

it('yahoo: an order that was split at the mall is flagged, and nothing of it may be shipped', () =>
  withMall('yahoo', async (at) => {
    const [source = ''] = await staleOrders(at, 1)
    await at.edit(source, { IsSplit: 'true', ChildOrderId: `${source}1,${source}2` })
    await at.oneSweep()
    const [order] = await at.pull()
    expect(order?.flags).toContain('split_source')
    expect(order?.mallState).toBe('cancelled')
  }))
