import type { FieldReader } from '../../kit/field-reader.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import { isPrepaid, paymentKind } from '../codes.ts'

type Payment = NormalisedOrder['payment']

/** Fields about the payment alone; the status flags stay in `mallStatuses` too. */
const FIELDS = [
  'secureSegment',
  'pgResponseCode',
  'pgResponseDetail',
  'pgOrderId',
  'pgRequestPrice',
  'pgRequestPriceNormalTax',
  'pgRequestPriceReducedTax',
  'pgRequestPriceNoTax',
  'cardJadgement',
] as const

/** @param released whether the shop, or the mall, has let the order go to dispatch or beyond */
export function toPayment(order: FieldReader, billed: number, released: boolean): Payment {
  const name = order.text('settlementName')
  const kind = paymentKind(name)
  return {
    kind,
    code: null,
    name,
    combinedName: null,
    status: paymentStatus(order, billed, released && kind !== 'cod'),
    paidAt: order.peek('paymentStatus') === 'Y' ? order.time('paymentDate') : null,
    dueDate: null,
    changeUntil: null,
    parts: [],
    cardBrand: null,
    cardLast4: null,
    installments: null,
    mallFields: Object.fromEntries(FIELDS.map((field) => [field, order.text(field)])),
  }
}

/**
 * paymentStatus stays N until the parcel has left, even when the money is there. So N alone means "unpaid"
 * only for payments neither authorised nor released. `trusted`: a person released the order, and must have
 * seen the money.
 */
function paymentStatus(order: FieldReader, billed: number, trusted: boolean): Payment['status'] {
  const paid = order.peek('paymentStatus')
  if (paid === 'Y' || billed === 0) return 'paid'
  if (order.peek('pgResult') === '1') return 'unpaid'
  if (order.peek('authorizationStatus') === 'Y') return 'authorised'
  return paid === 'N' && !trusted ? 'unpaid' : 'unknown'
}

/** True for a prepayment that has not arrived, or a payment that failed at the gateway (pgResult 1). */
export const isUnpaid = (payment: Payment, pgResult: string | null): boolean =>
  payment.status === 'unpaid' && (isPrepaid(payment.kind) || pgResult === '1')
