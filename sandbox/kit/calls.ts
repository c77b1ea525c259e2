import type { Clock } from '../../src/platform/clock.ts'

export interface LoggedCall {
  /** RFC 3339, the sandbox's time. */
  at: string
  operation: string
  shopCode: string | null
  orderNumber: string | null
  status: number
}

/** The newest calls, so that tests and people see what was asked. */
export interface CallLog {
  add(call: Omit<LoggedCall, 'at'>): void
  list(): LoggedCall[]
  /** Calls by operation since the start or the last reset, however many. */
  counts(): Record<string, number>
  reset(): void
}

const KEPT = 5_000

export function createCallLog(clock: Clock): CallLog {
  let calls: LoggedCall[] = []
  const { count, counts, reset } = createCallCounts()
  return {
    add(call) {
      count(call.operation)
      calls.push({ at: new Date(clock.now()).toISOString(), ...call })
      if (calls.length > 2 * KEPT) calls = calls.slice(-KEPT)
    },
    list: () => calls.slice(-KEPT),
    counts,
    reset() {
      calls = []
      reset()
    },
  }
}

/** Calls by operation alone, for a mall whose calls nobody looks at one by one. */
export function createCallCounts(): Pick<CallLog, 'counts' | 'reset'> & { count(operation: string): void } {
  let counts: Record<string, number> = {}
  return {
    count: (operation) => {
      counts[operation] = (counts[operation] ?? 0) + 1
    },
    counts: () => ({ ...counts }),
    reset: () => {
      counts = {}
    },
  }
}

interface UsagePlan {
  perSecond: number
  burst: number
}

/** Token buckets: full at the start, one token a call. */
export interface Buckets {
  /** False: one call too many. `now` in milliseconds. */
  take(key: string, plan: UsagePlan, now: number): boolean
  /** Sets what is left, for tests that begin with empty buckets. */
  leave(key: string, left: number, now: number): void
}

/** Rounding of doubles must not refuse a call that comes exactly in time. */
const ROUNDING = 1e-6

export function createBuckets(): Buckets {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    take(key, { perSecond, burst }, now) {
      const bucket = buckets.get(key) ?? { left: burst, at: now }
      bucket.left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond)
      bucket.at = now
      buckets.set(key, bucket)
      if (bucket.left < 1 - ROUNDING) return false
      bucket.left -= 1
      return true
    },
    leave(key, left, now) {
      buckets.set(key, { left, at: now })
    },
  }
}

/** A call that arrives a little early is let through: the guideline is "about" one a second. */
export const aboutPerSecond = (perSecond: number): UsagePlan => ({
  perSecond,
  burst: Math.max(1, perSecond) + 1,
})
