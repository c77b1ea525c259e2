import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Lane } from '../../../src/marketplaces/port/session.ts'
import { prepareLaneTable } from '../../../src/marketplaces/quota/buckets.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createWakeQueue, type WakeQueue } from '../../../src/platform/queue/wake-queue.ts'
import { createWakeLater } from '../../../src/worker/scheduler.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers, shopWorkerOf } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

/**
 * Quotas of our own, with the real lanes, the real queue and real time. Nothing here ticks: what waits is
 * woken, and asks to be woken when the next call is free. How much later it comes is the machine's doing.
 */

let database: TestDatabase
let bench: ImportBench
let queue: WakeQueue
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
  await prepareLaneTable(database.pool)
})
afterAll(() => database.close())

const never = new AbortController().signal
const shops = () => database.db.shop.findMany({ where: { tenantId: bench.tenantId } })

/** Works like a process does, every call of the mall taking `callMs` after it was let through. */
async function work(quota: { perSecond: number; burst: number }, patienceMs: number, callMs = 0) {
  const lane: Lane = createLanes({
    store: { kind: 'postgres', pool: database.pool },
    clock: systemClock,
    patienceMs,
  }).lane()
  const callTimes: number[] = []
  bench.mall.beforeAnswer(async () => {
    await lane.take({ key: `quota ${bench.tenantId}`, ...quota }, never)
    callTimes.push(performance.now())
    await systemClock.sleep(callMs)
  })
  const real = createWakeLater({ clock: systemClock, wakeQueue: queue })
  const wakesIn: number[] = []
  const wakeLater: typeof real = {
    ...real,
    at(shopId, at) {
      wakesIn.push(at - systemClock.now())
      real.at(shopId, at)
    },
  }
  const worker = shopWorkerOf({ ...bench.deps, clock: systemClock, wakeLater })
  await queue.work((shopId, signal) => worker.run(shopId, signal), { concurrency: 4 })
  return { callTimes, wakesIn }
}

async function untilStaged(count: number): Promise<void> {
  for (;;) {
    const here = await database.db.order.count({ where: { tenantId: bench.tenantId } })
    if (here >= count) return
    await systemClock.sleep(10)
  }
}

describe('a quota of our own', () => {
  beforeEach(async () => {
    bench = await importBench(database, { fetchBatch: 1 })
    queue = await createWakeQueue({ kind: 'postgres', url: database.url }, createLogger({ level: 'silent' }))
    return () => queue.close(2_000)
  })

  it.each([
    ['is waited for in place', 2_000],
    ['is come back for at its time, when it is further away', 20],
  ])('%s, and used up to the full', async (_, patienceMs) => {
    const wanted = numbers(12)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    const { callTimes, wakesIn } = await work({ perSecond: 5, burst: 1 }, patienceMs, 50)
    await queue.wake([bench.shopId])
    await untilStaged(12)
    const seconds = ((callTimes.at(-1) as number) - (callTimes[0] as number)) / 1_000
    expect(seconds).toBeGreaterThanOrEqual((11 / 5) * 0.99)
    expect(Math.max(0, ...wakesIn)).toBeLessThanOrEqual(1_000 / 5)
    expect(wakesIn.length > 0).toBe(patienceMs < 1_000 / 5)
    const [shop] = await shops()
    expect(shop).toMatchObject({ laneFailures: 0, laneClosedUntil: null, laneClosedReason: null })
    const closings = await bench.deps.metrics.laneClosings.get()
    expect(closings.values).toEqual([])
    const requests = await database.db.importRequest.findMany({ where: { shopId: bench.shopId } })
    expect(requests.every(({ attempts }) => attempts === 1)).toBe(true)
  })

  it('is shared by many shops, each of which gets its turns', async () => {
    for (let n = 2; n <= 8; n++) {
      await makeShop(database.db, {
        tenantId: bench.tenantId,
        marketplace: 'rakuten',
        code: String(n),
        credentials: { key: 'k' },
      })
    }
    const all = await shops()
    for (const [index, { id }] of all.entries()) {
      const wanted = numbers(3, String(200_000 + index))
      for (const number of wanted) bench.mall.place(number)
      await bench.want(wanted, { shopId: id })
    }
    const { callTimes, wakesIn } = await work({ perSecond: 10, burst: 1 }, 150)
    await queue.wake(all.map(({ id }) => id))
    await untilStaged(24)
    const seconds = ((callTimes.at(-1) as number) - (callTimes[0] as number)) / 1_000
    expect(seconds).toBeGreaterThanOrEqual((23 / 10) * 0.99)
    // All eight may stand in line before it.
    expect(Math.max(0, ...wakesIn)).toBeLessThanOrEqual((8 * 1_000) / 10)
    expect((await shops()).every(({ laneClosedUntil }) => laneClosedUntil === null)).toBe(true)
  })
})

describe('the mall’s own “too many”', () => {
  it('closes the lane as before, and the shop is woken the moment it opens', async () => {
    bench = await importBench(database)
    const until = new Date(bench.clock.now() + 30_000)
    bench.mall.refuse(failure('throttled', { until }))
    await bench.want(numbers(1))
    await bench.run()
    const [shop] = await shops()
    expect(shop?.laneClosedReason).toBe('TEST_THROTTLED')
    expect(bench.wakeTimes).toEqual([{ shopId: bench.shopId, at: shop?.laneClosedUntil?.getTime() }])
  })

  it('is told apart from ours, which leaves the shop as it is', async () => {
    bench = await importBench(database)
    for (const code of ['LANE_BUSY', 'LANE_STORE_AWAY', 'TOKEN_RENEWAL_BUSY', 'CREDENTIALS_CHANGED']) {
      bench.mall.refuse(failure('throttled', { code, until: new Date(bench.clock.now() + 700) }))
      await bench.want(numbers(1))
      await bench.run()
    }
    const [shop] = await shops()
    expect(shop).toMatchObject({ laneClosedUntil: null, laneFailures: 0, attentionCode: null })
    expect(bench.wakeTimes.map(({ at }) => at - bench.clock.now())).toEqual([700, 700, 700, 700])
  })
})
