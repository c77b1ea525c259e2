import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { ChangePlan } from '../../../src/marketplaces/port/site-changes.ts'
import { present } from '../../../src/platform/narrow.ts'
import { A, line, onePlace, part, twoPlaces } from '../../support/malls/shopify-orders.ts'
import { cappedHttp } from '../../support/malls/test-kit.ts'
import { type ShopifyRig, shopifyRig } from './test-kit.ts'

let rig: ShopifyRig
beforeEach(async () => {
  rig = await shopifyRig()
})
afterEach(() => rig.mall.close())

const parcel = (trackingNumber?: string, lines?: { lineId: string; quantity: number }[]) => ({
  carrier: 'yamato',
  ...(trackingNumber === undefined ? {} : { trackingNumber }),
  ...(lines ? { lines } : {}),
})
const ship = (...parcels: object[]) => ({ shippedOn: '2026-11-20', parcels })
const writesOf = (number: string) => (rig.mall.writes?.(number) ?? []).map(({ operation }) => operation)
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(MarketplaceFailure)
      return error as MarketplaceFailure
    },
  )

describe('ship', () => {
  it('sends all that is left, by location, under one number', async () => {
    const number = rig.place(twoPlaces())
    expect(await rig.run(number, 'ship', ship(parcel('4000100001')))).toEqual(['ship:4000100001'])
    expect(writesOf(number)).toEqual(['fulfillmentCreate', 'fulfillmentCreate'])
    const order = await rig.read(number)
    expect(order.mallState).toBe('shipped')
    expect(order.recipients[0]?.parcels).toMatchObject([
      { trackingNumber: '4000100001', carrierCode: 'Yamato (JA)', carrierName: 'ヤマト運輸' },
      { trackingNumber: '4000100001', lines: [{ lineId: '72', quantity: 2 }] },
    ])
    expect(await rig.plan(number, 'ship', ship(parcel('4000-1000-01')))).toMatchObject({ kind: 'already' })
    expect(await rig.plan(number, 'ship', ship(parcel('999')))).toMatchObject({ code: 'ALREADY_SHIPPED' })
  })

  it('sends a part by lines, and the rest later', async () => {
    const number = rig.place(twoPlaces())
    await rig.run(number, 'ship', ship(parcel('1001', [{ lineId: '72', quantity: 2 }])))
    const order = await rig.read(number)
    expect(order.mallStatus.code).toBe('PARTIALLY_FULFILLED')
    expect(order.items.map(({ mallFields }) => mallFields.unfulfilledQuantity)).toEqual([2, 1])
    await rig.run(number, 'ship', ship(parcel('1002')))
    expect((await rig.read(number)).mallState).toBe('shipped')
    expect(
      rig.mall.store.existing(number).parts.flatMap(({ lines }) => lines.map(({ remaining }) => remaining)),
    ).toEqual([0, 0, 0])
  })

  it('several parcels without lines are one fulfilment with their numbers', async () => {
    const number = rig.place(onePlace())
    await rig.run(number, 'ship', ship(parcel('1001'), parcel('1002')))
    expect((await rig.read(number)).recipients[0]?.parcels).toMatchObject([
      { trackingNumber: '1001', lines: [{ quantity: 2 }] },
      { trackingNumber: '1002', lines: [{ quantity: 0 }] },
    ])
    expect(writesOf(number)).toEqual(['fulfillmentCreate'])
    const other = rig.place(onePlace())
    const two = ship(parcel('1'), { ...parcel('2'), carrier: 'sagawa' })
    expect(await rig.plan(other, 'ship', two)).toMatchObject({ code: 'SEVERAL_CARRIERS' })
  })

  it('in two boxes of one number sends the second box once the first is shown', async () => {
    const number = rig.place(onePlace())
    const box = parcel('4000100001', [{ lineId: '71', quantity: 1 }])
    const plan = () => rig.plan(number, 'ship', ship(box, box))
    const [first] = await rig.steps(number, 'ship', ship(box, box))
    if (!first) throw new Error('two steps')
    await rig.apply(number, first)
    expect(await plan()).toMatchObject({
      kind: 'steps',
      steps: [{ payload: { lines: [{ before: 1, after: 0 }] } }],
    })
    const [second] = await rig.steps(number, 'ship', ship(box, box))
    if (!second) throw new Error('one step')
    await rig.apply(number, second)
    expect(await plan()).toMatchObject({ kind: 'already' })
    expect(writesOf(number)).toHaveLength(2)
  })

  it('without a number is done once nothing is left', async () => {
    const number = rig.place(onePlace())
    const [step] = await rig.steps(number, 'ship', ship(parcel()))
    if (!step) throw new Error('one step')
    expect(await rig.stateOf(number, step)).toBe('not_applied')
    await rig.apply(number, step)
    expect(await rig.stateOf(number, step)).toBe('applied')
  })

  it('of which one location was done and the other lost sends the other alone', async () => {
    const number = rig.place(twoPlaces())
    const [step] = await rig.steps(number, 'ship', ship(parcel('4000100001')))
    if (!step) throw new Error('one step')
    rig.mall.faults.set([{ kind: '500', operation: 'fulfillmentCreate' }])
    const http = cappedHttp(5_000)
    let creates = 0
    const second = {
      request: async (...given: Parameters<typeof http.request>) => {
        if (String(given[0].body).includes('fulfillmentCreate(')) creates += 1
        if (creates === 1) rig.mall.faults.clear()
        if (creates === 2) rig.mall.faults.set([{ kind: '500', operation: 'fulfillmentCreate' }])
        return http.request(...given)
      },
    }
    expect((await failureOf(rig.apply(number, step, { http: second }))).kind).toBe('outcome_unknown')
    rig.mall.faults.clear()
    expect(writesOf(number)).toHaveLength(1)
    expect(await rig.stateOf(number, step)).toBe('not_applied')
    await rig.apply(number, step)
    expect(await rig.stateOf(number, step)).toBe('applied')
    expect(writesOf(number)).toHaveLength(2)
  })

  it('whose answer was lost shows by its number, and is not sent twice', async () => {
    const number = rig.place(onePlace())
    const [step] = await rig.steps(number, 'ship', ship(parcel('4000100001')))
    if (!step) throw new Error('one step')
    rig.mall.faults.set([{ kind: 'cut', operation: 'fulfillmentCreate' }])
    expect((await failureOf(rig.apply(number, step))).kind).toBe('outcome_unknown')
    rig.mall.faults.clear()
    expect(await rig.stateOf(number, step)).toBe('applied')
    expect(await rig.apply(number, step)).toMatchObject({ mallCode: 'already_done' })
    expect(writesOf(number)).toHaveLength(1)
  })

  it('of pieces that somebody else sent meanwhile is refused, and nothing is sent', async () => {
    const number = rig.place(onePlace())
    const [step] = await rig.steps(number, 'ship', ship(parcel('4000100001')))
    if (!step) throw new Error('one step')
    await rig.run(number, 'ship', ship(parcel('777')))
    expect(await failureOf(rig.apply(number, step))).toMatchObject({
      kind: 'rejected',
      code: 'SHOPIFY_ALREADY_FULFILLED',
    })
    expect(writesOf(number)).toHaveLength(1)
  })

  it('refuses a held order unless it is to be released, and an unknown line', async () => {
    const held = { ...onePlace(), parts: [part(1, [[A, 2]], 'ON_HOLD')] }
    const number = rig.place(held)
    expect(await rig.plan(number, 'ship', ship(parcel('1')))).toMatchObject({ code: 'ON_HOLD' })
    expect(await rig.run(number, 'ship', { ...ship(parcel('1')), release: true })).toEqual([
      'release',
      'ship:1',
    ])
    expect(
      await rig.plan(rig.place(onePlace()), 'ship', ship(parcel('1', [{ lineId: '9', quantity: 1 }]))),
    ).toMatchObject({
      code: 'LINE_UNKNOWN',
    })
    const closed = rig.place({
      ...onePlace(),
      parts: [part(1, [[A, 2]], 'CANCELLED')],
      displayFulfillmentStatus: 'UNFULFILLED',
    })
    const [step] = await rig.steps(closed, 'ship', ship(parcel('1')))
    if (!step) throw new Error('one step')
    expect(await failureOf(rig.apply(closed, step))).toMatchObject({ code: 'SHOPIFY_NOT_FULFILLABLE' })
  })

  describe('as a whole takes nothing that was added after it was asked for', () => {
    const C = 'gid://shopify/LineItem/79'
    const add = (number: string) => {
      const { lineItems, parts } = rig.mall.store.existing(number)
      rig.mall.edit(number, {
        lineItems: [...lineItems, line(C, 1)],
        parts: [...parts, part(1, [[C, 1]])],
      })
    }
    const asked = async (number: string) => present(rig.rules.linesToShip)(await rig.read(number))
    const linesOf = (plan: ChangePlan) =>
      plan.kind === 'steps' ? plan.steps.map(({ payload }) => payload.lines) : plan

    it('a new line, in one parcel or in several', async () => {
      const number = rig.place(onePlace())
      const lines = await asked(number)
      expect(lines).toEqual([{ lineId: '71', quantity: 2 }])
      add(number)
      for (const parcels of [[parcel('1')], [parcel('1'), parcel('2')], [parcel()]])
        expect(linesOf(await rig.plan(number, 'ship', ship(...parcels), lines))).toEqual([
          [{ lineId: '71', before: 2, after: 0 }],
        ])
      const first = parcel('1', [{ lineId: '71', quantity: 1 }])
      expect(linesOf(await rig.plan(number, 'ship', ship(first, parcel('2')), lines))).toEqual([
        [{ lineId: '71', before: 2, after: 1 }],
        [{ lineId: '71', before: 1, after: 0 }],
      ])
    })

    it('more pieces of a line of which a part has left under its number', async () => {
      const number = rig.place(onePlace())
      const lines = await asked(number)
      await rig.run(number, 'ship', ship(parcel('1', [{ lineId: '71', quantity: 1 }])))
      const { parts } = rig.mall.store.existing(number)
      rig.mall.edit(number, { lineItems: [line(A, 3)], parts: [...parts, part(1, [[A, 1]])] })
      expect(linesOf(await rig.plan(number, 'ship', ship(parcel('1')), lines))).toEqual([
        [{ lineId: '71', before: 2, after: 1 }],
      ])
    })

    it('and is refused where nothing of it is left', async () => {
      const number = rig.place(onePlace())
      const lines = await asked(number)
      add(number)
      await rig.run(number, 'ship', ship(parcel('9', [{ lineId: '71', quantity: 2 }])))
      expect(await rig.plan(number, 'ship', ship(parcel('1')), lines)).toMatchObject({
        code: 'LINES_CHANGED',
      })
      expect(await rig.plan(number, 'ship', ship(parcel('9')), lines)).toMatchObject({ kind: 'already' })
    })
  })

  it.each([
    ['ON_HOLD', 'SHOPIFY_ON_HOLD'],
    ['SCHEDULED', 'SHOPIFY_NOT_FULFILLABLE'],
    ['CLOSED', 'SHOPIFY_ALREADY_FULFILLED'],
  ] as const)('of goods that are %s once they were looked up is refused as %s', async (status, code) => {
    const number = rig.place(onePlace())
    const [step] = await rig.steps(number, 'ship', ship(parcel('1')))
    if (!step) throw new Error('one step')
    const real = cappedHttp(5_000)
    const http = {
      request(...given: Parameters<typeof real.request>) {
        const isShip = String(given[0].body).includes('mutation Ship')
        if (isShip) for (const one of rig.mall.store.existing(number).parts) one.status = status
        return real.request(...given)
      },
    }
    expect(await failureOf(rig.apply(number, step, { http }))).toMatchObject({ kind: 'rejected', code })
    expect(writesOf(number)).toEqual([])
  })

  it('tells the buyer only where the shop wants it', async () => {
    const bodies: string[] = []
    const real = cappedHttp(5_000)
    const http = {
      request: (...given: Parameters<typeof real.request>) => {
        bodies.push(String(given[0].body))
        return real.request(...given)
      },
    }
    await rig.run(rig.place(onePlace()), 'ship', ship(parcel('1')), { http })
    await rig.run(rig.place(onePlace()), 'ship', ship(parcel('2')), { http, settings: { notifyBuyer: true } })
    const told = bodies
      .filter((body) => body.includes('mutation Ship'))
      .map((body) => JSON.parse(body).variables)
    expect(told.map(({ fulfillment }) => fulfillment.notifyCustomer)).toEqual([false, true])
  })
})

