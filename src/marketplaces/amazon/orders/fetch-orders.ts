import { doublingMs } from '../../../platform/backoff.ts'
import { present } from '../../../platform/narrow.ts'
import { throttled } from '../../kit/failures.ts'
import { failed } from '../../kit/outcomes.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchHints, FetchOutcome } from '../../port/session.ts'
import {
  LIST_DELAY_MS,
  ORDER_DATA,
  pageIn,
  SEARCH_AGAIN_MS,
  SEARCH_REFUSED,
  searchOrders,
  searchRefusedText,
  USAGE_PLANS,
} from '../client.ts'
import { isOrderNumber } from '../facts.ts'
import { notAnOrderNumber } from '../failures.ts'
import { parseTime, toRequestTime } from '../wire.ts'
import { type Fetching, fetchOne, numberOf, outcomeOf } from './fetch-one.ts'

/** Longest span of one rush. An order outside it is an old one that was requested again. */
const ONE_RUSH_MS = 24 * 60 * 60 * 1000
const START_MARGIN_MS = 60_000
const LISTED_MARGIN_MS = 5_000

/**
 * Yields one outcome per number. Fetches few numbers one by one, in the order given. Searches for many from
 * the oldest and fetches single ones from the newest, so that the two meet only at the end.
 * @throws MarketplaceFailure for what concerns the whole shop, `throttled` only when neither way is open
 */
export async function* fetchOrders(
  orderNumbers: readonly string[],
  listing: Listing,
  signal: AbortSignal,
  hints: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const { memory, tools } = listing
  const asked = [...new Set(orderNumbers)]
  for (const orderNumber of asked) {
    if (!isOrderNumber(orderNumber)) yield failed(orderNumber, notAnOrderNumber())
  }
  const queue = asked.filter(isOrderNumber)
  const wanted = new Set(queue)
  deleteOld(memory, tools.clock.now())
  yield* takeKept(memory, wanted, tools.clock.now())
  if (!isMany(wanted.size)) memory.shortUntil = 0
  while (wanted.size > 0) {
    signal.throwIfAborted()
    if (hints.goesOn?.() === false) return
    if (isMany(wanted.size) && tools.clock.now() >= memory.notBefore) {
      const startAt =
        memory.walk || memory.from ? (memory.from?.at ?? 0) : yield* findStart(wanted, listing, signal, hints)
      if (startAt !== null) yield* fetchByList(wanted, startAt, listing, signal, hints)
    }
    if (hints.goesOn?.() === false) return
    const orderNumber = isMany(wanted.size) ? queue.pop() : queue.shift()
    if (orderNumber === undefined) return
    if (wanted.delete(orderNumber)) yield await fetchOne(orderNumber, listing, signal)
  }
}

/**
 * Finds the start of a search (ms) by fetching the first, the middle and the last of the wanted orders, since
 * nothing else tells their age. Resumes where a caller stopped, whose turn may be shorter than three calls of
 * an empty bucket. Null, with `notBefore` set, when a search would not find them yet.
 */
async function* findStart(
  wanted: Set<string>,
  listing: Listing,
  signal: AbortSignal,
  hints: FetchHints,
): AsyncGenerator<FetchOutcome, number | null> {
  const { memory, tools } = listing
  memory.probes ??= { made: 0, times: [], begunAt: tools.clock.now() }
  const { probes } = memory
  const { times } = probes
  try {
    for (const orderNumber of probesOf([...wanted]).slice(probes.made)) {
      if (hints.goesOn?.() === false) return null
      const outcome = await fetchOne(orderNumber, listing, signal)
      wanted.delete(orderNumber)
      probes.made += 1
      if (outcome.kind === 'found') times.push(Date.parse(outcome.order.updatedAt ?? outcome.order.orderedAt))
      yield outcome
    }
  } catch (error) {
    const throttled = error instanceof MarketplaceFailure && error.kind === 'throttled'
    if (!throttled || (times.length === 0 && hints.since === undefined)) throw error
  }
  memory.probes = null
  const now = tools.clock.now()
  const start = startOf(times, hints)
  const newest = times.length === 0 ? now : Math.max(...times)
  if (start === null) {
    memory.notBefore = now + LIST_DELAY_MS
    return null
  }
  memory.from = { at: start, knownAt: now }
  if (start + START_MARGIN_MS <= now - LIST_DELAY_MS) return start
  memory.notBefore = Math.min(newest, now) + LIST_DELAY_MS + LISTED_MARGIN_MS
  return null
}

const probesOf = (numbers: readonly string[]): string[] => [
  ...new Set([numbers[0], numbers[numbers.length >> 1], numbers.at(-1)].filter((one) => one !== undefined)),
]

function startOf(times: readonly number[], { since }: FetchHints): number | null {
  if (times.length === 0) return since?.getTime() ?? null
  const newest = Math.max(...times)
  return Math.min(...times.filter((time) => newest - time < ONE_RUSH_MS)) - START_MARGIN_MS
}

// Fetches many orders at once: searchOrders returns a hundred whole orders per call, getOrder one. Uses both
// budgets side by side: a search whenever one is allowed, getOrder for the rest.

/** True when getOrder's full bucket cannot fetch them at once, so that a search pays. */
const isMany = (count: number): boolean => count > USAGE_PLANS.getOrder.burst

