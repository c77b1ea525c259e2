import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ClientProcess, startClient } from './client-process.ts'
import type { FaultPlan } from './faults.ts'
import { createLedger, type Ledger, type TracedCall } from './ledger.ts'
import { type FaultProxy, startProxy } from './proxy.ts'
import type { Stage, Tenant } from './stage.ts'
import { CHANGES, judge, PULL, type Verdict } from './verdict.ts'

export interface CheckOptions extends FaultPlan {
  url: URL
  orders: number
  /**
   * The client as a shell command: started by the kit, killed and started again. Without it, it is started by
   * hand.
   */
  run?: string | undefined
  kills: number
  /** Folder in which the client writes: it is killed around that, too. */
  watch?: string | undefined
  /**
   * At the end a file with a line for each order that the client has stored, or a command that prints such
   * lines.
   */
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
/** Pulls in a row that bring nothing: then the client has all that there is. */
const EMPTY_PULLS = 2

/** Orders under faults, then calm until the client has nothing more to fetch, then the verdict. */
export async function runCheck(stage: Stage, options: CheckOptions): Promise<Verdict> {
  const ledger = createLedger()
  const tenant = await stage.openTenant()
  let client: ClientProcess | null = null
  let proxy: FaultProxy | null = null
  const started = performance.now()
  const check = async () => {
    proxy = await startProxy({
      url: options.url,
      plan: options,
      ledger,
      upstream: stage.url,
      restart: stage.restart,
      onCall(call, moment) {
        const isBad =
          moment === 'call' ? call.method !== 'GET' : call.orders.length + call.positions.length > 0
        if (isBad) client?.did(moment, moment === 'call' ? `call #${call.n}` : `the answer of #${call.n}`)
      },
      onStored: () => client?.did('write', 'it said what it has stored'),
    })
    options.progress(`The client's address is ${proxy.url}, its API key ${tenant.apiKey}`)
    if (options.run) {
      const folders = [options.watch, options.file && dirname(options.file)].filter(
        (folder) => folder !== undefined,
      )
      client = startClient(
        options.run,
        { TORIKOMI_URL: proxy.url, TORIKOMI_API_KEY: tenant.apiKey },
        {
          seed: options.seed,
          kills: options.kills,
          watch: [...new Set(folders)],
          progress: options.progress,
          onStart: () => proxy?.forgive(),
          onKill: ({ why }) => ledger.kills.push({ at: performance.now() - started, why }),
        },
      )
    }
    await placeInWaves(tenant, options)
    const left = await untilPulled(tenant, options)
    proxy.calm()
    client?.calm()
    options.progress(left === 0 ? 'All are handed over; no more faults.' : `${left} orders are not pulled.`)
    if (left === 0) await untilEmpty(ledger, options.settleMs)
    await client?.stop()
    await readStored(ledger, options)
    const orders = await readOrders(tenant)
    return judge(ledger, {
      ...orders,
      shipped: await readShipped(tenant),
      changes: await readChanges(tenant, ledger),
    })
  }
  const ending = aborted(options.signal)
  try {
    return await Promise.race([check(), ending.reached])
  } finally {
    ending.forget()
    await (client as ClientProcess | null)?.stop()
    await (proxy as FaultProxy | null)?.close()
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

async function placeInWaves(tenant: Tenant, { orders, progress }: CheckOptions): Promise<void> {
  let placed = 0
  for (let wave = 1; wave <= WAVES; wave += 1) {
    const count = Math.floor((orders * wave) / WAVES) - placed
    await tenant.place(count)
    placed += count
    progress(`${placed} orders placed`)
  }
  // All of them are here before it counts whether they were pulled.
  if (!(await untilTrue(async () => (await counts(tenant)).total >= orders, FETCH_MS)))
    throw new Error(
      `of ${orders} orders only ${(await counts(tenant)).total} reached the service: run it again on a quieter machine`,
    )
}

/** @returns how many are still staged when the client has brought no progress for the time to settle */
async function untilPulled(tenant: Tenant, { settleMs }: CheckOptions): Promise<number> {
  let staged = Number.POSITIVE_INFINITY
  let since = Date.now()
  for (;;) {
    const now = await counts(tenant).then(
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
async function retried<T>(ask: () => Promise<T>): Promise<T> {
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

async function counts(tenant: Tenant): Promise<{ total: number; staged: number }> {
  const { total } = await tenant.api().get<{ total: number }>('/orders?limit=1&total=true')
  const staged = await tenant.api().get<{ total: number }>('/orders?limit=1&total=true&status=auto_imported')
  return { total, staged: staged.total }
}

async function readOrders(tenant: Tenant): Promise<{ handedOver: string[]; staged: number }> {
  const orders = await readAll<Listed>(tenant, '/orders?limit=1000', 'orders')
  const handedOver = orders.filter(({ status }) => status !== 'auto_imported').map(({ id }) => id)
  return { handedOver, staged: orders.length - handedOver.length }
}

const readShipped = async (tenant: Tenant): Promise<string[]> =>
  (await readAll<{ orderId: string }>(tenant, '/site-changes?action=ship&limit=500', 'siteChanges')).map(
    ({ orderId }) => orderId,
  )

async function readAll<T>(tenant: Tenant, path: string, name: string): Promise<T[]> {
  const rows: T[] = []
  let cursor = ''
  for (;;) {
    const page = await retried(() =>
      tenant.api().get<Record<string, T[]> & { nextCursor: string | null }>(path + cursor),
    )
    rows.push(...(page[name] ?? []))
    if (page.nextCursor === null) return rows
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
}

/**
 * All rows of the feed from where the client began to where it last went on from: what it must have worked
 * off. None where nothing that it has stored names a position.
 */
async function readChanges(tenant: Tenant, ledger: Ledger): Promise<string[]> {
  const asked = ledger.calls.filter(({ path, after }) => path === CHANGES && after !== null)
  const [first, last] = [asked[0]?.after, asked.findLast(({ after }) => after !== 'oldest')?.after]
  if (ledger.positions.size === 0 || !first || !last) return []
  const rows: string[] = []
  for (let after = first; ; ) {
    const path = `/changes?limit=1000&after=${encodeURIComponent(after)}`
    const page = await retried(() =>
      tenant.api().get<{ changes: { position: string }[]; position: string; more: boolean }>(path),
    )
    for (const { position } of page.changes) {
      rows.push(position)
      if (position === last) return rows
    }
    if (!page.more) return rows
    after = page.position
  }
}
