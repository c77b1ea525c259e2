import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { SealError } from '../platform/crypto/sealer.ts'
import { checkWritable } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { anyone, session, tenant } from './access.ts'
import type { App, Auth, Routes } from './app-types.ts'
import { json as jsonBody, operation } from './operation.ts'
import { buildServer, type ServerOptions } from './server.ts'

const CLIENT: Auth = { kind: 'client', tenantId: 'tenant-1', apiKeyId: 'key-1', role: 'owner', shopIds: null }

const Body = z.object({
  name: z.string().min(1),
  lines: z.array(z.strictObject({ quantity: z.int().min(1), kind: z.enum(['a', 'b']) })).default([]),
})

const things: Routes = (app) => {
  app.post(
    '/things',
    { schema: { body: Body, response: { 200: z.object({ name: z.string() }) } } },
    async (request) => ({ ...request.body, secret: 'x' }),
  )
  app.get(
    '/things',
    { schema: { querystring: z.object({ limit: z.coerce.number().int().max(10).default(5) }) } },
    async (request) => request.query,
  )
  app.get(
    '/things/:id',
    { schema: { params: z.object({ id: z.uuid() }) } },
    async (request) => request.params,
  )
  app.get('/address', async ({ ip }) => ({ ip }))
  app.get('/boom', async () => {
    throw new Error('connection string postgres://user:pw@host was refused')
  })
  app.get('/conflict', async () => {
    throw new AppError('CONFLICT', '重なっています。', { details: { orders: 3 } })
  })
  app.get('/broken', { schema: { response: { 200: z.object({ n: z.int() }) } } }, async () => ({
    n: 'x' as never,
  }))
  app.get('/slow', { handlerTimeout: 20 }, () => new Promise(() => undefined))
}

let app: App
let lines: Record<string, unknown>[]
afterEach(() => app.close())

async function start(options: Partial<ServerOptions> = {}): Promise<App> {
  lines = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  let ids = 0
  app = await buildServer({
    log,
    newId: () => `request-${++ids}`,
    authenticate: async (key) => {
      if (key === 'good') return CLIENT
      if (key === 'operator') return { kind: 'operator', role: 'operator', accountId: null }
      throw new AppError('UNAUTHENTICATED', 'API キーが正しくありません。')
    },
    clientRoutes: [things],
    operatorRoutes: [(scope) => void scope.get('/secrets', async () => ({ ok: true }))],
    readiness: { database: { needed: true, run: async () => undefined } },
    metrics: { contentType: 'text/plain', metrics: async () => 'torikomi_up 1\n' },
    version: '0.0.0',
    ...options,
    limits: { refusalMs: 0, ...options.limits },
  })
  return app
}

const auth = { authorization: 'Bearer good' }
const json = { ...auth, 'content-type': 'application/json' }

async function post(payload: unknown, headers: Record<string, string> = json) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return app.inject({ method: 'POST', url: '/v1/things', headers, payload: body })
}

test('a wrong field is named as the client wrote it, with what was expected in Japanese', async () => {
  await start()
  const answer = await post({ lines: [{ quantity: 0, kind: 'c', colour: 'red' }], nmae: 'x' })
  expect(answer.statusCode).toBe(422)
  expect(answer.headers['content-type']).toMatch('application/problem+json')
  expect(answer.json()).toEqual({
    type: 'urn:torikomi:problem:validation-failed',
    title: '入力に誤りがあります',
    status: 422,
    detail: '5 件の項目に誤りがあります。errors を確認して直してください。',
    code: 'VALIDATION_FAILED',
    errors: [
      { field: 'name', message: '必須の項目です。文字列を指定してください。', code: 'required' },
      { field: 'lines[0].quantity', message: '1以上にしてください。', code: 'too_small' },
      { field: 'lines[0].kind', message: 'a、b のいずれかを指定してください。', code: 'invalid_value' },
      {
        field: 'lines[0].colour',
        message: 'この項目はありません。項目名を確認してください。',
        code: 'unknown_field',
      },
      { field: 'nmae', message: 'この項目はありません。項目名を確認してください。', code: 'unknown_field' },
    ],
    instance: '/v1/things',
    requestId: 'request-1',
  })
})

