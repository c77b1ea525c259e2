import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createHeavyReads } from '../platform/db/heavy-reads.ts'
import { asTenant, outside } from '../platform/db/tenant-scope.ts'
import { mapBreathing } from '../platform/event-loop.ts'
import { documentOnly, sendInPieces, serializerCompiler, tagAnswers, writeInSlices } from './answers.ts'
import type { App } from './app-types.ts'
import {
  EACH_AT_THE_DOOR,
  holdRefusals,
  limitDoor,
  limitUnreadBodies,
  putShortFirst,
  shedByShare,
  steadyCounts,
  takeTurns,
} from './limits.ts'

function counter() {
  const state = { now: 1_000 }
  const Store = steadyCounts(() => state.now)
  const store = new Store({})
  const count = (key: string, timeWindow = 60_000) => {
    let seen: unknown
    store.incr(
      key,
      (_error, result) => {
        seen = result
      },
      timeWindow,
      10,
    )
    return seen
  }
  return { state, store, count }
}

test('counts each caller within a window, and begins again after it', () => {
  const { state, count } = counter()
  expect(count('a')).toEqual({ current: 1, ttl: 60_000 })
  state.now += 10_000
  expect(count('a')).toEqual({ current: 2, ttl: 50_000 })
  expect(count('b')).toEqual({ current: 1, ttl: 60_000 })
  state.now += 50_000
  expect(count('a')).toEqual({ current: 1, ttl: 60_000 })
})

test('a wall clock that is put back makes no window longer', () => {
  const wall = Date.now
  try {
    const { state, count } = counter()
    count('a')
    Date.now = () => wall() - 3_600_000
    state.now += 60_000
    expect(count('a')).toEqual({ current: 1, ttl: 60_000 })
  } finally {
    Date.now = wall
  }
})

test('remembers a bounded number of callers', () => {
  const { count } = counter()
  count('first')
  for (let n = 0; n < 5_000; n += 1) count(`caller ${n}`)
  expect(count('caller 4999')).toMatchObject({ current: 2 })
  expect(count('first')).toMatchObject({ current: 1 })
})

test('the counts of a route are its own', () => {
  const { store, count } = counter()
  count('a')
  const child = store.child({} as never)
  child.incr('a', (_error, result) => expect(result).toMatchObject({ current: 1 }), 60_000, 10)
})

test('an address that makes up ids at a door is held to what five of them may send', async () => {
  const app = Fastify() as unknown as App
  await app.register(rateLimit, { global: false })
  await app.register(async (scope) => {
    limitDoor(scope as unknown as App)
    scope.get('/:id', { config: EACH_AT_THE_DOOR }, async () => 'x')
  })
  const ask = async (id: number) => (await app.inject(`/${id}`)).statusCode
  for (let n = 0; n < 1_200; n += 1) await ask(0)
  expect(await ask(0)).toBe(429)
  for (let n = 1_201; n < 6_000; n += 1) expect(await ask(n)).toBe(200)
  // The form of the refusal is the error handler's, which is not here.
  expect(await ask(6_000)).toBeGreaterThan(200)
  await app.close()
})

/** As much work as an order whose writing takes the whole time that others are kept waiting. */
function workFor3Ms(): string {
  const until = performance.now() + 3
  while (performance.now() < until);
  return 'slow'
}

/** A server whose requests say by a header whose they are, before it is ready. */
function serverOfTenants(): App {
  const app = Fastify() as unknown as App
  app.decorateRequest('auth', null, [])
  app.addHook('onRequest', async (request) => {
    request.auth = {
      kind: 'client',
      tenantId: String(request.headers.tenant),
      role: 'owner',
      accountId: 'x',
    }
  })
  return app
}

