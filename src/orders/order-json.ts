import type { z } from 'zod'
import type { Order } from '../generated/prisma/client.ts'
import type { HOLD_KINDS, MALL_STATES, PAYMENT_KINDS } from '../marketplaces/port/order.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { mapBreathing } from '../platform/event-loop.ts'
import type { Logger } from '../platform/logger.ts'
import type { ChangeState, OrderStatus } from '../shops/terms.ts'
import type { OrderLabels, OrderSummary, OrderWithDetail } from './schemas.ts'
import { LISTED, type ListedName, selected } from './store/columns.ts'
import { openDetail } from './store/content.ts'

type Summary = z.infer<typeof OrderSummary>

/** Columns of an order's row that the API shows, named as there. */
export const ORDER_FIELDS = selected(LISTED)
export const DETAIL_FIELD = selected(['sealedDetail', 'sealedOnHoldReason'])

/** A row of ORDER_FIELDS, by Prisma or by pg. */
export type OrderRow = Pick<Order, ListedName>

export type OrderRowWithDetail = OrderRow & Pick<Order, 'sealedDetail' | 'sealedOnHoldReason'>

export function orderSummary(row: OrderRow): Summary {
  const summary: Record<string, unknown> = {}
  for (const name of LISTED) {
    const value = row[name]
    summary[name] = value instanceof Date ? value.toISOString() : value
  }
  summary.mallStatusCode = row.mallStatus
  summary.mallSubStatusCode = row.mallSubStatus
  summary.labels = labelsOf(row)
  return summary as Summary
}

export interface OpenDeps {
  sealer: Pick<Sealer, 'of'>
  log: Pick<Logger, 'error'>
}

export type FullOrder = z.infer<typeof OrderWithDetail>

/** An order that cannot be opened any more is told as such: it must not keep the other 999 of a pull back. */
export function fullOrder(deps: OpenDeps, tenantId: string, row: OrderRowWithDetail): FullOrder {
  const onHoldReason = openReason(deps.sealer.of(tenantId), row.id, row.sealedOnHoldReason)
  const summary = { ...orderSummary(row), onHoldReason }
  if (row.sealedDetail === null)
    return { ...summary, detail: null, detailMissing: row.erasedAt ? 'erased' : 'purged' }
  try {
    const detail = openDetail(deps.sealer.of(tenantId), row.id, row.sealedDetail)
    return { ...summary, detail, detailMissing: null }
  } catch (err) {
    deps.log.error({ err, orderId: row.id }, 'detail of an order cannot be opened')
    return { ...summary, detail: null, detailMissing: 'unreadable' }
  }
}

/** Of an order and of its timeline, so that a statement can copy it from one to the other. */
export const reasonContext = (orderId: string): string => `order:${orderId}:on_hold_reason`

/** Null for one that cannot be opened, too. */
export const openReason = (sealer: RowSealer, orderId: string, sealed: Uint8Array | null): string | null =>
  sealed && ifOpens(() => sealer.open(reasonContext(orderId), sealed).toString('utf8'))

/** Opening a thousand orders takes a tenth of a second or more. */
export const fullOrders = (
  deps: OpenDeps,
  tenantId: string,
  rows: readonly OrderRowWithDetail[],
): Promise<FullOrder[]> => mapBreathing(rows, (row) => fullOrder(deps, tenantId, row))

// Labels of an order's codes for staff. Clients may show them as they are, also for unknown codes.

const STATUS: Record<z.infer<typeof OrderStatus>, string> = {
  auto_imported: '自動受注取込',
  new: '新規受付',
  awaiting_payment: '入金待ち',
  ready_to_ship: '出荷待ち',
  shipped: '出荷済み',
  completed: '完了',
  on_hold: '保留',
  cancelled: 'キャンセル',
}

/** Nothing is done with such an order any more. */
export const CLOSED_STATUSES: readonly string[] = ['shipped', 'completed', 'cancelled']

/**
 * How far an order's cancellation is: done, here or at its mall, or asked for and not ended, which may take a
 * mall's days. Nothing of either leaves. Whether a failed one is tried again is for staff to say.
 */
