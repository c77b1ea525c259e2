import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fieldOf } from '../../../sandbox/malls/yahoo/sim-order.ts'
import type { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { ChangeAction, ChangeStep, StepAnswer } from '../../../src/marketplaces/port/site-changes.ts'
import { yahooChanges } from '../../../src/marketplaces/yahoo/changes/index.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { cappedHttp } from '../../support/malls/test-kit.ts'
import { failureOf, found, NEVER, SHOP, type YahooKit, yahooKit } from './test-kit.ts'

let kit: YahooKit
beforeAll(async () => {
  kit = await yahooKit()
})
afterAll(() => kit.close())
beforeEach(() => {
  kit.mall.faults.clear()
  kit.mall.change({ completeAfterShipSeconds: 0 })
})

const CARD = {
  Pay: { PayMethod: 'payment_a1', PayKind: '0', PayType: '0', PayStatus: '1', SettleStatus: '3' },
  Ship: { ShipStatus: '1' },
}
const BANK = {
  Pay: { PayMethod: 'payment_b1', PayKind: '3', PayType: '1', PayStatus: '0', SettleStatus: '2' },
  Ship: { ShipStatus: '0' },
}
const COD = {
  Pay: { PayMethod: 'payment_d1', PayKind: '4', PayType: '0', PayStatus: '0', SettleStatus: '2' },
  Ship: { ShipStatus: '1' },
}
const shippedAs = (ShipStatus: string, ...numbers: string[]) => ({
  Ship: {
    ShipStatus,
    ShipCompanyCode: '1001',
    ShipInvoiceNumber1: numbers[0] ?? '',
    ShipInvoiceNumber2: numbers[1] ?? '',
  },
})

/** An order past its ten minutes, 処理中 and paid by card unless told otherwise. */
function place(...overrides: Record<string, unknown>[]): string {
  const { orderNumber } = kit.mall.place({ overrides: { IsReadOnly: '0', ...CARD } })
  for (const one of overrides) kit.mall.edit(orderNumber, one)
  return orderNumber
}
const read = async (orderNumber: string): Promise<NormalisedOrder> =>
  (await found(kit.open().session, orderNumber)).order
const plan = async (orderNumber: string, action: ChangeAction, parameters: unknown = {}) =>
  yahooChanges.planChange({ action, parameters }, await read(orderNumber))
async function steps(orderNumber: string, action: ChangeAction, parameters: unknown = {}) {
  const planned = await plan(orderNumber, action, parameters)
  if (planned.kind !== 'steps') throw new Error(`no steps but ${JSON.stringify(planned)}`)
  return planned.steps
}
const apply = (orderNumber: string, step: ChangeStep, capMs = 5_000) =>
  kit
    .open({ http: cappedHttp(capMs) })
    .session.changes?.applyStep(orderNumber, step, NEVER) as Promise<StepAnswer>
const stateOf = async (orderNumber: string, step: ChangeStep) =>
  yahooChanges.stepState(step, await read(orderNumber))
const writes = (orderNumber: string) => kit.mall.writes?.(orderNumber) ?? []
const field = (orderNumber: string, name: string) => {
  const order = kit.mall.store.find(SHOP, orderNumber)
  return order ? fieldOf(order, name) : null
}

/** Every step of the plan, each read back; afterwards there is nothing left to do. Gives the operations. */
async function run(orderNumber: string, action: ChangeAction, parameters: unknown = {}) {
  const planned = await steps(orderNumber, action, parameters)
  for (const step of planned) {
    expect(await stateOf(orderNumber, step)).toBe('not_applied')
    expect((await apply(orderNumber, step)).warnings).toEqual([])
    expect(await stateOf(orderNumber, step)).toBe('applied')
  }
  expect(await plan(orderNumber, action, parameters)).toMatchObject({ kind: 'already' })
  expect(writes(orderNumber).map((write) => write.operation)).toEqual(
    planned.map((step) => step.payload.operation),
  )
  return planned.map((step) => step.name)
}

const parcel = (
  trackingNumber?: string,
  carrier = 'yamato',
): { carrier: string; trackingNumber?: string; noNumberReason?: string } => ({
  carrier,
  ...(trackingNumber === undefined ? {} : { trackingNumber }),
})
const ship = (...parcels: ReturnType<typeof parcel>[]) => ({ shippedOn: '2026-07-05', parcels })
const NUMBER = '1234-5678-9012'

const PARAMETERS: Partial<Record<ChangeAction, unknown>> = {
  ship: { shippedOn: '2026-07-05', parcels: [{ carrier: 'yamato', trackingNumber: '1' }] },
  memo: { memo: 'x' },
  sub_status: { subStatus: '1' },
}

describe('each action at the state that it is for', () => {
  const cells: [ChangeAction, unknown, Record<string, unknown>[], string[]][] = [
    ['confirm', {}, [], ['seen']],
    ['ship', ship(parcel(NUMBER)), [], ['ship_status']],
    ['ship', ship(parcel()), [], ['ship_status']],
    ['ship', ship(parcel('11'), parcel('22')), [], ['ship_status']],
    ['ship', ship(parcel('1234-5678-901', 'japan_post')), [], ['ship_status']],
    ['ship', ship(parcel(NUMBER)), [COD], ['ship_status']],
    ['ship', { ...ship(parcel(NUMBER)), markPaid: true }, [BANK], ['pay_status', 'ship_status']],
    ['ship', { ...ship(parcel(NUMBER)), markPaid: true }, [], ['ship_status']],
    [
      'ship',
      { ...ship(parcel(NUMBER)), release: true, markPaid: true },
      [{ ...BANK, OrderStatus: '3' }],
      ['release', 'pay_status', 'ship_status'],
    ],
    ['ship', ship(parcel(NUMBER)), [shippedAs('3')], ['ship_status']],
    ['mark_paid', { paidOn: '2026-07-02' }, [BANK], ['pay_status']],
    ['mark_paid', {}, [COD], ['pay_status']],
    ['complete', {}, [shippedAs('3', NUMBER)], ['complete']],
    ['complete', {}, [shippedAs('4', NUMBER)], ['complete']],
    ['hold', {}, [], ['hold']],
    ['release', {}, [{ OrderStatus: '3' }], ['release']],
    ['cancel', { reason: '210' }, [], ['cancel']],
    ['cancel', { reason: '230', detail: '商品に傷が見つかったため' }, [{ OrderStatus: '1' }], ['cancel']],
    ['cancel', { reason: '100' }, [{ OrderStatus: '3' }], ['cancel']],
    ['cancel', { reason: '110' }, [{ OrderStatus: '5' }], ['cancel']],
    ['memo', { memo: '電話済み & <確認>\n二行目' }, [], ['memo']],
    ['memo', { memo: '' }, [{ Notes: '古いメモ' }], ['memo']],
    ['sub_status', { subStatus: '10' }, [], ['sub_status']],
  ]
  it.each(cells)(
    '%s %j %j: %j, each written once and read back',
    async (action, parameters, given, names) => {
      expect(await run(place(...given), action, parameters)).toEqual(names)
    },
  )

  it('keeps dates, carrier and numbers as Yahoo! wants them', async () => {
    const number = place()
    await run(number, 'ship', ship(parcel('1234-5678-901', 'japan_post')))
    expect(
      ['ShipDate', 'ShipCompanyCode', 'ShipInvoiceNumber1', 'ShipStatus'].map((name) => field(number, name)),
    ).toEqual(['2026-07-05', '1003', '12345678901', '3'])
    const paid = place(BANK)
    await run(paid, 'mark_paid', { paidOn: '2026-07-02' })
    expect(field(paid, 'PayDate')).toBe('2026-07-02')
  })

  it('keeps a number that the mall has and nobody gave', async () => {
    const number = place(shippedAs('1', 'A1', 'B2'))
    await run(number, 'ship', ship(parcel(undefined, 'sagawa')))
    expect(
      ['ShipInvoiceNumber1', 'ShipInvoiceNumber2', 'ShipCompanyCode'].map((name) => field(number, name)),
    ).toEqual(['A1', 'B2', '1001'])
  })
})

describe('what is refused, in Japanese and without a write', () => {
  const cells: [
    action: ChangeAction,
    parameters: unknown,
    given: Record<string, unknown>,
    code: string,
    advice?: string,
  ][] = [
    ...(['confirm', 'ship', 'mark_paid', 'complete', 'hold', 'release', 'memo', 'sub_status'] as const).map(
      (action): [ChangeAction, unknown, Record<string, unknown>, string] => [
        ...([action, PARAMETERS[action] ?? {}, { OrderStatus: '4' }] as const),
        'ORDER_CANCELLED_AT_MALL',
      ],
    ),
    ['cancel', { reason: '210' }, { IsReadOnly: '1' }, 'BUYER_CANCEL_WINDOW'],
    ['confirm', {}, { IsReadOnly: '1' }, 'BUYER_CANCEL_WINDOW'],
    ['ship', ship(parcel(NUMBER)), { IsReadOnly: '1' }, 'BUYER_CANCEL_WINDOW'],
    ['ship', ship(parcel(NUMBER)), { IsSplit: 'true' }, 'ORDER_SPLIT_AT_MALL'],
    ['ship', ship(parcel(NUMBER)), { OrderStatus: '1' }, 'WRONG_MALL_STATUS'],
    ['ship', ship(parcel(NUMBER)), { OrderStatus: '3' }, 'ORDER_ON_HOLD'],
    ['ship', ship(parcel(NUMBER)), { OrderStatus: '7' }, 'UNKNOWN_MALL_STATUS'],
    ['ship', ship(parcel(NUMBER)), { FraudHoldStatus: '1' }, 'FRAUD_CHECK'],
    ['ship', ship(parcel(NUMBER)), { FraudHoldStatus: '3' }, 'FRAUD_CHECK'],
    ['ship', ship(parcel(NUMBER)), { Suspect: '1' }, 'FRAUD_CHECK'],
    ['ship', ship(parcel(NUMBER)), BANK, 'NOT_READY_TO_SHIP'],
    ['ship', ship(parcel(NUMBER)), { Ship: { ShipStatus: '0' } }, 'NOT_READY_TO_SHIP'],
    ['ship', ship(parcel(NUMBER)), { Pay: { SettleStatus: '10' } }, 'NOT_READY_TO_SHIP'],
    ['ship', { ...ship(parcel(NUMBER)), markPaid: true }, { Pay: { PayStatus: '0' } }, 'PAYMENT_RUN_BY_MALL'],
    ['ship', ship(parcel(NUMBER)), shippedAs('1', '99990000'), 'TRACKING_DIFFERS'],
    ['ship', ship(parcel(NUMBER)), shippedAs('3', '99990000'), 'TRACKING_DIFFERS', '「発送情報の訂正」'],
    ['ship', ship(parcel(NUMBER)), shippedAs('4'), 'ALREADY_SHIPPED'],
    ['mark_paid', {}, { Pay: { PayStatus: '0' } }, 'PAYMENT_RUN_BY_MALL'],
    ['complete', {}, {}, 'WRONG_MALL_STATUS'],
    ['complete', {}, { ...COD, Ship: { ShipStatus: '3' } }, 'WRONG_MALL_STATUS'],
    ['complete', {}, { ...shippedAs('3'), Suspect: '1' }, 'FRAUD_CHECK'],
    ['hold', {}, { OrderStatus: '1' }, 'WRONG_MALL_STATUS'],
    ['hold', {}, { OrderStatus: '5' }, 'WRONG_MALL_STATUS'],
    ['release', {}, { OrderStatus: '5' }, 'WRONG_MALL_STATUS'],
    ['release', {}, { OrderStatus: '3', Suspect: '1' }, 'FRAUD_CHECK'],
    ['cancel', { reason: '210' }, { OrderStatus: '5', Suspect: '1' }, 'FRAUD_CHECK'],
    ['confirm', {}, { OrderStatus: '3' }, 'ORDER_ON_HOLD'],
    ['memo', { memo: 'x' }, { OrderStatus: '3' }, 'ORDER_ON_HOLD'],
    ['memo', { memo: 'x' }, { Suspect: '1' }, 'FRAUD_CHECK'],
    ['sub_status', { subStatus: '1' }, { OrderStatus: '3' }, 'ORDER_ON_HOLD'],
  ]
  it.each(cells)('%s %j at %j: %s', async (action, parameters, given, code, advice = '') => {
    const number = place(given)
    const planned = await plan(number, action, parameters)
    const message = expect.stringMatching(new RegExp(`${advice}.*ください`))
    expect(planned).toMatchObject({ kind: 'refused', code, message })
    expect(JSON.stringify(planned)).not.toContain('99990000')
    expect(writes(number)).toEqual([])
  })

  it('tells when the buyer’s minutes are over', async () => {
    const { orderNumber } = kit.mall.place({ overrides: CARD })
    const { orderedAt } = await read(orderNumber)
    const planned = await plan(orderNumber, 'confirm')
    expect(planned.kind === 'refused' && Date.parse(planned.retryAt ?? '')).toBe(
      Date.parse(orderedAt) + 630_000,
    )
  })
})

describe('what is done already', () => {
  const cells: [ChangeAction, unknown, Record<string, unknown>][] = [
    ['confirm', {}, { IsSeen: 'true' }],
    ['ship', ship(parcel('123456789012')), shippedAs('3', NUMBER)],
    ['ship', ship(parcel(NUMBER)), shippedAs('4', 'B', NUMBER)],
    ['ship', ship(parcel()), shippedAs('3', NUMBER)],
    ['ship', ship(parcel(NUMBER)), { ...shippedAs('3', NUMBER), OrderStatus: '5' }],
    ['mark_paid', {}, {}],
    ['complete', {}, { OrderStatus: '5' }],
    ['hold', {}, { OrderStatus: '3' }],
    ['release', {}, {}],
    ['release', {}, { OrderStatus: '1' }],
    ['cancel', { reason: '210' }, { OrderStatus: '4', CancelReason: '300' }],
    ['memo', { memo: '同じ\n' }, { Notes: '同じ' }],
    ['sub_status', { subStatus: '3' }, { StoreStatus: '3' }],
  ]
  it.each(cells)('%s %j at %j', async (action, parameters, given) => {
    expect(await plan(place(given), action, parameters)).toMatchObject({
      kind: 'already',
      message: expect.stringMatching(/[ぁ-ん]/),
    })
  })
})

describe('completing after shipping', () => {
  it('says how long to wait, which the mall demands', async () => {
    kit.mall.change({ completeAfterShipSeconds: 10 })
    const number = place()
    await run(number, 'ship', ship(parcel(NUMBER)))
    const planned = await plan(number, 'complete')
    const changedAt = Date.parse(field(number, 'LastUpdateTime') ?? '')
    expect(planned.kind === 'steps' && Date.parse(planned.notBefore ?? '')).toBe(changedAt + 10_000)
    const [step] = (await steps(number, 'complete')) as [ChangeStep]
    expect(await failureOf(apply(number, step))).toMatchObject({
      kind: 'rejected',
      code: 'YAHOO_NOT_OPERABLE',
    })
    kit.mall.clock.advance(10_000)
    await apply(number, step)
    expect(await stateOf(number, step)).toBe('applied')
  })
})

/** The body that a step is sent with. */
async function sentWith(orderNumber: string, step: ChangeStep, settings: Record<string, unknown>) {
  const bodies: string[] = []
  const real = cappedHttp(5_000)
  const http: typeof real = {
    request(request, signal) {
      bodies.push(String(request.body))
      return real.request(request, signal)
    },
  }
  await kit.open({ http, settings }).session.changes?.applyStep(orderNumber, step, NEVER)
  return bodies.at(-1) ?? ''
}

describe('what a store decides', () => {
  it.each([
    [{}, 'false'],
    [{ fixPointsOnCancel: true }, 'true'],
    [{ fixPointsOnCancel: 'broken' }, 'false'],
  ])('a cancel with %j fixes the points: %s', async (settings, fixed) => {
    const number = place()
    const [step] = (await steps(number, 'cancel', { reason: '210' })) as [ChangeStep]
    expect(await sentWith(number, step, settings)).toContain(`<IsPointFix>${fixed}</IsPointFix>`)
  })

  it('completing and shipping fix them always', async () => {
    const number = place(shippedAs('3', '1'))
    const [step] = (await steps(number, 'complete')) as [ChangeStep]
    expect(await sentWith(number, step, {})).toContain('<IsPointFix>true</IsPointFix>')
  })

  it.each([
    [{ couponUpdateAllowed: true }, '<IsCouponUpdateAllowed>true<'],
    [{ couponUpdateAllowed: false }, '<IsCouponUpdateAllowed>false<'],
  ])('a content change with %j says so', async (settings, said) => {
    const number = place()
    const [step] = (await steps(number, 'change_content', { shippingFee: 770 })) as [ChangeStep]
    expect(await sentWith(number, step, settings)).toContain(said)
  })

  it('whether a coupon may change is not said where it decided nothing', async () => {
    const number = place()
    const [step] = (await steps(number, 'change_content', { shippingFee: 770 })) as [ChangeStep]
    expect(await sentWith(number, step, {})).not.toContain('IsCouponUpdateAllowed')
  })
})

describe('lengths of the pages, in bytes', () => {
  const line = { itemCode: 'a', quantity: 1 }
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['buyerNote', { buyerNote: 'あ'.repeat(250) }, { buyerNote: 'あ'.repeat(251) }],
    [
      'recipients.0.wishTime',
      { recipients: [{ wishTime: '14:00-16:00' }] },
      { recipients: [{ wishTime: '午後2時から' }] },
    ],
    [
      'recipients.0.phone',
      { recipients: [{ phone: '090-0000-00000' }] },
      { recipients: [{ phone: '090-0000-000000' }] },
    ],
    [
      'recipients.0.familyName',
      { recipients: [{ familyName: 'あ'.repeat(99) }] },
      { recipients: [{ familyName: 'あ'.repeat(100) }] },
    ],
    [
      'recipients.0.address1',
      { recipients: [{ address1: 'あ'.repeat(99) }] },
      { recipients: [{ address1: 'あ'.repeat(100) }] },
    ],
    [
      'addLines.0.name',
      { addLines: [{ ...line, name: 'あ'.repeat(75), unitPrice: 1 }] },
      { addLines: [{ ...line, name: 'あ'.repeat(76), unitPrice: 1 }] },
    ],
    [
      'addLines.0.sku',
      { addLines: [{ ...line, sku: 'a'.repeat(99) }] },
      { addLines: [{ ...line, sku: 'a'.repeat(100) }] },
    ],
    [
      'addLines.0.quantity',
      { addLines: [{ ...line, quantity: 999 }] },
      { addLines: [{ ...line, quantity: 1000 }] },
    ],
    [
      'lines.0.quantity',
      { lines: [{ lineId: '1', quantity: 999 }] },
      { lines: [{ lineId: '1', quantity: 1000 }] },
    ],
  ])('%s', (path, fits, tooLong) => {
    const schema = yahooChanges.actions.find(({ action }) => action === 'change_content')?.parameters
    expect(schema?.safeParse(fits).error?.issues ?? []).toEqual([])
    const issues = schema?.safeParse(tooLong).error?.issues ?? []
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path])
    expect(issues[0]?.message).toMatch(/までです/)
  })
})

