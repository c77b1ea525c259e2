import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded } from '../../../sandbox/kit/seeded.ts'
import { READY_TO_SHIP, SIMULATED_MALLS } from '../../../sandbox/malls/index.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { wholeWork } from '../../chaos/changes.ts'
import type { PulledOrder } from '../../chaos/puller.ts'
import { placeWritable } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/** What the run of changes (test/chaos) asks for each order, in one request and without faults. */

let database: TestDatabase
let bench: MallBench
let offset = 0
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database, { clock: { ...systemClock, now: () => Date.now() + offset } })
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})

it.each(SIMULATED_MALLS)(
  '%s: content, shipping, the number put right, 完了',
  { timeout: 60_000 },
  async (mall) => {
    const { whole } = testedMall(mall)
    const overrides = { ...READY_TO_SHIP[mall], ...whole.before }
    const orderNumber = placeWritable(bench.malls[mall], { overrides })
    const [id = ''] = await bench.importOrders(mall, [orderNumber])
    const wishes = wholeWork({ id, marketplace: mall } as PulledOrder, seeded(3, 1))
    const ids = await bench.ask(wishes as unknown as WantedChange[])
    for (let round = 0; round < 10; round += 1) {
      await bench.work(mall)
      offset += 60_000
      bench.malls[mall].clock.advance(60_000)
    }
    const changes = await database.db.siteChange.findMany({
      where: { id: { in: ids } },
      orderBy: { position: 'asc' },
    })
    expect(changes.map(({ action, state, code }) => [action, state, code])).toEqual(
      wishes.map(({ action }) => [action, 'succeeded', null]),
    )
    expect(bench.malls[mall].writes?.(orderNumber).map(({ operation }) => operation)).toEqual(whole.writes)
  },
)
