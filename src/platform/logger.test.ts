import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { createLogger } from './logger.ts'

function lines() {
  const written: Record<string, unknown>[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { log: createLogger({ level: 'debug', destination }), written }
}

test('text passes only under a known key; ids, numbers and booleans pass', () => {
  const { log, written } = lines()
  log.info({ shopId: 'shop-1', marketplace: 'rakuten', note: '山田様宛て', count: 3, done: true }, 'stored')
  expect(written[0]).toMatchObject({
    level: 'info',
    msg: 'stored',
    shopId: 'shop-1',
    marketplace: 'rakuten',
    note: '[redacted]',
    count: 3,
    done: true,
  })
})

test('secrets are hidden at any depth, in child bindings, whatever their type', () => {
  const { log, written } = lines()
  const secret = 'SP123_abc'
  log.child({ credentials: { licenseKey: secret }, mailboxId: 'm' }).warn(
    {
      a: { b: { serviceSecret: secret } },
      password: 12345,
      headers: { authorization: secret },
      list: [secret],
    },
    'x',
  )
  const text = JSON.stringify(written)
  expect(text).not.toContain(secret)
  expect(text).not.toContain('12345')
  expect(written[0]).toMatchObject({ mailboxId: 'm' })
})

test('an error keeps kind and code, and never the raw answer or the words of the mall', () => {
  const { log, written } = lines()
  const cause = new Error('socket closed')
  const failure = new MarketplaceFailure({
    kind: 'malformed',
    code: 'X_BROKEN',
    message: '応答を読めません',
    raw: 'name=山田',
    mallMessage: '山田様',
    status: 200,
    cause,
  })
  log.error({ err: failure }, 'fetch failed')
  expect(written[0]?.err).toMatchObject({
    type: 'MarketplaceFailure',
    kind: 'malformed',
    code: 'X_BROKEN',
    status: 200,
    message: '応答を読めません',
    cause: { message: 'socket closed' },
  })
  expect(JSON.stringify(written)).not.toContain('山田')
})

test('a message that quotes the input is cut, also when pino would take it as the line', () => {
  const { log, written } = lines()
  const parse = () => JSON.parse('{"buyer":"山田太郎"} x')
  try {
    parse()
  } catch (error) {
    log.error(error as Error)
    log.error({ err: error })
  }
  expect(written).toHaveLength(2)
  expect(JSON.stringify(written)).not.toContain('山田')
})

test('a request shows only listed headers and no query', () => {
  const { log, written } = lines()
  const req = {
    id: 'r1',
    method: 'GET',
    url: '/v1/orders?name=yamada',
    headers: { authorization: 'Bearer k', 'user-agent': 'desk' },
  }
  log.info({ req, res: { statusCode: 200 } }, 'request')
  expect(written[0]).toMatchObject({
    req: { method: 'GET', path: '/v1/orders', headers: { 'user-agent': 'desk' } },
    res: { status: 200 },
  })
  expect(JSON.stringify(written)).not.toMatch(/Bearer|yamada/)
})

test('a URL loses its user info and query', () => {
  const { log, written } = lines()
  log.info({ url: 'postgres://me:pw@127.0.0.1:5432/db?x=1' }, 'opened')
  expect(written[0]?.url).toBe('postgres://127.0.0.1:5432/db')
})

test('what a caller makes up in a path or as a key is told apart and not read; ids are shown', () => {
  const { log, written } = lines()
  const id = '0199c0de-0000-7000-8000-000000000001'
  const ask = (url: string, route: string, key?: string) =>
    log.info({
      req: {
        method: 'GET',
        url,
        routeOptions: { url: route },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      },
    })
  ask('/v1/invitations/opens-the-door?x=1', '/v1/invitations/:token')
  ask('/oauth/yamada-hanako/callback?code=secret', '/oauth/:marketplace/callback')
  ask(`/v1/orders/${id}/versions/3`, '/v1/orders/:id/versions/:number', '山田花子')
  ask('/v1/invitations/opens-the-door', '/v1/invitations/:token')
  expect(JSON.stringify(written)).not.toMatch(/opens-the-door|yamada|secret|山田/)
  const paths = written.map(({ req }) => (req as { path: string }).path)
  expect(paths).toEqual([
    expect.stringMatching(/^\/v1\/invitations\/#[\da-f]{12}$/),
    expect.stringMatching(/^\/oauth\/#[\da-f]{12}\/callback$/),
    `/v1/orders/${id}/versions/3`,
    paths[0],
  ])
})