test('a long request of one tenant stands still while another’s short one is at work, be it a heavy read or not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const app = serverOfTenants()
  app.addHook('preValidation', (request, _reply, done) => asTenant(String(request.headers.tenant), done))
  const heavyReads = createHeavyReads()
  putShortFirst(app, heavyReads.shortFirst)
  takeTurns(app, heavyReads)
  let pieces = 0
  const piece = () => {
    pieces += 1
    return workFor3Ms()
  }
  const work = () => mapBreathing(Array.from({ length: 20 }), piece)
  app.get('/heavy', { config: { cost: 'heavy' } }, work)
  app.post('/long', work)
  let [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  app.get('/short', async () => {
    begun.resolve()
    await end.promise
    return pieces
  })
  const ask = (tenant: string, url: string, method: 'GET' | 'POST' = 'GET') =>
    app.inject({ url, method, headers: { tenant } })
  await app.ready()
  for (const [url, method] of [
    ['/heavy', 'GET'],
    ['/long', 'POST'],
  ] as const) {
    ;[begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    pieces = 0
    const short = ask('b', '/short')
    await begun.promise
    const long = ask('a', url, method)
    while (pieces === 0) await new Promise(setImmediate)
    for (let n = 0; n < 50; n += 1) await new Promise(setImmediate)
    end.resolve()
    expect((await short).json(), url).toBe(1)
    expect((await long).json()).toHaveLength(20)
    // With nobody else there it waits for nobody: no timer runs.
    expect((await ask('a', url, method)).statusCode).toBe(200)
  }
  // Two long ones do not wait for each other.
  const both = await Promise.all([ask('a', '/long', 'POST'), ask('b', '/long', 'POST')])
  expect(both.map(({ statusCode }) => statusCode)).toEqual([200, 200])
  await app.close()
})

/** Tenants whose requests take turns, by a held clock. */
function turnsOfTenants() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const app = serverOfTenants()
  const heavyReads = createHeavyReads()
  putShortFirst(app, heavyReads.shortFirst)
  takeTurns(app, heavyReads)
  return app
}

test('one of many requests of a tenant begins behind those of a tenant that has few', async () => {
  const app = turnsOfTenants()
  let begun = 0
  const work = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() }
  app.post('/work', async ({ headers }) => {
    begun += 1
    await work[headers.tenant as 'a' | 'b'].promise
    return 'done'
  })
  const ask = (tenant: string) => app.inject({ url: '/work', method: 'POST', headers: { tenant } })
  const turns = async () => {
    for (let n = 0; n < 50; n += 1) await new Promise(setImmediate)
  }
  await app.ready()
  const own = ask('b')
  while (begun < 1) await new Promise(setImmediate)
  const flood = [ask('a'), ask('a')]
  while (begun < 3) await new Promise(setImmediate)
  flood.push(ask('a'))
  await turns()
  expect(begun).toBe(3)
  work.b.resolve()
  expect((await own).statusCode).toBe(200)
  await turns()
  expect(begun).toBe(4)
  work.a.resolve()
  expect((await Promise.all(flood)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
  await app.close()
})

test('what waits begins behind another’s short request, be it one or many', async () => {
  const app = turnsOfTenants()
  const begun: string[] = []
  const short = Promise.withResolvers<void>()
  app.post('/short', async () => {
    begun.push('short')
    await short.promise
    return 'done'
  })
  app.post('/waits', { config: { cost: 'waits' } }, async () => {
    begun.push('waits')
    return 'done'
  })
  const ask = (tenant: string, url: string) => app.inject({ url, method: 'POST', headers: { tenant } })
  await app.ready()
  const own = ask('b', '/short')
  while (begun.length < 1) await new Promise(setImmediate)
  const flood = Array.from({ length: 3 }, () => ask('a', '/waits'))
  for (let n = 0; n < 50; n += 1) await new Promise(setImmediate)
  expect(begun).toEqual(['short'])
  short.resolve()
  expect((await own).statusCode).toBe(200)
  expect((await Promise.all(flood)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
  await app.close()
})

test('a tenant with many waiting rests between its requests while others ask, be they heavy reads or not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  for (const [heavy, atOnce, many] of [
    [undefined, 3, 30],
    [true, 1, 10],
  ] as const) {
    const app = serverOfTenants()
    const heavyReads = createHeavyReads()
    putShortFirst(app, heavyReads.shortFirst)
    takeTurns(app, heavyReads)
    const begun: string[] = []
    const ends: (() => void)[] = []
    app.get('/work', { config: { cost: heavy ? 'heavy' : 'light' } }, async ({ headers }) => {
      begun.push(String(headers.tenant))
      await new Promise<void>((resolve) => ends.push(resolve))
      return 'done'
    })
    const ask = (tenant: string) => app.inject({ url: '/work', headers: { tenant } })
    const turns = async () => {
      for (let n = 0; n < 50; n += 1) await new Promise(setImmediate)
    }
    /** All that is at work has taken so long. */
    const end = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms)
      for (const one of ends.splice(0)) one()
      await turns()
    }
    await app.ready()
    const all = Array.from({ length: many }, () => ask('a'))
    await turns()
    expect(begun).toHaveLength(atOnce)
    // Alone it goes on at once.
    await end(20)
    expect(begun).toHaveLength(2 * atOnce)
    begun.length = 0
    all.push(...Array.from({ length: atOnce }, () => ask('a')), ask('b'))
    await turns()
    expect(begun).toEqual(['b'])
    await end(20)
    await vi.advanceTimersByTimeAsync(19)
    await turns()
    expect(begun).toEqual(['b'])
    await vi.advanceTimersByTimeAsync(1)
    await turns()
    expect(begun).toEqual(['b', 'a'])
    for (let n = 0; n < 40; n += 1) await end(40)
    expect((await Promise.all(all)).map(({ statusCode }) => statusCode)).toEqual(all.map(() => 200))
    await app.close()
  }
})

