import { NOBODY, warning } from '../../kit/order-parts.ts'
import { postalCodeOf } from '../../kit/texts.ts'
import { names, type Raw } from '../../kit/wire.ts'
import type { NormalisedOrder, OrderPerson, OrderRecipient, OrderWarning } from '../../port/order.ts'
import type { TakenBackParcel } from '../../port/session.ts'
import { carrierName } from '../codes.ts'
import {
  isStanding,
  leftover,
  toClockTime,
  toDay,
  type WireAddress,
  type WireItem,
  WireOrder,
} from '../wire.ts'
import { breakdownsOf, countedOrder, orderAmounts, readAmounts } from './to-amounts.ts'
import { piiMissing } from './to-status.ts'

/** An Amazon order goes to one address. */
export const RECIPIENT_ID = '1'

/** Amazon keeps a name as one text, with or without a blank and in either order, so it is not split. */
export const toBuyer = ({ buyer }: WireOrder): OrderPerson => ({
  ...NOBODY,
  fullName: buyer?.buyerName ?? null,
  company: buyer?.buyerCompanyName ?? null,
  email: buyer?.buyerEmail ?? null,
})

/**
 * Sellers see the municipality and block in addressLine1, the building in addressLine2 and a company in
 * addressLine3 or companyName; `city` is usually absent. Lines two and three are therefore kept together,
 * whatever they hold.
 */
function toPerson(address: WireAddress | null): OrderPerson {
  if (address === null) return NOBODY
  const beyond = [address.addressLine2, address.addressLine3].filter(Boolean).join(' ')
  return {
    ...NOBODY,
    fullName: address.name,
    postalCode: postalCodeOf(address.postalCode),
    prefecture: address.stateOrRegion,
    city: cityOf(address),
    address1: address.addressLine1,
    address2: beyond || null,
    company: address.companyName,
    phone: address.phone,
  }
}

/**
 * Amazon's Japanese sample has `city` alone. A county (郡) stands before it in an address, a ward behind it;
 * what a line says already is not said twice.
 */
function cityOf(address: WireAddress): string | null {
  const city = address.city ?? address.municipality
  const whole = furtherParts(address).reduce(
    (known, part) => (part.endsWith('郡') ? `${part}${known}` : `${known}${part}`),
    city ?? '',
  )
  return whole || null
}

/** Parts of the address that no line and no city has. */
function furtherParts({ city, municipality, districtOrCounty, ...address }: WireAddress): string[] {
  const said = [city ?? municipality, address.addressLine1, address.addressLine2, address.addressLine3].join(
    ' ',
  )
  return [municipality, districtOrCounty].flatMap((part) => (part && !said.includes(part) ? part : []))
}

const UNUSUAL_PARTS =
  '住所の市区町村が、Amazonの複数の項目に分かれていたためつなげました。送り状を作る前に、セラーセントラルの住所と見比べてください。'

export function addressWarnings({ recipient }: WireOrder): OrderWarning[] {
  const address = recipient?.deliveryAddress ?? null
  return address === null || furtherParts(address).length === 0
    ? []
    : [warning('AMAZON_ADDRESS_PARTS', 'recipients[0].person.city', UNUSUAL_PARTS)]
}

/** Fields with a lossless place of their own. */
const MAPPED = [
  ...names('name companyName addressLine1 city stateOrRegion postalCode phone').map(
    (field) => `deliveryAddress.${field}`,
  ),
  ...names('deliveryPreference.dropOffLocation deliveryPreference.addressInstruction'),
]

export function toRecipient(order: WireOrder, raw: Raw): OrderRecipient {
  const address = order.recipient?.deliveryAddress ?? null
  const amounts = orderAmounts(countedOrder(order))
  return {
    id: RECIPIENT_ID,
    person: toPerson(address),
    lineIds: order.orderItems.map((item) => item.orderItemId),
    parcels: order.packages.filter(isStanding).map(toParcel),
    wish: {
      ...wishOf(order.orderItems),
      dropOff: order.recipient?.deliveryPreference?.dropOffLocation ?? null,
    },
    gift: toGift(order),
    shippingFee: amounts.shipping,
    codFee: amounts.cod,
    pickup: toPickup(order, address),
    remoteArea: false,
    addressPending: piiMissing(order),
    mallFields: {
      ...leftover(raw.recipient, MAPPED),
      ...(order.packages.length === 0 ? {} : { packages: raw.packages }),
    },
  }
}

