/** Whether a mailbox is quieter than it uses to be at this time of the week. Pure: counts in, a verdict out. */

/** Order mails by hour, counted in whole hours since 1970 by the clock in Japan. Hours without any may be absent. */
export type HourCounts = ReadonlyMap<number, number>

export interface Silence {
  /** The first whole hour without an order mail. */
  sinceHour: number
  /** How many came in the same hours of the quietest of the four weeks before. */
  expected: number
}

const HOUR_MS = 3_600_000
const JST_OFFSET_MS = 9 * HOUR_MS
const WEEK_HOURS = 7 * 24
const WEEKS = 4
/** A longer silence is judged by its last six days: it must not be compared with itself. */
const LONGEST_HOURS = 6 * 24
export const COUNTED_DAYS = WEEKS * 7 + 7

/** @param ms milliseconds since 1970, UTC */
export const japaneseHour = (ms: number): number => Math.floor((ms + JST_OFFSET_MS) / HOUR_MS)
export const startOfHour = (hour: number): number => hour * HOUR_MS - JST_OFFSET_MS

/**
 * How likely it is at most that a mailbox that behaves as ever is called quiet on a day. By the Poisson law nothing comes
 * with probability e^-n where n are expected, and a silence may begin in any of the day's 24 hours. For n stands the least
 * of four weeks and not their mean: a week with a holiday or after a sale makes this blinder, not louder.
 */
const FALSE_ALARMS_PER_DAY = 0.001
const isUnlikely = (expected: number): boolean => 24 * Math.exp(-expected) < FALSE_ALARMS_PER_DAY

/** Null: nothing odd, or not enough is known. The hour that is still running counts only when something came in it. */
export function findSilence(counts: HourCounts, nowHour: number): Silence | null {
  const from = nowHour - hoursSinceLast(counts, nowHour) + 1
  if (from >= nowHour) return null
  const expected = Math.min(...weeksBefore((back) => sum(counts, from - back, nowHour - back)))
  return isUnlikely(expected) ? { sinceHour: from, expected } : null
}

/** Whether order mails came since that hour, so that the silence is over. */
export const isHeardSince = (counts: HourCounts, hour: number): boolean =>
  [...counts].some(([at, count]) => at >= hour && count > 0)

function hoursSinceLast(counts: HourCounts, nowHour: number): number {
  for (let back = 0; back <= LONGEST_HOURS; back += 1) if ((counts.get(nowHour - back) ?? 0) > 0) return back
  return LONGEST_HOURS + 1
}

const weeksBefore = (count: (backHours: number) => number): number[] =>
  Array.from({ length: WEEKS }, (_, week) => count((week + 1) * WEEK_HOURS))

function sum(counts: HourCounts, from: number, until: number): number {
  let total = 0
  for (let hour = from; hour < until; hour += 1) total += counts.get(hour) ?? 0
  return total
}
