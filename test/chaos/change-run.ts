import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/redis.ts'
import { spoilCalls, stopSpoiling } from './call-faults.ts'
import { bringHere } from './change-orders.ts'
import { startChangeDesk, wholeWork } from './changes.ts'
import { check } from './check.ts'
import { createClient, createSetup, openContract, registerShops } from './client.ts'
import { type Books, openBooks } from './database.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { type Ground, startGround } from './ground.ts'
import { noteEnd, settingsFor } from './ground-rules.ts'
import { type History, type HistoryLine, openHistory, readHistory } from './history.ts'

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
  const shops = await registerShops(createSetup(baseUrl, apiKey), ground, options.shops)
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