describe('warnings', () => {
  it.each(['od91058', 'od91059', 'od91705'])('%s says that there is nothing to do', async (code) => {
    const number = place()
    const [step] = (await steps(number, 'cancel', { reason: '210' })) as [ChangeStep]
    kit.mall.faults.set([{ kind: 'warning', code }])
    expect((await apply(number, step)).warnings).toEqual([])
  })

  it.each(['od91113', 'od91115', 'od91123', 'od91130', 'od91704', 'od99999'])(
    '%s is told and the update stands',
    async (code) => {
      const number = place()
      const [step] = (await steps(number, 'cancel', { reason: '210' })) as [ChangeStep]
      kit.mall.faults.set([{ kind: 'warning', code, detail: '1,2' }])
      const answer = await apply(number, step)
      expect(answer).toMatchObject({ mallCode: code, warnings: [{ code }] })
      expect(answer.warnings[0]?.message).toMatch(/[ぁ-ん]/)
      expect(await stateOf(number, step)).toBe('applied')
    },
  )

  it('does not speak of a status that was that already', async () => {
    const number = place()
    const [step] = (await steps(number, 'hold')) as [ChangeStep]
    kit.mall.edit(number, { OrderStatus: '3' })
    expect(await apply(number, step)).toMatchObject({ mallCode: 'od91705', warnings: [] })
  })

  it('keeps texts and numbers out of the facts', async () => {
    const told = [
      ...(await steps(place(), 'ship', ship(parcel('123456789012')))),
      ...(await steps(place(), 'memo', { memo: '星野様より' })),
      ...(await steps(place(), 'cancel', { reason: '230', detail: '星野様のご希望により取消' })),
    ].map(({ name, label, facts }) => ({ name, label, facts }))
    expect(JSON.stringify(told)).not.toMatch(/123456789012|星野/)
    expect(told.map(({ facts }) => facts?.operation)).toEqual([
      ...['orderShipStatusChange', 'orderChange', 'orderStatusChange'],
    ])
  })
})

