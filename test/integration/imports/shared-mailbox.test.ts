import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readDue } from '../../../src/imports/import-job.ts'
import type { NewImportRequest } from '../../../src/imports/requests/statements.ts'
import { endForOtherShops, otherShopResults } from '../../../src/imports/results/attempt-result.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { unasked } from '../../../src/reconciliation/page.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, poolWith } from '../../support/fixtures.ts'
import {
  type ImportBench,
  importBench,
  shopWorkerOf,
  workingShop,
} from '../../support/imports/import-bench.ts'
import { createFakeMarketplace, type FakeMarketplace, failure } from '../../support/malls/fake-marketplace.ts'

/** Two shops of one mall, each with an account of its own there, and one mailbox for both. */
let database: TestDatabase
let bench: ImportBench
let sisterId: string
/** What the sister's account knows. */
let sisterMall: FakeMarketplace

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

async function twoShops(name: MarketplaceName, shareMailbox = true): Promise<void> {
  bench = await importBench(database, { name })
  const code = 'SISTER'
  const { mall, tenantId, shopId } = bench
  const sister = await makeShop(database.db, {
    tenantId,
    marketplace: name,
    code,
    name: '姉妹店',
    credentials: { key: 'sister' },
  })
  sisterId = sister.id
  sisterMall = createFakeMarketplace({ name })
  const open = mall.open
  mall.open = (shop, tools) => (shop.shopCode === code ? sisterMall.open(shop, tools) : open(shop, tools))
  mall.ownsOrderNumber = () => null
  if (name === 'amazon') mall.orderNumbersAreUnique = true
  await makeMailbox(database.db, { tenantId, shopIds: shareMailbox ? [shopId, sisterId] : [shopId] })
}

const NUMBER = '250-0000000-0000001'
const numbersFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `250-0000000-${String(first + n).padStart(7, '0')}`)

/** As a mail does: the same number at both shops. */
async function mail(numbers: readonly string[], more: Partial<NewImportRequest> = {}): Promise<void> {
  await bench.want(numbers, more)
  await bench.want(numbers, { ...more, shopId: sisterId })
}

const runSister = () => shopWorkerOf(bench.deps).run(sisterId, new AbortController().signal)
const requestOf = (shopId: string) =>
  database.db.importRequest.findFirstOrThrow({ where: { shopId }, orderBy: { id: 'desc' } })
const stagedIn = (shopId: string) => database.db.order.count({ where: { shopId } })
const nameOfBench = async () =>
  (await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })).name

async function expectEnded(attempts: number): Promise<void> {
  const request = await requestOf(sisterId)
  expect(request).toMatchObject({ state: 'done', outcome: 'other_shop', attempts })
  expect(request.message).toContain(`店舗「${await nameOfBench()}」の受注です`)
  expect(await stagedIn(sisterId)).toBe(0)
}

async function nextTryOfSister(): Promise<void> {
  bench.clock.set((await requestOf(sisterId)).nextAttemptAt.getTime())
  await runSister()
}

