import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import { type AmazonSimulator, NO_QUOTAS } from '../../../sandbox/malls/amazon/index.ts'
import { heldLane, NEVER, openAmazon, SHOP, START, startHeldMall } from './test-kit.ts'

let mall: AmazonSimulator
let clock: ControllableClock
beforeEach(async () => {
  ;({ mall, clock } = await startHeldMall({ quotas: NO_QUOTAS }))
})
afterEach(() => mall.close())

const place = (overrides: Record<string, unknown> = {}) =>
  mall.place({ shopCode: SHOP, overrides }).orderNumber
const list = (from: number, to: number, settings?: Record<string, unknown>) =>
  openAmazon(mall, settings ? { settings } : {})
    .open()
    .listOrders({ from: new Date(from), to: new Date(to) }, null, NEVER)

describe('listOrders', () => {
  it('says how far it goes when the window reaches into the last two minutes', async () => {
    const old = place()
    clock.advance(300_000)
    place()
    const page = await list(START - 1000, clock.now())
    expect(page.orders.map((order) => order.orderNumber)).toEqual([old])
    expect(page.completeUntil).toEqual(new Date(clock.now() - 120_000))
    expect((await list(START - 1000, START + 1000)).completeUntil).toBeUndefined()
  })

  it('asks nothing for a window that cannot be listed yet', async () => {
    place()
    const page = await list(START, START + 1000)
    expect(page).toEqual({ orders: [], next: null, total: null, completeUntil: new Date(START - 125_000) })
    expect(mall.calls()).toEqual({})
  })

  it('shows pending orders without a state, and FBA orders only when they are asked for', async () => {
    const pending = place({ fulfillment: { fulfillmentStatus: 'PENDING' } })
    const fba = place({ fulfillment: { fulfilledBy: 'AMAZON' } })
    const plain = place()
    mall.cancel(plain)
    clock.advance(200_000)
    const states = async (settings?: Record<string, unknown>) =>
      Object.fromEntries(
        (await list(START, START + 1000, settings)).orders.map((one) => [one.orderNumber, one.mallState]),
      )
    expect(await states()).toEqual({ [pending]: null, [plain]: 'cancelled' })
    expect(await states({ includeFba: true })).toEqual({
      [pending]: null,
      [plain]: 'cancelled',
      [fba]: 'open',
    })
  })

  it('refuses a page that is none, or that Amazon no longer knows', async () => {
    for (let count = 0; count < 101; count += 1) place()
    clock.advance(200_000)
    const session = openAmazon(mall).open()
    const window = { from: new Date(START), to: new Date(START + 1000) }
    const { next } = await session.listOrders(window, null, NEVER)
    await expect(session.listOrders(window, 'x', NEVER)).rejects.toMatchObject({
      kind: 'rejected',
      code: 'AMAZON_LIST_PAGE',
    })
    clock.advance(25 * 3_600_000)
    await expect(session.listOrders(window, next, NEVER)).rejects.toMatchObject({ code: 'AMAZON_LIST_PAGE' })
  })

  it('goes on without states when Amazon refuses the data set, page by page', async () => {
    const numbers = Array.from({ length: 130 }, () => place())
    clock.advance(200_000)
    mall.faults.set([{ kind: 'data-outage', value: 'FULFILLMENT' }])
    const { open, tools } = openAmazon(mall)
    const window = { from: new Date(START), to: new Date(START + 1000) }
    const first = await open().listOrders(window, null, NEVER)
    expect(mall.calls().searchOrders).toBe(2)
    const second = await open().listOrders(window, first.next, NEVER)
    expect(mall.calls().searchOrders).toBe(3)
    const listed = [...first.orders, ...second.orders]
    expect(listed.map((one) => one.orderNumber).sort()).toEqual([...numbers].sort())
    expect(listed.every((one) => one.mallState === null && one.mallStatus === null)).toBe(true)
    expect(listed.every((one) => one.orderedAt !== null && one.revision !== null)).toBe(true)
    expect(tools.notices.map(({ code }) => code)).toEqual(['AMAZON_LIST_DATA_REFUSED'])
    expect(tools.over).not.toContain('AMAZON_LIST_DATA_REFUSED')
    mall.faults.clear()
    await open().listOrders(window, null, NEVER)
    expect(tools.over).toContain('AMAZON_LIST_DATA_REFUSED')
  })

  it('goes on without states when Amazon begins to refuse the data set between two pages', async () => {
    for (let count = 0; count < 101; count += 1) place()
    clock.advance(200_000)
    const session = openAmazon(mall).open()
    const window = { from: new Date(START), to: new Date(START + 1000) }
    const { next } = await session.listOrders(window, null, NEVER)
    mall.faults.set([{ kind: 'data-outage', value: 'FULFILLMENT' }])
    expect((await session.listOrders(window, next, NEVER)).orders).toHaveLength(1)
  })

  it('is an outage of the list alone when Amazon refuses the bare search too', async () => {
    mall.faults.set([{ kind: 'bad-request', operation: 'searchOrders' }])
    await expect(list(START - 600_000, START - 300_000)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'AMAZON_LIST_REFUSED',
      only: 'list',
      until: new Date(START + 300_000),
    })
    expect(mall.calls().searchOrders).toBe(2)
  })

  it('says of a search too many that it concerns the list alone', async () => {
    mall.faults.set([{ kind: '429', operation: 'searchOrders' }])
    await expect(list(START - 600_000, START - 300_000)).rejects.toMatchObject({
      kind: 'throttled',
      code: 'AMAZON_THROTTLED',
      only: 'list',
    })
    const lane = heldLane(clock, { searchOrders: 0 })
    const window = { from: new Date(START - 600_000), to: new Date(START - 300_000) }
    await expect(openAmazon(mall, { lane }).open().listOrders(window, null, NEVER)).rejects.toMatchObject({
      code: 'LANE_BUSY',
      message: '順番待ちです。',
      only: 'list',
      until: new Date(START + Math.ceil(1000 / 0.0056)),
    })
  })

  it('concerns the list alone when searches are forbidden and orders are not, until a search works again', async () => {
    mall.faults.set([{ kind: 'access-denied', operation: 'searchOrders' }])
    const { open, tools } = openAmazon(mall)
    const window = { from: new Date(START - 600_000), to: new Date(START - 300_000) }
    await expect(open().listOrders(window, null, NEVER)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'AMAZON_SEARCH_REFUSED',
      mallCode: 'AccessDenied',
      only: 'list',
      until: new Date(START + 3_600_000),
    })
    expect(tools.notices).toMatchObject([
      { code: 'AMAZON_SEARCH_REFUSED', message: expect.stringContaining('AccessDenied') },
    ])
    expect(tools.over).toEqual([])
    mall.faults.clear()
    await open().listOrders(window, null, NEVER)
    expect(tools.over).toContain('AMAZON_SEARCH_REFUSED')
  })

  it.each([
    ['429', 'throttled', undefined],
    ['500', 'unavailable', undefined],
  ])('takes no role for missing when %s keeps it from finding that out', async (kind, expected, only) => {
    mall.faults.set([
      { kind: 'access-denied', operation: 'searchOrders' },
      { kind, operation: 'getOrder' },
    ])
    await expect(list(START - 600_000, START - 300_000)).rejects.toMatchObject({ kind: expected, only })
  })

  it('needs a role', async () => {
    mall.change({ roles: { orders: false, directToConsumer: false } })
    await expect(list(START - 600_000, START - 300_000)).rejects.toMatchObject({
      kind: 'unauthorised',
      code: 'AMAZON_ROLE_MISSING',
    })
  })
})

