import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBoardReader, readBoard } from '../../../src/orders/board.ts'
import { pullOrders } from '../../../src/orders/pull.ts'
import { searchCondition } from '../../../src/orders/search.ts'
import { bindGiven } from '../../../src/platform/db/statement.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 8 })
})
afterAll(() => database.close())

type Counts = Record<string, number>

/** In Japan, where the bench's clock stands at noon. */
const TODAY = '2026-01-15'
const TOMORROW = '2026-01-16'

/** All that a shop has, counted row by row, without indexes or bounds. */
async function rowsOf(shopId: string) {
  const orders = await database.db.order.findMany({
    where: { shopId },
    select: {
      status: true,
      changeState: true,
      marks: true,
      onHoldDate: true,
      mallState: true,
      purgedAt: true,
    },
  })
  const requests = await database.db.importRequest.findMany({ where: { shopId } })
  const of = <T>(rows: readonly T[], fits: (row: T) => boolean) => rows.filter(fits).length
  const waits = ({ outcome }: { outcome: string | null }) => outcome === 'NOT_FOUND' || outcome === 'PENDING'
  const open = requests.filter(({ state }) => state === 'waiting')
  const marks: Counts = {}
  for (const order of orders)
    for (const mark of order.status === 'auto_imported' ? order.marks : [])
      marks[mark] = (marks[mark] ?? 0) + 1
  return {
    staged: of(orders, ({ status }) => status === 'auto_imported'),
    new: of(orders, ({ status }) => status === 'new'),
    awaitingPayment: of(orders, ({ status }) => status === 'awaiting_payment'),
    readyToShip: of(orders, ({ status }) => status === 'ready_to_ship'),
    onHold: of(orders, ({ status }) => status === 'on_hold'),
    onHoldDue: of(orders, (row) => row.status === 'on_hold' && row.onHoldDate === TODAY),
    cancelledAtMall: of(
      orders,
      ({ status, mallState, purgedAt }) =>
        mallState === 'cancelled' &&
        !['shipped', 'completed', 'cancelled'].includes(status) &&
        purgedAt === null,
    ),
    changing: of(orders, ({ changeState }) => ['queued', 'changing'].includes(changeState)),
    warning: of(orders, ({ changeState }) => changeState === 'warning'),
    failed: of(orders, ({ changeState }) => changeState === 'failed'),
    importing: of(
      open,
      (row) => row.purpose === 'import' && (row.attempts < 2 || row.outcome === null || waits(row)),
    ),
    importDoubtful: of(open, (row) => row.attempts >= 2 && row.outcome !== null && !waits(row)),
    importFailed: of(requests, ({ state }) => state === 'failed'),
    marks,
  }
}

async function expectTrue(bench: ImportBench): Promise<void> {
  const { marks, ...counts } = await rowsOf(bench.shopId)
  const board = await readBoard(bench.deps, bench.tenantId)
  expect(board.shops).toMatchObject([{ ...counts, bounded: [] }])
  expect(board).toMatchObject({ ...counts, bounded: [] })
  // The link beside the count lists just these.
  for (const [cancelledAtMall, n] of [
    [true, counts.cancelledAtMall],
    [
      false,
      (await database.db.order.count({ where: { shopId: bench.shopId } })) - (counts.cancelledAtMall ?? 0),
    ],
  ] as const) {
    const { sql, given } = searchCondition(testSealer, bench.tenantId, {
      cancelledAtMall,
      sort: 'oldest',
      limit: 1,
    })
    const { rows } = await database.pool.query(
      bindGiven(`select count(*)::int as n from orders o where ${sql}`, given),
    )
    expect(rows).toEqual([{ n }])
  }
  expect(Object.fromEntries(board.marks.map(({ mark, count }) => [mark, count]))).toEqual(marks)
}

const one = fc.record({
  what: fc.constantFrom(
    'stage',
    'pull',
    'move',
    'hold',
    'mall',
    'purge',
    'change',
    'mark',
    'fail',
    'erase',
    'delete',
    'answers',
    'roll back',
  ),
  n: fc.integer({ min: 1, max: 5 }),
})

const STATUSES = [
  'auto_imported',
  'new',
  'awaiting_payment',
  'ready_to_ship',
  'shipped',
  'on_hold',
  'cancelled',
]
const CHANGES = ['none', 'queued', 'changing', 'warning', 'failed', 'succeeded']

let made = 0
/** Numbers that no step before has used. */
const fresh = (n: number): string[] => {
  made += n
  return numbers(made).slice(-n)
}

async function act(bench: ImportBench, what: string, n: number, step: number): Promise<void> {
  const some = `id in (select id from orders where shop_id = $1 order by md5(id::text || '${step}') limit ${n})`
  const change = (set: string) =>
    database.pool.query(`update orders set ${set} where ${some}`, [bench.shopId])
  if (what === 'stage') {
    const wanted = fresh(n)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    await bench.run()
  } else if (what === 'pull') {
    const caller = { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: `pull-${step}` }
    await pullOrders(bench.deps, caller, { limit: n })
  } else if (what === 'move') await change(`status = '${STATUSES[(n + step) % STATUSES.length]}'`)
  else if (what === 'hold')
    await change(`status = 'on_hold', on_hold_date = '${step % 2 ? TODAY : TOMORROW}'`)
  else if (what === 'mall') await change(`mall_state = '${step % 2 ? 'cancelled' : 'open'}'`)
  else if (what === 'purge') await change(`purged_at = now()`)
  else if (what === 'change') await change(`change_state = '${CHANGES[(n + step) % CHANGES.length]}'`)
  else if (what === 'mark') await change(`marks = array['a', 'b'], sealed_detail = sealed_detail`)
  else if (what === 'erase') await change(`sealed_detail = null, erased_at = now()`)
  else if (what === 'fail') await bench.want(fresh(n))
  else if (what === 'delete') await database.pool.query(`delete from orders where ${some}`, [bench.shopId])
  // A mall that answers something of no use, so that requests are tried on or given up.
  else if (what === 'answers')
    await database.pool.query(
      `update import_requests set attempts = $2, outcome = (array['NOT_FOUND', 'MALL_REFUSED', null])[$3] where shop_id = $1 and state = 'waiting'`,
      [bench.shopId, n, 1 + (step % 3)],
    )
  else {
    const client = await database.pool.connect()
    await client.query('begin')
    await client.query(`update orders set status = 'cancelled' where shop_id = $1`, [bench.shopId])
    await client.query('rollback')
    client.release()
  }
}

