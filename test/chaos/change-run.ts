import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { READY_TO_SHIP, SIMULATED_MALLS, type SimulatedMall } from '../../sandbox/malls/index.ts'
import { freePort } from '../support/redis.ts'
import { keyOf } from './arrivals.ts'
import { isPlain, startChangeDesk, wholeWork } from './changes.ts'
import { check } from './check.ts'
import {
  type Client,
  createClient,
  createSetup,
  openContract,
  type RegisteredShop,
  registerShops,
} from './client.ts'
import { type Books, openBooks } from './database.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { type Ground, startGround } from './ground.ts'
import { noteEnd, settingsFor } from './ground-rules.ts'
import { type History, type HistoryLine, openHistory, readHistory } from './history.ts'
import { type PulledOrder, startPuller } from './puller.ts'

/**
 * `npm run chaos -- changes`: orders that are here are shipped, while each call at the malls may go wrong.
 */

export interface ChangeRunOptions {
  /** Orders to be shipped, spread over the malls and their shops. */
  changes: number
  seed: number
  engine: 'postgres' | 'redis'
  /** Of each mall. */
  shops: number
  /** Of each kind of fault, of all calls. */
  share: number
  /** kill -9 of workers. */
  kills: number
  /** Longest wait for the changes to end. */
  limitMs: number
  /** Kinds of faults; absent: all. */
  kinds?: readonly string[]
  historyFile: string
  progress(text: string): void
  signal: AbortSignal
}

export interface ChangeRunResult {
  seed: number
  engine: 'postgres' | 'redis'
  shops: number
  /** Ship changes asked for, and confirmations of au PAY orders before them. */
  changes: number
  confirms: number
  states: Record<string, number>
  /** By mall: what stands in its own books. */
  writes: Record<string, Record<string, number>>
  lost: number
  duplicated: number
  stuck: number
  unexplained: number
  late: number
  untrue: number
  whyFalse: number
  /** Calls spoilt, by kind, and processes killed. */
  faults: Record<string, number>
  /** Calls at the malls while faults were on. */
  calls: number
  seconds: number
  findings: string[]
  historyFile: string
}

export async function runChanges(options: ChangeRunOptions): Promise<ChangeRunResult> {
  const closing: (() => Promise<unknown>)[] = []
  try {
    const { seed, engine, shops } = options
    const ground = await startGround({ seed, redis: engine === 'redis', shops })
    closing.push(ground.close)
    const history = openHistory(options.historyFile)
    closing.push(history.close)
    return await onGround(options, ground, history, closing)
  } finally {
    for (const step of closing.reverse()) await step().catch(() => undefined)
  }
}

/** A shop whose mall falls silent keeps its place at the worker for half a minute. */
const SHOPS_AT_ONCE = 120
const CONNECTIONS = 30

async function onGround(
  options: ChangeRunOptions,
  ground: Ground,
  history: History,
  closing: (() => Promise<unknown>)[],
): Promise<ChangeRunResult> {
  const { seed, progress } = options
  const operatorKey = randomBytes(24).toString('base64url')
  const apiPort = await freePort()
  progress('starting the service in five processes')
  const fleet = await startFleet({
    apiPort,
    logDir: ground.dir,
    progress,
    environment: {
      ...ground.environment,
      ...settingsFor({ operatorKey, seed, sweepSeconds: 0 }),
      WORKER_CONCURRENCY: String(SHOPS_AT_ONCE),
      DATABASE_CONNECTIONS: String(CONNECTIONS),
    },
  })
  closing.push(fleet.stop)
  const baseUrl = `http://127.0.0.1:${apiPort}`
  const apiKey = await openContract(baseUrl, operatorKey)
  const client = createClient(baseUrl, apiKey)
  const span = { from: 0, to: options.shops }
  const shops = await registerShops(createSetup(baseUrl, apiKey), ground, span, SIMULATED_MALLS)
  const books = openBooks(ground.postgres.url)
  const orders = await bringHere(options, ground, client, history, shops)

  await spoilCalls(ground, options)
  const began = Date.now()
  const desk = startChangeDesk(client, seed, history, orders.length, { atOnce: 50, wish: wholeWork })
  desk.offer(orders)
  const killing = killWorkers(fleet, options)
  await desk.stop()
  progress(`${desk.accepted()} changes asked for`)
  await untilEnded(options, books, began)
  await killing
  const seconds = Math.round((Date.now() - began) / 1000)
  const spoilt = await stopSpoiling(ground)
  await noteEnd(history, books, ground)
  await history.close()
  return resultOf(options, await readHistory(history.file), { seconds, spoilt })
}

