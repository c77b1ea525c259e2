/**
 * What clients of openapi-generator send, by the rules of its C# and Java templates. The generator itself
 * needs Java, so its rules stand here: an optional field with a default is sent with it; an optional value
 * type (int, bool) that may not be null is sent as 0 or false; an optional field that may be null is sent as
 * null; everything else that is not set is left out.
 */

export interface Schema {
  $ref?: string
  type?: string
  nullable?: boolean
  default?: unknown
  required?: string[]
  properties?: Record<string, Schema>
  allOf?: Schema[]
  items?: Schema
}

export type Schemas = Readonly<Record<string, Schema>>

const REF = '#/components/schemas/'

/** A schema of the 3.0 document with what it refers to and extends. */
export function resolved(schema: Schema, schemas: Schemas): Schema {
  const target = schema.$ref === undefined ? schema : (schemas[schema.$ref.slice(REF.length)] ?? {})
  if (schema.$ref !== undefined) return resolved(target, schemas)
  const { allOf = [], ...own } = target
  const parts = [...allOf.map((part) => resolved(part, schemas)), own]
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  }
}

export function sentByOpenApiGenerator(schema: Schema, given: unknown, schemas: Schemas): unknown {
  const { properties = {}, required = [], items } = resolved(schema, schemas)
  if (Array.isArray(given))
    return given.map((item) => (items ? sentByOpenApiGenerator(items, item, schemas) : item))
  if (typeof given !== 'object' || given === null) return given
  const set = Object.entries(given).map(([name, value]): [string, unknown] => {
    const field = properties[name]
    return [name, field ? sentByOpenApiGenerator(field, value, schemas) : value]
  })
  const unset = Object.entries(properties)
    .filter(([name]) => !Object.hasOwn(given, name) && !required.includes(name))
    .flatMap(([name, field]): [string, unknown][] => {
      const { nullable, type, default: preset } = { ...resolved(field, schemas), ...field }
      if (preset !== undefined) return [[name, preset]]
      if (nullable) return [[name, null]]
      if (type === 'boolean') return [[name, false]]
      return type === 'integer' || type === 'number' ? [[name, 0]] : []
    })
  return Object.fromEntries([...set, ...unset])
}
