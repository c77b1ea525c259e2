import { t } from './i18n.ts'
import type { CHANGE_STATES, ORDER_STATUSES } from './list/order-query.ts'
import { dueDay } from './parts/format.ts'

/** The seller's words for the API's codes. One word for one thing, in both languages. */

export type OrderStatus = (typeof ORDER_STATUSES)[number]

const STATUS: Record<OrderStatus, readonly [string, string]> = {
  auto_imported: ['自動受注取込', 'Auto-imported'],
  new: ['新規受付', 'New'],
  awaiting_payment: ['入金待ち', 'Awaiting payment'],
  ready_to_ship: ['出荷待ち', 'Ready to ship'],
  shipped: ['出荷済み', 'Shipped'],
  completed: ['完了', 'Completed'],
  on_hold: ['保留', 'On hold'],
  cancelled: ['キャンセル', 'Cancelled'],
}
export const statusWord = (status: OrderStatus): string => t(...STATUS[status])

/** Here or at the mall: nobody packs it, and what is printed of it says so. */
export const isCancelled = (order: { status: string; mallState: string }): boolean =>
  order.status === 'cancelled' || order.mallState === 'cancelled'

/** As src/orders/order-json.ts: nothing of either leaves. */
export function cancellationOf(order: {
  status: string
  mallState: string
  cancelUnderWay: boolean
}): 'done' | 'under_way' | null {
  if (isCancelled(order)) return 'done'
  return order.cancelUnderWay ? 'under_way' : null
}

/** 12/1まで, the date of 保留. */
export const untilWord = (day: string): string => t(`${dueDay(day)}まで`, `until ${dueDay(day)}`)

export type ChangeState = (typeof CHANGE_STATES)[number]

const CHANGE: Record<ChangeState, readonly [string, string]> = {
  none: ['', ''],
  queued: ['待機中', 'Queued'],
  changing: ['変更中', 'Changing'],
  succeeded: ['成功', 'Succeeded'],
  warning: ['警告あり', 'Warning'],
  failed: ['失敗', 'Failed'],
}
export const changeWord = (state: ChangeState): string => t(...CHANGE[state])

const ACTIONS = {
  confirm: ['注文確認', 'Confirm'],
  ship: ['発送完了', 'Ship'],
  mark_paid: ['入金済み', 'Mark paid'],
  complete: ['完了', 'Complete'],
  hold: ['モール側保留', 'Hold at the mall'],
  release: ['モール側保留の解除', 'Release at the mall'],
  cancel: ['キャンセル', 'Cancel'],
  memo: ['メモ', 'Memo'],
  sub_status: ['サブステータス', 'Sub-status'],
  correct_shipment: ['発送情報の訂正', 'Correct shipment'],
  change_content: ['注文内容の変更', 'Change contents'],
} satisfies Record<string, [string, string]>
export type ChangeAction = keyof typeof ACTIONS
export const isAction = (code: unknown): code is ChangeAction =>
  typeof code === 'string' && Object.hasOwn(ACTIONS, code)
export const actionWord = (action: ChangeAction): string => t(ACTIONS[action][0], ACTIONS[action][1])

const HOLDS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['fraud_check', ['不正確認中', 'Fraud check']],
  ['reserve', ['予約', 'Reservation']],
  ['unpaid', ['未入金', 'Unpaid']],
  ['buyer_cancel_window', ['購入者取消可', 'Buyer may cancel']],
  ['mall_processing', ['モール処理中', 'Mall is working']],
  ['change_pending', ['変更確定待ち', 'Change pending']],
  ['address_pending', ['住所待ち', 'Address pending']],
  ['amount_pending', ['金額未確定', 'Amount pending']],
  ['shop_hold', ['モール側保留', 'Held by the mall']],
])
export const HOLD_KINDS: readonly string[] = [...HOLDS.keys()]
export const holdWord = (kind: string): string => word(HOLDS, kind)

const PAYMENTS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['credit_card', ['カード', 'Card']],
  ['cod', ['代引', 'COD']],
  ['bank_transfer', ['銀行振込', 'Bank transfer']],
  ['convenience_store', ['コンビニ', 'Convenience store']],
  ['carrier_billing', ['キャリア', 'Carrier billing']],
  ['e_money', ['電子マネー', 'E-money']],
  ['wallet', ['ウォレット', 'Wallet']],
  ['deferred', ['後払い', 'Deferred']],
  ['invoice', ['請求書', 'Invoice']],
  ['loan', ['ローン', 'Loan']],
  ['points', ['ポイント', 'Points']],
  ['free', ['無料', 'Free']],
  ['other', ['その他', 'Other']],
])
export const PAYMENT_KINDS: readonly string[] = [...PAYMENTS.keys()]
export const paymentWord = (kind: string): string => word(PAYMENTS, kind)

const MALL_STATES: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['open', ['未発送', 'Open']],
  ['shipped', ['発送済み', 'Shipped']],
  ['completed', ['完了', 'Completed']],
  ['cancelled', ['キャンセル', 'Cancelled']],
])
export const mallStateWord = (state: string): string => word(MALL_STATES, state)

const ROLES: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['owner', ['管理者', 'Owner']],
  ['staff', ['担当者', 'Staff']],
  ['read_only', ['閲覧のみ', 'Read only']],
  ['operator', ['運営者', 'Operator']],
  ['operator_without_personal_data', ['運営者（個人情報なし）', 'Operator without personal data']],
])
export const roleWord = (role: string): string => word(ROLES, role)

function word(words: ReadonlyMap<string, readonly [string, string]>, code: string): string {
  const known = words.get(code)
  return known ? t(...known) : code
}