describe('a mall that gives each number once', () => {
  beforeEach(() => twoShops('amazon'))

  it('ends the sister’s request with the staging, and its mall is not asked at all', async () => {
    bench.mall.place(NUMBER)
    await mail([NUMBER])
    await bench.run()
    await expectEnded(0)
    await runSister()
    expect(sisterMall.calls).toEqual([])
  })

  it('ends it likewise when the mall has told the sister to wait, as of another seller’s order', async () => {
    const retryAt = new Date(bench.clock.now() + 60_000)
    sisterMall.answer(NUMBER, { kind: 'pending', orderNumber: NUMBER, retryAt, message: '確認しています。' })
    await mail([NUMBER])
    await runSister()
    bench.mall.place(NUMBER)
    await bench.run()
    await expectEnded(1)
  })

  it('clears away what the sister had given up', async () => {
    sisterMall.answer(NUMBER, { kind: 'failed', orderNumber: NUMBER, failure: failure('rejected') })
    await mail([NUMBER])
    await runSister()
    expect((await requestOf(sisterId)).state).toBe('failed')
    bench.mall.place(NUMBER)
    await bench.run()
    await expectEnded(1)
  })

  it.each(['import', 'refresh'] as const)(
    'asks for no %s when the order was here before the mail',
    async (purpose) => {
      bench.mall.place(NUMBER)
      await bench.want([NUMBER], { source: 'sweep' })
      await bench.run()
      await mail([NUMBER], { purpose })
      await runSister()
      await bench.run()
      await expectEnded(0)
      expect(sisterMall.calls).toEqual([])
    },
  )

  it('ends it when the owner does not import the order', async () => {
    bench.mall.answer(NUMBER, { kind: 'skipped', orderNumber: NUMBER, reason: 'FBA' })
    await mail([NUMBER])
    await bench.run()
    await expectEnded(0)
    await mail([NUMBER])
    await runSister()
    await expectEnded(0)
    expect(sisterMall.calls).toEqual([])
  })

  it('does not wait for a request that somebody holds, and ends it when it is due', async () => {
    bench.mall.place(NUMBER)
    await mail([NUMBER])
    const client = await database.pool.connect()
    try {
      await client.query('begin')
      await client.query('select from import_requests where shop_id = $1 for update', [sisterId])
      await bench.run()
      expect(await stagedIn(bench.shopId)).toBe(1)
      await client.query('commit')
    } finally {
      client.release()
    }
    expect((await requestOf(sisterId)).state).toBe('waiting')
    await runSister()
    await expectEnded(0)
    expect(sisterMall.calls).toEqual([])
  })

  it('lets both shops work on mixed orders at once: each gets its own, and all requests end', async () => {
    const [mine, theirs] = [numbersFrom(1, 120), numbersFrom(1_001, 120)]
    for (const number of mine) bench.mall.place(number)
    for (const number of theirs) sisterMall.place(number)
    await mail(mine.flatMap((number, n) => [number, theirs[n] as string]))
    await Promise.all([bench.run(), runSister()])
    bench.clock.advance(5_000)
    await Promise.all([bench.run(), runSister()])
    expect([await stagedIn(bench.shopId), await stagedIn(sisterId)]).toEqual([120, 120])
    const ends = await database.db.importRequest.groupBy({
      by: ['outcome'],
      where: { tenantId: bench.tenantId },
      _count: true,
      orderBy: { outcome: 'asc' },
    })
    expect(ends.map(({ outcome, _count }) => [outcome, _count])).toEqual([
      ['other_shop', 240],
      ['staged', 240],
    ])
  })
})

describe('what is left alone', () => {
  it.each([
    ['was asked for by a person', { source: 'person' as const }],
    ['was found by the sister’s own sweep', { source: 'sweep' as const }],
  ])('a request that %s', async (_why, more) => {
    await twoShops('amazon')
    bench.mall.place(NUMBER)
    await bench.want([NUMBER])
    await bench.want([NUMBER], { ...more, shopId: sisterId })
    await bench.run()
    await runSister()
    expect(await requestOf(sisterId)).toMatchObject({ state: 'waiting', outcome: 'NOT_FOUND', attempts: 1 })
  })

  it('a number that the sister’s list names, although the first shop has it too', async () => {
    await twoShops('amazon')
    for (const mall of [bench.mall, sisterMall]) mall.place(NUMBER)
    await database.pool.query(
      `insert into swept_orders (shop_id, order_number, day, at, listed_at) values ($1, $2, now(), now(), now())`,
      [sisterId, NUMBER],
    )
    await mail([NUMBER])
    await bench.run()
    await runSister()
    expect([await stagedIn(bench.shopId), await stagedIn(sisterId)]).toEqual([1, 1])
  })

  it('shops that share no mailbox', async () => {
    await twoShops('amazon', false)
    bench.mall.place(NUMBER)
    await mail([NUMBER])
    await bench.run()
    await runSister()
    expect(sisterMall.calls).toEqual([[NUMBER]])
  })

  it('what its sweep lists later: the sweep may ask for it again', async () => {
    await twoShops('amazon')
    bench.mall.place(NUMBER)
    await mail([NUMBER])
    await bench.run()
    await expectEnded(0)
    expect(await unasked(database.pool, sisterId, { numbers: [NUMBER], open: [] }, new Date())).toEqual([
      NUMBER,
    ])
  })
})

