import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { hold, holdsIf } from '../../kit/order-parts.ts'
import type { MallState, NormalisedOrder, OrderHold } from '../../port/order.ts'
import { cancelReasonName, ORDER_STATUS } from '../codes.ts'
import { parseDay, toRfc3339 } from '../dates.ts'

/** For how long after ordering the buyer may cancel alone (注文検索API, ReadOnlyMode). */
export const READ_ONLY_MS = 10 * 60 * 1000

/** Codes that decide whether an order may ship, read once. */
export type OrderCodes = ReturnType<typeof toCodes>

export function toCodes(order: FieldReader, pay: FieldReader, ship: FieldReader) {
  return {
    status: requiredText(order, 'OrderStatus'),
    shipStatus: ship.peek('ShipStatus'),
    payType: pay.peek('PayType'),
    settleStatus: pay.peek('SettleStatus'),
    fraudHold: order.peek('FraudHoldStatus'),
    readOnly: order.flag('IsReadOnly') === true,
    split: order.flag('IsSplit') === true,
    prank: order.peek('Suspect') === '1',
  }
}

/** @throws WireError */
export function requiredText(order: FieldReader, name: string): string {
  const text = order.text(name)
  if (text === null) throw new WireError(name, 'missing')
  return text
}

/**
 * Converts the statuses for shipping. The source of a split counts as cancelled: its lines continue in its
 * children, so shipping it would ship them twice (注文分割API). `flags` has split_source, and mallStatus keeps
 * Yahoo!'s own code.
 */
export function toMallState({
  status,
  shipStatus,
  split,
}: Pick<OrderCodes, 'status' | 'shipStatus' | 'split'>): MallState {
  if (status === '4' || split) return 'cancelled'
  if (status === '5') return 'completed'
  return shipStatus === '3' || shipStatus === '4' ? 'shipped' : 'open'
}

export interface HoldFacts {
  codes: OrderCodes
  orderedAt: Date
  paymentStatus: NormalisedOrder['payment']['status']
  /** RFC 3339; until then the buyer may choose another payment. */
  payableUntil: string | null
  releaseDates: (string | null)[]
  addressPending: boolean
}

/** Why it must not ship yet; nothing for what ships no more. */
export function toHolds(facts: HoldFacts): OrderHold[] {
  const { codes, orderedAt, releaseDates, payableUntil } = facts
  if (toMallState(codes) !== 'open') return []
  const found = holdsIf(
    [
      codes.readOnly,
      'buyer_cancel_window',
      '注文から約10分間は購入者がキャンセルできます。この間は変更できません。時間が過ぎると自動で読み直します。',
      toRfc3339(new Date(orderedAt.getTime() + READ_ONLY_MS)),
    ],
    [codes.fraudHold === '1', 'fraud_check', 'Yahoo!ショッピングが不正注文を審査中です。'],
    [
      codes.fraudHold === '3',
      'fraud_check',
      'Yahoo!ショッピングが不正注文と判定しました。出荷しないでください。',
    ],
    [codes.prank, 'fraud_check', 'いたずら注文として登録されています。'],
    [codes.status === '1', 'reserve', '予約注文です。', lastDay(releaseDates)],
    [codes.status === '3', 'shop_hold', 'ストアクリエイターProで保留になっています。'],
    [isUnpaid(facts), 'unpaid', unpaidNote(facts), payableUntil],
    [facts.addressPending, 'address_pending', '届け先の入力を待っています。'],
    [!ORDER_STATUS[codes.status], 'mall_processing', `注文ステータスが不明です（${codes.status}）。`],
  )
  // 出荷不可 alone says nothing new where a reason is known.
  return found.length > 0 || codes.shipStatus !== '0' ? found : [NOT_SHIPPABLE]
}

const NOT_SHIPPABLE = hold(
  'mall_processing',
  '出荷ステータスが「出荷不可」です。ストアクリエイターProで注文を確認してください。',
)

/** 8 expired, 9 not authorised yet (決済申込中), 10 authorisation failed: whatever ShipStatus says. */
const UNAUTHORISED: ReadonlySet<string> = new Set(['8', '9', '10'])

const unpaidNote = ({ codes, payableUntil }: HoldFacts): string =>
  codes.settleStatus === '9'
    ? '決済の申込中で、オーソリ（与信）がまだ取れていません。'
    : payableUntil
      ? '入金がまだ確認できません。期限まで購入者が支払方法を変更できます。'
      : '入金がまだ確認できません。'

/** Unpaid prepayments, and payments of any type that Yahoo! could not collect (expired, not authorised). */
function isUnpaid({ codes, paymentStatus }: HoldFacts): boolean {
  if (UNAUTHORISED.has(codes.settleStatus ?? '')) return true
  return codes.payType === '1' && ['unpaid', 'authorised', 'unknown'].includes(paymentStatus)
}

function lastDay(days: (string | null)[]): string | null {
  const last = days
    .filter((day) => day !== null && parseDay(day) !== null)
    .sort()
    .at(-1)
  return last ? `${last}T00:00:00+09:00` : null
}

export function toCancelReason(order: FieldReader, cancelled: boolean): NormalisedOrder['cancelReason'] {
  const code = order.text('CancelReason')
  const detail = order.text('CancelReasonDetail')
  if (code === null && detail === null) return null
  // 0 means "by the system", which an order that is not cancelled carries as a default.
  if (!cancelled && detail === null && code === '0') return null
  const name = code === null ? null : cancelReasonName(code)
  return { code, text: [name, detail].filter(Boolean).join(' ') || null }
}
