import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AupaySimulator, startAupaySimulator } from '../../../sandbox/malls/aupay/index.ts'
import { mayGoOn } from '../../../src/marketplaces/aupay/client.ts'
import { createAupay } from '../../../src/marketplaces/aupay/index.ts'
import { orderIdsIn } from '../../../src/marketplaces/aupay/wire.ts'
import type { FetchHints, FetchOutcome } from '../../../src/marketplaces/port/session.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const SHOP = '10000001'
const NEVER = new AbortController().signal
const MINUTE_MS = 60_000

let mall: AupaySimulator
beforeAll(async () => {
  mall = await startAupaySimulator({ shops: [{ code: SHOP, name: '見本商店' }] })
})
afterAll(() => mall.close())
beforeEach(() => {
  mall.faults.clear()
  // Orders of one test must not be seen by the next.
  mall.clock.advance(8 * 60 * MINUTE_MS)
})

function open(given: Record<string, string> = mall.credentialsFor(SHOP)) {
  const tools = testTools({ clock: mall.clock })
  const aupay = createAupay({ apiUrl: mall.url, requestsPerSecond: 1000 })
  const credentials = aupay.credentials.parse(given)
  return { session: aupay.open({ shopId: 's', shopCode: SHOP, credentials }, tools), tools }
}

const place = (count: number, more: Parameters<AupaySimulator['place']>[0] = {}) =>
  Array.from({ length: count }, () => mall.place(more).orderNumber)

async function fetchAll(numbers: readonly string[], hints?: FetchHints) {
  const { session, tools } = open()
  const before = mall.calls()
  const outcomes: FetchOutcome[] = []
  for await (const outcome of session.fetchOrders(numbers, NEVER, hints)) outcomes.push(outcome)
  const spent = (method: string) => (mall.calls()[method] ?? 0) - (before[method] ?? 0)
  const kinds = Object.fromEntries(outcomes.map(({ orderNumber, kind }) => [orderNumber, kind]))
  return {
    kinds,
    outcomes,
    notices: tools.notices.map(({ code }) => code),
    singles: spent('searchTradeInfoProc'),
    pages: spent('searchTradeInfoListProc'),
  }
}
const now = () => new Date(mall.clock.now())
const allFound = (numbers: readonly string[]) =>
  Object.fromEntries(numbers.map((number) => [number, 'found']))

