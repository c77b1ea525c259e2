import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import { type AmazonSimulator, NO_QUOTAS } from '../../../sandbox/malls/amazon/index.ts'
import { payloadOf } from '../../../src/marketplaces/amazon/changes/steps.ts'
import { createAmazon } from '../../../src/marketplaces/amazon/index.ts'
import type { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { ChangeAction, ChangeStep, StepAnswer } from '../../../src/marketplaces/port/site-changes.ts'
import type { HttpRequest, HttpResponse } from '../../../src/platform/http/http-client.ts'
import { cappedHttp, testTools } from '../../support/malls/test-kit.ts'
import { NEVER, openAmazon, SHOP, startHeldMall } from './test-kit.ts'

const DAY = '2026-09-01'
const HOUR_MS = 60 * 60 * 1000
const CARD = [{ paymentMethod: 'CreditCard' }]

let mall: AmazonSimulator
let clock: ControllableClock
beforeEach(async () => {
  ;({ mall, clock } = await startHeldMall({ quotas: NO_QUOTAS }))
})
afterEach(() => mall.close())

function open(
  capMs = 5_000,
  apiUrl = mall.url,
  more: Record<string, unknown> = {},
  answeredAs: (answer: HttpResponse) => HttpResponse = (answer) => answer,
) {
  const requests: HttpRequest[] = []
  const real = cappedHttp(capMs)
  const http: typeof real = {
    async request(request, signal) {
      requests.push(request)
      const answer = await real.request(request, signal)
      return request.url.includes('/shipmentConfirmation') ? answeredAs(answer) : answer
    },
  }
  const tools = testTools({ clock, http })
  const amazon = createAmazon({ apiUrl, authUrl: mall.authUrl })
  const credentials = amazon.credentials.parse(mall.credentialsFor(SHOP))
  const settings = { includeFba: true, ...more }
  const session = amazon.open({ shopId: 'shop', shopCode: SHOP, credentials, settings }, tools)
  return { rules: amazon.changes, calls: session.changes, session, tools, requests }
}

const lineId = (index: number) => `5811302700000${index}`

/** Lines of the given quantities; an hour passes after the order. */
function place(quantities: readonly number[] = [2], patch: Record<string, unknown> = {}): string {
  const { orderNumber } = mall.place()
  mall.edit(orderNumber, {
    programs: [],
    payment: { paymentExecutions: CARD },
    orderItems: quantities.map((quantity, index) => ({
      orderItemId: lineId(index),
      quantityOrdered: quantity,
      fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: quantity },
    })),
    ...patch,
  })
  clock.advance(HOUR_MS)
  return orderNumber
}

async function read(orderNumber: string): Promise<NormalisedOrder> {
  for await (const outcome of open().session.fetchOrders([orderNumber], NEVER)) {
    if (outcome.kind === 'found') return outcome.order
  }
  throw new Error('not found')
}

const parametersOf = (action: ChangeAction) =>
  open().rules?.actions.find((one) => one.action === action)?.parameters

const plan = async (orderNumber: string, parameters: unknown) =>
  open().rules?.planChange(
    { action: 'ship', parameters: parametersOf('ship')?.parse(parameters) },
    await read(orderNumber),
  )

async function steps(orderNumber: string, parameters: unknown): Promise<ChangeStep[]> {
  const planned = await plan(orderNumber, parameters)
  if (planned?.kind !== 'steps') throw new Error(`no steps but ${JSON.stringify(planned)}`)
  return planned.steps
}

const apply = (orderNumber: string, step: ChangeStep, capMs?: number) =>
  open(capMs).calls?.applyStep(orderNumber, step, NEVER) as Promise<StepAnswer>

const stateOf = async (orderNumber: string, step: ChangeStep) =>
  open().rules?.stepState(step, await read(orderNumber))

async function run(orderNumber: string, parameters: unknown): Promise<void> {
  for (const step of await steps(orderNumber, parameters)) {
    expect(await stateOf(orderNumber, step)).toBe('unknown')
    await apply(orderNumber, step)
    expect(await stateOf(orderNumber, step)).toBe('applied')
  }
  expect(await plan(orderNumber, parameters)).toMatchObject({ kind: 'already' })
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: MarketplaceFailure) => error,
  )

