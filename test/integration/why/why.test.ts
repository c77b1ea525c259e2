import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { openEarly } from '../../../src/shops/attention.ts'
import { decide } from '../../../src/why/decide.ts'
import { readFacts, type ShopFacts } from '../../../src/why/facts.ts'
import { BY_PART, OLDEST, OPEN_REQUEST, WAITING } from '../../../src/why/statements.ts'
import { createLiveHalf, type LiveHalf } from '../../../src/why/why.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'
import { memoryBuckets } from '../../support/malls/memory-buckets.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

const SHOP: ShopFacts = {
  id: '',
  name: '店舗1',
  marketplace: 'rakuten',
  code: '123456',
  owns: true,
  isOfFirstRelease: true,
  enabled: true,
  tenantActive: true,
  quietSince: null,
  attention: null,
  lane: null,
  quotaUntil: null,
  waits: [],
  sweep: null,
  mailboxes: [],
}

let database: TestDatabase
let bench: ImportBench
const [late = '', other = ''] = numbers(2)
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

const request = (orderNumber = late) =>
  database.db.importRequest.findFirstOrThrow({ where: { shopId: bench.shopId, orderNumber } })
const why = async (
  orderNumber = late,
  tenantId = bench.tenantId,
  shops: string[] | null = null,
  firstSweepMs?: number,
) => {
  const now = new Date(bench.clock.now())
  const [facts] = await readFacts(
    { ...bench.deps, firstSweepMs },
    tenantId,
    [{ number: orderNumber }],
    shops,
    now,
  )
  if (!facts) throw new Error('a number has facts')
  return decide(orderNumber, facts)
}
describe('why', () => {
  it('says of a believed mail’s number why nobody was asked for it', async () => {
    const { tenantId, shopId } = bench
    const { id: mailboxId } = await makeMailbox(database.db, { tenantId, shopIds: [shopId] })
    await database.db.mail.create({
      data: {
        id: newId(),
        tenantId,
        mailboxId,
        uidValidity: 1n,
        uid: 1n,
        fingerprint: Buffer.from(newId()),
        state: 'recognised',
        marketplace: 'rakuten',
        kind: 'new_order',
        orderNumbers: [late],
        reason: 'どの店舗の注文か、メールからは分かりません。',
        trust: 'verified',
        seenAt: new Date(bench.clock.now()),
        size: 1,
      },
    })
    const told = await why()
    expect(told.verdict).toBe('mail_unreadable')
    expect(told.message).toContain('どの店舗の注文か')
  })

  describe('of mails that could not be read', () => {
    const unreadable = async (
      mailboxId: string,
      more: { marketplace?: MarketplaceName; orderNumbers?: string[]; ago?: number },
    ) => {
      const { ago = 0, marketplace = 'rakuten', orderNumbers = [] } = more
      await database.db.mail.create({
        data: {
          id: newId(),
          tenantId: bench.tenantId,
          mailboxId,
          uidValidity: 1n,
          uid: 1n,
          fingerprint: Buffer.from(newId()),
          state: 'unreadable',
          marketplace,
          kind: 'new_order',
          orderNumbers,
          reason: `ストアID: ${marketplace}`,
          seenAt: new Date(bench.clock.now() - ago),
          size: 1,
        },
      })
    }

    it('tells the one that names the number, however many came after it', async () => {
      const { tenantId, shopId } = bench
      const strange = await makeShop(database.db, { tenantId, marketplace: 'yahoo', code: 'strange' })
      const { id: ours } = await makeMailbox(database.db, { tenantId, shopIds: [shopId] })
      const { id: theirs } = await makeMailbox(database.db, { tenantId, shopIds: [strange.id] })
      await unreadable(ours, { orderNumbers: [late], ago: MINUTE })
      for (let n = 0; n < 5; n++) await unreadable(ours, { ago: n })
      for (let n = 0; n < 5; n++) await unreadable(theirs, { marketplace: 'yahoo', ago: n })
      expect((await why()).verdict).toBe('mail_unreadable')
      expect((await why(late, tenantId, [shopId])).verdict).toBe('mail_unreadable')
      // To another number it is one of many.
      expect(JSON.stringify((await why(other)).evidence)).not.toContain('この番号のある')
    })

    it('tells who is bound to shops nothing of other shops’ mails, also of a mailbox that they share', async () => {
      const { tenantId, shopId } = bench
      const strange = await makeShop(database.db, { tenantId, marketplace: 'yahoo', code: 'strange' })
      const { id: theirs } = await makeMailbox(database.db, { tenantId, shopIds: [strange.id] })
      const { id: shared } = await makeMailbox(database.db, { tenantId, shopIds: [strange.id, shopId] })
      for (const mailboxId of [theirs, shared])
        await unreadable(mailboxId, { marketplace: 'yahoo', orderNumbers: [late] })
      const { id: third } = await makeShop(database.db, { tenantId, code: 'third' })
      for (const shops of [[shopId], [shopId, third]])
        expect(JSON.stringify(await why(late, tenantId, shops))).not.toContain('ストアID')
      expect(JSON.stringify(await why(late, tenantId, [strange.id]))).toContain('ストアID')
      await unreadable(shared, { orderNumbers: [late] })
      expect((await why(late, tenantId, [shopId])).verdict).toBe('mail_unreadable')
    })
  })

  it('follows an order from nothing to its erasure, with a next time wherever it waits', async () => {
    expect(await why()).toMatchObject({ verdict: 'unknown', next: null })
    // A new shop, before a worker has seen it.
    const first = new Date(bench.clock.now() + MINUTE).toISOString()
    expect(await why(late, bench.tenantId, null, MINUTE)).toMatchObject({
      verdict: 'no_trace',
      next: { at: first },
    })
    const runAt = new Date(bench.clock.now() + 5 * MINUTE)
    await database.db.shopSweep.create({
      data: { shopId: bench.shopId, nextAt: runAt, runAt, updatedAt: runAt },
    })
    expect(await why()).toMatchObject({ verdict: 'no_trace', next: { at: runAt.toISOString() } })
    await bench.want([late])
    expect(await why()).toMatchObject({ verdict: 'being_asked', shopId: bench.shopId })
    await bench.run()
    expect((await why()).verdict).toBe('mall_unaware')
    bench.mall.answer(late, new Error('500'))
    bench.clock.advance(5 * SECOND)
    await bench.run()
    const { nextAttemptAt } = await request()
    expect(await why()).toMatchObject({
      verdict: 'retrying',
      next: { at: nextAttemptAt.toISOString() },
      actions: [{ body: { action: 'import_now', shopId: bench.shopId, number: late } }],
    })
    bench.mall.place(late)
    bench.clock.set(nextAttemptAt.getTime())
    await bench.run()
    const order = await database.db.order.findFirstOrThrow({
      where: { orderNumber: late, shopId: bench.shopId },
    })
    expect(await why()).toMatchObject({ verdict: 'staged', orderId: order.id })
    await database.db.order.update({
      where: { id: order.id },
      data: { erasedAt: new Date(bench.clock.now()) },
    })
    expect((await why()).verdict).toBe('emptied')
  })

  it('knows the mail of a payment or change that wants an order read again which is not here', async () => {
    const runAt = new Date(bench.clock.now() + 5 * MINUTE)
    await database.db.shopSweep.create({
      data: { shopId: bench.shopId, nextAt: runAt, runAt, updatedAt: runAt },
    })
    await bench.want([late], { purpose: 'refresh' })
    const { id } = await request()
    const told = await why()
    expect(told).toMatchObject({ verdict: 'being_asked', shopId: bench.shopId })
    expect(told.evidence.map(({ message }) => message).join()).toContain('契機: メール')
    const { rows: found } = await database.pool.query(
      BY_PART({
        shops: [bench.shopId],
        part: late.slice(0, 8).toLowerCase(),
        lookedAt: 10,
        limit: 10,
        tenant: bench.tenantId,
        mostBeginning: 10,
        begins: true,
      }),
    )
    expect(found).toMatchObject([{ number: late, shopId: bench.shopId }])
    const open = OPEN_REQUEST({ tenant: bench.tenantId, shop: bench.shopId, number: late })
    expect((await database.pool.query(open)).rows).toEqual([{ id }])
    const waiting = WAITING({
      tenant: bench.tenantId,
      shops: null,
      beforeAt: 'infinity',
      before: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      limit: 10,
    })
    expect((await database.pool.query(waiting)).rows).toMatchObject([{ id }])
    const oldest = OLDEST({ tenant: bench.tenantId, shops: null, lookedAt: 10 })
    expect((await database.pool.query(oldest)).rows).toMatchObject([{ orderNumber: late }])
    bench.mall.place(late)
    await bench.run()
    expect((await why()).verdict).toBe('staged')
    // An order that is here waits for nothing, however often it is read again.
    await bench.want([late], { purpose: 'refresh' })
    expect((await database.pool.query(waiting)).rows).toEqual([])
    expect((await database.pool.query(open)).rows).toEqual([])
  })

  it('says of quiet mode that nothing is asked, and promises no time', async () => {
    await bench.want([late])
    const since = new Date(bench.clock.now())
    await database.pool.query(
      `insert into data_steps (name, made_at, place) values ('quiet', $1, 'restored')`,
      [since],
    )
    try {
      for (const number of [late, other]) {
        const told = await why(number)
        expect(told).toMatchObject({ verdict: 'shop_stopped', since: since.toISOString(), next: null })
        expect(told.message).toContain('静止モード')
      }
      await database.db.importRequest.updateMany({
        where: { shopId: bench.shopId },
        data: { state: 'failed', outcome: 'BROKEN' },
      })
      await database.db.shopSweep.create({
        data: { shopId: bench.shopId, nextAt: since, runAt: since, updatedAt: since },
      })
      expect(await why()).toMatchObject({ verdict: 'failed', next: null })
    } finally {
      await database.pool.query(`delete from data_steps where name = 'quiet'`)
    }
  })

  it.each([
    ['throttled', 'mall_away'],
    ['unavailable', 'mall_away'],
    ['unauthorised', 'shop_stopped'],
  ] as const)('tells of a mall that is %s, and when it is asked again', async (kind, verdict) => {
    bench.mall.refuse(failure(kind))
    await bench.want([late])
    await bench.run()
    for (const orderNumber of [late, other]) {
      const told = await why(orderNumber)
      expect(told.verdict).toBe(verdict)
      const at = Date.parse(told.next?.at ?? '')
      expect(at).toBeGreaterThan(bench.clock.now())
      // The promise is kept: at that time the order comes.
      if (orderNumber === other) {
        bench.mall.refuse(null)
        bench.mall.place(late)
        bench.clock.set(at)
        await bench.run()
        expect((await why(late)).verdict).toBe('staged')
      }
    }
  })

  it.each([1, 2, 3, 4, 5, 6])(
    'finds an order that comes after the %i. statement of the question',
    async (last) => {
      bench.mall.place(late)
      await bench.want([late])
      let sent = 0
      let turn: Promise<unknown> = Promise.resolve()
      const pool = new Proxy(database.pool, {
        get: (target, name) => (name === 'query' ? inTurn : Reflect.get(target, name)),
      })
      function inTurn(...statement: [string, unknown[]]) {
        const rows = turn.then(() => database.pool.query(...statement))
        turn = rows.then(() => (++sent === last ? bench.run() : null))
        return rows
      }
      const now = new Date(bench.clock.now())
      const [facts] = await readFacts({ ...bench.deps, pool }, bench.tenantId, [{ number: late }], null, now)
      await turn
      expect(facts && decide(late, facts).verdict).toMatch(/^(being_asked|staged)$/)
    },
  )

  it('knows nothing of another tenant, nor of shops that a key is not for', async () => {
    bench.mall.place(late)
    await bench.want([late])
    await bench.run()
    expect((await why(late)).verdict).toBe('staged')
    const stranger = await makeTenant(database.db)
    expect(await why(late, stranger.id)).toMatchObject({ verdict: 'unknown', evidence: [] })
    expect(await why(late, stranger.id, [bench.shopId])).toMatchObject({ verdict: 'unknown', evidence: [] })
    expect((await why(late, bench.tenantId, [])).evidence).toEqual([])
  })
})

