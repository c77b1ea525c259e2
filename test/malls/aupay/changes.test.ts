import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AupaySimulator, startAupaySimulator } from '../../../sandbox/malls/aupay/index.ts'
import { createAupay } from '../../../src/marketplaces/aupay/index.ts'
import type { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { ChangeAction, ChangeStep, StepAnswer } from '../../../src/marketplaces/port/site-changes.ts'
import type { HttpRequest } from '../../../src/platform/http/http-client.ts'
import { cappedHttp, testTools } from '../../support/malls/test-kit.ts'

const SHOP = '10000001'
const NEVER = new AbortController().signal

let mall: AupaySimulator
beforeEach(async () => {
  mall = await startAupaySimulator({ shops: [{ code: SHOP, name: '見本商店' }], seed: 3 })
})
afterEach(() => mall.close())

function open(capMs = 5_000, apiUrl = mall.url) {
  const requests: HttpRequest[] = []
  const real = cappedHttp(capMs)
  const http: typeof real = {
    request(request, signal) {
      requests.push(request)
      return real.request(request, signal)
    },
  }
  const tools = testTools({ clock: mall.clock, http })
  const aupay = createAupay({ apiUrl, requestsPerSecond: 1_000 })
  const credentials = aupay.credentials.parse(mall.credentialsFor(SHOP))
  const session = aupay.open({ shopId: 'shop', shopCode: SHOP, credentials }, tools)
  return { rules: aupay.changes, calls: session.changes, session, tools, requests }
}

const CARD = { settlementName: 'クレジットカード決済', authorizationStatus: 'Y', pgResult: '0' }
const BANK = { settlementName: '銀行振込', authorizationStatus: 'N', pgResult: '' }
const LATER = { settlementName: '後払い決済', authorizationStatus: 'N', pgResult: '' }
const PAYPAL = { settlementName: '見本ペイ', authorizationStatus: 'N', pgResult: '' }
const COD = { settlementName: '代金引換', authorizationStatus: 'N', pgResult: '' }

const place = (orderStatus: string, overrides: Record<string, unknown> = {}): string =>
  mall.place({
    overrides: { sellMethodSegment: '1', paymentStatus: 'N', ...CARD, ...overrides, orderStatus },
  }).orderNumber

async function read(orderNumber: string): Promise<NormalisedOrder> {
  for await (const outcome of open().session.fetchOrders([orderNumber], NEVER)) {
    if (outcome.kind === 'found') return outcome.order
  }
  throw new Error('not found')
}

const statusOf = async (orderNumber: string) => (await read(orderNumber)).mallStatus.code
const parametersOf = (action: ChangeAction) =>
  open().rules?.actions.find((one) => one.action === action)?.parameters

const plan = async (orderNumber: string, action: ChangeAction, parameters: unknown = {}) =>
  open().rules?.planChange(
    { action, parameters: parametersOf(action)?.parse(parameters) },
    await read(orderNumber),
  )

async function steps(
  orderNumber: string,
  action: ChangeAction,
  parameters: unknown = {},
): Promise<ChangeStep[]> {
  const planned = await plan(orderNumber, action, parameters)
  if (planned?.kind !== 'steps') throw new Error(`no steps but ${JSON.stringify(planned)}`)
  return planned.steps
}

const apply = (orderNumber: string, step: ChangeStep, capMs?: number) =>
  open(capMs).calls?.applyStep(orderNumber, step, NEVER) as Promise<StepAnswer>

const stateOf = async (orderNumber: string, step: ChangeStep) =>
  open().rules?.stepState(step, await read(orderNumber))

/** As it is done: the plan is made anew before each step, and holds what is left of the first one. */
async function run(orderNumber: string, action: ChangeAction, parameters: unknown = {}): Promise<string[]> {
  const all = await steps(orderNumber, action, parameters)
  for (const [index, step] of all.entries()) {
    const left = await steps(orderNumber, action, parameters)
    expect(left.map(({ name }) => name)).toEqual(all.slice(index).map(({ name }) => name))
    expect(await stateOf(orderNumber, step)).not.toBe('applied')
    expect(await apply(orderNumber, step)).toMatchObject({ mallCode: '0', warnings: [] })
    for (const done of all.slice(0, index + 1)) expect(await stateOf(orderNumber, done)).toBe('applied')
  }
  expect(await plan(orderNumber, action, parameters)).toMatchObject({ kind: 'already' })
  return all.map(({ name }) => name)
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: MarketplaceFailure) => error,
  )