test('what waits has its turn before and after, counts as load then, and holds none meanwhile', async () => {
  const app = serverOfTenants()
  let pressure = false
  app.decorate('isUnderPressure', () => pressure)
  app.decorate('memoryUsage', () => ({
    eventLoopDelay: 60_000,
    eventLoopUtilized: 1,
    heapUsed: 0,
    rssBytes: 0,
  }))
  app.addHook('preValidation', (request, _reply, done) => asTenant(String(request.headers.tenant), done))
  const heavyReads = createHeavyReads()
  const { atWork } = heavyReads.shortFirst
  shedByShare(app, 3_000, atWork)
  takeTurns(app, heavyReads)
  const at = { before: 0, waiting: 0, after: 0 }
  let most = 0
  const [mall, work] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const part = async (name: 'before' | 'after') => {
    at[name] += 1
    most = Math.max(most, at[name])
    await work.promise
    at[name] -= 1
  }
  app.post('/ask', { config: { cost: 'waits' } }, async () => {
    await part('before')
    await outside(async () => {
      at.waiting += 1
      await mall.promise
      at.waiting -= 1
    })
    await part('after')
    return 'done'
  })
  app.get('/quick', async () => 'done')
  const ask = (tenant: string, url = '/quick') =>
    app.inject({ url, method: url === '/ask' ? 'POST' : 'GET', headers: { tenant } })
  const turns = async () => {
    for (let n = 0; n < 200; n += 1) await new Promise(setImmediate)
  }
  await app.ready()
  const flood = Array.from({ length: 20 }, () => ask('a', '/ask'))
  await turns()
  expect(at).toEqual({ before: 2, waiting: 0, after: 0 })
  expect(atWork.of('a')).toBe(20)
  // A process in need refuses whose load it is, and nobody with one request.
  pressure = true
  expect((await ask('a')).json()).toMatchObject({ code: 'UNAVAILABLE' })
  expect((await ask('b')).statusCode).toBe(200)
  pressure = false
  work.resolve()
  await turns()
  expect(at).toEqual({ before: 0, waiting: 20, after: 0 })
  expect(atWork.of('a')).toBe(0)
  mall.resolve()
  expect((await Promise.all(flood)).map(({ statusCode }) => statusCode)).toEqual(flood.map(() => 200))
  expect(most).toBe(2)
  expect(atWork.of('a')).toBe(0)
  await app.close()
})

test('a wait that outlives its answer leaves no turn behind', async () => {
  const app = serverOfTenants()
  app.addHook('preValidation', (request, _reply, done) => asTenant(String(request.headers.tenant), done))
  const heavyReads = createHeavyReads()
  takeTurns(app, heavyReads)
  const mall = Promise.withResolvers<void>()
  const ends: Promise<void>[] = []
  app.post('/ask', { config: { cost: 'waits' } }, async (_request, reply) => {
    // Two at once, as a tool of an assistant asks.
    ends.push(
      outside(() => mall.promise),
      outside(() => mall.promise),
    )
    return reply.send('at once')
  })
  const ask = () => app.inject({ url: '/ask', method: 'POST', headers: { tenant: 'a' } })
  for (let n = 0; n < 5; n += 1) expect((await ask()).statusCode).toBe(200)
  mall.resolve()
  await Promise.all(ends)
  for (let n = 0; n < 5; n += 1) expect((await ask()).statusCode).toBe(200)
  expect(heavyReads.shortFirst.atWork.most()).toBe(0)
  await app.close()
})

