import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { readDue } from '../../../src/imports/import-job.ts'
import { type DueRequest, readShopsWithDueRequests } from '../../../src/imports/requests/statements.ts'
import { createMarker } from '../../../src/marks/marker.ts'
import { STAGE } from '../../../src/orders/store/stage.ts'
import { dateNow } from '../../../src/platform/clock.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { statement } from '../../../src/platform/db/statement.ts'
import type { Queries } from '../../../src/platform/db/transaction.ts'
import { createSeats } from '../../../src/worker/seats.ts'
import { claimed, type ShopWorker, TURN } from '../../../src/worker/shop-worker.ts'
import { firstPage, giveBack, LEASE_MS, renewTurns } from '../../../src/worker/statements.ts'
import { createHeldTurns } from '../../../src/worker/turn-lease.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { someoneWaits } from '../../support/database/held-pool.ts'
import { makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers, shopWorkerOf } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let shopId: string
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  const { id: tenantId } = await makeTenant(database.db)
  shopId = (await makeShop(database.db, { tenantId, credentials: {} })).id
})

const NOW = new Date('2026-11-29T00:00:00Z')
const later = (ms: number) => new Date(NOW.getTime() + ms)

/** Beside the claim: how many of the shop's waits it sees, as a turn reads what is due. */
const CLAIM = statement(
  TURN,
  `with ${claimed('s.enabled')}
select c.*, (select count(*)::int from shop_waits q where q.shop_id = :shop) as seen from claimed c`,
)

async function claim(holder: string, now = NOW) {
  const { rows } = await database.pool.query<{ held: boolean; until: Date | null; seen: number }>(
    CLAIM({ shop: shopId, now, holder, until: new Date(now.getTime() + LEASE_MS) }),
  )
  return rows[0]
}

const back = (holder: string, queries: Queries = database.pool) => giveBack(queries, { shopId, holder })
const renew = (holder: string, until: Date) => renewTurns(database.pool, [{ shopId, holder }], until)

it('is one turn’s until it is given back, and who came meanwhile is told of', async () => {
  const [first, second] = [newId(), newId()]
  expect(await claim(first)).toMatchObject({ held: true })
  expect(await claim(second)).toMatchObject({ held: false, until: later(LEASE_MS) })
  expect(await back(first)).toBe(true)
  expect(await claim(second)).toMatchObject({ held: true })
  expect(await back(second)).toBe(false)
})

it('is one turn’s of many that claim at once', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, () => claim(newId())))
  expect(all.filter((one) => one?.held)).toHaveLength(1)
})

it('of a dead process ends by time; one that wakes up again has lost it', async () => {
  const [first, second] = [newId(), newId()]
  await claim(first)
  expect(await claim(second, later(LEASE_MS - 1))).toMatchObject({ held: false })
  expect(await renew(first, later(2 * LEASE_MS))).toEqual(new Set([first]))
  expect(await claim(second, later(LEASE_MS))).toMatchObject({ held: false, until: later(2 * LEASE_MS) })
  expect(await claim(second, later(2 * LEASE_MS))).toMatchObject({ held: true })
  expect(await renew(first, later(3 * LEASE_MS))).toEqual(new Set())
  expect(await back(first)).toBe(false)
  expect(await claim(newId(), later(2 * LEASE_MS))).toMatchObject({ held: false })
})

it('that ends later than any does was claimed by a clock that has been put back since', async () => {
  await claim(newId(), later(3_600_000))
  expect(await claim(newId())).toMatchObject({ held: true })
})

it('is nobody’s where the shop may not work', async () => {
  await database.db.shop.update({ where: { id: shopId }, data: { enabled: false } })
  expect(await claim(newId())).toBeUndefined()
})

