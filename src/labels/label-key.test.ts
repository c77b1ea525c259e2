import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemRandom } from '../platform/random.ts'
import { KEY_LENGTH, newLabelKey, parseLabelKey } from './label-key.ts'
import { dayOf, numberFault, trackingRows } from './tracking.ts'

test('a key fits every tool, comes back however it is typed, and is never a number', () => {
  const keys = Array.from({ length: 500 }, () => newLabelKey(systemRandom))
  expect(new Set(keys).size).toBe(500)
  for (const key of keys) {
    expect(key).toMatch(/^T[0-9A-HJKMNP-TW-Z]{9}$/)
    expect(key.length).toBe(KEY_LENGTH)
    expect(parseLabelKey(` ${key.toLowerCase()} `)).toBe(key)
    expect(parseLabelKey(key.replace(/./g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)))).toBe(
      key,
    )
  }
})

test('one wrong letter, or two that changed places, is no key', () => {
  fc.assert(
    fc.property(
      fc.nat(KEY_LENGTH - 2),
      fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTWXYZ'),
      (at, letter) => {
        const key = newLabelKey(systemRandom)
        const place = at + 1
        if (key[place] !== letter)
          expect(parseLabelKey(key.slice(0, place) + letter + key.slice(place + 1))).toBeNull()
        const [a = '', b = ''] = [key[place], key[place + 1]]
        if (b !== '' && a !== b) {
          expect(parseLabelKey(key.slice(0, place) + b + a + key.slice(place + 2))).toBeNull()
        }
      },
    ),
  )
})

test.each(['', 'T', '250-1234567-1234567', 'T00000000', 'x'.repeat(10_000)])(
  'what is none of ours is no key (%#)',
  (text) => {
    expect(parseLabelKey(text)).toBeNull()
  },
)

/** 030000000004 whose zero a spreadsheet took: the check digit is right without it. */
const ZERO_LOST = '30000000004'

/** 40000000000 mod 7 = 2, 40000000001 mod 7 = 3. */
test.each([
  ['yamato', '400000000002', null],
  ['yamato', '400000000013', null],
  ['yamato', '400000000001', 'NUMBER_CHECK_DIGIT'],
  ['yamato', '4.00E+11', 'NUMBER_MALFORMED'],
  ['yamato', '40000', 'NUMBER_LENGTH'],
  ['yamato', ZERO_LOST, 'NUMBER_ZERO_LOST'],
  ['sagawa', ZERO_LOST, 'NUMBER_ZERO_LOST'],
  ['yamato', '30000000005', 'NUMBER_LENGTH'],
  ['yamato_yu_packet', ZERO_LOST, null],
  ['japan_post', ZERO_LOST, null],
  ['sagawa', '', 'NUMBER_MISSING'],
  ['japan_post', 'EE123456785JP', null],
  ['fukuyama', '12345', null],
  ['fukuyama', "1' or 1=1", 'NUMBER_MALFORMED'],
] as const)('%s %s: %s', (carrier, number, code) =>
  expect(numberFault(carrier, number)?.code ?? null).toBe(code),
)

test.each([
  ['2026/11/25', '2026-11-25'],
  ['2026/1/5', '2026-01-05'],
  ['20261125', '2026-11-25'],
  ['2026-11-25 10:00', '2026-11-25'],
  ['2026/2/30', null],
  ['11/25', null],
])('the day %s is %s', (text, day) => expect(dayOf(text)).toBe(day))

test('an exponent is told as one, whatever the carrier', () => {
  for (const number of ['4.00E+11', '4E+11', '4.00123e11'])
    expect(numberFault('fukuyama', number)?.message).toContain('指数表示')
})

test('titles before the names, rows of commas and № are passed over', () => {
  const row = (line: number, cells: string[]) => ({ line, cells })
  expect(
    trackingRows('sagawa_ehiden3', [
      row(1, ['出荷履歴一覧', '', '']),
      row(2, ['', '', '']),
      row(3, ['お問い合せ送り状№', '出荷日', 'お客様管理番号']),
      row(4, ['400000000003', '20261125', 'T1']),
      row(5, ['', '', '']),
    ]),
  ).toEqual([{ line: 4, key: 'T1', number: '400000000003', date: '20261125', carrier: 'sagawa' }])
  // Without names the places of the tool hold, and no empty row is a line.
  const b2 = trackingRows('yamato_b2', [
    row(1, ['T1', '0', '', '400000000002', '2026/11/25']),
    row(2, ['', '', '', '', '']),
  ])
  expect(b2?.map(({ line }) => line)).toEqual([1])
})

test.each([
  ['seino_kangaroo', ['出荷予定日', '管理番号', 'お問合せ番号'], ['20261125', 'T1', '1234567890'], 'seino'],
  ['seino_kangaroo', null, ['20261125', 'T1', '1234567890', '1'], 'seino'],
  [
    'fukuyama_istar2',
    ['登録日', '出荷日', '送り状番号', 'お客様管理番号'],
    ['x', '20261125', '1234567890', 'T1'],
    'fukuyama',
  ],
] as const)('%s: numbers by names %j, or by the places of the tool', (id, names, cells, carrier) => {
  const rows = [...(names ? [names] : []), cells].map((row, at) => ({ line: at + 1, cells: [...row] }))
  expect(trackingRows(id, rows)).toEqual([
    { line: rows.length, key: 'T1', number: '1234567890', date: '20261125', carrier },
  ])
})

test('クリックポスト: the key among the words of 内容品, else who receives', () => {
  const key = newLabelKey({ bytes: (count) => new Uint8Array(count).fill(7) })
  const rows = [
    ['お問い合わせ番号', 'お届け先郵便番号', 'お届け先氏名', '内容品'],
    ['6281-0000-0002', '907-0001', '髙橋 花子', `衣類 ${key}`],
    ['628100000002', '907-0001', '髙橋 花子', '衣類'],
  ].map((cells, at) => ({ line: at + 1, cells }))
  const person = { name: '髙橋 花子', postalCode: '907-0001' }
  const line = { number: '628100000002', date: '', carrier: 'japan_post', person }
  expect(trackingRows('click_post', rows)).toEqual([
    { line: 2, key, ...line },
    { line: 3, key: '', ...line },
  ])
  expect(trackingRows('click_post', [{ line: 1, cells: ['お届け先氏名', '内容品'] }])).toBeNull()
})

test('columns are found by name wherever they stand, else by the place that the tool has them at', () => {
  const row = (line: number, cells: string[]) => ({ line, cells })
  const named = trackingRows('sagawa_ehiden3', [
    row(1, ['出荷日', 'お客様管理番号', 'お問合せ送り状No．']),
    row(2, ['20261125', 'T1', '4000-0000-0003']),
  ])
  expect(named).toEqual([{ line: 2, key: 'T1', number: '400000000003', date: '20261125', carrier: 'sagawa' }])
  const cells = Array.from({ length: 20 }, (_, index) => String(index + 1))
  expect(trackingRows('sagawa_ehiden3', [row(1, cells)])).toMatchObject([
    { key: '19', number: '1', date: '3' },
  ])
  expect(trackingRows('yupri_r', [row(1, cells)])).toBeNull()
  expect(trackingRows('yamato_b2', [row(1, ['T1', '7', '', '1', ''])])).toMatchObject([
    { carrier: 'yamato_yu_packet' },
  ])
})
