import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clock, dateTime, dueDay, fieldDay, paperDay, shortTime } from './format.ts'

/** One form for a date everywhere: with its weekday, its year only where it is another one. */

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-12-01T08:00:00+09:00') })
  vi.stubGlobal('document', { documentElement: { lang: 'ja' } })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a time of today is its minute, of another day has its weekday, of another year its year', () => {
  expect(shortTime('2026-12-01T00:03:59+09:00')).toBe('0:03')
  expect(shortTime('2026-11-30T14:05:00Z')).toBe('11/30 (月) 23:05')
  // In Japan it is the next year's first morning already.
  expect(shortTime('2026-12-31T23:30:00Z')).toBe('2027/1/1 (金) 8:30')
  expect(dateTime('2026-11-30T14:05:09Z')).toBe('11/30 (月) 23:05:09')
  expect(clock('2026-11-30T23:05:09Z')).toBe('8:05:09')
})

test('a day has its weekday; paper has the whole date', () => {
  expect(dueDay('2026-12-01')).toBe('12/1 (火)')
  expect(dueDay('2027-10-08')).toBe('2027/10/8 (金)')
  expect(dueDay('2026-12-31T23:30:00Z')).toBe('2027/1/1 (金)')
  expect(paperDay('2026-12-01')).toBe('2026/12/01')
  expect(fieldDay('2026-12-05')).toBe('2026/12/05 (土)')
})

test('nothing for none, and what is no time as it is', () => {
  expect([shortTime(null), dueDay(''), dueDay(undefined)]).toEqual(['', '', ''])
  expect(dueDay('未定')).toBe('未定')
})
