import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { checkSums } from '../../kit/money.ts'
import { emptyOrder, marksOf, reversal } from '../../kit/order-parts.ts'
import { elementsAt, type XmlElement } from '../../kit/xml.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import { deviceOf, STATUSES } from '../codes.ts'
import { readFields } from '../wire.ts'
import { type ReadLine, toAmounts, toLine } from './to-amounts.ts'
import { toBuyer, toRecipient } from './to-recipient.ts'
import {
  DAY_FIELDS,
  type OrderCodes,
  STATUS_FIELDS,
  TIME_FIELDS,
  toCancelReason,
  toCodes,
  toHolds,
  toMallState,
  toPayment,
} from './to-status.ts'

/**
 * Converts an orderInfo element of 受注情報取得API into a normalised order. Keeps everything else that the mall
 * varies, under mallFields where there is no other place. Pure.
 * @throws WireError when identity, money or a quantity cannot be read
 */
export function toOrder(orderInfo: XmlElement, shopCode: string): NormalisedOrder {
  const order = readFields(orderInfo)
  const codes = toCodes(order)
  const mallState = toMallState(codes)
  const times = toTimes(order)
  const releaseDate = times.releaseDate ?? null
  const lines = readLines(orderInfo, order, releaseDate)
  const unknownCancels = [...new Set(lines.flatMap(({ unknownCancel }) => unknownCancel ?? []))]
  const payment = toPayment(order, order.required('requestPrice'), codes)
  const { sums, warnings, ...money } = toAmounts(order, lines, payment.kind === 'cod')
  const recipient = toRecipient(order, lines, money.charges)
  const result: NormalisedOrder = {
    ...emptyOrder(),
    marketplace: 'aupay',
    shopCode,
    orderNumber: orderNumberOf(order),
    orderedAt: orderTime(order),
    device: deviceOf(order.peek('siteAndDevice')),
    mallState,
    mallStatus: { code: codes.status, name: codes.status || null },
    mallStatuses: order.texts(STATUS_FIELDS),
    cancelReason: toCancelReason(order),
    times,
    buyer: toBuyer(order),
    recipients: [recipient],
    items: lines.map(({ item }) => item),
    ...money,
    payment,
    delivery: toDelivery(order, lines),
    reversals: mallState === 'cancelled' ? [] : toReversals(lines),
    gift: recipient.gift,
    notes: { buyer: order.text('userComment'), shop: order.text('memo'), mail: null, operator: null },
    subscription: codes.reservation ? { kind: 'reservation', id: null, count: null } : null,
    holds: toHolds(codes, payment, releaseDate, unknownCancels),
    flags: toFlags(codes, order, lines, recipient.gift.requested),
  }
  // Fields that nothing has read so far.
  result.mallFields = order.rest()
  result.warnings = [...checkSums(result, sums), ...warnings]
  return result
}

/** Reads lines by name, at any position among their siblings. */
function readLines(orderInfo: XmlElement, order: FieldReader, releaseDate: string | null): ReadLine[] {
  order.children('detail')
  const lines = elementsAt(orderInfo, 'detail').map((detail) =>
    toLine(readFields(detail, 'detail.'), releaseDate),
  )
  if (lines.length === 0) throw new WireError('detail', 'missing')
  return lines
}

function orderNumberOf(order: FieldReader): string {
  const orderNumber = order.text('orderId')
  if (orderNumber === null || !/^\d{1,18}$/.test(orderNumber)) throw new WireError('orderId', 'not a number')
  return orderNumber
}

function orderTime(order: FieldReader): string {
  const time = order.time('orderDate')
  if (time === null) throw new WireError('orderDate', 'not a time')
  return time
}

const toTimes = (order: FieldReader): NormalisedOrder['times'] =>
  Object.fromEntries([
    ...TIME_FIELDS.map((name) => [name, order.time(name)]),
    ...DAY_FIELDS.map((name) => [name, order.day(name)]),
  ])

/** shippingTimelimitDate is a line's; the parcel must leave by the first of them. */
function toDelivery(order: FieldReader, lines: readonly ReadLine[]): NormalisedOrder['delivery'] {
  const days = lines.flatMap(({ item, shipBy }) => (item.deleted || shipBy === null ? [] : [shipBy]))
  return {
    methodCode: order.text('deliveryMethodId') ?? order.peek('deliveryId'),
    methodName: order.text('deliveryName'),
    temperature: null,
    express: [],
    shipBy: days.sort()[0] ?? null,
    promisedOn: null,
  }
}

const toReversals = (lines: readonly ReadLine[]): NormalisedOrder['reversals'] =>
  lines
    .filter(({ item }) => item.deleted)
    .map(({ item: { lineId, quantity, subtotal }, cancelledAt }) =>
      reversal('partial_cancel', { lineId, quantity, amount: subtotal, at: cancelledAt }),
    )

const toFlags = (
  codes: OrderCodes,
  order: FieldReader,
  lines: readonly ReadLine[],
  gift: boolean,
): string[] => {
  const cancelled = toMallState(codes) === 'cancelled'
  return marksOf({
    cancelled_at_mall: cancelled,
    cancel_pending: codes.status === 'キャンセル受付中',
    partly_cancelled: !cancelled && lines.some(({ item }) => item.deleted),
    caution: codes.status === '審査NG',
    custom_status: codes.status !== '' && STATUSES[codes.status] === undefined,
    gift,
    reservation: codes.reservation,
    pickup: order.peek('senderShopCd') !== null || order.peek('senderShopCD') !== null,
    cross_border: order.peek('crossBorderEcTradeKbn') === 'R',
    remarks: !['なし', null].includes(order.peek('tradeRemarks')),
  })
}
