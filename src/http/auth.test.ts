import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { AppError } from '../platform/errors.ts'
import { operator, tenant, type Who } from './access.ts'
import { type Auth, asApp } from './app-types.ts'
import {
  actorOf,
  type BrowserSession,
  bearerKey,
  callerOf,
  createAuthHooks,
  createFailureCount,
  csrfTokenOf,
  type Doors,
  operatorOf,
  SESSION_COOKIE,
  type SessionState,
  sameSecret,
  sessionSecret,
  shopsOf,
  tenantOf,
} from './auth.ts'
import { setErrorHandlers } from './error-handler.ts'

const KEY: Auth = { kind: 'client', tenantId: 't1', apiKeyId: 'k1', role: 'owner', shopIds: ['s1'] }
const PERSON: Auth = { kind: 'client', tenantId: 't1', accountId: 'a1', role: 'read_only' }
const OPERATOR: Auth = { kind: 'operator', role: 'operator', accountId: null }
const HELPER: Auth = { kind: 'operator', role: 'operator_without_personal_data', accountId: 'a2' }
const CALLERS: Record<string, Auth> = { key: KEY, person: PERSON, operator: OPERATOR, helper: HELPER }

const SECRET = 'a'.repeat(43)

interface House {
  state?: SessionState
  auth?: Auth
  doors?: Partial<Doors>
  failuresPerMinute?: number
}

/** Routes of both kinds of caller behind the hooks, with doors for the keys of CALLERS and one session. */
async function house({ state = 'signed_in', auth = PERSON, doors, failuresPerMinute = 100 }: House = {}) {
  const app = asApp(Fastify())
  const shown: { key: string; address: string }[] = []
  app.decorateRequest('auth', null, [])
  setErrorHandlers(app)
  await app.register(cookie)
  await app.register(rateLimit, { global: false })
  const unknown = () => new AppError('UNAUTHENTICATED', '正しくありません。')
  const all: Doors = {
    authenticate: async (key) => {
      const caller = CALLERS[key]
      if (!caller) throw unknown()
      return caller
    },
    openSession: async (secret): Promise<BrowserSession> => {
      if (secret !== SECRET) throw unknown()
      return { id: 'session-1', accountId: 'a1', state, auth }
    },
    wrongKey: async (key, address) => {
      shown.push({ key, address })
      return null
    },
    ...doors,
  }
  const hooks = createAuthHooks(all, createFailureCount(app, all.wrongKey, failuresPerMinute))
  const route = (method: 'GET' | 'POST', url: string, who: Who) => {
    const onRequest = who.kind === 'tenant' ? hooks.requireClient : hooks.requireOperator
    app.route({ method, url, config: { who }, onRequest, handler: async ({ auth }) => auth })
  }
  for (const method of ['GET', 'POST'] as const)
    route(method, '/v1/orders', tenant(method === 'GET' ? 'read_only' : 'staff', 'filtered'))
  route('GET', '/v1/staff', tenant('owner', 'refused'))
  route('GET', '/v1/admin/mails', operator('personal data'))
  route('POST', '/v1/admin/tenants', operator('personal data'))

  const ask = async (
    url: string,
    headers: Record<string, string> = {},
    method: Method = 'GET',
    remoteAddress = '192.0.2.7',
  ) => {
    const answer = await app.inject({ method, url, headers, remoteAddress })
    return {
      status: answer.statusCode,
      body: answer.body === '' ? null : answer.json(),
      challenge: answer.headers['www-authenticate'],
      retryAfter: answer.headers['retry-after'],
    }
  }
  return { ask, shown }
}

type Method = 'GET' | 'HEAD' | 'POST'
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const withCookie = (secret: string) => ({ cookie: `${SESSION_COOKIE}=${secret}` })

const asked = (headers: Record<string, string>, cookies: Record<string, string> = {}) =>
  ({ headers, cookies, protocol: 'http', server: { publicHttps: false } }) as const
const by = (auth: Auth) => ({ auth, ip: '192.0.2.7' })

test('two secrets are the same only when every character is', () => {
  expect(sameSecret('torikomi', 'torikomi')).toBe(true)
  for (const other of ['torikom', 'torikomi ', 'Torikomi', ''])
    expect(sameSecret('torikomi', other)).toBe(false)
})

test('a token belongs to one secret, and an update leaves the pages that are open theirs', () => {
  expect(csrfTokenOf('secret')).toBe('MzUvfU-4FUeILGjTPJuWN_7-j1jJoS9iIDK4MErY-50')
  expect(csrfTokenOf('other')).not.toBe(csrfTokenOf('secret'))
})

