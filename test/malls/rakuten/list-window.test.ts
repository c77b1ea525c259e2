import { describe, expect, it } from 'vitest'
import type { ListWindow } from '../../../src/marketplaces/port/session.ts'
import type { RakutenClient } from '../../../src/marketplaces/rakuten/client.ts'
import { listOrders } from '../../../src/marketplaces/rakuten/orders/list-orders.ts'
import { WireFrame } from '../../../src/marketplaces/rakuten/wire.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const NEVER = new AbortController().signal
const NOW = Date.parse('2026-07-03T12:00:00+09:00')
const DAY_MS = 24 * 3_600_000
const ago = (ms: number) => new Date(NOW - ms)
const MINUTE = { from: ago(60_000), to: ago(0) }

interface Search {
  startDatetime: string
  endDatetime: string
  PaginationRequestModel: { requestPage: number }
}
const found = (total: number, pages: number, orderNumberList: unknown = ['a']) => ({
  orderNumberList,
  PaginationResponseModel: { totalRecordsAmount: total, totalPages: pages },
})

/** A mall that counts as `reply` says; one number per page is enough here. */
function open(reply: (search: Search) => Record<string, unknown>) {
  const searches: Search[] = []
  const client: Pick<RakutenClient, 'order'> = {
    async order(operation, body) {
      expect(operation).toBe('searchOrder')
      searches.push(body as Search)
      const json = { MessageModelList: [], ...reply(body as Search) }
      return { frame: WireFrame.parse(json), text: 'as it came' }
    },
  }
  const tools = testTools({ clock: { ...systemClock, now: () => NOW } })
  const list = (window: ListWindow = MINUTE, page: string | null = null) =>
    listOrders(client as RakutenClient, tools, window, page, NEVER)
  async function walk(window: ListWindow) {
    for (let page: string | null = null; ; ) {
      const { next } = await list(window, page)
      if (next === null) break
      if (searches.length > 40) throw new Error('the walk does not end')
      page = next
    }
    return searches.map(({ startDatetime, endDatetime, PaginationRequestModel }) => [
      ...[startDatetime.slice(11, 19), endDatetime.slice(11, 19)],
      PaginationRequestModel.requestPage,
    ])
  }
  return { list, walk, searches, tools }
}

it('asks for order numbers by the time of order, oldest first', async () => {
  const { list, searches } = open(() => found(1, 1))
  expect(await list()).toEqual({
    orders: [{ orderNumber: 'a', orderedAt: null, mallStatus: null, mallState: null }],
    next: null,
    total: 1,
  })
  expect(searches).toEqual([
    {
      dateType: 1,
      startDatetime: '2026-07-03T11:59:00+0900',
      endDatetime: '2026-07-03T11:59:59+0900',
      PaginationRequestModel: {
        requestRecordsAmount: 1000,
        requestPage: 1,
        SortModelList: [{ sortColumn: 1, sortDirection: 1 }],
      },
    },
  ])
})

describe('the window', () => {
  it.each([
    ['63 days', { from: ago(63 * DAY_MS), to: ago(0) }, '2026-05-01T12:00:00+0900'],
    [
      'more than is kept, from a minute on',
      { from: ago(735 * DAY_MS), to: ago(729 * DAY_MS) },
      '2024-07-03T12:01:00+0900',
    ],
    ['from the next whole second on', { from: ago(59_001), to: ago(0) }, '2026-07-03T11:59:01+0900'],
    ['of one second', { from: ago(1000), to: ago(0) }, '2026-07-03T11:59:59+0900'],
  ])('is taken with %s', async (_, window, start) => {
    const { list, searches } = open(() => found(1, 1))
    await list(window)
    expect(searches.map(({ startDatetime }) => startDatetime)).toEqual([start])
  })

  it.each([
    [
      'more than 63 days',
      { from: ago(63 * DAY_MS + 1), to: ago(0) },
      'RAKUTEN_WINDOW_TOO_LONG',
      '一度に63日以内',
    ],
    [
      'an end 730 days ago',
      { from: ago(731 * DAY_MS), to: ago(730 * DAY_MS) },
      'RAKUTEN_WINDOW_TOO_OLD',
      '過去730日分',
    ],
  ])('is refused with %s', async (_, window, code, words) => {
    const { list, searches } = open(() => found(1, 1))
    await expect(list(window)).rejects.toMatchObject({
      kind: 'rejected',
      code,
      message: expect.stringContaining(words),
    })
    expect(searches).toEqual([])
  })

  it('costs no call where no whole second begins in it', async () => {
    const { list, searches } = open(() => found(1, 1))
    expect(await list({ from: ago(999), to: ago(1) })).toEqual({ orders: [], next: null, total: 0 })
    expect(searches).toEqual([])
  })
})

