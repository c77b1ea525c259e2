import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { makeStaff, signedIn } from '../../support/staff/browser.ts'

/** Over HTTP, with two processes' servers: a request of which half the bytes are held back on the line. */

let database: TestDatabase
let bench: ImportBench
let second: Awaited<ReturnType<typeof openDatabase>>
let apps: App[]
let key: string
beforeAll(async () => {
  database = await freshDatabase()
  bench = await importBench(database)
  second = await openDatabase({ url: database.url, log: { warn: () => undefined } })
  apps = [await wholeServer(database), await wholeServer({ ...second, url: database.url })]
  for (const app of apps) await app.listen({ host: '127.0.0.1', port: 0 })
  const made = newApiKey(systemRandom)
  const { prefix, hash } = made
  key = made.key
  await database.db.apiKey.create({
    data: { id: newId(), tenantId: bench.tenantId, name: 'PC', prefix, hash, createdAt: new Date() },
  })
})
afterAll(async () => {
  for (const app of apps ?? []) await app.close()
  await second?.close()
  await database.close()
})

const portOf = (at: number): number => {
  const address = apps[at]?.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function pull(at: number, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://127.0.0.1:${portOf(at)}/v1/orders/pull`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as {
    orders: { orderNumber: string }[]
    position: string | null
    replayed: boolean
  }
}

/** Sends all but the last bytes of a pull, whose answer comes once they are let go. */
async function stalledPull(body: object, headers: Record<string, string> = {}) {
  const text = JSON.stringify(body)
  const socket: Socket = connect(portOf(0), '127.0.0.1')
  await once(socket, 'connect')
  const lines = Object.entries({
    host: '127.0.0.1',
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`)
  socket.write(`POST /v1/orders/pull HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text.slice(0, -1)}`)
  return async () => {
    socket.write(text.slice(-1))
    let answer = ''
    for await (const part of socket) answer += part
    return answer
  }
}

async function stageOne(): Promise<string> {
  const number = numbers(staged + 1).at(-1) ?? ''
  staged++
  bench.mall.place(number)
  await bench.want([number])
  await bench.run()
  return number
}
let staged = 0

it('a stalled request makes the batch that its client asks for next', async () => {
  const letGo = await stalledPull({ after: null })
  const empty = await pull(1, { after: null })
  expect(empty.orders).toEqual([])
  const number = await stageOne()
  // Nobody waits for this answer any more.
  expect(await letGo()).toContain(number)
  expect(await pull(1, { after: empty.position })).toMatchObject({
    orders: [{ orderNumber: number }],
    replayed: true,
  })
})

it('under a key it is lost to a client that has gone on to the next one, and not to one that keeps it', async () => {
  const letGo = await stalledPull({}, { 'idempotency-key': 'first' })
  expect((await pull(1, {}, { 'idempotency-key': 'first' })).orders).toEqual([])
  const number = await stageOne()
  expect(await letGo()).toContain(number)
  expect((await pull(1, {}, { 'idempotency-key': 'second' })).orders).toEqual([])
  expect((await pull(1, {}, { 'idempotency-key': 'first' })).orders).toMatchObject([{ orderNumber: number }])
})

it('what the board of release 1.0.0 takes in a tab that stayed open still reaches the desktop client', async () => {
  let { position } = await pull(0, { after: null })
  for (;;) {
    const answer = await pull(0, { after: position })
    if (answer.position === position) break
    position = answer.position
  }
  const number = await stageOne()
  const [app] = apps
  if (app === undefined) throw new Error('no server')
  const { cookie, csrfToken } = await signedIn(
    app,
    (await makeStaff(database.db, bench.tenantId, 'staff')).email,
  )
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/orders/pull',
    remoteAddress: '203.0.113.7',
    headers: {
      cookie: `__Host-torikomi_session=${cookie}`,
      'x-csrf-token': csrfToken,
      'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36',
      'idempotency-key': 'tab',
    },
    payload: { limit: 200 },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  expect(answer.json()).toMatchObject({
    orders: [{ orderNumber: number, status: 'new' }],
    remaining: 0,
    replayed: false,
    desk: null,
  })
  expect((await pull(0, { after: position })).orders).toMatchObject([{ orderNumber: number }])
})
