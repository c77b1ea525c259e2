import { randomBytes } from 'node:crypto'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { imageSettings } from '../bench/idle.ts'
import { bringOrders, type Placed } from '../chaos/arrivals.ts'
import { startChangeDesk } from '../chaos/changes.ts'
import { createClient, register } from '../chaos/client.ts'
import { openBooks } from '../chaos/database.ts'
import { startFleet } from '../chaos/fleet.ts'
import { type Ground, type MailServerKind, startGround } from '../chaos/ground.ts'
import { noteEnd, settingsFor, settle } from '../chaos/ground-rules.ts'
import { type History, openHistory } from '../chaos/history.ts'
import { makePlan } from '../chaos/plan.ts'
import { PAUSE_MS, replayAll, startPuller } from '../chaos/puller.ts'
import { freePort } from '../support/redis.ts'
import { placedAt } from './course.ts'
import { startEventClients } from './event-clients.ts'
import { startHostile } from './hostile.ts'
import { takeSteps } from './steps.ts'
import { openStores } from './stores.ts'
import { startWatch } from './watch.ts'

export interface SoakOptions {
  minutes: number
  /** Orders a second, on average. */
  rate: number
  /** Days that the time stands for, each with a sale and quiet hours; 0: always alike. */
  days: number
  tenants: number
  /** Of each tenant at each mall. */
  shops: number
  engine: 'postgres' | 'redis'
  imap: MailServerKind
  sweepSeconds: number
  /** Whether hostile mails come among the real ones. */
  hostile: boolean
  historyFile: string
  progress(text: string): void
  /** No more orders come; what came is waited for and judged. */
  ending: AbortSignal
  signal: AbortSignal
}

const SEED = 1
const EVENT_CLIENTS = 20
/** One order of so many is shipped. */
const SHIPPED = 5
/** After the next sweep; what Amazon does not list yet waits for the one after. */
const SETTLE_MS = 300_000

/**
 * Orders, and nothing else going wrong than mails; `historyFile` has all of it. Whatever happens, nothing
 * that it started is left running.
 */
export async function runSoak(options: SoakOptions): Promise<void> {
  const closing: (() => Promise<unknown>)[] = []
  try {
    const { engine, imap, tenants, shops } = options
    const ground = await startGround({ seed: SEED, redis: engine === 'redis', imap, shops: tenants * shops })
    closing.push(ground.close)
    // As au PAY マーケット itself; fault runs have smaller pages.
    await ground.atMall('aupay', 'PUT', 'settings', { mostRows: 1000 })
    const history = openHistory(options.historyFile)
    closing.push(history.close)
    await onGround(options, ground, history, closing)
  } finally {
    for (const step of closing.reverse()) await step().catch(() => undefined)
  }
}

