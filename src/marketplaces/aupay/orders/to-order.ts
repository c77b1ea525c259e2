import type { z } from 'zod'
import { checkSums } from '../../kit/checks.ts'
import { parseTimeBand } from '../../kit/delivery-time.ts'
import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { elementsAt, type XmlElement } from '../../kit/xml.ts'
import type { NormalisedOrder, OrderRecipient, OrderReversal } from '../../port/order.ts'
import type { Parcel } from '../../port/order-recipient.ts'
import { CARRIERS, deviceOf, STATUSES } from '../codes.ts'
import { readFields } from './read-fields.ts'
import { toAmounts } from './to-amounts.ts'
import { type ReadLine, toLine } from './to-items.ts'
import { toPayment } from './to-payment.ts'
import { RECIPIENT_ID, toBuyer, toReceiver } from './to-people.ts'
import {
  DAY_FIELDS,
  isReleased,
  type OrderCodes,
  STATUS_FIELDS,
  TIME_FIELDS,
  toCancelReason,
  toCodes,
  toHolds,
  toMallState,
} from './to-status.ts'

export interface ToOrderOptions {
  shopCode: string
  /** Called for codes that no table here has, so that someone adds them; the order is read anyway. */
  onUnknown?(field: string, code: string): void
}

/**
 * Converts an orderInfo element of 受注情報取得API into a normalised order. Keeps everything else that the mall
 * varies, under mallFields where there is no other place. Pure.
 * @throws WireError when identity, money or a quantity cannot be read
 */
export function toOrder(orderInfo: XmlElement, options: ToOrderOptions): NormalisedOrder {
  const order = readFields(orderInfo)
  const codes = toCodes(order)
  tellUnknown(order, options)
  const times = toTimes(order)
  const releaseDate = times.releaseDate ?? null
  const lines = readLines(orderInfo, order, releaseDate)
  const unknownCancels = [...new Set(lines.flatMap(({ unknownCancel }) => unknownCancel ?? []))]
  for (const code of unknownCancels) options.onUnknown?.('itemCancelStatus', code)
  const orderedAt = requiredTime(order)
  const payment = toPayment(order, order.required('requestPrice'), isReleased(codes))
  const { sums, warnings, ...money } = toAmounts(order, lines, payment.kind === 'cod')
  const recipient = toRecipient(order, lines)
  const result: NormalisedOrder = {
    marketplace: 'aupay',
    shopCode: options.shopCode,
    orderNumber: orderNumberOf(order),
    orderedAt,
    // The mall keeps no time of the last change.
    updatedAt: null,
    device: deviceOf(order.peek('siteAndDevice')),
    mallState: toMallState(codes),
    mallStatus: { code: codes.status, name: codes.status || null },
    mallSubStatus: null,
    mallStatuses: Object.fromEntries(STATUS_FIELDS.map((name) => [name, order.text(name)])),
    cancelReason: toCancelReason(order),
    times,
    buyer: toBuyer(order),
    recipients: [],
    items: lines.map(({ item }) => item),
    ...money,
    payment,
    delivery: toDelivery(order, lines),
    receiptWanted: null,
    reversals: toMallState(codes) === 'cancelled' ? [] : toReversals(lines),
    gift: recipient.gift,
    notes: { buyer: order.text('userComment'), shop: order.text('memo'), mail: null, operator: null },
    subscription: codes.reservation ? { kind: 'reservation', id: null, count: null } : null,
    relatedOrders: [],
    holds: toHolds(codes, payment, releaseDate, unknownCancels),
    flags: toFlags({ codes, order, lines, gift: recipient.gift.requested }),
    warnings: [],
    mallFields: {},
  }
  result.recipients = [
    {
      ...recipient,
      shippingFee: result.charges.shipping,
      codFee: result.charges.cod,
      mallFields: Object.fromEntries(RECIPIENT_TEXTS.map((name) => [name, order.text(name)])),
    },
  ]
  // Fields that nothing has read so far.
  result.mallFields = order.rest()
  result.warnings = [...checkSums(result, sums), ...warnings]
  return result
}

/** The recipient's texts, verbatim, and the fields of the parcel alone. */
const RECIPIENT_TEXTS = ['senderName', 'senderKana', 'senderAddress', 'yamatoLnkMgtNo'] as const

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

