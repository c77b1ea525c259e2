import { describe, expect, it } from 'vitest'
import { answer, ORDER_XML, refusalXml } from './fixtures/order.ts'
import { HTML, NEVER, open, type Reply } from './fixtures/shop.ts'

describe('a list whose page behind the last one is refused', () => {
  const window = { from: new Date('2026-09-03T15:00:00Z'), to: new Date('2026-09-04T15:00:00Z') }
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, n) => `<orderInfo><orderId>${300_000_000 + n}</orderId></orderInfo>`)

  it.each([
    ['a small page', 40, 40, []],
    ['a full page', 500, 500, ['AUPAY_LIST_CUT_OFF']],
    ['a count of more', 40, 60, ['AUPAY_LIST_CUT_OFF']],
  ])('ends there after %s', async (_, rows, count, notices) => {
    const { session, tools } = open(({ url }) => ({
      body: url.includes('startCount=1&')
        ? answer(`<resultCount>${count}</resultCount>${rowsOf(rows).join('')}`)
        : refusalXml('TRE0002', '開始位置が不正です。'),
    }))
    const first = await session.listOrders(window, null, NEVER)
    expect(first.orders).toHaveLength(rows)
    expect(await session.listOrders(window, first.next, NEVER)).toEqual({
      orders: [],
      next: null,
      total: null,
    })
    expect(tools.notices.map(({ code }) => code)).toEqual(notices)
  })

  it('is left where the key is refused', async () => {
    const { session } = open(({ url }) => ({
      body: url.includes('startCount=1&')
        ? answer(`<resultCount>40</resultCount>${rowsOf(40).join('')}`)
        : refusalXml('0002', '認証に失敗しました'),
    }))
    const first = await session.listOrders(window, null, NEVER)
    await expect(session.listOrders(window, first.next, NEVER)).rejects.toMatchObject({
      kind: 'unauthorised',
    })
  })

  it('is no trouble for many orders at once', async () => {
    const { session, tools, requests } = open(({ url }) => ({
      body: url.includes('searchTradeInfoProc')
        ? refusalXml('TRE0001', '該当する取引が存在しません。')
        : url.includes('startCount=1&')
          ? answer(`<resultCount>20</resultCount>${rowsOf(20).join('')}`)
          : refusalXml('TRE0002', '開始位置が不正です。'),
    }))
    const numbers = Array.from({ length: 100 }, (_, n) => String(399_990_000 + n))
    const since = new Date(tools.clock.now() - 60_000)
    for await (const outcome of session.fetchOrders(numbers, NEVER, { since }))
      expect(outcome.kind).toBe('not_found')
    expect(requests.filter(({ url }) => url.includes('searchTradeInfoListProc'))).toHaveLength(4)
    expect(tools.notices).toEqual([])
  })
})

describe('a list that cannot be had', () => {
  const window = { from: new Date('2026-09-03T15:00:00Z'), to: new Date('2026-09-04T15:00:00Z') }
  const list = (reply: Parameters<typeof open>[0], page: string | null = null) =>
    open(reply).session.listOrders(window, page, NEVER)

  it.each<[string, Reply, string]>([
    ['a refusal', { body: refusalXml('XYZ', 'エラー') }, 'AUPAY_REJECTED'],
    ['neither count nor orders', { body: answer('') }, 'AUPAY_MALFORMED'],
    ['HTML', { body: HTML }, 'AUPAY_GATEWAY_PAGE'],
  ])('%s', async (_name, reply, code) => {
    await expect(list(reply)).rejects.toMatchObject({ code })
  })

  it('tells what to do about a list, not about an order', async () => {
    await expect(list({ body: refusalXml('XYZ', 'エラー') })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^au PAY マーケットが注文一覧の取得を拒否しました（XYZ）。注文は注文メールなどで/,
      ),
    })
  })

  it.each(['', '###', Buffer.from('{"start":0}').toString('base64url')])('no page %o', async (page) => {
    await expect(list({ body: '' }, page)).rejects.toMatchObject({ code: 'AUPAY_LIST_PAGE' })
  })

  it('falls back to the list of numbers when one order breaks the page', async () => {
    const { session, tools } = open(({ url }) => ({
      body: url.includes('searchTradeInfoListProc')
        ? answer(`<resultCount>2</resultCount>${ORDER_XML}`).slice(0, -40)
        : answer(
            '<resultCount>2</resultCount><orderInfo><orderId>1</orderId><orderId>2</orderId></orderInfo>',
          ),
    }))
    const page = await session.listOrders(window, null, NEVER)
    expect(page).toMatchObject({ orders: [{ orderNumber: '1' }, { orderNumber: '2' }], next: null, total: 2 })
    expect(tools.notices.map(({ code }) => code)).toEqual(['AUPAY_LIST_NUMBERS_ONLY'])
  })
})

