import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { READY_TO_SHIP } from '../../../sandbox/malls/index.ts'
import { createShipRequests } from '../../../src/app/api-area.ts'
import { newLabelKey } from '../../../src/labels/label-key.ts'
import { importTracking } from '../../../src/labels/tracking.ts'
import { orderSummary } from '../../../src/orders/order-json.ts'
import { readOrder } from '../../../src/orders/read.ts'
import { OrderQuery } from '../../../src/orders/schemas.ts'
import { searchCondition } from '../../../src/orders/search.ts'
import { LOCK_OLD_ORDERS } from '../../../src/orders/statements.ts'
import { csvLines, encodeCp932 } from '../../../src/platform/csv.ts'
import { bindGiven } from '../../../src/platform/db/statement.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { previewChanges } from '../../../src/site-changes/requests/request.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { testSealer } from '../../support/fixtures.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/** An order has left when every recipient has a parcel: one of two is work that is still to be done. */

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

const today = () => new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10)

async function place(shape: 'two_recipients' | 'removed_recipient') {
  const { orderNumber } = bench.malls.rakuten.place({ shape, overrides: READY_TO_SHIP.rakuten })
  const [orderId = ''] = await bench.importOrders('rakuten', [orderNumber])
  await database.db.order.update({ where: { id: orderId }, data: { status: 'ready_to_ship' } })
  const { recipients } = await bench.readOrder(orderId)
  return { orderId, recipients }
}

async function done(change: WantedChange): Promise<void> {
  const [id = ''] = await bench.ask([change])
  for (let tries = 0; tries < 5; tries++) await bench.work('rakuten')
  const { state, message } = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
  expect([state, message]).toEqual(['succeeded', null])
}

const ship = (orderId: string, recipientId: string, trackingNumber: string): WantedChange => ({
  orderId,
  action: 'ship',
  shippedOn: today(),
  parcels: [{ recipientId, carrier: 'yamato', trackingNumber }],
  // As the board's dialog asks.
  thenMoveTo: 'shipped',
})

async function shown(orderId: string) {
  const { status, shipping } = orderSummary(await readOrder(database.db, bench.tenantId, orderId))
  const query = OrderQuery.parse({ status: 'ready_to_ship', toShip: 'true', hold: 'false' })
  const { sql, given } = searchCondition(testSealer, bench.tenantId, query)
  const { rows } = await database.pool.query<{ id: string }>(
    bindGiven(`select o.id from orders o where ${sql}`, given),
  )
  return { status, shipping, isToShip: rows.some(({ id }) => id === orderId) }
}

describe('楽天, two recipients', () => {
  it('stays in 出荷待ち and 今日出荷 with one parcel, and is shipped with the other', async () => {
    const { orderId, recipients } = await place('two_recipients')
    const [first = '', second = ''] = recipients.map(({ id }) => id)
    expect(await shown(orderId)).toEqual({
      status: 'ready_to_ship',
      isToShip: true,
      shipping: { state: 'none', shipped: 0, total: 2, left: [first, second] },
    })
    await done(ship(orderId, first, '400000000012'))
    expect(await shown(orderId)).toEqual({
      status: 'ready_to_ship',
      isToShip: true,
      shipping: { state: 'part', shipped: 1, total: 2, left: [second] },
    })
    await done(ship(orderId, second, '400000000023'))
    expect(await shown(orderId)).toEqual({
      status: 'shipped',
      isToShip: false,
      shipping: { state: 'all', shipped: 2, total: 2, left: [] },
    })
  })

  it('a correction keeps it open while a recipient waits', async () => {
    const { orderId, recipients } = await place('two_recipients')
    const [first = '', second = ''] = recipients.map(({ id }) => id)
    await done(ship(orderId, first, '400000000012'))
    await done({
      orderId,
      action: 'correct_shipment',
      parcels: [{ recipientId: first, carrier: 'yamato', trackingNumber: '400000000034' }],
    })
    expect(await shown(orderId)).toMatchObject({ status: 'ready_to_ship', shipping: { left: [second] } })
  })
})

describe('楽天, a record of one of two recipients that is taken away by its id alone', () => {
  interface Basket {
    basketId: number
    ShippingModelList: { shippingDetailId: number }[]
  }
  it.each([true, false])(
    'takes the order back to 出荷待ち for them (content knows the id: %s)',
    async (knows) => {
      const { orderId, recipients } = await place('two_recipients')
      const [first = '', second = ''] = recipients.map(({ id }) => id)
      if (knows) await database.db.order.update({ where: { id: orderId }, data: { status: 'auto_imported' } })
      const shipped = (id: string, number: string) => {
        const parcels = [{ recipientId: id, carrier: 'yamato' as const, trackingNumber: number }]
        return done({ orderId, action: 'ship', shippedOn: today(), parcels })
      }
      await shipped(first, '400000000012')
      await shipped(second, '400000000023')
      await database.db.order.update({ where: { id: orderId }, data: { status: 'shipped' } })
      const { orderNumber } = await database.db.order.findUniqueOrThrow({ where: { id: orderId } })
      const { PackageModelList: baskets } = (await bench.atMall('rakuten', orderNumber)) as {
        PackageModelList: Basket[]
      }
      const basket = baskets.find(({ basketId }) => String(basketId) === second)
      const parcelId = String(basket?.ShippingModelList[0]?.shippingDetailId)
      await done({ orderId, action: 'correct_shipment', parcels: [{ parcelId, remove: true }] })
      expect(await shown(orderId)).toEqual({
        status: 'ready_to_ship',
        isToShip: true,
        shipping: { state: 'part', shipped: 1, total: 2, left: [second] },
      })
      const numbers = (await bench.readOrder(orderId)).recipients.map(({ parcels }) => parcels.length)
      expect(numbers).toEqual([1, 0])
    },
  )
})

