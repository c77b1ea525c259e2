import { wholeName } from '../../kit/names.ts'
import { postalCodeOf } from '../../kit/texts.ts'
import type { OrderPerson } from '../../port/order.ts'
import type { FieldReader } from './read-fields.ts'

/** Buyer (Bill… in the Pay group). */
export const toBuyer = (pay: FieldReader): OrderPerson => toPerson(pay, 'Bill', pay.text('BillMailAddress'))

/** Recipient (Ship… in the Ship group); Yahoo! has no mail address for it. */
export const toReceiver = (ship: FieldReader): OrderPerson => toPerson(ship, 'Ship', null)

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