describe('correct', () => {
  it('changes number and carrier of one of two numbers, and removes a parcel', async () => {
    const number = rig.place(onePlace())
    await rig.run(number, 'ship', ship(parcel('1001'), parcel('1002')))
    const [first, second] = (await rig.read(number)).recipients[0]?.parcels ?? []
    expect(await rig.plan(number, 'correct_shipment', { parcels: [{ trackingNumber: '1' }] })).toMatchObject({
      code: 'PARCEL_UNKNOWN',
    })
    const to = { parcelId: second?.id, trackingNumber: '2002', carrier: 'sagawa' }
    expect(await rig.run(number, 'correct_shipment', { parcels: [to] })).toEqual([`correct:${first?.id}`])
    expect((await rig.read(number)).recipients[0]?.parcels).toMatchObject([
      { trackingNumber: '1001', carrierCode: 'Sagawa (JA)' },
      { trackingNumber: '2002', carrierCode: 'Sagawa (JA)' },
    ])
    const gone = [first, second].map((one) => ({ parcelId: one?.id, remove: true }))
    expect(await rig.steps(number, 'correct_shipment', { parcels: gone })).toMatchObject([
      { payload: { operation: 'fulfillmentCancel' } },
    ])
    const [step] = await rig.steps(number, 'correct_shipment', { parcels: gone })
    if (!step) throw new Error('one step')
    await rig.apply(number, step)
    expect(await rig.stateOf(number, step)).toBe('applied')
    expect(await rig.read(number)).toMatchObject({ mallState: 'open', recipients: [{ parcels: [] }] })
    expect(writesOf(number)).toEqual([
      'fulfillmentCreate',
      'fulfillmentTrackingInfoUpdate',
      'fulfillmentCancel',
    ])
  })
})

