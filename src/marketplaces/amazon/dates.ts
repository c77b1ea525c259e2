/** SP-API's times are UTC with seconds or milliseconds; ours are Japan's. */

const JST_OFFSET_MS = 9 * 60 * 60 * 1000
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Milliseconds since 1970; null when the text is no date-time. */
export function parseTime(text: string | null): number | null {
  if (text === null || !TIME.test(text)) return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}

/** `2026-09-01T10:12:44+09:00`; null when the text is no date-time. */
export function toRfc3339(text: string | null): string | null {
  const time = parseTime(text)
  return time === null ? null : `${inJapan(time).slice(0, 19)}+09:00`
}

/** YYYY-MM-DD in Japan. */
export function toDay(text: string | null): string | null {
  const time = parseTime(text)
  return time === null ? null : inJapan(time).slice(0, 10)
}

/** HH:MM in Japan. */
export function toClockTime(text: string | null): string | null {
  const time = parseTime(text)
  return time === null ? null : inJapan(time).slice(11, 16)
}

/** Formats a time for requests: UTC without fractions, truncated to the second. */
export const toRequestTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

const inJapan = (ms: number): string => new Date(ms + JST_OFFSET_MS).toISOString()

/** lastUpdatedTime to the second, as searches and single orders give it with and without fractions. */
export const revisionOf = (text: string | null): string | null => {
  const time = parseTime(text)
  return time === null ? null : toRequestTime(time)
}
