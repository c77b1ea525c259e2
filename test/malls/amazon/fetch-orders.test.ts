import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import { type AmazonSimulator, NO_QUOTAS } from '../../../sandbox/malls/amazon/index.ts'
import type { FetchOutcome } from '../../../src/marketplaces/port/session.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { memoryBuckets } from '../../support/malls/memory-buckets.ts'
import { OTHER_SHOP, openAmazon, SHOP, START, startHeldMall } from './test-kit.ts'

let mall: AmazonSimulator
let clock: ControllableClock
beforeEach(async () => {
  ;({ mall, clock } = await startHeldMall({ quotas: NO_QUOTAS }))
})
afterEach(() => mall.close())

const place = (overrides: Record<string, unknown> = {}, shopCode = SHOP) =>
  mall.place({ shopCode, overrides }).orderNumber
const only = (outcomes: Map<string, FetchOutcome>) => [...outcomes.values()][0]
const minutes = (at: Date) => (at.getTime() - clock.now()) / 60_000

describe('what the shop does not import', () => {
  it('leaves FBA orders out unless the shop asks for them', async () => {
    const number = place({ fulfillment: { fulfilledBy: 'AMAZON' } })
    expect(only(await openAmazon(mall).fetch([number]))).toMatchObject({ kind: 'skipped', reason: /FBA/ })
    const outcome = only(await openAmazon(mall, { settings: { includeFba: true } }).fetch([number]))
    expect(outcome).toMatchObject({ kind: 'found', order: { flags: expect.arrayContaining(['fba']) } })
  })

  it('leaves out orders of other countries, whose money it could not read', async () => {
    const number = place({
      salesChannel: { marketplaceId: 'A19VAU5U5O7RUS', marketplaceName: 'Amazon.sg' },
      proceeds: { grandTotal: { amount: '44.60', currencyCode: 'SGD' } },
    })
    expect(only(await openAmazon(mall).fetch([number]))).toMatchObject({ kind: 'skipped' })
  })

  it('says of an order in another currency which it is, instead of finding it unreadable', async () => {
    const number = place({ proceeds: { grandTotal: { amount: '44.60', currencyCode: 'SGD' } } })
    const outcome = only(await openAmazon(mall).fetch([number]))
    expect(outcome).toMatchObject({ kind: 'skipped', reason: expect.stringContaining('通貨（SGD）') })
  })

  it('never sends what is no order number', async () => {
    const odd = ['', 'D01-1234567-1234567', '250-5013327', '250-5013327-88462011', '２５０-5013327-8846201']
    const outcomes = await openAmazon(mall).fetch(odd)
    expect([...outcomes.keys()]).toEqual(odd)
    for (const outcome of outcomes.values())
      expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'rejected' } })
    expect(mall.calls()).toEqual({})
  })
})

it('names the packages that were taken back, and no others', async () => {
  const item = { orderItemId: '1', quantity: 1 }
  const packageOf = (packageReferenceId: string, status: string) => ({
    packageReferenceId,
    packageStatus: { status },
    carrier: 'YAMATO',
    trackingNumber: `40000000001${packageReferenceId}`,
    packageItems: [item],
  })
  const number = place({ packages: [packageOf('1', 'CANCELLED'), packageOf('2', 'SHIPPED')] })
  expect(only(await openAmazon(mall).fetch([number]))).toMatchObject({
    order: { recipients: [{ parcels: [{ id: '2' }] }] },
    takenBack: [{ recipientId: '1', id: '1', trackingNumber: '400000000011' }],
  })
  expect(only(await openAmazon(mall).fetch([place()]))).toMatchObject({ takenBack: [] })
})