test('of bodies that never end a share has its number, and others are read', async () => {
  const app = Fastify() as unknown as App
  app.decorateRequest('auth', null, [])
  let begun = 0
  app.addHook('preParsing', async () => {
    begun += 1
  })
  limitUnreadBodies(app, 3)
  app.addHook('onRequest', async (request) => {
    if (request.headers.tenant === undefined) return
    const tenantId = String(request.headers.tenant)
    request.auth = { kind: 'client', tenantId, role: 'owner', accountId: 'x' }
  })
  app.setErrorHandler((error: { code?: string }, _request, reply) =>
    reply.code(error.code === 'TOO_MANY_REQUESTS' ? 429 : 500).send(),
  )
  app.route({ method: ['GET', 'POST'], url: '/', handler: async () => 'done' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const slow = async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\na')
    return socket
  }
  const held = await Promise.all([slow(), slow(), slow()])
  await expect.poll(() => begun).toBe(3)
  const fourth = await slow()
  const [refused] = await once(fourth, 'data')
  expect(String(refused)).toMatch(/^HTTP\/1.1 429 .*connection: close/s)
  const url = `http://127.0.0.1:${port}/`
  // Who asks without a body is no part of it, nor is another share.
  expect((await fetch(url)).status).toBe(200)
  const send = { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }
  expect((await fetch(url, send)).status).toBe(429)
  expect((await fetch(url, { ...send, headers: { ...send.headers, tenant: 'b' } })).status).toBe(200)
  // One that has come whole, or is gone, makes room.
  held[0]?.write('bcde')
  held[1]?.destroy()
  await expect.poll(async () => (await fetch(url, send)).status).toBe(200)
  for (const socket of [...held, fourth]) socket.destroy()
  await app.close()
})

test('while the event loop is late, who has most at work is refused more, and nobody else', async () => {
  const app = Fastify() as unknown as App
  let pressure = false
  let eventLoopDelay = 4_000
  app.decorate('isUnderPressure', () => pressure)
  app.decorate('memoryUsage', () => ({
    eventLoopDelay,
    eventLoopUtilized: 1,
    heapUsed: 0,
    rssBytes: 0,
  }))
  app.decorateRequest('auth', null, [])
  app.addHook('onRequest', async (request) => {
    const tenantId = String(request.headers.tenant)
    request.auth = { kind: 'client', tenantId, role: 'owner', accountId: 'x' }
  })
  shedByShare(app, 3_000)
  const work = Promise.withResolvers<void>()
  app.get('/v1/slow', async () => {
    await work.promise
    return 'done'
  })
  app.get('/v1/quick', async () => 'done')
  app.get('/healthz', async () => 'ok')
  const ask = (tenant: string, url = '/v1/quick') => app.inject({ url, headers: { tenant } })
  await app.ready()
  const slow = Array.from({ length: 3 }, () => ask('a', '/v1/slow'))
  await ask('a')
  pressure = true
  expect((await ask('a')).json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  for (const url of ['/v1/quick', '/healthz']) expect((await ask('b', url)).statusCode).toBe(200)
  // Overloaded: a 5xx for whose load it is, and for nobody else.
  pressure = false
  slow.push(ask('b', '/v1/slow'))
  await ask('b')
  pressure = true
  eventLoopDelay = 60_000
  expect((await ask('a')).json()).toMatchObject({ code: 'UNAVAILABLE' })
  expect((await ask('b')).json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  expect((await ask('c')).statusCode).toBe(200)
  work.resolve()
  expect((await Promise.all(slow)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
  expect((await ask('a')).statusCode).toBe(200)
  await app.close()
})

test('a refusal is held back, a flood of them has no more than its share of held ones, and others are answered at once', async () => {
  const app = serverOfTenants()
  holdRefusals(app, 1_000, { inAll: 400, perShare: 100, growsBy: 10 })
  app.get('/refused', async (_request, reply) => reply.code(429).send())
  app.get('/good', async () => 'done')
  const answered: string[] = []
  const ask = async (tenant: string, url: string) => {
    const answer = await app.inject({ url, headers: { tenant } })
    answered.push(url)
    return answer
  }
  await app.ready()
  const flood = Array.from({ length: 101 }, () => ask('a', '/refused'))
  // Only the one beyond the share is out, and its connection ends.
  expect((await Promise.race(flood)).headers.connection).toBe('close')
  const other = ask('b', '/refused')
  expect((await ask('a', '/good')).statusCode).toBe(200)
  expect(answered).toEqual(['/refused', '/good'])
  // The more a share has, the longer: who was refused once is answered before the flood's last.
  let ended = 0
  for (const one of flood) void one.then(() => (ended += 1))
  expect((await other).headers.connection).not.toBe('close')
  expect(ended).toBeLessThan(50)
  const answers = await Promise.all(flood)
  expect(answers.filter(({ headers }) => headers.connection === 'close')).toHaveLength(1)
  await app.close()
})

test('of refusals of unknown callers a few a second are answered at once, from however many networks they come', async () => {
  const app = Fastify({ trustProxy: true }) as unknown as App
  let now = 0
  app.decorateRequest('auth', null, [])
  app.addHook('onRequest', async (request) => {
    const tenantId = request.headers.tenant
    if (typeof tenantId === 'string')
      request.auth = { kind: 'client', tenantId, role: 'owner', accountId: 'x' }
  })
  holdRefusals(app, 1_000, { inAll: 4_000, perShare: 2_000, growsBy: 250 }, () => now)
  app.get('/refused', async (_request, reply) => reply.code(413).send())
  app.get('/good', async () => 'done')
  await app.ready()
  let answered = 0
  const ask = (network: number, headers: object = {}, url = '/refused') =>
    app
      .inject({ url, headers: { 'x-forwarded-for': `198.51.${network}.1`, ...headers } })
      .finally(() => (answered += 1))
  const flood = Array.from({ length: 40 }, (_, n) => ask(n))
  // Neither what is answered well nor what a known caller is refused is one of them.
  await Promise.all([ask(250, {}, '/good'), ...Array.from({ length: 40 }, () => ask(251, { tenant: 'a' }))])
  expect(answered).toBe(10 + 41)
  now += 500
  flood.push(...Array.from({ length: 10 }, (_, n) => ask(100 + n)))
  await ask(250, {}, '/good')
  expect(answered).toBe(10 + 41 + 5 + 1)
  expect(await Promise.all(flood)).toHaveLength(50)
  await app.close()
})

test('a long answer is written piece by piece, others have their turns meanwhile, and it is the same as at once', async () => {
  const app = Fastify() as unknown as App
  app.setSerializerCompiler(serializerCompiler)
  tagAnswers(app)
  writeInSlices(app)
  const order = (n: number) => ({
    n,
    name: '﨑山"\n',
    none: undefined,
    at: new Date(n),
    parts: [undefined, n],
  })
  const answer = {
    none: undefined,
    orders: Array.from({ length: 100 }, (_, n) => order(n)),
    nextCursor: null,
    few: [],
  }
  const schema = { response: { 200: documentOnly(z.any()) } }
  app.get('/long', { config: { entityTag: true }, schema }, async () => answer)
  const slow = { toJSON: workFor3Ms }
  app.get('/slow', { schema }, async () => ({ orders: Array.from({ length: 60 }, () => slow) }))
  const long = await app.inject('/long')
  expect(long.body).toBe(JSON.stringify(answer))
  expect(long.headers['content-type']).toBe('application/json; charset=utf-8')
  const { etag = '' } = long.headers
  const same = await app.inject({ url: '/long', headers: { 'if-none-match': String(etag) } })
  expect([same.statusCode, same.body]).toEqual([304, ''])
  let turns = 0
  let running = true
  const count = () => {
    turns += 1
    if (running) setImmediate(count)
  }
  count()
  expect((await app.inject('/slow')).json().orders).toHaveLength(60)
  running = false
  expect(turns).toBeGreaterThan(60)
  await app.close()
})

test('a long answer is sent in pieces of 64 KiB, as the same bytes under the same tag', async () => {
  const app = Fastify() as unknown as App
  tagAnswers(app)
  sendInPieces(app)
  const pieces: number[] = []
  app.addHook('onSend', async (_request, _reply, payload) => {
    if (!(payload instanceof Readable)) return payload
    return payload.map((piece: Buffer) => {
      pieces.push(piece.length)
      return piece
    })
  })
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => n))
  app.get('/long', { config: { entityTag: true } }, async () => bytes)
  const { rawPayload, headers } = await app.inject('/long')
  expect(rawPayload.equals(bytes)).toBe(true)
  expect(pieces).toEqual([65_536, 65_536, 65_536, 65_536, 37_856])
  expect(headers['content-length']).toBe('300000')
  expect(headers.etag).toBe(`"${createHash('sha1').update(bytes).digest('base64url')}"`)
  const same = await app.inject({ url: '/long', headers: { 'if-none-match': String(headers.etag) } })
  expect([same.statusCode, same.body]).toEqual([304, ''])
  const head = await app.inject({ url: '/long', method: 'HEAD' })
  expect([head.headers['content-length'], head.body]).toEqual(['300000', ''])
  await app.close()
})
