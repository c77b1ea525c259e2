import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { readRequestPage } from '../../../src/imports/requests/read.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { readTimeline } from '../../../src/orders/timeline.ts'
import { noteQuotaWait } from '../../../src/shops/attention.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench } from '../../support/imports/import-bench.ts'

/** 「なぜ遅れたか」: what an order waited for stands in its timeline, whatever it was. */

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase()
  bench = await importBench(database)
})
afterAll(() => database.close())

const failure = (kind: 'unavailable' | 'unauthorised', code: string, until?: Date) =>
  new MarketplaceFailure({ kind, code, message: 'x', ...(until ? { until } : {}) })
const MINUTE = 60_000

async function timelineOf(orderNumber: string) {
  const order = await database.db.order.findFirstOrThrow({ where: { orderNumber } })
  const deps = { pool: database.pool, sealer: testSealer }
  const { events } = await readTimeline(deps, bench.tenantId, order.id, { limit: 100 })
  return events
}

it('tells attempts, a closed lane, attention and the quota, and nothing that ended before or began after', async () => {
  const { mall, clock } = bench
  const start = clock.now()
  const at = (minutes: number) => new Date(start + minutes * MINUTE)
  await noteQuotaWait(database.pool, bench.shopId, {
    from: start - 9 * MINUTE,
    until: start - 8 * MINUTE,
    code: 'LANE_BUSY',
  })

  await bench.want(['late-1'])
  await bench.run()
  mall.refuse(failure('unavailable', 'MALL_MAINTENANCE', at(4)))
  clock.set(at(1).getTime())
  await bench.run()
  mall.refuse(failure('unauthorised', 'KEY_REFUSED'))
  clock.set(at(5).getTime())
  await bench.run()
  mall.refuse(null)
  mall.place('late-1')
  clock.set(at(20).getTime())
  await noteQuotaWait(database.pool, bench.shopId, {
    from: start + 19 * MINUTE,
    until: start + 19.5 * MINUTE,
    code: 'LANE_BUSY',
  })
  await noteQuotaWait(database.pool, bench.shopId, {
    from: start + 19.6 * MINUTE,
    until: start + 20 * MINUTE,
    code: 'LANE_BUSY',
  })
  await bench.run()
  mall.refuse(failure('unavailable', 'LATER', at(40)))
  await bench.want(['other'])
  await bench.run()

  const events = await timelineOf('late-1')
  // As the answer's own schema has it.
  expect(events.filter(({ id }) => !z.uuid().safeParse(id).success)).toEqual([])
  const told = events.map(({ kind, label, data }) => ({
    kind,
    label,
    seconds: data.seconds,
  }))
  expect(told).toMatchObject([
    { kind: 'attempt_failed', label: expect.stringContaining('（NOT_FOUND）') },
    {
      kind: 'waited_lane_closed',
      label: expect.stringMatching(/モールが.*3分1秒待ちました（MALL_MAINTENANCE）$/),
    },
    {
      kind: 'waited_attention',
      label: expect.stringMatching(/^店舗が要対応のため15分待ちました（KEY_REFUSED）$/),
    },
    { kind: 'waited_quota', label: expect.stringContaining('1分待ちました'), seconds: 60 },
    { kind: 'staged', label: '自動受注取込に入りました' },
  ])
})

it('finds the request by its number, with the attempts that brought nothing', async () => {
  const page = await readRequestPage(bench.deps, bench.tenantId, { limit: 10, orderNumber: 'late-1' })
  expect(page.importRequests).toMatchObject([
    { orderNumber: 'late-1', state: 'done', retries: [{ code: 'NOT_FOUND' }] },
  ])
  const other = await readRequestPage(bench.deps, bench.tenantId, { limit: 10, orderNumber: 'nobody' })
  expect(other.importRequests).toEqual([])
})

it('keeps the latest twenty attempts of a number that is asked for all day', async () => {
  bench.mall.refuse(null)
  bench.clock.advance(60 * MINUTE)
  await bench.want(['unknown'])
  for (let n = 0; n < 25; n++) {
    await bench.run()
    const { nextAttemptAt } = await database.db.importRequest.findFirstOrThrow({
      where: { orderNumber: 'unknown' },
    })
    bench.clock.set(Math.max(bench.clock.now(), nextAttemptAt.getTime()))
  }
  const { retries, attempts } = await database.db.importRequest.findFirstOrThrow({
    where: { orderNumber: 'unknown' },
  })
  expect(attempts).toBeGreaterThan(20)
  expect(retries).toHaveLength(20)
})