describe('checkCredentials', () => {
  const check = () => openAmazon(mall).open().checkCredentials(NEVER)

  it('sees whether addresses come', async () => {
    expect((await check()).messages[1]).toContain('確認できませんでした')
    place()
    clock.advance(200_000)
    expect((await check()).messages[1]).toContain('取得できます')
    mall.change({ roles: { orders: true, directToConsumer: false } })
    expect((await check()).messages[1]).toContain('Direct-to-Consumer Shipping')
  })

  it('needs a role where neither orders nor the list are given out', async () => {
    mall.change({ roles: { orders: false, directToConsumer: false } })
    await expect(check()).rejects.toMatchObject({ kind: 'unauthorised', code: 'AMAZON_ROLE_MISSING' })
  })

  it('succeeds where the list alone is forbidden, and says so', async () => {
    mall.faults.set([{ kind: 'access-denied', operation: 'searchOrders' }])
    const { messages } = await check()
    expect(messages[1]).toContain('一覧取得を受け付けません（AccessDenied）')
    expect(messages[1]).toContain('1件ずつ')
  })

  it('tells of an outage, not of roles, when Amazon refuses the data set', async () => {
    mall.faults.set([{ kind: 'data-outage', value: 'FULFILLMENT' }])
    await expect(check()).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'AMAZON_LIST_REFUSED',
      until: new Date(START + 300_000),
    })
  })

  it('reckons what ends from the days that were given', async () => {
    const given = { ...mall.credentialsFor(SHOP), consentedAt: '2026-01-01', secretIssuedAt: '2026-05-01' }
    const { expiries } = await openAmazon(mall).open(given).checkCredentials(NEVER)
    expect(expiries).toEqual([
      {
        what: expect.stringContaining('シークレット'),
        at: new Date('2026-10-28T00:00:00+09:00'),
        certain: true,
      },
      { what: expect.stringContaining('認可'), at: new Date('2027-01-01T00:00:00+09:00'), certain: false },
    ])
  })
})
