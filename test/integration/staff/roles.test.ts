import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Need } from '../../../src/http/access.ts'
import type { App } from '../../../src/http/app-types.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import type { StaffRole } from '../../../src/staff/accounts.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeOrder, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { type Browser, makeStaff, openBrowser, PASSWORD, signedIn } from '../../support/staff/browser.ts'

/** Every route with every kind of caller: a new route is walked without being named here. */

let database: TestDatabase
let app: App
let tenantId: string
let shopId: string

beforeAll(async () => {
  database = await freshDatabase()
  app = await wholeServer(database, { requestsPerMinute: 100_000 })
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
  shopId = (await makeShop(database.db, { tenantId })).id
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const ROLES = ['read_only', 'staff', 'owner', 'operator_without_personal_data', 'operator'] as const
const RANK = { read_only: 0, staff: 1, owner: 2 } as const

/** Whether the route's role lets this one in. */
function allowed(role: StaffRole, need: Need): boolean {
  if (need === 'operator' || need === 'operator_without_personal_data')
    return role === 'operator' || role === need
  if (need === 'anyone' || need === 'session') return true
  return role in RANK && RANK[role as keyof typeof RANK] >= RANK[need]
}

const walked = () =>
  app.routeTable.filter(({ url, need }) => url.startsWith('/v1/') && need !== 'anyone' && need !== 'session')

async function walk(ask: (method: 'GET', path: string) => Promise<{ statusCode: number; body: string }>) {
  const seen = new Map<string, 'in' | 'out' | string>()
  for (const { method, url } of walked()) {
    // A stream does not end; events.test.ts looks at it.
    if (url === '/v1/events') continue
    const path = url
      .replace(/^\/v1/, '')
      .replace(/:number/, '1')
      .replace(/:\w+/g, newId())
    const { statusCode, body } = await ask(method as 'GET', path)
    const refused = statusCode === 403 && body.includes('"FORBIDDEN"')
    seen.set(`${method} ${url}`, refused ? 'out' : statusCode === 401 ? '401' : 'in')
  }
  return seen
}

test('each role gets through exactly where its route says so', async () => {
  for (const role of ROLES) {
    const mine = role.startsWith('operator') ? null : tenantId
    const browser = await signedIn(app, (await makeStaff(database.db, mine, role)).email)
    const seen = await walk((method, path) => browser.ask(method, path))
    const wanted = new Map(
      walked()
        .filter(({ url }) => url !== '/v1/events')
        .map(({ method, url, need }) => [`${method} ${url}`, allowed(role, need) ? 'in' : 'out']),
    )
    expect([role, Object.fromEntries(seen)]).toEqual([role, Object.fromEntries(wanted)])
  }
  expect(walked().length).toBeGreaterThan(60)
})

test('a session that owes its second factor opens nothing but its own routes', async () => {
  const strict = await makeTenant(database.db)
  for (const [mine, role] of [
    [strict.id, 'owner'],
    [null, 'operator'],
  ] as const) {
    const { email } = await makeStaff(database.db, mine, role)
    const browser = openBrowser(app)
    const { state } = (await browser.ask('POST', '/session', { email, password: PASSWORD })).json()
    expect(state).toBe('second_factor_setup_required')
    for (const { method, url } of walked()) {
      const answer = await browser.ask(method as 'GET', url.replace(/^\/v1/, '').replace(/:\w+/g, newId()))
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 403, 'SECOND_FACTOR_REQUIRED'])
    }
    for (const [method, url] of [
      ['GET', '/sessions'],
      ['POST', '/session/password'],
      ['POST', '/session/recovery-codes'],
    ] as const) {
      const payload =
        method === 'GET'
          ? undefined
          : url.endsWith('password')
            ? { currentPassword: 'x', newPassword: 'y' }
            : { code: '123456' }
      const answer = await browser.ask(method, url, payload)
      expect([url, answer.statusCode]).toEqual([url, 403])
    }
  }
})

test('no route opens for a session without a token', async () => {
  const browser = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  browser.csrfToken = ''
  for (const { method, url } of walked()) {
    if (method === 'GET') continue
    const answer = await browser.ask(method as 'POST', url.replace(/^\/v1/, '').replace(/:\w+/g, newId()))
    expect([url, answer.json().code]).toEqual([url, 'CSRF_TOKEN_WRONG'])
  }
})

