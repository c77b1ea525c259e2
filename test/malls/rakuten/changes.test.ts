import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RakutenSimulator, startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import type { OrderModel } from '../../../sandbox/malls/rakuten/model.ts'
import type { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { ChangeAction, ChangeStep, StepAnswer } from '../../../src/marketplaces/port/site-changes.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const SHOP = '123456'
const NEVER = new AbortController().signal
const CARD = { SettlementModel: { settlementMethodCode: 1 }, DueDateModelList: [] }

let mall: RakutenSimulator
beforeEach(async () => {
  mall = await startRakutenSimulator({ shops: [{ code: SHOP, name: '見本商店' }], seed: 3 })
  mall.clock.hold()
})
afterEach(() => mall.close())

const rakuten = () => createRakuten({ apiUrl: mall.url, requestsPerSecond: 1_000 })

function open(capMs = 5_000) {
  const tools = testTools({ clock: mall.clock, capMs })
  const credentials = rakuten().credentials.parse(mall.credentialsFor(SHOP))
  return { session: rakuten().open({ shopId: 'shop', shopCode: SHOP, credentials }, tools), tools }
}

/** An order at the given progress, in one basket of id 7001 (and 7002). */
function place(orderProgress: number, overrides: Record<string, unknown> = {}, baskets = 1): string {
  const { orderNumber } = mall.place({ overrides: { ...CARD, ...overrides } })
  const PackageModelList = Array.from({ length: baskets }, (_, index) => ({ basketId: 7001 + index }))
  mall.edit(orderNumber, { orderProgress, PackageModelList })
  return orderNumber
}

async function found(orderNumber: string): Promise<{ order: NormalisedOrder; raw: string }> {
  for await (const outcome of open().session.fetchOrders([orderNumber], NEVER)) {
    if (outcome.kind === 'found') return outcome
  }
  throw new Error('not found')
}
const read = async (orderNumber: string): Promise<NormalisedOrder> => (await found(orderNumber)).order

const plan = async (orderNumber: string, action: ChangeAction, parameters: unknown = {}) =>
  rakuten().changes?.planChange({ action, parameters }, await read(orderNumber))

async function steps(orderNumber: string, action: ChangeAction, parameters: unknown = {}) {
  const planned = await plan(orderNumber, action, parameters)
  if (planned?.kind !== 'steps') throw new Error(`no steps but ${JSON.stringify(planned)}`)
  return planned.steps
}

const apply = (orderNumber: string, step: ChangeStep, capMs?: number) =>
  open(capMs).session.changes?.applyStep(orderNumber, step, NEVER) as Promise<StepAnswer>

async function stateOf(orderNumber: string, step: ChangeStep) {
  return rakuten().changes?.stepState(step, await read(orderNumber))
}

async function run(orderNumber: string, action: ChangeAction, parameters: unknown = {}) {
  const answers: StepAnswer[] = []
  for (const step of await steps(orderNumber, action, parameters)) {
    expect(await stateOf(orderNumber, step)).toBe('not_applied')
    answers.push(await apply(orderNumber, step))
    expect(await stateOf(orderNumber, step)).toBe('applied')
  }
  expect(await plan(orderNumber, action, parameters)).toMatchObject({ kind: 'already' })
  return answers
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: MarketplaceFailure) => error,
  )

const parcel = (trackingNumber?: string, more: Record<string, unknown> = {}) => ({
  carrier: 'yamato',
  ...(trackingNumber === undefined ? {} : { trackingNumber }),
  ...more,
})
const ship = (...parcels: ReturnType<typeof parcel>[]) => ({ shippedOn: '2026-07-05', parcels })
const records = async (orderNumber: string) =>
  (await read(orderNumber)).recipients.flatMap(({ id, parcels }) =>
    parcels.map((one) => [id, one.carrierCode, one.trackingNumber, one.shippedOn]),
  )
/** As staff register it on the mall's own screen. */
const registered = (...list: (string | null)[][]) => ({
  PackageModelList: [
    {
      ShippingModelList: list.map(([shippingNumber, shippingDate], index) => ({
        shippingDetailId: 900 + index,
        shippingNumber,
        deliveryCompany: '1001',
        shippingDate,
        deliveryCompanyName: null,
      })),
    },
  ],
})

