/** Detects a mailbox that is quieter than usual at this time of the week. Pure: counts in, a verdict out. */

/** Order mails by hour. Keys are whole hours since 1970 in Japan time; hours without mails may be absent. */
export type HourCounts = ReadonlyMap<number, number>

export interface Silence {
  /** The first whole hour without an order mail. */
  sinceHour: number
  /** Mails in the same hours of the quietest of the four weeks before. */
  expected: number
}

const HOUR_MS = 3_600_000
const JST_OFFSET_MS = 9 * HOUR_MS
const WEEK_HOURS = 7 * 24
const WEEKS = 4
/**
 * Hours of a silence that are compared. A longer one counts its last six days, so that it is not compared
 * with itself.
 */
const LONGEST_HOURS = 6 * 24
export const COUNTED_DAYS = WEEKS * 7 + 7

/** @param ms milliseconds since 1970, UTC */
export const japaneseHour = (ms: number): number => Math.floor((ms + JST_OFFSET_MS) / HOUR_MS)
export const startOfHour = (hour: number): number => hour * HOUR_MS - JST_OFFSET_MS

/**
 * Upper bound of the probability per day that a normal mailbox is called quiet. By the Poisson law no mail
 * comes with probability e^-n where n are expected, and a silence may begin in any of 24 hours. n is the
 * least of four weeks, not their mean: a week with a holiday or after a sale then hides silences instead of
 * raising false alarms.
 */
const FALSE_ALARMS_PER_DAY = 0.001
const isUnlikely = (expected: number): boolean => 24 * Math.exp(-expected) < FALSE_ALARMS_PER_DAY

/**
 * Finds an unlikely silence; null when there is none, or too little is known. The current hour counts only
 * once it has a mail.
 */
export function findSilence(counts: HourCounts, nowHour: number): Silence | null {
  const from = nowHour - hoursSinceLast(counts, nowHour) + 1
  if (from >= nowHour) return null
  const expected = Math.min(...weeksBefore((back) => sum(counts, from - back, nowHour - back)))
  return isUnlikely(expected) ? { sinceHour: from, expected } : null
}

/** True when an order mail came since that hour, which ends the silence. */
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
