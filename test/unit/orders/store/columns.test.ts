import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  INTERNAL_COLUMNS,
  ORDER_COLUMNS,
  type OrderColumn,
  SEALED_COLUMNS,
  sqlName,
} from '../../../../src/orders/store/columns.ts'

const SCHEMA = readFileSync(new URL('../../../../prisma/schema.prisma', import.meta.url), 'utf8')
const MODEL = /^model Order \{\n(.*?)^\}/ms.exec(SCHEMA)?.[1] ?? ''

const SQL_TYPES: Record<string, string> = {
  String: 'text',
  'String[]': 'text[]',
  Int: 'int',
  Boolean: 'bool',
  DateTime: 'timestamptz',
  Bytes: 'bytea',
  Json: 'jsonb',
  Marketplace: 'marketplace',
  OrderStatus: 'order_status',
  ChangeState: 'change_state',
}

interface Field {
  name: string
  column: string
  type: string
  optional: boolean
}

/** Columns of `orders`, without the relations. */
function fieldsOfSchema(): Field[] {
  return MODEL.split('\n').flatMap((line): Field[] => {
    const [, name, type, optional, rest] = /^ {2}(\w+)\s+(\w+(?:\[\])?)(\??)(.*)$/.exec(line) ?? []
    const sqlType = rest?.includes('@db.Uuid') ? 'uuid' : SQL_TYPES[type ?? '']
    if (!name || !sqlType) return []
    const column = /@map\("(\w+)"\)/.exec(rest ?? '')?.[1] ?? name
    return [{ name, column, type: sqlType, optional: optional === '?' }]
  })
}

const fields = fieldsOfSchema()
const listed = new Map<string, OrderColumn>(Object.entries(ORDER_COLUMNS))
const unlisted: readonly string[] = [...INTERNAL_COLUMNS, ...SEALED_COLUMNS]

test('every column of orders is in the list, internal or sealed, each in one place', () => {
  expect(fields.length).toBeGreaterThan(30)
  expect([...listed.keys(), ...unlisted].sort()).toEqual(fields.map(({ name }) => name).sort())
})

test('sealed is what holds bytes, and nothing else', () => {
  expect(fields.flatMap(({ name, type }) => (type === 'bytea' ? [name] : [])).sort()).toEqual(
    [...SEALED_COLUMNS].sort(),
  )
})

test.each(fields.filter(({ name }) => listed.has(name)))('$name is what schema.prisma says', (field) => {
  const column = listed.get(field.name)
  expect(sqlName(field.name)).toBe(field.column)
  expect(column?.type).toBe(field.type)
  if (column?.listed) expect(column.listed.safeParse(null).success).toBe(field.optional)
})
