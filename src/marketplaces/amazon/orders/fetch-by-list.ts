import { doublingMs } from '../../../platform/backoff.ts'
import { present } from '../../../platform/narrow.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchHints, FetchOutcome } from '../../port/session.ts'
import { parseTime, toRequestTime } from '../dates.ts'
import {
  LIST_DELAY_MS,
  ORDER_DATA,
  pageIn,
  SEARCH_AGAIN_MS,
  SEARCH_REFUSED,
  searchOrders,
  searchRefusedText,
} from '../operations.ts'
import { USAGE_PLANS } from '../quotas.ts'
import { type Fetching, numberOf, outcomeOf } from './fetch-one.ts'
import type { ListingMemory, Walk } from './listing-memory.ts'

/**
 * Fetches many orders at once: searchOrders returns a hundred whole orders per call, getOrder one. Uses both
 * budgets side by side: a search whenever one is allowed, getOrder for the rest.
 */

/** True when getOrder's full bucket cannot fetch them at once, so that a search pays. */
export const isMany = (count: number): boolean => count > USAGE_PLANS.getOrder.burst

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
export async function* fetchByList(
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