describe('confirm', () => {
  it('moves 注文確認待ち on, once', async () => {
    const number = place(100)
    expect(await run(number, 'confirm')).toMatchObject([
      { mallCode: 'ORDER_EXT_API_CONFIRM_ORDER_INFO_101', warnings: [] },
    ])
    expect(mall.writes?.(number)).toMatchObject([{ operation: 'confirmOrder' }])
  })

  it('takes ERROR_103 for done: somebody was faster', async () => {
    const number = place(100)
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.edit(number, { orderProgress: 200 })
    expect(await apply(number, step)).toMatchObject({
      mallCode: 'ORDER_EXT_API_CONFIRM_ORDER_ERROR_103',
      warnings: [],
    })
    expect(mall.writes?.(number)).toEqual([])
  })

  it.each([
    [200, 'already', undefined],
    [300, 'already', undefined],
    [400, 'already', undefined],
    [700, 'already', undefined],
    [800, 'refused', 'ORDER_CANCELLED_AT_MALL'],
    [900, 'refused', 'ORDER_CANCELLED_AT_MALL'],
    [150, 'refused', 'UNKNOWN_MALL_STATUS'],
  ])('at %d is %s', async (progress, kind, code) => {
    expect(await plan(place(progress), 'confirm')).toMatchObject({ kind, ...(code ? { code } : {}) })
  })

  it.each([
    [{ orderProgress: 800 }, 'ORDER_CANCELLED_AT_MALL', /キャンセル/],
    [{ postagePrice: -9999 }, 'RAKUTEN_POSTAGE_PENDING', /送料/],
  ])('is refused by the mall when %j came between', async (patch, code, words) => {
    const number = place(100)
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.edit(number, patch)
    const failure = await failureOf(apply(number, step))
    expect(failure).toMatchObject({ kind: 'rejected', code, message: expect.stringMatching(words) })
    expect(failure.mallCode).toMatch(/^ORDER_EXT_API_CONFIRM_ORDER_ERROR_/)
  })

  it('of an order that was cancelled without being confirmed was not carried out', async () => {
    const number = place(100)
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.edit(number, { orderProgress: 900 })
    expect(await stateOf(number, step)).toBe('not_applied')
  })
})

