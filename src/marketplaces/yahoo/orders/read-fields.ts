import { type FieldReader, readElement } from '../../kit/field-reader.ts'
import type { XmlElement } from '../../kit/xml.ts'
import { normaliseTime, parseDay } from '../dates.ts'

export { type FieldReader, WireError } from '../../kit/field-reader.ts'

/** Fields in which Yahoo! sends JSON as text. */
const JSON_FIELDS: ReadonlySet<string> = new Set(['CampaignGiftCards', 'MallCouponData'])

/** Reads one group of an order from 注文詳細API (orderInfo). `path` prefixes the names in errors. */
export const readFields = (element: XmlElement, path = ''): FieldReader =>
  readElement(element, { time: normaliseTime, day: parseDay, json: JSON_FIELDS }, path)
