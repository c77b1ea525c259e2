import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { type ClientProcess, startClient } from './client-process.ts'
import { type FaultPlan, promisedFaults } from './faults.ts'
import { createLedger, idsIn, type Ledger, type TracedCall } from './ledger.ts'
import { type FaultProxy, startProxy } from './proxy.ts'
import type { Stage, Tenant } from './stage.ts'
import { CHANGES, isAtRest, judge, PULL, type Verdict } from './verdict.ts'

export interface CheckOptions extends FaultPlan {
  url: URL
  orders: number
  /** In which the orders come, so that each fault can meet a pull with orders. */
  waves: number
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
  /** Folder of all that the client stores: it is put back to an older copy of itself so often. */
  restore?: string | undefined
  restores: number
  /** Prints the ids of the orders whose buyer's data the client keeps: then some are erased. */
  kept?: string | undefined
  /** Longest wait for a client that does not come any more. */
  settleMs: number
  progress(text: string): void
  /** Ends the check; the client, the service and the proxy are stopped. */
  signal?: AbortSignal
}

/** A wave is not waited for any longer: the client may be a wrong one. */
const WAVE_MS = 1_500
/** Of a wave's orders that staff move on the board before the client comes. */
const MOVED = 0.1
const ERASED = 3
const EDITED = 0.6
const MOST_EDITED = 5
/** For the service to fetch all that were placed. */
const FETCH_MS = 1_200_000

/** Orders under faults, then calm until the client has nothing more to fetch, then the verdict. */
export async function runCheck(stage: Stage, options: CheckOptions): Promise<Verdict> {
  const ledger = createLedger()
  const tenant = await stage.openTenant()
  const others = createOthers(tenant, ledger, options)
  const copies = createCopies(ledger, options)
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
      isStaged: async () => (await counts(tenant)).staged > 0,
      onCall(call, moment) {
        const isBad =
          moment === 'call' ? call.method !== 'GET' : call.orders.length + call.positions.length > 0
        if (isBad) client?.did(moment, moment === 'call' ? `call #${call.n}` : `the answer of #${call.n}`)
        if (moment === 'answer') others.saw(call)
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
          onDown: () => copies.whileDown(performance.now() - started),
        },
      )
    }
    await placeInWaves(tenant, others, options)
    const left = await untilPulled(tenant, others, options)
    copies.calm()
    client?.calm()
    await proxy.calm()
    options.progress(left === 0 ? 'All are handed over; no more faults.' : `${left} orders are not pulled.`)
    if (left === 0) await untilEmpty(ledger, options.settleMs)
    await client?.stop()
    await readStored(ledger, options)
    const orders = await readOrders(tenant)
    return judge(ledger, {
      ...orders,
      changes: await readSiteChanges(tenant),
      fed: await readChanges(tenant, ledger),
      keptErased: await readKept(others.erased, options),
      promised: promisedFaults(options),
      putBacks: options.restore ? options.restores : 0,
    })
  }
  const ending = aborted(options.signal)
  try {
    return await Promise.race([check(), ending.reached])
  } finally {
    ending.forget()
    await (client as ClientProcess | null)?.stop()
    await (proxy as FaultProxy | null)?.close()
    await copies.close()
  }
}

interface Others {
  /** Orders that staff moved before they were handed over. */
  moved: Set<string>
  erased: Set<string>
  saw(call: TracedCall): void
  /** Staff move some of what is staged now, and a buyer asks for an erasure. */
  work(): Promise<void>
}

/** The other people of the shop, past the proxy: they move, edit and erase while the client works. */
function createOthers(tenant: Tenant, ledger: Ledger, { seed, kept }: CheckOptions): Others {
  const dice = seeded(seed, -23)
  const edited = new Set<string>()
  const moved = new Set<string>()
  const erased = new Set<string>()
  const edit = (path: string) =>
    tenant.api().patch(path.slice('/v1'.length), { notes: { mail: '別の担当者' } }, { 'if-match': '*' })
  return {
    moved,
    erased,
    saw({ method, path, told }) {
      if (method !== 'GET' || told !== 200 || !/^\/v1\/orders\/[0-9a-f-]{36}$/.test(path)) return
      if (edited.has(path) || edited.size >= MOST_EDITED || !dice.chance(EDITED)) return
      edited.add(path)
      // The service may be starting: then nobody has edited it.
      void edit(path).catch(() => undefined)
    },
    async work() {
      // Before its first pull by position a client has no desk, and nothing waits for it.
      if (!ledger.calls.some((call) => call.byPosition && call.path === PULL && call.done === 200)) return
      const { orders } = await tenant
        .api()
        .get<{ orders: Listed[] }>('/orders?status=auto_imported&limit=200')
      const orderIds = orders.filter(() => dice.chance(MOVED)).map(({ id }) => id)
      if (orderIds.length > 0) await tenant.api().post('/orders/move', { orderIds, to: 'new' })
      for (const id of orderIds) moved.add(id)
      if (kept === undefined || erased.size >= ERASED) return
      const reached = ledger.calls.find(
        ({ told, orders: pulled }) => told === 200 && pulled.some((id) => !erased.has(id)),
      )
      const id = reached?.orders.find((one) => !erased.has(one))
      if (id === undefined) return
      const { orderNumber } = await tenant.api().get<{ orderNumber: string }>(`/orders/${id}`)
      await tenant.api().post('/erasure', { orderNumber })
      erased.add(id)
    },
  }
}

