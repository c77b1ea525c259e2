import { afterAll, beforeAll, expect, it } from 'vitest'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { guardMall } from '../../support/malls/mall-bench.ts'

const SECOND = 1_000

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

// Rakuten adds a second shipping record to an order when the same call comes twice.
it.each([
  ['longer than its lease', 240 * SECOND, 1],
  ['for some seconds', 20 * SECOND, 1],
])(
  'a process that stands still %s between its note and its call writes nothing twice',
  async (_, pauseMs, writes) => {
    const at = await guardMall(database, 'rakuten', { timers: false })
    try {
      const orderNumber = at.place()
      await at.mailed(orderNumber)
      await at.work()
      const order = (await at.orders()).find((one) => one.orderNumber === orderNumber)
      const parcels = [{ carrier: 'yamato' as const, trackingNumber: '400000000001' }]
      const shippedOn = japaneseDay(at.clock.now())
      const [id = ''] = await at.ask([{ orderId: order?.id ?? '', action: 'ship', shippedOn, parcels }])
      let stoodStill = false
      at.onCall(async ({ url }) => {
        if (stoodStill || !url.includes('updateOrderShipping')) return
        stoodStill = true
        at.clock.advance(pauseMs)
        // The other process takes over what it may, and goes on to the end.
        await at.work()
      })
      for (let tries = 0; tries < 10 && (await at.change(id)).finishedAt === null; tries++) {
        await at.work()
        at.clock.advance(30 * SECOND)
      }
      expect(stoodStill).toBe(true)
      expect(await at.change(id)).toMatchObject({ state: 'succeeded' })
      expect(at.mall.writes?.(orderNumber)).toHaveLength(writes)
    } finally {
      await at.close()
    }
  },
)