const ship = (trackingNumber?: string, more: Record<string, unknown> = {}) => ({
  shippedOn: '2026-09-05',
  parcels: [{ carrier: 'yamato', ...(trackingNumber === undefined ? {} : { trackingNumber }) }],
  ...more,
})
const CANCEL = { reason: '9', detail: '在庫切れのため' }
const WISHES: Partial<Record<ChangeAction, unknown>> = {
  ship: ship('400000000001'),
  cancel: CANCEL,
  sub_status: { subStatus: '出荷準備中' },
}
const registered = (shippingNumber: string, shippingDate = '2026/09/05', shippingCarrier = '1') => ({
  shippingNumber,
  shippingDate,
  shippingCarrier,
})

describe('the request', () => {
  it('is flat XML with the shop first, within the shop’s lane', async () => {
    const number = place('発送待ち')
    const { calls, requests, tools } = open()
    for (const step of await steps(number, 'ship', ship('400000000001')))
      await calls?.applyStep(number, step, NEVER)
    expect(requests.map(({ method, url }) => [method, url])).toEqual([
      ['POST', `${mall.url}/wmshopapi/updateTradeInfoProc`],
      ['POST', `${mall.url}/wmshopapi/updateTradeStsProc`],
    ])
    expect(requests[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(/^Bearer [0-9a-f]{64}$/),
      'content-type': 'application/xml; charset=utf-8',
    })
    const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'
    const head = `<shopId>${SHOP}</shopId><orderId>${number}</orderId>`
    expect(requests.map(({ body }) => body)).toEqual([
      `${prolog}<request>${head}<shippingDate>20260905</shippingDate><shippingCarrier>1</shippingCarrier><shippingNumber>400000000001</shippingNumber></request>`,
      `${prolog}<request>${head}<orderStatus>完了</orderStatus></request>`,
    ])
    expect(tools.quotas).toHaveLength(2)
    expect(tools.quotas[0]).toMatchObject({ key: `aupay:shop:${SHOP}` })
  })

  it('cancels with code and escaped comment', async () => {
    const number = place('発送待ち')
    const { calls, requests } = open()
    const [step] = (await steps(number, 'cancel', { reason: '9', detail: '在庫切れ <A&B>' })) as [ChangeStep]
    await calls?.applyStep(number, step, NEVER)
    expect(requests[0]?.body).toContain(
      '<cancelReason>9</cancelReason><cancelComment>在庫切れ &lt;A&amp;B&gt;</cancelComment>',
    )
    expect((await read(number)).cancelReason).toEqual({ code: '9', text: '在庫切れ <A&B>' })
    expect(JSON.stringify([step.name, step.label, step.facts])).not.toContain('在庫切れ')
  })
})