describe('many orders at once', () => {
  it('come from the list, the same as by single calls', async () => {
    // Taken before the first order: placing may go on into the next second.
    const since = now()
    const numbers = place(230)
    const listed = await fetchAll(numbers, { since })
    expect(listed).toMatchObject({ kinds: allFound(numbers), pages: 3, singles: 0, notices: [] })
    const single = await fetchAll(numbers.slice(0, 20))
    expect(single).toMatchObject({ pages: 0, singles: 20 })
    const orderOf = (outcomes: FetchOutcome[], number: string) => {
      const outcome = outcomes.find(({ orderNumber }) => orderNumber === number)
      return outcome?.kind === 'found' ? outcome.order : null
    }
    for (const number of numbers.slice(0, 20))
      expect(orderOf(listed.outcomes, number)).toEqual(orderOf(single.outcomes, number))
  })

  it('are looked for in the hours before, when their mails were late', async () => {
    const numbers = place(40)
    mall.clock.advance(3 * 60 * MINUTE_MS)
    expect(await fetchAll(numbers, { since: now() })).toMatchObject({
      kinds: allFound(numbers),
      pages: 2,
      singles: 0,
    })
  })

  it('are asked for singly where the list does not have them', async () => {
    const old = place(4)
    mall.clock.advance(9 * 60 * MINUTE_MS)
    const fresh = place(6)
    const missing = '399999998'
    const fetched = await fetchAll([...old, ...fresh, missing], { since: now() })
    expect(fetched.kinds).toEqual({ ...allFound([...old, ...fresh]), [missing]: 'not_found' })
    expect(fetched.singles).toBe(5)
    expect(fetched.pages).toBeLessThanOrEqual(3)
  })

  it('cost no page when they are few, or nobody says since when', async () => {
    const numbers = place(12)
    expect(await fetchAll(numbers.slice(0, 2), { since: now() })).toMatchObject({ pages: 0, singles: 2 })
    expect(await fetchAll(numbers)).toMatchObject({ pages: 0, singles: 12 })
  })

  it('never cost more pages than a third of the numbers', async () => {
    place(900)
    mall.clock.advance(10 * 60 * MINUTE_MS)
    const numbers = Array.from({ length: 30 }, (_, index) => String(399_990_000 + index))
    place(2_000)
    const fetched = await fetchAll(numbers, { since: now() })
    expect(fetched.singles).toBe(30)
    expect(fetched.pages).toBeLessThanOrEqual(10)
  })

  it('of a sale come at a hundred a call, turn after turn, however many stand before them in the list', async () => {
    // Here already: what a shop sold in the half hour before.
    place(350)
    const since = now()
    const numbers = place(1_200)
    mall.clock.advance(MINUTE_MS)
    const { session } = open()
    const before = mall.calls()
    const found = new Set<string>()
    // A turn reads the oldest numbers that wait and has time for two calls.
    while (found.size < numbers.length) {
      const wanted = numbers.filter((number) => !found.has(number)).slice(0, 300)
      const callsBefore = Object.values(mall.calls()).reduce((sum, count) => sum + count, 0)
      const goesOn = () =>
        Object.values(mall.calls()).reduce((sum, count) => sum + count, 0) < callsBefore + 2
      for await (const { kind, orderNumber } of session.fetchOrders(wanted, NEVER, { since, goesOn }))
        if (kind === 'found') found.add(orderNumber)
    }
    const spent = (method: string) => (mall.calls()[method] ?? 0) - (before[method] ?? 0)
    expect(spent('searchTradeInfoProc')).toBe(0)
    expect(spent('searchTradeInfoListProc')).toBeLessThanOrEqual(17)
  })

  it('fail alone when one of a page cannot be read', async () => {
    const numbers = place(5)
    const bad = numbers[2] ?? ''
    mall.edit(bad, { detail: [{ unit: 'たくさん' }] })
    const fetched = await fetchAll(numbers, { since: now() })
    expect(fetched).toMatchObject({ kinds: { ...allFound(numbers), [bad]: 'failed' }, pages: 1, singles: 0 })
    const outcome = fetched.outcomes.find(({ orderNumber }) => orderNumber === bad)
    expect(outcome?.kind === 'failed' && outcome.failure.raw).toContain(bad)
  })

  it('are asked for singly when a page cannot be read or is refused', async () => {
    const numbers = place(5)
    for (const kind of ['broken-body', 'status-1']) {
      mall.faults.set([{ kind, operation: 'searchTradeInfoListProc' }])
      expect(await fetchAll(numbers, { since: now() })).toMatchObject({
        kinds: allFound(numbers),
        pages: 1,
        singles: 5,
        notices: ['AUPAY_LIST_UNREADABLE'],
      })
    }
  })

  it('are left when the mall is away', async () => {
    const numbers = place(5)
    mall.faults.set([{ kind: '502-html' }])
    await expect(fetchAll(numbers, { since: now() })).rejects.toMatchObject({ kind: 'unavailable' })
  })
})

