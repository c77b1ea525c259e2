import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connector } from '../../../src/marketplaces/connector/index.ts'
import { createMarketplaces } from '../../../src/marketplaces/index.ts'
import { mallOfShop } from '../../../src/marketplaces/of-shop.ts'
import { OrderForm, PRESET_IDS, presetOf } from '../../../src/marketplaces/order-files/form.ts'
import {
  numberFault,
  readOrder,
  timeOf,
  toNumber,
  withGone,
} from '../../../src/marketplaces/order-files/read-order.ts'
import { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { shipping } from '../../../src/marketplaces/port/shipping.ts'
import { groupRows, readRows } from '../../../src/order-files/read-rows.ts'
import { decodeCp932, encodeCp932 } from '../../../src/platform/csv.ts'
import { present } from '../../../src/platform/narrow.ts'
import { testEndpoints } from '../../support/malls/test-malls.ts'

/** Order files: rows become orders, whatever their order and however the file is cut. */

const RULES = present(
  mallOfShop(createMarketplaces(testEndpoints(), [connector]), {
    marketplace: 'connector',
    capabilities: { contract: 'files', label: '店', form: presetOf('ne_hanyo') },
  })?.byFile,
)
const idle = async () => undefined
async function* cut(bytes: Uint8Array, sizes: readonly number[]) {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}

async function read(form: OrderForm, bytes: Uint8Array, sizes: readonly number[] = []) {
  const file = await readRows(form, () => cut(bytes, sizes), idle)
  const orders = []
  const faults = []
  for await (const rows of file.buckets.read()) {
    for (const group of groupRows(rows)) {
      const made =
        group.fault === null
          ? readOrder({ form, ...RULES }, file.fields, group.rows, 'my-shop')
          : { ok: false as const, faults: group.fault }
      if (made.ok) orders.push(made.order)
      else faults.push(...made.faults)
    }
  }
  return {
    ...file,
    orders: orders.sort((a, b) => a.line - b.line),
    faults: faults.sort((a, b) => a.line - b.line),
  }
}

const FORM = presetOf('ne_hanyo')
const HEAD = '店舗伝票番号,受注日,受注名,発送先名,支払方法,合計金額,商品名,商品価格,受注数量'
const csv = (...rows: string[]) => Buffer.from(`${[HEAD, ...rows].join('\r\n')}\r\n`)
const row = (
  number: string,
  more: Partial<Record<'at' | 'name' | 'total' | 'price' | 'quantity' | 'item', string>> = {},
) =>
  [
    number,
    more.at ?? '2026/11/30 09:00:00',
    more.name ?? '見本 花子',
    '見本 次郎',
    '代引',
    more.total ?? '',
    more.item ?? '皿',
    more.price ?? '1000',
    more.quantity ?? '1',
  ].join(',')

describe('the presets', () => {
  const fixture = (id: string) => readFileSync(new URL(`files/${id}.csv`, import.meta.url))

  it.each(PRESET_IDS)(
    '%s reads its own file: no fault, sums that fit, an order of our schema',
    async (id) => {
      const { orders, faults, missing } = await read(presetOf(id), fixture(id))
      expect(faults).toEqual([])
      expect(missing).toEqual([])
      expect(orders.length).toBe(1)
      const order = orders[0]?.toOrder()
      expect(NormalisedOrder.parse(order)).toMatchObject({ mallState: 'open', warnings: [] })
    },
  )

  it('ne_hanyo: 41 columns in CP932, rows of one number as lines, sums and letters verbatim', async () => {
    const { orders, columns } = await read(FORM, fixture('ne_hanyo'))
    expect(columns).toHaveLength(41)
    expect(orders[0]?.toOrder()).toMatchObject({
      orderNumber: '00012345',
      orderedAt: '2026-11-30T09:15:00+09:00',
      payment: { kind: 'cod', name: '代金引換' },
      totals: { billed: 6360 },
      points: { used: 500 },
      buyer: {
        fullName: '髙﨑 花子',
        prefecture: '福井県',
        address1: '福井市大手3-17-1',
        postalCode: '9100005',
      },
      recipients: [
        {
          person: { fullName: '見本 次郎', prefecture: '東京都' },
          wish: { date: '2026-12-05', timeFrom: '14:00', timeTo: '16:00' },
        },
      ],
      items: [
        { name: '越前そば ①', itemCode: 'soba-01', unitPrice: 1980, quantity: 2, taxRate: 8 },
        { name: '塗り箸', taxRate: 10, options: [{ value: '色:赤' }] },
      ],
      notes: { buyer: '玄関前,置き配「不可」' },
    })
  })

  it('eccube: recipients by 出荷ID, rows of postage are no goods, prices without tax', async () => {
    const { orders } = await read(presetOf('eccube'), fixture('eccube'))
    expect(orders[0]?.toOrder()).toMatchObject({
      recipients: [
        { id: '7', lineIds: ['31'] },
        { id: '8', lineIds: ['32'] },
      ],
      items: [{ subtotal: 2200 }, { subtotal: 2200 }],
      totals: { billed: 5400 },
    })
  })

  it('base: 合計金額 is each row’s own, and an order comes to its rows, postage and adjustment', async () => {
    const [head = '', row = ''] = fixture('base').toString('utf8').split('\n')
    const dearer = row.replace(',ピアス,金,2200,10,1,2200,', ',首飾り,,3000,10,2,6000,')
    const option = row.replace(',ピアス,金,2200,10,1,2200,', ',商品オプション「包装」,箱,300,10,1,300,')
    expect(new Set([row, dearer, option]).size).toBe(3)
    const { orders, faults } = await read(
      presetOf('base'),
      Buffer.from([head, row, option, dearer].join('\n')),
    )
    expect(faults).toEqual([])
    expect(orders[0]?.toOrder()).toMatchObject({ totals: { billed: 8_870 }, warnings: [] })
  })

  it.each([
    ['base', '未対応', '未発送', 'open'],
    ['base', '未対応', '入金待ち', 'open'],
    ['base', '未対応', '発送済み', 'shipped'],
    ['eccube', '新規受付', '購入処理中', 'not_placed'],
    ['eccube', '新規受付', '決済処理中', 'not_placed'],
  ] as const)('%s: in place of %s %s is %s, and no unknown word', async (id, known, word, state) => {
    const text = id === 'base' ? fixture(id).toString('utf8') : decodeCp932(fixture(id))
    expect(text).toContain(known)
    const { orders } = await read(presetOf(id), Buffer.from(text.replaceAll(known, word)))
    expect(orders.map((one) => [one.isPlaced ? one.state : 'not_placed', one.unknown])).toEqual([[state, []]])
  })

  it.each([
    ['銀行振込', '入金待ち', 'unpaid', ['unpaid']],
    ['代金引換', '入金待ち', 'unpaid', []],
    ['銀行振込', '未発送', 'paid', []],
    ['代金引換', '未発送', 'unknown', []],
    ['銀行振込', '準備中', 'unknown', []],
  ])('base: %s that is %s is %s', async (method, word, status, holds) => {
    const head = '注文ID,注文日時,商品名,価格,数量,支払い方法,発送状況'
    const file = Buffer.from(`${head}\nA1,2026-01-14 09:00:00,皿,1000,1,${method},${word}`)
    const order = (await read(presetOf('base'), file)).orders[0]?.toOrder()
    expect([order?.payment.status, order?.holds.map(({ kind }) => kind)]).toEqual([status, holds])
  })

  it('shopify: an order’s columns stand in its first row alone; unpaid orders of others are held', async () => {
    const { orders } = await read(presetOf('shopify'), fixture('shopify'))
    expect(orders[0]?.toOrder()).toMatchObject({
      orderNumber: '#1001',
      holds: [],
      payment: { status: 'paid' },
      items: [{ quantity: 2 }, { quantity: 1 }],
    })
    const unpaid = await read(presetOf('colorme'), fixture('colorme'))
    expect(unpaid.orders[0]?.toOrder()).toMatchObject({
      holds: [{ kind: 'unpaid' }],
      recipients: [{ gift: { noshi: '御歳暮' } }, {}],
    })
  })
})

describe('headings of carts whose files were never seen', () => {
  const SOURCES: Record<string, Record<string, string[]>> = JSON.parse(
    readFileSync(new URL('files/sources.json', import.meta.url), 'utf8'),
  )
  const plain = (heading: string) => heading.normalize('NFKC').replaceAll(/\s/g, '')

  it.each([
    ['base', 0],
    ['colorme', 0],
    ['futureshop', 0],
    ['makeshop', 22],
  ] as const)('%s: all stand in a public source but %i', (id, assumed) => {
    const known = new Set(Object.values(SOURCES[id] ?? {}).flatMap((headings) => headings.map(plain)))
    const headings = Object.values(presetOf(id).columns).flat()
    expect(headings.filter((heading) => !known.has(plain(heading)))).toHaveLength(assumed)
  })

  it.each([
    ['colorme', '未発送', '発送済', 'shipped'],
    ['colorme', '未発送', 'キャンセル', 'cancelled'],
    ['futureshop', '通常処理,0', '通常処理,1', 'shipped'],
    ['futureshop', '通常処理,0', '注文取消,0', 'cancelled'],
    ['futureshop', '通常処理,0', '処理済,1', 'completed'],
    ['makeshop', '未処理', '配送', 'shipped'],
    ...['通常処理中', '未回収', '保留', '予約', ''].map(
      (word) => ['futureshop', '通常処理,0', `${word},1`, 'shipped'] as const,
    ),
    ['futureshop', '通常処理,0', 'キャンセル,0', 'cancelled'],
    ['futureshop', '通常処理,0', 'キャンセル,1', 'cancelled'],
  ] as const)('%s: %s is open, %s is %s', async (id, open, ended, state) => {
    const file = decodeCp932(readFileSync(new URL(`files/${id}.csv`, import.meta.url)))
    const states = async (text: string) =>
      (await read(presetOf(id), encodeCp932(text))).orders.map((order) => order.state)
    expect(await states(file)).toEqual(['open'])
    expect(await states(file.replaceAll(open, ended))).toEqual([state])
  })
})

describe('an order of several recipients', () => {
  const HEADINGS = `${HEAD},送付先番号,出荷済フラグ`
  const several = {
    ...FORM,
    severalRecipients: true,
    columns: { ...FORM.columns, recipientId: ['送付先番号'] },
  }
  /** Recipient and cell of the state, a row each. */
  const of = async (...rows: [recipient: string, state: string][]) => {
    const lines = rows.map(([to, state]) => `${row('1')},${to},${state}`)
    const { orders, faults } = await read(several, Buffer.from([HEADINGS, ...lines].join('\r\n')))
    expect(faults).toEqual([])
    const found = present(orders[0])
    const order = withGone(found.toOrder(), found.gone, '2026-12-01')
    const { left, state } = shipping(order)
    return [order.mallState, state, left]
  }

  it.each<[string, [string, string][], string, string, string[]]>([
    [
      'all have left',
      [
        ['a', '1'],
        ['b', '1'],
      ],
      'shipped',
      'all',
      [],
    ],
    [
      'one has left',
      [
        ['a', '1'],
        ['b', '0'],
      ],
      'open',
      'part',
      ['b'],
    ],
    [
      'one has left, the cell of the other is empty',
      [
        ['a', ''],
        ['b', '1'],
      ],
      'open',
      'part',
      ['a'],
    ],
    [
      'none has left',
      [
        ['a', '0'],
        ['b', ''],
      ],
      'open',
      'none',
      ['a', 'b'],
    ],
    [
      'one of two rows of a recipient',
      [
        ['a', '1'],
        ['a', '0'],
        ['b', '1'],
      ],
      'open',
      'part',
      ['a'],
    ],
    [
      'one is cancelled, one has left',
      [
        ['a', '取消'],
        ['b', '1'],
      ],
      'shipped',
      'all',
      [],
    ],
    [
      'one is cancelled, one is open',
      [
        ['a', '取消'],
        ['b', '0'],
      ],
      'open',
      'none',
      ['b'],
    ],
    [
      'both are cancelled',
      [
        ['a', '取消'],
        ['b', '取消'],
      ],
      'cancelled',
      'none',
      [],
    ],
  ])('%s', async (_what, rows, state, shipped, left) => {
    several.values = { ...several.values, state: { ...several.values.state, 取消: 'cancelled' } }
    expect(await of(...rows)).toEqual([state, shipped, left])
  })

  it('states of an order’s first row alone are its own: its other rows say nothing of the order', async () => {
    const form = { ...presetOf('shopify'), severalRecipients: true }
    const file = readFileSync(new URL('files/shopify.csv', import.meta.url), 'utf8')
    const { orders } = await read(form, Buffer.from(file.replaceAll('unfulfilled', 'fulfilled')))
    expect(orders[0]?.state).toBe('shipped')
  })
})

it('words that no map knows are open, and are told', async () => {
  const file = Buffer.from(
    `${HEAD},出荷済フラグ\r\n${row('1')},出荷済み\r\n${row('2')},\r\n${row('3')},0\r\n`,
  )
  const { orders } = await read(FORM, file)
  expect(orders.map(({ state, unknown }) => [state, unknown])).toEqual([
    ['open', [{ field: 'state', word: '出荷済み', lines: [2] }]],
    ['open', []],
    ['open', []],
  ])
})

describe('a line that stands twice in a file', () => {
  const withId = { ...FORM, columns: { ...FORM.columns, lineId: ['明細'] } }
  const lines = (...rows: string[]) => Buffer.from(`${HEAD},明細\r\n${rows.join('\r\n')}\r\n`)

  it.each([
    ['the same row of two joined exports', `${row('1')},777`],
    ['changed between the exports', `${row('1', { quantity: '2' })},777`],
  ])('is refused by its 明細ID: %s', async (_what, second) => {
    const { faults, orders } = await read(
      withId,
      lines(`${row('1')},777`, second, `${row('1')},778`, `${row('2')},777`),
    )
    expect(faults).toMatchObject([
      { line: 3, column: '明細ID', code: 'LINE_TWICE', message: expect.stringContaining('2、3行目') },
    ])
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(['2'])
  })

  it('for another recipient is refused, too', async () => {
    const second = row('1').replace('見本 次郎', '見本 三郎')
    const form = { ...withId, severalRecipients: true }
    const { faults } = await read(form, lines(`${row('1')},777`, `${second},777`))
    expect(faults).toMatchObject([{ line: 3, code: 'LINE_TWICE' }])
  })

  it('without a 明細ID is refused where the amount has it once', async () => {
    const once = row('1', { total: '1000' })
    const { faults, orders } = await read(FORM, csv(once, once, row('2')))
    expect(faults).toMatchObject([
      { line: 3, code: 'LINE_TWICE', message: expect.stringContaining('2、3行目') },
    ])
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(['2'])
  })

  it('without a 明細ID is two lines where the amount has both', async () => {
    const both = row('1', { total: '2000' })
    const { faults, orders } = await read(FORM, csv(both, both))
    expect(faults).toEqual([])
    expect(orders[0]?.toOrder()).toMatchObject({ holds: [], items: [{ quantity: 1 }, { quantity: 1 }] })
  })

  it.each([
    ['no amount', {}],
    ['an amount that fits neither', { total: '1234' }],
    ['goods without a price', { total: '0', price: '0' }],
  ])('without a 明細ID is held back where nothing tells: %s', async (_what, more) => {
    const [one, other] = [row('1', more), row('2', more)]
    const { faults, orders } = await read(FORM, csv(one, one, other))
    expect(faults).toEqual([])
    expect(orders.map((order) => order.toOrder().holds)).toMatchObject([
      [{ kind: 'shop_hold', note: expect.stringContaining('「皿」の同じ内容の行が2行') }],
      [],
    ])
    const again = await read(FORM, csv(other, one, one))
    expect(again.orders.map(({ revision }) => revision).sort()).toEqual(
      orders.map(({ revision }) => revision).sort(),
    )
  })
})

describe('faults are told by line, column and what was expected', () => {
  it.each([
    ['a time', row('1', { at: '2026/13/01' }), 2, '注文日時', 'DATE_MALFORMED'],
    ['a price', row('1', { price: '千円' }), 2, '単価', 'AMOUNT_MALFORMED'],
    ['no price', row('1', { price: ' ' }), 2, '単価', 'AMOUNT_MALFORMED'],
    ['parts of a yen', row('1', { total: '980.5' }), 2, '請求金額', 'AMOUNT_MALFORMED'],
    ['a quantity', row('1', { quantity: '-1' }), 2, '数量', 'QUANTITY_MALFORMED'],
    ['no name', row('1', { item: '' }), 2, '商品名', 'REQUIRED'],
    ['no number', row(''), 2, '受注番号', 'NUMBER_MISSING'],
    ['a number that a spreadsheet ruined', row('4.00E+11'), 2, '受注番号', 'NUMBER_EXPONENT'],
    ['a formula', row('=1+1'), 2, '受注番号', 'NUMBER_MALFORMED'],
    ['a number with a blank', row('12 34'), 2, '受注番号', 'NUMBER_MALFORMED'],
  ])('%s', async (_what, line, at, column, code) => {
    const { faults, orders } = await read(FORM, csv(line, row('99')))
    expect(faults).toMatchObject([{ line: at, column, code }])
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(['99'])
  })

  it('two columns that became one amount are no amount', async () => {
    const form = { ...FORM, columns: { ...FORM.columns, shippingFee: ['受注名', '発送先名'] } }
    const line = row('1').replace('見本 花子', '500').replace('見本 次郎', '50')
    const { faults } = await read(form, csv(line))
    expect(faults).toMatchObject([{ column: '送料', code: 'AMOUNT_MALFORMED' }])
    const spaced = await read(FORM, csv(row('1', { total: '"¥ 1,000 円"' })))
    expect(spaced.orders[0]?.toOrder().totals.billed).toBe(1_000)
  })

  it.each(['500円 300円', '500 300', '¥500 ¥300'])('%s is no amount', async (total) => {
    const { faults } = await read(FORM, csv(row('1', { total })))
    expect(faults).toMatchObject([{ column: '請求金額', code: 'AMOUNT_MALFORMED' }])
  })

  it('an order whose rows disagree fails alone, with the numbers of its rows', async () => {
    const { faults, orders } = await read(
      FORM,
      csv(row('1'), row('2'), row('1', { name: '別人' }), row('2', { item: '箸' })),
    )
    expect(faults).toMatchObject([
      { line: 4, column: '注文者氏名', code: 'ROWS_DISAGREE', message: expect.stringContaining('2、4行目') },
    ])
    expect(orders).toMatchObject([{ orderNumber: '2', lines: 2 }])
  })

  it('two numbers of which a spreadsheet took the zeros of one are not told apart', async () => {
    const { faults, orders } = await read(FORM, csv(row('00123'), row('123')))
    expect(faults.map(({ code }) => code)).toEqual(['NUMBER_ZEROS', 'NUMBER_ZEROS'])
    expect(orders).toEqual([])
  })

  it('the guards of a spreadsheet are no part of a number', () => {
    expect(['="00123"', "'00123", '００１２３', ' 00123 '].map(toNumber)).toEqual([
      '00123',
      '00123',
      '00123',
      '00123',
    ])
    expect(numberFault('00123')).toBeNull()
  })

  it.each([
    ['2026/04/01 09:30:00', '2026-04-01T09:30:00+09:00'],
    ['2026-04-01T09:30:00Z', '2026-04-01T09:30:00Z'],
    ['2026-04-01 09:30:00 +0900', '2026-04-01T09:30:00+09:00'],
    ['2026年4月1日', '2026-04-01T00:00:00+09:00'],
    ['20260401 103309', '2026-04-01T10:33:09+09:00'],
    ['2026/02/30', null],
    ['2026/04/01 25:00', null],
    ['04/01/2026', null],
    ['', null],
  ])('the time %s', (text, time) => expect(timeOf(text)).toBe(time))
})

describe('hostile files', () => {
  it.each([
    ['quotes without end', Buffer.from(`${HEAD}\r\n"1,2026`.concat('x'.repeat(300_000)))],
    ['a cell of a megabyte', csv(row('1', { item: 'x'.repeat(1_000_000) }))],
    ['100,000 columns', Buffer.from(`${'a,'.repeat(100_000)}\r\n1\r\n`)],
    ['a heading that is not the map’s', Buffer.from('a,b\r\n1,2\r\n')],
    ['nothing', Buffer.from('')],
    ['a heading alone', csv()],
    ['UTF-16', Buffer.from(`${HEAD}\r\n${row('1')}\r\n`, 'utf16le')],
    ['UTF-16 with its mark', Buffer.concat([Buffer.from('fffe', 'hex'), csv(row('1'))])],
    ['UTF-16 with the other mark', Buffer.concat([Buffer.from('feff', 'hex'), csv(row('1'))])],
    [
      'two encodings',
      Buffer.concat([csv(row('1')), encodeCp932(`${row('2')}\r\n`), Buffer.from([0xfd, 0xff])]),
    ],
  ])('%s is refused in words', async (_what, bytes) => {
    await expect(read(FORM, bytes)).rejects.toMatchObject({
      name: 'CsvError',
      message: expect.stringMatching(/[ぁ-ん]/),
    })
  })

  it('NUL, a mark at the start and halves of letters make no order that cannot be stored', async () => {
    const { orders } = await read(
      FORM,
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), csv(row('1', { item: 'a\0b' }))]),
    )
    expect(orders[0]?.toOrder().items[0]?.name).toBe('ab')
  })

  it('__proto__ and constructor are words like others', async () => {
    const { orders } = await read(FORM, csv(row('__proto__', { item: 'constructor', name: '__proto__' })))
    expect(orders[0]?.orderNumber).toBe('__proto__')
    expect(() => OrderForm.parse({ ...FORM, columns: { ...FORM.columns, constructor: ['a'] } })).toThrow()
  })
})

