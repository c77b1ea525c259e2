import type { Marketplace } from '../port/marketplace.ts'
import type { NormalisedOrder } from '../port/order.ts'
import type { UnknownField } from '../port/session.ts'

/**
 * Known fields of a mall. Anything else it sends is unknown: fields outside its documents, and codes in no
 * table.
 */
export interface KnownFields {
  /** All names in the mall's documents, at any level. */
  names: ReadonlySet<string>
  /** Fields with free content, or that nothing reads. */
  opaque?: ReadonlySet<string>
  /** Codes of the order, with `unknownCode`. */
  codes(order: NormalisedOrder): UnknownField[]
}

export const unknownsOf = (known: KnownFields): Pick<Marketplace, 'unknowns' | 'unknownCodes'> => ({
  unknowns: (order) => [...unknownFields(order, known), ...known.codes(order)],
  unknownCodes: known.codes,
})

/** Tells a shop's staff of unknown codes; their orders are imported all the same. */
export const tellingUnknownCodes = (mall: Marketplace): Marketplace => ({
  ...mall,
  open(shop, tools) {
    const session = mall.open(shop, tools)
    return {
      ...session,
      async *fetchOrders(orderNumbers, signal, hints) {
        for await (const outcome of session.fetchOrders(orderNumbers, signal, hints)) {
          const unknown = outcome.kind === 'found' ? mall.unknownCodes?.(outcome.order) : []
          for (const { field, code } of unknown ?? [])
            tools.notice({
              code: `${mall.prefix}_UNKNOWN_CODE`,
              message: `${mall.label}の${field}に未対応の値 ${code} がありました。注文は取り込みました。`,
            })
          yield outcome
        }
      },
    }
  },
})

/** Parses a blank-separated list of names from the documents. */
export const fieldNames = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const MOST_NODES = 5_000
const MOST_DEPTH = 8
const MOST_FOUND = 50
const NAME = /^[\w.:@#-]{1,60}$/

/** Lists unmapped fields of the order. Bounded, because an answer may be anything. */
function unknownFields(order: NormalisedOrder, { names, opaque }: KnownFields): UnknownField[] {
  const found = new Map<string, UnknownField>()
  let nodes = 0
  const walk = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return
    for (const [name, child] of Object.entries(value)) {
      if (++nodes > MOST_NODES || found.size >= MOST_FOUND) return
      if (Array.isArray(value)) walk(child, path, depth + 1)
      else if (!names.has(name)) {
        // Names are untrusted too, and people see them.
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

/** Describes a value's shape without any of its content. */
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

/** Reports a code that no table has. A code that looks like free text is not repeated. */
export function unknownCode(field: string, code: unknown, known: (code: string) => boolean): UnknownField[] {
  if (typeof code !== 'string' || code === '' || known(code)) return []
  return [{ field, code: NAME.test(code) ? code : '?', shape: shapeOf(code) }]
}
