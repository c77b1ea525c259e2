import { AsyncLocalStorage } from 'node:async_hooks'
import type { Job, JobsOptions, Queue } from 'bullmq'
import { z } from 'zod'
import { afterCommit } from '../db/tenant-scope.ts'
import { createLogOnce, createRepeatLog } from '../log-once.ts'
import type { Logger } from '../logger.ts'
import { settlesWithin } from '../timeout.ts'
import { type EngineWorker, openEngine, type QueueEngine } from './engines.ts'

export type { QueueEngine } from './engines.ts'

/**
 * Does a bounded slice of a shop's work. `again` says that more is waiting: the shop is woken once more,
 * behind the others. `signal` is aborted when the service stops for good. `commit` is that of `wakeEarly`.
 */
export type WakeHandler = (
  shopId: string,
  signal: AbortSignal,
  commit?: Promise<unknown>,
) => Promise<'done' | 'again'>

interface QueueCounts {
  waiting: number
  active: number
  delayed: number
  failed: number
}

/**
 * Wakes shops: in this process where it works, past any queue, else whichever process takes it off the queue.
 * Holds no work of its own: a wake-up that is lost only delays what the rows in Postgres say. Two processes
 * may be woken for one shop; which of them has its turn is for the turn to find out
 * (src/worker/statements.ts).
 */
export interface WakeQueue {
  /** Never throws and returns within about two seconds: what cannot be woken now is the ticker's. */
  wake(shopIds: readonly string[]): Promise<void>
  /**
   * Wakes a shop while the transaction that gives it work is under way, so that its turn begins meanwhile.
   * @param commit resolves with what was stored, which is handed to the turn; the caller sees to its
   * rejection
   * @returns false where the shop does not get a place of this process at once: to be woken after the commit
   */
  wakeEarly(shopId: string, commit: Promise<unknown>): boolean
  /** Starts working; once per process. @param options `shareOf`: of `createPlaces` */
  work(handler: WakeHandler, options: { concurrency: number; shareOf?: ShareOf }): Promise<void>
  /** The queue's, and beside them what waits and runs in this process, and has failed since its start. */
  counts(): Promise<QueueCounts>
  /** The queue itself, to be looked at. */
  readonly queue: Queue
  /**
   * Takes no more shops, leaves those that wait to other processes, and waits for the running slices; after
   * three quarters of the time their signals are aborted. Returns within `timeoutMs`.
   */
  close(timeoutMs: number): Promise<void>
}

export interface WakeQueueOptions {
  /** Time limit of wake(). Default 2 s. */
  wakeTimeoutMs?: number
}

const Payload = z.object({ shopId: z.string().min(1).max(100) })
/** Wake-ups that hang because the store is away; more are dropped, the ticker makes them good. */
const MAX_HANGING = 100
/** Limit for closing while nothing runs: it only waits for the store, which may be away. */
const IDLE_CLOSE_MS = 2000

/**
 * Rejects when the Postgres engine cannot be set up. With Redis it resolves at once: Redis may come later.
 */
export async function createWakeQueue(
  engine: QueueEngine,
  log: Logger,
  options: WakeQueueOptions = {},
): Promise<WakeQueue> {
  const { queue, createWorker } = openEngine(engine)
  const logOnce = createLogOnce(log, `queue on ${engine.kind}`)
  const logRepeat = createRepeatLog(log)
  const wakeTimeoutMs = options.wakeTimeoutMs ?? 2000
  let worker: EngineWorker | null = null
  /** Null where this process does not work, or not any more. */
  let places: Places | null = null
  let hanging = 0
  let failed = 0

  queue.on('error', logOnce.failed)
  if (engine.kind === 'postgres') await queue.waitUntilReady()

  async function wake(shopIds: readonly string[]): Promise<void> {
    if (places) places.wake(shopIds)
    else await enqueue(shopIds)
  }

  async function enqueue(shopIds: readonly string[]): Promise<void> {
    if (shopIds.length === 0 || hanging >= MAX_HANGING) return
    hanging++
    const adding = add([...new Set(shopIds)])
      .then(logOnce.works, logOnce.failed)
      .finally(() => hanging--)
    if (!(await settlesWithin(wakeTimeoutMs, adding)))
      log.warn({ count: shopIds.length }, 'shops could not be woken in time')
  }

  /** One alone, as after most mails, takes BullMQ a third less time than a bulk of one. */
  function add(shopIds: readonly string[]): Promise<unknown> {
    const jobs = shopIds.map((shopId) => ({ name: 'wake', data: { shopId }, opts: jobOptions(shopId) }))
    const [first, ...others] = jobs
    return first && others.length === 0 ? queue.add(first.name, first.data, first.opts) : queue.addBulk(jobs)
  }

  async function takeJob(job: Job): Promise<void> {
    logOnce.works()
    const payload = Payload.safeParse(job.data)
    if (!payload.success) return log.error({ id: job.id ?? '' }, 'wake-up without a shop')
    await wake([payload.data.shopId])
  }

  async function run(
    handler: WakeHandler,
    ...[shopId, signal, commit]: Parameters<WakeHandler>
  ): Promise<void> {
    try {
      if ((await handler(shopId, signal, commit)) === 'again') void wake([shopId])
    } catch (error) {
      failed++
      logRepeat({ err: error, shopId }, 'slice of a shop failed; the ticker wakes the shop again')
    }
  }

  return {
    wake: (shopIds) => afterCommit(() => wake(shopIds)),
    wakeEarly: (shopId, commit) => places?.begin(shopId, commit) ?? false,
    // On Postgres it is one by everything but its type.
    queue: queue as unknown as Queue,
    async work(handler, { concurrency, shareOf }) {
      if (worker) throw new Error('the queue is being worked already')
      worker = createWorker(takeJob)
      worker.on('error', logOnce.failed)
      places = createPlaces(concurrency, (...given) => run(handler, ...given), shareOf)
      if (engine.kind === 'postgres') await worker.waitUntilReady()
      worker.run().catch(logOnce.failed)
    },
    async counts() {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed')
      const of = (state: keyof QueueCounts) => counts[state] ?? 0
      return {
        waiting: of('waiting') + (places?.waiting() ?? 0),
        active: of('active') + (places?.active() ?? 0),
        delayed: of('delayed'),
        failed: of('failed') + failed,
      }
    },
    async close(timeoutMs) {
      const working = places
      places = null
      const stopping = worker && stopWorker(worker, Math.min(timeoutMs * 0.9, IDLE_CLOSE_MS), log)
      const handedOn = working && enqueue(working.close())
      if (working && !(await settlesWithin(timeoutMs * 0.75, working.ended()))) {
        log.warn('slices do not end in time; aborting what still runs')
        working.abort()
        // A lease of a shop expires by itself, then another process takes it.
        await settlesWithin(timeoutMs * 0.1, working.ended())
      }
      await stopping
      if (handedOn) await settlesWithin(timeoutMs * 0.05, handedOn)
      const closed = queue.close().catch(logOnce.failed)
      if (!(await settlesWithin(Math.min(timeoutMs * 0.1, IDLE_CLOSE_MS), closed)))
        void queue.disconnect().catch(logOnce.failed)
    },
  }
}

