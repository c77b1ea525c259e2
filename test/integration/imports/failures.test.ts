import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { sampleOrder, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers, shopWorkerOf } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

const stagedNumbers = async () =>
  (
    await database.db.order.findMany({ where: { shopId: bench.shopId }, orderBy: { orderNumber: 'asc' } })
  ).map((order) => order.orderNumber)
const requestOf = (orderNumber: string) =>
  database.db.importRequest.findFirstOrThrow({
    where: { shopId: bench.shopId, orderNumber },
    orderBy: { id: 'desc' },
  })
const shop = () => database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })

describe('a number that the mall does not know yet', () => {
  const [number = ''] = numbers(1)

  it('is asked for again after 5 s, 15 s, 1 min, 5 min, 15 min, and staged once it is there', async () => {
    await bench.want([number])
    const waits: number[] = []
    for (let attempt = 0; attempt < 6; attempt++) {
      await bench.run()
      const { nextAttemptAt } = await requestOf(number)
      waits.push((nextAttemptAt.getTime() - bench.clock.now()) / SECOND)
      bench.clock.set(nextAttemptAt.getTime())
    }
    expect(waits).toEqual([5, 15, 60, 300, 900, 900])
    bench.mall.place(number)
    await bench.run()
    expect(await stagedNumbers()).toEqual([number])
    expect(await requestOf(number)).toMatchObject({
      state: 'done',
      outcome: 'staged',
      message: null,
      attempts: 7,
    })
  })

  it('is not asked for before its time', async () => {
    await bench.want([number])
    await bench.run()
    bench.clock.advance(5 * SECOND - 1)
    await bench.run()
    expect(bench.mall.calls).toHaveLength(1)
  })

  it('fails in Japanese after a day', async () => {
    await bench.want([number])
    const end = bench.clock.now() + 24 * HOUR
    while (bench.clock.now() < end) {
      await bench.run()
      bench.clock.set((await requestOf(number)).nextAttemptAt.getTime())
    }
    await bench.run()
    const request = await requestOf(number)
    expect(request).toMatchObject({ state: 'failed', outcome: 'NOT_FOUND', finishedAt: new Date(end) })
    expect(request.message).toMatch(/見つかりませんでした/)
  })
})

