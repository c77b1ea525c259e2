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