const parcel = (trackingNumber: string, more: Record<string, unknown> = {}) => ({
  carrier: 'yamato',
  trackingNumber,
  ...more,
})
const ship = (...parcels: Record<string, unknown>[]) => ({ shippedOn: DAY, parcels })
const contents = (...quantities: number[]) => ({
  lines: quantities.flatMap((quantity, index) => (quantity > 0 ? { lineId: lineId(index), quantity } : [])),
})

describe('ship', () => {
  it('confirms everything in one parcel with the exact request', async () => {
    const number = place([2, 1])
    const [step] = (await steps(number, ship(parcel('400000000000', { shippingMethod: '宅急便' })))) as [
      ChangeStep,
    ]
    const { calls, requests, tools } = open()
    await calls?.applyStep(number, step, NEVER)
    const request = requests.at(-1)
    expect(request).toMatchObject({
      method: 'POST',
      url: `${mall.url}/orders/v0/orders/${number}/shipmentConfirmation`,
      headers: { 'content-type': 'application/json' },
    })
    expect(JSON.parse(String(request?.body))).toEqual({
      marketplaceId: 'A1VC38T7YXB528',
      packageDetail: {
        packageReferenceId: expect.stringMatching(/^[1-9]\d{8}$/),
        carrierCode: 'YAMATO',
        shippingMethod: '宅急便',
        trackingNumber: '400000000000',
        shipDate: '2026-09-01T01:00:00Z',
        orderItems: [
          { orderItemId: lineId(0), quantity: 2 },
          { orderItemId: lineId(1), quantity: 1 },
        ],
      },
    })
    expect(tools.quotas).toEqual([{ key: `amazon:seller:${SHOP}:confirmShipment`, perSecond: 2, burst: 10 }])
    expect(await read(number)).toMatchObject({ mallState: 'shipped' })
    expect(mall.writes?.(number)).toMatchObject([{ operation: 'confirmShipment', what: { pieces: 3 } }])
  })

  it('confirms several parcels, the last with what is left', async () => {
    const number = place([3, 1])
    await run(number, ship(parcel('1111', contents(1)), parcel('2222', contents(1, 1)), parcel('3333')))
    const order = await read(number)
    expect(order.mallState).toBe('shipped')
    expect(order.recipients[0]?.parcels.map((one) => [one.trackingNumber, one.shippedOn])).toEqual([
      ['1111', DAY],
      ['2222', DAY],
      ['3333', DAY],
    ])
    expect(mall.writes?.(number).map(({ what }) => what.pieces)).toEqual([1, 2, 1])
  })

  it('goes on with the parcels that are not reported yet', async () => {
    const number = place([2])
    await run(number, ship(parcel('1111', contents(1))))
    expect((await read(number)).mallStatus.code).toBe('PARTIALLY_SHIPPED')
    await run(number, ship(parcel('11-11', contents(1)), parcel('2222')))
    expect(mall.writes?.(number)).toHaveLength(2)
  })

  it('keeps a plan’s names when the first parcel shows only later', async () => {
    mall.change({ shipmentDelaySeconds: 600 })
    const number = place([2])
    const wished = ship(parcel('1111', contents(1)), parcel('2222'))
    const [first, second] = (await steps(number, wished)) as [ChangeStep, ChangeStep]
    await apply(number, first)
    expect(await stateOf(number, first)).toBe('unknown')
    expect((await steps(number, wished)).map(({ name, payload }) => [name, payload])).toEqual([
      [first.name, first.payload],
      [second.name, second.payload],
    ])
    clock.advance(601_000)
    expect(await stateOf(number, first)).toBe('applied')
    expect((await steps(number, wished)).map(({ name }) => name)).toEqual([second.name])
  })

  it.each([
    ['sagawa', {}, { carrierCode: 'SAGAWA' }],
    ['nippon_express', {}, { carrierCode: 'NITTSU' }],
    ['japan_post', {}, { carrierCode: 'Other', carrierName: '日本郵便' }],
    ['seino', {}, { carrierCode: 'Other', carrierName: '西濃運輸' }],
    ['other', { carrierName: ' 見本運送 ' }, { carrierCode: 'Other', carrierName: '見本運送' }],
  ])('takes %s', async (carrier, more, expected) => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1', { carrier, ...more })))) as [ChangeStep]
    expect(step.payload.packageDetail).toMatchObject(expected)
    await run(number, ship(parcel('1', { carrier, ...more })))
  })

  it('says who collects cash on delivery', async () => {
    const cod = place([1], { payment: { paymentExecutions: [{ paymentMethod: 'CashOnDelivery' }] } })
    const [step] = (await steps(cod, ship(parcel('1')))) as [ChangeStep]
    expect(step.payload.codCollectionMethod).toBe('DirectPayment')
    await run(cod, ship(parcel('1')))
    expect((await steps(place(), ship(parcel('1'))))[0]?.payload).not.toHaveProperty('codCollectionMethod')
  })

  it('reports a later day by its first moment', async () => {
    const number = place()
    clock.advance(30 * HOUR_MS)
    const [step] = await steps(number, { ...ship(parcel('1')), shippedOn: '2026-09-02' })
    expect(step?.payload.packageDetail).toMatchObject({ shipDate: '2026-09-01T15:00:00Z' })
    await run(number, { ...ship(parcel('1')), shippedOn: '2026-09-02' })
  })

  it('does not send a day that has not come', async () => {
    const number = place()
    const [step] = (await steps(number, { ...ship(parcel('1')), shippedOn: '2026-09-05' })) as [ChangeStep]
    expect(await failureOf(apply(number, step))).toMatchObject({
      kind: 'rejected',
      code: 'SHIP_DATE_IN_FUTURE',
    })
    expect(mall.calls()).not.toHaveProperty('confirmShipment')
  })

  it('tells what is sent without the whole number', async () => {
    const [step] = (await steps(place(), ship(parcel('400012345678')))) as [ChangeStep]
    expect(step.facts).toMatchObject({ operation: 'confirmShipment', trackingNumber: '…5678', pieces: 2 })
    expect(JSON.stringify([step.name, step.label, step.facts])).not.toContain('400012345678')
  })
})

