import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkQueueSchema } from '../../../src/app/check-keys.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { databaseUrl } from '../../support/database/postgres-source.ts'
import { newId } from '../../support/fixtures.ts'

let database: TestDatabase
const login = `torikomi_plain_${newId().slice(-12)}`

beforeAll(async () => {
  database = await freshDatabase()
  await database.pool.query(`create role ${login} login password 'plain'`)
})
afterAll(async () => {
  await database.pool.query(`drop role if exists ${login}`)
  await database.close()
})

test('a login that may not make the queue’s schema is told before the start, unless the schema is there', async () => {
  const url = new URL(databaseUrl(database.url, new URL(database.url).pathname.slice(1)))
  url.username = login
  url.password = 'plain'
  const pool = new pg.Pool({ connectionString: url.href, max: 1 })
  try {
    await expect(checkQueueSchema(pool)).rejects.toThrow(`GRANT CREATE ON DATABASE … TO "${login}"`)
    await expect(checkQueueSchema(database.pool)).resolves.toBeUndefined()
    await database.pool.query('create schema torikomi_queue')
    await expect(checkQueueSchema(pool)).resolves.toBeUndefined()
  } finally {
    await pool.end()
  }
})
