import { type FieldReader, readElement } from '../../kit/field-reader.ts'
import type { XmlElement } from '../../kit/xml.ts'
import { readDay, readTime } from '../dates.ts'

/** Reads an element of an order by the rules of 受注情報取得API. `path` prefixes the names in errors. */
export const readFields = (element: XmlElement, path = ''): FieldReader =>
  readElement(element, { time: readTime, day: readDay }, path)
