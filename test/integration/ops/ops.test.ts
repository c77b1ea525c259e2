import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { buildApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { runOps } from '../../../src/ops/commands.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createSealer, parseEncryptionKeys } from '../../../src/platform/crypto/sealer.ts'
import { closeRedis, connectRedis } from '../../../src/platform/queue/engines.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { audit } from '../../../src/shops/tenants/audit.ts'
import { createDoorFailures } from '../../../src/shops/tenants/door-failures.ts'
import { newAccount } from '../../../src/staff/accounts.ts'
import { emailLock, secondFactorLock } from '../../../src/staff/locks.ts'
import { emptyDatabase, freshDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeOrder, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { SMTP_APPLICATION, startSmtpServer, tokenEndpoint } from '../../support/mail/smtp-server.ts'
import { redisMissing, startRedis } from '../../support/redis.ts'
import { noEnvFile, ops, TEST_KEYS } from '../../support/service/service.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function database() {
  const made = await freshDatabase()
  cleanups.push(() => made.close())
  return made
}

async function mall(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  cleanups.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function tokens(token: string): Promise<string> {
  const provider = await tokenEndpoint(token)
  cleanups.push(() => provider.close())
  return provider.url
}

const MALL_URLS = [
  'YAHOO_API_URL',
  'YAHOO_AUTH_URL',
  'RAKUTEN_API_URL',
  'AMAZON_API_URL',
  'AMAZON_AUTH_URL',
  'AUPAY_API_URL',
]
const allMallsAt = (url: string) => Object.fromEntries(MALL_URLS.map((name) => [name, url]))

test('migrate brings an empty database up to date; a start that may not do so says what to run', async () => {
  const { url, close } = await emptyDatabase()
  cleanups.push(close)
  const config = loadConfig({
    DATABASE_URL: url,
    ENCRYPTION_KEYS: TEST_KEYS,
    OPERATOR_API_KEY: 'operator',
    PORT: '0',
    MIGRATE_ON_START: 'no',
  })
  const log = pino({ level: 'silent' })
  await expect(buildApp(config, { log })).rejects.toThrow(/lacks \d+ migrations.*npm run ops -- migrate/)
  expect((await ops(['version'], { DATABASE_URL: url })).code).toBe(1)
  const { code, output } = await ops(['migrate'], { DATABASE_URL: url })
  const lines = output.split('\n')
  expect(lines.slice(-3, -1)).toEqual([
    'functions and triggers: up to date',
    'row-level security: up to date',
  ])
  expect({ code, last: lines.at(-1) }).toEqual({
    code: 0,
    last: expect.stringMatching(/^\d+ migrations applied$/),
  })
  expect((await ops(['migrate'], { DATABASE_URL: url })).output).toBe('the schema is up to date')
  const app = await buildApp(config, { log })
  await app.stop()
})

test('version tells release, revision and schema', async () => {
  const { url } = await database()
  const { code, output } = await ops(['version'], { DATABASE_URL: url, REVISION: 'abc1234' })
  expect(code).toBe(0)
  expect(output).toContain(`release   ${packageJson.version}\nrevision  abc1234\n`)
  expect(output).toMatch(/schema {4}\d{14}_\w+$/)
})

test('version answers without settings, as of an image that has none yet', async () => {
  const { code, output } = await ops(['version'], { NODE_ENV: 'production', REVISION: 'abc1234' })
  expect([code, output]).toEqual([
    0,
    expect.stringMatching(/^release {3}\S+\nrevision {2}abc1234\nnode .+\nschema {4}unknown: settings/),
  ])
})

test('doctor finds nothing where nothing is wrong', async () => {
  const { url } = await database()
  const redis = redisMissing ? null : await startRedis()
  if (redis) cleanups.push(() => redis.stop())
  const { code, output } = await ops(['doctor'], {
    DATABASE_URL: url,
    ...allMallsAt(await mall()),
    ...(redis ? { REDIS_URL: redis.url } : {}),
  })
  expect(output).not.toMatch(/^NG(?! {2}redis)/m)
  expect(code).toBe(/maxmemory-policy (?!noeviction)\w+/.test(output) ? 1 : 0)
})

test('doctor names each thing that is wrong with what to do, and no secret', async () => {
  const { url, db } = await database()
  const tenant = await makeTenant(db)
  await makeShop(db, { tenantId: tenant.id, credentials: { serviceSecret: 'x', licenseKey: 'y' } })
  const { code, output } = await ops(['doctor'], {
    DATABASE_URL: url,
    ENCRYPTION_KEYS: `other:${Buffer.alloc(32, 9).toString('base64')}`,
    REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
    SMTP_URL: 'smtp://user:hunter2@127.0.0.1:1',
    ...allMallsAt('http://127.0.0.1:1'),
  })
  expect(code).toBe(1)
  const lines = output.split('\n').filter((line) => line.startsWith('NG'))
  expect(lines.map((line) => line.split(/\s+/)[1])).toEqual(['keys', 'redis', 'smtp', 'mall'])
  expect(output).toContain('ENCRYPTION_KEYS does not open the stored credentials of shops')
  expect(output).not.toContain('hunter2')
})

test('doctor names connections of an older release, and the malls that wait for their end', async () => {
  const { url } = await database()
  const older = new pg.Client({ connectionString: url, application_name: 'torikomi' })
  await older.connect()
  const { output } = await ops(['doctor'], { DATABASE_URL: url, ...allMallsAt(await mall()) })
  await older.end()
  expect(output).toContain('!!  releases   1 connections of an older release')
  expect(output).toMatch(/-> no shop of connector\b.* can be registered until its processes have ended/)
})

test('doctor signs in to the mail server as the service does, also by OAuth', async () => {
  const { url } = await database()
  const smtp = await startSmtpServer()
  cleanups.push(() => smtp.close())
  const provider = await tokens('for-smtp')
  const env = {
    DATABASE_URL: url,
    ...allMallsAt(await mall()),
    MICROSOFT_AUTH_URL: provider,
    SMTP_URL: smtp.url.replace('smtp://', 'smtp://notices%40example.jp@'),
    SMTP_OAUTH: SMTP_APPLICATION,
  }
  smtp.token = 'for-smtp'
  expect(await ops(['doctor'], env)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^OK {2}smtp +127\.0\.0\.1:\d+ takes the login$/m),
  })
  expect(smtp.tokens).toEqual(['for-smtp'])
  smtp.token = 'another'
  expect(await ops(['doctor'], env)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^NG {2}smtp /m),
  })
})

