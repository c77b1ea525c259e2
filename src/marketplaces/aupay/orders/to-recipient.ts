import type { FieldReader } from '../../kit/field-reader.ts'
import { NOBODY } from '../../kit/order-parts.ts'
import { parseTimeBand, postalCodeOf } from '../../kit/texts.ts'
import { names } from '../../kit/wire.ts'
import type { NormalisedOrder, OrderParcel, OrderPerson, OrderRecipient } from '../../port/order.ts'
import { CARRIERS } from '../codes.ts'
import { RECIPIENT_ID, type ReadLine } from './to-amounts.ts'

/** The buyer's mail address is the mall's relay; their own, when given, stays among the mall's fields. */
export const toBuyer = (order: FieldReader): OrderPerson => ({
  ...toPerson(order, 'orderer'),
  email: order.text('mailAddress'),
})

/** The recipient's texts, verbatim, and the fields of the parcel alone. */
const VERBATIM = names('senderName senderKana senderAddress yamatoLnkMgtNo')

/** The API calls the person whom the parcel goes to "sender" (送付先). */
export function toRecipient(
  order: FieldReader,
  lines: readonly ReadLine[],
  { shipping, cod }: NormalisedOrder['charges'],
): OrderRecipient {
  const timeText = order.text('deliveryRequestTime')
  return {
    id: RECIPIENT_ID,
    person: toPerson(order, 'sender'),
    lineIds: lines.map(({ item }) => item.lineId),
    parcels: toParcels(order),
    wish: { date: order.day('deliveryRequestDay'), ...parseTimeBand(timeText), timeText, dropOff: null },
    gift: toGift(lines),
    shippingFee: shipping,
    codFee: cod,
    pickup: toPickup(order),
    remoteArea: false,
    addressPending: false,
    mallFields: order.texts(VERBATIM),
  }
}

/** One shipment per order, as 受注情報更新API wrote it. Shops write a hyphen where there is no number to give. */
function toParcels(order: FieldReader): OrderParcel[] {
  const carrierCode = order.peek('shippingCarrier')
  const number = order.peek('shippingNumber')
  const shippedOn = order.day('shippingDate')
  const trackingNumber = number !== null && /[0-9A-Za-z]/.test(number) ? number : null
  if (trackingNumber === null && shippedOn === null) return []
  const carrierName = CARRIERS.names[carrierCode ?? ''] ?? null
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
  const requested = wrappings.length > 0 || message !== null || noshi !== null
  return { requested, message, noshi, wrappings }
}

const joined = (texts: readonly (string | null)[]): string | null =>
  [...new Set(texts.filter((text) => text !== null))].join('\n') || null

/** senderShopCd; one client's field list spells it senderShopCD. */
function toPickup(order: FieldReader): OrderRecipient['pickup'] {
  const code = order.text('senderShopCd') ?? order.text('senderShopCD')
  return code === null ? null : { kind: null, code, name: null, address: null }
}

/** Splits the API's single texts for name and address. The originals stay for `mallFields` (`peek`). */
function toPerson(order: FieldReader, role: 'orderer' | 'sender'): OrderPerson {
  const fullName = order.peek(`${role}Name`)
  const [familyName, givenName] = splitName(fullName)
  const kana = order.peek(`${role}Kana`)
  const [familyNameKana = kana, givenNameKana = null] = splitName(kana).filter((part) => part !== null)
  return {
    ...NOBODY,
    fullName,
    familyName,
    givenName,
    familyNameKana,
    givenNameKana,
    postalCode: postalCodeOf(order.text(`${role}ZipCode`)),
    ...splitAddress(order.peek(`${role}Address`)),
    phone: order.text(`${role}PhoneNumber1`),
    emergencyPhone: order.text(`${role}PhoneNumber2`),
  }
}

const COMPANY = /会社|法人|組合|商店|\((?:株|有|合|同)\)|[㈱㈲]|カブシキ|ユウゲン/

/**
 * Splits family and given name when exactly one blank divides a person's name; else neither, since a wrong
 * split would be printed on a label. The whole name is kept too; for kana, which has no such field, the
 * family name holds it.
 */
export function splitName(name: string | null): [family: string | null, given: string | null] {
  const [family = null, given = null, ...more] = (name ?? '').trim().split(/[\s\u3000]+/)
  if (given === null || more.length > 0 || COMPANY.test(name ?? '')) return [null, null]
  return [family, given]
}

const PREFECTURE = /^(?:北海道|東京都|京都府|大阪府|(?:神奈川|和歌山|鹿児島|[^\s\u3000\d]{2})県)/

export type AddressParts = Pick<OrderPerson, 'prefecture' | 'city' | 'address1' | 'address2'>

/**
 * Splits one text at blanks: prefecture, city, street, building. Nothing is lost: ambiguous text goes to
 * `address1`, further parts to `address2`.
 */
export function splitAddress(address: string | null): AddressParts {
  const whole = (address ?? '').trim()
  const prefecture = PREFECTURE.exec(whole)?.[0]
  if (prefecture === undefined)
    return { prefecture: null, city: null, address1: whole || null, address2: null }
  const rest = whole.slice(prefecture.length)
  const parts = rest.split(/[\s\u3000]+/).filter((part) => part !== '')
  // Only after a prefecture on its own is the next part known to be the city.
  const divided = /^[\s\u3000]/.test(rest)
  const city = divided && parts.length > 1 ? (parts.shift() ?? null) : null
  const [street, ...building] = parts
  return { prefecture, city, address1: street ?? null, address2: building.join(' ') || null }
}
