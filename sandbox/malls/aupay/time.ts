/** Japan's time in the forms of the API. */

const JST_OFFSET_MS = 9 * 60 * 60 * 1000
const japan = (ms: number) => new Date(ms + JST_OFFSET_MS).toISOString()

/** `YYYY/MM/DD` */
export const toDay = (ms: number): string => japan(ms).slice(0, 10).replaceAll('-', '/')

/** `YYYY/MM/DD HH:MM` */
export const toMinute = (ms: number): string => `${toDay(ms)} ${japan(ms).slice(11, 16)}`

/**
 * First or last millisecond of what a search parameter names: `yyyyMMdd`, `yyyyMMddHHmmss` or `yyyy-MM-dd`.
 * Null when unreadable.
 */
export function readBound(text: string, bound: 'first' | 'last'): number | null {
  const digits = text.replace(/[-/: T]/g, '')
  if (!/^\d{8}(\d{6})?$/.test(digits)) return null
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
  const time = digits.length === 14 ? digits.slice(8) : bound === 'first' ? '000000' : '235959'
  const ms = Date.parse(`${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}+09:00`)
  return Number.isNaN(ms) ? null : ms + (bound === 'last' ? 999 : 0)
}

/** A date field of an order as milliseconds; null when it is empty. */
export function readField(text: string): number | null {
  const match = /^(\d{4})\/(\d{2})\/(\d{2})(?: (\d{2}):(\d{2}))?$/.exec(text)
  if (!match) return null
  const [, year, month, day, hour = '00', minute = '00'] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00+09:00`)
}