const KILLED_EVERY_MS = 45_000
const DOWN_MS = 2_000

async function killWorkers(fleet: Fleet, { kills, progress, signal }: ChangeRunOptions): Promise<void> {
  for (let n = 0; n < kills; n += 1) {
    await sleep(n === 0 ? KILLED_EVERY_MS / 3 : KILLED_EVERY_MS, undefined, { signal })
    const name = n % 2 === 0 ? 'worker-1' : 'worker-2'
    progress(`kill-9 ${name}`)
    await fleet.kill(name, DOWN_MS)
  }
}

const TELL_EVERY_MS = 20_000

async function untilEnded(
  { limitMs, progress, signal }: ChangeRunOptions,
  books: Books,
  began: number,
): Promise<void> {
  let toldAt = began
  for (;;) {
    const { open, changes } = await books.progress()
    if (open === 0 || Date.now() - began > limitMs) return
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now()
      progress(`changes open ${open} of ${changes}`)
    }
    await sleep(1_000, undefined, { signal })
  }
}

function resultOf(
  { seed, engine, shops, kills, historyFile }: ChangeRunOptions,
  lines: readonly HistoryLine[],
  { seconds, spoilt }: { seconds: number; spoilt: Awaited<ReturnType<typeof stopSpoiling>> },
): ChangeRunResult {
  const { changes, changeStates, writes, findings, ...verdict } = check(lines)
  const confirms = Object.entries(changeStates).filter(([name]) => name.startsWith('confirm '))
  return {
    seed,
    engine,
    shops,
    changes,
    confirms: confirms.reduce((sum, [, count]) => sum + count, 0),
    states: changeStates,
    writes,
    lost: verdict.lost,
    duplicated: verdict.duplicated,
    stuck: verdict.stuck,
    unexplained: verdict.unexplained,
    late: verdict.late,
    untrue: verdict.untrue,
    whyFalse: verdict.whyFalse,
    faults: { ...spoilt.hits, ...(kills > 0 ? { 'kill-9 worker': kills } : {}) },
    calls: spoilt.calls,
    seconds,
    findings,
    historyFile,
  }
}

// Faults that hit a share of all calls at the malls, drawn from the run's seed.

/** Longer than an adapter waits for an answer. */
const SILENCE_MS = 65_000

const KINDS: readonly Record<string, unknown>[] = [
  { kind: '429', retryAfterSeconds: 1 },
  { kind: '500' },
  { kind: '500-done' },
  { kind: '503-html' },
  { kind: '200-html' },
  { kind: 'slow', delayMs: SILENCE_MS },
  { kind: 'slow-undone', delayMs: SILENCE_MS },
  { kind: 'cut' },
  { kind: 'broken-body' },
]

/** A token that ran out is renewed, so the next call has a good one. */
const TOKENS: Partial<Record<SimulatedMall, Record<string, unknown>>> = {
  yahoo: { kind: 'expired-token', apart: true },
  amazon: { kind: 'token-expired', apart: true },
}

/** `kinds`: only these; absent: all that the mall has. */
async function spoilCalls(
  ground: Ground,
  { share, kinds }: { share: number; kinds?: readonly string[] },
): Promise<void> {
  for (const mall of SIMULATED_MALLS) {
    const token = TOKENS[mall]
    const faults = [...(token ? [token] : []), ...KINDS]
      .filter(({ kind }) => kinds === undefined || kinds.includes(String(kind)))
      .map((fault) => ({ ...fault, share }))
    await ground.atMall(mall, 'DELETE', 'calls')
    await ground.atMall(mall, 'PUT', 'faults', faults)
  }
}