/** Least orders for a page to pay: getOrder brings as many while two searches are regained. */
const POOR_PAGE = 10
const POOR_PAGES_AT_MOST = 2
/** Overlap with the point up to which the last search was complete. */
const OVERLAP_MS = 10_000
const LONGEST_PAUSE_MS = 30 * 60 * 1000
const AFTER_FAILURE_MS = 60_000
/**
 * Margin after `notBefore` in which the next search stays reserved for a backlog and not for a sweep: an
 * ended walk restarts after LIST_DELAY_MS.
 */
const STILL_SHORT_MS = LIST_DELAY_MS + 60_000

export interface Listing extends Fetching {
  memory: ListingMemory
}

/**
 * Searches from `startAt` (ms; ignored while an earlier search has pages left) for orders still in `wanted`,
 * page by page. Stops when few are left, the search brings too little, or it may not continue. Yielded orders
 * leave `wanted`.
 * @throws MarketplaceFailure `unauthorised` only: getOrder handles everything else
 */
async function* fetchByList(
  wanted: Set<string>,
  startAt: number,
  listing: Listing,
  signal: AbortSignal,
  { goesOn }: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const { memory, tools } = listing
  while (goesOn?.() !== false && isMany(wanted.size) && tools.clock.now() >= memory.notBefore) {
    memory.walk ??= beginWalk(startAt, tools.clock.now())
    const page = await nextPage(memory.walk, listing, signal)
    if (page === null) return
    keep(page, memory, wanted, listing)
    advance(memory, page, tools.clock.now())
    for (const [orderNumber, { outcome }] of [...memory.kept]) {
      if (!wanted.delete(orderNumber)) continue
      memory.kept.delete(orderNumber)
      yield outcome
    }
    if (memory.walk === null) return
  }
}

const beginWalk = (startAt: number, now: number): Walk => ({
  after: toRequestTime(startAt),
  token: null,
  startedAt: now,
  hits: 0,
  poorPages: 0,
})

interface Page {
  orders: unknown[]
  next: string | null
  /** Time up to which the search is complete (ms), when Amazon states it. */
  until: number | null
  hits: number
}

/** Null when there is no page now; `notBefore` then gives the time of the next try. */
async function nextPage(walk: Walk, listing: Listing, signal: AbortSignal): Promise<Page | null> {
  const { memory, tools, includeFba, client } = listing
  const now = tools.clock.now()
  const search = {
    lastUpdatedAfter: walk.after,
    fulfillmentStatuses: 'UNSHIPPED,PARTIALLY_SHIPPED',
    ...(includeFba ? {} : { fulfilledBy: 'MERCHANT' }),
    includedData: ORDER_DATA,
    ...(walk.token === null ? {} : { paginationToken: walk.token }),
  }
  try {
    const answer = await searchOrders(client, search, signal)
    if (answer.kind === 'ok') {
      tools.noticeOver?.([SEARCH_REFUSED])
      const { orders, pagination, lastUpdatedBefore } = pageIn(answer)
      return { orders, next: pagination?.nextToken ?? null, until: parseTime(lastUpdatedBefore), hits: 0 }
    }
    memory.walk = null
    memory.notBefore = now + SEARCH_AGAIN_MS
    tools.notice({ code: SEARCH_REFUSED, message: searchRefusedText(answer.facts) })
  } catch (error) {
    if (!(error instanceof MarketplaceFailure) || error.kind === 'unauthorised') throw error
    // A throttled walk continues later; a failed one starts again.
    if (error.kind !== 'throttled') memory.walk = null
    memory.notBefore = Math.max(error.until?.getTime() ?? now + AFTER_FAILURE_MS, now + 1)
    if (error.kind === 'throttled') memory.shortUntil = memory.notBefore + STILL_SHORT_MS
  }
  return null
}

/** Into the memory first: who stops listening in the middle of a page finds the rest there. */
function keep(page: Page, memory: ListingMemory, wanted: ReadonlySet<string>, listing: Listing): void {
  const readAt = listing.tools.clock.now()
  for (const model of page.orders) {
    const orderNumber = numberOf(model)
    if (orderNumber === null || !wanted.has(orderNumber)) continue
    memory.kept.set(orderNumber, { outcome: outcomeOf(model, orderNumber, listing), readAt })
    page.hits += 1
  }
  if (page.hits > 0) listing.health.good(readAt)
}

/** Advances the walk by a page and sets when the next one may begin. */
function advance(memory: ListingMemory, page: Page, now: number): void {
  const walk = present(memory.walk)
  walk.hits += page.hits
  walk.token = page.next
  walk.poorPages = page.hits < POOR_PAGE ? walk.poorPages + 1 : 0
  const complete = page.next === null
  if (!complete && walk.poorPages < POOR_PAGES_AT_MOST) return
  memory.walk = null
  memory.fruitless = walk.hits < POOR_PAGE ? memory.fruitless + 1 : 0
  memory.notBefore =
    now + doublingMs(memory.fruitless + 1, { firstMs: LIST_DELAY_MS, capMs: LONGEST_PAUSE_MS })
  const until = page.until ?? walk.startedAt - LIST_DELAY_MS
  memory.from = complete ? { at: until - OVERLAP_MS, knownAt: now } : null
}

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

interface Walk {
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
function* takeKept(memory: ListingMemory, wanted: Set<string>, now: number): Generator<FetchOutcome> {
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

function deleteOld(memory: ListingMemory, now: number): void {
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
