import { emptyPayment } from '../../kit/order-parts.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import { installmentsOf, PAYMENTS } from '../codes.ts'
import { toRfc3339 } from '../dates.ts'
import { child, type Raw, without } from './raw.ts'
import { given } from './to-recipient.ts'
import type { WireOrder } from './wire-order.ts'

type Payment = NormalisedOrder['payment']

const MAPPED = new Set(['settlementMethodCode', 'settlementMethod', 'cardName'])

export function toPayment(order: WireOrder, raw: Raw): Payment {
  const settlement = order.SettlementModel
  const known = PAYMENTS[settlement?.settlementMethodCode ?? -1]
  const status = statusOf(order)
  return {
    ...emptyPayment(),
    kind: known?.kind ?? (settlement === null && order.requestPrice === 0 ? 'free' : 'other'),
    code: settlement?.settlementMethodCode?.toString() ?? null,
    name: settlement?.settlementMethod ?? null,
    status,
    paidAt: status === 'paid' && known?.settles === 'before' ? toRfc3339(order.orderFixDatetime) : null,
    dueDate: order.DueDateModelList.find((due) => due.dueDateType === PAYMENT_DUE)?.dueDate ?? null,
    changeUntil: endOfDay(order.DueDateModelList.find((due) => due.dueDateType === CHANGE_DUE)?.dueDate),
    cardBrand: given(settlement?.cardName ?? null),
    cardLast4: /(\d{4})$/.exec(settlement?.cardNumber ?? '')?.[1] ?? null,
    installments: installmentsOf(settlement?.cardPayType ?? null, settlement?.cardInstallmentDesc ?? null),
    mallFields: without(child(raw, 'SettlementModel'), MAPPED),
  }
}

/** dueDateType 支払期限. */
const PAYMENT_DUE = 0
/** 支払方法変更期限. */
const CHANGE_DUE = 1

const endOfDay = (day: string | null | undefined) => (day ? `${day.slice(0, 10)}T23:59:59+09:00` : null)

/** Payments that Rakuten waits for before it lets the order go to 発送待ち (前払い). */
export const isPrepaid = (order: WireOrder): boolean =>
  PAYMENTS[order.SettlementModel?.settlementMethodCode ?? -1]?.settles === 'before' && order.requestPrice > 0

/**
 * Derives the payment status from the progress, since getOrder does not state it: Rakuten moves an order to
 * 300 once the money is there or promised, and to 700 once it has settled.
 */
function statusOf(order: WireOrder): Payment['status'] {
  const progress = order.orderProgress
  if (progress === 900) return 'cancelled'
  if (order.requestPrice === 0 || progress === 700) return 'paid'
  const settles = PAYMENTS[order.SettlementModel?.settlementMethodCode ?? -1]?.settles
  const released = progress === 300 || progress === 500 || progress === 600
  if (settles === 'on_delivery') return 'unpaid'
  if (settles === 'before') return released ? 'paid' : progress < 300 ? 'unpaid' : 'unknown'
  return settles === 'authorised' && released ? 'authorised' : 'unknown'
}