describe('one bad order among a hundred', () => {
  const wanted = numbers(100)
  const bad = wanted[42] ?? ''
  const others = wanted.filter((number) => number !== bad)
  beforeEach(async () => {
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
  })

  it('fails alone with the raw answer sealed when the mall refuses it', async () => {
    const refused = failure('rejected', {
      code: 'NO',
      message: '受注を取得できません。',
      mallMessage: 'E-1',
      raw: '<秘密>',
    })
    bench.mall.answer(bad, { kind: 'failed', orderNumber: bad, failure: refused })
    await bench.run()
    expect(await stagedNumbers()).toEqual(others)
    const request = await requestOf(bad)
    expect(request).toMatchObject({
      state: 'failed',
      outcome: 'NO',
      message: '受注を取得できません。',
      mallMessage: null,
    })
    const said = request.sealedMallMessage as Uint8Array
    expect(
      testSealer.of(bench.tenantId).open(`import_request:${request.id}:mall_message`, said).toString(),
    ).toBe('E-1')
    const raw = request.sealedRaw as Uint8Array
    expect(testSealer.of(bench.tenantId).open(`import_request:${request.id}:raw`, raw).toString()).toBe(
      '<秘密>',
    )
  })

  it.each([
    ['a broken answer', failure('malformed', { raw: '<html>' })],
    ['an exception of the adapter', new TypeError('x is undefined')],
  ])('does not block the rest when it breaks the whole call by %s', async (_, error) => {
    bench.mall.answer(bad, error)
    await bench.run()
    expect(await stagedNumbers()).toEqual(others)
    expect(bench.mall.calls.length).toBeLessThan(20)
    expect(await requestOf(bad)).toMatchObject({ state: 'waiting', attempts: 1 })
    expect((await shop()).laneClosedUntil).toBeNull()

    const again = numbers(101).slice(100)
    bench.mall.place(again[0] ?? '')
    bench.clock.advance(5 * SECOND)
    await bench.want(again)
    await bench.run()
    expect(bench.mall.calls.slice(-2)).toEqual([again, [bad]])
  })

  it('gives a broken order up after three tries', async () => {
    bench.mall.answer(bad, failure('malformed', { raw: '<html>' }))
    for (const [round, fresh] of numbers(103).slice(100).entries()) {
      bench.mall.place(fresh)
      await bench.want([fresh])
      await bench.run()
      expect(await requestOf(bad)).toMatchObject({
        attempts: round + 1,
        state: round < 2 ? 'waiting' : 'failed',
      })
      bench.clock.advance(MINUTE)
    }
    expect(await requestOf(bad)).toMatchObject({ outcome: 'TEST_MALFORMED', sealedRaw: expect.anything() })
  })

  // The mail came before the order could be asked for, and one answer was cut short on its way: it was given
  // up at once.
  it('has its three tries also when the mall did not know it at first', async () => {
    const [late = ''] = numbers(120).slice(119)
    await bench.want([late])
    for (let attempt = 0; attempt < 4; attempt++) {
      await bench.run()
      bench.clock.set((await requestOf(late)).nextAttemptAt.getTime())
    }
    expect(await requestOf(late)).toMatchObject({ attempts: 4, outcome: 'NOT_FOUND', state: 'waiting' })
    bench.mall.answer(late, failure('malformed', { raw: '<html>' }))
    for (const [round, fresh] of numbers(106).slice(103).entries()) {
      bench.mall.place(fresh)
      await bench.want([fresh])
      await bench.run()
      expect(await requestOf(late)).toMatchObject({
        attempts: round + 5,
        state: round < 2 ? 'waiting' : 'failed',
      })
      bench.clock.set(bench.clock.now() + 20 * MINUTE)
    }
  })

  it('comes in with what Postgres cannot hold taken out of its texts', async () => {
    const name = '品\u0000名\uD83D'
    bench.mall.place(bad, {
      mallStatus: { code: '5\u00000', name },
      flags: ['x\uDE00'],
      mallFields: { 'a\0': name },
    })
    await bench.run()
    expect(await stagedNumbers()).toEqual([...others, bad].sort())
    const staged = await database.db.order.findFirstOrThrow({
      where: { shopId: bench.shopId, orderNumber: bad },
    })
    expect([staged.mallStatus, staged.flags]).toEqual(['50', ['x\uFFFD']])
  })

  it('fails alone when the database cannot hold it', async () => {
    bench.mall.place(bad, { totals: { total: 3_000_000_000, billed: 1 } })
    await bench.run()
    expect(await stagedNumbers()).toEqual(others)
    expect(await requestOf(bad)).toMatchObject({ state: 'failed', outcome: 'ORDER_UNSTORABLE' })
  })

  it('waits, and keeps no other from it, when it is our own event that is refused', async () => {
    bench.mall.place(bad)
    await database.pool.query(
      `alter table events add constraint refuses check (data ->> 'orderNumber' is distinct from '${bad}') not valid`,
    )
    const states = async () => {
      const requests = await database.db.importRequest.findMany({ where: { shopId: bench.shopId } })
      return new Set(requests.map(({ state }) => state))
    }
    try {
      await bench.run().catch((error) => expect(error.table).toBe('events'))
      expect(await states()).toEqual(new Set(['done', 'waiting']))
    } finally {
      await database.pool.query('alter table events drop constraint refuses')
    }
    bench.clock.advance(20 * SECOND)
    await bench.run()
    expect(await stagedNumbers()).toEqual(wanted)
    expect(await states()).toEqual(new Set(['done']))
  })

  it('is an outage that says so, when nothing of ours can be told', async () => {
    bench.mall.place(bad)
    await database.pool.query(`alter table events add constraint refuses check (kind <> 'order') not valid`)
    try {
      await expect(bench.run()).rejects.toMatchObject({ code: '23514', table: 'events' })
      expect(await requestOf(bad)).toMatchObject({ state: 'waiting', attempts: 0, outcome: null })
      const { laneClosedUntil, laneClosedReason } = await shop()
      expect([laneClosedReason, (laneClosedUntil?.getTime() ?? 0) > bench.clock.now()]).toEqual([
        'STORAGE_REFUSES',
        true,
      ])
    } finally {
      await database.pool.query('alter table events drop constraint refuses')
    }
    bench.clock.advance(20 * SECOND)
    await bench.run()
    expect(await stagedNumbers()).toEqual(wanted)
  })

  it('fails alone when the adapter hands over nonsense', async () => {
    bench.mall.place(bad, { orderedAt: 'yesterday' })
    await bench.run()
    expect(await stagedNumbers()).toEqual(others)
    expect(await requestOf(bad)).toMatchObject({ state: 'failed', outcome: 'ORDER_UNSTORABLE' })
  })
})

