import { z } from 'zod'
import { toJapaneseDigits } from '../../../platform/japan-time.ts'
import { malformedList, rejectedCall } from '../../kit/failures.ts'
import { checkWindow, lastSecondOf, readEntries, unreadableOf, walkPlaces } from '../../kit/walk-list.ts'
import { elementsAt, textAt, type XmlElement, type XmlTree } from '../../kit/xml.ts'
import type { ListedOrder, ListWindow, MarketplaceSession, MarketplaceTools } from '../../port/session.ts'
import type { YahooClient } from '../client.ts'
import { ORDER_STATUS } from '../codes.ts'
import { YAHOO } from '../facts.ts'
import { parseTime, revisionOf } from '../wire.ts'
import { toMallState } from './to-status.ts'

/** The most that one answer may hold. */
const PAGE_SIZE = 2000
/** 2,000 orders of these fields have about 1.2 MB. */
const LIST_MAX_BYTES = 8 * 1024 * 1024
/** Yahoo! names no limit for a window; a month keeps the offset of a page small. */
export const LIST_WINDOW_DAYS = 31

const FIELDS = 'OrderId,OrderTime,OrderStatus,IsSplit,ShipStatus,IsReadOnly,PublicationTime,LastUpdateTime'

const Token = z.object({
  by: z.enum(['OrderTime', 'PublicationTime']),
  /** 1-based offset. */
  start: z.int().positive(),
  /** Hits of the walk by order time. */
  total: z.int().nonnegative().nullable(),
  /** Identifies the walk, so that its memory is not used for another. */
  walk: z.string(),
})
type Token = z.infer<typeof Token>
const { encode, decode } = walkPlaces(Token, YAHOO)

/**
 * 注文検索API (orderList). A window is walked twice: by the time of ordering, then by the time at which orders
 * became visible, which is later for those that Yahoo! held back for a fraud review. Orders named in the
 * first walk are left out of the second.
 */
export function createOrderLister(
  client: YahooClient,
  tools: Pick<MarketplaceTools, 'clock'>,
): MarketplaceSession['listOrders'] {
  let walks = 0
  /** Numbers named by the newest walk by order time. Losing them only repeats an order. */
  let memory = { walk: '', numbers: new Set<string>() }

  function begin(): Token {
    walks += 1
    const walk = `${tools.clock.now()}-${walks}`
    memory = { walk, numbers: new Set() }
    return { by: 'OrderTime', start: 1, total: null, walk }
  }

  /** One call: the orders not named before, and the position to continue from. */
  async function step(window: ListWindow, token: Token, signal: AbortSignal) {
    const found = await search(client, window, token, signal)
    const seen = token.walk === memory.walk ? memory.numbers : new Set<string>()
    const first = token.by === 'OrderTime'
    const orders = first ? found.orders : found.orders.filter((order) => !seen.has(order.orderNumber))
    if (first) for (const order of orders) seen.add(order.orderNumber)
    const total = first ? found.total : token.total
    return { orders, unreadable: found.unreadable, total, next: nextToken({ ...token, total }, found) }
  }

  return async (window, page, signal) => {
    checkWindow(window, LIST_WINDOW_DAYS, YAHOO)
    let result = await step(window, page === null ? begin() : decode(page), signal)
    // Skips pages with nothing new, up to one that has some or to the end.
    const unreadable = new Set(result.unreadable)
    while (result.orders.length === 0 && result.next) {
      result = await step(window, result.next, signal)
      for (const name of result.unreadable) unreadable.add(name)
    }
    const { orders, next, total } = result
    return { orders, ...unreadableOf([...unreadable]), next: next && encode(next), total }
  }
}

type Found = Awaited<ReturnType<typeof search>>

/** The next page, the second walk after the first, null at the end. An empty first walk has one too. */
function nextToken(token: Token, { entries, total }: Found): Token | null {
  const start = token.start + PAGE_SIZE
  // An empty answer ends the walk too: hits may vanish during it, and Start past the end returns an empty
  // OrderInfo.
  if (entries > 0 && start <= total) return { ...token, start }
  return token.by === 'OrderTime' ? { ...token, by: 'PublicationTime', start: 1 } : null
}

async function search(client: YahooClient, window: ListWindow, token: Token, signal: AbortSignal) {
  const answer = await client.call(
    { operation: 'orderList', request: searchRequest(window, token), maxBytes: LIST_MAX_BYTES },
    signal,
  )
  if (answer.kind === 'refused') throw rejectedCall(YAHOO, answer, 'list')
  const { document, raw } = answer
  const [found] = document.name === 'Result' ? elementsAt(document.content, 'Search') : []
  const total = found && textAt(found, 'TotalCount')
  if (!found || !total || !/^\d{1,9}$/.test(total)) throw malformedList(YAHOO, '注文検索の件数', raw)
  // An empty OrderInfo, which comes past the end, is text and no entry.
  const entries = elementsAt(found, 'OrderInfo')
  const read = readEntries(entries, toListed, token.start - 1)
  // `entries`: of the page, those that cannot be read too.
  return { ...read, entries: entries.length, total: Number(total) }
}

/**
 * Both ends are inclusive and count seconds. ReadOnlyMode 2: without it, orders of the last ten minutes are
 * left out.
 */
function searchRequest(window: ListWindow, token: Token): XmlTree {
  return {
    Search: {
      Result: PAGE_SIZE,
      Start: token.start,
      Sort: '+order_time',
      Condition: {
        [`${token.by}From`]: toJapaneseDigits(window.from.getTime()),
        [`${token.by}To`]: toJapaneseDigits(lastSecondOf(window)),
        ReadOnlyMode: 2,
      },
      Field: FIELDS,
    },
  }
}

/** The list is flat: no groups. Null for an entry without a number. */
function toListed(order: XmlElement): ListedOrder | null {
  const orderNumber = textAt(order, 'OrderId')
  if (!orderNumber) return null
  const status = textAt(order, 'OrderStatus') || null
  const split = textAt(order, 'IsSplit') === 'true'
  const shipStatus = textAt(order, 'ShipStatus') || null
  return {
    orderNumber,
    orderedAt: parseTime(textAt(order, 'OrderTime') ?? ''),
    mallStatus: status,
    mallState: status !== null && ORDER_STATUS[status] ? toMallState({ status, shipStatus, split }) : null,
    revision: revisionOf(textAt(order, 'LastUpdateTime')),
  }
}
