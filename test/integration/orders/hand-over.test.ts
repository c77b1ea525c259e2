import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { beginHistory } from '../../../src/events/history.ts'
import {
  type Ask,
  acceptOrders,
  listDesks,
  previewPull,
  pullAfter,
  useDesk,
} from '../../../src/orders/hand-over/hand-over.ts'
import { formatPosition, parsePosition } from '../../../src/orders/hand-over/position.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import { listPulls, pullOrders, readPull } from '../../../src/orders/pull.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { PullQuery } from '../../../src/orders/schemas.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { copyOfDatabase, freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/** 受注取込 by position on a real database: each order once, whatever comes late, twice or from before. */

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 12 })
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

async function stage(wanted: readonly string[]): Promise<string[]> {
  for (const [index, number] of wanted.entries())
    bench.mall.place(number, { orderedAt: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() })
  await bench.want(wanted)
  await bench.run()
  const orders = await database.db.order.findMany({ where: { tenantId: bench.tenantId } })
  return wanted.map((number) => orders.find(({ orderNumber }) => orderNumber === number)?.id ?? '')
}

const puller = (shops: string[] | null = null) => ({ tenantId: bench.tenantId, actor: `key:${KEY}`, shops })
const KEY = newId()
const ask = (after: string | null, more: Partial<Ask> = {}, shops: string[] | null = null) =>
  pullAfter(bench.deps, puller(shops), { after, limit: 100, ...more })
const byKey = (key: string) => pullOrders(bench.deps, { ...puller(), idempotencyKey: key }, { limit: 100 })
const move = (orderIds: string[], to: 'auto_imported' | 'new' | 'ready_to_ship' | 'cancelled') =>
  moveOrders(bench.deps, puller(), { orderIds, to })
const idsOf = ({ orders }: { orders: readonly { id: string }[] }) => orders.map(({ id }) => id)

/** Asks until there is nothing, as a client does: orders and position are stored together. */
async function follow(after: string | null, more: Partial<Ask> = {}) {
  const ids: string[] = []
  for (let position = after; ; ) {
    const answer = await ask(position, more)
    ids.push(...idsOf(answer))
    if (answer.position === answer.since) return { ids, position: answer.position }
    position = answer.position
  }
}