describe('what the mall refuses', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a cancel that came between', { OrderStatus: '4' }, 'ORDER_CANCELLED_AT_MALL'],
    ['a hold that came between', { OrderStatus: '3' }, 'YAHOO_NOT_OPERABLE'],
  ])('%s', async (_name, patch, code) => {
    const number = place()
    const [step] = (await steps(number, 'ship', ship(parcel(NUMBER)))) as [ChangeStep]
    kit.mall.edit(number, patch)
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'rejected', code })
    expect(writes(number)).toEqual([])
  })

  it.each<[string, Record<string, unknown>, Partial<MarketplaceFailure>]>([
    [
      'a parameter',
      { kind: 'error', code: 'od90101', message: 'Request Parameter Error : Notes' },
      { kind: 'rejected', code: 'YAHOO_PARAMETER_REFUSED' },
    ],
    [
      'NG with HTTP 200',
      { kind: 'ng', code: 'od91802', message: 'Not Exists : LineId' },
      { kind: 'rejected', mallCode: 'od91802' },
    ],
    [
      'an unknown code',
      { kind: 'error', code: 'od90166', message: '' },
      { kind: 'rejected', code: 'YAHOO_REJECTED', mallCode: 'od90166' },
    ],
    ['404', { kind: '404-empty' }, { kind: 'rejected', code: 'YAHOO_ORDER_UNKNOWN' }],
    [
      'an order’s code with HTTP 500',
      { kind: 'error', status: 500, code: 'od90180', message: 'x' },
      { kind: 'outcome_unknown', mallCode: 'od90180' },
    ],
    ['429', { kind: '429' }, { kind: 'throttled' }],
    ['403 without a code', { kind: 'forbidden' }, { kind: 'throttled' }],
    ['px-04102', { kind: 'px-04102' }, { kind: 'unauthorised' }],
    ['503', { kind: '503-html' }, { kind: 'outcome_unknown', status: 503 }],
    ['HTML with HTTP 200', { kind: '200-html' }, { kind: 'outcome_unknown' }],
  ])('%s', async (_name, fault, expected) => {
    const number = place()
    const [step] = (await steps(number, 'memo', { memo: 'x' })) as [ChangeStep]
    kit.mall.faults.set([{ ...fault, kind: String(fault.kind), operation: 'orderChange' }])
    const failure = await failureOf(apply(number, step))
    expect(failure).toMatchObject(expected)
    expect(failure.message).toMatch(/[ぁ-ん]/)
    expect(writes(number)).toEqual([])
  })

  it('is asked again with a new token, and written once', async () => {
    const number = place()
    const [step] = (await steps(number, 'hold')) as [ChangeStep]
    kit.mall.faults.set([{ kind: 'expired-token', operation: 'orderStatusChange', times: 1 }])
    await apply(number, step)
    expect(writes(number)).toHaveLength(1)
  })
})

