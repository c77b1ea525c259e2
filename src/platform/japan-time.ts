import { factsOf } from './narrow.ts'

const JST_OFFSET_MS = 9 * 60 * 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000

/** 2026年3月1日 23:59, in Japan. */
export function japaneseTime(date: Date): string {
  const local = new Date(date.getTime() + JST_OFFSET_MS)
  const clock = inJapan(date.getTime()).slice(11, 16)
  return `${local.getUTCFullYear()}年${local.getUTCMonth() + 1}月${local.getUTCDate()}日 ${clock}`
}

/** Counts days of Japan's calendar from `now` (milliseconds) to the day of `date`; negative for past days. */
export const calendarDays = (date: Date, now: number): number => dayOf(date.getTime()) - dayOf(now)

const dayOf = (ms: number): number => Math.floor((ms + JST_OFFSET_MS) / DAY_MS)

const inJapan = (ms: number): string => new Date(ms + JST_OFFSET_MS).toISOString()

/** YYYY-MM-DD, in Japan. */
export const japaneseDay = (ms: number): string => inJapan(ms).slice(0, 10)

/** RFC 3339 with Japan's offset, to the second. */
export const toJapaneseRfc3339 = (ms: number): string => `${inJapan(ms).slice(0, 19)}+09:00`

/** `yyyyMMddHHmmss` in Japan, fractions of a second cut off: how malls take times in requests. */
export const toJapaneseDigits = (ms: number): string => inJapan(ms).slice(0, 19).replace(/\D/g, '')

/** True for YYYY-MM-DD of a day that a calendar has. */
export function isRealDay(day: string): boolean {
  // Date takes a year or a month alone for its first day.
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : Number.NaN)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** The first time after `ms` at which clocks in Japan show `hour`:`minute`. */
export function nextInJapan(ms: number, hour: number, minute: number): number {
  const today = dayStart(dayOf(ms)) + (hour * 60 + minute) * 60_000
  return today > ms ? today : today + DAY_MS
}

/** When the day began in Japan that lies `days` before that of `ms`. */
export const japaneseDayStart = (ms: number, days = 0): number => dayStart(dayOf(ms) - days)

const dayStart = (day: number): number => day * DAY_MS - JST_OFFSET_MS

/** An event's fields, with triggers' times (`2026-01-15T03:00:00+00:00`) in the common form. */
export const withTimesInZ = (event: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(factsOf(event)).map(([name, value]) => [
      name,
      typeof value === 'string' && BY_TRIGGER.test(value) ? new Date(value).toISOString() : value,
    ]),
  )

const BY_TRIGGER = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00$/