const Packages = WireOrder.pick({ packages: true })

/** Packages of an Order that were taken back. */
export const takenBackIn = (model: unknown): TakenBackParcel[] =>
  (Packages.safeParse(model).data?.packages ?? [])
    .filter((one) => !isStanding(one))
    .map(({ packageReferenceId: id, trackingNumber }) => ({ recipientId: RECIPIENT_ID, id, trackingNumber }))

const toParcel = (parcel: WireOrder['packages'][number]): OrderRecipient['parcels'][number] => ({
  id: parcel.packageReferenceId,
  carrierCode: parcel.carrier,
  carrierName: carrierName(parcel.carrier),
  trackingNumber: parcel.trackingNumber,
  shippedOn: toDay(parcel.shipTime),
  arrivedOn: null,
  ...(parcel.packageItems.length === 0
    ? {}
    : { lines: parcel.packageItems.map(({ orderItemId: lineId, quantity }) => ({ lineId, quantity })) }),
})

/** お届け日時指定便: the first line's window. Has a time band only when the window is within one day. */
function wishOf(items: readonly WireItem[]): Omit<OrderRecipient['wish'], 'dropOff'> {
  const window = items
    .map((item) => item.fulfillment?.shipping?.scheduledDeliveryWindow ?? null)
    .find((range) => range !== null)
  const from = window?.earliestDateTime ?? null
  const to = window?.latestDateTime ?? null
  const day = toDay(from) ?? toDay(to)
  const sameDay = toDay(from) !== null && toDay(from) === toDay(to)
  const wholeDay = sameDay && toClockTime(from) === '00:00' && (toClockTime(to) ?? '') >= '23:59'
  if (!sameDay || wholeDay) return { date: day, timeFrom: null, timeTo: null, timeText: null }
  return { date: day, timeFrom: toClockTime(from), timeTo: toClockTime(to), timeText: null }
}

/** Messages and wrappings belong to lines; each line's own stays in its mallFields. */
export function toGift(order: WireOrder): NormalisedOrder['gift'] {
  const gifts = order.orderItems.flatMap((item) => {
    const option = item.fulfillment?.packing?.giftOption ?? null
    const price = readAmounts(breakdownsOf(item)).giftWrap
    return option === null && price === 0 ? [] : [{ option, price }]
  })
  const messages = new Set(gifts.flatMap(({ option }) => option?.giftMessage ?? []))
  return {
    requested: gifts.length > 0,
    message: messages.size === 0 ? null : [...messages].join('\n'),
    noshi: null,
    wrappings: gifts
      .filter(({ option, price }) => option?.giftWrapLevel || price !== 0)
      .map(({ option, price }) => ({ kind: null, name: option?.giftWrapLevel ?? null, price })),
  }
}

/** コンビニ・ロッカー受取 (PICKUP_POINT), 店舗受取 (IN_STORE_PICK_UP). The point's name is in the field of the company. */
function toPickup(order: WireOrder, address: WireAddress | null): OrderRecipient['pickup'] {
  const inStore = order.programs.includes('IN_STORE_PICK_UP')
  if (!inStore && address?.addressType !== 'PICKUP_POINT') return null
  const lines = names('stateOrRegion city addressLine1 addressLine2 addressLine3')
    .map((line) => address?.[line])
    .filter(Boolean)
  return {
    kind: inStore ? 'store' : 'pickup_point',
    code: null,
    name: address?.companyName ?? address?.addressLine2 ?? null,
    address: lines.length === 0 ? null : lines.join(' '),
  }
}
