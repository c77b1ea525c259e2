import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { READY_TO_SHIP } from '../../../sandbox/malls/index.ts'
import type { OrderStatus } from '../../../src/generated/prisma/enums.ts'
import { requestImports } from '../../../src/imports/requests/statements.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/** A shipment that its mall has taken back is none: its goods are still on the shelf. */

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

const NUMBER = '400000000012'
const OTHER = '400000000023'
/** In Japan. */
const today = () => new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10)

/** Malls that go on showing a shipment once it is taken back. */
const MALLS = ['amazon', 'shopify'] as const
type Mall = (typeof MALLS)[number]

async function patch(mall: Mall, orderNumber: string, body: object): Promise<void> {
  const url = `${bench.malls[mall].url}/_control/orders/${orderNumber}`
  const answer = await fetch(url, { method: 'PATCH', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
}

type Pieces = { quantityOrdered: number }[]
/** What somebody does on the mall's own screen. */
const takeBack = {
  async amazon(orderNumber: string, status = 'CANCELLED') {
    const { orderItems } = (await bench.atMall('amazon', orderNumber)) as { orderItems: Pieces }
    const isGone = status === 'CANCELLED'
    const fulfillment = (pieces: number) => ({
      quantityFulfilled: isGone ? 0 : pieces,
      quantityUnfulfilled: isGone ? pieces : 0,
    })
    await patch('amazon', orderNumber, {
      fulfillment: { fulfillmentStatus: isGone ? 'UNSHIPPED' : 'SHIPPED' },
      orderItems: orderItems.map((item) => ({ fulfillment: fulfillment(item.quantityOrdered) })),
      packages: [{ packageStatus: { status } }],
    })
  },
  async shopify(orderNumber: string, status = 'CANCELLED') {
    const { parts } = (await bench.atMall('shopify', orderNumber)) as {
      parts: { lines: { total: number }[] }[]
    }
    const isGone = status === 'CANCELLED'
    await patch('shopify', orderNumber, {
      fulfillments: [{ status }],
      parts: parts.map(({ lines }) => ({
        status: isGone ? 'OPEN' : 'CLOSED',
        lines: lines.map(({ total }) => ({ remaining: isGone ? total : 0 })),
      })),
    })
  },
}

async function placed(mall: Mall, status: OrderStatus = 'ready_to_ship') {
  for (;;) {
    const { orderNumber, places = [] } = bench.malls[mall].place({ overrides: READY_TO_SHIP[mall] })
    if (places.length > 1) continue
    const [orderId = ''] = await bench.importOrders(mall, [orderNumber])
    await setStatus(orderId, status)
    return { orderId, orderNumber }
  }
}
const setStatus = (id: string, status: OrderStatus) =>
  database.db.order.update({ where: { id }, data: { status } })

async function ship(mall: Mall, orderId: string, trackingNumber = NUMBER): Promise<void> {
  const parcels = [{ carrier: 'yamato' as const, trackingNumber }]
  const [id = ''] = await bench.ask([{ orderId, action: 'ship', shippedOn: today(), parcels }])
  for (let tries = 0; tries < 5; tries++) await bench.work(mall)
  const { state, message } = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
  expect([state, message]).toEqual(['succeeded', null])
}
async function shipped(mall: Mall, status: OrderStatus = 'ready_to_ship') {
  const order = await placed(mall, status)
  await ship(mall, order.orderId)
  expect(await rowOf(order.orderId)).toMatchObject({ shipping: { state: 'all' }, trackedParcels: 1 })
  return order
}

async function read(mall: Mall, orderNumber: string): Promise<void> {
  const request = { tenantId: bench.tenantId, shopId: bench.shopIds[mall], orderNumber }
  await requestImports(database.pool, bench.requestDeps, [
    { ...request, purpose: 'refresh', source: 'person' },
  ])
  await bench.work(mall)
}
const rowOf = (id: string) => database.db.order.findUniqueOrThrow({ where: { id } })
const numbersOf = async (orderId: string) =>
  (await bench.readOrder(orderId)).recipients.flatMap(({ parcels }) =>
    parcels.map(({ trackingNumber }) => trackingNumber?.replaceAll('-', '')),
  )
const movesOf = async (orderId: string) =>
  (await database.db.orderEvent.findMany({ where: { orderId, kind: 'moved' }, orderBy: { at: 'asc' } })).map(
    ({ data }) => data,
  )
const toldOf = async (orderId: string) =>
  (await database.db.orderEvent.findMany({ where: { orderId, kind: 'taken_back_at_mall' } })).map(
    ({ data }) => data,
  )

describe.each(MALLS)('%s: a shipment that is taken back at the mall', (mall) => {
  it('leaves the order, which waits to be shipped again, with a line in the timeline', async () => {
    const { orderId, orderNumber } = await shipped(mall)
    expect((await rowOf(orderId)).status).toBe('shipped')
    const searched = () => database.db.orderSearch.count({ where: { orderId, kind: 'tracking' } })
    expect(await searched()).toBeGreaterThan(0)
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    expect(await rowOf(orderId)).toMatchObject({
      mallState: 'open',
      status: 'ready_to_ship',
      shipping: { state: 'none' },
      trackedParcels: 0,
    })
    expect(await numbersOf(orderId)).toEqual([])
    expect(await searched()).toBe(0)
    expect((await movesOf(orderId)).at(-1)).toMatchObject({ from: 'shipped', to: 'ready_to_ship' })
    expect(await toldOf(orderId)).toEqual([{ recipients: ['1'] }])
    const { rows } = await database.pool.query(
      `select data from events where kind = 'order' and data ->> 'orderId' = $1 order by id desc limit 1`,
      [orderId],
    )
    expect(rows[0].data).toMatchObject({ what: ['moved'], status: 'ready_to_ship' })
  })

  it.each(['completed', 'on_hold'] as const)('says so of an order that staff have at %s', async (status) => {
    const { orderId, orderNumber } = await shipped(mall)
    await setStatus(orderId, status)
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    expect(await rowOf(orderId)).toMatchObject({ status, shipping: { state: 'none' } })
    expect(await toldOf(orderId)).toHaveLength(1)
  })

  it('leaves the status to a tenant who leads it by hand', async () => {
    const { orderId, orderNumber } = await shipped(mall)
    const where = { id: bench.tenantId }
    await database.db.tenant.update({ where, data: { statusFollowsMall: false } })
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    await database.db.tenant.update({ where, data: { statusFollowsMall: true } })
    expect(await rowOf(orderId)).toMatchObject({ status: 'shipped', shipping: { state: 'none' } })
  })

  it('is told once, and what staff say afterwards stays', async () => {
    const { orderId, orderNumber } = await shipped(mall)
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    await setStatus(orderId, 'shipped')
    const { version } = await rowOf(orderId)
    await read(mall, orderNumber)
    expect(await rowOf(orderId)).toMatchObject({ status: 'shipped', version })
    expect(await toldOf(orderId)).toHaveLength(1)
  })

  it('leaves a number that staff entered themselves', async () => {
    const { orderId, orderNumber } = await shipped(mall)
    await setStatus(orderId, 'new')
    const detail = await bench.readOrder(orderId)
    const caller = { tenantId: bench.tenantId, actor: 'key:test' }
    const recipients = detail.recipients.map((recipient) => {
      const own = recipient.parcels.map((parcel) => ({ ...parcel, id: null, trackingNumber: OTHER }))
      return { ...recipient, parcels: own }
    })
    await editOrder(bench.requestDeps, caller, orderId, null, { recipients })
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    expect(await numbersOf(orderId)).toEqual([OTHER])
    expect(await rowOf(orderId)).toMatchObject({ shipping: { state: 'all' }, status: 'new' })
  })

  it('goes with the others of an order that nobody has taken over yet', async () => {
    const { orderId, orderNumber } = await shipped(mall, 'auto_imported')
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    expect(await rowOf(orderId)).toMatchObject({
      status: 'auto_imported',
      shipping: { state: 'none' },
      trackedParcels: 0,
    })
    expect(await numbersOf(orderId)).toEqual([])
  })

  it('is a shipment again when the mall shows it again', async () => {
    const { orderId, orderNumber } = await shipped(mall)
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    await takeBack[mall](orderNumber, mall === 'amazon' ? 'SHIPPED' : 'SUCCESS')
    await read(mall, orderNumber)
    expect(await rowOf(orderId)).toMatchObject({ mallState: 'shipped', shipping: { state: 'all' } })
  })

  it('does not stand in the way of the next one, which waits meanwhile', async () => {
    const { orderId, orderNumber } = await shipped(mall)
    await takeBack[mall](orderNumber)
    const parcels = [{ carrier: 'yamato' as const, trackingNumber: OTHER }]
    const [id = ''] = await bench.ask([{ orderId, action: 'ship', shippedOn: today(), parcels }])
    await read(mall, orderNumber)
    for (let tries = 0; tries < 5; tries++) await bench.work(mall)
    const { state, message } = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
    expect([state, message]).toEqual(['succeeded', null])
    expect(await numbersOf(orderId)).toEqual([OTHER])
    expect(await rowOf(orderId)).toMatchObject({ status: 'shipped', shipping: { state: 'all' } })
  })

  it('may be shipped once more under the number of its printed label', async () => {
    const { orderId, orderNumber } = await shipped(mall)
    await takeBack[mall](orderNumber)
    await read(mall, orderNumber)
    await ship(mall, orderId)
    expect(await numbersOf(orderId)).toEqual([NUMBER])
    expect(await rowOf(orderId)).toMatchObject({ status: 'shipped', shipping: { state: 'all' } })
    await read(mall, orderNumber)
    expect(await numbersOf(orderId)).toEqual([NUMBER])
    expect(await rowOf(orderId)).toMatchObject({ status: 'shipped', shipping: { state: 'all' } })
  })
})