async function keyWith(more: object): Promise<Browser['ask']> {
  const { key, prefix, hash } = newApiKey(systemRandom)
  await database.db.apiKey.create({
    data: { id: newId(), tenantId, name: 'x', prefix, hash, createdAt: new Date(), ...more },
  })
  return async (method: 'GET', url: string, payload?: object) =>
    app.inject({
      method,
      url: `/v1${url}`,
      headers: { authorization: `Bearer ${key}`, 'idempotency-key': newId() },
      ...(payload === undefined ? {} : { payload }),
    })
}

test('a key has a role, too', async () => {
  const readOnly = await keyWith({ role: 'read_only' })
  const seen = await walk(readOnly)
  for (const { method, url, need } of walked())
    if (url !== '/v1/events')
      expect([method, url, seen.get(`${method} ${url}`)]).toEqual([
        method,
        url,
        need === 'read_only' ? 'in' : 'out',
      ])
})

test('a key of one shop opens nothing of another', async () => {
  const { db } = database
  const other = await makeShop(db, { tenantId, marketplace: 'yahoo' })
  const rows = async (shop: string) => {
    const { id: order } = await makeOrder(db, { tenantId, shopId: shop })
    return { shop, order }
  }
  const mine = await rows(shopId)
  const theirs = await rows(other.id)
  const ask = await keyWith({ shopIds: [shopId] })
  const status = async (method: 'GET' | 'POST', url: string, payload?: object) =>
    (await ask(method, url, payload)).statusCode
  const listed = async (url: string, name: string) =>
    (await ask('GET', url)).json()[name].map((row: { id?: string; shopId?: string }) => row.shopId ?? row.id)
  expect(await listed('/orders', 'orders')).toEqual([mine.shop])
  expect(await listed('/shops', 'shops')).toEqual([mine.shop])
  expect(await listed('/credentials', 'credentials')).toEqual([mine.shop])
  for (const name of ['import-requests', 'site-changes', 'notices'])
    expect([
      name,
      await status('GET', `/${name}`),
      await status('GET', `/${name}?shopId=${theirs.shop}`),
    ]).toEqual([...[name, 200, 404]])
  expect(await status('GET', `/orders?shopId=${mine.shop}`)).toBe(200)
  expect(await status('GET', `/orders?shopId=${theirs.shop}`)).toBe(404)
  expect(await status('GET', `/orders/${mine.order}/timeline`)).toBe(200)
  expect(await status('GET', `/orders/${theirs.order}`)).toBe(404)
  expect(await status('GET', `/orders/${theirs.order}/timeline`)).toBe(404)
  expect(await status('GET', `/shops/${mine.shop}`)).toBe(200)
  expect(await status('GET', `/shops/${theirs.shop}`)).toBe(404)
  const pulled = (await ask('POST', '/orders/pull', {})).json()
  expect(pulled.orders.map(({ id }: { id: string }) => id)).toEqual([mine.order])
  expect(await status('POST', '/orders/accept', {})).toBe(200)
  expect(await status('POST', '/orders/pull', { shopId: theirs.shop })).toBe(404)
  expect(await status('POST', '/orders/pull', { shopId: mine.shop })).toBe(200)
  const both = { orderIds: [mine.order, theirs.order], to: 'ready_to_ship' }
  expect(await status('POST', '/orders/move', both)).toBe(404)
  expect(await status('POST', '/orders/move', { ...both, orderIds: [mine.order] })).toBe(200)
  const changes = [{ orderId: theirs.order, action: 'confirm' }]
  expect(await status('POST', '/site-changes', { changes })).toBe(404)
  for (const url of [
    '/board',
    '/changes',
    '/mailboxes',
    '/webhooks',
    '/notice-channels',
    '/staff',
    '/api-keys',
    '/audit',
    '/contract',
  ])
    expect([url, await status('GET', url)]).toEqual([url, 403])
  expect(await status('GET', '/marketplaces')).toBe(200)
})