describe('a list in pages', () => {
  /**
   * `sessions`: as the worker does between slices of its work, each page may be read by a session of its own.
   */
  async function walk({ sessions = 'one' }: { sessions?: 'one' | 'each' } = {}) {
    const notices: string[] = []
    let opened = open()
    const window = {
      from: new Date(mall.clock.now() - MINUTE_MS),
      to: new Date(mall.clock.now() + MINUTE_MS),
    }
    const numbers: string[] = []
    const totals: (number | null)[] = []
    for (let page: string | null = null, pages = 1; pages <= 30; pages += 1) {
      if (sessions === 'each') opened = open()
      const answer = await opened.session.listOrders(window, page, NEVER)
      notices.push(...opened.tools.notices.splice(0).map(({ code }) => code))
      numbers.push(...answer.orders.map(({ orderNumber }) => orderNumber))
      totals.push(answer.total)
      page = answer.next
      if (page === null) return { numbers, totals, pages, notices }
    }
    throw new Error('the walk does not end')
  }

  it.each([
    ['page', 45],
    ['page', 100],
    ['total', 100],
    ['page', 200],
    ['page', 1000],
    ['total', 1000],
  ] as const)(
    'resultCount of the %s, at most %i rows: brings every order once',
    async (resultCount, mostRows) => {
      mall.change({ resultCount, mostRows })
      const numbers = place(1_000)
      const walked = await walk()
      mall.change({ resultCount: 'page', mostRows: 1000 })
      expect(walked.numbers.sort()).toEqual(numbers.sort())
      expect(walked.totals.at(-1)).toBe(1_000)
      expect([null, 1_000]).toEqual(expect.arrayContaining([...new Set(walked.totals)]))
    },
  )

  /** A page that the mall gives whatever is asked; `count` is its resultCount. */
  const alwaysThese = (numbers: readonly string[], count: number) => {
    const rows = numbers.map((number) => `<orderInfo><orderId>${number}</orderId></orderInfo>`)
    const body = `<response><result><status>0</status></result><resultCount>${count}</resultCount>${rows.join('')}</response>`
    mall.faults.set([{ kind: 'body', body }])
  }

  it.each(['one', 'each'] as const)(
    'ends after one page too many where the mall does not heed startCount (sessions: %s)',
    async (sessions) => {
      alwaysThese(place(10), 10)
      expect(await walk({ sessions })).toMatchObject({ pages: 2, notices: [] })
      expect(new Set((await walk({ sessions })).numbers).size).toBe(10)
    },
  )

  it.each([
    ['a count of more', 10, 25],
    ['a full page', 500, 500],
  ])('tells of orders that such a mall keeps back: %s', async (_, rows, count) => {
    const numbers = place(rows)
    alwaysThese(numbers, count)
    const walked = await walk()
    expect(walked).toMatchObject({ pages: 2, notices: ['AUPAY_LIST_CUT_OFF'] })
    expect(walked.numbers).toEqual(numbers)
  })

  it('does not take the last page again for a lack, where the mall gives it for every row behind it', async () => {
    alwaysThese(place(37), 37)
    expect(await walk()).toMatchObject({ pages: 2, notices: [] })
  })

  it('says what state each order is in', async () => {
    const [waiting, cancelled, custom] = place(3) as [string, string, string]
    mall.edit(waiting, { orderStatus: '発送待ち' })
    mall.cancel(cancelled)
    mall.edit(custom, { orderStatus: '出荷準備中' })
    const { session } = open()
    const window = {
      from: new Date(mall.clock.now() - MINUTE_MS),
      to: new Date(mall.clock.now() + MINUTE_MS),
    }
    const { orders } = await session.listOrders(window, null, NEVER)
    expect(orders.map(({ mallStatus, mallState }) => [mallStatus, mallState])).toEqual([
      ['発送待ち', 'open'],
      ['キャンセル', 'cancelled'],
      ['出荷準備中', 'open'],
    ])
    expect(orders[0]?.orderedAt?.getTime()).toBe(Math.floor(mall.clock.now() / MINUTE_MS) * MINUTE_MS)
  })

  it.each(['each', 'one'] as const)('reads the numbers-only list in both shapes: %s', async (numberList) => {
    mall.change({ numberList })
    const numbers = place(12)
    mall.faults.set([{ kind: 'broken-body', operation: 'searchTradeInfoListProc' }])
    expect((await walk()).numbers).toEqual(numbers)
  })
})

describe('mayGoOn', () => {
  it.each([
    [{ rows: 0, asked: 500, seen: 0, resultCount: 0 }, false],
    [{ rows: 500, asked: 500, seen: 500, resultCount: 500 }, true],
    [{ rows: 9, asked: 500, seen: 9, resultCount: 9 }, false],
    [{ rows: 37, asked: 500, seen: 37, resultCount: 37 }, true],
    [{ rows: 5, asked: 5, seen: 5, resultCount: 5 }, true],
    [{ rows: 100, asked: 500, seen: 100, resultCount: 100 }, true],
    [{ rows: 37, asked: 500, seen: 37, resultCount: 137 }, true],
    [{ rows: 37, asked: 500, seen: 137, resultCount: 137 }, false],
    [{ rows: 500, asked: 500, seen: 500, resultCount: null }, true],
    [{ rows: 9, asked: 500, seen: 9, resultCount: null }, false],
    [{ rows: 37, asked: 500, seen: 37, resultCount: null }, true],
  ])('%o: %s', (page, goesOn) => expect(mayGoOn(page)).toBe(goesOn))
})

it('every orderId below an answer is found, each once', () => {
  expect(
    orderIdsIn({ orderInfo: [{ orderId: '1' }, { orderId: ['2', '3', ''] }, ''], orderId: ' 1 ' }),
  ).toEqual(['1', '2', '3'])
})

describe('checkCredentials', () => {
  it('names the day of the key’s end, certain if the mall showed it', async () => {
    const check = await open().session.checkCredentials(NEVER)
    expect(check.messages.join()).toMatch(/接続できました.*期限を迎えます/)
    const lastDay = mall.keys.expiresOn(SHOP)
    expect(check.expiries).toMatchObject([
      { what: 'APIキー', at: new Date(`${lastDay}T23:59:59+09:00`), certain: true },
    ])
    const issued = { apiKey: mall.keys.of(SHOP).key, keyIssuedOn: '2026-09-01' }
    expect((await open(issued).session.checkCredentials(NEVER)).expiries).toEqual([
      { what: 'APIキー', at: new Date('2026-11-30T14:59:59Z'), certain: false },
    ])
    const bare = await open({ apiKey: issued.apiKey }).session.checkCredentials(NEVER)
    expect(bare.expiries).toEqual([])
    expect(bare.messages.join()).toContain('有効期限が登録されていません')
  })
})
