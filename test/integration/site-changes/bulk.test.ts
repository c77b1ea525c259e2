import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const MINUTE = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const BULK = {
  bulk: { actions: ['confirm'], least: 3, most: 100, runsForMs: { confirm: 15 * MINUTE } },
} as const
const bulkBench = (orders: number) =>
  changeBench(database, orders, { bulk: { ...BULK.bulk, actions: [...BULK.bulk.actions] } })

describe('a call for many orders', () => {
  it('is made where it is faster, with one reading before it and one after', async () => {
    const bench = await bulkBench(60)
    await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
    await bench.run()
    expect(bench.mall.site.bulks).toEqual([60])
    expect(bench.mall.calls).toHaveLength(2)
    expect(bench.mall.site.effects).toHaveLength(60)
    expect(await database.db.siteChange.count({ where: { shopId: bench.shopId, state: 'succeeded' } })).toBe(
      60,
    )
  })

  it('is not made for a few, nor for what the mall takes one by one', async () => {
    const bench = await bulkBench(5)
    const [a = '', b = '', ...others] = bench.orderIds
    await bench.ask([a, b].map((orderId) => ({ orderId, action: 'confirm' })))
    await bench.ask(others.map((orderId) => ({ orderId, action: 'hold' })))
    await bench.run()
    expect(bench.mall.site.bulks).toEqual([])
    expect(bench.mall.site.effects).toHaveLength(5)
  })

  it('gives each order its own end', async () => {
    const bench = await bulkBench(6)
    const [refused, lost, done] = bench.numbers
    const ids = await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
    let first = true
    bench.mall.site.onWrite(({ orderNumber, apply }) => {
      if (orderNumber === refused) throw failure('rejected')
      if (orderNumber === done) {
        apply()
        throw failure('outcome_unknown')
      }
      if (orderNumber === lost && first) {
        first = false
        throw failure('outcome_unknown')
      }
      apply()
      return undefined
    })
    await bench.run()
    const states = await Promise.all(ids.map(async (id) => (await bench.change(id)).state))
    expect(states).toEqual(['failed', 'changing', ...Array(4).fill('succeeded')])
    // The mall may carry the call out a quarter of an hour later: until then nothing is sent again.
    bench.clock.advance(14 * MINUTE)
    await bench.run()
    expect(bench.mall.site.effects).toHaveLength(4)
    expect(await bench.untilEnded(ids[1] ?? '')).toMatchObject({ state: 'succeeded' })
    expect(bench.mall.site.effects).toHaveLength(5)
    expect(bench.mall.site.bulks).toEqual([6])
  })

  it('leaves orders queued that the mall did not get to', async () => {
    const bench = await bulkBench(4)
    const ids = await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
    bench.mall.site.onWrite(() => {
      throw failure('throttled', { until: new Date(bench.clock.now() + MINUTE) })
    })
    await bench.run()
    for (const id of ids) {
      expect(await bench.change(id)).toMatchObject({
        state: 'queued',
        code: 'TEST_THROTTLED',
        steps: [{ state: 'waiting' }],
      })
    }
    bench.mall.site.onWrite(null)
    bench.clock.advance(2 * MINUTE)
    await bench.run()
    expect(bench.mall.site.effects).toHaveLength(4)
  })
})