describe('each action in each status', () => {
  type Expected = string | string[]
  /** The status it leads to, through which steps; or why it is refused; or `already`. */
  const CELLS: Record<string, Partial<Record<ChangeAction, Expected>>> = {
    新規受付: {
      confirm: ['発送待ち', 'confirm'],
      ship: 'NOT_CONFIRMED',
      mark_paid: 'NOT_CONFIRMED',
      complete: 'NOT_CONFIRMED',
      hold: ['保留', 'hold'],
      release: 'already',
      cancel: ['キャンセル', 'cancel'],
      sub_status: 'NOT_CONFIRMED',
    },
    発送前入金待ち: {
      confirm: 'already',
      ship: 'NOT_PAID',
      mark_paid: ['発送待ち', 'mark_paid'],
      complete: 'NOT_SHIPPED',
      hold: ['保留', 'hold'],
      release: 'already',
      cancel: ['キャンセル', 'cancel'],
      sub_status: ['出荷準備中', 'sub_status'],
    },
    発送待ち: {
      confirm: 'already',
      ship: ['完了', 'shipping', 'status_shipped'],
      mark_paid: 'already',
      complete: 'NOT_SHIPPED',
      hold: ['保留', 'hold'],
      release: 'already',
      cancel: ['キャンセル', 'cancel'],
      sub_status: ['出荷準備中', 'sub_status'],
    },
    出荷準備中: {
      confirm: 'already',
      ship: ['完了', 'shipping', 'status_shipped'],
      mark_paid: 'already',
      complete: 'NOT_SHIPPED',
      hold: ['保留', 'hold'],
      release: 'already',
      cancel: ['キャンセル', 'cancel'],
      sub_status: 'already',
    },
    保留: {
      confirm: 'ON_HOLD',
      ship: 'ON_HOLD',
      mark_paid: 'ON_HOLD',
      complete: 'ON_HOLD',
      hold: 'already',
      release: ['発送待ち', 'release'],
      cancel: ['キャンセル', 'cancel'],
      sub_status: 'ON_HOLD',
    },
    発送後入金待ち: {
      confirm: 'already',
      ship: 'ALREADY_SHIPPED',
      mark_paid: 'USE_COMPLETE',
      complete: ['完了', 'complete'],
      hold: 'ALREADY_SHIPPED',
      release: 'already',
      cancel: 'ALREADY_SHIPPED',
      sub_status: 'ALREADY_SHIPPED',
    },
    完了: {
      confirm: 'already',
      ship: 'ALREADY_SHIPPED',
      mark_paid: 'already',
      complete: 'already',
      hold: 'ALREADY_SHIPPED',
      release: 'already',
      cancel: 'ALREADY_SHIPPED',
      sub_status: 'ALREADY_SHIPPED',
    },
    キャンセル受付中: { ...all('CANCEL_REQUESTED'), release: 'already', cancel: ['キャンセル', 'cancel'] },
    不正取引審査中: { ...all('FRAUD_CHECK'), release: 'already', cancel: ['キャンセル', 'cancel'] },
    審査保留: { ...all('FRAUD_CHECK'), release: 'already', cancel: ['キャンセル', 'cancel'] },
    審査NG: { ...all('FRAUD_CHECK'), release: 'already', cancel: ['キャンセル', 'cancel'] },
    与信待ち: { ...all('AUTHORISATION_PENDING'), release: 'already', cancel: ['キャンセル', 'cancel'] },
    // Its confirmation is told below.
    新規予約: { ...but('confirm', all('RESERVATION')), release: 'already', cancel: ['キャンセル', 'cancel'] },
    予約中: {
      ...all('RESERVATION'),
      confirm: ['発送待ち', 'confirm'],
      release: 'already',
      cancel: ['キャンセル', 'cancel'],
    },
    キャンセル: { ...all('ORDER_CANCELLED_AT_MALL'), release: 'ORDER_CANCELLED_AT_MALL', cancel: 'already' },
  }
  function all(code: string) {
    return { confirm: code, ship: code, mark_paid: code, complete: code, hold: code, sub_status: code }
  }
  function but(action: string, cells: Record<string, string>) {
    return Object.fromEntries(Object.entries(cells).filter(([name]) => name !== action))
  }
  const rows = Object.entries(CELLS).flatMap(([status, cells]) =>
    Object.entries(cells).map(([action, cell]) => [status, action as ChangeAction, cell] as const),
  )

  it.each(rows)('%s %s', async (status, action, cell) => {
    const number = place(status)
    const wish = WISHES[action] ?? {}
    if (Array.isArray(cell)) {
      const [reached, ...names] = cell
      expect(await run(number, action, wish)).toEqual(names)
      expect(await statusOf(number)).toBe(reached)
      expect(mall.writes?.(number)).toHaveLength(names.length)
      return
    }
    const planned = await plan(number, action, wish)
    expect(planned).toMatchObject(
      cell === 'already'
        ? { kind: 'already' }
        : { kind: 'refused', code: cell, message: expect.stringMatching(/ください/) },
    )
    expect(mall.writes?.(number)).toEqual([])
  })

  it('does not offer memo', async () => {
    const action: ChangeAction = 'memo'
    const { rules } = open()
    expect(rules?.actions.map((one) => one.action)).toEqual([
      ...[
        'confirm',
        'ship',
        'mark_paid',
        'complete',
        'hold',
        'release',
        'cancel',
        'sub_status',
        'correct_shipment',
      ],
    ])
    expect(rules?.planChange({ action, parameters: {} }, await read(place('発送待ち')))).toMatchObject({
      code: 'ACTION_NOT_SUPPORTED',
    })
  })

  it('waits for nobody where the status cannot be read', async () => {
    const order = await read(place('発送待ち'))
    const unread = { ...order, mallStatus: { code: '', name: null } }
    for (const action of ['confirm', 'hold', 'complete'] as const)
      expect(open().rules?.planChange({ action, parameters: {} }, unread)).toMatchObject({
        code: 'UNKNOWN_MALL_STATUS',
      })
  })
})

