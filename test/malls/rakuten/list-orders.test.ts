import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { ListWindow } from '../../../src/marketplaces/port/session.ts'
import type { RakutenClient } from '../../../src/marketplaces/rakuten/client.ts'
import { listOrders } from '../../../src/marketplaces/rakuten/orders/list-orders.ts'
import { WireFrame } from '../../../src/marketplaces/rakuten/wire.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const NOW = Date.parse('2026-07-03T12:00:00+09:00')
const DAY = 24 * 3600 * 1000
const NEVER = new AbortController().signal

/** searchOrder over order times (ms): the real limits, in memory. */
function fakeMall(times: number[]) {
  const requests: { start: number; end: number; page: number }[] = []
  const client: Pick<RakutenClient, 'order'> = {
    async order(_operation, body) {
      const { startDatetime, endDatetime, PaginationRequestModel } = body as Record<string, string> & {
        PaginationRequestModel: { requestPage: number; requestRecordsAmount: number }
      }
      const start = Date.parse(`${startDatetime?.slice(0, 19)}+09:00`)
      const end = Date.parse(`${endDatetime?.slice(0, 19)}+09:00`)
      const { requestPage: page, requestRecordsAmount: amount } = PaginationRequestModel
      requests.push({ start, end, page })
      expect(end - start).toBeLessThanOrEqual(63 * DAY)
      expect(start).toBeGreaterThanOrEqual(NOW - 730 * DAY)
      expect(amount).toBe(1000)
      const found = times
        .map((time, index) => [time, String(index)] as const)
        .filter(([time]) => time >= start && time <= end)
      found.sort((a, b) => a[0] - b[0])
      const numbers = found.slice(0, 15_000).slice((page - 1) * amount, page * amount)
      const paging =
        found.length === 0
          ? { totalRecordsAmount: null, totalPages: null, requestPage: null }
          : {
              totalRecordsAmount: found.length,
              totalPages: Math.ceil(found.length / amount),
              requestPage: page,
            }
      const json = {
        MessageModelList: [],
        orderNumberList: numbers.map(([, index]) => index),
        PaginationResponseModel: paging,
      }
      return { frame: WireFrame.parse(json), text: JSON.stringify(json) }
    },
  }
  return { client: client as RakutenClient, requests }
}

const tools = () => {
  const clock = createControllableClock()
  clock.hold()
  clock.set(NOW)
  return testTools({ clock })
}

async function walk(client: RakutenClient, window: ListWindow) {
  const numbers: string[] = []
  const totals: (number | null)[] = []
  const given = tools()
  let page: string | null = null
  do {
    const answer = await listOrders(client, given, window, page, NEVER)
    numbers.push(...answer.orders.map((order) => order.orderNumber))
    totals.push(answer.total)
    page = answer.next
  } while (page !== null)
  return { numbers, totals, notices: given.notices }
}

const daysAgo = (days: number) => new Date(NOW - days * DAY)

