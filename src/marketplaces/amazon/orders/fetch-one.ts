import { storableFrom } from '../../../platform/storable.ts'
import { malformed } from '../../kit/failures.ts'
import { failed, found, inAnHour, inOtherCurrency, notFound, orFailed, pending } from '../../kit/outcomes.ts'
import { isRaw } from '../../kit/wire.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchOutcome, MarketplaceTools } from '../../port/session.ts'
import {
  type AmazonClient,
  getOrder,
  ORDER_DATA,
  ordersReadable,
  type Refused,
  searchOrders,
} from '../client.ts'
import { STATUS } from '../codes.ts'
import { AMAZON, MARKETPLACE_JP } from '../facts.ts'
import { emptyNotFound, orderForbidden, orderRejected, roleMissing } from '../failures.ts'
import { currencyOf, parseTime, revisionOf, toRequestTime, type WireHead } from '../wire.ts'
import { readHead, toOrder } from './to-order.ts'
import { takenBackIn } from './to-recipient.ts'
import { PII_ROLE } from './to-status.ts'

export interface Fetching {
  client: AmazonClient
  health: Health
  shopCode: string
  /** Orders that Amazon ships from its own warehouse (FBA) are wanted too. */
  includeFba: boolean
  tools: Pick<MarketplaceTools, 'clock' | 'notice' | 'noticeOver'>
}

/** Long enough for another order to show that the shop itself works. */
const FORBIDDEN_AGAIN_MS = 60_000
const PROBE_WINDOW_MS = 60 * 60 * 1000
const DATA_REFUSED_AGAIN_MS = 15 * 60 * 1000

/**
 * Calls getOrder for one number.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export const fetchOne = (
  orderNumber: string,
  fetching: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> =>
  orFailed(orderNumber, async () => {
    const answer = await getOrder(fetching.client, orderNumber, ORDER_DATA, signal)
    if (answer.kind === 'refused') {
      const explain = { 404: explainNotFound, 403: explainForbidden }[answer.status] ?? explainBadRequest
      return explain(orderNumber, answer, fetching, signal)
    }
    fetching.health.good(fetching.tools.clock.now())
    const order = isRaw(answer.json) ? answer.json.order : undefined
    if (isNothing(answer.json)) return notFound(orderNumber)
    if (!isRaw(order)) throw malformed(AMAZON, 'orderがありません', answer.raw)
    return outcomeOf(order, orderNumber, fetching)
  })

/** `{}`, `{"order":{}}`, `{"order":null}`: v0 answered an unknown number with 200 and an empty payload. */
const isNothing = (json: unknown): boolean =>
  isRaw(json) &&
  Object.values(json).every((value) => value === null || (isRaw(value) && !Object.keys(value).length))

/**
 * A 404 without a body concerns the order only when the API answers otherwise: at a wrong address every
 * number would be unknown, and its orders given up a day later.
 */
async function explainNotFound(
  orderNumber: string,
  answer: Refused,
  { client, health, tools }: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const now = tools.clock.now()
  if (answer.facts.mallCode !== undefined || now - health.lastGoodAt() < ANSWERED_LATELY_MS)
    return notFound(orderNumber, answer.facts.mallMessage)
  const createdAfter = toRequestTime(now - PROBE_WINDOW_MS)
  const probe = await searchOrders(client, { createdAfter, maxResultsPerPage: 1 }, signal)
  const answers = probe.kind === 'ok' || probe.facts.mallCode !== undefined
  if (!answers) throw emptyNotFound(answer.facts)
  return notFound(orderNumber, answer.facts.mallMessage)
}

const ANSWERED_LATELY_MS = 10 * 60 * 1000

/**
 * A 403 that does not mention the token: the application lacks its role, or the order is another seller's.
 * Decided a minute later: by an order that was readable meanwhile, else by a search of the shop's own orders,
 * else by a number of no order.
 */
async function explainForbidden(
  orderNumber: string,
  { facts }: Refused,
  { client, health, tools }: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const now = tools.clock.now()
  const since = health.forbiddenSince(orderNumber, now)
  if (health.lastGoodAt() > since) return failed(orderNumber, orderForbidden(facts))
  if (now - since < FORBIDDEN_AGAIN_MS) return pending(orderNumber, since + FORBIDDEN_AGAIN_MS, ASKING_WHY)
  const createdAfter = toRequestTime(now - PROBE_WINDOW_MS)
  try {
    const probe = await searchOrders(client, { createdAfter, maxResultsPerPage: 1 }, signal)
    const searchForbidden = probe.kind === 'refused' && probe.status === 403
    if (searchForbidden && !(await ordersReadable(client, signal))) throw roleMissing(facts)
  } catch (error) {
    // The others must not wait for a search because of this one.
    if (!(error instanceof MarketplaceFailure) || error.kind !== 'throttled') throw error
    return pending(orderNumber, error.until?.getTime() ?? now + FORBIDDEN_AGAIN_MS, ASKING_WHY)
  }
  return failed(orderNumber, orderForbidden(facts))
}

const ASKING_WHY =
  'Amazonがこの注文の参照を許可しません。別の出品者の注文か、アプリの権限の問題かを確認しています。'

/**
 * 400 for a well-formed number: asked once more for nothing but the number. Is it readable so, Amazon refuses
 * a data set (in August 2026 for all orders and a day long) and the order waits for it; else it refuses this
 * number.
 */
