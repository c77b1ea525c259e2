import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRequestPage } from '../../../src/imports/requests/read.ts'
import { wantedByTokens } from '../../../src/orders/list-parts.ts'
import { readOrderPage } from '../../../src/orders/read.ts'
import { fillItemSearch } from '../../../src/orders/store/order-backfill.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type History, makeHistory } from '../../support/database/history.ts'
import { testSealer } from '../../support/fixtures.ts'

/**
 * Lists over years of orders: whatever way they are read, they are what a look through all rows would find.
 */

let database: TestDatabase
let history: History
beforeAll(async () => {
  database = await freshDatabase()
  history = await makeHistory(database.pool, { orders: 900, staged: 40 })
})
afterAll(() => database.close())

async function pagesOf<T extends { nextCursor: string | null }>(
  read: (cursor: string | undefined) => Promise<T>,
): Promise<T[]> {
  const pages: T[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    pages.push(page)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return pages
}

describe('the item search', () => {
  const query = fc.record({
    item: fc.constantFrom(
      ...[
        '抹茶',
        '茶',
        '限定桐箱',
        '桐',
        '詰合せ 7本',
        'ITEM-5',
        'item-12',
        'ｷﾞﾌﾄ',
        '存在しない',
        'é',
        'a',
        '7',
      ],
    ),
    sort: fc.constantFrom('newest' as const, 'oldest' as const),
    limit: fc.constantFrom(7, 60, 500),
    more: fc.constantFrom<object>(
      {},
      { status: 'completed' },
      { shopId: 0 },
      { from: '2025-06-01T00:00:00Z' },
      { to: '2025-06-01T00:00:00Z' },
    ),
  })

  type Query = typeof query extends fc.Arbitrary<infer T> ? T : never

  async function expectAll({ item, sort, limit, more }: Query): Promise<void> {
    const { shopId, ...rest } = more as Record<string, unknown>
    const conditions = { ...rest, ...(shopId === undefined ? {} : { shopId: history.shopIds[0] }) }
    const pages = await pagesOf((cursor) =>
      readOrderPage({ ...database, sealer: testSealer }, history.tenantId, {
        ...conditions,
        item,
        sort,
        limit,
        total: true,
        cursor,
      }),
    )
    const { rows } = await database.pool.query<{ id: string }>(
      `select id::text from orders where tenant_id = $1 and position($2 in items_text) > 0
         and ($3::uuid is null or shop_id = $3) and ($4::order_status is null or status = $4)
         and ordered_at >= coalesce($5, '-infinity'::timestamptz) and ordered_at < coalesce($6, 'infinity'::timestamptz)
       order by ordered_at ${sort === 'newest' ? 'desc' : 'asc'}, id ${sort === 'newest' ? 'desc' : 'asc'}`,
      [
        ...[history.tenantId, item.normalize('NFKC').toLowerCase(), conditions.shopId ?? null],
        ...[rest.status ?? null, rest.from ?? null, rest.to ?? null],
      ],
    )
    expect(pages.flatMap((page) => page.rows.map((row) => row.id))).toEqual(rows.map((row) => row.id))
    expect(pages[0]?.total).toBe(rows.length)
  }

  it('finds what a look through all texts would find, page by page and in both directions', async () => {
    await fc.assert(fc.asyncProperty(query, expectAll), { numRuns: 12 })
  })

  it('finds it too while the orders of before have no tokens yet, and goes on where it was broken off', async () => {
    await database.pool.query(
      `delete from order_item_search where order_id in (select id from orders order by id limit 700)`,
    )
    await database.pool.query(
      `update data_steps set place = null where name in ('item_search', 'number_ends')`,
    )
    expect(await isReady()).toBe(false)
    await fc.assert(fc.asyncProperty(query, expectAll), { numRuns: 5 })
    await fillItemSearch(database, AbortSignal.abort())
    expect(await isReady()).toBe(false)
    await fillItemSearch(database, new AbortController().signal)
    expect(await isReady()).toBe(true)
    expect(await database.db.orderItemSearch.count()).toBe(900)
    await fc.assert(fc.asyncProperty(query, expectAll), { numRuns: 12 })
  })

  const isReady = async () => (await wantedByTokens(database.db, { item: '抹茶' })) !== null

  it('follows a text that is changed', async () => {
    const found = async () =>
      (
        await readOrderPage({ ...database, sealer: testSealer }, history.tenantId, {
          item: '柚子',
          sort: 'newest',
          limit: 10,
        })
      ).rows.length
    expect(await found()).toBe(0)
    const change = (text: string) =>
      database.pool.query(
        `update orders set items_text = $2 where id = (select id from orders where tenant_id = $1 order by id limit 1)`,
        [history.tenantId, text],
      )
    await change('柚子胡椒')
    expect(await found()).toBe(1)
    await change('胡椒')
    expect(await found()).toBe(0)
  })
})

describe('the end of a number', () => {
  const query = fc.record({
    numberEnd: fc.constantFrom('77', '077', '0077', '00077', 'P-000000077', 'x77', '-000000899', '7%', '_7'),
    sort: fc.constantFrom('newest' as const, 'oldest' as const),
    limit: fc.constantFrom(3, 60),
    more: fc.constantFrom<object>(
      {},
      { hold: true },
      { hold: false },
      { paymentKind: 'invoice' },
      { item: '茶' },
    ),
  })

  type Query = typeof query extends fc.Arbitrary<infer T> ? T : never

  async function expectAll({ numberEnd, sort, limit, more }: Query): Promise<void> {
    const { hold, paymentKind, item } = more as { hold?: boolean; paymentKind?: string; item?: string }
    const pages = await pagesOf((cursor) =>
      readOrderPage({ ...database, sealer: testSealer }, history.tenantId, {
        ...more,
        numberEnd,
        sort,
        limit,
        total: true,
        cursor,
      }),
    )
    const { rows } = await database.pool.query<{ id: string }>(
      `select id::text from orders where tenant_id = $1 and right(lower(order_number), length($2)) = lower($2)
         and ($3::bool is null or (holds <> '{}') = $3) and ($4::text is null or payment_kind = $4)
         and ($5::text is null or position($5 in items_text) > 0)
       order by ordered_at ${sort === 'newest' ? 'desc' : 'asc'}, id ${sort === 'newest' ? 'desc' : 'asc'}`,
      [history.tenantId, numberEnd, hold ?? null, paymentKind ?? null, item ?? null],
    )
    expect(pages.flatMap((page) => page.rows.map((row) => row.id))).toEqual(rows.map((row) => row.id))
    expect(pages[0]?.total).toBe(rows.length)
  }
  const expectAlways = () => fc.assert(fc.asyncProperty(query, expectAll), { numRuns: 20 })
  const isReady = async () => (await wantedByTokens(database.db, { numberEnd: '77' })) !== null

  it('finds what a look through all numbers would find, page by page and in both directions', expectAlways)

  it('finds it too while an earlier release’s orders have the tokens of their items alone', async () => {
    await database.pool.query(`update order_item_search s set tokens = torikomi_item_tokens(o.tenant_id, torikomi_month(o.ordered_at), o.items_text)
      from orders o where o.id = s.order_id`)
    await database.pool.query(`update data_steps set place = null where name = 'number_ends'`)
    expect(await isReady()).toBe(false)
    await expectAlways()
    await fillItemSearch(database, new AbortController().signal)
    expect(await isReady()).toBe(true)
    await expectAlways()
  })
})

const AS_IN_THE_LIST = fc.constantFrom('newest' as const, 'oldest' as const)
const MORE = fc.constantFrom<Record<string, unknown>>(
  ...[{}, { status: 'completed' }, { status: 'auto_imported' }, { tracking: 'some' }, { tracking: 'none' }],
  ...[{ from: '2025-06-01T00:00:00Z' }, { to: '2025-06-01T00:00:00Z' }, { hold: true }, { item: '茶' }],
)

/** Pages of a list, and that they hold what a look through all of the tenant's orders finds. */
async function expectList(
  asked: Record<string, unknown>,
  { sort, limit, more }: { sort: 'newest' | 'oldest'; limit: number; more: Record<string, unknown> },
  condition: string,
  value: string | readonly string[] | null,
): Promise<void> {
  const pages = await pagesOf((cursor) =>
    readOrderPage(
      { ...database, sealer: testSealer, reach: { few: 20, nearby: 30, newest: 100 } },
      history.tenantId,
      {
        ...more,
        ...asked,
        sort,
        limit,
        total: true,
        cursor,
      },
    ),
  )
  const way = sort === 'newest' ? 'desc' : 'asc'
  const { rows } = await database.pool.query<{ id: string }>(
    `select id::text from orders where tenant_id = $1 and ${condition} and ($3::order_status is null or status = $3)
       and ($4::text is null or (tracked_parcels > 0) = ($4 = 'some')) and ($5::bool is null or (holds <> '{}') = $5)
       and ($6::text is null or position($6 in items_text) > 0)
       and ordered_at >= coalesce($7, '-infinity'::timestamptz) and ordered_at < coalesce($8, 'infinity'::timestamptz)
     order by ordered_at ${way}, id ${way}`,
    [
      ...[history.tenantId, value, more.status ?? null, more.tracking ?? null, more.hold ?? null],
      ...[more.item ?? null, more.from ?? null, more.to ?? null],
    ],
  )
  expect(pages.flatMap((page) => page.rows.map((row) => row.id))).toEqual(rows.map((row) => row.id))
  expect(pages[0]?.total).toBe(rows.length)
}

it('the beginning of a number finds what a look through all numbers would find, of few, of many and of old ones', async () => {
  const query = fc.record({
    number: fc.constantFrom(
      ...['shop-', 'SHOP-0000000', 'shop-0000001', 'shop-00000077', 'shop-000000777', '%', 's_op', 'x'],
    ),
    sort: AS_IN_THE_LIST,
    limit: fc.constantFrom(7, 60, 500),
    more: MORE,
  })
  await fc.assert(
    fc.asyncProperty(query, ({ number, ...list }) =>
      expectList({ number }, list, 'starts_with(lower(order_number), lower($2))', number),
    ),
    { numRuns: 40 },
  )
})

describe('a mark', () => {
  const query = fc.record({
    mark: fc.constantFrom('repeat_buyer', 'combinable', 'rule:gift', 'blocked_buyer'),
    sort: AS_IN_THE_LIST,
    limit: fc.constantFrom(7, 60, 500),
    more: MORE,
  })
  const expectAlways = () =>
    fc.assert(
      fc.asyncProperty(query, ({ mark, ...list }) => expectList({ mark }, list, '$2 = any(marks)', mark)),
      { numRuns: 30 },
    )

  it('finds what a look through all orders would find', expectAlways)

  it('finds it too after marks came and went, orders moved in time and were deleted', async () => {
    const some = `(select id from orders where tenant_id = '${history.tenantId}' order by hashtext(id::text || $1::text) limit 60)`
    for (const [n, change] of [
      `marks = marks || '{combinable}'`,
      `marks = marks || '{rule:gift,rule:gift}'`,
      `marks = array_remove(marks, 'repeat_buyer')`,
      `ordered_at = ordered_at - interval '40 days'`,
      `marks = '{}'`,
    ].entries())
      await database.pool.query(`update orders set ${change} where id in ${some}`, [n])
    await database.pool.query(`delete from orders where id in ${some}`, [9])
    await expectAlways()
    const { rows } = await database.pool.query(
      `select (select count(*) from order_marks) = (select count(*) from (select distinct id, unnest(marks) from orders) o) as same`,
    )
    expect(rows).toEqual([{ same: true }])
  })
})

describe('a value whose index leaves staged orders out', () => {
  beforeAll(() =>
    database.pool.query(
      `update orders set status = case when hashtext(id::text) % 3 = 0 then 'auto_imported'::order_status when hashtext(id::text) % 3 = 1 then 'new' else status end,
         change_state = case when hashtext(id::text || 'c') % 4 = 0 then 'failed'::change_state else change_state end,
         payment_kind = case when hashtext(id::text || 'p') % 5 = 0 then 'invoice' else payment_kind end,
         tracked_parcels = hashtext(id::text || 't') % 2`,
    ),
  )

  const query = fc.record({
    value: fc.constantFrom(
      ...[
        [{ paymentKind: 'invoice' }, `payment_kind = 'invoice'`],
        [{ changeState: 'failed' }, `change_state = 'failed'`],
        [{ changeState: 'none' }, `change_state = 'none'`],
        [{ tracking: 'none' }, 'tracked_parcels = 0'],
      ].map(([conditions, sql]) => ({ conditions: conditions as object, sql: sql as string })),
    ),
    among: fc.constantFrom(
      ...[
        {},
        { status: 'auto_imported' },
        { status: 'new' },
        { statuses: ['auto_imported'] },
        { statuses: ['auto_imported', 'new', 'completed'] },
        { statuses: ['new', 'completed'] },
        { status: 'auto_imported', statuses: ['new'] },
      ].map((conditions) => conditions as { status?: 'new'; statuses?: 'new'[] }),
    ),
    sort: fc.constantFrom('newest' as const, 'oldest' as const),
    limit: fc.constantFrom(7, 60, 500),
  })

  it('finds what a look through all orders would find, staged ones in their place', async () => {
    await fc.assert(
      fc.asyncProperty(query, ({ value, among, ...list }) =>
        expectList(
          { ...value.conditions, ...among },
          { ...list, more: {} },
          `($2::order_status[] is null or status = any($2)) and ${value.sql}`,
          inBoth(among),
        ),
      ),
      { numRuns: 30 },
    )
  })
})

function inBoth({ status, statuses }: { status?: string; statuses?: string[] }): string[] | null {
  if (status === undefined) return statuses ?? null
  return (statuses ?? [status]).filter((one) => one === status)
}

it('the list of import requests is the same under all of its conditions', async () => {
  const query = fc.record({
    state: fc.constantFrom(undefined, 'waiting', 'done', 'failed'),
    shop: fc.constantFrom(undefined, 0, 1),
    outcome: fc.constantFrom(undefined, 'staged', 'NOT_FOUND', 'skipped', 'NEVER'),
    orderNumber: fc.constantFrom(undefined, undefined, undefined, 'shop-000000777'),
    limit: fc.constantFrom(9, 50, 200),
  })
  await fc.assert(
    fc.asyncProperty(query, async ({ state, shop, outcome, orderNumber, limit }) => {
      const shopId = shop === undefined ? undefined : history.shopIds[shop]
      const conditions = { state, shopId, outcome, orderNumber }
      const pages = await pagesOf((cursor) =>
        readRequestPage({ pool: database.pool, sealer: testSealer }, history.tenantId, {
          ...conditions,
          limit,
          cursor,
        }),
      )
      const { rows } = await database.pool.query<{ id: string }>(
        `select id::text from import_requests where tenant_id = $1 and ($2::import_state is null or state = $2)
           and ($3::uuid is null or shop_id = $3) and ($4::text is null or outcome = $4) and ($5::text is null or order_number = $5)
         order by requested_at desc, id desc`,
        [history.tenantId, ...[state, shopId, outcome, orderNumber].map((value) => value ?? null)],
      )
      expect(pages.flatMap((page) => page.importRequests.map(({ id }) => id))).toEqual(
        rows.map(({ id }) => id),
      )
    }),
    { numRuns: 40 },
  )
})