describe('a mall whose shops may have the same number', () => {
  beforeEach(() => twoShops('aupay'))

  it('stages the sister’s order too', async () => {
    for (const mall of [bench.mall, sisterMall]) mall.place(NUMBER)
    await mail([NUMBER])
    await bench.run()
    await runSister()
    expect([await stagedIn(bench.shopId), await stagedIn(sisterId)]).toEqual([1, 1])
  })

  it('stages it also when its mall knows it a minute later', async () => {
    bench.mall.place(NUMBER)
    await mail([NUMBER])
    await bench.run()
    await runSister()
    await nextTryOfSister()
    await nextTryOfSister()
    sisterMall.place(NUMBER)
    await nextTryOfSister()
    expect(await stagedIn(sisterId)).toBe(1)
  })

  it('asks four times, and then it is the other shop’s', async () => {
    bench.mall.place(NUMBER)
    await mail([NUMBER])
    await bench.run()
    await runSister()
    for (let tries = 0; tries < 4; tries++) await nextTryOfSister()
    expect(sisterMall.calls).toHaveLength(4)
    await expectEnded(4)
  })

  it('waits for what its mall holds back', async () => {
    const retryAt = new Date(bench.clock.now() + 60_000)
    sisterMall.answer(NUMBER, { kind: 'pending', orderNumber: NUMBER, retryAt, message: '審査中です。' })
    bench.mall.place(NUMBER)
    await mail([NUMBER])
    await bench.run()
    await runSister()
    for (let tries = 0; tries < 6; tries++) await nextTryOfSister()
    expect(await requestOf(sisterId)).toMatchObject({ state: 'waiting', outcome: 'PENDING' })
  })
})

describe('a mall whose shops count for themselves', () => {
  beforeEach(async () => {
    await twoShops('aupay')
    bench.mall.orderNumberScope = 'shop'
  })
  const daysAgo = (days: number) => new Date(bench.clock.now() - days * 24 * 60 * 60_000).toISOString()

  it('never ends the sister’s request by an order of the same number', async () => {
    bench.mall.place(NUMBER, { orderedAt: daysAgo(0) })
    await mail([NUMBER])
    await bench.run()
    await runSister()
    for (let tries = 0; tries < 5; tries++) await nextTryOfSister()
    expect(await requestOf(sisterId)).toMatchObject({ state: 'waiting', outcome: 'NOT_FOUND' })
    sisterMall.place(NUMBER, { orderedAt: daysAgo(0) })
    await nextTryOfSister()
    expect([await stagedIn(bench.shopId), await stagedIn(sisterId)]).toEqual([1, 1])
  })

  it.each(['import', 'refresh'] as const)(
    'stages no order by a mail (%s) of 40 days later',
    async (purpose) => {
      bench.mall.place(NUMBER, { orderedAt: daysAgo(40), mallState: 'shipped' })
      await bench.want([NUMBER], { purpose })
      await bench.run()
      expect(await stagedIn(bench.shopId)).toBe(0)
      const { outcome, message } = await requestOf(bench.shopId)
      expect([outcome, message]).toEqual(['other_shop', expect.stringContaining('7日以上前の受注')])
      // What the mall’s list names later still comes.
      expect(await unasked(database.pool, bench.shopId, { numbers: [NUMBER], open: [] }, new Date())).toEqual(
        [NUMBER],
      )
      bench.mall.place(NUMBER, { orderedAt: daysAgo(40) })
      await bench.want([NUMBER], { source: 'sweep' })
      await bench.run()
      expect(await stagedIn(bench.shopId)).toBe(1)
    },
  )

  it('goes by the days in which the mall writes of an order, where it says them', async () => {
    bench.mall.mailedWithinDays = 60
    bench.mall.place(NUMBER, { orderedAt: daysAgo(40) })
    await bench.want([NUMBER])
    await bench.run()
    expect(await stagedIn(bench.shopId)).toBe(1)
  })

  it('stages it for a person, for a sweep, and by a mail of its days', async () => {
    const [old = '', swept = '', late = ''] = numbersFrom(1, 3)
    bench.mall.place(old, { orderedAt: daysAgo(40) })
    bench.mall.place(swept, { orderedAt: daysAgo(40) })
    bench.mall.place(late, { orderedAt: daysAgo(6) })
    await bench.want([old], { source: 'person' })
    await bench.want([swept], { source: 'sweep' })
    await bench.want([late])
    await bench.run()
    expect(await stagedIn(bench.shopId)).toBe(3)
  })
})

