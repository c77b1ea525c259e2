import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock.ts'
import { parseXml } from '../../kit/xml.ts'
import type { ListWindow } from '../../port/session.ts'
import type { YahooClient } from '../client.ts'
import { createOrderLister } from './list-orders.ts'

const NEVER = new AbortController().signal
const DAY_MS = 24 * 3_600_000
const FROM = Date.parse('2026-07-03T12:00:00+09:00')
const WINDOW = { from: new Date(FROM), to: new Date(FROM + 60_000) }

interface Request {
  Search: {
    Result: number
    Start: number
    Sort: string
    Condition: Record<string, string | number>
    Field: string
  }
}
type Reply = (request: Request['Search']) => string

const orders = (count: number, from = 1) =>
  Array.from(
    { length: count },
    (_, n) => `<OrderInfo><OrderId>shop-${10_000_000 + from + n}</OrderId></OrderInfo>`,
  ).join('')
const page = (total: number | string, content = '') =>
  `<Result><Status>OK</Status><Search><TotalCount>${total}</TotalCount>${content}</Search></Result>`
const byOrderTime = ({ Condition }: Request['Search']) => 'OrderTimeFrom' in Condition

/** A store that answers searches with `reply`, at a fixed clock. */
function open(reply: Reply | string) {
  const searches: Request['Search'][] = []
  const client: Pick<YahooClient, 'call'> = {
    async call({ operation, request }) {
      expect(operation).toBe('orderList')
      const { Search } = request as unknown as Request
      searches.push(Search)
      const raw = typeof reply === 'string' ? reply : reply(Search)
      return { kind: 'document', document: parseXml(raw), raw }
    },
  }
  const lister = createOrderLister(client as YahooClient, { clock: { ...systemClock, now: () => FROM } })
  const list = (place: string | null = null, window: ListWindow = WINDOW) => lister(window, place, NEVER)
  async function walk() {
    const numbers: string[] = []
    for (let place: string | null = null; ; ) {
      const { orders: named, next } = await list(place)
      numbers.push(...named.map(({ orderNumber }) => orderNumber))
      if (next === null) return numbers
      if (searches.length > 20) throw new Error('the walk does not end')
      place = next
    }
  }
  const asked = () => searches.map((search) => [byOrderTime(search) ? 'order' : 'publication', search.Start])
  return { list, walk, searches, asked }
}

describe('a search', () => {
  it.each([
    ['of whole seconds', WINDOW, '20260703120000', '20260703120059'],
    [
      'to the second that holds its end',
      { from: new Date(FROM + 300), to: new Date(FROM + 60_001) },
      '20260703120000',
      '20260703120100',
    ],
  ])('asks for orders from the oldest on, at both times: %s', async (_, window, from, to) => {
    const { list, searches } = open(page(1, orders(1)))
    const { next } = await list(null, window)
    await list(next, window)
    const rest = {
      Result: 2000,
      Start: 1,
      Sort: '+order_time',
      Field: 'OrderId,OrderTime,OrderStatus,IsSplit,ShipStatus,IsReadOnly,PublicationTime,LastUpdateTime',
    }
    expect(searches).toEqual([
      { ...rest, Condition: { OrderTimeFrom: from, OrderTimeTo: to, ReadOnlyMode: 2 } },
      { ...rest, Condition: { PublicationTimeFrom: from, PublicationTimeTo: to, ReadOnlyMode: 2 } },
    ])
  })

  it.each([
    ['longer than a month', { from: new Date(FROM), to: new Date(FROM + 31 * DAY_MS + 1) }],
    ['that ends before it begins', { from: new Date(FROM), to: new Date(FROM - 1) }],
  ])('is not made for a window %s', async (_, window) => {
    const { list, searches } = open(page(0))
    await expect(list(null, window)).rejects.toMatchObject({ code: 'YAHOO_LIST_WINDOW' })
    expect(searches).toEqual([])
  })

  it('is refused in Yahoo!’s words', async () => {
    const refused = { kind: 'refused', error: { code: 'od90101', message: 'no' }, status: 400, raw: 'raw' }
    const client = { call: async () => refused } as unknown as YahooClient
    await expect(
      createOrderLister(client, { clock: systemClock })(WINDOW, null, NEVER),
    ).rejects.toMatchObject({
      kind: 'rejected',
      mallCode: 'od90101',
      status: 400,
      // A list has no order that staff could look up.
      message: expect.stringMatching(
        /^Yahoo!ショッピングが注文一覧の取得を拒否しました（od90101）。注文は注文メールなどで/,
      ),
    })
  })

  it.each([
    ['another document', page(1, orders(1)).replaceAll('Result>', 'ResultSet>')],
    ['no search', '<Result><Status>OK</Status></Result>'],
    ['no count', '<Result><Search><TotalCount/></Search></Result>'],
    ['no element of a count', '<Result><Search><FirstCount>1</FirstCount></Search></Result>'],
    ['a count of words', page('たくさん')],
    ['a count before words', page('3件')],
    ['a count behind words', page('約3')],
    ['a count of ten digits', page('1234567890')],
  ])('is malformed with %s', async (_, document) => {
    await expect(open(document).list()).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringMatching(/注文検索の件数.*保存しました。続く場合は運営者へ/),
      raw: document,
    })
  })
})

