import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { inFrames } from '../../../src/ops/backup/backup.ts'
import { eraseBuyer } from '../../../src/orders/erasure.ts'
import { pullAfter, useDesk } from '../../../src/orders/hand-over/hand-over.ts'
import { formatEncryptionKeys } from '../../../src/platform/crypto/sealer.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { createApiKey, NewApiKey, revokeApiKey } from '../../../src/shops/tenants/api-keys.ts'
import { exportAudit } from '../../../src/shops/tenants/audit-routes.ts'
import { beginSession } from '../../../src/staff/sessions.ts'
import { changeStaff, deleteStaff } from '../../../src/staff/staff.ts'
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import {
  heldClock,
  makeMailbox,
  makeOrder,
  makeShop,
  makeTenant,
  newId,
  testSealer,
} from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { ops } from '../../support/service/service.ts'
import { makeStaff, openBrowser, PASSWORD, signedIn } from '../../support/staff/browser.ts'

const BACKUP_KEY = Buffer.alloc(32, 5).toString('base64')
/** Of testSealer. */
const ENCRYPTION_KEYS = formatEncryptionKeys([
  { id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true },
])

const noLog = { info: () => undefined, warn: () => undefined }

let folder: string
let file: string
let source: TestDatabase
let bench: ImportBench
let target: { url: string; close(): Promise<void> }
const env = (url: string) => ({ DATABASE_URL: url, BACKUP_KEY, ENCRYPTION_KEYS })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-backup-'))
  file = join(folder, 'backup')
  source = await freshDatabase()
  target = await emptyDatabase()
  bench = await importBench(source)
  for (const number of numbers(7)) bench.mall.place(number, { orderedAt: '2026-01-01T12:00:00+09:00' })
  await bench.want(numbers(7))
  await bench.run()
  await makeMailbox(source.db, { tenantId: bench.tenantId, name: '引用符 \' と \\ と " と (,)' })
  return async () => {
    await source.close()
    await target.close()
    await rm(folder, { recursive: true, force: true })
  }
})

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** Rows and hash of each table, whatever the order of its rows. */
async function contents(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('_prisma_migrations', 'data_steps', 'feed_history')`,
    )
    const tables: Record<string, string> = {}
    for (const { name } of rows) {
      // A tenant's place in the feed is a number of its server.
      const row = name === 'tenants' ? "(to_jsonb(t) - 'feed_xid' - 'feed_event_id')::text" : 't::text'
      const { rows: sums } = await client.query<{ sum: string }>(
        `select count(*) || ' ' || md5(coalesce(string_agg(${row}, '\n' order by ${row}), '')) as sum from ${name} t`,
      )
      tables[name] = sums[0]?.sum ?? ''
    }
    return tables
  } finally {
    await client.end()
  }
}

async function auditOf(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('select action, actor, target from audit_entries')
  await client.end()
  return rows
}

async function logOfStart(url: string): Promise<string> {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const app = await buildApp(loadConfig({ ...env(url), OPERATOR_API_KEY: 'operator', PORT: '0' }), { log })
  await app.start(['worker'])
  await app.stop()
  return lines.join('')
}

async function saveAudit(): Promise<string> {
  const saved = join(folder, 'audit.jsonl')
  const heavyReads = { run: async <T>(_tenant: string, read: () => Promise<T>) => read() }
  const namesOf = async () => () => ''
  await writeFile(saved, exportAudit({ db: source.db, namesOf, heavyReads }, {}, 'jsonl', undefined))
  return saved
}

test('a table that was partitioned by hand is restored as a plain one', async () => {
  const { order_raws: before } = await contents(source.url)
  await source.pool.query(
    `alter table order_raws rename to order_raws_before;
     create table order_raws (like order_raws_before including all) partition by range (order_id);
     alter table order_raws attach partition order_raws_before for values from (minvalue) to (maxvalue)`,
  )
  await ops(['backup', file], env(source.url))
  expect(await ops(['restore', file], env(target.url))).toMatchObject({ code: 0 })
  expect((await contents(target.url)).order_raws).toBe(before)
})

test('the drill: what is restored into an empty database is the same row by row, and begins quiet until told', async () => {
  const before = await contents(source.url)
  expect(await ops(['backup', file], env(source.url))).toMatchObject({
    code: 0,
    output: expect.stringContaining('verified: '),
  })
  expect((await readFile(file)).includes('orders')).toBe(false)
  const restored = await ops(['restore', file], env(target.url))
  expect(restored).toMatchObject({ code: 0, output: expect.stringContaining('begins quiet') })
  // That it was restored is told in the audit, and is all that is new; events are another server's.
  expect(await contents(target.url)).toEqual({
    ...before,
    audit_entries: expect.stringMatching(/^1 /),
    events: expect.stringMatching(/^0 /),
  })
  expect(before.audit_entries).toMatch(/^0 /)
  expect(await auditOf(target.url)).toEqual([{ action: 'backup.restored', actor: 'ops', target: 'backup' }])
  expect(Number(before.orders?.split(' ')[0])).toBe(7)

  expect(await logOfStart(target.url)).toContain('quiet mode')
  expect((await ops(['resume'], env(target.url))).output).toMatch(/^quiet since .*\(restored\)/)
  expect(await logOfStart(target.url)).not.toContain('quiet mode')
})

test('what had ended after the backup ends again by the audit of the lost database, and the rest is listed', async () => {
  const { tenantId } = bench
  const tools = { ...bench.deps, sealer: testSealer, random: systemRandom, onKeyRevoked: () => undefined }
  const by = { actor: 'operator' }
  const key = await createApiKey(tools, by, tenantId, NewApiKey.parse({ name: 'client' }))
  const owner = await makeStaff(source.db, tenantId, 'owner', 'owner@example.jp')
  const gone = await makeStaff(source.db, tenantId, 'staff', 'gone@example.jp')
  const lower = await makeStaff(source.db, tenantId, 'staff', 'lower@example.jp')
  const holder = await source.db.staffAccount.findUniqueOrThrow({ where: { id: owner.id } })
  const from = { address: '203.0.113.7', userAgent: 'x', device: null }
  const staffTools = { ...tools, publicUrl: null, sendMail: null }
  await source.db.$transaction((tx) => beginSession(staffTools, tx, holder, 'signed_in', from))
  const [number = ''] = numbers(1)
  await makeShop(source.db, {
    tenantId,
    marketplace: 'connector',
    code: 'by-file',
    name: '問屋のCSVの店',
    sealedCredentials: null,
    capabilities: { contract: 'files', label: '問屋', form: {} },
  })
  const { marketplace, shopId } = await source.db.order.findFirstOrThrow({
    where: { tenantId, orderNumber: number },
  })
  const twin = await makeShop(source.db, { tenantId, marketplace, code: 'twin' })
  await makeOrder(source.db, { tenantId, shopId: twin.id, marketplace, orderNumber: number })
  await ops(['backup', file], env(source.url))
  const later = await createApiKey(tools, by, tenantId, NewApiKey.parse({ name: 'later' }))
  await revokeApiKey(tools, by, {}, key.id)
  await revokeApiKey(tools, by, {}, later.id)
  await deleteStaff(tools, by, tenantId, gone.id)
  await changeStaff(tools, by, tenantId, lower.id, { state: 'disabled' })
  const eraser = { ...tools, pool: source.pool, elsewhere: [] }
  await eraseBuyer(eraser, { tenantId, actor: 'operator' }, { orderNumber: number, shopId })
  await eraseBuyer(eraser, { tenantId, actor: 'operator' }, { phone: '090-1234-5678' })
  const saved = await saveAudit()
  await ops(['restore', file], env(target.url))

  const first = await ops(['after-restore', saved], env(target.url))
  expect(first.code).toBe(3)
  expect(first.output).toContain('1 sessions, 0 invitations and 0 links ended')
  expect(first.output).toMatch(
    /shops whose orders come as files: no mall says what left .*\n.*\n.*問屋のCSVの店/,
  )
  expect(first.output).toContain('4 entries of the audit done again')
  expect(first.output).toMatch(
    /ask the tenant for the phone, and: npm run ops -- erase [0-9a-f-]{36} --phone/,
  )
  expect(first.output).toMatch(/api_key.created .*its program needs a new key/)
  const { db, close } = await openDatabase({ url: target.url, log: noLog, maxConnections: 2 })
  cleanups.push(close)
  expect((await db.apiKey.findUniqueOrThrow({ where: { id: key.id } })).revokedAt).not.toBeNull()
  expect((await db.staffAccount.findUniqueOrThrow({ where: { id: gone.id } })).state).toBe('deleted')
  expect((await db.staffAccount.findUniqueOrThrow({ where: { id: lower.id } })).state).toBe('disabled')
  expect((await db.staffAccount.findUniqueOrThrow({ where: { id: owner.id } })).state).toBe('active')
  const orders = await db.order.findMany({ where: { erasedAt: { not: null } } })
  expect(orders.map((order) => [order.orderNumber, order.shopId])).toEqual([[number, shopId]])

  // Given again it says the same of what is left, and changes nothing more.
  const again = await ops(['after-restore', saved], env(target.url))
  expect(again.output).toContain('0 sessions')
  expect(again.output.split('for a person')[1]).toBe(first.output.split('for a person')[1])
  // Of a release that knew no shop: it ran over both.
  const entries = (await readFile(saved, 'utf8')).replace(`,"shopId":"${shopId}"`, '')
  await writeFile(saved, entries)
  await ops(['after-restore', saved], env(target.url))
  expect(await db.order.count({ where: { erasedAt: { not: null }, orderNumber: number } })).toBe(2)
  expect((await ops(['after-restore', join(folder, 'none')], env(target.url))).code).toBe(64)
  await writeFile(saved, '{"at":"yesterday"}\n')
  expect(await ops(['after-restore', saved], env(target.url))).toMatchObject({
    code: 64,
    output: expect.stringContaining('line 1 is no entry of an export of the audit'),
  })
})

test('a shop of order files is left for a person until a file of it was taken in after the restore', async () => {
  const { tenantId } = bench
  const shop = await makeShop(source.db, {
    tenantId,
    marketplace: 'connector',
    code: 'by-file-again',
    name: 'もう一つのCSVの店',
    sealedCredentials: null,
    capabilities: { contract: 'files', label: '問屋', form: {} },
  })
  await ops(['backup', file], env(source.url))
  const saved = await saveAudit()
  await ops(['restore', file], env(target.url))
  const { db, close } = await openDatabase({ url: target.url, log: noLog, maxConnections: 2 })
  cleanups.push(close)
  await db.shop.deleteMany({ where: { id: { not: shop.id }, marketplace: 'connector' } })
  const [restored] = await db.auditEntry.findMany({ where: { action: 'backup.restored' } })
  const at = (seconds: number) => new Date((restored?.at.getTime() ?? 0) + seconds * 1_000)
  const took = (
    createdAt: Date,
    more: { dryRun?: boolean; state?: string; exportedAt?: Date; fileName?: string; counts?: object },
  ) =>
    db.orderFile.create({
      data: {
        id: newId(),
        tenantId,
        shopId: shop.id,
        fileName: 'a.csv',
        form: {},
        dryRun: false,
        state: 'done',
        source: 'person',
        actor: 'staff',
        parts: 1,
        bytes: 1,
        createdAt,
        counts: { orders: 3, refused: 1 },
        ...more,
      },
    })
  const told = () => ops(['after-restore', saved], env(target.url))
  await took(at(-5), {})
  await took(at(5), { dryRun: true })
  await took(at(5), { state: 'failed' })
  await took(at(5), { exportedAt: at(-5) })
  await took(at(5), { fileName: 'orders_20240101.csv' })
  await took(at(5), { counts: { orders: 3, refused: 3 } })
  await took(at(5), { counts: { orders: 0, refused: 0 } })
  const first = await told()
  expect(first.code).toBe(3)
  expect(first.output).toMatch(/behind "npm run ops -- resume".*\n.*\n.*もう一つのCSVの店/)
  await took(at(5), {})
  const then = await told()
  expect(then.output).not.toContain('もう一つのCSVの店')
  expect(then.code).toBe(0)
})

test('a desk is in use after the restore as it was in the lost database', async () => {
  const puller = { tenantId: bench.tenantId, actor: 'operator' }
  const use = async (name: string, inUse: boolean) => {
    bench.clock.advance(1_000)
    const { id } = await source.db.desk.findFirstOrThrow({ where: { name } })
    await useDesk(bench.deps, puller, id, inUse)
  }
  for (const desk of ['closed', 'reopened', 'as it was'])
    await pullAfter(bench.deps, puller, { after: null, desk, limit: 1 })
  await use('reopened', false)
  await use('as it was', false)
  await ops(['backup', file], env(source.url))
  await use('closed', false)
  await use('reopened', true)
  const saved = await saveAudit()
  const desksOf = (db: TestDatabase['db']) =>
    db.desk.findMany({ select: { name: true, closedAt: true }, orderBy: { ordinal: 'asc' } })
  await ops(['restore', file], env(target.url))
  const { db, close } = await openDatabase({ url: target.url, log: noLog, maxConnections: 2 })
  cleanups.push(close)
  expect((await desksOf(db)).map(({ closedAt }) => closedAt === null)).toEqual([true, false, false])
  await ops(['after-restore', saved], env(target.url))
  expect(await desksOf(db)).toEqual(await desksOf(source.db))
})

test('no door that was shut after the backup opens after the restore', async () => {
  const { tenantId } = bench
  const clock = heldClock(Date.parse('2026-11-01T03:00:00Z'))
  const app = await wholeServer(source, {}, { clock })
  cleanups.push(() => app.close())
  const { email } = await makeStaff(source.db, tenantId, 'owner')
  await source.db.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: false } })
  const owner = await signedIn(app, email)
  const post = async (url: string, body: object) => {
    const made = await owner.ask('POST', url, body)
    expect(made.statusCode, made.body).toBe(201)
    return made.json()
  }
  const other = await makeTenant(source.db)
  const operator = { authorization: `Bearer ${OPERATOR_KEY}` }
  const invitations = [1, 2].map(() =>
    post('/staff/invitations', { email: `${newId()}@example.jp`, role: 'owner' }),
  )
  const [withdrawn, used] = await Promise.all(invitations)
  const hook = async (name: string) => post('/webhooks', { name, url: 'https://8.8.8.8/hook' })
  const [deletedHook, switchedOff] = [(await hook('deleted')).id, (await hook('off')).id]
  const channel = await post('/notice-channels', {
    kind: 'webhook',
    name: 'gone',
    url: 'https://8.8.8.8/x',
    topics: ['report'],
  })
  const rotated = await post('/api-keys', { name: 'rotated' })
  const suspendedKey = await createApiKey(
    { ...bench.deps, random: systemRandom, onKeyRevoked: () => undefined },
    { actor: 'operator' },
    other.id,
    NewApiKey.parse({ name: 'of a suspended tenant' }),
  )
  await ops(['backup', file], env(source.url))

  await owner.ask('DELETE', `/staff/invitations/${withdrawn.id}`)
  const link = (made: { url: string }) => `/invitations/${made.url.split('/').at(-1)}`
  const joined = { name: '山田 花子', password: PASSWORD }
  expect((await openBrowser(app).ask('POST', `${link(used)}/accept`, joined)).statusCode).toBe(200)
  expect((await owner.ask('DELETE', `/webhooks/${deletedHook}`)).statusCode).toBe(204)
  expect((await owner.ask('PATCH', `/webhooks/${switchedOff}`, { enabled: false })).statusCode).toBe(200)
  expect((await owner.ask('DELETE', `/notice-channels/${channel.id}`)).statusCode).toBe(204)
  expect((await owner.ask('POST', `/api-keys/${rotated.id}/rotate`, { overlapHours: 0 })).statusCode).toBe(
    201,
  )
  const suspended = await app.inject({
    method: 'PATCH',
    url: `/v1/admin/tenants/${other.id}`,
    headers: operator,
    payload: { status: 'suspended' },
  })
  expect(suspended.statusCode).toBe(200)
  const saved = await saveAudit()
  await ops(['restore', file], env(target.url))
  const { output } = await ops(['after-restore', saved], env(target.url), undefined, clock)
  expect(output).toContain('2 invitations')
  expect(output).toMatch(/api_key.rotated .*its program needs a new key/)

  const restored = await openDatabase({ url: target.url, log: noLog, maxConnections: 4 })
  cleanups.push(restored.close)
  const after = await wholeServer({ ...restored, url: target.url }, {}, { clock })
  cleanups.push(() => after.close())
  const by = (key: string) =>
    after
      .inject({ url: '/v1/shops', headers: { authorization: `Bearer ${key}` } })
      .then(({ statusCode }) => statusCode)
  expect(await by(rotated.key)).toBe(401)
  expect(await by(suspendedKey.key)).toBe(403)
  for (const made of [withdrawn, used])
    expect((await openBrowser(after).ask('GET', link(made))).statusCode).toBe(404)
  expect(await restored.db.webhook.findMany({ select: { id: true, enabled: true } })).toEqual([
    { id: switchedOff, enabled: false },
  ])
  expect(await restored.db.noticeChannel.count()).toBe(0)
})

test('a schedule makes one after the other, keeps them for a time, and leaves nothing that is not whole', async () => {
  const clock = heldClock(Date.parse('2026-11-01T03:00:00Z'))
  const into = (url: string, ...more: string[]) =>
    ops(['backup', 'into', folder, ...more], env(url), undefined, clock)
  await writeFile(join(folder, 'torikomi-2026-09-01T030000Z.mine'), 'not of the schedule')
  expect((await into(source.url)).code).toBe(0)
  clock.advance(30 * 24 * 3_600_000)
  expect((await into(source.url)).output).toContain('0 older than 30 days')
  clock.advance(1_000)
  expect((await into(source.url)).output).toContain('1 older than 30 days')
  expect((await readdir(folder)).toSorted()).toEqual([
    'torikomi-2026-09-01T030000Z.mine',
    'torikomi-2026-12-01T030000Z',
    'torikomi-2026-12-01T030001Z',
  ])
  expect(
    (await ops(['backup', 'verify', join(folder, 'torikomi-2026-12-01T030001Z')], env(source.url))).code,
  ).toBe(0)
  // Of a database that is not to be had nothing is kept, and nothing old goes for it.
  clock.advance(90 * 24 * 3_600_000)
  await expect(into(source.url.replace(/:\d+\//, ':1/'))).rejects.toThrow()
  expect(await readdir(folder)).toHaveLength(3)
  expect((await into(source.url, '--keep', '0')).code).toBe(64)
})

test('a database that was copied on its server is quiet as well; the original is not', async () => {
  expect(await logOfStart(source.url)).not.toContain('quiet mode')
  await source.pool.query('update data_steps set place = $1 where name = $2', ['another cluster', 'instance'])
  expect(await logOfStart(source.url)).toMatch(/"reason":"copied".*quiet mode/)
})

test('why it is quiet and since when stays as it was when it began, however often it is started', async () => {
  // From now on the backup says of which place it is, and the restored one stands in another.
  await logOfStart(source.url)
  await ops(['backup', file], env(source.url))
  await ops(['restore', file], env(target.url))
  const quietIn = (log: string) => /"since":"([^"]+)","reason":"([^"]+)"/.exec(log)?.slice(1)
  const first = quietIn(await logOfStart(target.url))
  expect(first).toEqual([expect.any(String), 'restored'])
  expect(quietIn(await logOfStart(target.url))).toEqual(first)
})

test('whoever has the file and not its key has nothing: no row, no name and no seal stands in it', async () => {
  await ops(['backup', file], env(source.url))
  const bytes = await readFile(file)
  const { rows } = await source.pool.query<{ text: string; seal: Buffer }>(
    `select order_number as text, sealed_detail as seal from orders
     union all select name, sealed_password from mailboxes union all select id::text, null from tenants`,
  )
  expect(rows.length).toBeGreaterThan(8)
  for (const { text, seal } of rows) {
    expect(bytes.includes(text), text).toBe(false)
    if (seal) expect(bytes.includes(seal)).toBe(false)
  }
  // Nothing of it repeats, as text or rows that are alike would.
  const blocks = Array.from({ length: Math.floor(bytes.length / 16) }, (_, n) =>
    bytes.toString('latin1', n * 16, n * 16 + 16),
  )
  expect(new Set(blocks).size).toBe(blocks.length)
  for (const key of [undefined, '', Buffer.alloc(32, 6).toString('base64')]) {
    const { BACKUP_KEY: _, ...without } = env(target.url)
    const said = await ops(
      ['backup', 'verify', file],
      key === undefined ? without : { ...without, BACKUP_KEY: key },
    ).then(
      ({ code, output }) => ({ code, output }),
      (error: Error) => ({ code: 1, output: error.message }),
    )
    expect(said.code).not.toBe(0)
  }
  expect(await contents(target.url)).toEqual({})
})

test('another key, a changed and a cut file are told, and nothing is written', async () => {
  await ops(['backup', file], env(source.url))
  const other = { ...env(target.url), BACKUP_KEY: Buffer.alloc(32, 6).toString('base64') }
  await expect(ops(['restore', file], other)).rejects.toThrow('another BACKUP_KEY made it')
  const bytes = await readFile(file)
  const changed = Buffer.from(bytes)
  changed[bytes.length - 40] = (changed[bytes.length - 40] ?? 0) ^ 1
  await writeFile(file, changed)
  await expect(ops(['backup', 'verify', file], env(target.url))).rejects.toThrow('the backup cannot be read')
  await writeFile(file, bytes.subarray(0, bytes.length - 100))
  await expect(ops(['restore', file], env(target.url))).rejects.toThrow('it is cut off')
  await writeFile(file, Buffer.concat([bytes, Buffer.from('more')]))
  await expect(ops(['restore', file], env(target.url))).rejects.toThrow('something was put behind its end')
  const huge = Buffer.from(bytes)
  huge.writeUInt32BE(0xffff_ffff, 34)
  await writeFile(file, huge)
  await expect(ops(['restore', file], env(target.url))).rejects.toThrow('the backup cannot be read')
  expect(await contents(target.url)).toEqual({})
})

test('rows that are large are written in frames that can be read again, none left out and in their order', () => {
  const rows = ['a'.repeat(6), 'b', 'c'.repeat(20), 'd', 'e'.repeat(9), 'f']
  expect([...inFrames(rows, 10)]).toEqual([[rows[0], 'b'], [rows[2]], ['d', rows[4]], ['f']])
  expect([...inFrames([], 10)]).toEqual([])
})

test('a file that cannot be written or read is told in words', async () => {
  await expect(ops(['backup', join(folder, 'none', 'x')], env(source.url))).rejects.toThrow(
    'the file cannot be written: there is no such file or folder.',
  )
  await expect(ops(['backup', 'verify', join(folder, 'none')], env(source.url))).rejects.toThrow(
    'the file cannot be read: there is no such file or folder.',
  )
  await expect(ops(['backup', 'verify', folder], env(source.url))).rejects.toThrow(
    'the file cannot be read: it is a folder.',
  )
})

test('numbers go on behind those that were restored, and what others keep in the database stays', async () => {
  await source.pool.query('delete from events where id < (select max(id) from events)')
  const { rows: sequences } = await source.pool.query<{ name: string; table: string }>(
    `select sequencename as name, left(sequencename, -7) as "table" from pg_sequences where schemaname = 'public'`,
  )
  expect(sequences.map(({ table }) => table)).toContain('events')
  const wanted: Record<string, string | null> = { beside_id_seq: null }
  for (const { name, table } of sequences) {
    const { rows } = await source.pool.query(`select max(id)::text as last from ${table}`)
    wanted[name] = rows[0].last
  }
  await ops(['backup', file], env(source.url))
  await applyMigrations(target.url, { info: () => undefined, warn: () => undefined })
  const other = new pg.Client({ connectionString: target.url, application_name: 'psql' })
  await other.connect()
  await other.query(`
    create table beside (id serial); insert into beside default values;
    create schema elsewhere;
    create table elsewhere.parents (id serial primary key);
    create table elsewhere.children (id serial, parent int references elsewhere.parents);
    insert into elsewhere.parents default values; insert into elsewhere.children (parent) values (1)`)
  const migrations = async () => (await other.query('select * from _prisma_migrations order by id')).rows
  const before = await migrations()
  expect(await ops(['restore', file], env(target.url))).toMatchObject({ code: 0 })
  expect(await migrations()).toEqual(before)
  const { rows: now } = await other.query(
    `select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public'`,
  )
  const { rows: kept } = await other.query(
    `select count(*)::int, nextval('elsewhere.children_id_seq')::int as next from elsewhere.children join elsewhere.parents p on p.id = parent`,
  )
  const { rows: unguarded } = await other
    .query('delete from elsewhere.parents')
    .catch((error) => ({ rows: [error.code] }))
  await other.end()
  expect(Object.fromEntries(now.map(({ name, last }) => [name, last]))).toEqual(wanted)
  expect([kept, unguarded]).toEqual([[{ count: 1, next: 2 }], ['23503']])
})