it('is not claimed by a statement that began before the holder had ended its work', async () => {
  const [first, second] = [newId(), newId()]
  await claim(first)
  const holder = await database.pool.connect()
  try {
    await holder.query('begin')
    await holder.query(
      `insert into shop_waits (id, shop_id, kind, from_at) values (gen_random_uuid(), $1, 'quota', $2)`,
      [shopId, NOW],
    )
    await back(first, holder)
    const waiting = claim(second)
    await someoneWaits(database.pool)
    await holder.query('commit')
    // It saw nothing of what was written, so it must not take the shop for free.
    expect(await waiting).toMatchObject({ held: false, until: null, seen: 0 })
  } finally {
    await holder.query('rollback')
    holder.release()
  }
  expect(await claim(second)).toMatchObject({ held: true, seen: 1 })
})

describe('of two processes', () => {
  const never = new AbortController().signal
  let bench: ImportBench
  let first: ShopWorker
  let second: ShopWorker
  /** The first one's turn, which stands at its first call. */
  let running: Promise<string>
  let answer: () => void
  beforeEach(async () => {
    bench = await importBench(database, { fetchBatch: 1 })
    first = process()
    second = process()
    for (const number of numbers(3)) bench.mall.place(number)
    await bench.want(numbers(3))
    const [entered, leave] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    bench.mall.beforeAnswer(async () => {
      if (bench.mall.calls.length > 1) return
      entered.resolve()
      await leave.promise
    })
    answer = leave.resolve
    running = first.run(bench.shopId, never)
    await entered.promise
  })

  const process = () => shopWorkerOf({ ...bench.deps, turns: createHeldTurns(bench.deps) })

  const until = async () =>
    (await database.db.shopTurn.findUniqueOrThrow({ where: { shopId: bench.shopId } })).leaseUntil

  /** Time goes on for all but the first, which stands still. */
  const pause = () =>
    database.db.shopTurn.update({
      where: { shopId: bench.shopId },
      data: { leaseUntil: new Date(bench.clock.now()) },
    })

  /** How often each order came, and how often it was asked for. */
  const staged = async () => ({
    orders: await database.db.order.count({ where: { shopId: bench.shopId } }),
    stagings: await database.db.orderEvent.count({
      where: { order: { shopId: bench.shopId }, kind: 'staged' },
    }),
    attempts: (await database.db.importRequest.findMany({ where: { shopId: bench.shopId } })).map(
      ({ attempts }) => attempts,
    ),
  })
  const ONCE = { orders: 3, stagings: 3, attempts: [1, 1, 1] }

  /** As each process's scheduler sees it. */
  const due = async () =>
    (await readShopsWithDueRequests(database.pool, dateNow(bench.clock), firstPage(9)))[0]

  it('one asks; the other leaves it the shop, which then has one turn more', async () => {
    expect(await second.run(bench.shopId, never)).toBe('done')
    expect(bench.mall.calls).toHaveLength(1)
    answer()
    // What the other was woken for may be newer than what the first has read.
    expect(await running).toBe('again')
    expect(await first.run(bench.shopId, never)).toBe('done')
    expect(await until()).toBeNull()
    expect(bench.mall.calls).toHaveLength(3)
    expect(await staged()).toEqual(ONCE)
  })

  it('the shop of one that died is woken as soon as its lease ends', async () => {
    expect(await due()).toBeUndefined()
    const end = await until()
    answer()
    await running
    // As if it had not come to its end.
    await bench.want(numbers(1), { purpose: 'refresh' })
    await database.db.shopTurn.update({ where: { shopId: bench.shopId }, data: { leaseUntil: end } })
    expect(await due()).toBeUndefined()
    bench.clock.set(end?.getTime() ?? 0)
    expect(await due()).toMatchObject({ shopId: bench.shopId, latestDueAt: end })
    expect(await second.run(bench.shopId, never)).toBe('done')
    expect(bench.mall.calls).toHaveLength(4)
  })

  it('one that lives keeps its shop for as long as its call takes', async () => {
    for (let n = 0; n < 12; n++) {
      await bench.clock.untilSleeping()
      bench.clock.advance(LEASE_MS / 4)
    }
    await bench.clock.untilSleeping()
    expect(await second.run(bench.shopId, never)).toBe('done')
    expect(bench.mall.calls).toHaveLength(1)
    answer()
    await running
    expect(bench.clock.sleeping()).toBe(0)
  })

  it('one that was paused writes nothing a second time', async () => {
    await pause()
    expect(await second.run(bench.shopId, never)).toBe('done')
    expect(await staged()).toEqual(ONCE)
    answer()
    await running
    expect(await staged()).toEqual(ONCE)
    // Its end takes the shop from nobody.
    expect(await until()).toBeNull()
  })

  it('one that was paused asks no more once it knows', async () => {
    await pause()
    await second.run(bench.shopId, never)
    const asked = bench.mall.calls.length
    bench.clock.advance(LEASE_MS / 4)
    await bench.clock.untilSleeping()
    answer()
    await running
    expect(bench.mall.calls).toHaveLength(asked)
    expect(await staged()).toEqual(ONCE)
  })

  it('one whose turn fails gives its shop back', async () => {
    answer()
    await running
    const [, , , another = ''] = numbers(4)
    bench.mall.place(another)
    await bench.want([another])
    const { pool } = bench.deps
    const failing = new Proxy(pool, {
      get: (of, name) =>
        name === 'query'
          ? (...[statement, ...more]: [{ text: string }]) =>
              statement.text === STAGE.sql
                ? Promise.reject(new Error('the database is away'))
                : pool.query(statement, ...more)
          : Reflect.get(of, name),
    })
    await expect(shopWorkerOf({ ...bench.deps, pool: failing }).run(bench.shopId, never)).rejects.toThrow(
      'the database is away',
    )
    expect(await until()).toBeNull()
    expect(await second.run(bench.shopId, never)).toBe('done')
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(4)
  })
})