test('doctor tells settings that cannot be read instead of ending', async () => {
  const { code, output } = await ops(['doctor'], { PORT: 'x' })
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringContaining('NG  settings   PORT must be'),
  })
})

const lineOf = (output: string, name: string) =>
  output.split('\n').find((line) => line.split(/\s+/)[1] === name) ?? ''

test('doctor tells a password that is refused as such, once', async () => {
  const { url } = await database()
  const wrong = new URL(url)
  wrong.password = 'hunter2'
  const { code, output } = await ops(['doctor'], { DATABASE_URL: wrong.href, ...allMallsAt(await mall()) })
  expect(code).toBe(1)
  expect(output).toMatch(/^NG {2}postgres .*\n +-> the Postgres at .* refuses the user or the password/m)
  for (const name of ['schema', 'tenants', 'clock', 'keys'])
    expect(lineOf(output, name)).toMatch(/^-- .*not looked at without the database$/)
  expect(output).not.toContain('hunter2')
})

test('doctor looks at no keys and no wall in a schema that is not there', async () => {
  const { url, close } = await emptyDatabase()
  cleanups.push(close)
  const { output } = await ops(['doctor'], { DATABASE_URL: url, ...allMallsAt(await mall()) })
  expect(lineOf(output, 'schema')).toMatch(/^NG .* migrations are missing$/)
  for (const name of ['tenants', 'keys'])
    expect(lineOf(output, name)).toMatch(/^-- .*not looked at without the schema$/)
  expect(lineOf(output, 'clock')).toMatch(/^OK /)
})

test('doctor tells a server that only reads', async () => {
  const { url, pool } = await database()
  const name = new URL(url).pathname.slice(1)
  await pool.query(`alter database "${name}" set default_transaction_read_only = on`)
  const { code, output } = await ops(['doctor'], { DATABASE_URL: url, ...allMallsAt(await mall()) })
  expect([code, output]).toEqual([1, expect.stringMatching(/^NG {2}\w+ +Postgres only reads/m)])
  expect(output.match(/only reads/g)).toHaveLength(1)
})

