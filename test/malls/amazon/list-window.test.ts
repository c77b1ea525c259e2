import { describe, expect, it } from 'vitest'
import type { AmazonAnswer, AmazonClient } from '../../../src/marketplaces/amazon/client.ts'
import { listOrders } from '../../../src/marketplaces/amazon/orders/list-orders.ts'
import type { ListWindow } from '../../../src/marketplaces/port/session.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const NEVER = new AbortController().signal
const NOW = Date.parse('2026-09-03T12:00:00Z')
/** Two minutes that Amazon keeps back, and five seconds for its clock. */
const LATEST = NOW - 125_000
const HOUR_MS = 3_600_000
const at = (ms: number) => new Date(ms)
const WINDOW = { from: at(LATEST - 2 * HOUR_MS), to: at(LATEST - HOUR_MS) }

const toolsAtNow = () => testTools({ clock: { ...systemClock, now: () => NOW } })

/** A mall that answers searches with `answer` and finds no single order. */
function open(answer: unknown | AmazonAnswer) {
  const searches: Record<string, string>[] = []
  const client: Pick<AmazonClient, 'call'> = {
    async call({ operation, query = {} }) {
      if (operation !== 'searchOrders') return { kind: 'refused', status: 404, facts: { status: 404 } }
      searches.push(query)
      const refused = typeof answer === 'object' && answer !== null && 'kind' in answer
      return refused ? (answer as AmazonAnswer) : { kind: 'ok', json: answer, raw: 'as it came' }
    },
  }
  const tools = toolsAtNow()
  const list = (window: ListWindow = WINDOW, page: string | null = null, includeFba = false) =>
    listOrders(client as AmazonClient, tools, includeFba, window, page, NEVER)
  return { list, searches, tools }
}

const order = (orderId: string, createdTime: number | string, more: Record<string, unknown> = {}) => ({
  orderId,
  createdTime: typeof createdTime === 'number' ? at(createdTime).toISOString() : createdTime,
  ...more,
})
const refusal = (status: number): AmazonAnswer => ({ kind: 'refused', status, facts: { status } })

describe('the window', () => {
  it.each([
    ['longer than a month', { from: at(NOW - 33 * 24 * HOUR_MS), to: at(NOW - 24 * HOUR_MS) }],
    ['with its end before its beginning', { from: WINDOW.to, to: WINDOW.from }],
  ])('is refused where it is %s', async (_, window) => {
    const { list, searches } = open({ orders: [] })
    await expect(list(window)).rejects.toMatchObject({ code: 'AMAZON_LIST_WINDOW' })
    expect(searches).toEqual([])
  })

  it.each([
    ['empty', { from: WINDOW.from, to: WINDOW.from }, {}],
    ['not to be listed yet', { from: at(LATEST), to: at(LATEST + 1) }, { completeUntil: at(LATEST) }],
  ])('costs no call where it is %s', async (_, window, more) => {
    const { list, searches } = open({ orders: [] })
    expect(await list(window)).toEqual({ orders: [], next: null, total: null, ...more })
    expect(searches).toEqual([])
  })

  const search = {
    marketplaceIds: 'A1VC38T7YXB528',
    includedData: 'FULFILLMENT',
    maxResultsPerPage: '100',
    fulfilledBy: 'MERCHANT',
  }
  it.each<[string, ListWindow, Record<string, string>]>([
    [
      'by the time of order',
      WINDOW,
      { createdAfter: '2026-09-03T09:57:55Z', createdBefore: '2026-09-03T10:57:55Z' },
    ],
    [
      'by that of the last change',
      { ...WINDOW, orChanged: true },
      { lastUpdatedAfter: '2026-09-03T09:57:55Z', lastUpdatedBefore: '2026-09-03T10:57:55Z' },
    ],
    [
      'to the second that holds its end',
      { from: at(WINDOW.from.getTime() + 500), to: at(WINDOW.to.getTime() + 500) },
      { createdAfter: '2026-09-03T09:57:55Z', createdBefore: '2026-09-03T10:57:56Z' },
    ],
    [
      'to the last second that Amazon lists',
      { ...WINDOW, to: at(LATEST) },
      { createdAfter: '2026-09-03T09:57:55Z', createdBefore: '2026-09-03T11:57:55Z' },
    ],
    [
      'without an end that Amazon would refuse',
      { ...WINDOW, to: at(LATEST + 1) },
      { createdAfter: '2026-09-03T09:57:55Z' },
    ],
  ])('is searched %s', async (_, window, bounds) => {
    const { list, searches } = open({ orders: [] })
    await list(window)
    expect(searches).toEqual([{ ...search, ...bounds }])
  })

  it.each([
    ['Amazon’s word', {}, { createdBefore: '2026-09-03T11:57:40Z' }, at(Date.parse('2026-09-03T11:57:40Z'))],
    ['the clock, where it says none', {}, {}, at(NOW - 120_000)],
    ['the clock, where it is no time', {}, { createdBefore: '昨日' }, at(NOW - 120_000)],
    [
      'the word for changes',
      { orChanged: true } as const,
      { createdBefore: '2026-09-03T11:00:00Z', lastUpdatedBefore: '2026-09-03T11:57:30Z' },
      at(Date.parse('2026-09-03T11:57:30Z')),
    ],
  ])('is complete until %s', async (_, more, told, completeUntil) => {
    const { list } = open({ orders: [], ...told })
    expect(await list({ from: WINDOW.from, to: at(NOW), ...more })).toMatchObject({ completeUntil })
  })

  it.each([
    ['before', { from: WINDOW.from, to: at(NOW - 120_001) }],
    ['at', { from: WINDOW.from, to: at(NOW - 120_000) }],
  ])('is complete where it ends %s that', async (_, window) => {
    expect(await open({ orders: [] }).list(window)).not.toHaveProperty('completeUntil')
  })
})

