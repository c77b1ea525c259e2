import { z } from 'zod'
import { present } from '../../../platform/narrow.ts'
import { malformedList, rejected } from '../../kit/failures.ts'
import { bareEntry, readEntries, unreadableOf, walkPlaces } from '../../kit/walk-list.ts'
import type { ListedOrder, ListPage, ListWindow, MarketplaceTools } from '../../port/session.ts'
import type { Answer, RakutenClient } from '../client.ts'
import { RAKUTEN } from '../facts.ts'
import { refused } from '../failures.ts'
import { toWireDatetime, WireSearchAnswer } from '../wire.ts'

/** searchOrder: 63 days a window, 730 days back, 1,000 numbers a page, the first 15,000 of a window. */
export const WINDOW_DAYS = 63
export const HISTORY_DAYS = 730
const PAGE_SIZE = 1000
const REACHABLE = 15_000
const DAY_MS = 24 * 60 * 60 * 1000

/** Whole seconds since 1970, both inclusive: searchOrder's unit. */
const Span = z.tuple([z.int(), z.int()])
type Span = z.infer<typeof Span>
/** Position in a walk: the spans left, the page of the first one, and the total of the whole window. */
const Cursor = z.object({ spans: z.array(Span).min(1), page: z.int().positive(), total: z.int().nullable() })
type Cursor = z.infer<typeof Cursor>
const { encode, decode } = walkPlaces(Cursor, RAKUTEN)

/**
 * Fetches one page of searchOrder by order time (注文日), oldest first. The mall returns numbers only. Halves a
 * window with more orders than can be reached until each part is reachable; `total` stays that of the whole
 * window.
 */
export async function listOrders(
  client: RakutenClient,
  tools: MarketplaceTools,
  window: ListWindow,
  page: string | null,
  signal: AbortSignal,
): Promise<ListPage> {
  let cursor = page === null ? firstCursor(window, tools.clock.now()) : decode(page)
  while (cursor !== null) {
    const [first, ...rest] = cursor.spans
    const span = present(first)
    const found = await search(client, span, cursor.page, signal)
    const total = cursor.total ?? found.total
    if (found.total > REACHABLE && span[0] < span[1]) {
      cursor = { spans: [...halved(span), ...rest], page: 1, total }
      continue
    }
    if (found.total > REACHABLE) tools.notice(LIST_CUT)
    const next = following(found, { ...cursor, total })
    const { orders, unreadable } = readEntries(found.entries, toListed, (cursor.page - 1) * PAGE_SIZE)
    return { orders, ...unreadableOf(unreadable), next: next && encode(next), total }
  }
  return { orders: [], next: null, total: 0 }
}

const toListed = (entry: unknown): ListedOrder | null => (typeof entry === 'string' ? bareEntry(entry) : null)

function firstCursor({ from, to }: ListWindow, now: number): Cursor | null {
  if (to.getTime() - from.getTime() > WINDOW_DAYS * DAY_MS) throw windowTooLong()
  const oldest = now - HISTORY_DAYS * DAY_MS
  if (to.getTime() <= oldest) throw windowTooOld()
  const start = Math.ceil(Math.max(from.getTime(), oldest + MARGIN_MS) / 1000)
  const end = Math.ceil(to.getTime() / 1000) - 1
  return start > end ? null : { spans: [[start, end]], page: 1, total: null }
}

/** The call itself takes time: a start exactly 730 days ago would be refused on arrival. */
const MARGIN_MS = 60_000

async function search(client: RakutenClient, span: Span, page: number, signal: AbortSignal) {
  const body = {
    dateType: 1,
    startDatetime: toWireDatetime(span[0] * 1000),
    endDatetime: toWireDatetime(span[1] * 1000),
    PaginationRequestModel: {
      requestRecordsAmount: PAGE_SIZE,
      requestPage: page,
      SortModelList: [{ sortColumn: 1, sortDirection: 1 }],
    },
  }
  return foundIn(await client.order('searchOrder', body, signal), page)
}

/**
 * Reads the numbers of one page. Paging fields are null when nothing was found.
 * @throws MarketplaceFailure `rejected` for an ERROR message
 * @throws MarketplaceFailure `malformed` for numbers that do not fit
 */
export function foundIn({ frame, text }: Answer, page: number) {
  const error = frame.MessageModelList.find((entry) => entry.messageType === 'ERROR')
  if (error) throw refused(error.messageCode, error.message, text, 'list')
  const parsed = WireSearchAnswer.safeParse(frame)
  if (!parsed.success) throw malformedList(RAKUTEN, 'searchOrderの検索結果', text)
  const { orderNumberList: entries, PaginationResponseModel: paging } = parsed.data
  const total = paging?.totalRecordsAmount ?? 0
  const pages = paging?.totalPages ?? 0
  // Orders would be missed in silence: numbers without a count, or a count without numbers.
  const expected = total > 0 && page <= Math.min(pages, REACHABLE / PAGE_SIZE)
  if (expected !== entries.length > 0) throw malformedList(RAKUTEN, 'searchOrderの件数', text)
  return { entries, total, pages }
}

function following(found: ReturnType<typeof foundIn>, at: Cursor): Cursor | null {
  if (at.page < Math.min(found.pages, REACHABLE / PAGE_SIZE) && found.entries.length > 0) {
    return { ...at, page: at.page + 1 }
  }
  const rest = at.spans.slice(1)
  return rest.length === 0 ? null : { spans: rest, page: 1, total: at.total }
}

function halved([start, end]: Span): Span[] {
  const middle = Math.floor((start + end) / 2)
  return [
    [start, middle],
    [middle + 1, end],
  ]
}

const LIST_CUT = {
  code: 'RAKUTEN_LIST_CUT',
  message: `楽天の検索結果が1秒間に${REACHABLE}件を超え、すべては取得できません。運営者へ連絡してください。`,
}

const windowTooLong = rejected(
  'RAKUTEN_WINDOW_TOO_LONG',
  `楽天の注文検索は一度に${WINDOW_DAYS}日以内です。期間を分けて指定してください。`,
)

const windowTooOld = rejected(
  'RAKUTEN_WINDOW_TOO_OLD',
  `楽天の注文は過去${HISTORY_DAYS}日分まで取得できます。期間を指定し直してください。`,
)
