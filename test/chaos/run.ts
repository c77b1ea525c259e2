import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SANDBOX_MALLS } from '../../src/sandbox/malls.ts'
import type { SandboxWrite } from '../../src/sandbox/types.ts'
import { freePort } from '../support/redis.ts'
import { bringOrders, type Placed } from './arrivals.ts'
import { startChangeDesk } from './changes.ts'
import { createClient, register } from './client.ts'
import { type Books, openBooks } from './database.ts'
import { createInjector } from './faults.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { type Ground, startGround } from './ground.ts'
import { type Fault, makePlan, nameOf, type Plan } from './plan.ts'
import { replayAll, startPuller } from './puller.ts'
import { judge, type Verdict } from './verdict.ts'

export interface ChaosOptions {
  orders: number
  seed: number
  engine: 'postgres' | 'redis'
  /** Ship changes asked for. */
  changes: number
  driveMs: number
  /** Longest wait, after the last fault, for all to be done. */
  settleMs: number
  /** 0: no sweep, and every order is mailed. */
  sweepSeconds: number
  progress(text: string): void
  signal: AbortSignal
}

export interface ChaosResult extends Verdict {
  seed: number
  engine: 'postgres' | 'redis'
  orders: number
  faults: Record<string, number>
  /** Answers that the pulling client lost and asked for again. */
  repeatedPulls: number
  endedByItself: Fleet['endedByItself']
  driveSeconds: number
  /** From the last fault until all was done; null: not within the limit. */
  settleSeconds: number | null
}

/** One run. Whatever happens, nothing that it started is left running. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const closing: (() => Promise<unknown>)[] = []
  try {
    const ground = await startGround({ seed: options.seed, redis: options.engine === 'redis' })
    closing.push(ground.close)
    return await onGround(options, ground, closing)
  } finally {
    for (const step of closing.reverse()) await step().catch(() => undefined)
  }
}

async function onGround(
  options: ChaosOptions,
  ground: Ground,
  closing: (() => Promise<unknown>)[],
): Promise<ChaosResult> {
  const { seed, progress, signal } = options
  const plan = makePlan({
    ...{ orders: options.orders, seed, driveMs: options.driveMs },
    redis: options.engine === 'redis',
    unmailed: options.sweepSeconds > 0,
  })
  const operatorKey = randomBytes(24).toString('base64url')
  const apiPort = await freePort()
  progress('starting the service in five processes')
  const fleet = await startFleet({
    ...{ apiPort, logDir: ground.dir, progress },
    environment: { ...ground.environment, ...settings(operatorKey, options) },
  })
  closing.push(fleet.stop)
  const baseUrl = `http://127.0.0.1:${apiPort}`
  const apiKey = await register(baseUrl, operatorKey, ground)
  signal.throwIfAborted()

  const client = createClient(baseUrl, apiKey)
  const books = openBooks(ground.postgres.url)
  const desk = startChangeDesk(client, seed, options.changes)
  const puller = startPuller(client, seed, desk.offer)
  progress(`${plan.orders.length} orders in ${plan.driveMs / 1000} s, ${plan.faults.length} faults`)
  const faults: Record<string, number> = {}
  const began = Date.now()
  const [arrivals, injected] = await Promise.allSettled([
    bringOrders(ground, plan, began, signal),
    injectAll(plan, began, ground, fleet, faults, options),
  ])
  if (injected.status === 'rejected') throw injected.reason
  if (arrivals.status === 'rejected') throw arrivals.reason
  const placed = arrivals.value
  await fleet.allReady()
  const faultsEndedAt = Date.now()
  progress('faults are over; waiting until all is done')
  const settleSeconds = await settle(options, books, placed, faultsEndedAt)
  await puller.stop()
  await desk.stop()
  const wrongReplays = await replayAll(client, puller.batches)
  const verdict = judge({
    ...{ placed, batches: puller.batches, wrongReplays, asked: desk.asked, faultsEndedAt },
    ...{ stored: await books.orders(), openWork: await books.openWork(), changes: await books.changes() },
    writes: await allWrites(ground),
    sweepMs: options.sweepSeconds * 1000,
  })
  return {
    ...{ seed, engine: options.engine, orders: placed.length, ...verdict, faults },
    ...{ repeatedPulls: puller.repeats(), endedByItself: fleet.endedByItself },
    ...{ driveSeconds: plan.driveMs / 1000, settleSeconds },
  }
}

const settings = (operatorKey: string, { seed, sweepSeconds }: ChaosOptions): Record<string, string> => ({
  OPERATOR_API_KEY: operatorKey,
  ENCRYPTION_KEYS: `chaos:${Buffer.alloc(32, seed % 256).toString('base64')}`,
  DATABASE_CONNECTIONS: '10',
  SWEEP_INTERVAL_SECONDS: String(sweepSeconds),
  RAKUTEN_REQUESTS_PER_SECOND: '1000',
  YAHOO_REQUESTS_PER_SECOND: '1000',
  AUPAY_REQUESTS_PER_SECOND: '1000',
})

async function injectAll(
  plan: Plan,
  began: number,
  ground: Ground,
  fleet: Fleet,
  counts: Record<string, number>,
  { progress, signal }: ChaosOptions,
): Promise<void> {
  const injector = createInjector(ground, fleet)
  const running: Promise<void>[] = []
  try {
    for (const fault of plan.faults) {
      await sleep(Math.max(0, began + fault.at - Date.now()), undefined, { signal })
      progress(`${((Date.now() - began) / 1000).toFixed(1)} s ${describe(fault)}`)
      const name = nameOf(fault)
      counts[name] = (counts[name] ?? 0) + 1
      running.push(injector.inject(fault))
    }
    await Promise.all(running)
  } finally {
    // What was taken away comes back before it is cleaned up, so that nothing is started behind the cleaning.
    await Promise.allSettled(running)
  }
}

function describe(fault: Fault): string {
  const on =
    'target' in fault
      ? fault.target
      : 'mall' in fault
        ? fault.mall
        : 'mailbox' in fault
          ? fault.mailbox + 1
          : ''
  return `${nameOf(fault)} ${on}${fault.forMs > 0 ? ` for ${(fault.forMs / 1000).toFixed(1)} s` : ''}`
}

/** Amazon's list lies two minutes back. */
const LISTED_LATEST_MS = 130_000
const LOOK_EVERY_MS = 1_000
const TELL_EVERY_MS = 10_000