describe('a turn', () => {
  const never = new AbortController().signal
  let bench: ImportBench
  let sent: string[]
  let worker: ShopWorker
  beforeEach(async () => {
    bench = await importBench(database)
    sent = []
    const { pool } = bench.deps
    const watched = new Proxy(pool, {
      get: (of, name) =>
        name === 'query'
          ? (...[statement, ...more]: [{ text: string }]) => {
              sent.push(statement.text)
              return pool.query(statement, ...more)
            }
          : Reflect.get(of, name),
    })
    worker = shopWorkerOf({
      ...bench.deps,
      pool: watched,
      turns: createHeldTurns({ ...bench.deps, pool: watched }),
    })
    for (const number of numbers(2)) bench.mall.place(number)
  })

  const [one = '', other = ''] = numbers(2)
  const row = () => database.db.shopTurn.findUniqueOrThrow({ where: { shopId: bench.shopId } })
  const isFree = async () => {
    const { leaseUntil, holder, released } = await row()
    return leaseUntil === null && released === holder
  }
  const wantedAs = async (number: string): Promise<DueRequest> => {
    await bench.want([number])
    const [request] = await readDue(database.pool, bench.shopId, dateNow(bench.clock), 1)
    if (request?.orderNumber !== number) throw new Error('nothing is due')
    return request
  }

  it('of one order is claimed and ended by two statements', async () => {
    await bench.want([one])
    expect(await worker.run(bench.shopId, never)).toBe('done')
    // By that a process divides its places.
    expect(worker.tenantOf(bench.shopId)).toBe(bench.tenantId)
    expect(sent).toHaveLength(2)
    expect(sent[1]).toBe(STAGE.sql)
    expect(await isFree()).toBe(true)
    expect(bench.clock.sleeping()).toBe(0)
  })

  it('has its statements planned once, not for each order', async () => {
    const one = await openDatabase({ url: database.url, log: bench.deps.log, maxConnections: 1 })
    try {
      const marker = createMarker({ ...bench.deps, pool: one.pool })
      const own = shopWorkerOf({
        ...bench.deps,
        pool: one.pool,
        marker,
        turns: createHeldTurns({ ...bench.deps, pool: one.pool }),
      })
      for (const number of numbers(8)) {
        bench.mall.place(number)
        await bench.want([number])
        await own.run(bench.shopId, never)
      }
      const { rows } = await one.pool.query<{ generic: number; custom: number }>(
        `select generic_plans::int as generic, custom_plans::int as custom from pg_prepared_statements
         where generic_plans + custom_plans = 8`,
      )
      // Postgres compares the plan for all values with those that it made for the first five.
      expect(rows).toEqual(Array.from({ length: 2 }, () => ({ generic: 3, custom: 5 })))
    } finally {
      await one.close()
    }
  })

  it('goes on behind its last order where the shop was woken meanwhile', async () => {
    await bench.want([one])
    bench.mall.beforeAnswer(
      async () =>
        void (await shopWorkerOf({ ...bench.deps, turns: createHeldTurns(bench.deps) }).run(
          bench.shopId,
          never,
        )),
    )
    expect(await worker.run(bench.shopId, never)).toBe('again')
    expect(await isFree()).toBe(true)
  })

  it('is not ended by an order that leaves another request', async () => {
    await bench.want([one, '123456-20260115-9999999999'])
    expect(await worker.run(bench.shopId, never)).toBe('done')
    expect(sent.at(-1)).toContain('update shop_turns set lease_until = null')
    expect(await isFree()).toBe(true)
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(1)
  })

  it('that is claimed before a commit works on what that stored, once', async () => {
    const commit = Promise.withResolvers<unknown>()
    const running = worker.run(bench.shopId, never, commit.promise)
    await vi.waitUntil(
      async () => (await database.db.shopTurn.count({ where: { shopId: bench.shopId } })) === 1,
    )
    commit.resolve([await wantedAs(one)])
    expect(await running).toBe('done')
    expect(sent).toHaveLength(2)
    expect(bench.mall.calls).toHaveLength(1)
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(1)
  })

  it('that saw what was stored works on that and on the rest, once', async () => {
    const request = await wantedAs(one)
    await bench.want([other])
    expect(await worker.run(bench.shopId, never, Promise.resolve([request]))).toBe('done')
    expect(bench.mall.calls.flat()).toHaveLength(2)
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(2)
  })

  it('whose commit fails does what is due, and gives the shop back', async () => {
    await bench.want([one])
    expect(await worker.run(bench.shopId, never, Promise.reject(new Error('the mailbox is another’s')))).toBe(
      'done',
    )
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(1)
    expect(await isFree()).toBe(true)
  })

  it('of a shop that another turn has is wanted once more behind the commit', async () => {
    const until = new Date(bench.clock.now() + LEASE_MS)
    await database.pool.query(
      CLAIM({ shop: bench.shopId, now: dateNow(bench.clock), holder: newId(), until }),
    )
    const request = await wantedAs(one)
    expect(await worker.run(bench.shopId, never, Promise.resolve([request]))).toBe('again')
    expect(await worker.run(bench.shopId, never, Promise.resolve(null))).toBe('done')
    expect(bench.mall.calls).toEqual([])
  })
})

