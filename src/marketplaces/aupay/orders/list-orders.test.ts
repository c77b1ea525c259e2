import { describe, expect, it } from 'vitest'
import { answer, ORDER_XML, refusalXml } from '../fixtures/order.ts'
import { HTML, NEVER, open, type Reply } from '../fixtures/shop.ts'

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
