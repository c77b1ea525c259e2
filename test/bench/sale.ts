import { table } from '../../sandbox/demo/show.ts'
import type { ControllableClock, MallSimulator } from '../../sandbox/kit/types.ts'
import { type AmazonSimulator, REAL_QUOTAS } from '../../sandbox/malls/amazon/index.ts'
import { READY_TO_SHIP, type SimulatedMall, sandboxShops, startMall } from '../../sandbox/malls/index.ts'
import { requestImports } from '../../src/imports/requests/statements.ts'
import { type Database, openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { decideChanges, requestChanges } from '../../src/site-changes/requests/request.ts'
import { ship } from '../support/changes/change-bench.ts'
import { makeShop, makeTenant, newId } from '../support/fixtures.ts'
import { testEndpoints } from '../support/malls/test-malls.ts'
import { bestSeconds } from './amazon.ts'
import { type Databases, type Extent, round } from './harness.ts'
import { createSaleClock, createSaleService, type SaleClock } from './sale-service.ts'

/**
 * A sale in ten shops of four malls at what these really allow: how long until all of its orders are staged,
 * against the least time in which the quota gives them and the site changes beside them. All shops have one
 * worker and one held clock, so that what is measured is waiting, in the malls' time: nothing of it is the
 * machine's. The sweeps are our own wish and in no minimum.
 */
interface SaleShop {
  name: string
  orders: number
  /** In Postgres at the end. */
  staged: number
  /** From the sale to the commit of its last order. */
  seconds: number
  bestSeconds: number
  /** Null where the quota gives all at once. */
  ratio: number | null
  /** Site changes that ended well, of those that were asked for. */
  changed: number
  changes: number
  /** Calls until then by what they were for, of all shops that share this quota. */
  calls: { imports: number; changes: number; sweeps: number }
}

export interface SaleRun {
  orders: number
  shops: SaleShop[]
  /** The last shop of all, against the longest minimum. */
  seconds: number
  bestSeconds: number
  ratio: number
  /** What it took of real time. */
  workSeconds: number
}

interface Mall {
  shops: number
  /** Of the whole sale, in all of its shops. */
  orders: number
  /** Orders in a call, at best. */
  together: number
}

/** Malls whose quota counts calls; Shopify's counts points. */
const MALLS = {
  rakuten: { shops: 4, orders: 20_000, together: 100 },
  yahoo: { shops: 2, orders: 2_000, together: 1 },
  amazon: { shops: 2, orders: 2_000, together: 1 },
  aupay: { shops: 2, orders: 5_000, together: 100 },
} satisfies Partial<Record<SimulatedMall, Mall>>
type SaleMall = keyof typeof MALLS

const PER_SECOND = 1
const MINUTE = 60_000
/** 20:00 in Japan. */
const EVENING = Date.parse('2026-01-15T20:00:00+09:00')

const onHeldClock = (clock: ControllableClock, shops: number) => {
  return { seed: 9, clock, quotaClock: clock, requestsPerSecond: PER_SECOND, shops }
}

export async function measureSale(
  databases: Databases,
  { share, saleChanges }: Pick<Extent, 'share' | 'saleChanges'>,
): Promise<SaleRun> {
  const place = await databases.create()
  await applyMigrations(place.url, { info: () => undefined, warn: () => undefined })
  const database = await openDatabase({ url: place.url, log: { warn: () => undefined } })
  const world = await openWorld(database)
  try {
    return await sale(world, share, saleChanges)
  } finally {
    await world.close()
    await database.close()
    await place.drop()
  }
}

interface Shop {
  id: string
  name: string
  mall: SaleMall
  code: string
}

type World = Awaited<ReturnType<typeof openWorld>>

async function openWorld(database: Database) {
  const clock = createSaleClock(EVENING - 10 * MINUTE, database.pool)
  const names = Object.keys(MALLS) as SaleMall[]
  const started = await Promise.all(
    names.map(
      async (name) => [name, await startMall(name, onHeldClock(clock.malls, MALLS[name].shops))] as const,
    ),
  )
  const malls = Object.fromEntries(started) as Record<SaleMall, MallSimulator>
  const service = createSaleService(database, clock, testEndpoints(malls, { perSecond: PER_SECOND }))
  const { id: tenantId } = await makeTenant(database.db)
  const shops: Shop[] = []
  for (const mall of names) {
    for (const { code } of sandboxShops(mall, MALLS[mall].shops)) {
      const { id } = await makeShop(database.db, {
        tenantId,
        marketplace: mall,
        code,
        credentials: malls[mall].credentialsFor(code),
        createdAt: new Date(clock.malls.now()),
      })
      shops.push({ id, name: `${mall} ${code}`, mall, code })
    }
  }
  return {
    clock,
    malls,
    service,
    tenantId,
    shops,
    database,
    async close() {
      await service.close()
      await Promise.all(started.map(([, mall]) => mall.close()))
    },
  }
}

async function sale(world: World, share: number, changes: number): Promise<SaleRun> {
  const { clock, service, shops } = world
  service.scheduler.start()
  const shipped = await someOrders(world, 2 * changes)
  const wanted = await placeAll(world, share)
  await emptyBuckets(world)
  const began = performance.now()
  for (const [shop, numbers] of wanted) await ask(world, shop, numbers)
  await service.wakeQueue.wake(shops.map(({ id }) => id))
  await until(clock, EVENING + 5_000)
  if (changes > 0) for (const orderIds of shipped.values()) await askToShip(world, orderIds, changes)
  const total = shops.reduce((sum, shop) => sum + (wanted.get(shop)?.length ?? 0), 0)
  await clock.run(
    everyFew(clock, () => isOver(world, total, shops.length * changes)),
    EVENING + 5 * 60 * MINUTE,
  )
  const workSeconds = round((performance.now() - began) / 1000)
  if (service.failures.length > 0) throw service.failures[0]
  const rows = await Promise.all(shops.map((shop) => resultOf(world, shop, { wanted, changes })))
  const seconds = Math.max(...rows.map((row) => row.seconds))
  const bestSeconds = Math.max(...rows.map((row) => row.bestSeconds))
  return {
    orders: total,
    shops: rows,
    seconds,
    bestSeconds,
    ratio: round(seconds / bestSeconds, 3),
    workSeconds,
  }
}

const until = (clock: SaleClock, time: number) =>
  clock.run(async () => clock.malls.now() >= time, time + MINUTE)

/** So that the database is not asked each time that the clock moves. */
function everyFew(clock: SaleClock, ask: () => Promise<boolean>, everyMs = 5_000): () => Promise<boolean> {
  let next = 0
  return async () => {
    if (clock.malls.now() < next) return false
    next = clock.malls.now() + everyMs
    return ask()
  }
}

const ask = async ({ database, service, tenantId }: World, shop: Shop, numbers: readonly string[]) => {
  for (let at = 0; at < numbers.length; at += 500) {
    await requestImports(
      database.pool,
      service.base,
      numbers.slice(at, at + 500).map((orderNumber) => ({
        tenantId,
        shopId: shop.id,
        orderNumber,
        purpose: 'import' as const,
        source: 'mail' as const,
      })),
    )
  }
}

/**
 * Orders that are here since some minutes, to be shipped while the sale is on; and the shops' first sweeps
 * are over.
 */
async function someOrders(world: World, each: number): Promise<Map<Shop, string[]>> {
  const { clock, malls, shops, database } = world
  for (const shop of shops) {
    const placed = Array.from({ length: each }, () =>
      malls[shop.mall].place({ shopCode: shop.code, overrides: READY_TO_SHIP[shop.mall] }),
    )
    await ask(
      world,
      shop,
      placed.map(({ orderNumber }) => orderNumber),
    )
  }
  const ready = async () => {
    const { rows } = await database.pool.query<{ orders: number; sweeps: number }>(READY)
    return rows[0]?.orders === shops.length * each && rows[0].sweeps === shops.length
  }
  await clock.run(everyFew(clock, ready), EVENING - 2 * MINUTE)
  await until(clock, EVENING - MINUTE)
  const { rows } = await database.pool.query<{ id: string; shopId: string }>(
    'select id::text, shop_id::text as "shopId" from orders',
  )
  return new Map(
    shops.map((shop) => [shop, rows.filter(({ shopId }) => shopId === shop.id).map(({ id }) => id)]),
  )
}

const READY = `
select (select count(*)::int from orders) as orders,
  (select count(*)::int from shop_sweeps where listed_until is not null) as sweeps`

/** The orders of a minute, of which mails tell at its end; a sweep of each shop begins ten seconds later. */
async function placeAll({ clock, malls, shops, database }: World, share: number) {
  await database.pool.query('update shop_sweeps set next_at = $1, run_at = $1', [new Date(EVENING + 10_000)])
  const wanted = new Map(shops.map((shop) => [shop, [] as string[]]))
  for (let second = 0; second < 60; second += 1) {
    for (const [shop, numbers] of wanted) {
      const { orders, shops: many } = MALLS[shop.mall]
      const due = Math.round(((orders * share) / many) * ((second + 1) / 60))
      while (numbers.length < due) numbers.push(malls[shop.mall].place({ shopCode: shop.code }).orderNumber)
    }
    await until(clock, EVENING - MINUTE + (second + 1) * 1_000)
  }
  return wanted
}

/** Amazon's, as a day of sweeps and orders leaves them: full ones would give all orders at once. */
async function emptyBuckets({ malls, shops, service }: World): Promise<void> {
  const lane = service.lanes.lane({ patienceMs: 0 })
  for (const { code } of shops.filter(({ mall }) => mall === 'amazon')) {
    for (const operation of ['getOrder', 'searchOrders'] as const) {
      const quota = { key: `amazon:seller:${code}:${operation}`, ...REAL_QUOTAS[operation] }
      for (let taken = true; taken; )
        taken = await lane.take(quota, new AbortController().signal).then(
          () => true,
          () => false,
        )
      ;(malls.amazon as AmazonSimulator).leave(code, operation, 0)
    }
  }
}

/** Of orders to several people the parcels would need to be told apart: those are left out. */
async function askToShip(
  { service, tenantId }: World,
  orderIds: readonly string[],
  count: number,
): Promise<void> {
  const deps = { ...service.base, wakeQueue: service.wakeQueue }
  const changes = orderIds.map((orderId, index) => ship(orderId, `40000000${1000 + index}`))
  const { errors: wrong } = await decideChanges(deps, tenantId, changes)
  const caller = { tenantId, actor: 'key:bench', idempotencyKey: newId() }
  const good = changes.filter((_, index) => (wrong[index] ?? []).length === 0).slice(0, count)
  if (good.length < count) throw new Error('too few orders can be shipped')
  await requestChanges(deps, caller, { changes: good })
}

async function isOver({ database }: World, orders: number, changes: number): Promise<boolean> {
  const { rows } = await database.pool.query<{ orders: number; changes: number }>(OVER, [new Date(EVENING)])
  return (rows[0]?.orders ?? 0) >= orders && (rows[0]?.changes ?? 0) >= changes
}

const OVER = `
select (select count(*)::int from orders where staged_at >= $1) as orders,
  (select count(*)::int from site_changes where finished_at is not null) as changes`

interface Done {
  wanted: Map<Shop, string[]>
  changes: number
}

async function resultOf({ database, service }: World, shop: Shop, done: Done): Promise<SaleShop> {
  const { rows } = await database.pool.query<{ staged: number; last: Date; changed: number }>(RESULT, [
    shop.id,
    new Date(EVENING),
  ])
  const [row] = rows
  const orders = done.wanted.get(shop)?.length ?? 0
  const last = row?.last.getTime() ?? Number.NaN
  const its = service.calls.filter(({ quota, at }) => at >= EVENING && at <= last && isQuotaOf(shop, quota))
  const of = (job: string) => its.filter((call) => call.job === job).length
  const calls = { imports: of('imports'), changes: of('site changes'), sweeps: of('reconciliation') }
  const seconds = round((last - EVENING) / 1000, 2)
  const beside = its.filter(({ job, quota }) => job === 'site changes' && !quota.endsWith(':confirmShipment'))
  const best = bestOf(shop, done.wanted, beside.length)
  return {
    name: shop.name,
    orders,
    staged: row?.staged ?? 0,
    seconds,
    bestSeconds: best,
    ratio: best > 0 ? round(seconds / best, 3) : null,
    changed: row?.changed ?? 0,
    changes: done.changes,
    calls,
  }
}

const RESULT = `
select count(*)::int as staged, max(staged_at) as last,
  (select count(*)::int from site_changes where shop_id = $1 and state = 'succeeded') as changed
from orders where shop_id = $1 and staged_at >= $2`

const isQuotaOf = ({ mall, code }: Shop, quota: string): boolean => {
  const [of, , whose] = quota.split(':')
  return of === mall && (mall === 'yahoo' || whose === code)
}

/**
 * The least time for a shop's orders and the changes that were made meanwhile, with the shops that share its
 * quota.
 */
function bestOf(shop: Shop, wanted: Map<Shop, string[]>, changeCalls: number): number {
  const sharing =
    shop.mall === 'yahoo'
      ? [...wanted].filter(([{ mall }]) => mall === 'yahoo')
      : [[shop, wanted.get(shop) ?? []] as const]
  const orders = sharing.reduce((sum, [, numbers]) => sum + numbers.length, 0)
  if (shop.mall === 'amazon')
    return bestSeconds(orders + changeCalls, { left: { getOrder: 0, searchOrders: 0 }, ago: 0 })
  return (Math.ceil(orders / MALLS[shop.mall].together) + changeCalls - 1) / PER_SECOND
}

export const saleTable = ({ shops, ...all }: SaleRun): string =>
  table(
    ['', 'orders', 'seconds', 'best s', '× best', 'changes', 'calls: orders', 'changes', 'sweeps'],
    [
      ...shops.map((shop) => [
        ...[shop.name, `${shop.staged}/${shop.orders}`, shop.seconds.toFixed(1), shop.bestSeconds.toFixed(1)],
        ...[shop.ratio?.toFixed(3) ?? '-', `${shop.changed}/${shop.changes}`],
        ...Object.values(shop.calls).map(String),
      ]),
      [
        'all',
        String(all.orders),
        all.seconds.toFixed(1),
        all.bestSeconds.toFixed(1),
        all.ratio.toFixed(3),
        '',
        '',
        '',
        '',
      ],
    ],
  )
