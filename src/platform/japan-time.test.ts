import { expect, it } from 'vitest'
import { isRealDay, japaneseDayStart, toJapaneseDigits, toJapaneseRfc3339 } from './japan-time.ts'

it('writes Japan time, whatever zone the machine is in, without fractions of a second', () => {
  const time = Date.parse('2026-06-30T15:00:00.999Z')
  expect(toJapaneseDigits(time)).toBe('20260701000000')
  expect(toJapaneseRfc3339(time)).toBe('2026-07-01T00:00:00+09:00')
})

it('finds the next midnight in Japan', () => {
  const midnight = (text: string) => new Date(japaneseDayStart(Date.parse(text), -1)).toISOString()
  expect(midnight('2026-07-01T14:59:59Z')).toBe('2026-07-01T15:00:00.000Z')
  expect(midnight('2026-07-01T15:00:00Z')).toBe('2026-07-02T15:00:00.000Z')
})

it.each([
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-7-1', false],
  ['2026-07', false],
  ['2026', false],
  ['', false],
])('%s is a day: %s', (day, real) => expect(isRealDay(day)).toBe(real))
