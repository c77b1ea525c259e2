import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { READY_TO_SHIP, SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { requestImports } from '../../../src/imports/requests/statements.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/** What was shipped through us is part of the order from then on, whether or not its mall ever shows it. */

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

/** In Japan. */
const today = () => new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10)

/** Shipped as one parcel: goods at two locations make two. */
function placeAtOne(mall: SimulatedMall): string {
  for (;;) {
    const { orderNumber, places = [] } = bench.malls[mall].place({ overrides: READY_TO_SHIP[mall] })
    if (places.length <= 1) return orderNumber
  }
}

/** With one recipient; the simulated malls have orders for several among theirs. */
async function placeForOne(mall: SimulatedMall): Promise<string> {
  for (;;) {
    const orderNumber = placeAtOne(mall)
    const [orderId = ''] = await bench.importOrders(mall, [orderNumber])
    if ((await bench.readOrder(orderId)).recipients.length === 1) return orderId
  }
}

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  it.each([true, false])(
    'an order shows its parcel once it is shipped, and after a refresh (waits: %s)',
    async (waits) => {
      const orderNumber = placeAtOne(mall)
      const [orderId = ''] = await bench.importOrders(mall, [orderNumber])
      if (!waits) await database.db.order.update({ where: { id: orderId }, data: { status: 'new' } })
      const parcels = [{ carrier: 'yamato' as const, trackingNumber: '400000000012' }]
      const [changeId = ''] = await bench.ask([{ orderId, action: 'ship', shippedOn: today(), parcels }])
      for (let tries = 0; tries < 5; tries++) await bench.work(mall)
      const change = await database.db.siteChange.findUniqueOrThrow({ where: { id: changeId } })
      expect([change.state, change.message]).toEqual(['succeeded', null])
      const shown = async () =>
        (await bench.readOrder(orderId)).recipients.flatMap((recipient) =>
          recipient.parcels.map(({ trackingNumber }) => trackingNumber?.replaceAll('-', '')),
        )
      expect(await shown()).toEqual(['400000000012'])
      const request = { tenantId: bench.tenantId, shopId: bench.shopIds[mall], orderNumber }
      await requestImports(database.pool, bench.requestDeps, [
        { ...request, purpose: 'refresh', source: 'person' },
      ])
      await bench.work(mall)
      expect(await shown()).toEqual(['400000000012'])
      const { trackedParcels } = await database.db.order.findUniqueOrThrow({ where: { id: orderId } })
      expect(trackedParcels).toBe(1)
    },
  )

  it.each([true, false])('its parcel follows a number that was put right (waits: %s)', async (waits) => {
    const orderId = await placeForOne(mall)
    if (!waits) await database.db.order.update({ where: { id: orderId }, data: { status: 'new' } })
    const done = async (change: WantedChange) => {
      const [id = ''] = await bench.ask([change])
      for (let tries = 0; tries < 5; tries++) await bench.work(mall)
      const { state, message } = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
      expect([state, message]).toEqual(['succeeded', null])
    }
    const parcels = [{ carrier: 'yamato' as const, trackingNumber: '400000000012' }]
    await done({ orderId, action: 'ship', shippedOn: today(), parcels })
    await done({
      orderId,
      action: 'correct_shipment',
      parcels: [{ carrier: 'yamato', trackingNumber: '400000000023' }],
    })
    const shown = (await bench.readOrder(orderId)).recipients.flatMap((recipient) =>
      recipient.parcels.map(({ trackingNumber }) => trackingNumber?.replaceAll('-', '')),
    )
    expect(shown).toEqual(['400000000023'])
  })
})

/** Malls whose record of a shipment can be taken away. */
describe.each(['rakuten', 'shopify'] as const)('%s: a shipment that is taken away', (mall) => {
  const number = '400000000012'
  async function shippedOrder(): Promise<string> {
    const orderId = await placeForOne(mall)
    await database.db.order.update({ where: { id: orderId }, data: { status: 'ready_to_ship' } })
    const parcels = [{ carrier: 'yamato' as const, trackingNumber: number }]
    await done({ orderId, action: 'ship', shippedOn: today(), parcels })
    expect(await rowOf(orderId)).toMatchObject({ status: 'shipped', shipping: { state: 'all' } })
    return orderId
  }
  const rowOf = (id: string) => database.db.order.findUniqueOrThrow({ where: { id } })
  async function done(change: WantedChange): Promise<void> {
    const [id = ''] = await bench.ask([change])
    for (let tries = 0; tries < 5; tries++) await bench.work(mall)
    const { state, message } = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
    expect([state, message]).toEqual(['succeeded', null])
  }
  const takeAway = async (orderId: string) => {
    const [parcel] = (await bench.readOrder(orderId)).recipients.flatMap(({ parcels }) => parcels)
    const parcelId = parcel?.id ?? undefined
    await done({ orderId, action: 'correct_shipment', parcels: [{ parcelId, remove: true }] })
  }

  it('takes its order back to 出荷待ち, with a line in the timeline', async () => {
    const orderId = await shippedOrder()
    await takeAway(orderId)
    expect(await rowOf(orderId)).toMatchObject({
      mallState: 'open',
      status: 'ready_to_ship',
      shipping: { state: 'none' },
    })
    const moves = await database.db.orderEvent.findMany({
      where: { orderId, kind: 'moved' },
      orderBy: { at: 'asc' },
    })
    expect(moves.at(-1)?.data).toMatchObject({ from: 'shipped', to: 'ready_to_ship' })
  })

  it.each(['completed', 'on_hold'] as const)('leaves an order that staff have at %s', async (status) => {
    const orderId = await shippedOrder()
    await database.db.order.update({ where: { id: orderId }, data: { status } })
    await takeAway(orderId)
    expect((await rowOf(orderId)).status).toBe(status)
  })
})
