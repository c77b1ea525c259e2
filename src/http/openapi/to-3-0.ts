import { factsOf, given } from '../../platform/narrow.ts'
import { type OpenApiSchema as Schema, schemasOf } from './model.ts'

/**
 * The same document in OpenAPI 3.0.3, for generators (C# above all) that stumble on 3.1. Only what this
 * service's own document uses is translated.
 */

export function toOpenApi30(document: Json): Json {
  // 3.0 has no place for what the service sends of its own accord.
  const { webhooks: _, ...asked } = structuredClone(document)
  const converted = convert(asked) as { info?: { license?: Json } }
  const license = converted.info?.license
  if (license !== undefined) {
    // A licence by its SPDX name is of 3.1.
    license.url = `https://spdx.org/licenses/${license.identifier}.html`
    delete license.identifier
  }
  return usedOnly(withPlainTypes(withOptionalNull({ ...converted, openapi: '3.0.3' })))
}

/** Without schemas that only what was left out needs. */
function usedOnly(document: Json): Json {
  const { schemas: all, ...components } = factsOf(document.components)
  const schemas = factsOf(all)
  const used = schemasOf([document.paths, components], schemas)
  const kept = Object.entries(schemas).filter(([name]) => used.has(name))
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept) } }
}

const REF = '#/components/schemas/'

/**
 * Lets every optional field of a request be null. Generators of languages with value types (NSwag) else make
 * it an `int` or a `bool`, and what nobody set is sent as 0 and false: a content change with a note alone
 * took the postage away. The service takes such a null for left out (src/http/validation.ts).
 */
function withOptionalNull(document: Json): Json {
  const schemas = factsOf(factsOf(document.components).schemas)
  const seen = new Set<string>()
  const open = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) open(one)
    if (!isJson(part)) return
    const { $ref, properties, required, example: _, examples: __, default: ___, ...rest } = part
    const name = typeof $ref === 'string' && $ref.startsWith(REF) ? $ref.slice(REF.length) : null
    if (name !== null && !seen.has(name)) {
      seen.add(name)
      open(schemas[name])
    }
    if (isJson(properties))
      for (const [field, schema] of Object.entries(properties)) {
        open(schema)
        if (Array.isArray(required) && required.includes(field)) continue
        const { $ref: target, ...own } = factsOf(schema)
        properties[field] = { ...own, ...(target ? { allOf: [{ $ref: target }] } : {}), nullable: true }
      }
    open(Object.values(rest))
  }
  for (const path of Object.values(factsOf(document.paths)))
    for (const operation of Object.values(factsOf(path))) open(factsOf(operation).requestBody)
  return document
}

const isJson = (part: unknown): part is Json =>
  typeof part === 'object' && part !== null && !Array.isArray(part)

function convert(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(convert)
  if (typeof part !== 'object' || part === null) return part
  // Examples are data, in which `type` or `const` is a name like any other.
  const { example, value, default: preset, ...rest } = part as Json
  const inner: Json = Object.fromEntries(
    Object.entries(rest).map(([name, one]) => [
      name,
      name === 'properties' ? mapped(one as Json) : convert(one),
    ]),
  )
  return schema({ ...inner, ...given({ example, value, default: preset }) })
}

/** Names of fields are no keywords. */
const mapped = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, convert(field)]))

function schema(part: Json): Json {
  const out = { ...part }
  for (const word of UNKNOWN_TO_3_0) delete out[word]
  if ('const' in out) {
    out.enum = [out.const]
    delete out.const
  }
  // Of a schema a list; of a media type a map, which 3.0 has as well.
  if (Array.isArray(out.examples)) {
    out.example = out.examples[0]
    delete out.examples
  }
  bound(out, 'exclusiveMinimum', 'minimum')
  bound(out, 'exclusiveMaximum', 'maximum')
  typeList(out)
  withoutNull(out)
  const { $ref, ...beside } = out
  if ($ref === undefined || Object.keys(beside).length === 0) return out
  return { ...beside, allOf: [{ $ref }] }
}

const UNKNOWN_TO_3_0 = 'propertyNames contentEncoding contentMediaType contentSchema $schema $id'.split(' ')

function bound(out: Json, word: string, inclusive: string): void {
  if (typeof out[word] !== 'number') return
  out[inclusive] = out[word]
  out[word] = true
}

function typeList(out: Json): void {
  if (out.type === 'null') {
    delete out.type
    out.nullable = true
    out.enum = [null]
  }
  if (!Array.isArray(out.type)) return
  const types = out.type.filter((type) => type !== 'null')
  if (types.length < out.type.length) out.nullable = true
  delete out.type
  if (types.length === 1) out.type = types[0]
  else out.anyOf = types.map((type) => ({ type }))
}

