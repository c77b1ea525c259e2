import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { storedKey } from '../../../src/http/idempotency.ts'
import { listPulls, type PullDeps, pullOrders, readPull } from '../../../src/orders/pull.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { PullQuery } from '../../../src/orders/schemas.ts'
import { AppError } from '../../../src/platform/errors.ts'
import type { Logger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { heldClock, makeShop, newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let deps: PullDeps
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 12 })
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
  deps = bench.deps
})

/** Stages orders, each a minute younger than the one before. */
async function stage(wanted: readonly string[]): Promise<void> {
  for (const [index, number] of wanted.entries()) {
    bench.mall.place(number, { orderedAt: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() })
  }
  await bench.want(wanted)
  await bench.run()
}

const pull = (
  key: string,
  selection: { shopId?: string; marketplace?: 'rakuten' | 'yahoo'; limit?: number } = {},
) =>
  pullOrders(
    deps,
    { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: key },
    { limit: 1_000, ...selection },
  )

const idsOf = (batch: { orders: { id: string }[] }) => batch.orders.map((order) => order.id)

describe('受注取込', () => {
  it('hands the oldest over first, as 新規受付, with their detail', async () => {
    const wanted = numbers(5)
    await stage(wanted)
    const first = await pull('a', { limit: 3 })
    expect(first.orders.map((order) => order.orderNumber)).toEqual(wanted.slice(0, 3))
    expect(first.remaining).toBe(2)
    expect(first.orders[0]).toMatchObject({ status: 'new', version: 2, pullId: first.pullId })
    expect(first.orders[0]?.detail?.buyer.familyName).toBe('髙橋')

    const second = await pull('b')
    expect(second.orders.map((order) => order.orderNumber)).toEqual(wanted.slice(3))
    expect(second.remaining).toBe(0)
    const event = await database.db.orderEvent.findFirst({
      where: { kind: 'pulled', orderId: first.orders[0]?.id ?? '' },
    })
    expect(event).toMatchObject({ actor: 'key:test', data: { pullId: first.pullId } })
  })

  it('hands the oldest over first whenever they came in', async () => {
    const [young = '', old = ''] = numbers(2)
    await stage([young])
    bench.mall.place(old, { orderedAt: '2025-12-31T00:00:00.000Z' })
    await bench.want([old])
    await bench.run()
    expect((await pull('a', { limit: 1 })).orders.map(({ orderNumber }) => orderNumber)).toEqual([old])
    expect((await pull('b', { limit: 1 })).orders.map(({ orderNumber }) => orderNumber)).toEqual([young])
  })

  it('lists the batches, newest first and page by page, and says when one is given again', async () => {
    await stage(numbers(3))
    const first = await pull('a', { limit: 1 })
    bench.clock.advance(1_000)
    const second = await pull('b', { limit: 1 })
    expect([first.replayed, (await pull('a', { limit: 1 })).replayed]).toEqual([false, true])
    expect((await readPull(deps, bench.tenantId, first.pullId)).replayed).toBe(true)
    const list = (query: object = {}, shops: string[] | null = null) =>
      listPulls(deps, bench.tenantId, PullQuery.parse(query), shops)
    const { pulls, nextCursor } = await list({ limit: 1 })
    expect(pulls).toEqual([
      {
        pullId: second.pullId,
        pulledAt: second.pulledAt,
        orderCount: 1,
        remaining: 1,
        desk: null,
        number: null,
      },
    ])
    const rest = await list({ cursor: nextCursor })
    expect([rest.pulls.map(({ pullId }) => pullId), rest.nextCursor]).toEqual([[first.pullId], null])
    expect((await list({ from: second.pulledAt })).pulls).toHaveLength(1)
    expect((await list({ to: second.pulledAt })).pulls).toMatchObject([{ pullId: first.pullId }])
    // A key that is bound to other shops sees none, and no other tenant's are among them.
    expect((await list({}, [newId()])).pulls).toEqual([])
    expect((await list({}, [bench.shopId])).pulls).toHaveLength(2)
    expect((await listPulls(deps, newId(), PullQuery.parse({}), null)).pulls).toEqual([])
  })

  it('keeps a key as long as the contract: nothing that tidies up takes it', async () => {
    await stage(numbers(1))
    const { pullId } = await pull('a')
    const rules = { retentionDays: 1, openDays: 1, unpulledDays: 1 }
    const clock = heldClock(bench.clock.now() + 20 * 365 * 86_400_000)
    const { db, pool } = database
    await createRetention({ ...rules, db, pool, clock, log: bench.deps.log as Logger }).run(
      new AbortController().signal,
    )
    expect(await pull('a')).toMatchObject({ pullId, replayed: true, orders: [{ detailMissing: 'purged' }] })
  })

  it('takes only what was asked for', async () => {
    await stage(numbers(2))
    expect((await pull('a', { marketplace: 'yahoo' })).orders).toEqual([])
    expect((await pull('b', { shopId: bench.shopId })).orders).toHaveLength(2)
  })

  it('takes nothing of another shop, and says in Japanese what it does not know', async () => {
    await stage(numbers(1))
    const { id: shopId } = await makeShop(database.db, { tenantId: bench.tenantId, code: '654321' })
    expect(await pull('theirs', { shopId })).toMatchObject({ orders: [], remaining: 0 })
    expect((await pull('ours', { shopId: bench.shopId })).orders).toHaveLength(1)
    await expect(readPull(deps, bench.tenantId, newId())).rejects.toThrow('受注取込の記録が見つかりません。')
  })

  it('counts a pull by what came of it, and its orders by their mall', async () => {
    const pulls: unknown[] = []
    const handedOver: unknown[] = []
    const metrics = createMetrics()
    metrics.pulls.inc = (labels?: unknown) => void pulls.push(labels)
    metrics.ordersPulled.inc = (labels?: unknown) => void handedOver.push(labels)
    const counted = (key: string) => {
      const caller = { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: key }
      return pullOrders({ ...deps, metrics }, caller, { limit: 1_000 })
    }
    await counted('a')
    await stage(numbers(2))
    for (const key of ['a', 'a', 'b']) await counted(key)
    expect(pulls).toEqual(['empty', 'made', 'replayed', 'empty'].map((result) => ({ result })))
    expect(handedOver).toEqual(Array(2).fill({ marketplace: 'rakuten' }))
  })

  it('tells what is left where others hold all of it just now', async () => {
    await stage(numbers(2))
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query('select 1 from orders where tenant_id = $1 for update', [bench.tenantId])
      expect(await pull('a')).toMatchObject({ orders: [], remaining: 2 })
      await other.query('rollback')
    } finally {
      other.release()
    }
    expect((await pull('a')).orders).toHaveLength(2)
  })

  it('shows an empty batch of an older release as it was kept', async () => {
    const id = newId()
    await database.pool.query(
      `insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
       values ($1, $2, 'empty', '\\x00', 0, 3, '2026-01-15T03:00:00Z')`,
      [id, bench.tenantId],
    )
    expect(await readPull(deps, bench.tenantId, id)).toEqual({
      replayed: true,
      pullId: id,
      pulledAt: '2026-01-15T03:00:00.000Z',
      orders: [],
      remaining: 3,
      desk: null,
      number: null,
      since: null,
      position: null,
    })
  })

  it('gives the same batch for the same key', async () => {
    await stage(numbers(4))
    const first = await pull('full', { limit: 2 })
    const again = await pull('full', { limit: 2 })
    expect(again.pullId).toBe(first.pullId)
    expect(again.remaining).toBe(first.remaining)
    expect(idsOf(again)).toEqual(idsOf(first))
    expect(await readPull(deps, bench.tenantId, first.pullId)).toEqual(again)
  })

  it('leaves nothing behind when there is nothing, and the key is good for the batch that comes later', async () => {
    const empty = await pull('key')
    expect(empty).toMatchObject({ orders: [], remaining: 0 })
    expect(await database.db.pull.count({ where: { tenantId: bench.tenantId } })).toBe(0)
    await expect(readPull(deps, bench.tenantId, empty.pullId)).rejects.toMatchObject({ code: 'NOT_FOUND' })

    await stage(numbers(2))
    const batch = await pull('key', { limit: 1 })
    expect(batch).toMatchObject({ orders: [{ pullId: batch.pullId }], remaining: 1 })
    expect(await pull('key', { limit: 1 })).toEqual({ ...batch, replayed: true })
    await expect(pull('key')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  it('gives requests with one key that come together one batch, though some of them find nothing left', async () => {
    await stage(numbers(1))
    const answers = await Promise.all(Array.from({ length: 6 }, () => pull('same')))
    expect(new Set(answers.map((answer) => answer.pullId)).size).toBe(1)
    expect(answers.every(({ orders }) => orders.length === 1)).toBe(true)
  })

  it('keeps a key as a hash alone, which a trigger makes where an older release inserts', async () => {
    await stage(numbers(1))
    await pull('yamada-hanako-0001')
    await database.pool.query(
      `insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
       values ($1, $2, 'of-an-older-release', '\\x00', 0, 0, now())`,
      [newId(), bench.tenantId],
    )
    const rows = await database.db.pull.findMany({ where: { tenantId: bench.tenantId } })
    expect(rows.map(({ idempotencyKey }) => idempotencyKey).toSorted()).toEqual(
      ['yamada-hanako-0001', 'of-an-older-release'].map((key) => storedKey(bench.tenantId, key)).toSorted(),
    )
  })

  it('refuses a key that was used with another body', async () => {
    await stage(numbers(2))
    await pull('key', { limit: 2 })
    await expect(pull('key', { limit: 3 })).rejects.toThrow(AppError)
    await expect(pull('key', { limit: 3 })).rejects.toThrow('この Idempotency-Key は別の条件の')
    await expect(pull('key', { limit: 3 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    expect((await pull('key', { limit: 2 })).orders).toHaveLength(2)
  })

  it('refuses a key that was used for another shop, for one or for all', async () => {
    await stage(numbers(2))
    await pull('one', { shopId: bench.shopId, limit: 1 })
    await expect(pull('one')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    await pull('all')
    await expect(pull('all', { marketplace: 'rakuten' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    await expect(pull('all', { shopId: bench.shopId })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  it('holds no order back from other pulls while a second request waits for the batch of its key', async () => {
    await stage(numbers(3))
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      // The batch of this key is being written, so both requests with it wait.
      await other.query(
        `insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
         values ($1, $2, 'same', '\\x00', 0, 0, now())`,
        [newId(), bench.tenantId],
      )
      const both = [pull('same', { limit: 1 }), pull('same', { limit: 1 })]
      const blocked = async () =>
        (
          await database.pool.query(
            `select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
          )
        ).rowCount
      await expect.poll(blocked, { timeout: 5_000, interval: 10 }).toBe(2)
      expect((await pull('another')).orders).toHaveLength(2)
      await other.query('rollback')
      const [first, second] = await Promise.all(both)
      expect(first?.orders).toHaveLength(1)
      expect(second?.pullId).toBe(first?.pullId)
    } finally {
      other.release(true)
    }
  })

  it('keeps tenants apart, also with the same key', async () => {
    await stage(numbers(2))
    const other = await importBench(database)
    const theirs = await pullOrders(
      deps,
      { tenantId: other.tenantId, actor: 'key:other', idempotencyKey: 'key' },
      { limit: 1_000 },
    )
    expect(theirs).toMatchObject({ orders: [], remaining: 0 })
    expect((await pull('key')).orders).toHaveLength(2)
    await expect(readPull(deps, bench.tenantId, theirs.pullId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('hands out the batch of a client that died between the commit and the answer', async () => {
    await stage(numbers(3))
    const lost = await pullOrders(
      { ...deps, metrics: { ...deps.metrics, pulls: dying() } },
      { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: 'lost' },
      { limit: 1_000 },
    ).catch((error: Error) => error.message)
    expect(lost).toBe('killed')
    expect((await pull('other')).orders).toEqual([])
    expect((await pull('lost')).orders).toHaveLength(3)
  })

  it('tells of an order whose detail was removed or cannot be opened, and hands over the others', async () => {
    await stage(numbers(3))
    const [a, b] = await database.db.order.findMany({
      where: { shopId: bench.shopId },
      orderBy: { orderedAt: 'asc' },
    })
    await database.db.order.update({
      where: { id: a?.id ?? '' },
      data: { sealedDetail: null, purgedAt: new Date() },
    })
    await database.db.order.update({
      where: { id: b?.id ?? '' },
      data: { sealedDetail: new Uint8Array(40).fill(1) },
    })
    const { orders } = await pull('a')
    expect(orders.map((order) => order.detailMissing)).toEqual(['purged', 'unreadable', null])
  })

  it('puts every order into exactly one batch, whatever pulls run at once with whatever keys', async () => {
    const command = fc.record({
      key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5'),
      limit: fc.constantFrom(1, 3, 7),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 10 }), async (commands) => {
        bench = await importBench(database)
        await stage(numbers(40))
        const answers = await Promise.all(
          commands.map(({ key, limit }) =>
            pull(key, { limit }).then(
              (batch) => ({ key, batch }),
              (error: AppError) => ({ key, code: error.code }),
            ),
          ),
        )
        const batches = new Map<string, string[]>()
        for (const answer of answers) {
          if ('code' in answer) {
            expect(answer.code).toBe('IDEMPOTENCY_KEY_REUSED')
            continue
          }
          const ids = idsOf(answer.batch)
          expect(batches.get(answer.key) ?? ids).toEqual(ids)
          batches.set(answer.key, ids)
          expect(ids.length).toBeGreaterThan(0)
          const times = answer.batch.orders.map((order) => order.orderedAt)
          expect(times).toEqual(times.toSorted())
        }
        const all = [...batches.values()].flat()
        expect(new Set(all).size).toBe(all.length)
        const left = (await pull('rest')).orders.length
        expect(all.length + left).toBe(40)
      }),
      { numRuns: 12 },
    )
  })

  it('hands over a thousand orders in one go, quickly', async () => {
    await stage(numbers(1_000))
    const started = performance.now()
    const { orders, remaining } = await pull('big')
    const took = performance.now() - started
    expect(orders).toHaveLength(1_000)
    expect(remaining).toBe(0)
    expect(new Set(idsOf({ orders })).size).toBe(1_000)
    expect(took).toBeLessThan(5_000)
  })
})

function dying(): PullDeps['metrics']['pulls'] {
  return {
    inc: () => {
      throw new Error('killed')
    },
  } as unknown as PullDeps['metrics']['pulls']
}
