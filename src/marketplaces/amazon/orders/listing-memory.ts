import { throttled } from '../../kit/http-failures.ts'
import type { FetchOutcome } from '../../port/session.ts'

/**
 * Results of a shop's searches, kept in the process between slices of work. Losing them costs only calls.
 * Orders are kept briefly, and only for interrupted callers that asked for them.
 */
export interface ListingMemory {
  /** Time before which no search is made (ms). */
  notBefore: number
  /** A search with pages still to come. */
  walk: Walk | null
  /** Start of the next search, and when it became known (ms). */
  from: { at: number; knownAt: number } | null
  /** Orders fetched so far to find that start, and when those found were last updated (ms). */
  probes: { made: number; times: number[]; begunAt: number } | null
  /** Searches in a row that brought almost nothing. */
  fruitless: number
  kept: Map<string, { outcome: FetchOutcome; readAt: number }>
  /** Time until which the next search is reserved for a waiting backlog (ms). */
  shortUntil: number
  /** When a sweep last got its page, or first came for one (ms); null: no sweep came yet. */
  sweptAt: number | null
}

export interface Walk {
  /** lastUpdatedAfter; must be the same for all pages of a search. */
  after: string
  token: string | null
  startedAt: number
  hits: number
  /** Pages in a row that brought almost nothing. */
  poorPages: number
}

export const createListingMemory = (): ListingMemory => ({
  notBefore: 0,
  walk: null,
  from: null,
  probes: null,
  fruitless: 0,
  kept: new Map(),
  shortUntil: 0,
  sweptAt: null,
})

const KEPT_FOR_MS = 2 * 60 * 1000
/**
 * Lifetime of a walk: ten pages of an empty bucket take half an hour. A page token lives for a day, but its
 * data grow old.
 */
const WALK_FOR_MS = 60 * 60 * 1000
const START_KNOWN_FOR_MS = 15 * 60 * 1000

/** Yields orders that an interrupted call had read for these numbers; they leave the memory and `wanted`. */
export function* takeKept(memory: ListingMemory, wanted: Set<string>, now: number): Generator<FetchOutcome> {
  for (const [orderNumber, { outcome, readAt }] of [...memory.kept]) {
    const asked = wanted.has(orderNumber)
    const fresh = now - readAt < KEPT_FOR_MS
    if (fresh && !asked) continue
    memory.kept.delete(orderNumber)
    if (!fresh) continue
    wanted.delete(orderNumber)
    yield outcome
  }
}

export function deleteOld(memory: ListingMemory, now: number): void {
  if (memory.walk && now - memory.walk.startedAt > WALK_FOR_MS) memory.walk = null
  if (memory.from && now - memory.from.knownAt > START_KNOWN_FOR_MS) memory.from = null
  if (memory.probes && now - memory.probes.begunAt > START_KNOWN_FOR_MS) memory.probes = null
}

/** One search in twenty minutes takes under a tenth from a backlog; one in five, as sweeps make, a third. */
const SWEEP_LEAVES_FOR_MS = 20 * 60 * 1000

/**
 * Reserves searches for a backlog while they are short: one brings it a hundred orders, but a sweep only
 * their numbers.
 * @throws MarketplaceFailure `throttled`
 */
export function leaveToBacklog(memory: ListingMemory, now: number): void {
  memory.sweptAt ??= now
  if (now < memory.shortUntil && now - memory.sweptAt < SWEEP_LEAVES_FOR_MS)
    throw backlogFirst({ until: new Date(memory.shortUntil), only: 'list' })
}

const backlogFirst = throttled(
  'AMAZON_BACKLOG_FIRST',
  '注文の取り込みを優先しています。注文一覧との照合は自動で続けます。',
)

/** Tracks a shop's recent answers, so that one refused order is not taken for a refused shop. */
export interface Health {
  /** Records that an order's data came. Times are ms. */
  good(at: number): void
  lastGoodAt(): number
  /** Returns when this number was first refused with 403. */
  forbiddenSince(orderNumber: string, now: number): number
}

const MOST_REMEMBERED = 1000

export function createHealth(): Health {
  let lastGood = Number.NEGATIVE_INFINITY
  const forbidden = new Map<string, number>()
  return {
    good(at) {
      lastGood = Math.max(lastGood, at)
    },
    lastGoodAt: () => lastGood,
    forbiddenSince(orderNumber, now) {
      const known = forbidden.get(orderNumber)
      if (known !== undefined) return known
      if (forbidden.size >= MOST_REMEMBERED) forbidden.clear()
      forbidden.set(orderNumber, now)
      return now
    },
  }
}
