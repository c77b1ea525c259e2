import { factsOf } from '../../../platform/narrow.ts'
import { checkSums } from '../../kit/money.ts'
import { emptyItem, emptyOrder } from '../../kit/order-parts.ts'
import { parsed, unreadableField } from '../../kit/outcomes.ts'
import { each, entryOf, names, type Raw } from '../../kit/wire.ts'
import type { NormalisedOrder, OrderItem } from '../../port/order.ts'
import { ASSOCIATIONS, FAST_LEVELS, SERVICE_LEVELS } from '../codes.ts'
import { AMAZON } from '../facts.ts'
import { leftover, toDay, toRfc3339, WireHead, type WireItem, WireOrder } from '../wire.ts'
import {
  countedOrder,
  goodsOf,
  isDeleted,
  lineMoney,
  quantityWarnings,
  sumChecks,
  taxOnTop,
  toAmounts,
} from './to-amounts.ts'
import { addressWarnings, RECIPIENT_ID, toBuyer, toGift, toRecipient } from './to-recipient.ts'
import { flagsOf, holdsOf, toPayment, toReversals, toStatus, toTimes, warningsOf } from './to-status.ts'

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
export const readHead = (model: unknown): WireHead => parsed(WireHead, model, AMAZON, 'Order')

/**
 * Converts an Order of Orders API v2026-01-01 into the normalised order.
 * @throws MarketplaceFailure `malformed`, with the raw answer and without personal data in its message, when
 * identity, an amount or a quantity cannot be read
 */
export function toOrder(model: unknown, shopCode: string): NormalisedOrder {
  const order = parsed(WireOrder, model, AMAZON, 'Order')
  const orderedAt = toRfc3339(order.createdTime)
  if (orderedAt === null) throw unreadableField(AMAZON, model, 'createdTime')
  const normalised = assemble(order, factsOf(model), { shopCode, orderedAt })
  return {
    ...normalised,
    warnings: [
      ...checkSums(normalised, sumChecks(order)),
      ...quantityWarnings(order),
      ...addressWarnings(order),
      ...warningsOf(order),
    ],
  }
}

/** @param order with its cancelled lines: what is summed up leaves them out */
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
    ...toAmounts(countedOrder(order)),
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

function toItems(order: WireOrder, raw: Raw): NormalisedOrder['items'] {
  const onTop = taxOnTop(countedOrder(order))
  return order.orderItems.map((item, index) =>
    toItem(item, entryOf(raw, 'orderItems', index), { onTop, deleted: isDeleted(item, order) }),
  )
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
  const kind = subscribed ? 'subscription' : order.programs.includes('PREORDER') ? 'reservation' : null
  return kind && { kind, id: null, count: null }
}

/** Breakdowns, gift options and the rest stay in mallFields, because the order holds only their sums. */
const ITEM_MAPPED = names(
  'orderItemId quantityOrdered product.asin product.title product.sellerSku product.price.unitPrice',
)

/** @param onTop tax comes on top of the prices */
function toItem(
  item: WireItem,
  raw: unknown,
  { onTop, deleted }: { onTop: boolean; deleted: boolean },
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
    taxIncluded: !onTop,
    ...lineMoney(item, onTop),
    quantity: item.quantityOrdered,
    deleted,
    mallFields: leftover(raw, ITEM_MAPPED),
  }
}

/** Amazon gives a line's sum and sometimes no unit price. */
const perPiece = (goods: number, quantity: number): number =>
  quantity > 0 ? Math.round(goods / quantity) : goods
