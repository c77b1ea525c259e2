import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '../platform/errors.ts'
import { codingOf, untagged } from './answers.ts'
import type { App, Routes } from './app-types.ts'
import { buildServer, type ServerOptions } from './server.ts'

/** Headers of an answer beside its content: compression, CORS, rate limits, deprecation. */

const LONG = 'あ山'.repeat(3_000)

const routes: Routes = (app) => {
  app.get('/long', { config: { entityTag: true } }, async () => ({ text: LONG }))
  app.get('/short', async () => ({ text: 'x' }))
  app.get('/bytes', async (_request, reply) => reply.type('image/png').send(Buffer.alloc(5_000)))
  app.get('/few', { config: { rateLimit: { max: 2, timeWindow: 30_000 } } }, async () => ({}))
  app.get(
    '/old',
    {
      config: { deprecated: { since: '2027-04-01', sunset: '2028-04-01', successor: '/v1/long' } },
      schema: { summary: 'Old (旧)', operationId: 'old', tags: ['board'] },
    },
    async () => ({}),
  )
}

let app: App
afterEach(() => app.close())

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
  app = await buildServer({
    log: pino({ level: 'silent' }),
    newId: () => 'r',
    authenticate: async (key) => {
      if (key !== 'good') throw new AppError('UNAUTHENTICATED', '正しくありません。')
      return { kind: 'client', tenantId: 't', apiKeyId: 'k', role: 'owner', shopIds: null }
    },
    clientRoutes: [routes],
    operatorRoutes: [],
    readiness: {},
    version: '0',
    metrics: { contentType: 'text/plain', metrics: async () => '' },
    ...options,
    limits: { refusalMs: 0, ...options.limits },
  })
}

const get = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/v1${path}`, headers: { authorization: 'Bearer good', ...headers } })

describe('compression', () => {
  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, *', 'gzip', gunzipSync],
  ])('%s is answered by %s', async (asked, coding, open) => {
    await start()
    const answer = await get('/long', { 'accept-encoding': asked })
    expect(answer.headers).toMatchObject({ 'content-encoding': coding, vary: 'accept-encoding' })
    expect(Number(answer.headers['content-length'])).toBe(answer.rawPayload.length)
    expect(answer.rawPayload.length).toBeLessThan(500)
    expect(JSON.parse(open(answer.rawPayload).toString())).toEqual({ text: LONG })
  })

  test('what is short, no text, or not asked for goes out as it is', async () => {
    await start()
    expect((await get('/long')).headers).toMatchObject({ vary: 'accept-encoding' })
    for (const [path, asked] of [
      ...[
        ['/long', ''],
        ['/long', 'identity'],
        ['/long', 'zstd;q=1'],
        ['/long', 'gzip;q=0'],
      ],
      ...[
        ['/short', 'gzip'],
        ['/bytes', 'gzip'],
      ],
    ] as const) {
      const { headers } = await get(path, { 'accept-encoding': asked })
      expect([path, asked, headers['content-encoding']]).toEqual([path, asked, undefined])
    }
  })

  test('a refusal and a HEAD have the same head as what is not compressed, and nothing breaks', async () => {
    await start()
    const head = await app.inject({
      method: 'HEAD',
      url: '/v1/long',
      headers: { authorization: 'Bearer good', 'accept-encoding': 'gzip' },
    })
    expect([head.statusCode, head.rawPayload.length, head.headers['content-encoding']]).toEqual([
      200,
      0,
      'gzip',
    ])
    expect((await get('/nothing', { 'accept-encoding': 'br' })).json().code).toBe('ROUTE_NOT_FOUND')
  })

  test('an ETag tells the codings apart, and each is known again as the same answer', async () => {
    await start()
    const tags = await Promise.all(
      ['', 'gzip', 'br'].map(async (coding) =>
        String((await get('/long', { 'accept-encoding': coding })).headers.etag),
      ),
    )
    expect(new Set(tags).size).toBe(3)
    expect(new Set(tags.map(untagged)).size).toBe(1)
    for (const tag of tags) {
      const answer = await get('/long', { 'if-none-match': tag, 'accept-encoding': 'br' })
      expect([answer.statusCode, answer.body, answer.headers['content-encoding']]).toEqual([
        304,
        '',
        undefined,
      ])
    }
  })

  test('no Accept-Encoding breaks it, and a coding with weight 0 is never taken', () => {
    const header = fc.array(fc.constantFrom('br', 'gzip', '*', ';q=0', ';q=1', ';q=x', ',', ' ', 'identity'))
    fc.assert(
      fc.property(
        fc.oneof(
          header.map((words) => words.join('')),
          fc.string(),
        ),
        (given) => {
          expect(['br', 'gzip', null]).toContain(codingOf(given))
          expect(codingOf(`br;q=0, gzip;q=0, ${given.replace(/br|gzip/gi, '')}`)).toBeNull()
        },
      ),
    )
  })
})

describe('CORS', () => {
  const ORIGIN = 'https://app.example.jp'

  test('nothing is said while no origin is set', async () => {
    await start()
    const { headers } = await get('/short', { origin: ORIGIN })
    expect(headers['access-control-allow-origin']).toBeUndefined()
    const preflight = { origin: ORIGIN, 'access-control-request-method': 'GET' }
    const answer = await app.inject({ method: 'OPTIONS', url: '/v1/short', headers: preflight })
    expect(answer.statusCode).toBe(405)
  })

  test('a page of a set origin may read answers and refusals, one of another may not', async () => {
    await start({ corsOrigins: [ORIGIN] })
    const { headers } = await get('/long', { origin: ORIGIN })
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-expose-headers': expect.stringContaining('etag'),
      vary: 'origin, accept-encoding',
    })
    // Never with cookies.
    expect(headers['access-control-allow-credentials']).toBeUndefined()
    const refused = await app.inject({ url: '/v1/short', headers: { origin: ORIGIN } })
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([401, ORIGIN])
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`, 'http://app.example.jp'])
      expect((await get('/short', { origin })).headers['access-control-allow-origin']).toBeUndefined()
    expect((await get('/short')).headers.vary).toBe('origin')
  })

  test('a preflight is answered without a key, for what a client sends', async () => {
    await start({ corsOrigins: [ORIGIN] })
    const ask = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: '/v1/short',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
    const { statusCode, headers, body } = await ask(ORIGIN)
    expect([statusCode, body]).toEqual([204, ''])
    expect(headers['access-control-allow-methods']).toContain('PATCH')
    for (const name of ['authorization', 'content-type', 'idempotency-key', 'if-match'])
      expect(headers['access-control-allow-headers']).toContain(name)
    expect((await ask('https://evil.example')).statusCode).toBe(405)
  })
})