describe('pending orders', () => {
  it('wait, ever more patiently, and are found when they are paid', async () => {
    const number = place({ fulfillment: { fulfillmentStatus: 'PENDING' } })
    const { fetch } = openAmazon(mall)
    const waits: number[] = []
    for (const hours of [0, 2, 48]) {
      clock.set(START + hours * 3_600_000)
      const outcome = only(await fetch([number]))
      expect(outcome).toMatchObject({ kind: 'pending', message: expect.stringContaining('決済待ち') })
      if (outcome?.kind === 'pending') waits.push(minutes(outcome.retryAt))
    }
    expect(waits).toEqual([5, 30, 120])
    mall.pay(number)
    expect(only(await fetch([number]))?.kind).toBe('found')
  })

  it('go on by themselves in the simulator, and are mailed when they do', async () => {
    const told: string[] = []
    mall.onEvent((event) => told.push(event.type))
    mall.change({ pendingSeconds: { card: 1800, convenienceStore: 1800, cod: 1800 } })
    const number = place()
    expect(only(await openAmazon(mall).fetch([number]))?.kind).toBe('pending')
    expect(told).toEqual([])
    clock.advance(1_801_000)
    await Promise.resolve()
    expect(only(await openAmazon(mall).fetch([number]))?.kind).toBe('found')
    expect(told).toEqual(['placed'])
  })
})

describe('roles', () => {
  it('stages without name and address, says which role is missing, and tells the worker', async () => {
    mall.change({ roles: { orders: true, directToConsumer: false } })
    const { fetch, tools } = openAmazon(mall)
    const outcome = only(await fetch([place()]))
    expect(outcome).toMatchObject({
      kind: 'found',
      order: {
        buyer: { familyName: null },
        holds: [{ kind: 'address_pending' }],
        warnings: [{ code: 'AMAZON_PII_MISSING' }],
      },
    })
    expect(tools.notices).toMatchObject([
      { code: 'AMAZON_PII_ROLE_MISSING', message: expect.stringContaining('Direct-to-Consumer') },
    ])
  })

  it('looks again each hour for a name that did not come, for two weeks, and takes the notice back with it', async () => {
    mall.change({ roles: { orders: true, directToConsumer: false } })
    const { fetch, tools } = openAmazon(mall)
    const number = place()
    expect(only(await fetch([number]))).toMatchObject({ rereadAt: new Date(START + 3_600_000) })
    clock.set(START + 14 * 24 * 3_600_000)
    expect(only(await fetch([number]))).not.toHaveProperty('rereadAt')
    expect(tools.over).toEqual([])
    mall.change({ roles: { orders: true, directToConsumer: true } })
    const named = only(await fetch([number]))
    expect(named).toMatchObject({ kind: 'found', order: { holds: [] } })
    expect(named).not.toHaveProperty('rereadAt')
    expect(tools.over).toEqual(['AMAZON_PII_ROLE_MISSING'])
  })

  it.each(['shipped', 'fba'])('learns nothing of the role from an order that is %s', async (what) => {
    const number = place(
      what === 'fba'
        ? { fulfillment: { fulfilledBy: 'AMAZON' } }
        : { fulfillment: { fulfillmentStatus: 'SHIPPED' } },
    )
    const { fetch, tools } = openAmazon(mall, { settings: { includeFba: true } })
    expect(only(await fetch([number]))?.kind).toBe('found')
    expect({ notices: tools.notices, over: tools.over }).toEqual({ notices: [], over: [] })
  })

  it('is the shop’s fault when nothing can be read, but only after a second look', async () => {
    mall.change({ roles: { orders: false, directToConsumer: false } })
    const { fetch } = openAmazon(mall)
    const number = place()
    const outcome = only(await fetch([number]))
    expect(outcome).toMatchObject({ kind: 'pending' })
    clock.advance(61_000)
    await expect(fetch([number])).rejects.toMatchObject({
      kind: 'unauthorised',
      code: 'AMAZON_ROLE_MISSING',
      renew: expect.stringContaining('ロール'),
    })
  })

  it('is the order’s fault when another one was readable meanwhile', async () => {
    mall.change({ foreignOrder: '403' })
    const { fetch } = openAmazon(mall)
    const foreign = place({}, OTHER_SHOP)
    expect((await fetch([foreign])).get(foreign)).toMatchObject({ kind: 'pending' })
    clock.advance(61_000)
    const outcomes = await fetch([place(), foreign])
    expect(outcomes.get(foreign)).toMatchObject({
      kind: 'failed',
      failure: { code: 'AMAZON_ORDER_FORBIDDEN' },
    })
    expect(mall.calls().searchOrders).toBeUndefined()
  })

  it('is the order’s fault when a search works although no other order was read', async () => {
    mall.change({ foreignOrder: '403' })
    const { fetch } = openAmazon(mall)
    const foreign = place({}, OTHER_SHOP)
    await fetch([foreign])
    clock.advance(61_000)
    expect(only(await fetch([foreign]))).toMatchObject({ failure: { code: 'AMAZON_ORDER_FORBIDDEN' } })
    expect(mall.calls().searchOrders).toBe(1)
  })

  it('is the order’s fault when searches are forbidden altogether', async () => {
    mall.change({ foreignOrder: '403' })
    mall.faults.set([{ kind: 'access-denied', operation: 'searchOrders' }])
    const { fetch } = openAmazon(mall)
    const foreign = place({}, OTHER_SHOP)
    await fetch([foreign])
    clock.advance(61_000)
    expect(only(await fetch([foreign]))).toMatchObject({ failure: { code: 'AMAZON_ORDER_FORBIDDEN' } })
  })

  it('does not see another seller’s orders', async () => {
    expect(only(await openAmazon(mall).fetch([place({}, OTHER_SHOP)]))?.kind).toBe('not_found')
  })
})