test.each([
  ['{"name": "x",}', 'malformed_json', /1 行 14 文字目/],
  ['{"name": "山田花子', 'malformed_json', /1 行/],
  ['{"__proto__": {"a": 1}}', 'malformed_json', /使えない項目名/],
  ['', 'required', /必須/],
  ['null', 'required', /必須/],
  ['[]', 'invalid_type', /オブジェクト/],
])('body %j is refused naming the body, without repeating it', async (payload, code, message) => {
  await start()
  const answer = await post(payload)
  expect(answer.statusCode).toBe(422)
  expect(answer.json().errors).toEqual([{ field: 'body', code, message: expect.stringMatching(message) }])
  expect(answer.body).not.toContain('山田')
})

test('text that Postgres cannot store is refused naming the field', async () => {
  await start()
  const answer = await post('{"name": "a\\u0000b"}')
  expect(answer.json().errors).toMatchObject([{ field: 'name', code: 'invalid_text' }])
})

test('queries are checked and unknown ones refused', async () => {
  await start()
  const answer = await app.inject({ url: '/v1/things?limit=99&lmit=1', headers: auth })
  expect(answer.statusCode).toBe(422)
  expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual(['limit', 'lmit'])
  expect((await app.inject({ url: '/v1/things', headers: auth })).json()).toEqual({ limit: 5 })
})

test('only what the schema of the answer names goes out', async () => {
  await start()
  expect((await post({ name: 'x' })).json()).toEqual({ name: 'x' })
})

test.each([
  ['GET', '/v1/nothing', 404, 'ROUTE_NOT_FOUND'],
  ['DELETE', '/v1/things', 405, 'METHOD_NOT_ALLOWED'],
  ['GET', '/v1/things/not-an-id', 404, 'NOT_FOUND'],
  ['GET', '/v1/things/%zz', 400, 'BAD_REQUEST'],
  ['GET', `/v1/things/${'x'.repeat(300)}`, 404, 'ROUTE_NOT_FOUND'],
  ['GET', '/v1/conflict', 409, 'CONFLICT'],
  ['GET', '/v1/broken', 500, 'INTERNAL'],
  ['GET', '/v1/boom', 500, 'INTERNAL'],
  ['GET', '/v1/slow', 503, 'TIMEOUT'],
] as const)('%s %s answers %i %s as a problem', async (method, url, status, code) => {
  await start()
  const answer = await app.inject({ method, url, headers: auth })
  expect(answer.statusCode).toBe(status)
  expect(answer.headers['content-type']).toMatch('application/problem+json')
  expect(answer.json()).toMatchObject({ status, code, requestId: expect.any(String), instance: url })
  expect(answer.body).not.toContain('postgres://')
  if (status === 405) expect(answer.headers.allow).toBe('POST, GET')
  if (code === 'CONFLICT') expect(answer.json().orders).toBe(3)
})

test('data that does not open is told as such, by its cause and without what it is', async () => {
  const shut: Routes = (scope) =>
    operation(scope, {
      ...RECORD,
      repeat: undefined,
      at: 'GET /v1/x',
      who: tenant('read_only', 'refused'),
      run: () => Promise.reject(new SealError('not_authentic', 'sealed for another row: order:1:detail')),
    })
  await start({ clientRoutes: [shut] })
  const answer = await app.inject({ url: '/v1/x', headers: auth })
  expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL', reason: 'seal_not_authentic' })
  expect(answer.json().detail).toContain('暗号化されたデータを開けません')
  expect(answer.body).not.toContain('order:1')
})

test('a body that is too large and one that is not JSON are refused', async () => {
  await start({ limits: { bodyBytes: 1000 } })
  expect((await post({ name: 'x'.repeat(2000) })).json()).toMatchObject({
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
  })
  const xml = await post('<x/>', { ...auth, 'content-type': 'application/xml' })
  expect(xml.json()).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
})

