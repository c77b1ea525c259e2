import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { createClient as createPgClient } from '../../src/platform/db/hosts.ts'
import { type PatroniCluster, type PatroniNode, startPatroni } from '../support/patroni.ts'
import { freePort } from '../support/redis.ts'
import { bringOrders, type Placed } from './arrivals.ts'
import { startChangeDesk } from './changes.ts'
import { checkFailover, type FailoverVerdict } from './check-failover.ts'
import { type Client, createClient, NoAnswer, register } from './client.ts'
import { openBooks } from './database.ts'
import { startFleet } from './fleet.ts'
import { type MailServerKind, startGround } from './ground.ts'
import { noteEnd, settingsFor, settle } from './ground-rules.ts'
import { type History, openHistory, readHistory } from './history.ts'
import { hangHooks } from './hooks.ts'
import { makePlan } from './plan.ts'
import { type PulledOrder, startPuller } from './puller.ts'

/**
 * `npm run chaos -- failover`: the service in five processes on three nodes of Postgres under Patroni. The
 * primary is killed, frozen or cut off again and again, while orders come, are pulled and shipped.
 */

export const FAILOVERS = ['crash', 'kill', 'freeze', 'cut off'] as const
type FailoverKind = (typeof FAILOVERS)[number]

interface FailoverOptions {
  orders: number
  failovers: number
  seed: number
  /** Whether a commit waits for a standby; if not, standbys lag when the primary goes. */
  synchronous: boolean
  /** Which, in turn by chance. */
  kinds?: readonly FailoverKind[]
  imap: MailServerKind
  settleMs: number
  historyFile: string
  progress(text: string): void
  signal: AbortSignal
}

/** Seconds of one failover. */
interface Pause {
  kind: FailoverKind
  /** Until a server took writes, as a client of its own sees it: what Patroni needs. */
  cluster: number
  /** Until a request of the api was answered again. */
  api: number
  /** From the last order that was staged before it to the first one behind it. */
  staging: number
}

interface FailoverResult extends FailoverVerdict {
  seed: number
  synchronous: boolean
  orders: number
  pauses: Pause[]
  settleSeconds: number | null
  endedByItself: number
  historyFile: string
}

const PER_SECOND = 5
/** Orders come for this long around each failover, which has to be over by then. */
const SECONDS_EACH = 45
const WORKS_WITHIN_MS = 120_000
/** For so long the standbys receive nothing before an asynchronous primary goes. */
const LAG_MS = 1_500

