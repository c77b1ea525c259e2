import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/generated/prisma/client.ts'
import { endBackoff, readDue } from '../../../src/imports/import-job.ts'
import {
  believeListed,
  type NewImportRequest,
  readAgain,
  requestImports,
} from '../../../src/imports/requests/statements.ts'
import {
  type AttemptResult,
  endForOtherShops,
  otherShopResults,
  writeAttemptResults,
} from '../../../src/imports/results/attempt-result.ts'
import type { WorkingShop } from '../../../src/worker/shop-job.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, newId, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/**
 * What each statement on import requests changes, and what it leaves: rows that are meant beside rows that
 * are like them but for one thing.
 */

const SECOND = 1_000
const HOUR = 3_600 * SECOND

let database: TestDatabase
let bench: ImportBench
let sisterId: string
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  const { tenantId } = bench
  sisterId = (await makeShop(database.db, { tenantId, code: '654321', credentials: { key: 'sister' } })).id
})

const [A = '', B = '', C = '', D = ''] = numbers(4)
/** Times as the tests say them: milliseconds from now. */
const at = (ms: number) => new Date(bench.clock.now() + ms)
const since = (time: Date | null) => (time === null ? null : time.getTime() - bench.clock.now())

type Row = Partial<Prisma.ImportRequestUncheckedCreateInput>
const make = (orderNumber: string, row: Row = {}) =>
  database.db.importRequest.create({
    data: {
      id: newId(),
      tenantId: bench.tenantId,
      shopId: bench.shopId,
      orderNumber,
      source: 'mail',
      nextAttemptAt: at(0),
      expiresAt: at(24 * HOUR),
      requestedAt: at(-HOUR),
      ...row,
    },
  })
const rowOf = (id: string) => database.db.importRequest.findUniqueOrThrow({ where: { id } })
/** All requests that a statement must leave are as they were. */
async function unchanged(work: () => Promise<unknown>, ids: readonly string[]): Promise<void> {
  const before = await Promise.all(ids.map(rowOf))
  await work()
  expect(await Promise.all(ids.map(rowOf))).toEqual(before)
}

