import { refused } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/code-table.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'

/** Why a change must not be sent as the order just read stands. */

export const statusOf = (order: NormalisedOrder): string => order.mallStatus.code

export const cancelled = (order: NormalisedOrder): ChangePlan | null =>
  order.mallState === 'cancelled'
    ? refused(
        'ORDER_CANCELLED_AT_MALL',
        'au PAY マーケットで注文がキャンセルされています。発送せず、キャンセルとして処理してください。',
      )
    : null

/** Statuses that the mall, or the buyer, set and that the shop answers on the mall's own screen. */
const NOT_THE_SHOPS: Readonly<Record<string, { code: string; message: string }>> = codeTable<{
  code: string
  message: string
}>({
  キャンセル受付中: {
    code: 'CANCEL_REQUESTED',
    message: '購入者のキャンセル申請を受け付け中です。発送せず、Wow!managerで対応を決めてください。',
  },
  不正取引審査中: {
    code: 'FRAUD_CHECK',
    message:
      'au PAY マーケットが不正取引を審査中のため変更できません。審査が終わってから再実行してください。',
  },
  審査保留: {
    code: 'FRAUD_CHECK',
    message: '不正取引の審査が保留中のため変更できません。審査が終わってから再実行してください。',
  },
  審査NG: {
    code: 'FRAUD_CHECK',
    message: '不正取引の審査でNGになった注文です。発送せず、Wow!managerで確認してください。',
  },
  与信待ち: {
    code: 'AUTHORISATION_PENDING',
    message: '与信の結果を待っているため変更できません。与信が取れてから再実行してください。',
  },
  '': {
    code: 'UNKNOWN_MALL_STATUS',
    message: '受注ステータスを読み取れません。Wow!managerで注文を確認してください。',
  },
})

export function notTheShops(order: NormalisedOrder): ChangePlan | null {
  const why = NOT_THE_SHOPS[statusOf(order)]
  return why ? refused(why.code, why.message) : null
}

const RESERVED: ReadonlySet<string> = new Set(['新規予約', '予約中'])

/** Which statuses of a reservation the mall takes from where is not documented; all of them can be set. */
export const reserved = (order: NormalisedOrder): ChangePlan | null =>
  RESERVED.has(statusOf(order)) ? reservation() : null

export const reservation = () =>
  refused(
    'RESERVATION',
    '予約注文のため、このサイト変更はできません。注文確認で「発送待ち」にするか、発送する場合は「注文確認をしてから発送」（confirmFirst）を指定して再実行してください。',
  )

/** pgResult 1. */
export const paymentFailed = (order: NormalisedOrder): ChangePlan | null =>
  order.mallStatuses.pgResult === '1'
    ? refused('PAYMENT_FAILED', '決済に失敗している注文です。Wow!managerで決済の状態を確認してください。')
    : null

export const unpaid = () =>
  refused(
    'NOT_PAID',
    '入金がまだ確認できないため変更できません。入金を確認し、「入金済み」にしてから再実行してください。',
  )

export const onHold = () =>
  refused('ON_HOLD', 'Wow!managerで「保留」になっています。保留を解除してから再実行してください。')

export const notConfirmed = () =>
  refused(
    'NOT_CONFIRMED',
    'au PAY マーケットのステータスが「新規受付」のままです。先に注文確認をするか、「注文確認をしてから発送」（confirmFirst）を指定して再実行してください。',
  )

export const alreadyShipped = (what: string) =>
  refused('ALREADY_SHIPPED', `au PAY マーケットではすでに発送済みです。${what}`)