test('doctor finds a clock that is wrong', async () => {
  const { url } = await database()
  const lines: string[] = []
  await runOps(['doctor'], {
    env: { ...noEnvFile(), DATABASE_URL: url, ENCRYPTION_KEYS: TEST_KEYS, ...allMallsAt(await mall()) },
    random: systemRandom,
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
    clock: { ...systemClock, now: () => systemClock.now() + 60_000 },
  })
  expect(lineOf(lines.join('\n'), 'clock')).toMatch(/^NG .* -(59|60)\d{3} ms between/)
})

test.skipIf(redisMissing)(
  'doctor tells a Redis that wants a password from one that is away [needs redis-server on the PATH]',
  async () => {
    const { url } = await database()
    const redis = await startRedis()
    cleanups.push(() => redis.stop())
    const admin = connectRedis(redis.url, pino({ level: 'silent' }))
    await admin.config('SET', 'requirepass', 'secret')
    await closeRedis(admin, 1_000)
    const env = { DATABASE_URL: url, ...allMallsAt(await mall()) }
    for (const redisUrl of [redis.url, redis.url.replace('redis://', 'redis://:hunter2@')])
      expect(lineOf((await ops(['doctor'], { ...env, REDIS_URL: redisUrl })).output, 'redis')).toMatch(
        /^NG .*answers, and refuses the user or the password$/,
      )
  },
)

test('doctor tells names that are likely misspelt, and finds no fault in them', async () => {
  const { url } = await database()
  const { code, output } = await ops(['doctor'], {
    DATABASE_URL: url,
    ...allMallsAt(await mall()),
    SWEEP_INTERVAL_SECOND: 'hunter2',
  })
  expect(output).toContain(
    '!!  settings   SWEEP_INTERVAL_SECOND is no setting and is ignored: did you mean SWEEP_INTERVAL_SECONDS?',
  )
  expect(output).not.toContain('hunter2')
  expect(code).toBe(0)
})

test('tenants, keys and attention list what is there; retry asks again', async () => {
  const { url, db } = await database()
  const env = { DATABASE_URL: url }
  const tenant = await makeTenant(db, { name: '見本商事' })
  const shop = await makeShop(db, { tenantId: tenant.id })
  await makeMailbox(db, { tenantId: tenant.id, shopIds: [shop.id] })
  expect((await ops(['tenants'], env)).output).toMatch(new RegExp(`${tenant.id}.*見本商事`))
  expect((await ops(['keys'], env)).code).toBe(0)
  expect((await ops(['attention'], env)).code).toBe(0)
  await db.shop.update({
    where: { id: shop.id },
    data: { attentionCode: 'RAKUTEN_KEY_REFUSED', attentionMessage: '…', attentionSince: new Date() },
  })
  expect(await ops(['attention'], env)).toMatchObject({
    code: 1,
    output: expect.stringContaining('RAKUTEN_KEY_REFUSED'),
  })

  await db.importRequest.create({
    data: {
      id: '0199c0de-0000-7000-8000-000000000001',
      tenantId: tenant.id,
      shopId: shop.id,
      orderNumber: '1',
      source: 'mail',
      state: 'failed',
      outcome: 'NOT_FOUND',
      requestedAt: new Date(),
      finishedAt: new Date(),
      nextAttemptAt: new Date(),
      expiresAt: new Date(),
    },
  })
  expect((await ops(['retry', tenant.id], env)).output).toBe('1 import requests are asked again')
  expect(await db.importRequest.findFirst()).toMatchObject({ state: 'waiting' })
})

test('what is not understood ends with 64 and says how it is meant', async () => {
  expect(await ops(['dance'], {})).toMatchObject({
    code: 64,
    output: expect.stringContaining('npm run ops -- doctor'),
  })
  expect(await ops(['retry', 'x'], {})).toMatchObject({
    code: 64,
    output: expect.stringContaining('usage: '),
  })
})