describe('ship', () => {
  it('adds a record to the basket and keeps its id; 発送済 comes in the night only', async () => {
    const number = place(300)
    const [answer] = await run(number, 'ship', ship(parcel('1234-5678-9012')))
    expect(await records(number)).toEqual([['7001', '1001', '1234-5678-9012', '2026-07-05']])
    const [id] = (answer?.facts?.shippingDetailIds ?? []) as string[]
    expect((await read(number)).recipients[0]?.parcels[0]?.id).toBe(id)
    expect((await read(number)).mallState).toBe('open')
    expect(mall.writes?.(number)).toMatchObject([
      { operation: 'updateOrderShipping', what: { basketId: 7001 } },
    ])
  })

  it('has a step and a call for each basket, with its parcels', async () => {
    const number = place(300, { PackageModelList: [{ basketId: 7001 }, basketLike()] }, 2)
    const wished = ship(
      parcel('A1', { recipientId: '7001' }),
      parcel('B1', { recipientId: '7002', carrier: 'sagawa' }),
      parcel('B2', { recipientId: '7002', carrier: 'sagawa' }),
    )
    expect((await steps(number, 'ship', wished)).map((step) => step.name)).toEqual(['ship:7001', 'ship:7002'])
    await run(number, 'ship', wished)
    expect(await records(number)).toEqual([
      ['7001', '1001', 'A1', '2026-07-05'],
      ['7002', '1002', 'B1', '2026-07-05'],
      ['7002', '1002', 'B2', '2026-07-05'],
    ])
    expect(mall.calls().updateOrderShipping).toBe(2)
  })

  it.each([
    [
      'a record without a number',
      [[null, '2026-07-05']],
      ship(parcel('77')),
      [['7001', '1001', '77', '2026-07-05']],
    ],
    ['another date', [['77', '2026-07-04']], ship(parcel('7-7')), [['7001', '1001', '7-7', '2026-07-05']]],
    ['no date', [['77', null]], ship(parcel()), [['7001', '1001', '77', '2026-07-05']]],
    [
      'another carrier',
      [['77', '2026-07-05']],
      ship(parcel('77', { carrier: 'sagawa' })),
      [['7001', '1002', '77', '2026-07-05']],
    ],
  ])('updates, never adds, where the mall has %s', async (_name, given, wished, expected) => {
    const number = place(300)
    mall.edit(number, registered(...given))
    await run(number, 'ship', wished)
    expect(await records(number)).toEqual(expected)
    expect(mall.writes?.(number)).toMatchObject([{ what: { added: [], updated: [900] } }])
  })

  it('adds only the parcels that are not there yet', async () => {
    const number = place(300)
    mall.edit(number, registered(['A', '2026-07-05']))
    await run(number, 'ship', ship(parcel('A'), parcel('B')))
    expect(mall.writes?.(number)).toMatchObject([{ what: { added: [expect.any(Number)], updated: [] } }])
  })

  it.each<[string, number, Record<string, unknown>, string]>([
    ['100', 100, {}, 'NOT_READY_TO_SHIP'],
    ['200', 200, {}, 'NOT_READY_TO_SHIP'],
    ['400', 400, {}, 'CHANGE_PENDING'],
    ['800', 800, {}, 'ORDER_CANCELLED_AT_MALL'],
    ['900', 900, {}, 'ORDER_CANCELLED_AT_MALL'],
    ['150', 150, {}, 'UNKNOWN_MALL_STATUS'],
    ['another number', 300, registered(['99990000', '2026-07-05']), 'TRACKING_DIFFERS'],
    ['another number after 発送済', 500, registered(['99990000', '2026-07-05']), 'ALREADY_SHIPPED'],
    ['楽天確認中', 300, { rakutenConfirmFlag: 1 }, 'FRAUD_CHECK'],
    [
      'no address yet',
      300,
      { PackageModelList: [{ SenderModel: { familyName: '入力待ち' } }] },
      'ADDRESS_PENDING',
    ],
  ])('is refused in Japanese at %s', async (_name, progress, patch, code) => {
    const number = place(progress)
    mall.edit(number, patch)
    const planned = await plan(number, 'ship', ship(parcel('123456789012')))
    const advice = /DIFFERS|SHIPPED/.test(code) ? /「発送情報の訂正」.+ください/ : /ください/
    expect(planned).toMatchObject({ kind: 'refused', code, message: expect.stringMatching(advice) })
    expect(JSON.stringify(planned)).not.toContain('99990000')
    expect(mall.writes?.(number)).toEqual([])
  })

  it('knows its recipients', async () => {
    const number = place(300, { PackageModelList: [{ basketId: 7001 }, basketLike()] }, 2)
    expect(await plan(number, 'ship', ship(parcel('1')))).toMatchObject({ code: 'RECIPIENT_NEEDED' })
    expect(await plan(number, 'ship', ship(parcel('1', { recipientId: '1' })))).toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
    })
    mall.edit(number, { PackageModelList: [{}, { packageDeleteFlag: 1 }] })
    expect(await plan(number, 'ship', ship(parcel('1')))).toMatchObject({ kind: 'steps' })
  })

  it('is done already when the same number was reported, at 300 and after', async () => {
    const number = place(300)
    mall.edit(number, registered(['12345678', '2026-07-05']))
    for (const orderProgress of [300, 500, 600, 700]) {
      mall.edit(number, { orderProgress })
      expect(await plan(number, 'ship', ship(parcel('1234-5678')))).toMatchObject({ kind: 'already' })
    }
  })

  it('tells what is sent without the whole number', async () => {
    const [step] = (await steps(place(300), 'ship', ship(parcel('123456789012')))) as [ChangeStep]
    expect(step.facts).toMatchObject({ operation: 'updateOrderShipping', basketId: '7001' })
    expect(JSON.stringify([step.facts, step.label])).not.toContain('123456789012')
  })

  it('passes a warning of the mall on', async () => {
    const number = place(300)
    const [step] = (await steps(number, 'ship', ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind: 'write-warning', operation: 'updateOrderShipping' }])
    expect(await apply(number, step)).toMatchObject({
      warnings: [
        { code: 'ORDER_EXT_API_UPDATE_ORDERSHIPPING_WARNING_101', message: expect.stringContaining('警告') },
      ],
    })
  })
})

/** A second basket, made of the first one's fields. */
const basketLike = () => {
  const address = {
    zipCode1: '100',
    zipCode2: '0001',
    familyName: '見本',
    phoneNumber1: '03',
    isolatedIslandFlag: 0,
  }
  return {
    basketId: 7002,
    postagePrice: 0,
    deliveryPrice: 0,
    goodsPrice: 0,
    totalPrice: 0,
    packageDeleteFlag: 0,
    noshi: null,
    SenderModel: address,
    ItemModelList: [],
    ShippingModelList: [],
    SocialGiftModel: null,
  }
}

