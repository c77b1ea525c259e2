import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AT_ONCE, passedThreshold, THRESHOLDS } from './lifetimes.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const END = Date.parse('2026-03-31T14:59:59Z')

const at = (daysLeft: number, startsBefore: number | null = null, tellAtOnce = false) =>
  passedThreshold(
    {
      endsAt: new Date(END),
      startsAt: startsBefore === null ? null : new Date(END - startsBefore * DAY_MS),
      tellAtOnce,
    },
    END - daysLeft * DAY_MS,
  )

describe('thresholds', () => {
  it.each([
    [30.001, null],
    [30, 30],
    [14.001, 30],
    [14, 14],
    [7.001, 14],
    [7, 7],
    [3.001, 7],
    [3, 3],
    [1.001, 3],
    [1, 1],
    [0.001, 1],
    [0, 0],
    [-100, 0],
  ])('%d days before the end the last one passed is %s', (left, expected) => {
    expect(at(left)).toBe(expected)
  })

  it('does not count what would have come before the beginning', () => {
    expect(at(27, 28)).toBeNull()
    expect(at(14, 28)).toBe(14)
    // Exactly at the beginning is not after it.
    expect(at(30, 30)).toBeNull()
    expect(at(29, 30.001)).toBe(30)
    expect(at(0.4, 0.5)).toBeNull()
    expect(at(0, 0.5)).toBe(0)
  })

  it('tells at once what should not be, and its end besides', () => {
    expect(at(0.5, 0.5, true)).toBe(AT_ONCE)
    expect(at(-1, 0.5, true)).toBe(0)
  })

  it('is silent where nothing ends', () => {
    expect(passedThreshold({ endsAt: null, startsAt: null, tellAtOnce: true }, END)).toBeNull()
  })

  it('only ever comes nearer to the end as time goes by', () => {
    const days = fc.double({ min: -10, max: 60, noNaN: true })
    fc.assert(
      fc.property(days, days, (a, b) => {
        const [earlier, later] = [at(Math.max(a, b)), at(Math.min(a, b))]
        expect(later ?? AT_ONCE).toBeLessThanOrEqual(earlier ?? AT_ONCE)
        for (const one of [earlier, later]) expect([null, ...THRESHOLDS]).toContain(one)
      }),
    )
  })
})
