import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { schemaDiffOn } from '../../../scripts/schema-diff.ts'
import { emptyDatabase } from '../../support/database/database.ts'

let schema: string
let database: Awaited<ReturnType<typeof emptyDatabase>>
beforeEach(async () => {
  database = await emptyDatabase()
})
afterEach(() => database.close())
beforeAll(async () => {
  schema = await readFile(fileURLToPath(new URL('../../../prisma/schema.prisma', import.meta.url)), 'utf8')
})

const changed = (from: RegExp, to: string) => {
  const other = schema.replace(from, to)
  expect(other).not.toBe(schema)
  return schemaDiffOn(database.url, other)
}

test('the migrations make what schema.prisma says', async () => {
  expect(await schemaDiffOn(database.url)).toBe('')
})

test.each([
  ['a new column', /model Tenant \{/, 'model Tenant {\n  nickname String?', 'ADD COLUMN     "nickname" TEXT'],
  ['a column that may be null', /orderNumber {3}String {6}@map/, 'orderNumber String? @map', 'DROP NOT NULL'],
  ['a new value of an enum', /enum TenantStatus \{/, 'enum TenantStatus {\n  waiting', "ADD VALUE 'waiting'"],
  [
    'another condition of a partial index',
    /'waiting'::import_state/,
    "'failed'::import_state",
    'import_requests_one_waiting',
  ],
])('%s is noticed', async (_, from, to, sql) => {
  expect(await changed(from, to)).toContain(sql)
})
