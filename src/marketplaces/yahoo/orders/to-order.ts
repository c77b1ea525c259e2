import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { checkSums } from '../../kit/money.ts'
import { emptyOrder, marksOf, reversal } from '../../kit/order-parts.ts'
import { names } from '../../kit/wire.ts'
import { elementsAt, type XmlElement } from '../../kit/xml.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import { ARRIVE_TYPES, DEVICES, EXCELLENT_DELIVERY, ORDER_STATUS } from '../codes.ts'
import { parseTime, readFields, toRfc3339 } from '../wire.ts'
import { toAmounts, toLine } from './to-amounts.ts'
import { isPickup, toBuyer, toRecipient } from './to-recipient.ts'
import {
  type OrderCodes,
  requiredText,
  toCancelReason,
  toCodes,
  toHolds,
  toMallState,
  toPayment,
} from './to-status.ts'

/**
 * Converts an OrderInfo element of 注文詳細API into a normalised order. Keeps everything else that Yahoo! varies,
 * under mallFields where there is no other place. Pure.
 * @throws WireError when identity, money or a quantity cannot be read
 */
export function toOrder(orderInfo: XmlElement, shopCode: string): NormalisedOrder {
  const group = (name: string) => readFields(elementsAt(orderInfo, name)[0] ?? {}, `${name}.`)
  const order = readFields(orderInfo)
  for (const name of GROUPS) order.children(name)
  const [pay, ship, detail] = [group('Pay'), group('Ship'), group('Detail')]
  const lines = elementsAt(orderInfo, 'Item').map((item) => toLine(readFields(item, 'Item.')))
  if (lines.length === 0) throw new WireError('Item', 'missing')
  const codes = toCodes(order, pay, ship)
  const orderedAt = orderTime(order)
  const addressPending = isAddressPending(order, ship)

  // `rest` returns the unread fields, so call it after all other reads of a group.
  const buyer = toBuyer(pay, order.peek('SocialGiftType') === '1')
  const mallStatuses = toStatuses(order, pay, ship)
  const cancelReason = toCancelReason(order, codes.status === '4')
  const receiptWanted = pay.flag('NeedReceipt')
  const payment = toPayment(pay, detail)
  const { sums, ...money } = toAmounts(detail, order, lines, payment.kind === 'cod')
  const recipient = toRecipient(ship, addressPending, isSocialGift(order))
  const holds = toHolds({
    codes,
    orderedAt,
    addressPending,
    paymentStatus: payment.status,
    payableUntil: payment.changeUntil ?? null,
    releaseDates: lines.map((line) => line.item.releaseDate),
  })
  const result: NormalisedOrder = {
    ...emptyOrder(),
    marketplace: 'yahoo',
    shopCode,
    orderNumber: requiredText(order, 'OrderId'),
    orderedAt: toRfc3339(orderedAt),
    updatedAt: order.time('LastUpdateTime'),
    device: toDevice(order),
    mallState: toMallState(codes),
    mallStatus: { code: codes.status, name: ORDER_STATUS[codes.status] ?? null },
    mallSubStatus: toSubStatus(order),
    mallStatuses,
    cancelReason,
    times: Object.fromEntries(TIMES.map((name) => [name, order.time(name)])),
    buyer,
    recipients: [],
    items: lines.map((line) => line.item),
    ...money,
    payment,
    delivery: toDelivery(ship),
    gift: recipient.gift,
    receiptWanted,
    reversals: toReversals(codes, cancelReason),
    notes: {
      buyer: order.text('BuyerComments'),
      shop: order.text('Notes'),
      mail: null,
      operator: order.text('OperationUser'),
    },
    subscription: toSubscription(ship),
    relatedOrders: toRelated(order),
    holds,
    flags: toFlags(codes, order, ship, recipient.gift.requested),
  }
  result.recipients = [
    {
      ...recipient,
      lineIds: result.items.map((item) => item.lineId),
      shippingFee: result.charges.shipping,
      codFee: result.charges.cod,
      mallFields: ship.rest(),
    },
  ]
  result.mallFields = {
    ...order.rest(),
    Detail: detail.rest(),
    Seller: group('Seller').rest(),
    Buyer: group('Buyer').rest(),
  }
  result.warnings = checkSums(result, sums)
  return result
}

const GROUPS = ['Pay', 'Ship', 'Detail', 'Seller', 'Buyer', 'Item'] as const

/** Order-level times beyond OrderTime and LastUpdateTime. */
const TIMES = [
  ...names('RoyaltyFixTime SendConfirmTime SendPayTime PrintSlipTime PrintDeliveryTime PrintBillTime'),
  'PublicationTime',
]

