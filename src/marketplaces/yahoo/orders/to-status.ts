import { codeTable } from '../../kit/codes.ts'
import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { hold, holdsIf } from '../../kit/order-parts.ts'
import type { MallState, NormalisedOrder, OrderHold } from '../../port/order.ts'
import { cancelReasonName, ORDER_STATUS, paymentKind } from '../codes.ts'
import { parseDay, timeIn, toRfc3339 } from '../wire.ts'

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
    [
      codes.status === '8',
      'mall_processing',
      '繰上げ同意待ちです。落札者の同意が得られるまで出荷しないでください。',
    ],
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

type Payment = NormalisedOrder['payment']

/** Reads the Pay group except the buyer, who must have been read before: unread fields become mallFields. */
export function toPayment(pay: FieldReader, detail: FieldReader): Payment {
  const code = pay.text('PayMethod')
  const kind = paymentKind(code, pay.peek('PayKind'))
  const term = pay.peek('PaymentTerm')
  const payment = {
    kind,
    code,
    name: pay.text('PayMethodName'),
    combinedName: pay.text('CombinedPayMethodName'),
    status: paymentStatus(pay.peek('PayStatus'), pay.peek('SettleStatus')),
    paidAt: paidAt(pay),
    // `YYYY-MM-DD HH:MM:SS`; the day is what staff need, the term itself stays among the mall's fields.
    dueDate: timeIn(term)?.slice(0, 10) ?? term,
    cardBrand: pay.text('CardBrand'),
    cardLast4: pay.text('CardNumberLast4'),
    installments: installments(pay.peek('CardPayCount')),
    // The buyer of a payment that failed has until then to choose another one.
    changeUntil: timeIn(pay.peek('PayMethodChangeDeadline')),
    parts: toParts(pay, detail),
  }
  return { ...payment, mallFields: pay.rest() }
}

/**
 * SettleStatus knows more than PayStatus where Yahoo! runs the payment: refunds, cancelled sales, an
 * authorisation that failed after PayStatus was set.
 */
export function paymentStatus(payStatus: string | null, settleStatus: string | null): Payment['status'] {
  const settled = settleStatus === null ? undefined : BY_SETTLE_STATUS[settleStatus]
  if (settled) return settled
  if (payStatus === '1') return 'paid'
  if (settleStatus === '1') return 'authorised'
  return payStatus === '0' ? 'unpaid' : 'unknown'
}

const BY_SETTLE_STATUS: Readonly<Record<string, Payment['status']>> = codeTable<Payment['status']>({
  3: 'paid',
  5: 'paid',
  6: 'cancelled',
  7: 'refunded',
  8: 'unpaid',
  9: 'unpaid',
  10: 'unpaid',
  11: 'cancelled',
  // Suicaアドレスエラー: the request for payment reached nobody.
  12: 'unpaid',
})

/** The beginning of the day; for payments that Yahoo! runs often empty, then the moment of the payment. */
function paidAt(pay: FieldReader): string | null {
  const day = pay.day('PayDate')
  if (day !== null) return /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00+09:00` : day
  return pay.peek('PayStatus') === '1' ? timeIn(pay.peek('PayActionTime')) : null
}

/** Two means of payment with the amount of each; the amounts stay in the mall's fields too. */
function toParts(pay: FieldReader, detail: FieldReader): Payment['parts'] {
  if (pay.peek('CombinedPayMethod') === null) return []
  return ['', 'Combined'].map((prefix) => ({
    code: pay.peek(`${prefix}PayMethod`),
    name: pay.peek(`${prefix}PayMethodName`),
    amount: detail.number(`${prefix}PayMethodAmount`),
  }))
}

/** CardPayType 1 to 4 has no published wording and stays a field of the mall; the count says it. */
function installments(count: string | null): string | null {
  return count !== null && /^\d{1,3}$/.test(count) && Number(count) > 1 ? `${Number(count)}回払い` : null
}