describe('what it costs', () => {
  it('is nothing where numbers tell the shop', async () => {
    await twoShops('amazon')
    bench.mall.ownsOrderNumber = () => true
    const shop = await workingShop(database.pool, bench.shopId, Date.now())
    expect(shop.sharedMailboxShopIds).toEqual([sisterId])
    const pool = poolWith(() => Promise.reject(new Error('asked')))
    await mail([NUMBER])
    const due = await readDue(database.pool, bench.shopId, new Date(bench.clock.now()), 10)
    expect(due).toHaveLength(1)
    expect(await otherShopResults({ ...bench.deps, pool }, shop, due)).toEqual([])
  })

  it('is a look into an index for each number', async () => {
    await twoShops('amazon')
    await fill()
    const shop = await workingShop(database.pool, bench.shopId, Date.now())
    const sent: { sql: string; values: unknown[] }[] = []
    const recorder = poolWith(async (sql, values) => {
      sent.push({ sql, values })
      return { rows: [] }
    })
    const numbers = numbersFrom(1, 100)
    const due = numbers.map((orderNumber) => ({
      orderNumber,
      source: 'mail',
      purpose: 'import',
      orderId: null,
    }))
    // As much of a request as is looked at.
    await otherShopResults({ ...bench.deps, pool: recorder }, shop, due as never)
    await endForOtherShops(recorder, bench.deps.marketplaces, shop, numbers, new Date())
    expect(sent).toHaveLength(2)
    for (const { sql, values } of sent) {
      const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, values)
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).not.toMatch(/Seq Scan/)
      for (const index of INDEXES) expect(plan).toMatch(index)
    }
  })
})

/** The requests by whichever of the two finds fewer: those of the number, or those with the outcome. */
const INDEXES = [
  /import_requests_(shop_id_order_number_idx|ended_so)/,
  /orders_shop_id_order_number_key/,
  /swept_orders_pkey/,
]

/** Enough rows of both shops for a wrong plan to be the dearer one. */
async function fill(): Promise<void> {
  const { pool } = database
  const number = `'250-0000000-' || lpad(n::text, 7, '0')`
  await pool.query(
    `insert into import_requests (id, tenant_id, shop_id, order_number, source, state, next_attempt_at, expires_at, requested_at)
     select gen_random_uuid(), $1, s, ${number}, 'mail', 'waiting', now(), now(), now()
     from generate_series(1, 5000) n, unnest($2::uuid[]) s`,
    [bench.tenantId, [bench.shopId, sisterId]],
  )
  await pool.query(
    `insert into swept_orders (shop_id, order_number, day, at, listed_at)
     select s, ${number}, now(), now(), now() from generate_series(1, 5000) n, unnest($1::uuid[]) s`,
    [[bench.shopId, sisterId]],
  )
  await pool.query(
    `insert into orders (id, tenant_id, shop_id, marketplace, order_number, mall_status, mall_state, ordered_at, staged_at,
       refreshed_at, billed_amount, total_amount, item_lines, item_quantity, payment_kind, created_at, updated_at)
     select gen_random_uuid(), $1, s, 'amazon', ${number}, 'x', 'open', now(), now(), now(), 1, 1, 1, 1, 'card', now(), now()
     from generate_series(1, 5000) n, unnest($2::uuid[]) s`,
    [bench.tenantId, [bench.shopId, sisterId]],
  )
  await pool.query('analyze import_requests, swept_orders, orders')
}
