import {
  type MallError,
  malformed,
  type RefusedCall,
  rejectedCall,
  unreadableOrder,
} from '../../kit/failures.ts'
import { failed, found, inAnHour, mapped, notFound, orFailed } from '../../kit/outcomes.ts'
import { elementsAt, textAt } from '../../kit/xml.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { FetchHints, FetchOutcome, MarketplaceTools } from '../../port/session.ts'
import type { YahooAnswer, YahooClient } from '../client.ts'
import { YAHOO } from '../facts.ts'
import { FIELD_LIST_MAX_BYTES, type RefusedFields, refusedIn, revisionOf } from '../wire.ts'
import { toOrder } from './to-order.ts'
import { READ_ONLY_MS } from './to-status.ts'

export interface FetchTools {
  shopCode: string
  client: YahooClient
  tools: Pick<MarketplaceTools, 'clock' | 'notice'>
  refusedFields: RefusedFields
}

/** An order of 2,000 lines with every field has about 5 MB. */
const ORDER_MAX_BYTES = 12 * 1024 * 1024
/** One call each: Yahoo! names one field at a time. */
const MOST_FIELD_REFUSALS = 12

/**
 * Fetches by 注文詳細API (orderInfo), one order a call: one outcome per number, in the order given.
 * @throws MarketplaceFailure for what concerns the whole store
 */
export async function* fetchOrders(
  orderNumbers: readonly string[],
  fetching: FetchTools,
  signal: AbortSignal,
  { goesOn }: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  for (const orderNumber of new Set(orderNumbers)) {
    signal.throwIfAborted()
    if (goesOn?.() === false) return
    yield await orFailed(orderNumber, async () => {
      const answer = await ask(orderNumber, fetching, signal)
      return answer.kind === 'document' ? read(orderNumber, answer, fetching) : refusal(orderNumber, answer)
    })
  }
}

/** Asks for all fields, and again without those that Yahoo! will not give this store. */
async function ask(orderNumber: string, fetching: FetchTools, signal: AbortSignal): Promise<YahooAnswer> {
  const { shopCode, client, tools, refusedFields } = fetching
  const now = tools.clock.now()
  for (let refusals = 0; ; refusals += 1) {
    const answer = await client.call(orderInfoCall(orderNumber, refusedFields.allowed(shopCode, now)), signal)
    if (answer.kind === 'document' || refusals >= MOST_FIELD_REFUSALS) return answer
    const dropped = refusedFields.refuse(shopCode, answer.error, now)
    if (dropped.length === 0) return answer
    tools.notice({
      code: 'YAHOO_FIELD_REFUSED',
      message: `Yahoo!ショッピングが項目 ${dropped.join('、')} を受け付けないため、この項目を除いて取得しました。運営者へ連絡してください。`,
    })
  }
}

function orderInfoCall(orderNumber: string, fields: string[]) {
  const list = fields.join(',')
  if (Buffer.byteLength(list) > FIELD_LIST_MAX_BYTES)
    throw new RangeError('Field is longer than orderInfo takes')
  const request = { Target: { OrderId: orderNumber, Field: list } }
  return { operation: 'orderInfo' as const, request, maxBytes: ORDER_MAX_BYTES }
}

type Document = Extract<YahooAnswer, { kind: 'document' }>

function read(orderNumber: string, { document, raw }: Document, fetching: FetchTools): FetchOutcome {
  const [result] = elementsAt(document.content, 'Result')
  const [orderInfo] = result ? elementsAt(result, 'OrderInfo') : []
  if (document.name === 'ResultSet' && !result && isEmptyList(raw)) return notFound(orderNumber)
  if (document.name !== 'ResultSet' || !result) throw malformed(YAHOO, `ルート要素 ${document.name}`, raw)
  if (!orderInfo || Object.keys(orderInfo).length === 0) return notFound(orderNumber)
  const order = mapped(YAHOO, raw, () => toOrder(orderInfo, fetching.shopCode))
  const seller = textAt(orderInfo, 'Seller', 'SellerId') || fetching.shopCode
  if (order.orderNumber !== orderNumber || seller !== fetching.shopCode) {
    throw malformed(YAHOO, '別の注文が返りました', raw)
  }
  return found(order, raw, revisionOf(order.updatedAt), rereadTime(order, fetching.tools.clock.now()))
}

/** `totalResultsAvailable="0"` without a Result: nothing there (yet). */
const isEmptyList = (raw: string) =>
  /<ResultSet\b[^>]{0,300}\btotalResultsAvailable="0"/.test(raw.slice(0, 1_000))

/** A little after the window, because Yahoo! speaks of "about" ten minutes. */
const AFTER_WINDOW_MS = 30_000
const STILL_READ_ONLY_MS = 60_000

/**
 * Returns when to re-read an order without a trigger: after the buyer's ten minutes, whose cancellation sends
 * no reliable mail; and each hour during Yahoo!'s review, whose end sends none either.
 */
function rereadTime(order: NormalisedOrder, now: number): Date | null {
  if (order.flags.includes('read_only') && order.mallState !== 'cancelled') {
    const over = Date.parse(order.orderedAt) + READ_ONLY_MS + AFTER_WINDOW_MS
    return new Date(Math.max(over, now + STILL_READ_ONLY_MS))
  }
  const inReview = order.mallStatuses.FraudHoldStatus === '1' && order.mallState === 'open'
  return inReview ? inAnHour(order, now) : null
}

/** od91801 with 404, a bare 404, `Not Exists`, Status NG without a reason: not there, or not there yet. */
function isNotFound({ code, message }: MallError, status: number): boolean {
  if (code === 'od91801' || /not exists/i.test(message)) return true
  return code === undefined && (status === 404 || status === 200)
}

function refusal(orderNumber: string, refused: RefusedCall): FetchOutcome {
  const { error, status, raw } = refused
  if (isNotFound(error, status) || (status === 404 && refusedIn(error).length === 0)) {
    return notFound(orderNumber, error.message)
  }
  const facts = { mallCode: error.code, mallMessage: error.message, status, raw }
  return failed(orderNumber, status >= 500 ? serverErrorOfOrder(facts) : rejectedCall(YAHOO, refused))
}

/** The API itself failed on this order and says so with an order's code: others must not wait for it. */
const serverErrorOfOrder = unreadableOrder(
  'YAHOO_ORDER_ERROR',
  ({ mallCode = '', status }) =>
    `Yahoo!ショッピングがこの注文の処理中にエラーを返しました（${mallCode} HTTP ${status}）。ストアクリエイターProで注文を確認してください。`,
)