describe('an answer that is lost', () => {
  const CASES: [ChangeAction, unknown, Record<string, unknown>][] = [
    ['confirm', {}, {}],
    ['ship', ship(parcel(NUMBER)), {}],
    ['mark_paid', {}, BANK],
    ['complete', {}, shippedAs('3', NUMBER)],
    ['hold', {}, {}],
    ['release', {}, { OrderStatus: '3' }],
    ['cancel', { reason: '210' }, {}],
    ['memo', { memo: 'メモ' }, {}],
    ['sub_status', { subStatus: '2' }, {}],
    ['change_content', { shippingFee: 777 }, {}],
    ['correct_shipment', { parcels: [{ trackingNumber: '333' }] }, shippedAs('3', '111')],
  ]
  it.each(
    CASES.flatMap((one) => ['cut', '500-done', 'broken-body'].map((fault) => [...one, fault] as const)),
  )(
    '%s %j at %j (%s) is unknown, then read as done, written once',
    async (action, parameters, given, fault) => {
      const number = place(given)
      const [step] = (await steps(number, action, parameters)) as [ChangeStep]
      kit.mall.faults.set([{ kind: fault, operation: String(step.payload.operation) }])
      expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'outcome_unknown' })
      kit.mall.faults.clear()
      expect(await stateOf(number, step)).toBe('applied')
      expect(await plan(number, action, parameters)).toMatchObject({ kind: 'already' })
      expect(writes(number)).toHaveLength(1)
    },
  )

  it.each([
    ['slow', 'applied', 1],
    ['slow-undone', 'not_applied', 0],
  ])('after a time-out (%s) is settled by reading: %s', async (kind, state, count) => {
    const number = place()
    const [step] = (await steps(number, 'ship', ship(parcel(NUMBER)))) as [ChangeStep]
    kit.mall.faults.set([{ kind, operation: 'orderShipStatusChange', delayMs: 1_000 }])
    expect(await failureOf(apply(number, step, 200))).toMatchObject({ kind: 'outcome_unknown' })
    kit.mall.faults.clear()
    expect(await stateOf(number, step)).toBe(state)
    expect(writes(number)).toHaveLength(count)
  })

  it('was never sent where nobody listens', async () => {
    const number = place()
    const [step] = (await steps(number, 'hold')) as [ChangeStep]
    const { tools } = kit.open()
    const yahoo = createYahoo({ apiUrl: 'http://127.0.0.1:9', authUrl: kit.mall.url, requestsPerSecond: 1 })
    const credentials = yahoo.credentials.parse(kit.mall.credentialsFor(SHOP))
    const session = yahoo.open({ shopId: 'shop', shopCode: SHOP, credentials }, tools)
    expect(
      await failureOf(session.changes?.applyStep(number, step, NEVER) as Promise<StepAnswer>),
    ).toMatchObject({
      kind: 'unavailable',
      code: 'YAHOO_UNREACHABLE',
    })
  })

  it('a token that cannot be renewed is no lost write', async () => {
    const number = place()
    const [step] = (await steps(number, 'hold')) as [ChangeStep]
    kit.mall.faults.set([{ kind: 'cut', operation: 'token' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'unavailable' })
  })

  it('counts against the application’s lane like a read', async () => {
    const number = place()
    const [step] = (await steps(number, 'hold')) as [ChangeStep]
    const { session, tools } = kit.open()
    await session.changes?.applyStep(number, step, NEVER)
    expect(tools.quotas.map((quota) => quota.key)).toEqual([expect.stringMatching(/^yahoo:app:/)])
  })
})