describe('the walk', () => {
  it('reads each page, and none behind the last', async () => {
    const { walk } = open(() => found(2500, 3))
    expect((await walk(MINUTE)).map(([, , page]) => page)).toEqual([1, 2, 3])
  })

  it('reads 15,000 in one span, and halves one that holds more, keeping the count of the whole', async () => {
    expect(await open(() => found(15_000, 15)).walk(MINUTE)).toHaveLength(15)
    const { walk, list } = open(({ startDatetime, endDatetime }) => {
      const whole = startDatetime.includes('11:59:00') && endDatetime.includes('11:59:59')
      return whole ? found(15_001, 16) : found(1500, 2)
    })
    expect(await walk(MINUTE)).toEqual([
      ['11:59:00', '11:59:59', 1],
      ['11:59:00', '11:59:29', 1],
      ['11:59:00', '11:59:29', 2],
      ['11:59:30', '11:59:59', 1],
      ['11:59:30', '11:59:59', 2],
    ])
    const first = await list()
    const second = await list(MINUTE, first.next)
    expect([first.total, second.total]).toEqual([15_001, 15_001])
  })

  it('reads what can be reached of a second that holds more, and says so', async () => {
    const { walk, tools } = open(() => found(16_000, 16))
    expect(await walk({ from: ago(1000), to: ago(0) })).toHaveLength(15)
    expect(tools.notices[0]).toMatchObject({
      code: 'RAKUTEN_LIST_CUT',
      message: expect.stringContaining('15000件を超え'),
    })
  })

  it('says nothing of what can be reached', async () => {
    const { list, tools } = open(() => found(15_000, 15))
    await list({ from: ago(1000), to: ago(0) })
    expect(tools.notices).toEqual([])
  })

  it('names by its place in the span what is no number', async () => {
    const { list } = open(() => found(1003, 2, ['a', null, 7]))
    const { next, unreadable } = await list()
    expect(unreadable).toEqual(['2件目', '3件目'])
    expect(await list(MINUTE, next)).toMatchObject({
      orders: [{ orderNumber: 'a' }],
      unreadable: ['1002件目', '1003件目'],
      next: null,
      total: 1003,
    })
  })

  it('goes on from no place that is none', async () => {
    await expect(open(() => found(1, 1)).list(MINUTE, 'x')).rejects.toMatchObject({
      code: 'RAKUTEN_LIST_PAGE',
    })
  })
})

describe('an answer', () => {
  it.each([
    ['nothing', { orderNumberList: [], PaginationResponseModel: null }],
    [
      'nulls',
      { orderNumberList: null, PaginationResponseModel: { totalRecordsAmount: null, totalPages: null } },
    ],
    ['zeros', found(0, 0, [])],
    ['no orders in pages', found(0, 2, [])],
  ])('of %s is an empty list', async (_, reply) => {
    expect(await open(() => reply).list()).toEqual({ orders: [], next: null, total: 0 })
  })

  it.each([
    [
      'numbers without a count',
      { orderNumberList: ['a'], PaginationResponseModel: null },
      'searchOrderの件数',
    ],
    ['a count without numbers', found(1, 1, []), 'searchOrderの件数'],
    ['numbers that are no list', found(1, 1, 'a'), 'searchOrderの検索結果'],
  ])('of %s is malformed', async (_, reply, words) => {
    await expect(open(() => reply).list()).rejects.toMatchObject({
      kind: 'malformed',
      raw: 'as it came',
      message: expect.stringMatching(new RegExp(`${words}.*保存しました。続く場合は運営者へ`)),
    })
  })

  it('may be empty behind the last page', async () => {
    const { next } = await open(() => found(1001, 2)).list()
    expect(await open(() => found(900, 1, [])).list(MINUTE, next)).toMatchObject({ orders: [], next: null })
  })

  it.each([
    ['ERROR', 'rejected'],
    ['INFO', null],
  ])('with a message of kind %s is refused: %s', async (messageType, kind) => {
    const message = { messageType, messageCode: 'X_1', message: 'no' }
    const page = open(() => ({ MessageModelList: [message], ...found(1, 1) })).list()
    if (kind === null) expect(await page).toMatchObject({ total: 1 })
    else
      await expect(page).rejects.toMatchObject({
        kind,
        mallCode: 'X_1',
        raw: 'as it came',
        message: expect.stringMatching(
          /^楽天が注文一覧の取得を受け付けませんでした（X_1）。注文は注文メールなどで/,
        ),
      })
  })
})
