import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainCell, plainWord } from '../../../marketplaces/order-files/cells.ts'
import { PRESET_IDS, presetOf } from '../../../marketplaces/order-files/form.ts'
import { readRows } from '../../../order-files/read-rows.ts'
import { csvLines, encodeCp932 } from '../../../platform/csv.ts'
import { present } from '../../../platform/narrow.ts'
import {
  bestMap,
  choosable,
  chosenFields,
  headingsElsewhere,
  readHead,
  toColumns,
  toHead,
  withWords,
  wordsIn,
} from './column-map.ts'

const cp932File = (text: string) => new Blob([new Uint8Array(encodeCp932(text))])
const readFile = (form: Parameters<typeof readRows>[0], bytes: Uint8Array) =>
  readRows(
    form,
    async function* () {
      yield bytes
    },
    async () => undefined,
  )
const column = (heading: string) => ({ heading, example: '' })

test('a file is read by its bytes: CP932 with ①, UTF-8 with its mark, tabs, quoted breaks', async () => {
  const head = await readHead(cp932File('注文①,"商品\r\n名",数量\r\n7,"皿 ""白""",2\r\n'))
  expect(head).toEqual({
    delimiter: 'comma',
    columns: [
      { heading: '注文①', example: '7' },
      { heading: '商品\r\n名', example: '皿 "白"' },
      { heading: '数量', example: '2' },
    ],
    rows: [['7', '皿 "白"', '2']],
  })
  expect(toHead('\ufeffNo\t品名, 色\n1\t皿\n')?.delimiter).toBe('tab')
  expect(toHead('a;b,c;d\r\n')?.columns.map(({ heading }) => heading)).toEqual(['a', 'b,c', 'd'])
  expect(await readHead(new Blob(['PK\u0003\u0004\u0014\u0000,a,b\r\n']))).toBeNull()
  expect([toHead(''), toHead('\r\n\r\n')]).toEqual([null, null])
})

test('of a long file a part is read, and no letter or row of it that is cut', async () => {
  const rows = Array.from({ length: 40_000 }, (_, at) => `${at},髙橋の皿`)
  const head = await readHead(cp932File(`番号,品\r\n${rows.join('\r\n')}`))
  expect(new Set(head?.rows.map((row) => row[1]))).toEqual(new Set(['髙橋の皿']))
  expect(toHead(`番号,品\n1,皿\n2,皿の途`, true)?.rows).toEqual([['1', '皿']])
})

test('a column becomes one field, several are joined in the order of before, and a doubled heading is left out', () => {
  const columns = ['住所2', '住所1', '番号', '住所1', ''].map(column)
  expect(choosable(columns)).toEqual([true, true, true, false, false])
  const map = { buyerAddress1: ['住所1', '住所2'], orderNumber: ['受注番号'], jan: ['JAN'] }
  expect(chosenFields(map, columns)).toEqual(['buyerAddress1', 'buyerAddress1', '', '', ''])
  expect(headingsElsewhere(map, columns)).toEqual(['受注番号', 'JAN'])
  const chosen = ['buyerAddress1', 'buyerAddress1', 'orderNumber', '', '']
  const own = { buyerAddress1: ['住所1', '住所2'], orderNumber: ['番号'] }
  expect(toColumns(map, columns, chosen, false)).toEqual(own)
  expect(toColumns(map, columns, chosen, true)).toEqual({ ...own, jan: ['JAN'] })
})

test('a heading that this file lacks stays with its field, in its place', () => {
  const map = { state: ['状態', '区分', '発送'], orderNumber: ['番号'] }
  const columns = ['番号', '区分', '新しい状態'].map(column)
  expect(toColumns(map, columns, ['orderNumber', 'state', 'state'], true)).toEqual({
    orderNumber: ['番号'],
    state: ['状態', '区分', '発送', '新しい状態'],
  })
  const full = ['番号', 'a', 'b', 'c', 'd'].map(column)
  const chosen = ['orderNumber', 'state', 'state', 'state', 'state']
  expect(toColumns(map, full, chosen, true).state).toEqual(['a', 'b', 'c', 'd'])
})

