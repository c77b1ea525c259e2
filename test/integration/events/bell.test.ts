import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant } from '../../support/fixtures.ts'

let database: TestDatabase
let listening: pg.Client
let heard = 0
let shopId: string
beforeAll(async () => {
  database = await freshDatabase()
  const { id: tenantId } = await makeTenant(database.db)
  shopId = (await makeShop(database.db, { tenantId })).id
  listening = new pg.Client({ connectionString: database.url })
  await listening.connect()
  listening.on('notification', () => {
    heard += 1
  })
  await listening.query('listen torikomi_events')
})
afterAll(async () => {
  await listening?.end()
  await database?.close()
})

const rename = (queries: Pick<pg.Pool, 'query'>, name: string) =>
  queries.query('update shops set name = $2 where id = $1', [shopId, name])
const until = (count: number) => expect.poll(() => heard, { timeout: 15_000 }).toBeGreaterThanOrEqual(count)

it('tells of many commits by few notifications, of the last one too', async () => {
  await rename(database.pool, 'first')
  await until(1)
  const before = heard
  for (let n = 0; n < 100; n += 1) await rename(database.pool, `${n}`)
  await until(before + 1)
  expect(heard - before).toBeLessThan(100)
  const { rows } = await database.pool.query('select count(*)::int as events from events')
  expect(rows[0].events).toBeGreaterThan(100)
})

it('rings when a transaction has ended', async () => {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    await rename(client, 'in a transaction')
    const before = heard
    await client.query('commit')
    await until(before + 1)
  } finally {
    client.release()
  }
})

it('leaves the ringing to the process: a NOTIFY in a trigger makes all commits of the server wait for each other', async () => {
  const { rows } = await database.pool.query(
    "select proname from pg_proc where prosrc ilike '%pg_notify%' and pronamespace = 'public'::regnamespace",
  )
  expect(rows).toEqual([])
})