test('a database in which an operator has begun is no empty one, though it has no tenant', async () => {
  await ops(['backup', file], env(source.url))
  await ops(['restore', file], env(target.url))
  const begun = await freshDatabase()
  await begun.pool.query(
    `insert into audit_entries (id, at, actor, action, target) values (gen_random_uuid(), now(), 'x', 'x', 'x')`,
  )
  await begun.disconnect()
  await expect(ops(['restore', file], env(begun.url))).rejects.toThrow('in use already (audit_entries)')
})

test('a database with tenants is refused, and one that a service works with; a file that is there is not written over', async () => {
  await ops(['backup', file], env(source.url))
  await expect(ops(['backup', file], env(source.url))).rejects.toThrow('there is a file of that name already')
  // A pool lets go of connections that nothing asks for.
  const working = await source.pool.connect()
  await expect(ops(['restore', file], env(source.url))).rejects.toThrow('a service works with this database')
  working.release()
  const filled = await freshDatabase()
  await importBench(filled)
  await filled.disconnect()
  // A connection is gone some moments after it was given up.
  const refusal = () => ops(['restore', file], env(filled.url)).then(() => '', String)
  await expect.poll(refusal, { timeout: 20_000 }).toContain('in use already (tenants)')
  await expect(ops(['restore', file], env(filled.url))).rejects.toThrow('in use already (tenants)')
})