test('accounts: listed, unlocked, rid of a lost phone', async () => {
  const { url, db } = await database()
  const sealer = createSealer(parseEncryptionKeys(TEST_KEYS), systemRandom)
  const env = { DATABASE_URL: url }
  const tenant = await makeTenant(db, { name: '見本商事' })
  const tools = { sealer, newId, clock: systemClock }
  const person = { tenantId: tenant.id, role: 'owner', name: '見本 花子', passwordHash: null } as const
  const { id } = await db.staffAccount.create({
    data: newAccount(tools, { ...person, email: 'hanako@example.jp' }),
  })
  await db.staffAccount.update({
    where: { id },
    data: { sealedTotp: sealer.of(tenant.id).seal(`staff:${id}:totp`, 'x') },
  })
  expect((await ops(['accounts'], env)).output).toMatch(
    new RegExp(`${id} .* owner .* yes .* 見本商事 .* hanako@example.jp$`),
  )
  const failures = createDoorFailures({ db, clock: systemClock })
  const locks = [emailLock(sealer, 'Hanako@example.jp'), secondFactorLock(id)]
  for (let tries = 0; tries < 10; tries++) await failures.note(locks)
  expect(await failures.lockedFor(locks)).not.toBeNull()
  expect((await ops(['accounts', 'unlock', id], env)).code).toBe(0)
  expect(await failures.lockedFor(locks)).toBeNull()
  expect((await ops(['accounts', 'reset-second-factor', id], env)).code).toBe(0)
  expect((await db.staffAccount.findUniqueOrThrow({ where: { id } })).sealedTotp).toBeNull()
  expect(await db.auditEntry.findMany({ orderBy: { id: 'asc' } })).toMatchObject([
    { action: 'staff.unlocked', actor: 'ops', target: id },
    { action: 'staff.second_factor_removed', actor: 'ops', target: id, tenantId: tenant.id },
  ])
  expect(await ops(['accounts', 'unlock', tenant.id], env)).toMatchObject({ code: 64 })
})

test('audit verify: 0 while the chain holds, 1 with the entry that was changed', async () => {
  const { url, db, pool } = await database()
  const env = { DATABASE_URL: url }
  const tools = { newId, clock: systemClock }
  const note = { tenantId: null, actor: 'operator', action: 'tenant.created', target: 'x', data: {} } as const
  for (let count = 0; count < 3; count++) await audit(db, tools, note)
  const { code, output } = await ops(['audit', 'verify'], env)
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/^3 entries checked.*\nhead \w{64}\ndone/),
  })
  const [, second] = await db.auditEntry.findMany({ orderBy: { id: 'asc' } })
  await pool.query(`alter table audit_entries disable trigger user`)
  await pool.query(`update audit_entries set target = 'y' where id = $1`, [second?.id])
  expect(await ops(['audit', 'verify'], env)).toMatchObject({
    code: 1,
    output: expect.stringContaining(`entry ${second?.id}, its content was changed (changed)`),
  })
})

test('erase takes one buyer of one tenant, and says what it needs', async () => {
  const { url, db } = await database()
  const env = { DATABASE_URL: url }
  const tenant = await makeTenant(db)
  expect((await ops(['erase', tenant.id, '--phone', '090-9999-8888'], env)).output).toMatch(/^0 orders lost/)
  expect(await db.erasure.findFirst()).toMatchObject({
    kind: 'phone',
    requestedBy: 'ops',
    tenantId: tenant.id,
  })
  for (const wrong of [
    [tenant.id, '--phone', '8888'],
    [tenant.id, '--email', 'nobody'],
    [tenant.id, '--name', 'x'],
    [newId(), '--phone', '090-9999-8888'],
  ])
    expect([wrong, (await ops(['erase', ...wrong], env)).code]).toEqual([wrong, 64])
  expect(await db.erasure.count()).toBe(1)
})

test('erase by a number that two shops have wants the shop, and takes its order alone', async () => {
  const { url, db } = await database()
  const env = { DATABASE_URL: url }
  const { id: tenantId } = await makeTenant(db)
  const shops = await Promise.all(['a', 'b'].map((code) => makeShop(db, { tenantId, code })))
  for (const { id: shopId } of shops) await makeOrder(db, { tenantId, shopId, orderNumber: '#1001' })
  const [mine] = shops
  const one = ['erase', tenantId, '--number', '#1001']
  expect(await ops(one, env)).toMatchObject({
    code: 64,
    output: expect.stringMatching(new RegExp(`--shop: .*${mine?.id}`)),
  })
  for (const wrong of [['--shop'], ['--shop', newId()], ['--mall', `${mine?.id}`]])
    expect([wrong, (await ops([...one, ...wrong], env)).code]).toEqual([wrong, 64])
  expect((await ops([...one, '--shop', `${mine?.id}`], env)).output).toMatch(/^1 orders lost/)
  const erased = await db.order.findMany({ where: { erasedAt: { not: null } }, select: { shopId: true } })
  expect(erased).toEqual([{ shopId: mine?.id }])
})
