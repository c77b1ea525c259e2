import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/redis.ts'
import { bringOrders, type Placed } from './arrivals.ts'
import { shippingOrHolding, startChangeDesk } from './changes.ts'
import { check, type Verdict } from './check.ts'
import { createClient, createSetup, register } from './client.ts'
import { openBooks } from './database.ts'
import { startAsker, startLabelDesk } from './desk.ts'
import { createInjector, type Injector } from './faults.ts'
import { RECEIVER_HOST, startFollower, startReceiver } from './feed-clients.ts'
import { startFileCart } from './file-shop.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { type Ground, type MailServerKind, SERVERS, startGround } from './ground.ts'
import { noteEnd, noteFigures, noteLog, settingsFor, settle } from './ground-rules.ts'
import { type History, openHistory, readHistory } from './history.ts'
import { hangHooks, type SweepCounts } from './hooks.ts'
import { CHAOS_MALLS, OLDER_MALLS } from './malls.ts'
import { sortOrdersOf, startMover } from './moves.ts'
import { type Fault, makePlan, nameOf, type Plan } from './plan.ts'
import { PAUSE_MS, type PulledOrder, replayAll, startKeyPuller, startPuller } from './puller.ts'
import { type ReleaseBefore, startReleaseBefore } from './release-before.ts'

export interface ChaosOptions {
  orders: number
  seed: number
  engine: 'postgres' | 'redis'
  imap: MailServerKind
  /** Of each mall. */
  shops: number
  /** Orders to be shipped. */
  changes: number
  /** Whether figures by day are waited for and read: they are counted once a minute. */
  counted?: true
  driveMs: number
  /** Longest wait, after the last fault, for all to be done. */
  settleMs: number
  /** 0: no sweep, and every order is mailed. */
  sweepSeconds: number
  /** A commit: an api and a worker of that release run beside, until most of the orders are there. */
  beside?: string
  /** Shops behind connectors are among the malls. */
  connectors?: boolean
  /** A shop of order files is among them. */
  files?: boolean
  /** See `DeckOptions`. */
  faults: readonly string[]
  /** See `PlanOptions`. */
  gapMs?: number
  /** Where the history is written. */
  historyFile: string
  progress(text: string): void
  signal: AbortSignal
}

export interface ChaosResult extends Verdict {
  seed: number
  engine: 'postgres' | 'redis'
  imap: MailServerKind
  shops: number
  historyFile: string
  sweeps: SweepCounts
  endedByItself: Fleet['endedByItself']
  driveSeconds: number
  /** From the last fault until all was done; null: not within the limit. */
  settleSeconds: number | null
  /** Orders that the release before staged and handed over; null: it was not there. */
  beside: { staged: number; pulled: number } | null
}

/** One run. Whatever happens, nothing that it started is left running. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const closing: (() => Promise<unknown>)[] = []
  try {
    const { seed, engine, shops, imap } = options
    const malls = options.connectors ? CHAOS_MALLS : OLDER_MALLS
    const plan = makePlan({
      malls,
      orders: options.orders - ordersOfFiles(options),
      seed,
      driveMs: options.driveMs,
      faults: options.faults,
      redis: engine === 'redis',
      unmailed: options.sweepSeconds > 0,
      ...(options.gapMs === undefined ? {} : { gapMs: options.gapMs }),
    })
    const ground = await startGround({ seed, redis: engine === 'redis', shops, imap, ...groundFor(plan) })
    closing.push(ground.close)
    const mostRows = Math.max(SMALLEST_PAGE, Math.ceil(options.orders / 4 / shops / PAGES_AT_THE_END))
    await ground.atMall('aupay', 'PUT', 'settings', { mostRows })
    const history = openHistory(options.historyFile)
    closing.push(history.close)
    return await onGround(options, plan, ground, history, closing)
  } finally {
    for (const step of closing.reverse()) await step().catch(() => undefined)
  }
}

/** Proxies cost time, and names go past what guards addresses: only where a fault needs them. */
const groundFor = ({ faults }: Plan) => ({
  linked: faults.some(({ kind }) => kind === 'partition'),
  named: faults.some(({ kind }) => kind === 'dns-gone'),
})

/**
 * Pages of au PAY's list: small ones shift while a sweep reads them, and too small ones keep it reading all
 * the time.
 */
const PAGES_AT_THE_END = 12
const SMALLEST_PAGE = 10

/** The release before knows nothing of names that only `member.ts` can place. */
const byAddress = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(SERVERS, '127.0.0.1')]),
  )

/** A twentieth of all comes by files. */
const ordersOfFiles = ({ orders, files }: ChaosOptions): number => (files ? Math.floor(orders / 20) : 0)

const MOST_BATCHES = 1_500
const SECOND_DESK = '窓口2'

/**
 * A message is a call and two writes, one after the other: of larger runs the webhook is told no orders,
 * which are most of the feed.
 */
const ORDERS_TOLD = 500
const FEW_KINDS = ['change', 'attention', 'notice']

