import { checkSums } from '../../kit/checks.ts'
import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { names } from '../../kit/names.ts'
import { emptyOrder, marksOf, reversal } from '../../kit/order-parts.ts'
import { elementsAt, type XmlElement } from '../../kit/xml.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import { ORDER_STATUS } from '../codes.ts'
import { parseTime, readFields, toRfc3339 } from '../dates.ts'
import {
  isAddressPending,
  isSocialGift,
  isTypedGift,
  toDelivery,
  toDevice,
  toRelated,
  toStatuses,
  toSubStatus,
  toSubscription,
} from './order-parts.ts'
import { toAmounts } from './to-amounts.ts'
import { toLine } from './to-items.ts'
import { toPayment } from './to-payment.ts'
import { toBuyer, toRecipient } from './to-recipient.ts'
import { type OrderCodes, toCancelReason, toHolds, toMallState } from './to-status.ts'

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
  const buyer = toBuyer(pay)
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

function toCodes(order: FieldReader, pay: FieldReader, ship: FieldReader): OrderCodes {
  return {
    status: requiredText(order, 'OrderStatus'),
    shipStatus: ship.peek('ShipStatus'),
    payType: pay.peek('PayType'),
    settleStatus: pay.peek('SettleStatus'),
    fraudHold: order.peek('FraudHoldStatus'),
    readOnly: order.flag('IsReadOnly') === true,
    split: order.flag('IsSplit') === true,
    prank: order.peek('Suspect') === '1',
  }
}

function requiredText(order: FieldReader, name: string): string {
  const text = order.text(name)
  if (text === null) throw new WireError(name, 'missing')
  return text
}

function orderTime(order: FieldReader): Date {
  const time = parseTime(requiredText(order, 'OrderTime'))
  if (!time) throw new WireError('OrderTime', 'not a time')
  return time
}

/** お客様都合:返品 */
const RETURNED = '110'

/** orderInfo says that the payment was given back, and not how much; an order is cancelled as a return as a whole. */
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
    pickup: ship.peek('ReceiveShopCode') !== null || ship.peek('ShipCompanyCode') === '5001',
  })
}
