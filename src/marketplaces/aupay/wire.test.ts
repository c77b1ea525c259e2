import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJapaneseDigits } from '../../platform/japan-time.ts'
import { readDay, readTime } from './wire.ts'

describe('readTime', () => {
  it.each([
    ['2026/09/03 20:13', '2026-09-03T20:13:00+09:00'],
    ['2026-09-03 20:13:59', '2026-09-03T20:13:59+09:00'],
    ['2026/9/3 8:05', '2026-09-03T08:05:00+09:00'],
    ['2026/09/03', null],
    ['2026/09/31 20:13', null],
    ['2026/09/03 24:00', null],
    ['', null],
  ])('%s', (text, time) => expect(readTime(text)).toBe(time))
})

describe('readDay', () => {
  it.each([
    ['2026/09/05', '2026-09-05'],
    ['20260905', '2026-09-05'],
    ['2026-09-05', '2026-09-05'],
    ['2026/09/05 10:00', '2026-09-05'],
    ['202695', null],
    ['2026/13/05', null],
    ['0', null],
  ])('%s', (text, day) => expect(readDay(text)).toBe(day))
})

it('what a search is asked by reads back as the same second', () => {
  const range = { min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }
  fc.assert(
    fc.property(fc.date(range), (date) => {
      const text = toJapaneseDigits(date.getTime())
      expect(text).toMatch(/^\d{14}$/)
      const time = readTime(
        `${text.slice(0, 8)} ${text.slice(8, 10)}:${text.slice(10, 12)}:${text.slice(12)}`,
      )
      expect(Date.parse(time ?? '')).toBe(Math.floor(date.getTime() / 1000) * 1000)
    }),
  )
})
