import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isKnown, readEvents, readHistory } from '../../../src/events/history.ts'
import { createHub } from '../../../src/events/hub.ts'
import { createEventRoutes } from '../../../src/events/routes.ts'
import type { App, Auth } from '../../../src/http/app-types.ts'
import { buildServer } from '../../../src/http/server.ts'
import { readBoard } from '../../../src/orders/board.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import { AppError } from '../../../src/platform/errors.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, newId } from '../../support/fixtures.ts'
import { type EventStream, openStream } from '../../support/http/event-stream.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let other: ImportBench
let apps: { app: App; url: string }[]
let streams: EventStream[]

beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
})
afterAll(() => database.close())

beforeEach(async () => {
  revoked.clear()
  bench = await importBench(database)
  other = await importBench(database)
  streams = []
  apps = [await startApi(), await startApi()]
})
afterEach(async () => {
  for (const stream of streams) stream.close()
  await Promise.all(apps.map(({ app }) => app.close()))
})

/** Keys as they are let in now: `ours`, `ours-2` … and any other, which is another tenant's. */
const revoked = new Set<string>()
async function authenticate(key: string): Promise<Auth> {
  if (revoked.has(key)) throw new AppError('UNAUTHENTICATED', 'revoked')
  const tenantId = key.startsWith('ours') ? bench.tenantId : other.tenantId
  return { kind: 'client', apiKeyId: key, tenantId, role: 'owner', shopIds: null }
}