describe('ship is refused, in Japanese', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['cancelled', { fulfillment: { fulfillmentStatus: 'CANCELLED' } }, 'ORDER_CANCELLED_AT_MALL'],
    ['FBA', { fulfillment: { fulfilledBy: 'AMAZON' } }, 'FBA_ORDER'],
    ['Easy Ship', { programs: ['AMAZON_EASY_SHIP'] }, 'SHIPPED_THROUGH_AMAZON'],
    ['Amazon’s own delivery', { programs: ['DELIVERY_BY_AMAZON'] }, 'SHIPPED_THROUGH_AMAZON'],
    ['FBM Ship+', { programs: ['FBM_SHIP_PLUS'] }, 'SHIPPED_BY_AMAZON_LABEL'],
    ['UNFULFILLABLE', { fulfillment: { fulfillmentStatus: 'UNFULFILLABLE' } }, 'UNKNOWN_MALL_STATUS'],
    ['a new status', { fulfillment: { fulfillmentStatus: 'ON_ICE' } }, 'UNKNOWN_MALL_STATUS'],
    ['shipped elsewhere', { fulfillment: { fulfillmentStatus: 'SHIPPED' } }, 'ALREADY_SHIPPED'],
  ])('when %s', async (_name, patch, code) => {
    const number = place([1], patch)
    expect(await plan(number, ship(parcel('1')))).toMatchObject({
      kind: 'refused',
      code,
      message: expect.stringMatching(
        code === 'ALREADY_SHIPPED' ? /「発送情報の訂正」.+ください/ : /ください/,
      ),
    })
  })

  it('when the buyer wishes to cancel', async () => {
    const number = place()
    mall.requestCancel(number)
    expect(await plan(number, ship(parcel('1')))).toMatchObject({ code: 'CANCEL_REQUESTED' })
  })

  it.each(['PENDING', 'PENDING_AVAILABILITY'])('at %s', async (code) => {
    const order = { ...(await read(place())), mallStatus: { code, name: null } }
    const wished = { action: 'ship' as const, parameters: ship(parcel('1')) }
    expect(open().rules?.planChange(wished, order)).toMatchObject({ code: 'NOT_READY_TO_SHIP' })
  })

  it.each<[string, unknown, string]>([
    ['a line that is none', ship(parcel('1', { lines: [{ lineId: '9', quantity: 1 }] })), 'LINE_UNKNOWN'],
    ['too many pieces', ship(parcel('1', contents(3))), 'QUANTITY_EXCEEDED'],
    [
      'too many in two parcels',
      ship(parcel('1', contents(2)), parcel('2', contents(1))),
      'QUANTITY_EXCEEDED',
    ],
    ['nothing for the second', ship(parcel('1', contents(2)), parcel('2')), 'NOTHING_TO_SHIP'],
    ['another recipient', ship(parcel('1', { recipientId: '2' })), 'RECIPIENT_UNKNOWN'],
    ['a day before the order', { ...ship(parcel('1')), shippedOn: '2026-08-31' }, 'SHIP_DATE_BEFORE_ORDER'],
  ])('for %s', async (_name, parameters, code) => {
    expect(await plan(place([2]), parameters)).toMatchObject({
      kind: 'refused',
      code,
      message: expect.stringMatching(/ください/),
    })
  })

  it('for another number after the shipment, and is done already for the same', async () => {
    const number = place()
    await run(number, ship(parcel('1234-5678')))
    expect(await plan(number, ship(parcel('12345678')))).toMatchObject({ kind: 'already' })
    expect(await plan(number, ship(parcel('9')))).toMatchObject({
      code: 'ALREADY_SHIPPED',
      message: expect.stringContaining('「発送情報の訂正」'),
    })
  })

  it.each<ChangeAction>([
    'confirm',
    'mark_paid',
    'complete',
    'hold',
    'release',
    'cancel',
    'memo',
    'sub_status',
  ])('like %s, which Amazon does not have', async (action) => {
    const { rules } = open()
    expect(rules?.actions.map((one) => one.action)).toEqual(['ship', 'correct_shipment'])
    expect(rules?.planChange({ action, parameters: {} }, await read(place()))).toMatchObject({
      code: 'ACTION_NOT_SUPPORTED',
    })
  })
})

