import type { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { countOldKeys, rotateBatch } from '../../../src/ops/rotation/rotate.ts'
import { SEALED_COLUMNS, type SealedColumn, tenantOf } from '../../../src/ops/rotation/sealed-columns.ts'
import { searchTokens } from '../../../src/orders/store/search-tokens.ts'
import { createSealer, sealedUnder } from '../../../src/platform/crypto/sealer.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, sampleOrder } from '../../support/fixtures.ts'

/**
 * Every sealed column is read and written by statements of its own: each is tried with rows that it must move
 * and rows that it must leave.
 */

/** As releases before sealed: bound to the row alone. */
const OLD = { id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: false }
const old = createSealer([OLD], systemRandom)
const NEW = { id: 'next', key: new Uint8Array(32).fill(8), bindsTenant: true }
const both = createSealer([NEW, OLD], systemRandom)
const alone = createSealer([NEW], systemRandom)

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

interface Field {
  name: string
  type: string
  isNullable: boolean
  hasDefault: boolean
}
const FIELDS = `
select column_name as name, udt_name as type, is_nullable = 'YES' as "isNullable", column_default is not null or is_generated = 'ALWAYS' as "hasDefault"
from information_schema.columns where table_schema = 'public' and table_name = $1 order by ordinal_position`

/** Something for a column that must have it, another one in each row. */
async function valueFor({ type, name }: Field, n: number): Promise<unknown> {
  if (name === 'kind') return 'phone'
  if (type === 'uuid') return newId()
  if (type === 'jsonb') return '{}'
  if (type === 'bytea') return Buffer.from([n, n, n])
  if (type === 'bool') return false
  if (type === 'timestamptz') return new Date('2026-01-15T03:00:00Z')
  if (/^int|^numeric/.test(type)) return n
  if (type.startsWith('_')) return []
  if (type === 'text') return `text ${n}`
  const { rows } = await database.pool.query<{ label: string }>(
    'select enumlabel as label from pg_enum where enumtypid = to_regtype($1) order by enumsortorder limit 1',
    [type],
  )
  return rows[0]?.label
}

/** What is sealed, where the blind index beside it is made of it. */
const TEXTS: Readonly<Record<string, (n: number) => string>> = {
  'erasures.sealed_term': (n) => `0312345${n}78`,
  'staff_accounts.sealed_email': (n) => `staff${n}@example.jp`,
  'staff_accounts.sealed_oidc': (n) => JSON.stringify(['https://id.example.jp', `person ${n}`]),
  'staff_invitations.sealed_email': (n) => `staff${n}@example.jp`,
  'applications.sealed_detail': (n) =>
    JSON.stringify({ company: '見本', name: '見本', email: `a${n}@example.jp`, phone: '', note: '' }),
  'blocked_buyers.sealed_entry': (n) =>
    JSON.stringify({ value: `03-1234-5${n}78`, postalCode: null, reason: null }),
  'orders.sealed_detail': (n) => JSON.stringify(sampleOrder(`123456-20260115-000000000${n}`)),
}
/** Values that a row needs beside the column: a trigger empties it otherwise. */
const BESIDE: Readonly<Record<string, object>> = {
  'orders.sealed_on_hold_reason': { status: 'on_hold', sealed_detail: Buffer.from('x') },
}
const textOf = ({ table, column }: SealedColumn, n: number): string =>
  TEXTS[`${table}.${column}`]?.(n) ?? `secret ${n}`

/** Nothing around the row is wanted, and nothing tells of it. */
async function withoutTriggers(text: string, values: unknown[]): Promise<void> {
  const client = await database.pool.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    await client.query(text, values)
    await client.query('commit')
  } finally {
    client.release()
  }
}

/** A row whose tenant is its parent's has one here; others without a tenant's id are nobody's. */
const PARENT = /from (\w+) p where p\.id = t\.(\w+)/
const ownerOf = (row: Record<string, string>): string | null => row.ofTenant ?? row.tenant_id ?? null

