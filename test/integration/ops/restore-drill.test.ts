import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readEvents, readHistory } from '../../../src/events/history.ts'
import { createEventRoutes } from '../../../src/events/routes.ts'
import type { Authenticate } from '../../../src/http/auth.ts'
import { buildServer } from '../../../src/http/server.ts'
import { planWebhooks } from '../../../src/notices/plan-attention.ts'
import { readBoard } from '../../../src/orders/board.ts'
import { pullOrders } from '../../../src/orders/pull.ts'
import { formatEncryptionKeys } from '../../../src/platform/crypto/sealer.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { serverIdentity } from '../../../src/platform/db/embedded/programs.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { requestChanges } from '../../../src/site-changes/requests/request.ts'
import { createWebhooks } from '../../../src/webhooks/index.ts'
import { createWebhook } from '../../../src/webhooks/webhooks.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { dumpRows, putRows } from '../../support/database/personal-data.ts'
import { newId, testSealer } from '../../support/fixtures.ts'
import { type EventStream, openStream } from '../../support/http/event-stream.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { ops } from '../../support/service/service.ts'

/**
 * The work goes on where a database was put onto another server: by `ops restore`, by a dump, by a standby
 * that was behind. The new server has counted less than the old one, so that its numbers mean other things.
 */

const BACKUP_KEY = Buffer.alloc(32, 5).toString('base64')
const ENCRYPTION_KEYS = formatEncryptionKeys([
  { id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true },
])
const env = (url: string) => ({ DATABASE_URL: url, BACKUP_KEY, ENCRYPTION_KEYS })
const quiet = { info: () => undefined, warn: () => undefined }

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const folder = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-drill-'))
  await chmod(dir, 0o755)
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

interface Received {
  type: string
  position: string
  data: Record<string, unknown>
}
let received: Received[]
let hook: string
beforeEach(async () => {
  received = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received.push(JSON.parse(body))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  cleanups.push(() => server.close())
})

async function opened(url: string): Promise<TestDatabase> {
  const database = await openDatabase({ url, log: quiet, maxConnections: 8 })
  cleanups.push(() => database.close().catch(() => undefined))
  return { ...database, url }
}

/** Has the server count on, as work for other tenants would. */
async function countOn(url: string, transactions: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('set synchronous_commit = off')
  await client.query(
    `do $$ begin for n in 1..${transactions} loop perform pg_current_xact_id(); commit; end loop; end $$`,
  )
  await client.end()
}

interface Page {
  status: number
  code?: string
  position: string
  changes: { position: string; kind: string; data: { orderId: string; what: string[] } }[]
}

