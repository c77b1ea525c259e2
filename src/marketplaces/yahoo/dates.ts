import { isRealDay, toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import { type FieldReader, readElement } from '../kit/field-reader.ts'
import type { XmlElement } from '../kit/xml.ts'

/** Yahoo!'s dates. Requests: digits, Japan's time; answers: RFC 3339 or YYYY-MM-DD (注文検索API). */

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
export const toRfc3339 = (date: Date): string => toJapaneseRfc3339(date.getTime())

/** Converts a date-time of an answer into RFC 3339; null when the text is none. */
export const timeIn = (text: string | null): string | null => {
  const date = parseTime(text ?? '')
  return date && toRfc3339(date)
}

/** YYYY-MM-DD for a real day with hyphens, slashes or as eight digits; null otherwise. */
export function parseDay(text: string): string | null {
  const match = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})$/.exec(text.trim())
  if (!match) return null
  const day = `${match[1]}-${match[2]}-${match[3]}`
  return isRealDay(day) ? day : null
}

/** LastUpdateTime as the list and the order both give it; null when it is no date-time. */
export const revisionOf = (text: string | null | undefined): string | null =>
  parseTime(text ?? '')?.toISOString() ?? null

/** Fields in which Yahoo! sends JSON as text. */
const JSON_FIELDS: ReadonlySet<string> = new Set(['CampaignGiftCards', 'MallCouponData'])

/** Reads one group of an order from 注文詳細API (orderInfo). `path` prefixes the names in errors. */
export const readFields = (element: XmlElement, path = ''): FieldReader =>
  readElement(element, { time: (text) => timeIn(text) ?? text, day: parseDay, json: JSON_FIELDS }, path)
