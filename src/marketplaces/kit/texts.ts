import { findFormFault } from '../../platform/json-form.ts'

/** @returns undefined where the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** JSON of a stranger. @returns undefined for none, and for a form that is not worth reading */
export const parseForeignJson = (text: string): unknown =>
  findFormFault(text) === null ? parseJson(text) : undefined

/** Formats a Japanese postal code of seven digits in any notation; returns any other text verbatim. */
export function postalCodeOf(text: string | null): string | null {
  const digits = (text ?? '').normalize('NFKC').replace(/[〒\s\p{Pd}ー−]/gu, '')
  return /^\d{7}$/.test(digits) ? digits : text?.trim() || null
}

/**
 * Parses a delivery time band as malls word it where shops define the text themselves (Yahoo!'s
 * ShipRequestTime, au PAY's deliveryRequestTime): `12:00～14:00`, `14時-16時`, `午前中`, `18時以降`. Text that is no
 * hours stays text alone.
 */
export function parseTimeBand(text: string | null): { timeFrom: string | null; timeTo: string | null } {
  const plain = (text ?? '').normalize('NFKC').replace(/\s/g, '')
  if (plain === '午前中' || plain === '午前') return { timeFrom: null, timeTo: '12:00' }
  const [, fromHour, fromMinute, between, toHour, toMinute, after] = BAND.exec(plain) ?? []
  const from = clockTime(fromHour, fromMinute)
  const to = clockTime(toHour, toMinute)
  if (between && !(from && to && from < to)) return { timeFrom: null, timeTo: null }
  return after === 'まで' || after === '以前'
    ? { timeFrom: null, timeTo: from }
    : { timeFrom: from, timeTo: to }
}

const HOUR = '(\\d{1,2})(?:[:時](\\d{2})?分?)'
const BAND = new RegExp(
  `^${HOUR}(?:(から|[~\\u301c\\u2010-\\u2015\\u2212\\u30fc-])${HOUR}(?:まで)?|(以降|まで|以前|から))$`,
)

function clockTime(hour: string | undefined, minute: string | undefined): string | null {
  const hours = Number(hour)
  const minutes = Number(minute ?? '0')
  if (hour === undefined || hours > 24 || minutes > 59 || (hours === 24 && minutes > 0)) return null
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

/** Joins the parts of a name; null when there are none. */
export const wholeName = (familyName: string | null, givenName: string | null): string | null =>
  [familyName, givenName].filter(Boolean).join(' ') || null

/**
 * Text that a mall itself writes into the buyer's comment: Rakuten's headings (`[配送日時指定:]`, a shop's own ones
 * too) and the wish under them. A heading ends in a colon; other brackets are the buyer's.
 */
const DATE = String.raw`\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日)(?:\s?[(（][日月火水木金土][)）])?`
const CLOCK = String.raw`\d{1,2}(?:[:：]\d{2}|時)`
const WORDS = '午前中?|午後|終日|指定なし|指定無し|希望なし|希望しない|なし'
const NOT_THE_BUYERS = new RegExp(
  String.raw`^(?:\[[^\]\n]{1,40}[:：]\]|${DATE}|${CLOCK}(?:\s?[-~～〜]\s?(?:${CLOCK})?)?|${WORDS})$`,
)

/** True when the buyer wrote something: the mark 備考あり and the condition 備考なし of automatic changes. */
export const hasBuyerNote = (note: string | null): boolean =>
  (note ?? '').split(/\r?\n/).some((line) => {
    const text = line.trim()
    return text !== '' && (text.length > 60 || !NOT_THE_BUYERS.test(text))
  })
