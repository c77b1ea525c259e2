import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldClock, heldClock, makeShop, makeTenant } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'

let database: TestDatabase
let rest: RestServer
let clock: HeldClock

beforeAll(async () => {
  database = await freshDatabase()
})
beforeEach(async () => {
  await rest?.close()
  clock = heldClock()
  rest = await restServer(database.db, { clock })
})
afterAll(async () => {
  await rest?.close()
  await database?.close()
})

const admin = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  rest.app.inject({ method, url: `/v1/admin${url}`, headers: rest.operator, ...(payload ? { payload } : {}) })

async function newTenant(status: 'applied' | 'active' = 'active'): Promise<string> {
  const answer = await admin('POST', '/tenants', {
    name: '株式会社とりこみ',
    emails: ['owner@example.jp'],
    status,
  })
  expect(answer.statusCode).toBe(201)
  return answer.json().id
}

async function newKey(tenantId: string, more: object = {}): Promise<{ id: string; key: string }> {
  const answer = await admin('POST', '/api-keys', { tenantId, name: '受注管理ソフト', ...more })
  expect(answer.statusCode).toBe(201)
  return answer.json()
}

const board = (key: string) =>
  rest.app.inject({ url: '/v1/shops', headers: { authorization: `Bearer ${key}` } })

test('a tenant applies, is let in, suspended and let in again', async () => {
  const tenantId = await newTenant('applied')
  const { key } = await newKey(tenantId)
  expect((await board(key)).json()).toMatchObject({ status: 403, code: 'TENANT_NOT_ACTIVE' })
  expect((await admin('PATCH', `/tenants/${tenantId}`, { status: 'active' })).json()).toMatchObject({
    id: tenantId,
    status: 'active',
  })
  expect((await board(key)).statusCode).toBe(200)
  await admin('PATCH', `/tenants/${tenantId}`, { status: 'suspended' })
  const refused = await board(key)
  expect(refused.json()).toMatchObject({ status: 403, code: 'TENANT_SUSPENDED' })
  expect(refused.json().detail).toMatch(/停止中/)
  await admin('PATCH', `/tenants/${tenantId}`, { status: 'active' })
  expect((await board(key)).statusCode).toBe(200)
  expect(rest.mailboxChanges).toBe(3)
})

test('tenants are listed in pages, each once', async () => {
  const ids = [await newTenant(), await newTenant(), await newTenant()]
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = await admin('GET', `/tenants?limit=2${cursor && `&cursor=${cursor}`}`)
    expect(page.statusCode).toBe(200)
    seen.push(...page.json().tenants.map((tenant: { id: string }) => tenant.id))
    cursor = page.json().nextCursor
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toEqual(expect.arrayContaining(ids))
  const broken = await admin('GET', '/tenants?cursor=nonsense')
  expect(broken.json()).toMatchObject({ status: 422, errors: [{ field: 'cursor' }] })
})

test('an unknown tenant is not found', async () => {
  const url = '/tenants/0199c0de-0000-7000-8000-0000000000ff'
  expect((await admin('GET', url)).statusCode).toBe(404)
  expect((await admin('PATCH', url, { name: 'x' })).statusCode).toBe(404)
  const key = await admin('POST', '/api-keys', { tenantId: url.slice(9), name: 'x' })
  expect(key.json()).toMatchObject({ status: 422, errors: [{ field: 'tenantId', code: 'not_found' }] })
})

test('a key is shown once and stored as a hash only', async () => {
  const tenantId = await newTenant()
  const { id, key } = await newKey(tenantId)
  expect(key).toMatch(/^trk_[A-Za-z0-9_-]{43}$/)
  const listed = await admin('GET', `/api-keys?tenantId=${tenantId}`)
  expect(listed.json().apiKeys).toMatchObject([
    { id, prefix: key.slice(0, 12), revokedAt: null, lastUsedAt: null },
  ])
  expect(listed.body).not.toContain(key)
  const row = await database.db.apiKey.findUniqueOrThrow({ where: { id } })
  expect(JSON.stringify(row)).not.toContain(key.slice(12))
  expect(row.hash).toHaveLength(32)
  expect(rest.log.join('')).not.toContain(key)
})

test('a revoked key stops at once here, and within five seconds where another process revoked it', async () => {
  const tenantId = await newTenant()
  const mine = await newKey(tenantId)
  expect((await board(mine.key)).statusCode).toBe(200)
  expect((await admin('DELETE', `/api-keys/${mine.id}`)).statusCode).toBe(204)
  expect((await admin('DELETE', `/api-keys/${mine.id}`)).statusCode).toBe(204)
  expect((await board(mine.key)).json()).toMatchObject({
    status: 401,
    detail: expect.stringContaining('取り消'),
  })

  const other = await newKey(tenantId)
  expect((await board(other.key)).statusCode).toBe(200)
  await database.db.apiKey.update({ where: { id: other.id }, data: { revokedAt: new Date() } })
  clock.advance(5_001)
  expect((await board(other.key)).statusCode).toBe(401)
})