it('tells nothing from fields that Yahoo! does not give this store', async () => {
  const number = place()
  const [seen] = (await steps(number, 'confirm')) as [ChangeStep]
  const [paid] = (await steps(place(BANK), 'mark_paid')) as [ChangeStep]
  const [shipped] = (await steps(number, 'ship', ship(parcel()))) as [ChangeStep]
  const order = await read(number)
  const blind = { ...order, mallStatuses: {} }
  expect([seen, paid, shipped].map((step) => yahooChanges.stepState(step, blind))).toEqual([
    ...['unknown', 'unknown', 'unknown'],
  ])
})

describe('while Yahoo! looks for fraud', () => {
  it.each(['confirm', 'hold', 'memo', 'sub_status'] as const)('%s waits for the release', async (action) => {
    const number = place({ FraudHoldStatus: '1' })
    const waiting = await plan(number, action, PARAMETERS[action])
    expect(waiting).toMatchObject({ kind: 'refused', code: 'FRAUD_CHECK', looksAfterMs: [30 * 60_000] })
    kit.mall.edit(number, { FraudHoldStatus: '2' })
    expect((await plan(number, action, PARAMETERS[action])).kind).toBe('steps')
    kit.mall.edit(number, { FraudHoldStatus: '3' })
    const fraud = await plan(number, action, PARAMETERS[action])
    expect(fraud).toMatchObject({ kind: 'refused', code: 'FRAUD_CHECK' })
    expect(fraud).not.toHaveProperty('looksAfterMs')
  })

  it('takes a cancel, and nothing else', async () => {
    const number = place()
    const [memo] = await steps(number, 'memo', { memo: '至急' })
    kit.mall.edit(number, { FraudHoldStatus: '1' })
    expect(await failureOf(apply(number, memo as ChangeStep))).toMatchObject({ kind: 'rejected' })
    expect(await run(number, 'cancel', { reason: '170' })).toEqual(['cancel'])
  })
})

