import { AppError } from './errors.ts'
import { createKeyCounts } from './key-counts.ts'

export interface GateLimits {
  /** Work at once, of all keys. */
  atOnce: number
  /** Work at once under one key. */
  perKey: number
  /** Waiting under one key; the next one is refused. */
  queuePerKey: number
  /** Waiting in all, over which only a key without anything at work or waiting may still queue. */
  queueInAll?: number
  /**
   * Keys whose last work failed come after all others, and give up their place in a full queue to them. While more than `queueInAll`
   * wait, of the others who came last is first. So of a flood of wrong passwords from hundreds of networks, all that came at once
   * wait behind a person who comes later, and whoever has failed once behind everybody.
   */
  failedLast?: boolean
}

export interface FairGate {
  /**
   * Runs `work` once its key has its turn.
   * @throws AppError TOO_MANY_REQUESTS where the key's queue is full
   */
  run<T>(key: string, work: () => Promise<T>, options?: RunOptions): Promise<T>
  /** Settles once the key has its turn, which it then holds until `until` does. @throws AppError as `run` */
  hold(key: string, until: Promise<unknown>, options?: RunOptions): Promise<void>
}

export interface RunOptions {
  /** Takes it out of the queue, not out of its work. */
  signal?: AbortSignal
  /** Queues behind a full queue too: for the next part of what has begun to be answered. */
  patient?: boolean
}

interface Waiting {
  start(): void
  refuse(): void
}

/** A client of a full queue comes again after this time; a turn takes well under a second as a rule. */
const RETRY_SECONDS = 2

const full = () =>
  new AppError(
    'TOO_MANY_REQUESTS',
    `同時に行う処理が多すぎます。先の処理が終わってから、${RETRY_SECONDS} 秒後に再度お試しください。`,
    { details: { retryAfterSeconds: RETRY_SECONDS } },
  )

/** Keys whose failure is remembered; the longest ago is forgotten first. */
const FAILED_KEYS = 10_000

/** Keys that may queue beyond `queueInAll`: a flood from thousands of networks must not grow the queue without end. */
const EXTRA_KEYS = 200

/**
 * Shares what one process can do at once among keys (tenants, networks). Each key has a short queue of its own, and the keys take turns:
 * one that asks for ever more fills its own queue and is refused, and all others go on.
 */
export function createFairGate({
  atOnce,
  perKey,
  queuePerKey,
  queueInAll = Infinity,
  failedLast = false,
}: GateLimits): FairGate {
  const working = createKeyCounts()
  // In the order of their turns: a key that was served goes to the end.
  const queues = new Map<string, Waiting[]>()
  const failed = new Set<string>()
  let busy = 0
  let waiting = 0

  const isFree = (key: string) => busy < atOnce && working.of(key) < perKey

  function check(key: string): void {
    if (isFree(key)) return
    const own = queues.get(key)?.length ?? 0
    const idle = own === 0 && working.of(key) === 0
    if (own < queuePerKey && waiting < queueInAll + (idle ? EXTRA_KEYS : 0)) return
    if (own >= queuePerKey || failed.has(key) || !giveWay()) throw full()
  }

  /** Refuses the last of the queued that failed before; false when there is none. */
  function giveWay(): boolean {
    const last = [...queues].findLast(([key]) => failed.has(key))
    last?.[1].at(-1)?.refuse()
    return last !== undefined
  }

  function note(key: string, good: boolean): void {
    if (!failedLast) return
    failed.delete(key)
    if (good) return
    failed.add(key)
    for (const oldest of failed) if (failed.size > FAILED_KEYS) failed.delete(oldest)
  }

  function enter(key: string): void {
    busy += 1
    working.add(key)
  }

  function leave(key: string): void {
    busy -= 1
    working.remove(key)
    const free = [...queues.keys()].filter(isFree)
    const good = failedLast ? free.filter((one) => !failed.has(one)) : free
    const next = (waiting > queueInAll ? good.at(-1) : good[0]) ?? free[0]
    if (next === undefined) return
    const queue = queues.get(next) ?? []
    const first = queue.shift()
    queues.delete(next)
    if (queue.length > 0) queues.set(next, queue)
    waiting -= 1
    first?.start()
  }

  function wait(key: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = queues.get(key) ?? []
      const abort = () => leaveQueue(signal?.reason)
      const entry: Waiting = {
        start() {
          signal?.removeEventListener('abort', abort)
          enter(key)
          resolve()
        },
        refuse: () => leaveQueue(full()),
      }
      function leaveQueue(reason: unknown) {
        signal?.removeEventListener('abort', abort)
        queue.splice(queue.indexOf(entry), 1)
        if (queue.length === 0) queues.delete(key)
        waiting -= 1
        reject(reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      queue.push(entry)
      queues.set(key, queue)
      waiting += 1
    })
  }

  async function run<T>(
    key: string,
    work: () => Promise<T>,
    { signal, patient = false }: RunOptions = {},
  ): Promise<T> {
    signal?.throwIfAborted()
    if (!patient) check(key)
    if (isFree(key)) enter(key)
    else await wait(key, signal)
    try {
      const done = await work()
      note(key, true)
      return done
    } catch (error) {
      note(key, false)
      throw error
    } finally {
      leave(key)
    }
  }

  return {
    run,
    hold: (key, until, options) =>
      new Promise((resolve, reject) => {
        const work = () => {
          resolve()
          return until
        }
        run(key, work, options).catch(reject)
      }),
  }
}
