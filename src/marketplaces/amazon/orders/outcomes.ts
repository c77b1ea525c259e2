import { storableFrom } from '../../../platform/storable.ts'
import { malformed } from '../../kit/http-failures.ts'
import { failed } from '../../kit/outcomes.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { FetchOutcome, MarketplaceTools } from '../../port/session.ts'
import { STATUS } from '../codes.ts'
import { parseTime, revisionOf } from '../dates.ts'
import { AMAZON, MARKETPLACE_JP } from '../facts.ts'
import { PII_ROLE } from './holds.ts'
import { isRaw } from './raw.ts'
import { readHead, toOrder } from './to-order.ts'
import type { WireHead } from './wire.ts'

export interface OutcomeContext {
  shopCode: string
  /** Orders that Amazon ships from its own warehouse (FBA) are wanted too. */
  includeFba: boolean
  tools: Pick<MarketplaceTools, 'clock' | 'notice' | 'noticeOver'>
}

/** Classifies one Order of an answer for the requested number. Never throws MarketplaceFailure. */
export function outcomeOf(model: unknown, orderNumber: string, context: OutcomeContext): FetchOutcome {
  try {
    const head = readHead(model)
    if (head.orderId !== orderNumber) {
      throw malformed(AMAZON, '別の注文番号が返りました', JSON.stringify(model) ?? '')
    }
    const early = notYet(head, context)
    return early ?? found(model, orderNumber, context)
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

function found(model: unknown, orderNumber: string, { shopCode, tools }: OutcomeContext): FetchOutcome {
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
  const revision = revisionOf(order.updatedAt)
  const rereadAt = nameless ? rereadTime(order, tools.clock.now()) : null
  return { kind: 'found', orderNumber, order, raw, revision, ...(rereadAt ? { rereadAt } : {}) }
}

const PII_ROLE_MISSING = 'AMAZON_PII_ROLE_MISSING'
const REREAD_MS = 60 * 60 * 1000
const REREAD_FOR_MS = 14 * 24 * 60 * 60 * 1000

/** Granting a role does not change an order's update time, so no search would name the order again. */
const rereadTime = ({ orderedAt }: NormalisedOrder, now: number): Date | null =>
  now - Date.parse(orderedAt) < REREAD_FOR_MS ? new Date(now + REREAD_MS) : null

/** Orders that are not for the shop to ship, and those that wait for their payment and have no address yet. */
function notYet(head: WireHead, { includeFba, tools }: OutcomeContext): FetchOutcome | null {
  const orderNumber = head.orderId
  const { marketplaceId } = head.salesChannel ?? {}
  if (marketplaceId && marketplaceId !== MARKETPLACE_JP) {
    return {
      kind: 'skipped',
      orderNumber,
      reason: 'Amazon.co.jp以外のマーケットプレイスの注文のため、取り込みません。',
    }
  }
  if (head.fulfillment?.fulfilledBy === 'AMAZON' && !includeFba) {
    return {
      kind: 'skipped',
      orderNumber,
      reason:
        'FBA（Amazonが出荷する）注文のため、取り込みません。取り込むには店舗設定でFBAの注文を含めてください。',
    }
  }
  const status = head.fulfillment?.fulfillmentStatus ?? ''
  if (status !== 'PENDING' && status !== 'PENDING_AVAILABILITY') return null
  const now = tools.clock.now()
  const waitMs =
    status === 'PENDING' ? pendingWait(now - (parseTime(head.createdTime) ?? now)) : PREORDER_WAIT_MS
  return {
    kind: 'pending',
    orderNumber,
    retryAt: new Date(now + waitMs),
    message: `Amazonのステータスは「${STATUS[status]?.name}」です。確定して住所が得られるまで、自動で再確認します。`,
  }
}

const MINUTE_MS = 60_000
/** A pre-order is paid on its release, and its order mail comes then. */
const PREORDER_WAIT_MS = 12 * 60 * MINUTE_MS

/** A card is authorised within minutes, a convenience store may be visited for days; the order mail comes either way. */
function pendingWait(ageMs: number): number {
  if (ageMs < 60 * MINUTE_MS) return 5 * MINUTE_MS
  return ageMs < 24 * 60 * MINUTE_MS ? 30 * MINUTE_MS : 120 * MINUTE_MS
}