describe('what was told to Yahoo! before is put right', () => {
  const correct = (...parcels: Record<string, unknown>[]) => ({ parcels })

  it('one of two numbers, the other stays in its place', async () => {
    const number = place(shippedAs('3', '111', '222'))
    await run(number, 'correct_shipment', correct({ parcelId: '2', trackingNumber: '333' }))
    expect([field(number, 'ShipInvoiceNumber1'), field(number, 'ShipInvoiceNumber2')]).toEqual(['111', '333'])
  })

  it('carrier, number and date of the only parcel, also when it has arrived', async () => {
    const number = place(shippedAs('4', '111'))
    await run(
      number,
      'correct_shipment',
      correct({ carrier: 'sagawa', trackingNumber: '999', shippedOn: '2026-07-06' }),
    )
    expect(
      ['ShipStatus', 'ShipCompanyCode', 'ShipInvoiceNumber1', 'ShipDate'].map((name) => field(number, name)),
    ).toEqual([...['4', '1002', '999', '2026-07-06']])
  })

  it('a number that does not exist goes, the other stays where it is', async () => {
    const number = place(shippedAs('3', '111', '222'))
    await run(number, 'correct_shipment', correct({ parcelId: '1', remove: true }))
    expect([field(number, 'ShipInvoiceNumber1'), field(number, 'ShipInvoiceNumber2')]).toEqual(['', '222'])
  })

  it.each([
    ['not shipped', {}, { trackingNumber: '1' }, 'WRONG_MALL_STATUS'],
    ['two parcels and no id', shippedAs('3', '111', '222'), { trackingNumber: '1' }, 'PARCEL_UNKNOWN'],
    ['no such parcel', shippedAs('3', '111'), { parcelId: '2', trackingNumber: '1' }, 'PARCEL_UNKNOWN'],
    [
      'a number that the carrier cannot have',
      shippedAs('3', '111'),
      { carrier: 'yamato', trackingNumber: 'ABC' },
      'TRACKING_NUMBER_REFUSED',
    ],
  ])('%s: refused, nothing sent', async (_, before, parcelOf, code) => {
    expect(await plan(place(before), 'correct_shipment', correct(parcelOf))).toMatchObject({
      kind: 'refused',
      code,
    })
  })
})

