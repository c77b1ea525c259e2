import { setTimeout as sleep } from 'node:timers/promises'
import type { Placed } from './arrivals.ts'
import type { Books } from './database.ts'

export interface SettleOptions {
  settleMs: number
  sweepSeconds: number
  progress(text: string): void
  signal: AbortSignal
}

/** Amazon's list lies two minutes back. */
const LISTED_LATEST_MS = 130_000
const LOOK_EVERY_MS = 1_000
const TELL_EVERY_MS = 10_000

/** Waits until all is done. @returns after how many seconds; null when it was not within the limit, or nothing moves any more */
export async function settle(
  { settleMs, sweepSeconds, progress, signal }: SettleOptions,
  books: Books,
  placed: readonly Placed[],
  from: number,
): Promise<number | null> {
  // Longer than a sweep needs to find what no request waits for.
  const quietMs = 2 * sweepSeconds * 1000 + LISTED_LATEST_MS
  let toldAt = from
  let movedAt = from
  let seen = ''
  for (;;) {
    const { staged, pulled, waiting, overdue, changes, open } = await books.progress()
    if (staged >= placed.length && pulled >= staged && open === 0 && overdue === 0)
      return Math.round((Date.now() - from) / 1000)
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now()
      progress(
        `staged ${staged} of ${placed.length}, pulled ${pulled}, requests waiting ${waiting}, changes open ${open} of ${changes}`,
      )
    }
    const now = `${staged} ${pulled} ${waiting} ${open}`
    if (now !== seen) movedAt = Date.now()
    seen = now
    const nothingLeft = waiting === 0 && open === 0 && Date.now() - movedAt > quietMs
    if (nothingLeft || Date.now() - from > settleMs) return null
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}