it('rows in any order and pieces of any length are the same orders', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.integer({ min: 1, max: 9 }),
          fc.constantFrom('皿', '箸', '髙﨑椀'),
          fc.integer({ min: 1, max: 9_999 }),
        ),
        { minLength: 1, maxLength: 40 },
      ),
      fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 30 }),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      async (lines, sizes, isCp932, seeds) => {
        const rows = lines.map(([number, item, price]) => row(String(number), { item, price: String(price) }))
        const shuffled = rows
          .map((text) => ({ text, at: seeds.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ text }) => text)
        const encode = (all: string[]) => (isCp932 ? encodeCp932(csv(...all).toString()) : csv(...all))
        const facts = async (bytes: Uint8Array, pieces: number[]) => {
          const { orders, faults } = await read(FORM, bytes, pieces)
          expect(faults).toEqual([])
          return orders
            .map((order) => {
              const { orderNumber, items, totals } = order.toOrder()
              return {
                orderNumber,
                billed: totals.billed,
                items: items.map(({ name, unitPrice }) => `${name} ${unitPrice}`).sort(),
              }
            })
            .sort((a, b) => a.orderNumber.localeCompare(b.orderNumber))
        }
        const whole = await facts(encode(rows), [])
        expect(await facts(encode(shuffled), sizes)).toEqual(whole)
        expect(whole.flatMap(({ items }) => items)).toHaveLength(lines.length)
      },
    ),
    { numRuns: 60 },
  )
})