describe('the contents of an order', () => {
  it('address, wish, charges and a quantity in one call; the total follows', async () => {
    const number = place()
    const before = await read(number)
    const lineId = before.items[0]?.lineId ?? ''
    const wished = {
      recipients: [
        {
          familyName: '髙橋',
          givenName: '空',
          postalCode: '060-0002',
          prefecture: '北海道',
          city: '札幌市',
          address1: '星見町2',
          phone: '011-000-0001',
          wishDate: '2026-07-20',
          wishTime: '午前中',
        },
      ],
      shippingFee: 880,
      adjustment: -100,
      buyerNote: '玄関前',
      lines: [{ lineId, quantity: 3 }],
    }
    await run(number, 'change_content', wished)
    const after = await read(number)
    expect(after.recipients[0]?.person).toMatchObject({ fullName: '髙橋 空', postalCode: '0600002' })
    expect(after.recipients[0]?.wish).toMatchObject({ date: '2026-07-20', timeText: '午前中' })
    expect(after.charges).toMatchObject({ shipping: 880, adjustment: -100 })
    expect(after.items[0]?.quantity).toBe(3)
    expect(after.warnings).toEqual([])
  })

  describe('lines to add', () => {
    const addLines = [
      { itemCode: 'lamp-02', quantity: 2 },
      { itemCode: 'tea-09', sku: 'tea-09-s', name: '夜カフェ茶葉 小', unitPrice: 500, quantity: 1 },
    ]

    /** Not `run`: the same wish once more is a wish for more lines. */
    async function add(number: string, wished: Record<string, unknown>): Promise<string[]> {
      const planned = await steps(number, 'change_content', wished)
      for (const step of planned) {
        await apply(number, step)
        expect(await stateOf(number, step)).toBe('applied')
      }
      return planned.map(({ name }) => name)
    }

    it('come under the next free numbers, after what changes otherwise, and the sums follow', async () => {
      const number = place()
      const before = await read(number)
      const next = Math.max(...before.items.map(({ lineId }) => Number(lineId))) + 1
      expect(await add(number, { shippingFee: 880, addLines })).toEqual(['content', 'add_lines'])
      const { items, warnings, totals } = await read(number)
      expect(items.slice(before.items.length)).toMatchObject([
        { lineId: String(next), itemCode: 'lamp-02', sku: null, quantity: 2, unitPrice: 1000 },
        {
          lineId: String(next + 1),
          itemCode: 'tea-09',
          sku: 'tea-09-s',
          name: '夜カフェ茶葉 小',
          unitPrice: 500,
        },
      ])
      expect(warnings).toEqual([])
      expect(totals.billed - before.totals.billed).toBe(2500 + 880 - before.charges.shipping)
    })

    it.each(['cut', '500-done', 'broken-body'])(
      'are added once when the answer is lost (%s): the call made again is refused for its numbers',
      async (kind) => {
        const number = place()
        const count = (await read(number)).items.length
        const [step] = (await steps(number, 'change_content', { addLines })) as [ChangeStep]
        kit.mall.faults.set([{ kind, operation: 'orderItemAdd' }])
        expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'outcome_unknown' })
        kit.mall.faults.clear()
        expect(await stateOf(number, step)).toBe('applied')
        await failureOf(apply(number, step))
        expect((await read(number)).items).toHaveLength(count + 2)
      },
    )

    it('another line under their number is not taken for them', async () => {
      const number = place()
      const [step] = (await steps(number, 'change_content', { addLines })) as [ChangeStep]
      await add(number, { addLines: [{ itemCode: 'other-01', quantity: 2 }] })
      expect(await stateOf(number, step)).toBe('not_applied')
      await failureOf(apply(number, step))
      expect((await read(number)).items.map(({ itemCode }) => itemCode)).not.toContain('lamp-02')
    })

    it('are refused for an order that is done', async () => {
      expect(await plan(place({ OrderStatus: '5' }), 'change_content', { addLines })).toMatchObject({
        kind: 'refused',
        code: 'CONTENT_NOT_CHANGEABLE',
      })
    })
  })

  it('sends only what differs', async () => {
    const number = place()
    const { charges } = await read(number)
    const [step] = await steps(number, 'change_content', { shippingFee: charges.shipping, adjustment: 50 })
    expect(step?.payload.order).toEqual({ Detail: { Adjustments: '50' } })
  })

  it.each([
    ['on hold', { OrderStatus: '3' }, { shippingFee: 1 }, 'ORDER_ON_HOLD'],
    ['completed', { OrderStatus: '5' }, { shippingFee: 1 }, 'CONTENT_NOT_CHANGEABLE'],
    ['a LINE gift', { IsLineGiftOrder: 'true' }, { shippingFee: 1 }, 'CONTENT_NOT_CHANGEABLE'],
    ['no such line', {}, { lines: [{ lineId: '99', quantity: 1 }] }, 'LINE_UNKNOWN'],
  ])('%s: refused, nothing sent', async (_, before, wished, code) => {
    expect(await plan(place(before), 'change_content', wished)).toMatchObject({ kind: 'refused', code })
  })

  it.each([
    [{ lines: [{ lineId: '1', quantity: 0 }] }, 'lines.0.quantity'],
    [{ deliveryMethod: '宅配便' }, 'deliveryMethod'],
    [{ addLines: [{ itemCode: 'a', name: '見本', quantity: 1 }] }, 'addLines.0.unitPrice'],
    [{ addLines: [{ itemCode: 'a', unitPrice: 1, quantity: 1 }] }, 'addLines.0.name'],
    [{ adjustment: 50_001 }, 'adjustment'],
    [{ recipients: [{ shippingFee: 1 }] }, 'recipients.0.shippingFee'],
    [{}, ''],
  ])('%j cannot be told to Yahoo!: refused at the request', (wished, path) => {
    const parameters = yahooChanges.actions.find(({ action }) => action === 'change_content')?.parameters
    const result = parameters?.safeParse(wished)
    expect(result?.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })
})

