import { expect, test } from 'vitest'
import { bandOf } from './order-columns.tsx'

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
