import { codeTable } from '../../kit/code-table.ts'
import type { FieldReader } from '../../kit/field-reader.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import { paymentKind } from '../codes.ts'
import { timeIn } from '../dates.ts'

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