describe('shipping, confirming and completing as one wish', () => {
  it('confirms an unseen order first', async () => {
    expect(await run(place(), 'ship', { ...ship(parcel(NUMBER)), confirmFirst: true })).toEqual([
      ...['seen', 'ship_status'],
    ])
  })

  it('says why there is no number', async () => {
    const number = place()
    await run(number, 'ship', ship({ ...parcel(undefined, 'japan_post'), noNumberReason: '105' }))
    expect(field(number, 'ShipInvoiceNumberEmptyReason')).toBe('105')
  })

  it('waits before confirming, and before completing, as was wished', async () => {
    const number = place()
    const { orderedAt } = await read(number)
    expect(await plan(number, 'confirm', { waitMinutes: 60 })).toMatchObject({
      kind: 'steps',
      byWish: true,
      notBefore: new Date(Date.parse(orderedAt) + 3_600_000).toISOString(),
    })
    const today = orderedAt.slice(0, 10)
    kit.mall.edit(number, { Ship: { ShipStatus: '3', ShipDate: today } })
    expect(await plan(number, 'complete', { afterDays: 7 })).toMatchObject({
      kind: 'steps',
      byWish: true,
      notBefore: new Date(Date.parse(`${today}T00:00:00+09:00`) + 7 * 86_400_000).toISOString(),
    })
  })
})

it('ships no gift whose recipient has not told the address, and knows no action that Yahoo! lacks', async () => {
  const gift = place({
    SocialGiftType: '1',
    Ship: { ShipAddress1: '', ShipAddress2: '', ShipZipCode: '', ShipCity: '', ShipPrefecture: '' },
  })
  expect(await plan(gift, 'ship', ship(parcel(NUMBER)))).toMatchObject({ code: 'ADDRESS_PENDING' })
  const order = await read(place())
  const unknown = 'teleport' as ChangeAction
  expect(yahooChanges.planChange({ action: unknown, parameters: {} }, order)).toMatchObject({
    kind: 'refused',
    code: 'ACTION_NOT_SUPPORTED',
  })
})