describe('a reservation', () => {
  const reserved = { sellMethodSegment: '2', releaseDate: '2027/01/15' }
  const RELEASE = '2027-01-15T00:00:00+09:00'

  it('is taken at once, and goes to dispatch from its day of release on', async () => {
    const number = place('新規予約', reserved)
    const first = (await plan(number, 'confirm', {})) as { steps: ChangeStep[] }
    expect(first).toMatchObject({
      kind: 'steps',
      steps: [{ name: 'reserve', payload: { orderStatus: '予約中' } }],
    })
    expect(first).not.toHaveProperty('notBefore')
    await apply(number, first.steps[0] as ChangeStep)
    expect(await statusOf(number)).toBe('予約中')
    expect(await plan(number, 'confirm', {})).toMatchObject({
      kind: 'steps',
      byWish: true,
      notBefore: RELEASE,
      steps: [{ payload: { orderStatus: '発送待ち' } }],
    })
  })

  it('a prepayment is still waited for', async () => {
    expect(await plan(place('予約中', { ...reserved, ...BANK }), 'confirm', {})).toMatchObject({
      kind: 'steps',
      byWish: true,
      notBefore: RELEASE,
      steps: [{ payload: { orderStatus: '発送前入金待ち' } }],
    })
  })

  it.each(['新規予約', '予約中'])(
    '%s: is shipped by whoever says that it is confirmed with it',
    async (status) => {
      const number = place(status, reserved)
      expect(await plan(number, 'ship', ship('1'))).toMatchObject({ kind: 'refused', code: 'RESERVATION' })
      await run(number, 'ship', { ...ship('1'), confirmFirst: true })
      expect(await statusOf(number)).toBe('完了')
      const unpaid = place(status, { ...reserved, ...BANK })
      expect(await plan(unpaid, 'ship', { ...ship('1'), confirmFirst: true })).toMatchObject({
        kind: 'refused',
        code: 'NOT_PAID',
      })
    },
  )
})