describe('correct_shipment', () => {
  const correct = async (number: string, parameters: unknown) =>
    open().rules?.planChange(
      { action: 'correct_shipment', parameters: parametersOf('correct_shipment')?.parse(parameters) },
      await read(number),
    )
  const only = async (number: string, parameters: unknown): Promise<ChangeStep> => {
    const planned = await correct(number, parameters)
    if (planned?.kind !== 'steps') throw new Error(`no steps but ${JSON.stringify(planned)}`)
    return planned.steps[0] as ChangeStep
  }
  const packagesAt = (number: string) => mall.writes?.(number)

  it('edits the package under the reference it has, and ships the old number as another package', async () => {
    const number = place([2])
    await run(number, ship(parcel('1111', contents(1))))
    const [before] = (await read(number)).recipients[0]?.parcels ?? []
    const step = await only(number, { parcels: [{ trackingNumber: '2222' }] })
    expect(step.payload.packageDetail).toMatchObject({
      packageReferenceId: before?.id,
      carrierCode: 'YAMATO',
    })
    expect(await stateOf(number, step)).toBe('unknown')
    await apply(number, step)
    expect(await stateOf(number, step)).toBe('applied')
    expect(await correct(number, { parcels: [{ trackingNumber: '22-22' }] })).toMatchObject({
      kind: 'already',
    })
    await run(number, ship(parcel('1111', contents(1))))
    const numbers = (await read(number)).recipients[0]?.parcels.map((one) => one.trackingNumber)
    expect(numbers).toEqual(['2222', '1111'])
    expect(packagesAt(number)?.map(({ what }) => what.package)).toEqual(['added', 'edited', 'added'])
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['Yamato Transport', {}, { carrierCode: 'YAMATO' }],
    ['ヤマト運輸', {}, { carrierCode: 'YAMATO' }],
    ['佐川急便', {}, { carrierCode: 'SAGAWA' }],
    ['日本郵便', {}, { carrierCode: 'Other', carrierName: '日本郵便' }],
    ['Japan Post', { japan_post: 'Japan Post' }, { carrierCode: 'Japan Post' }],
    ['日本郵便', { japan_post: 'Japan Post' }, { carrierCode: 'Japan Post' }],
    ['JP_EXPRESS', {}, { carrierCode: 'JP_EXPRESS' }],
    ['YamatoTransport', {}, { carrierCode: 'YamatoTransport' }],
    ['Seino Japan', { seino: 'SEINO JAPAN' }, { carrierCode: 'SEINO JAPAN' }],
    ['見本運送', {}, { carrierCode: 'Other', carrierName: '見本運送' }],
  ])('of the number leaves the carrier %s of %j as it is', async (shown, carrierCodes, sent) => {
    const number = place([1])
    await run(number, ship(parcel('1111')))
    mall.edit(number, { packages: [{ carrier: shown }] })
    const step = await only(number, { parcels: [{ trackingNumber: '2222' }] })
    expect(await sentWith(step, carrierCodes)).toEqual(sent)
  })

  it('of the carrier takes the shipping method along only when it is wished', async () => {
    const number = place([1])
    await run(number, ship(parcel('1111', { shippingMethod: '宅急便' })))
    const detail = async (wished: object) =>
      payloadOf(await only(number, { parcels: [wished] })).packageDetail.shippingMethod
    expect(await detail({ carrier: 'sagawa' })).toBeUndefined()
    expect(await detail({ carrier: 'sagawa', shippingMethod: '飛脚宅配便' })).toBe('飛脚宅配便')
    expect(await detail({ trackingNumber: '2222' })).toBe('宅急便')
  })

  it('sends nothing for a package of which Amazon tells too little', async () => {
    const number = place([2])
    await run(number, ship(parcel('1111', contents(1))))
    mall.edit(number, { packages: [{ carrier: '' }] })
    expect(await correct(number, { parcels: [{ trackingNumber: '2222' }] })).toMatchObject({
      kind: 'refused',
      code: 'PARCEL_INCOMPLETE',
    })
  })

  it('wants to know which of two, keeps the one that is not meant, and needs one that is there', async () => {
    const number = place([2])
    expect(await correct(number, { parcels: [{ trackingNumber: '9' }] })).toMatchObject({
      code: 'NOT_SHIPPED',
    })
    await run(number, ship(parcel('1111', contents(1)), parcel('2222')))
    const [, second] = (await read(number)).recipients[0]?.parcels ?? []
    expect(await correct(number, { parcels: [{ trackingNumber: '9' }] })).toMatchObject({
      code: 'PARCEL_NEEDED',
    })
    expect(await correct(number, { parcels: [{ parcelId: '5', trackingNumber: '9' }] })).toMatchObject({
      code: 'PARCEL_UNKNOWN',
    })
    expect(
      await correct(number, { parcels: [{ parcelId: second?.id, trackingNumber: '1111' }] }),
    ).toMatchObject({
      code: 'TRACKING_NUMBER_TAKEN',
    })
    const step = await only(number, {
      parcels: [{ parcelId: second?.id, carrier: 'other', carrierName: '見本運送' }],
    })
    await apply(number, step)
    expect((await read(number)).recipients[0]?.parcels).toMatchObject([
      { trackingNumber: '1111', carrierName: 'ヤマト運輸' },
      { trackingNumber: '2222', carrierName: '見本運送' },
    ])
  })

  it('that was never answered is sent again under the same reference, and done once', async () => {
    const number = place([1])
    await run(number, ship(parcel('1111')))
    const step = await only(number, { parcels: [{ trackingNumber: '2222' }] })
    mall.faults.set([{ kind: 'cut', operation: 'confirmShipment' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'outcome_unknown' })
    mall.faults.clear()
    await apply(number, step)
    expect(await stateOf(number, step)).toBe('applied')
    expect(packagesAt(number)).toHaveLength(2)
  })

  it.each([
    ['nothing', {}],
    ['an empty number', { trackingNumber: '' }],
    ['a removal', { remove: true }],
    ['other without a name', { carrier: 'other' }],
  ])('refuses %s in Japanese', (_what, wished) => {
    const parsed = parametersOf('correct_shipment')?.safeParse({ parcels: [wished] })
    expect(parsed?.error?.issues[0]?.message).toMatch(/ください|できません|取り消せません|必要/)
  })
})

/** Carrier and name of the call that a step makes, answered by nobody. */
async function sentWith(step: ChangeStep, carrierCodes: Record<string, string>) {
  const { session, requests } = open(5_000, mall.url, { carrierCodes })
  await session.changes?.applyStep('250-0000000-0000000', step, NEVER).catch(() => undefined)
  const { packageDetail } = JSON.parse(String(requests.at(-1)?.body))
  const { carrierCode, carrierName } = packageDetail
  return carrierName === undefined ? { carrierCode } : { carrierCode, carrierName }
}

it.each([
  ['InvalidInput', 'CarrierCode: unknown', { kind: 'rejected', code: 'AMAZON_CARRIER_REFUSED' }],
  ['NotFound', 'no such order', { kind: 'rejected', code: 'AMAZON_ORDER_UNKNOWN' }],
  ['QuotaExceeded', 'slow down', { kind: 'throttled' }],
])('200 with nothing but an error (%s) is no success', async (code, message, failure) => {
  const number = place()
  const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message, details: '' }] }))
  const { session } = open(5_000, mall.url, {}, (answer) => ({ ...answer, status: 200, body }))
  expect(await failureOf(session.changes?.applyStep(number, step, NEVER) as Promise<unknown>)).toMatchObject(
    failure,
  )
})

