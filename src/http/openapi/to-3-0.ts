import { factsOf } from '../../platform/narrow.ts'
import { type Json, withPlainTypes } from './plain-types.ts'

/**
 * The same document in OpenAPI 3.0.3, for generators (C# above all) that stumble on 3.1. Only what this service's own document
 * uses is translated.
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

/** Without schemas that only what was left out needs. A discriminator's mapping is a use. */
function usedOnly(document: Json): Json {
  const { schemas: all, ...components } = factsOf(document.components)
  const schemas = factsOf(all)
  const used = new Set<string>()
  const waiting: unknown[] = [document.paths, components]
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      waiting.push(schemas[name])
    }
  }
  const kept = Object.entries(schemas).filter(([name]) => used.has(name))
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept) } }
}

const REF = '#/components/schemas/'

/**
 * Lets every optional field of a request be null. Generators of languages with value types (NSwag) else make it an `int` or a
 * `bool`, and what nobody set is sent as 0 and false: a content change with a note alone took the postage away. The service
 * takes such a null for left out (src/http/left-out.ts).
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
  const { example, value, default: given, ...rest } = part as Json
  const inner: Json = Object.fromEntries(
    Object.entries(rest).map(([name, one]) => [
      name,
      name === 'properties' ? mapped(one as Json) : convert(one),
    ]),
  )
  const data = Object.entries({ example, value, default: given }).filter(([, one]) => one !== undefined)
  return schema({ ...inner, ...Object.fromEntries(data) })
}

/** Names of fields are no keywords. */
const mapped = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, convert(field)]))

function schema(part: Json): Json {
  const out = { ...part }
  for (const word of [
    'propertyNames',
    'contentEncoding',
    'contentMediaType',
    'contentSchema',
    '$schema',
    '$id',
  ]) {
    if (typeof out[word] !== 'function' && isKeyword(out, word)) delete out[word]
  }
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

const isKeyword = (out: Json, word: string): boolean => out[word] !== undefined

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
