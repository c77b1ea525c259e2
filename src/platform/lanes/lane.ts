import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { MarketplaceFailure } from '../../marketplaces/failures.ts'
import type { Lane, Quota } from '../../marketplaces/marketplace.ts'
import type { Clock } from '../clock.ts'
import { createLine, type Line } from './line.ts'
import { planSlots } from './slots.ts'
import { type LaneStore, openLimiter } from './stores.ts'

export interface Lanes {
  /** The lane of whoever asks: budgets are told apart by the quota's key alone, across all processes on the store. */
  lane(): Lane
}

export interface LanesOptions {
  store: LaneStore
  clock: Clock
  /** Longest wait in place. Default 2 s. */
  patienceMs?: number
}

/** Our own budget is used up. The mall said nothing: no reason to back off further than `until`. */
export const LANE_BUSY = 'LANE_BUSY'
/** The store that keeps the budgets cannot be asked, and a call without asking could break the mall's limit. */
export const LANE_STORE_AWAY = 'LANE_STORE_AWAY'
const STORE_AWAY_MS = 5000

/**
 * Lanes over one store. `take` raises MarketplaceFailure: throttled (LANE_BUSY) with the time to come back at when the next
 * free slot, or the caller's turn among those of this process, is further away than the patience; unavailable (LANE_STORE_AWAY) when the store does not answer; and the signal's
 * reason when it is aborted.
 */
export function createLanes(options: LanesOptions): Lanes {
  const { store, clock, patienceMs = 2000 } = options
  const limiters = new Map<number, RateLimiterAbstract>()
  const turns = new Map<string, number>()
  const lines = new Map<string, Line>()

  const limiterFor = (everyMs: number): RateLimiterAbstract => {
    const known = limiters.get(everyMs)
    if (known) return known
    const made = openLimiter(store, everyMs)
    limiters.set(everyMs, made)
    return made
  }

  /** Milliseconds until a slot is free; 0 when one was taken. */
  async function tryTake(quota: Quota): Promise<number> {
    const { slots, everyMs } = planSlots(quota)
    const limiter = limiterFor(everyMs)
    const first = turns.get(quota.key) ?? 0
    let soonest = everyMs
    for (let n = 0; n < slots; n++) {
      const slot = (first + n) % slots
      const wait = await takeSlot(limiter, `${quota.key}:${everyMs}:${slot}`)
      if (wait === 0) {
        if (slots > 1) turns.set(quota.key, slot + 1)
        return 0
      }
      soonest = Math.min(soonest, wait)
    }
    return soonest
  }

  function lineOf(key: string): Line {
    const known = lines.get(key)
    if (known) return known
    const made = createLine()
    lines.set(key, made)
    return made
  }

  async function take(quota: Quota, signal: AbortSignal): Promise<void> {
    const deadline = clock.now() + patienceMs
    const { slots, everyMs } = planSlots(quota)
    const spacing = everyMs / slots
    const line = lineOf(quota.key)
    const sendAway = (wait: number) => busy(line.comeBackAt(clock.now(), wait, spacing))
    const behind = line.length() * spacing
    if (behind > patienceMs) throw sendAway(behind)

    async function turn(): Promise<void> {
      for (;;) {
        signal.throwIfAborted()
        const wait = await tryTake(quota).catch((cause: unknown) => {
          throw storeAway(clock, cause)
        })
        if (wait === 0) return
        if (clock.now() + wait > deadline) throw sendAway(wait)
        await clock.sleep(wait, signal)
      }
    }
    await line.join(turn)
  }

  return { lane: () => ({ take }) }
}

async function takeSlot(limiter: RateLimiterAbstract, key: string): Promise<number> {
  try {
    await limiter.consume(key)
    return 0
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext)
    throw refused
  }
}

const busy = (until: number) =>
  new MarketplaceFailure({
    kind: 'throttled',
    code: LANE_BUSY,
    message: 'モールへの問い合わせ回数が上限に達しています。順番が来しだい自動で続けます。',
    until: new Date(until),
  })

const storeAway = (clock: Clock, cause: unknown) =>
  new MarketplaceFailure({
    kind: 'unavailable',
    code: LANE_STORE_AWAY,
    message: 'モールへの問い合わせ回数を確認できないため、少し待ってから自動で再開します。',
    until: new Date(clock.now() + STORE_AWAY_MS),
    cause,
  })
