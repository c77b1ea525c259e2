import { factsOf } from './narrow.ts'

/**
 * Makes a mall's text fit to store and return; the raw answer keeps the original. Drops NUL, which Postgres
 * accepts in no text. Replaces halves of surrogate pairs, which are no Unicode, by U+FFFD: JSON carries both
 * as escapes. Covers all texts of a value, field names too. Returns a sound value without a copy.
 */
export const storable = <T>(value: T): T => (isStorable(value) ? value : mended(value))

/** As JSON writes what is mended. With another backslash before it, it is none, and nothing is found. */
const ESCAPED = /\\u(?:0000|d[89a-f])/i

/** The same for text read from JSON: where the JSON holds no such escape, there is nothing to find. */
export const storableFrom = <T>(json: string, value: T): T => (ESCAPED.test(json) ? storable(value) : value)

const isStorableText = (text: string) => text.isWellFormed() && !text.includes('\0')

// A third of what it costs with Object.entries(): each new order is looked through.
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isStorable)
  const fields = factsOf(value)
  for (const name in fields) if (!isStorableText(name) || !isStorable(fields[name])) return false
  return true
}

/**
 * In JSON, which escapes NUL and halves of pairs, and whole pairs never. Every escape is taken, so that
 * `\\\\u0000` stays a text.
 */
const mended = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value).replace(
      /\\(?:(u0000)|(ud[89a-f][0-9a-f]{2})|.)/g,
      (sign: string, nul?: string, half?: string) => (nul ? '' : half ? '\\ufffd' : sign),
    ),
  )

/**
 * Times that come from outside and end in the database. ISO 8601 knows a year 0000 and offsets up to ±23:59;
 * Postgres has no such year and takes no offset of 16 hours or more, and no order is that old.
 */
const FORM = /^(\d{4})-\d\d-\d\d(?:[Tt ].*?(?:[zZ]|[+-](\d\d):?(\d\d))?)?$/

const FIRST_YEAR = 1900
/** Line Islands. */
const LARGEST_OFFSET_MINUTES = 14 * 60

/** Expects a text whose form is a day or a time already. */
export function isStorableTime(text: string): boolean {
  const parts = FORM.exec(text)
  if (parts === null || Number.isNaN(Date.parse(text))) return false
  const [, year, hours = '0', minutes = '0'] = parts
  return Number(year) >= FIRST_YEAR && Number(hours) * 60 + Number(minutes) <= LARGEST_OFFSET_MINUTES
}

/** Message for `.refine`. */
export const STORABLE_TIME = '1900年以降の日時を、時差 ±14:00 の範囲で指定してください。'
