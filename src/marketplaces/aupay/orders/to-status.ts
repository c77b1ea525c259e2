import type { FieldReader } from '../../kit/field-reader.ts'
import { emptyPayment, hold, holdsIf } from '../../kit/order-parts.ts'
import { names } from '../../kit/wire.ts'
import type { MallState, NormalisedOrder, OrderHold } from '../../port/order.ts'
import { isPrepaid, paymentKind, STATUSES } from '../codes.ts'
import { CANCELLED } from './to-amounts.ts'

/** Codes that decide whether an order may ship, read once. */
export type OrderCodes = ReturnType<typeof toCodes>

export function toCodes(order: FieldReader) {
  const status = order.text('orderStatus') ?? ''
  return {
    /** The mall's text, or one that the shop named itself; empty when the mall gave none. */
    status,
    cancelled: CANCELLED.has(order.peek('cancelStatus') ?? '') || STATUSES[status]?.state === 'cancelled',
    shipped: order.peek('shipStatus') === 'Y',
    reservation: order.peek('sellMethodSegment') === '2',
    pgResult: order.peek('pgResult'),
  }
}

/** A text that is not the mall's own is a status defined by the shop, a step on the way to dispatch. */
export function toMallState({ status, cancelled, shipped }: OrderCodes): MallState {
  if (cancelled) return 'cancelled'
  const state = STATUSES[status]?.state ?? 'open'
  return state === 'open' && shipped ? 'shipped' : state
}

/** Dispatch was allowed, or has happened. */
const isReleased = (codes: OrderCodes): boolean =>
  codes.status === '発送待ち' || ['shipped', 'completed'].includes(toMallState(codes))

/** Why it must not ship yet; nothing for what ships no more. */
export function toHolds(
  codes: OrderCodes,
  payment: NormalisedOrder['payment'],
  releaseDate: string | null,
  unknownCancels: readonly string[],
): OrderHold[] {
  if (toMallState(codes) !== 'open') return []
  const byStatus = STATUSES[codes.status]?.hold
  const released = releaseDate !== null && /^\d{4}-\d{2}-\d{2}$/.test(releaseDate)
  const until = released ? `${releaseDate}T00:00:00+09:00` : null
  const unknown = unknownCancels.map((code) => code.slice(0, 50)).join('、')
  const unpaidNote =
    codes.pgResult === '1'
      ? '決済に失敗しています。Wow!managerで確認してください。'
      : '入金がまだ確認できません。'
  const unknownCancel = `明細のキャンセル状態が未知の値（${unknown}）です。出荷する明細をWow!managerで確認してください。`
  return [
    ...(byStatus ? [hold(byStatus.kind, byStatus.note, byStatus.kind === 'reserve' ? until : null)] : []),
    ...holdsIf(
      [codes.status === '', 'mall_processing', '受注ステータスを読み取れません。'],
      [unknown !== '', 'mall_processing', unknownCancel],
      [
        codes.reservation && byStatus?.kind !== 'reserve' && codes.status !== '発送待ち',
        'reserve',
        '予約注文です。',
        until,
      ],
      [isUnpaid(payment, codes) && byStatus?.kind !== 'unpaid', 'unpaid', unpaidNote],
    ),
  ]
}

/** A prepayment that has not arrived, or a payment that failed at the gateway (pgResult 1). */
const isUnpaid = ({ status, kind }: NormalisedOrder['payment'], { pgResult }: OrderCodes): boolean =>
  status === 'unpaid' && (isPrepaid(kind) || pgResult === '1')

/** Flags and codes under the mall's names; Y and N where nothing else is said. */
export const STATUS_FIELDS = [
  ...names(
    'contactStatus authorizationStatus paymentStatus shipStatus printStatus cancelStatus settleStatus',
  ),
  ...names('pgResult pointFixedStatus usePointCancel useAuPointCancel elecReceiptIssueStatus'),
]
export const TIME_FIELDS = names('contactDate authorizationDate paymentDate shipDate printDate cancelDate')
export const DAY_FIELDS = names('releaseDate pointFixedDate authoriTimelimitDate')

export function toCancelReason(order: FieldReader): NormalisedOrder['cancelReason'] {
  const reason = { code: order.text('cancelReason'), text: order.text('cancelComment') }
  return reason.code === null && reason.text === null ? null : reason
}

/** Fields about the payment alone; the status flags stay in `mallStatuses` too. */
const PAYMENT_FIELDS = [
  ...names('secureSegment pgResponseCode pgResponseDetail pgOrderId pgRequestPrice pgRequestPriceNormalTax'),
  ...names('pgRequestPriceReducedTax pgRequestPriceNoTax cardJadgement'),
]

export function toPayment(order: FieldReader, billed: number, codes: OrderCodes): NormalisedOrder['payment'] {
  const name = order.text('settlementName')
  const kind = paymentKind(name)
  return {
    ...emptyPayment(),
    kind,
    name,
    status: paymentStatus(order, billed, isReleased(codes) && kind !== 'cod'),
    paidAt: order.peek('paymentStatus') === 'Y' ? order.time('paymentDate') : null,
    mallFields: order.texts(PAYMENT_FIELDS),
  }
}

/**
 * paymentStatus stays N until the parcel has left, even when the money is there. So N alone means "unpaid"
 * only for payments neither authorised nor released. `trusted`: a person released the order, and must have
 * seen the money.
 */
function paymentStatus(
  order: FieldReader,
  billed: number,
  trusted: boolean,
): NormalisedOrder['payment']['status'] {
  const paid = order.peek('paymentStatus')
  if (paid === 'Y' || billed === 0) return 'paid'
  if (order.peek('pgResult') === '1') return 'unpaid'
  if (order.peek('authorizationStatus') === 'Y') return 'authorised'
  return paid === 'N' && !trusted ? 'unpaid' : 'unknown'
}