describe('cancel', () => {
  it('is a job: accepted at once, shown when it is done', async () => {
    rig.mall.settings.cancelMs = 90_000
    rig.mall.clock.hold()
    const number = rig.place(onePlace())
    const [step] = await rig.steps(number, 'cancel', { reason: 'INVENTORY', detail: '在庫切れ' })
    if (!step) throw new Error('one step')
    expect(await rig.apply(number, step)).toMatchObject({
      mallCode: 'orderCancel',
      facts: { job: expect.any(String) },
    })
    expect(await rig.stateOf(number, step)).toBe('not_applied')
    // Sent again after a lost answer, while the job runs.
    expect(await rig.apply(number, step)).toMatchObject({ mallCode: 'already_done' })
    rig.mall.clock.advance(91_000)
    expect(await rig.stateOf(number, step)).toBe('applied')
    expect(await rig.read(number)).toMatchObject({
      mallState: 'cancelled',
      cancelReason: { code: 'INVENTORY', text: '在庫切れ' },
      totals: { total: 200 },
    })
    expect(rig.rules.showsWithinMs).toBeGreaterThan(90_000)
  })

  it('gives money back only where the shop wants it', async () => {
    const cancel = { reason: 'CUSTOMER', restock: 'keep' }
    const [kept, refunded] = [rig.place(onePlace()), rig.place(onePlace())]
    await rig.run(kept, 'cancel', cancel)
    await rig.run(refunded, 'cancel', cancel, { settings: { refundOnCancel: true } })
    expect(writesOf(kept)).toEqual(['orderCancel'])
    const refunds = [kept, refunded].map((number) => rig.mall.writes?.(number)[0]?.what)
    expect(refunds).toMatchObject([{ refund: false, restock: false }, { refund: true }])
  })

  it('of a shipped order is refused before anything is sent; a refusal of Shopify’s is told in Japanese', async () => {
    const number = rig.place(twoPlaces())
    const [step] = await rig.steps(number, 'cancel', { reason: 'OTHER' })
    if (!step) throw new Error('one step')
    await rig.run(number, 'ship', ship(parcel('1', [{ lineId: '71', quantity: 1 }])))
    expect(await failureOf(rig.apply(number, step))).toMatchObject({
      kind: 'rejected',
      code: 'SHOPIFY_REJECTED',
      mallMessage: 'Cannot cancel an order with outstanding fulfillments.',
      message: expect.stringMatching(/受け付けませんでした.*確認してください。/),
    })
    await rig.run(number, 'ship', ship(parcel('2')))
    expect(await rig.plan(number, 'cancel', { reason: 'OTHER' })).toMatchObject({ code: 'ALREADY_SHIPPED' })
    rig.mall.cancel(number)
    expect(await rig.plan(number, 'hold')).toMatchObject({ code: 'ORDER_CANCELLED_AT_MALL' })
  })
})

