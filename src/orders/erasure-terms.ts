import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import { normaliseEmail, normaliseName, phoneDigits, wholeNameOf } from './store/search-tokens.ts'

/** By what a buyer who is erased is found where no index leads to them: in free text. */

/** `text` as in the blind index: digits of a phone, a tidy mail address or whole name, an order number. */
export interface ErasureTerm {
  kind: 'phone' | 'email' | 'number' | 'name'
  text: string
}

/** True when free text names the buyer by one of these terms, also spaced apart or in full width. */
export function namesBuyer(terms: readonly ErasureTerm[], where: string): boolean {
  const plain = where.normalize('NFKC').toLowerCase()
  const digits = plain.replace(/\+81[ -]?/g, '0').replace(/[^\d\n]/g, '')
  const name = normaliseName(where)
  return terms.some(({ kind, text }) => {
    if (kind === 'phone') return digits.includes(text)
    return kind === 'name' ? name.includes(text) : plain.includes(text.normalize('NFKC').toLowerCase())
  })
}

/** A part of a number would erase other people's orders. */
export const LEAST_DIGITS = 9
/** A shorter name is a part of too many words. */
const LEAST_NAME = 3

/**
 * Of an order that was named all people; otherwise those who have the number or the address, as others may
 * share the order with them.
 */
export function termsIn({ buyer, recipients }: NormalisedOrder, { kind, text }: ErasureTerm): ErasureTerm[] {
  return [buyer, ...recipients.map(({ person }) => person)]
    .map((person) => ({
      phone: [phoneDigits(person.phone), phoneDigits(person.emergencyPhone)],
      email: [normaliseEmail(person.email)],
      name: [
        wholeNameOf(person),
        normaliseName(`${person.familyNameKana ?? ''}${person.givenNameKana ?? ''}`),
      ],
    }))
    .filter((known) => kind === 'number' || (kind !== 'name' && known[kind].includes(text)))
    .flatMap(({ phone, email, name }): ErasureTerm[] => [
      ...phone
        .filter((digits) => digits.length >= LEAST_DIGITS)
        .map((one) => ({ kind: 'phone' as const, text: one })),
      ...email.filter((one) => one !== '').map((one) => ({ kind: 'email' as const, text: one })),
      ...name.filter((one) => one.length >= LEAST_NAME).map((one) => ({ kind: 'name' as const, text: one })),
    ])
}
