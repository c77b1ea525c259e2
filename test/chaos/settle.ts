import { setTimeout as sleep } from 'node:timers/promises'
import type { Placed } from './arrivals.ts'
import type { Books } from './database.ts'
import type { Hooks } from './hooks.ts'

export interface SettleOptions {
  settleMs: number
  sweepSeconds: number
  /** Where faults lose answers. */
  hooks?: Pick<Hooks, 'settleLostCalls'>
  progress(text: string): void
  signal: AbortSignal
}

/** Amazon's list lies two minutes back. */
const LISTED_LATEST_MS = 130_000
const LOOK_EVERY_MS = 1_000
const TELL_EVERY_MS = 10_000
/**
 * Longer than a simulated mall takes for any call, a slow one included (see SILENCE_MS of mall-faults.ts).
 */
const OVER_AT_THE_MALL_MS = 90_000

/**
 * Waits until all is done. Of a call for many orders whose answer was lost a quarter of an hour has to pass
 * at the real mall before an order that does not show it tells anything; the simulated ones are over with it
 * sooner, so that time is moved.
 * @returns after how many seconds; null when it was not within the limit, or nothing moves any more
 */
export async function settle(
  { settleMs, sweepSeconds, hooks, progress, signal }: SettleOptions,
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
    const { staged, pulled, waiting, overdue, changes, open, unsent } = await books.progress()
    if (staged >= placed.length && pulled >= staged && open === 0 && overdue === 0 && unsent === 0)
      return Math.round((Date.now() - from) / 1000)
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now()
      progress(
        `staged ${staged} of ${placed.length}, pulled ${pulled}, requests waiting ${waiting}, changes open ${open} of ${changes}, not sent to the webhook ${unsent}`,
      )
      const moved = open > 0 ? await hooks?.settleLostCalls(new Date(Date.now() - OVER_AT_THE_MALL_MS)) : 0
      if (moved) progress(`${moved} changes need not wait any longer for a call whose answer was lost`)
    }
    const now = `${staged} ${pulled} ${waiting} ${open} ${unsent}`
    if (now !== seen) movedAt = Date.now()
    seen = now
    const nothingLeft = waiting === 0 && open === 0 && Date.now() - movedAt > quietMs
    if (nothingLeft || Date.now() - from > settleMs) return null
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}
