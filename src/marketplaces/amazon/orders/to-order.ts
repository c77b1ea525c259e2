import { factsOf } from '../../../platform/narrow.ts'
import { checkSums } from '../../kit/checks.ts'
import { malformed } from '../../kit/http-failures.ts'
import { each, names } from '../../kit/names.ts'
import { emptyItem, emptyOrder, emptyPayment, reversal } from '../../kit/order-parts.ts'
import { entryOf, type Raw } from '../../kit/wire.ts'
import type { NormalisedOrder, OrderItem } from '../../port/order.ts'
import { ASSOCIATIONS, FAST_LEVELS, isGiftCard, paymentOf, SERVICE_LEVELS, STATUS } from '../codes.ts'
import { toDay, toRfc3339 } from '../dates.ts'
import { AMAZON } from '../facts.ts'
import { flagsOf, holdsOf, warningsOf } from './holds.ts'
import { goodsOf, lineMoney, quantityWarnings, sumChecks, taxOnTop, toAmounts } from './to-amounts.ts'
import { RECIPIENT_ID, toBuyer, toGift, toRecipient } from './to-recipient.ts'
import { leftover, WireHead, type WireItem, WireOrder } from './wire.ts'

/** Fields with a lossless place of their own. Breakdowns are kept: types and states are only summed up. */
const MAPPED: readonly string[] = [
  ...names('orderId createdTime lastUpdatedTime buyer.buyerName buyer.buyerEmail buyer.buyerCompanyName'),
  ...names('recipient payment orderItems packages fulfillment.fulfillmentStatus fulfillment.fulfilledBy'),
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
    ...emptyOrder(),
    marketplace: 'amazon',
    ...known,
    orderNumber: order.orderId,
    updatedAt,
    ...toStatus(order),
    times: toTimes(order),
    buyer: toBuyer(order),
    recipients: [toRecipient(order, raw)],
    items: toItems(order, raw),
    ...toAmounts(order),
    payment: toPayment(order, raw),
    delivery: toDelivery(order),
    reversals: toReversals(order),
    gift,
    notes: {
      ...each(null, 'shop mail operator'),
      buyer: order.recipient?.deliveryPreference?.addressInstruction ?? null,
    },
    subscription: toSubscription(order),
    relatedOrders: order.associatedOrders.flatMap(({ orderId: orderNumber, associationType: type }) =>
      orderNumber === null ? [] : [{ relation: ASSOCIATIONS[type ?? ''] ?? type ?? 'other', orderNumber }],
    ),
    holds: holdsOf(order),
    flags: flagsOf(order, gift),
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
const toReversals = (order: WireOrder): NormalisedOrder['reversals'] =>
  order.fulfillment?.fulfillmentStatus === 'CANCELLED'
    ? []
    : order.orderItems.flatMap(({ orderItemId: lineId, cancellation }) => {
        const execution = cancellation?.cancellationExecution ?? null
        if (execution === null) return []
        const { cancelledBy: state, cancelReason: reason } = execution
        return [reversal('partial_cancel', { lineId, state, reason })]
      })

const toTimes = ({ fulfillment }: WireOrder): NormalisedOrder['times'] =>
  Object.fromEntries(
    names('shipBy deliverBy labelPrinting').flatMap((what) => {
      const window = fulfillment?.[`${what}Window`]
      return [
        [`${what}Earliest`, toRfc3339(window?.earliestDateTime ?? null)],
        [`${what}Latest`, toRfc3339(window?.latestDateTime ?? null)],
      ]
    }),
  )

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
  const subscribed = order.orderItems.some((item) => item.programs.includes('SUBSCRIBE_AND_SAVE'))
  const kind = subscribed ? '定期おトク便' : order.programs.includes('PREORDER') ? '予約' : null
  return kind && { kind, id: null, count: null }
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
    ...emptyPayment(),
    kind,
    code: main?.paymentMethod ?? null,
    name: known?.name ?? main?.paymentMethod ?? (kind === 'cod' ? '代金引換' : null),
    combinedName: second.length === 0 ? null : second.join('、'),
    status: statusOf(order, kind),
    parts: executions.length < 2 ? [] : executions.map(toPart),
    cardBrand: main?.cardBrand ?? null,
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

/** Breakdowns, gift options and the rest stay in mallFields, because the order holds only their sums. */
const ITEM_MAPPED = names(
  'orderItemId quantityOrdered product.asin product.title product.sellerSku product.price.unitPrice',
)

/** @param taxOnTop tax comes on top of the prices */
function toItem(
  item: WireItem,
  raw: unknown,
  { taxOnTop, orderCancelled }: { taxOnTop: boolean; orderCancelled: boolean },
): OrderItem {
  const { asin, title, sellerSku, price } = item.product
  const goods = goodsOf(item) ?? 0
  return {
    ...emptyItem(),
    lineId: item.orderItemId,
    recipientId: RECIPIENT_ID,
    itemCode: sellerSku,
    mallItemId: asin,
    sku: sellerSku,
    name: title ?? sellerSku ?? asin ?? item.orderItemId,
    unitPrice: price?.unitPrice ?? perPiece(goods, item.quantityOrdered),
    taxIncluded: !taxOnTop,
    ...lineMoney(item, taxOnTop),
    quantity: item.quantityOrdered,
    deleted: isDeleted(item, orderCancelled),
    mallFields: leftover(raw, ITEM_MAPPED),
  }
}

/** Amazon gives a line's sum and sometimes no unit price. */
const perPiece = (goods: number, quantity: number): number =>
  quantity > 0 ? Math.round(goods / quantity) : goods

/** A wholly cancelled order keeps its lines readable. */
function isDeleted(item: WireItem, orderCancelled: boolean): boolean {
  const cancelled = (item.cancellation?.cancellationExecution ?? null) !== null
  return (
    item.quantityOrdered === 0 || (cancelled && !orderCancelled && !item.fulfillment?.quantityUnfulfilled)
  )
}
