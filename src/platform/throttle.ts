import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

export interface Throttle {
  /** Runs `work` when fewer than the caps are at work, in all and under this key, and not more often than allowed. */
  pass<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export interface ThrottleLimits {
  perKey: number
  total: number
  /** Starts under one key, in the long run; the time between two varies by half. */
  perSecond: number
}

/** Bounds what goes on at the same time in this process. First come, first served within what is free. */
export function createThrottle(clock: Clock, random: Random, limits: ThrottleLimits): Throttle {
  const working = new Map<string, number>()
  const queue: { key: string; start: () => void }[] = []
  /** When the next may start, by key. */
  const nextAt = new Map<string, number>()
  let total = 0
  /** Longest gap between two starts; and no more than `perKey` ask for their turn at a time. */
  const longestGapMs = (1_000 / limits.perSecond) * 1.5
  // A time further ahead than those at work can have put it is of a clock that was put back since.
  const isAhead = (time: number, now: number) => time > now && time <= now + limits.perKey * longestGapMs

  const isFree = (key: string) => total < limits.total && (working.get(key) ?? 0) < limits.perKey
  function enter(key: string) {
    total += 1
    working.set(key, (working.get(key) ?? 0) + 1)
  }
  function leave(key: string) {
    total -= 1
    const left = (working.get(key) ?? 1) - 1
    if (left === 0) working.delete(key)
    else working.set(key, left)
    const next = queue.findIndex((waiting) => isFree(waiting.key))
    if (next >= 0) queue.splice(next, 1)[0]?.start()
  }
  /** @returns milliseconds until it may start */
  function takeTurn(key: string): number {
    const now = clock.now()
    const next = nextAt.get(key) ?? now
    const at = isAhead(next, now) ? next : now
    const gap = (1_000 / limits.perSecond) * (0.5 + random.float())
    if (nextAt.size >= MOST_KEYS)
      for (const [old, time] of nextAt) if (!isAhead(time, now)) nextAt.delete(old)
    nextAt.set(key, at + gap)
    return at - now
  }
  function wait(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = {
        key,
        start() {
          signal.removeEventListener('abort', abort)
          enter(key)
          resolve()
        },
      }
      function abort() {
        queue.splice(queue.indexOf(entry), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      queue.push(entry)
    })
  }

  return {
    async pass(key, signal, work) {
      signal.throwIfAborted()
      if (isFree(key)) enter(key)
      else await wait(key, signal)
      try {
        const waitMs = takeTurn(key)
        if (waitMs > 0) await clock.sleep(waitMs, signal)
        return await work()
      } finally {
        leave(key)
      }
    },
  }
}

/** Hosts that are remembered before the past ones are forgotten. */
const MOST_KEYS = 1_000
