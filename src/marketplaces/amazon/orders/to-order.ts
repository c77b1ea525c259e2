import { factsOf } from '../../../platform/narrow.ts'
import { checkSums } from '../../kit/checks.ts'
import { malformed } from '../../kit/http-failures.ts'
import type { NormalisedOrder, OrderReversal } from '../../port/order.ts'
import { ASSOCIATIONS, FAST_LEVELS, isGiftCard, paymentOf, SERVICE_LEVELS, STATUS } from '../codes.ts'
import { toDay, toRfc3339 } from '../dates.ts'
import { AMAZON } from '../facts.ts'
import { flagsOf, holdsOf, warningsOf } from './holds.ts'
import { entryOf, leftover, type Raw } from './raw.ts'
import { quantityWarnings, sumChecks } from './sums.ts'
import { taxOnTop, toAmounts } from './to-amounts.ts'
import { toItem } from './to-item.ts'
import { toBuyer, toGift, toRecipient } from './to-recipient.ts'
import { WireHead, WireOrder } from './wire.ts'

/** Fields with a lossless place of their own. Breakdowns are kept: their types and states are summed up only. */
const MAPPED = [
  'orderId',
  'createdTime',
  'lastUpdatedTime',
  'buyer.buyerName',
  'buyer.buyerEmail',
  'buyer.buyerCompanyName',
  'recipient',
  'payment',
  'orderItems',
  'packages',
  'fulfillment.fulfillmentStatus',
  'fulfillment.fulfilledBy',
  'fulfillment.fulfillmentServiceLevel',
]

/**
 * Reads the fields that decide how an order is handled.
 * @throws MarketplaceFailure `malformed` when identity is missing
 */
export function readHead(model: unknown): WireHead {
  const parsed = WireHead.safeParse(model)
  if (!parsed.success) throw unreadable(model, parsed.error.issues[0]?.path ?? [])
  return parsed.data
}

/**
 * Converts an Order of Orders API v2026-01-01 into the normalised order.
 * @throws MarketplaceFailure `malformed`, with the raw answer and without personal data in its message, when
 * identity, an amount or a quantity cannot be read
 */
export function toOrder(model: unknown, shopCode: string): NormalisedOrder {
  const parsed = WireOrder.safeParse(model)
  if (!parsed.success) throw unreadable(model, parsed.error.issues[0]?.path ?? [])
  const order = parsed.data
  const orderedAt = toRfc3339(order.createdTime)
  if (orderedAt === null) throw unreadable(model, ['createdTime'])
  const normalised = assemble(order, factsOf(model), { shopCode, orderedAt })
  return {
    ...normalised,
    warnings: [...checkSums(normalised, sumChecks(order)), ...quantityWarnings(order), ...warningsOf(order)],
  }
}

function unreadable(model: unknown, path: readonly PropertyKey[]) {
  return malformed(AMAZON, `項目 ${path.map(String).join('.') || 'Order'}`, JSON.stringify(model) ?? '')
}

function assemble(
  order: WireOrder,
  raw: Raw,
  known: Pick<NormalisedOrder, 'shopCode' | 'orderedAt'>,
): NormalisedOrder {
  const gift = toGift(order)
  const updatedAt = toRfc3339(order.lastUpdatedTime)
  return {
    marketplace: 'amazon',
    ...known,
    orderNumber: order.orderId,
    updatedAt,
    device: null,
    ...toStatus(order),
    times: toTimes(order),
    buyer: toBuyer(order),
    recipients: [toRecipient(order, raw)],
    items: toItems(order, raw),
    ...toAmounts(order),
    payment: toPayment(order, raw),
    delivery: toDelivery(order),
    receiptWanted: null,
    reversals: toReversals(order),
    gift,
    notes: {
      buyer: order.recipient?.deliveryPreference?.addressInstruction ?? null,
      shop: null,
      mail: null,
      operator: null,
    },
    subscription: toSubscription(order),
    relatedOrders: order.associatedOrders.flatMap(({ orderId, associationType }) =>
      orderId === null
        ? []
        : [
            {
              relation: ASSOCIATIONS[associationType ?? ''] ?? associationType ?? 'other',
              orderNumber: orderId,
            },
          ],
    ),
    holds: holdsOf(order),
    flags: flagsOf(order, gift),
    warnings: [],
    mallFields: leftover(
      raw,
      updatedAt === null ? MAPPED.filter((name) => name !== 'lastUpdatedTime') : MAPPED,
    ),
  }
}

