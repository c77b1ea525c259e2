import type { Clock } from './clock.ts'
import { AppError } from './errors.ts'
import type { Random } from './random.ts'

export interface GateLimits {
  /** Work at once, of all keys. */
  atOnce: number
  /** Work at once under one key. */
  perKey: number
  /** Waiting under one key; the next one is refused. */
  queuePerKey: number
  /**
   * A key under which more wait has one turn at a time and rests after it as long as it took, where it
   * `mayRest`. So a flood takes up half of the process's time at most. Default: no number.
   */
  fewPerKey?: number
  /**
   * Times as long as its turn took: 2 where much of a request's work comes before its turn. Default 1.
   */
  restTimes?: number
  /** Longest rest: a turn that takes long because everything does must not halve what its key gets. */
  mostRestMs?: number
  /**
   * Waiting in all; beyond it only a key without work or a queue may still queue. Keys are ordered by
   * attempt count: first those that succeeded before, then first attempts, last the key with the most
   * attempts. Beyond `queueInAll` the newest of equals goes first, and a full queue refuses its last entry
   * for a better one. So a person gets in amid a flood from hundreds of networks.
   */
  queueInAll?: number
}

export interface GateTools {
  /** True where others gain by the rest of a key with many waiting. Default: always. */
  mayRest?: (key: string) => boolean
  /** Milliseconds of a clock that only goes forward. */
  steady?: () => number
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
  /** Something else has shown that this key is good: it goes first, as one whose work went well before. */
  known?: boolean
  /** Its key rests after it with few waiting, too: a file has page after page without ever queueing two. */
  rests?: boolean
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

/** Keys that are remembered; the longest ago is forgotten first. */
const MOST_KEYS = 10_000

/** Keys that may queue beyond `queueInAll`: as many as are served while a person waits, no more. */
const EXTRA_KEYS = 40

/** Some turns of a plain read on a quiet machine. */
const MOST_REST_MS = 25

/**
 * Shares what one process can do at once among keys (tenants, networks). Each key has a short queue of its
 * own, and the keys take turns: one that asks for ever more fills its own queue and is refused, and all
 * others go on.
 */
class KeyedGate implements FairGate {
  readonly #limits: Required<GateLimits>
  readonly #mayRest: (key: string) => boolean
  readonly #steady: () => number
  readonly #isRanked: boolean
  readonly #working = createKeyCounts()
  // In the order of their turns: a key that was served goes to the end.
  readonly #queues = new Map<string, Waiting[]>()
  /** Keys that were served before. */
  readonly #good = new Map<string, true>()
  readonly #tries = new Map<string, number>()
  readonly #resting = new Set<string>()
  #busy = 0
  #waiting = 0

  constructor(limits: GateLimits, { mayRest, steady }: Required<GateTools>) {
    this.#limits = {
      fewPerKey: Infinity,
      queueInAll: Infinity,
      restTimes: 1,
      mostRestMs: MOST_REST_MS,
      ...limits,
    }
    this.#mayRest = mayRest
    this.#steady = steady
    this.#isRanked = this.#limits.queueInAll !== Infinity
  }