it.each([
  [5, '約5分進んで'],
  [-120, '約120分遅れて'],
])('names our clock that is %i minutes off when the mall refuses a day', async (minutes, words) => {
  const number = place()
  const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
  const body = Buffer.from(
    JSON.stringify({ errors: [{ code: 'InvalidInput', message: 'ShipDate: in the future' }] }),
  )
  const date = new Date(clock.now() - minutes * 60_000).toUTCString()
  const { session } = open(5_000, mall.url, {}, (answer) => ({
    ...answer,
    status: 400,
    body,
    headers: { ...answer.headers, date },
  }))
  const failure = await failureOf(session.changes?.applyStep(number, step, NEVER) as Promise<unknown>)
  expect(failure.message).toContain(words)
})

it('sends the code that a shop has for a carrier', async () => {
  const number = place()
  const [step] = (await steps(number, ship(parcel('1', { carrier: 'japan_post' })))) as [ChangeStep]
  const { open: openShop } = openAmazon(mall, { settings: { carrierCodes: { japan_post: 'Other' } } })
  await openShop().changes?.applyStep(number, step, NEVER)
  expect((await read(number)).recipients[0]?.parcels).toMatchObject([{ carrierName: '日本郵便' }])
})

it.each<[string, unknown, RegExp]>([
  ['no number', ship({ carrier: 'yamato' }), /伝票番号が必須/],
  ['the same number twice', ship(parcel('1-1', contents(1)), parcel('11')), /2回/],
  ['other without a name', ship(parcel('1', { carrier: 'other' })), /配送会社名/],
  ['two parcels without contents', ship(parcel('1'), parcel('2')), /内容明細/],
  ['a line twice', ship(parcel('1', { lines: [...contents(1).lines, ...contents(1).lines] })), /2回/],
  ['markPaid', { ...ship(parcel('1')), markPaid: true }, /入金/],
  ['release', { ...ship(parcel('1')), release: true }, /保留/],
])('parameters with %s are refused in Japanese', (_name, parameters, words) => {
  const parsed = parametersOf('ship')?.safeParse(parameters)
  expect(parsed?.error?.issues[0]?.message).toMatch(words)
})

