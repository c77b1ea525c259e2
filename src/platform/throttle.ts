import type { Clock } from './clock.ts'
import { createFairGate } from './fair-gate.ts'
import type { Random } from './random.ts'

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
    if (paces.size >= MOST_KEYS)
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
const MOST_KEYS = 1_000
const QUIET_MS = 60_000
