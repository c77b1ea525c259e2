import { expect, test } from 'vitest'
import { toPages } from './paper-pages.ts'

const of = (rows: number[], tail = 100) => toPages({ head: 200, columns: 20, rows, tail }, 1_000)

test('rows are divided into pages, and the sums stand on the last', () => {
  expect(of([30, 30])).toEqual([{ from: 0, to: 2, hasTail: true }])
  // 220 and 26 × 30 fill the first, 20 and 32 × 30 the second.
  expect(of(Array.from({ length: 60 }, () => 30))).toEqual([
    { from: 0, to: 26, hasTail: false },
    { from: 26, to: 58, hasTail: false },
    { from: 58, to: 60, hasTail: true },
  ])
})

test('sums that do not fit have a page of their own', () => {
  expect(of([700])).toEqual([
    { from: 0, to: 1, hasTail: false },
    { from: 1, to: 1, hasTail: true },
  ])
})

test('a row higher than a page ends nothing', () => {
  expect(of([2_000, 30]).map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 2],
  ])
  expect(of([])).toEqual([{ from: 0, to: 0, hasTail: true }])
})