export async function runFailover(options: FailoverOptions): Promise<FailoverResult> {
  const closing: (() => Promise<unknown>)[] = []
  const { seed, synchronous, progress, signal } = options
  try {
    progress(`three nodes under Patroni, ${synchronous ? 'synchronous' : 'asynchronous'}`)
    const cluster = await startPatroni({ synchronous })
    closing.push(cluster.close)
    const ground = await startGround({ seed, redis: false, imap: options.imap, cluster })
    closing.push(ground.close)
    const history = openHistory(options.historyFile)
    closing.push(history.close)
    const operatorKey = randomBytes(24).toString('base64url')
    const apiPort = await freePort()
    progress('starting the service in five processes')
    const fleet = await startFleet({
      apiPort,
      logDir: ground.dir,
      progress,
      environment: {
        ...ground.environment,
        ...settingsFor({ operatorKey, seed, sweepSeconds: SWEEP_SECONDS }),
      },
    })
    closing.push(fleet.stop)
    const baseUrl = `http://127.0.0.1:${apiPort}`
    const client = createClient(
      baseUrl,
      (await register(baseUrl, operatorKey, ground, SIMULATED_MALLS)).apiKey,
    )
    signal.throwIfAborted()
    const books = openBooks(() => cluster.directUrl)
    const hooks = await hangHooks(() => cluster.directUrl)
    const told = startToldFollower(client)
    // What is lost with an accepted change is the change: only where nothing is lost it is asked for.
    const desk = startChangeDesk(client, seed, history, synchronous ? Math.floor(options.orders / 4) : 0)
    const offer = (orders: PulledOrder[]) => desk.offer(orders)
    const puller = startPuller({ client, seed, history, onOrders: offer })
    await puller.begun
    const driveMs = (options.orders / PER_SECOND) * 1_000
    const plan = makePlan({
      orders: options.orders,
      seed,
      driveMs,
      faults: ['none'],
      redis: false,
      unmailed: true,
    })
    history.note({
      process: 'run',
      f: 'run',
      type: 'invoke',
      value: { seed, sweepMs: SWEEP_SECONDS * 1_000 },
    })
    const broken = new AbortController()
    const whole = AbortSignal.any([signal, broken.signal])
    const placed: Placed[] = []
    const arriving = bringOrders(ground, plan, Date.now(), { history, placed }, whole)
    arriving.catch(() => undefined)
    const failing = failOver(cluster, client, history, { ...options, signal: whole })
    const spans = await failing.catch((error: unknown) => {
      broken.abort(error)
      throw error
    })
    await arriving
    await fleet.allReady()
    const over = Date.now()
    progress('failovers are over; waiting until all is done')
    await settle({ ...options, hooks, sweepSeconds: SWEEP_SECONDS }, books, placed, over)
    await client.arrive()
    await puller.stop()
    await desk.stop()
    const settleSeconds = await settle(
      { ...options, hooks, sweepSeconds: SWEEP_SECONDS },
      books,
      placed,
      over,
    )
    const resets = await told.stop()
    await noteEnd(history, books, ground)
    await history.close()
    const staged = (await books.orders()).map(({ stagedAt }) => stagedAt).toSorted((a, b) => a - b)
    return {
      ...checkFailover(await readHistory(history.file), { synchronous, failovers: spans.length, resets }),
      seed,
      synchronous,
      orders: placed.length,
      pauses: spans.map((span) => ({ ...span, staging: gapAround(staged, span.at) })),
      settleSeconds,
      endedByItself: fleet.endedByItself.running,
      historyFile: history.file,
    }
  } finally {
    for (const step of closing.reverse()) await step().catch(() => undefined)
  }
}

const SWEEP_SECONDS = 30

const secondsSince = (at: number): number => Math.round((Date.now() - at) / 100) / 10

/** Seconds between the order before that moment and the one behind it. */
function gapAround(staged: readonly number[], at: number): number {
  const before = staged.findLast((one) => one <= at) ?? at
  const behind = staged.find((one) => one > at + LAG_MS) ?? at
  return Math.round((behind - before) / 100) / 10
}

type Span = Omit<Pause, 'staging'> & { at: number }

async function failOver(
  cluster: PatroniCluster,
  client: Client,
  history: History,
  { seed, failovers, synchronous, kinds = FAILOVERS, progress, signal }: FailoverOptions,
): Promise<Span[]> {
  const dice = seeded(seed, -41)
  const spans: Span[] = []
  for (let n = 0; n < failovers; n += 1) {
    const node = await cluster.healthy()
    await sleep(dice.int(2_000, 6_000), undefined, { signal })
    const kind = dice.pick(kinds)
    if (!synchronous) {
      node.stopReplication(true)
      await sleep(LAG_MS)
    }
    const at = Date.now()
    history.note({ process: 'faults', f: 'fault', type: 'invoke', value: { name: kind, n } })
    const undo = takeAway(node, kind)
    const [clusterSeconds, api] = await Promise.all([
      untilWorks(at, () => writeOnce(cluster.url), signal),
      untilWorks(at, () => client.get('/orders?limit=1', 5_000), signal),
    ])
    // A primary that was silent for long enough comes back, and has to find out that it is none any more.
    await undo(dice)
    if (!synchronous) node.stopReplication(false)
    history.note({ process: 'faults', f: 'fault', type: 'ok', value: { name: kind, n } })
    progress(
      `${n + 1} of ${failovers}: ${kind} ${node.name}, a primary after ${clusterSeconds} s, the api after ${api} s`,
    )
    spans.push({ kind, at, cluster: clusterSeconds, api })
  }
  await cluster.healthy()
  return spans
}

