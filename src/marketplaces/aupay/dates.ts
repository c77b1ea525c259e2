import { isRealDay } from '../../platform/japan-time.ts'
import { type FieldReader, readElement } from '../kit/field-reader.ts'
import type { XmlElement } from '../kit/xml.ts'

/**
 * Dates of the Wow! manager API: Japan's time without an offset. Answers write `YYYY/MM/DD` and `YYYY/MM/DD
 * HH:MM`, searches take `yyyyMMddHHmmss`, and shops' tools have stored shipping days with hyphens and as
 * eight digits too.
 */

/** RFC 3339 with Japan's offset, to the second. Null when the text is no real date with a time of day. */
export function readTime(text: string): string | null {
  const [, day = '', hour = '', minute = '', second = '00'] = TIME.exec(text) ?? []
  const date = readDay(day)
  if (date === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  return `${date}T${hour.padStart(2, '0')}:${minute}:${second}+09:00`
}

const TIME = /^(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{8})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?$/

/** YYYY-MM-DD of a real day; a time of day behind it is dropped. */
export function readDay(text: string): string | null {
  const [, year = '', month = '', day = ''] = DAY.exec(text) ?? DIGITS.exec(text) ?? []
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isRealDay(date) ? date : null
}

const DAY = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T].*)?$/
const DIGITS = /^(\d{4})(\d{2})(\d{2})(?:[ T].*)?$/

export const endOfDay = (day: string): Date => new Date(`${day}T23:59:59+09:00`)

/** Reads an element of an order by the rules of 受注情報取得API. `path` prefixes the names in errors. */
export const readFields = (element: XmlElement, path = ''): FieldReader =>
  readElement(element, { time: readTime, day: readDay }, path)
