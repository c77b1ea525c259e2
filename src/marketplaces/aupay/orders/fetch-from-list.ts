import { buildXml, type XmlElement, type XmlTree } from '../../kit/xml.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchOutcome } from '../../port/session.ts'
import { type FetchTools, found, orderIdOf, ordersIn } from './read-order.ts'
import { isRefusedBehind, mayGoOn, type SearchSpan, searchPage } from './search-page.ts'

/** A page costs the mall, and the shop's budget of time, about as much as so many single orders. */
const PAGE_COST = 3
/** Few enough to come within a second or two, since a worker stops waiting after some. */
const PAGE_ROWS = 100
/** Pages in a row without one wanted order: these orders are elsewhere. */
const PATIENCE = 5
/** `since` is a hint. A mail may come hours after its order, with a date that does not tell. */
const FURTHER_BACK_MS = 6 * 60 * 60 * 1000

/**
 * Finds wanted orders in searchTradeInfoListProc and takes them out of `wanted`. All pages together cost no more than asking for
 * each order alone would have, so that what is not found costs double at most. An order that cannot be read fails alone; a
 * page that cannot be read ends the search, and single calls go on.
 */
export async function* fetchFromList(
  wanted: Set<string>,
  since: Date,
  fetching: FetchTools,
  signal: AbortSignal,
): AsyncGenerator<FetchOutcome> {
  let budget = Math.floor(wanted.size / PAGE_COST)
  for (const span of spansOf(since, fetching.tools.clock.now())) {
    let startCount: number | null = 1
    let inVain = 0
    while (startCount !== null && inVain < PATIENCE && budget > 0 && wanted.size >= PAGE_COST) {
      const page = await readPage(span, startCount, fetching, signal)
      if (!page) return
      budget -= 1
      const outcomes = page.orders.flatMap((orderInfo) => takeOut(orderInfo, wanted, fetching))
      yield* outcomes
      inVain = outcomes.length === 0 ? inVain + 1 : 0
      startCount = page.next
    }
  }
}

/** From `since` until now; then further back. */
function spansOf(since: Date, now: number): SearchSpan[] {
  const start = Math.min(since.getTime(), now)
  return [
    { start: new Date(start), end: new Date(now) },
    { start: new Date(start - FURTHER_BACK_MS), end: new Date(start - 1000) },
  ]
}

async function readPage(
  span: SearchSpan,
  startCount: number,
  { client, tools }: FetchTools,
  signal: AbortSignal,
) {
  try {
    const request = { ...span, startCount, method: 'searchTradeInfoListProc' as const, rows: PAGE_ROWS }
    const { response, resultCount } = await searchPage(client, request, signal)
    const orders = ordersIn(response)
    const seen = startCount - 1 + orders.length
    const goesOn = mayGoOn({ rows: orders.length, asked: PAGE_ROWS, seen, resultCount })
    return { orders, next: goesOn ? seen + 1 : null }
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    if (isRefusedBehind(error, startCount)) return { orders: [], next: null }
    if (error.kind !== 'malformed' && error.kind !== 'rejected') throw error
    tools.notice({
      code: 'AUPAY_LIST_UNREADABLE',
      message: 'au PAY マーケットの注文一覧を読み取れないため、注文を1件ずつ取得します。',
    })
    return null
  }
}

function takeOut(orderInfo: XmlElement, wanted: Set<string>, fetching: FetchTools): FetchOutcome[] {
  const orderNumber = orderIdOf(orderInfo)
  if (orderNumber === null || !wanted.delete(orderNumber)) return []
  try {
    return [found(orderNumber, orderInfo, rawOf(orderInfo), fetching)]
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    return [{ kind: 'failed', orderNumber, failure: error }]
  }
}

/** The order's part of the page, written anew: values as they came, elements of one name side by side. */
const rawOf = (orderInfo: XmlElement): string => buildXml('orderInfo', orderInfo as XmlTree)
