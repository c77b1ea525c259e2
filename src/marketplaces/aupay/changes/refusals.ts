import { refused } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/code-table.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'
import { isPrepaid } from '../codes.ts'

/** Reasons for which a change must not be sent for the order just read, and the next status where it may. */

export const statusOf = (order: NormalisedOrder): string => order.mallStatus.code

export const cancelled = (order: NormalisedOrder): ChangePlan | null =>
  order.mallState === 'cancelled'
    ? refused(
        'ORDER_CANCELLED_AT_MALL',
        'au PAY マーケットで注文がキャンセルされています。発送せず、キャンセルとして処理してください。',
      )
    : null

/** Statuses that the mall, or the buyer, set and that the shop answers on the mall's own screen. */
const NOT_THE_SHOPS = codeTable<ChangePlan>({
  キャンセル受付中: refused(
    'CANCEL_REQUESTED',
    '購入者のキャンセル申請を受け付け中です。発送せず、Wow!managerで対応を決めてください。',
  ),
  不正取引審査中: refused(
    'FRAUD_CHECK',
    'au PAY マーケットが不正取引を審査中のため変更できません。審査が終わってから再実行してください。',
  ),
  審査保留: refused(
    'FRAUD_CHECK',
    '不正取引の審査が保留中のため変更できません。審査が終わってから再実行してください。',
  ),
  審査NG: refused(
    'FRAUD_CHECK',
    '不正取引の審査でNGになった注文です。発送せず、Wow!managerで確認してください。',
  ),
  与信待ち: refused(
    'AUTHORISATION_PENDING',
    '与信の結果を待っているため変更できません。与信が取れてから再実行してください。',
  ),
  '': refused('UNKNOWN_MALL_STATUS', '受注ステータスを読み取れません。Wow!managerで注文を確認してください。'),
})

export const notTheShops = (order: NormalisedOrder): ChangePlan | null =>
  NOT_THE_SHOPS[statusOf(order)] ?? null

const RESERVED: ReadonlySet<string> = new Set(['新規予約', '予約中'])

export const isUnconfirmed = (order: NormalisedOrder): boolean =>
  order.mallState === 'open' && (statusOf(order) === '新規受付' || RESERVED.has(statusOf(order)))

/**
 * Refuses changes of a reservation: the mall does not document its allowed transitions, although all statuses
 * can be set.
 */
export const reserved = (order: NormalisedOrder): ChangePlan | null =>
  RESERVED.has(statusOf(order)) ? RESERVATION : null

export const RESERVATION = refused(
  'RESERVATION',
  '予約注文のため、このサイト変更はできません。注文確認で「発送待ち」にするか、発送する場合は「注文確認をしてから発送」を指定して再実行してください。',
)

/** pgResult 1. */
export const paymentFailed = (order: NormalisedOrder): ChangePlan | null =>
  order.mallStatuses.pgResult === '1'
    ? refused('PAYMENT_FAILED', '決済に失敗している注文です。Wow!managerで決済の状態を確認してください。')
    : null

export const UNPAID = refused(
  'NOT_PAID',
  '入金がまだ確認できないため変更できません。入金を確認し、「入金済み」にしてから再実行してください。',
)

export const ON_HOLD = refused(
  'ON_HOLD',
  'Wow!managerで「保留」になっています。保留を解除してから再実行してください。',
)

const NOT_CONFIRMED = refused(
  'NOT_CONFIRMED',
  'au PAY マーケットのステータスが「新規受付」のままです。先に注文確認をするか、「注文確認をしてから発送」を指定して再実行してください。',
)

/** The shop's own next moves come first: 保留解除, 注文確認. */
export const waitsForShop = (order: NormalisedOrder): ChangePlan | null =>
  statusOf(order) === '保留' ? ON_HOLD : statusOf(order) === '新規受付' ? NOT_CONFIRMED : null

export const alreadyShipped = (what: string) =>
  refused('ALREADY_SHIPPED', `au PAY マーケットではすでに発送済みです。${what}`)

const isPaid = ({ payment }: NormalisedOrder) => payment.status === 'paid'

/** True for a prepayment that is not confirmed. */
export const waitsForPayment = (order: NormalisedOrder): boolean =>
  isPrepaid(order.payment.kind) && !isPaid(order)

/**
 * Returns the status after 注文確認, or after a hold: 発送前入金待ち for prepayments; 発送待ち for cards, carrier billing,
 * cash on delivery and payment after delivery. A payment of unknown kind without authorisation is left to a
 * person.
 */
export function confirmedStatus(order: NormalisedOrder): string | ChangePlan {
  if (waitsForPayment(order)) return '発送前入金待ち'
  const known = order.payment.kind !== 'other' || isPaid(order) || order.payment.status === 'authorised'
  return known
    ? '発送待ち'
    : refused(
        'PAYMENT_KIND_UNKNOWN',
        '支払方法から次のステータスを決められません。Wow!managerでステータスを変更してください。',
      )
}

/** The mall completes payments that it authorised; only payment after delivery is still awaited. */
export const shippedStatus = (order: NormalisedOrder, markPaid: boolean): string =>
  order.payment.kind === 'deferred' && !isPaid(order) && !markPaid ? '発送後入金待ち' : '完了'