function takeAway(node: PatroniNode, kind: FailoverKind): (dice: Seeded) => Promise<void> {
  switch (kind) {
    case 'crash':
      node.crash()
      return async () => undefined
    case 'kill':
      node.kill()
      return async () => node.start()
    case 'freeze':
      node.freeze()
      return async (dice) => {
        await sleep(dice.int(0, 3_000))
        node.thaw()
      }
    case 'cut off':
      node.cutOff(true)
      return async (dice) => {
        await sleep(dice.int(0, 3_000))
        node.cutOff(false)
      }
  }
}

/** By its own look at the hosts, not the service's. */
async function writeOnce(url: string): Promise<void> {
  const client = createPgClient(url, { connectionTimeoutMillis: 2_000, query_timeout: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    // Waits for a standby as the service's commits do.
    await client.query(
      'create table if not exists chaos_written (n int); insert into chaos_written values (1)',
    )
  } finally {
    void client.end().catch(() => undefined)
  }
}

async function untilWorks(from: number, work: () => Promise<unknown>, signal: AbortSignal): Promise<number> {
  // What is answered in the first moment was on its way before.
  await sleep(500)
  for (;;) {
    const works = await work().then(
      () => true,
      () => false,
    )
    if (works) return secondsSince(from)
    if (Date.now() - from > WORKS_WITHIN_MS)
      throw new Error(`nothing works ${WORKS_WITHIN_MS / 1_000} s after a failover`)
    await sleep(100, undefined, { signal })
  }
}

/** A program that follows the change feed: how often it was told that its position is of another history. */
function startToldFollower(client: Client): { stop(): Promise<number> } {
  let position: string | null = null
  let resets = 0
  let stopping = false
  const read = async () => {
    const query = position === null ? '' : `after=${encodeURIComponent(position)}&`
    try {
      position = (await client.get<{ position: string }>(`/changes?${query}limit=500`)).position
    } catch (error) {
      if (error instanceof NoAnswer) return
      if (!/POSITION_EXPIRED/.test(String(error))) throw error
      resets += 1
      position = null
    }
  }
  const run = async () => {
    while (!stopping) {
      await read()
      await sleep(500)
    }
    await read()
  }
  const done = run()
  done.catch(() => undefined)
  return {
    async stop() {
      stopping = true
      await done
      return resets
    },
  }
}

export const ordersFor = (failovers: number): number => failovers * SECONDS_EACH * PER_SECOND

export function shownFailover(result: FailoverResult): string {
  const { seed, synchronous, orders, lost, duplicated, untold, givenAgain, pauses } = result
  return [
    `seed ${seed}, ${synchronous ? 'synchronous' : 'asynchronous'}: ${orders} orders, ${pauses.length} failovers: lost ${lost}, doubled ${duplicated}, not told ${untold}, given again ${givenAgain}, all done ${result.settleSeconds ?? 'not in time'} s after the last, ended by itself ${result.endedByItself}`,
    '| kind | times | primary there (s) | api answers (s) | nothing staged (s) |',
    '| --- | --- | --- | --- | --- |',
    ...FAILOVERS.flatMap((kind) => {
      const its = pauses.filter((pause) => pause.kind === kind)
      const range = (of: (pause: Pause) => number) => {
        const sorted = its.map(of).toSorted((a, b) => a - b)
        return `${sorted[sorted.length >> 1]?.toFixed(1)}, at most ${sorted.at(-1)?.toFixed(1)}`
      }
      return its.length === 0
        ? []
        : [
            `| ${kind} | ${its.length} | ${range(({ cluster }) => cluster)} | ${range(({ api }) => api)} | ${range(({ staging }) => staging)} |`,
          ]
    }),
  ].join('\n')
}