describe('the question to the mall', () => {
  const ask = (half: LiveHalf, number: string, shop: Partial<ShopFacts> = {}) =>
    half.ask(bench.tenantId, number, [{ ...SHOP, id: bench.shopId, ...shop }], new AbortController().signal)

  function liveHalf(): { half: LiveHalf; woken: string[] } {
    const woken: string[] = []
    const half = createLiveHalf({
      ...bench.deps,
      lanes: createLanes({ store: memoryBuckets(bench.clock), clock: bench.clock }),
      wakeQueue: { wake: async (ids) => void woken.push(...ids) },
    })
    return { half, woken }
  }

  it('is put three times at once and then every ten seconds, and not again for what was just answered', async () => {
    const { half } = liveHalf()
    bench.mall.place(late)
    const [first] = await ask(half, late)
    expect(first).toMatchObject({ kind: 'found', state: 'open' })
    for (const number of [late, late, late]) await ask(half, number)
    expect(bench.mall.calls).toHaveLength(1)
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(0)
    for (const number of numbers(5).slice(2, 4)) expect((await ask(half, number))[0]?.kind).toBe('not_found')
    expect((await ask(half, other))[0]).toMatchObject({ kind: 'not_asked', until: expect.any(Date) })
    bench.clock.advance(10 * SECOND)
    expect((await ask(half, other))[0]?.kind).toBe('not_found')
    expect(bench.mall.calls).toHaveLength(4)
  })

  it('is put again soon where the mall broke, and the broken answer stays where the rate is used up', async () => {
    const { half } = liveHalf()
    bench.mall.refuse(failure('unavailable'))
    for (const number of [late, other, late]) expect((await ask(half, number))[0]?.kind).toBe('broken')
    expect(bench.mall.calls).toHaveLength(2)
    bench.clock.advance(15 * SECOND)
    // Three at once, and one in ten seconds: two are left.
    for (const number of numbers(5).slice(2, 4)) await ask(half, number)
    const calls = bench.mall.calls.length
    expect((await ask(half, late))[0]?.kind).toBe('broken')
    expect(bench.mall.calls).toHaveLength(calls)
    bench.clock.advance(10 * SECOND)
    expect((await ask(half, late))[0]?.kind).toBe('broken')
    expect(bench.mall.calls).toHaveLength(calls + 1)
  })

  it('is not put to a shop that stands still, nor where the mall said later', async () => {
    const { half } = liveHalf()
    const until = new Date(bench.clock.now() + MINUTE)
    const lane = { until, reason: 'THROTTLED', since: null, outage: false }
    const attention = { code: 'KEY', stops: true, message: '', since: null, probeAt: null }
    const quietSince = new Date(bench.clock.now())
    for (const shop of [{ lane }, { attention }, { enabled: false }, { tenantActive: false }, { quietSince }])
      expect((await ask(half, late, shop))[0]).toMatchObject({ kind: 'not_asked' })
    expect(bench.mall.calls).toHaveLength(0)
    const ofFile = { ...attention, code: 'ORDER_FILE_FAILED', stops: false }
    expect((await ask(half, late, { attention: ofFile }))[0]?.kind).toBe('not_found')
  })

  it('ends what waited for the mall when that gives the order, and only then', async () => {
    const { half, woken } = liveHalf()
    bench.mall.refuse(failure('unavailable'))
    await bench.want([late])
    await bench.run()
    const before = await request()
    const shop = () => database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
    expect((await shop()).laneClosedUntil?.getTime()).toBeGreaterThan(bench.clock.now())
    const lane = { until: new Date(bench.clock.now() + MINUTE), reason: null, since: null, outage: true }
    expect((await ask(half, late, { lane }))[0]).toMatchObject({ kind: 'broken' })
    expect(await request()).toEqual(before)
    expect(woken).toEqual([])
    bench.mall.refuse(null)
    bench.mall.place(late)
    expect((await ask(half, late, { lane }))[0]).toMatchObject({ kind: 'broken' })
    bench.clock.advance(15 * SECOND)
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { laneClosedUntil: new Date(bench.clock.now() + 4 * MINUTE) },
    })
    expect((await ask(half, late, { lane }))[0]).toMatchObject({ kind: 'found' })
    expect(woken).toEqual([bench.shopId])
    await bench.run()
    expect((await why(late)).verdict).toBe('staged')
  })
})

