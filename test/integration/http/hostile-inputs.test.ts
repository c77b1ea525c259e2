import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { TEST_SEED } from '../../support/drawn-seed.ts'
import { makeApiKey, makeMailbox, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { type HostileCall, hostileCalls, targetsOf } from '../../support/http/hostile-calls.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'

let database: TestDatabase
let app: App
let key: string
let ids: string[]
beforeAll(async () => {
  database = await freshDatabase()
  app = await wholeServer(database, { requestsPerMinute: 1_000_000 })
  const tenant = await makeTenant(database.db)
  const made = newApiKey(systemRandom)
  key = made.key
  await database.db.apiKey.create({
    data: {
      id: newId(),
      tenantId: tenant.id,
      name: 'hostile',
      prefix: made.prefix,
      hash: made.hash,
      createdAt: new Date(),
    },
  })
  const shop = await makeShop(database.db, { tenantId: tenant.id, marketplace: 'rakuten' })
  const mailbox = await makeMailbox(database.db, { tenantId: tenant.id, shopIds: [shop.id] })
  // Its status may be changed; the tenant of the key must stay as it is.
  const other = await makeTenant(database.db)
  ids = [shop.id, mailbox.id, other.id, newId()]
})
afterAll(async () => {
  await app.close()
  await database.close()
})

async function send({ method, url, headers, body }: Omit<HostileCall, 'operationId'>) {
  const bearer = url.startsWith('/v1/admin') ? OPERATOR_KEY : key
  return app.inject({
    method: method as 'GET',
    url,
    headers: {
      ...headers,
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: body }),
  })
}

/** 503 says that something outside is not there, which here is so: no mall answers. */
const OUTSIDE = new Set(['MARKETPLACE_UNAVAILABLE'])

/** Ten seconds of it with each `npm test`; whatever is found comes again by its TEST_SEED. */
const CALLS = process.env.TEST_FULL ? 5_000 : 500

it(`${CALLS} random hostile inputs over every route: no 5xx`, async () => {
  const targets = targetsOf((await app.inject('/openapi.json')).json())
  const statuses = new Map<number, number>()
  const routes = new Set<string>()
  let slowestMs = 0
  await fc.assert(
    fc.asyncProperty(hostileCalls(targets, ids), async (call) => {
      const since = performance.now()
      const answer = await send(call)
      slowestMs = Math.max(slowestMs, performance.now() - since)
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1)
      routes.add(call.operationId)
      if (answer.statusCode >= 500 && !OUTSIDE.has(answer.json().code))
        throw new Error(
          `${answer.statusCode} ${call.method} ${call.url.slice(0, 300)} ${(call.body ?? '').slice(0, 300)}`,
        )
    }),
    { numRuns: CALLS, interruptAfterTimeLimit: 420_000, markInterruptAsFailure: true },
  )
  const counts = Object.fromEntries([...statuses].sort(([a], [b]) => a - b))
  console.info(
    `hostile inputs: TEST_SEED=${TEST_SEED}, ${routes.size} of ${targets.length} routes, ${JSON.stringify(counts)}, slowest ${Math.round(slowestMs)} ms`,
  )
  expect(routes.size).toBeGreaterThan(targets.length * (CALLS < 1_000 ? 0.8 : 0.9))
  // A key that a call had ended would make the rest of them meaningless.
  expect((await send({ method: 'GET', url: '/v1/board', headers: {} })).statusCode).toBe(200)
}, 450_000)

describe('what was answered with 500 once', () => {
  const cursorOf = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')
  const times = ['0000-01-01T00:00:00Z', '2026-01-15T00:00:00+16:00', '2026-01-15T00:00:00-16:00']
  it.each([
    ...times.flatMap((time) => [
      `/v1/orders?from=${encodeURIComponent(time)}`,
      `/v1/orders?to=${encodeURIComponent(time)}`,
    ]),
    `/v1/orders?cursor=${cursorOf('0000-01-01T00:00:00Z', newId())}`,
    `/v1/imports?cursor=${cursorOf('0000-01-01T00:00:00Z', newId())}`,
    `/v1/admin/mails?cursor=${cursorOf('0000-01-01T00:00:00Z', newId())}`,
    `/v1/admin/audit?cursor=${cursorOf('0000-01-01T00:00:00Z', newId())}`,
    `/v1/items?cursor=${cursorOf('\0')}`,
  ])('GET %s', async (url) => {
    const { statusCode } = await send({ method: 'GET', url, headers: {} })
    expect([400, 404, 422]).toContain(statusCode)
  })

  it('a connection test in a rehearsal, whose calls are counted', async () => {
    // Of a tenant that no drawn call has met.
    const { id: tenantId } = await makeTenant(database.db)
    const { id: shopId } = await makeShop(database.db, { tenantId })
    const rehearsal = { id: newId(), tenantId, shopId, startedAt: new Date(), startedBy: 'x' }
    await database.db.rehearsal.create({ data: rehearsal })
    await database.db.shop.update({ where: { id: shopId }, data: { rehearsalId: rehearsal.id } })
    const headers = await makeApiKey(database.db, tenantId)
    const answer = await app.inject({ method: 'POST', url: `/v1/shops/${shopId}/test`, headers })
    expect([answer.statusCode, answer.json().ok]).toEqual([200, false])
    expect(await database.db.rehearsalCall.count({ where: { rehearsalId: rehearsal.id } })).toBe(1)
  })

  it('half of a letter in a query finds nothing', async () => {
    const answer = await send({ method: 'GET', url: '/v1/orders?q=%ED%A0%80', headers: {} })
    expect([answer.statusCode, answer.json().orders]).toEqual([200, []])
  })

  it.each([
    ['5,000 levels', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'too_deep'],
    ['5,000 levels in a field', `{"orderNumbers":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'too_deep'],
    ['half a surrogate', '{"shopId":"\\ud800","orderNumbers":["1"]}', 'invalid_text'],
    ['half a surrogate as a name', '{"\\udc00":1}', 'invalid_text'],
  ])('a body of %s', async (_what, body, code) => {
    const answer = await send({ method: 'POST', url: '/v1/orders/import', headers: {}, body })
    expect([answer.statusCode, answer.json().errors[0].code]).toEqual([422, code])
  })

  it('brackets within a text are no levels', async () => {
    const body = JSON.stringify({ shopId: ids[0], orderNumbers: ['[{'.repeat(100)] })
    const answer = await send({ method: 'POST', url: '/v1/orders/import', headers: {}, body })
    expect(JSON.stringify(answer.json())).not.toContain('too_deep')
  })

  it('a route that is not there reads no body', async () => {
    const before = JSON.parse
    let parsed = 0
    JSON.parse = ((...args: Parameters<typeof before>) => {
      parsed += 1
      return before(...args)
    }) as typeof before
    try {
      const answer = await send({
        method: 'POST',
        url: '/v1/nothing',
        headers: {},
        body: '['.repeat(500_000),
      })
      expect([answer.statusCode, parsed]).toEqual([404, 0])
    } finally {
      JSON.parse = before
    }
  })
})
