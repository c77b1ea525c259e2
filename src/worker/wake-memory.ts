import type { DueShop } from './shop-job.ts'

/** A wake-up after which nothing happened for so long is taken for lost. */
const LOST_AFTER_MS = 15_000

/** Remembers which shops this process has woken, so that a shop at work is not woken every second. */
export interface WakeMemory {
  /** Which of the shops to wake now; they count as woken. */
  choose(due: readonly Pick<DueShop, 'shopId' | 'latestDueAt'>[], now: number): string[]
}

export function createWakeMemory(): WakeMemory {
  let wokenAt = new Map<string, number>()
  return {
    choose(due, now) {
      // Shops that are no longer due are forgotten, so the memory is never larger than one tick's answer.
      const kept = new Map<string, number>()
      const chosen: string[] = []
      for (const { shopId, latestDueAt } of due) {
        const last = wokenAt.get(shopId)
        const wakes = last === undefined || isLost(now - last) || latestDueAt.getTime() > last
        if (wakes) chosen.push(shopId)
        kept.set(shopId, wakes ? now : last)
      }
      wokenAt = kept
      return chosen
    },
  }
}

// A clock that was put back does not tell how long ago it was.
const isLost = (sinceMs: number): boolean => sinceMs >= LOST_AFTER_MS || sinceMs < 0
