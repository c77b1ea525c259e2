import type { FieldReader } from '../../kit/field-reader.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import { ARRIVE_TYPES, DEVICES, EXCELLENT_DELIVERY } from '../codes.ts'

/** The smaller parts of an order, each from the groups in which Yahoo! keeps it. */

/** True for LINE gifts whose recipient has not given the address yet; Yahoo! says when they can ship. */
export function isAddressPending(order: FieldReader, ship: FieldReader): boolean {
  const noAddress = ship.peek('ShipAddress1') === null && ship.peek('ShipZipCode') === null
  if (order.peek('IsLineGiftOrder') === 'true')
    return ship.peek('IsLineGiftShippable') === 'false' || noAddress
  return isSocialGift(order) && !isTypedGift(order) && noAddress
}

/**
 * Since April 2025: 1 a gift by URL, whose recipient gives the address later; 2 ギフト注文 with an address entered
 * at once.
 */
export const isSocialGift = (order: FieldReader): boolean =>
  !['0', null].includes(order.peek('SocialGiftType'))
export const isTypedGift = (order: FieldReader): boolean => order.peek('SocialGiftType') === '2'

export function toDevice(order: FieldReader): string | null {
  const code = order.peek('DeviceType')
  return code === null ? null : (DEVICES[code] ?? 'other')
}

export function toSubStatus(order: FieldReader): NormalisedOrder['mallSubStatus'] {
  const code = order.text('StoreStatus')
  return code === null ? null : { code, name: null }
}

/** Statuses as Yahoo! names them, so that lists can show them without knowing where each came from. */
export function toStatuses(
  order: FieldReader,
  pay: FieldReader,
  ship: FieldReader,
): Record<string, string | null> {
  const all: [FieldReader, string][] = [
    [pay, 'PayStatus'],
    [pay, 'SettleStatus'],
    [ship, 'ShipStatus'],
    [ship, 'ShipInstructStatus'],
    [ship, 'DeliveryStatus'],
    [order, 'FraudHoldStatus'],
    [order, 'Suspect'],
    [order, 'YamatoCoopStatus'],
    [order, 'InsuranceStatus'],
    [order, 'IsSeen'],
  ]
  return Object.fromEntries(all.map(([reader, name]) => [name, reader.text(name)]))
}

/** The day of a time; a text that is none stays as it came. */
const toDay = (time: string | null) =>
  /^[\d-]{10}T[\d:+-]+$/.test(time ?? '') ? (time ?? '').slice(0, 10) : time

export function toDelivery(ship: FieldReader): NormalisedOrder['delivery'] {
  const arrive = ARRIVE_TYPES[ship.peek('ArriveType') ?? '']
  const excellent = EXCELLENT_DELIVERY[ship.peek('ExcellentDelivery') ?? '']
  return {
    methodCode: ship.text('ShipMethod'),
    methodName: ship.text('ShipMethodName'),
    temperature: null,
    express: [arrive, excellent].filter((mark) => mark !== undefined),
    shipBy: toDay(ship.time('ShippingDeadline')),
    promisedOn: null,
  }
}

export function toSubscription(ship: FieldReader): NormalisedOrder['subscription'] {
  const id = ship.peek('SubscriptionId')
  if (id === null && ship.peek('IsSubscription') !== 'true') return null
  return { kind: 'teiki', id: ship.text('SubscriptionId'), count: ship.count('SubscriptionContinueCount') }
}

/** Lists related orders. MultiShipId is no order number, but shared by the orders of one purchase. */
export function toRelated(order: FieldReader): NormalisedOrder['relatedOrders'] {
  const list = (name: string, relation: string) => {
    const text = order.peek(name) ?? ''
    // Text that is no list of numbers also stays in mallFields, verbatim.
    if (/^(?:[\w-]+(?:,\s?|$))+$/.test(text)) order.text(name)
    return text
      .split(/[,\s]+/)
      .filter(Boolean)
      .map((orderNumber) => ({ relation, orderNumber }))
  }
  return [
    ...list('ParentOrderId', 'parent'),
    ...list('ChildOrderId', 'child'),
    ...list('MultiShipId', 'multi_ship'),
  ]
}