describe('cancel', () => {
  it.each([100, 200, 300])('asks for it at %d', async (progress) => {
    const number = place(progress)
    await run(number, 'cancel', { reason: '8', restock: 'restore' })
    expect(mall.writes?.(number)).toMatchObject([{ operation: 'cancelOrder', what: { reason: 8 } }])
  })

  it.each([500, 600, 700])('runs through at once at %d', async (progress) => {
    const number = place(progress)
    await run(number, 'cancel', { reason: '2' })
    expect(mall.writes?.(number)).toMatchObject([{ operation: 'cancelOrderAfterShipping' }])
    expect((await read(number)).mallStatus.code).toBe('900')
  })

  it('clears a date of shipping first, which the mall demands', async () => {
    const number = place(300)
    mall.edit(number, registered(['1', '2026-07-05'], ['2', null]))
    expect((await steps(number, 'cancel', { reason: '1' })).map((step) => step.name)).toEqual([
      'clear_date:7001',
      'cancel',
    ])
    await run(number, 'cancel', { reason: '1' })
    expect(mall.writes?.(number).map((write) => write.operation)).toEqual([
      'updateOrderShipping',
      'cancelOrder',
    ])
    expect(await records(number)).toMatchObject([
      ['7001', '1001', '1', null],
      ['7001', '1001', '2', null],
    ])
  })

  it.each([
    [800, 'already', undefined],
    [900, 'already', undefined],
    [400, 'refused', 'CHANGE_PENDING'],
    [150, 'refused', 'UNKNOWN_MALL_STATUS'],
  ])('at %d is %s', async (progress, kind, code) => {
    expect(await plan(place(progress), 'cancel', { reason: '1' })).toMatchObject({
      kind,
      ...(code ? { code } : {}),
    })
  })

  it('is seen by its open entry before the progress moves', async () => {
    const number = place(300)
    const [step] = (await steps(number, 'cancel', { reason: '1' })) as [ChangeStep]
    mall.edit(number, { ChangeReasonModelList: [{ changeId: 1, changeType: 0, changeFixDatetime: null }] })
    expect(await stateOf(number, step)).toBe('applied')
  })

  const asked = { changeType: 0, changeApplyDatetime: '2026-07-05T10:00:00+0900', changeFixDatetime: null }
  const takenBack = { ...asked, changeType: 3, changeApplyDatetime: '2026-07-05T11:00:00+0900' }
  it.each([100, 300])(
    'nothing is confirmed or shipped at %i once it is asked for, until it is taken back',
    async (progress) => {
      const number = place(progress)
      const wished = { ...ship(parcel('111')), confirmFirst: true }
      mall.edit(number, { ChangeReasonModelList: [asked] })
      expect(await plan(number, 'ship', wished)).toMatchObject({ kind: 'refused', code: 'CANCEL_REQUESTED' })
      mall.edit(number, { ChangeReasonModelList: [asked, takenBack] })
      expect(await plan(number, 'ship', wished)).toMatchObject({ kind: 'steps' })
    },
  )
})

describe('memo and sub-status', () => {
  it('write, clear, and know when nothing changes', async () => {
    const number = place(300)
    await run(number, 'memo', { memo: '電話で確認\n午後に発送' })
    await run(number, 'memo', { memo: '' })
    await run(number, 'sub_status', { subStatus: '3001' })
    await run(number, 'sub_status', { subStatus: null })
    expect(mall.writes?.(number).map((write) => write.operation)).toEqual([
      ...['updateOrderMemo', 'updateOrderMemo', 'updateOrderSubStatus', 'updateOrderSubStatus'],
    ])
  })

  it('keeps the words of a memo out of the facts', async () => {
    const [step] = (await steps(place(300), 'memo', { memo: '見本様より電話' })) as [ChangeStep]
    expect(JSON.stringify([step.facts, step.label, step.name])).not.toContain('見本様')
  })

  it('lets the mall judge an id that belongs to another status', async () => {
    const number = place(300)
    const [step] = (await steps(number, 'sub_status', { subStatus: '1001' })) as [ChangeStep]
    expect(await failureOf(apply(number, step))).toMatchObject({
      kind: 'rejected',
      code: 'RAKUTEN_SUB_STATUS_MISMATCH',
    })
    expect(await plan(place(900), 'sub_status', { subStatus: '3001' })).toMatchObject({
      code: 'ORDER_CANCELLED_AT_MALL',
    })
  })
})

it('does not offer what Rakuten does not have', async () => {
  expect(rakuten().changes?.actions.map((one) => one.action)).toEqual([
    ...['confirm', 'ship', 'cancel', 'memo', 'sub_status', 'correct_shipment', 'change_content'],
  ])
  expect(await plan(place(300), 'hold')).toMatchObject({ kind: 'refused', code: 'ACTION_NOT_SUPPORTED' })
})

