import { expect, test } from 'vitest'
import { formatOf, withNumber } from './tracking-file.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
/** お客様側管理番号,追跡番号 in Shift_JIS. */
const SHIFT_JIS = Uint8Array.from(
  '82a8 8b71 976c 91a4 8ac7 979d 94d4 8d86 2c92 c790 d594 d48d 860d 0a'
    .replaceAll(' ', '')
    .match(/../g)
    ?.map((two) => Number.parseInt(two, 16)) ?? [],
)
const row = (text: string) => ({ line: 2, bytes: utf8(text) })
const textOf = (made: { bytes: Uint8Array } | null) => made && new TextDecoder().decode(made.bytes)

test('the kind of a file is told from the names of its columns', () => {
  expect(formatOf(utf8('お客様管理番号,伝票番号\r\n'))).toBe('yamato_b2')
  expect(formatOf(utf8('お問い合せ送り状No.,お客様管理番号\r\n'))).toBe('sagawa_ehiden3')
  expect(formatOf(SHIFT_JIS)).toBe('yupri_r')
  expect(formatOf(utf8('受注番号,送り状番号\r\n'))).toBe('plain')
  expect(formatOf(utf8('a,b\r\n'))).toBeNull()
  expect(formatOf(new Uint8Array())).toBeNull()
})

test('a row takes another number and keeps its other bytes', () => {
  expect(textOf(withNumber(row('T1,4000-0000-0040,札幌'), '400000000040', '4000-0000-0051'))).toBe(
    'T1,4000-0000-0051,札幌',
  )
  expect(textOf(withNumber(row('"400000000040","x"'), '400000000040', '400000000051'))).toBe(
    '"400000000051","x"',
  )
})

test('a number that stands twice, as a part of another or not at all is not mended here', () => {
  expect(withNumber(row('400000000040,400000000040'), '400000000040', '1')).toBeNull()
  expect(withNumber(row('9400000000040,x'), '400000000040', '1')).toBeNull()
  expect(withNumber(row('4000000000401,x'), '400000000040', '1')).toBeNull()
  expect(withNumber(row('x'), '400000000040', '1')).toBeNull()
  expect(withNumber(row('400000000040'), '', '1')).toBeNull()
  expect(withNumber(row('400000000040'), '400000000040', '1",=cmd')).toBeNull()
})
