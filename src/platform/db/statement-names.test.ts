import { expect, test } from 'vitest'
import { createStatementNames } from './statement-names.ts'

test('the same text has the same name, another text another', () => {
  const nameOf = createStatementNames()
  expect(nameOf({ sql: 'SELECT 1' })).toBe(nameOf({ sql: 'SELECT 1' }))
  expect(nameOf({ sql: 'SELECT 1' })).not.toBe(nameOf({ sql: 'SELECT 2' }))
  // Postgres cuts names at 63 bytes.
  expect(nameOf({ sql: 'SELECT 1' }).length).toBeLessThan(64)
})

test('long texts and too many texts get no name', () => {
  const nameOf = createStatementNames()
  expect(nameOf({ sql: `SELECT ${'1,'.repeat(3_000)}1` })).toBe('')
  const names = Array.from({ length: 1_000 }, (_, i) => nameOf({ sql: `SELECT ${i}` }))
  expect(names.filter((name) => name !== '').length).toBe(300)
  expect(nameOf({ sql: 'SELECT 0' })).toBe(names[0])
})