test('a key stands behind the word Bearer, whole, printable, and of 200 characters at most', () => {
  const keyOf = (authorization?: string) =>
    bearerKey(asked(authorization === undefined ? {} : { authorization }))
  expect(keyOf()).toBeNull()
  for (const header of ['Bearer abc', 'bearer abc', 'BEARER   abc', 'Bearer abc  '])
    expect(keyOf(header)).toBe('abc')
  expect(keyOf('Bearer !~')).toBe('!~')
  expect(keyOf(`Bearer ${'k'.repeat(200)}`)).toBe('k'.repeat(200))
  for (const header of [
    ...['Bearer', 'Bearer ', 'Bearerabc', 'Basic abc', 'x Bearer abc', 'Bearer a b', 'Bearer 鍵'],
    `Bearer ${'k'.repeat(201)}`,
  ])
    expect(keyOf(header), header).toBeNull()
})

test('a session’s secret is a cookie of 43 characters, and counts only where no key is shown', () => {
  const secretOf = (cookies: Record<string, string>, headers = {}) => sessionSecret(asked(headers, cookies))
  expect(secretOf({ [SESSION_COOKIE]: SECRET })).toBe(SECRET)
  expect(secretOf({ [SESSION_COOKIE]: `-_${'Z'.repeat(41)}` })).toBe(`-_${'Z'.repeat(41)}`)
  expect(secretOf({ [SESSION_COOKIE]: SECRET }, { authorization: '' })).toBeNull()
  expect(secretOf({})).toBeNull()
  expect(secretOf({ other: SECRET })).toBeNull()
  for (const wrong of ['', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}!`, `!${SECRET}`, `${SECRET}!`])
    expect(secretOf({ [SESSION_COOKIE]: wrong }), wrong).toBeNull()
})

test('a good key is let in as its holder, and no failure is counted', async () => {
  const { ask, shown } = await house()
  expect(await ask('/v1/orders', bearer('key'))).toMatchObject({ status: 200, body: KEY })
  expect(await ask('/v1/orders', bearer('key'), 'HEAD')).toMatchObject({ status: 200 })
  expect(await ask('/v1/admin/mails', bearer('operator'))).toMatchObject({ status: 200, body: OPERATOR })
  expect(shown).toEqual([])
})

test('without a key the way to show one is told, in words and in the header', async () => {
  const { ask, shown } = await house()
  const answer = await ask('/v1/orders')
  expect(answer).toMatchObject({
    status: 401,
    challenge: 'Bearer realm="torikomi"',
    body: { code: 'UNAUTHENTICATED' },
  })
  expect(answer.body.detail).toContain('API キーがありません。Authorization: Bearer')
  // Requests without a key guess nothing.
  expect(shown).toEqual([])
})

test('a wrong key is called so, and is counted for its address', async () => {
  const { ask, shown } = await house()
  expect(await ask('/v1/orders', bearer('wrong'))).toMatchObject({
    status: 401,
    challenge: 'Bearer realm="torikomi", error="invalid_token"',
  })
  expect(shown).toEqual([{ key: 'wrong', address: '192.0.2.7' }])
})

test('what is refused for another reason costs nobody a failure and shows no challenge', async () => {
  const suspended = new AppError('TENANT_SUSPENDED', '停止中です。')
  const { ask, shown } = await house({ doors: { authenticate: () => Promise.reject(suspended) } })
  const answer = await ask('/v1/orders', bearer('key'))
  expect(answer).toMatchObject({ status: 403, body: { code: 'TENANT_SUSPENDED' } })
  expect(answer.challenge).toBeUndefined()

  const broken = await house({ doors: { authenticate: () => Promise.reject(new Error('no database')) } })
  expect(await broken.ask('/v1/orders', bearer('key'))).toMatchObject({ status: 500 })
  expect([...shown, ...broken.shown]).toEqual([])
})

test('a session is judged by its cookie; an ended one is no challenge to show a key', async () => {
  const { ask, shown } = await house()
  expect(await ask('/v1/orders', withCookie(SECRET))).toMatchObject({ status: 200, body: PERSON })
  const ended = await ask('/v1/orders', withCookie('b'.repeat(43)))
  expect(ended).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
  expect(ended.challenge).toBeUndefined()
  // A shown key is the only thing that counts, though the browser sends the cookie as well.
  expect(await ask('/v1/orders', { ...withCookie(SECRET), ...bearer('wrong') })).toMatchObject({
    status: 401,
  })
  expect(shown).toHaveLength(1)
})

test('a page changes something only with the token of its session; a look needs none', async () => {
  const { ask } = await house({ auth: { kind: 'client', tenantId: 't1', accountId: 'a1', role: 'owner' } })
  expect(await ask('/v1/orders', withCookie(SECRET), 'HEAD')).toMatchObject({ status: 200 })
  const token = { 'x-csrf-token': csrfTokenOf(SECRET) }
  expect(await ask('/v1/orders', { ...withCookie(SECRET), ...token }, 'POST')).toMatchObject({ status: 200 })
  for (const headers of [{}, { 'x-csrf-token': csrfTokenOf('b'.repeat(43)) }]) {
    const refused = await ask('/v1/orders', { ...withCookie(SECRET), ...headers }, 'POST')
    expect(refused).toMatchObject({ status: 403, body: { code: 'CSRF_TOKEN_WRONG' } })
    expect(refused.body.detail).toContain('GET /v1/session の csrfToken を付けて')
  }
})

test('a sign-in that is not finished says which step is missing', async () => {
  const required = await (await house({ state: 'second_factor_required' })).ask(
    '/v1/orders',
    withCookie(SECRET),
  )
  expect(required).toMatchObject({ status: 403, body: { code: 'SECOND_FACTOR_REQUIRED' } })
  expect(required.body).toMatchObject({ state: 'second_factor_required' })
  expect(required.body.detail).toContain('確認コードを入力してください')
  const setup = await (await house({ state: 'second_factor_setup_required' })).ask(
    '/v1/orders',
    withCookie(SECRET),
  )
  expect(setup.body).toMatchObject({ state: 'second_factor_setup_required' })
  expect(setup.body.detail).toContain('認証アプリを登録してください')
})

test('one kind of caller cannot use the routes of the other, and is told whose they are', async () => {
  const { ask } = await house()
  const operator = await ask('/v1/orders', bearer('operator'))
  expect(operator).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
  expect(operator.body.detail).toContain('運営者の権限は契約店の操作に使えません')
  const client = await ask('/v1/admin/mails', bearer('key'))
  expect(client).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
  expect(client.body.detail).toContain('この操作は運営者だけが行えます')
})

test('of the right kind only who has the route’s role gets in; a HEAD asks for what its GET asks for', async () => {
  const { ask } = await house()
  expect(await ask('/v1/orders', bearer('person'))).toMatchObject({ status: 200 })
  expect(await ask('/v1/orders', bearer('person'), 'HEAD')).toMatchObject({ status: 200 })
  expect(await ask('/v1/orders', bearer('person'), 'POST')).toMatchObject({ status: 403 })
  expect(await ask('/v1/staff', bearer('person'))).toMatchObject({ status: 403 })
  expect(await ask('/v1/staff', bearer('person'), 'HEAD')).toMatchObject({ status: 403 })
  expect(await ask('/v1/staff', bearer('key'), 'HEAD')).toMatchObject({ status: 200 })
  expect(await ask('/v1/admin/mails', bearer('helper'))).toMatchObject({ status: 403 })
  expect(await ask('/v1/admin/mails', bearer('helper'), 'HEAD')).toMatchObject({ status: 403 })
})

test('too many failures of an address are refused with the time to wait, good keys of it never', async () => {
  const { ask, shown } = await house({ failuresPerMinute: 2 })
  expect(await ask('/v1/orders', bearer('wrong'))).toMatchObject({ status: 401 })
  // Requests without any key count as well.
  expect(await ask('/v1/orders')).toMatchObject({ status: 401 })
  const refused = await ask('/v1/orders', bearer('wrong'))
  expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
  const seconds = refused.body.retryAfterSeconds
  expect(seconds).toBeGreaterThan(50)
  expect(seconds).toBeLessThanOrEqual(60)
  expect(refused.body.detail).toContain(`${seconds} 秒後に`)
  expect(shown).toHaveLength(1)
  expect(await ask('/v1/orders', bearer('key'))).toMatchObject({ status: 200 })
  expect(await ask('/v1/orders', bearer('wrong'), 'GET', '192.0.2.8')).toMatchObject({ status: 401 })
})

test('what all processes have counted together refuses too', async () => {
  const { ask } = await house({ doors: { wrongKey: async () => 17 } })
  const refused = await ask('/v1/orders', bearer('wrong'))
  expect(refused).toMatchObject({ status: 429, body: { retryAfterSeconds: 17 } })
  expect(refused.body.detail).toContain('認証の失敗が続いています')
  expect(await ask('/v1/orders')).toMatchObject({ status: 401 })
})

test('a tenant’s routes have its tenant, and nobody else’s', () => {
  expect(tenantOf(by(KEY))).toBe('t1')
  const refused = { code: 'FORBIDDEN', message: '契約店の API キーを使ってください。' }
  expect(() => tenantOf(by(OPERATOR))).toThrow(expect.objectContaining(refused))
})

test('a key that is bound to shops sees those alone, a person all', () => {
  expect(shopsOf(by(KEY))).toEqual(['s1'])
  expect(shopsOf(by({ ...KEY, shopIds: null }))).toBeNull()
  expect(shopsOf(by(PERSON))).toBeNull()
  expect(shopsOf(by(Object.assign({ ...OPERATOR }, { shopIds: ['s1'], apiKeyId: 'k' })))).toBeNull()
})

test('who did it is named by key, by person, or as the operator', () => {
  expect(actorOf(by(KEY))).toBe('key:k1')
  expect(actorOf(by(PERSON))).toBe('staff:a1')
  expect(actorOf(by(OPERATOR))).toBe('operator')
  expect(actorOf(by(HELPER))).toBe('staff:a2')
  expect(callerOf(by(KEY))).toEqual({ tenantId: 't1', actor: 'key:k1', source: '192.0.2.7' })
  expect(operatorOf(by(OPERATOR))).toEqual({ actor: 'operator', source: '192.0.2.7' })
})
