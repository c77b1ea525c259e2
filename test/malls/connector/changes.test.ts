import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectorSimulator, startConnectorSimulator } from '../../../sandbox/malls/connector/index.ts'
import { connector } from '../../../src/marketplaces/connector/index.ts'
import { createMarketplaces } from '../../../src/marketplaces/index.ts'
import { mallOfShop } from '../../../src/marketplaces/of-shop.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { ChangeAction, ChangeStep } from '../../../src/marketplaces/port/site-changes.ts'
import { present } from '../../../src/platform/narrow.ts'
import { testTools } from '../../support/malls/test-kit.ts'
import { testEndpoints } from '../../support/malls/test-malls.ts'

/** Changes of a connector’s shop: planned by what it said of itself, sent by changeOrder, read back. */

const SHOP = 'my-shop'
const NEVER = new AbortController().signal
const told = (more: object = {}) => ({
  contract: '1',
  shop: { code: SHOP, name: 'わたしの店' },
  actions: ['ship', 'cancel', 'hold', 'complete'].map((action) => ({ action })),
  carriers: [{ carrier: 'yamato', code: 'YAMATO' }],
  cancelReasons: [{ code: 'stock', name: '在庫切れ' }],
  ...more,
})
const malls = createMarketplaces(testEndpoints(), [connector])
const of = (capabilities: unknown) => present(mallOfShop(malls, { marketplace: 'connector', capabilities }))

let simulator: ConnectorSimulator
beforeAll(async () => {
  simulator = await startConnectorSimulator({ shop: { code: SHOP, name: 'わたしの店' } })
})
afterAll(() => simulator.close())
beforeEach(() => simulator.faults.clear())

function open(capabilities: unknown = told()) {
  const mall = of(capabilities)
  const credentials = mall.credentials.parse(simulator.credentialsFor(SHOP))
  const shop = { shopId: 'shop', shopCode: SHOP, credentials, capabilities }
  return { rules: present(mall.changes), session: mall.open(shop, testTools({ clock: simulator.clock })) }
}

async function read(orderNumber: string): Promise<NormalisedOrder> {
  for await (const outcome of open().session.fetchOrders([orderNumber], NEVER))
    if (outcome.kind === 'found') return outcome.order
  throw new Error('not found')
}

const parcel = { carrier: 'yamato', trackingNumber: '1234-5678' }
const SHIP = { shippedOn: '2026-12-01', parcels: [parcel] }

function stepOf(action: ChangeAction, parameters: object, order: NormalisedOrder): ChangeStep {
  const plan = open().rules.planChange({ action, parameters }, order)
  if (plan.kind !== 'steps') throw new Error(JSON.stringify(plan))
  return present(plan.steps[0])
}

const send = async (order: NormalisedOrder, step: ChangeStep) =>
  present(open().session.changes).applyStep(order.orderNumber, step, NEVER)

describe('what is planned', () => {
  it('is refused where the shop does not offer it, and for an order that it cancelled', async () => {
    const { orderNumber } = simulator.place()
    const order = await read(orderNumber)
    expect(open().rules.planChange({ action: 'memo', parameters: { memo: 'x' } }, order)).toMatchObject({
      code: 'ACTION_NOT_SUPPORTED',
    })
    simulator.cancel(orderNumber)
    const cancelled = await read(orderNumber)
    expect(open().rules.planChange({ action: 'ship', parameters: SHIP }, cancelled)).toMatchObject({
      code: 'ORDER_CANCELLED_AT_MALL',
    })
  })

  it('has the same id for the same order, and another one once the order has changed', async () => {
    const { orderNumber } = simulator.place()
    const before = await read(orderNumber)
    expect(stepOf('hold', {}, before)).toEqual(stepOf('hold', {}, await read(orderNumber)))
    simulator.edit(orderNumber, { notes: { shop: '確認済み' } })
    expect(stepOf('hold', {}, await read(orderNumber))).not.toEqual(stepOf('hold', {}, before))
  })

  it('a shop that was never asked offers nothing', () => {
    expect(open(null).rules.actions).toEqual([])
    expect(of(null)).toMatchObject({ label: 'その他の店舗（コネクター）' })
    expect(of(told())).toMatchObject({ label: 'わたしの店' })
  })

  it('its own limits and reasons are checked', () => {
    const limits = [{ field: 'parcels.trackingNumber', label: '伝票番号', characters: 5 }]
    const { rules } = open(told({ actions: [{ action: 'ship', limits }, { action: 'cancel' }] }))
    const [ship, cancel] = rules.actions
    expect(ship?.parameters.safeParse(SHIP).error?.issues[0]?.message).toContain(
      'わたしの店の伝票番号は5文字まで',
    )
    expect(cancel?.parameters.safeParse({ reason: 'else' }).success).toBe(false)
    expect(cancel?.parameters.safeParse({ reason: 'stock' }).success).toBe(true)
  })
})

describe('what is sent', () => {
  it('is carried out once for one id, and the order shows it', async () => {
    const order = await read(simulator.place().orderNumber)
    const step = stepOf('ship', SHIP, order)
    expect(open().rules.stepState(step, order)).toBe('unknown')
    expect(await send(order, step)).toMatchObject({ mallCode: 'applied' })
    expect(await send(order, step)).toMatchObject({ mallCode: 'applied' })
    expect(simulator.writes?.(order.orderNumber)).toHaveLength(1)
    const after = await read(order.orderNumber)
    expect(open().rules.stepState(step, after)).toBe('applied')
    expect(after.recipients[0]?.parcels).toMatchObject([
      { carrierCode: 'YAMATO', carrierName: 'ヤマト運輸', trackingNumber: '1234-5678' },
    ])
    expect(open().rules.planChange({ action: 'ship', parameters: SHIP }, after)).toMatchObject({
      kind: 'already',
    })
  })

  it.each(['cut', 'slow', '500-done', 'broken-body'])(
    'a lost answer (%s) is no failure: the order says what became of it',
    async (kind) => {
      const order = await read(simulator.place().orderNumber)
      const step = stepOf('ship', SHIP, order)
      simulator.faults.add({ kind, operation: 'POST /orders/{}/changes', delayMs: 6_000, times: 1 })
      const failure = await send(order, step).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(MarketplaceFailure)
      expect(failure).toMatchObject({ kind: 'outcome_unknown' })
      expect(open().rules.stepState(step, await read(order.orderNumber))).toBe('applied')
    },
    20_000,
  )

  it('is refused in the shop’s words', async () => {
    const order = await read(simulator.place().orderNumber)
    const step = stepOf('cancel', { reason: 'stock' }, order)
    await send(order, stepOf('ship', SHIP, order))
    await expect(send(order, step)).rejects.toMatchObject({
      kind: 'rejected',
      code: 'CONNECTOR_REJECTED',
      message: expect.stringContaining('発送済みの注文です'),
    })
  })

  it('a shop that carries it out later shows it within its time; one that forgets ids is not asked twice', () => {
    expect(open(told({ changes: { runsForSeconds: 600 } })).rules.showsWithinMs).toBe(600_000)
    expect(open().rules.repeatAfterMs).toBe(60_000)
    expect(open(told({ changes: { idempotent: false } })).rules.repeatAfterMs).toBeUndefined()
  })
})
