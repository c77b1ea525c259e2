import { expect, test } from 'vitest'
import { ageOf, datedRevision, isOlder, readRevision } from './age.ts'

const createdAt = new Date('2026-04-10T03:00:00Z')
const of = (fileName: string, exportedAt: Date | null = null, source = 'person') =>
  ageOf({ fileName, source, exportedAt, createdAt }).toISOString()

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

test('a mail sent on makes its file no newer than its name, and a name makes a mail no newer', () => {
  const mailedAt = new Date('2026-04-05T00:00:00Z')
  expect(of('20260401.csv', mailedAt, 'mail')).toBe('2026-04-01T14:59:59.999Z')
  expect(of('20260409.csv', mailedAt, 'mail')).toBe('2026-04-05T00:00:00.000Z')
  expect(of('20260401.csv', null, 'mail')).toBe('2026-04-01T14:59:59.999Z')
  expect(of('orders.csv', null, 'mail')).toBe('2026-04-10T03:00:00.000Z')
})

test('rows that changed at the same time are as old as their files', () => {
  const ages = (file: number, row: number | null) => ({
    file: new Date(file),
    row: row === null ? null : new Date(row),
  })
  expect(isOlder(ages(1, 5), ages(2, 5))).toBe(true)
  expect(isOlder(ages(1, 6), ages(2, 5))).toBe(false)
  expect(isOlder(ages(3, 4), ages(2, 5))).toBe(true)
  expect(isOlder(ages(3, 4), ages(2, null))).toBe(false)
  expect(isOlder(ages(1, 4), null)).toBe(false)
})

test('a stored revision keeps both times; one of before is read, too', () => {
  const ages = { file: createdAt, row: new Date('2026-04-01T00:00:00Z') }
  for (const one of [ages, { ...ages, row: null }])
    expect(readRevision(datedRevision('abc', one))).toEqual({ revision: 'abc', ages: one })
  expect(readRevision('abc 2026-04-10T03:00:00.000Z').ages).toEqual({ file: createdAt, row: null })
  expect(readRevision('abc')).toEqual({ revision: 'abc', ages: null })
  expect(readRevision(null).ages).toBeNull()
})
