import { createHash } from 'node:crypto'
import { isRealDay } from '../../platform/japan-time.ts'
import { type FieldReader, readElement } from '../kit/field-reader.ts'
import { asList, elementsAt, isElement, textAt, type XmlElement, type XmlValue } from '../kit/xml.ts'

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

/** Non-empty orderInfo elements: an empty one means "none". */
export const ordersIn = (response: XmlElement): XmlElement[] =>
  elementsAt(response, 'orderInfo').filter((orderInfo) => Object.keys(orderInfo).length > 0)

/** The mall gives no time of the last change: a digest of its data, alike in list and single answer. */
export const revisionOf = (orderInfo: XmlElement): string =>
  createHash('sha256').update(JSON.stringify(orderInfo, sortNames)).digest('base64url').slice(0, 22)

function sortNames(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export const orderIdOf = (orderInfo: XmlElement): string | null => textAt(orderInfo, 'orderId') || null

/**
 * Lists every orderId in the answer, in order, each once. searchTradeNoListProc returned both many orderInfo
 * with one number and one orderInfo with many.
 */
export function orderIdsIn(response: XmlElement): string[] {
  const found = new Set<string>()
  const walk = (value: XmlValue): void => {
    if (Array.isArray(value)) for (const one of value) walk(one)
    if (!isElement(value)) return
    for (const [name, child] of Object.entries(value)) {
      if (name !== 'orderId') walk(child)
      else
        for (const id of asList(child)) if (typeof id === 'string' && id.trim() !== '') found.add(id.trim())
    }
  }
  walk(response)
  return [...found]
}
