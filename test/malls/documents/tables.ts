/**
 * A mall's documents as data: for each model its fields with their types, `name type, …`. `?` may be left
 * out, null or empty, `[]` is a list, another model's name is that model, and everything else is one of the
 * mall's plain types. Field names and facts, no words of the mall.
 */
export type Tables = Readonly<Record<string, string>>
export type PlainTypes = Readonly<Record<string, (value: unknown) => boolean>>

export type Check = (value: unknown, model: string, path?: string) => string[]

/** @returns what in a value is not as the tables have it, by its place; nothing when all is */
export function checkerOf(tables: Tables, plain: PlainTypes): Check {
  const models = new Map(Object.entries(tables).map(([name, fields]) => [name, fieldsOf(fields)]))

  const check: Check = (value, model, path = model) => {
    const fields = models.get(model)
    if (!fields) return [`${path}: no table ${model}`]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no ${model}`]
    const given = value as Record<string, unknown>
    const unknown = Object.keys(given).filter((name) => !fields.has(name))
    return [
      ...unknown.map((name) => `${path}.${name}: not in the table`),
      ...[...fields].flatMap(([name, type]) => one(given[name], type, `${path}.${name}`)),
    ]
  }

  function one(value: unknown, type: string, path: string): string[] {
    const none = value === undefined || value === null || value === ''
    if (type.endsWith('?')) return none ? [] : one(value, type.slice(0, -1), path)
    if (value === undefined) return [`${path}: missing`]
    if (type.endsWith('[]')) return each(value, type.slice(0, -2), path)
    const isPlain = plain[type]
    if (isPlain) return isPlain(value) ? [] : [`${path}: ${JSON.stringify(value)} is no ${type}`]
    return check(value, type, path)
  }

  /** XML tells no list of one from the one. */
  function each(value: unknown, type: string, path: string): string[] {
    if (value === null) return [`${path}: no list`]
    return [value].flat().flatMap((entry, index) => one(entry, type, `${path}[${index}]`))
  }

  return check
}

const fieldsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .split(',')
      .map((field) => field.trim())
      .filter((field) => field !== '')
      .map((field) => {
        const [name = '', type = ''] = field.split(/\s+/)
        return [name, type]
      }),
  )

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)

/** Texts of XML and of queries. */
export const TEXTS: PlainTypes = {
  s: (value) => typeof value === 'string',
  n: matches(/^-?\d+$/),
  rate: matches(/^\d+(\.\d+)?$/),
  bool: matches(/^(true|false)$/),
  yn: matches(/^[A-Z]$/),
  digit: matches(/^\d$/),
  d8: matches(/^\d{8}$/),
  dt14: matches(/^\d{14}$/),
  'd/': matches(/^\d{4}\/\d\d\/\d\d$/),
  't/': matches(/^\d{4}\/\d\d\/\d\d \d\d:\d\d$/),
  'd-': matches(/^\d{4}-\d\d-\d\d$/),
  rfc: matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+09:00)?$/),
}

export const JSONS: PlainTypes = {
  n: (value) => typeof value === 'number',
  s: (value) => typeof value === 'string',
  dt: matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0900$/),
  d: matches(/^\d{4}-\d\d-\d\d$/),
  local: matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
}
