import { afterAll, beforeAll, expect, it } from 'vitest'
import { hangHooks } from '../../chaos/hooks.ts'
import { changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const MINUTE = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

// A fault run must not wait for a quarter of an hour, nor be called stuck for it.
it('a fault run moves the time from which a lost call may be made again, and only of calls long made', async () => {
  const bench = await changeBench(database, 3, {
    bulk: { actions: ['confirm'], least: 3, most: 100, runsForMs: { confirm: 15 * MINUTE } },
  })
  const ids = await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
  let lost = 3
  bench.mall.site.onWrite(({ apply }) => {
    if (lost-- > 0) throw failure('outcome_unknown')
    apply()
    return undefined
  })
  await bench.run()
  const hooks = await hangHooks(() => database.url)
  const sent = bench.clock.now()
  expect(await hooks.settleLostCalls(new Date(sent - 1))).toBe(0)
  bench.clock.advance(MINUTE)
  await bench.run()
  expect(bench.mall.site.effects).toHaveLength(0)
  expect(await hooks.settleLostCalls(new Date(sent + MINUTE))).toBe(3)
  expect(await hooks.settleLostCalls(new Date(sent + MINUTE))).toBe(0)
  await bench.run()
  const states = await Promise.all(ids.map(async (id) => (await bench.change(id)).state))
  expect(states).toEqual(['succeeded', 'succeeded', 'succeeded'])
  expect(bench.mall.site.effects).toHaveLength(3)
})
