import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { PROBLEMS, type ProblemCode } from '../../../src/http/problems.ts'
import { formatPosition } from '../../../src/orders/hand-over/position.ts'
import { HttpError, type HttpResponse } from '../../../src/platform/http/http-client.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, poolWith } from '../../support/fixtures.ts'
import { OPERATOR_KEY, restServer, wholeServer } from '../../support/http/rest-server.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'
import { makeStaff, openBrowser, PASSWORD } from '../../support/staff/browser.ts'

/**
 * Every problem code is provoked here on the whole service, and what it answers is what the document shows:
 * `RECORD_ANSWERS=1 vitest run --project integration test/integration/http/problem-examples.test.ts` records
 * it.
 */

let database: TestDatabase
let app: App
let tenantId: string
let key: string
let shopId: string
let orderIds: string[]
let mall: () => Promise<HttpResponse>
const closing: (() => Promise<unknown>)[] = []

const unreachable = () => Promise.reject(new HttpError('unreachable', 'no network in this test'))
const refusing = async () => {
  const body = { errors: [{ code: 'GE0014', message: 'Un-Authorised' }] }
  return { status: 401, headers: {}, body: Buffer.from(JSON.stringify(body)) }
}

beforeAll(async () => {
  database = await freshDatabase()
  app = await serve({ eventLoopDelayMs: 0 })
  const bench = await importBench(database)
  tenantId = bench.tenantId
  const wanted = numbers(2)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  const rows = await database.db.order.findMany({ where: { tenantId }, orderBy: { orderNumber: 'asc' } })
  orderIds = rows.map(({ id }) => id)
  shopId = (await makeShop(database.db, { tenantId, code: '300001' })).id
  key = await newKey(tenantId)
})
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
  await database?.close()
})

async function serve(
  limits: Parameters<typeof wholeServer>[1],
  on: Parameters<typeof wholeServer>[0] = database,
) {
  const server = await wholeServer(on, limits, { http: { request: () => mall() } })
  closing.push(() => server.close())
  return server
}

async function newKey(of: string): Promise<string> {
  const payload = { tenantId: of, name: '受注管理ソフト' }
  const headers = { authorization: `Bearer ${OPERATOR_KEY}` }
  const made = await app.inject({ method: 'POST', url: '/v1/admin/api-keys', headers, payload })
  return made.json().key
}

interface Call {
  method?: 'POST' | 'PATCH' | 'PUT'
  body?: object | string
  headers?: Record<string, string>
  as?: string
  at?: App
}

const call = (url: string, { method, body, headers = {}, as = key, at = app }: Call = {}) =>
  at.inject({
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url,
    headers: { ...(as === '' ? {} : { authorization: `Bearer ${as}` }), ...headers },
    ...(body === undefined ? {} : { payload: body }),
  })

const pull = (id: string, limit: number) =>
  call('/v1/orders/pull', { body: { limit }, headers: { 'idempotency-key': id } })
const edit = (headers: Record<string, string>) =>
  call(`/v1/orders/${orderIds[0]}`, {
    method: 'PATCH',
    headers,
    body: { notes: { shop: '電話で日時を確認済み' } },
  })
const move = () =>
  call('/v1/orders/move', { body: { orderIds, to: 'on_hold', ifVersions: { [orderIds[1] ?? '']: 99 } } })
const subStatuses = (answer: typeof mall) => {
  mall = answer
  return call(`/v1/shops/${shopId}/sub-statuses`)
}

async function inState(status: 'applied' | 'suspended') {
  const other = await makeTenant(database.db, { status })
  return call('/v1/shops', { as: await newKey(other.id) })
}

async function moved() {
  const { id } = await makeTenant(database.db, { status: 'suspended' })
  const at = new Date()
  const address = 'https://orders.example.com'
  const move = { tenantId: id, state: 'gone', wasActive: true, address, createdAt: at, updatedAt: at }
  await database.db.tenantMove.create({ data: { ...move, id: NOBODY } })
  return call('/v1/shops', { as: await newKey(id) })
}

