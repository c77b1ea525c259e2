import { z } from 'zod'
import { factsOf } from '../../../platform/narrow.ts'
import type { Wished } from '../../kit/changes/actions.ts'
import { names } from '../../kit/names.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'

/**
 * Content of updateOrderSender: all baskets, whole, with the requested changes, and the lists it replaces, as
 * they were read.
 */

/** A whole basket for updateOrderSender, which deletes omitted parts. */
export const SentPackage = z.looseObject({
  basketId: z.int(),
  postagePrice: z.int(),
  dropOffLocation: z.string().optional(),
  SenderModel: z.record(z.string(), z.unknown()),
  ItemModelList: z.array(z.looseObject({ itemDetailId: z.int(), units: z.int(), deleteItemFlag: z.int() })),
})
export type SentPackage = z.infer<typeof SentPackage>

const AsRead = z.record(z.string(), z.unknown())
/** Lists beside the baskets that the call replaces. */
export const ReplacedLists = z.object({
  WrappingModel1: AsRead.optional(),
  WrappingModel2: AsRead.optional(),
  CouponModelList: z.array(AsRead).optional(),
})
export type ReplacedLists = z.infer<typeof ReplacedLists>

type WishedRecipient = NonNullable<Wished<'change_content'>['recipients']>[number]

/** In dropOffLocation. */
export const NO_DROP_OFF = '利用しない'

const PENDING_AMOUNT = -9999

/** Sent back unchanged. getOrder has more fields than this call accepts. */
const PACKAGE_FIELDS = names('postageTaxRate deliveryTaxRate packageDeleteFlag')
const ITEM_FIELDS = [
  ...names('itemNumber includePostageFlag includeCashOnDeliveryPostageFlag selectedChoice'),
  ...names('restoreInventoryFlag SkuModelList'),
]
const COUPON_FIELDS = names('couponCode couponPrice couponUnit itemId')
const WRAPPING_FIELDS = names('title name price taxRate includeTaxFlag deleteWrappingFlag')

/** Coupons and wrapping, which the call requires for every order that has them, and replaces. */
export function replacedLists({ mallFields }: NormalisedOrder): ReplacedLists {
  const { CouponModelList: coupons, WrappingModel1, WrappingModel2 } = mallFields
  return {
    ...(WrappingModel1 ? { WrappingModel1: picked(factsOf(WrappingModel1), WRAPPING_FIELDS) } : {}),
    ...(WrappingModel2 ? { WrappingModel2: picked(factsOf(WrappingModel2), WRAPPING_FIELDS) } : {}),
    ...(Array.isArray(coupons) && coupons.length > 0
      ? { CouponModelList: coupons.map((coupon) => picked(factsOf(coupon), COUPON_FIELDS)) }
      : {}),
  }
}

const picked = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]))

export function packagesOf(
  order: NormalisedOrder,
  wishedFor: (recipient: OrderRecipient) => WishedRecipient | undefined,
  quantities: ReadonlyMap<string, number>,
): SentPackage[] {
  return order.recipients.map((recipient) => {
    const wished = wishedFor(recipient)
    return {
      ...picked(recipient.mallFields, PACKAGE_FIELDS),
      basketId: Number(recipient.id),
      postagePrice: wished?.shippingFee ?? recipient.shippingFee ?? PENDING_AMOUNT,
      deliveryPrice: recipient.codFee ?? PENDING_AMOUNT,
      noshi: recipient.gift.noshi,
      ...(wished?.dropOff === undefined ? {} : { dropOffLocation: wished.dropOff ?? NO_DROP_OFF }),
      SenderModel: senderOf(recipient, wished),
      ItemModelList: order.items
        .filter(({ recipientId }) => recipientId === recipient.id)
        .map((item) => itemOf(item, quantities.get(item.lineId))),
    }
  })
}

/** Copies a value with its texts in the form that the call accepts. */
export const sendable = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_name, text: unknown) =>
      typeof text === 'string' ? withoutMachineText(text) : text,
    ),
  )

/** The first text that the call would be refused for, with its field. */
export function unsendable(value: unknown, field = ''): { field: string; sign: string } | null {
  if (typeof value === 'string') {
    const sign = machineTextIn(value)
    return sign === null ? null : { field, sign }
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [name, child] of Object.entries(value)) {
    const found = unsendable(child, Array.isArray(value) ? field : name)
    if (found) return found
  }
  return null
}

