import { z } from 'zod'
import type { AnswerFacts } from '../../kit/failures.ts'
import {
  checkWindow,
  completeUntil,
  pageLost,
  readEntries,
  unreadableOf,
  walkPlaces,
} from '../../kit/walk-list.ts'
import type { ListedOrder, ListPage, ListWindow, MarketplaceTools } from '../../port/session.ts'
import {
  type AmazonAnswer,
  type AmazonClient,
  failureOfForbiddenSearch,
  LIST_DELAY_MS,
  listRefused,
  pageIn,
  SEARCH_REFUSED,
  searchOrders,
} from '../client.ts'
import { STATUS } from '../codes.ts'
import { AMAZON } from '../facts.ts'
import { parseTime, revisionOf, toRequestTime, WireHead, type WirePage } from '../wire.ts'

/** Amazon states no longest window; a month keeps its pages within one burst of calls. */
export const WINDOW_DAYS = 31
/** Orders of Japan are available from 2016 on. */
export const HISTORY_DAYS = 3650
/** Amazon measures the two minutes by its own clock. */
const CLOCK_MARGIN_MS = 5_000

/** Position in a walk. Each token must be sent with the bounds of the first page. */
const Cursor = z.object({
  after: z.string(),
  before: z.string().nullable(),
  token: z.string().nullable(),
  by: z.enum(['created', 'lastUpdated']).default('created'),
  /** Without includedData, which Amazon refused on an earlier page. */
  bare: z.boolean().default(false),
})
type Cursor = z.infer<typeof Cursor>
const { encode, decode } = walkPlaces(Cursor, AMAZON)

type ListTools = Pick<MarketplaceTools, 'clock' | 'notice' | 'noticeOver'>

/**
 * Fetches one page of searchOrders by order time, 100 orders. It includes Pending orders (no mallState), and
 * those that Amazon ships only when `includeFba`. The last two minutes cannot be listed; `completeUntil`
 * gives the end of the list. With `orChanged` it searches by the time of the last change, which is never
 * before that of the order.
 */
export async function listOrders(
  client: AmazonClient,
  tools: ListTools,
  includeFba: boolean,
  window: ListWindow,
  page: string | null,
  signal: AbortSignal,
): Promise<ListPage> {
  checkWindow(window, WINDOW_DAYS, AMAZON)
  const now = tools.clock.now()
  const latest = now - LIST_DELAY_MS - CLOCK_MARGIN_MS
  if (window.from >= window.to) return { orders: [], next: null, total: null }
  if (window.from.getTime() >= latest) {
    return { orders: [], next: null, total: null, completeUntil: new Date(latest) }
  }
  const cursor = page === null ? firstCursor(window, latest) : decode(page)
  const { answer, bare } = await searchAgainBare(client, tools, cursor, includeFba, signal)
  if (answer.kind === 'refused') {
    if (answer.status === 403) throw await forbidden(client, tools, answer.facts, signal)
    // 400 is the page token's when there is one: it lives for a day.
    throw cursor.token === null ? listRefused(answer, now) : pageLost(AMAZON, answer.facts)
  }
  tools.noticeOver?.([SEARCH_REFUSED, ...(bare ? [] : [LIST_DATA_REFUSED])])
  return pageOf(pageIn(answer), window, { ...cursor, bare }, now)
}

/**
 * In August 2026 Amazon answered 400 to `includedData` for a day. Numbers and times come without it, so that
 * a sweep goes on; the states of its orders are then not known.
 */
async function searchAgainBare(
  client: AmazonClient,
  tools: ListTools,
  cursor: Cursor,
  includeFba: boolean,
  signal: AbortSignal,
): Promise<{ answer: AmazonAnswer; bare: boolean }> {
  const search = {
    [`${cursor.by}After`]: cursor.after,
    ...(cursor.before === null ? {} : { [`${cursor.by}Before`]: cursor.before }),
    ...(includeFba ? {} : { fulfilledBy: 'MERCHANT' }),
    ...(cursor.token === null ? {} : { paginationToken: cursor.token }),
  }
  if (cursor.bare) return { answer: await searchOrders(client, search, signal), bare: true }
  const full = await searchOrders(client, { ...search, includedData: 'FULFILLMENT' }, signal)
  if (full.kind === 'ok' || full.status !== 400) return { answer: full, bare: false }
  const answer = await searchOrders(client, search, signal)
  if (answer.kind === 'ok') tools.notice({ code: LIST_DATA_REFUSED, message: WITHOUT_STATES })
  return { answer, bare: true }
}

const LIST_DATA_REFUSED = 'AMAZON_LIST_DATA_REFUSED'
const WITHOUT_STATES =
  'Amazonの注文一覧が出荷状況を返しません（Amazon側の障害の可能性があります）。注文番号での突合は続けます。自動で回復します。'

/** Omits an end that Amazon would refuse: it then lists all it can. */
const firstCursor = ({ from, to, orChanged }: ListWindow, latest: number): Cursor => ({
  by: orChanged ? 'lastUpdated' : 'created',
  after: toRequestTime(from.getTime()),
  before: to.getTime() <= latest ? toRequestTime(Math.ceil(to.getTime() / 1000) * 1000) : null,
  token: null,
  bare: false,
})

function pageOf(
  page: WirePage,
  window: ListWindow,
  { after, before, by, bare }: Cursor,
  now: number,
): ListPage {
  const token = page.pagination?.nextToken ?? null
  const until = parseTime(page[`${by}Before`]) ?? now - LIST_DELAY_MS
  const { orders, unreadable } = readEntries(page.orders, toListed)
  return {
    orders: by === 'created' ? orders.filter((order) => within(order, window)) : orders,
    next: token === null ? null : encode({ after, before, token, by, bare }),
    total: null,
    ...unreadableOf(unreadable),
    ...completeUntil(window, until),
  }
}

/** Null for an entry without a number. */
function toListed(model: unknown): ListedOrder | null {
  const head = WireHead.safeParse(model)
  if (!head.success) return null
  const status = head.data.fulfillment?.fulfillmentStatus ?? null
  const time = parseTime(head.data.createdTime)
  const waiting = status === null || status.startsWith('PENDING')
  return {
    orderNumber: head.data.orderId,
    orderedAt: time === null ? null : new Date(time),
    mallStatus: status,
    mallState: waiting ? null : (STATUS[status]?.state ?? null),
    revision: revisionOf(head.data.lastUpdatedTime),
  }
}

/** Both bounds of Amazon's are inclusive and count seconds. */
const within = ({ orderedAt }: ListedOrder, { from, to }: ListWindow): boolean =>
  orderedAt === null || (orderedAt >= from && orderedAt < to)

async function forbidden(client: AmazonClient, tools: ListTools, facts: AnswerFacts, signal: AbortSignal) {
  const failure = await failureOfForbiddenSearch(client, facts, tools.clock.now(), signal)
  const { code, message } = failure
  if (code === SEARCH_REFUSED) tools.notice({ code, message })
  return failure
}
