/** Dates and times are Japan's wherever the browser stands; money is whole yen. */

const part = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', ...options })

const DATE_TIME = part({
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const SHORT = part({ month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })
const DAY = part({ year: 'numeric', month: '2-digit', day: '2-digit' })
const SHORT_DAY = part({ month: 'numeric', day: 'numeric' })
const CLOCK = part({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
const YEN = new Intl.NumberFormat('ja-JP')

const read = (format: Intl.DateTimeFormat, time: string | number | null | undefined): string => {
  if (time === null || time === undefined) return ''
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : format.format(date)
}

/** 2026/11/25 14:05:09 */
export const dateTime = (time: string | number | null | undefined): string => read(DATE_TIME, time)
/** 11/25 14:05 */
export const shortTime = (time: string | number | null | undefined): string => read(SHORT, time)
/** 2026/11/25 */
export const day = (time: string | number | null | undefined): string => read(DAY, time)
/** 14:05:09 */
export const clock = (time: string | number | null | undefined): string => read(CLOCK, time)

/** 11/27 of `2026-11-27`, which is a day in Japan already. */
export function shortDay(date: string | null | undefined): string {
  if (!date) return ''
  const plain = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date)
  return plain ? `${Number(plain[2])}/${Number(plain[3])}` : read(SHORT_DAY, date)
}

const WEEKDAY = part({ weekday: 'short' })

/** 11/27 (金): a day that is chosen or due never stands without its weekday; another year is said. */
export function dueDay(date: string | null | undefined): string {
  if (!date) return ''
  const at = Date.parse(date)
  if (Number.isNaN(at)) return date
  const year = date.slice(0, 4)
  const weekday = document.documentElement.lang === 'en' ? '' : ` (${WEEKDAY.format(at)})`
  return `${year === today().slice(0, 4) ? '' : `${year}/`}${shortDay(date)}${weekday}`
}

const ISO_DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' })

/** The day in Japan of a time, `2026-11-25`, for date fields. */
export const isoDay = (time: number): string => ISO_DAY.format(time)
export const today = (): string => isoDay(Date.now())

const DAY_MS = 24 * 60 * 60_000

/** `2026-11-29` of `2026-11-28` and 1. */
export const dayBeside = (day: string, days: number): string => isoDay(Date.parse(day) + days * DAY_MS)

export const number = (value: number): string => YEN.format(value)
export const yen = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : `${value < 0 ? '−' : ''}¥${YEN.format(Math.abs(value))}`

/** 3分, 2時間, 5日: how long ago or still to go. */
export function span(ms: number, english = document.documentElement.lang === 'en'): string {
  const seconds = Math.max(0, Math.round(Math.abs(ms) / 1_000))
  const units: [number, string, string][] = [
    [86_400, '日', ' d'],
    [3_600, '時間', ' h'],
    [60, '分', ' min'],
  ]
  for (const [size, ja, en] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)}${english ? en : ja}`
  }
  return `${seconds}${english ? ' s' : '秒'}`
}

interface Named {
  fullName?: string | null | undefined
  familyName: string | null
  givenName: string | null
}
/** Malls give the name whole or in two parts. */
export const nameOf = (person: Named | undefined): string =>
  person?.fullName ?? [person?.familyName, person?.givenName].filter(Boolean).join(' ')
