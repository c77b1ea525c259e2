import { randomBytes } from 'node:crypto'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { percentile } from '../bench/harness.ts'
import { imageSettings } from '../bench/idle.ts'
import { bringOrders, type Placed } from '../chaos/arrivals.ts'
import { startChangeDesk } from '../chaos/changes.ts'
import { check, type Verdict } from '../chaos/check.ts'
import { createClient, register } from '../chaos/client.ts'
import { openBooks, type StoredOrder } from '../chaos/database.ts'
import { startFleet } from '../chaos/fleet.ts'
import { type Ground, type MailServerKind, startGround } from '../chaos/ground.ts'
import { noteEnd, settingsFor, settle } from '../chaos/ground-rules.ts'
import { type History, openHistory, readHistory } from '../chaos/history.ts'
import { makePlan } from '../chaos/plan.ts'
import { replayAll, startPuller } from '../chaos/puller.ts'
import { freePort } from '../support/redis.ts'
import { startEventClients } from './event-clients.ts'
import { startHostile } from './hostile.ts'
import { openStores, type TableSize } from './stores.ts'
import type { Series } from './trend.ts'
import { startWatch } from './watch.ts'

export interface SoakOptions {
  minutes: number
  /** Orders a second. */
  rate: number
  engine: 'postgres' | 'redis'
  imap: MailServerKind
  sweepSeconds: number
  /** Whether hostile mails come among the real ones. */
  hostile: boolean
  historyFile: string
  progress(text: string): void
  signal: AbortSignal
}

/**
 * How an order was told of: by mail, by a mail that came before the mall's API knew it, by the mall's list
 * alone.
 */
type Way = 'mailed' | 'mailed early' | 'swept'

export interface SoakResult extends Omit<Verdict, 'latenessMs'> {
  engine: 'postgres' | 'redis'
  minutes: number
  rate: number
  sweepSeconds: number
  hostile: boolean
  /**
   * From when it could be known to the commit of its staging, in milliseconds; of both halves of the time.
   */
  lateness: Record<Way, { p50: number; p99: number; max: number }[]>
  eventStreams: number
  endedByItself: { starting: number; running: number }
  /** From the last order until all were staged and handed over; null: not within the limit. */
  settleSeconds: number | null
  samples: number
  /** Looks that brought nothing. */
  missed: number
  series: Series[]
  tables: TableSize[]
}

const SEED = 1
const EVENT_CLIENTS = 20
/** One order of so many is shipped. */
const SHIPPED = 5
/** After the next sweep; what Amazon does not list yet waits for the one after. */
const SETTLE_MS = 300_000
const WAYS: Record<Placed['planned']['mail'], Way> = {
  once: 'mailed',
  twice: 'mailed',
  early: 'mailed early',
  never: 'swept',
}