test('the keys go into a file of their own, under the same key, and come back where nothing else is set', async () => {
  expect((await ops(['backup', 'keys', file], env(source.url))).code).toBe(0)
  expect((await readFile(file)).toString('latin1')).not.toContain(ENCRYPTION_KEYS.split(':')[1])
  await expect(ops(['restore', file], env(target.url))).rejects.toThrow('this is a backup of keys')
  expect(await ops(['backup', 'verify', file], env(source.url))).toMatchObject({
    code: 0,
    output: 'verified: 1 keys',
  })
  const lost = { NODE_ENV: 'production', BACKUP_KEY, ENCRYPTION_KEYS: undefined, OPERATOR_API_KEY: undefined }
  expect(await ops(['restore', 'keys', file], lost)).toMatchObject({
    code: 0,
    output: `ENCRYPTION_KEYS=${ENCRYPTION_KEYS}`,
  })
  const ofRows = join(folder, 'rows')
  await ops(['backup', ofRows], env(source.url))
  await expect(ops(['restore', 'keys', ofRows], lost)).rejects.toThrow('not of keys')
})

test('a restore under other keys is told of the one that is missing', async () => {
  await ops(['backup', file], env(source.url))
  const later = formatEncryptionKeys([{ id: 'k2', key: new Uint8Array(32).fill(8), bindsTenant: true }])
  const restored = await ops(['restore', file], { ...env(target.url), ENCRYPTION_KEYS: later })
  expect(restored).toMatchObject({
    code: 1,
    output: expect.stringContaining('which is not in ENCRYPTION_KEYS'),
  })
})