function jobOptions(shopId: string): JobsOptions {
  return {
    deduplication: { id: shopId, keepLastIfActive: true },
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: { age: 24 * 60 * 60, count: 100 },
  }
}

async function stopWorker(worker: EngineWorker, timeoutMs: number, log: Logger): Promise<void> {
  if (await settlesWithin(timeoutMs, worker.close())) return
  void worker.disconnect().catch((err: unknown) => log.warn({ err }, 'worker could not be disconnected'))
}

/**
 * A process's places for shops that are worked on. A free one goes to the share with the fewest at work, of
 * these to that which was served longest ago: one tenant's 200 shops with a backlog kept another's new order
 * waiting for most of a minute. Within a share the first to be woken goes first. A shop has one place at
 * most; woken while it has it, it comes once more, behind those that wait already.
 */
interface Places {
  wake(shopIds: readonly string[]): void
  /**
   * Takes a place at once, with `commit` for the work. @returns false where there is none, or the shop is at
   * work
   */
  begin(shopId: string, commit: Promise<unknown>): boolean
  waiting(): number
  active(): number
  /** Gives no more places. @returns the shops that wait */
  close(): string[]
  /** Tells all that still work to end. */
  abort(): void
  /** Resolves when nobody works any more. */
  ended(): Promise<unknown>
}

/** Whose a shop is; undefined where that is not known yet: it goes first. */
type ShareOf = (shopId: string) => string | undefined

/** @param work never rejects */
export function createPlaces(
  places: number,
  work: (...given: Parameters<WakeHandler>) => Promise<void>,
  shareOf: ShareOf = () => undefined,
): Places {
  const waiting = new Set<string>()
  const shares = new Map<string, { atWork: number; served: number }>()
  let served = 0
  const active = new Map<string, Promise<void>>()
  const aborting = new AbortController()
  // A shop may be woken within a tenant's request; the work is the service's own.
  const outside = AsyncLocalStorage.snapshot()

  const statOf = (shopId: string) => shares.get(shareOf(shopId) ?? '') ?? { atWork: 0, served: 0 }

  function nextWaiting(): string | undefined {
    let next: { shopId: string; atWork: number; served: number } | undefined
    for (const shopId of waiting) {
      if (active.has(shopId)) continue
      const stat = statOf(shopId)
      const isFirst =
        !next || stat.atWork < next.atWork || (stat.atWork === next.atWork && stat.served < next.served)
      if (isFirst) next = { shopId, ...stat }
      if (stat.served === 0 && stat.atWork === 0) break
    }
    return next?.shopId
  }

  function fill(): void {
    while (active.size < places) {
      const shopId = nextWaiting()
      if (shopId === undefined) return
      waiting.delete(shopId)
      active.set(shopId, outside(run, shopId))
    }
  }

  async function run(shopId: string, commit?: Promise<unknown>): Promise<void> {
    const share = shareOf(shopId)
    const stat = share === undefined ? undefined : (shares.get(share) ?? { atWork: 0, served: 0 })
    if (share !== undefined && stat) {
      served += 1
      stat.served = served
      stat.atWork += 1
      shares.set(share, stat)
    }
    await work(shopId, aborting.signal, commit)
    if (stat) stat.atWork -= 1
    active.delete(shopId)
    fill()
  }

  return {
    wake(shopIds) {
      for (const shopId of shopIds) waiting.add(shopId)
      fill()
    },
    begin(shopId, commit) {
      if (active.size >= places || active.has(shopId) || waiting.size > 0) return false
      active.set(shopId, outside(run, shopId, commit))
      return true
    },
    waiting: () => waiting.size,
    active: () => active.size,
    close() {
      const left = [...waiting]
      waiting.clear()
      return left
    },
    abort: () => aborting.abort(),
    ended: () => Promise.all(active.values()),
  }
}
