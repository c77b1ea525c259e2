import { stepOf } from '../platform/backoff.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Longest time in 変更中 once the mall answers. */
export const CHANGING_FOR_MS = 15 * MINUTE
/** Longest wait for a mall that cannot be reached or refuses the key. */
export const EXPIRES_AFTER_MS = 7 * 24 * 60 * MINUTE
/** Longer than the reads and the one call that can happen between two writes under the lease. */
export const LEASE_MS = 3 * MINUTE
/** One write call; the adapters' own limits are shorter. */
export const CALL_LIMIT_MS = MINUTE
/** A call for many orders that waits for its result: no longer, as imports wait. Reading tells the rest. */
export const BULK_LIMIT_MS = 20 * SECOND
/** A call whose answer was lost may still be on its way: an order read sooner after it shows nothing. */
export const SETTLE_MS = MINUTE

const PAUSES = [5 * SECOND, 10 * SECOND, 20 * SECOND, 40 * SECOND, MINUTE] as const

/** Milliseconds to wait after the `attempts`-th look without progress (1 for the first). */
export const pauseAfter = (attempts: number): number => stepOf(attempts, PAUSES)

const PAUSES_UNTIL_SHOWN = [5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 3 * MINUTE] as const

/** The same for what a mall accepts and shows minutes later: each look costs a call others need. */
export const pauseUntilShown = (attempts: number): number => stepOf(attempts, PAUSES_UNTIL_SHOWN)