function orderTime(order: FieldReader): Date {
  const time = parseTime(requiredText(order, 'OrderTime'))
  if (!time) throw new WireError('OrderTime', 'not a time')
  return time
}

/** お客様都合:返品 */
const RETURNED = '110'

/** orderInfo says that the payment was returned, not how much; a return cancels the whole order. */
function toReversals(
  { status, settleStatus }: OrderCodes,
  cancelReason: NormalisedOrder['cancelReason'],
): NormalisedOrder['reversals'] {
  return [
    ...(status === '4' && cancelReason?.code === RETURNED
      ? [reversal('return', { state: RETURNED, reason: cancelReason.text })]
      : []),
    ...(settleStatus === '7' ? [reversal('refund', { state: settleStatus })] : []),
  ]
}

/** Marks for lists. The fields behind them stay in mallFields too. */
function toFlags(codes: OrderCodes, order: FieldReader, ship: FieldReader, gift: boolean): string[] {
  const yes = (name: string) => order.peek(name) === 'true' || order.peek(name) === '1'
  return marksOf({
    cancelled_at_mall: codes.status === '4',
    split_source: codes.split,
    split_child: order.peek('ParentOrderId') !== null,
    caution: codes.prank || codes.fraudHold === '3',
    read_only: codes.readOnly,
    drug: yes('IsFirstClassDrugIncludes'),
    gift,
    multi_ship: yes('IsMultiShip'),
    auction: yes('IsYahooAuctionOrder'),
    line_gift: yes('IsLineGiftOrder'),
    social_gift: isSocialGift(order) && !isTypedGift(order),
    subscription: ship.peek('IsSubscription') === 'true',
    pickup: isPickup(ship) || ship.peek('ShipCompanyCode') === '5001',
  })
}

/** True for LINE gifts whose recipient has not given the address yet; Yahoo! says when they can ship. */
function isAddressPending(order: FieldReader, ship: FieldReader): boolean {
  const noAddress = ship.peek('ShipAddress1') === null && ship.peek('ShipZipCode') === null
  if (order.peek('IsLineGiftOrder') === 'true')
    return ship.peek('IsLineGiftShippable') === 'false' || noAddress
  return isSocialGift(order) && !isTypedGift(order) && noAddress
}

/**
 * Since April 2025: 1 a gift by URL, whose recipient gives the address later; 2 ギフト注文 with an address entered
 * at once.
 */
const isSocialGift = (order: FieldReader): boolean => !['0', null].includes(order.peek('SocialGiftType'))
const isTypedGift = (order: FieldReader): boolean => order.peek('SocialGiftType') === '2'

function toDevice(order: FieldReader): string | null {
  const code = order.peek('DeviceType')
  return code === null ? null : (DEVICES[code] ?? 'other')
}

function toSubStatus(order: FieldReader): NormalisedOrder['mallSubStatus'] {
  const code = order.text('StoreStatus')
  return code === null ? null : { code, name: null }
}

/** Statuses as Yahoo! names them, so that lists can show them without knowing where each came from. */
function toStatuses(order: FieldReader, pay: FieldReader, ship: FieldReader): Record<string, string | null> {
  return {
    ...pay.texts(PAY_STATUSES),
    ...ship.texts(SHIP_STATUSES),
    ...order.texts(ORDER_STATUSES),
  }
}

const PAY_STATUSES = names('PayStatus SettleStatus')
const SHIP_STATUSES = names('ShipStatus ShipInstructStatus DeliveryStatus')
const ORDER_STATUSES = names('FraudHoldStatus Suspect YamatoCoopStatus InsuranceStatus IsSeen')

/** The day of a time; a text that is none stays as it came. */
const toDay = (time: string | null) =>
  /^[\d-]{10}T[\d:+-]+$/.test(time ?? '') ? (time ?? '').slice(0, 10) : time

function toDelivery(ship: FieldReader): NormalisedOrder['delivery'] {
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

function toSubscription(ship: FieldReader): NormalisedOrder['subscription'] {
  const id = ship.peek('SubscriptionId')
  if (id === null && ship.peek('IsSubscription') !== 'true') return null
  return {
    kind: 'subscription',
    id: ship.text('SubscriptionId'),
    count: ship.count('SubscriptionContinueCount'),
  }
}

/** Lists related orders. MultiShipId is no order number, but shared by the orders of one purchase. */
function toRelated(order: FieldReader): NormalisedOrder['relatedOrders'] {
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