describe('what stops a whole shop', () => {
  const wanted = numbers(3)
  beforeEach(async () => {
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
  })
  const untouched = { state: 'waiting', attempts: 0, outcome: null }

  it('too many calls: the lane closes until the time the mall said, then it goes on', async () => {
    const until = new Date(bench.clock.now() + 30 * SECOND)
    bench.mall.refuse(failure('throttled', { until }))
    await bench.run()
    const closed = (await shop()).laneClosedUntil?.getTime() ?? 0
    expect(closed - until.getTime()).toBe(250)
    expect(await requestOf(wanted[0] ?? '')).toMatchObject(untouched)

    bench.mall.refuse(null)
    await bench.run()
    expect(bench.mall.calls).toHaveLength(1)
    bench.clock.set(closed)
    await bench.run()
    expect(await stagedNumbers()).toEqual(wanted)
  })

  it('an outage without a time: the pause doubles to five minutes and starts anew after a good answer', async () => {
    bench.mall.refuse(failure('unavailable'))
    const pauses: number[] = []
    for (let round = 0; round < 8; round++) {
      await bench.run()
      const until = (await shop()).laneClosedUntil?.getTime() ?? 0
      pauses.push((until - bench.clock.now()) / SECOND)
      bench.clock.set(until)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300])
    expect(await requestOf(wanted[0] ?? '')).toMatchObject({ state: 'waiting', attempts: 0 })
    bench.mall.refuse(null)
    await bench.run()
    expect(await stagedNumbers()).toEqual(wanted)
    expect(await shop()).toMatchObject({ laneFailures: 0, laneClosedUntil: null })
  })

  it('an hour of maintenance: what comes meanwhile waits, and all is here minutes after its end', async () => {
    bench.mall.refuse(failure('unavailable'))
    const end = bench.clock.now() + HOUR
    const meanwhile = numbers(15).slice(wanted.length)
    const later = [...meanwhile]
    for (;;) {
      await bench.run()
      const [number] = later.splice(0, 1)
      if (number !== undefined) {
        bench.mall.place(number)
        await bench.want([number])
      }
      const opens = (await shop()).laneClosedUntil?.getTime() ?? 0
      bench.clock.set(opens)
      if (opens >= end) break
    }
    expect(later).toEqual([])
    expect(bench.mall.calls.length).toBeLessThanOrEqual(20)
    expect(bench.clock.now() - end).toBeLessThanOrEqual(6.25 * MINUTE)
    bench.mall.refuse(null)
    await bench.run()
    expect(await stagedNumbers()).toEqual([...wanted, ...meanwhile])
    expect(await shop()).toMatchObject({ attentionCode: null, laneClosedUntil: null })
  })

  it('refused keys: attention with what to renew, and it goes on with new ones', async () => {
    bench.mall.refuse(
      failure('unauthorised', {
        message: 'キーが無効です。',
        renew: 'RMSでライセンスキーを更新してください。',
      }),
    )
    await bench.run()
    await bench.run()
    expect(bench.mall.calls).toHaveLength(1)
    expect(await shop()).toMatchObject({
      attentionCode: 'TEST_UNAUTHORISED',
      attentionMessage: 'キーが無効です。 RMSでライセンスキーを更新してください。',
    })
    expect(await requestOf(wanted[0] ?? '')).toMatchObject(untouched)

    bench.mall.refuse(null)
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: {
        sealedCredentials: testSealer
          .of(bench.tenantId)
          .sealJson(`shop:${bench.shopId}:credentials`, { key: 'second' }),
        credentialsVersion: 2,
        attentionCode: null,
        attentionMessage: null,
        attentionSince: null,
      },
    })
    await bench.run()
    expect(bench.mall.keys).toEqual(['first', 'second'])
    expect(await stagedNumbers()).toEqual(wanted)
  })

  it('credentials that were changed during the call are not blamed for the old ones', async () => {
    bench.mall.beforeAnswer(async () => {
      await database.db.shop.update({ where: { id: bench.shopId }, data: { credentialsVersion: 2 } })
    })
    bench.mall.refuse(failure('unauthorised'))
    await bench.run()
    expect(await shop()).toMatchObject({ attentionCode: null })
  })

  it('keeps what had arrived before the mall said stop', async () => {
    bench = await importBench(database, { fetchBatch: 1 })
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    bench.mall.beforeAnswer(([number]) => {
      if (number === wanted[2]) bench.mall.refuse(failure('throttled'))
    })
    await bench.run()
    expect(await stagedNumbers()).toEqual(wanted.slice(0, 2))
    expect(await requestOf(wanted[2] ?? '')).toMatchObject(untouched)
  })

  it('nothing but nonsense from the mall: the lane closes and no order is given up soon', async () => {
    bench.mall.refuse(failure('malformed', { raw: '<html>' }))
    const many = numbers(100).slice(3)
    await bench.want(many)
    await bench.run()
    expect((await shop()).laneClosedUntil?.getTime()).toBeGreaterThan(bench.clock.now())
    expect(bench.mall.calls.length).toBeLessThanOrEqual(12)
    const failed = await database.db.importRequest.count({ where: { shopId: bench.shopId, state: 'failed' } })
    expect(failed).toBe(0)
  })

  it('does not ask for a disabled shop or a suspended tenant', async () => {
    await database.db.shop.update({ where: { id: bench.shopId }, data: { enabled: false } })
    await bench.run()
    await database.db.shop.update({ where: { id: bench.shopId }, data: { enabled: true } })
    await database.db.tenant.update({ where: { id: bench.tenantId }, data: { status: 'suspended' } })
    await bench.run()
    expect(bench.mall.calls).toEqual([])
  })
})

