import { table } from '../../sandbox/demo/show.ts'
import { createControllableClock } from '../../sandbox/kit/clock.ts'
import type { ControllableClock } from '../../sandbox/kit/types.ts'
import { type AmazonSimulator, REAL_QUOTAS, startAmazonSimulator } from '../../sandbox/malls/amazon/index.ts'
import { requestImports } from '../../src/imports/requests/statements.ts'
import { LIST_DELAY_MS } from '../../src/marketplaces/amazon/client.ts'
import { createLanes } from '../../src/marketplaces/quota/lanes.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { createHttpClient } from '../../src/platform/http/undici-client.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { createTokenStores } from '../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../src/shops/shops/sessions.ts'
import { makeShop, makeTenant, newId, testSealer } from '../support/fixtures.ts'
import { shopWorkerOf } from '../support/imports/import-bench.ts'
import { memoryBuckets } from '../support/malls/memory-buckets.ts'
import { testMalls } from '../support/malls/test-malls.ts'
import { type Databases, round } from './harness.ts'

/**
 * A thousand orders of a sale at Amazon's real usage plans, from import requests to orders staged in
 * Postgres: the time it takes, and the least that the plans allow. What waits for a quota is woken by moving
 * the clock; all else takes its time.
 */
export interface AmazonRun {
  name: string
  orders: number
  /** In Postgres at the end. */
  staged: number
  /** From the first look at the waiting requests to the commit of the last order. */
  seconds: number
  /** Of that, what was not waiting: calls, mapping, Postgres, in real time. */
  workSeconds: number
  /** What the plans allow at best. */
  bestSeconds: number
  /** Null where the plans allow everything at once. */
  ratio: number | null
  searches: number
  singles: number
}

interface Left {
  getOrder: number
  searchOrders: number
}

const SHOP = 'AEXAMPLESELLER'
const PAGE = 100
const { getOrder, searchOrders } = REAL_QUOTAS
const FULL: Left = { getOrder: getOrder.burst, searchOrders: searchOrders.burst }
const EMPTY: Left = { getOrder: 0, searchOrders: 0 }

interface Start {
  left: Left
  /** Seconds since the last order. Those of the last two minutes are in no list yet. */
  ago: number
}

const STARTS: Record<string, Start> = {
  'full buckets': { left: FULL, ago: 180 },
  'full buckets, a sale that ends now': { left: FULL, ago: 0 },
  'empty buckets': { left: EMPTY, ago: 180 },
}

export async function measureAmazon(orders: number, databases: Databases): Promise<AmazonRun[]> {
  const runs: AmazonRun[] = []
  for (const [name, start] of Object.entries(STARTS)) runs.push(await measure(name, orders, start, databases))
  return runs
}

export const amazonTable = (runs: readonly AmazonRun[]): string =>
  table(
    ['', 'staged', 'seconds', 'of them work', 'best s', '× best', 'searches', 'single calls'],
    runs.map((run) => [
      run.name,
      String(run.staged),
      run.seconds.toFixed(2),
      run.workSeconds.toFixed(2),
      String(run.bestSeconds),
      run.ratio === null ? '-' : run.ratio.toFixed(2),
      String(run.searches),
      String(run.singles),
    ]),
  )

/** Seconds after which the plans let `count` orders be read at best, each search bringing a full page. */
export function bestSeconds(count: number, { left, ago }: Start): number {
  const whole = (plan: { perSecond: number; burst: number }, start: number, at: number) =>
    Math.floor(start + at * plan.perSecond + 1e-9)
  for (let at = 0; ; at += 1) {
    const listed = at + ago >= LIST_DELAY_MS / 1000
    const pages = listed ? whole(searchOrders, left.searchOrders, at) * PAGE : 0
    if (whole(getOrder, left.getOrder, at) + pages >= count) return at
  }
}