async function signedInHalf() {
  const strict = await makeTenant(database.db, { requireSecondFactor: true })
  const { email } = await makeStaff(database.db, strict.id, 'owner')
  const browser = openBrowser(app)
  await browser.ask('POST', '/session', { email, password: PASSWORD })
  return browser
}

async function withoutCsrfToken() {
  const { email } = await makeStaff(
    database.db,
    (await makeTenant(database.db, { requireSecondFactor: false })).id,
    'owner',
  )
  const browser = openBrowser(app)
  await browser.ask('POST', '/session', { email, password: PASSWORD })
  browser.csrfToken = ''
  return browser.ask('POST', '/blocked-buyers', { kind: 'phone', value: '090-0000-0000', reason: '受取拒否' })
}

/** While somebody else holds the table, longer than a request may take. */
async function tooSlow() {
  const impatient = await serve({ eventLoopDelayMs: 0, requestMs: 400 })
  const holder = await database.pool.connect()
  try {
    await holder.query('begin; lock table shops in access exclusive mode')
    return await call('/v1/shops', { at: impatient })
  } finally {
    await holder.query('rollback')
    holder.release()
  }
}

async function withoutDatabase() {
  const refused = () =>
    Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
  const db = new Proxy(database.db, { get: () => new Proxy({}, { get: () => refused }) })
  const server = await serve({ eventLoopDelayMs: 0 }, { db, url: database.url, pool: poolWith(refused) })
  return call('/v1/shops', { at: server })
}

async function faulty() {
  const fault = () => Promise.reject(new TypeError('a fault of the service'))
  const db = new Proxy(database.db, {
    get: (real, name) => (name === 'shop' ? { findMany: fault } : Reflect.get(real, name)),
  })
  const server = await serve({ eventLoopDelayMs: 0 }, { ...database, db })
  return call('/v1/shops', { at: server })
}

const NOBODY = '0199c0de-0000-7000-8000-000000000000'
const FIRST_KEY = '3f0f6b1e-6f0e-4b0e-9a53-0f5b6f2b7c11'

const PROVOKED: Record<ProblemCode, () => Promise<{ statusCode: number; body: string }>> = {
  BAD_REQUEST: () => call('/v1/shops/%zz'),
  IDEMPOTENCY_KEY_MISSING: () =>
    call('/v1/orders/pull', { body: { limit: 1 }, headers: { 'idempotency-key': '' } }),
  UNAUTHENTICATED: () => call('/v1/orders', { as: '' }),
  SIGN_IN_REFUSED: () =>
    openBrowser(app).ask('POST', '/session', { email: 'x@example.jp', password: PASSWORD }),
  SECOND_FACTOR_REQUIRED: async () => (await signedInHalf()).ask('GET', '/shops'),
  CSRF_TOKEN_WRONG: withoutCsrfToken,
  FORBIDDEN: () => call('/v1/admin/tenants'),
  TENANT_NOT_ACTIVE: () => inState('applied'),
  TENANT_SUSPENDED: () => inState('suspended'),
  TENANT_MOVED: moved,
  NOT_FOUND: () => call(`/v1/orders/${NOBODY}`),
  ROUTE_NOT_FOUND: () => call('/v1/order'),
  METHOD_NOT_ALLOWED: () => call('/v1/board', { body: {} }),
  CONFLICT: () => call('/v1/shops', { body: { marketplace: 'rakuten', code: '123456', name: '2号店' } }),
  IDEMPOTENCY_KEY_IN_PROGRESS: async () => {
    const url = '/v1/blocked-buyers'
    const body = { kind: 'phone', value: '090-0000-0000', reason: '受取拒否' }
    const headers = { 'idempotency-key': FIRST_KEY }
    await call(url, { body, headers })
    await database.pool.query("update idempotency_keys set runs_until = now() + interval '1 hour'")
    return call(url, { body, headers })
  },
  POSITION_UNKNOWN: () => {
    const position = { desk: NOBODY, name: 'till-1', number: 7, path: [['', 0]] satisfies [[string, number]] }
    return call('/v1/orders/pull', { body: { after: formatPosition(position) } })
  },
  POSITION_EXPIRED: () => call('/v1/changes?after=0-1-00000000'),
  VERSION_MISMATCH: () => edit({ 'if-match': '"99"' }),
  IF_MATCH_MISSING: () => edit({}),
  PAYLOAD_TOO_LARGE: () => call('/v1/shops', { body: { name: 'x'.repeat(2 * 1024 * 1024) } }),
  UNSUPPORTED_MEDIA_TYPE: () =>
    call('/v1/shops', { body: '<shop/>', headers: { 'content-type': 'text/xml' } }),
  VALIDATION_FAILED: () => call('/v1/shops', { body: { marketplace: 'rakuten', code: '123456' } }),
  IDEMPOTENCY_KEY_REUSED: async () => {
    await pull(FIRST_KEY, 1)
    return pull(FIRST_KEY, 2)
  },
  HOST_NOT_ALLOWED: () =>
    call('/v1/mailboxes', {
      body: {
        name: '注文メール',
        host: '10.0.0.1',
        port: 993,
        username: 'order@example.jp',
        password: 'x',
        shopIds: [],
      },
    }),
  MARKETPLACE_REFUSED: () => subStatuses(refusing),
  NOT_CONFIGURED: () => call('/v1/password-resets', { body: { email: 'owner@example.jp' }, as: '' }),
  TOO_MANY_REQUESTS: async () => {
    const narrow = await serve({ eventLoopDelayMs: 0, requestsPerMinute: 1 })
    await call('/v1/shops', { at: narrow })
    return call('/v1/shops', { at: narrow })
  },
  INTERNAL: faulty,
  MARKETPLACE_UNAVAILABLE: () => subStatuses(unreachable),
  TIMEOUT: tooSlow,
  UNAVAILABLE: withoutDatabase,
}

