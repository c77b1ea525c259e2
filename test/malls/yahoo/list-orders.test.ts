import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownsOrderNumber } from '../../../src/marketplaces/yahoo/facts.ts'
import { failureOf, listAll, NEVER, SHOP, type YahooKit, yahooKit } from './test-kit.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let kit: YahooKit
beforeEach(async () => {
  kit = await yahooKit()
  kit.mall.clock.hold()
  kit.mall.clock.set(Math.floor(kit.mall.clock.now() / HOUR_MS) * HOUR_MS)
})
afterEach(() => kit.close())

const now = () => kit.mall.clock.now()
const window = (fromMs: number, toMs = now() + 1000) => ({ from: new Date(fromMs), to: new Date(toMs) })
const numbers = (orders: { orderNumber: string }[]) => orders.map((order) => order.orderNumber)

describe('the list', () => {
  it('names orders that the buyer may still cancel, which a plain search hides', async () => {
    const number = kit.mall.place().orderNumber
    const [order] = await listAll(kit.open().session, window(now() - HOUR_MS))
    expect(order).toEqual({
      orderNumber: number,
      orderedAt: new Date(now()),
      mallStatus: '2',
      mallState: 'open',
      revision: expect.any(String),
    })
  })

  it('says what became of each', async () => {
    const place = (overrides: Record<string, unknown>) => kit.mall.place({ overrides })
    place({ OrderStatus: '1' })
    place({ OrderStatus: '3' })
    place({ OrderStatus: '4', CancelReason: '300' })
    place({ OrderStatus: '5' })
    place({ Ship: { ShipStatus: '3' } })
    place({ OrderStatus: '8' })
    place({ IsSplit: 'true' })
    const listed = await listAll(kit.open().session, window(now() - HOUR_MS))
    expect(listed.map(({ mallStatus, mallState }) => [mallStatus, mallState])).toEqual([
      ['1', 'open'],
      ['3', 'open'],
      ['4', 'cancelled'],
      ['5', 'completed'],
      ['2', 'shipped'],
      ['8', 'open'],
      ['2', 'cancelled'],
    ])
  })

  it('finds an order released from a review later, by the time it became visible', async () => {
    const held = kit.mall.place({ overrides: { FraudHoldStatus: '1' } }).orderNumber
    const normal = kit.mall.place().orderNumber
    const { session } = kit.open()
    expect(numbers(await listAll(session, window(now() - HOUR_MS)))).toEqual([normal])
    kit.mall.clock.advance(5 * HOUR_MS)
    kit.mall.store.release(held)
    // Its order time lies hours before this window.
    expect(numbers(await listAll(session, window(now() - HOUR_MS)))).toEqual([held])
  })

  it('names an order once that both times put into the window', async () => {
    const placed = Array.from({ length: 3 }, () => kit.mall.place().orderNumber)
    const { session } = kit.open()
    expect(numbers(await listAll(session, window(now() - HOUR_MS)))).toEqual(placed)
    // A page token that outlived its session names them again rather than hiding one.
    const first = await session.listOrders(window(now() - HOUR_MS), null, NEVER)
    if (first.next === null) throw new Error('no second walk')
    const later = await kit.open().session.listOrders(window(now() - HOUR_MS), first.next, NEVER)
    expect(numbers(later.orders)).toEqual(placed)
  })

  it('does not lose an order that is released while it is being read', async () => {
    const held = kit.mall.place({ overrides: { FraudHoldStatus: '1' } }).orderNumber
    const normal = kit.mall.place().orderNumber
    const { session } = kit.open()
    const first = await session.listOrders(window(now() - HOUR_MS), null, NEVER)
    expect(numbers(first.orders)).toEqual([normal])
    kit.mall.store.release(held)
    const second = await session.listOrders(window(now() - HOUR_MS), first.next, NEVER)
    expect(numbers(second.orders)).toEqual([held])
    expect(second.next).toBeNull()
  })

  it('ends when hits vanish under it and Yahoo! answers an empty OrderInfo', async () => {
    kit.mall.place()
    const { session } = kit.open()
    const first = await session.listOrders(window(now() - HOUR_MS), null, NEVER)
    const token = JSON.parse(Buffer.from(first.next ?? '', 'base64url').toString())
    const beyond = Buffer.from(JSON.stringify({ ...token, start: 2001 })).toString('base64url')
    expect(await session.listOrders(window(now() - HOUR_MS), beyond, NEVER)).toMatchObject({
      orders: [],
      next: null,
    })
  })

  it('takes fractions of a second to the second that holds them', async () => {
    const number = kit.mall.place().orderNumber
    const { session } = kit.open()
    expect(numbers(await listAll(session, window(now() + 300, now() + 700)))).toEqual([number])
    expect(await listAll(session, window(now() - 5_000, now()))).toEqual([])
  })

  it('names an order of the second in which one window ends in the next one alone', async () => {
    const middle = now()
    const number = kit.mall.place().orderNumber
    kit.mall.clock.advance(MINUTE_MS)
    const { session } = kit.open()
    expect(numbers(await listAll(session, window(middle - MINUTE_MS, middle)))).toEqual([])
    expect(numbers(await listAll(session, window(middle, middle + MINUTE_MS)))).toEqual([number])
    expect(numbers(await listAll(session, window(middle - MINUTE_MS, middle + 1000)))).toEqual([number])
  })

  it('counts what the whole window holds', async () => {
    for (let n = 0; n < 4; n += 1) kit.mall.place()
    const page = await kit.open().session.listOrders(window(now() - HOUR_MS), null, NEVER)
    expect(page.total).toBe(4)
  })

  it.each<[string, Parameters<YahooKit['mall']['faults']['add']>[0], string]>([
    ['an NG answer', { kind: 'ng', code: 'od90102', message: 'no' }, 'rejected'],
    [
      'an od code',
      { kind: 'error', status: 400, code: 'od90101', message: 'Request Parameter Error : Field' },
      'rejected',
    ],
    ['the cap', { kind: 'forbidden' }, 'throttled'],
    ['the twelve hours', { kind: 'px-04102' }, 'unauthorised'],
    ['a cut document', { kind: 'broken-body' }, 'malformed'],
  ])('throws on %s', async (_, fault, kind) => {
    kit.mall.faults.set([fault])
    expect((await failureOf(kit.open().session.listOrders(window(now() - HOUR_MS), null, NEVER))).kind).toBe(
      kind,
    )
  })

  it('refuses a page token that is not its own', async () => {
    const { session } = kit.open()
    for (const page of ['', 'x', Buffer.from('{"by":"Other","start":1}').toString('base64url')]) {
      expect((await failureOf(session.listOrders(window(now() - HOUR_MS), page, NEVER))).code).toBe(
        'YAHOO_LIST_PAGE',
      )
    }
    expect(kit.mall.calls().orderList).toBeUndefined()
  })
})

describe('ownership of numbers', () => {
  it.each<[string, string, boolean]>([
    [SHOP, 'hoshizora-tools-10000123', true],
    [SHOP, 'Hoshizora-Tools-10000123', true],
    ['hoshizora', 'hoshizora-tools-10000123', false],
    [SHOP, 'hoshizora-tools-2-10000123', false],
    [SHOP, 'hoshizora-tools-123', false],
    [SHOP, 'tsukiyo-books-10000123', false],
  ])('%s and %s: %s', (code, number, owns) => {
    expect(ownsOrderNumber(code, number)).toBe(owns)
  })
})