describe('an order over which alone the mall falls silent', () => {
  const wanted = numbers(4)
  const [poison = '', ...others] = wanted
  const silent = failure('unavailable', { code: 'TIMEOUT' })
  beforeEach(async () => {
    bench = await importBench(database, { fetchBatch: 1 })
    for (const number of wanted) bench.mall.place(number)
    bench.mall.answer(poison, silent)
  })
  /** Until the lane is open again, and then the worker's turn. */
  async function turn(): Promise<void> {
    bench.clock.set(Math.max((await shop()).laneClosedUntil?.getTime() ?? 0, bench.clock.now()))
    await bench.run()
  }

  it('holds the others up for two short pauses at most, and then waits by itself', async () => {
    const start = bench.clock.now()
    await bench.want(wanted)
    await bench.run()
    await turn()
    await turn()
    expect(await stagedNumbers()).toEqual(others)
    expect((bench.clock.now() - start) / SECOND).toBeLessThanOrEqual(15)
    const fresh = numbers(5).slice(4)
    for (const number of fresh) bench.mall.place(number)
    await bench.want(fresh)
    await bench.run()
    expect(await stagedNumbers()).toEqual([...others, ...fresh])
    expect((await shop()).laneClosedUntil).toBeNull()
    expect(await requestOf(poison)).toMatchObject({ state: 'waiting', attempts: 1, outcome: 'TIMEOUT' })
  })

  it('is found among a hundred that are asked for together', async () => {
    bench = await importBench(database)
    const many = numbers(100)
    const bad = many[57] ?? ''
    for (const number of many) bench.mall.place(number)
    bench.mall.answer(bad, silent)
    const start = bench.clock.now()
    await bench.want(many)
    await bench.run()
    for (let turns = 0; (await stagedNumbers()).length < 99 && turns < 40; turns++) await turn()
    expect(await stagedNumbers()).toHaveLength(99)
    expect((bench.clock.now() - start) / MINUTE).toBeLessThan(3)
  })

  it('is given up after seven tries, with what to do', async () => {
    await bench.want([poison])
    for (let tries = 0; tries < 20; tries++) {
      await turn()
      if ((await requestOf(poison)).state === 'failed') break
      bench.clock.advance(15 * MINUTE)
    }
    const request = await requestOf(poison)
    expect(request).toMatchObject({ state: 'failed', attempts: 7, outcome: 'TIMEOUT' })
    expect(request.message).toMatch(/この受注の照会にだけ.*確認してください/)
  })

  it('is not blamed while the mall answers nothing else either', async () => {
    bench.mall.refuse(silent)
    await bench.want([poison])
    await bench.run()
    for (let turns = 0; turns < 20; turns++) await turn()
    expect(await requestOf(poison)).toMatchObject({ state: 'waiting', attempts: 0 })
    expect((await shop()).laneClosedUntil?.getTime()).toBe(bench.clock.now() + 5 * MINUTE)
  })
})