describe('what the payment decides', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a bank transfer waits', BANK, '発送前入金待ち'],
    ['a bank transfer that came does not', { ...BANK, paymentStatus: 'Y' }, '発送待ち'],
    ['cash on delivery', COD, '発送待ち'],
    ['paid later', LATER, '発送待ち'],
    ['an unknown name that was authorised', { ...PAYPAL, authorizationStatus: 'Y' }, '発送待ち'],
  ])('confirm and release: %s', async (_name, payment, expected) => {
    const fresh = place('新規受付', payment)
    await run(fresh, 'confirm')
    const held = place('保留', payment)
    await run(held, 'release')
    expect([await statusOf(fresh), await statusOf(held)]).toEqual([expected, expected])
  })

  it.each<[ChangeAction, string, Record<string, unknown>, string]>([
    ['confirm', '新規受付', PAYPAL, 'PAYMENT_KIND_UNKNOWN'],
    ['release', '保留', PAYPAL, 'PAYMENT_KIND_UNKNOWN'],
    ['confirm', '新規受付', { pgResult: '1' }, 'PAYMENT_FAILED'],
    ['ship', '発送待ち', { pgResult: '1' }, 'PAYMENT_FAILED'],
    ['release', '保留', { sellMethodSegment: '2', releaseDate: '2027/01/01' }, 'RESERVATION'],
    ['ship', '出荷準備中', BANK, 'NOT_PAID'],
  ])('%s at %s is refused for %j', async (action, status, payment, code) => {
    expect(await plan(place(status, payment), action, WISHES[action] ?? {})).toMatchObject({
      kind: 'refused',
      code,
      message: expect.stringMatching(/ください/),
    })
  })

  it('ship leaves what is paid later to its payment, unless that has come', async () => {
    const later = place('発送待ち', LATER)
    await run(later, 'ship', ship('1'))
    expect(await statusOf(later)).toBe('発送後入金待ち')
    await run(later, 'complete')
    const paid = place('発送待ち', LATER)
    await run(paid, 'ship', ship('1', { markPaid: true }))
    expect(await statusOf(paid)).toBe('完了')
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['発送前入金待ち', BANK, { markPaid: true }],
    ['保留', CARD, { release: true }],
    ['保留', BANK, { release: true, markPaid: true }],
  ])('ship from %s takes the step before, when told to', async (status, payment, more) => {
    const number = place(status, payment)
    expect(await run(number, 'ship', ship('1', more))).toEqual(['status_ready', 'shipping', 'status_shipped'])
    expect(mall.writes?.(number).map(({ operation }) => operation)).toEqual([
      ...['updateTradeStsProc', 'updateTradeInfoProc', 'updateTradeStsProc'],
    ])
  })

  it('ship does not release what is unpaid', async () => {
    const held = place('保留', BANK)
    expect(await plan(held, 'ship', ship('1', { release: true }))).toMatchObject({ code: 'NOT_PAID' })
    expect(await plan(held, 'ship', ship('1', { markPaid: true }))).toMatchObject({ code: 'ON_HOLD' })
  })
})