function requiredTime(order: FieldReader): string {
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

/** Lists lines removed from an order that continues. */
const toReversals = (lines: readonly ReadLine[]): OrderReversal[] =>
  lines.flatMap(({ item, cancelledAt }) =>
    item.deleted
      ? [
          {
            ...{
              kind: 'partial_cancel',
              lineId: item.lineId,
              quantity: item.quantity,
              amount: item.subtotal,
            },
            ...{ state: null, at: cancelledAt, reason: null },
          },
        ]
      : [],
  )

const KNOWN_FLAGS: readonly [field: string, codes: readonly string[]][] = [
  ['cancelStatus', ['N', 'C', 'Y']],
  ['shipStatus', ['N', 'Y']],
  ['paymentStatus', ['N', 'Y']],
  ['sellMethodSegment', ['1', '2']],
  ['shippingCarrier', Object.keys(CARRIERS.names)],
]

function tellUnknown(order: FieldReader, { onUnknown }: ToOrderOptions): void {
  for (const [field, known] of KNOWN_FLAGS) {
    const code = order.peek(field)
    if (code !== null && !known.includes(code)) onUnknown?.(field, code)
  }
}

interface FlagFacts {
  codes: OrderCodes
  order: FieldReader
  lines: readonly ReadLine[]
  gift: boolean
}

/** Marks for lists. The fields behind them stay where they are. */
function toFlags({ codes, order, lines, gift }: FlagFacts): string[] {
  const cancelled = toMallState(codes) === 'cancelled'
  const marks: Readonly<Record<string, boolean>> = {
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
  }
  return Object.keys(marks).filter((mark) => marks[mark])
}

/** The recipient but for the charges. */
function toRecipient(
  order: FieldReader,
  lines: readonly ReadLine[],
): Omit<OrderRecipient, 'shippingFee' | 'codFee' | 'mallFields'> {
  const timeText = order.text('deliveryRequestTime')
  return {
    id: RECIPIENT_ID,
    person: toReceiver(order),
    lineIds: lines.map(({ item }) => item.lineId),
    parcels: toParcels(order),
    wish: { date: order.day('deliveryRequestDay'), ...parseTimeBand(timeText), timeText, dropOff: null },
    gift: toGift(lines),
    pickup: toPickup(order),
    remoteArea: false,
    addressPending: false,
  }
}

/** One shipment per order, as 受注情報更新API wrote it. Shops write a hyphen where there is no number to give. */
function toParcels(order: FieldReader): z.infer<typeof Parcel>[] {
  const carrierCode = order.peek('shippingCarrier')
  const number = order.peek('shippingNumber')
  const shippedOn = order.day('shippingDate')
  const trackingNumber = number !== null && /[0-9A-Za-z]/.test(number) ? number : null
  if (trackingNumber === null && shippedOn === null) return []
  const carrierName = carrierCode === null ? null : (CARRIERS.names[carrierCode] ?? null)
  return [{ id: RECIPIENT_ID, carrierCode, carrierName, trackingNumber, shippedOn, arrivedOn: null }]
}

/** Gift wishes belong to lines; here they are put together for the order's one parcel. */
function toGift(lines: readonly ReadLine[]): OrderRecipient['gift'] {
  const gifts = lines.filter(({ item }) => !item.deleted).map(({ gift }) => gift)
  const wrappings = gifts
    .filter(({ wrapping, wrappingPrice }) => wrapping !== null || wrappingPrice !== 0)
    .map(({ wrapping, wrappingPrice }) => ({ kind: null, name: wrapping, price: wrappingPrice }))
  const message = joined(gifts.map((gift) => gift.message))
  const noshi = joined(gifts.map((gift) => gift.noshi))
  return {
    requested: wrappings.length > 0 || message !== null || noshi !== null,
    message,
    noshi,
    wrappings,
  }
}

const joined = (texts: readonly (string | null)[]): string | null =>
  [...new Set(texts.filter((text) => text !== null))].join('\n') || null

/** senderShopCd; one client's field list spells it senderShopCD. */
function toPickup(order: FieldReader): OrderRecipient['pickup'] {
  const code = order.text('senderShopCd') ?? order.text('senderShopCD')
  return code === null ? null : { kind: null, code, name: null, address: null }
}