describe('the window of a list', () => {
  const from = new Date('2026-09-03T15:00:00Z')
  const later = (ms: number) => new Date(from.getTime() + ms)
  const list = (to: Date) => {
    const { session, requests } = open({ body: answer('<resultCount>0</resultCount>') })
    return { page: session.listOrders({ from, to }, null, NEVER), requests }
  }

  it.each([
    ['longer than a month', later(31 * 86_400_000 + 1)],
    ['that ends before it begins', later(-1)],
  ])('is refused where it is one %s', async (_, to) => {
    const { page, requests } = list(to)
    await expect(page).rejects.toMatchObject({ code: 'AUPAY_LIST_WINDOW' })
    expect(requests).toEqual([])
  })

  it('costs no call where it is empty', async () => {
    const { page, requests } = list(from)
    expect(await page).toEqual({ orders: [], next: null, total: 0 })
    expect(requests).toEqual([])
  })

  it.each([
    ['its last second', later(60_000), '20260904000059'],
    ['the second that holds its end', later(60_001), '20260904000100'],
    ['its beginning, where it is shorter than a second', later(1), '20260904000000'],
  ])('is searched to %s', async (_, to, end) => {
    const { page, requests } = list(to)
    await page
    const query = new URL(requests[0]?.url ?? '').searchParams
    expect([query.get('startDate'), query.get('endDate')]).toEqual(['20260904000000', end])
  })
})

describe('pages', () => {
  const window = { from: new Date('2026-09-03T15:00:00Z'), to: new Date('2026-09-04T15:00:00Z') }
  const row = (orderId: number | string) => `<orderInfo><orderId>${orderId}</orderId></orderInfo>`
  const rows = (from: number, count: number) => Array.from({ length: count }, (_, n) => row(from + n))
  /** The first page and what follows it. */
  const pages = (first: string[], second: string[]) =>
    open(({ url }) => ({ body: answer((url.includes('startCount=1&') ? first : second).join('')) }))
  const counted = (count: number) => `<resultCount>${count}</resultCount>`

  it.each([
    ['of the window', [counted(49)], [counted(49)], 49],
    ['of each page', [counted(40)], [counted(9)], null],
    ['of nothing', [], [], null],
  ])('tell how many there are by a count %s', async (_, first, second, total) => {
    const { session } = pages([...first, ...rows(1000, 40)], [...second, ...rows(1040, 9)])
    const one = await session.listOrders(window, null, NEVER)
    expect(one).toMatchObject({ orders: { length: 40 }, total })
    const two = await session.listOrders(window, one.next, NEVER)
    expect(two).toMatchObject({ orders: { length: 9 }, next: null, total: 49 })
  })

  it('name by its place in the whole list what cannot be read', async () => {
    const { session } = pages(rows(1000, 40), [...rows(1040, 2), row(''), row('Aあ')])
    const { next } = await session.listOrders(window, null, NEVER)
    expect(await session.listOrders(window, next, NEVER)).toMatchObject({
      orders: [{ orderNumber: '1040' }, { orderNumber: '1041' }],
      unreadable: ['43件目', '44件目'],
    })
  })

  it('of bare numbers name it so too', async () => {
    const { session, tools } = open(({ url }) => {
      const first = new URL(url).searchParams.get('startCount') === '1'
      if (!url.includes('searchTradeNoListProc')) return { body: '<response>' }
      return {
        body: answer(
          `<resultCount>42</resultCount>${(first ? rows(1000, 40) : [row(1040), row('Aあ')]).join('')}`,
        ),
      }
    })
    const { next } = await session.listOrders(window, null, NEVER)
    expect((await session.listOrders(window, next, NEVER)).unreadable).toEqual(['42件目'])
    expect(tools.notices[0]?.message).toMatch(/注文番号だけの一覧.*連絡してください/)
  })

  it('say of an order its time and state, or neither where it has none', async () => {
    const told = '<orderDate>2026/09/04 00:10</orderDate><orderStatus>キャンセル</orderStatus>'
    const { session } = pages([row(1000), row(1001).replace('</orderInfo>', `${told}</orderInfo>`)], [])
    expect((await session.listOrders(window, null, NEVER)).orders).toMatchObject([
      { orderNumber: '1000', orderedAt: null, mallStatus: null, mallState: null },
      {
        orderNumber: '1001',
        orderedAt: new Date('2026-09-03T15:10:00Z'),
        mallStatus: 'キャンセル',
        mallState: 'cancelled',
      },
    ])
  })

  it('go on where as many other orders come', async () => {
    const { session } = pages(rows(1000, 40), rows(1040, 40))
    const { next } = await session.listOrders(window, null, NEVER)
    expect(await session.listOrders(window, next, NEVER)).toMatchObject({
      orders: { length: 40 },
      next: expect.any(String),
    })
  })

  it('end where the same orders come again, in whatever order', async () => {
    const same = rows(1000, 40)
    const { session } = pages(same, same.toReversed())
    const { next } = await session.listOrders(window, null, NEVER)
    expect(await session.listOrders(window, next, NEVER)).toEqual({ orders: [], next: null, total: null })
  })

  it.each<[string, Reply]>([
    ['refused', { body: refusalXml('XYZ', 'エラー') }],
    ['not to be had', { status: 503, body: HTML }],
  ])('with content that are %s are not asked for as bare numbers', async (_, reply) => {
    const { session, requests, tools } = open(reply)
    await expect(session.listOrders(window, null, NEVER)).rejects.toThrow()
    expect(requests.map(({ url }) => url.includes('searchTradeInfoListProc'))).toEqual([true])
    expect(tools.notices).toEqual([])
  })
})
