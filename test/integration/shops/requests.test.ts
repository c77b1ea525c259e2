import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { firstIdAt } from '../../../src/platform/ids.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import { createRequestLog, deleteOldRequests } from '../../../src/shops/tenants/request-log.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { makeStaff, signedIn } from '../../support/staff/browser.ts'

let database: TestDatabase
let app: App
let tenantId: string

beforeAll(async () => {
  database = await freshDatabase()
  app = await wholeServer(database)
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})
beforeEach(async () => {
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
})

async function keyOf(tenant: string, more: object = {}) {
  const { key, prefix, hash } = newApiKey(systemRandom)
  const id = newId()
  const row = { id, tenantId: tenant, name: `PC ${id}`, prefix, hash, createdAt: new Date() }
  await database.db.apiKey.create({ data: { ...row, ...more } })
  return { id, headers: { authorization: `Bearer ${key}` } }
}
type Key = { id: string; headers: Record<string, string> }

const ask = (key: Pick<Key, 'headers'>, url: string, method: 'GET' | 'POST' = 'GET') =>
  app.inject({ method, url, headers: key.headers })
const listed = async (key: Pick<Key, 'headers'>, query = '') =>
  (await ask(key, `/v1/requests${query}`)).json().requests

describe('GET /v1/requests', () => {
  it('has how each request of a key ended, newest first, and nothing of what it asked', async () => {
    const key = await keyOf(tenantId)
    const fine = await ask(key, '/v1/orders?name=%E5%B1%B1%E7%94%B0')
    const missing = await ask(key, `/v1/orders/${newId()}?`)
    const wrong = await ask(key, '/v1/orders?limit=x')
    const rows = await listed(key)
    expect(rows).toMatchObject([
      { id: wrong.headers['x-request-id'], status: 422, code: 'VALIDATION_FAILED', path: '/v1/orders' },
      { id: missing.headers['x-request-id'], status: 404, code: 'NOT_FOUND', path: '/v1/orders/{id}' },
      {
        id: fine.headers['x-request-id'],
        method: 'GET',
        status: 200,
        code: null,
        apiKeyId: key.id,
        apiKeyName: `PC ${key.id}`,
        ms: expect.any(Number),
      },
    ])
    const { rows: kept } = await database.pool.query(
      'select r::text as text from api_requests r where tenant_id = $1',
      [tenantId],
    )
    expect(JSON.stringify(kept)).not.toMatch(/山田|%E5|name=|limit/)
    expect(await listed(key, '?failed=true&code=NOT_FOUND')).toMatchObject([{ status: 404 }])
    expect(await listed(key, `?requestId=${fine.headers['x-request-id']}`)).toMatchObject([{ status: 200 }])
    expect(await listed(key, `?to=${new Date(0).toISOString()}`)).toEqual([])
    expect(
      (await listed(key, `?from=${new Date(Date.now() - 60_000).toISOString()}`)).length,
    ).toBeGreaterThan(5)
    const { nextCursor, requests } = (await ask(key, '/v1/requests?failed=true&limit=1')).json()
    expect(requests).toMatchObject([{ status: 422 }])
    expect(await listed(key, `?failed=true&limit=1&cursor=${nextCursor}`)).toMatchObject([{ status: 404 }])
  })

  it('shows a key its own, an owner’s key and people all of their tenant, and nobody those of another', async () => {
    const shop = await makeShop(database.db, { tenantId })
    const owner = await keyOf(tenantId)
    const staff = await keyOf(tenantId, { role: 'staff' })
    const bound = await keyOf(tenantId, { shopIds: [shop.id] })
    const other = await keyOf((await makeTenant(database.db)).id)
    for (const key of [owner, staff, bound, other]) await ask(key, '/v1/marketplaces')
    const { cookie } = await signedIn(app, (await makeStaff(database.db, tenantId, 'read_only')).email)
    const person = { headers: { cookie: `__Host-torikomi_session=${cookie}` } }
    await ask(person, '/v1/shops')
    const keysSeenBy = async (key: Pick<Key, 'headers'>, query = '') =>
      [
        ...new Set((await listed(key, query)).map(({ apiKeyId }: { apiKeyId: string }) => apiKeyId)),
      ].toSorted()
    const all = [owner.id, staff.id, bound.id].toSorted()
    expect(await keysSeenBy(owner)).toEqual(all)
    expect(await keysSeenBy(person)).toEqual(all)
    expect(await keysSeenBy(staff)).toEqual([staff.id])
    expect(await keysSeenBy(staff, `?apiKeyId=${owner.id}`)).toEqual([])
    expect(await keysSeenBy(bound)).toEqual([bound.id])
    expect(await keysSeenBy(other)).toEqual([other.id])
    expect(await keysSeenBy(owner, `?apiKeyId=${other.id}`)).toEqual([])
    // A person's own requests are none of a program.
    expect((await listed(owner)).filter(({ path }: { path: string }) => path === '/v1/shops')).toEqual([])
  })

  it('goes with its key and its tenant', async () => {
    const key = await keyOf(tenantId)
    await listed(key)
    await listed(key)
    expect(await database.db.apiRequest.count({ where: { tenantId } })).toBeGreaterThan(0)
    await database.db.apiKey.delete({ where: { id: key.id } })
    expect(await database.db.apiRequest.count({ where: { tenantId } })).toBe(0)
  })
})