/**
 * Backups of the client: its folder is copied while it is down, and put back when it is down again later, as
 * after a lost disk. What it has said that it stored goes back as well.
 */
function createCopies(ledger: Ledger, { restore, restores, progress }: CheckOptions) {
  let copy: { at: number; folder: string; stored: ReturnType<Ledger['copy']> } | null = null
  let left = restore === undefined ? 0 : restores
  const drop = async () => {
    if (copy) await rm(copy.folder, { recursive: true, force: true })
    copy = null
  }
  return {
    async whileDown(at: number): Promise<void> {
      if (left === 0 || restore === undefined) return
      if (!copy) {
        const folder = await mkdtemp(join(tmpdir(), 'torikomi-client-copy-'))
        await cp(restore, folder, { recursive: true })
        copy = { at, folder, stored: ledger.copy() }
        return
      }
      const { at: from, folder, stored } = copy
      const since = (call: TracedCall) => call.path === PULL && call.at > from && call.told === 200
      // A client that has pulled nothing since then would lose nothing.
      if (!ledger.calls.some((call) => since(call) && call.orders.length > 0)) return
      for (const name of await readdir(restore))
        await rm(join(restore, name), { recursive: true, force: true })
      await cp(folder, restore, { recursive: true })
      ledger.putBack(stored)
      ledger.putBacks.push({ at, from })
      progress(`the client's folder is put back by ${((at - from) / 1_000).toFixed(1)} s`)
      left -= 1
      await drop()
    },
    calm() {
      left = 0
    },
    close: drop,
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

async function placeInWaves(
  tenant: Tenant,
  others: Others,
  { orders, waves, progress }: CheckOptions,
): Promise<void> {
  let placed = 0
  for (let wave = 1; wave <= waves; wave += 1) {
    const count = Math.floor((orders * wave) / waves) - placed
    if (count === 0) continue
    await tenant.place(count)
    placed += count
    progress(`${placed} orders placed`)
    const isHere = async () => (await counts(tenant)).total >= placed
    await untilTrue(isHere, WAVE_MS)
    // The service may be starting, or the client was faster: then nothing is moved of this wave.
    await others.work().catch(() => undefined)
    await untilTrue(async () => (await counts(tenant)).staged === 0, WAVE_MS)
  }
  // All of them are here before it counts whether they were pulled.
  if (!(await untilTrue(async () => (await counts(tenant)).total >= orders, FETCH_MS)))
    throw new Error(
      `of ${orders} orders only ${(await counts(tenant)).total} reached the service: run it again on a quieter machine`,
    )
}

/** @returns how many are still staged when the client has brought no progress for the time to settle */
async function untilPulled(tenant: Tenant, others: Others, { settleMs }: CheckOptions): Promise<number> {
  let staged = Number.POSITIVE_INFINITY
  let since = Date.now()
  for (;;) {
    const now = await leftToPull(tenant, others).catch(() => staged)
    if (now === 0) return 0
    if (now < staged) since = Date.now()
    if (Date.now() - since > settleMs) return now
    staged = now
    await sleep(250)
  }
}

function untilEmpty(ledger: Ledger, settleMs: number): Promise<boolean> {
  const from = ledger.calls.length
  return untilTrue(async () => isAtRest(ledger.calls, from), settleMs)
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
  pulledAt: string | null
}

async function leftToPull(tenant: Tenant, { moved }: Others): Promise<number> {
  const { staged } = await counts(tenant)
  for (const id of moved) {
    const { pulledAt } = await tenant.api().get<Listed>(`/orders/${id}`)
    if (pulledAt !== null) moved.delete(id)
  }
  return staged + moved.size
}

async function counts(tenant: Tenant): Promise<{ total: number; staged: number }> {
  const { total } = await tenant.api().get<{ total: number }>('/orders?limit=1&total=true')
  const staged = await tenant.api().get<{ total: number }>('/orders?limit=1&total=true&status=auto_imported')
  return { total, staged: staged.total }
}

async function readOrders(tenant: Tenant): Promise<{ handedOver: string[]; staged: number }> {
  const orders = await readAll<Listed>(tenant, '/orders?limit=1000', 'orders')
  const handedOver = orders.filter(({ pulledAt }) => pulledAt !== null).map(({ id }) => id)
  return { handedOver, staged: orders.length - handedOver.length }
}

type SiteChangeRow = { id: string; orderId: string; action: string; requestedAt: string }

const readSiteChanges = async (tenant: Tenant): Promise<SiteChangeRow[]> =>
  (await readAll<SiteChangeRow>(tenant, '/site-changes?limit=500', 'siteChanges')).toSorted((one, other) =>
    one.requestedAt < other.requestedAt ? -1 : 1,
  )

/** Of the erased orders those whose ids the command prints. */
async function readKept(erased: ReadonlySet<string>, { kept }: CheckOptions): Promise<string[]> {
  if (kept === undefined) return []
  const { stdout } = await promisify(execFile)('sh', ['-c', kept], { maxBuffer: 256 * 1024 * 1024 })
  const ids = new Set(idsIn(stdout))
  return [...erased].filter((id) => ids.has(id))
}

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
