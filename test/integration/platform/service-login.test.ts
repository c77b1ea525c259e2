import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { buildApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { readRowSecurity } from '../../../src/platform/db/roles.ts'
import { emptyDatabase, freshDatabase, makeLogins } from '../../support/database/database.ts'
import { ops, TEST_KEYS } from '../../support/service/service.ts'

/**
 * `ops migrate --login`, as the job of docker-compose.yml and of kubernetes/base gives it: before the
 * service, at each update, in any state.
 */

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})
const log = pino({ level: 'silent' })

async function ask<T>(url: string, sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows as T[]
  } finally {
    await client.end()
  }
}

/** Another database of it, for what may only go after this one. */
const serverOf = (url: string) => url.replace(/\/[^/]*$/, '/postgres')

/** The address of a login that is not there yet, with a password that has to be quoted. */
function serviceUrl(url: string): string {
  const made = new URL(url)
  made.username = `Torikomi-app_${randomBytes(4).toString('hex')}`
  made.password = encodeURIComponent(`it's $1 "${randomBytes(6).toString('hex')}"`)
  const login = made.username
  // Its rights are in the database, which goes first.
  cleanups.unshift(() => ask(serverOf(url), `drop role if exists "${login}"`))
  return made.href
}

async function database(kind: typeof emptyDatabase | typeof freshDatabase) {
  const { url, close } = await kind()
  cleanups.push(close)
  return url
}

const job = (owner: string, service: string, env: Record<string, string> = {}) =>
  ops(['migrate', '--login'], { DATABASE_MIGRATE_URL: owner, DATABASE_URL: service, ...env })

async function starts(service: string): Promise<void> {
  const config = loadConfig({
    DATABASE_URL: service,
    ENCRYPTION_KEYS: TEST_KEYS,
    OPERATOR_API_KEY: 'operator',
    PORT: '0',
    MIGRATE_ON_START: 'no',
  })
  const app = await buildApp(config, { log })
  await app.stop()
}

test('on an empty database: the login is made, owns nothing, may do little, and the service starts under it', async () => {
  const owner = await database(emptyDatabase)
  const service = serviceUrl(owner)
  const { code, output } = await job(owner, service)
  expect({ code, last: output.split('\n').at(-1) }).toEqual({
    code: 0,
    last: expect.stringContaining(': made; it owns nothing'),
  })
  expect(output).not.toContain('$1')
  const login = new URL(service).username
  expect(
    await ask(
      owner,
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         (select count(*)::int from pg_class where relowner = r.oid) as owned from pg_roles r where rolname = $1`,
      [login],
    ),
  ).toEqual([
    {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      owned: 0,
    },
  ])
  expect(await readRowSecurity(service)).toMatchObject({ walls: true, ownsAll: false })
  await starts(service)
  for (const statement of [
    'create table mine (id int)',
    'alter table orders disable row level security',
    'alter table audit_entries disable trigger all',
    'drop policy torikomi_tenant on orders',
    'create role other',
    'select * from pg_authid',
  ])
    await expect(ask(service, statement), statement).rejects.toThrow(/permission denied|must be owner/)
})

test('the password is known to the server as a verifier alone, and follows DATABASE_URL', async () => {
  const owner = await database(emptyDatabase)
  const service = serviceUrl(owner)
  await job(owner, service)
  const renewed = new URL(service)
  renewed.password = 'another'
  expect((await job(owner, renewed.href)).output).toContain(
    'there already; rights and password are up to date',
  )
  await expect(ask(service, 'select 1')).rejects.toThrow(/password authentication failed/)
  expect(await ask(renewed.href, 'select 1 as one')).toEqual([{ one: 1 }])
  const [stored] = await ask<{ rolpassword: string }>(
    owner,
    'select rolpassword from pg_authid where rolname = $1',
    [renewed.username],
  )
  expect(stored?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/)
})

test('a queue that a superuser’s service has left changes hands, and goes on', async () => {
  const owner = await database(freshDatabase)
  await starts(owner)
  const service = serviceUrl(owner)
  const inQueue = `select count(*)::int as n from pg_class where relnamespace = to_regnamespace('torikomi_queue')`
  const [left] = await ask<{ n: number }>(owner, inQueue)
  expect(left?.n).toBeGreaterThan(5)
  await job(owner, service)
  const foreign = await ask(
    owner,
    `select nspname, relname from pg_class c join pg_namespace n on n.oid = relnamespace
     where nspname in ('torikomi_queue', 'torikomi_lanes') and relowner <> (select oid from pg_roles where rolname = $1)`,
    [new URL(service).username],
  )
  expect(foreign).toEqual([])
  await starts(service)
})

test('with Redis it may make no schema in the database', async () => {
  const owner = await database(emptyDatabase)
  const service = serviceUrl(owner)
  await job(owner, service, { REDIS_URL: 'redis://127.0.0.1:1' })
  await expect(ask(service, 'create schema mine')).rejects.toThrow(/permission denied/)
})

test('an installation whose one login owns everything goes on, and is told', async () => {
  const owner = await database(emptyDatabase)
  for (const env of [{ DATABASE_URL: owner }, { DATABASE_URL: owner, DATABASE_MIGRATE_URL: owner }])
    expect(await ops(['migrate', '--login'], env)).toMatchObject({
      code: 0,
      output: expect.stringContaining('the one that migrates as well'),
    })
  await starts(owner)
  expect((await readRowSecurity(owner)).ownsAll).toBe(true)
})

test('a superuser is left as it is', async () => {
  const owner = await database(emptyDatabase)
  const service = serviceUrl(owner)
  const name = new URL(service).username
  await ask(owner, `create role "${name}" superuser login password 'as it was'`)
  expect((await job(owner, service)).output).toContain('a superuser, and left as it is')
  const [role] = await ask(owner, 'select rolsuper from pg_roles where rolname = $1', [name])
  expect(role).toEqual({ rolsuper: true })
})

test('an owner that is no superuser makes it too; one that may not says what to do', async () => {
  const url = await database(emptyDatabase)
  const logins = await makeLogins(url, serverOf(url))
  cleanups.unshift(() => logins.drop())
  const service = serviceUrl(url)
  const name = new URL(logins.owner).username
  const at = new URL(url).pathname.slice(1)
  // The roles are the server's, and another database of it has made them: then they are not this one's to
  // grant.
  await ask(url, `grant torikomi_service, torikomi_tenant, torikomi_reports to ${name} with admin option`)
  await expect(job(logins.owner, service)).rejects.toThrow(/queue without Redis .* "grant create on database/)
  await ask(url, `grant create on database ${at} to ${name} with grant option`)
  expect((await job(logins.owner, service)).output).toContain(': made; it owns nothing')
  await starts(service)
  await ask(url, `alter role ${name} nocreaterole`)
  await expect(job(logins.owner, serviceUrl(url))).rejects.toThrow(/cannot be made .* let a superuser run/)
})

test('more than it knows is not understood', async () => {
  expect((await ops(['migrate', '--logins'], {})).code).toBe(64)
})
