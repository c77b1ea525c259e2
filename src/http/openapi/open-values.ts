import { type OpenApiDocument, operationsOf, type OpenApiSchema as Schema, schemasOf } from './model.ts'

/**
 * Answers may have values that a client does not know yet: a fifth mall, one more state. Generated clients of
 * closed lists (NSwag) throw at such a value, and then never read the batch that it stands in. So in answers
 * a list of values is a string whose known values are named; what a client sends stays a closed list. Objects
 * that are read and sent back (an order's content) are one class in a client, so their lists are open, too.
 */
export function openAnswers(document: OpenApiDocument): OpenApiDocument {
  // Parts that are one object here may be sent at one place and answered at another.
  const own: OpenApiDocument = JSON.parse(JSON.stringify(document))
  const schemas = own.components?.schemas ?? {}
  const operations = operationsOf(own).map(({ operation }) => operation)
  const asked = operations.map(({ parameters, requestBody }) => [parameters, requestBody])
  const answers = operations.map(({ responses }) => responses)
  const answered = schemasOf(answers, schemas)
  const isRead = (name: string) => answered.has(name) && !valuesOf(schemas[name] ?? {})
  const sent = schemasOf(asked, Object.fromEntries(Object.entries(schemas).filter(([name]) => !isRead(name))))
  const twins = new Map<string, Schema>()
  const open = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    // Examples are data.
    for (const [word, one] of Object.entries(part)) if (!DATA.has(word)) open(one)
    const listed = valuesOf(part)
    if (listed) openList(part, listed)
    if (!('$ref' in part) || typeof part.$ref !== 'string') return
    const name = part.$ref.slice(REF.length)
    const values = sent.has(name) ? valuesOf(schemas[name] ?? {}) : undefined
    if (values === undefined) return
    const twin = { ...schemas[name] }
    openList(twin, values)
    twins.set(`${name}Value`, twin)
    part.$ref += 'Value'
  }
  for (const name of Object.keys(schemas).filter((one) => !sent.has(one) || isRead(one))) open(schemas[name])
  open(answers)
  open(own.components?.responses)
  return { ...own, components: { ...own.components, schemas: { ...schemas, ...Object.fromEntries(twins) } } }
}

const REF = '#/components/schemas/'
const DATA = new Set(['example', 'examples', 'default', 'value'])
const MORE = 'More values may come (値は追加されることがあります)'

/** The values of a list. A single one tells shapes apart and stays. */
function valuesOf(schema: object): string[] | undefined {
  if (!('enum' in schema) || !Array.isArray(schema.enum) || schema.enum.length < 2) return
  return schema.enum.every((value) => typeof value === 'string') ? schema.enum : undefined
}

function openList(schema: { enum?: unknown; description?: unknown }, values: readonly string[]): void {
  delete schema.enum
  const description = `${schema.description ?? ''} Known: ${values.join(', ')}. ${MORE}`.trim()
  Object.assign(schema, { type: 'string', description, 'x-known-values': values })
}
