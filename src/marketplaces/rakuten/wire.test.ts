import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toRfc3339, toWireDatetime, wishOf } from './wire.ts'

describe('times', () => {
  it.each([
    ['2026-05-19T21:04:11+0900', '2026-05-19T21:04:11+09:00'],
    ['2026-05-19T21:04:11+09:00', '2026-05-19T21:04:11+09:00'],
    ['2026-05-19 21:04:11', '2026-05-19T21:04:11+09:00'],
    ['2026-05-19T12:04:11.123Z', '2026-05-19T12:04:11Z'],
    ['2026-05-19', null],
    ['2026-13-19T21:04:11+0900', null],
    ['きのう', null],
    ['', null],
    [null, null],
  ])('%j is %j', (text, expected) => {
    expect(toRfc3339(text)).toBe(expected)
  })

  it('come back as the same second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (second) => {
        const wire = toWireDatetime(second * 1000)
        expect(wire).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0900$/)
        expect(Date.parse(toRfc3339(wire) ?? '')).toBe(second * 1000)
      }),
    )
  })
})

describe('delivery wish', () => {
  it.each<[string | null, number | null, string | null, Record<string, string | null>]>([
    [null, 0, null, { date: null, timeFrom: null, timeTo: null, timeText: null }],
    ['2026-05-23', 1, null, { date: '2026-05-23', timeFrom: null, timeTo: '12:00', timeText: '午前中' }],
    ['2026-05-23', 2, null, { date: '2026-05-23', timeFrom: '12:00', timeTo: null, timeText: '午後' }],
    [null, 708, null, { date: null, timeFrom: '07:00', timeTo: '08:00', timeText: '7時～8時' }],
    [null, 2324, null, { date: null, timeFrom: '23:00', timeTo: '24:00', timeText: '23時～24時' }],
    [null, 5, null, { date: null, timeFrom: null, timeTo: null, timeText: '5' }],
    [
      null,
      9,
      '[配送日時指定:]\n2026-05-23(土)\n14:00-16:00\n\nよろしく',
      { date: '2026-05-23', timeFrom: '14:00', timeTo: '16:00', timeText: '14:00-16:00' },
    ],
    [
      null,
      null,
      '[配送日時指定:]\r\n2026-05-23(土)\r\n午前中\r\n\r\n2026-12-31に発送',
      { date: '2026-05-23', timeFrom: null, timeTo: null, timeText: '午前中' },
    ],
    [null, 0, '2026-05-23に届けて', { date: null, timeFrom: null, timeTo: null, timeText: null }],
  ])('%j %j %j', (date, term, remarks, expected) => {
    expect(wishOf(date, term, remarks)).toEqual(expected)
  })

  it('reads any comment in bounded time', () => {
    expect(wishOf(null, 0, `[配送日時指定:]\n${'a\n'.repeat(200_000)}`).date).toBeNull()
    fc.assert(fc.property(fc.string(), (remarks) => void wishOf(null, 0, `[配送日時指定:]${remarks}`)))
  })
})
