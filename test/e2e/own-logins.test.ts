import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantLogins, type Logins, makeLogins } from '../support/database/database.ts'
import { ops, TEST_KEYS } from '../support/service/service.ts'
import { startWorld, type World, waitForStaged } from '../support/service/world.ts'

/**
 * The whole way of an order where the service's login is no superuser and owns nothing, and the migrations
 * ran under another.
 */

let world: World
let logins: Logins
beforeAll(async () => {
  world = await startWorld({
    environment: { MIGRATE_ON_START: 'no', ENCRYPTION_KEYS: TEST_KEYS },
    databaseUrl: async (url) => {
      logins = await makeLogins(url)
      // As the job of docker-compose.yml does it, before the service.
      await ops(['migrate', '--login'], { DATABASE_MIGRATE_URL: url, DATABASE_URL: logins.service })
      await grantLogins(url, { reports: logins.reports })
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
  expect(world.service().output()).not.toContain('as the service itself')
})

test('what an operator does by hand works under it too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-own-logins-'))
  const file = join(folder, 'backup')
  const env = { DATABASE_URL: logins.service, BACKUP_KEY: Buffer.alloc(32, 5).toString('base64') }
  try {
    for (const [command, said] of [
      ['version', 'schema'],
      ['tenants', 'active'],
      ['keys', ''],
      ['accounts', ''],
      ['attention', ''],
      ['audit verify', 'done: nothing was changed'],
      ['keys rotate', 'done'],
      [`backup ${file}`, ''],
      [`backup verify ${file}`, ''],
    ] as const)
      expect(await ops(command.split(' '), env), command).toMatchObject({
        code: 0,
        output: expect.stringContaining(said),
      })
    const { output } = await ops(['doctor'], env)
    for (const line of ['postgres', 'schema', 'tenants', 'clock', 'keys'])
      expect(output).toMatch(new RegExp(`^OK  ${line} `, 'm'))
    expect(output).toContain('workers as a role that owns nothing')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the operator’s counts and lists are read as the role of reports', async () => {
  const ask = async (route: string) => {
    const answer = await fetch(`${world.service().url}/v1/admin/${route}`, {
      headers: { authorization: `Bearer ${world.operatorKey}` },
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const { pool } = world.database
  const health = await fetch(`${world.service().url}/v1/admin/health`, {
    headers: { authorization: `Bearer ${world.operatorKey}` },
  })
  const { parts } = (await health.json()) as { parts: { part: string; state: string }[] }
  expect(parts.find(({ part }) => part === 'database')?.state).toBe('ok')
  expect(parts.map(({ part }) => part)).toContain('shops')
  for (const [route, table] of [
    ['health', 'shops'],
    ['attention', 'mailboxes'],
    ['unknown-fields', 'unknown_fields'],
    ['api-keys', 'api_keys'],
    ['tenants', 'tenants'],
    ['audit', 'audit_entries'],
    ['notifications', 'mall_notifications'],
  ] as const) {
    expect(await ask(route), route).toBe(200)
    // Who may not read the table any more is who read it.
    await pool.query(`revoke select on ${table} from torikomi_reports`)
    expect(await ask(route), route).toBe(500)
    await pool.query(readFileSync(new URL('../../prisma/row-security.sql', import.meta.url), 'utf8'))
    expect(await ask(route), route).toBe(200)
  }
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