describe('400 for a good number', () => {
  it('waits while Amazon refuses a data set, and asks again', async () => {
    const number = place()
    const { fetch, tools } = openAmazon(mall)
    mall.faults.set([{ kind: 'data-outage', value: 'FULFILLMENT' }])
    expect(only(await fetch([number]))).toMatchObject({ kind: 'pending', retryAt: new Date(START + 900_000) })
    expect(tools.notices.map((notice) => notice.code)).toEqual(['AMAZON_DATA_REFUSED'])
    mall.faults.clear()
    expect(only(await fetch([number]))?.kind).toBe('found')
  })

  it('fails the one order whose number Amazon refuses', async () => {
    const [bad, good] = [place(), place()]
    mall.faults.set([{ kind: 'bad-request', orderNumbers: [bad] }])
    const outcomes = await openAmazon(mall).fetch([bad, good])
    expect(outcomes.get(bad)).toMatchObject({
      kind: 'failed',
      failure: { kind: 'rejected', mallCode: 'InvalidInput' },
    })
    expect(outcomes.get(good)?.kind).toBe('found')
  })

  it('takes the edge’s HTML for an outage', async () => {
    mall.faults.set([{ kind: 'html-400' }])
    await expect(openAmazon(mall).fetch([place()])).rejects.toMatchObject({ kind: 'unavailable' })
  })
})