describe('lanes', () => {
  it('open early when another shop of the mall is served, once in ten minutes', async () => {
    const second = await importBench(database)
    for (const one of [bench, second]) {
      one.mall.refuse(failure('unavailable'))
      await one.want([late])
      await one.run()
    }
    const closed = () => database.db.shop.findUniqueOrThrow({ where: { id: second.shopId } })
    const until = new Date(bench.clock.now() + 5 * MINUTE)
    const close = (outage: boolean) =>
      database.db.shop.update({
        where: { id: second.shopId },
        data: { laneClosedUntil: until, laneOutage: outage, updatedAt: new Date(bench.clock.now()) },
      })
    await close(true)
    bench.mall.refuse(null)
    bench.mall.place(late)
    const { laneClosedUntil } = await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
    bench.clock.set(laneClosedUntil?.getTime() ?? 0)
    await bench.run()
    const early = (await closed()).laneClosedUntil?.getTime() ?? 0
    expect(early).toBeLessThanOrEqual(bench.clock.now() + 5 * SECOND)
    second.mall.refuse(null)
    second.mall.place(late)
    second.clock.set(early)
    await second.run()
    const staged = { orderNumber: late, shopId: second.shopId }
    expect(await database.db.order.count({ where: staged })).toBe(1)
    // Broken again at once: its own fault, and its own pauses. What the mall only put off is not touched
    // either.
    for (const outage of [true, false]) {
      await close(outage)
      expect(await openEarly(database.pool, { marketplace: 'rakuten' }, new Date(bench.clock.now()))).toEqual(
        [],
      )
    }
  })
})
