import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxMall } from '../../src/sandbox/malls.ts'
import { ship } from '../support/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { type MallBench, mallBench } from '../support/mall-bench.ts'

/** The state machine and each mall's real adapter against its simulator. What each action calls is tested beside the adapters. */

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

/** Of an order that is paid and ready to ship. */
const READY: Record<SandboxMall, Record<string, unknown>> = {
  rakuten: { orderProgress: 300, SettlementModel: { settlementMethodCode: 1 }, DueDateModelList: [] },
  yahoo: {
    ...{ IsReadOnly: '0', Ship: { ShipStatus: '1' } },
    Pay: { PayMethod: 'payment_a1', PayKind: '0', PayType: '0', PayStatus: '1', SettleStatus: '3' },
  },
  amazon: {},
  aupay: {
    ...{ sellMethodSegment: '1', paymentStatus: 'N', orderStatus: '発送待ち' },
    ...{ settlementName: 'クレジットカード決済', authorizationStatus: 'Y', pgResult: '0' },
  },
}

const today = () => new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10)
const place = (mall: SandboxMall) => bench.malls[mall].place({ overrides: READY[mall] }).orderNumber
const shipping = (orderId: string, trackingNumber = '400000000001') => ({
  ...ship(orderId, trackingNumber),
  shippedOn: today(),
})

describe.each(['rakuten', 'yahoo', 'amazon', 'aupay'] as const)('%s', (mall) => {
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
      ...{ state: 'succeeded', code: 'ALREADY_DONE' },
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
      ...{ state: 'warning', code: 'ORDER_CANCELLED_AT_MALL' },
    })
    expect(bench.malls[mall].writes?.(number)).toEqual(before)
    expect(await database.db.order.findUniqueOrThrow({ where: { id: orderId } })).toMatchObject({
      ...{ mallState: 'cancelled', changeState: 'warning' },
    })
  })
})

it('rakuten ships many in one asynchronous call', { timeout: 60_000 }, async () => {
  const numbers = Array.from({ length: 30 }, () => place('rakuten'))
  const orderIds = await bench.importOrders('rakuten', numbers)
  const ids = await bench.ask(orderIds.map((orderId, index) => shipping(orderId, `40000000${1000 + index}`)))
  await bench.work('rakuten')
  const changes = await database.db.siteChange.findMany({ where: { id: { in: ids } } })
  const shipped = changes.filter(({ state }) => state === 'succeeded')
  expect(shipped.length).toBeGreaterThan(20)
  // Some of the orders go to two recipients, and the request does not say which parcel is whose.
  for (const { state, code } of changes)
    expect([state, code]).toEqual(
      state === 'succeeded' ? ['succeeded', null] : ['warning', 'RECIPIENT_NEEDED'],
    )
  const operations = numbers
    .flatMap((number) => bench.malls.rakuten.writes?.(number) ?? [])
    .map(({ operation }) => operation)
  expect(new Set(operations)).toEqual(new Set(['updateOrderShippingAsync']))
  expect(operations).toHaveLength(shipped.length)
})