async function valuesFor(table: string, n: number): Promise<Record<string, unknown>> {
  const { rows: fields } = await database.pool.query<Field>(FIELDS, [table])
  const values: Record<string, unknown> = {}
  for (const field of fields)
    if (!field.isNullable && !field.hasDefault) values[field.name] = await valueFor(field, n)
  return values
}

async function insert(table: string, values: Record<string, unknown>): Promise<void> {
  const names = Object.keys(values)
  await withoutTriggers(
    `insert into ${table} (${names.join(', ')}) values (${names.map((_, place) => `$${place + 1}`).join(', ')})`,
    Object.values(values),
  )
}

interface Made {
  row: Record<string, string>
  text: string
}

/** Puts a row there with nothing around it. */
async function makeRow(column: SealedColumn, n: number, isEmpty = false): Promise<Made> {
  const { table, index } = column
  const values = { ...(await valuesFor(table, n)), ...BESIDE[`${table}.${column.column}`] }
  const text = textOf(column, n)
  const row = { ...values } as Record<string, string>
  const [, parentTable, link = ''] = PARENT.exec(tenantOf(column)) ?? []
  if (parentTable) {
    const parent = await valuesFor(parentTable, n)
    await insert(parentTable, parent)
    values[link] = parent.id
    Object.assign(row, { [link]: parent.id, ofTenant: parent.tenant_id })
  }
  values[column.column] = isEmpty ? null : old.of(ownerOf(row)).seal(column.context(row), text)
  if (index && !isEmpty) values[index.column] = index.hash(old, row, text)
  await insert(table, values)
  if (isOrders(column)) await putTokens(row, text)
  return { row, text }
}

const isOrders = ({ table, column }: SealedColumn) => table === 'orders' && column === 'sealed_detail'
const tokensOf = (sealer: typeof old, { row, text }: Made) =>
  searchTokens(sealer, row.tenant_id ?? '', JSON.parse(text))
    .map(({ kind, hash }) => `${kind} ${Buffer.from(hash).toString('hex')}`)
    .toSorted()

async function putTokens(row: Record<string, string>, text: string): Promise<void> {
  for (const { kind, hash } of searchTokens(old, row.tenant_id ?? '', JSON.parse(text)))
    await database.pool.query(
      'insert into order_search (order_id, tenant_id, kind, hash) values ($1, $2, $3, $4)',
      [row.id, row.tenant_id, kind, hash],
    )
}

async function storedTokens({ row }: Made): Promise<string[]> {
  const { rows } = await database.pool.query<{ kind: string; hash: Buffer }>(
    'select kind::text, hash from order_search where order_id = $1',
    [row.id],
  )
  return rows.map(({ kind, hash }) => `${kind} ${hash.toString('hex')}`).toSorted()
}

/** All of a row, as text, but for what a rotation moves. */
async function readRow(column: SealedColumn, { row }: Made) {
  const where = column.key.map((name, place) => `${name} = $${place + 1}`).join(' and ')
  const { rows } = await database.pool.query(
    `select * from ${column.table} where ${where}`,
    column.key.map((name) => row[name]),
  )
  // The revision counts every write of an order, this one too.
  const { [column.column]: sealed, revision: _, ...others } = rows[0]
  const hash: Buffer | null = column.index ? others[column.index.column] : null
  if (column.index) delete others[column.index.column]
  return { sealed: sealed as Buffer | null, hash, others }
}

/** A pool that lets something happen between the first reading and its writing. */
function interrupted(meanwhile: () => Promise<unknown>): Pool {
  let first = true
  return {
    async query(text: string, values: unknown[]) {
      const answer = await database.pool.query(text, values)
      if (first) await meanwhile()
      first = false
      return answer
    },
  } as unknown as Pool
}

