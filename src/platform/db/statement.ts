import { createHash } from 'node:crypto'

/**
 * SQL with named, typed parameters:
 *
 * ```ts
 * const GIVE_BACK = statement({ shop: 'uuid', holder: 'uuid' }, `
 * update shop_turns set lease_until = null where shop_id = :shop and holder = :holder`)
 *
 * await queries.query(GIVE_BACK({ shop, holder }))
 * ```
 *
 * The record names each parameter once, with its Postgres type: `uuid`, `text[]`, an enum's name; `?` follows
 * a type that may be null. The compiler refuses a call with a missing, extra or wrong value. The module does
 * not load when record and text name different parameters.
 */
export function statement<const P extends Parameters>(parameters: P, text: string): NamedStatement<P> {
  return typed(bind(parameters, text, () => undefined))
}

/**
 * The same for a statement sent often: Postgres parses and plans it once per connection, for all values
 * alike and perhaps while its tables were still empty. Write it so that one index alone reaches each table.
 */
export function prepared<const P extends Parameters>(parameters: P, text: string): NamedStatement<P> {
  return typed(bind(parameters, text, nameOf))
}

/** Argument of pg's `query()`. `name` is there for prepared statements only. */
export interface BoundStatement {
  name?: string
  text: string
  values: unknown[]
}

export interface NamedStatement<P extends Parameters> {
  (values: ValuesOf<P>): BoundStatement
  /** With positions, as Postgres gets it. Not `text`: pg would take the statement itself for a bound one. */
  readonly sql: string
}

/** Name → Postgres type, `?` behind what may be null. */
export type Parameters = Readonly<Record<string, string>>

/** Other types, among them enums, are texts. */
interface TypesOfPostgres {
  bool: boolean
  bytea: Uint8Array
  date: string
  float8: number
  int: number
  int2: number
  int8: number | bigint | string
  interval: string
  json: unknown
  jsonb: unknown
  text: string
  /** Texts are cursors, which keep microseconds, and `infinity`. */
  timestamptz: Date | string
  uuid: string
}

type TypeOf<T extends string> = T extends `${infer Type}?`
  ? TypeOf<Type> | null
  : T extends `${infer Type}[]`
    ? readonly (TypeOf<Type> | null)[]
    : T extends keyof TypesOfPostgres
      ? TypesOfPostgres[T]
      : string

export type ValuesOf<P extends Parameters> = { readonly [Name in keyof P]: TypeOf<P[Name]> }

/** Parameters of a text that is put together at run time: their types beside their values. */
export type GivenParameters = Readonly<Record<string, readonly [type: string, value: unknown]>>

/** Binds a text that is put together at run time. @throws Error when text and parameters differ */
export function bindGiven(text: string, given: GivenParameters): BoundStatement {
  const parameters = Object.fromEntries(Object.entries(given).map(([name, [type]]) => [name, type]))
  return bind(parameters, text, () => undefined).toBound((name) => given[name]?.[1])
}

/** By the text alone, so that Prisma's statements and ours share a name. Postgres cuts names at 63 bytes. */
export const nameOf = (text: string): string =>
  `torikomi_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`

/**
 * Strings, quoted names, comments and dollar quotes are passed over whole, `::` is a cast, and `:name` behind
 * a name or bracket is a slice of an array.
 */
const PARTS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$|::|(?<![\w\]]):([a-z]\w*)/gi

const typed = <P extends Parameters>({ sql, toBound }: Bindable): NamedStatement<P> =>
  Object.assign((values: ValuesOf<P>) => toBound((name) => values[name]), { sql })

interface Bindable {
  sql: string
  toBound(read: (name: string) => unknown): BoundStatement
}

function bind(parameters: Parameters, text: string, nameFor: (text: string) => string | undefined): Bindable {
  const names = Object.keys(parameters)
  const used = new Set<string>()
  const numbered = text.replace(PARTS, (part: string, name: string | undefined) => {
    if (name === undefined) return part
    if (!(name in parameters)) throw new Error(`the statement names :${name}, its parameters do not: ${text}`)
    used.add(name)
    return `$${names.indexOf(name) + 1}::${parameters[name]?.replace('?', '')}`
  })
  const leftOver = names.filter((name) => !used.has(name))
  if (leftOver.length > 0) throw new Error(`the statement does not name :${leftOver.join(', :')}: ${text}`)
  const types = names.map((name) => parameters[name]?.replace('?', ''))
  const name = nameFor(numbered)
  const toBound: Bindable['toBound'] = (read) => {
    const given = names.map((parameter, i) => {
      const value = read(parameter)
      if (value === undefined) throw new TypeError(`:${parameter} is not given: ${text}`)
      return value === null ? null : asSent(types[i], value)
    })
    return name === undefined ? { text: numbered, values: given } : { name, text: numbered, values: given }
  }
  return { sql: numbered, toBound }
}

/** pg would write a list as an array of Postgres and leave anything else to its own idea of JSON. */
function asSent(type: string | undefined, value: unknown): unknown {
  if (type === 'json' || type === 'jsonb') return JSON.stringify(value)
  return type === 'bytea[]' && Array.isArray(value) ? binary(value) : value
}

const BYTEA_OID = 17

/**
 * A `bytea[]` in the binary form of Postgres, which pg sends as it is. In pg's own form each byte is two
 * letters, which Postgres reads one by one.
 */
function binary(values: readonly (Uint8Array | null)[]): Buffer {
  const hasNull = values.includes(null) ? 1 : 0
  // Dimensions, whether there are nulls, type; length and first index of the one dimension.
  const header = [1, hasNull, BYTEA_OID, values.length, 1]
  const whole = Buffer.alloc(values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), header.length * 4))
  let at = header.reduce((place, field) => whole.writeInt32BE(field, place), 0)
  for (const value of values) {
    at = whole.writeInt32BE(value?.length ?? -1, at)
    whole.set(value ?? [], at)
    at += value?.length ?? 0
  }
  return whole
}