describe('楽天, one of two baskets removed', () => {
  it('is shipped with the one parcel that is left to send', async () => {
    const { orderId, recipients } = await place('removed_recipient')
    await done(ship(orderId, recipients[0]?.id ?? '', '400000000012'))
    expect(await shown(orderId)).toMatchObject({
      status: 'shipped',
      shipping: { state: 'all', shipped: 1, total: 1, left: [] },
    })
  })
})

describe('a tracking file with one of two numbers', () => {
  const tracked = async (numbers: readonly [key: string, number: string][], apply: string | null) => {
    const lines = csvLines([
      ['お客様管理番号', '伝票番号', '出荷予定日'],
      ...numbers.map(([key, number]) => [key, number, '']),
    ])
    const deps = {
      ...bench.requestDeps,
      log: createLogger({ level: 'silent' }),
      ships: createShipRequests(bench.requestDeps),
    }
    const options = { ...TRACKING, today: today() }
    return importTracking(
      deps,
      { tenantId: bench.tenantId, actor: 'key:test' },
      encodeCp932(lines),
      options,
      apply,
    )
  }
  const TRACKING = { format: 'yamato_b2' as const, acceptDoubtful: false, confirmFirst: false }

  it('warns with the name of who is left, keeps the order open, and takes the other file', async () => {
    const { orderId, recipients } = await place('two_recipients')
    const keys = recipients.map(() => newLabelKey(systemRandom))
    const exportedAt = new Date()
    await database.db.label.createMany({
      data: recipients.map(({ id: recipientId }, index) => ({
        tenantId: bench.tenantId,
        key: keys[index] ?? '',
        orderId,
        recipientId,
        format: 'yamato_b2',
        exportedAt,
      })),
    })
    const [first = '', second = ''] = keys
    const left = recipients[1]?.person.fullName ?? ''
    expect(left).not.toBe('')
    const preview = await tracked([[first, '400000000002']], null)
    expect(preview).toMatchObject([{ result: 'ready', hints: [{ code: 'RECIPIENTS_LEFT' }] }])
    expect(preview[0]?.hints[0]?.message).toContain('1/2')
    expect(preview[0]?.hints[0]?.message).toContain(`${left} 様`)
    const both = await tracked(
      [
        [first, '400000000002'],
        [second, '400000000013'],
      ],
      null,
    )
    expect(both.map(({ result, hints }) => [result, hints])).toEqual([
      ['ready', []],
      ['ready', []],
    ])

    expect(await tracked([[first, '400000000002']], 'one')).toMatchObject([
      { result: 'requested', hints: [{ code: 'RECIPIENTS_LEFT' }] },
    ])
    for (let tries = 0; tries < 5; tries++) await bench.work('rakuten')
    expect(await shown(orderId)).toMatchObject({ status: 'ready_to_ship', isToShip: true })
    expect(await tracked([[second, '400000000013']], 'other')).toMatchObject([
      { result: 'requested', hints: [] },
    ])
    for (let tries = 0; tries < 5; tries++) await bench.work('rakuten')
    expect(await shown(orderId)).toMatchObject({ status: 'shipped', isToShip: false })
  })
})

it('a preview of site changes says how far the order will have left', async () => {
  const { orderId, recipients } = await place('two_recipients')
  const [first = '', second = ''] = recipients.map(({ id }) => id)
  const after = async (change: WantedChange) =>
    (await previewChanges(bench.requestDeps, bench.tenantId, { changes: [change] })).checked?.[0]?.shipping
  expect(await after(ship(orderId, first, '400000000012'))).toEqual({
    state: 'part',
    shipped: 1,
    total: 2,
    left: [second],
  })
  expect(await after({ orderId, action: 'memo', memo: '確認済み' })).toBeNull()
})

it('content of an order that staff closed while a recipient waits is kept as that of an open one', async () => {
  const { orderId, recipients } = await place('two_recipients')
  await done(ship(orderId, recipients[0]?.id ?? '', '400000000012'))
  await database.db.order.update({ where: { id: orderId }, data: { status: 'shipped' } })
  const days = (count: number) => new Date(Date.now() - count * 24 * 60 * 60_000)
  await database.db.order.update({ where: { id: orderId }, data: { endedAt: days(40), stagedAt: days(40) } })
  const old = async () => {
    const { rows } = await database.pool.query<{ id: string }>(
      LOCK_OLD_ORDERS({
        tenant: null,
        mall: 'rakuten',
        endedBefore: days(30),
        openBefore: days(180),
        unpulledBefore: days(90),
        strict: false,
        now: new Date(),
        limit: 500,
      }),
    )
    return rows.some(({ id }) => id === orderId)
  }
  // The day of shipping that a reservation or a wish names is not what this is about.
  await database.db.order.update({ where: { id: orderId }, data: { shipOn: null, changeState: 'none' } })
  await database.db.orderEvent.deleteMany({ where: { orderId, kind: 'moved' } })
  expect(await old()).toBe(false)
  await database.pool.query(`update orders set shipping = shipping || '{"state":"all"}' where id = $1`, [
    orderId,
  ])
  expect(await old()).toBe(true)
})

it('an order of an earlier release, which has no such column, is to ship while it has no number', async () => {
  const { orderId } = await place('two_recipients')
  await database.pool.query('update orders set shipping = null where id = $1', [orderId])
  expect(await shown(orderId)).toMatchObject({ shipping: null, isToShip: true })
})
