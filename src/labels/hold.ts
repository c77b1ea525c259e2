import type { NormalisedOrder, OrderRecipient } from '../marketplaces/port/order.ts'
import type { Hold, Report } from './formats/format.ts'

/**
 * 止置き: a parcel that waits at the carrier's office. Malls have no field for it, so the wish is read from
 * method, address and memo, and a person can set or drop it when labels are made.
 */

/** By a person: an office by its code or its name; null: to the door, whatever the words say. */
export type HoldChoice = { office: string; postalCode?: string | undefined } | null | undefined

const MOST_CHARACTERS = 500
const HELD = /(?:営業所|営業店|センター|局)(?:止|留)|(?:止|留)め?置き|(?:営業所|営業店|センター)受取/
/** Six digits that are no part of a postcode or a phone number. */
const CODE = /(?<![\d-])\d{6}(?![\d-])/
const NAME = /(?:^|\s)([^\s\d]{1,20}(?:営業所|営業店|センター|郵便局))\s*(?:止|留|受取)/

const plain = (text: string | null | undefined): string =>
  (text ?? '').slice(0, MOST_CHARACTERS).normalize('NFKC')

/** Texts that ask for an office. A buyer's remark asks for a look, and decides nothing. */
const asking = ({ delivery, notes }: NormalisedOrder, { person }: OrderRecipient): string[] =>
  [delivery.methodName, person.address1, person.address2, notes.shop]
    .map(plain)
    .filter((text) => HELD.test(text))

export const asksHold = (order: NormalisedOrder, recipient: OrderRecipient): boolean =>
  asking(order, recipient).length > 0

export function holdOf(
  order: NormalisedOrder,
  recipient: OrderRecipient,
  choice: HoldChoice,
  warning: Report,
): Hold | null {
  if (choice === null) return null
  const postalCode = (recipient.person.postalCode ?? '').replace(/\D/g, '')
  if (choice !== undefined) {
    const office = plain(choice.office).trim()
    const isCode = /^\d+$/.test(office)
    return {
      code: isCode ? office : '',
      name: isCode ? '' : office,
      postalCode: choice.postalCode ?? postalCode,
    }
  }
  const texts = asking(order, recipient)
  if (texts.length > 0) {
    const found = (pattern: RegExp, group: number) =>
      texts.map((text) => pattern.exec(text)?.[group] ?? '').find(Boolean) ?? ''
    return { code: found(CODE, 0), name: found(NAME, 1), postalCode }
  }
  if (HELD.test(plain(order.notes.buyer)))
    warning(
      '止置き',
      'HOLD_UNSET',
      '購入者の備考に営業所止め・局留めの言葉がありますが、お届け先へ配達する送り状にします。止め置くときは、確認結果の「止め置き先」に入力してください。',
    )
  return null
}