/** The service on one database, as its clients see it. */
async function serviceOn(database: TestDatabase, from?: ImportBench) {
  const bench = await importBench(database, {}, from)
  const { deps, tenantId } = bench
  const authenticate: Authenticate = async (key) => ({
    kind: 'client',
    role: 'owner',
    shopIds: null,
    apiKeyId: newId(),
    tenantId: key,
  })
  const events = { ...deps, authenticate, streams: { perKey: 100, perTenant: 100 } }
  const app = await buildServer({
    log: deps.log,
    newId,
    authenticate,
    operatorRoutes: [],
    readiness: {},
    version: '0.0.0',
    clientRoutes: [createEventRoutes({ ...events, readBoard: async () => ({}) })],
    metrics: deps.metrics.registry,
    limits: { requestsPerMinute: 100_000 },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const webhooks = createWebhooks({
    ...deps,
    sealer: testSealer,
    owner: newId(),
    allowedPrivateHosts: ['127.0.0.1'],
    listen: () => () => undefined,
    keepHistory: () => readHistory(deps),
  })
  let isStopped = false
  const stop = async () => {
    if (isStopped) return
    isStopped = true
    await webhooks.stop()
    await app.close()
  }
  cleanups.push(stop)
  const headers = { authorization: `Bearer ${tenantId}` }
  return {
    bench,
    webhooks,
    stop,
    database,
    async feed(after?: string): Promise<Page> {
      const answer = await fetch(`${url}/v1/changes?limit=1000${after ? `&after=${after}` : ''}`, { headers })
      return { status: answer.status, ...((await answer.json()) as Omit<Page, 'status'>) }
    },
    stream: (last?: string): Promise<EventStream> =>
      openStream(url, { ...headers, ...(last ? { 'last-event-id': last } : {}) }),
    async stage(first: number, count: number): Promise<void> {
      const wanted = numbers(first + count).slice(first)
      for (const number of wanted) bench.mall.place(number, { orderedAt: '2026-01-15T12:00:00+09:00' })
      await bench.want(wanted)
      for (let turn = 0; turn < 5; turn += 1) await bench.run()
    },
    register: () =>
      createWebhook(
        { ...deps, random: systemRandom, sealer: testSealer, webhookHosts: { allow: ['127.0.0.1'] } },
        { tenantId, actor: 'key:test' },
        { name: '基幹システム', url: hook, kinds: ['order'] },
      ),
  }
}
type Service = Awaited<ReturnType<typeof serviceOn>>

const stagedIn = (rows: { type?: string; kind?: string; data: Record<string, unknown> }[]) =>
  rows.filter(({ type, kind, data }) => (type ?? kind) === 'order' && String(data.what) === 'staged').length

/** What the old server told: two orders by webhook, positions of a follower and of a stream. */
async function workBefore(service: Service) {
  await service.stage(0, 2)
  await service.register()
  const { position } = await service.feed()
  await service.stage(2, 3)
  await service.webhooks.round()
  expect(stagedIn(received)).toBe(3)
  received.length = 0
  return position
}

/** Everything that a tenant has works on the new server, and says that it begins anew. */
async function worksOn(service: Service, old: string, counted: number): Promise<void> {
  const { bench, database } = service
  const expired = await service.feed(old)
  expect(expired).toMatchObject({ status: 410, code: 'POSITION_EXPIRED' })
  const again = await service.stream(old)
  expect((await again.until(({ event }) => event !== 'board')).event).toBe('reset')

  // The commands go by the clock of this machine.
  bench.clock.set(Date.now() + 1_000)
  await service.webhooks.round()
  expect(received).toMatchObject([
    { type: 'reset', timestamp: expect.any(String), position: expect.any(String), data: { code: 'HISTORY' } },
  ])
  expect(await service.feed(received[0]?.position)).toMatchObject({ status: 200, changes: [] })
  expect(await planWebhooks({ ...bench.deps, mails: false })).toBe(1)
  expect(await database.db.notice.findFirst({ where: { what: 'WEBHOOK_RESET' } })).toMatchObject({
    tenantId: bench.tenantId,
  })
  received.length = 0

  await service.stage(10, 30)
  const states = await database.db.importRequest.groupBy({ by: ['state'], _count: true })
  expect(states).toEqual([{ state: 'done', _count: 35 }])
  await service.webhooks.round()
  expect(stagedIn(received)).toBe(30)
  await again.until((_, all) => all.filter(({ event }) => event === 'order').length === 30)
  again.close()
  const feed = await service.feed(expired.position)
  // The notice of the reset is the first.
  expect([feed.status, feed.changes.length, stagedIn(feed.changes)]).toEqual([200, 31, 30])
  expect(stagedIn((await service.feed('oldest')).changes)).toBe(30)

  const first = feed.changes.at(-1)
  const accepted = await requestChanges(
    { ...bench.deps, wakeQueue: { wake: async () => undefined } },
    { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: newId() },
    { changes: [{ orderId: first?.data.orderId ?? '', action: 'confirm' }] },
  )
  await bench.run()
  const changed = await database.db.siteChange.findUnique({ where: { id: accepted.changes[0]?.id ?? '' } })
  expect(changed?.state).toBe('succeeded')
  const caller = { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: newId() }
  expect((await pullOrders(bench.deps, caller, { limit: 20 })).orders).toHaveLength(20)
  const board = await readBoard(bench.deps, bench.tenantId)
  expect(board).toMatchObject({ staged: 15, importing: 0, importFailed: 0 })

  // The new server's counter passes the old place: the old position is no better for it, and nothing old is
  // told.
  await countOn(database.url, counted)
  expect((await service.feed(old)).status).toBe(410)
  const late = await service.feed(feed.position)
  expect(stagedIn(late.changes)).toBe(0)
  const { present } = await readHistory(bench.deps)
  expect((await readEvents(database.pool, present, 10)).uncertain).toBe(false)
  await service.webhooks.round()
  expect(received.filter(({ type }) => type === 'reset')).toEqual([])
}

async function server(): Promise<EmbeddedPostgres> {
  const one = await startEmbeddedPostgres({
    dataDir: await folder(),
    log: quiet,
    settings: ['fsync=off', 'synchronous_commit=off'],
  })
  cleanups.push(() => one.stop())
  return one
}

/** Where Debian has a whole Postgres, with pg_dump and pg_restore; the embedded one is its server alone. */
const SYSTEM = globSync('/usr/lib/postgresql/*/bin')
  .filter((bin) => ['initdb', 'pg_ctl', 'pg_dump', 'pg_restore'].every((name) => existsSync(join(bin, name))))
  .toSorted()
  .at(-1)

/** A server of the machine's own Postgres. @returns its URL */
async function systemServer(bin: string): Promise<string> {
  const [dir, identity] = [await folder(), await serverIdentity()]
  const [data, sockets] = [join(dir, 'data'), join(dir, 'sockets')]
  for (const path of [data, sockets]) {
    await mkdir(path, { mode: 0o700 })
    if (identity.uid !== undefined) await chown(path, identity.uid, identity.gid)
  }
  const run = (name: string, args: readonly string[]) =>
    execFileSync(join(bin, name), args, { ...identity, cwd: '/', stdio: 'ignore' })
  run('initdb', ['-D', data, '-U', 'torikomi', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'])
  const port = await freePort()
  const settings = `-p ${port} -k ${sockets} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off`
  run('pg_ctl', ['start', '-w', '-D', data, '-l', join(data, 'log'), '-o', settings])
  cleanups.push(() => run('pg_ctl', ['stop', '-w', '-m', 'immediate', '-D', data]))
  return `postgresql://torikomi@127.0.0.1:${port}/postgres`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Policies and rights of the roles. */
async function wallOf(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: policies } = await client.query(
      'select tablename, policyname, roles::text, cmd, qual from pg_policies order by 1, 2',
    )
    const { rows: rights } = await client.query(
      `select table_name, grantee, privilege_type from information_schema.table_privileges
       where grantee like 'torikomi\\_%' and table_schema = 'public' order by 1, 2, 3`,
    )
    expect(policies.length).toBeGreaterThan(10)
    return [policies, rights]
  } finally {
    await client.end()
  }
}

/** Transactions that the old server is ahead. */
const AHEAD = 4_000

async function source(own?: TestDatabase) {
  const database = own ?? (await freshDatabase())
  if (!own) cleanups.push(() => database.close())
  await countOn(database.url, AHEAD)
  const service = await serviceOn(database)
  return { database, service, old: await workBefore(service) }
}

it('goes on working after ops restore onto another server', { timeout: 120_000 }, async () => {
  const { database, service, old } = await source()
  const file = join(await folder(), 'backup')
  await ops(['backup', file], env(database.url))
  await service.stop()
  const { url } = await server()
  await ops(['restore', file], env(url))
  await ops(['resume'], env(url))
  const restored = await opened(url)
  const { rows: sequences } = await restored.pool.query<{ table: string; column: string; sequence: string }>(
    `select table_name as table, column_name as column, pg_get_serial_sequence(table_name, column_name) as sequence
     from information_schema.columns where table_schema = 'public' and pg_get_serial_sequence(table_name, column_name) is not null`,
  )
  expect(sequences.length).toBeGreaterThanOrEqual(1)
  for (const { table, column, sequence } of sequences) {
    const { rows } = await restored.pool.query(
      `select nextval('${sequence}') > coalesce((select max(${column}) from ${table}), 0) as free`,
    )
    expect([table, rows]).toEqual([table, [{ free: true }]])
  }
  await worksOn(await serviceOn(restored, service.bench), old, AHEAD)
})

it('goes on working after a dump was restored onto another server', { timeout: 120_000 }, async () => {
  const { database, service, old } = await source()
  await service.stop()
  const { url } = await server()
  await applyMigrations(url, quiet)
  await putRows(url, await dumpRows(database.url))
  await ops(['resume'], env(url))
  await worksOn(await serviceOn(await opened(url), service.bench), old, AHEAD)
})

it.skipIf(SYSTEM === undefined)(
  'goes on working after pg_dump and pg_restore onto a newer server [needs a whole Postgres of the system]',
  { timeout: 120_000 },
  async () => {
    const bin = SYSTEM ?? ''
    const from = await systemServer(bin)
    await applyMigrations(from, quiet)
    const { service, old } = await source(await opened(from))
    await service.stop()
    const dump = join(await folder(), 'torikomi.dump')
    execFileSync(join(bin, 'pg_dump'), ['-Fc', '-f', dump, from])
    const { url } = await server()
    // Roles are the server's and in no dump: what is granted to them comes with the migrations, as at each
    // start.
    const { stderr } = spawnSync(join(bin, 'pg_restore'), ['--no-owner', '-d', url, dump], {
      encoding: 'utf8',
    })
    const errors = stderr.split('\n').filter((line) => line.includes('ERROR'))
    expect(errors.filter((line) => !/(?:role|policy) "torikomi_\w+".* does not exist/.test(line))).toEqual([])
    await applyMigrations(url, quiet)
    expect(await wallOf(url)).toEqual(await wallOf(from))
    await ops(['resume'], env(url))
    await worksOn(await serviceOn(await opened(url), service.bench), old, AHEAD)
  },
)

it('goes on working after a failover to a standby that was behind', { timeout: 120_000 }, async () => {
  const [mine, theirs] = [await folder(), await folder()]
  const settings = ['fsync=off', 'synchronous_commit=local']
  const fresh = await startEmbeddedPostgres({ dataDir: mine, log: quiet, settings })
  await applyMigrations(fresh.url, quiet)
  await fresh.stop()
  // A copy of a server that is stopped is a standby's beginning: the embedded programs have no pg_basebackup.
  const state = JSON.parse(await readFile(join(mine, 'postgres.json'), 'utf8'))
  const to = join(theirs, 'postgres')
  execFileSync('cp', ['-a', state.directory, to])
  await writeFile(join(theirs, 'postgres.json'), JSON.stringify({ ...state, directory: to }), { mode: 0o600 })
  const first = await startEmbeddedPostgres({ dataDir: mine, log: quiet, settings })
  cleanups.push(() => first.stop().catch(() => undefined))
  const { port, username, password } = new URL(first.url)
  const primary = `host=127.0.0.1 port=${port} user=${username} password=${password}`
  await writeFile(join(to, 'postgresql.auto.conf'), `primary_conninfo = '${primary}'\n`)
  await writeFile(join(to, 'standby.signal'), '')
  for (const name of ['postgresql.auto.conf', 'standby.signal'])
    execFileSync('chown', [`--reference=${join(to, 'PG_VERSION')}`, join(to, name)])
  const second = await startEmbeddedPostgres({ dataDir: theirs, log: quiet })
  cleanups.push(() => second.stop())

  const database = await opened(first.url)
  const service = await serviceOn(database)
  await workBefore(service)
  const standby = new pg.Pool({ connectionString: second.url, max: 1 })
  cleanups.push(() => standby.end())
  const { rows: written } = await database.pool.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')
  const soon = { timeout: 20_000, interval: 20 }
  await expect
    .poll(
      async () =>
        (await standby.query('select pg_last_wal_replay_lsn() >= $1::pg_lsn as there', [written[0]?.lsn]))
          .rows,
      soon,
    )
    .toEqual([{ there: true }])
  await standby.query(`alter system set primary_conninfo = ''`)
  await standby.query('select pg_reload_conf()')
  await expect
    .poll(async () => (await standby.query('select from pg_stat_wal_receiver')).rowCount, soon)
    .toBe(0)
  // What the first server tells from here on, the second has never heard of.
  await service.stage(5, 4)
  await service.webhooks.round()
  const { position } = await service.feed()
  expect(stagedIn(received)).toBe(4)
  received.length = 0
  await service.stop()
  await database.close()
  await first.stop()
  await standby.query('select pg_promote()')
  const promoted = await opened(second.url)
  expect(await promoted.db.order.count()).toBe(5)
  await worksOn(await serviceOn(promoted, service.bench), position, 2_000)
})
