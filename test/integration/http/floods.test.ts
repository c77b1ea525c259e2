import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeHistory } from '../../support/database/history.ts'
import { makeApiKey } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { watchStalls } from '../../support/stalls.ts'

/**
 * Floods that others must not feel, by what they cost the main thread and by who is served before whom: both
 * are the same on a machine that is busy. `npm run bench -- floods` has the same by the clock.
 */

let database: TestDatabase
let app: App
let port: number
let a: { authorization: string }
let b: { authorization: string }

beforeAll(async () => {
  database = await freshDatabase()
  // A clock that stands: what is known of a key stays known, and asks no database that is busy otherwise.
  const at = Date.now()
  app = await wholeServer(database, {}, { config: { mcp: true }, clock: { ...systemClock, now: () => at } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
  const { tenantId } = await makeHistory(database.pool, { orders: 2_200, staged: 100 })
  const other = await database.db.tenant.findFirstOrThrow({ where: { id: { not: tenantId } } })
  a = await keyFor(other.id)
  b = await keyFor(tenantId)
})
afterAll(async () => {
  app?.server.closeAllConnections()
  await app?.close()
  await database?.close()
})

const keyFor = (tenantId: string) => makeApiKey(database.db, tenantId)

const listOfB = async () => (await app.inject({ url: '/v1/orders?limit=50', headers: b })).statusCode

/** Milliseconds of the main thread: other work of the machine is not in it. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage()
  await work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

const manyTexts = (count: number): string[] => Array.from({ length: count }, (_, n) => `x${n}`)
const unknownNames = (count: number) => Object.fromEntries(manyTexts(count).map((name) => [name, 1]))

/** A stranger's body in the three forms that once cost the process more than a second. */
const forms = (bytes: number): Record<string, string> => ({
  'halves of surrogates': `{"email":[${'"\\ud800",'.repeat(Math.floor((bytes - 30) / 9))}"x"]}`,
  'names that nobody knows': `{${Array.from({ length: Math.floor(bytes / 12) }, (_, n) => `"u${n}":1`)}}`,
  'brackets that never end': '['.repeat(bytes),
})

test('a stranger’s body costs no more than a few lists, whatever stands in it', async () => {
  const send = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/session',
      headers: { 'content-type': 'application/json' },
      remoteAddress: `198.51.100.${1 + (sent++ % 250)}`,
      payload,
    })
  let sent = 0
  for (const size of [16_000, 1_000_000]) {
    for (const [form, text] of Object.entries(forms(size))) {
      const answers = [await send(text), await send(text)].map(({ statusCode }) => statusCode)
      expect([form, ...answers]).toEqual([form, answers[0], answers[0]])
      expect(size === 16_000 ? [400, 422] : [413], form).toContain(answers[0])
      const cost = await cpuOf(async () => {
        for (let n = 0; n < 10; n += 1) await send(text)
      })
      // 1,450 ms for one of the first form, of a megabyte; a list of fifty orders takes 4.
      expect(cost / 10, form).toBeLessThan(15)
    }
  }
  expect(await listOfB()).toBe(200)
})

test.each([
  [
    'lists of tools at /mcp',
    () => ({
      url: '/mcp',
      headers: { accept: 'application/json, text/event-stream', host: 'localhost' },
      payload: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
    }),
  ],
  [
    'long mails at /v1/why',
    () => ({
      url: '/v1/why',
      headers: {},
      payload: { text: 'x '.repeat(120_000), live: false },
    }),
  ],
])('others are served before the rest of twenty %s', async (_, of) => {
  const { url, headers, payload } = of()
  const ask = () => app.inject({ method: 'POST', url, headers: { ...a, ...headers }, payload })
  const marketplaces = () => app.inject({ url: '/v1/marketplaces', headers: b })
  expect([(await ask()).statusCode, (await marketplaces()).statusCode]).toEqual([200, 200])
  const before: number[] = []
  for (let round = 0; round < 5; round += 1) {
    let ended = 0
    const flood = Array.from({ length: 20 }, () => ask().finally(() => (ended += 1)))
    // The first two of them are at work.
    await Promise.race(flood)
    const since = ended
    // It asks no database: what it waits for is the process alone.
    const { statusCode } = await marketplaces()
    before.push(ended - since)
    expect(statusCode).toBe(200)
    const answers = await Promise.all(flood)
    expect(answers.filter((answer) => answer.statusCode >= 500)).toEqual([])
  }
  expect(Math.max(...before), JSON.stringify(before)).toBeLessThanOrEqual(3)
})

test.each([
  ['exports', 2, '/v1/orders/export?per=item', null],
  ['long mails at /v1/why', 10, '/v1/why', { text: 'x '.repeat(120_000), live: false }],
  ['wrong ids by the megabyte', 1, '/v1/orders/move', { orderIds: manyTexts(100_000), to: 'new' }],
  ['names that nobody knows', 1, '/v1/orders/move', unknownNames(80_000)],
  [
    'names in one of many lists',
    1,
    '/v1/site-changes',
    { changes: manyTexts(900).map(() => unknownNames(90)) },
  ],
])('no stretch of %s keeps the main thread from others for long', async (_, atOnce, url, body) => {
  const sent = body && {
    payload: JSON.stringify(body),
    headers: { ...b, 'content-type': 'application/json' },
  }
  const ask = async () => {
    const answer = await app.inject({ method: sent ? 'POST' : 'GET', url, headers: b, ...sent })
    return answer.statusCode
  }
  const status = await ask()
  expect(status).toBe(url === '/v1/orders/move' || url === '/v1/site-changes' ? 422 : 200)
  const longest: number[] = []
  // Of five rounds the second longest: a collection of garbage may fall into one.
  for (let round = 0; round < 5; round += 1) {
    const stalls = watchStalls()
    const answers = await Promise.all(Array.from({ length: atOnce }, ask))
    longest.push(stalls.stop())
    expect(new Set(answers)).toEqual(new Set([status]))
  }
  expect(longest.toSorted((x, y) => y - x)[1], JSON.stringify(longest)).toBeLessThan(30)
})

test('bodies that come a byte at a time are bounded by tenant, and take nothing from others', async () => {
  const alone = await cpuOf(async () => {
    for (let n = 0; n < 20; n += 1) expect(await listOfB()).toBe(200)
  })
  const sockets: Socket[] = []
  const said: string[] = []
  for (let n = 0; n < 400; n += 1) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    sockets.push(socket)
    socket.once('data', (bytes) => said.push(String(bytes).slice(0, 12)))
    socket.write(
      `POST /v1/orders/pull HTTP/1.1\r\nhost: x\r\nauthorization: ${a.authorization}\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n{`,
    )
  }
  // 128 are read, and the rest is told so: after the last of those all of them have come.
  await expect.poll(() => said.length, { timeout: 30_000 }).toBe(400 - 128)
  expect(new Set(said)).toEqual(new Set(['HTTP/1.1 429']))
  for (const socket of sockets) if (socket.writable) socket.write(' ')
  const beside = await cpuOf(async () => {
    for (let n = 0; n < 20; n += 1) {
      expect(await listOfB()).toBe(200)
      const pulled = await app.inject({
        method: 'POST',
        url: '/v1/orders/pull',
        headers: b,
        payload: { after: null, dryRun: true },
      })
      expect(pulled.statusCode).toBe(200)
    }
  })
  // A pull beside each list, and what the slow ones send meanwhile.
  expect(beside).toBeLessThan(alone * 6 + 200)
  for (const socket of sockets) socket.destroy()
})