function itemOf(item: NormalisedOrder['items'][number], quantity: number | undefined) {
  const removed = quantity === 0 || item.deleted
  return {
    ...picked(item.mallFields, ITEM_FIELDS),
    itemDetailId: Number(item.lineId),
    itemName: item.name,
    price: item.unitPrice,
    // A removed line keeps its quantity: the flag alone removes it.
    units: quantity || item.quantity,
    includeTaxFlag: item.taxIncluded ? 1 : 0,
    taxRate: item.taxRate === null ? null : item.taxRate / 100,
    deleteItemFlag: removed ? 1 : 0,
  }
}

function senderOf({ person, mallFields }: OrderRecipient, wished: WishedRecipient = {}) {
  const postal = (wished.postalCode ?? person.postalCode ?? '').replace('-', '')
  const [phoneNumber1, phoneNumber2, phoneNumber3] = phoneOf(wished.phone ?? person.phone ?? '')
  const asRead = factsOf(mallFields.SenderModel)
  const street =
    wished.address1 === undefined && wished.address2 === undefined
      ? person.address1
      : [wished.address1 ?? person.address1, wished.address2].filter(Boolean).join(' ')
  return {
    zipCode1: postal.slice(0, 3),
    zipCode2: postal.slice(3),
    prefecture: wished.prefecture ?? person.prefecture,
    city: wished.city ?? person.city,
    subAddress: street,
    familyName: wished.familyName ?? person.familyName,
    firstName: wished.givenName ?? person.givenName,
    familyNameKana: wished.familyNameKana ?? person.familyNameKana,
    firstNameKana: wished.givenNameKana ?? person.givenNameKana,
    phoneNumber1,
    phoneNumber2,
    phoneNumber3,
    ...(wished.postalCode === undefined ? picked(asRead, ['zipCode1', 'zipCode2']) : {}),
    ...(wished.phone === undefined ? picked(asRead, ['phoneNumber1', 'phoneNumber2', 'phoneNumber3']) : {}),
  }
}

/** Three parts, as written or from the end. */
function phoneOf(phone: string): [string, string, string] {
  const [first, second, third, ...more] = phone.split('-')
  if (first !== undefined && second !== undefined && third !== undefined && more.length === 0)
    return [first, second, third]
  const digits = phone.replace(/\D/g, '')
  return [digits.slice(0, -8), digits.slice(-8, -4), digits.slice(-4)]
}

const dropOffOf = ({ mallFields }: OrderRecipient) => mallFields.dropOffLocation || NO_DROP_OFF

/** True when the order shows the basket as it was sent. */
export function showsPackage(sent: SentPackage, order: NormalisedOrder): boolean {
  const recipient = order.recipients.find(({ id }) => id === String(sent.basketId))
  if (!recipient || (recipient.shippingFee ?? PENDING_AMOUNT) !== sent.postagePrice) return false
  if (sent.dropOffLocation !== undefined && sent.dropOffLocation !== dropOffOf(recipient)) return false
  const now = sendable(senderOf(recipient))
  const sameSender = Object.entries(now).every(([name, value]) => (sent.SenderModel[name] ?? null) === value)
  return (
    sameSender &&
    sent.ItemModelList.every(({ itemDetailId, units, deleteItemFlag }) => {
      const item = order.items.find(({ lineId }) => lineId === String(itemDetailId))
      return deleteItemFlag === 1 ? !item || item.deleted : !!item && !item.deleted && item.quantity === units
    })
  )
}

/** 機種依存文字 for which RMS refuses whole texts: ①, Ⅲ, ㈱, №, emoji. RMS judges rare kanji of names (髙, 﨑). */
const MACHINE_TEXT = /[\u2116\u2121\u2160-\u217F\u2460-\u24FF\u3200-\u33FF]|[\u{10000}-\u{10FFFF}]/u

/**
 * Replaces 機種依存文字 of the stored order that are sent back: ① as 1, ㈱ as (株), as RMS's own screen requires.
 * Characters without such a form (𠮷, emoji) stay.
 */
const withoutMachineText = (text: string): string =>
  [...text].map((sign) => (MACHINE_TEXT.test(sign) ? sign.normalize('NFKC') : sign)).join('')

export const machineTextIn = (text: string): string | null => MACHINE_TEXT.exec(text)?.[0] ?? null