async function onGround(
  options: ChaosOptions,
  plan: Plan,
  ground: Ground,
  history: History,
  closing: (() => Promise<unknown>)[],
): Promise<ChaosResult> {
  const { seed, progress, signal } = options
  const operatorKey = randomBytes(24).toString('base64url')
  const apiPort = await freePort()
  progress('starting the service in five processes')
  const environment = {
    ...ground.environment,
    ...settingsFor({ operatorKey, seed, sweepSeconds: options.sweepSeconds }),
    WEBHOOK_ALLOWED_PRIVATE_HOSTS: RECEIVER_HOST,
    // Half of the shops wait for Amazon's quota or for a silent mall, and keep their places meanwhile.
    WORKER_CONCURRENCY: String(Math.max(16, CHAOS_MALLS.length * options.shops)),
  }
  const fleet = await startFleet({
    apiPort,
    logDir: ground.dir,
    progress,
    environmentOf: ground.links.environmentOf,
    environment,
  })
  closing.push(fleet.stop)
  const { beside: release } = options
  const before =
    release === undefined ? null : await startReleaseBefore(release, ground.dir, byAddress(environment))
  if (before) closing.push(before.stop)
  const baseUrl = `http://127.0.0.1:${apiPort}`
  const { apiKey, shopIds, shops, fileShop } = await register(
    baseUrl,
    operatorKey,
    ground,
    options.connectors ? CHAOS_MALLS : OLDER_MALLS,
    { files: ordersOfFiles(options) > 0 },
  )
  const hooks = await hangHooks(ground.postgres.url)
  signal.throwIfAborted()

  const client = createClient(baseUrl, apiKey)
  // Every second shop, so that those without rules show what others do.
  const sorted = shopIds.filter((_, index) => index % 2 === 0)
  await sortOrdersOf(client, sorted)
  const books = openBooks(ground.postgres.url)
  const receiver = await startReceiver(seed, history)
  closing.push(receiver.close)
  const kinds = options.orders > ORDERS_TOLD ? FEW_KINDS : []
  await createSetup(baseUrl, apiKey).post('/webhooks', { name: 'chaos', url: receiver.url, kinds })
  history.note({ process: 'receiver', f: 'hooked', type: 'ok', value: { kinds } })
  const follower = await startFollower(client, seed, history)
  const labels = await startLabelDesk(client, seed, history)
  const desk = startChangeDesk(client, seed, history, options.changes, { wish: shippingOrHolding })
  // Each batch is asked for once more at the end, and a key may ask 1,200 times a minute.
  const pauseMs = Math.max(PAUSE_MS, plan.driveMs / MOST_BATCHES)
  const offer = (orders: PulledOrder[]) => {
    desk.offer(orders)
    labels.offer(orders)
  }
  const asked = { client, seed, history, pauseMs, onOrders: offer }
  const pullers = [undefined, SECOND_DESK].map((desk) =>
    startPuller({ ...asked, putBack: true, ...(desk === undefined ? {} : { desk }) }),
  )
  await Promise.all(pullers.map(({ begun }) => begun))
  // Pulls at the release before until that ends, then at this one, as behind a balancer in a rolling update.
  let ofKeys = before ? createClient(before.url, apiKey) : null
  let pulledThere = 0
  const ofKey = (orders: PulledOrder[]) => {
    if (ofKeys !== null) pulledThere += orders.length
    offer(orders)
  }
  const keyPuller =
    ofKeys && startKeyPuller({ seed, history, onOrders: ofKey, pauseMs }, () => ofKeys ?? client)
  const mover = startMover(client, seed, history)
  progress(`${plan.orders.length} orders in ${plan.driveMs / 1000} s, ${plan.faults.length} faults`)
  const began = Date.now()
  const { orders, changes, sweepSeconds } = options
  history.note({
    process: 'run',
    f: 'run',
    type: 'invoke',
    value: {
      seed,
      engine: options.engine,
      orders,
      changes,
      sweepMs: sweepSeconds * 1000,
      watched: true,
      sorted,
      counted: options.counted === true,
    },
  })
  // A fault that cannot be done or undone ends the run at once, with all that was started for it.
  const broken = new AbortController()
  const whole = AbortSignal.any([signal, broken.signal])
  const injecting = injectAll(plan, began, createInjector(ground, fleet, hooks), history, {
    ...options,
    signal: whole,
    onOf: (fault) => onOf(fault, ground),
  })
  injecting.catch((error: unknown) => broken.abort(error))
  const placed: Placed[] = []
  const cart =
    fileShop &&
    startFileCart({
      client,
      ground,
      shop: fileShop,
      seed,
      history,
      driveMs: plan.driveMs,
      orders: ordersOfFiles(options),
      shipped: (path) => readBytes(`${baseUrl}/v1${path}`, apiKey),
    })
  const asker = startAsker(client, books, { placed, shops }, seed, history)
  const ending = before && endBefore(before)
  ending?.catch((error: unknown) => broken.abort(error))
  const [arrivals, injected] = await Promise.allSettled([
    bringOrders(ground, plan, began, { history, placed }, whole),
    injecting,
  ])
  if (injected.status === 'rejected') throw injected.reason
  if (arrivals.status === 'rejected') throw arrivals.reason
  await fleet.allReady()
  const faultsEndedAt = Date.now()
  const beside = await ending
  progress('faults are over; waiting until all is done')
  await cart?.finish(options.settleMs)
  const all = { length: placed.length + ordersOfFiles(options) }
  const settled = await settle({ ...options, hooks }, books, all, faultsEndedAt)
  await asker.stop()
  await mover.stop()
  await keyPuller?.stop()
  await client.arrive()
  for (const puller of pullers) await puller.stop()
  await desk.stop()
  await labels.stop()
  await noteLog(history, books)
  await follower.stop()
  // The last orders to come may have been offered to the desk only just now.
  const settleSeconds =
    settled === null ? null : await settle({ ...options, hooks }, books, all, faultsEndedAt)
  await replayAll(client, history)
  await replayAll(client, history, SECOND_DESK)
  for (const value of await hooks.states())
    history.note({ process: 'database', f: 'seen', type: 'ok', value })
  if (options.counted) await noteFigures(history, client, books)
  await cart?.noteEnd()
  await noteEnd(history, books, ground)
  await history.close()
  return {
    seed,
    engine: options.engine,
    imap: options.imap,
    shops: options.shops,
    ...check(await readHistory(history.file)),
    historyFile: history.file,
    sweeps: await hooks.sweeps(),
    endedByItself: fleet.endedByItself,
    driveSeconds: plan.driveMs / 1000,
    settleSeconds,
    beside,
  }

  async function endBefore(release: ReleaseBefore): Promise<NonNullable<ChaosResult['beside']>> {
    await sleep(Math.max(0, began + BESIDE * plan.driveMs - Date.now()), undefined, { signal: whole })
    // Under faults little comes in, and most just behind them.
    const least = Math.ceil(options.orders * LEAST)
    const limit = Date.now() + options.settleMs
    while (release.staged() < least || pulledThere < least) {
      if (Date.now() > limit)
        throw new Error(`the release before staged ${release.staged()} and handed over ${pulledThere}`)
      await sleep(100, undefined, { signal: whole })
    }
    await release.stop()
    ofKeys = null
    const done = { staged: release.staged(), pulled: pulledThere }
    progress(`the release before has ended; it staged ${done.staged}, and handed over ${done.pulled}`)
    return done
  }
}