describe('a slice', () => {
  it('ends after some seconds and leaves the rest for the next one', async () => {
    bench = await importBench(database, { fetchBatch: 1 })
    const wanted = numbers(10)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    bench.mall.beforeAnswer(() => bench.clock.advance(1_500))

    const worker = shopWorkerOf(bench.deps)
    expect(await worker.run(bench.shopId, new AbortController().signal)).toBe('again')
    expect(await stagedNumbers()).toEqual(wanted.slice(0, 3))
    await bench.run()
    expect(await stagedNumbers()).toEqual(wanted)
  })

  it('hands over as many numbers at once as the mall wants', async () => {
    bench = await importBench(database, { fetchBatch: 1_000, fetchAtOnce: 1_000 })
    const wanted = numbers(450)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    await bench.run()
    expect(bench.mall.calls.map((call) => call.length)).toEqual([450])
  })

  it('stages an order of 2,000 lines and negative prices', async () => {
    const number = numbers(1)[0] ?? ''
    const [item] = sampleOrder(number).items
    const items = Array.from({ length: 2_000 }, (_, index) => ({
      ...(item as NonNullable<typeof item>),
      lineId: String(index + 1),
      unitPrice: -1,
    }))
    bench.mall.place(number, { items, totals: { total: -2_000, billed: -2_000 } })
    await bench.want([number])
    await bench.run()
    const [order] = await database.db.order.findMany({ where: { shopId: bench.shopId } })
    expect(order).toMatchObject({ itemLines: 2_000, billedAmount: -2_000 })
  })

  it('stops when the service stops, and blames nobody', async () => {
    const stop = new AbortController()
    await bench.want(numbers(2))
    bench.mall.beforeAnswer(() => stop.abort(new Error('stopping')))

    expect(await shopWorkerOf(bench.deps).run(bench.shopId, stop.signal)).toBe('done')
    expect(await requestOf(numbers(1)[0] ?? '')).toMatchObject({ state: 'waiting', attempts: 0 })
    expect((await shop()).laneClosedUntil).toBeNull()
  })
})
