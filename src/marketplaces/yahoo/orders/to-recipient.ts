import type { z } from 'zod'
import { codeTable } from '../../kit/codes.ts'
import type { FieldReader } from '../../kit/field-reader.ts'
import { NOBODY } from '../../kit/order-parts.ts'
import { parseTimeBand, postalCodeOf, wholeName } from '../../kit/texts.ts'
import type { Gift, OrderPerson, OrderRecipient, Parcel } from '../../port/order.ts'
import { CARRIERS } from '../codes.ts'

/** Yahoo! sends each order to one address; an order to several is several orders with one MultiShipId. */
export const RECIPIENT_ID = '1'

type Parts = Omit<OrderRecipient, 'lineIds' | 'shippingFee' | 'codFee'>

/** The recipient but for lines and charges. Reads the Ship group: read delivery's fields before `rest`. */
export function toRecipient(
  ship: FieldReader,
  addressPending: boolean,
  giftOrder: boolean,
): Omit<Parts, 'mallFields'> {
  return {
    id: RECIPIENT_ID,
    person: toPerson(ship, 'Ship', null),
    parcels: toParcels(ship),
    wish: toWish(ship),
    gift: toGift(ship, giftOrder),
    pickup: toPickup(ship),
    remoteArea: !['0', null].includes(ship.peek('RemoteAreaShippingType')),
    addressPending,
  }
}

/** Up to two numbers; a parcel without one when the order was shipped by an untracked service. */
function toParcels(ship: FieldReader): z.infer<typeof Parcel>[] {
  const carrierCode = ship.peek('ShipCompanyCode')
  const numbers = ['1', '2'].flatMap((id) => {
    const trackingNumber = ship.text(`ShipInvoiceNumber${id}`)
    return trackingNumber === null ? [] : [{ id, trackingNumber }]
  })
  const shippedOn = ship.day('ShipDate')
  const arrivedOn = ship.day('ArrivalDate')
  const parcel = {
    carrierCode,
    carrierName: carrierCode === null ? null : (CARRIERS.names[carrierCode] ?? null),
    shippedOn,
    arrivedOn,
  }
  if (numbers.length === 0 && (shippedOn || arrivedOn)) return [{ id: '1', ...parcel, trackingNumber: null }]
  return numbers.map(({ id, trackingNumber }) => ({ id, ...parcel, trackingNumber }))
}

function toWish(ship: FieldReader): OrderRecipient['wish'] {
  const timeText = ship.text('ShipRequestTime')
  return { date: ship.day('ShipRequestDate'), ...parseTimeBand(timeText), timeText, dropOff: toDropOff(ship) }
}

/** EAZY's place by name, or else the fact that it was requested. */
function toDropOff(ship: FieldReader): string | null {
  const place = ship.peek('EazyDeliveryName')
  if (ship.flag('IsEazy')) return place ?? '置き配（EAZY）'
  return ship.flag('IsMallContactlessDelivery') ? (place ?? '置き配') : null
}

/** @param giftOrder bought as a gift (SocialGiftType): no price goes into the parcel, wrapped or not */
function toGift(ship: FieldReader, giftOrder: boolean): z.infer<typeof Gift> {
  const wrapping = ship.flag('NeedGiftWrap') === true
  const paper = ship.flag('NeedGiftWrapPaper') === true
  const kind = ship.text('GiftWrapType')
  const paperType = ship.text('GiftWrapPaperType')
  const name = ship.text('GiftWrapName')
  return {
    requested: wrapping || paper || giftOrder,
    message: ship.text('GiftWrapMessage'),
    noshi: [paperType, name].filter(Boolean).join(' ') || (paper ? 'のしあり' : null),
    // Yahoo! states the price of wrapping for the order alone (GiftWrapCharge).
    wrappings: wrapping || kind ? [{ kind: ship.peek('GiftWrapCode'), name: kind, price: null }] : [],
  }
}

/** 自宅外配送: the carrier takes the parcel to a post office, a locker, a convenience store or its own branch. */
function satelliteKind(ship: FieldReader): string | null {
  const type = ship.peek('ReceiveSatelliteType')
  const method = ship.peek('ReceiveSatelliteMethod')
  if (type === '1') return JAPAN_POST_PLACES[method ?? ''] ?? 'post_office'
  if (type !== '3') return null
  if (method === null) return 'carrier_branch'
  return method === '563' ? 'locker' : 'convenience_store'
}

/** Loppi, Fami port, はこぽす; 1001 is 郵便局. */
const JAPAN_POST_PLACES: Readonly<Record<string, string>> = codeTable({
  '0001': 'convenience_store',
  '0003': 'convenience_store',
  '1100': 'locker',
})

/** 店頭受取 and 店頭在庫受取; 3, 店頭在庫発送, is sent to the buyer from the shop's stock. */
const AT_COUNTER: ReadonlySet<string> = new Set(['1', '2'])

export const isPickup = (ship: FieldReader): boolean =>
  satelliteKind(ship) !== null ||
  AT_COUNTER.has(ship.peek('ReceiveShopType') ?? '') ||
  (ship.peek('ReceiveShopType') !== '3' && ship.peek('ReceiveShopCode') !== null)

function toPickup(ship: FieldReader): OrderRecipient['pickup'] {
  if (!isPickup(ship)) return null
  const satellite = satelliteKind(ship)
  return {
    kind: satellite ?? 'shop',
    code: ship.text(satellite ? 'ReceiveSatelliteShopCode' : 'ReceiveShopCode'),
    name: ship.text(satellite ? 'ReceiveSatelliteShopName' : 'ReceiveShopName'),
    address: null,
  }
}

/**
 * Buyer (Bill… in the Pay group); the recipient (Ship… in the Ship group) has no mail address. For a gift by
 * URL Yahoo! fills Bill… with the store's own name and place, which would make every giver the same repeat
 * buyer: these stay in the mall's fields.
 */
export const toBuyer = (pay: FieldReader, isGiftByUrl: boolean): OrderPerson =>
  isGiftByUrl
    ? { ...NOBODY, email: pay.text('BillMailAddress') }
    : toPerson(pay, 'Bill', pay.text('BillMailAddress'))

function toPerson(reader: FieldReader, prefix: 'Bill' | 'Ship', email: string | null): OrderPerson {
  const text = (name: string) => reader.text(prefix + name)
  const [familyName, givenName] = [text('LastName'), text('FirstName')]
  return {
    fullName: wholeName(familyName, givenName),
    familyName,
    givenName,
    familyNameKana: text('LastNameKana'),
    givenNameKana: text('FirstNameKana'),
    postalCode: postalCodeOf(text('ZipCode')),
    prefecture: text('Prefecture'),
    city: text('City'),
    address1: text('Address1'),
    address2: text('Address2'),
    // The store names these two fields itself; Yahoo! offers them for company and department.
    company: [text('Section1Value'), text('Section2Value')].filter(Boolean).join(' ') || null,
    phone: text('PhoneNumber'),
    emergencyPhone: text('EmgPhoneNumber'),
    email,
  }
}