describe('what a page names', () => {
  const { from, to } = WINDOW
  const orders = [
    order('1', from.getTime() - 1),
    order('2', from.getTime()),
    order('3', to.getTime() - 1),
    order('4', to.getTime()),
    order('5', 'いつか'),
  ]
  const numbers = async (window: ListWindow) =>
    (await open({ orders }).list(window)).orders.map(({ orderNumber }) => orderNumber)

  it('lies within the window, or nobody knows when; of what was changed, all', async () => {
    expect(await numbers(WINDOW)).toEqual(['2', '3', '5'])
    expect(await numbers({ ...WINDOW, orChanged: true })).toEqual(['1', '2', '3', '4', '5'])
  })

  it.each([
    ['UNSHIPPED', 'open'],
    ['SHIPPED', 'shipped'],
    ['CANCELLED', 'cancelled'],
    ['PENDING', null],
    ['PENDING_AVAILABILITY', null],
    ['NOT_PENDING', null],
    [null, null],
  ])('in state %s is %s', async (mallStatus, mallState) => {
    const told = { fulfillment: { fulfillmentStatus: mallStatus }, lastUpdatedTime: '2026-09-03T11:00:00.5Z' }
    expect((await open({ orders: [order('1', from.getTime(), told)] }).list()).orders).toEqual([
      { orderNumber: '1', orderedAt: from, mallStatus, mallState, revision: '2026-09-03T11:00:00Z' },
    ])
  })

  it('has no state and no time where it says none, and is named by its place where it cannot be read', async () => {
    const page = await open({ orders: [order('1', 'いつか'), { createdTime: 'x' }, null] }).list()
    expect(page.orders).toEqual([
      { orderNumber: '1', orderedAt: null, mallStatus: null, mallState: null, revision: null },
    ])
    expect(page.unreadable).toEqual(['2件目', '3件目'])
  })

  it('is malformed where it is no page', async () => {
    await expect(open({ orders: 'なし' }).list()).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('searchOrdersの検索結果'),
      raw: 'as it came',
    })
  })
})

describe('the next page', () => {
  it.each<[string, ListWindow]>([
    ['of orders', WINDOW],
    ['of changes', { ...WINDOW, orChanged: true }],
    ['without an end', { ...WINDOW, to: at(LATEST + 1) }],
  ])('%s is asked for by the token, with the bounds of the first', async (_, window) => {
    const { list, searches } = open({ orders: [], pagination: { nextToken: 'T-2' } })
    const { next } = await list(window)
    await list({ ...window, orChanged: true }, next)
    expect(searches[1]).toEqual({ ...searches[0], paginationToken: 'T-2' })
  })

  it('is none without a token', async () => {
    expect(await open({ orders: [], pagination: { nextToken: null } }).list()).toMatchObject({ next: null })
    expect(await open({ orders: [] }).list()).toMatchObject({ next: null })
  })

  it('is by time of order where its place names no time', async () => {
    const { list, searches } = open({ orders: [] })
    await list(WINDOW, Buffer.from('{"after":"a","before":null,"token":"t"}').toString('base64url'))
    expect(searches[0]).toHaveProperty('createdAfter', 'a')
  })
})

describe('a refused search', () => {
  it('is the token’s where there is one, else the list’s', async () => {
    const { next } = await open({ orders: [], pagination: { nextToken: 'T-2' } }).list()
    await expect(open(refusal(400)).list(WINDOW, next)).rejects.toMatchObject({ code: 'AMAZON_LIST_PAGE' })
    await expect(open({ ...refusal(400), clockOffMs: 300_000 }).list()).rejects.toMatchObject({
      code: 'AMAZON_LIST_REFUSED',
      message: expect.stringMatching(/サーバーの時計がAmazonより約5分進んで/),
    })
    await expect(open(refusal(400)).list()).rejects.toMatchObject({
      code: 'AMAZON_LIST_REFUSED',
      until: at(NOW + 5 * 60_000),
    })
  })

  it('is noticed where searches alone are forbidden, until one works again', async () => {
    const { list, tools } = open(refusal(403))
    await expect(list()).rejects.toMatchObject({ code: 'AMAZON_SEARCH_REFUSED' })
    expect(tools.notices.map(({ code }) => code)).toEqual(['AMAZON_SEARCH_REFUSED'])
    const healed = open({ orders: [] })
    await healed.list()
    expect(healed.tools.over).toContain('AMAZON_SEARCH_REFUSED')
  })

  it('is no notice of the list’s where the role is missing', async () => {
    const forbidden = { call: async () => refusal(403) } as unknown as AmazonClient
    const tools = toolsAtNow()
    await expect(listOrders(forbidden, tools, false, WINDOW, null, NEVER)).rejects.toMatchObject({
      code: 'AMAZON_ROLE_MISSING',
    })
    expect(tools.notices).toEqual([])
  })

  it('needs nobody who takes notices back', async () => {
    const { noticeOver: _, ...tools } = toolsAtNow()
    const client = { call: async () => ({ kind: 'ok', json: { orders: [] }, raw: '' }) }
    expect(
      await listOrders(client as unknown as AmazonClient, tools, false, WINDOW, null, NEVER),
    ).toMatchObject({ orders: [] })
  })
})