/** Without a server, so that statements are counted. */
describe('the log', () => {
  const request = (tenant: string, apiKeyId: string) => ({
    id: newId(),
    tenantId: tenant,
    apiKeyId,
    method: 'GET',
    path: '/v1/orders',
    status: 200,
    ms: 3,
    code: null,
  })
  const logged: object[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })

  it('writes many requests by one statement, of a tenant as many as its bound, and waits for nobody', async () => {
    const key = await keyOf(tenantId)
    const other = await makeTenant(database.db)
    const gone = await makeTenant(database.db)
    const [theirs, lost] = [await keyOf(other.id), await keyOf(gone.id)]
    const statements: unknown[] = []
    const pool = {
      query: (statement: never) => {
        statements.push(statement)
        return database.pool.query(statement)
      },
    } as unknown as TestDatabase['pool']
    const requests = createRequestLog({ pool, clock: systemClock, log, writeMs: 1_000_000 })
    for (let n = 0; n < 5_000; n += 1) requests.note(request(tenantId, key.id))
    requests.note(request(other.id, theirs.id))
    requests.note(request(gone.id, lost.id))
    expect(statements).toEqual([])
    await database.db.tenant.delete({ where: { id: gone.id } })
    await requests.flush()
    expect(statements).toHaveLength(1)
    const count = (id: string) => database.db.apiRequest.count({ where: { tenantId: id } })
    expect([await count(tenantId), await count(other.id), await count(gone.id)]).toEqual([400, 1, 0])
    expect(logged).toMatchObject([{ requests: 4_600, msg: expect.stringContaining('left out') }])
    await requests.flush()
    expect(statements).toHaveLength(1)
  })

  it('passes a database over that does not take it, and goes on', async () => {
    const key = await keyOf(tenantId)
    let isAway = true
    const pool = {
      query: (statement: never) =>
        isAway ? Promise.reject(new Error('away')) : database.pool.query(statement),
    } as unknown as TestDatabase['pool']
    const requests = createRequestLog({ pool, clock: systemClock, log, writeMs: 1_000_000 })
    requests.note(request(tenantId, key.id))
    await requests.flush()
    isAway = false
    requests.note(request(tenantId, key.id))
    await requests.flush()
    expect(await database.db.apiRequest.count({ where: { tenantId } })).toBe(1)
  })

  it('keeps thirty days, and of a tenant the newest 50,000', async () => {
    const key = await keyOf(tenantId)
    const other = await makeTenant(database.db)
    const theirs = await keyOf(other.id)
    const now = Date.now()
    const at = (days: number, n: number) =>
      firstIdAt(now - days * 86_400_000).slice(0, -12) + String(n).padStart(12, '0')
    const row = (id: string, tenant: string, apiKeyId: string) => ({
      id,
      tenantId: tenant,
      apiKeyId,
      method: 'GET',
      path: '/',
      status: 200,
      ms: 1,
      at: new Date(),
    })
    await database.db.apiRequest.createMany({
      data: [31, 29].map((days) => row(at(days, 1), other.id, theirs.id)),
    })
    await database.pool.query(
      `insert into api_requests (id, tenant_id, api_key_id, method, path, status, ms, code, at)
       select ($1 || lpad((n + 10)::text, 12, '0'))::uuid, $2, $3, 'GET', '/v1/orders/{id}/timeline', case when n % 20 = 0 then 422 else 200 end,
         1, case when n % 20 = 0 then 'VALIDATION_FAILED' end, now() from generate_series(0, 50002) n`,
      [at(1, 0).slice(0, -12), tenantId, key.id],
    )
    const { rows } = await database.pool.query<{ table: number; indexes: number }>(
      "select pg_table_size('api_requests')::int as table, pg_indexes_size('api_requests')::int as indexes",
    )
    // What docs/performance.md says, and a quarter more.
    expect(rows[0]?.table).toBeLessThan(50_003 * 170)
    expect(rows[0]?.indexes).toBeLessThan(50_003 * 170)
    await deleteOldRequests({ pool: database.pool, clock: systemClock })
    const of = (id: string) =>
      database.db.apiRequest.findMany({
        where: { tenantId: id },
        orderBy: { id: 'asc' },
        select: { id: true },
      })
    expect(await of(other.id)).toEqual([{ id: at(29, 1) }])
    const mine = await of(tenantId)
    expect([mine.length, mine[0]?.id]).toEqual([50_000, at(1, 13)])
  })
})