describe('asked for again while it waits', () => {
  const ask = (more: Partial<NewImportRequest>) =>
    requestImports(database.pool, bench.deps, [
      {
        tenantId: bench.tenantId,
        shopId: bench.shopId,
        orderNumber: A,
        purpose: 'import',
        source: 'mail',
        ...more,
      },
    ])
  const later = { nextAttemptAt: 60 * SECOND, priority: 2 }

  it.each<
    [
      string,
      Row & { nextAttemptAt?: never; wait?: number },
      Partial<NewImportRequest> & { in?: number },
      object,
    ]
  >([
    [
      'by a mail at once: now, counted',
      { wait: 60, priority: 2 },
      {},
      { wait: 0, asks: 1, priority: 0, due: true },
    ],
    [
      'by a mail for later than it is due: no later',
      { wait: 10, priority: 0 },
      { in: 60, priority: 2 },
      { wait: 10, asks: 0, priority: 0, due: false },
    ],
    [
      'by a mail for sooner: sooner, not counted',
      { wait: 60, priority: 0 },
      { in: 10, priority: 2 },
      { wait: 10, asks: 0, priority: 0, due: false },
    ],
    [
      'for later and more urgent: more urgent',
      { wait: 10, priority: 2 },
      { in: 60, priority: 0 },
      { wait: 10, asks: 0, priority: 0, due: false },
    ],
    [
      'by a sweep: as it is, not counted',
      { wait: 60, priority: 2 },
      { source: 'sweep' },
      { wait: 60, asks: 0, priority: 2, due: null },
    ],
    [
      'a refresh, by a sweep: counted, in its own time',
      { wait: 60, priority: 10, purpose: 'refresh', source: 'window' },
      { source: 'sweep', purpose: 'refresh' },
      { wait: 60, asks: 1, priority: 10, source: 'window', due: false },
    ],
    [
      'a refresh, by a sweep for later: as it is',
      { wait: 60, priority: 10, purpose: 'refresh', source: 'window' },
      { source: 'sweep', purpose: 'refresh', in: 5 },
      { wait: 60, asks: 0, source: 'window', due: null },
    ],
    [
      'what a sweep asked for, by a mail: the mail’s',
      { wait: 0, priority: 30, source: 'sweep' },
      {},
      { wait: 0, asks: 1, priority: 0, source: 'mail', due: true },
    ],
    [
      'what a mail asked for, by a person: still the mail’s',
      { wait: 0, priority: 0 },
      { source: 'person' },
      { asks: 1, source: 'mail', due: true },
    ],
    [
      'what a stranger named, by a known sender for later: believed',
      { wait: 10, priority: 0, trust: 'unknown' },
      { in: 60, trust: 'verified', priority: 4 },
      { wait: 10, trust: 'verified', asks: 0, due: false },
    ],
    [
      'what a stranger named, by a stranger for later: as it is',
      { wait: 10, priority: 0, trust: 'unknown' },
      { in: 60, trust: 'unknown', priority: 4 },
      { wait: 10, trust: 'unknown', asks: 0, due: null },
    ],
    [
      'what is believed, by a stranger: believed',
      { wait: 0, priority: 0, trust: 'verified' },
      { trust: 'unknown' },
      { trust: 'verified', asks: 1, due: true },
    ],
  ])('%s', async (_, { wait = 0, ...row }, { in: after, ...asked }, expected) => {
    const { id } = await make(A, { ...row, nextAttemptAt: at(wait * SECOND) })
    const answer = await ask({ ...asked, ...(after === undefined ? {} : { dueAt: at(after * SECOND) }) })
    const { due, wait: waits, ...fields } = expected as { due: boolean | null; wait?: number }
    const after2 = await rowOf(id)
    expect(after2).toMatchObject(fields)
    if (waits !== undefined) expect(since(after2.nextAttemptAt)).toBe(waits * SECOND)
    expect(answer).toEqual({ shopIds: due ? [bench.shopId] : [], created: 0 })
    expect(await database.db.importRequest.count()).toBe(1)
  })

  it('has its own time, mail and purpose where it is another’s, and is new where the other has ended', async () => {
    const others = [
      await make(A, { ...later, nextAttemptAt: at(HOUR), shopId: sisterId }),
      await make(A, { nextAttemptAt: at(HOUR), purpose: 'refresh' }),
      await make(A, { nextAttemptAt: at(HOUR), state: 'done' }),
      await make(B, { nextAttemptAt: at(HOUR) }),
    ]
    await unchanged(
      async () => expect(await ask({})).toEqual({ shopIds: [bench.shopId], created: 1 }),
      others.map(({ id }) => id),
    )
    expect(await ask({ orderNumber: C, dueAt: at(HOUR) })).toEqual({ shopIds: [], created: 1 })
  })
})

describe('an order that is here is asked for once more', () => {
  const again = (...orderNumbers: string[]) =>
    readAgain(
      database.pool,
      bench.deps,
      orderNumbers.map((orderNumber) => ({ tenantId: bench.tenantId, shopId: bench.shopId, orderNumber })),
      'sweep',
    )

  it('anew, beside what is asked for otherwise', async () => {
    const others = [
      await make(A, { state: 'failed', purpose: 'import' }),
      await make(A, { purpose: 'import', nextAttemptAt: at(HOUR) }),
      await make(A, { purpose: 'refresh', shopId: sisterId, nextAttemptAt: at(HOUR) }),
      await make(A, { purpose: 'refresh', shopId: sisterId, state: 'failed' }),
      await make(A, { purpose: 'refresh', state: 'done' }),
      await make(B, { purpose: 'refresh', state: 'failed' }),
      await make(B, { purpose: 'refresh', nextAttemptAt: at(HOUR) }),
    ]
    await unchanged(
      () => again(A),
      others.map(({ id }) => id),
    )
    const made = await database.db.importRequest.findFirstOrThrow({
      where: { orderNumber: A, purpose: 'refresh', state: 'waiting', shopId: bench.shopId },
    })
    expect(made).toMatchObject({ priority: 30, attempts: 0, source: 'sweep', nextAttemptAt: at(0) })
  })

  it('not, where it is being asked for, whatever has failed before', async () => {
    const waiting = await make(A, { purpose: 'refresh', nextAttemptAt: at(HOUR) })
    const failed = await make(A, { purpose: 'refresh', state: 'failed' })
    await unchanged(() => again(A), [waiting.id, failed.id])
    expect(await database.db.importRequest.count()).toBe(2)
  })

  it('by the last one that was given up, with what it had', async () => {
    const older = await make(A, {
      purpose: 'refresh',
      state: 'failed',
      requestedAt: at(-3 * HOUR),
      attempts: 1,
    })
    const last = await make(A, {
      purpose: 'refresh',
      state: 'failed',
      requestedAt: at(-2 * HOUR),
      attempts: 7,
      outcome: 'X',
      trust: 'unknown',
      pendingUntil: at(HOUR),
      finishedAt: at(-HOUR),
      priority: 12,
    })
    const oldest = await make(A, { purpose: 'refresh', state: 'failed', requestedAt: at(-9 * HOUR) })
    await unchanged(() => again(A, B), [older.id, oldest.id])
    expect(await rowOf(last.id)).toMatchObject({
      state: 'waiting',
      attempts: 7,
      outcome: 'X',
      trust: null,
      pendingUntil: null,
      finishedAt: null,
      priority: 30,
      nextAttemptAt: at(0),
      expiresAt: at(0),
    })
    // The other number has a request of its own.
    expect(await database.db.importRequest.count()).toBe(4)
  })
})

