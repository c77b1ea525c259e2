import { expect, test } from 'vitest'
import { namesNumber } from './facts.ts'

test.each([
  ['注文番号：1001です', true],
  ['#1001 が届きました', true],
  ['1001', true],
  ['電話 03-1001-1234', false],
  ['注文 123456-20261201-1001', false],
  ['合計 21001円、注文 1001', true],
  ['A1001B', false],
  ['', false],
])('a mail that says %s names 1001: %s', (text, names) => {
  expect(namesNumber(text, '1001')).toBe(names)
})

test('no mail names an empty number, however long it is', () => {
  expect(namesNumber('1'.repeat(100_000), '')).toBe(false)
  expect(namesNumber('1'.repeat(100_000), '1001')).toBe(false)
})