test('an expired key is refused, and one that would be born expired is not made', async () => {
  const tenantId = await newTenant()
  const at = (ms: number) => new Date(clock.now() + ms).toISOString()
  const { key } = await newKey(tenantId, { expiresAt: at(60_000) })
  expect((await board(key)).statusCode).toBe(200)
  clock.advance(60_000)
  expect((await board(key)).json()).toMatchObject({
    status: 401,
    detail: expect.stringContaining('有効期限'),
  })
  const late = await admin('POST', '/api-keys', { tenantId, name: 'x', expiresAt: at(-1) })
  expect(late.json()).toMatchObject({ status: 422, errors: [{ field: 'expiresAt' }] })
})

test('the last use of a key is noted at most once a minute', async () => {
  const tenantId = await newTenant()
  const { id, key } = await newKey(tenantId)
  const lastUsedAt = async () =>
    (await database.db.apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt?.getTime()
  const first = clock.now()
  await board(key)
  expect(await lastUsedAt()).toBe(first)
  clock.advance(59_000)
  await board(key)
  expect(await lastUsedAt()).toBe(first)
  clock.advance(1_000)
  await board(key)
  expect(await lastUsedAt()).toBe(first + 60_000)
})

test('unknown keys of any shape are 401', async () => {
  for (const key of [`trk_${'a'.repeat(43)}`, 'x', 'operator-key-of-the-test', `trk_${'a'.repeat(44)}`]) {
    expect((await board(key)).json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  }
})

test('changes of settings stand in the audit, newest first, in pages', async () => {
  const tenantId = await newTenant()
  clock.advance(1_000)
  const { id } = await newKey(tenantId)
  clock.advance(1_000)
  await admin('DELETE', `/api-keys/${id}`)
  const actions: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = await admin('GET', `/audit?tenantId=${tenantId}&limit=2${cursor && `&cursor=${cursor}`}`)
    actions.push(...page.json().audit.map((entry: { action: string }) => entry.action))
    cursor = page.json().nextCursor
  }
  expect(actions).toEqual(['api_key.revoked', 'api_key.created', 'tenant.created'])
  const one = await admin('GET', `/audit?target=${id}&action=api_key.created`)
  expect(one.json().audit).toMatchObject([{ tenantId, actor: 'operator', data: { name: '受注管理ソフト' } }])
})

test('a store that two tenants have is told to the operator, with whom to ask', async () => {
  const [one, two] = [
    await makeTenant(database.db, { name: 'A社' }),
    await makeTenant(database.db, { name: 'C社' }),
  ]
  const mine = await makeShop(database.db, { tenantId: one.id, code: '700007' })
  await makeShop(database.db, { tenantId: one.id, marketplace: 'yahoo', code: '700007' })
  const told = async () =>
    (await admin('GET', '/attention'))
      .json()
      .attention.filter(({ code }: { code: string }) => code === 'SHOP_ALSO_ELSEWHERE')
      .filter(({ message }: { message: string }) => message.includes('700007'))
  expect(await told()).toEqual([])
  const theirs = await makeShop(database.db, { tenantId: two.id, code: '700007' })
  expect(await told()).toMatchObject([
    { id: mine.id, tenantName: 'A社', message: expect.stringContaining('契約店「C社」') },
    { id: theirs.id, tenantName: 'C社', message: expect.stringContaining('契約店「A社」') },
  ])
})

test('what stands still is listed for the operator alone, the longest first, with whose it is', async () => {
  const tenant = await makeTenant(database.db)
  const stand = (attentionCode: string, since: string) => ({
    attentionCode,
    attentionMessage: '鍵を登録し直してください。',
    attentionSince: new Date(since),
  })
  const late = await makeShop(database.db, { tenantId: tenant.id })
  const early = await makeShop(database.db, { tenantId: tenant.id, marketplace: 'yahoo' })
  await database.db.shop.update({ where: { id: late.id }, data: stand('KEY_REFUSED', '2026-01-02') })
  await database.db.shop.update({ where: { id: early.id }, data: stand('CONSENT_ENDED', '2026-01-01') })
  const headers = await rest.keyFor(tenant.id)
  expect((await rest.app.inject({ url: '/v1/admin/attention', headers })).statusCode).toBe(403)
  const { attention } = (await admin('GET', '/attention')).json()
  const mine = attention.filter(({ tenantId }: { tenantId: string }) => tenantId === tenant.id)
  expect(mine).toMatchObject([
    { what: 'shop', id: early.id, tenantName: tenant.name, code: 'CONSENT_ENDED' },
    { what: 'shop', id: late.id, name: late.name, code: 'KEY_REFUSED', since: '2026-01-02T00:00:00.000Z' },
  ])
})

test('the queues are counted for the operator alone', async () => {
  const tenant = await makeTenant(database.db)
  const headers = await rest.keyFor(tenant.id)
  expect((await rest.app.inject({ url: '/v1/admin/queues', headers })).statusCode).toBe(403)
  expect((await admin('GET', '/queues')).json()).toEqual({
    queues: [{ name: 'wake', waiting: 1, active: 0, delayed: 0, failed: 0 }],
    nextCursor: null,
  })
})
