import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { LEASE_MS } from '../../../src/worker/statements.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers, shopWorkerOf } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

const orders = () =>
  database.db.order.findMany({ where: { shopId: bench.shopId }, orderBy: { orderNumber: 'asc' } })
const requests = () =>
  database.db.importRequest.findMany({ where: { shopId: bench.shopId }, orderBy: { id: 'asc' } })
const events = async (orderId: string) =>
  (
    await database.db.orderEvent.findMany({ where: { orderId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })
  ).map((event) => event.kind)

describe('the way of new orders', () => {
  // docs/performance.md has what each costs.
  it('meets three triggers, however many they are', async () => {
    const own = await freshDatabase()
    await own.pool.query(
      `do $$ begin execute format('alter database %I set track_functions = pl', current_database()); end $$`,
    )
    // Connections that were there count nothing.
    const counting = await openDatabase({ url: own.url, log: { warn: () => undefined } })
    try {
      const here = await importBench({ ...own, db: counting.db, pool: counting.pool })
      for (const number of numbers(20)) here.mall.place(number)
      await here.want(numbers(20))
      expect(await here.turn()).toBe('done')
    } finally {
      // What a session counted becomes visible as it ends.
      await counting.close()
    }
    const called = `select funcname as name, calls::int from pg_stat_user_functions f where exists (select from pg_trigger t
      where t.tgfoid = f.funcid and t.tgrelid = any('{orders,import_requests,order_search,order_events}'::regclass[])) order by 1`
    await expect
      .poll(async () => (await own.pool.query(called)).rows, { timeout: 10_000 })
      .toEqual([
        { name: 'torikomi_erase_again', calls: 1 },
        { name: 'torikomi_imports_inserted', calls: 1 },
        { name: 'torikomi_orders_inserted', calls: 1 },
      ])
    await own.close()
  })

  it('tells the board of requests once a transaction, and not of those that end with their order', async () => {
    const told = async () =>
      (
        await database.pool.query<{ kind: string; n: number }>(
          'select kind, count(*)::int as n from events where tenant_id = $1 group by kind',
          [bench.tenantId],
        )
      ).rows
    const [before] = await told()
    for (const number of numbers(20)) bench.mall.place(number)
    await bench.want(numbers(20))
    expect(await told()).toEqual([{ kind: 'counts', n: (before?.n ?? 0) + 1 }])
    await bench.run()
    expect((await told()).toSorted((one, other) => one.n - other.n)).toEqual([
      { kind: 'counts', n: (before?.n ?? 0) + 1 },
      { kind: 'order', n: 20 },
    ])
    await bench.want(numbers(50).slice(20))
    await bench.run()
    expect(await told()).toContainEqual({ kind: 'counts', n: (before?.n ?? 0) + 3 })
  })
})

describe('staging', () => {
  it('stages what the mall knows, with its raw answer and its timeline, all of it sealed', async () => {
    const [number = ''] = numbers(1)
    bench.mall.place(number, {
      warnings: [{ code: 'X', message: 'x', field: 'f', expected: null, actual: null }],
    })
    const mailbox = await database.db.mailbox.create({
      data: {
        id: newId(),
        tenantId: bench.tenantId,
        name: 'm',
        host: 'h',
        port: 1,
        sealedUsername: new Uint8Array(1),
        sealedPassword: new Uint8Array(1),
        createdAt: new Date(),
        updatedAt: new Date(),
      },
    })
    const mailId = newId()
    const seenAt = new Date(bench.clock.now() - 1_500)
    await database.db.mail.create({
      data: {
        id: mailId,
        tenantId: bench.tenantId,
        mailboxId: mailbox.id,
        uidValidity: 1n,
        uid: 1n,
        fingerprint: new Uint8Array(1),
        state: 'recognised',
        marketplace: 'rakuten',
        kind: 'new_order',
        seenAt,
        size: 1,
      },
    })
    await bench.want([number], { mailId })
    await bench.run()

    const [order] = await orders()
    expect(order).toMatchObject({
      status: 'auto_imported',
      mallStatus: '100',
      billedAmount: 3_500,
      itemLines: 2,
      itemQuantity: 3,
      warningCount: 1,
      version: 1,
    })
    const detail = testSealer
      .of(bench.tenantId)
      .openJson<NormalisedOrder>(`order:${order?.id}:detail`, order?.sealedDetail as Uint8Array)
    expect(detail.buyer.familyName).toBe('髙橋')
    expect(Buffer.from(order?.sealedDetail as Uint8Array).includes('花子')).toBe(false)
    const raw = await database.db.orderRaw.findUniqueOrThrow({ where: { orderId: order?.id ?? '' } })
    expect(testSealer.of(bench.tenantId).open(`order:${order?.id}:raw`, raw.sealedRaw).toString()).toContain(
      '生データ',
    )
    expect(await events(order?.id ?? '')).toEqual(['mail_seen', 'staged'])
    expect(await requests()).toMatchObject([{ state: 'done', outcome: 'staged', attempts: 1 }])
    const metric = await bench.deps.metrics.mailToStaged.get()
    expect(metric.values.find((value) => value.metricName?.endsWith('_sum'))?.value).toBe(1.5)
  })

  it('stages a hundred in one call, and asks nothing for what is here', async () => {
    const wanted = numbers(100)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    await bench.run()
    await bench.want(wanted)
    await bench.run()
    expect(await orders()).toHaveLength(100)
    expect(bench.mall.calls).toHaveLength(1)
    expect((await requests()).map((request) => request.outcome).toSorted()).toEqual([
      ...Array(100).fill('already_here'),
      ...Array(100).fill('staged'),
    ])
  })

  it('stages a cancelled order so that staff see it', async () => {
    const [number = ''] = numbers(1)
    bench.mall.place(number, { mallState: 'cancelled', mallStatus: { code: '900', name: 'キャンセル確定' } })
    await bench.want([number])
    await bench.run()
    const [order] = await orders()
    expect(order).toMatchObject({
      status: 'auto_imported',
      mallState: 'cancelled',
      flags: ['cancelled_at_mall'],
    })
    expect(await events(order?.id ?? '')).toEqual(['staged', 'cancelled_at_mall'])
  })

  it('never stages twice when two workers work on one shop at once, as while a release takes over', async () => {
    const wanted = numbers(120)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    const release = Promise.withResolvers<void>()
    let arrived = 0
    let other: Promise<unknown> | undefined
    bench.mall.beforeAnswer(() => {
      arrived += 1
      if (arrived === 2) release.resolve()
      other ??= shopWorkerOf(bench.deps).run(bench.shopId, new AbortController().signal)
      return arrived <= 2 ? release.promise : undefined
    })
    await bench.run()
    await other
    expect(arrived).toBeGreaterThan(2)
    await bench.run()

    const staged = await orders()
    expect(staged.map((order) => order.orderNumber)).toEqual(wanted)
    expect((await requests()).every((request) => request.state === 'done')).toBe(true)
    const stagedEvents = await database.db.orderEvent.count({
      where: { kind: 'staged', order: { shopId: bench.shopId } },
    })
    expect(stagedEvents).toBe(120)
  })

  it('loses nothing when the process dies between the answer and the writing', async () => {
    const wanted = numbers(3)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    const pool = new Proxy(database.pool, {
      get: (real, key) => (key === 'query' ? failingToWrite(real) : Reflect.get(real, key)),
    })
    const dying = shopWorkerOf({ ...bench.deps, pool })
    await expect(dying.run(bench.shopId, new AbortController().signal)).rejects.toThrow('killed')
    expect(bench.mall.calls).toHaveLength(1)
    expect(await orders()).toEqual([])
    expect((await requests()).map((request) => request.state)).toEqual(['waiting', 'waiting', 'waiting'])

    // It could not give its shop back.
    await bench.run()
    expect(await orders()).toEqual([])
    bench.clock.advance(LEASE_MS)
    await bench.run()
    expect(await orders()).toHaveLength(3)
  })

  it('clears away failures of an order that has come in after all', async () => {
    const [number = ''] = numbers(1)
    bench.mall.answer(number, { kind: 'failed', orderNumber: number, failure: failure('rejected') })
    await bench.want([number])
    await bench.run()
    bench.mall.place(number)
    await bench.want([number])
    await bench.run()
    expect((await requests()).map((request) => request.state)).toEqual(['done', 'done'])
  })
})

const failingToWrite = (pool: TestDatabase['pool']) => (sent: { text: string }) =>
  /^\s*(select|with claimed)/i.test(sent.text) ? pool.query(sent) : Promise.reject(new Error('killed'))

describe('asking for an order twice', () => {
  it('has one open request per number, moved forward by a new mail but not by a sweep', async () => {
    const [number = ''] = numbers(1)
    await bench.want([number])
    await bench.run()
    const [waiting] = await requests()
    expect(waiting).toMatchObject({ state: 'waiting', outcome: 'NOT_FOUND', attempts: 1 })

    await bench.want([number], { source: 'sweep' })
    expect((await requests())[0]?.nextAttemptAt).toEqual(waiting?.nextAttemptAt)
    await bench.want([number, number])
    const [moved, ...others] = await requests()
    expect(others).toEqual([])
    expect(moved?.nextAttemptAt.getTime()).toBe(bench.clock.now())
  })

  it('takes new orders before refreshes, periods and sweeps', async () => {
    const wanted = numbers(4)
    for (const number of wanted) bench.mall.place(number)
    const [a = '', b = '', c = '', d = ''] = wanted
    await bench.want([a], { source: 'sweep' })
    await bench.want([b], { priority: 20 })
    await bench.want([c], { purpose: 'refresh' })
    await bench.want([d])
    await bench.run()
    expect(bench.mall.calls).toEqual([[d, c, b, a]])
  })
})

describe('refresh', () => {
  const number = numbers(1)[0] ?? ''
  const refreshed = async (change: Partial<NormalisedOrder>) => {
    bench.mall.place(number, change)
    await bench.want([number], { purpose: 'refresh' })
    await bench.run()
    const [order] = await orders()
    return order as NonNullable<typeof order>
  }
  const staged = async () => {
    bench.mall.place(number)
    await bench.want([number])
    await bench.run()
  }
  const detailOf = (order: { id: string; sealedDetail: Uint8Array | null }) =>
    testSealer
      .of(bench.tenantId)
      .openJson<NormalisedOrder>(`order:${order.id}:detail`, order.sealedDetail as Uint8Array)

  it('replaces a staged order as a whole', async () => {
    await staged()
    const order = await refreshed({ totals: { total: 9_000, billed: 9_000 } })
    expect(order).toMatchObject({ billedAmount: 9_000, version: 2, flags: ['changed_at_mall'] })
    expect(detailOf(order).totals.billed).toBe(9_000)
    expect(await events(order.id)).toEqual(['staged', 'refreshed', 'changed_at_mall'])
  })

  it('flags a pulled order and leaves its content alone', async () => {
    await staged()
    await database.db.order.updateMany({
      where: { shopId: bench.shopId },
      data: { status: 'new', version: 2 },
    })
    const order = await refreshed({
      totals: { total: 9_000, billed: 9_000 },
      mallState: 'cancelled',
      mallStatus: { code: '900', name: null },
      holds: [{ kind: 'shop_hold', until: null, note: null }],
    })
    expect(order).toMatchObject({
      status: 'new',
      billedAmount: 3_500,
      mallStatus: '900',
      mallState: 'cancelled',
      holds: ['shop_hold'],
      flags: ['cancelled_at_mall', 'changed_at_mall'],
      version: 3,
    })
    expect(detailOf(order).totals.billed).toBe(3_500)
    expect(await events(order.id)).toEqual(['staged', 'refreshed', 'changed_at_mall', 'cancelled_at_mall'])
  })

  it('does not raise the version when nothing differs', async () => {
    await staged()
    expect(await refreshed({})).toMatchObject({ version: 1 })
    expect((await requests()).at(-1)).toMatchObject({ state: 'done', outcome: 'refreshed' })
  })

  it('imports an order that is not here', async () => {
    expect(await refreshed({})).toMatchObject({ status: 'auto_imported' })
  })

  it('reads an order again when the read-only minutes are over', async () => {
    const after = new Date(bench.clock.now() + 600_000)
    bench.mall.place(
      number,
      { holds: [{ kind: 'buyer_cancel_window', until: after.toISOString(), note: null }] },
      after,
    )
    await bench.want([number])
    await bench.run()
    expect((await requests()).at(-1)).toMatchObject({
      purpose: 'refresh',
      source: 'window',
      state: 'waiting',
      nextAttemptAt: after,
    })
    bench.mall.place(number, { mallState: 'cancelled', mallStatus: { code: '4', name: null } })
    await bench.run()
    expect((await orders())[0]).toMatchObject({ mallState: 'open', holds: ['buyer_cancel_window'] })
    bench.clock.set(after.getTime())
    await bench.run()
    expect((await orders())[0]).toMatchObject({
      mallState: 'cancelled',
      flags: ['cancelled_at_mall'],
      holds: [],
    })
  })
})