describe('a desk', () => {
  it('gets batches with numbers, each again until the client names the next position', async () => {
    const [a, b, c] = await stage(numbers(3))
    const first = await ask(null, { limit: 2 })
    expect(first).toMatchObject({ number: 1, desk: `key:${KEY}`, remaining: 1, replayed: false })
    expect(first.orders).toMatchObject([
      { id: a, status: 'new', version: 2 },
      { id: b, status: 'new' },
    ])
    const again = await ask(null, { limit: 50 })
    expect(again).toEqual({ ...first, replayed: true })
    const second = await ask(first.position)
    expect(second).toMatchObject({ number: 2, since: first.position, orders: [{ id: c }], remaining: 0 })
    expect(idsOf(await ask(null))).toEqual([a, b])
    const nothing = await ask(second.position)
    expect(nothing).toMatchObject({
      number: 2,
      orders: [],
      since: second.position,
      position: second.position,
    })
    expect(await database.db.pull.count({ where: { tenantId: bench.tenantId } })).toBe(2)
    await expect(readPull(bench.deps, bench.tenantId, nothing.pullId)).rejects.toThrow('見つかりません')
  })

  it('is named in lists, in the batch, in the timeline and by its position', async () => {
    const [id = ''] = await stage(numbers(1))
    const { position, pullId } = await ask(null, { desk: 'レジ１' })
    expect(parsePosition(position ?? '')).toMatchObject({ name: 'レジ１', number: 1 })
    const { pulls } = await listPulls(bench.deps, bench.tenantId, PullQuery.parse({}), null)
    expect(pulls).toMatchObject([{ pullId, desk: 'レジ１', number: 1 }])
    expect(await readPull(bench.deps, bench.tenantId, pullId)).toMatchObject({ desk: 'レジ１', number: 1 })
    const event = await database.db.orderEvent.findFirst({ where: { orderId: id, kind: 'pulled' } })
    expect(event?.data).toMatchObject({ pullId, desk: 'レジ１', number: 1 })
    expect(await listDesks(bench.deps, bench.tenantId)).toMatchObject({
      desks: [{ desk: 'レジ１', number: 1, position, keyName: null }],
    })
  })

  it('goes on at a position whatever key asks, and refuses a desk beside another one’s position', async () => {
    await stage(numbers(2))
    const { position } = await ask(null, { desk: 'till', limit: 1 })
    const other = { tenantId: bench.tenantId, actor: `key:${newId()}` }
    expect(await pullAfter(bench.deps, other, { after: position, limit: 9 })).toMatchObject({
      desk: 'till',
      number: 2,
    })
    await expect(ask(position, { desk: 'other' })).rejects.toMatchObject({
      fields: [{ field: 'desk', code: 'other_desk' }],
    })
    await expect(ask('1.abc')).rejects.toMatchObject({ fields: [{ field: 'after', code: 'invalid_format' }] })
  })

  it('is that of the first key after rotations', async () => {
    const keys = [newId(), newId(), newId()]
    for (const [index, id] of keys.entries())
      await database.db.apiKey.create({
        data: {
          id,
          tenantId: bench.tenantId,
          name: 'PC',
          prefix: 'x',
          hash: Buffer.from(id),
          createdAt: new Date(),
          successorId: keys[index + 1] ?? null,
        },
      })
    await stage(numbers(1))
    const by = (key?: string) =>
      pullAfter(bench.deps, { tenantId: bench.tenantId, actor: `key:${key}` }, { after: null, limit: 9 })
    const first = await by(keys[0])
    expect(await by(keys[2])).toMatchObject({ desk: `key:${keys[0]}`, pullId: first.pullId, replayed: true })
    expect((await listDesks(bench.deps, bench.tenantId)).desks).toMatchObject([{ keyName: 'PC' }])
  })

  it('refuses a position that it never gave, and names the last one', async () => {
    await stage(numbers(1))
    const { position } = await ask(null)
    const parsed = parsePosition(position ?? '')
    if (parsed === null) throw new Error('no position')
    await expect(ask(formatPosition({ ...parsed, number: 5 }))).rejects.toMatchObject({
      code: 'POSITION_UNKNOWN',
      details: { last: 1 },
    })
    await expect(ask(formatPosition({ ...parsed, desk: newId() }))).rejects.toMatchObject({
      code: 'POSITION_UNKNOWN',
    })
  })

  it('never gets what another desk has, and waits for no other one', async () => {
    await stage(numbers(6))
    const other = await database.pool.connect()
    try {
      await ask(null, { desk: 'one', limit: 1 })
      await ask(null, { desk: 'two', limit: 1 })
      await other.query('begin')
      await other.query(`select from desks where tenant_id = $1 and name = 'one' for update`, [
        bench.tenantId,
      ])
      const two = await follow(null, { desk: 'two' })
      expect(two.ids).toHaveLength(5)
    } finally {
      await other.query('rollback')
      other.release()
    }
    expect((await follow(null, { desk: 'one' })).ids).toHaveLength(1)
  })

  it('is told that there is nothing without a lock or a write, and is noted as asked once a minute', async () => {
    const [, later = ''] = await stage(numbers(2))
    const { position } = await ask(null, { limit: 1 })
    await move([later], 'ready_to_ship')
    const second = await ask(position)
    expect(idsOf(second)).toEqual([later])
    await ask(second.position)
    const askedAt = async () => (await listDesks(bench.deps, bench.tenantId)).desks[0]?.lastAskedAt
    const before = await askedAt()
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query('select from desks where tenant_id = $1 for update', [bench.tenantId])
      bench.clock.advance(59_000)
      expect(await ask(second.position)).toMatchObject({ orders: [], remaining: 0, number: 2 })
      expect(await ask(second.position, { shopId: bench.shopId })).toMatchObject({ orders: [] })
    } finally {
      await other.query('rollback')
      other.release()
    }
    expect(await askedAt()).toBe(before)
    bench.clock.advance(2_000)
    await ask(second.position)
    expect(await askedAt()).not.toBe(before)
  })

  it('is planned once a connection where its client selects nothing', async () => {
    await stage(numbers(8))
    const own = await openDatabase({ url: database.url, log: { warn: () => undefined }, maxConnections: 1 })
    try {
      const deps = { ...bench.deps, db: own.db, pool: own.pool }
      let after: string | null = null
      for (let batch = 1; batch <= 8; batch++)
        after = (await pullAfter(deps, puller(), { after, limit: 1 })).position
      const { rows } = await own.pool.query<{ generic: number }>(
        'select generic_plans::int as generic from pg_prepared_statements where statement like any($1)',
        [['%with turn as%', '%with place as%']],
      )
      // Postgres looks at the first five as they are; then one plan has to be as good for all.
      expect(rows).toEqual([
        { generic: expect.toSatisfy((n) => n >= 3) },
        { generic: expect.toSatisfy((n) => n >= 3) },
      ])
    } finally {
      await own.close()
    }
  })

  it('gives requests that come together one batch, and the next one to nobody', async () => {
    await stage(numbers(5))
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(null, { limit: 3 })))
    expect(new Set(answers.map(({ pullId }) => pullId)).size).toBe(1)
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(await database.db.desk.count({ where: { tenantId: bench.tenantId } })).toBe(1)
    expect((await follow(answers[0]?.position ?? null)).ids).toHaveLength(2)
  })
})

