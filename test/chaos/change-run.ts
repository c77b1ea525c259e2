import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/redis.ts'
import { spoilCalls, stopSpoiling } from './call-faults.ts'
import { bringHere } from './change-orders.ts'
import { judgeChanges, operationOf } from './change-verdict.ts'
import { type AskedChange, startChangeDesk } from './changes.ts'
import { createClient, createSetup, openContract, registerShops } from './client.ts'
import { type Books, openBooks } from './database.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { type Ground, startGround } from './ground.ts'
import { allWrites, settingsFor } from './ground-rules.ts'

/** `npm run chaos -- changes`: orders that are here are shipped, while each call at the malls may go wrong. */

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
  /** Calls spoilt, by kind, and processes killed. */
  faults: Record<string, number>
  /** Calls at the malls while faults were on. */
  calls: number
  seconds: number
  findings: string[]
}

export async function runChanges(options: ChangeRunOptions): Promise<ChangeRunResult> {
  const closing: (() => Promise<unknown>)[] = []
  try {
    const { seed, engine, shops } = options
    const ground = await startGround({ seed, redis: engine === 'redis', shops })
    closing.push(ground.close)
    return await onGround(options, ground, closing)
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
  closing: (() => Promise<unknown>)[],
): Promise<ChangeRunResult> {
  const { seed, progress } = options
  const operatorKey = randomBytes(24).toString('base64url')
  const apiPort = await freePort()
  progress('starting the service in five processes')
  const fleet = await startFleet({
    ...{ apiPort, logDir: ground.dir, progress },
    environment: {
      ...ground.environment,
      ...settingsFor({ operatorKey, seed, sweepSeconds: 0 }),
      ...{ WORKER_CONCURRENCY: String(SHOPS_AT_ONCE), DATABASE_CONNECTIONS: String(CONNECTIONS) },
    },
  })
  closing.push(fleet.stop)
  const baseUrl = `http://127.0.0.1:${apiPort}`
  const apiKey = await openContract(baseUrl, operatorKey)
  const client = createClient(baseUrl, apiKey)
  const shops = await registerShops(createSetup(baseUrl, apiKey), ground, options.shops)
  const books = openBooks(ground.postgres.url)
  const orders = await bringHere(options, ground, client, shops)

  await spoilCalls(ground, options)
  const began = Date.now()
  const desk = startChangeDesk(client, seed, orders.length, 50)
  desk.offer(orders)
  const killing = killWorkers(fleet, options)
  await desk.stop()
  progress(`${desk.asked.length} changes asked for`)
  await untilEnded(options, books, began)
  await killing
  const seconds = Math.round((Date.now() - began) / 1000)
  const spoilt = await stopSpoiling(ground)
  return resultOf(options, desk.asked, ground, books, { seconds, spoilt })
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

async function resultOf(
  { seed, engine, shops, kills }: ChangeRunOptions,
  asked: readonly AskedChange[],
  ground: Ground,
  books: Books,
  { seconds, spoilt }: { seconds: number; spoilt: Awaited<ReturnType<typeof stopSpoiling>> },
): Promise<ChangeRunResult> {
  const writes = await allWrites(ground)
  const found = judgeChanges({ asked, changes: await books.changes(), writes })
  const { lost, duplicated, stuck, unexplained } = found
  const count = (action: string) => asked.filter((one) => one.action === action).length
  return {
    ...{ seed, engine, shops, changes: count('ship'), confirms: count('confirm'), states: found.states },
    writes: writesByMall(writes),
    ...{ lost: lost.length, duplicated: duplicated.length, stuck: stuck.length },
    unexplained: unexplained.length,
    faults: { ...spoilt.hits, ...(kills > 0 ? { 'kill-9 worker': kills } : {}) },
    ...{ calls: spoilt.calls, seconds },
    findings: [...lost, ...duplicated, ...stuck, ...unexplained].slice(0, 50),
  }
}

function writesByMall(writes: Awaited<ReturnType<typeof allWrites>>): ChangeRunResult['writes'] {
  const counts = (list: typeof writes) =>
    Object.fromEntries(
      [...Map.groupBy(list, (write) => operationOf(write.operation))].map(([name, same]) => [
        name,
        same.length,
      ]),
    )
  return Object.fromEntries(
    [...Map.groupBy(writes, ({ marketplace }) => marketplace)].map(([mall, own]) => [mall, counts(own)]),
  )
}