/** `anyOf: [X, null]` is `X`, nullable. */
function withoutNull(out: Json): void {
  for (const word of ['anyOf', 'oneOf']) {
    const branches = out[word]
    if (!Array.isArray(branches)) continue
    const kept = branches.filter(
      (branch: Json) => !(branch.nullable === true && Array.isArray(branch.enum) && branch.enum[0] === null),
    )
    if (kept.length === branches.length) continue
    out.nullable = true
    if (kept.length > 1) {
      out[word] = kept
      continue
    }
    delete out[word]
    const [only = {}] = kept as Json[]
    if (only.$ref === undefined) Object.assign(out, { ...only, ...out })
    else out.allOf = [only]
  }
}

export type Json = Record<string, unknown>

type Schemas = Readonly<Record<string, Schema>>

/**
 * Of a converted document what languages without unions cannot say, in words that their generators know: a
 * choice between shapes is a base with a `discriminator` that each shape extends (the way of 3.0), a list of
 * values to which a mall may add is a string, a value of several types or of none anything. Without it NSwag
 * makes classes that do not compile, or that refuse a plain string.
 */
function withPlainTypes(document: Json): Json {
  const components = (document.components ?? {}) as { schemas?: Record<string, Schema> }
  const schemas = components.schemas
  if (schemas === undefined) return document
  for (const name of Object.keys(schemas)) extendBase(schemas, name)
  const plain = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(plain)
    if (typeof part !== 'object' || part === null) return part
    return plainSchema(
      Object.fromEntries(
        // Examples are data.
        Object.entries(part).map(([word, one]) => [word, DATA.includes(word) ? one : plain(one)]),
      ),
      schemas,
    )
  }
  return plain(document) as Json
}

const DATA = ['example', 'examples', 'default']

const nameOf = (schema: Schema): string => {
  const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined)
  return ref?.split('/').at(-1) ?? ''
}

/** `oneOf` shapes that a single value tells apart. */
function extendBase(schemas: Record<string, Schema>, name: string): void {
  const base = schemas[name]
  const names = base?.oneOf?.map(nameOf) ?? []
  const told = tellingField(names.map((one) => schemas[one] ?? {}))
  if (base === undefined || told === null) return
  const mapping: Record<string, string> = {}
  for (const one of names) {
    // Drops the limit on fields, which would refuse those of the base.
    const { description, additionalProperties: _, ...shape } = schemas[one] ?? {}
    const { [told]: value, ...properties } = shape.properties ?? {}
    mapping[String(value?.enum?.[0])] = REF + one
    const required = shape.required?.filter((field) => field !== told) ?? []
    const own: Schema = { ...shape, properties, required }
    if (required.length === 0) delete own.required
    schemas[one] = {
      ...given({ description }),
      allOf: [{ $ref: REF + name }, own],
    }
  }
  schemas[name] = {
    ...given({ description: base.description }),
    type: 'object',
    required: [told],
    properties: { [told]: { type: 'string', description: 'Tells which (種類)' } },
    discriminator: { propertyName: told, mapping },
  }
}

/** The field that has one value in each of the shapes, or null. */
function tellingField(shapes: readonly Schema[]): string | null {
  const [first] = shapes
  const tells = (field: string) => shapes.every((shape) => shape.properties?.[field]?.enum?.length === 1)
  return Object.keys(first?.properties ?? {}).find(tells) ?? null
}

function plainSchema(schema: Schema, schemas: Schemas): Schema {
  const target = schemas[nameOf(schema)]
  // Null is one of all values, which 3.0 wants to be told.
  if (target !== undefined && isAnything(target)) {
    const { $ref: _, ...beside } = schema
    return { ...target, ...beside, nullable: true }
  }
  if (schema.allOf?.every((one) => one.nullable === true && isAnything(one))) {
    const { allOf: _, ...beside } = schema
    return { ...beside, nullable: true }
  }
  // Always null, which 3.0 cannot say: a list of no values would be an enum without members.
  if (schema.enum?.length === 1 && schema.enum[0] === null) {
    const { enum: _, ...rest } = schema
    return { ...rest, type: 'string' }
  }
  if (!Array.isArray(schema.anyOf)) return schema
  const types = schema.anyOf.map((one) => one.type ?? schemas[nameOf(one)]?.type)
  if (types.some((type) => type === undefined || type === 'object')) return schema
  const { anyOf, ...rest } = schema
  return types.every((type) => type === 'string') ? { ...rest, type: 'string' } : rest
}

const isAnything = (schema: Schema): boolean =>
  Object.keys(schema).every((word) => ['description', 'nullable', ...DATA].includes(word))
