import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTimeBand } from './texts.ts'

describe('parseTimeBand', () => {
  it.each<[string | null, string | null, string | null]>([
    ['12:00～14:00', '12:00', '14:00'],
    ['12:00〜14:00', '12:00', '14:00'],
    ['１２：００〜１４：００', '12:00', '14:00'],
    ['9:00-12:00', '09:00', '12:00'],
    ['14時～16時', '14:00', '16:00'],
    ['14時から16時まで', '14:00', '16:00'],
    ['19:30 － 21:00', '19:30', '21:00'],
    ['午前中', null, '12:00'],
    ['18時以降', '18:00', null],
    ['17時まで', null, '17:00'],
    ['指定なし', null, null],
    ['夜', null, null],
    ['16:00～14:00', null, null],
    ['25:00～26:00', null, null],
    ['', null, null],
    [null, null, null],
  ])('%s', (text, timeFrom, timeTo) => {
    expect(parseTimeBand(text)).toEqual({ timeFrom, timeTo })
  })

  it('never throws and never answers anything but a time', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const time of Object.values(parseTimeBand(text)))
          if (time !== null) expect(time).toMatch(/^([01]\d|2[0-4]):[0-5]\d$/)
      }),
    )
  })
})