const desks = async (inUse = true) => (await listDesks(bench.deps, bench.tenantId, inUse)).desks
const use = (id: string, inUse: boolean) => useDesk(bench.deps, puller(), id, inUse)
const waiting = async () => {
  const orders = await database.db.order.findMany({
    where: { tenantId: bench.tenantId },
    orderBy: { orderedAt: 'asc' },
  })
  return orders.map(({ waitsForDesk }) => waitsForDesk)
}
const auditOf = async (action: string) =>
  database.db.auditEntry.findMany({ where: { tenantId: bench.tenantId, action } })

describe('a desk out of use', () => {
  it('gets nothing, makes no batch by a late copy, and goes on where it was', async () => {
    await stage(numbers(2))
    const first = await ask(null, { limit: 1 })
    const [desk] = await desks()
    const late = [() => ask(null), () => ask(first.position), () => ask(null, { desk: desk?.desk })]
    expect(await use(desk?.id ?? '', false)).toMatchObject({ number: 1, confirmed: 0, desk: `key:${KEY}` })
    for (const copy of late)
      await expect(copy()).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'desk_closed' } })
    for (const after of [undefined, null, first.position])
      await expect(
        previewPull(bench.deps, puller(), { ...(after === undefined ? {} : { after }), limit: 9 }),
      ).rejects.toMatchObject({ details: { reason: 'desk_closed' } })
    expect(await desks()).toEqual([])
    expect(await desks(false)).toMatchObject([
      { id: desk?.id, closedAt: new Date(bench.clock.now()).toISOString() },
    ])
    expect(await database.db.pull.count({ where: { tenantId: bench.tenantId } })).toBe(1)
    // What it had is still its own, and what is staged is still there for others.
    expect((await follow(null, { desk: 'other' })).ids).toHaveLength(1)
    expect(await use(desk?.id ?? '', true)).toMatchObject({ closedAt: null, number: 1 })
    expect(await ask(null)).toMatchObject({ number: 1, replayed: true })
    expect((await ask(first.position)).orders).toEqual([])
    expect(await auditOf('desk.closed')).toMatchObject([{ data: { number: 1, confirmed: 0 } }])
    expect(await auditOf('desk.reopened')).toHaveLength(1)
  })

  it('is waited for by no order; one that waits for others reaches them', async () => {
    await ask(null, { desk: 'one' })
    await ask(null, { desk: 'two' })
    const [one, two] = await desks()
    const [a = '', b = '', c = '', d = ''] = await stage(numbers(4))
    await move([a], 'ready_to_ship')
    await use(two?.id ?? '', false)
    await move([b], 'ready_to_ship')
    await use(one?.id ?? '', false)
    await move([c], 'ready_to_ship')
    await use(two?.id ?? '', true)
    await move([d], 'ready_to_ship')
    expect(await waiting()).toEqual([2, 1, null, 2])
    expect((await follow(null, { desk: 'two' })).ids).toEqual([a, d])
    await use(one?.id ?? '', true)
    expect((await follow(null, { desk: 'one' })).ids).toEqual([b])
    expect(await use(one?.id ?? '', true)).toMatchObject({ closedAt: null })
    expect(await auditOf('desk.reopened')).toHaveLength(2)
  })

  it('gives its name and its place to no other one', async () => {
    await stage(numbers(1))
    await ask(null, { desk: 'till' })
    const [till] = await desks()
    await use(till?.id ?? '', false)
    await ask(null, { desk: 'new' })
    const rows = await database.db.desk.findMany({ where: { tenantId: bench.tenantId } })
    expect(rows.map(({ name, ordinal }) => [name, ordinal])).toEqual([
      ['till', 1],
      ['new', 2],
    ])
    await expect(use(newId(), false)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const other = await importBench(database)
    await expect(
      useDesk(bench.deps, { tenantId: other.tenantId, actor: '' }, till?.id ?? '', true),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('makes no batch by a release that does not know of it', async () => {
    await stage(numbers(1))
    await ask(null)
    const [desk] = await desks()
    await use(desk?.id ?? '', false)
    await expect(
      database.pool.query('update desks set number = number + 1 where id = $1', [desk?.id]),
    ).rejects.toThrow('out of use')
  })

  it('is taken into use behind the moves under way', async () => {
    await ask(null)
    const [id = ''] = await stage(numbers(1))
    const [desk] = await desks()
    await use(desk?.id ?? '', false)
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query(`update orders set status = 'ready_to_ship', version = version + 1 where id = $1`, [
        id,
      ])
      let isDone = false
      const used = use(desk?.id ?? '', true).then(() => {
        isDone = true
      })
      for (let waits = 0; waits === 0; ) {
        const { rows } = await database.pool.query<{ n: number }>(
          `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`,
        )
        waits = rows[0]?.n ?? 0
      }
      expect(isDone).toBe(false)
      await other.query('commit')
      await used
    } finally {
      other.release()
    }
    // It left when no desk was in use, so nobody waits for it.
    expect(await waiting()).toEqual([null])
  })
})

describe('what is known of a desk’s clients', () => {
  it('confirms a batch when its client asks behind it', async () => {
    await stage(numbers(2))
    const first = await ask(null, { limit: 1 })
    expect(await desks()).toMatchObject([{ number: 1, confirmed: 0 }])
    const second = await ask(first.position, { limit: 1 })
    expect(await desks()).toMatchObject([{ number: 2, confirmed: 1 }])
    await ask(second.position)
    expect(await desks()).toMatchObject([{ number: 2, confirmed: 2, mayBeShared: false }])
  })

  it('tells that two programs share it, and not that one was put back', async () => {
    await stage(numbers(6))
    const positions: (string | null)[] = [null]
    for (let at = 0; at < 6; at++) positions.push((await ask(positions[at] ?? null, { limit: 1 })).position)
    await ask(positions[6] ?? null)
    // A client that was put back catches up.
    for (let at = 1; at <= 6; at++) await ask(positions[at] ?? null)
    expect(await desks()).toMatchObject([{ confirmed: 6, mayBeShared: false }])
    expect(await auditOf('desk.put_back')).toHaveLength(1)
    // Two programs alternate, each a little behind the other.
    for (const at of [6, 3, 6, 4]) await ask(positions[at] ?? null)
    expect(await desks()).toMatchObject([{ mayBeShared: true }])
    bench.clock.advance(25 * 3_600_000)
    expect(await desks()).toMatchObject([{ mayBeShared: false }])
  })

  it('does not take a lost answer for a client that went back', async () => {
    await stage(numbers(2))
    const first = await ask(null, { limit: 1 })
    for (let tries = 0; tries < 5; tries++) await ask(null)
    await ask(first.position)
    for (let tries = 0; tries < 5; tries++) await ask(first.position)
    expect(await desks()).toMatchObject([{ mayBeShared: false }])
    expect(await auditOf('desk.put_back')).toEqual([])
  })
})

describe('a copy of a request that comes late', () => {
  it('loses an order under a key, whose client has gone on to the next one', async () => {
    // The client gave this request up, heard that there is nothing, and goes on with another key.
    const late = () => byKey('first')
    expect((await byKey('first')).orders).toEqual([])
    const [id] = await stage(numbers(1))
    expect(idsOf(await late())).toEqual([id])
    expect((await byKey('second')).orders).toEqual([])
    // A client that keeps its key until it brought a batch gets it.
    expect(idsOf(await byKey('first'))).toEqual([id])
  })

  it('makes the batch that its client asks for next', async () => {
    const late = () => ask(null)
    const empty = await ask(null)
    expect(empty).toMatchObject({ orders: [], number: 0 })
    const [id] = await stage(numbers(1))
    expect(idsOf(await late())).toEqual([id])
    // Nobody reads that answer. The client asks behind what it has stored.
    expect(await ask(empty.position)).toMatchObject({ orders: [{ id }], number: 1, replayed: true })
  })

  it('makes none behind the client’s back when it is older than that', async () => {
    const [a, b] = await stage(numbers(2))
    const first = await ask(null, { limit: 1 })
    const second = await ask(first.position, { limit: 1 })
    expect(idsOf(await ask(null))).toEqual([a])
    expect(idsOf(await ask(first.position))).toEqual([b])
    expect((await ask(second.position)).orders).toEqual([])
  })
})

describe('an order reaches a desk once, whatever way it left staging', () => {
  it('moved on the board, taken by 受注を取り込む, cancelled, and pulled', async () => {
    const begun = await ask(null)
    const [moved = '', cancelled = '', accepted = '', pulled = ''] = await stage(numbers(4))
    await move([moved], 'ready_to_ship')
    await move([cancelled], 'cancelled')
    const answer = await acceptOrders(bench.deps, puller(), { limit: 1 })
    expect(answer).toMatchObject({
      orders: [{ orderId: accepted, version: 2 }],
      remaining: 1,
      desks: [{ desk: `key:${KEY}` }],
    })
    const batch = await ask(begun.position)
    expect(batch.orders.map(({ id, status, version }) => [id, status, version])).toEqual([
      [moved, 'ready_to_ship', 2],
      [cancelled, 'cancelled', 2],
      [accepted, 'new', 2],
      [pulled, 'new', 2],
    ])
    expect(batch.remaining).toBe(0)
    expect((await ask(batch.position)).orders).toEqual([])
  })

  it('counts what waits as remaining, page by page and by what was asked for', async () => {
    const begun = await ask(null)
    const all = await stage(numbers(5))
    await move(all.slice(0, 3), 'new')
    expect(await ask(begun.position, { limit: 2 })).toMatchObject({
      remaining: 3,
      orders: [{ id: all[0] }, {}],
    })
    const { id: shopId } = await makeShop(database.db, { tenantId: bench.tenantId, code: '654321' })
    const { position } = await ask(begun.position)
    expect(await ask(position, { shopId })).toMatchObject({ orders: [], remaining: 0 })
    expect(await previewPull(bench.deps, puller(), { after: position, limit: 1 })).toMatchObject({
      orders: [{ id: all[2] }],
      remaining: 2,
      dryRun: true,
    })
    expect((await follow(position)).ids).toEqual(all.slice(2))
  })

  it('not again when it is put back, nor is it counted', async () => {
    const [id = ''] = await stage(numbers(1))
    const { position } = await ask(null)
    await move([id], 'auto_imported')
    expect(await ask(position)).toMatchObject({ orders: [], remaining: 0 })
    expect((await byKey('old')).orders).toEqual([])
    await move([id], 'ready_to_ship')
    expect((await ask(position)).orders).toEqual([])
    expect(await ask(null)).toMatchObject({ orders: [{ id, status: 'ready_to_ship' }] })
  })

  it('stays in its batch where 1.0.0 hands it over once more', async () => {
    const [id = ''] = await stage(numbers(1))
    const { pullId } = await ask(null)
    await move([id], 'auto_imported')
    const theirs = newId()
    await database.pool.query(
      `insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
       values ($1, $2, 'old', '\\x00', 1, 0, now())`,
      [theirs, bench.tenantId],
    )
    await database.pool.query(
      `update orders set status = 'new', pull_id = $2, pull_position = 7, updated_at = now() where id = $1`,
      [id, theirs],
    )
    expect(await ask(null)).toMatchObject({ pullId, orders: [{ id, pullId }] })
  })

  it('begins with what is staged, and with no old history', async () => {
    const [old = '', staged = ''] = await stage(numbers(2))
    await move([old], 'new')
    const { ids } = await follow(null)
    expect(ids).toEqual([staged])
    // A desk that begins later gets neither what left before it began.
    const [left = ''] = await stage(numbers(3).slice(2))
    await move([left], 'new')
    expect((await follow(null, { desk: 'later' })).ids).toEqual([])
    expect((await follow(null)).ids).toEqual([staged, left])
  })

  it('also when it is on its way out of staging while the desk begins', async () => {
    const [id = ''] = await stage(numbers(1))
    const mover = await database.pool.connect()
    try {
      await mover.query('begin')
      await mover.query(`update orders set status = 'ready_to_ship', updated_at = now() where id = $1`, [id])
      // The desk waits until the move has ended, whichever way.
      const first = ask(null)
      const waits = async () =>
        (await database.pool.query(`select from pg_locks where not granted and locktype = 'advisory'`))
          .rowCount
      await expect.poll(waits, { timeout: 20_000, interval: 2 }).toBe(1)
      await mover.query('rollback')
      expect(idsOf(await first)).toEqual([id])
    } finally {
      mover.release()
    }
  })

  it('leaves the set with retention, but not by an erasure', async () => {
    const begun = await ask(null)
    const [id = '', erased = ''] = await stage(numbers(2))
    await move([id, erased], 'new')
    await database.db.order.update({
      where: { id: erased },
      data: { sealedDetail: null, purgedAt: new Date(), erasedAt: new Date() },
    })
    bench.clock.advance(40 * 24 * 60 * 60_000)
    const rules = { retentionDays: 30, openDays: 30, unpulledDays: null }
    const retention = createRetention({ ...bench.deps, ...rules })
    await retention.run(new AbortController().signal)
    const left = await database.db.order.findUniqueOrThrow({ where: { id } })
    expect([left.purgedAt === null, left.waitsForDesk]).toEqual([false, null])
    expect(await ask(begun.position)).toMatchObject({
      orders: [{ id: erased, detailMissing: 'erased' }],
      remaining: 0,
    })
  })
})

describe('a key that is bound to shops', () => {
  it('gets their orders alone, and no batch that holds others', async () => {
    await stage(numbers(2))
    const { id: other } = await makeShop(database.db, { tenantId: bench.tenantId, code: '654321' })
    expect(await ask(null, { desk: 'bound' }, [other])).toMatchObject({ orders: [], remaining: 0 })
    const { position } = await ask(null, { desk: 'bound', limit: 1 }, [bench.shopId])
    expect(await ask(position, {}, [bench.shopId, other])).toMatchObject({ orders: [{}], number: 2 })
    await expect(ask(null, { desk: 'bound' }, [other])).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('the audit', () => {
  const entries = async () => {
    const rows = await database.db.auditEntry.findMany({
      where: { tenantId: bench.tenantId, action: { startsWith: 'desk.' } },
      orderBy: { at: 'asc' },
    })
    return rows.map(({ actor, source, action, target, data }) => [action, target, data, actor, source])
  }
  const from = { source: '192.0.2.7' }
  const askFrom = (after: string | null, dryRun = false) =>
    (dryRun ? previewPull : pullAfter)(
      bench.deps,
      { ...puller(), ...from },
      { after, desk: 'till', limit: 1 },
    )

  it('tells who asks at a new desk, and not what asks there later', async () => {
    await stage(numbers(2))
    await askFrom(null, true)
    expect(await entries()).toEqual([])
    const { position } = await askFrom(null)
    await askFrom(null)
    await askFrom(position)
    expect(await entries()).toEqual([['desk.begun', 'till', {}, `key:${KEY}`, from.source]])
  })

  it('tells once an hour that batches are asked for which the client had stored', async () => {
    await stage(numbers(4))
    const first = await askFrom(null)
    const second = await askFrom(first.position)
    const third = await askFrom(second.position)
    await askFrom(second.position)
    await askFrom(null, true)
    await expect(ask(null, { desk: 'till' }, [newId()])).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await entries()).toHaveLength(1)
    await askFrom(first.position)
    await askFrom(null)
    const told = (number: number) => ['desk.put_back', 'till', { number, last: 3 }, `key:${KEY}`, from.source]
    expect((await entries()).slice(1)).toEqual([told(1)])
    bench.clock.advance(61 * 60_000)
    await askFrom(null)
    expect((await entries()).slice(1)).toEqual([told(1), told(0)])
    await askFrom(third.position)
    expect(await entries()).toHaveLength(3)
  })

  it('tells of a history that begins at a desk with its first batch there', async () => {
    await stage(numbers(2))
    const { position } = await askFrom(null)
    await beginHistory(database.pool, new Date())
    const second = await askFrom(position)
    await askFrom(second.position)
    const history = parsePosition(second.position ?? '')?.path.at(-1)?.[0]
    expect((await entries()).slice(1)).toEqual([
      ['desk.history_begun', 'till', { number: 2, history }, `key:${KEY}`, from.source],
    ])
  })

  it('tells a restored server anew what it no longer knows, and takes no restore for a client put back', async () => {
    const server = await freshDatabase()
    const { mall, ...own } = await importBench(server)
    const at = async (url: TestDatabase, after: string | null) => {
      const { deps } = await importBench(url, {}, { mall, ...own })
      const caller = { tenantId: own.tenantId, actor: `key:${KEY}` }
      return (await pullAfter(deps, caller, { after, desk: 'till', limit: 1 })).position
    }
    const told = async ({ db }: TestDatabase) =>
      (
        await db.auditEntry.findMany({
          where: { action: { startsWith: 'desk.' } },
          orderBy: [{ at: 'asc' }, { id: 'asc' }],
        })
      ).map(({ action, data }) => [action, (data as { number?: number }).number])
    const copyOf = async (from: typeof server) => {
      await from.disconnect()
      return copyOfDatabase(from.url)
    }
    for (const number of numbers(4)) mall.place(number)
    await own.want(numbers(4))
    await own.run()
    const asked = await copyOf(server)
    const first = await at(asked, null)
    const given = await copyOf(asked)
    const third = await at(given, await at(given, first))
    await at(given, first)
    expect(await told(given)).toEqual([
      ['desk.begun', undefined],
      ['desk.history_begun', 2],
      ['desk.put_back', 1],
    ])
    // The client has batches of the branch that was given up.
    const again = await copyOf(asked)
    const begun: unknown[] = [['desk.begun', undefined]]
    expect(await told(again)).toEqual(begun)
    const next = await at(again, await at(again, third))
    begun.push(['desk.history_begun', 2])
    expect(await told(again)).toEqual(begun)
    await at(again, next)
    await at(again, first)
    await at(again, first)
    expect(await told(again)).toEqual([...begun, ['desk.put_back', 1]])
    // The backup is older than the desk.
    const oldest = await copyOf(server)
    await at(oldest, third)
    expect(await told(oldest)).toEqual([['desk.begun', undefined]])
    for (const one of [server, asked, given, again, oldest]) await one.close()
  })
})

describe('a database of another history', () => {
  const another = () => beginHistory(database.pool, new Date())

  it('gives the batches that a client lost with its own backup', async () => {
    const all = await stage(numbers(3))
    const backup = (await ask(null, { limit: 1 })).position
    const now = await follow(backup, { limit: 1 })
    expect(now.ids).toEqual(all.slice(1))
    expect((await follow(backup)).ids).toEqual(all.slice(1))
    await another()
    expect((await follow(backup)).ids).toEqual(all.slice(1))
    expect((await follow(now.position)).ids).toEqual([])
  })

  it('answers a position of before by where the histories part', async () => {
    const [a, b, c] = await stage(numbers(3))
    const first = await ask(null, { limit: 1 })
    const second = await ask(first.position, { limit: 1 })
    await another()
    const third = await ask(second.position)
    expect(third).toMatchObject({ number: 3, orders: [{ id: c }] })
    expect(parsePosition(third.since ?? '')?.path).toHaveLength(2)
    expect((await follow(null)).ids).toEqual([a, b, c])
    // Of a branch that was given up: it has batch 3 and 4 that this history knows nothing of.
    const lost = { ...(parsePosition(second.position ?? '') ?? fail()), number: 4 }
    expect(await ask(formatPosition(lost))).toMatchObject({
      number: 3,
      since: third.since,
      orders: [{ id: c }],
    })
  })

  it('lets an empty answer write nothing', async () => {
    await stage(numbers(1))
    const { position } = await ask(null)
    await another()
    await ask(position)
    const { path } = await database.db.desk.findFirstOrThrow({ where: { tenantId: bench.tenantId } })
    expect(path).toHaveLength(1)
  })
})

const fail = (): never => {
  throw new Error('no position')
}
