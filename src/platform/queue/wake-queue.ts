import type { Job, JobsOptions, Queue } from 'bullmq'
import { z } from 'zod'
import type { Logger } from '../logger.ts'
import { settlesWithin } from '../timeout.ts'
import { type EngineWorker, openEngine, type QueueEngine } from './engines.ts'
import { createLogOnce } from './log-once.ts'

export type { QueueEngine } from './engines.ts'

/**
 * Does a bounded slice of a shop's work. `again` says that more is waiting: the shop is woken once more, behind the
 * others. `signal` is aborted when the service stops for good or another process took the shop over.
 */
export type WakeHandler = (shopId: string, signal: AbortSignal) => Promise<'done' | 'again'>

interface QueueCounts {
  waiting: number
  active: number
  delayed: number
  failed: number
}

/**
 * Wakes shops: at most one slice of a shop runs anywhere at a time, and at most one more waits. Holds no work of its
 * own: a wake-up that is lost only delays what the rows in Postgres say.
 */
export interface WakeQueue {
  /** Never throws and returns within about two seconds: what cannot be woken now is the ticker's. */
  wake(shopIds: readonly string[]): Promise<void>
  /** Starts working; once per process. */
  work(handler: WakeHandler, options: { concurrency: number }): Promise<void>
  counts(): Promise<QueueCounts>
  /** The queue itself, to be looked at. */
  readonly queue: Queue
  /**
   * Takes no more shops and waits for the running slices; after three quarters of the time their signals are aborted.
   * Returns within `timeoutMs`.
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
  const wakeTimeoutMs = options.wakeTimeoutMs ?? 2000
  let worker: EngineWorker | null = null
  let hanging = 0
  let running = 0

  queue.on('error', logOnce.failed)
  if (engine.kind === 'postgres') await queue.waitUntilReady()

  async function wake(shopIds: readonly string[]): Promise<void> {
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

  async function runJob(handler: WakeHandler, job: Job, signal: AbortSignal): Promise<void> {
    logOnce.works()
    const payload = Payload.safeParse(job.data)
    if (!payload.success) return log.error({ id: job.id ?? '' }, 'wake-up without a shop')
    const { shopId } = payload.data
    running++
    try {
      if ((await handler(shopId, signal)) === 'again') await wake([shopId])
    } catch (error) {
      log.error({ err: error, shopId }, 'slice of a shop failed; the ticker wakes the shop again')
      // The queue's store keeps what a job failed with, in clear.
      throw new Error(error instanceof Error ? error.name : 'failed')
    } finally {
      running--
    }
  }

  return {
    wake,
    // On Postgres it is one by everything but its type.
    queue: queue as unknown as Queue,
    async work(handler, { concurrency }) {
      if (worker) throw new Error('the queue is being worked already')
      const started = createWorker(
        (job, _token, signal) => runJob(handler, job, signal ?? new AbortController().signal),
        concurrency,
      )
      worker = started
      started.on('error', logOnce.failed)
      // Another process may have the shop by now.
      started.on('lockRenewalFailed', (ids) => {
        for (const id of ids) started.cancelJob(id, 'lock lost')
      })
      if (engine.kind === 'postgres') await started.waitUntilReady()
      started.run().catch(logOnce.failed)
    },
    async counts() {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed')
      const of = (state: keyof QueueCounts) => counts[state] ?? 0
      return { waiting: of('waiting'), active: of('active'), delayed: of('delayed'), failed: of('failed') }
    },
    async close(timeoutMs) {
      if (worker)
        await stopWorker(
          worker,
          running > 0 ? timeoutMs * 0.9 : Math.min(timeoutMs * 0.9, IDLE_CLOSE_MS),
          log,
        )
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
  const closed = worker.close()
  if (await settlesWithin(timeoutMs * 0.8, closed)) return
  log.warn('worker does not end in time; aborting what still runs')
  worker.cancelAllJobs('shutdown')
  if (await settlesWithin(timeoutMs * 0.2, closed)) return
  // Their locks run out by themselves, then another process takes the shops.
  void worker.disconnect().catch((err: unknown) => log.warn({ err }, 'worker could not be disconnected'))
}
