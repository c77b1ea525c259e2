import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Marketplace } from '../../../src/generated/prisma/enums.ts'
import { readQuiet } from '../../../src/platform/db/data-steps.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { asTenant } from '../../../src/platform/db/tenant-scope.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { testMalls } from '../../support/malls/test-malls.ts'

/**
 * A process of 1.0.0 or 1.1.0 throws when it reads a shop of a mall that came later. Its sessions are named
 * as those releases name them, and send what those releases send.
 */

let database: TestDatabase
let rest: RestServer
let tenantId: string
let headers: Record<string, string>

beforeAll(async () => {
  database = await freshDatabase()
  rest = await restServer(database.db, { marketplaces: testMalls() })
})

const opened: pg.Client[] = []

afterAll(async () => {
  for (const client of opened) await client.end()
  await rest.close()
  await database.close()
})

beforeEach(async () => {
  for (const client of opened.splice(0)) await ended(client)
  await database.pool.query('delete from tenants')
  await database.pool.query(`delete from data_steps where name = 'instance'`)
  tenantId = (await makeTenant(database.db)).id
  headers = await rest.keyFor(tenantId)
})

async function session(name: string, url = database.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name })
  opened.push(client)
  await client.connect()
  return client
}

const register = (more: object = {}) =>
  rest.app.inject({
    method: 'POST',
    url: '/v1/shops',
    headers,
    payload: { marketplace: 'connector', code: 'own', name: '自社サイト', ...more },
  })

/** Of 1.1.0's start, in any role. */
const FIRST_START = `insert into data_steps (name, place) select 'instance', 'here' on conflict (name) do nothing`
/** Of its worker and its listener. */
const CLAIM = `insert into shop_turns as w (shop_id, holder, lease_until)
select id, gen_random_uuid(), now() from shops limit 1 on conflict (shop_id) do update set lease_until = excluded.lease_until`
const RENEW = `update shop_turns set lease_until = now()`
const REGISTER_LISTENER = `insert into listeners (id, alive_until) values ('older', now()) on conflict (id) do update set alive_until = now()`
const STATEMENTS = [FIRST_START, CLAIM, RENEW, REGISTER_LISTENER]

test('the malls of the database are in the order in which releases came to know them', async () => {
  const { rows } = await database.pool.query('select unnest(enum_range(null::marketplace))::text as name')
  expect(rows.map(({ name }) => name)).toEqual(Object.values(Marketplace))
})

describe('while a process of an older release runs', () => {
  test('a shop of a later mall is refused, with words, and taken when that process has ended', async () => {
    const older = await session('torikomi')
    const refused = await register()
    expect([refused.statusCode, refused.json()]).toMatchObject([
      409,
      { code: 'CONFLICT', reason: 'older_process' },
    ])
    expect(refused.json().detail).toContain('更新')
    expect(await database.db.shop.count()).toBe(0)
    await ended(older)
    expect((await register()).statusCode).toBe(201)
  })

  test('a name in its DATABASE_URL does not hide it', async () => {
    const url = `${database.url}${database.url.includes('?') ? '&' : '?'}application_name=orders%20of%20kato`
    const own = await openDatabase({ url, log: { warn: () => undefined }, maxConnections: 2 })
    const insert = () => makeShop(own.db, { tenantId, marketplace: 'connector', code: 'own' })
    const older = await session('', url)
    await expect(insert()).rejects.toThrow()
    await ended(older)
    await insert()
    await own.close()
  })

  test('a login that may not look at others’ sessions sees it', async () => {
    const login = `looks_${randomBytes(4).toString('hex')}`
    await database.pool.query(`create role ${login} login password 'x'`)
    await database.pool.query(`grant torikomi_service, torikomi_tenant to ${login}`)
    const url = new URL(database.url)
    url.username = login
    url.password = 'x'
    const own = await openDatabase({ url: url.href, log: { warn: () => undefined }, maxConnections: 2 })
    const insert = () =>
      asTenant(tenantId, () => makeShop(own.db, { tenantId, marketplace: 'connector', code: 'own' }))
    const older = await session('torikomi')
    await expect(insert()).rejects.toThrow()
    await ended(older)
    await insert()
    await own.close()
    await database.pool.query(`drop role ${login}`)
  })

  test('processes of this release and people at psql hold nobody up', async () => {
    await session('psql')
    await session('torikomi malls=5')
    await session('torikomi malls=12')
    expect((await register()).statusCode).toBe(201)
  })

  test('shops of the malls that it knows are taken', async () => {
    await session('torikomi')
    await makeShop(database.db, { tenantId, marketplace: 'aupay', code: '1' })
    expect(await database.db.shop.count()).toBe(1)
  })
})

describe('a process of an older release that starts or comes back', () => {
  test.each(STATEMENTS)('is refused once there is a shop of a later mall: %s', async (statement) => {
    await makeShop(database.db, { tenantId, marketplace: 'connector', code: 'own' })
    const older = await session('torikomi')
    await expect(older.query(statement)).rejects.toThrow(
      'this database has shops of connector, which this release cannot read: start a newer release',
    )
    const newer = await session('torikomi malls=5')
    await newer.query(statement)
  })

  test.each(STATEMENTS)('works where there is none: %s', async (statement) => {
    await makeShop(database.db, { tenantId, marketplace: 'aupay', code: '1' })
    await (await session('torikomi')).query(statement)
  })

  test('this release starts beside such a shop', async () => {
    await makeShop(database.db, { tenantId, marketplace: 'connector', code: 'own' })
    expect(await readQuiet(database.pool, new Date())).toBe(null)
  })

  test.each([true, false])('waits for a shop that is being registered (kept: %s)', async (kept) => {
    const older = await session('torikomi malls=5')
    const registered = Promise.withResolvers<void>()
    const end = Promise.withResolvers<void>()
    const registering = inTransaction(database.pool, async (client) => {
      await client.query(
        `insert into shops (id, tenant_id, marketplace, code, name, created_at, updated_at)
         values (gen_random_uuid(), $1, 'connector', 'own', 'own', now(), now())`,
        [tenantId],
      )
      registered.resolve()
      await end.promise
      if (!kept) throw new Error('not kept')
    }).catch((error: Error) => error.message)
    await registered.promise
    // Its session was not there when the shop was inserted.
    await older.query(`set application_name = 'torikomi'`)
    const started = older.query(FIRST_START).then(
      () => 'started',
      () => 'refused',
    )
    await untilWaiting(older)
    end.resolve()
    expect([await registering, await started]).toEqual(
      kept ? [undefined, 'refused'] : ['not kept', 'started'],
    )
  })
})

async function stateOf(client: pg.Client): Promise<string> {
  const { processID } = client as unknown as { processID: number }
  const { rows } = await database.pool.query<{ state: string }>(
    `select coalesce(wait_event_type, state) as state from pg_stat_activity where pid = $1`,
    [processID],
  )
  return rows[0]?.state ?? 'gone'
}

const untilWaiting = (client: pg.Client) => expect.poll(() => stateOf(client)).toBe('Lock')

/** The server notices the end of a session a moment later. */
async function ended(client: pg.Client): Promise<void> {
  await client.end()
  await expect.poll(() => stateOf(client)).toBe('gone')
}
