import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ClientProcess, startClient } from './client-process.ts'
import type { FaultPlan } from './faults.ts'
import { createLedger, judge, type Ledger, type TracedCall, type Verdict } from './ledger.ts'
import { type FaultProxy, startProxy } from './proxy.ts'
import { type Stage, startStage } from './stage.ts'

export interface CheckOptions extends FaultPlan {
  databaseUrl: string
  url: URL
  orders: number
  /** The client as a shell command: started by the kit, killed and started again. Without it, it is started by hand. */
  run?: string | undefined
  kills: number
  /** At the end a file with a line for each order that the client has stored, or a command that prints such lines. */
  file?: string | undefined
  list?: string | undefined
  /** Longest wait for a client that does not come any more. */
  settleMs: number
  progress(text: string): void
  /** Ends the check; the client, the service and the proxy are stopped. */
  signal?: AbortSignal
}

const WAVES = 10
/** For the service to fetch all that were placed. */
const FETCH_MS = 1_200_000
const PULL = '/v1/orders/pull'
/** Pulls in a row that bring nothing: then the client has all that there is. */
const EMPTY_PULLS = 2

/** Orders under faults, then calm until the client has nothing more to fetch, then the verdict. */
export async function runCheck(options: CheckOptions): Promise<{ verdict: Verdict; ledger: Ledger }> {
  const ledger = createLedger()
  const stage = await startStage(options.databaseUrl, options.seed)
  let client: ClientProcess | null = null
  let proxy: FaultProxy | null = null
  const check = async () => {
    proxy = await startProxy({
      ...{ url: options.url, plan: options, ledger },
      upstream: stage.url,
      restart: stage.restart,
      onCall: (call) => client?.onCall(call),
    })
    options.progress(`The client's address is ${proxy.url}, its API key ${stage.apiKey}`)
    if (options.run) {
      const environment = { TORIKOMI_URL: proxy.url, TORIKOMI_API_KEY: stage.apiKey }
      client = startClient(options.run, environment, { ...options, onStart: () => proxy?.forgive() })
    }
    await placeInWaves(stage, options)
    const left = await untilPulled(stage, options)
    proxy.calm()
    client?.calm()
    options.progress(left === 0 ? 'All are handed over; no more faults.' : `${left} orders are not pulled.`)
    if (left === 0) await untilEmpty(ledger, options.settleMs)
    await client?.stop()
    await readStored(ledger, options)
    const facts = {
      ...(await readOrders(stage)),
      shipped: await readShipped(stage),
      kills: client?.kills() ?? 0,
    }
    return { verdict: judge(ledger, facts), ledger }
  }
  const ending = aborted(options.signal)
  try {
    return await Promise.race([check(), ending.reached])
  } finally {
    ending.forget()
    await (client as ClientProcess | null)?.stop()
    await (proxy as FaultProxy | null)?.close()
    await stage.close()
  }
}

/** Rejects with the signal's reason; what is under way then fails by itself once all is closed. */
function aborted(signal = new AbortController().signal) {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  return { reached: promise, forget: () => signal.removeEventListener('abort', onAbort) }
}

async function placeInWaves(stage: Stage, { orders, progress }: CheckOptions): Promise<void> {
  let placed = 0
  for (let wave = 1; wave <= WAVES; wave += 1) {
    const count = Math.floor((orders * wave) / WAVES) - placed
    await stage.place(count)
    placed += count
    progress(`${placed} orders placed`)
  }
  // All of them are here before it counts whether they were pulled.
  if (!(await untilTrue(async () => (await counts(stage)).total >= orders, FETCH_MS)))
    throw new Error(
      `of ${orders} orders only ${(await counts(stage)).total} reached the service: run it again on a quieter machine`,
    )
}

/** @returns how many are still staged when the client has brought no progress for the time to settle */
async function untilPulled(stage: Stage, { settleMs }: CheckOptions): Promise<number> {
  let staged = Number.POSITIVE_INFINITY
  let since = Date.now()
  for (;;) {
    const now = await counts(stage).then(
      ({ staged }) => staged,
      () => staged,
    )
    if (now === 0) return 0
    if (now < staged) since = Date.now()
    if (Date.now() - since > settleMs) return now
    staged = now
    await sleep(250)
  }
}

function untilEmpty(ledger: Ledger, settleMs: number): Promise<boolean> {
  const from = ledger.calls.length
  const isEmpty = ({ path, fault, told, orders }: TracedCall) =>
    path === PULL && fault === null && told === 200 && orders.length === 0
  return untilTrue(async () => ledger.calls.slice(from).filter(isEmpty).length >= EMPTY_PULLS, settleMs)
}

/** An error of the asking counts as not yet: the service may be starting. */
async function untilTrue(ask: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs
  while (Date.now() < end) {
    if (await ask().catch(() => false)) return true
    await sleep(250)
  }
  return false
}

/** The service may be busy, or starting; the verdict needs its answer. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      if (tries >= 60) throw error
      await sleep(1_000)
    }
  }
}

async function readStored(ledger: Ledger, { file, list }: CheckOptions): Promise<void> {
  if (file) ledger.store(await readFile(file, 'utf8').catch(() => ''))
  if (!list) return
  const { stdout } = await promisify(execFile)('sh', ['-c', list], { maxBuffer: 256 * 1024 * 1024 })
  ledger.store(stdout)
}

interface Listed {
  id: string
  status: string
}

async function counts(stage: Stage): Promise<{ total: number; staged: number }> {
  const { total } = await stage.api().get<{ total: number }>('/orders?limit=1&total=true')
  const staged = await stage.api().get<{ total: number }>('/orders?limit=1&total=true&status=auto_imported')
  return { total, staged: staged.total }
}

async function readOrders(stage: Stage): Promise<{ handedOver: string[]; staged: number }> {
  const orders = await readAll<Listed>(stage, '/orders?limit=1000', 'orders')
  const handedOver = orders.filter(({ status }) => status !== 'auto_imported').map(({ id }) => id)
  return { handedOver, staged: orders.length - handedOver.length }
}

const readShipped = async (stage: Stage): Promise<string[]> =>
  (await readAll<{ orderId: string }>(stage, '/site-changes?action=ship&limit=500', 'siteChanges')).map(
    ({ orderId }) => orderId,
  )

async function readAll<T>(stage: Stage, path: string, name: string): Promise<T[]> {
  const rows: T[] = []
  let cursor = ''
  for (;;) {
    const page = await asked(() =>
      stage.api().get<Record<string, T[]> & { nextCursor: string | null }>(path + cursor),
    )
    rows.push(...(page[name] ?? []))
    if (page.nextCursor === null) return rows
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
}
