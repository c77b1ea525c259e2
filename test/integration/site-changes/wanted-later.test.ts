import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { READY_TO_SHIP } from '../../../sandbox/malls/index.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/**
 * Changes that are wanted later than at once: they wait without expiring, and what cannot wait goes before
 * them.
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

const DAY = 24 * 60 * 60_000
const one = (id: string) => database.db.siteChange.findUniqueOrThrow({ where: { id } })

async function imported(overrides: Record<string, unknown>) {
  const { orderNumber } = bench.malls.yahoo.place({ overrides: { ...READY_TO_SHIP.yahoo, ...overrides } })
  const [orderId = ''] = await bench.importOrders('yahoo', [orderNumber])
  return { orderNumber, orderId }
}

it('a 完了 wished for days later lets a memo pass, and does not expire before its time', async () => {
  const today = new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10)
  const { orderNumber, orderId } = await imported({ Ship: { ShipStatus: '3', ShipDate: today } })
  const [complete = ''] = await bench.ask([{ orderId, action: 'complete', afterDays: 30 } as WantedChange])
  await bench.work('yahoo')
  const waiting = await one(complete)
  expect([waiting.state, waiting.code]).toEqual(['queued', 'WAITS_BY_WISH'])
  expect(waiting.nextAttemptAt.getTime()).toBeGreaterThan(Date.now() + 28 * DAY)
  expect(waiting.expiresAt.getTime()).toBeGreaterThan(waiting.nextAttemptAt.getTime())

  const [memo = ''] = await bench.ask([{ orderId, action: 'memo', memo: '至急' } as WantedChange])
  await bench.work('yahoo')
  expect((await one(memo)).state).toBe('succeeded')
  expect((await one(complete)).state).toBe('queued')
  expect(bench.malls.yahoo.writes?.(orderNumber)?.map(({ operation }) => operation)).toEqual(['orderChange'])
})

it('a 完了 whose day has come and a memo that is due beside it are taken one after the other, and hold up no other order', async () => {
  const today = new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10)
  const shipped = { Ship: { ShipStatus: '3', ShipDate: today } }
  const [{ orderId }, other] = [await imported(shipped), await imported(shipped)]
  const [complete = ''] = await bench.ask([{ orderId, action: 'complete', afterDays: 30 } as WantedChange])
  await bench.work('yahoo')
  expect(await one(complete)).toMatchObject({ state: 'queued', code: 'WAITS_BY_WISH' })

  const [memo = ''] = await bench.ask([{ orderId, action: 'memo', memo: '至急' } as WantedChange])
  const [besides = ''] = await bench.ask([
    { orderId: other.orderId, action: 'memo', memo: '至急' } as WantedChange,
  ])
  const due = (id: string, secondsAgo: number) =>
    database.db.siteChange.update({
      where: { id },
      data: { nextAttemptAt: new Date(Date.now() - secondsAgo * 1_000) },
    })
  await due(memo, 20)
  await due(complete, 10)
  await bench.work('yahoo')
  expect((await one(memo)).state).toBe('succeeded')
  expect((await one(besides)).state).toBe('succeeded')
  expect((await one(complete)).state).not.toBe('changing')
})

