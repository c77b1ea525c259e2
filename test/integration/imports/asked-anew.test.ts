import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OrderParcel } from '../../../src/marketplaces/port/order.ts'
import { readOrderPage } from '../../../src/orders/read.ts'
import { readKnownOrders, refresh, writeRefreshed } from '../../../src/orders/store/refresh.ts'
import { noRequest, prepareOrder, stageOrders } from '../../../src/orders/store/stage.ts'
import { present } from '../../../src/platform/narrow.ts'
import { firstPage, readDueShops } from '../../../src/worker/statements.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, sampleOrder, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, jobsOf, numbers } from '../../support/imports/import-bench.ts'

/** What is asked for again while it is being answered, and what an answer may not touch. */

let database: TestDatabase
let bench: ImportBench
const [number = ''] = numbers(1)
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
})
const order = () => database.db.order.findFirstOrThrow()
const holder = async (): Promise<string> => {
  const { rows } = await database.pool.query<{ holder: string }>('select holder::text from shop_turns')
  return present(rows[0]).holder
}
const cancel = () => bench.mall.change(number, (at) => ({ ...at, mallState: 'cancelled' }))

describe('a refresh that comes while an older one of its number is being read', () => {
  it.each(['mail', 'sweep'] as const)('is not ended by that one’s answer (%s)', async (source) => {
    bench.mall.place(number)
    await bench.want([number])
    await bench.run()
    await bench.want([number], { purpose: 'refresh' })
    const { open } = bench.mall
    let first = true
    bench.mall.open = (shop, tools) => ({
      ...open(shop, tools),
      async *fetchOrders(...asked) {
        for await (const outcome of open(shop, tools).fetchOrders(...asked)) {
          if (first) {
            first = false
            // The mall has answered; now the buyer cancels, and that is told.
            cancel()
            await bench.want([number], { purpose: 'refresh', source })
          }
          yield outcome
        }
      },
    })
    await bench.run()
    expect((await order()).mallState).toBe('cancelled')
    expect(await database.db.importRequest.count({ where: { state: 'waiting' } })).toBe(0)
  })
})

describe('a refresh that shows no parcel any more', () => {
  it('keeps the parcel of before, and the order is found by its tracking number', async () => {
    const { recipients } = sampleOrder(number)
    const parcel = {
      id: null,
      carrierCode: '1001',
      carrierName: 'ヤマト運輸',
      trackingNumber: '4000-0000-0012',
      shippedOn: '2026-01-15',
      arrivedOn: null,
    } satisfies OrderParcel
    bench.mall.place(number, { recipients: recipients.map((one) => ({ ...one, parcels: [parcel] })) })
    await bench.want([number])
    await bench.run()
    const found = async () => {
      const asked = { q: '400000000012', limit: 10, sort: 'newest' } as const
      const { rows } = await readOrderPage(bench.deps, bench.tenantId, asked)
      return rows.map(({ orderNumber, trackedParcels }) => [orderNumber, trackedParcels])
    }
    expect(await found()).toEqual([[number, 1]])
    bench.mall.change(number, (at) => ({ ...at, recipients }))
    await bench.want([number], { purpose: 'refresh' })
    await bench.run()
    expect(await found()).toEqual([[number, 1]])
  })
})

describe('an order that is split at the mall', () => {
  it('brings the orders that it was made into, once', async () => {
    const [source = '', ...parts] = numbers(3)
    bench.mall.place(source)
    await bench.want([source])
    await bench.run()
    const relatedOrders = parts.map((orderNumber) => ({ relation: 'child', orderNumber }))
    bench.mall.change(source, (at) => ({ ...at, mallState: 'cancelled', relatedOrders }))
    for (const part of parts) bench.mall.place(part)
    await bench.want([source], { purpose: 'refresh' })
    await bench.run()
    await bench.run()
    const orders = await database.db.order.findMany({ select: { orderNumber: true } })
    expect(orders.map(({ orderNumber }) => orderNumber).toSorted()).toEqual([source, ...parts].toSorted())
    const asked = () => database.db.importRequest.count({ where: { orderNumber: { in: parts } } })
    expect(await asked()).toBe(2)
    await bench.want([source], { purpose: 'refresh' })
    await bench.run()
    expect(await asked()).toBe(2)
  })
})