async function settle(
  { settleMs, sweepSeconds, progress, signal }: ChaosOptions,
  books: Books,
  placed: readonly Placed[],
  from: number,
): Promise<number | null> {
  // Longer than a sweep needs to find what no request waits for.
  const quietMs = 2 * sweepSeconds * 1000 + LISTED_LATEST_MS
  let toldAt = from
  let movedAt = from
  let seen = ''
  for (;;) {
    const [stored, changes, { waiting, overdue }] = await Promise.all([
      books.orders(),
      books.changes(),
      books.openWork(),
    ])
    const pulled = stored.filter((order) => order.pulled).length
    const open = changes.filter(({ state }) => state === 'queued' || state === 'changing').length
    if (stored.length >= placed.length && pulled >= stored.length && open === 0 && overdue.length === 0)
      return Math.round((Date.now() - from) / 1000)
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now()
      progress(
        `staged ${stored.length} of ${placed.length}, pulled ${pulled}, requests waiting ${waiting}, changes open ${open} of ${changes.length}`,
      )
    }
    const now = `${stored.length} ${pulled} ${waiting} ${open}`
    if (now !== seen) movedAt = Date.now()
    seen = now
    const nothingLeft = waiting === 0 && open === 0 && Date.now() - movedAt > quietMs
    if (nothingLeft || Date.now() - from > settleMs) return null
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

async function allWrites(ground: Ground): Promise<(SandboxWrite & { marketplace: string })[]> {
  const all = await Promise.all(
    SANDBOX_MALLS.map(async (marketplace) => {
      const { writes } = (await ground.atMall(marketplace, 'GET', 'writes')) as { writes: SandboxWrite[] }
      return writes.map((write) => ({ ...write, marketplace }))
    }),
  )
  return all.flat()
}