const FILE = new URL('../../../src/http/openapi/problem-answers.json', import.meta.url)
const seen: Record<string, unknown> = {}

/** What differs from run to run is always the same in the record. */
function steady(body: string): unknown {
  const ids = new Map<string, string>()
  const text = body.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
    if (!ids.has(id)) ids.set(id, `0199c0de-0000-7000-8000-${String(ids.size).padStart(12, '0')}`)
    return ids.get(id) ?? id
  })
  return JSON.parse(text.replaceAll(/"position":"\d+-\d+"/g, '"position":"81234-5678"'))
}

test.each(Object.entries(PROVOKED))('%s is answered as the document shows it', async (code, provoke) => {
  const { statusCode, body } = await provoke()
  expect([JSON.parse(body).code, statusCode], body).toEqual([code, PROBLEMS[code as ProblemCode].status])
  seen[code] = steady(body)
})

test('moving orders that somebody else changed tells their versions', async () => {
  const { statusCode, body } = await move()
  expect(statusCode, body).toBe(412)
  seen.moveOrders = steady(body)
})

test('a service that is not ready says which part is not', async () => {
  const queue = { needed: true, run: () => Promise.reject(new Error('away')) }
  const readiness = { database: { needed: true, run: async () => undefined }, queue }
  const rest = await restServer(database.db, { server: { readiness } })
  closing.push(() => rest.close())
  const { statusCode, body } = await rest.app.inject({ url: '/readyz' })
  expect(statusCode, body).toBe(503)
  seen.getReadiness = steady(body)
})

test('the record has all of them, with the fields of today', () => {
  if (process.env.RECORD_ANSWERS === '1') writeFileSync(FILE, `${JSON.stringify(seen, null, 2)}\n`)
  const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, object>
  const shape = (all: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, fieldsOf(one)]))
  expect(shape(recorded)).toEqual(shape(seen))
})

/** Names and constant words, not values that time makes. */
function fieldsOf(part: unknown): unknown {
  if (Array.isArray(part)) return part.slice(0, 1).map(fieldsOf)
  if (typeof part === 'object' && part !== null)
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, fieldsOf(one)]))
  return typeof part
}
