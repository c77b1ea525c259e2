import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantLogins, type Logins, makeLogins } from '../support/database/logins.ts'
import { startWorld, type World, waitForStaged } from '../support/service/world.ts'

/** The whole way of an order where the service's login is no superuser and owns nothing, and the migrations ran under another. */

let world: World
let logins: Logins
beforeAll(async () => {
  world = await startWorld({
    environment: { MIGRATE_ON_START: 'no' },
    databaseUrl: async (url) => {
      logins = await makeLogins(url)
      await grantLogins(url, logins)
      return logins.service
    },
  })
})
afterAll(() => world?.close())

test('an order comes in by its mail and is pulled', async () => {
  const { orderNumber } = world.sandbox.malls.rakuten.place()
  await waitForStaged(world, 1)
  const { client } = world.registration
  const pulled = await client.post('/orders/pull', {}, { 'idempotency-key': 'own-logins' })
  expect(JSON.stringify(pulled)).toContain(orderNumber)
  const { rows } = await world.database.pool.query<{ owned: number; super: boolean; bound: boolean }>(
    `select (select count(*)::int from pg_class where relowner = r.oid and relnamespace = 'public'::regnamespace) as owned, rolsuper as super,
       exists (select from pg_stat_activity a where a.datname = current_database() and a.usename = r.rolname) as bound
     from pg_roles r where rolname = $1`,
    [new URL(logins.service).username],
  )
  expect(rows).toEqual([{ owned: 0, super: false, bound: true }])
  expect(world.service().output()).not.toContain('row-level security')
})

test('the role of reports counts orders, and reads nothing that is sealed', async () => {
  const client = new pg.Client({ connectionString: logins.reports })
  await client.connect()
  try {
    const { rows } = await client.query('select status, count(*)::int as n from orders group by status')
    expect(rows).toEqual([{ status: 'new', n: 1 }])
    for (const statement of [
      'select sealed_detail from orders',
      'select * from orders',
      'select hash from api_keys',
      'select data from audit_entries',
      'select emails from tenants',
      'select sealed_mail from mails',
      "update orders set status = 'new'",
      'delete from audit_entries',
    ])
      await expect(client.query(statement), statement).rejects.toThrow(/permission denied/)
  } finally {
    await client.end()
  }
})