it('what the mall’s own list names is believed at once: of its shop, its number, and only what a stranger named and waits', async () => {
  const unknown = { trust: 'unknown', priority: 12, nextAttemptAt: at(HOUR), expiresAt: at(HOUR) }
  const meant = await make(A, unknown)
  const due = await make(B, { ...unknown, nextAttemptAt: at(-HOUR) })
  const others = [
    await make(C, unknown),
    await make(A, { ...unknown, shopId: sisterId }),
    await make(A, { ...unknown, state: 'failed' }),
    await make(D, { ...unknown, trust: 'verified' }),
  ]
  await unchanged(
    () => believeListed(database.pool, bench.shopId, [A, B, D], at(0)),
    others.map(({ id }) => id),
  )
  expect(await rowOf(meant.id)).toMatchObject({
    trust: null,
    priority: 0,
    nextAttemptAt: at(0),
    expiresAt: at(24 * HOUR),
  })
  expect(await rowOf(due.id)).toMatchObject({ trust: null, nextAttemptAt: at(-HOUR) })
})

describe('what is due', () => {
  const due = (limit = 10) => readDue(database.pool, bench.shopId, at(0), limit)
  const numbersDue = async (limit?: number) => (await due(limit)).map(({ orderNumber }) => orderNumber)

  it('is of the shop, waits, and has its time come; strangers’ beside the others', async () => {
    await make(A)
    await make(B, { trust: 'unknown', priority: 4 })
    for (const trust of [null, 'unknown']) {
      await make(`${trust} of another shop`, { trust, shopId: sisterId })
      await make(`${trust} that ended`, { trust, state: 'failed' })
      await make(`${trust} for later`, { trust, nextAttemptAt: at(1) })
    }
    expect(await numbersDue()).toEqual([A, B])
  })

  it('by urgency, then by time; strangers’ twenty newest at most, whatever the limit', async () => {
    await make(A, { priority: 2, nextAttemptAt: at(-3) })
    await make(B, { priority: 0, nextAttemptAt: at(-1) })
    await make(C, { priority: 0, nextAttemptAt: at(-2) })
    for (let n = 0; n < 22; n += 1)
      await make(`doubtful ${n}`, { trust: 'unknown', priority: 4, nextAttemptAt: at(-100 + n) })
    const found = await numbersDue(2)
    expect(found.slice(0, 2)).toEqual([C, B])
    expect(found.slice(2)).toEqual(Array.from({ length: 20 }, (_, n) => `doubtful ${n + 2}`))
  })

  it('tells when the order was placed, as a list of this shop said, but not of a mail’s', async () => {
    const swept = (shopId: string, orderNumber: string, ms: number) =>
      database.db.sweptOrder.create({
        data: { shopId, orderNumber, day: at(0), at: at(ms), listedAt: at(0) },
      })
    for (const [number, ms] of [
      [A, -1],
      [B, -2],
      [C, -3],
    ] as const)
      await swept(bench.shopId, number, ms)
    await swept(sisterId, A, -9)
    await make(A, { source: 'sweep' })
    await make(B, { source: 'mail' })
    expect((await due()).map(({ placedAt }) => placedAt)).toEqual([at(-1), null])
  })

  it('tells which order of this shop it is, and how often its answer was broken since it was asked for', async () => {
    bench.mall.place(A)
    await bench.want([A])
    await bench.run()
    const order = await database.db.order.findFirstOrThrow()
    await make(A, { shopId: sisterId, purpose: 'refresh' })
    const retries = ['X', 'X', 'NOT_FOUND', 'Y', 'PENDING'].map((code) => ({ at: at(-HOUR), code }))
    await make(A, { purpose: 'refresh', attempts: 4, retries: retries })
    await make(B, { purpose: 'refresh', attempts: 9, retries: retries })
    expect(await due()).toMatchObject([
      { orderNumber: A, orderId: order.id, brokenAttempts: 2 },
      { orderNumber: B, orderId: null, brokenAttempts: 3 },
    ])
    expect(await readDue(database.pool, sisterId, at(0), 5)).toMatchObject([
      { orderNumber: A, orderId: null },
    ])
  })
})

