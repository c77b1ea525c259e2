import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { foldCounts, readBoard } from '../../../src/orders/board.ts'
import { pullOrders } from '../../../src/orders/pull.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 8 })
})
afterAll(() => database.close())

const never = new AbortController().signal

/** What the board said before its counts were kept: everything counted. */
const COUNTED = `
select o.shop_id::text as shop, w as what, count(*)::int as n from orders o, unnest(torikomi_order_counted(o.status, o.change_state, o.marks)) w group by 1, 2
union all
select r.shop_id::text, w, count(*)::int from import_requests r, unnest(torikomi_import_counted(r.state, r.purpose, r.attempts, r.outcome)) w group by 1, 2 order by 1, 2`
const KEPT = `
select shop_id::text as shop, what, sum(n)::int as n from board_counts group by 1, 2 having sum(n) <> 0 order by 1, 2`

async function expectTrue(): Promise<void> {
  const [counted, kept] = [await database.pool.query(COUNTED), await database.pool.query(KEPT)]
  expect(kept.rows).toEqual(counted.rows)
}

const one = fc.record({
  what: fc.constantFrom(
    'stage',
    'pull',
    'move',
    'change',
    'mark',
    'fail',
    'erase',
    'delete',
    'fold',
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
  else if (what === 'change') await change(`change_state = '${CHANGES[(n + step) % CHANGES.length]}'`)
  else if (what === 'mark') await change(`marks = array['a', 'b', 'a'], sealed_detail = sealed_detail`)
  else if (what === 'erase') await change(`sealed_detail = null, erased_at = now()`)
  else if (what === 'fail') await bench.want(fresh(n))
  else if (what === 'delete') await database.pool.query(`delete from orders where ${some}`, [bench.shopId])
  else if (what === 'fold') await foldCounts(database.pool, never, 0)
  else {
    const client = await database.pool.connect()
    await client.query('begin')
    await client.query(`update orders set status = 'cancelled' where shop_id = $1`, [bench.shopId])
    await client.query('rollback')
    client.release()
  }
}

it('keeps the counts of the board true through whatever happens to orders, in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 4, maxLength: 14 }), async (steps) => {
      const bench = await importBench(database)
      for (const [index, { what, n }] of steps.entries()) await act(bench, what, n, index)
      await expectTrue()
      await Promise.all([foldCounts(database.pool, never, 0), foldCounts(database.pool, never, 0)])
      await expectTrue()
    }),
    { numRuns: 12 },
  )
})

it('and while several do it at once, beside those who add them up', async () => {
  const bench = await importBench(database)
  await act(bench, 'stage', 5, 0)
  const works = Array.from({ length: 12 }, (_, n) =>
    act(bench, ['pull', 'move', 'fold', 'change', 'stage', 'fold'][n % 6] ?? 'fold', 1 + (n % 5), n),
  )
  await Promise.allSettled(works)
  await expectTrue()
  const board = await readBoard(bench.deps, bench.tenantId)
  const staged = await database.db.order.count({
    where: { tenantId: bench.tenantId, status: 'auto_imported' },
  })
  expect(board.staged).toBe(staged)
})

it('adds the rows up to one for each count, and loses none that is written meanwhile', async () => {
  const bench = await importBench(database)
  for (let n = 0; n < 3; n += 1) await act(bench, 'stage', 2, n)
  const rows = () =>
    database.db.boardCount.findMany({ where: { shopId: bench.shopId, what: 'status:auto_imported' } })
  expect((await rows()).length).toBeGreaterThan(1)
  await foldCounts(database.pool, never, 0)
  expect(await rows()).toMatchObject([{ n: 6 }])
})

it('leaves nothing of a shop, a tenant or their orders that are gone', async () => {
  const bench = await importBench(database)
  await act(bench, 'stage', 3, 0)
  await database.pool.query('delete from orders where shop_id = $1', [bench.shopId])
  await expectTrue()
  await act(bench, 'stage', 3, 1)
  await database.db.tenant.delete({ where: { id: bench.tenantId } })
  expect(await database.db.boardCount.count({ where: { shopId: bench.shopId } })).toBe(0)
  await expectTrue()
})
