import { expect, test } from 'vitest'
import { changedAtOf } from '../marketplaces/order-files/read-order.ts'
import { groupRows } from './read-rows.ts'

const FIELDS = ['orderNumber', 'changedAt']
const rowsOf = (count: number, number: string) =>
  Array.from({ length: count }, (_, at) => ({
    line: at + 2,
    values: [number, `2026-04-01 10:00:${String(at % 60).padStart(2, '0')}`],
  }))

test('rows without a number are refused one by one, and none carries the others', () => {
  const groups = groupRows(rowsOf(50_000, ''))
  expect(groups).toHaveLength(50_000)
  // Each with all of them would be read 50,000 times.
  expect(groups.every((group) => !('rows' in group))).toBe(true)
})

test('the last of 200,000 times of one number is found', () => {
  const times = rowsOf(200_000, '1001')
  expect(changedAtOf(FIELDS, times)).toEqual(changedAtOf(FIELDS, times.slice(0, 60)))
  expect(changedAtOf(FIELDS, times)).not.toBeNull()
  expect(changedAtOf(['orderNumber'], times)).toBeNull()
})
