import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../../../sandbox/kit/seeded.ts'
import {
  findSilence,
  type HourCounts,
  isHeardSince,
  japaneseHour,
  startOfHour,
} from '../../../../src/mail/listener/quiet-mailbox.ts'

const WEEK = 7 * 24
/** Monday, 12 January 2026, 12:00 in Japan. */
const NOON = japaneseHour(Date.parse('2026-01-12T03:00:00Z'))

/** The same week five times over: `perHour(hour of the week)` mails, until `silentFrom`. */
function steady(perHour: (hour: number) => number, silentFrom: number, until: number): HourCounts {
  const counts = new Map<number, number>()
  for (let hour = until - 5 * WEEK; hour <= until; hour += 1)
    if (hour < silentFrom) counts.set(hour, perHour(((hour % WEEK) + WEEK) % WEEK))
  return counts
}

describe('habit of a mailbox', () => {
  it('counts hours by the clock in Japan', () => {
    expect(new Date(startOfHour(NOON)).toISOString()).toBe('2026-01-12T03:00:00.000Z')
    expect(japaneseHour(Date.parse('2026-01-12T03:59:59Z'))).toBe(NOON)
  })

  it('calls a mailbox quiet once eleven mails would have come in each of the four weeks', () => {
    const counts = steady(() => 2, NOON, NOON + 10)
    expect(findSilence(counts, NOON + 5)).toBeNull()
    expect(findSilence(counts, NOON + 6)).toEqual({ sinceHour: NOON, expected: 12 })
  })

  it('expects nothing in hours and on weekdays in which nothing ever comes', () => {
    const officeHours = (hour: number) => (hour % 24 >= 9 && hour % 24 < 18 ? 3 : 0)
    const evening = NOON + 8
    const counts = steady(officeHours, evening, evening + 24)
    expect(findSilence(counts, evening + 12)).toBeNull()
    expect(findSilence(counts, evening + 17)).toEqual({ sinceHour: NOON + 6, expected: 12 })
  })

  it('is content with one week of the four that was as quiet', () => {
    const counts = new Map(steady(() => 5, NOON, NOON + 24))
    for (let hour = NOON - 2 * WEEK; hour < NOON - 2 * WEEK + 24; hour += 1) counts.delete(hour)
    expect(findSilence(counts, NOON + 20)).toBeNull()
  })

  it('says nothing of a mailbox that is younger than four weeks', () => {
    const counts = new Map([...steady(() => 9, NOON, NOON + 12)].filter(([hour]) => hour > NOON - 4 * WEEK))
    expect(findSilence(counts, NOON + 12)).not.toBeNull()
    const young = new Map([...counts].filter(([hour]) => hour > NOON - 3 * WEEK))
    expect(findSilence(young, NOON + 12)).toBeNull()
  })

  it('hears a mail of the running hour', () => {
    const counts = new Map(steady(() => 5, NOON, NOON + 12)).set(NOON + 12, 1)
    expect(findSilence(counts, NOON + 12)).toBeNull()
    expect(isHeardSince(counts, NOON)).toBe(true)
    expect(isHeardSince(counts, NOON + 13)).toBe(false)
  })

  it('never compares a silence with itself, and tells only of silences that all four weeks deny', () => {
    const hours = fc.array(fc.nat({ max: 4 }), { minLength: WEEK, maxLength: WEEK })
    fc.assert(
      fc.property(hours, fc.integer({ min: 1, max: 300 }), (week, silentHours) => {
        const now = NOON + silentHours
        const counts = steady((hour) => week[hour] ?? 0, NOON, now)
        const silence = findSilence(counts, now)
        if (silence === null) return
        expect(silence.expected).toBeGreaterThanOrEqual(11)
        expect(now - silence.sinceHour).toBeLessThanOrEqual(6 * 24)
        for (let hour = silence.sinceHour; hour <= now; hour += 1) expect(counts.get(hour) ?? 0).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('raises on a mailbox that behaves as ever less than once in a thousand days, however busy', () => {
    const random = seeded(7, 0)
    for (const perDay of [5, 30, 200]) {
      const days = 400
      const counts = new Map<number, number>()
      let alarms = 0
      for (let hour = 0; hour < (days + 35) * 24; hour += 1) {
        counts.set(hour, poisson(perDay * DAILY_SHARE(hour % 24), random.float))
        counts.delete(hour - 36 * 24)
        if (hour < 35 * 24) continue
        if (findSilence(counts, hour) !== null) alarms += 1
      }
      expect(alarms, `${perDay} mails a day`).toBeLessThanOrEqual(1)
    }
  })
})

/** Little at night, most in the evening. Sums up to 1. */
const DAILY_SHARE = (hour: number): number => (hour < 7 ? 0.01 : hour < 19 ? 0.045 : 0.078)

function poisson(mean: number, float: () => number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = float(); product > limit; product *= float()) count += 1
  return count
}
