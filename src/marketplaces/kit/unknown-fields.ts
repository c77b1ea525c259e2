import type { NormalisedOrder } from '../port/order.ts'
import type { UnknownField } from '../port/session.ts'

/** What a mall sends and nobody here knows: fields that its documents do not name, and codes that no table has. */
export interface KnownFields {
  /** Every name that the documents of the mall have, at any level. */
  names: ReadonlySet<string>
  /** Fields whose content is free, or is read by nobody. */
  opaque?: ReadonlySet<string>
}

/** Names as documents list them, in one text. */
export const fieldNames = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const MOST_NODES = 5_000
const MOST_DEPTH = 8
const MOST_FOUND = 50
const NAME = /^[\w.:@#-]{1,60}$/

/** Whatever the mapping has left over in the order. Bounded: an answer may be anything. */
export function unknownFields(order: NormalisedOrder, { names, opaque }: KnownFields): UnknownField[] {
  const found = new Map<string, UnknownField>()
  let nodes = 0
  const walk = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return
    for (const [name, child] of Object.entries(value)) {
      if (++nodes > MOST_NODES || found.size >= MOST_FOUND) return
      if (Array.isArray(value)) walk(child, path, depth + 1)
      else if (!names.has(name)) {
        // A name may be anything too, and is shown to people.
        const field = `${path}.${NAME.test(name) ? name : '?'}`.slice(-120)
        if (child !== null && !found.has(field))
          found.set(field, { field, code: null, shape: shapeOf(child) })
      } else if (!opaque?.has(name)) walk(child, `${path}.${name}`, depth + 1)
    }
  }
  walk(order.mallFields, 'order', 0)
  walk(order.payment.mallFields, 'payment', 0)
  for (const { mallFields } of order.recipients) walk(mallFields, 'recipient', 0)
  for (const { mallFields } of order.items) walk(mallFields, 'item', 0)
  return [...found.values()]
}

/** What a value looks like, without any of it. */
function shapeOf(value: unknown, depth = 0): string {
  if (value === null) return 'null'
  if (Array.isArray(value))
    return `list(${value.length})${depth < 2 ? ` of ${shapeOf(value[0] ?? null, depth + 1)}` : ''}`
  if (typeof value === 'object') return `object(${Object.keys(value).length} fields)`
  if (typeof value !== 'string') return typeof value
  if (/^\d+$/.test(value)) return `digits(${value.length})`
  if (/^\d{4}[-/]\d{1,2}[-/]\d{1,2}/.test(value.slice(0, 12))) return 'date'
  return `text(${value.length})`
}

/** Codes are a mall's own; one that looks like free text is not repeated. */
export function unknownCode(
  field: string,
  code: string | null | undefined,
  known: (code: string) => boolean,
): UnknownField[] {
  if (code === null || code === undefined || code === '' || known(code)) return []
  return [{ field, code: NAME.test(code) ? code : '?', shape: shapeOf(code) }]
}