async function explainBadRequest(
  orderNumber: string,
  answer: Refused,
  { client, tools }: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const bare = await getOrder(client, orderNumber, null, signal)
  if (bare.kind === 'refused') {
    if (bare.status === 404) return notFound(orderNumber, bare.facts.mallMessage)
    return failed(orderNumber, orderRejected(answer.facts))
  }
  const message =
    'AmazonのAPIが注文の詳細項目を返しません（Amazon側の障害の可能性があります）。注文は失われません。自動で再確認します。'
  tools.notice({ code: 'AMAZON_DATA_REFUSED', message })
  return pending(orderNumber, tools.clock.now() + DATA_REFUSED_AGAIN_MS, message)
}

/** Classifies one Order of an answer for the requested number. Never throws MarketplaceFailure. */
export function outcomeOf(model: unknown, orderNumber: string, context: Fetching): FetchOutcome {
  try {
    const head = readHead(model)
    if (head.orderId !== orderNumber) {
      throw malformed(AMAZON, '別の注文番号が返りました', JSON.stringify(model) ?? '')
    }
    return notYet(head, context) ?? read(model, context)
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    return failed(orderNumber, error)
  }
}

/** The number that an order of a page is for; null when it has none. */
export function numberOf(model: unknown): string | null {
  const id = isRaw(model) ? model.orderId : undefined
  return typeof id === 'string' ? id : null
}

function read(model: unknown, { shopCode, tools }: Fetching): FetchOutcome {
  const raw = JSON.stringify(model)
  const order = storableFrom(raw, toOrder(model, shopCode))
  const nameless = order.recipients.some((recipient) => recipient.addressPending)
  if (nameless) {
    tools.notice({
      code: PII_ROLE_MISSING,
      message: `Amazonの注文に送付先の氏名・住所が含まれていません。アプリにロール「${PII_ROLE}」を追加し、認可し直して新しいリフレッシュトークンを登録してください。`,
    })
  } else if (order.mallState === 'open' && !order.flags.includes('fba')) {
    tools.noticeOver?.([PII_ROLE_MISSING])
  }
  // Granting a role does not change an order's update time, so no search would name the order again.
  const rereadAt = nameless ? inAnHour(order, tools.clock.now()) : null
  const outcome = found(order, raw, revisionOf(order.updatedAt), rereadAt)
  return { ...outcome, takenBack: takenBackIn(model) }
}

const PII_ROLE_MISSING = 'AMAZON_PII_ROLE_MISSING'

/** Orders that are not for the shop to ship, or that wait for payment and have no address yet. */
function notYet(head: WireHead, { includeFba, tools }: Fetching): FetchOutcome | null {
  const orderNumber = head.orderId
  const { marketplaceId } = head.salesChannel ?? {}
  const skipped = (reason: string): FetchOutcome => ({ kind: 'skipped', orderNumber, reason })
  if (marketplaceId && marketplaceId !== MARKETPLACE_JP)
    return skipped('Amazon.co.jp以外のマーケットプレイスの注文のため、取り込みません。')
  const foreign = inOtherCurrency(orderNumber, currencyOf(head))
  if (foreign) return foreign
  if (head.fulfillment?.fulfilledBy === 'AMAZON' && !includeFba)
    return skipped(
      'FBA（Amazonが出荷する）注文のため、取り込みません。取り込むには店舗設定でFBAの注文を含めてください。',
    )
  const status = head.fulfillment?.fulfillmentStatus ?? ''
  if (status !== 'PENDING' && status !== 'PENDING_AVAILABILITY') return null
  const now = tools.clock.now()
  const waitMs =
    status === 'PENDING' ? pendingWait(now - (parseTime(head.createdTime) ?? now)) : PREORDER_WAIT_MS
  const message = `Amazonのステータスは「${STATUS[status]?.name}」です。確定して住所が得られるまで、自動で再確認します。`
  return pending(orderNumber, now + waitMs, message)
}

const MINUTE_MS = 60_000
/** A pre-order is paid on its release, and its order mail comes then. */
const PREORDER_WAIT_MS = 12 * 60 * MINUTE_MS

/** A card is authorised within minutes, a convenience store pays in days; the order mail comes anyway. */
function pendingWait(ageMs: number): number {
  if (ageMs < 60 * MINUTE_MS) return 5 * MINUTE_MS
  return ageMs < 24 * 60 * MINUTE_MS ? 30 * MINUTE_MS : 120 * MINUTE_MS
}

export type Health = ReturnType<typeof createHealth>

const MOST_REMEMBERED = 1000

/** Tracks a shop's recent answers (in ms), so that one refused order is not taken for a refused shop. */
export function createHealth() {
  let lastGood = Number.NEGATIVE_INFINITY
  const forbidden = new Map<string, number>()
  return {
    /** Records that an order's data came. */
    good(at: number): void {
      lastGood = Math.max(lastGood, at)
    },
    lastGoodAt: (): number => lastGood,
    /** Returns when this number was first refused with 403. */
    forbiddenSince(orderNumber: string, now: number): number {
      const known = forbidden.get(orderNumber)
      if (known !== undefined) return known
      if (forbidden.size >= MOST_REMEMBERED) forbidden.clear()
      forbidden.set(orderNumber, now)
      return now
    },
  }
}