const RECORD = {
  id: 'x',
  since: '1.0.0',
  cost: 'light',
  audit: [],
  tag: 'service',
  summary: 'x',
  description: 'x',
  repeat: 'each time',
  run: async () => ({ ok: true }),
} as const

test('an operation stands where its callers are let in, or the service does not start', async () => {
  const who = tenant('read_only', 'refused')
  const add =
    (at: `GET /${string}`, one = who): Routes =>
    (scope) =>
      operation(scope, { ...RECORD, repeat: undefined, at, who: one })
  await expect(start({ operatorRoutes: [add('GET /v1/admin/x')] })).rejects.toThrow(
    'GET /v1/admin/x is for tenant and stands below /v1/admin of operator',
  )
  await expect(start({ publicRoutes: [add('GET /v1/x')] })).rejects.toThrow('of anyone')
  await expect(start({ clientRoutes: [add('GET /x')] })).rejects.toThrow('stands below /v1')
  await expect(start({ clientRoutes: [add('GET /v1/x', session)] })).rejects.toThrow('of tenant')
  await start({ clientRoutes: [add('GET /v1/x')] })
  expect((await app.inject({ url: '/v1/x', headers: auth })).json()).toEqual({ ok: true })
  expect((await app.inject('/v1/x')).statusCode).toBe(401)
})

test('a body from nobody in particular has 16 KiB, whatever others may send', async () => {
  const body = z.looseObject({})
  const open: Routes = (scope) => {
    operation(scope, {
      ...RECORD,
      at: 'POST /v1/session',
      who: anyone('password'),
      body: jsonBody(body, '16 KiB'),
    })
    const pushed = { ...RECORD, at: 'POST /v1/shops/:id/pushed-orders' } as const
    operation(scope, { ...pushed, who: anyone('signature'), body: jsonBody(body, '20 KiB') })
    // Whoever writes it so learns it at the start of the service.
    expect(() =>
      operation(scope, {
        ...RECORD,
        at: 'POST /v1/more',
        who: anyone('link'),
        body: jsonBody(body, '17 KiB'),
      }),
    ).toThrow('POST /v1/more takes more than 16384 bytes from anyone')
  }
  await start({ publicRoutes: [open] })
  const send = async (url: string, bytes: number) => {
    const payload = JSON.stringify({ a: 'x'.repeat(bytes - 8) })
    const headers = { 'content-type': 'application/json' }
    return (await app.inject({ method: 'POST', url, headers, payload })).statusCode
  }
  expect([await send('/v1/session', 16_384), await send('/v1/session', 16_385)]).toEqual([200, 413])
  const pushed = '/v1/shops/x/pushed-orders'
  expect([await send(pushed, 20_480), await send(pushed, 20_481)]).toEqual([200, 413])
  expect((await post({ name: 'x'.repeat(100_000) })).statusCode).toBe(200)
})

