import type { NormalisedOrder } from '../../port/order.ts'
import { isGiftCard, paymentOf, STATUS } from '../codes.ts'
import { leftover, type Raw } from './raw.ts'
import type { WireOrder } from './wire.ts'

type Payment = NormalisedOrder['payment']
type Executions = NonNullable<WireOrder['payment']>['paymentExecutions']

/** Chooses points and gift cards only when there is nothing else: cash on delivery or a charge decides. */
export function toPayment(order: WireOrder, raw: Raw): Payment {
  const executions = order.payment?.paymentExecutions ?? []
  const means = executions.filter(({ paymentMethod }) => !isPrepaid(paymentMethod))
  const [main, ...others] = means.length > 0 ? means : executions
  const known = paymentOf(main?.paymentMethod ?? null)
  const kind = known?.kind ?? kindWithoutMethod(order, main !== undefined)
  const second = others.map(({ paymentMethod }) => paymentOf(paymentMethod)?.name ?? paymentMethod)
  return {
    kind,
    code: main?.paymentMethod ?? null,
    name: known?.name ?? main?.paymentMethod ?? (kind === 'cod' ? '代金引換' : null),
    combinedName: second.length === 0 ? null : second.join('、'),
    status: statusOf(order, kind),
    paidAt: null,
    dueDate: null,
    changeUntil: null,
    parts: executions.length < 2 ? [] : executions.map(toPart),
    cardBrand: main?.cardBrand ?? null,
    cardLast4: null,
    installments: null,
    mallFields: leftover(raw.payment, []),
  }
}

const toPart = ({ paymentMethod, paymentAmount }: Executions[number]) => ({
  code: paymentMethod,
  name: paymentOf(paymentMethod)?.name ?? paymentMethod,
  amount: paymentAmount,
})

const isPrepaid = (method: string | null) => paymentOf(method)?.kind === 'points' || isGiftCard(method)

function kindWithoutMethod(order: WireOrder, named: boolean): Payment['kind'] {
  if (named) return 'other'
  if (isCollected(order)) return 'cod'
  return order.proceeds?.grandTotal === 0 ? 'free' : 'other'
}

/** The carrier collects: said by a fee or by the lines, also where the payment itself is not named. */
const isCollected = (order: WireOrder): boolean =>
  (order.proceeds?.breakdowns ?? []).some(({ type, subtotal }) => type === 'COD_FEE' && subtotal > 0) ||
  order.orderItems.some(
    (item) => item.fulfillment?.shipping?.shippingConstraints?.cashOnDelivery === 'MANDATORY',
  )

/**
 * Derives the payment status, which Amazon does not state. UNSHIPPED means that the payment is authorised, or
 * was made at a convenience store; a card is charged when the shipment is confirmed.
 */
function statusOf(order: WireOrder, kind: Payment['kind']): Payment['status'] {
  const status = order.fulfillment?.fulfillmentStatus ?? ''
  const state = STATUS[status]?.state
  if (state === undefined || status === 'UNFULFILLABLE') return 'unknown'
  if (state === 'cancelled') return 'cancelled'
  if (kind === 'cod' || status.startsWith('PENDING')) return 'unpaid'
  if (state === 'shipped' || kind === 'convenience_store' || kind === 'points' || kind === 'free')
    return 'paid'
  return 'authorised'
}