it('モール取消 leaves out what has lost its content', async () => {
  const bench = await importBench(database)
  await act(bench, 'stage', 3, 0)
  const cancelled = `update orders set status = 'new', mall_state = 'cancelled' where shop_id = $1`
  await database.pool.query(cancelled, [bench.shopId])
  await act(bench, 'purge', 1, 1)
  await expectTrue(bench)
})

it('counts what is there, whatever happened to orders and requests', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 4, maxLength: 14 }), async (steps) => {
      const bench = await importBench(database)
      for (const [index, { what, n }] of steps.entries()) await act(bench, what, n, index)
      await expectTrue(bench)
    }),
    { numRuns: 12 },
  )
})

it('counts a waiting import among those under way that a person has tried again after many attempts', async () => {
  const bench = await importBench(database)
  await act(bench, 'fail', 1, 0)
  await database.pool.query(
    `update import_requests set attempts = 5, outcome = null where shop_id = $1 and state = 'waiting'`,
    [bench.shopId],
  )
  expect(await readBoard(bench.deps, bench.tenantId)).toMatchObject({ importing: 1, importDoubtful: 0 })
})

it('counts what is on hold until today from midnight in Japan on', async () => {
  const bench = await importBench(database)
  await act(bench, 'stage', 1, 0)
  await act(bench, 'hold', 1, 0)
  const due = async () => (await readBoard(bench.deps, bench.tenantId)).onHoldDue
  bench.clock.advance(12 * 60 * 60_000 - 1)
  expect(await due()).toBe(0)
  bench.clock.advance(1)
  expect(await due()).toBe(1)
})

describe('with more than are counted', () => {
  let bench: ImportBench
  beforeAll(async () => {
    bench = await importBench(database)
    await act(bench, 'stage', 1, 0)
    const copies = (from: number, to: number) =>
      database.pool.query(
        `insert into orders select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'order_number', 'copy-' || n))).*
         from orders o, generate_series($2::int, $3::int) n where o.shop_id = $1 and o.order_number not like 'copy-%'`,
        [bench.shopId, from, to],
      )
    await copies(1, 998)
    expect(await readBoard(bench.deps, bench.tenantId)).toMatchObject({ staged: 999, bounded: [] })
    await copies(999, 1_200)
    await database.pool.query(`update orders set marks = array['a'] where shop_id = $1`, [bench.shopId])
  })

  it('says so, and how many there are at least', async () => {
    const board = await readBoard(bench.deps, bench.tenantId)
    expect(board).toMatchObject({
      staged: 1_000,
      bounded: ['staged', 'marks'],
      marks: [{ mark: 'a', count: 1_000 }],
      shops: [{ staged: 1_000, bounded: ['staged'] }],
    })
  })

  it('a pull still says exactly what it left', async () => {
    const caller = { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: 'bounded' }
    expect(await pullOrders(bench.deps, caller, { limit: 10 })).toMatchObject({ remaining: 1_191 })
  })

  it('a process of the release before finds the same, and its triggers’ rows go nowhere', async () => {
    const kept = `select what, sum(n)::int as n from board_counts where shop_id in (select id from shops where tenant_id = $1) group by what having sum(n) > 0 order by 1`
    await database.pool.query(
      `insert into board_counts (shop_id, what, n) select shop_id, 'status:new', count(*) from orders where shop_id = $1 group by 1`,
      [bench.shopId],
    )
    const { rows } = await database.pool.query(kept, [bench.tenantId])
    expect(rows).toEqual([
      { what: 'mark:a', n: 1_191 },
      { what: 'status:auto_imported', n: 1_191 },
      { what: 'status:new', n: 10 },
    ])
  })
})

it('is read once for all who ask within a second, and anew for what an event tells', async () => {
  const bench = await importBench(database)
  const board = createBoardReader(bench.deps)
  const [first, beside] = await Promise.all([board.recent(bench.tenantId), board.recent(bench.tenantId)])
  expect(beside).toBe(first)
  await act(bench, 'stage', 1, 0)
  expect(await board.recent(bench.tenantId)).toBe(first)
  const told = await board.read(bench.tenantId)
  expect(told.staged).toBe(1)
  expect(await board.recent(bench.tenantId)).toBe(told)
  await expect
    .poll(async () => (await board.recent(bench.tenantId)) === told, { timeout: 10_000 })
    .toBe(false)
})

it('counts nothing of a shop whose orders are gone', async () => {
  const bench = await importBench(database)
  await act(bench, 'stage', 3, 0)
  await database.pool.query('delete from orders where shop_id = $1', [bench.shopId])
  await expectTrue(bench)
})
