import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RakutenSimulator, startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { ChangeAction, ChangeStep } from '../../../src/marketplaces/port/site-changes.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const SHOP = '123456'
const NEVER = new AbortController().signal

let mall: RakutenSimulator
beforeEach(async () => {
  mall = await startRakutenSimulator({ shops: [{ code: SHOP, name: '見本商店' }], seed: 9 })
})
afterEach(() => mall.close())

function open() {
  const rakuten = createRakuten({ apiUrl: mall.url, requestsPerSecond: 1_000 })
  // The task runs on the mall's clock, the looks for its result are due at once.
  const clock = { now: () => mall.clock.now(), sleep: async (ms: number) => mall.clock.advance(ms) }
  const credentials = rakuten.credentials.parse(mall.credentialsFor(SHOP))
  const tools = testTools({ clock })
  return { rakuten, session: rakuten.open({ shopId: 'shop', shopCode: SHOP, credentials }, tools) }
}

async function read(numbers: string[]): Promise<Map<string, NormalisedOrder>> {
  const orders = new Map<string, NormalisedOrder>()
  for await (const outcome of open().session.fetchOrders(numbers, NEVER))
    if (outcome.kind === 'found') orders.set(outcome.orderNumber, outcome.order)
  return orders
}

async function entries(
  numbers: string[],
  action: ChangeAction,
  parametersOf: (order: NormalisedOrder) => unknown,
) {
  const orders = await read(numbers)
  return numbers.flatMap((orderNumber) => {
    const order = orders.get(orderNumber) as NormalisedOrder
    const plan = open().rakuten.changes?.planChange({ action, parameters: parametersOf(order) }, order)
    return plan?.kind === 'steps' ? plan.steps.map((step) => ({ orderNumber, step })) : []
  })
}

const place = (count: number, orderProgress: number) =>
  Array.from({ length: count }, () => mall.place({ overrides: { orderProgress } }).orderNumber)
const shipAll = (order: NormalisedOrder) => ({
  shippedOn: '2026-07-05',
  parcels: order.recipients.map(({ id }) => ({
    recipientId: id,
    carrier: 'sagawa',
    trackingNumber: `77${id}`,
  })),
})
const send = async (list: { orderNumber: string; step: ChangeStep }[]) =>
  (await open().session.changes?.applyMany?.(list, NEVER)) ?? new Map<string, unknown>()
const states = async (list: { orderNumber: string; step: ChangeStep }[]) => {
  const orders = await read([...new Set(list.map((one) => one.orderNumber))])
  return new Set(
    list.map((one) =>
      open().rakuten.changes?.stepState(one.step, orders.get(one.orderNumber) as NormalisedOrder),
    ),
  )
}

describe('many orders', () => {
  it('are shipped a hundred a call, every basket, each once', async () => {
    const list = await entries(place(130, 300), 'ship', shipAll)
    const answers = await send(list)
    expect(answers.size).toBe(130)
    expect([...answers.values()].every((answer) => 'warnings' in (answer as object))).toBe(true)
    expect(await states(list)).toEqual(new Set(['applied']))
    expect(mall.calls()).toMatchObject({ updateOrderShippingAsync: 2 })
    expect(mall.writes?.()).toHaveLength(list.length)
  })

  it('are confirmed in one call; one that is cancelled meanwhile fails alone', async () => {
    const numbers = place(40, 100)
    const list = await entries(numbers, 'confirm', () => ({}))
    mall.edit(numbers[7] as string, { orderProgress: 900 })
    mall.edit(numbers[8] as string, { orderProgress: 200 })
    const answers = await send(list)
    expect(answers.get(numbers[7] as string)).toMatchObject({
      kind: 'rejected',
      code: 'ORDER_CANCELLED_AT_MALL',
    })
    expect(answers.get(numbers[8] as string)).toMatchObject({
      mallCode: expect.stringContaining('ERROR_103'),
    })
    expect(mall.calls().confirmOrder).toBe(1)
    expect(mall.writes?.()).toHaveLength(38)
  })

  it('get their sub-status together by its id', async () => {
    const numbers = place(20, 300)
    const ids = new Map(numbers.map((number, index) => [number, index % 2 ? '3001' : '3002']))
    const list = await entries(numbers, 'sub_status', (order) => ({ subStatus: ids.get(order.orderNumber) }))
    expect((await send(list)).size).toBe(20)
    expect(await states(list)).toEqual(new Set(['applied']))
    expect(mall.calls().updateOrderSubStatus).toBe(2)
  })

  it('are told apart when one is refused in the result, and when one spoils the call', async () => {
    const numbers = place(12, 300)
    const list = await entries(numbers, 'ship', shipAll)
    mall.edit(numbers[3] as string, { orderProgress: 800 })
    const spoilt = list.find((one) => one.orderNumber === numbers[5]) as { step: ChangeStep }
    spoilt.step.payload = {
      ...spoilt.step.payload,
      records: [{ deliveryCompany: 'ヤマト', shippingDate: '2026-07-05' }],
    }
    const answers = await send(list)
    expect(answers.get(numbers[3] as string)).toMatchObject({ code: 'ORDER_CANCELLED_AT_MALL' })
    expect(answers.get(numbers[5] as string)).toMatchObject({
      kind: 'rejected',
      code: 'RAKUTEN_FORMAT_REFUSED',
    })
    expect([...answers.values()].filter((answer) => 'warnings' in (answer as object))).toHaveLength(10)
  })

  it('are unknown, with a time from which reading tells, when the acceptance or the result is lost', async () => {
    const list = await entries(place(10, 300), 'ship', shipAll)
    mall.faults.set([{ kind: 'cut', operation: 'updateOrderShippingAsync' }])
    for (const answer of (await send(list)).values())
      expect(answer).toMatchObject({ kind: 'outcome_unknown', until: expect.any(Date) })
    expect(await states(list)).toEqual(new Set(['applied']))
    const others = await entries(place(10, 300), 'ship', shipAll)
    mall.faults.set([{ kind: '500', operation: 'getResultUpdateOrderShippingAsync' }])
    expect([...(await send(others)).values()]).toMatchObject(Array(10).fill({ kind: 'outcome_unknown' }))
    expect(await states(others)).toEqual(new Set(['applied']))
  })

  it('wait a moment for their result', async () => {
    const list = await entries(place(10, 300), 'ship', shipAll)
    mall.faults.set([{ kind: '429', operation: 'getResultUpdateOrderShippingAsync', times: 2 }])
    expect([...(await send(list)).values()].every((answer) => 'warnings' in (answer as object))).toBe(true)
  })

  it('stop where the whole shop is refused: what was not tried has no answer', async () => {
    const list = await entries(place(150, 100), 'confirm', () => ({}))
    mall.faults.set([{ kind: 'key-refused', operation: 'confirmOrder' }])
    const answers = await send(list)
    expect(answers.size).toBe(100)
    expect([...answers.values()][0]).toMatchObject({ kind: 'unauthorised' })
    expect(mall.writes?.()).toEqual([])
  })
})
