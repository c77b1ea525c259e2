export type Json = Record<string, unknown>

interface Schema {
  [word: string]: unknown
  $ref?: string
  type?: string
  description?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
}

type Schemas = Readonly<Record<string, Schema>>

/**
 * Of a converted document what languages without unions cannot say, in words that their generators know: a choice between shapes is
 * a base with a `discriminator` that each shape extends (the way of 3.0), a list of values to which a mall may add is a string, a
 * value of several types or of none anything. Without it NSwag makes classes that do not compile, or that refuse a plain string.
 */
export function withPlainTypes(document: Json): Json {
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
    const { description, ...shape } = schemas[one] ?? {}
    const { [told]: value, ...properties } = shape.properties ?? {}
    mapping[String(value?.enum?.[0])] = `#/components/schemas/${one}`
    const required = shape.required?.filter((field) => field !== told) ?? []
    // Drops the limit on fields, which would refuse those of the base.
    const own: Schema = { ...shape, properties, additionalProperties: undefined, required }
    if (required.length === 0) delete own.required
    delete own.additionalProperties
    schemas[one] = {
      ...(description === undefined ? {} : { description }),
      allOf: [{ $ref: refTo(name) }, own],
    }
  }
  schemas[name] = {
    ...(base.description === undefined ? {} : { description: base.description }),
    ...{ type: 'object', required: [told] },
    properties: { [told]: { type: 'string', description: 'Tells which (種類)' } },
    discriminator: { propertyName: told, mapping },
  }
}

const refTo = (name: string): string => `#/components/schemas/${name}`

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
