/** Dates and times are Japan's wherever the browser stands; money is whole yen. */

const part = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', ...options })

const MONTH_DAY = part({ month: 'numeric', day: 'numeric' })
const MINUTE = part({ hour: 'numeric', minute: '2-digit' })
const SECOND = part({ hour: 'numeric', minute: '2-digit', second: '2-digit' })
const PAPER_DAY = part({ year: 'numeric', month: '2-digit', day: '2-digit' })
const WEEKDAY = part({ weekday: 'short' })
const YEN = new Intl.NumberFormat('ja-JP')

type Time = string | number | null | undefined

/** Shows a time by `form`; nothing for none, and what is no time as it is. */
function read(time: Time, form: (at: number) => string): string {
  if (time === null || time === undefined || time === '') return ''
  const at = new Date(time).getTime()
  return Number.isNaN(at) ? String(time) : form(at)
}

const weekdayOf = (at: number): string =>
  document.documentElement.lang === 'en' ? '' : ` (${WEEKDAY.format(at)})`

/** A day never stands without its weekday; another year is said. */
function dayOf(at: number): string {
  const year = isoDay(at).slice(0, 4)
  return `${year === today().slice(0, 4) ? '' : `${year}/`}${MONTH_DAY.format(at)}${weekdayOf(at)}`
}

/** 11/27 (金), of a time or of `2026-11-27`, a day in Japan already; 2027/10/8 (金) of another year. */
export const dueDay = (date: Time): string => read(date, dayOf)
/** 11/25 (水) 14:05, of today 14:05 alone. */
export const shortTime = (time: Time): string =>
  read(time, (at) => (isoDay(at) === today() ? MINUTE.format(at) : `${dayOf(at)} ${MINUTE.format(at)}`))
/** 11/25 (水) 14:05:09, where the second counts. */
export const dateTime = (time: Time): string => read(time, (at) => `${dayOf(at)} ${SECOND.format(at)}`)
/** 14:05:09 */
export const clock = (time: Time): string => read(time, (at) => SECOND.format(at))
/** 2026/11/25, on paper, which is read in another year, too. */
export const paperDay = (time: Time): string => read(time, (at) => PAPER_DAY.format(at))

/** 2026/12/05 (土), in a field: as many letters for each day. */
export const fieldDay = (day: Time): string => read(day, (at) => PAPER_DAY.format(at) + weekdayOf(at))

const ISO_DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' })

/** The day in Japan of a time, `2026-11-25`, for date fields. */
export const isoDay = (time: number): string => ISO_DAY.format(time)
export const today = (): string => isoDay(Date.now())

const DAY_MS = 24 * 60 * 60_000

/** `2026-11-29` of `2026-11-28` and 1. */
export const dayBeside = (day: string, days: number): string => isoDay(Date.parse(day) + days * DAY_MS)

export const number = (value: number): string => YEN.format(value)

/** Size of a file, in the unit that reads best. */
export const fileSize = (bytes: number): string =>
  bytes < 1_000_000
    ? `${number(Math.max(1, Math.round(bytes / 1_000)))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`

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
