import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { READY_TO_SHIP, SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { ship } from '../../support/changes/change-bench.ts'
import { parcels } from '../../support/changes/change-cells/cell.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/**
 * The state machine and each mall's real adapter against its simulator. What each action calls is tested
 * beside the adapters.
 */

let database: TestDatabase
let bench: MallBench
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})
beforeEach(() => database.db.order.deleteMany())

const today = () => japaneseDay(Date.now())
const place = (mall: SimulatedMall) => bench.malls[mall].place({ overrides: READY_TO_SHIP[mall] }).orderNumber
const shipping = (orderId: string, trackingNumber = '400000000001') => ({
  ...ship(orderId, trackingNumber),
  shippedOn: today(),
})

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  it('ships an order, from queued to succeeded', async () => {
    const number = place(mall)
    const [orderId = ''] = await bench.importOrders(mall, [number])
    const [id = ''] = await bench.ask([shipping(orderId)])
    await bench.work(mall)
    const change = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
    expect(change).toMatchObject({ state: 'succeeded', code: null })
    const writes = bench.malls[mall].writes?.(number) ?? []
    expect(writes.length).toBeGreaterThan(0)

    const [again = ''] = await bench.ask([shipping(orderId)])
    await bench.work(mall)
    expect(await database.db.siteChange.findUniqueOrThrow({ where: { id: again } })).toMatchObject({
      state: 'succeeded',
      code: 'ALREADY_DONE',
    })
    expect(bench.malls[mall].writes?.(number)).toEqual(writes)
  })

  it('does not ship what the buyer has cancelled', async () => {
    const number = place(mall)
    const [orderId = ''] = await bench.importOrders(mall, [number])
    bench.malls[mall].cancel(number)
    const before = bench.malls[mall].writes?.(number)
    const [id = ''] = await bench.ask([shipping(orderId)])
    await bench.work(mall)
    expect(await database.db.siteChange.findUniqueOrThrow({ where: { id } })).toMatchObject({
      state: 'warning',
      code: 'ORDER_CANCELLED_AT_MALL',
    })
    expect(bench.malls[mall].writes?.(number)).toEqual(before)
    expect(await database.db.order.findUniqueOrThrow({ where: { id: orderId } })).toMatchObject({
      mallState: 'cancelled',
      changeState: 'warning',
    })
  })
})

it('rakuten ships many in asynchronous calls for up to a hundred orders', { timeout: 60_000 }, async () => {
  const numbers = Array.from({ length: 120 }, () => place('rakuten'))
  const orderIds = await bench.importOrders('rakuten', numbers)
  const orders = await Promise.all(orderIds.map((orderId) => bench.readOrder(orderId)))
  bench.calls.length = 0
  const ids = await bench.ask(
    orders.map((order, index) => ({
      orderId: orderIds[index] ?? '',
      action: 'ship',
      ...parcels(today())(order, index),
    })) as WantedChange[],
  )
  await bench.work('rakuten')
  const states = await database.db.siteChange.groupBy({
    by: ['state', 'code'],
    where: { id: { in: ids } },
    _count: true,
  })
  expect(states).toEqual([{ state: 'succeeded', code: null, _count: 120 }])
  // Orders of two baskets have a second step each, which may go out with too few of its kind for another such
  // call.
  const byCall = Object.groupBy(bench.calls, (call) => call)
  expect(byCall.updateOrderShippingAsync?.length).toBeLessThanOrEqual(4)
  const records = orders.flatMap(({ recipients }) => recipients).length
  const writes = numbers.flatMap((number) => bench.malls.rakuten.writes?.(number) ?? [])
  expect(writes).toHaveLength(records)
})
