import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  bareEntry,
  checkWindow,
  lastSecondOf,
  readEntries,
  unreadableOf,
  walkPlaces,
} from '../../kit/walk-list.ts'
import { textAt, type XmlElement } from '../../kit/xml.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { ListedOrder, ListPage, ListWindow, MarketplaceTools } from '../../port/session.ts'
import { type AupayClient, isRefusedBehind, mayGoOn, type PageRequest, searchPage } from '../client.ts'
import { AUPAY } from '../facts.ts'
import { orderIdOf, orderIdsIn, ordersIn, readFields, readTime, revisionOf } from '../wire.ts'
import { toCodes, toMallState } from './to-status.ts'

/** Clients ask for 100 to 1,000 rows a page. */
const PAGE_ROWS = 500
/** No limit is public; a month was used without trouble. */
export const LIST_WINDOW_DAYS = 31

const Token = z.object({
  /** 1-based row of the page's first order. */
  start: z.int().positive(),
  /** Digest of the page before. In here, because a walk outlives the session that began it. */
  last: z.string().nullable().default(null),
  /** True when that page promised more: it was full, or its count exceeds it. */
  more: z.boolean().default(false),
})
type Token = z.infer<typeof Token>
const { encode, decode } = walkPlaces(Token, AUPAY)

/**
 * Lists the mall's orders by order date, with full content, of which number, time and status are used. The
 * list of bare numbers is smaller but would not show cancellations; it serves when a page with content cannot
 * be read.
 */
export async function listOrders(
  client: AupayClient,
  tools: Pick<MarketplaceTools, 'notice'>,
  window: ListWindow,
  page: string | null,
  signal: AbortSignal,
): Promise<ListPage> {
  checkWindow(window, LIST_WINDOW_DAYS, AUPAY)
  if (window.to <= window.from) return { orders: [], next: null, total: 0 }
  const token = page === null ? FIRST : decode(page)
  const found = await readPage(client, tools, window, token.start, signal).catch((error: unknown) => {
    if (isRefusedBehind(error, token.start)) return null
    throw error
  })
  if (found === null) return endOfWalk(tools, token)
  const { orders, unreadable, rows, resultCount } = found
  const digest = digestOf(found)
  // A repeated page means that the mall ignores startCount, or returns its last page for every later one.
  if (rows > 0 && digest === token.last) return endOfWalk(tools, token)
  const named = token.start - 1 + rows
  const goesOn = mayGoOn({ rows, asked: PAGE_ROWS, seen: named, resultCount })
  const more = rows >= PAGE_ROWS || (resultCount !== null && resultCount > named)
  const next = goesOn ? encode({ start: named + 1, last: digest, more }) : null
  // Known when resultCount counts the whole search, or at the end of a walk.
  const total = resultCount !== null && resultCount > rows ? resultCount : goesOn ? null : named
  return { orders, ...unreadableOf(unreadable), next, total }
}

const FIRST: Token = { start: 1, last: null, more: false }

/** Ends the walk. If the last page promised more, some orders may be missing from the list. */
function endOfWalk(tools: Pick<MarketplaceTools, 'notice'>, { more }: Token): ListPage {
  if (more) tools.notice(CUT_OFF)
  return { orders: [], next: null, total: null }
}

const CUT_OFF = {
  code: 'AUPAY_LIST_CUT_OFF',
  message:
    'au PAY マーケットの注文一覧が続きのページを返しません。一覧に出ていない注文がある可能性があります。Wow!managerの注文一覧と件数を比べ、足りない注文は注文番号を指定して取り込んでください。',
}

/** Digest of the numbers alone, in any order, because a status may change between two pages. */
const digestOf = ({ orders, unreadable }: ReturnType<typeof readEntries>): string =>
  createHash('sha256')
    .update([...orders.map(({ orderNumber }) => orderNumber), ...unreadable].sort().join())
    .digest('base64url')
    .slice(0, 16)

async function readPage(
  client: AupayClient,
  tools: Pick<MarketplaceTools, 'notice'>,
  window: ListWindow,
  startCount: number,
  signal: AbortSignal,
) {
  const search = (method: PageRequest['method']) =>
    searchPage(client, { ...spanOf(window), startCount, rows: PAGE_ROWS, method }, signal)
  try {
    const { response, resultCount } = await search('searchTradeInfoListProc')
    const found = ordersIn(response)
    return { ...readEntries(found, toListed, startCount - 1), rows: found.length, resultCount }
  } catch (error) {
    if (!(error instanceof MarketplaceFailure) || error.kind !== 'malformed') throw error
    const { response, resultCount } = await search('searchTradeNoListProc')
    tools.notice({
      code: 'AUPAY_LIST_NUMBERS_ONLY',
      message:
        'au PAY マーケットの注文一覧の内容を読み取れないため、注文番号だけの一覧を使いました。運営者へ連絡してください。',
    })
    const found = orderIdsIn(response)
    return { ...readEntries(found, bareEntry, startCount - 1), rows: found.length, resultCount }
  }
}

/** Both ends are inclusive and count seconds; ours ends before `to`. */
const spanOf = (window: ListWindow) => ({
  start: window.from,
  end: new Date(Math.max(lastSecondOf(window), window.from.getTime())),
})

function toListed(orderInfo: XmlElement): ListedOrder | null {
  const orderNumber = orderIdOf(orderInfo)
  if (orderNumber === null) return null
  const codes = toCodes(readFields(orderInfo))
  const orderedAt = readTime(textAt(orderInfo, 'orderDate') ?? '')
  return {
    orderNumber,
    orderedAt: orderedAt === null ? null : new Date(orderedAt),
    mallStatus: codes.status || null,
    mallState: codes.status === '' ? null : toMallState(codes),
    revision: revisionOf(orderInfo),
  }
}