function toStatus(order: WireOrder) {
  const code = order.fulfillment?.fulfillmentStatus ?? ''
  const known = STATUS[code]
  return {
    mallState: known?.state ?? 'open',
    mallStatus: { code, name: known?.name ?? null },
    mallSubStatus: null,
    mallStatuses: {
      fulfilledBy: order.fulfillment?.fulfilledBy ?? null,
      packageStatus: order.packages.at(-1)?.packageStatus?.status ?? null,
    },
    cancelReason: known?.state === 'cancelled' ? cancelReason(order) : null,
  } satisfies Partial<NormalisedOrder>
}

/** Uses the cancelling party as the reason's code; Amazon has no code of its own. */
function cancelReason(order: WireOrder): NormalisedOrder['cancelReason'] {
  const execution = order.orderItems
    .map((item) => item.cancellation?.cancellationExecution ?? null)
    .find((one) => one !== null)
  return execution ? { code: execution.cancelledBy, text: execution.cancelReason } : null
}

/**
 * Amazon reports that a line was removed from an order that continues, but neither the count of pieces nor
 * the money.
 */
const toReversals = (order: WireOrder): OrderReversal[] =>
  order.fulfillment?.fulfillmentStatus === 'CANCELLED'
    ? []
    : order.orderItems.flatMap(({ orderItemId, cancellation }) => {
        const execution = cancellation?.cancellationExecution ?? null
        if (execution === null) return []
        return [
          {
            ...{ kind: 'partial_cancel', lineId: orderItemId, quantity: null, amount: null },
            ...{ state: execution.cancelledBy, at: null, reason: execution.cancelReason },
          },
        ]
      })

function toTimes({ fulfillment }: WireOrder): NormalisedOrder['times'] {
  return {
    shipByEarliest: toRfc3339(fulfillment?.shipByWindow?.earliestDateTime ?? null),
    shipByLatest: toRfc3339(fulfillment?.shipByWindow?.latestDateTime ?? null),
    deliverByEarliest: toRfc3339(fulfillment?.deliverByWindow?.earliestDateTime ?? null),
    deliverByLatest: toRfc3339(fulfillment?.deliverByWindow?.latestDateTime ?? null),
    labelPrintingEarliest: toRfc3339(fulfillment?.labelPrintingWindow?.earliestDateTime ?? null),
    labelPrintingLatest: toRfc3339(fulfillment?.labelPrintingWindow?.latestDateTime ?? null),
  }
}

function toItems(order: WireOrder, raw: Raw): NormalisedOrder['items'] {
  const context = {
    taxOnTop: taxOnTop(order),
    orderCancelled: order.fulfillment?.fulfillmentStatus === 'CANCELLED',
  }
  return order.orderItems.map((item, index) => toItem(item, entryOf(raw, 'orderItems', index), context))
}

function toDelivery(order: WireOrder): NormalisedOrder['delivery'] {
  const level = order.fulfillment?.fulfillmentServiceLevel ?? null
  const name = level === null ? null : (SERVICE_LEVELS[level] ?? level)
  return {
    methodCode: level,
    methodName: name,
    temperature: null,
    express: [
      ...(level !== null && name !== null && FAST_LEVELS.has(level) ? [name] : []),
      ...(order.programs.includes('PRIME') ? ['プライム'] : []),
    ],
    shipBy: toDay(order.fulfillment?.shipByWindow?.latestDateTime ?? null),
    promisedOn: toDay(order.fulfillment?.deliverByWindow?.latestDateTime ?? null),
  }
}

function toSubscription(order: WireOrder): NormalisedOrder['subscription'] {
  if (order.orderItems.some((item) => item.programs.includes('SUBSCRIBE_AND_SAVE'))) {
    return { kind: '定期おトク便', id: null, count: null }
  }
  return order.programs.includes('PREORDER') ? { kind: '予約', id: null, count: null } : null
}

type Payment = NormalisedOrder['payment']
type Executions = NonNullable<WireOrder['payment']>['paymentExecutions']

/** Chooses points and gift cards only when there is nothing else: cash on delivery or a charge decides. */
function toPayment(order: WireOrder, raw: Raw): Payment {
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