/** As another process of the role `api` would be. */
async function startApi(streams = { perKey: 2_000, perTenant: 2_000 }): Promise<{ app: App; url: string }> {
  const app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate,
    clientRoutes: [
      createEventRoutes({
        ...bench.deps,
        readBoard: (tenantId) => readBoard(bench.deps, tenantId),
        authenticate,
        streams,
      }),
    ],
    operatorRoutes: [],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
    limits: { requestsPerMinute: 100_000 },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` }
}

async function listen(
  api = 0,
  last: string | null = null,
  key = 'ours',
  agent?: http.Agent,
): Promise<EventStream> {
  const headers = { authorization: `Bearer ${key}`, ...(last === null ? {} : { 'last-event-id': last }) }
  const stream = await openStream(apps[api]?.url ?? '', headers, agent)
  streams.push(stream)
  return stream
}

async function stage(count: number, at = bench): Promise<string[]> {
  const wanted = numbers(count)
  for (const number of wanted) at.mall.place(number)
  await at.want(wanted)
  await at.run()
  return (await database.db.order.findMany({ where: { tenantId: at.tenantId } })).map(({ id }) => id)
}

const move = (orderIds: string[], to: 'new' | 'on_hold', at = bench) =>
  moveOrders(bench.deps, { tenantId: at.tenantId, actor: 'key:a' }, { orderIds, to })

/** Its order events, each as `order id, version`. */
const ordersIn = ({ events }: EventStream): string[] =>
  events
    .filter(({ event }) => event === 'order')
    .map(({ data }) => data as { orderId: string; version: number })
    .map(({ orderId, version }) => `${orderId} ${version}`)

describe('GET /events', () => {
  it('tells of orders, attention and the board, to every process’s clients, of their own tenant alone', async () => {
    const [first, second, stranger] = await Promise.all([listen(0), listen(1), listen(0, null, 'theirs')])
    const staged = (stream: EventStream, count: number) =>
      stream.until(({ event, data }) => event === 'board' && (data as { staged: number }).staged === count)
    await Promise.all([staged(first, 0), staged(second, 0), staged(stranger, 0)])
    const [id = ''] = await stage(1)
    await Promise.all([staged(first, 1), staged(second, 1)])
    await move([id], 'on_hold')
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { attentionCode: 'KEY', attentionMessage: '更新', attentionSince: new Date() },
    })
    for (const stream of [first, second]) {
      await stream.until(({ event }) => event === 'attention')
      const orders = stream.events.filter(({ event }) => event === 'order').map(({ data }) => data)
      expect(orders).toMatchObject([
        { orderId: id, what: ['staged'], status: 'auto_imported', version: 1 },
        { orderId: id, what: ['moved'], status: 'on_hold', version: 2 },
      ])
      expect(stream.events.find(({ event }) => event === 'attention')?.data).toMatchObject({
        shopId: bench.shopId,
        code: 'KEY',
        message: '更新',
      })
    }
    const notice = {
      id: newId(),
      tenantId: bench.tenantId,
      shopId: bench.shopId,
      kind: 'expiry',
      threshold: 7,
    }
    const words = { what: 'licenseKey', occursAt: new Date(), subject: '期限まであと7日です', text: '' }
    await database.db.notice.create({ data: { ...notice, ...words, createdAt: new Date() } })
    for (const stream of [first, second]) {
      expect((await stream.until(({ event }) => event === 'notice')).data).toMatchObject({
        noticeId: notice.id,
        shopId: bench.shopId,
        mailboxId: null,
        kind: 'expiry',
        what: 'licenseKey',
        daysBefore: 7,
        subject: '期限まであと7日です',
      })
    }
    const theirs = await stage(1, other)
    await stranger.until(({ event }) => event === 'order')
    expect(ordersIn(stranger)).toEqual([`${theirs[0]} 1`])
  })

  it('misses none over reconnections while several write at once, some of them slowly', async () => {
    const ids = await stage(12)
    const expected = new Set<string>()
    let first = await listen()
    await first.until(({ event }) => event === 'board')
    const start = first.lastId
    const seen: string[] = []
    let writing = true

    const writer = async (mine: string[]) => {
      for (let round = 0; round < 15; round += 1) {
        const client = await database.pool.connect()
        try {
          await client.query('begin')
          for (const id of mine) {
            const { rows } = await client.query<{ version: number }>(
              'update orders set version = version + 1 where id = $1 returning version',
              [id],
            )
            expected.add(`${id} ${rows[0]?.version}`)
            // Keeps its transaction open while others that began later commit.
            await client.query('select pg_sleep(random() * 0.02)')
          }
          await client.query('commit')
        } finally {
          client.release()
        }
      }
    }
    const writers = Promise.all([0, 1, 2, 3].map((n) => writer(ids.slice(n * 3, n * 3 + 3))))
    const ended = writers.then(() => {
      writing = false
    })
    while (writing) {
      const before = ordersIn(first).length
      await Promise.race([first.until(() => ordersIn(first).length > before + 5), ended])
      first.close()
      seen.push(...ordersIn(first))
      first = await listen(seen.length % 2, first.lastId)
    }
    await first.until(() => new Set([...seen, ...ordersIn(first)]).size === expected.size)
    seen.push(...ordersIn(first))
    expect(new Set(seen)).toEqual(expected)
    expect(seen).toHaveLength(expected.size)

    const late = await listen(1, start)
    await late.until(() => ordersIn(late).length === expected.size)
    expect(new Set(ordersIn(late))).toEqual(expected)
  })

  it('holds an event back while an older transaction is open, without asking for it all the time', async () => {
    const ids = await stage(1)
    const older = await database.pool.connect()
    await older.query('begin')
    await older.query('select pg_current_xact_id()')
    let reads = 0
    const pool: typeof database.pool = Object.create(database.pool, {
      query: {
        value: (sql: string, values: unknown[]) => {
          reads += 1
          return database.pool.query(sql, values)
        },
      },
    })
    const hub = createHub({ pool, clock: bench.clock, log: bench.deps.log, readBoard: async () => ({}) })
    const told: string[] = []
    const onEvent = (_event: unknown, text: string) => void told.push(text)
    await hub.subscribe({ tenantId: bench.tenantId, onEvent, onReset: () => undefined }, await present())
    const isTold = () => told.some((text) => text.includes('event: order'))
    try {
      await move(ids, 'on_hold')
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      expect([isTold(), reads < 20]).toEqual([false, true])
      await older.query('commit')
      await expect.poll(isTold, { timeout: 1_500 }).toBe(true)
    } finally {
      older.release()
      hub.close()
    }
  })

  it('reads a board again that could not be read', async () => {
    const { clock, log } = bench.deps
    let tries = 0
    const readBoard = async () => {
      tries += 1
      if (tries === 1) throw new Error('the database is away')
      return { tries }
    }
    const hub = createHub({ pool: database.pool, clock, log, readBoard })
    const board = Promise.withResolvers<string>()
    const more = { onEvent: () => undefined, onReset: () => undefined, onBoard: board.resolve }
    await hub.subscribe({ tenantId: bench.tenantId, ...more }, await present())
    expect(await board.promise).toContain('{"tries":2}')
    hub.close()
  })

  it('says when it cannot go on where the client was', async () => {
    for (const last of ['nonsense', '1-1-00000000', `${2n ** 62n}-1`]) {
      const stream = await listen(0, last)
      expect((await stream.until(() => true)).event).toBe('reset')
    }
    const stream = await listen()
    expect((await stream.until(() => true)).event).toBe('ready')
    const again = await listen(1, stream.lastId)
    expect((await again.until(() => true)).event).toBe('ready')
  })

  it('opens a stream beside others without a look at the history, and sends nobody a board that he has', async () => {
    const isBoard = ({ event }: { event: string }) => event === 'board'
    const first = await listen()
    await first.until(isBoard)
    const locked = await database.pool.connect()
    await locked.query('begin; lock table feed_history in access exclusive mode')
    const second = await listen()
    try {
      await second.until(isBoard)
    } finally {
      await locked.query('rollback')
      locked.release()
    }
    expect(second.events.map(({ event }) => event)).toEqual(['ready', 'board'])
    const [id] = await stage(1)
    for (const stream of [first, second]) {
      await stream.until(({ event, data }) => event === 'board' && (data as { staged: number }).staged === 1)
      expect(ordersIn(stream)).toEqual([`${id} 1`])
      const boards = stream.events.filter(isBoard).map(({ data }) => JSON.stringify(data))
      expect(boards.filter((board, n) => board === boards[n - 1])).toEqual([])
    }
  })

  it('sends five boards a second at most, however much happens', async () => {
    const ids = await stage(1)
    const stream = await listen()
    await stream.until(({ event }) => event === 'board')
    const begun = performance.now()
    for (let round = 0; round < 60; round += 1) await move(ids, round % 2 ? 'new' : 'on_hold')
    await stream.until(() => ordersIn(stream).length === 60)
    await makeShop(database.db, { tenantId: bench.tenantId, code: '654321' })
    await stream.until(
      ({ event, data }) => event === 'board' && (data as { shops: unknown[] }).shops.length === 2,
    )
    const seconds = (performance.now() - begun) / 1_000
    const boards = stream.events.filter(({ event }) => event === 'board').length
    expect(boards).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 2)
  })

  it('tells 1,000 clients of a change, and ends them all when the service stops', {
    timeout: 60_000,
  }, async () => {
    const agent = new http.Agent({ keepAlive: false, maxSockets: 2_000 })
    const clients: EventStream[] = []
    for (let round = 0; round < 10; round += 1) {
      clients.push(...(await Promise.all(Array.from({ length: 100 }, () => listen(0, null, 'ours', agent)))))
    }
    await Promise.all(clients.map((client) => client.until(({ event }) => event === 'board', 30_000)))
    await stage(1)
    const staged = await Promise.all(
      clients.map((client) =>
        client.until(
          ({ event, data }) => event === 'board' && (data as { staged: number }).staged === 1,
          30_000,
        ),
      ),
    )
    expect(staged).toHaveLength(1_000)
    await apps[0]?.app.close()
  })
})

describe('who may hold a stream open', () => {
  const closed = (stream: EventStream) => expect.poll(() => stream.isClosed, { timeout: 8_000 })

  it('ends it within seconds when its key is revoked, and leaves the others', async () => {
    const revokedOne = await listen(0, null, 'ours')
    const staying = await listen(0, null, 'ours-2')
    await Promise.all([revokedOne, staying].map((stream) => stream.until(({ event }) => event === 'board')))
    revoked.add('ours')
    const since = performance.now()
    await closed(revokedOne).toBe(true)
    console.info(`a stream of a revoked key ended after ${Math.round(performance.now() - since)} ms`)
    expect(staying.isClosed).toBe(false)
  })

  it('refuses a wait for changes whose key is revoked meanwhile, and tells it nothing', async () => {
    const url = `${apps[0]?.url}/v1/changes`
    const headers = { authorization: 'Bearer ours' }
    const { position } = (await (await fetch(url, { headers })).json()) as { position: string }
    const waiting = fetch(`${url}?after=${encodeURIComponent(position)}&wait=30`, { headers })
    let isOver = false
    const answered = waiting.then((answer) => {
      isOver = true
      return answer
    })
    revoked.add('ours')
    await expect.poll(() => isOver, { timeout: 15_000 }).toBe(true)
    expect((await answered).status).toBe(401)
  })

  it('ends it within seconds when its tenant is suspended, and another’s goes on', async () => {
    const app = await wholeServer(database)
    try {
      const operator = { authorization: `Bearer ${OPERATOR_KEY}` }
      const keyOf = async (tenantId: string) => {
        const made = await app.inject({
          method: 'POST',
          url: '/v1/admin/api-keys',
          headers: operator,
          payload: { tenantId, name: 'レジ' },
        })
        return (made.json() as { key: string }).key
      }
      const url = await app.listen({ host: '127.0.0.1', port: 0 })
      const open = async (tenantId: string) => {
        const stream = await openStream(url, { authorization: `Bearer ${await keyOf(tenantId)}` })
        streams.push(stream)
        await stream.until(({ event }) => event === 'board')
        return stream
      }
      const [suspended, staying] = [await open(bench.tenantId), await open(other.tenantId)]
      const answer = await app.inject({
        method: 'PATCH',
        url: `/v1/admin/tenants/${bench.tenantId}`,
        headers: operator,
        payload: { status: 'suspended' },
      })
      expect(answer.statusCode).toBe(200)
      await closed(suspended).toBe(true)
      expect(staying.isClosed).toBe(false)
    } finally {
      await app.close()
    }
  })

  it('has a cap for each key and for each tenant, and a place is free again when a stream ends', async () => {
    apps.push(await startApi({ perKey: 20, perTenant: 30 }))
    const api = apps.length - 1
    const first = await listen(api, null, 'ours')
    for (let n = 1; n < 20; n += 1) await listen(api, null, 'ours')
    await expect(listen(api, null, 'ours')).rejects.toThrow('status 429')
    for (let n = 0; n < 10; n += 1) await listen(api, null, 'ours-2')
    await expect(listen(api, null, 'ours-3')).rejects.toThrow('status 429')
    const answer = await fetch(`${apps[api]?.url}/v1/events`, { headers: { authorization: 'Bearer ours-3' } })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30'])
    expect(await answer.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
    await listen(api, null, 'theirs')
    first.close()
    await expect
      .poll(
        () =>
          listen(api, null, 'ours').then(
            () => 'in',
            () => 'out',
          ),
        { timeout: 5_000 },
      )
      .toBe('in')
  })
})

const present = async () => {
  const history = await readHistory({ pool: database.pool, clock: bench.clock })
  return { ...history.present, epoch: history.epoch }
}

it('reads one board at a time, and tells the last state last', async () => {
  const place = await present()
  let running = 0
  let most = 0
  let reads = 0
  const gates: PromiseWithResolvers<void>[] = []
  const hub = createHub({
    pool: database.pool,
    clock: bench.clock,
    log: bench.deps.log,
    // The state is read at the beginning; how long the rest takes differs from read to read.
    async readBoard() {
      const state = ++reads
      most = Math.max(most, ++running)
      const gate = Promise.withResolvers<void>()
      gates.push(gate)
      await gate.promise
      running -= 1
      return { state }
    },
  })
  const told: number[] = []
  const send = (text: string) => {
    const data = /event: board\ndata: (.*)/.exec(text)?.[1]
    if (data !== undefined) told.push(JSON.parse(data).state)
  }
  const leave = await hub.subscribe(
    { tenantId: bench.tenantId, onEvent: () => undefined, onReset: () => undefined, onBoard: send },
    place,
  )
  await expect.poll(() => gates.length).toBe(1)
  // Twice over while the first is still being read, each well behind the pause between two boards.
  const note = () =>
    database.pool.query(
      "insert into events (xid, tenant_id, kind, at) values (pg_current_xact_id()::text::bigint, $1, 'counts', now())",
      [bench.tenantId],
    )
  await note()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await note()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect([gates.length, most]).toEqual([1, 1])
  gates[0]?.resolve()
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.resolve()
  await expect.poll(() => told).toEqual([1, 2])
  expect(most).toBe(1)
  leave()
  hub.close()
})

it('the bound of the feed: an event of the oldest running transaction is not told, the place asked for not again', async () => {
  const before = await present()
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{ xid: string; id: string }>(
      `insert into events (xid, tenant_id, kind, at) values (pg_current_xact_id()::text::bigint, $1, 'counts', now())
       returning xid, id`,
      [bench.tenantId],
    )
    // Within it the row can be seen, and its transaction is the oldest that runs.
    const within = await readEvents(client, before, 10)
    expect([within.events, within.uncertain]).toEqual([[], true])
    await client.query('commit')
    const own = { xid: BigInt(rows[0]?.xid ?? 0), id: BigInt(rows[0]?.id ?? 0) }
    const after = await readEvents(database.pool, before, 1)
    expect([after.events.map(({ xid, id }) => ({ xid, id })), after.full]).toEqual([[own], true])
    expect((await readEvents(database.pool, own, 10)).events).toEqual([])
    expect((await readEvents(database.pool, { ...own, id: own.id - 1n }, 10)).events).toHaveLength(1)
    // What is ahead of this database's past was told by another one.
    const now = await readHistory({ pool: database.pool, clock: bench.clock })
    expect(isKnown({ ...own, epoch: '' }, now)).toBe(true)
    expect(isKnown({ xid: now.present.xid + 1n, id: 1n, epoch: '' }, now)).toBe(false)
  } finally {
    client.release()
  }
})
