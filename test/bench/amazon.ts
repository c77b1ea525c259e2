import { createAmazon } from '../../src/marketplaces/amazon/index.ts'
import { LIST_DELAY_MS } from '../../src/marketplaces/amazon/operations.ts'
import { MarketplaceFailure } from '../../src/marketplaces/failures.ts'
import type { MarketplaceTools, TokenStore } from '../../src/marketplaces/marketplace.ts'
import { createHttpClient } from '../../src/platform/http/undici-client.ts'
import { createLanes } from '../../src/platform/lanes/lane.ts'
import { type AmazonSimulator, REAL_QUOTAS, startAmazonSimulator } from '../../src/sandbox/amazon/index.ts'
import { createControllableClock } from '../../src/sandbox/clock.ts'
import { table } from '../../src/sandbox/demo/show.ts'
import type { ControllableClock } from '../../src/sandbox/types.ts'
import { round } from './statistics.ts'

/** A thousand orders of a sale at Amazon's real usage plans: the time it takes, and the least that the plans allow. */
export interface AmazonRun {
  name: string
  orders: number
  /** All of it: waiting for the quotas, on their clock, and the calls themselves, in real time. */
  seconds: number
  /** Of that, the calls themselves. */
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

export async function measureAmazon(orders: number): Promise<AmazonRun[]> {
  const runs: AmazonRun[] = []
  for (const [name, start] of Object.entries(STARTS)) runs.push(await measure(name, orders, start))
  return runs
}

export const amazonTable = (runs: readonly AmazonRun[]): string =>
  table(
    ['', 'seconds', 'of them calls', 'best s', '× best', 'searches', 'single calls'],
    runs.map((run) => [
      run.name,
      run.seconds.toFixed(2),
      run.workSeconds.toFixed(2),
      String(run.bestSeconds),
      run.ratio === null ? '-' : run.ratio.toFixed(2),
      String(run.searches),
      String(run.singles),
    ]),
  )

/** Seconds after which the plans let `count` orders be read at best, each search bringing a full page. */
function bestSeconds(count: number, { left, ago }: Start): number {
  const whole = (plan: { perSecond: number; burst: number }, start: number, at: number) =>
    Math.floor(start + at * plan.perSecond + 1e-9)
  for (let at = 0; ; at += 1) {
    const listed = at + ago >= LIST_DELAY_MS / 1000
    const pages = listed ? whole(searchOrders, left.searchOrders, at) * PAGE : 0
    if (whole(getOrder, left.getOrder, at) + pages >= count) return at
  }
}

async function measure(name: string, orders: number, start: Start): Promise<AmazonRun> {
  const { left, ago } = start
  const clock = createControllableClock()
  clock.hold()
  const mall = await startAmazonSimulator({
    shops: [{ code: SHOP, name: '見本ストア' }],
    ...{ seed: 1, clock, quotaClock: clock },
  })
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  const { tools, drain } = await toolsOf(http, clock)
  const session = openSession(mall, tools)
  const numbers = placeSale(mall, clock, orders, ago)
  await drain(left)
  for (const operation of ['getOrder', 'searchOrders'] as const) mall.leave(SHOP, operation, left[operation])

  const due = new Set(numbers)
  const begun = clock.now()
  const started = performance.now()
  while (due.size > 0) await readDue(session, due, clock)
  const workSeconds = (performance.now() - started) / 1000
  const seconds = (clock.now() - begun) / 1000 + workSeconds
  const best = bestSeconds(orders, start)

  const calls = mall.calls()
  await http.close()
  await mall.close()
  return {
    ...{ name, orders, seconds: round(seconds, 2), workSeconds: round(workSeconds, 2) },
    ...{ bestSeconds: best, ratio: best === 0 ? null : round(seconds / best, 3) },
    ...{ searches: calls.searchOrders ?? 0, singles: calls.getOrder ?? 0 },
  }
}

type Session = ReturnType<ReturnType<typeof createAmazon>['open']>

const never = new AbortController().signal

/** What the worker does: asks for all that is due, and when it is told to wait comes back at that time. */
async function readDue(session: Session, due: Set<string>, clock: ControllableClock): Promise<void> {
  try {
    for await (const { kind, orderNumber } of session.fetchOrders([...due], never)) {
      if (kind !== 'found') throw new Error(`${orderNumber}: ${kind}`)
      due.delete(orderNumber)
    }
  } catch (error) {
    if (!(error instanceof MarketplaceFailure) || error.kind !== 'throttled' || !error.until) throw error
    clock.set(Math.max(error.until.getTime(), clock.now() + 1))
  }
}

function openSession(mall: AmazonSimulator, tools: MarketplaceTools): Session {
  const amazon = createAmazon({ apiUrl: mall.url, authUrl: mall.authUrl })
  const credentials = amazon.credentials.parse(mall.credentialsFor(SHOP))
  return amazon.open({ shopId: 'bench', shopCode: SHOP, credentials }, tools)
}

/** One order each half second, the last one `ago` seconds ago. */
function placeSale(mall: AmazonSimulator, clock: ControllableClock, count: number, ago: number): string[] {
  const numbers = Array.from({ length: count }, () => {
    clock.advance(500)
    return mall.place({ shopCode: SHOP }).orderNumber
  })
  clock.advance(ago * 1000)
  return numbers
}

/** The service's own lanes, in memory. Their waits in place move the held clock. */
async function toolsOf(http: MarketplaceTools['http'], clock: ControllableClock) {
  const jumping = {
    now: clock.now,
    sleep: async (ms: number) => clock.advance(ms),
  }
  const lane = createLanes({ store: { kind: 'memory' }, clock: jumping }).lane()
  let token: unknown = null
  const tokens: TokenStore<unknown> = {
    async get(isFresh, renew) {
      if (token === null || !isFresh(token)) token = await renew(token)
      return token
    },
    async invalidate() {
      token = null
    },
  }
  const tools: MarketplaceTools = { http, clock, lane, tokens, notice: () => undefined }
  async function drain(left: Left): Promise<void> {
    for (const operation of ['getOrder', 'searchOrders'] as const) {
      const quota = { key: `amazon:seller:${SHOP}:${operation}`, ...REAL_QUOTAS[operation] }
      for (let n = left[operation]; n < quota.burst; n += 1) await lane.take(quota, never)
    }
  }
  return { tools, drain }
}
