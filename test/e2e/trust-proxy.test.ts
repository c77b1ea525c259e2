import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database/database.ts'
import { type RunningService, startService } from '../support/service/service.ts'

/**
 * Whose address the service believes, with real sockets: behind no proxy, one and two, each of which
 * appends the address that it sees, as nginx and Caddy do. Every hop has a loopback address of its
 * own.
 */

const OPERATOR_KEY = 'the-key-of-the-proxy-test'
const CLIENT = '127.0.0.5'
const LIE = '203.0.113.99'

let database: TestDatabase
const services: RunningService[] = []
const proxies: Server[] = []

beforeAll(async () => {
  database = await freshDatabase()
  for (const hops of ['0', '1', '2'])
    services.push(
      await startService({
        DATABASE_URL: database.url,
        ROLES: 'api',
        LOG_LEVEL: 'error',
        OPERATOR_API_KEY: OPERATOR_KEY,
        ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`,
        TRUST_PROXY: hops,
      }),
    )
}, 120_000)
afterAll(async () => {
  for (const proxy of proxies) proxy.close()
  for (const service of services) await service.stop()
  await database?.close()
})

/** Forwards from `from`, and appends whom it sees. */
async function startProxy(to: string, from: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const before = incoming.headers['x-forwarded-for']
    const seen = [...(before === undefined ? [] : [before]), incoming.socket.remoteAddress].join(', ')
    const sent = request(
      `${to}${incoming.url}`,
      {
        method: incoming.method ?? 'GET',
        localAddress: from,
        headers: { ...incoming.headers, 'x-forwarded-for': seen },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(sent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxies.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function ask(
  url: string,
  method: string,
  path: string,
  forwarded: string | string[],
  body?: object,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/v1${path}`,
      {
        method,
        localAddress: CLIENT,
        headers: {
          authorization: `Bearer ${OPERATOR_KEY}`,
          'content-type': 'application/json',
          'x-forwarded-for': forwarded,
        },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      },
    )
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The address that the audit keeps of a change. */
async function believed(url: string, forwarded: string | string[] = LIE): Promise<string> {
  const made = await ask(url, 'POST', '/admin/tenants', forwarded, { name: '株式会社テスト' })
  expect(made.status, made.text).toBe(201)
  const { id } = JSON.parse(made.text)
  const { text } = await ask(url, 'GET', `/admin/audit?tenantId=${id}`, forwarded)
  return JSON.parse(text).audit[0].source
}

test('whatever the client writes, the address is the one that the outermost proxy saw', async () => {
  const [none, one, two] = services.map(({ url }) => url) as [string, string, string]
  expect(await believed(none)).toBe(CLIENT)
  // A proxy that is not believed is who asks.
  expect(await believed(await startProxy(none, '127.0.0.6'))).toBe('127.0.0.6')
  expect(await believed(await startProxy(one, '127.0.0.6'))).toBe(CLIENT)
  const inner = await startProxy(two, '127.0.0.7')
  expect(await believed(await startProxy(inner, '127.0.0.6'))).toBe(CLIENT)
  // One proxy more than is believed: the outer one is the address, and no lie.
  const innerOfOne = await startProxy(one, '127.0.0.7')
  expect(await believed(await startProxy(innerOfOne, '127.0.0.6'))).toBe('127.0.0.6')
})

test('no form of the header is a 5xx or an address of its own', async () => {
  const proxy = await startProxy(services[1]?.url ?? '', '127.0.0.6')
  const forms = [
    ...['', ',', ', ,', 'unknown', '_hidden', '::1', '[2001:db8::1]:4711', '203.0.113.99:80', '1.2.3.4.5'],
    ...['a'.repeat(4_000), `${LIE}, `.repeat(300), '"203.0.113.99"', 'for=203.0.113.99', '\t203.0.113.99'],
  ]
  for (const form of forms)
    expect([form.slice(0, 20), await believed(proxy, form)]).toEqual([form.slice(0, 20), CLIENT])
  expect(await believed(proxy, [LIE, '198.51.100.1'])).toBe(CLIENT)
})