describe('what the mall refuses', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'shipped meanwhile',
      { orderItems: [{ fulfillment: { quantityUnfulfilled: 0 } }] },
      'AMAZON_ALREADY_FULFILLED',
    ],
    ['cancelled meanwhile', { fulfillment: { fulfillmentStatus: 'CANCELLED' } }, 'AMAZON_ORDER_CANCELLED'],
  ])('%s', async (_name, patch, code) => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.edit(number, patch)
    expect(await failureOf(apply(number, step))).toMatchObject({
      kind: 'rejected',
      code,
      message: expect.stringMatching(/ください/),
      mallCode: 'InvalidInput',
      status: 400,
    })
    expect(mall.writes?.(number)).toEqual([])
  })

  it.each([
    ['403', 'access-denied', 'rejected', 'AMAZON_SHIP_FORBIDDEN'],
    ['a page of the edge', 'html-400', 'unavailable', 'AMAZON_GATEWAY_PAGE'],
  ])('%s', async (_name, kind, expected, code) => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'confirmShipment' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: expected, code })
  })

  it('an order that it does not know', async () => {
    const [step] = (await steps(place(), ship(parcel('1')))) as [ChangeStep]
    expect(await failureOf(apply('250-0000000-0000000', step))).toMatchObject({
      code: 'AMAZON_ORDER_UNKNOWN',
    })
  })
})