/** More batches than there are rows: a place that does not move on is none. */
async function rotate(column: SealedColumn, pool: Pool): Promise<number> {
  const deps = { pool, sealer: both, keyId: NEW.id, batch: 2 }
  let place: string[] | null = null
  for (let batch = 0; batch < 5; batch += 1) {
    const { last, unreadable } = await rotateBatch(deps, column, place)
    expect(unreadable).toEqual([])
    if (last === null) return batch
    place = last
  }
  throw new Error('it comes to no end')
}

const cases = SEALED_COLUMNS.map((column) => [`${column.table}.${column.column}`, column] as const)

beforeEach(async () => {
  const tables = [...new Set(SEALED_COLUMNS.map(({ table }) => table)), 'order_search']
  await database.pool.query(`truncate ${tables.join(', ')} cascade`)
})

test.each(cases)('%s: each row moves on its own, and what changed meanwhile stays', async (_, column) => {
  const isNullable = (await database.pool.query<Field>(FIELDS, [column.table])).rows.some(
    (field) => field.name === column.column && field.isNullable,
  )
  const made: Made[] = []
  for (let n = 1; n <= 4; n += 1) made.push(await makeRow(column, n))
  const empty = isNullable ? await makeRow(column, 5, true) : null
  // In the order of their keys, so that the first one is in the first batch.
  const keyOf = ({ row }: Made) => column.key.map((name) => String(row[name]).padStart(40, '0')).join(' ')
  const [changed, ...moved] = made.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  if (!changed) throw new Error('none was made')
  const before = new Map<Made, Awaited<ReturnType<typeof readRow>>>()
  for (const one of made) before.set(one, await readRow(column, one))
  const ofColumn = (left: Awaited<ReturnType<typeof countOldKeys>>) =>
    left.map(({ rows, keys }) => [rows, keys])
  expect(ofColumn(await countOldKeys(database.pool, NEW.id, [column]))).toEqual([[4, ['test']]])

  const meanwhile = Buffer.from(
    old.of(ownerOf(changed.row)).seal(column.context(changed.row), 'written meanwhile'),
  )
  const where = column.key.map((name, place) => `${name} = $${place + 2}`).join(' and ')
  const pool = interrupted(() =>
    withoutTriggers(`update ${column.table} set ${column.column} = $1 where ${where}`, [
      meanwhile,
      ...column.key.map((name) => changed.row[name]),
    ]),
  )
  await rotate(column, pool)

  const left = await readRow(column, changed)
  expect(left).toEqual({ ...before.get(changed), sealed: meanwhile })
  if (isOrders(column)) expect(await storedTokens(changed)).toEqual(tokensOf(old, changed))
  for (const one of moved) {
    const { sealed, hash, others } = await readRow(column, one)
    expect(others).toEqual(before.get(one)?.others)
    expect(sealedUnder(sealed ?? new Uint8Array())).toBe(NEW.id)
    expect(
      alone
        .of(ownerOf(one.row))
        .open(column.context(one.row), sealed ?? new Uint8Array())
        .toString('utf8'),
    ).toBe(one.text)
    if (column.index)
      expect(hash).toEqual(Buffer.from(column.index.hash(alone, one.row, one.text) ?? new Uint8Array()))
    if (isOrders(column)) expect(await storedTokens(one)).toEqual(tokensOf(alone, one))
  }
  if (empty) expect((await readRow(column, empty)).sealed).toBeNull()
  expect(ofColumn(await countOldKeys(database.pool, NEW.id, [column]))).toEqual([[1, ['test']]])
})

test('an order that is under the new key already keeps its hashes when it is looked at again', async () => {
  const column = SEALED_COLUMNS.find(isOrders) as SealedColumn
  const made = [await makeRow(column, 1), await makeRow(column, 2)]
  await rotate(column, database.pool)
  await rotate(column, database.pool)
  for (const one of made) expect(await storedTokens(one)).toEqual(tokensOf(alone, one))
})