describe('the end of a backoff', () => {
  const broken = (ms: number, code = 'X') => [{ at: at(ms), code }]
  const end = () => endBackoff(database.pool, bench.shopId, at(-10 * SECOND), at(0))
  const waits = { nextAttemptAt: new Date('2026-01-15T05:00:00Z'), outcome: 'X', attempts: 1 }

  it('is of those alone whose answer broke before the call that was answered', async () => {
    const meant = await make(A, { ...waits, retries: broken(-HOUR) })
    const others = [
      await make(A, { ...waits, retries: broken(-HOUR), shopId: sisterId }),
      await make(B, { ...waits, retries: broken(-HOUR), state: 'failed' }),
      await make(C, { ...waits, retries: broken(-5 * SECOND) }),
      await make('a number that was asked for at that moment', { ...waits, retries: broken(-10 * SECOND) }),
      await make('one that is held back', { ...waits, outcome: 'PENDING', retries: broken(-HOUR) }),
      await make('one that is not known', { ...waits, outcome: 'NOT_FOUND', retries: broken(-HOUR) }),
      await make('one that a stranger named', { ...waits, trust: 'unknown', retries: broken(-HOUR) }),
      await make('one that is due', { ...waits, nextAttemptAt: at(-1), retries: broken(-HOUR) }),
      await make('one that is due now', { ...waits, nextAttemptAt: at(0), retries: broken(-HOUR) }),
    ]
    await unchanged(
      async () => expect(await end()).toBe(1),
      others.map(({ id }) => id),
    )
    expect((await rowOf(meant.id)).nextAttemptAt).toEqual(at(0))
  })

  it('is once: not where it broke again after the mall had been well', async () => {
    const retries = [
      { at: at(-3 * HOUR), code: 'X' },
      { at: at(-HOUR), code: 'X' },
    ]
    const well = (row: Row) => make(newId(), { state: 'done', outcome: 'staged', ...row })
    const { id } = await make(A, { ...waits, attempts: 2, retries })
    // Before its first broken answer, at that moment, after its last, of another shop, and what staged
    // nothing.
    await well({ finishedAt: at(-4 * HOUR) })
    await well({ finishedAt: at(-3 * HOUR) })
    await well({ finishedAt: at(-HOUR + 1) })
    await well({ finishedAt: at(-2 * HOUR), shopId: sisterId })
    await well({ finishedAt: at(-2 * HOUR), outcome: 'already_here' })
    expect(await end()).toBe(1)
    await database.db.importRequest.update({ where: { id }, data: { nextAttemptAt: at(HOUR) } })
    await well({ finishedAt: at(-HOUR) })
    expect(await end()).toBe(0)
  })

  it('counts from the first answer that was broken, not from one that told to wait', async () => {
    const retries = [
      { at: at(-3 * HOUR), code: 'NOT_FOUND' },
      { at: at(-HOUR), code: 'X' },
    ]
    await make(A, { ...waits, attempts: 2, retries })
    await make(newId(), { state: 'done', outcome: 'staged', finishedAt: at(-2 * HOUR) })
    expect(await end()).toBe(1)
  })

  it('passes over one that somebody holds', async () => {
    const { id } = await make(A, { ...waits, retries: broken(-HOUR) })
    const holder = await database.pool.connect()
    try {
      await holder.query('begin')
      await holder.query('select from import_requests where id = $1 for update', [id])
      expect(await end()).toBe(0)
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    expect(await end()).toBe(1)
  })
})

describe('a number that another shop of the mailbox has', () => {
  const owner = () =>
    ({
      id: bench.shopId,
      name: '本店',
      code: '123456',
      marketplace: bench.mall.name,
      sharedMailboxShopIds: [sisterId],
    }) as unknown as WorkingShop
  const list = (shopId: string, orderNumber: string) =>
    database.db.sweptOrder.create({
      data: { shopId, orderNumber, day: at(0), at: at(0), listedAt: at(0) },
    })
  const inVain = (row: Row = {}): Row => ({ shopId: sisterId, outcome: 'NOT_FOUND', attempts: 4, ...row })
  async function stageAt(shopId: string, orderNumber: string): Promise<void> {
    bench.mall.place(orderNumber)
    await bench.want([orderNumber])
    await bench.run()
    await database.db.order.updateMany({ where: { orderNumber }, data: { shopId } })
    await database.db.importRequest.deleteMany({ where: { orderNumber } })
  }
  beforeEach(() => {
    bench.mall.ownsOrderNumber = () => null
  })

  it('is asked for no more at its sisters, where their mall does not know it and no list of theirs names it', async () => {
    await stageAt(bench.shopId, A)
    await stageAt(sisterId, B)
    await list(bench.shopId, A)
    await list(sisterId, C)
    const meant = await make(A, inVain())
    const failed = await make(D, inVain({ state: 'failed' }))
    const others = [
      await make(A, inVain({ shopId: bench.shopId })),
      await make(A, inVain({ purpose: 'reimport' })),
      await make(A, inVain({ purpose: 'refresh', source: 'person' })),
      await make('here', inVain()),
      await make(B, inVain()),
      await make(C, inVain()),
      await make('ended', inVain({ state: 'done' })),
      await make('asked for three times', inVain({ attempts: 3 })),
      await make('held back', inVain({ pendingUntil: at(HOUR) })),
      await make('broken', inVain({ outcome: 'X' })),
    ]
    const asked = [A, B, C, D, 'ended', 'asked for three times', 'held back', 'broken']
    await unchanged(
      () => endForOtherShops(database.pool, bench.deps.marketplaces, owner(), asked, at(0)),
      others.map(({ id }) => id),
    )
    for (const { id } of [meant, failed])
      expect(await rowOf(id)).toMatchObject({ state: 'done', outcome: 'other_shop', finishedAt: at(0) })
  })

  it('is its sisters’ at once where a number is given once', async () => {
    bench.mall.orderNumbersAreUnique = true
    const { id } = await make(A, { shopId: sisterId })
    await endForOtherShops(database.pool, bench.deps.marketplaces, owner(), [A], at(0))
    expect(await rowOf(id)).toMatchObject({ state: 'done', outcome: 'other_shop' })
  })

  it('is looked up before the mall is asked: an order of a sister’s, or one that she skips, unless our list names it', async () => {
    bench.mall.orderNumbersAreUnique = true
    await stageAt(sisterId, A)
    await make(B, { shopId: sisterId, state: 'done', outcome: 'skipped' })
    await make(C, { shopId: sisterId, state: 'done', outcome: 'staged' })
    await stageAt(sisterId, D)
    await list(bench.shopId, D)
    await list(sisterId, A)
    for (const number of [A, B, C, D]) await make(number)
    const due = await readDue(database.pool, bench.shopId, at(0), 10)
    const ended = await otherShopResults(bench.deps, owner(), due)
    expect(ended.map(({ request }) => request.orderNumber).toSorted()).toEqual([A, B].toSorted())
  })
})

describe('the result of an attempt', () => {
  type Result = Omit<AttemptResult, 'request'>
  const plain: Result = {
    state: 'waiting',
    tried: true,
    nextAttemptAt: null,
    code: 'X',
    message: null,
    mallMessage: null,
    raw: null,
  }
  const readOf = async (number: string) => {
    const found = await readDue(database.pool, bench.shopId, at(0), 100)
    const request = found.find(({ orderNumber }) => orderNumber === number)
    if (!request) throw new Error(`${number} is not due`)
    return request
  }
  const write = (...results: AttemptResult[]) =>
    writeAttemptResults(database.pool, testSealer, results, at(0))

  it('takes its requests in the order of their numbers, however Postgres joins them: so nobody dead-locks', async () => {
    // Their ids stand in the other order.
    const first = await make(A, { id: 'f0000000-0000-4000-8000-000000000000' })
    const second = await make(B, { id: '00000000-0000-4000-8000-000000000000' })
    const results = [
      { ...plain, request: await readOf(B) },
      { ...plain, request: await readOf(A) },
    ]
    const [holder, writer] = [await database.pool.connect(), await database.pool.connect()]
    try {
      const lock = (id: string) =>
        holder.query('select from import_requests where id = $1 for update nowait', [id])
      await holder.query('begin')
      await lock(first.id)
      await writer.query('begin; set local enable_hashjoin = off; set local enable_nestloop = off')
      const writing = writeAttemptResults(writer, testSealer, results, at(0))
      writing.catch(() => undefined)
      const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid')
      const waiting = 'select from pg_stat_activity where pg_blocking_pids(pid) @> array[$1::int]'
      const isWaiting = async () => (await database.pool.query(waiting, [rows[0]?.pid])).rowCount
      await expect.poll(isWaiting).toBe(1)
      await lock(second.id)
      await holder.query('rollback')
      expect(await writing).toBe(2)
    } finally {
      holder.release(true)
      writer.release(true)
    }
  })

  it('goes to its own request alone, with its own words', async () => {
    const [one, two] = [await make(A), await make(B)]
    const other = await make(C)
    const failed = {
      ...plain,
      state: 'failed',
      code: 'GONE',
      message: 'ありません',
      raw: 'answer of B',
    } as const
    const [first, second] = [await readOf(A), await readOf(B)]
    await unchanged(
      () => write({ ...plain, request: first, nextAttemptAt: at(HOUR) }, { ...failed, request: second }),
      [other.id],
    )
    expect(await rowOf(one.id)).toMatchObject({
      state: 'waiting',
      attempts: 1,
      outcome: 'X',
      nextAttemptAt: at(HOUR),
      finishedAt: null,
      sealedRaw: null,
      retries: [{ code: 'X' }],
    })
    const ended = await rowOf(two.id)
    expect(ended).toMatchObject({
      state: 'failed',
      outcome: 'GONE',
      message: 'ありません',
      finishedAt: at(0),
    })
    expect(
      testSealer
        .of(ended.tenantId)
        .open(`import_request:${two.id}:raw`, ended.sealedRaw ?? new Uint8Array())
        .toString(),
    ).toBe('answer of B')
  })

  it('counts for nothing where the request ended, was tried or was asked for anew meanwhile', async () => {
    for (const meanwhile of [{ state: 'done' }, { attempts: 1 }, { asks: 1 }] as const) {
      await database.db.importRequest.deleteMany()
      const { id } = await make(A)
      const request = await readOf(A)
      await database.db.importRequest.update({ where: { id }, data: meanwhile })
      await unchanged(() => write({ ...plain, request }), [id])
    }
  })

  it.each([
    [0, true, 2],
    [4, true, 12],
    [10, true, 10],
    [0, false, 0],
    [4, false, 4],
  ])('puts priority %i, tried: %s, to %i', async (priority, tried, after) => {
    const { id } = await make(A, { priority })
    await write({ ...plain, tried, request: await readOf(A) })
    expect(await rowOf(id)).toMatchObject({ priority: after, attempts: tried ? 1 : 0 })
  })

  it('is kept with the last twenty, but where it was well or nothing was tried', async () => {
    const { id } = await make(A)
    for (let n = 0; n < 22; n += 1) await write({ ...plain, code: `X${n}`, request: await readOf(A) })
    const codes = async () => ((await rowOf(id)).retries as { code: string }[]).map(({ code }) => code)
    expect(await codes()).toEqual(Array.from({ length: 20 }, (_, n) => `X${n + 2}`))
    await write({ ...plain, tried: false, request: await readOf(A) })
    await write({ ...plain, state: 'done', request: await readOf(A) })
    expect(await codes()).toHaveLength(20)
    expect((await codes()).at(-1)).toBe('X21')
  })
})
