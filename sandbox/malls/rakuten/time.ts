/** Times as the mall writes them: JST, offset without a colon. */

const JST_OFFSET_MS = 9 * 60 * 60 * 1000
export const DAY_MS = 24 * 60 * 60 * 1000

export const wireTime = (ms: number): string =>
  `${new Date(ms + JST_OFFSET_MS).toISOString().slice(0, 19)}+0900`

export const wireDate = (ms: number): string => wireTime(ms).slice(0, 10)

/** Milliseconds of `YYYY-MM-DDThh:mm:ss+0900`; null for any other form. */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+0900$/.test(value)) return null
  const ms = Date.parse(`${value.slice(0, 19)}+09:00`)
  return Number.isNaN(ms) ? null : ms
}

/** The first 00:10 JST after `ms`: when Rakuten's nightly run closes shipped orders. */
export function nextNight(ms: number): number {
  const midnight = Math.floor((ms + JST_OFFSET_MS) / DAY_MS) * DAY_MS - JST_OFFSET_MS
  const tick = midnight + 10 * 60 * 1000
  return tick > ms ? tick : tick + DAY_MS
}