test('keys open what is theirs and nothing else', async () => {
  await start()
  const ask = (url: string, key?: string) =>
    app.inject({ url, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
  const none = await ask('/v1/things')
  expect(none.statusCode).toBe(401)
  expect(none.headers['www-authenticate']).toBe('Bearer realm="torikomi"')
  const wrong = await ask('/v1/things', 'wrong')
  expect(wrong.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  expect(wrong.headers['www-authenticate']).toContain('invalid_token')
  expect((await ask('/v1/admin/secrets', 'good')).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  expect((await ask('/v1/things', 'operator')).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  expect((await ask('/v1/admin/secrets', 'operator')).statusCode).toBe(200)
  expect((await ask('/v1/admin/secrets')).statusCode).toBe(401)
})

test('wrong keys run into a limit, good ones from the same address do not', async () => {
  await start({ limits: { authFailuresPerMinute: 2 } })
  const ask = (key: string) => app.inject({ url: '/v1/things', headers: { authorization: `Bearer ${key}` } })
  expect((await ask('a')).statusCode).toBe(401)
  expect((await ask('b')).statusCode).toBe(401)
  const third = await ask('c')
  expect(third.json()).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' })
  expect(Number(third.headers['retry-after'])).toBeGreaterThan(0)
  expect((await ask('good')).statusCode).toBe(200)
})

test('of IPv6 a machine is its /64, and a line its /48, however many addresses they take', async () => {
  await start({ limits: { authFailuresPerMinute: 2 } })
  const ask = async (remoteAddress: string) =>
    (await app.inject({ url: '/v1/things', headers: { authorization: 'Bearer wrong' }, remoteAddress }))
      .statusCode
  const ofMachine = [1, 2, 3].map((n) => ask(`2001:db8:1:1::${n}`))
  expect((await Promise.all(ofMachine)).sort()).toEqual([401, 401, 429])
  const ofLine = Array.from({ length: 30 }, (_, n) => ask(`2001:db8:2:${n}::1`))
  expect((await Promise.all(ofLine)).filter((status) => status === 401)).toHaveLength(20)
  expect(await ask('2001:db8:3:1::1')).toBe(401)
})

test('a key has its own limit', async () => {
  await start({ limits: { requestsPerMinute: 1 } })
  const ask = () => app.inject({ url: '/v1/things', headers: auth })
  expect((await ask()).statusCode).toBe(200)
  const second = await ask()
  expect(second.json()).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' })
  expect(Number(second.headers['retry-after'])).toBeGreaterThan(0)
})

test('what is no HTTP at all is answered as a problem too', async () => {
  await start()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write('GARBAGE\r\n\r\n')
  await once(socket, 'close')
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
})

test('health, readiness and metrics', async () => {
  await start({
    readiness: {
      database: { needed: true, run: async () => undefined },
      queue: { needed: true, run: () => Promise.reject(new Error('gone')) },
    },
  })
  expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' })
  const ready = await app.inject('/readyz')
  expect(ready.statusCode).toBe(503)
  expect(ready.json()).toEqual({ status: 'unavailable', checks: { database: 'ok', queue: 'failed' } })
  expect((await app.inject('/metrics')).body).toBe('torikomi_up 1\n')
  const far = { url: '/metrics', remoteAddress: '192.0.2.1' }
  expect((await app.inject(far)).statusCode).toBe(401)
  expect((await app.inject({ ...far, headers: auth })).statusCode).toBe(403)
  expect((await app.inject({ ...far, headers: { authorization: 'Bearer operator' } })).statusCode).toBe(200)
  const proxied = { url: '/metrics', headers: { 'x-forwarded-for': '192.0.2.1' } }
  expect((await app.inject(proxied)).statusCode).toBe(401)
})

test.each([
  ['full', 503, { reads: 'off', full: true }],
  ['read_only', 503, { reads: 'on', full: false }],
  ['ok', 200, { reads: 'off', full: false }],
])(
  'a database that is %s is told as that, and a process that is quiet stays ready',
  async (state, status, by) => {
    const rows = [{ transaction_read_only: by.reads }]
    const pool = Object.assign(new pg.Pool(), { query: async () => ({ rows }) })
    await start({
      readiness: {
        database: { needed: true, run: () => checkWritable({ pool, isFull: () => by.full }) },
        work: { needed: false, run: async () => 'quiet' as const },
      },
    })
    const ready = await app.inject('/readyz')
    expect([ready.statusCode, ready.json().checks]).toEqual([status, { database: state, work: 'quiet' }])
  },
)

test('all who ask for readiness at a moment share one look at the database', async () => {
  let looks = 0
  let draining = false
  let { promise, resolve } = Promise.withResolvers<void>()
  const run = () => {
    looks += 1
    return promise
  }
  await start({ readiness: { database: { needed: true, run } }, isDraining: () => draining })
  const asked = Array.from({ length: 50 }, () => app.inject('/readyz'))
  await vi.waitFor(() => expect(looks).toBeGreaterThan(0))
  draining = true
  resolve()
  for (const one of asked) expect((await one).json().checks).toEqual({ database: 'ok', process: 'stopping' })
  expect(looks).toBe(1)
  draining = false
  ;({ promise, resolve } = Promise.withResolvers<void>())
  resolve()
  expect((await app.inject('/readyz')).statusCode).toBe(200)
  expect(looks).toBe(2)
})

test('the metrics key opens the metrics alone; wrong ones are counted, and no proxy passes for this machine', async () => {
  await start({ metricsKey: 'the-metrics-key', limits: { authFailuresPerMinute: 2 } })
  const ask = (url: string, key?: string, headers: object = {}) =>
    app.inject({
      url,
      headers: { ...headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    })
  expect((await ask('/metrics', 'the-metrics-key')).statusCode).toBe(200)
  expect((await ask('/metrics', 'operator')).statusCode).toBe(200)
  expect((await ask('/v1/things', 'the-metrics-key')).statusCode).toBe(401)
  expect((await ask('/v1/admin/secrets', 'the-metrics-key')).statusCode).toBe(401)
  // Set, it is needed from this machine, too.
  expect((await ask('/metrics')).statusCode).toBe(429)
  expect((await ask('/metrics', 'the-metrics-key')).statusCode).toBe(200)
  await app.close()
  await start()
  for (const name of ['x-forwarded-for', 'x-real-ip', 'via', 'forwarded', 'x-forwarded-proto'])
    expect([name, (await ask('/metrics', undefined, { [name]: 'x' })).statusCode]).toEqual([name, 401])
  // A page whose name leads to this machine (DNS rebinding) asks for its own host.
  const hosts = {
    'localhost:3000': 200,
    '127.0.0.1': 200,
    '[::1]:3000': 200,
    'evil.example:3000': 401,
    'localhost.evil.example': 401,
    '127.0.0.1.evil.example': 401,
  }
  for (const [host, status] of Object.entries(hosts))
    expect([host, (await ask('/metrics', undefined, { host })).statusCode]).toEqual([host, status])
  await app.close()
  await start({ trustProxy: ['10.0.0.0/8'] })
  expect((await ask('/metrics')).statusCode).toBe(401)
})

test('HSTS is said over https alone', async () => {
  const hstsOf = async (headers = {}) =>
    (await app.inject({ url: '/healthz', headers })).headers['strict-transport-security']
  await start({ trustProxy: 1 })
  expect([await hstsOf(), await hstsOf({ 'x-forwarded-proto': 'https' })]).toEqual([
    undefined,
    'max-age=31536000; includeSubDomains',
  ])
  await app.close()
  // A proxy that nobody believes ends TLS: the public address says so.
  await start({ publicUrl: 'https://torikomi.example.jp' })
  expect(await hstsOf()).toBeDefined()
})

test('behind so many proxies the address is the one that the outermost saw, whatever the client writes', async () => {
  await start({ trustProxy: 2 })
  const ask = async (forwarded: string) =>
    (await app.inject({ url: '/v1/address', headers: { ...auth, 'x-forwarded-for': forwarded } })).json().ip
  expect(await ask('203.0.113.7, 172.18.0.5')).toBe('203.0.113.7')
  expect(await ask('10.0.0.66, 10.1.1.1, 203.0.113.7, 172.18.0.5')).toBe('203.0.113.7')
})

test.each([true, false])(
  'of a file of 100 MB no more is read than may come (length told: %s)',
  async (told) => {
    await start()
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const bytes = 100 * 1024 * 1024
    const socket = connect(port, '127.0.0.1')
    // Ignores writes to a socket that the other end has closed.
    socket.on('error', () => undefined)
    const socketSays = (...events: string[]) =>
      new Promise((resolve) => {
        for (const event of events) socket.once(event, resolve)
      })
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    const length = told ? `content-length: ${bytes}` : 'transfer-encoding: chunked'
    socket.write(
      `POST /v1/things HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n${length}\r\n\r\n`,
    )
    const part = Buffer.alloc(64 * 1024, 'a')
    let sent = 0
    // Given the length, the server answers before the first byte of the body.
    while (!told && sent < bytes && !socket.destroyed && !answer.includes('\r\n\r\n')) {
      if (!socket.write(Buffer.concat([Buffer.from('10000\r\n'), part, Buffer.from('\r\n')])))
        await socketSays('drain', 'close', 'data')
      sent += part.length
      await new Promise(setImmediate)
    }
    if (!answer.includes('\r\n\r\n') && !socket.destroyed) await socketSays('close', 'data')
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(sent).toBeLessThan(bytes / 4)
    socket.destroy()
  },
)

test('nothing under /v1 is kept by a proxy or a browser', async () => {
  await start()
  for (const url of ['/v1/things', '/v1/things/x', '/v1/nowhere'])
    expect((await app.inject({ url, headers: auth })).headers['cache-control']).toBe('no-store')
})

test('one log line a request, with ids and without what was asked for', async () => {
  await start()
  await app.inject({ url: '/v1/things/山田花子?limit=x', headers: auth })
  const requests = lines.filter((line) => line.msg === 'request')
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({
    requestId: 'request-1',
    method: 'GET',
    route: '/v1/things/:id',
    status: 404,
    code: 'NOT_FOUND',
    tenantId: 'tenant-1',
    apiKeyId: 'key-1',
  })
  expect(JSON.stringify(lines)).not.toMatch(/山田|%E5|Bearer|good/)
})

test('the documentation needs no other host and may reach this one over http', async () => {
  await start()
  const page = await app.inject('/docs/')
  expect(page.statusCode).toBe(200)
  expect(page.body).not.toMatch(/https?:\/\//)
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('upgrade-insecure-requests')
  for (const file of ['page.js', 'all/static/swagger-ui-bundle.js', 'all/static/swagger-ui.css']) {
    expect((await app.inject(`/docs/${file}`)).statusCode).toBe(200)
  }
  const api = await app.inject({ url: '/v1/things', headers: auth })
  expect(api.headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'")
})

test('the OpenAPI document is 3.1, strict, with problems and running examples', async () => {
  await start({ docExamples: () => ({ ids: { things: 'id-of-the-demo' }, bodies: {} }) })
  const document = (await app.inject('/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  expect(document.components.securitySchemes.apiKey).toMatchObject({ type: 'http', scheme: 'bearer' })
  const create = document.paths['/v1/things'].post
  const body = create.requestBody.content['application/json'].schema.$ref.split('/').at(-1)
  expect(document.components.schemas[body].additionalProperties).toBe(false)
  expect(Object.keys(create.responses)).toEqual([
    '200',
    '308',
    '401',
    '403',
    '409',
    '413',
    '415',
    '422',
    '429',
    '500',
    '503',
  ])
  expect(create.responses['422']).toEqual({ $ref: '#/components/responses/Problem422' })
  const problem = document.components.responses.Problem422.content['application/problem+json']
  expect(problem.schema).toEqual({ $ref: '#/components/schemas/Problem' })
  expect(Object.keys(problem.examples)).toContain('HOST_NOT_ALLOWED')
  expect(document.components.schemas.Problem).toBeDefined()
  expect(document.paths['/v1/things/{id}'].get.parameters[0].example).toBe('id-of-the-demo')
  // The page that shows all at once reads the same document.
  const twin = (await app.inject('/docs/all/json')).json()
  expect(createHash('sha256').update(JSON.stringify(twin)).digest('hex')).toBe(
    createHash('sha256').update(JSON.stringify(document)).digest('hex'),
  )
})

test('the OpenAPI documents are made once, until the examples change, and not sent to who has them', async () => {
  const ids = { things: 'first' }
  await start({ docExamples: () => ({ ids }) })
  await app.ready()
  const read = vi.spyOn(app, 'swagger')
  const paths = ['/openapi.json', '/openapi-3.0.json', '/docs/all/json', '/docs/all/yaml'] as const
  for (const path of [...paths, ...paths]) expect((await app.inject(path)).body).toContain('first')
  expect(read).toHaveBeenCalledTimes(2)
  const tag = String((await app.inject('/openapi-3.0.json')).headers.etag)
  const again = () => app.inject({ url: '/openapi-3.0.json', headers: { 'if-none-match': tag } })
  expect((await again()).statusCode).toBe(304)
  ids.things = 'second'
  expect((await again()).body).toContain('"second"')
})
