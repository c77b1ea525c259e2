import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RakutenSimulator, startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import type { FetchOutcome } from '../../../src/marketplaces/port/session.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const SHOP = '123456'
const NEVER = new AbortController().signal

let mall: RakutenSimulator
beforeEach(async () => {
  mall = await startRakutenSimulator({ shops: [{ code: SHOP, name: '見本商店' }], seed: 3 })
})
afterEach(() => mall.close())

function open(options: { getOrderVersion?: number } = {}) {
  const tools = testTools({ clock: mall.clock })
  const rakuten = createRakuten({ apiUrl: mall.url, requestsPerSecond: 100, ...options })
  const credentials = rakuten.credentials.parse(mall.credentialsFor(SHOP))
  const session = rakuten.open({ shopId: 'shop', shopCode: SHOP, credentials }, tools)
  const fetch = async (numbers: string[]) => {
    const outcomes: FetchOutcome[] = []
    for await (const outcome of session.fetchOrders(numbers, NEVER)) outcomes.push(outcome)
    return new Map(outcomes.map((outcome) => [outcome.orderNumber, outcome]))
  }
  return { fetch, tools }
}

const place = (count: number) => Array.from({ length: count }, () => mall.place().orderNumber)
const kinds = (outcomes: Map<string, FetchOutcome>) => [...outcomes.values()].map((outcome) => outcome.kind)
const getOrderCalls = () => mall.calls().getOrder ?? 0

describe('batches', () => {
  it('takes a hundred numbers a call', async () => {
    const outcomes = await open().fetch(place(250))
    expect(outcomes.size).toBe(250)
    expect(getOrderCalls()).toBe(3)
  })

  it('matches the answer by number, whatever its order', async () => {
    const numbers = place(5)
    mall.faults.set([{ kind: 'shuffled' }])
    const outcomes = await open().fetch(numbers)
    for (const [number, outcome] of outcomes) {
      expect(outcome.kind === 'found' && outcome.order.orderNumber).toBe(number)
      expect(outcome.kind === 'found' && JSON.parse(outcome.raw).orderNumber).toBe(number)
    }
  })

  it('never sends what is no order number', async () => {
    const [known] = place(1) as [string]
    const odd = [
      '',
      'ABC',
      `${known}-sg`,
      `${known}-r`,
      '12345-20260519-0123456789',
      '123456-20260519-1234567',
    ]
    const outcomes = await open().fetch([...odd, known])
    for (const number of odd)
      expect(outcomes.get(number)).toMatchObject({ kind: 'failed', failure: { kind: 'rejected' } })
    expect(outcomes.get(known)?.kind).toBe('found')
    expect(getOrderCalls()).toBe(1)
  })

  it('does not see another shop’s orders', async () => {
    const other = '654321-20260519-0123456789'
    expect(kinds(await open().fetch([other]))).toEqual(['not_found'])
  })
})

describe('a cancelled order', () => {
  it('is read again in a day while Rakuten may revoke that, and no more once it is fixed', async () => {
    const [number = ''] = place(1)
    mall.edit(number, { orderProgress: 800 })
    const { fetch } = open()
    const asked = mall.clock.now()
    const outcome = (await fetch([number])).get(number)
    expect(outcome).toMatchObject({ order: { mallState: 'cancelled' } })
    const rereadAt = outcome?.kind === 'found' ? (outcome.rereadAt?.getTime() ?? 0) : 0
    expect(Math.round((rereadAt - asked) / 60_000)).toBe(24 * 60)
    mall.edit(number, { orderProgress: 900 })
    expect((await fetch([number])).get(number)).not.toHaveProperty('rereadAt')
  })
})