/** @returns how many calls were hit, by kind, of how many */
async function stopSpoiling(ground: Ground): Promise<{ hits: Record<string, number>; calls: number }> {
  const hits: Record<string, number> = {}
  let calls = 0
  for (const mall of SIMULATED_MALLS) {
    const faults = (await ground.atMall(mall, 'GET', 'faults')) as { kind: string; hits: number }[]
    for (const fault of faults) hits[nameOf(fault.kind)] = (hits[nameOf(fault.kind)] ?? 0) + fault.hits
    const counts = (await ground.atMall(mall, 'GET', 'calls')) as Record<string, number>
    calls += Object.values(counts).reduce((sum, count) => sum + count, 0)
    await ground.atMall(mall, 'DELETE', 'faults')
  }
  return { hits, calls }
}

const nameOf = (kind: string): string => (kind.includes('token') ? 'token-expired' : kind)

interface BringOptions {
  changes: number
  seed: number
  progress(text: string): void
  signal: AbortSignal
}

/** Some are not plain: gifts, for instance, are held. */
const SPARE = 1.15

/**
 * Places orders that are ready to be shipped, brings all of them here by their numbers, and takes as many of
 * each mall.
 */
async function bringHere(
  { changes, seed, progress, signal }: BringOptions,
  ground: Ground,
  client: Client,
  history: History,
  shops: readonly RegisteredShop<SimulatedMall>[],
): Promise<PulledOrder[]> {
  progress(`${changes} orders at ${shops.length} shops`)
  const turns = Array.from({ length: Math.ceil(shops.length / SIMULATED_MALLS.length) }, (_, index) =>
    SIMULATED_MALLS.map((mall) => shops.find((shop) => shop.mall === mall && shop.index === index)),
  ).flat() as RegisteredShop<SimulatedMall>[]
  const numbers = new Map<RegisteredShop<SimulatedMall>, string[]>(turns.map((shop) => [shop, []]))
  const placing = Math.ceil(changes * SPARE) + 2 * turns.length
  for (let n = 0; n < placing; n += 1) {
    const shop = turns[n % turns.length] as RegisteredShop<SimulatedMall>
    const { orderNumber, places } = ground.malls[shop.mall].place({
      shopCode: shop.code,
      ...(shop.mall === 'rakuten' && n % 3 === 0 ? { shape: 'two_recipients' } : {}),
      overrides: { ...READY_TO_SHIP[shop.mall], ...UNCONFIRMED[shop.mall] },
    })
    numbers.get(shop)?.push(orderNumber)
    history.note({
      process: 'buyer',
      f: 'order',
      type: 'ok',
      value: {
        order: keyOf(shop.mall, orderNumber),
        visibleAt: Date.now(),
        mails: 0,
        listedAfterMs: 0,
        ...(places === undefined ? {} : { places }),
      },
    })
  }
  for (const [{ id }, orderNumbers] of numbers)
    if (orderNumbers.length > 0)
      await client.post('/orders/import', { shopId: id, orderNumbers }, `import-${id}`)
  const pulled: PulledOrder[] = []
  const puller = startPuller({ client, seed, history, onOrders: (orders) => void pulled.push(...orders) })
  while (pulled.length < placing) await sleep(500, undefined, { signal })
  await puller.stop()
  return SIMULATED_MALLS.flatMap((mall, index) =>
    pulled
      .filter((order) => order.marketplace === mall && isPlain(order))
      .slice(0, Math.ceil((changes - index) / SIMULATED_MALLS.length)),
  )
}

const UNCONFIRMED: Partial<Record<SimulatedMall, Record<string, unknown>>> = {
  aupay: { orderStatus: '新規受付' },
}
