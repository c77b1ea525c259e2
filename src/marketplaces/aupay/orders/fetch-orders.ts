import { type MallError, malformed, type RefusedCall, rejected, rejectedCall } from '../../kit/failures.ts'
import { failed, found, inAnHour, mapped, notFound, orFailed } from '../../kit/outcomes.ts'
import { buildXml, type XmlElement, type XmlTree } from '../../kit/xml.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchHints, FetchOutcome, MarketplaceTools } from '../../port/session.ts'
import { type AupayClient, isRefusedBehind, mayGoOn, type SearchSpan, searchPage } from '../client.ts'
import { STATUSES } from '../codes.ts'
import { AUPAY, isOrderNumber } from '../facts.ts'
import { orderIdOf, ordersIn, revisionOf } from '../wire.ts'
import { toOrder } from './to-order.ts'

/** An order of 2,000 lines has about 3 MB. */
const ORDER_MAX_BYTES = 12 * 1024 * 1024

/**
 * Fetches by number (searchTradeInfoProc), or from the list where that takes fewer calls: one outcome per
 * number.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export async function* fetchOrders(
  orderNumbers: readonly string[],
  fetching: FetchTools,
  signal: AbortSignal,
  hints: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const { searches } = fetching
  const wanted = new Set(orderNumbers)
  for (const orderNumber of wanted) {
    if (isOrderNumber(orderNumber)) continue
    wanted.delete(orderNumber)
    yield failed(orderNumber, notANumber())
  }
  if (hints.since) yield* fetchFromList(wanted, hints.since, fetching, signal, hints)
  for (const orderNumber of wanted) {
    signal.throwIfAborted()
    if (hints.goesOn?.() === false) return
    searches.debt = Math.max(0, searches.debt - 1 / ORDERS_PER_VAIN_PAGE)
    yield await orFailed(orderNumber, () => fetchOrder(orderNumber, fetching, signal))
  }
}

async function fetchOrder(orderNumber: string, fetching: FetchTools, signal: AbortSignal) {
  const query = { orderId: orderNumber }
  const call = { method: 'searchTradeInfoProc', query, maxBytes: ORDER_MAX_BYTES } as const
  const answer = await fetching.client.call(call, signal)
  if (answer.kind === 'refused') return refusal(orderNumber, answer, fetching)
  const [orderInfo] = ordersIn(answer.response)
  return orderInfo ? outcomeOf(orderNumber, orderInfo, answer.raw, fetching) : notFound(orderNumber)
}

/** `[orderId]必須入力項目です`: the call is wrong, not the order. */
const WRONG_CALL = /必須入力|入力項目|形式|桁数|不正な/

/**
 * The mall publishes neither its answer for an unknown number nor its codes, so any refusal that does not
 * blame the call counts as "not there": a retry costs little, giving up could lose an order.
 */
function refusal(orderNumber: string, refused: RefusedCall, { tools }: FetchTools): FetchOutcome {
  const { error } = refused
  if (WRONG_CALL.test(error.message)) return failed(orderNumber, rejectedCall(AUPAY, refused))
  if (!isUnknownOrder(error)) {
    tools.notice({
      code: 'AUPAY_UNKNOWN_ERROR',
      message: `au PAY マーケットから未対応のエラー ${error.code ?? 'コードなし'} が返りました。注文がまだ登録されていないものとして再試行します。`,
    })
  }
  return notFound(orderNumber, error.message)
}

const isUnknownOrder = ({ message }: MallError) =>
  /(?:存在し|見つかり|該当)[^。]{0,20}(?:ません|ない|なし)|not\s+(?:found|exist)/i.test(message)

const notANumber = rejected(
  'AUPAY_ORDER_NUMBER_FORM',
  'au PAY マーケットの注文番号は数字だけです。注文番号を確認してください。',
)

/** Fewest orders for which the list is searched; fewer are fetched singly. */
const FEWEST = 3
/** Rows per page: few enough to arrive within a second or two, since a worker's wait is limited. */
export const LISTED_A_CALL = 100
/** Fruitless pages in a row after which the orders are taken to be elsewhere. */
const PATIENCE = 5
/** Single orders that offset one fruitless page, so that these use a tenth of the quota at most. */
const ORDERS_PER_VAIN_PAGE = 20
/** `since` is a hint: a mail may come hours after its order, with a misleading date. */
const FURTHER_BACK_MS = 6 * 60 * 60 * 1000

/** Overlap: an order may enter the list, or its mail reach us, after younger ones were read. */
const LATE_MS = 2 * 60 * 1000

/**
 * Search results of a shop, kept in the process between turns. A turn has time for a few calls, and without
 * this each turn would begin with the same fruitless pages: 284 waiting orders then came in at one in 7 s,
 * and 2,500 of a sale at one a second. Losing it costs a few calls.
 */
