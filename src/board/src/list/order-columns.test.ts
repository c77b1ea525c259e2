import { expect, test } from 'vitest'
import { allColumns, bandOf, defaultColumns } from './order-columns.tsx'

test.each([
  ['12:00～14:00', '12-14時'],
  ['19:00〜21:00', '19-21時'],
  ['08:00-12:00', '8-12時'],
  ['14時～16時', '14-16時'],
  ['午前中', '午前中'],
  ['12:30～14:00', '12:30～14:00'],
])('a time of %s stands in the narrow column as %s', (text, shown) => {
  expect(bandOf(text)).toBe(shown)
})

test('columns that nobody chose fit each width', () => {
  const plain = (text: string) => text
  const widths = new Map(allColumns(plain, plain).map(({ id, width }) => [id, width]))
  const needs = (ids: readonly string[]) => ids.reduce((sum, id) => sum + (widths.get(id) ?? Number.NaN), 3.5)
  for (let width = 20; width < 200; width++) {
    const ids = defaultColumns(width)
    expect(needs(ids)).toBeLessThanOrEqual(width)
    expect(needs([...defaultColumns(width, 'onHold'), 'onHold'])).toBeLessThanOrEqual(Math.max(width, 28))
  }
  // 768 px, 200 % of 1440, 1440 and 2560, beside the bar at the left.
  expect(defaultColumns(40)).toEqual(['shipBy', 'mall', 'number', 'recipient'])
  expect(defaultColumns(36)).toEqual(['shipBy', 'number', 'recipient'])
  expect(defaultColumns(88)).toHaveLength(10)
  expect(defaultColumns(168)).toHaveLength(15)
})