describe('an answer that is lost', () => {
  const CASES: [ChangeAction, unknown, number][] = [
    ['confirm', {}, 100],
    ['ship', ship(parcel('1234-5678-9012')), 300],
    ['cancel', { reason: '1' }, 300],
    ['memo', { memo: 'メモ' }, 300],
    ['sub_status', { subStatus: '3001' }, 300],
    ['change_content', { recipients: [{ city: '札幌市' }] }, 300],
  ]
  const LOST = ['cut', '500-done', 'broken-body']
  it.each(CASES.flatMap((one) => LOST.map((fault) => [...one, fault] as const)))(
    '%s %j at %d (%s) is unknown, then read as done, written once',
    async (action, parameters, progress, fault) => {
      const number = place(progress)
      const [step] = (await steps(number, action, parameters)) as [ChangeStep]
      mall.faults.set([{ kind: fault, operation: String(step.payload.operation) }])
      expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'outcome_unknown' })
      mall.faults.clear()
      expect(await stateOf(number, step)).toBe('applied')
      expect(await plan(number, action, parameters)).toMatchObject({ kind: 'already' })
      expect(mall.writes?.(number)).toHaveLength(1)
    },
  )

  it.each([
    ['slow', 'applied', 1],
    ['slow-undone', 'not_applied', 0],
  ])('after a time-out (%s) is settled by reading: %s', async (kind, state, writes) => {
    const number = place(300)
    const [step] = (await steps(number, 'ship', ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'updateOrderShipping', delayMs: 1_000 }])
    expect(await failureOf(apply(number, step, 200))).toMatchObject({ kind: 'outcome_unknown' })
    mall.faults.clear()
    expect(await stateOf(number, step)).toBe(state)
    expect(mall.writes?.(number)).toHaveLength(writes)
  })

  it('is unknown after an abort under way', async () => {
    const number = place(300)
    const [step] = (await steps(number, 'ship', ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind: 'slow', operation: 'updateOrderShipping', delayMs: 1_000 }])
    const stop = new AbortController()
    const running = open().session.changes?.applyStep(number, step, stop.signal) as Promise<StepAnswer>
    while (!mall.calls().updateOrderShipping) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort(new Error('stopping'))
    expect(await failureOf(running)).toMatchObject({ kind: 'outcome_unknown' })
  })

  it.each([
    ['429', 'throttled'],
    ['key-refused', 'unauthorised'],
    ['503-html', 'outcome_unknown'],
    ['200-html', 'outcome_unknown'],
  ])('%s is %s, and nothing was written', async (kind, expected) => {
    const number = place(300)
    const [step] = (await steps(number, 'ship', ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'updateOrderShipping' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: expected })
    expect(mall.writes?.(number)).toEqual([])
  })

  it('was never sent where nobody listens', async () => {
    const number = place(300)
    const [step] = (await steps(number, 'ship', ship(parcel('1')))) as [ChangeStep]
    const { tools } = open()
    const away = createRakuten({ apiUrl: 'http://127.0.0.1:9', requestsPerSecond: 1 })
    const credentials = away.credentials.parse(mall.credentialsFor(SHOP))
    const session = away.open({ shopId: 'shop', shopCode: SHOP, credentials }, tools)
    expect(
      await failureOf(session.changes?.applyStep(number, step, NEVER) as Promise<StepAnswer>),
    ).toMatchObject({
      kind: 'unavailable',
      code: 'RAKUTEN_UNREACHABLE',
    })
  })

  it('counts against the shop’s lane like a read', async () => {
    const number = place(100)
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    const { session, tools } = open()
    await session.changes?.applyStep(number, step, NEVER)
    expect(tools.quotas).toMatchObject([{ key: `rakuten:shop:${SHOP}` }])
  })
})

describe('what was reported before is put right', () => {
  it('carrier, number and date of one record, by its id, also after 発送済', async () => {
    const number = place(500, registered(['111', '2026-07-04'], ['222', '2026-07-04']))
    const wished = { parcelId: '901', carrier: 'sagawa', trackingNumber: '333', shippedOn: '2026-07-05' }
    mall.edit(number, registered(['111', '2026-07-04'], ['222', '2026-07-04']))
    await run(number, 'correct_shipment', { parcels: [wished] })
    expect(await records(number)).toEqual([
      ['7001', '1001', '111', '2026-07-04'],
      ['7001', '1002', '333', '2026-07-05'],
    ])
  })

  it('a record that does not exist is removed, once', async () => {
    const number = place(300)
    mall.edit(number, registered(['111', '2026-07-04'], ['222', '2026-07-04']))
    await run(number, 'correct_shipment', { parcels: [{ parcelId: '900', remove: true }] })
    expect(await records(number)).toEqual([['7001', '1001', '222', '2026-07-04']])
  })

  it.each([
    ['several and no id', { trackingNumber: '1' }],
    ['no such record', { parcelId: '999', trackingNumber: '1' }],
  ])('%s: refused, nothing sent', async (_, wished) => {
    const number = place(300)
    mall.edit(number, registered(['111', '2026-07-04'], ['222', '2026-07-04']))
    expect(await plan(number, 'correct_shipment', { parcels: [wished] })).toMatchObject({
      kind: 'refused',
      code: 'PARCEL_UNKNOWN',
    })
  })

  it('removes a blank record that would keep the order from 発送済', async () => {
    const number = place(300)
    mall.edit(number, registered(['111', '2026-07-05'], [null, null]))
    await run(number, 'ship', ship(parcel('111')))
    expect(await records(number)).toEqual([['7001', '1001', '111', '2026-07-05']])
  })
})