export interface SearchMemory {
  /** Fruitless pages that no orders have offset yet. */
  debt: number
  /** Fruitless pages in a row. */
  inVain: number
  /** Span with pages left; the next search continues after those read. */
  walk: Walk | null
  /** Range of order times (ms) whose pages have all been read. */
  read: { from: number; until: number } | null
}

type Walk = SearchSpan & { startCount: number }

export const createSearchMemory = (): SearchMemory => ({ debt: 0, inVain: 0, walk: null, read: null })

function mayTry({ debt, inVain }: SearchMemory, wanted: number): boolean {
  if (wanted < FEWEST) return false
  return debt < (inVain < PATIENCE ? Math.max(1, Math.floor(wanted / ORDERS_PER_VAIN_PAGE)) : 1)
}

/**
 * Finds wanted orders in searchTradeInfoListProc and removes them from `wanted`. An unreadable order fails
 * alone; an unreadable page ends the search, and single calls continue.
 */
async function* fetchFromList(
  wanted: Set<string>,
  since: Date,
  fetching: FetchTools,
  signal: AbortSignal,
  { goesOn }: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const { searches } = fetching
  for (const walk of walksOf(since, fetching.tools.clock.now(), searches)) {
    for (let left: Walk | null = walk; left !== null; ) {
      if (goesOn?.() === false || !mayTry(searches, wanted.size)) return
      const page = await readPage(left, left.startCount, fetching, signal)
      if (!page) return
      const outcomes = page.orders.flatMap((orderInfo) => takeOut(orderInfo, wanted, fetching))
      note(searches, outcomes.length)
      left = page.next === null ? null : { ...walk, startCount: page.next }
      searches.walk = left
      yield* outcomes
      if (searches.inVain >= PATIENCE) return
    }
    searches.read = joined(searches.read, walk)
  }
}

function note(memory: SearchMemory, found: number): void {
  memory.inVain = found === 0 ? memory.inVain + 1 : 0
  memory.debt = found === 0 ? memory.debt + 1 : Math.max(0, memory.debt - (found - 1))
}

/**
 * Yields the rest of the last walk, then the span from `since` (or the end of what was read of it) until now,
 * then an earlier span.
 */
function* walksOf(since: Date, now: number, memory: SearchMemory): Generator<Walk> {
  const from = Math.min(since.getTime(), now)
  if (memory.walk && from <= memory.walk.end.getTime()) yield memory.walk
  // Includes the walk that has just ended.
  const { read } = memory
  const unread = read !== null && from >= read.from ? Math.max(from, read.until - LATE_MS) : from
  yield beginning(Math.min(unread, now), now)
  yield beginning(from - FURTHER_BACK_MS, from - 1000)
}

const beginning = (start: number, end: number): Walk => ({
  start: new Date(start),
  end: new Date(end),
  startCount: 1,
})

function joined(read: SearchMemory['read'], { start, end }: SearchSpan): SearchMemory['read'] {
  const [from, until] = [start.getTime(), end.getTime()]
  if (read === null || from > read.until || until < read.from - 1000) return { from, until }
  return { from: Math.min(from, read.from), until: Math.max(until, read.until) }
}

async function readPage(
  span: SearchSpan,
  startCount: number,
  { client, tools }: FetchTools,
  signal: AbortSignal,
) {
  try {
    const request = { ...span, startCount, method: 'searchTradeInfoListProc' as const, rows: LISTED_A_CALL }
    const { response, resultCount } = await searchPage(client, request, signal)
    const orders = ordersIn(response)
    const seen = startCount - 1 + orders.length
    const goesOn = mayGoOn({ rows: orders.length, asked: LISTED_A_CALL, seen, resultCount })
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
    // The order's part of the page, serialised again: values verbatim, elements of one name side by side.
    return [outcomeOf(orderNumber, orderInfo, buildXml('orderInfo', orderInfo as XmlTree), fetching)]
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    return [failed(orderNumber, error)]
  }
}

interface FetchTools {
  shopCode: string
  client: AupayClient
  tools: Pick<MarketplaceTools, 'clock' | 'notice'>
  searches: SearchMemory
}

/** @throws MarketplaceFailure `malformed` when the order cannot be read or is another one */
function outcomeOf(
  orderNumber: string,
  orderInfo: XmlElement,
  raw: string,
  { shopCode, tools }: FetchTools,
): FetchOutcome {
  const order = mapped(AUPAY, raw, () => toOrder(orderInfo, shopCode))
  if (order.orderNumber !== orderNumber) throw malformed(AUPAY, '別の注文番号が返りました', raw)
  // The API cannot search by the time of a change: an order that the mall still decides on would keep its
  // first state.
  const waits = order.mallState === 'open' && STATUSES[order.mallStatus.code]?.waitsForMall
  return found(order, raw, revisionOf(orderInfo), waits ? inAnHour(order, tools.clock.now()) : null)
}