  #isFree(key: string): boolean {
    return (
      this.#busy < this.#limits.atOnce &&
      !this.#resting.has(key) &&
      this.#working.of(key) < (this.#hasMany(key) ? 1 : this.#limits.perKey)
    )
  }

  #hasMany(key: string): boolean {
    return (this.#queues.get(key)?.length ?? 0) > this.#limits.fewPerKey && this.#mayRest(key)
  }

  #check(key: string): void {
    if (this.#isFree(key)) return
    const own = this.#queues.get(key)?.length ?? 0
    const idle = own === 0 && this.#working.of(key) === 0
    if (own < this.#limits.queuePerKey && this.#waiting < this.#limits.queueInAll + (idle ? EXTRA_KEYS : 0))
      return
    if (!idle || !this.#giveWay(key)) throw full()
  }

  #nextFree(): string | undefined {
    if (!this.#isRanked) {
      for (const key of this.#queues.keys()) if (this.#isFree(key)) return key
      return undefined
    }
    const free = [...this.#queues.keys()].filter((key) => this.#isFree(key))
    const first = Math.min(...free.map((key) => this.#rankOf(key)))
    return free
      .filter((key) => this.#rankOf(key) === first)
      .at(this.#waiting > this.#limits.queueInAll ? -1 : 0)
  }

  /** The lowest goes first. */
  #rankOf(key: string): number {
    return (this.#tries.get(key) ?? 0) - (this.#good.has(key) ? 1 : 0)
  }

  /** Refuses the last of the queue for a key that goes before it; false when it would be the last itself. */
  #giveWay(key: string): boolean {
    const worst = Math.max(...[...this.#queues.keys()].map((key) => this.#rankOf(key)))
    if (this.#rankOf(key) > worst) return false
    const [, queue] = [...this.#queues].find(([one]) => this.#rankOf(one) === worst) ?? []
    queue?.at(-1)?.refuse()
    return queue !== undefined
  }

  #count(key: string, known: boolean): void {
    if (!this.#isRanked) return
    if (known) remember(this.#good, key, true)
    remember(this.#tries, key, (this.#tries.get(key) ?? 0) + 1)
  }

  #enter(key: string): void {
    this.#busy += 1
    this.#working.add(key)
  }

  #leave(key: string, tookMs: number, rests: boolean): void {
    this.#busy -= 1
    this.#working.remove(key)
    const hasReason = this.#hasMany(key) || (rests && this.#mayRest(key))
    if (hasReason && this.#working.of(key) === 0) this.#rest(key, tookMs * this.#limits.restTimes)
    // The next load begins without the tries of this one.
    if (this.#busy === 0 && this.#waiting === 0) this.#tries.clear()
    this.#startFree()
  }

  #rest(key: string, ms: number): void {
    this.#resting.add(key)
    const end = () => {
      this.#resting.delete(key)
      this.#startFree()
    }
    setTimeout(end, Math.min(ms, this.#limits.mostRestMs))
  }

  /** More than one where a key has fewer waiting than before, or comes alone. */
  #startFree(): void {
    for (let next = this.#nextFree(); next !== undefined; next = this.#nextFree()) {
      const queue = this.#queues.get(next) ?? []
      const turn = queue.shift()
      this.#queues.delete(next)
      if (queue.length > 0) this.#queues.set(next, queue)
      this.#waiting -= 1
      turn?.start()
    }
  }

  #wait(key: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(key) ?? []
      const abort = () => leaveQueue(signal?.reason)
      const entry: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', abort)
          this.#enter(key)
          resolve()
        },
        refuse: () => leaveQueue(full()),
      }
      const leaveQueue = (reason: unknown) => {
        signal?.removeEventListener('abort', abort)
        queue.splice(queue.indexOf(entry), 1)
        if (queue.length === 0) this.#queues.delete(key)
        this.#waiting -= 1
        reject(reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      queue.push(entry)
      this.#queues.set(key, queue)
      this.#waiting += 1
    })
  }

  async run<T>(
    key: string,
    work: () => Promise<T>,
    { signal, patient = false, known = false, rests = false }: RunOptions = {},
  ): Promise<T> {
    signal?.throwIfAborted()
    this.#count(key, known)
    if (!patient) this.#check(key)
    if (this.#isFree(key) && !this.#queues.has(key)) this.#enter(key)
    else {
      const turn = this.#wait(key, signal)
      this.#startFree()
      await turn
    }
    const since = this.#steady()
    try {
      const done = await work()
      if (this.#isRanked) remember(this.#good, key, true)
      this.#tries.delete(key)
      return done
    } finally {
      this.#leave(key, this.#steady() - since, rests)
    }
  }

  hold(key: string, until: Promise<unknown>, options?: RunOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const work = () => {
        resolve()
        return until
      }
      this.run(key, work, options).catch(reject)
    })
  }
}

export const createFairGate = (
  limits: GateLimits,
  { mayRest = () => true, steady = () => performance.now() }: GateTools = {},
): FairGate => new KeyedGate(limits, { mayRest, steady })

/** Puts a key behind all others, and forgets the first of too many. */
function remember<T>(keys: Map<string, T>, key: string, value: T): void {
  keys.delete(key)
  keys.set(key, value)
  const [first] = keys.keys()
  if (keys.size > MOST_KEYS && first !== undefined) keys.delete(first)
}

/** Counts how many of something there are by key. A key of which none is left takes no room. */
export interface KeyCounts {
  of(key: string): number
  add(key: string): void
  remove(key: string): void
  /** The highest count of any key. */
  most(): number
}

export function createKeyCounts(): KeyCounts {
  const counts = new Map<string, number>()
  const of = (key: string) => counts.get(key) ?? 0
  return {
    of,
    add: (key) => void counts.set(key, of(key) + 1),
    remove(key) {
      if (of(key) > 1) counts.set(key, of(key) - 1)
      else counts.delete(key)
    },
    most: () => Math.max(0, ...counts.values()),
  }
}

export interface Throttle {
  /** Runs `work` below the caps, in all and under this key, and not more often than allowed. */
  pass<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export interface ThrottleLimits {
  perKey: number
  total: number
  /** Starts under one key, in the long run; the time between two varies by half. */
  perSecond: number
  /**
   * As many once the other side has shown that it takes them: each that went well allows one more a second,
   * one that failed none but `perSecond`.
   */
  upTo?: number
}

/** Start rate of one key, and the time of its next start. */
interface Pace {
  nextAt: number
  perSecond: number
}

/** Bounds concurrent work in this process and how often it begins. Keys take turns within what is free. */
export function createThrottle(clock: Clock, random: Random, limits: ThrottleLimits): Throttle {
  const gate = createFairGate({ atOnce: limits.total, perKey: limits.perKey, queuePerKey: Infinity })
  const paces = new Map<string, Pace>()
  const mostPerSecond = limits.upTo ?? limits.perSecond
  /** Longest gap between two starts; and no more than `perKey` ask for their turn at a time. */
  const longestGapMs = (1_000 / limits.perSecond) * 1.5
  // A time further ahead than those at work can have put it is of a clock that was put back since.
  const isAhead = (time: number, now: number) => time > now && time <= now + limits.perKey * longestGapMs

  function paceOf(key: string, now: number): Pace {
    const pace = paces.get(key)
    // A host's earlier pace says nothing about now.
    if (pace !== undefined && now - pace.nextAt < QUIET_MS) return pace
    if (paces.size >= MOST_PACES)
      for (const [old, { nextAt }] of paces) if (!isAhead(nextAt, now)) paces.delete(old)
    const begun = { nextAt: now, perSecond: limits.perSecond }
    paces.set(key, begun)
    return begun
  }
  /** @returns milliseconds until it may start */
  function takeTurn(pace: Pace, now: number): number {
    const at = isAhead(pace.nextAt, now) ? pace.nextAt : now
    const gap = (1_000 / pace.perSecond) * (0.5 + random.float())
    pace.nextAt = at + gap
    return at - now
  }
  async function atPace<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const now = clock.now()
    const pace = paceOf(key, now)
    try {
      const waitMs = takeTurn(pace, now)
      if (waitMs > 0) await clock.sleep(waitMs, signal)
      const done = await work()
      pace.perSecond = Math.min(pace.perSecond + 1, mostPerSecond)
      return done
    } catch (error) {
      pace.perSecond = limits.perSecond
      throw error
    }
  }

  return { pass: (key, signal, work) => gate.run(key, () => atPace(key, signal, work), { signal }) }
}

/** Hosts that are remembered before the past ones are forgotten. */
const MOST_PACES = 1_000
const QUIET_MS = 60_000
