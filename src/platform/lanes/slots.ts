import type { Quota } from '../../marketplaces/marketplace.ts'

/** One place that a call may take; free again `everyMs` after it was taken. */
export interface SlotPlan {
  slots: number
  /** Whole milliseconds. */
  everyMs: number
}

const MIN_EVERY_MS = 10

/**
 * A quota as slots: `burst` of them, each taken at most once in burst/perSecond seconds. In any stretch of time that
 * lets through what a token bucket would: at once at most `burst`, in the long run `perSecond`. A counter per window
 * would let twice the burst through at the border of two windows.
 */
export function planSlots(quota: Pick<Quota, 'perSecond' | 'burst'>): SlotPlan {
  const slots = Math.max(1, Math.floor(quota.burst))
  return { slots, everyMs: wholeSeconds(Math.max(MIN_EVERY_MS, Math.ceil((slots / quota.perSecond) * 1000))) }
}

/** The limiters count in seconds; the next longer time that comes back from seconds as whole milliseconds. */
function wholeSeconds(ms: number): number {
  let whole = ms
  while (!Number.isInteger((whole / 1000) * 1000)) whole++
  return whole
}