async function readBytes(url: string, apiKey: string): Promise<Buffer> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return Buffer.from(await answer.arrayBuffer())
}

/** The release before ends behind this part of the time in which orders come, with a part of them. */
const BESIDE = 0.7
const LEAST = 0.02

async function injectAll(
  plan: Plan,
  began: number,
  injector: Injector,
  history: History,
  { progress, signal, onOf }: ChaosOptions & { onOf(fault: Fault): string | undefined },
): Promise<void> {
  const running: Promise<void>[] = []
  const failed = new AbortController()
  const going = AbortSignal.any([signal, failed.signal])
  try {
    for (const [n, fault] of plan.faults.entries()) {
      await sleep(Math.max(0, began + fault.at - Date.now()), undefined, { signal: going })
      progress(`${((Date.now() - began) / 1000).toFixed(1)} s ${describe(fault)}`)
      const one = noted(history, { name: nameOf(fault), n, on: onOf(fault) }, () => injector.inject(fault))
      // Nobody else listens to it before the last fault has begun, and an unheard failure ends the process
      // without cleaning up.
      one.catch((error: unknown) => failed.abort(error))
      running.push(one)
    }
    await Promise.all(running)
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error
  } finally {
    // What was taken away comes back before it is cleaned up, so that nothing is started behind the cleaning.
    await Promise.allSettled(running)
  }
}

/** The mall or the mailbox that a fault touches alone; undefined: everything. */
function onOf(fault: Fault, { mailboxes }: Ground): string | undefined {
  if ('mall' in fault) return fault.mall
  if ('mailbox' in fault) return mailboxes[fault.mailbox]?.user
  return 'link' in fault ? CHAOS_MALLS.find((mall) => fault.link === `worker-${mall}`) : undefined
}

async function noted(
  history: History,
  fault: { name: string; n: number; on: string | undefined },
  inject: () => Promise<void>,
): Promise<void> {
  const note = (type: 'invoke' | 'ok' | 'fail', why?: string) =>
    history.note({
      process: 'faults',
      f: 'fault',
      type,
      value: { ...fault, ...(why === undefined ? {} : { why }) },
    })
  note('invoke')
  try {
    await inject()
    note('ok')
  } catch (error) {
    note('fail', error instanceof Error ? error.message : String(error))
    throw error
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
          : 'link' in fault
            ? fault.link
            : ''
  return `${nameOf(fault)} ${on}${fault.forMs > 0 ? ` for ${(fault.forMs / 1000).toFixed(1)} s` : ''}`
}
