import { expect, test } from 'vitest'
import { createStatementNames, statement } from './statement-names.ts'

test('the same text has the same name, another text another', () => {
  const nameOf = createStatementNames()
  expect(nameOf({ sql: 'SELECT 1' })).toBe(nameOf({ sql: 'SELECT 1' }))
  expect(nameOf({ sql: 'SELECT 1' })).not.toBe(nameOf({ sql: 'SELECT 2' }))
  // Postgres cuts names at 63 bytes.
  expect(nameOf({ sql: 'SELECT 1' }).length).toBeLessThan(64)
})

test('a statement of ours shares its name with the same text of Prisma, and has one however long it is', () => {
  const text = 'SELECT 1'
  expect(statement(text)).toEqual({ name: createStatementNames()({ sql: text }), text })
  expect(statement(`SELECT ${'1,'.repeat(3_000)}1`).name).toMatch(/^torikomi_/)
})

test('long texts and too many texts get no name', () => {
  const nameOf = createStatementNames()
  expect(nameOf({ sql: `SELECT ${'1,'.repeat(3_000)}1` })).toBe('')
  const names = Array.from({ length: 1_000 }, (_, i) => nameOf({ sql: `SELECT ${i}` }))
  expect(names.filter((name) => name !== '').length).toBe(300)
  expect(nameOf({ sql: 'SELECT 0' })).toBe(names[0])
})
