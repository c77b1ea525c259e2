import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { READY_TO_SHIP, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { AppError } from '../../../src/platform/errors.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/** Parcels that do not fit their order are refused with the whole request, before anything is taken. */

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

async function importOne(mall: SimulatedMall, overrides: Record<string, unknown> = {}): Promise<string> {
  const { orderNumber } = bench.malls[mall].place({ overrides: { ...READY_TO_SHIP[mall], ...overrides } })
  const [orderId = ''] = await bench.importOrders(mall, [orderNumber])
  return orderId
}
const ship = (orderId: string, ...parcels: object[]): WantedChange => ({
  orderId,
  action: 'ship',
  shippedOn: '2026-11-01',
  parcels: parcels.map((parcel, index) => ({
    carrier: 'yamato',
    trackingNumber: `40000000000${index}`,
    ...parcel,
  })),
})
async function refusal(...changes: WantedChange[]) {
  const error = await bench.ask(changes).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(AppError)
  expect(await database.db.siteChange.count()).toBe(0)
  expect((error as AppError).code).toBe('VALIDATION_FAILED')
  return (error as AppError).fields
}
const TWO_BASKETS = { PackageModelList: [{ basketId: 7001 }, { basketId: 7002 }] }

describe('a parcel that does not fit', () => {
  it.each<[SimulatedMall, Record<string, unknown>]>([
    ['rakuten', { PackageModelList: [{ basketId: 7001 }] }],
    ['yahoo', {}],
    ['amazon', {}],
    ['aupay', {}],
    ['shopify', {}],
  ])('%s: names the recipient that the order has not, and those it has', async (mall, overrides) => {
    const orderId = await importOne(mall, overrides)
    const good = await importOne(mall, overrides)
    const fields = await refusal(ship(good, {}), ship(orderId, { recipientId: '99999' }))
    expect(fields).toMatchObject([
      {
        field: 'changes[1].parcels[0].recipientId',
        message: expect.stringMatching(/送付先.*ください/),
      },
    ])
  })

  it('rakuten: wants to know which of two recipients', async () => {
    const orderId = await importOne('rakuten', TWO_BASKETS)
    expect(await refusal(ship(orderId, {}, {}))).toEqual([
      {
        field: 'changes[0].parcels[0].recipientId',
        code: 'required',
        message: '送付先が2件ある注文です。個口ごとに送付先ID（7001、7002）を指定してください。',
      },
      expect.objectContaining({ field: 'changes[0].parcels[1].recipientId', code: 'required' }),
    ])
  })

  it('rakuten: a basket that was merged away is nobody to send to', async () => {
    const orderId = await importOne('rakuten', {
      PackageModelList: [{ basketId: 7001 }, { basketId: 7002, packageDeleteFlag: 1 }],
    })
    expect(await refusal(ship(orderId, { recipientId: '7002' }))).toMatchObject([
      { code: 'not_found', message: expect.stringContaining('7001') },
    ])
  })

  it('amazon: names the line and the quantity that the order has', async () => {
    const orderId = await importOne('amazon')
    const [item] = (await bench.readOrder(orderId)).items
    const lines = [{ lineId: item?.lineId, quantity: (item?.quantity ?? 0) + 1 }]
    const fields = await refusal(
      ship(orderId, { lines: [{ lineId: '1', quantity: 1 }] }),
      ship(orderId, { lines }),
    )
    expect(fields).toMatchObject([
      { field: 'changes[0].parcels[0].lines[0].lineId', code: 'not_found' },
      { field: 'changes[1].parcels[0].lines[0].quantity', code: 'too_big' },
    ])
  })

  it('is told once: what the mall’s form refuses is not held against the order', async () => {
    const orderId = await importOne('rakuten', TWO_BASKETS)
    const parcel = { recipientId: '9', lines: [{ lineId: '1', quantity: 1 }] }
    expect(await refusal(ship(orderId, parcel))).toMatchObject([
      { field: 'changes[0].parcels[0].lines', code: 'invalid' },
    ])
  })
})

describe('what is known of the order', () => {
  it('is what the mall said, not what staff made of it', async () => {
    const orderId = await importOne('rakuten', TWO_BASKETS)
    const sealer = bench.requestDeps.sealer.of(bench.tenantId)
    const detail = await bench.readOrder(orderId)
    const edit = { mall: detail.recipients, edited: [], at: new Date().toISOString(), by: 'key:test' }
    await database.db.order.update({
      where: { id: orderId },
      data: {
        sealedDetail: Buffer.from(sealer.sealJson(`order:${orderId}:detail`, { ...detail, recipients: [] })),
        sealedEdits: Buffer.from(sealer.sealJson(`order:${orderId}:edits`, { '/recipients': edit })),
      },
    })
    expect(await refusal(ship(orderId, {}))).toMatchObject([{ code: 'required' }])
  })

  it('may be nothing: an order whose contents are gone is left to the reading before the call', async () => {
    const orderId = await importOne('rakuten', TWO_BASKETS)
    await database.db.order.update({ where: { id: orderId }, data: { sealedDetail: null } })
    expect(await bench.ask([ship(orderId, { recipientId: '9' })])).toHaveLength(1)
    await database.db.siteChange.deleteMany()
  })
})

it('au PAY: an order that nobody has confirmed is told at once, and how to go on', async () => {
  const orderId = await importOne('aupay', { orderStatus: '新規受付' })
  expect(await refusal(ship(orderId, {}))).toMatchObject([
    {
      field: 'changes[0].action',
      code: 'needs_first',
      message: expect.stringContaining('「注文確認をしてから発送」'),
    },
  ])
  const confirm: WantedChange = { orderId, action: 'confirm' }
  await expect(bench.ask([confirm, ship(orderId, {})])).resolves.toHaveLength(2)
})