async function onGround(
  options: SoakOptions,
  ground: Ground,
  history: History,
  closing: (() => Promise<unknown>)[],
): Promise<void> {
  const { minutes, rate, days, engine, sweepSeconds, tenants, shops, progress, signal, ending } = options
  const driveMs = minutes * 60_000
  const orders = Math.round(minutes * 60 * rate)
  const drawn = makePlan({
    orders,
    seed: SEED,
    redis: engine === 'redis',
    driveMs,
    unmailed: true,
    faults: ['-all'],
  })
  const coming = drawn.orders.map((one) => ({ ...one, at: placedAt(one.at / driveMs, days) * driveMs }))
  const plan = { ...drawn, faults: [], orders: coming }
  const operatorKey = randomBytes(24).toString('base64url')
  const apiPort = await freePort()
  const environment = {
    ...ground.environment,
    ...settingsFor({ operatorKey, seed: SEED, sweepSeconds }),
    ...(await asInProduction(engine)),
    DATABASE_URL: ground.postgres.url(),
    BACKUP_KEY: randomBytes(32).toString('base64'),
  }
  progress('starting the service in five processes')
  const fleet = await startFleet({ apiPort, logDir: ground.dir, progress, environment })
  closing.push(fleet.stop)
  const baseUrl = `http://127.0.0.1:${apiPort}`
  const apiKeys: string[] = []
  for (let from = 0; from < tenants * shops; from += shops) {
    const span = { from, to: from + shops }
    apiKeys.push((await register(baseUrl, operatorKey, ground, SIMULATED_MALLS, { span })).apiKey)
    signal.throwIfAborted()
  }
  const stores = await openStores(ground.postgres.url(), ground.environment.REDIS_URL ?? null)
  closing.push(stores.close)
  const books = openBooks(ground.postgres.url)
  let pulled = 0
  const desks = apiKeys.map((apiKey, n) => {
    const client = createClient(baseUrl, apiKey)
    // Of its own name, so that the history tells batches of two tenants apart.
    const desk = tenants === 1 ? undefined : `窓口${n + 1}`
    const changes = startChangeDesk(client, SEED + n, history, orders)
    const puller = startPuller({
      client,
      seed: SEED + n,
      history,
      pauseMs: PAUSE_MS + (tenants - 1) * PAUSE_EACH_MS,
      ...(desk === undefined ? {} : { desk }),
      onOrders(batch) {
        changes.offer(batch.filter((_, place) => (pulled + place) % SHIPPED === 0))
        pulled += batch.length
      },
    })
    return { client, desk, changes, puller }
  })
  const eventClients = startEventClients(baseUrl, apiKeys, Math.max(EVENT_CLIENTS, tenants))
  closing.push(eventClients.stop)

  progress(`${orders} orders in ${minutes} min`)
  const { hostile } = options
  const soak = { minutes, rate, days, engine, tenants, shops, hostile }
  const run = { soak, sweepMs: sweepSeconds * 1000 }
  history.note({ process: 'run', f: 'run', type: 'invoke', value: run })
  const began = Date.now()
  const watch = startWatch({ fleet, logDir: ground.dir, stores, history, told: progress })
  closing.push(watch.stop)
  const strangers = hostile ? startHostile(ground, history) : null
  if (strangers) closing.push(strangers.stop)
  const placed: Placed[] = []
  const telling = setInterval(() => progress(`handed over ${pulled} of ${placed.length}`), 60_000)
  const until = AbortSignal.any([signal, ending])
  const { dir } = ground
  const steps =
    days > 0 ? takeSteps({ fleet, dir, environment, driveMs, days, history, progress, signal: until }) : null
  const coursed = await Promise.allSettled([
    bringOrders(ground, plan, began, { history, placed }, until),
    steps,
  ]).finally(() => clearInterval(telling))
  for (const one of coursed) if (one.status === 'rejected' && !ending.aborted) throw one.reason
  await strangers?.stop()
  await watch.stop()
  progress('the last order is placed; waiting until all is done')
  const settling = { settleMs: SETTLE_MS + 2 * sweepSeconds * 1000, sweepSeconds, progress, signal }
  const over = Date.now()
  await settle(settling, books, placed, over)
  await Promise.all(desks.map(({ puller, changes }) => puller.stop().then(changes.stop)))
  await eventClients.stop()
  // The last orders to come may have been offered to the desks only just now.
  const settleSeconds = await settle(settling, books, placed, over)
  for (const { client, desk } of desks) {
    await client.arrive()
    await replayAll(client, history, desk)
  }
  const told = { settleSeconds, eventStreams: eventClients.opened(), tables: await stores.tables() }
  history.note({ process: 'run', f: 'soaked', type: 'ok', value: told })
  await noteEnd(history, books, ground)
  await history.close()
}

/** Many tenants ask less often, each. */
const PAUSE_EACH_MS = 500

/**
 * As the image starts them in docker-compose.yml. Half of a container's memory is what V8 takes for the limit
 * of its heap; by that limit it decides how much garbage it lets lie. NODE_ENV: so that the processes tell of
 * themselves in /metrics.
 */
async function asInProduction(engine: SoakOptions['engine']): Promise<Record<string, string>> {
  const { NODE_OPTIONS = '', ...settings } = await imageSettings()
  const options = `${NODE_OPTIONS} --max-old-space-size=${CONTAINER_MB / 2}`
  return { NODE_ENV: 'production', QUEUE_ENGINE: engine, ...settings, NODE_OPTIONS: options }
}

/** TORIKOMI_MEMORY unless it is set. */
const CONTAINER_MB = 1_024
