import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Holds docs/openapi.json against the document of the last release: what would break a client that was made
 * from that one. A client sends what it knew and reads what it is given, so the two directions have opposite
 * rules: a request must stay acceptable, an answer must still hold all that it held. New fields and new
 * values of an enum in answers are no break; the document tells clients to pass over what they do not know.
 * A pull is: of the closed lists of 1.0.0 generated clients throw at a new value, and never read the batch.
 */
interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  'x-known-values'?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  additionalProperties?: boolean | Schema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}
interface Media {
  schema?: Schema
}
interface Parameter {
  name: string
  in: string
  required?: boolean
  schema?: Schema
}
interface Operation {
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, Media> }
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>
}
export interface Document {
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

/** One sentence for each break, with the place; empty when every client of `before` goes on working. */
export function breakingChanges(before: Document, after: Document): string[] {
  const found: string[] = []
  for (const [path, operations] of Object.entries(before.paths)) {
    for (const [method, old] of Object.entries(operations)) {
      const name = `${method.toUpperCase()} ${path}`
      const now = after.paths[path]?.[method]
      if (now === undefined) found.push(`${name}: the operation is gone`)
      else {
        const answers = name === PULL ? 'pulled' : 'answer'
        const breaks = operationBreaks(
          old,
          now,
          comparer(before, after, answers),
          comparer(before, after, 'request'),
        )
        found.push(...breaks.map((text) => `${name}: ${text}`))
      }
    }
  }
  return [...new Set(found)]
}

const PULL = 'POST /v1/orders/pull'

function operationBreaks(old: Operation, now: Operation, answers: Compare, requests: Compare): string[] {
  const found: string[] = []
  const key = ({ name, in: place }: Parameter) => `${place} parameter ${name.toLowerCase()}`
  const oldParameters = new Map((old.parameters ?? []).map((one) => [key(one), one]))
  const newParameters = new Map((now.parameters ?? []).map((one) => [key(one), one]))
  for (const [name, one] of newParameters) {
    if (one.required === true && oldParameters.get(name)?.required !== true)
      found.push(`${name} is required now`)
  }
  for (const [name, one] of oldParameters) {
    const next = newParameters.get(name)
    if (next === undefined) found.push(`${name} is gone`)
    else found.push(...requests(one.schema ?? {}, next.schema ?? {}, name))
  }
  // Generated methods take them by position: one in the midst becomes another's value.
  const asked = ({ parameters = [] }: Operation) => parameters.filter((one) => one.in === 'query').map(key)
  const first = asked(now).filter(
    (name) => oldParameters.has(name) || asked(now).indexOf(name) < asked(old).length,
  )
  const gone = asked(old).filter((name) => !newParameters.has(name))
  if (gone.length === 0 && String(first) !== String(asked(old)))
    found.push('query parameters are no longer in the order of before, with new ones at the end')
  if (now.requestBody?.required === true && old.requestBody?.required !== true)
    found.push('a body is required now')
  found.push(...contentBreaks(old.requestBody?.content, now.requestBody?.content, requests, 'body'))
  for (const [status, answer] of Object.entries(old.responses)) {
    if (!status.startsWith('2')) continue
    const next = now.responses[status]
    if (next === undefined) found.push(`answer ${status} is gone`)
    else found.push(...contentBreaks(answer.content, next.content, answers, `answer ${status}`))
  }
  return found
}

function contentBreaks(
  old: Record<string, Media> | undefined,
  now: Record<string, Media> | undefined,
  compare: Compare,
  where: string,
): string[] {
  return Object.entries(old ?? {}).flatMap(([type, media]) => {
    const next = now?.[type]
    return next === undefined
      ? [`${where}: ${type} is gone`]
      : compare(media.schema ?? {}, next.schema ?? {}, where)
  })
}

type Compare = (old: Schema, now: Schema, where: string) => string[]

function comparer(before: Document, after: Document, direction: 'request' | 'answer' | 'pulled'): Compare {
  // Schemas may hold themselves; a pair that is being compared is taken for good.
  const seen = new Set<string>()
  const compare: Compare = (oldRef, nowRef, where) => {
    const pair = `${oldRef.$ref} ${nowRef.$ref}`
    if (oldRef.$ref !== undefined && nowRef.$ref !== undefined) {
      if (seen.has(pair)) return []
      seen.add(pair)
    }
    const old = resolve(before, oldRef)
    const now = resolve(after, nowRef)
    // A field that was always null said nothing; its first value is like a new field.
    if (direction !== 'request' && old.type === 'null') return []
    const [given, taken] = direction === 'request' ? [old, now] : [now, old]
    const found = branchBreaks(given, taken, where)
    if (found !== null) return found
    const types = typesOf(given).filter((type) => !typesOf(taken).includes(type))
    if (typesOf(taken).length > 0 && types.length > 0) {
      return [
        direction === 'request'
          ? `${where}: ${types.join(', ')} is refused now`
          : `${where} may be ${types.join(', ')} now`,
      ]
    }
    return [
      ...(direction === 'request' ? requestBreaks(old, now, where) : answerBreaks(old, now, where)),
      ...(direction === 'pulled' ? newValues(old, now, where) : []),
      ...Object.entries(old.properties ?? {}).flatMap(([name, field]) => {
        const next = now.properties?.[name]
        return next === undefined ? [] : compare(field, next, `${where}.${name}`)
      }),
      ...(old.items && now.items ? compare(old.items, now.items, `${where}[]`) : []),
    ]
  }
  /** Every shape that is given must fit one that is taken; null where neither side has a choice. */
  function branchBreaks(given: Schema, taken: Schema, where: string): string[] | null {
    const [ways, fits] = [branches(given), branches(taken)]
    if (ways.length < 2 && fits.length < 2) return null
    const document = (one: Schema, other: Schema) =>
      direction === 'request' ? compare(one, other, where) : compare(other, one, where)
    return ways.flatMap((way) => {
      const tries = fits.map((fit) => document(way, fit))
      return tries.some((one) => one.length === 0) ? [] : (tries.sort((a, b) => a.length - b.length)[0] ?? [])
    })
  }
  return compare
}

function requestBreaks(old: Schema, now: Schema, where: string): string[] {
  const gone = valuesOf(old).filter((value) => valuesOf(now).length > 0 && !valuesOf(now).includes(value))
  const lower = (['maximum', 'maxLength', 'maxItems'] as const).filter(
    (name) => (now[name] ?? Infinity) < (old[name] ?? Infinity),
  )
  const higher = (['minimum', 'minLength', 'minItems'] as const).filter(
    (name) => (now[name] ?? -Infinity) > (old[name] ?? -Infinity),
  )
  return [
    ...gone.map((value) => `${where}: the value ${value} is refused now`),
    ...(valuesOf(old).length === 0 && valuesOf(now).length > 0
      ? [`${where}: only certain values are taken now`]
      : []),
    ...[...lower, ...higher].map(
      (name) => `${where}: ${name} is ${now[name]} now, was ${old[name] ?? 'open'}`,
    ),
    ...(now.required ?? [])
      .filter((name) => !(old.required ?? []).includes(name))
      .map((name) => `${where}.${name} is required now`),
    ...(now.additionalProperties === false
      ? Object.keys(old.properties ?? {})
          .filter((name) => now.properties?.[name] === undefined)
          .map((name) => `${where}.${name} is refused now`)
      : []),
  ]
}

function answerBreaks(old: Schema, now: Schema, where: string): string[] {
  const gone = Object.keys(old.properties ?? {}).filter((name) => now.properties?.[name] === undefined)
  const open = (old.required ?? []).filter(
    (name) => !gone.includes(name) && !(now.required ?? []).includes(name),
  )
  return [
    ...gone.map((name) => `${where}.${name} is gone`),
    ...open.map((name) => `${where}.${name} may be missing now`),
  ]
}

/** A new mall is none: the form of 1.0.0 hands over what it knew (src/orders/pull.ts). */
function newValues({ enum: closed }: Schema, now: Schema, where: string): string[] {
  if (closed === undefined || /\.marketplace$/.test(where)) return []
  return (now.enum ?? now['x-known-values'] ?? [])
    .filter((value) => !closed.includes(value))
    .map((value) => `${where} may be ${value} now, which clients of closed lists never read`)
}

function resolve(document: Document, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolve(document, document.components?.schemas?.[name] ?? {})
}

const branches = (schema: Schema): Schema[] =>
  schema.anyOf ??
  schema.oneOf ??
  (Array.isArray(schema.type) ? schema.type.map((type) => ({ ...schema, type })) : [schema])
const typesOf = ({ type, enum: values, const: only }: Schema): string[] => {
  if (type !== undefined) return [type].flat().map((one) => (one === 'integer' ? 'number' : one))
  return [
    ...new Set(
      [...(values ?? []), ...(only === undefined ? [] : [only])].map((one) =>
        one === null ? 'null' : typeof one,
      ),
    ),
  ]
}
const valuesOf = (schema: Schema): string[] =>
  (schema.enum ?? (schema.const === undefined ? [] : [schema.const])).map((value) => JSON.stringify(value))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (path: string) =>
    JSON.parse(readFileSync(new URL(`../docs/${path}`, import.meta.url), 'utf8')) as Document
  // A client holds the service to the document that it was made from, not to the last one.
  for (const file of readdirSync(new URL('../docs/released/', import.meta.url))) {
    if (!file.startsWith('openapi-')) continue
    const release = file.replace(/^openapi-|\.json$/g, '')
    const breaks = breakingChanges(read(`released/${file}`), read('openapi.json'))
    for (const text of breaks) console.error(`breaks clients of ${release}: ${text}`)
    if (breaks.length > 0) process.exitCode = 1
    else console.log(`openapi: nothing breaks clients of ${release}`)
  }
}
