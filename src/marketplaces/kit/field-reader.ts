import { codeTable } from './codes.ts'
import { parseJson } from './texts.ts'
import { asList, elementsAt, isElement, type XmlElement, type XmlValue } from './xml.ts'

/** Unreadable money, identity or quantity of an order. Names the field, never its value. */
export class WireError extends Error {
  readonly field: string
  constructor(field: string, expected: string) {
    super(`${field}: ${expected}`)
    this.name = 'WireError'
    this.field = field
  }
}

/** Parsers for a mall's own formats. Each gets trimmed text and returns null when it cannot parse it. */
export interface FieldFormats {
  /** RFC 3339 with Japan's offset. */
  time(text: string): string | null
  /** YYYY-MM-DD */
  day(text: string): string | null
  /** Fields in which the mall sends JSON as text. */
  json?: ReadonlySet<string>
}

/**
 * Reads one element of an order field by field and records the fields read. Fields without a place in the
 * mapping, new ones included, end in `rest` instead of being lost. Absent and empty both become null.
 */
export interface FieldReader {
  text(name: string): string | null
  /** Several texts, by the mall's names. */
  texts(names: readonly string[]): Record<string, string | null>
  /** Reads without marking the field as read. */
  peek(name: string): string | null
  /** A whole number without marking the field as read; null when the text is none. */
  number(name: string): number | null
  /**
   * Strict, for money and quantity.
   * @throws WireError when the text is no whole number
   */
  integer(name: string): number | null
  /** Strict and present. */
  required(name: string): number
  /** Lenient: a text that is no number stays in `rest`. */
  count(name: string): number | null
  /** `true` and `false`, also as `1` and `0`. Anything else stays in `rest`. */
  flag(name: string): boolean | null
  /** Unreadable text stays in `rest`. */
  time(name: string): string | null
  /** Returns an unreadable day verbatim. */
  day(name: string): string | null
  children(name: string): FieldReader[]
  /** Returns all unread fields, by the mall's names. */
  rest(): Record<string, unknown>
}

export function readElement(element: XmlElement, formats: FieldFormats, path = ''): FieldReader {
  const taken = new Set<string>()
  const peek = (name: string): string | null => {
    const [first] = Object.hasOwn(element, name) ? asList(element[name]) : []
    return typeof first === 'string' ? first.trim() || null : null
  }
  const text = (name: string) => {
    taken.add(name)
    return peek(name)
  }
  const convert = <T>(name: string, read: (text: string) => T | null): T | null => {
    const value = peek(name)
    const result = value === null ? null : read(value)
    if (value === null || result !== null) taken.add(name)
    return result
  }
  const integer = (name: string) => {
    const value = text(name)
    if (value === null) return null
    const number = wholeNumber(value)
    if (number === null) throw new WireError(path + name, 'not a whole number')
    return number
  }
  return {
    text,
    texts: (names) => Object.fromEntries(names.map((name) => [name, text(name)])),
    peek,
    number: (name) => wholeNumber(peek(name) ?? ''),
    integer,
    required(name) {
      const number = integer(name)
      if (number === null) throw new WireError(path + name, 'missing')
      return number
    },
    count: (name) => convert(name, wholeNumber),
    flag: (name) => convert(name, (value) => FLAGS[value.toLowerCase()] ?? null),
    time: (name) => convert(name, formats.time),
    day(name) {
      const value = peek(name)
      // Words next to the day stay in `rest`.
      if (value === null || !/[^\d\s:./TZ+-]/.test(value) || formats.day(value) === null) taken.add(name)
      return value === null ? null : (formats.day(value) ?? value)
    },
    children(name) {
      // A text where elements are wanted stays in `rest`.
      const given = Object.hasOwn(element, name) ? asList(element[name]) : []
      if (given.every((child) => isElement(child) || child === '')) taken.add(name)
      return elementsAt(element, name).map((child) => readElement(child, formats, `${path}${name}.`))
    },
    rest: () =>
      Object.fromEntries(
        Object.entries(element)
          .filter(([name]) => !taken.has(name) && name !== '#text')
          .map(([name, value]) => [name, formats.json?.has(name) ? parsedJson(value) : plain(value)]),
      ),
  }
}

const FLAGS: Readonly<Record<string, boolean>> = codeTable<boolean>({
  true: true,
  false: false,
  '1': true,
  '0': false,
})

/** Up to 12 digits: no yen amount and no quantity has more, and sums stay exact. */
function wholeNumber(text: string): number | null {
  return /^[+-]?\d{1,12}$/.test(text) ? Number(text) + 0 : null
}

function parsedJson(value: XmlValue): unknown {
  if (typeof value !== 'string' || value.trim() === '') return plain(value)
  const json = parseJson(value)
  return json === undefined ? value : json
}

function plain(value: XmlValue): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (isElement(value))
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, plain(child)]))
  return value.trim() || null
}