describe('rate limits', () => {
  test('are told by the names of the IETF’s draft, and by the older ones', async () => {
    await start({ limits: { requestsPerMinute: 100 } })
    const { headers } = await get('/short')
    expect(headers).toMatchObject({
      'ratelimit-policy': '"requests";q=100;w=60',
      ratelimit: expect.stringMatching(/^"requests";r=99;t=(60|59)$/),
      'x-ratelimit-limit': '100',
    })
  })

  test('a route’s own limit is told, and what is left after the last', async () => {
    await start()
    await get('/few')
    await get('/few')
    const { statusCode, headers } = await get('/few')
    expect(statusCode).toBe(429)
    expect(headers).toMatchObject({
      'ratelimit-policy': '"requests";q=2;w=30',
      ratelimit: expect.stringMatching(/^"requests";r=0;t=(30|29)$/),
      'retry-after': expect.stringMatching(/^(31|30|29)$/),
    })
  })
})

test('a route that is to go says so in its answers and in the document', async () => {
  await start()
  expect((await get('/old')).headers).toMatchObject({
    deprecation: '@1806537600',
    sunset: 'Sat, 01 Apr 2028 00:00:00 GMT',
    link: '</v1/long>; rel="successor-version"',
  })
  expect((await get('/long')).headers.deprecation).toBeUndefined()
  const { paths } = (await app.inject({ url: '/openapi.json' })).json()
  expect(paths['/v1/old'].get.deprecated).toBe(true)
  const { headers } = paths['/v1/old'].get.responses['200']
  expect(Object.keys(headers)).toEqual(expect.arrayContaining(['deprecation', 'sunset', 'link']))
  expect(Object.keys(paths['/v1/long'].get.responses['200'].headers)).not.toContain('sunset')
})
