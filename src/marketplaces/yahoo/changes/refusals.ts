import { refused } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, Looks } from '../../port/site-changes.ts'

/** What a Yahoo! order just read says about changing it, and the refusals that several actions share. */
export interface OrderFacts {
  /** 1 予約中, 2 処理中, 3 保留, 4 キャンセル, 5 完了 */
  status: string
  payStatus: string | null
  shipStatus: string | null
  seen: boolean
  /** いたずら注文 */
  prank: boolean
  /** The store itself receives the money: bank transfers, COD, what it defined. */
  storeRunPayment: boolean
}

export function factsOf(order: NormalisedOrder): OrderFacts {
  const { PayStatus = null, ShipStatus = null, IsSeen, Suspect } = order.mallStatuses
  return {
    status: order.mallStatus.code,
    payStatus: PayStatus,
    shipStatus: ShipStatus,
    seen: IsSeen === 'true' || IsSeen === '1',
    prank: Suspect === '1',
    storeRunPayment: /^payment_[b-e]\d+$/.test(order.payment.code ?? ''),
  }
}

const holdOf = (order: NormalisedOrder, kind: NormalisedOrder['holds'][number]['kind']) =>
  order.holds.find((hold) => hold.kind === kind)

/** A little after the ten minutes, because Yahoo! speaks of "about". */
const AFTER_WINDOW_MS = 30_000
/** Only IsReadOnly tells that the window is over, and it may stay 1 beyond the ten minutes. */
const WINDOW_LOOKS: Looks = [30_000, 60_000, 60_000, 120_000, 300_000, 900_000]

/** What holds for every change: cancelled, split into other orders, or within the buyer's minutes. */
export function notChangeable(order: NormalisedOrder): ChangePlan | null {
  if (order.mallStatus.code === '4')
    return refused(
      'ORDER_CANCELLED_AT_MALL',
      'Yahoo!ショッピングでキャンセルされています。発送せず、キャンセルとして処理してください。',
    )
  if (order.flags.includes('split_source'))
    return refused(
      'ORDER_SPLIT_AT_MALL',
      'Yahoo!ショッピングで分割された元の注文です。分割後の注文を取り込み、そちらで操作してください。',
    )
  if (!order.flags.includes('read_only')) return null
  const until = holdOf(order, 'buyer_cancel_window')?.until ?? null
  return {
    kind: 'refused',
    code: 'BUYER_CANCEL_WINDOW',
    message:
      '注文から約10分間は購入者がキャンセルできるため、変更できません。キャンセルできる時間が終わると自動で送信しますので、そのままお待ちください。',
    looksAfterMs: WINDOW_LOOKS,
    ...(until ? { retryAt: new Date(Date.parse(until) + AFTER_WINDOW_MS).toISOString() } : {}),
  }
}

export function unknownStatus({ status }: OrderFacts): ChangePlan | null {
  return /^[1-5]$/.test(status)
    ? null
    : refused(
        'UNKNOWN_MALL_STATUS',
        `Yahoo!ショッピングの注文ステータス ${status} には対応していません。ストアクリエイターProで処理してください。`,
      )
}

/** Yahoo!'s review, its verdict, or the store's own mark of a prank: nothing may leave the house. */
export function inFraudReview(order: NormalisedOrder): ChangePlan | null {
  const hold = holdOf(order, 'fraud_check')
  const suspect =
    order.mallStatuses.Suspect === '1' || /^[13]$/.test(order.mallStatuses.FraudHoldStatus ?? '')
  if (!hold && !suspect) return null
  return refused(
    'FRAUD_CHECK',
    `${hold?.note ?? '不正注文の疑いがある注文です。'}ストアクリエイターProで確認が済んでから再実行してください。`,
  )
}

/** Yahoo! says nothing when its review ends. */
const REVIEW_LOOKS: Looks = [30 * 60 * 1000]

/** During the review Yahoo! takes nothing but a cancel, and takes the rest once the order is released. */
export function waitsForReview(order: NormalisedOrder): ChangePlan | null {
  const state = order.mallStatuses.FraudHoldStatus
  if (state === '1')
    return {
      kind: 'refused',
      code: 'FRAUD_CHECK',
      message: 'Yahoo!ショッピングが不正注文を審査中です。審査が終わると自動で送信します。',
      looksAfterMs: REVIEW_LOOKS,
    }
  return state === '3' ? inFraudReview(order) : null
}

export const onHold = (what: string): ChangePlan =>
  refused(
    'ORDER_ON_HOLD',
    `Yahoo!ショッピングで保留中のため${what}できません。保留を解除してから再実行してください。`,
  )

export const prankOrder = (): ChangePlan =>
  refused(
    'FRAUD_CHECK',
    'いたずら注文として登録されているため変更できません。ストアクリエイターProで登録を解除してから再実行してください。',
  )

export const wrongStatus = (message: string): ChangePlan => refused('WRONG_MALL_STATUS', message)

/** Contents of held orders and of pranks cannot be changed (注文内容変更API). */
export const contentsClosed = (facts: OrderFacts, what: string): ChangePlan | null =>
  facts.status === '3' ? onHold(what) : facts.prank ? prankOrder() : null
