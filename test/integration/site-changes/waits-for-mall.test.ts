import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SimulatedMall } from '../../../sandbox/malls/index.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type GuardMall, guardMall } from '../../support/malls/mall-bench.ts'

/**
 * A change whose order the mall does not let go yet: it looks again until it does, and at once when another
 * read shows it.
 */

const SECOND = 1_000
const MINUTE = 60 * SECOND

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

async function imported(at: GuardMall, overrides: Record<string, unknown>) {
  const orderNumber = at.place(overrides)
  await at.mailed(orderNumber)
  await at.work()
  const order = (await at.orders()).find((one) => one.orderNumber === orderNumber)
  if (!order) throw new Error(`${orderNumber} did not come in`)
  return { orderNumber, orderId: order.id }
}

/** Milliseconds until the change has ended. */
async function untilEnded(at: GuardMall, id: string, step: number, atMost: number): Promise<number> {
  const began = at.clock.now()
  while ((await at.change(id)).finishedAt === null) {
    if (at.clock.now() - began > atMost) throw new Error(`it waits still: ${(await at.change(id)).code}`)
    await at.pass(step, step)
  }
  return at.clock.now() - began
}

describe('yahoo: 注文確認 in the buyer’s minutes', () => {
  it('waits until the order is read-only no more, however long after the ten minutes that is', () =>
    withMall('yahoo', async (at) => {
      const { orderNumber, orderId } = await imported(at, { IsReadOnly: '1' })
      await at.pass(545 * SECOND, 109 * SECOND)
      const [id = ''] = await at.ask([{ orderId, action: 'confirm' }])
      for (let n = 0; n < 10; n++) await at.pass(MINUTE)
      expect(await at.change(id)).toMatchObject({ state: 'queued', code: 'BUYER_CANCEL_WINDOW' })
      await at.edit(orderNumber, { IsReadOnly: '0' })
      expect(await untilEnded(at, id, 10 * SECOND, 10 * MINUTE)).toBeLessThanOrEqual(2 * MINUTE)
      expect(await at.change(id)).toMatchObject({ state: 'succeeded', code: null })
    }))

  it('is in the timeline once for the whole wait', () =>
    withMall('yahoo', async (at) => {
      const { orderId } = await imported(at, { IsReadOnly: '1' })
      const [id = ''] = await at.ask([{ orderId, action: 'confirm' }])
      for (let n = 0; n < 30; n++) await at.pass(MINUTE)
      expect(await at.change(id)).toMatchObject({ state: 'queued', code: 'BUYER_CANCEL_WINDOW' })
      expect(await database.db.orderEvent.count({ where: { orderId, kind: 'change_waiting' } })).toBe(1)
    }))
})

/** Rakuten takes days to let such an order go. */
const PREPAID = { SettlementModel: { settlementMethodCode: 9 } }

describe('rakuten: 注文確認をしてから発送', () => {
  const waiting = async (at: GuardMall) => {
    const { orderNumber, orderId } = await imported(at, { orderProgress: 100, ...PREPAID })
    const shippedOn = japaneseDay(at.clock.now())
    const parcels = [{ carrier: 'yamato' as const, trackingNumber: '400000000001' }]
    const [id = ''] = await at.ask([{ orderId, action: 'ship', shippedOn, parcels, confirmFirst: true }])
    await at.work()
    await at.edit(orderNumber, { orderProgress: 200 })
    return { orderNumber, orderId, id }
  }

  it('ships within seconds where the mall lets the order go after some', () =>
    withMall('rakuten', async (at) => {
      const { orderNumber, id } = await waiting(at)
      await at.pass(6 * SECOND, SECOND)
      await at.edit(orderNumber, { orderProgress: 300 })
      expect(await untilEnded(at, id, SECOND, 5 * MINUTE)).toBeLessThanOrEqual(15 * SECOND)
      expect(await at.change(id)).toMatchObject({ state: 'succeeded' })
    }))

  it('looks less and less often while the mall takes its time', () =>
    withMall('rakuten', async (at) => {
      const { id } = await waiting(at)
      const looks = new Set<number>()
      for (let n = 0; n < 120; n++) {
        await at.pass(MINUTE)
        looks.add((await at.change(id)).nextAttemptAt.getTime())
      }
      expect(await at.change(id)).toMatchObject({ state: 'queued', code: 'NOT_READY_TO_SHIP' })
      expect(looks.size).toBeGreaterThan(7)
      expect(looks.size).toBeLessThan(20)
    }))

  it('goes on at once when a refresh shows that the mall has let the order go', () =>
    withMall('rakuten', async (at) => {
      const { orderNumber, id } = await waiting(at)
      for (let n = 0; n < 60; n++) await at.pass(MINUTE)
      const { nextAttemptAt } = await at.change(id)
      expect(nextAttemptAt.getTime() - at.clock.now()).toBeGreaterThan(2 * MINUTE)
      await at.edit(orderNumber, { orderProgress: 300 })
      await at.mailed(orderNumber)
      await at.work()
      expect(await at.change(id)).toMatchObject({ state: 'succeeded' })
    }))

  it('confirms nothing where the order was split at the mall since, and does not call it shipped', () =>
    withMall('rakuten', async (at) => {
      const { orderNumber, orderId } = await imported(at, { orderProgress: 100, ...PREPAID })
      const shippedOn = japaneseDay(at.clock.now())
      const parcels = [{ carrier: 'yamato' as const, trackingNumber: '400000000001' }]
      const [id = ''] = await at.ask([{ orderId, action: 'ship', shippedOn, parcels, confirmFirst: true }])
      await at.edit(orderNumber, { PackageModelList: [{}, { basketId: 7002 }] })
      await at.work()
      expect(await at.change(id)).toMatchObject({ state: 'warning', code: 'RECIPIENT_NEEDED' })
      expect(at.mall.writes?.(orderNumber)).toEqual([])
      expect(await database.db.order.findUnique({ where: { id: orderId } })).toMatchObject({
        mallStatus: '100',
      })
    }))
})
