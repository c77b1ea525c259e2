import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import type { OnImport } from '../../../src/shops/shops/settings.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/** 自動受注取込と同時: 注文確認 of orders as the malls really have them when their mail arrives. */

let database: TestDatabase
let bench: MallBench
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
  for (const mall of SIMULATED_MALLS) await settle(mall, { action: 'confirm', conditions: ALL })
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})
beforeEach(() => database.db.order.deleteMany())

/** All four conditions at once. */
const ALL: OnImport['conditions'] = {
  paymentKinds: ['credit_card'],
  noHolds: true,
  noBuyerNote: true,
  totalBelow: 1_000_000,
}
const settle = (mall: SimulatedMall, onImport: OnImport) =>
  database.db.shop.update({ where: { id: bench.shopIds[mall] }, data: { settings: { onImport } } })

const NEW: Partial<Record<SimulatedMall, Record<string, unknown>>> = {
  rakuten: {
    orderProgress: 100,
    SettlementModel: { settlementMethodCode: 1 },
    DueDateModelList: [],
    remarks: '[配送日時指定:]\n2026-07-08(水)\n14:00-16:00\n\n',
    orderType: 1,
    rakutenConfirmFlag: 0,
  },
  yahoo: {
    OrderStatus: '2',
    BuyerComments: '',
    Ship: { ShipStatus: '1' },
    Pay: { PayMethod: 'payment_a1', PayKind: '0', PayType: '0', PayStatus: '1', SettleStatus: '3' },
  },
  aupay: {
    orderStatus: '新規受付',
    sellMethodSegment: '1',
    userComment: '',
    paymentStatus: 'N',
    settlementName: 'クレジットカード決済',
    authorizationStatus: 'Y',
    pgResult: '0',
  },
}
/** Held in each mall's own way, so that somebody must look at it first. */
const HELD: Partial<Record<SimulatedMall, Record<string, unknown>>> = {
  rakuten: { rakutenConfirmFlag: 1 },
  yahoo: { FraudHoldStatus: '1' },
  aupay: { orderStatus: '保留' },
}
const WRITTEN: Partial<Record<SimulatedMall, string>> = {
  rakuten: 'confirmOrder',
  yahoo: 'orderChange',
  aupay: 'updateTradeStsProc',
}

async function importOne(mall: SimulatedMall, more: Record<string, unknown> = {}) {
  const { orderNumber } = bench.malls[mall].place({ overrides: { ...NEW[mall], ...more } })
  await bench.importOrders(mall, [orderNumber])
  return orderNumber
}
const changes = () => database.db.siteChange.findMany()
const written = (mall: SimulatedMall, orderNumber: string) =>
  bench.malls[mall].writes?.(orderNumber).map(({ operation }) => operation)

describe.each(['rakuten', 'yahoo', 'aupay'] as const)('%s', (mall) => {
  it('confirms a new order that fits all conditions', async () => {
    const orderNumber = await importOne(mall, mall === 'yahoo' ? { IsReadOnly: '0' } : {})
    expect(await changes()).toMatchObject([{ action: 'confirm', actor: 'import', state: 'succeeded' }])
    expect(written(mall, orderNumber)).toEqual([WRITTEN[mall]])
  })

  it('leaves one alone that is held', async () => {
    const orderNumber = await importOne(mall, {
      ...HELD[mall],
      ...(mall === 'yahoo' ? { IsReadOnly: '0' } : {}),
    })
    expect(await database.db.order.count()).toBe(1)
    expect(await changes()).toEqual([])
    expect(written(mall, orderNumber)).toEqual([])
  })

  it('leaves one alone that costs too much', async () => {
    await settle(mall, { action: 'confirm', conditions: { ...ALL, totalBelow: 1 } })
    await importOne(mall)
    await settle(mall, { action: 'confirm', conditions: ALL })
    expect(await changes()).toEqual([])
  })
})

it('yahoo: waits until the buyer’s minutes are over, and says so', async () => {
  const orderNumber = await importOne('yahoo')
  const [change] = await changes()
  expect(change).toMatchObject({ state: 'queued', code: 'BUYER_CANCEL_WINDOW' })
  const minutes = ((change?.nextAttemptAt.getTime() ?? 0) - Date.now()) / 60_000
  expect(minutes).toBeGreaterThan(9)
  expect(minutes).toBeLessThan(12)
  expect(written('yahoo', orderNumber)).toEqual([])
})