describe('searching for many', () => {
  it('falls back to one by one when searching is refused, and asks no more for it', async () => {
    const numbers = Array.from({ length: 40 }, () => place())
    clock.advance(180_000)
    mall.faults.set([{ kind: 'access-denied', operation: 'searchOrders' }])
    const { fetch, tools } = openAmazon(mall)
    expect((await fetch(numbers)).size).toBe(40)
    expect(mall.calls()).toMatchObject({ getOrder: 40, searchOrders: 1 })
    expect(tools.notices.map((notice) => notice.code)).toEqual(['AMAZON_SEARCH_REFUSED'])
  })

  it.each(['429', '503-html', '200-empty', 'broken-body'])(
    'falls back when a search meets %s',
    async (kind) => {
      const numbers = Array.from({ length: 40 }, () => place())
      clock.advance(180_000)
      mall.faults.set([{ kind, operation: 'searchOrders' }])
      const outcomes = await openAmazon(mall).fetch(numbers)
      expect([...outcomes.values()].every((outcome) => outcome.kind === 'found')).toBe(true)
      expect(mall.calls()).toMatchObject({ getOrder: 40, searchOrders: 1 })
    },
  )

  it('fails one bad order of a page alone', async () => {
    const numbers = Array.from({ length: 60 }, () => place())
    const bad = numbers[20] as string
    clock.advance(180_000)
    mall.faults.set([{ kind: 'bad-order', orderNumbers: [bad] }])
    const outcomes = await openAmazon(mall).fetch(numbers)
    expect(outcomes.get(bad)).toMatchObject({ kind: 'failed', failure: { kind: 'malformed' } })
    expect([...outcomes.values()].filter((outcome) => outcome.kind === 'found')).toHaveLength(59)
    expect(mall.calls()).toMatchObject({ getOrder: 3, searchOrders: 1 })
  })

  it('does not give an order that was read before to somebody who asks for it later', async () => {
    const numbers = Array.from({ length: 60 }, () => place())
    clock.advance(180_000)
    const { open, fetch } = openAmazon(mall)
    for await (const _ of open().fetchOrders(numbers, new AbortController().signal)) break
    mall.requestCancel(numbers[5] as string)
    clock.advance(150_000)
    expect((await fetch([numbers[5] as string])).get(numbers[5] as string)).toMatchObject({
      order: { flags: expect.arrayContaining(['cancel_requested']) },
    })
  })
})

describe('quotas', () => {
  it('counts by seller and operation, and believes the rate that an answer names', async () => {
    const { fetch, tools } = openAmazon(mall)
    await fetch([place()])
    await fetch([place()])
    expect(tools.quotas).toEqual([
      { key: `amazon:seller:${SHOP}:getOrder`, perSecond: 0.5, burst: 30 },
      { key: `amazon:seller:${SHOP}:getOrder`, perSecond: 1000, burst: 30 },
    ])
    mall.change({ rateHeader: false })
    await fetch([place()])
    expect(tools.quotas.at(-1)).toMatchObject({ perSecond: 1000 })
  })

  it('waits after a 429 as long as the bucket needs for one call', async () => {
    mall.change({ rateHeader: false })
    mall.faults.set([{ kind: '429', operation: 'getOrder' }])
    await expect(openAmazon(mall).fetch([place()])).rejects.toMatchObject({
      kind: 'throttled',
      until: new Date(START + 2000),
    })
  })

  it('keeps within the simulator’s real limits with the service’s own lanes', async () => {
    await mall.close()
    // Time stands still: on a busy machine thirty calls take long enough for the next one to be free.
    const still = { now: () => START, sleep: async () => undefined }
    const real = await startHeldMall({ quotaClock: still })
    mall = real.mall
    clock = real.clock
    const lane = createLanes({ store: memoryBuckets(still), clock: still, patienceMs: 1000 }).lane()
    const numbers = Array.from({ length: 31 }, () => place())
    const outcomes: FetchOutcome[] = []
    const fetching = async () => {
      for await (const one of openAmazon(mall, { lane })
        .open()
        .fetchOrders(numbers, new AbortController().signal))
        outcomes.push(one)
    }
    await expect(fetching()).rejects.toMatchObject({ kind: 'throttled', code: 'LANE_BUSY' })
    expect(outcomes).toHaveLength(30)
  })
})

describe('a number that Amazon does not know', () => {
  const NUMBER = '250-1111111-1111111'

  it.each(['404-empty', 'empty-order'])(
    'is not found (%s), as long as Amazon answers otherwise',
    async (kind) => {
      const { fetch } = openAmazon(mall)
      mall.faults.set([{ kind, operation: 'getOrder' }])
      expect(only(await fetch([NUMBER]))).toMatchObject({ kind: 'not_found' })
    },
  )

  it('is not to blame when nothing but empty 404 comes', async () => {
    mall.faults.set([{ kind: '404-empty' }])
    await expect(openAmazon(mall).fetch([NUMBER])).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'AMAZON_WRONG_URL',
    })
  })
})