describe('one number that spoils the call', () => {
  it('is found by halving when an unknown number turns the call into an error', async () => {
    mall.change({ unknownNumberBreaksCall: true })
    const numbers = place(99)
    const unknown = `${SHOP}-20260519-9999999999`
    const outcomes = await open().fetch([...numbers.slice(0, 60), unknown, ...numbers.slice(60)])
    expect(outcomes.size).toBe(100)
    expect(kinds(outcomes).filter((kind) => kind === 'found')).toHaveLength(99)
    expect(outcomes.get(unknown)).toMatchObject({ kind: 'failed', failure: { kind: 'rejected' } })
    expect(getOrderCalls()).toBeLessThanOrEqual(15)
  })

  it('is told apart when INFO and ERROR entries are mixed', async () => {
    const numbers = place(4)
    mall.faults.set([{ kind: 'mixed-errors', orderNumbers: [numbers[1]] }])
    const outcomes = await open().fetch(numbers)
    expect(kinds(outcomes).sort()).toEqual(['failed', 'found', 'found', 'found'])
    expect(outcomes.get(numbers[1] as string)).toMatchObject({ failure: { kind: 'rejected' } })
    expect(getOrderCalls()).toBe(1)
  })

  it('passes a WARNING about an order on as a warning of the order', async () => {
    const numbers = place(2)
    mall.faults.set([{ kind: 'warning', orderNumbers: [numbers[0]] }])
    const outcome = (await open().fetch(numbers)).get(numbers[0] as string)
    expect(outcome?.kind === 'found' && outcome.order.warnings.map((warning) => warning.code)).toEqual([
      'MALL_MESSAGE',
    ])
  })

  it('repeats a batch in halves when an answer came broken once', async () => {
    const numbers = place(10)
    mall.faults.set([{ kind: 'broken-body', times: 1 }])
    expect(new Set(kinds(await open().fetch(numbers)))).toEqual(new Set(['found']))
    expect(getOrderCalls()).toBe(3)
  })

  it('blames no order when nothing at all can be read', async () => {
    const numbers = place(100)
    mall.faults.set([{ kind: 'broken-body' }])
    await expect(open().fetch(numbers)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'RAKUTEN_NOTHING_READABLE',
    })
    expect(getOrderCalls()).toBeLessThanOrEqual(8)
    await expect(open().fetch(numbers.slice(0, 2))).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('has given out what came before the mall went away', async () => {
    const numbers = place(150)
    mall.faults.set([{ kind: 'broken-body', times: 1 }, { kind: '503-html' }])
    await expect(open().fetch(numbers)).rejects.toMatchObject({ kind: 'unavailable' })
    mall.faults.clear()
    expect((await open().fetch(numbers)).size).toBe(150)
  })
})

describe('getOrder versions', () => {
  it.each([3, 4, 5, 6, 7, 8, 9, 10])('reads version %d', async (getOrderVersion) => {
    mall.change({ oldestVersion: getOrderVersion, newestVersion: getOrderVersion })
    const outcomes = await open({ getOrderVersion }).fetch(place(20))
    for (const outcome of outcomes.values()) {
      expect(outcome.kind).toBe('found')
      expect(outcome.kind === 'found' && outcome.order.warnings).toEqual([])
    }
  })

  it('goes down when the newest is refused, says so, remembers it, and tries the newest again later', async () => {
    mall.change({ newestVersion: 8 })
    const { fetch, tools } = open()
    expect(kinds(await fetch(place(1)))).toEqual(['found'])
    expect(tools.notices.map((notice) => notice.code)).toEqual([
      'RAKUTEN_VERSION_LOWERED',
      'RAKUTEN_VERSION_LOWERED',
    ])
    expect(getOrderCalls()).toBe(3)
    await fetch(place(1))
    expect(getOrderCalls()).toBe(4)
    mall.change({ newestVersion: 10 })
    mall.clock.advance(7 * 3600 * 1000)
    const later = await fetch(place(1))
    expect([...later.values()][0]).toMatchObject({ raw: expect.stringContaining('socialGiftFlag') })
  })

  it('closes the lane, and fails no order, when no version is accepted', async () => {
    mall.change({ oldestVersion: 11, newestVersion: 12 })
    const numbers = place(3)
    await expect(open().fetch(numbers)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'RAKUTEN_VERSION_REFUSED',
    })
    mall.change({ oldestVersion: 3, newestVersion: 10 })
    expect(kinds(await open().fetch(numbers))).toEqual(['found', 'found', 'found'])
  })
})

describe('orders of every state', () => {
  it('reads -9999 amounts and social gifts as pending', async () => {
    const [number] = place(1) as [string]
    mall.faults.set([{ kind: 'pending-amounts' }])
    const pending = (await open().fetch([number])).get(number)
    expect(pending?.kind === 'found' && pending.order.holds.map((hold) => hold.kind)).toContain(
      'amount_pending',
    )
    mall.faults.set([{ kind: 'social-gift' }])
    const gift = (await open().fetch([number])).get(number)
    expect(gift?.kind === 'found' && gift.order.holds.map((hold) => hold.kind)).toContain('address_pending')
    expect(gift?.kind === 'found' && gift.order.recipients[0]?.addressPending).toBe(true)
  })
})
