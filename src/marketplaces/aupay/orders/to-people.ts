import type { FieldReader } from '../../kit/field-reader.ts'
import { postalCodeOf } from '../../kit/texts.ts'
import type { OrderPerson } from '../../port/order.ts'

/** The mall sends each order to one address. */
export const RECIPIENT_ID = '1'

type Role = 'orderer' | 'sender'

/** Buyer. `mailAddress` is the mall's relay; the buyer's own address, when given, stays among the mall's fields. */
export const toBuyer = (order: FieldReader): OrderPerson =>
  toPerson(order, 'orderer', order.text('mailAddress'))

/** Recipient: the API calls the person whom the parcel goes to "sender" (送付先). It has no mail address. */
export const toReceiver = (order: FieldReader): OrderPerson => toPerson(order, 'sender', null)

/** Splits the API's single texts for name and address. The originals stay for `mallFields` (`peek`). */
function toPerson(order: FieldReader, role: Role, email: string | null): OrderPerson {
  const [familyName, givenName] = splitName(order.peek(`${role}Name`))
  const kana = order.peek(`${role}Kana`)?.trim() || null
  const [familyNameKana = kana, givenNameKana = null] = splitName(kana).filter((part) => part !== null)
  return {
    fullName: order.peek(`${role}Name`)?.trim() || null,
    familyName,
    givenName,
    familyNameKana,
    givenNameKana,
    postalCode: postalCodeOf(order.text(`${role}ZipCode`)),
    ...splitAddress(order.peek(`${role}Address`)),
    company: null,
    phone: order.text(`${role}PhoneNumber1`),
    emergencyPhone: order.text(`${role}PhoneNumber2`),
    email,
  }
}

const COMPANY = /会社|法人|組合|商店|\((?:株|有|合|同)\)|[㈱㈲]|カブシキ|ユウゲン/

/**
 * Splits family and given name when exactly one blank divides a person's name; else returns neither, since a
 * wrong split would be printed on a label. The whole name is kept too; for kana, which has no such field, the
 * family name holds it.
 */
export function splitName(name: string | null): [family: string | null, given: string | null] {
  if (name === null) return [null, null]
  const parts = name.trim().split(/[\s\u3000]+/)
  if (parts.length !== 2 || COMPANY.test(name)) return [null, null]
  return [parts[0] ?? null, parts[1] ?? null]
}

const PREFECTURE = /^(?:北海道|東京都|京都府|大阪府|(?:神奈川|和歌山|鹿児島|[^\s\u3000\d]{2})県)/

export type AddressParts = Pick<OrderPerson, 'prefecture' | 'city' | 'address1' | 'address2'>

/**
 * Splits one text at blanks: prefecture, city, street, building. Nothing is lost: ambiguous text goes to
 * `address1`, further parts to `address2`.
 */
export function splitAddress(address: string | null): AddressParts {
  const whole = (address ?? '').trim()
  if (whole === '') return { prefecture: null, city: null, address1: null, address2: null }
  const prefecture = PREFECTURE.exec(whole)?.[0]
  if (prefecture === undefined) return { prefecture: null, city: null, address1: whole, address2: null }
  const rest = whole.slice(prefecture.length)
  const parts = rest.split(/[\s\u3000]+/).filter((part) => part !== '')
  // Only after a prefecture on its own is the next part known to be the city.
  const divided = /^[\s\u3000]/.test(rest)
  const city = divided && parts.length > 1 ? (parts.shift() ?? null) : null
  const [street, ...building] = parts
  return { prefecture, city, address1: street ?? null, address2: building.join(' ') || null }
}