describe('listOrders', () => {
  it('names every order of the window once, whatever their times and the window', async () => {
    const second = fc.integer({ min: 0, max: 5_000 })
    await fc.assert(
      fc.asyncProperty(fc.array(second, { maxLength: 3_000 }), second, second, async (seconds, a, b) => {
        const times = seconds.map((at) => NOW - DAY + at * 1000)
        const [from, to] = [Math.min(a, b), Math.max(a, b)].map((at) => new Date(NOW - DAY + at * 1000)) as [
          Date,
          Date,
        ]
        const { numbers } = await walk(fakeMall(times).client, { from, to })
        const expected = times.flatMap((time, index) =>
          time >= from.getTime() && time < to.getTime() ? [String(index)] : [],
        )
        expect(numbers.sort()).toEqual(expected.sort())
      }),
      { numRuns: 25 },
    )
  })

  it('splits a window that holds more than can be reached, and still knows how many there were', async () => {
    const times = Array.from({ length: 40_000 }, (_, index) => NOW - 30 * DAY + index * 50_000)
    const mall = fakeMall(times)
    const { numbers, totals, notices } = await walk(mall.client, { from: daysAgo(30), to: daysAgo(0) })
    expect(new Set(numbers).size).toBe(40_000)
    expect(numbers).toHaveLength(40_000)
    expect(new Set(totals)).toEqual(new Set([40_000]))
    expect(notices).toEqual([])
    expect(Math.max(...mall.requests.map((request) => request.page))).toBeLessThanOrEqual(15)
  })

  it('says so when even one second holds too many', async () => {
    const mall = fakeMall(Array.from({ length: 16_000 }, () => NOW - 5_000))
    const { numbers, notices } = await walk(mall.client, { from: new Date(NOW - 10_000), to: new Date(NOW) })
    expect(numbers).toHaveLength(15_000)
    expect(new Set(notices.map((notice) => notice.code))).toEqual(new Set(['RAKUTEN_LIST_CUT']))
  })

  it('begins with the first whole second of a window and ends before its last', async () => {
    const from = NOW - 60_000
    const times = [from - 1000, from, NOW - 1000, NOW]
    const ends = async (fromMs: number, toMs: number) => {
      const mall = fakeMall(times)
      const { numbers } = await walk(mall.client, { from: new Date(fromMs), to: new Date(toMs) })
      return { numbers, first: mall.requests[0]?.start, last: mall.requests[0]?.end }
    }
    expect(await ends(from, NOW)).toEqual({ numbers: ['1', '2'], first: from, last: NOW - 1000 })
    // What lies within a second belongs to the window that holds its beginning.
    expect(await ends(from - 500, NOW + 500)).toMatchObject({
      numbers: ['1', '2', '3'],
      first: from,
      last: NOW,
    })
    expect(await ends(from + 1, NOW)).toMatchObject({ first: from + 1000 })
  })

  it('reads the last page, and none after it', async () => {
    const pages = async (orders: number) => {
      const mall = fakeMall(Array.from({ length: orders }, (_, n) => NOW - 60_000 + n))
      const { numbers } = await walk(mall.client, { from: daysAgo(1), to: daysAgo(0) })
      return [numbers.length, mall.requests.map(({ page }) => page)]
    }
    expect(await pages(1_000)).toEqual([1_000, [1]])
    expect(await pages(1_001)).toEqual([1_001, [1, 2]])
    expect(await pages(15_000)).toEqual([15_000, Array.from({ length: 15 }, (_, n) => n + 1)])
  })

  it('makes one call for a window without orders, none for an empty window', async () => {
    const mall = fakeMall([])
    expect((await walk(mall.client, { from: daysAgo(1), to: daysAgo(0) })).numbers).toEqual([])
    expect(mall.requests).toHaveLength(1)
    await walk(mall.client, { from: daysAgo(1), to: daysAgo(1) })
    expect(mall.requests).toHaveLength(1)
  })

  it('takes 63 days and no more', async () => {
    const { client } = fakeMall([])
    await walk(client, { from: daysAgo(63), to: daysAgo(0) })
    await expect(walk(client, { from: daysAgo(63.1), to: daysAgo(0) })).rejects.toMatchObject({
      code: 'RAKUTEN_WINDOW_TOO_LONG',
    })
  })

  it('reaches 730 days back: cuts what lies before, refuses what lies wholly before', async () => {
    const mall = fakeMall([])
    await walk(mall.client, { from: daysAgo(740), to: daysAgo(720) })
    expect(mall.requests).toHaveLength(1)
    await expect(walk(mall.client, { from: daysAgo(800), to: daysAgo(780) })).rejects.toBeInstanceOf(
      MarketplaceFailure,
    )
  })

  it.each<[string, Record<string, unknown>]>([
    [
      'a count without numbers',
      { orderNumberList: [], PaginationResponseModel: { totalRecordsAmount: 3, totalPages: 1 } },
    ],
    ['numbers without a count', { orderNumberList: ['1'], PaginationResponseModel: null }],
  ])('does not take %s for a whole answer', async (_name, json) => {
    const answer = { frame: WireFrame.parse({ MessageModelList: [], ...json }), text: '{}' }
    const client = { order: async () => answer } as unknown as RakutenClient
    await expect(walk(client, { from: daysAgo(1), to: daysAgo(0) })).rejects.toMatchObject({
      kind: 'malformed',
    })
  })

  it('passes an ERROR of the mall on as refused', async () => {
    const error = {
      messageType: 'ERROR',
      messageCode: 'ORDER_EXT_API_SEARCH_ORDER_ERROR_011',
      message: '書式が不正です。',
    }
    const answer = {
      frame: WireFrame.parse({ MessageModelList: [error], orderNumberList: null }),
      text: '{}',
    }
    const client = { order: async () => answer } as unknown as RakutenClient
    await expect(walk(client, { from: daysAgo(1), to: daysAgo(0) })).rejects.toMatchObject({
      kind: 'rejected',
      mallCode: error.messageCode,
      message: expect.stringMatching(/注文一覧の取得/),
    })
    await expect(walk(client, { from: daysAgo(1), to: daysAgo(0) })).rejects.not.toMatchObject({
      message: expect.stringMatching(/注文と店舗の状態を確認|注文を確認/),
    })
  })
})
