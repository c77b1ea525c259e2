import { japaneseDay, toJapaneseRfc3339 } from '../../platform/japan-time.ts'

/** SP-API's times are UTC with seconds or milliseconds; ours are Japan's. */

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Milliseconds since 1970; null when the text is no date-time. */
export function parseTime(text: string | null): number | null {
  if (text === null || !TIME.test(text)) return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}

/** Creates the conversion of a date-time into one form; null when the text is none. */
const formed =
  (form: (ms: number) => string) =>
  (text: string | null): string | null => {
    const time = parseTime(text)
    return time === null ? null : form(time)
  }

/** Formats a time for requests: UTC without fractions, truncated to the second. */
export const toRequestTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** `2026-09-01T10:12:44+09:00` */
export const toRfc3339 = formed(toJapaneseRfc3339)
/** YYYY-MM-DD in Japan. */
export const toDay = formed(japaneseDay)
/** HH:MM in Japan. */
export const toClockTime = formed((ms) => toJapaneseRfc3339(ms).slice(11, 16))
/** lastUpdatedTime to the second, as searches and single orders give it with and without fractions. */
export const revisionOf = formed(toRequestTime)
