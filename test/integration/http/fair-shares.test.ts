import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandboxServer } from '../../../sandbox/kit/http-kit.ts'
import type { App } from '../../../src/http/app-types.ts'
import { createHeavyReads } from '../../../src/platform/db/heavy-reads.ts'
import { asTenant } from '../../../src/platform/db/tenant-scope.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeHistory } from '../../support/database/history.ts'
import { makeApiKey, makeTenant, newId } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'

/** One tenant asks for far more than its share of a database that is slow; nobody else is to notice. */

let database: TestDatabase
let app: App
let tenantOfA: string
let a: { authorization: string }
let b: { authorization: string }

beforeAll(async () => {
  // As few connections as anybody runs it with: a tenant that may hold them all holds everybody.
  database = await freshDatabase({ maxConnections: 12 })
  app = await wholeServer(database)
  // Of eleven orders the first tenant has ten.
  tenantOfA = (await makeHistory(database.pool, { orders: 11_100, staged: 10 })).tenantId
  a = await keyFor(tenantOfA)
  b = await keyFor((await makeTenant(database.db)).id)
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const keyFor = (tenantId: string) => makeApiKey(database.db, tenantId)

/**
 * Until the lock is given back, each statement that reads the table waits, as it does in a database at its
 * limits.
 */
async function slowDown(table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('begin')
  await client.query(`lock table ${table} in access exclusive mode`)
  return () => client.end()
}

const ask = (headers: object, url: string) => app.inject({ url: `/v1${url}`, headers: { ...headers } })
const codes = (answers: { statusCode: number }[], code: number) =>
  answers.filter(({ statusCode }) => statusCode === code).length

test('of a tenant’s flood of searches some wait, the rest is refused, and others are served', async () => {
  const restore = await slowDown('order_item_search')
  const flood = Array.from({ length: 40 }, () => ask(a, '/orders?item=%E6%8A%B9%E8%8C%B6&total=true'))
  // They are answered while all that was taken still waits: no statement of the flood has ended.
  const refused = await Promise.race([
    Promise.all(flood).then(() => null),
    Promise.any(flood.map(async (one) => ((await one).statusCode === 429 ? one : Promise.reject(one)))),
  ])
  expect(refused?.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
  for (let n = 0; n < 20; n++) expect((await ask(b, '/orders?limit=5')).statusCode).toBe(200)
  expect((await ask(b, '/board')).statusCode).toBe(200)
  // The tenant's own desk goes on as well.
  expect((await ask(a, '/orders?limit=5')).statusCode).toBe(200)
  // Another tenant's search has a slot of its own: it finds nothing, and reads no locked table to know it.
  expect((await ask(b, '/orders?item=x%20y&total=true')).statusCode).toBe(200)
  await restore()
  const answers = await Promise.all(flood)
  expect(codes(answers, 200) + codes(answers, 429)).toBe(40)
  expect(codes(answers, 200)).toBe(10)
})

test('of a tenant’s flood of plain reads too, and no 5xx comes of it', async () => {
  const restore = await slowDown('shops')
  const flood = Array.from({ length: 200 }, () => ask(a, '/shops'))
  const refused = await Promise.any(
    flood.map(async (one) => ((await one).statusCode === 429 ? one : Promise.reject(one))),
  )
  expect(refused.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  for (let n = 0; n < 20; n++) expect((await ask(b, '/orders?limit=5')).statusCode).toBe(200)
  await restore()
  const answers = await Promise.all(flood)
  expect(codes(answers, 200) + codes(answers, 429)).toBe(200)
})

test('and of its changes', async () => {
  const restore = await slowDown('webhooks')
  const flood = Array.from({ length: 100 }, () =>
    app.inject({ method: 'DELETE', url: `/v1/webhooks/${newId()}`, headers: { ...a } }),
  )
  const refused = await Promise.any(
    flood.map(async (one) => ((await one).statusCode === 429 ? one : Promise.reject(one))),
  )
  expect(refused.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  for (let n = 0; n < 20; n++) expect((await ask(b, '/orders?limit=5')).statusCode).toBe(200)
  // Its reads have turns of their own.
  expect((await ask(a, '/orders?limit=5')).statusCode).toBe(200)
  await restore()
  const answers = await Promise.all(flood)
  expect(codes(answers, 404) + codes(answers, 429)).toBe(100)
})

test('tests of channels that wait for another company’s server take no turn from a pull', async () => {
  const { promise: spoken, resolve: speak } = Promise.withResolvers<void>()
  let asked = 0
  const silent = await startSandboxServer(0, async () => {
    asked += 1
    await spoken
    return { status: 200 }
  })
  const config = { webhookAllowedPrivateHosts: ['127.0.0.1'] }
  const server = await wholeServer(database, {}, { config })
  try {
    const send = (url: string, payload: object) =>
      server.inject({
        method: 'POST',
        url: `/v1${url}`,
        payload,
        headers: { ...a, 'idempotency-key': newId() },
      })
    const target = { kind: 'webhook', name: 'x', url: silent.url }
    const { id } = (await send('/notice-channels', target)).json()
    const tests = Array.from({ length: 8 }, () => send(`/notice-channels/${id}/test`, {}))
    // As many as a tenant has connections to one server; the others wait for those.
    await expect.poll(() => asked).toBe(2)
    expect((await send('/orders/pull', { limit: 1 })).statusCode).toBe(200)
    speak()
    expect(codes(await Promise.all(tests), 200)).toBe(8)
  } finally {
    await server.close()
    await silent.close()
  }
})

test.each(['webhooks', 'notice-channels', 'shops', 'mailboxes'])(
  'tests of %s are counted by tenant, whichever of its keys asks',
  async (what) => {
    const tenantId = (await makeTenant(database.db)).id
    const keys = [await keyFor(tenantId), await keyFor(tenantId)]
    const send = (n: number) =>
      app.inject({ method: 'POST', url: `/v1/${what}/${newId()}/test`, headers: { ...keys[n % 2] } })
    for (let n = 0; n < 30; n++) expect((await send(n)).statusCode).toBe(404)
    for (let n = 0; n < 2; n++) expect((await send(n)).statusCode).toBe(429)
  },
)

test.each([
  ['streams', '/events?maxSeconds=1', 'event: ready'],
  ['waits for changes', '/changes?wait=1', '"changes":[]'],
])(
  'of the %s that a tenant opens two at once ask the database, and another’s has its turn beside them',
  async (_what, url, answered) => {
    const restore = await slowDown('feed_history')
    const waiting = async (count: number) => {
      for (;;) {
        const { rows } = await watcher.query<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        if (Number(rows[0]?.n) >= count) return rows[0]?.n
      }
    }
    const watcher = new pg.Client({ connectionString: database.url })
    await watcher.connect()
    const flood = Array.from({ length: 10 }, () => ask(a, url))
    expect(await waiting(2)).toBe(2)
    const other = ask(b, url)
    expect(await waiting(3)).toBe(3)
    expect((await ask(b, '/orders?limit=5')).statusCode).toBe(200)
    await restore()
    const answers = await Promise.all([...flood, other])
    expect(codes(answers, 200)).toBe(11)
    for (const { body } of answers) expect(body).toContain(answered)
    await watcher.end()
  },
)

test('a tenant’s exports are few at once', async () => {
  const restore = await slowDown('orders')
  const three = Array.from({ length: 3 }, () => ask(a, '/orders/export?status=auto_imported'))
  expect(
    (
      await Promise.any(
        three.map(async (one) => ((await one).statusCode === 429 ? one : Promise.reject(one))),
      )
    ).json(),
  ).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  await restore()
  expect((await Promise.all(three)).map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 429])
})

test('no count goes beyond 10,000, and the answer says that there are more', async () => {
  const counted = (await ask(a, '/orders?limit=1&total=true')).json()
  expect(counted).toMatchObject({ total: 10_000, totalIsCapped: true })
})

test('statements of a heavy read have a shorter time limit than others, and connections of their own', async () => {
  const settings = () =>
    database.pool.query('select pg_backend_pid() as pid, setting from pg_settings where name = $1', [
      'statement_timeout',
    ])
  const done = Promise.withResolvers<void>()
  const [plain, heavy] = await asTenant(tenantOfA, async () => {
    const before = await settings()
    await createHeavyReads().hold(tenantOfA, done.promise)
    return [before.rows[0], (await settings()).rows[0]]
  })
  done.resolve()
  expect(heavy.setting).toBe('10000')
  expect(Number(plain.setting)).toBeGreaterThan(10_000)
  expect(heavy.pid).not.toBe(plain.pid)
})