describe('the walk', () => {
  it.each([
    [0, [1], [1]],
    [1, [1], [1]],
    [2000, [1], [1]],
    [2001, [1, 2001], [1, 2001]],
    [4000, [1, 2001], [1, 2001]],
  ])('of %i orders asks for pages %o and %o and names each once', async (count, first, second) => {
    const { walk, asked } = open(({ Start }) =>
      page(count, orders(Math.max(0, Math.min(2000, count - Start + 1)), Start)),
    )
    expect(new Set(await walk()).size).toBe(count)
    expect(asked()).toEqual([
      ...first.map((start) => ['order', start]),
      ...second.map((start) => ['publication', start]),
    ])
  })

  it('names what became visible later behind what was ordered, and no order twice', async () => {
    const { walk } = open((search) => page(2, byOrderTime(search) ? orders(2) : orders(2, 2)))
    expect(await walk()).toEqual(['shop-10000001', 'shop-10000002', 'shop-10000003'])
  })

  it('counts the orders of the time of ordering', async () => {
    const { list } = open((search) => page(byOrderTime(search) ? 2 : 1, orders(byOrderTime(search) ? 2 : 3)))
    const first = await list()
    expect(first.total).toBe(2)
    expect(await list(first.next)).toMatchObject({ orders: [{ orderNumber: 'shop-10000003' }], total: 2 })
  })

  it('ends where hits vanish under it', async () => {
    const { walk, asked } = open(({ Start }) =>
      page(9000, Start === 1 ? orders(2000) : '<OrderInfo></OrderInfo>'),
    )
    expect(await walk()).toHaveLength(2000)
    expect(asked()).toEqual([
      ['order', 1],
      ['order', 2001],
      ['publication', 1],
      ['publication', 2001],
    ])
  })

  it('goes on by itself over pages with nothing new, and tells what none of them could read', async () => {
    const broken = '<OrderInfo><OrderStatus>2</OrderStatus></OrderInfo>'
    const { list, asked } = open((search) =>
      byOrderTime(search)
        ? page(2001, search.Start === 1 ? broken : broken.repeat(2))
        : page(2, broken + orders(1)),
    )
    expect(await list()).toMatchObject({
      orders: [{ orderNumber: 'shop-10000001' }],
      unreadable: ['1件目', '2001件目', '2002件目'],
      next: null,
      total: 2001,
    })
    expect(asked()).toEqual([
      ['order', 1],
      ['order', 2001],
      ['publication', 1],
    ])
  })

  it('says nothing of what cannot be read where all could', async () => {
    expect(await open(page(1, orders(1))).list()).not.toHaveProperty('unreadable')
  })

  it('keeps the memory of the newest walk alone', async () => {
    const { list } = open(page(1, orders(1)))
    const older = await list()
    const newer = await list()
    expect((await list(older.next)).orders).toHaveLength(1)
    expect((await list(newer.next)).orders).toEqual([])
  })

  it('names the same where a page of the second walk is asked for again', async () => {
    const { list } = open((search) => page(1, byOrderTime(search) ? orders(1) : orders(2)))
    const { next } = await list()
    const once = await list(next)
    expect(once.orders).toHaveLength(1)
    expect(await list(next)).toEqual(once)
  })

  it('names an order again where another session began it', async () => {
    const { next } = await open(page(1, orders(1))).list()
    const later = open(page(1, orders(1)))
    expect((await later.list(next)).orders).toHaveLength(1)
  })

  it('goes on from no place that is none', async () => {
    const { list, searches } = open(page(0))
    await expect(list('x')).rejects.toMatchObject({ code: 'YAHOO_LIST_PAGE' })
    expect(searches).toEqual([])
  })
})

it.each([
  ['<OrderStatus>2</OrderStatus>', '2', 'open'],
  ['<OrderStatus>4</OrderStatus>', '4', 'cancelled'],
  ['<OrderStatus>2</OrderStatus><ShipStatus>3</ShipStatus>', '2', 'shipped'],
  ['<OrderStatus>2</OrderStatus><IsSplit>true</IsSplit>', '2', 'cancelled'],
  ['<OrderStatus>2</OrderStatus><IsSplit>false</IsSplit>', '2', 'open'],
  ['<OrderStatus>99</OrderStatus>', '99', null],
  ['<OrderStatus/>', null, null],
  ['', null, null],
])('an entry with %s has the status %s and is %s', async (content, mallStatus, mallState) => {
  const times =
    '<OrderTime>2026-07-03T12:00:10+09:00</OrderTime><LastUpdateTime>2026-07-03T12:00:20+09:00</LastUpdateTime>'
  const entry = `<OrderInfo><OrderId>shop-10000001</OrderId>${times}${content}</OrderInfo>`
  expect((await open(page(1, entry)).list()).orders).toEqual([
    {
      orderNumber: 'shop-10000001',
      mallStatus,
      mallState,
      orderedAt: new Date(FROM + 10_000),
      revision: '2026-07-03T03:00:20.000Z',
    },
  ])
})

it('an entry without times has none', async () => {
  expect((await open(page(1, orders(1))).list()).orders).toMatchObject([{ orderedAt: null, revision: null }])
})