describe('an answer that is lost', () => {
  it.each(['cut', '500-done', '200-html', '200-empty'])('(%s) is unknown; read, it tells', async (kind) => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1234')))) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'confirmShipment' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'outcome_unknown' })
    mall.faults.clear()
    const done = kind === 'cut' || kind === '500-done'
    expect(await stateOf(number, step)).toBe(done ? 'applied' : 'unknown')
    expect(mall.writes?.(number)).toHaveLength(done ? 1 : 0)
  })

  it.each([
    ['slow', 'applied', 1],
    ['slow-undone', 'unknown', 0],
  ])('after a time-out (%s) is settled by reading: %s', async (kind, state, writes) => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'confirmShipment', delayMs: 1_000 }])
    expect(await failureOf(apply(number, step, 200))).toMatchObject({ kind: 'outcome_unknown' })
    mall.faults.clear()
    expect(await stateOf(number, step)).toBe(state)
    expect(mall.writes?.(number)).toHaveLength(writes)
  })

  it('is unknown after an abort under way', async () => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind: 'slow', operation: 'confirmShipment', delayMs: 1_000 }])
    const stop = new AbortController()
    const running = open().calls?.applyStep(number, step, stop.signal) as Promise<StepAnswer>
    while (!mall.calls().confirmShipment) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort(new Error('stopping'))
    expect(await failureOf(running)).toMatchObject({ kind: 'outcome_unknown' })
  })

  it('may be asked for again: the same package is met, and nothing changes twice', async () => {
    mall.change({ shipmentDelaySeconds: 300 })
    const number = place([2])
    const [step] = (await steps(number, ship(parcel('1', contents(1))))) as [ChangeStep]
    mall.faults.set([{ kind: 'cut', operation: 'confirmShipment' }])
    await failureOf(apply(number, step))
    mall.faults.clear()
    expect(await stateOf(number, step)).toBe('unknown')
    expect(open().rules?.repeatAfterMs).toBeGreaterThanOrEqual(300_000)
    await apply(number, step)
    clock.advance(301_000)
    expect(await stateOf(number, step)).toBe('applied')
    expect(mall.writes?.(number)).toHaveLength(1)
  })

  it('was not carried out when the order is cancelled', async () => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.cancel(number)
    expect(await stateOf(number, step)).toBe('not_applied')
  })

  it.each([
    ['429', 'throttled'],
    ['key-refused', 'unauthorised'],
    ['503-html', 'outcome_unknown'],
  ])('%s is %s, and nothing was written', async (kind, expected) => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind, operation: 'confirmShipment' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: expected })
    expect(mall.writes?.(number)).toEqual([])
  })

  it('a token that ends is renewed, and the shipment sent once', async () => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind: 'token-expired', operation: 'confirmShipment', times: 1 }])
    await apply(number, step)
    expect(mall.calls()).toMatchObject({ confirmShipment: 2 })
    expect(mall.writes?.(number)).toHaveLength(1)
  })

  it('a token host that is away has sent nothing', async () => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    mall.faults.set([{ kind: '500', operation: 'token' }])
    expect(await failureOf(apply(number, step))).toMatchObject({ kind: 'unavailable' })
    expect(mall.calls()).not.toHaveProperty('confirmShipment')
  })

  it('was never sent where nobody listens', async () => {
    const number = place()
    const [step] = (await steps(number, ship(parcel('1')))) as [ChangeStep]
    const { calls } = open(5_000, 'http://127.0.0.1:9')
    expect(await failureOf(calls?.applyStep(number, step, NEVER) as Promise<StepAnswer>)).toMatchObject({
      kind: 'unavailable',
      code: 'AMAZON_UNREACHABLE',
    })
  })
})