describe('shipping data', () => {
  it.each<[string, Record<string, unknown>, ReturnType<typeof ship>, string[]]>([
    ['the same', registered('4000-0001'), ship('40000001'), ['status_shipped']],
    ['no number', registered('-'), ship('40000001'), ['shipping', 'status_shipped']],
    ['another day', registered('1', '2026/09/04'), ship('1'), ['shipping', 'status_shipped']],
    ['another carrier', registered('1', '2026/09/05', '6'), ship('1'), ['shipping', 'status_shipped']],
    ['a number, and none was wished', registered('1'), ship(), ['status_shipped']],
    ['shipStatus turned by them', { ...registered('1'), shipStatus: 'Y' }, ship('1'), ['status_shipped']],
  ])('that the mall has (%s) are not sent again', async (_name, patch, wished, names) => {
    const number = place('発送待ち', patch)
    expect(await run(number, 'ship', wished)).toEqual(names)
    expect(await statusOf(number)).toBe('完了')
  })

  it('of another number are a person’s to decide, before and after the shipment', async () => {
    const open = place('発送待ち', registered('99990000'))
    const planned = await plan(open, 'ship', ship('1'))
    expect(planned).toMatchObject({ code: 'TRACKING_DIFFERS', message: expect.stringContaining('…0000') })
    expect(JSON.stringify(planned)).not.toContain('99990000')
    const done = place('完了', registered('99990000'))
    expect(await plan(done, 'ship', ship('1'))).toMatchObject({ code: 'ALREADY_SHIPPED' })
    expect(await plan(done, 'ship', ship('9999-0000'))).toMatchObject({ kind: 'already' })
  })

  it('complete what lacks the status alone', async () => {
    const number = place('発送待ち', registered('1'))
    await run(number, 'complete')
    expect(mall.writes?.(number)).toMatchObject([{ operation: 'updateTradeStsProc' }])
  })

  it.each([
    ['sagawa', '2'],
    ['fukuyama', '4'],
    ['seino', '5'],
    ['japan_post', '6'],
    ['rakuten_express', '7'],
    ['meitetsu', '9'],
    ['other', '9'],
  ])('name %s as %s, without the whole number in what is told', async (carrier, shippingCarrier) => {
    const parcels = [{ carrier, trackingNumber: '400012345678' }]
    const [step] = (await steps(place('発送待ち'), 'ship', { ...ship(), parcels })) as [ChangeStep]
    expect(step.facts).toMatchObject({ shippingCarrier, shippingNumber: '…5678' })
    expect(JSON.stringify([step.name, step.label, step.facts])).not.toContain('400012345678')
  })

  it('go to the one recipient', async () => {
    const parcels = [{ carrier: 'yamato', recipientId: '7' }]
    expect(await plan(place('発送待ち'), 'ship', { ...ship(), parcels })).toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
    })
  })
})

it.each<[ChangeAction, unknown, RegExp]>([
  ['ship', { ...ship(), parcels: [{ carrier: 'yamato' }, { carrier: 'yamato' }] }, /1注文に1件/],
  ['ship', ship('1234567890123456'), /15文字/],
  ['ship', ship('１２３'), /半角/],
  [
    'ship',
    { ...ship(), parcels: [{ carrier: 'yamato', lines: [{ lineId: '1', quantity: 1 }] }] },
    /内容明細/,
  ],
  ['mark_paid', { paidOn: '2026-09-01' }, /入金日/],
  ['cancel', { reason: 'OUT_OF_STOCK', detail: 'あ' }, /数字/],
  ['cancel', { reason: '9' }, /理由の詳細/],
  ['cancel', { reason: '9', detail: 'あ'.repeat(34) }, /100バイト/],
  ['cancel', { ...CANCEL, restock: 'keep' }, /在庫/],
  ['sub_status', { subStatus: null }, /ステータス名/],
  ['sub_status', { subStatus: ' ' }, /ステータス名/],
  ['sub_status', { subStatus: '完了' }, /モールのステータス/],
])('%s refuses %j in Japanese', (action, parameters, words) => {
  expect(parametersOf(action)?.safeParse(parameters).error?.issues[0]?.message).toMatch(words)
})