/** A coupon of the whole order (itemId 0) of 200 yen. */
const COUPON = {
  couponAllTotalPrice: 200,
  couponShopPrice: 200,
  couponOtherPrice: 0,
  PointModel: { usedPoint: 0 },
  CouponModelList: [
    {
      couponCode: 'ABCD-EFGH',
      itemId: 0,
      couponName: '見本',
      couponSummary: '定額割引 200円',
      couponCapital: 'ショップ',
      couponCapitalCode: 1,
      expiryDate: '2030-05-31',
      couponPrice: 200,
      couponUnit: 1,
      couponTotalPrice: 200,
      itemDetailId: 0,
    },
  ],
}
const RIBBON = {
  title: 2,
  name: '赤いリボン',
  price: 150,
  includeTaxFlag: 1,
  deleteWrappingFlag: 0,
  taxRate: 0.1,
  taxPrice: 13,
}

describe('the contents of an order', () => {
  it('fixes the postage that keeps an order from being confirmed', async () => {
    const number = place(100)
    mall.edit(number, {
      postagePrice: -9999,
      totalPrice: -9999,
      requestPrice: -9999,
      PackageModelList: [{ postagePrice: -9999 }],
    })
    expect(await plan(number, 'confirm')).toMatchObject({ kind: 'refused', code: 'RAKUTEN_POSTAGE_PENDING' })
    await run(number, 'change_content', { shippingFee: 880 })
    expect((await read(number)).charges.shipping).toBe(880)
    await run(number, 'confirm')
  })

  it('address, wish, remarks and method by the calls that have them', async () => {
    const number = place(300)
    const answers = await run(number, 'change_content', {
      recipients: [
        {
          familyName: '星野',
          givenName: '空',
          postalCode: '060-0002',
          address1: '星見町2',
          phone: '011-000-0001',
          wishDate: '2026-07-20',
          wishTime: '14:00-16:00',
        },
      ],
      buyerNote: '玄関前',
      deliveryMethod: 'メール便',
    })
    expect(answers).toHaveLength(4)
    const { recipients, notes, delivery } = await read(number)
    expect(recipients[0]?.person).toMatchObject({
      fullName: '星野 空',
      postalCode: '0600002',
      phone: '011-000-0001',
    })
    expect(recipients[0]?.wish).toMatchObject({ date: '2026-07-20', timeFrom: '14:00', timeTo: '16:00' })
    expect([notes.buyer, delivery.methodName]).toEqual(['玄関前', 'メール便'])
  })

  it('a lower amount wants its reason; a line is removed with one', async () => {
    const number = place(300)
    const lineId = (await read(number)).items[0]?.lineId ?? ''
    const lines = [{ lineId, quantity: 0 }]
    expect(await plan(number, 'change_content', { lines })).toMatchObject({ code: 'REDUCTION_REASON_NEEDED' })
    await run(number, 'change_content', { lines, reason: '8' })
    expect((await read(number)).items.find((item) => item.lineId === lineId)?.deleted).toBe(true)
  })

  it('sends coupons and wrapping back as they were read: the call replaces them', async () => {
    const number = place(300)
    mall.edit(number, { ...COUPON, WrappingModel2: RIBBON })
    const before = await read(number)
    await run(number, 'change_content', { recipients: [{ address1: '星見町2' }], shippingFee: 990 })
    const after = await read(number)
    expect(after.mallFields.CouponModelList).toEqual(before.mallFields.CouponModelList)
    expect(after.discounts).toEqual(before.discounts)
    expect(after.mallFields.WrappingModel2).toEqual(RIBBON)
    expect(after.warnings).toEqual([])
  })

  it('sends all baskets, lines, SKUs, coupons and both wrappings back as they were read', async () => {
    const number = place(300, {}, 2)
    const SkuModelList = [
      { variantId: 'red-m', merchantDefinedSkuId: 'r-m', skuInfo: '色:赤' },
      { variantId: 'red-l', merchantDefinedSkuId: null, skuInfo: '色:赤\nサイズ:L' },
    ]
    const paper = { ...RIBBON, title: 1, name: '包装紙', price: 100, taxPrice: 9 }
    mall.edit(number, {
      ...COUPON,
      WrappingModel1: paper,
      WrappingModel2: RIBBON,
      PackageModelList: [{ ItemModelList: [{ SkuModelList, selectedChoice: '名入れ:あり' }] }, {}],
    })
    const { order, raw } = await found(number)
    const { recipients } = order
    const wished = { recipients: [{ recipientId: recipients[0]?.id, shippingFee: 990 }] }
    const [step] = (await steps(number, 'change_content', wished)) as [ChangeStep]
    const model = JSON.parse(raw) as OrderModel
    const { taxPrice: _paperTax, ...ownPaper } = paper
    const { taxPrice: _ribbonTax, ...ownRibbon } = RIBBON
    expect(step.payload).toMatchObject({ WrappingModel1: ownPaper, WrappingModel2: ownRibbon })
    expect(step.payload.CouponModelList).toEqual([
      { couponCode: 'ABCD-EFGH', couponPrice: 200, couponUnit: 1, itemId: 0 },
    ])
    const sent = step.payload.PackageModelList as OrderModel['PackageModelList']
    const kept = (list: OrderModel['PackageModelList']) =>
      list.map(({ basketId, ItemModelList }) => ({
        basketId,
        lines: ItemModelList.map((item) => ({
          id: item.itemDetailId,
          number: item.itemNumber,
          units: item.units,
          price: item.price,
          skus: item.SkuModelList,
          choice: item.selectedChoice,
        })),
      }))
    expect(sent.map(({ basketId }) => basketId)).toEqual([7001, 7002])
    expect(kept(sent)).toEqual(kept(model.PackageModelList))
    expect(sent[0]?.ItemModelList[0]?.SkuModelList).toEqual(SkuModelList)
  })

  it('sends machine-dependent characters back in the form that the page takes', async () => {
    const number = place(300)
    mall.edit(number, {
      PackageModelList: [{ ItemModelList: [{ itemName: '①㈱見本Ⅱ', selectedChoice: '色:①' }] }],
    })
    const [step] = (await steps(number, 'change_content', { shippingFee: 990 })) as [ChangeStep]
    expect(JSON.stringify(step.payload)).toContain('"1(株)見本II"')
    await run(number, 'change_content', { shippingFee: 990 })
  })

  it.each([
    [
      'a number of two parts in three',
      { phoneNumber2: '12345678', phoneNumber3: null },
      ['011', '1234', '5678'],
    ],
    ['a number with hyphens in its parts as it came', { phoneNumber2: '1-2' }, ['011', '1-2', undefined]],
  ])('sends %s', async (_, phone, parts) => {
    const number = place(300)
    mall.edit(number, { PackageModelList: [{ SenderModel: { phoneNumber1: '011', ...phone } }] })
    const [step] = (await steps(number, 'change_content', { shippingFee: 990 })) as [ChangeStep]
    const { PackageModelList } = step.payload as {
      PackageModelList: { SenderModel: Record<string, string> }[]
    }
    const sent = PackageModelList[0]?.SenderModel
    for (const [index, part] of parts.entries())
      if (part !== undefined) expect(sent?.[`phoneNumber${index + 1}`]).toBe(part)
  })

  it('sends a foreign postal code back as it came', async () => {
    const number = place(300)
    const zip = { zipCode1: 'SW1A', zipCode2: '1AA' }
    mall.edit(number, { PackageModelList: [{ SenderModel: zip }] })
    await run(number, 'change_content', { shippingFee: 990 })
    expect((await read(number)).recipients[0]?.mallFields.SenderModel).toMatchObject(zip)
  })

  it('refuses what has no such form, with its field', async () => {
    const number = place(300)
    mall.edit(number, { PackageModelList: [{ SenderModel: { familyName: '𠮷田' } }] })
    const planned = await plan(number, 'change_content', { shippingFee: 990 })
    expect(planned).toMatchObject({ kind: 'refused', code: 'RAKUTEN_TEXT_REFUSED' })
    expect(JSON.stringify(planned)).toMatch(/姓に.*「𠮷」/)
    await run(number, 'change_content', { shippingFee: 990, recipients: [{ familyName: '吉田' }] })
  })

  it('changes where the parcel is left, and takes it back', async () => {
    const number = place(300)
    await run(number, 'change_content', { recipients: [{ dropOff: '宅配ボックス' }] })
    expect((await read(number)).recipients[0]?.wish.dropOff).toBe('宅配ボックス')
    await run(number, 'change_content', { recipients: [{ dropOff: null }] })
    expect((await read(number)).recipients[0]?.wish.dropOff).toBeNull()
  })

  it.each([
    ['CouponModelList', COUPON],
    ['WrappingModel2', { WrappingModel2: RIBBON }],
  ])('the mall refuses an order that has %s without it', async (field, patch) => {
    const number = place(300)
    mall.edit(number, patch)
    const [step] = (await steps(number, 'change_content', { shippingFee: 990 })) as [ChangeStep]
    const payload = { ...(step.payload as Record<string, unknown>), [field]: undefined }
    const failure = await failureOf(apply(number, { ...step, payload }))
    expect(failure).toMatchObject({ kind: 'rejected', code: 'RAKUTEN_FIELD_MISSING' })
    expect(failure.mallMessage).toContain(field)
  })

  it.each([
    ['変更確定待ち', 400, { shippingFee: 1 }, 'CONTENT_NOT_CHANGEABLE'],
    ['cancelled', 900, { shippingFee: 1 }, 'ORDER_CANCELLED_AT_MALL'],
    ['no such recipient', 300, { recipients: [{ recipientId: '1', city: 'x' }] }, 'RECIPIENT_UNKNOWN'],
    ['no such line', 300, { lines: [{ lineId: '1', quantity: 1 }] }, 'LINE_UNKNOWN'],
  ])('%s: refused, nothing sent', async (_, progress, wished, code) => {
    expect(await plan(place(progress), 'change_content', wished)).toMatchObject({ kind: 'refused', code })
  })

  it.each([
    ['change_content', { buyerNote: '①階' }, 'buyerNote'],
    ['change_content', { codFee: 1 }, 'codFee'],
    ['change_content', { recipients: [{ wishTime: '夕方' }] }, 'recipients.0.wishTime'],
    ['change_content', { recipients: [{ familyName: '𠮷田' }] }, 'recipients.0.familyName'],
    ['change_content', { recipients: [{ address1: 'あ'.repeat(128) }] }, 'recipients.0.address1'],
    ['change_content', { recipients: [{ dropOff: '屋根' }] }, 'recipients.0.dropOff'],
    ['change_content', {}, ''],
    ['memo', { memo: '㈱星野' }, 'memo'],
    ['memo', { memo: '届きました🎉' }, 'memo'],
  ])('%s %j: refused at the request', (action, wished, path) => {
    const parameters = rakuten().changes?.actions.find((one) => one.action === action)?.parameters
    expect(parameters?.safeParse(wished).error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })
})

describe('shipping as one wish', () => {
  it('confirms first, waits while Rakuten works on it, then ships', async () => {
    const number = place(100)
    const wished = { ...ship(parcel('111')), confirmFirst: true }
    const [confirm, shipping] = await steps(number, 'ship', wished)
    expect([confirm?.name, shipping?.name]).toEqual(['confirm', 'ship:7001'])
    await apply(number, confirm as ChangeStep)
    expect(await plan(number, 'ship', wished)).toMatchObject({
      kind: 'refused',
      code: 'NOT_READY_TO_SHIP',
      looksAfterMs: expect.arrayContaining([5_000, 15 * 60_000]),
    })
    mall.edit(number, { orderProgress: 300 })
    await run(number, 'ship', wished)
  })

  const OTHER = registered(['222', '2026-07-04'])
  it.each([
    ['RECIPIENT_NEEDED', 'its basket was split', { PackageModelList: [{}, { basketId: 7002 }] }, {}],
    ['RECIPIENT_UNKNOWN', 'the basket meant is gone', {}, { recipientId: '7009' }],
    ['TRACKING_DIFFERS', 'another number was entered', OTHER, {}],
  ])('confirms nothing that it could not ship then: %s, %s', async (code, _, meanwhile, of) => {
    const number = place(100)
    mall.edit(number, meanwhile)
    const wished = { ...ship(parcel('111', of)), confirmFirst: true }
    expect(await plan(number, 'ship', wished)).toMatchObject({ kind: 'refused', code })
  })

  it('confirms alone what has its records already', async () => {
    const number = place(100)
    mall.edit(number, registered(['111', '2026-07-05']))
    const planned = await steps(number, 'ship', { ...ship(parcel('111')), confirmFirst: true })
    expect(planned.map(({ name }) => name)).toEqual(['confirm'])
  })

  it('waits before confirming as long as was wished', async () => {
    const number = place(100)
    const { orderedAt } = await read(number)
    expect(await plan(number, 'confirm', { waitMinutes: 30 })).toMatchObject({
      byWish: true,
      notBefore: new Date(Date.parse(orderedAt) + 1_800_000).toISOString(),
    })
  })
})