/**
 * Orders at a steady rate, and nothing else going wrong than mails. Whatever happens, nothing that it started
 * is left running.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const closing: (() => Promise<unknown>)[] = []
  try {
    const { engine, imap } = options
    const ground = await startGround({ seed: SEED, redis: engine === 'redis', imap })
    closing.push(ground.close)
    // As au PAY マーケット itself; fault runs have smaller pages.
    await ground.atMall('aupay', 'PUT', 'settings', { mostRows: 1000 })
    const history = openHistory(options.historyFile)
    closing.push(history.close)
    return await onGround(options, ground, history, closing)
  } finally {
    for (const step of closing.reverse()) await step().catch(() => undefined)
  }
}

async function onGround(
  options: SoakOptions,
  ground: Ground,
  history: History,
  closing: (() => Promise<unknown>)[],
): Promise<SoakResult> {
  const { minutes, rate, engine, sweepSeconds, progress, signal } = options
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
  const plan = { ...drawn, faults: [] }
  const operatorKey = randomBytes(24).toString('base64url')
  const apiPort = await freePort()
  progress('starting the service in five processes')
  const fleet = await startFleet({
    apiPort,
    logDir: ground.dir,
    progress,
    environment: {
      ...ground.environment,
      ...settingsFor({ operatorKey, seed: SEED, sweepSeconds }),
      ...(await asInProduction(engine)),
      DATABASE_URL: ground.postgres.url(),
    },
  })
  closing.push(fleet.stop)
  const baseUrl = `http://127.0.0.1:${apiPort}`
  const { apiKey } = await register(baseUrl, operatorKey, ground, SIMULATED_MALLS)
  const stores = await openStores(ground.postgres.url(), ground.environment.REDIS_URL ?? null)
  closing.push(stores.close)
  const books = openBooks(ground.postgres.url)
  const client = createClient(baseUrl, apiKey)
  const desk = startChangeDesk(client, SEED, history, orders)
  let pulled = 0
  const puller = startPuller({
    client,
    seed: SEED,
    history,
    onOrders(batch) {
      desk.offer(batch.filter((_, n) => (pulled + n) % SHIPPED === 0))
      pulled += batch.length
    },
  })
  const eventClients = startEventClients(baseUrl, apiKey, EVENT_CLIENTS)
  closing.push(eventClients.stop)

  progress(`${orders} orders in ${minutes} min`)
  const run = { minutes, rate, engine, sweepMs: sweepSeconds * 1000 }
  history.note({ process: 'run', f: 'run', type: 'invoke', value: run })
  const began = Date.now()
  const watch = startWatch({ fleet, logDir: ground.dir, stores, told: progress })
  closing.push(watch.stop)
  const hostile = options.hostile ? startHostile(ground, history) : null
  if (hostile) closing.push(hostile.stop)
  const telling = setInterval(
    () => progress(`handed over ${pulled} of ${Math.floor((Date.now() - began) / 1000) * rate}`),
    60_000,
  )
  const placed = await bringOrders(ground, plan, began, { history }, signal).finally(() =>
    clearInterval(telling),
  )
  await hostile?.stop()
  const watched = await watch.stop()
  progress('the last order is placed; waiting until all is done')
  const settling = { settleMs: SETTLE_MS + 2 * sweepSeconds * 1000, sweepSeconds, progress, signal }
  const placedAt = Date.now()
  await settle(settling, books, placed, placedAt)
  await puller.stop()
  await desk.stop()
  await eventClients.stop()
  // The last orders to come may have been offered to the desk only just now.
  const settleSeconds = await settle(settling, books, placed, placedAt)
  const stored = await books.orders()
  await client.arrive()
  await replayAll(client, history)
  await noteEnd(history, books, ground)
  await history.close()
  const { latenessMs: _, ...verdict } = check(await readHistory(history.file))
  return {
    engine,
    minutes,
    rate,
    sweepSeconds,
    hostile: options.hostile,
    ...verdict,
    settleSeconds,
    lateness: latenessOf(placed, stored, began + driveMs / 2),
    eventStreams: eventClients.opened(),
    endedByItself: fleet.endedByItself,
    ...watched,
    tables: await stores.tables(),
  }
}

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

function latenessOf(
  placed: readonly Placed[],
  stored: readonly StoredOrder[],
  middle: number,
): SoakResult['lateness'] {
  const stagedAt = new Map(stored.map((order) => [order.key, order.stagedAt]))
  const quantiles = (way: Way) =>
    [false, true].map((late) => {
      const times = placed
        .filter((one) => WAYS[one.planned.mail] === way && one.knowableAt >= middle === late)
        .flatMap(({ key, knowableAt }) => {
          const at = stagedAt.get(key)
          return at === undefined ? [] : [Math.max(0, at - knowableAt)]
        })
      return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: percentile(times, 1) }
    })
  return { mailed: quantiles('mailed'), 'mailed early': quantiles('mailed early'), swept: quantiles('swept') }
}