describe('a shop whose server its tenant runs', () => {
  const most = { ofTenant: 1, ofAll: 2 }
  async function benchOf(name: 'connector' | 'rakuten') {
    const bench = await importBench(database, { name })
    const seats = createSeats(most)
    bench.deps.seats = seats
    bench.mall.place(numbers(1)[0] ?? '')
    await bench.want(numbers(1))
    const state = async () => {
      const { rowCount: held } = await database.pool.query(
        'select from shop_turns where shop_id = $1 and lease_until is not null',
        [bench.shopId],
      )
      return { held, staged: await database.db.order.count({ where: { shopId: bench.shopId } }) }
    }
    return { bench, seats, state }
  }

  it('has no turn while its tenant’s others have all seats, and its work stays due', async () => {
    const { bench, seats, state } = await benchOf('connector')
    const leave = seats.take(bench.tenantId)
    expect(await bench.turn()).toBe('done')
    expect(await state()).toEqual({ held: 0, staged: 0 })
    leave?.()
    await bench.run()
    expect(await state()).toEqual({ held: 0, staged: 1 })
    // Its own seat is free again.
    expect(seats.take(bench.tenantId)).not.toBeNull()
  })

  it('takes no turn from a mall’s shop', async () => {
    const { bench, seats, state } = await benchOf('rakuten')
    seats.take(bench.tenantId)
    await bench.run()
    expect(await state()).toMatchObject({ staged: 1 })
  })
})
