import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { toOpenApi30 } from '../src/http/openapi/to-3-0.ts'

/**
 * Makes clients/csharp/src/Types.cs from docs/openapi.json: orders, their edits, site changes and the codes
 * of problems as classes of C# 7.2.
 */

const DOCUMENT = new URL('../docs/openapi.json', import.meta.url)
export const TYPES = new URL('../clients/csharp/src/Types.cs', import.meta.url)

/** With all that they refer to. */
const ROOTS = ['Order', 'OrderPatch', 'SiteChangeRequest', 'SiteChange', 'ProblemCode']

interface Schema {
  $ref?: string
  type?: string
  format?: string
  description?: string
  nullable?: boolean
  readOnly?: boolean
  enum?: (string | null)[]
  'x-known-values'?: string[]
  required?: string[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  allOf?: Schema[]
  discriminator?: { propertyName: string; mapping: Record<string, string> }
}

type Schemas = Readonly<Record<string, Schema>>

const nameOf = (ref: string): string => ref.split('/').at(-1) ?? ''
const pascal = (name: string): string =>
  name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export async function csharpTypes(): Promise<string> {
  const document = toOpenApi30(JSON.parse(await readFile(DOCUMENT, 'utf8')))
  const { schemas } = document.components as { schemas: Schemas }
  const classes = [...reachable(schemas)].sort().map((name) => classOf(name, schemas))
  return `${HEAD}\nnamespace Torikomi\n{\n${classes.filter((text) => text !== '').join('\n')}}\n`
}

const HEAD = `// Made by scripts/csharp-types.ts from docs/openapi.json (npm run api).
using System;
using System.Collections.Generic;
using System.Xml.Linq;
`

function reachable(schemas: Schemas): Set<string> {
  const found = new Set<string>()
  const add = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const { $ref, discriminator } = part as Schema
    for (const ref of [...($ref ? [$ref] : []), ...Object.values(discriminator?.mapping ?? {})]) {
      const name = valuesName(nameOf(ref), schemas)
      if (found.has(name)) continue
      found.add(name)
      add(schemas[name])
    }
    for (const one of Object.values(part)) add(one)
  }
  for (const name of ROOTS) add({ $ref: `#/components/schemas/${name}` })
  return found
}

/** The same values when they are sent and when they are read have one class. */
function valuesName(name: string, schemas: Schemas): string {
  const sent = name.replace(/Value$/, '')
  return schemas[sent]?.enum ? sent : name
}

function classOf(name: string, schemas: Schemas): string {
  const schema = schemas[name] ?? {}
  const values = schema.enum?.filter((value) => value !== null) ?? schema['x-known-values']
  if (values) return constants(name, schema, values)
  const base = schema.allOf?.find(({ $ref }) => $ref !== undefined)?.$ref
  const own = base ? (schema.allOf?.find(({ properties }) => properties) ?? {}) : schema
  // A schema without fields of its own is read as it is.
  if (!own.properties && !base) return ''
  const telling = base ? schemas[nameOf(base)]?.discriminator : undefined
  const value = Object.entries(telling?.mapping ?? {}).find(([, ref]) => nameOf(ref) === name)?.[0]
  const fields = Object.entries(own.properties ?? {}).filter(([, { readOnly }]) => !readOnly)
  const lines = [
    ...summary(schema.description ?? own.description, '    '),
    `    public ${schema.discriminator ? 'class' : 'sealed class'} ${name} : ${base ? nameOf(base) : 'Record'}`,
    '    {',
    `        public ${name}() {${value ? ` Put("${telling?.propertyName}", "${value}"); ` : ' '}}`,
    `        internal ${name}(XElement fields) : base(fields) { }`,
    ...fields.flatMap(([field, part]) =>
      property(name, field, part, own.required?.includes(field) ?? false, schemas),
    ),
    '    }',
  ]
  return `${lines.join('\n')}\n`
}

/** Values that are known today: a newer one is a string like these. */
function constants(name: string, { description }: Schema, values: readonly string[]): string {
  const lines = values.map(
    (value) => `        public const string ${identifier(value)} = ${JSON.stringify(value)};`,
  )
  return `${[...summary(description, '    '), `    public static class ${name}`, '    {', ...lines, '    }'].join('\n')}\n`
}

const identifier = (value: string): string => pascal(value).replace(/^(?=\d)/, '_')

function property(
  owner: string,
  field: string,
  part: Schema,
  isRequired: boolean,
  schemas: Schemas,
): string[] {
  const { type, read } = typeOf(part, isRequired && !part.nullable, schemas)
  const name = identifier(field)
  return [
    ...summary(part.description, '        '),
    // A member may not have the name of its class.
    `        public ${type} ${name === owner ? `${name}Value` : name}`,
    '        {',
    `            get { return ${read(JSON.stringify(field))}; }`,
    `            set { Put(${JSON.stringify(field)}, value); }`,
    '        }',
  ]
}

interface Type {
  type: string
  read(field: string): string
}

function typeOf(part: Schema, isThere: boolean, schemas: Schemas): Type {
  const ref = part.$ref ?? part.allOf?.[0]?.$ref
  if (ref !== undefined) {
    const name = nameOf(ref)
    const target = schemas[name] ?? {}
    if (target.properties || target.allOf)
      return { type: name, read: (field) => `Child(${field}, fields => new ${name}(fields))` }
    return typeOf(target, isThere, schemas)
  }
  const value = (type: string, method: string): Type =>
    isThere
      ? { type, read: (field) => `${method}(${field}).GetValueOrDefault()` }
      : { type: `${type}?`, read: (field) => `${method}(${field})` }
  if (part.type === 'integer') return value('long', 'Whole')
  if (part.type === 'number') return value('decimal', 'Number')
  if (part.type === 'boolean') return value('bool', 'Flag')
  if (part.type === 'string')
    return part.format === 'date-time'
      ? value('DateTimeOffset', 'Time')
      : { type: 'string', read: (field) => `this[${field}]` }
  if (part.type === 'array') {
    const item = itemOf(part.items ?? {}, schemas)
    return { type: `IReadOnlyList<${item.type}>`, read: (field) => `List(${field}, ${item.read})` }
  }
  return { type: 'XElement', read: (field) => `Element(${field})` }
}

function itemOf(items: Schema, schemas: Schemas): { type: string; read: string } {
  const ref = items.$ref ?? items.allOf?.[0]?.$ref
  const target = ref === undefined ? items : (schemas[nameOf(ref)] ?? {})
  if (ref !== undefined && (target.properties || target.allOf))
    return { type: nameOf(ref), read: `fields => new ${nameOf(ref)}(fields)` }
  return target.type === 'string'
    ? { type: 'string', read: 'item => item.Value' }
    : { type: 'XElement', read: 'item => item' }
}

function summary(text: string | undefined, indent: string): string[] {
  if (!text) return []
  const safe = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', ' ')
  return [`${indent}/// <summary>${safe}</summary>`]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(TYPES, await csharpTypes())
