import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  beginHistory,
  isAfter,
  isKnown,
  type Position,
  parsePosition,
  readEvents,
  readHistory,
} from '../../../src/events/history.ts'
import { createEventRoutes } from '../../../src/events/routes.ts'
import type { App } from '../../../src/http/app-types.ts'
import type { Authenticate } from '../../../src/http/auth.ts'
import { buildServer } from '../../../src/http/server.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { openStream } from '../../support/http/event-stream.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let apps: { app: App; url: string }[]

beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
  apps = [await startApi(), await startApi()]
})
afterEach(() => Promise.all(apps.map(({ app }) => app.close())))

const authenticate: Authenticate = async (key) => ({
  kind: 'client',
  role: 'owner',
  shopIds: null,
  apiKeyId: newId(),
  tenantId: key,
})

async function startApi(): Promise<{ app: App; url: string }> {
  const app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate,
    clientRoutes: [
      createEventRoutes({
        ...bench.deps,
        authenticate,
        streams: { perKey: 100, perTenant: 100 },
        readBoard: async () => ({}),
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

interface Page {
  changes: { position: string; sequence: string; kind: string; at: string; data: Record<string, unknown> }[]
  position: string
  more: boolean
  code?: string
}

async function ask(query: Record<string, string | number>, api = 0, tenantId = bench.tenantId) {
  const url = new URL(`${apps[api]?.url}/v1/changes`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  const answer = await fetch(url, { headers: { authorization: `Bearer ${tenantId}` } })
  return { status: answer.status, page: (await answer.json()) as Page }
}

async function stage(count: number): Promise<string[]> {
  const wanted = numbers(count)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  return (await database.db.order.findMany({ where: { tenantId: bench.tenantId } })).map(({ id }) => id)
}

const versions = (changes: Page['changes']) =>
  changes.filter(({ kind }) => kind === 'order').map(({ data }) => `${data.orderId} ${data.version}`)

it('the feed tells notices of every kind, a day’s report among them', async () => {
  const { page: before } = await ask({ after: 'oldest' })
  for (const kind of ['expiry', 'attention', 'report'])
    await database.db.notice.create({
      data: {
        id: newId(),
        tenantId: bench.tenantId,
        kind,
        what: kind,
        threshold: 0,
        shopId: kind === 'report' ? null : bench.shopId,
        occursAt: new Date(),
        subject: kind,
        text: '',
        createdAt: new Date(),
      },
    })
  const { status, page } = await ask({ after: before.position })
  expect([status, page.changes.map(({ data }) => data.kind)]).toEqual([
    200,
    ['expiry', 'attention', 'report'],
  ])
})

describe('GET /changes', () => {
  it('begins at the present and tells what follows, the same rows as GET /events under the same positions', async () => {
    const start = (await ask({})).page
    expect(start).toMatchObject({ changes: [], more: false })
    const stream = await openStream(apps[1]?.url ?? '', { authorization: `Bearer ${bench.tenantId}` })
    await stream.until(({ event }) => event === 'ready')
    const [id] = await stage(1)
    await database.db.shop.update({ where: { id: bench.shopId }, data: { attentionCode: 'KEY' } })
    await stream.until(({ event }) => event === 'attention')
    stream.close()
    const { page } = await ask({ after: start.position })
    expect(page.changes.map(({ kind }) => kind)).toEqual(['order', 'attention'])
    const sequences = page.changes.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].toSorted())
    expect(page.changes[0]?.data).toMatchObject({ orderId: id, what: ['staged'], version: 1 })
    const streamed = stream.events.filter(({ event }) => ['order', 'attention'].includes(event))
    expect(page.changes.map(({ position, kind, data }) => ({ id: position, event: kind, data }))).toEqual(
      streamed,
    )
    expect((await ask({ after: page.position })).page).toMatchObject({ changes: [], position: page.position })
    const theirs = await makeTenant(database.db)
    expect((await ask({ after: 'oldest' }, 0, theirs.id)).page.changes).toEqual([])
  })

  it('waits for a change, and no longer than it was told to', async () => {
    const [id = ''] = await stage(1)
    const { position } = (await ask({})).page
    const waiting = ask({ after: position, wait: 30 }, 1)
    const begun = performance.now()
    expect((await ask({ after: position, wait: 1 })).page.changes).toEqual([])
    expect(performance.now() - begun).toBeGreaterThan(900)
    await database.pool.query('update orders set version = version + 1 where id = $1', [id])
    expect(versions((await waiting).page.changes)).toEqual([`${id} 2`])
  })

  it('answers who waits when the service stops', async () => {
    const { position } = (await ask({})).page
    const waiting = ask({ after: position, wait: 30 })
    await ask({})
    const begun = performance.now()
    await Promise.all([apps[0]?.app.close(), waiting])
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  it('says what is wrong with a position, and where to go on', async () => {
    const wrong = await ask({ after: 'nonsense' })
    expect([wrong.status, wrong.page.code]).toEqual([422, 'VALIDATION_FAILED'])
    // As long as a place may be, and more than Postgres counts.
    expect((await ask({ after: `1-${'9'.repeat(19)}` })).status).toBe(422)
    for (const after of ['0-1-00000000', `${2n ** 62n}-1`]) {
      const { status, page } = await ask({ after })
      expect([status, page.code]).toEqual([410, 'POSITION_EXPIRED'])
      expect((await ask({ after: page.position })).status).toBe(200)
    }
  })

  it('knows a position for as long as all behind it is kept, and not a row longer', async () => {
    const [id = ''] = await stage(1)
    const touch = async (daysAgo: number): Promise<string> => {
      const { position } = (await ask({})).page
      await database.pool.query('update orders set version = version + 1 where id = $1', [id])
      const { changes } = (await ask({ after: position })).page
      const [xid] = (changes[0]?.position ?? '').split('-')
      await database.pool.query("update events set at = now() - $2 * interval '1 day' where xid = $1", [
        xid,
        daysAgo,
      ])
      return changes[0]?.position ?? ''
    }
    await database.pool.query("update events set at = now() - interval '40 days'")
    const positions = [await touch(33), await touch(32), await touch(31), await touch(3), await touch(32)]
    await createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null }).run(
      new AbortController().signal,
    )
    const known = await Promise.all(positions.map(async (after) => (await ask({ after })).status))
    // The log is whole behind the last of the forgotten ones; the old one behind a kept one stays.
    expect(known).toEqual([410, 410, 200, 200, 200])
    const { changes } = (await ask({ after: positions[2] ?? '' })).page
    expect(changes.map(({ position }) => position)).toEqual(positions.slice(3))
  })

  it('is known for as long as nothing of its own tenant is forgotten, whatever others lose', async () => {
    const { position } = (await ask({})).page
    const other = await importBench(database)
    const ofOther = (await ask({}, 0, other.tenantId)).page.position
    const emit = `insert into events (xid, tenant_id, kind, data, at)
      values (pg_current_xact_id()::text::bigint, $1, $2, '{}', now() - interval '31 days')`
    await database.pool.query("update events set at = now() - interval '40 days'")
    await database.pool.query(emit, [bench.tenantId, 'counts'])
    await database.pool.query(emit, [other.tenantId, 'order'])
    await createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null }).run(
      new AbortController().signal,
    )
    expect((await ask({ after: position })).status).toBe(200)
    const stream = await openStream(apps[0]?.url ?? '', {
      authorization: `Bearer ${bench.tenantId}`,
      'last-event-id': position,
    })
    expect((await stream.until(({ event }) => event === 'ready' || event === 'reset')).event).toBe('ready')
    stream.close()
    expect((await ask({ after: ofOther }, 0, other.tenantId)).status).toBe(410)
    await inTransaction(database.pool, (client) => beginHistory(client, new Date()))
    expect((await ask({ after: position })).status).toBe(410)
    await database.db.feedHistory.updateMany({ data: { epoch: '' } })
  })

  it('is told no further than its client takes it, and of what came meanwhile', async () => {
    const { position } = (await ask({})).page
    const emit = `insert into events (xid, tenant_id, kind, data, at)
      select pg_current_xact_id()::text::bigint, $1, 'order', jsonb_build_object('n', n, 'pad', repeat('x', 500)), now()
      from generate_series($2::int, $3::int) n`
    await database.pool.query(emit, [bench.tenantId, 1, 30_000])
    const query = vi.spyOn(database.pool, 'query')
    const pages = () =>
      query.mock.calls.filter(([sent]) => {
        const { values = [] } = sent as unknown as { values?: unknown[] }
        return values.includes(bench.tenantId) && values.includes(1_000)
      }).length
    const url = new URL(apps[0]?.url ?? '')
    const request = `GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bench.tenantId}\r\nlast-event-id: ${position}\r\n\r\n`
    const slow = connect(Number(url.port), url.hostname, () => void slow.write(request))
    let text = ''
    slow.once('data', (bytes) => {
      text += bytes.toString()
      slow.pause()
    })
    await expect.poll(pages).toBeGreaterThan(1)
    // The other one that reads to the end, with the same turns, shows that the first one has stopped.
    const other = await openStream(apps[0]?.url ?? '', {
      authorization: `Bearer ${bench.tenantId}`,
      'last-event-id': position,
    })
    const isLast = (n: number) => (event: { data: unknown }) => (event.data as { n?: number }).n === n
    await other.until(isLast(30_000), 60_000)
    other.close()
    expect(pages()).toBeLessThan(31 + 25)
    await database.pool.query(emit, [bench.tenantId, 30_001, 32_500])
    slow.on('data', (bytes) => {
      text += bytes.toString()
    })
    slow.resume()
    await expect
      .poll(() => text.includes('"n":32500') || text.includes('"n": 32500'), { timeout: 60_000 })
      .toBe(true)
    const told = [...text.matchAll(/"n":\s?(\d+)/g)].map(([, n]) => Number(n))
    expect(told).toEqual(Array.from({ length: 32_500 }, (_, n) => n + 1))
    slow.destroy()
    query.mockRestore()
  }, 120_000)

  it('is known on a new database before anything has happened', async () => {
    const fresh = await freshDatabase()
    const look = () => readHistory({ pool: fresh.pool, clock: bench.clock })
    const { epoch, present } = await look()
    const tenant = await makeTenant(fresh.db)
    await makeShop(fresh.db, { tenantId: tenant.id })
    expect(isKnown({ ...present, epoch }, await look())).toBe(true)
    await fresh.close()
  })

  describe('when another history begins', () => {
    const begin = () => inTransaction(database.pool, (client) => beginHistory(client, new Date()))
    /** As a restore or a failover leaves it. */
    const move = () => database.pool.query(`update feed_history set place = 'another server'`)
    const epochs = async () => (await database.db.feedHistory.findFirstOrThrow()).epoch
    afterEach(() => database.db.feedHistory.updateMany({ data: { epoch: '' } }))

    it('positions of before are refused, whoever asks first, and those of now name their history', async () => {
      const [id = ''] = await stage(1)
      const { position } = (await ask({})).page
      expect(position).toMatch(/^\d+-\d+$/)
      await move()
      const answers = await Promise.all([0, 1, 0, 1].map((api) => ask({ after: position }, api)))
      expect(new Set(answers.map(({ status, page }) => `${status} ${page.code}`))).toEqual(
        new Set(['410 POSITION_EXPIRED']),
      )
      const epoch = await epochs()
      expect(epoch).toMatch(/^[0-9a-f]{8}$/)
      const again = answers.map(({ page }) => page.position)
      for (const one of again) expect(one.endsWith(`-${epoch}`)).toBe(true)
      await database.pool.query('update orders set version = version + 1 where id = $1', [id])
      for (const after of new Set(again))
        expect(versions((await ask({ after })).page.changes)).toEqual([`${id} 2`])
      // The same numbers in another history are another place.
      const other = (again[0] ?? '').replace(epoch, '00000000')
      expect((await ask({ after: other })).status).toBe(410)
    })

    it('whoever waits or listens at that moment is told', async () => {
      await stage(1)
      const { position } = (await ask({})).page
      const stream = await openStream(apps[1]?.url ?? '', { authorization: `Bearer ${bench.tenantId}` })
      await stream.until(({ event }) => event === 'ready')
      const waiting = ask({ after: position, wait: 30 })
      await ask({})
      await begin()
      expect((await waiting).page.code).toBe('POSITION_EXPIRED')
      const { id } = await stream.until(({ event }) => event === 'reset')
      expect(id?.endsWith(`-${await epochs()}`)).toBe(true)
      stream.close()
    })

    it('nothing has changed where a process dies in between, and the next one does it', async () => {
      await stage(1)
      const { position } = (await ask({})).page
      await move()
      const dying = await database.pool.connect()
      await dying.query('begin')
      await beginHistory(dying, new Date())
      dying.release(new Error('gone'))
      await expect.poll(epochs).toBe('')
      expect((await ask({ after: position })).status).toBe(410)
    })

    it('who asks while it begins is sent away for a moment', async () => {
      await move()
      const slow = await database.pool.connect()
      await slow.query('begin')
      await beginHistory(slow, new Date())
      const { status, page } = await ask({})
      await slow.query('commit')
      slow.release()
      expect([status, page.code]).toEqual([503, 'UNAVAILABLE'])
      expect((await ask({})).status).toBe(200)
    })

    it('rows that another server told do not hold up those of this one', async () => {
      const [id = ''] = await stage(1)
      await database.pool.query('update events set xid = xid + 1000000000')
      const { position } = (await ask({})).page
      await database.pool.query('update orders set version = version + 1 where id = $1', [id])
      expect(versions((await ask({ after: position })).page.changes)).toEqual([`${id} 2`])
      expect((await readEvents(database.pool, { xid: 0n, id: 0n }, 1)).uncertain).toBe(false)
    })
  })

  it('holds back what was committed until an older transaction has ended, and tells both in order then', async () => {
    const [first = '', second = ''] = await stage(2)
    const { position } = (await ask({})).page
    const change = 'update orders set version = version + 1 where id = $1'
    const older = await database.pool.connect()
    try {
      await older.query('begin')
      await older.query(change, [first])
      await database.pool.query(change, [second])
      expect((await ask({ after: position })).page).toMatchObject({ changes: [], position })
      await older.query('commit')
    } finally {
      older.release()
    }
    const told: string[] = []
    // The server's own transactions may hold the second one back a little longer.
    for (let after = position; told.length < 2; ) {
      const { page } = await ask({ after, wait: 30 })
      told.push(...versions(page.changes))
      after = page.position
    }
    expect(told).toEqual([`${first} 2`, `${second} 2`])
  })

  it('tells each change once and in order, whatever breaks on the way', { timeout: 120_000 }, async () => {
    const ids = await stage(6)
    const step = fc.oneof(
      fc.record({
        do: fc.constant('write' as const),
        orders: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
        ms: fc.nat(15),
      }),
      fc.record({ do: fc.constant('roll back' as const), orders: fc.subarray([0, 1, 2]), ms: fc.nat(15) }),
      // The answer was lost, or the client died before it had kept the position.
      fc.record({
        do: fc.constant('lose answer' as const),
        limit: fc.integer({ min: 1, max: 5 }),
        api: fc.nat(1),
      }),
      fc.record({ do: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 5 }), api: fc.nat(1) }),
      fc.record({ do: fc.constant('restart' as const), api: fc.nat(1) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        let position = (await ask({})).page.position
        const expected = new Set<string>()
        const seen: string[] = []
        const places: Position[] = []
        const take = ({ changes }: Page) => {
          seen.push(...versions(changes))
          for (const one of changes) places.push(parsePosition(one.position) as Position)
        }
        const writes: Promise<unknown>[] = []
        const write = async (orders: readonly number[], ms: number, end: 'commit' | 'rollback') => {
          const client = await database.pool.connect()
          const made: string[] = []
          try {
            await client.query('begin')
            for (const n of [...orders].sort()) {
              const { rows } = await client.query<{ version: number }>(
                'update orders set version = version + 1 where id = $1 returning version',
                [ids[n]],
              )
              made.push(`${ids[n]} ${rows[0]?.version}`)
            }
            await client.query('select pg_sleep($1)', [ms / 1_000])
            await client.query(end)
            if (end === 'commit') for (const one of made) expected.add(one)
          } finally {
            client.release()
          }
        }
        for (const one of steps) {
          if (one.do === 'write') writes.push(write(one.orders, one.ms, 'commit'))
          else if (one.do === 'roll back') writes.push(write(one.orders, one.ms, 'rollback'))
          else if (one.do === 'lose answer') await ask({ after: position, limit: one.limit }, one.api)
          else if (one.do === 'restart') {
            await apps[one.api]?.app.close()
            apps[one.api] = await startApi()
          } else {
            const { page } = await ask({ after: position, limit: one.limit }, one.api)
            take(page)
            position = page.position
          }
        }
        await Promise.all(writes)
        for (;;) {
          const { page } = await ask({ after: position, limit: 3, wait: seen.length < expected.size ? 5 : 0 })
          if (page.changes.length === 0) break
          take(page)
          position = page.position
        }
        expect(seen).toHaveLength(expected.size)
        expect(new Set(seen)).toEqual(expected)
        // The order of the positions; where transactions overlap an order's versions need not follow it.
        expect(places).toEqual(places.toSorted((a, b) => (isAfter(a, b) ? 1 : -1)))
      }),
      { numRuns: 15, endOnFailure: true },
    )
  })
})
