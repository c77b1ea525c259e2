import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRetention } from '../../../src/orders/retention.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

const script = new URL('../../../docs/operations/partition-by-month.sql', import.meta.url)
const log = createLogger({ level: 'silent' })
const DAY = 24 * 60 * 60_000

let database: TestDatabase
let bench: MallBench
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
})
afterAll(async () => {
  await bench.close()
  await database.close()
})

const placeAndImport = async () =>
  bench.importOrders('rakuten', [
    bench.malls.rakuten.place().orderNumber,
    bench.malls.rakuten.place().orderNumber,
  ])

/** Rows of a table by partition. */
async function rowsOf(table: string): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ part: string; n: number }>(
    `select tableoid::regclass::text as part, count(*)::int as n from ${table} group by 1`,
  )
  return Object.fromEntries(rows.map(({ part, n }) => [part, n]))
}

it('the SQL of the operations page parts the tables, and the service goes on with them', async () => {
  await placeAndImport()
  const before = await database.db.orderEvent.count()
  await database.pool.query(await readFile(script, 'utf8'))
  expect(await rowsOf('order_events')).toEqual({ order_events_before: before })

  const [id = ''] = await placeAndImport()
  expect((await database.db.orderEvent.findMany({ where: { orderId: id } })).length).toBeGreaterThan(0)
  expect(await database.db.orderRaw.count()).toBe(4)
  expect(await database.db.orderSearch.count({ where: { orderId: id } })).toBeGreaterThan(0)

  // As an order of two months from now would be: its ids carry that time.
  const { rows } = await database.pool.query<{ part: string }>(
    `insert into order_events (id, order_id, at, kind, actor)
     select torikomi_first_id(date_trunc('month', now(), 'UTC') + interval '2 months'), $1, now(), 'test', 'test'
     returning tableoid::regclass::text as part`,
    [id],
  )
  const later = new Date()
  const month = new Date(Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 2, 1)).toISOString()
  expect(rows[0]?.part).toBe(`order_events_${month.slice(0, 7).replace('-', '_')}`)

  const longAgo = new Date(Date.now() - 40 * DAY)
  // What has a day of shipping ahead is kept; which orders have one is the simulated buyers' wish.
  const data = { stagedAt: longAgo, pulledAt: longAgo, status: 'new' as const, shipOn: null, holds: [] }
  await database.db.order.updateMany({ data })
  const clock = { now: Date.now, sleep: async () => undefined }
  const retention = createRetention({
    ...database,
    clock,
    log,
    retentionDays: 30,
    openDays: 30,
    unpulledDays: null,
  })
  expect(await retention.run(new AbortController().signal)).toMatchObject({ orders: 4 })
  expect(await database.db.orderRaw.count()).toBe(0)
  await database.pool.query('delete from tenants')
  expect(await database.db.orderEvent.count()).toBe(0)
  expect(await applyMigrations(database.url, log)).toEqual([])
})
