import { describe, expect, it } from 'vitest'
import { encodeCp932, readCsv } from '../../src/platform/csv.ts'
import { compare, namesOf, readTheirs } from '../../src/rehearsal/compare.ts'
import { type Facts, verdictOf } from '../../src/rehearsal/verdict.ts'

const LIMITS = { rows: 1_000, line: 10_000 }
const read = (text: string, only: { column: string; value: string } | null = null) =>
  readTheirs(readCsv(encodeCp932(text), LIMITS), only)

describe('the file of the system in use', () => {
  it.each([
    [
      'ネクストエンジン',
      '店舗名,伝票番号,受注番号,受注日,商品計,総合計\r\n本店,12,A-1,2026/11/30 10:00:00,900,"1,000"\r\n',
    ],
    ['GoQ', '注文番号,注文日時,請求金額,合計金額\r\n"=""A-1""",2026-11-30 10:00:00,1000,1200\r\n'],
    ['楽天', '注文番号,ステータス,注文日,合計金額,請求金額\r\nA-1,300,2026-11-30,1200,1000\r\n'],
    ['Yahoo!', 'OrderId,OrderTime,TotalPrice\r\nA-1,2026/11/30 10:00,1000\r\n'],
    ['Amazon', 'amazon-order-id,purchase-date,total\r\nA-1,2026-11-30T01:00:00+00:00,1000\r\n'],
    [
      'blanks and width',
      '＃,ご注文番号,注文　番号（モール）,請求 金額\r\n1,x,’A-1,￥1,000\r\n'
        .replace('’', "'")
        .replace('￥1,000', '"￥1,000"'),
    ],
  ])('%s is read by its headings', (_name, text) => {
    expect(read(text)?.orders).toMatchObject([{ number: 'A-1', amount: 1_000, line: 2 }])
  })

  it('has an order once where it has a line for each item, with an amount that all its lines say', () => {
    const lines = 'A,1000\r\nA,1000\r\nB,500\r\nB,700\r\n,1\r\n'
    expect(read(`受注番号,総合計\r\n${lines}`)).toMatchObject({
      orders: [
        { number: 'A', amount: 1_000 },
        { number: 'B', amount: null },
      ],
      skipped: 1,
    })
  })

  it('gives the lines of one shop where it has several', () => {
    const text = '店舗,受注番号,総合計\r\n楽天,A,1\r\nヤフー,B,2\r\n'
    expect(read(text, { column: '店舗', value: 'ヤフー' })?.orders).toMatchObject([{ number: 'B' }])
    expect(read(text, { column: 'モール', value: 'ヤフー' })).toBeNull()
    expect(read('名前,住所\r\nA,1\r\n')).toBeNull()
  })
})

describe('the comparison', () => {
  const order = (orderNumber: string, billedAmount = 1_000, day = 10) => ({
    orderNumber,
    billedAmount,
    totalAmount: billedAmount + 200,
    orderedAt: new Date(Date.UTC(2026, 10, day)),
  })
  const their = (number: string, amount: number | null = 1_000, day: string | null = '2026-11-10') => {
    return { number, amount, day, line: 2 }
  }
  const at = { shopCode: 'shop', since: '2026-11-05' }

  it('tells what is missing on either side, and amounts that differ', () => {
    const file = [
      ...[their('a'), their('b', 1_200), their('c', 999), their('d', null), their('lost')],
      ...[their('old', 1, '2026-11-04'), their('10000001'), their('late', 1_000, null)],
    ]
    const own = [
      ...[order('a', 1_000, 6), order('b'), order('c'), order('d', 1_000, 20), order('shop-10000001')],
      ...[order('only-here', 1_000, 12), order('before', 1_000, 5), order('after', 1_000, 21)],
    ]
    expect(compare(file, own, at)).toEqual({
      theirs: 8,
      matched: 5,
      sameAmount: 3,
      missingHere: ['lost', 'late'],
      missingHereCount: 2,
      missingThere: ['only-here'],
      missingThereCount: 1,
      differing: [{ orderNumber: 'c', theirs: 999, billed: 1_000, total: 1_200 }],
      differingCount: 1,
      earlier: 1,
    })
    expect(namesOf('shop-1', 'shop')).toEqual(['shop-1', '1'])
  })

  it('counts all and names the first two hundred', () => {
    const many = Array.from({ length: 300 }, (_, n) => their(`x${n}`))
    const found = compare(many, [], at)
    expect([found.missingHere.length, found.missingHereCount, found.missingThereCount]).toEqual([200, 300, 0])
  })
})

describe('the verdict', () => {
  const none = compare([], [], { shopCode: 's', since: '2026-01-01' })
  const quiet: Facts = {
    ended: false,
    days: 7,
    orders: 100,
    failed: 0,
    unreadableMails: 0,
    unknowns: 0,
    warnings: 0,
    throttled: 0,
    refused: 0,
    comparison: none,
  }
  it.each<[string, Partial<Facts>, string]>([
    ['nothing found', {}, 'good'],
    ['an order missing', { comparison: { ...none, missingHereCount: 1 } }, 'bad'],
    ['an amount that differs', { comparison: { ...none, differingCount: 1 } }, 'bad'],
    ['an order that did not come', { failed: 1 }, 'bad'],
    ['a mail that cannot be read', { unreadableMails: 1 }, 'bad'],
    ['a loss on the first day', { failed: 1, days: 0 }, 'bad'],
    ['no comparison', { comparison: null }, 'early'],
    ['few orders', { orders: 19 }, 'early'],
    ['two days', { days: 2.9, unknowns: 3 }, 'early'],
    ['an unknown field', { unknowns: 1 }, 'look'],
    ['an order that the other system lacks', { comparison: { ...none, missingThereCount: 1 } }, 'look'],
    ['a quota that was met', { throttled: 1 }, 'look'],
    ['a change that the mall would refuse', { refused: 1 }, 'look'],
    ['a warning', { warnings: 1 }, 'look'],
  ])('of %s', (_name, facts, state) => {
    const verdict = verdictOf({ ...quiet, ...facts })
    expect(verdict.state).toBe(state)
    expect(verdict.reasons.length).toBeGreaterThan(0)
  })
})
