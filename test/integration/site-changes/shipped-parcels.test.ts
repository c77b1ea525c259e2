import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX_MALLS } from '../../../sandbox/malls/index.ts'
import { READY_TO_SHIP } from '../../../sandbox/ready-orders.ts'
import { requestImports } from '../../../src/imports/requests/store.ts'
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

describe.each(SANDBOX_MALLS)('%s', (mall) => {
  it.each([true, false])(
    'an order shows its parcel once it is shipped, and after a refresh (waits: %s)',
    async (waits) => {
      const { orderNumber } = bench.malls[mall].place({ overrides: READY_TO_SHIP[mall] })
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
    },
  )
})
