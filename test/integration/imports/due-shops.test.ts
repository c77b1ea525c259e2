import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { firstPage, readDueShops } from '../../../src/worker/statements.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop } from '../../support/fixtures.ts'
import { type ImportBench, importBench, jobsOf, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let shopIds: string[]
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  const { tenantId } = bench
  const more = await Promise.all(
    ['c1', 'c2', 'c3', 'c4'].map((code) => makeShop(database.db, { tenantId, code })),
  )
  shopIds = [bench.shopId, ...more.map(({ id }) => id)].toSorted()
  await bench.want(numbers(1))
})

/** All pages, one after the other, as ticks read them. */
async function pages(limit: number): Promise<string[][]> {
  const read: string[][] = []
  for (let page = firstPage(limit); ; ) {
    const { due, next } = await readDueShops(
      database.pool,
      jobsOf(bench.deps),
      new Date(bench.clock.now()),
      page,
    )
    read.push(due.map(({ shopId }) => shopId).toSorted())
    if (next === null) return read
    page = { ...page, after: next }
  }
}

const COPY = `
insert into import_requests (id, tenant_id, shop_id, order_number, source, next_attempt_at, expires_at, requested_at)
select gen_random_uuid(), r.tenant_id, s.id, 'n' || k, r.source, r.next_attempt_at, r.expires_at, r.requested_at
from import_requests r, unnest($1::uuid[]) s (id), generate_series(1, $2::int) k`

it.each([
  ['few', 1],
  ['more than are looked through one by one', 900],
])(
  'names each shop once on one of its pages, however long those before it stay due (%s due rows)',
  async (_, each) => {
    const others = shopIds.filter((id) => id !== bench.shopId)
    await database.pool.query(COPY, [others, each])
    expect(await pages(10)).toEqual([shopIds])
    const read = await pages(2)
    expect(read.flat()).toEqual(shopIds)
    expect(read.length).toBeGreaterThan(2)
  },
)

it('passes over those of many due rows whose shop may not ask, and finds the one that may', async () => {
  const [closed = '', ...others] = shopIds.filter((id) => id !== bench.shopId)
  await database.pool.query(COPY, [[closed], 2_500])
  await database.db.shop.update({ where: { id: closed }, data: { laneClosedUntil: new Date('2100-01-01') } })
  await database.db.shop.updateMany({
    where: { id: { in: others } },
    data: { attentionCode: 'X', attentionProbeAt: new Date('2100-01-01') },
  })
  expect(await pages(10)).toEqual([[bench.shopId]])
})
