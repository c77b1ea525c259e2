import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { dumpDatabase } from '../../support/database/personal-data.ts'
import { makeMailbox, makeShop, makeTenant } from '../../support/fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

test('what is sealed is not in a dump, what is in clear is', async () => {
  const tenant = await makeTenant(database.db, { name: '見える名前' })
  const shop = await makeShop(database.db, {
    tenantId: tenant.id,
    credentials: { serviceSecret: 'SP-hidden-secret', licenseKey: 'SL-hidden-key' },
  })
  await makeMailbox(database.db, {
    tenantId: tenant.id,
    username: 'hidden-user@example.jp',
    password: 'hidden-password',
    shopIds: [shop.id],
  })
  const dump = await dumpDatabase(database.url)
  expect(dump).toContain('見える名前')
  for (const secret of ['SP-hidden-secret', 'SL-hidden-key', 'hidden-user', 'hidden-password'])
    expect(dump).not.toContain(secret)
})

test('text in a bytea column, an array, a JSON column or another schema is found', async () => {
  await database.pool.query(
    `CREATE SCHEMA other; CREATE TABLE other.jobs (data bytea, list text[], doc jsonb)`,
  )
  const values = [Buffer.from('bytes 髙橋'), ['list 髙橋'], JSON.stringify({ name: 'doc 髙橋' })]
  await database.pool.query('INSERT INTO other.jobs VALUES ($1, $2, $3)', values)
  const dump = await dumpDatabase(database.url)
  for (const text of ['bytes 髙橋', 'list 髙橋', 'doc 髙橋']) expect(dump).toContain(text)
})