export function cancellationOf({
  status,
  mallState,
  cancelUnderWay,
}: {
  status: string
  mallState: string
  cancelUnderWay: boolean
}): 'done' | 'under_way' | null {
  if (status === 'cancelled' || mallState === 'cancelled') return 'done'
  return cancelUnderWay ? 'under_way' : null
}

const CHANGE_STATE: Record<z.infer<typeof ChangeState>, string> = {
  none: '変更なし',
  queued: '待機中',
  changing: '変更中',
  succeeded: '成功',
  warning: '警告あり',
  failed: '失敗',
}

const MALL_STATE: Record<(typeof MALL_STATES)[number], string> = {
  open: '未発送',
  shipped: '発送済',
  completed: '完了',
  cancelled: 'キャンセル',
}

const PAYMENT: Record<(typeof PAYMENT_KINDS)[number], string> = {
  credit_card: 'クレジットカード',
  cod: '代金引換',
  bank_transfer: '銀行振込',
  convenience_store: 'コンビニ',
  carrier_billing: 'キャリア決済',
  e_money: '電子マネー',
  wallet: 'ID決済・スマホ決済',
  deferred: '後払い',
  invoice: '請求書',
  loan: 'ローン',
  points: 'ポイント',
  free: '支払なし',
  other: 'その他',
}

const HOLD: Record<(typeof HOLD_KINDS)[number], string> = {
  fraud_check: '不正確認中',
  reserve: '予約',
  unpaid: '未入金',
  buyer_cancel_window: '購入者キャンセル可能時間',
  mall_processing: 'モール処理中',
  change_pending: '変更確定待ち',
  address_pending: '住所入力待ち',
  amount_pending: '金額未確定',
  shop_hold: 'モール側保留',
}

const FLAG: Record<string, string> = {
  cancelled_at_mall: 'モールでキャンセル',
  changed_at_mall: 'モールで変更あり',
  cancel_pending: 'キャンセル受付中',
  cancel_requested: 'キャンセル依頼あり',
  partly_cancelled: '一部キャンセル',
  caution: '要注意',
  caution_cancelled: '要注意（解除済み）',
  unknown_status: '未知のモールステータス',
  custom_status: '独自ステータス',
  read_only: 'モールで変更不可',
  gift: 'ギフト',
  social_gift: 'eギフト',
  line_gift: 'LINEギフト',
  drug: '医薬品',
  age_check: '年齢確認',
  identity_check: '本人確認',
  signature: '受領サイン',
  serial_number_required: 'シリアル番号が必要',
  transparency: 'Transparencyコードが必要',
  customised: 'カスタマイズ商品',
  multi_recipient: '複数送付先',
  multi_ship: '複数配送',
  remote_area: '離島・遠隔地',
  express: '早期配達',
  remarks: '備考あり',
  prime: 'プライム',
  reservation: '予約',
  subscription: '定期',
  pickup: '店舗・コンビニ受取',
  auction: 'オークション',
  deal: 'DEAL',
  split_source: '分割元',
  split_child: '分割先',
  cross_border: '越境',
  fba: 'FBA（モールが出荷）',
  fbm_ship_plus: 'FBM Ship+（モールの配送ラベル）',
  easy_ship: 'Easy Ship（モールが集荷）',
  business: '法人購入',
  premium: 'プレミアム',
  refunded: '全額返金済み',
  test_order: 'テスト注文',
}

const word = (words: Readonly<Record<string, string>>, code: string): string =>
  Object.hasOwn(words, code) ? (words[code] ?? code) : code

export const statusLabel = (status: string): string => word(STATUS, status)

export const holdLabels = (holds: readonly string[]): string[] => holds.map((code) => word(HOLD, code))

export const labelsOf = (order: {
  status: string
  changeState: string
  mallState: string
  paymentKind: string | null
  holds: readonly string[]
  flags: readonly string[]
}): z.infer<typeof OrderLabels> => ({
  status: word(STATUS, order.status),
  changeState: word(CHANGE_STATE, order.changeState),
  mallState: word(MALL_STATE, order.mallState),
  paymentKind: order.paymentKind === null ? null : word(PAYMENT, order.paymentKind),
  holds: holdLabels(order.holds),
  flags: order.flags.map((code) => word(FLAG, code)),
})
