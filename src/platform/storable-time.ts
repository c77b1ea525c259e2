/**
 * Times that come from outside and end in the database. ISO 8601 knows a year 0000 and offsets up to ±23:59;
 * Postgres has no such year and takes no offset of 16 hours or more, and no order is that old.
 */
const FORM = /^(\d{4})-\d\d-\d\d(?:[Tt ].*?(?:[zZ]|[+-](\d\d):?(\d\d))?)?$/

const FIRST_YEAR = 1900
/** Line Islands. */
const LARGEST_OFFSET_MINUTES = 14 * 60

/** Of a text that is a day or a time by its form already. */
export function isStorableTime(text: string): boolean {
  const parts = FORM.exec(text)
  if (parts === null || Number.isNaN(Date.parse(text))) return false
  const [, year, hours = '0', minutes = '0'] = parts
  return Number(year) >= FIRST_YEAR && Number(hours) * 60 + Number(minutes) <= LARGEST_OFFSET_MINUTES
}

/** Message for `.refine`. */
export const STORABLE_TIME = '1900年以降の日時を、時差 ±14:00 の範囲で指定してください。'
