import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkWritable, type Database, openDatabase } from '../../../src/platform/db/database.ts'
import { isConflict, isReadOnly, isUnreachable } from '../../../src/platform/db/failures.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type SilentProxy, startSilentProxy } from '../../support/proxies.ts'

let server: TestDatabase
let proxy: SilentProxy
let database: Database
beforeAll(async () => {
  server = await freshDatabase()
})
afterAll(() => server.close())
beforeEach(async () => {
  proxy = await startSilentProxy(server.url)
  database = await openDatabase({ url: proxy.url, log: { warn: () => undefined }, maxConnections: 4 })
})
afterEach(async () => {
  proxy.serveAgain()
  await database.close()
  await proxy.close()
})

/** Every way in which the service sends statements; more of them than there are connections. */
function sendAll(): Promise<unknown>[] {
  const { db, pool } = database
  return [
    ...Array.from({ length: 6 }, () => pool.query('select 1')),
    db.tenant.count(),
    db.$transaction(async (tx) => tx.tenant.count()),
    inTransaction(pool, (client) => client.query('select 1')),
  ]
}

async function warm(): Promise<void> {
  await Promise.all(sendAll())
}

async function allFail(waiting: Promise<unknown>[]): Promise<unknown[]> {
  const ends = await Promise.allSettled(waiting)
  return ends.map((end) => (end.status === 'rejected' ? end.reason : expect.fail('a statement was answered')))
}

test('a server that falls silent without a word costs seconds, and nobody has to help afterwards', async () => {
  await warm()
  proxy.fallSilent(true)
  const since = performance.now()
  const errors = await allFail(sendAll())
  const tookMs = performance.now() - since
  console.info(`silent server: all ${errors.length} statements failed within ${Math.round(tookMs)} ms`)
  expect(tookMs).toBeLessThan(25_000)
  for (const error of errors) expect([String(error), isUnreachable(error)]).toEqual([String(error), true])
  proxy.serveAgain()
  await warm()
}, 60_000)

test('connections that were forgotten on the way are dropped while new ones are served', async () => {
  await warm()
  proxy.fallSilent(false)
  const since = performance.now()
  const ends = await Promise.allSettled(sendAll())
  const tookMs = performance.now() - since
  console.info(`forgotten connections: over after ${Math.round(tookMs)} ms`)
  expect(tookMs).toBeLessThan(15_000)
  for (const end of ends) if (end.status === 'rejected') expect(isUnreachable(end.reason)).toBe(true)
  await warm()
}, 60_000)

test('a statement that takes its time is left alone', async () => {
  const { rows } = await database.pool.query("select pg_sleep(7), 'there' as answer")
  expect(rows[0].answer).toBe('there')
}, 30_000)

test('what a server that goes away says is known as unreachable, through the pool and through Prisma', async () => {
  const end = 'select pg_terminate_backend(pg_backend_pid())'
  for (const ending of [
    () => database.pool.query(end),
    () => database.db.$queryRawUnsafe(end),
    () => database.db.$transaction((tx) => tx.$queryRawUnsafe(end)),
    () => inTransaction(database.pool, (client) => client.query(end)),
  ]) {
    const error = await ending().then(
      () => expect.fail('it answered'),
      (error: unknown) => error,
    )
    expect([String(error), isUnreachable(error)]).toEqual([String(error), true])
  }
  await warm()
})

test.each(['ENOTFOUND or EAI_AGAIN', 'ECONNREFUSED'])(
  'a server that is not there (%s) is known too',
  async (how) => {
    const url = new URL(server.url)
    if (how === 'ECONNREFUSED') url.port = '1'
    else url.hostname = 'no-such-host.invalid'
    await database.close()
    database = await openDatabase({ url: server.url, log: { warn: () => undefined } })
    // Opened while it was there; every later connection goes where nobody is.
    Object.assign(database.pool.options, { connectionString: url.href })
    const held = await database.pool.connect()
    held.release(true)
    const errors = await allFail([database.pool.query('select 1'), database.db.tenant.count()])
    for (const error of errors) expect([String(error), isUnreachable(error)]).toEqual([String(error), true])
  },
)

const pidOf = async () => (await database.pool.query('select pg_backend_pid() as pid')).rows[0].pid as number

test('a server that only reads from now on is left at once, with every connection', async () => {
  await warm()
  await checkWritable(database)
  const before = await pidOf()
  const client = await database.pool.connect()
  client.on('error', () => undefined)
  // What a fenced primary reports of itself.
  await client.query('set default_transaction_read_only = on').catch(() => undefined)
  client.release()
  await expect.poll(pidOf, { timeout: 5_000 }).not.toBe(before)
  expect(database.pool.totalCount).toBeLessThanOrEqual(2)
  await warm()
})

test('a refused write leaves the server too, and is told as what it is', async () => {
  const before = await pidOf()
  const refused = inTransaction(database.pool, async (client) => {
    await client.query('set transaction read only')
    await client.query("update tenants set name = 'x'")
  })
  const error = await refused.then(
    () => expect.fail('it was written'),
    (error: unknown) => error,
  )
  expect(isReadOnly(error)).toBe(true)
  await expect.poll(pidOf, { timeout: 5_000 }).not.toBe(before)
})

test('a standby is not taken: neither is it connected to nor does a check pass', async () => {
  const name = new URL(server.url).pathname.slice(1)
  await server.pool.query(`alter database ${name} set default_transaction_read_only = on`)
  try {
    await database.close()
    const opening = openDatabase({ url: server.url, log: { warn: () => undefined } })
    const error = await opening.then(
      async (opened) => {
        database = opened
        const failed = await checkWritable(opened).catch((error: unknown) => error)
        return failed
      },
      (error: unknown) => error,
    )
    expect(isReadOnly(error)).toBe(true)
  } finally {
    await server.pool.query('set default_transaction_read_only = off').catch(() => undefined)
    await server.pool
      .query(
        `begin; set transaction read write; alter database ${name} reset default_transaction_read_only; commit`,
      )
      .catch(() => undefined)
    database = await openDatabase({ url: proxy.url, log: { warn: () => undefined } }).catch(() => database)
  }
})

test('a column that gets another type costs statements prepared before it one try, and no connection more', async () => {
  await server.pool.query('create table changing (value int)')
  const read = () => database.pool.query({ name: 'read_changing', text: 'select value from changing' })
  await Promise.all(Array.from({ length: 12 }, read))
  await server.pool.query('alter table changing alter column value type text')
  const error = await read().then(
    () => expect.fail('its plan was changed in place'),
    (error: unknown) => error,
  )
  expect([String(error), isConflict(error)]).toEqual([String(error), true])
  // A statement under way elsewhere may still be on an old connection; they end with it.
  await expect.poll(() => Promise.all(Array.from({ length: 12 }, read)).then(() => true)).toBe(true)
})
