import { expect, test } from 'vitest'
import { ageOf } from './age.ts'

const createdAt = new Date('2026-04-10T03:00:00Z')
const of = (fileName: string, exportedAt: Date | null = null) =>
  ageOf({ fileName, exportedAt, createdAt }).toISOString()

test.each([
  ['orders_20260401093000.csv', '2026-04-01T00:30:00.000Z'],
  ['受注_2026-04-01_09-30-05.csv', '2026-04-01T00:30:05.000Z'],
  ['2026年4月1日 09時30分.csv', '2026-04-01T00:30:00.000Z'],
  ['２０２６０４０１.csv', '2026-04-01T14:59:59.999Z'],
  ['20260301-20260331.csv', '2026-03-31T14:59:59.999Z'],
  ['orders.csv', '2026-04-10T03:00:00.000Z'],
  ['20260230.csv', '2026-04-10T03:00:00.000Z'],
  ['12320260401456.csv', '2026-04-10T03:00:00.000Z'],
  ['20260410.csv', '2026-04-10T03:00:00.000Z'],
  ['20991231.csv', '2026-04-10T03:00:00.000Z'],
])('the age of %s is %s', (name, age) => {
  expect(of(name)).toBe(age)
})

test('what its sender says of it counts more than its name', () => {
  expect(of('20260401.csv', new Date('2026-04-05T00:00:00Z'))).toBe('2026-04-05T00:00:00.000Z')
  expect(of('20260401.csv', new Date('2030-01-01T00:00:00Z'))).toBe('2026-04-10T03:00:00.000Z')
})