it('a reservation is taken at once, waits months for its release without expiring, and can be shipped before', async () => {
  const release = new Date(Date.now() + 100 * DAY).toISOString().slice(0, 10)
  const reserved = {
    orderStatus: '新規予約',
    sellMethodSegment: '2',
    releaseDate: release.replaceAll('-', '/'),
  }
  const { orderNumber } = bench.malls.aupay.place({ overrides: { ...READY_TO_SHIP.aupay, ...reserved } })
  const [orderId = ''] = await bench.importOrders('aupay', [orderNumber])
  const [taken = ''] = await bench.ask([{ orderId, action: 'confirm' } as WantedChange])
  await bench.work('aupay')
  expect((await one(taken)).state).toBe('succeeded')
  const [confirm = ''] = await bench.ask([{ orderId, action: 'confirm' } as WantedChange])
  await bench.work('aupay')
  const waiting = await one(confirm)
  expect([waiting.state, waiting.code]).toEqual(['queued', 'WAITS_BY_WISH'])
  expect(waiting.nextAttemptAt.toISOString()).toBe(new Date(`${release}T00:00:00+09:00`).toISOString())
  expect(waiting.expiresAt.getTime()).toBeGreaterThan(waiting.nextAttemptAt.getTime())
  const status = async () => JSON.stringify(await bench.atMall('aupay', orderNumber))
  expect(await status()).toContain('予約中')

  const toShipNow = { ...toShip(await bench.readOrder(orderId)), confirmFirst: true }
  const [ship = ''] = await bench.ask([{ orderId, action: 'ship', ...toShipNow } as WantedChange])
  await bench.work('aupay')
  expect((await one(ship)).state).toBe('succeeded')
  expect(await status()).toContain('完了')
})

it('a cancel goes before a confirmation that waits', async () => {
  const { orderNumber, orderId } = await imported({})
  const [confirm = ''] = await bench.ask([
    { orderId, action: 'confirm', waitMinutes: 10_000 } as WantedChange,
  ])
  await bench.work('yahoo')
  expect((await one(confirm)).code).toBe('WAITS_BY_WISH')
  const [cancel = ''] = await bench.ask([{ orderId, action: 'cancel', reason: '100' } as WantedChange])
  await bench.work('yahoo')
  expect((await one(cancel)).state).toBe('succeeded')
  expect(bench.malls.yahoo.writes?.(orderNumber)?.map(({ operation }) => operation)).toEqual([
    'orderStatusChange',
  ])
})

const toShip = (order: { recipients: { id: string }[] }) => ({
  shippedOn: new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10),
  parcels: order.recipients.map(({ id }) => ({
    recipientId: id,
    carrier: 'yamato',
    trackingNumber: '400010000123',
  })),
})

it('a shop’s own carrier is what the mall is told', async () => {
  const shop = { id: bench.shopIds.yahoo }
  await database.db.shop.update({ where: shop, data: { settings: { carriers: { yamato: 'sagawa' } } } })
  const { orderNumber, orderId } = await imported({})
  const wish = { orderId, action: 'ship', ...toShip(await bench.readOrder(orderId)) } as WantedChange
  const [ship = ''] = await bench.ask([wish])
  await bench.work('yahoo')
  expect((await one(ship)).state).toBe('succeeded')
  expect(JSON.stringify(await bench.atMall('yahoo', orderNumber))).toContain('"ShipCompanyCode":"1002"')
  await database.db.shop.update({ where: shop, data: { settings: {} } })
})

it('a shop that wants 完了 days after shipping has it queued with the shipment, once', async () => {
  const shop = { id: bench.shopIds.yahoo }
  await database.db.shop.update({ where: shop, data: { settings: { completeAfterDays: 7 } } })
  const { orderId } = await imported({})
  const wish = { orderId, action: 'ship', ...toShip(await bench.readOrder(orderId)) } as WantedChange
  const [ship = ''] = await bench.ask([wish])
  await bench.work('yahoo')
  expect((await one(ship)).state).toBe('succeeded')
  const completes = () => database.db.siteChange.findMany({ where: { orderId, action: 'complete' } })
  const [complete] = await completes()
  expect(complete).toMatchObject({ state: 'queued', code: 'WAITS_BY_WISH', actor: 'worker' })
  expect(complete?.nextAttemptAt.getTime()).toBeGreaterThan(Date.now() + 5 * DAY)
  expect(complete?.expiresAt.getTime()).toBeGreaterThan(complete?.nextAttemptAt.getTime() ?? 0)
  await bench.work('yahoo')
  expect(await completes()).toHaveLength(1)
  await database.db.shop.update({ where: shop, data: { settings: {} } })
})