describe('hold, release and paid', () => {
  it('holds every location, and releases every one', async () => {
    const number = rig.place(twoPlaces())
    expect(await rig.run(number, 'hold')).toEqual(['hold'])
    const held = await rig.read(number)
    expect(held.mallStatus.code).toBe('ON_HOLD')
    expect(held.holds).toMatchObject([
      { kind: 'shop_hold', note: expect.stringContaining('保留中') },
      { kind: 'shop_hold' },
    ])
    expect(await rig.plan(number, 'hold')).toMatchObject({ kind: 'already' })
    expect(await rig.run(number, 'release')).toEqual(['release'])
    expect((await rig.read(number)).holds).toEqual([])
    const [hold, release] = ['fulfillmentOrderHold', 'fulfillmentOrderReleaseHold']
    expect(writesOf(number)).toEqual([hold, hold, release, release])
  })

  it('marks as paid what can be', async () => {
    const number = rig.place({ displayFinancialStatus: 'PENDING', paymentGatewayNames: ['銀行振込'] })
    expect((await rig.read(number)).holds).toMatchObject([{ kind: 'unpaid' }])
    expect(await rig.run(number, 'mark_paid')).toEqual(['mark_paid'])
    expect(writesOf(number)).toEqual(['orderMarkAsPaid'])
    expect((await rig.read(number)).payment.status).toBe('paid')
    expect(await rig.plan(number, 'mark_paid')).toMatchObject({ kind: 'already' })
    const voided = rig.place({ displayFinancialStatus: 'VOIDED' })
    expect(await rig.plan(voided, 'mark_paid')).toMatchObject({ code: 'NOT_PAYABLE' })
  })
})

