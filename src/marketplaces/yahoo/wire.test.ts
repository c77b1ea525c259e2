import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDay, parseTime, timeIn, toRfc3339 } from './wire.ts'

describe('dates of answers', () => {
  it.each([
    ['2026-07-01T09:15:22+09:00', '2026-07-01T00:15:22.000Z'],
    ['2026-07-01T09:15:22', '2026-07-01T00:15:22.000Z'],
    ['2026-07-01 09:15:22', '2026-07-01T00:15:22.000Z'],
    ['2026-07-01T00:15:22Z', '2026-07-01T00:15:22.000Z'],
    ['2026-07-01T09:15:22.123+0900', '2026-07-01T00:15:22.000Z'],
  ])('reads %s', (text, utc) => {
    expect(parseTime(text)?.toISOString()).toBe(utc)
  })

  it.each(['', '2026-02-30T00:00:00+09:00', '2026-07-01T25:00:00', '20260701091522', 'x'])(
    'reads no time in %j',
    (text) => {
      expect(parseTime(text)).toBeNull()
      expect(timeIn(text)).toBeNull()
    },
  )

  it('reads days', () => {
    expect(parseDay('2026-07-05')).toBe('2026-07-05')
    expect(parseDay('20260705')).toBe('2026-07-05')
    expect(parseDay('2026-02-29')).toBeNull()
    expect(parseDay('未定')).toBeNull()
  })

  it('reads what it writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (date) => {
          const seconds = Math.floor(date.getTime() / 1000) * 1000
          expect(parseTime(toRfc3339(date))?.getTime()).toBe(seconds)
        },
      ),
    )
  })
})