test('a file of a known cart is known by its headings; one of nobody is not', () => {
  const maps = PRESET_IDS.map(presetOf)
  const required = ['orderNumber', 'orderedAt', 'itemName', 'unitPrice', 'quantity']
  for (const map of maps) {
    const columns = Object.values(map.columns).flat().map(column)
    expect(bestMap(maps, columns, required)?.label).toBe(map.label)
  }
  expect(bestMap(maps, [column('No')], required)).toBeNull()
})

test('empty rows above the heading are passed over, here and by the service', async () => {
  const form = presetOf('ne_hanyo')
  const headings = Object.values(form.columns).flat()
  const bytes = encodeCp932(csvLines([headings.map(() => ''), headings, headings.map(() => '1')]))
  const head = await readHead(new Blob([new Uint8Array(bytes)]))
  const read = await readFile(form, bytes)
  expect(head?.columns.map(({ heading }) => heading)).toEqual(headings)
  expect([read.rows, read.columns.map(({ heading }) => heading)]).toEqual([1, headings])
})

test('the service reads a file by the map as it is shown, for every preset and any choice', async () => {
  const heading = fc.stringMatching(/^[A-Za-zＡ-Ｆ受注番号①髙"', ]{1,8}$/)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PRESET_IDS),
      fc.array(heading, { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.constantFrom('', 'jan', 'sku', 'buyerNote')),
      async (id, more, drawn) => {
        const form = presetOf(id)
        const headings = [...Object.values(form.columns).flat(), ...more]
        const bytes = encodeCp932(csvLines([headings, headings.map(() => '1')]))
        const head = await readHead(new Blob([new Uint8Array(bytes)]))
        const columns = head?.columns ?? []
        const free = choosable(columns)
        const seen = new Map<string, number>()
        const chosen = chosenFields(form.columns, columns).map((field, at) => {
          const own = field || (free[at] ? (drawn.next().value ?? '') : '')
          seen.set(own, (seen.get(own) ?? 0) + 1)
          return (seen.get(own) ?? 0) > 4 ? '' : own
        })
        const made = { ...form, columns: toColumns(form.columns, columns, chosen, false) }
        const read = await readFile(made, bytes)
        expect(read.columns.map(({ field }) => field ?? '')).toEqual(chosen)
      },
    ),
    { numRuns: 60 },
  )
})

test('words of a state are those that the service reads, joined and without a spreadsheet’s guards', async () => {
  const form = presetOf('futureshop')
  const needed = Object.values(form.columns).flat()
  const cell = fc.constantFrom('', '保留', ' 予約 ', '="1"', "'0", '１', '未 回収', 'Ａ', 'a')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }), async (pairs) => {
      const rows = pairs.map(([word, flag], at) =>
        needed.map((heading) =>
          heading === '処理状況区分'
            ? word
            : heading === '発送フラグ'
              ? flag
              : heading === '受注コード'
                ? `${at}`
                : '1',
        ),
      )
      // No word but these is known: each that is read is told.
      const own = { ...form, values: { state: {} } }
      const bytes = encodeCp932(csvLines([needed, ...rows]))
      const head = present(await readHead(new Blob([new Uint8Array(bytes)])))
      const read = await readFile(own, bytes)
      const at = read.fields.indexOf('state')
      const words = new Map<string, string>()
      for await (const bucket of read.buckets.read())
        for (const { line, values } of bucket)
          words.set(`${line}`.padStart(9, '0'), plainCell(values[at] ?? ''))
      const sorted = [...words].sort().map(([, word]) => word)
      const wanted = new Set(sorted.filter((word) => word !== '').map(plainWord))
      expect(wordsIn(form.columns.state, head).map(plainWord)).toEqual([...wanted])
    }),
    { numRuns: 30 },
  )
})

test('a word that was seen and left alone is a known one', () => {
  expect(withWords({ 発送済: 'shipped' }, ['未処理', '発送済'], 'open')).toEqual({
    未処理: 'open',
    発送済: 'shipped',
  })
  expect(withWords(undefined, [], 'open')).toBeUndefined()
})