it('a refund that the app may not make is told with the way out', async () => {
  const number = rig.place(onePlace())
  const [step] = await rig.steps(number, 'cancel', { reason: 'OTHER' })
  if (!step) throw new Error('one step')
  const real = cappedHttp(5_000)
  const http = {
    async request(...given: Parameters<typeof real.request>) {
      const answer = await real.request(...given)
      const errors = [
        { code: 'NO_REFUND_PERMISSION', field: ['refund'], message: 'No permission to refund.' },
      ]
      const data = { orderCancel: { job: null, orderCancelUserErrors: errors } }
      return String(given[0].body).includes('mutation Cancel')
        ? { ...answer, body: Buffer.from(JSON.stringify({ data })) }
        : answer
    },
  }
  expect(await failureOf(rig.apply(number, step, { http }))).toMatchObject({
    kind: 'rejected',
    code: 'SHOPIFY_NO_REFUND_PERMISSION',
  })
})

it('a right that the app lacks is no action of the shop, and stops nothing else', async () => {
  const scopes = ['read_orders', 'read_merchant_managed_fulfillment_orders', 'write_orders']
  const own = rig.marketplace.ofShop?.({ scopes, points: { most: 1_000, restore: 50 } })
  expect(own?.changes?.actions.map(({ action }) => action)).toEqual(['mark_paid', 'cancel'])
  const number = rig.place(onePlace())
  const order = await rig.read(number)
  expect(own?.changes?.planChange({ action: 'ship', parameters: ship(parcel('1')) }, order)).toMatchObject({
    code: 'ACTION_NOT_SUPPORTED',
    message: expect.stringContaining('write_merchant_managed_fulfillment_orders'),
  })
  const [step] = await rig.steps(number, 'hold')
  if (!step) throw new Error('one step')
  rig.mall.settings.scopes = scopes
  expect(await failureOf(rig.apply(number, step))).toMatchObject({
    kind: 'rejected',
    code: 'SHOPIFY_WRITE_SCOPE_MISSING',
  })
})

it('an order that was stored without its id, and one with nothing to send, are refused in words', async () => {
  const number = rig.place(onePlace())
  const order = { ...(await rig.read(number)), mallFields: {} }
  expect(rig.rules.planChange({ action: 'hold', parameters: {} }, order)).toMatchObject({ code: 'NOT_READ' })
  const empty = rig.place({
    ...onePlace(),
    parts: [part(1, [[A, 0]], 'CLOSED')],
    displayFulfillmentStatus: 'UNFULFILLED',
  })
  expect(await rig.plan(empty, 'ship', ship(parcel('1')))).toMatchObject({ code: 'NOTHING_TO_SHIP' })
})