describe('what the mall refuses', () => {
  it.each<[string, () => void, string]>([
    ['a cancelled order', () => undefined, 'ORDER_CANCELLED_AT_MALL'],
    [
      'a value',
      () => mall.faults.set([fault('CME0003', '[orderStatus]の値が正しくありません')]),
      'AUPAY_FORMAT_REFUSED',
    ],
    ['what it names', () => mall.faults.set([fault('TRE9999', 'この操作はできません。')]), 'AUPAY_REJECTED'],
    ['by 400', () => mall.faults.set([{ ...fault('TRE9999', '不可'), status: 400 }]), 'AUPAY_REJECTED'],
  ])('%s', async (_name, given, code) => {
    const number = place('新規受付')
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.cancel(number)
    given()
    expect(await failureOf(apply(number, step))).toMatchObject({
      kind: 'rejected',
      code,
      message: expect.stringMatching(/ください/),
      mallCode: expect.any(String),
    })
    expect(mall.writes?.(number)).toEqual([])
  })
  const fault = (code: string, message: string) => ({
    kind: 'status-1',
    operation: 'updateTradeStsProc',
    code,
    message,
  })

  it('an order that it does not know, and 完了 without data', async () => {
    const number = place('発送待ち', registered('1'))
    const [step] = (await steps(number, 'complete')) as [ChangeStep]
    expect(await failureOf(apply('399999999', step))).toMatchObject({ code: 'AUPAY_ORDER_UNKNOWN' })
    mall.change({ needsShipping: true })
    mall.edit(number, { shippingDate: '' })
    expect(await failureOf(apply(number, step))).toMatchObject({ code: 'AUPAY_SHIPPING_MISSING' })
  })
})

describe('an answer that is lost', () => {
  const CASES: [ChangeAction, string, number][] = [
    ['confirm', '新規受付', 1],
    ['ship', '発送待ち', 2],
    ['mark_paid', '発送前入金待ち', 1],
    ['complete', '発送後入金待ち', 1],
    ['hold', '発送待ち', 1],
    ['release', '保留', 1],
    ['cancel', '発送待ち', 1],
    ['sub_status', '発送待ち', 1],
  ]
  const LOST = ['cut', '500-done', 'broken-body']
  it.each(CASES.flatMap((one) => LOST.map((kind) => [...one, kind] as const)))(
    '%s at %s (%d calls, %s) is unknown, then read as done, written once',
    async (action, status, writes, kind) => {
      const number = place(status)
      const wish = WISHES[action] ?? {}
      for (const step of await steps(number, action, wish)) {
        mall.faults.set([{ kind, operation: String(step.payload.operation) }])
        expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'outcome_unknown' })
        mall.faults.clear()
        expect(await stateOf(number, step)).toBe('applied')
      }
      expect(await plan(number, action, wish)).toMatchObject({ kind: 'already' })
      expect(mall.writes?.(number)).toHaveLength(writes)
    },
  )

  it.each([
    ['slow', 'applied', 1],
    ['slow-undone', 'not_applied', 0],
  ])('after a time-out (%s) is settled by reading: %s', async (kind, state, writes) => {
    const number = place('新規受付')
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'updateTradeStsProc', delayMs: 1_000 }])
    expect(await failureOf(apply(number, step, 200))).toMatchObject({ kind: 'outcome_unknown' })
    mall.faults.clear()
    expect(await stateOf(number, step)).toBe(state)
    expect(mall.writes?.(number)).toHaveLength(writes)
  })

  it('is unknown after an abort under way', async () => {
    const number = place('新規受付')
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.faults.set([{ kind: 'slow', operation: 'updateTradeStsProc', delayMs: 1_000 }])
    const stop = new AbortController()
    const running = open().calls?.applyStep(number, step, stop.signal) as Promise<StepAnswer>
    while (!mall.calls().updateTradeStsProc) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort(new Error('stopping'))
    expect(await failureOf(running)).toMatchObject({ kind: 'outcome_unknown' })
  })

  it('made twice changes nothing twice', async () => {
    const number = place('発送待ち')
    for (const step of await steps(number, 'ship', ship('1'))) {
      await apply(number, step)
      await apply(number, step)
    }
    expect(mall.writes?.(number)).toHaveLength(2)
  })

  it.each([
    ['429', 'throttled'],
    ['key-refused', 'unauthorised'],
    ['403-empty', 'unauthorised'],
    ['503-html', 'outcome_unknown'],
    ['502-html', 'outcome_unknown'],
    ['200-html', 'outcome_unknown'],
    ['200-empty', 'outcome_unknown'],
    ['not-xml', 'outcome_unknown'],
  ])('%s is %s, and nothing was written', async (kind, expected) => {
    const number = place('新規受付')
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'updateTradeStsProc' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: expected })
    expect(mall.writes?.(number)).toEqual([])
  })

  it('was never sent where nobody listens', async () => {
    const number = place('新規受付')
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    const { calls } = open(5_000, 'http://127.0.0.1:9')
    expect(await failureOf(calls?.applyStep(number, step, NEVER) as Promise<StepAnswer>)).toMatchObject({
      kind: 'unavailable',
      code: 'AUPAY_UNREACHABLE',
    })
  })
})