describe('a second mail for a number that is asked for', () => {
  it('gives it no less time', async () => {
    await bench.want([number])
    const { expiresAt } = await database.db.importRequest.findFirstOrThrow()
    bench.clock.advance(-60_000)
    await bench.want([number])
    expect((await database.db.importRequest.findFirstOrThrow()).expiresAt).toEqual(expiresAt)
    bench.clock.advance(120_000)
    await bench.want([number])
    expect((await database.db.importRequest.findFirstOrThrow()).expiresAt > expiresAt).toBe(true)
  })
})

describe('staging', () => {
  const shop = () => ({
    id: bench.shopId,
    tenantId: bench.tenantId,
    marketplace: bench.mall.name,
    settings: {},
  })
  const prepared = (requestId: string, purpose: 'import' | 'refresh', family: string) => {
    const request = {
      ...noRequest(shop(), { id: requestId, orderNumber: number }, 'mail'),
      purpose,
      orderId: null,
    }
    const sample = sampleOrder(number)
    const found = { request, order: { ...sample, buyer: { ...sample.buyer, familyName: family } } }
    return prepareOrder(
      { ...found, raw: '-', rereadAt: undefined, revision: null, takenBack: [] },
      newId(),
      testSealer,
    )
  }
  const at = () => new Date(bench.clock.now())

  it('leaves an order that is here as it is, and ends its own request alone', async () => {
    bench.mall.place(number)
    await bench.want([number])
    await bench.run()
    const before = await order()
    const done = await database.db.importRequest.findFirstOrThrow()
    await bench.want([number], { purpose: 'refresh' })
    const refreshing = await database.db.importRequest.findFirstOrThrow({ where: { state: 'waiting' } })
    bench.clock.advance(1_000)
    const { staged } = await stageOrders(
      database.pool,
      { newId },
      shop(),
      [prepared(done.id, 'import', '別人')],
      at(),
    )
    expect(staged.size).toBe(0)
    expect(await order()).toEqual(before)
    expect(await database.db.importRequest.findUniqueOrThrow({ where: { id: done.id } })).toEqual(done)
    expect(await database.db.importRequest.findUniqueOrThrow({ where: { id: refreshing.id } })).toEqual(
      refreshing,
    )
  })

  it('writes and ends nothing of a turn that another one has followed', async () => {
    await bench.want([number])
    await bench.run()
    const stalled = await holder()
    bench.clock.advance(600_000)
    await bench.run()
    const waiting = await database.db.importRequest.findFirstOrThrow()
    expect(waiting).toMatchObject({ state: 'waiting', attempts: 2 })
    const stage = (turn: string) =>
      stageOrders(
        database.pool,
        { newId },
        { ...shop(), holder: turn },
        [prepared(waiting.id, 'import', '山田')],
        at(),
      )
    expect(await stage(stalled)).toMatchObject({ staged: new Set(), ended: 0 })
    expect(await database.db.order.count()).toBe(0)
    expect(await database.db.importRequest.findFirstOrThrow()).toEqual(waiting)
    expect((await stage(await holder())).staged.size).toBe(1)
  })

  it('ends no refresh that waits beside the import', async () => {
    await bench.want([number])
    await bench.want([number], { purpose: 'refresh', dueAt: new Date(bench.clock.now() + 600_000) })
    bench.mall.place(number)
    await bench.run()
    const states = await database.db.importRequest.findMany({ orderBy: { purpose: 'asc' } })
    expect(states.map(({ purpose, state }) => [purpose, state])).toEqual([
      ['import', 'done'],
      ['refresh', 'waiting'],
    ])
  })

  it('by a refresh ends the import that waits, and no refresh that was asked for meanwhile', async () => {
    await bench.want([number])
    await bench.want([number], { purpose: 'refresh' })
    const refreshing = await database.db.importRequest.findFirstOrThrow({ where: { purpose: 'refresh' } })
    const answer = prepared(refreshing.id, 'refresh', '山田')
    await bench.want([number], { purpose: 'refresh' })
    const { staged } = await stageOrders(database.pool, { newId }, shop(), [answer], at())
    expect(staged.size).toBe(1)
    const states = await database.db.importRequest.findMany({ orderBy: { purpose: 'asc' } })
    expect(states.map(({ purpose, state }) => [purpose, state])).toEqual([
      ['import', 'done'],
      ['refresh', 'waiting'],
    ])
  })

  it('heals a request that was given up meanwhile, without an attempt of its own', async () => {
    await bench.want([number])
    const { id } = await database.db.importRequest.findFirstOrThrow()
    await database.db.importRequest.update({ where: { id }, data: { state: 'failed', outcome: 'NOT_FOUND' } })
    await stageOrders(database.pool, { newId }, shop(), [prepared(id, 'import', '山田')], at())
    expect(await database.db.importRequest.findUniqueOrThrow({ where: { id } })).toMatchObject({
      state: 'done',
      outcome: 'already_here',
      attempts: 0,
    })
  })

  it('refreshes no order that somebody changed meanwhile', async () => {
    bench.mall.place(number)
    await bench.want([number])
    await bench.run()
    const { id } = await order()
    const known = present((await readKnownOrders(database.pool, [id])).get(id))
    const fresh = { ...prepared(id, 'refresh', '別人'), orderId: id }
    await database.db.order.update({ where: { id }, data: { version: 7 } })
    const tools = { sealer: testSealer, newId, at: at() }
    await writeRefreshed(database.pool, [refresh(known, fresh, tools)], at(), await holder())
    const { version, sealedDetail } = await order()
    expect(version).toBe(7)
    expect(known?.sealedDetail?.equals(sealedDetail as Uint8Array)).toBe(true)
  })

  it('writes no older answer of a turn that stalled over what a later turn wrote', async () => {
    bench.mall.place(number)
    await bench.want([number])
    await bench.run()
    const { id } = await order()
    const stalled = await holder()
    // Another process has the shop since, and the stalled one wakes behind its call.
    await bench.want([number])
    await bench.run()
    const known = present((await readKnownOrders(database.pool, [id])).get(id))
    const fresh = { ...prepared(id, 'refresh', '別人'), orderId: id }
    const one = refresh(known, fresh, { sealer: testSealer, newId, at: at() })
    expect(await holder()).not.toBe(stalled)
    await writeRefreshed(database.pool, [one], at(), stalled)
    const { sealedDetail } = await order()
    expect(known?.sealedDetail?.equals(sealedDetail as Uint8Array)).toBe(true)
    await writeRefreshed(database.pool, [one], at(), await holder())
    expect((await order()).version).toBeGreaterThan(known.version)
  })
})

