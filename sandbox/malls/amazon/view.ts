import type { Order, OrderItem } from './model.ts'
import type { Settings } from './settings.ts'

/** An order's part for an answer: the data sets asked for, less what roles, status and channel hide. */

export const DATA_SETS: ReadonlySet<string> = new Set([
  ...['BUYER', 'RECIPIENT', 'PROCEEDS', 'EXPENSE', 'PROMOTION', 'CANCELLATION', 'FULFILLMENT', 'PACKAGES'],
  ...['TAX', 'PAYMENT', 'FULFILLMENT_ORDERS'],
])

const PII_STATUSES = new Set(['UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED'])

export function viewOf(
  order: Order,
  sets: ReadonlySet<string>,
  { roles }: Settings,
): Record<string, unknown> {
  const { fulfillmentStatus, fulfilledBy } = order.fulfillment
  const pii = roles.directToConsumer && fulfilledBy === 'MERCHANT' && PII_STATUSES.has(fulfillmentStatus)
  const { buyer, recipient, proceeds, payment, fulfillment, packages, orderItems, ...always } = order
  return {
    ...always,
    ...(sets.has('BUYER') && pii ? { buyer } : {}),
    ...(sets.has('RECIPIENT') ? recipientOf(recipient, pii, fulfillmentStatus) : {}),
    ...(sets.has('PROCEEDS') ? { proceeds } : {}),
    ...(sets.has('PAYMENT') ? { payment } : {}),
    ...(sets.has('FULFILLMENT') ? { fulfillment } : {}),
    orderItems: orderItems.map((item) => itemOf(item, sets, pii)),
    ...(sets.has('PACKAGES') && fulfilledBy === 'MERCHANT' ? { packages } : {}),
  }
}

function recipientOf(recipient: Order['recipient'], pii: boolean, status: string) {
  if (pii) return { recipient }
  if (status.startsWith('PENDING')) return {}
  const { stateOrRegion, postalCode, countryCode } = recipient.deliveryAddress
  return { recipient: { deliveryAddress: { stateOrRegion, postalCode, countryCode } } }
}

function itemOf(item: OrderItem, sets: ReadonlySet<string>, pii: boolean): Record<string, unknown> {
  const { proceeds, expense, promotion, cancellation, fulfillment, ...always } = item
  return {
    ...always,
    ...(sets.has('PROCEEDS') ? { proceeds } : {}),
    ...(sets.has('EXPENSE') && expense ? { expense } : {}),
    ...(sets.has('PROMOTION') && promotion ? { promotion } : {}),
    ...(sets.has('CANCELLATION') && cancellation ? { cancellation } : {}),
    ...(sets.has('FULFILLMENT') ? { fulfillment: pii ? fulfillment : withoutMessage(fulfillment) } : {}),
  }
}

/** The message is the buyer's own words; how it is wrapped is not. */
function withoutMessage(fulfillment: OrderItem['fulfillment']) {
  if (!fulfillment.packing) return fulfillment
  const { giftWrapLevel } = fulfillment.packing.giftOption
  return { ...fulfillment, packing: { giftOption: { giftWrapLevel } } }
}
