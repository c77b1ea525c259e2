import { type FieldReader, readElement } from '../kit/field-reader.ts'
import type { XmlElement } from '../kit/xml.ts'

/** Yahoo!'s dates. Requests take digits only, in Japan's time; answers are RFC 3339 or YYYY-MM-DD (API reference, 注文検索API). */

const JST_OFFSET_MS = 9 * 60 * 60 * 1000

/** `YYYYMMDDHHMMSS` in Japan's time, fractions of a second cut off. */
export const toRequestTime = (date: Date): string =>
  toRfc3339(date)
    .slice(0, 19)
    .replace(/[^0-9]/g, '')

/** `YYYYMMDD` in Japan's time. */
export const toRequestDate = (date: Date): string => toRequestTime(date).slice(0, 8)

/**
 * Parses a date-time of an answer. The documents show the list without a zone in one place and with +09:00 in
 * another, and payment terms have a blank instead of the T. All are accepted; without a zone it is Japan's
 * time. Null when it is no date-time.
 */
export function parseTime(text: string): Date | null {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text.trim(),
  )
  if (!match) return null
  const [, day, time, zone] = match
  const date = new Date(`${day}T${time}${withColon(zone ?? '+09:00')}`)
  if (Number.isNaN(date.getTime())) return null
  return isRealDay(day ?? '') ? date : null
}

const withColon = (zone: string) => zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')

/** RFC 3339 with Japan's offset, to the second. */
export const toRfc3339 = (date: Date): string =>
  `${new Date(date.getTime() + JST_OFFSET_MS).toISOString().slice(0, 19)}+09:00`

/** Converts a date-time into the form of orders; unreadable text stays verbatim. */
export function normaliseTime(text: string): string {
  const date = parseTime(text)
  return date ? toRfc3339(date) : text
}

/** YYYY-MM-DD when the text is a real day written with hyphens, slashes or as eight digits; null otherwise. */
export function parseDay(text: string): string | null {
  const match = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})$/.exec(text.trim())
  if (!match) return null
  const day = `${match[1]}-${match[2]}-${match[3]}`
  return isRealDay(day) ? day : null
}

function isRealDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** First moment of the next day in Japan after `now` (milliseconds). */
export function nextMidnightInJapan(now: number): number {
  const dayMs = 24 * 60 * 60 * 1000
  return (Math.floor((now + JST_OFFSET_MS) / dayMs) + 1) * dayMs - JST_OFFSET_MS
}

/** LastUpdateTime as the list and the order both give it; null when it is no date-time. */
export const revisionOf = (text: string | null | undefined): string | null =>
  parseTime(text ?? '')?.toISOString() ?? null

/** Fields in which Yahoo! sends JSON as text. */
const JSON_FIELDS: ReadonlySet<string> = new Set(['CampaignGiftCards', 'MallCouponData'])

/** Reads one group of an order from 注文詳細API (orderInfo). `path` prefixes the names in errors. */
export const readFields = (element: XmlElement, path = ''): FieldReader =>
  readElement(element, { time: normaliseTime, day: parseDay, json: JSON_FIELDS }, path)