/**
 * Two turns have the shop, the second one since the lease of the first ran out. Each asks the mall, looks at
 * what is here and writes, in all orders in which that may happen.
 */
describe('an older answer', () => {
  const PARTS = ['begin', 'ask', 'know', 'write'] as const
  type Step = { turn: 0 | 1; part: (typeof PARTS)[number] }

  /** All ways in which two turns may go, of which the second one begins behind the first. */
  function ways(done: readonly [number, number] = [0, 0]): Step[][] {
    if (done[0] === PARTS.length && done[1] === PARTS.length) return [[]]
    return ([0, 1] as const).flatMap((turn) => {
      const part = PARTS[done[turn]]
      if (part === undefined || (turn === 1 && done[0] === 0)) return []
      const next = turn === 0 ? ([done[0] + 1, done[1]] as const) : ([done[0], done[1] + 1] as const)
      return ways(next).map((rest) => [{ turn, part }, ...rest])
    })
  }

  /** @returns whether the order never went back, and has at the end what the later turn was answered */
  async function played(way: readonly Step[], isFenced: readonly [boolean, boolean], isHere: boolean) {
    await database.db.order.deleteMany()
    await database.db.importRequest.deleteMany()
    await bench.want([number], { purpose: isHere ? 'refresh' : 'import' })
    const requestId = (await database.db.importRequest.findFirstOrThrow()).id
    const shop = { id: bench.shopId, tenantId: bench.tenantId, marketplace: bench.mall.name, settings: {} }
    let answers = 0
    const stored: number[] = []
    const prepare = (answer: number, orderId: string) =>
      prepareOrder(
        {
          request: { ...noRequest(shop, { id: requestId, orderNumber: number }, 'mail'), orderId: null },
          order: { ...sampleOrder(number), mallStatus: { code: String(answer), name: '' } },
          raw: '-',
          rereadAt: undefined,
          revision: null,
          takenBack: [],
        },
        orderId,
        testSealer,
      )
    if (isHere)
      await stageOrders(database.pool, { newId }, shop, [prepare(0, newId())], new Date(bench.clock.now()))
    const turns = [0, 1].map(() => ({
      holder: newId(),
      answer: 0,
      known: undefined as Awaited<ReturnType<typeof readKnownOrders>> | undefined,
    }))
    for (const { turn, part } of way) {
      const one = present(turns[turn])
      const { holder } = one
      const now = new Date(bench.clock.now())
      const first = await database.db.order.findFirst()
      if (part === 'begin')
        await database.pool.query(
          `insert into shop_turns as w (shop_id, holder, lease_until) values ($1, $2, $3)
           on conflict (shop_id) do update set holder = excluded.holder, lease_until = excluded.lease_until`,
          [bench.shopId, holder, now],
        )
      if (part === 'ask') one.answer = ++answers
      if (part === 'know') one.known = await readKnownOrders(database.pool, first ? [first.id] : [])
      if (part !== 'write') continue
      const fence = isFenced[turn] ? holder : null
      const [known] = [...(one.known?.values() ?? [])]
      const fresh = prepare(one.answer, known?.id ?? newId())
      if (known) {
        const answer = { ...fresh, orderId: known.id }
        const tools = { sealer: testSealer, newId, at: now }
        await writeRefreshed(database.pool, [refresh(known, answer, tools)], now, fence)
      } else
        await stageOrders(
          database.pool,
          { newId },
          { ...shop, ...(fence === null ? {} : { holder: fence }) },
          [fresh],
          now,
        )
      const here = await database.db.order.findFirst()
      if (here) stored.push(Number(here.mallStatus))
    }
    const goesForward = stored.every((answer, at) => at === 0 || answer >= (stored[at - 1] ?? 0))
    return { goesForward, isLatest: stored.at(-1) === turns[1]?.answer }
  }

  it.each([
    ['of an order that is here', true],
    ['of an order that is new', false],
  ] as const)('%s is never written over a newer one, in any of 35 ways', async (_name, isHere) => {
    const all = ways()
    expect(all).toHaveLength(35)
    for (const way of all)
      expect([await played(way, [true, true], isHere), way]).toEqual([
        { goesForward: true, isLatest: true },
        way,
      ])
  })

  it('is written by release 1.0.0 alone, which knows no fence', async () => {
    const goesBack = async (isFenced: readonly [boolean, boolean]) => {
      let count = 0
      for (const way of ways()) if (!(await played(way, isFenced, true)).goesForward) count += 1
      return count
    }
    expect(await goesBack([true, false])).toBe(0)
    expect(await goesBack([false, true])).toBeGreaterThan(0)
  })
})

describe('a tenant that is suspended', () => {
  it('has no shop with anything due', async () => {
    await bench.want([number])
    const due = async () =>
      (await readDueShops(database.pool, jobsOf(bench.deps), new Date(bench.clock.now()), firstPage(10))).due
    expect(await due()).toHaveLength(1)
    await database.db.shop.updateMany({ data: { attentionCode: 'X', attentionProbeAt: null } })
    expect(await due()).toHaveLength(1)
    await database.db.tenant.updateMany({ data: { status: 'suspended' } })
    expect(await due()).toEqual([])
    await database.db.shop.updateMany({ data: { attentionCode: null } })
    expect(await due()).toEqual([])
  })
})
