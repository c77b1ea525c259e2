import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchOutcome } from '../../port/session.ts'

/**
 * What a shop's searches have brought so far, kept in the process between slices of work. Losing it costs calls and nothing
 * else. Orders are kept only for those who asked for them and were interrupted, and for a short time.
 */
export interface ListingMemory {
  /** No search before (ms). */
  notBefore: number
  /** A search with pages still to come. */
  walk: Walk | null
  /** Where the next search begins, and when that became known (ms). */
  from: { at: number; knownAt: number } | null
  /** Orders looked at so far to find that out, and when those that were found were last updated (ms). */
  probes: { made: number; times: number[]; begunAt: number } | null
  /** Searches in a row that brought next to nothing. */
  fruitless: number
  kept: Map<string, { outcome: FetchOutcome; readAt: number }>
  /** A backlog waits for its next search, and means to have it, until then (ms). */
  shortUntil: number
  /** When a sweep had its page last, or first came for one (ms); null: no sweep has been here yet. */
  sweptAt: number | null
}

export interface Walk {
  /** lastUpdatedAfter; pages of one search must not differ in it. */
  after: string
  token: string | null
  startedAt: number
  hits: number
  /** Pages in a row that brought next to nothing. */
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
/** Ten pages of an empty bucket take half an hour. A page token lives for a day, but what it goes on with grows old. */
const WALK_FOR_MS = 60 * 60 * 1000
const START_KNOWN_FOR_MS = 15 * 60 * 1000

/** Orders that an interrupted call had read for these numbers; they leave the memory and `wanted`. */
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

export function dropOld(memory: ListingMemory, now: number): void {
  if (memory.walk && now - memory.walk.startedAt > WALK_FOR_MS) memory.walk = null
  if (memory.from && now - memory.from.knownAt > START_KNOWN_FOR_MS) memory.from = null
  if (memory.probes && now - memory.probes.begunAt > START_KNOWN_FOR_MS) memory.probes = null
}

/** One search in twenty minutes takes less than a tenth from a backlog; one in five, as sweeps are made, took a third. */
const SWEEP_LEAVES_FOR_MS = 20 * 60 * 1000

/**
 * A search brings a backlog a hundred orders, and a sweep no more than their numbers: while searches are short the backlog has them.
 * @throws MarketplaceFailure `throttled`
 */
export function leaveToBacklog(memory: ListingMemory, now: number): void {
  memory.sweptAt ??= now
  if (now < memory.shortUntil && now - memory.sweptAt < SWEEP_LEAVES_FOR_MS) {
    throw new MarketplaceFailure({
      kind: 'throttled',
      code: 'AMAZON_BACKLOG_FIRST',
      message: '注文の取り込みを優先しています。注文一覧との照合は自動で続けます。',
      until: new Date(memory.shortUntil),
      only: 'list',
    })
  }
}
