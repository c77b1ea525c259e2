import { expect, expectTypeOf, test } from 'vitest'
import { prepared, statement } from './statement.ts'
import { createStatementNames } from './statement-names.ts'

test('parameters get their places in the order of the record, with their type, however often they are named', () => {
  const find = statement(
    { tenant: 'uuid', from: 'timestamptz?', ids: 'uuid[]' },
    'select 1 where t = :tenant and (:from is null or at >= :from) and id = any(:ids)',
  )
  expect(find({ tenant: 't', from: null, ids: ['a'] })).toEqual({
    text: 'select 1 where t = $1::uuid and ($2::timestamptz is null or at >= $2::timestamptz) and id = any($3::uuid[])',
    values: ['t', null, ['a']],
  })
})

test('strings, quoted names, comments, casts, dollar quotes and slices name no parameter', () => {
  const text = `select ':no', 'it''s :no', ":no", a[1:2], b[low:high], c::text, $$ :no $$ -- :no
  /* :no
     :no */ from t where d = :yes::text`
  expect(statement({ yes: 'text' }, text).sql).toBe(text.replace(':yes::text', '$1::text::text'))
})

test('a name that the record lacks, or that the text lacks, is refused when the statement is made', () => {
  expect(() => statement({ shop: 'uuid' }, 'select :shop, :holder')).toThrow(':holder')
  expect(() => statement({ shop: 'uuid', holder: 'uuid' }, 'select :shop')).toThrow(':holder')
})

test('the types of the values follow from the record', () => {
  const insert = statement(
    { id: 'uuid', at: 'timestamptz', n: 'int?', names: 'text[]', status: 'order_status', rows: 'jsonb' },
    'insert into t values (:id, :at, :n, :names, :status, :rows)',
  )
  expectTypeOf(insert).parameter(0).toEqualTypeOf<{
    readonly id: string
    readonly at: Date | string
    readonly n: number | null
    readonly names: readonly (string | null)[]
    readonly status: string
    readonly rows: unknown
  }>()
  // @ts-expect-error: left over
  const leftOver = () => insert({ id: '', at: new Date(0), n: 1, names: [], status: '', rows: [], now: 1 })
  // @ts-expect-error: missing
  const missing = () => insert({ id: '', at: new Date(0), names: [], status: '', rows: [] })
  expect(leftOver).not.toThrow()
  expect(missing).toThrow(':n is not given')
})

test('a list that is JSON goes as JSON, one of Postgres as it is, null as null', () => {
  const insert = statement({ rows: 'jsonb?', names: 'text[]' }, 'select :rows, :names')
  expect(insert({ rows: [{ a: 1 }], names: ['b'] }).values).toEqual(['[{"a":1}]', ['b']])
  expect(insert({ rows: null, names: [] }).values).toEqual([null, []])
})

test('a prepared statement has the name that Prisma gives the same text', () => {
  const find = prepared({ id: 'uuid' }, 'SELECT :id')
  expect(find({ id: 'x' }).name).toBe(createStatementNames()({ sql: find.sql }))
  expect(statement({ id: 'uuid' }, 'SELECT :id')({ id: 'x' })).not.toHaveProperty('name')
})