describe('a step that somebody overtook', () => {
  it.each([
    ['保留', 'unknown'],
    ['出荷準備中', 'unknown'],
    ['完了', 'applied'],
    ['新規受付', 'not_applied'],
    ['キャンセル', 'not_applied'],
  ])('confirm, and the order is at %s: %s', async (status, state) => {
    const number = place('新規受付')
    const [step] = (await steps(number, 'confirm')) as [ChangeStep]
    mall.edit(number, { orderStatus: status })
    expect(await stateOf(number, step)).toBe(state)
  })
})

describe('confirmFirst', () => {
  it('confirms, tells the parcel, completes', async () => {
    const number = place('新規受付')
    expect(await run(number, 'ship', ship('1', { confirmFirst: true }))).toEqual([
      ...['status_confirm', 'shipping', 'status_shipped'],
    ])
    expect(await statusOf(number)).toBe('完了')
  })

  it('goes through 発送前入金待ち when it is marked as paid, and waits for the money when it is not', async () => {
    const number = place('新規受付', BANK)
    expect(await plan(number, 'ship', ship('1', { confirmFirst: true }))).toMatchObject({ code: 'NOT_PAID' })
    expect(await run(number, 'ship', ship('1', { confirmFirst: true, markPaid: true }))).toEqual([
      ...['status_confirm', 'status_ready', 'shipping', 'status_shipped'],
    ])
  })

  it('is asked for at the request', async () => {
    const fresh = await read(place('新規受付'))
    const wish = (parameters: unknown) => open().rules?.needsFirst?.({ action: 'ship', parameters }, fresh)
    expect(wish(ship('1'))).toMatchObject({
      action: 'confirm',
      message: expect.stringContaining('「注文確認をしてから発送」'),
    })
    expect(wish(ship('1', { confirmFirst: true }))).toBeNull()
    const ready = await read(place('発送待ち'))
    expect(open().rules?.needsFirst?.({ action: 'ship', parameters: ship('1') }, ready)).toBeNull()
    for (const status of ['新規予約', '予約中']) {
      const order = await read(place(status))
      expect(open().rules?.needsFirst?.({ action: 'ship', parameters: ship('1') }, order)).toMatchObject({
        action: 'confirm',
        message: expect.stringContaining(`「${status}」`),
      })
    }
  })
})

describe('correct_shipment', () => {
  it('puts number and carrier right and leaves status and date alone', async () => {
    const number = place('完了', registered('400000000001'))
    const wish = { parcels: [{ trackingNumber: '500000000001', carrier: 'sagawa' }] }
    expect(await run(number, 'correct_shipment', wish)).toEqual(['shipping'])
    expect(await read(number)).toMatchObject({
      mallStatus: { code: '完了' },
      recipients: [
        { parcels: [{ trackingNumber: '500000000001', carrierCode: '2', shippedOn: '2026-09-05' }] },
      ],
    })
  })

  it('needs data that are there, and an order that is not cancelled', async () => {
    const wish = { parcels: [{ trackingNumber: '5' }] }
    expect(await plan(place('発送待ち'), 'correct_shipment', wish)).toMatchObject({ code: 'NOT_SHIPPED' })
    const gone = place('キャンセル', { cancelStatus: 'C' })
    expect(await plan(gone, 'correct_shipment', wish)).toMatchObject({ code: 'ORDER_CANCELLED_AT_MALL' })
  })
})
