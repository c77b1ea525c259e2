import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createFigureCounter } from '../../../src/figures/counter.ts'
import { figureRoutes } from '../../../src/figures/routes.ts'
import type { App } from '../../../src/http/app-types.ts'
import { buildServer } from '../../../src/http/server.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { AppError } from '../../../src/platform/errors.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/** Figures by day on a real database: what changes an order changes its day, and nothing counts twice. */

let database: TestDatabase
let bench: ImportBench
let app: App
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await app?.close()
  await database.db.tenant.deleteMany()
  await database.pool.query(`update data_steps set place = null where name = 'figures'`)
  bench = await importBench(database)
  app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate: async (key) => {
      if (!['read', 'shop'].includes(key)) throw new AppError('UNAUTHENTICATED', '-')
      const shopIds = key === 'shop' ? [bench.shopId] : null
      return { kind: 'client', tenantId: bench.tenantId, role: 'read_only', apiKeyId: newId(), shopIds }
    },
    clientRoutes: [figureRoutes(bench.deps)],
    operatorRoutes: [],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
  })
})
afterAll(() => app?.close())

const get = (url: string, key = 'read') =>
  app.inject({ method: 'GET', url: `/v1${url}`, headers: { authorization: `Bearer ${key}` } })
const count = () => createFigureCounter(bench.deps).run(new AbortController().signal)
const JANUARY = '/figures?from=2026-01-01&to=2026-01-31'
const january = async (more = '') => (await get(JANUARY + more)).json()

const [A = '', B = '', C = '', D = ''] = numbers(4)
async function stage(orders: Record<string, Partial<NormalisedOrder>>): Promise<void> {
  for (const [number, order] of Object.entries(orders)) bench.mall.place(number, order)
  await bench.want(Object.keys(orders))
  await bench.run()
}
const billed = (yen: number) => ({ totals: { total: yen, billed: yen } })
const shipBy = (day: string) => ({
  delivery: { ...sampleOrder(A).delivery, shipBy: `${day}T23:59:59+09:00` },
})
const change = (number: string, set: string) =>
  database.pool.query(`update orders set ${set}, version = version + 1 where order_number = $1`, [number])

it('counts orders by their day in Japan, with what they come to and what was cancelled', async () => {
  await stage({
    [A]: { ...billed(3_500), orderedAt: '2026-01-14T14:59:59Z' },
    [B]: { ...billed(1_000), orderedAt: '2026-01-14T15:00:00Z' },
    [C]: { ...billed(200), orderedAt: '2026-01-15T14:59:59Z' },
  })
  await count()
  await change(C, `mall_state = 'cancelled'`)
  await count()
  const { figures, total } = await january()
  expect(figures).toMatchObject([
    { day: '2026-01-14', shopId: bench.shopId, orders: 1, amount: 3_500, cancelled: 0 },
    { day: '2026-01-15', orders: 2, amount: 1_200, cancelled: 1, cancelledAmount: 200 },
  ])
  expect(total).toMatchObject({ orders: 3, amount: 4_700, cancelled: 1, waits: { orders: 3 } })
  expect((await january('&per=day')).figures[1]).toMatchObject({ shopId: null, marketplace: null, orders: 2 })
  expect((await january(`&per=mall&marketplace=${bench.mall.name}`)).figures).toHaveLength(2)
  expect((await january(`&shopId=${newId()}`)).figures).toEqual([])
})

it('an edit moves the amount, and counting again, twice and at once, changes nothing', async () => {
  await stage({ [A]: billed(3_500), [B]: billed(1_000) })
  await count()
  await change(A, 'billed_amount = 4000')
  await Promise.all([count(), count()])
  await count()
  expect((await january()).total).toMatchObject({ orders: 2, amount: 5_000 })
})

it('a deadline that was kept, one that was missed, and one that is over before anybody acts', async () => {
  const now = bench.clock.now()
  const day = (days: number) => new Date(now + days * 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 10)
  await stage({ [A]: shipBy(day(1)), [B]: shipBy(day(-1)), [C]: shipBy(day(0)), [D]: {} })
  await change(D, 'ship_by = null')
  await count()
  // Past its deadline and still here: that of B alone.
  expect((await january()).total).toMatchObject({ due: 1, inTime: 0 })
  await change(A, `mall_state = 'shipped', ended_at = to_timestamp(${now / 1_000})`)
  await count()
  expect((await january()).total).toMatchObject({ due: 2, inTime: 1 })
  // Nobody touches C: its day comes up by itself once the deadline is over.
  bench.clock.advance(86_400_000)
  await count()
  expect((await january()).total).toMatchObject({ due: 3, inTime: 1 })
})

it('days that a process with a clock ahead has marked, and left uncounted, are counted by the next one', async () => {
  // The database's clock, which no test holds.
  const now = Date.now()
  const counterAt = (ms: number) =>
    createFigureCounter({ ...bench.deps, clock: { ...bench.clock, now: () => ms } })
  await stage({ [A]: { ...billed(3_500), orderedAt: new Date(now).toISOString() } })
  for (const amount of [3_500, 4_000]) {
    await change(A, `billed_amount = ${amount}`)
    // Ends behind its marks, in front of its counts.
    let looks = 0
    await counterAt(now + 3_600_000).run({
      get aborted() {
        return looks++ > 0
      },
    } as AbortSignal)
    await counterAt(Date.now() + 1_000).run(new AbortController().signal)
    const day = japaneseDay(now)
    expect((await get(`/figures?from=${day}&to=${day}`)).json().total.amount).toBe(amount)
  }
})

it('history is counted at first, a gap of the feed is made good, and deleted requests take no wait away', async () => {
  await stage({ [A]: {}, [B]: {} })
  await database.pool.query('delete from events')
  await count()
  const { total } = await january()
  expect(total).toMatchObject({ orders: 2, waits: { orders: 2 } })
  expect(total.waits.median).toBeGreaterThan(0)
  await database.pool.query('delete from import_requests')
  await change(A, 'billed_amount = 1')
  await database.pool.query('delete from events')
  // As after a restore: the positions of the feed before mean nothing.
  await database.pool.query(`update data_steps set place = 'other/1/1' where name = 'figures'`)
  await count()
  expect((await january()).total).toMatchObject({ orders: 2, amount: 3_501, waits: { orders: 2 } })
})

it('goes with its shop, is nobody else’s, and is refused where it makes no sense', async () => {
  await stage({ [A]: {} })
  await count()
  expect((await get(JANUARY, 'shop')).statusCode).toBe(403)
  expect((await get('/figures?from=2026-02-01&to=2026-01-31')).statusCode).toBe(422)
  expect((await get('/figures?from=2024-01-01&to=2026-01-31')).statusCode).toBe(422)
  // A spreadsheet folds ＝ and ‐, and looks behind what is invisible.
  for (const name of ['=1+1', '＝1+1', '‐1+1', '\u200b=1+1']) {
    await database.db.shop.update({ where: { id: bench.shopId }, data: { name } })
    const file = await get(`${JANUARY.replace('/figures', '/figures/export')}`)
    expect(file.headers['content-type']).toContain('text/csv')
    expect(file.body.split('\r\n')[1]).toMatch(/^2026-01-\d\d,[a-z]+,'.?.1\+1,1,3500,0,0,/u)
  }
  await database.db.order.deleteMany({ where: { shopId: bench.shopId } })
  await database.db.shop.delete({ where: { id: bench.shopId } })
  expect((await january()).figures).toEqual([])
})