async function measure(name: string, orders: number, start: Start, databases: Databases): Promise<AmazonRun> {
  const { left, ago } = start
  const clock = createControllableClock()
  const mall = await startAmazonSimulator({
    shops: [{ code: SHOP, name: '見本ストア' }],
    seed: 1,
    clock,
    quotaClock: clock,
  })
  const work = await openAmazonWork({ mall, clock, shopCode: SHOP, databases })
  try {
    // One order each half second, asked for as its mail would.
    for (let n = 0; n < orders; n += 1) {
      clock.advance(500)
      await work.want(mall.place({ shopCode: SHOP }).orderNumber)
    }
    clock.advance(ago * 1000)
    for (const operation of ['getOrder', 'searchOrders'] as const) {
      await work.drain(operation, left[operation])
      mall.leave(SHOP, operation, left[operation])
    }
    const before = mall.calls()
    const begun = clock.now()
    const started = performance.now()
    await work.untilStaged(orders)
    const seconds = (clock.now() - begun) / 1000
    const workSeconds = (performance.now() - started) / 1000
    const best = bestSeconds(orders, start)
    const calls = (operation: 'getOrder' | 'searchOrders') =>
      (mall.calls()[operation] ?? 0) - (before[operation] ?? 0)
    return {
      name,
      orders,
      staged: await work.staged(),
      seconds: round(seconds, 2),
      workSeconds: round(workSeconds, 2),
      bestSeconds: best,
      ratio: best === 0 ? null : round(seconds / best, 3),
      searches: calls('searchOrders'),
      singles: calls('getOrder'),
    }
  } finally {
    await work.close()
    await mall.close()
  }
}

/**
 * The fetch worker with one Amazon shop, on a Postgres of its own and a clock that runs and jumps over waits.
 */
interface AmazonWork {
  want(orderNumber: string): Promise<void>
  /** Leaves so many calls of an operation in our own budget. */
  drain(operation: keyof typeof REAL_QUOTAS, left: number): Promise<void>
  /** Wakes the shop whenever the service would, until so many orders stand in staging. */
  untilStaged(count: number): Promise<void>
  staged(): Promise<number>
  close(): Promise<void>
}

/** How often the service looks for what is due when nobody has said a time. */
const TICK_MS = 1_000
const MOST_TURNS = 20_000
const never = new AbortController().signal

async function openAmazonWork(parts: {
  mall: AmazonSimulator
  clock: ControllableClock
  shopCode: string
  databases: Databases
}): Promise<AmazonWork> {
  const { mall, shopCode } = parts
  const clock = jumping(parts.clock)
  const log = createLogger({ level: 'silent' })
  const place = await parts.databases.create()
  await applyMigrations(place.url, log)
  const database = await openDatabase({ url: place.url, log })
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  let wakeAt: number | null = null
  const marketplaces = testMalls({ amazon: mall })
  const base = {
    db: database.db,
    pool: database.pool,
    sealer: testSealer,
    clock,
    random: systemRandom,
    newId,
    log,
    metrics: createMetrics(),
    marketplaces,
    wakeLater: {
      at(_: string, at: number) {
        wakeAt = Math.min(at, wakeAt ?? at)
      },
      stop: () => undefined,
    },
  }
  const lanes = createLanes({ store: memoryBuckets(clock), clock })
  const sessions = createShopSessions({
    ...base,
    http,
    lanes,
    tokens: createTokenStores({ ...base, owner: 'bench' }),
  })
  const worker = shopWorkerOf({ ...base, sessions })
  const { id: tenantId } = await makeTenant(database.db)
  const credentials = mall.credentialsFor(shopCode)
  const shop = await makeShop(database.db, { tenantId, marketplace: 'amazon', code: shopCode, credentials })
  const staged = () => database.db.order.count()
  return {
    staged,
    async want(orderNumber) {
      const request = { tenantId, shopId: shop.id, orderNumber, purpose: 'import', source: 'mail' } as const
      await requestImports(database.pool, base, [request])
    },
    async drain(operation, left) {
      const quota = { key: `amazon:seller:${shopCode}:${operation}`, ...REAL_QUOTAS[operation] }
      for (let n = left; n < quota.burst; n += 1) await lanes.lane().take(quota, never)
    },
    async untilStaged(count) {
      for (let turns = 0; (await staged()) < count; turns += 1) {
        if (turns > MOST_TURNS) throw new Error(`only ${await staged()} orders were staged`)
        wakeAt = null
        if ((await worker.run(shop.id, never)) === 'again') continue
        parts.clock.set(Math.max(wakeAt ?? clock.now() + TICK_MS, clock.now()))
      }
    },
    async close() {
      await database.close()
      await http.close()
      await place.drop()
    },
  }
}

/** Whoever sleeps moves the clock to where the sleep ends. */
const jumping = (clock: ControllableClock): Clock => ({
  now: clock.now,
  async sleep(ms) {
    const end = clock.now() + ms
    await new Promise((resolve) => setImmediate(resolve))
    if (clock.now() < end) clock.set(end)
  },
})
