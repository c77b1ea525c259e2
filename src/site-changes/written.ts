import type { z } from 'zod'
import { sameNumber, sameText } from '../marketplaces/kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../marketplaces/port/order.ts'
import { ChangeParameters } from '../marketplaces/port/site-changes.ts'
import type { TakeOver } from '../orders/store/refresh.ts'
import type { HeldChange } from './claim.ts'
import { begun } from './steps.ts'

type Ended = Pick<HeldChange, 'action' | 'parameters' | 'steps'>
type Content = z.infer<typeof ChangeParameters.change_content>
type Wished = NonNullable<Content['recipients']>[number]

/**
 * Returns what the order takes over from the mall after a change: the fields it wrote, in the mall's wording,
 * and those derived from them. After a failed change, only fields for which the mall shows the wish.
 */
export function takeOverOf({ action, parameters, steps }: Ended, state: string): TakeOver | null {
  const isDone = state === 'succeeded'
  if (!isDone && !begun(steps)) return null
  if (action === 'memo') {
    const parsed = ChangeParameters.memo.safeParse(parameters)
    return parsed.success ? (before, atMall) => withMemo(before, atMall, parsed.data.memo, isDone) : null
  }
  if (action !== 'change_content') return null
  const parsed = ChangeParameters.change_content.safeParse(parameters)
  return parsed.success ? (before, atMall) => withContent(before, atMall, parsed.data, isDone) : null
}

/** @param isDone whether all that was wished stands at the mall, however it words it there */
const withMemo = (before: NormalisedOrder, atMall: NormalisedOrder, memo: string, isDone: boolean) =>
  isDone || sameText(memo, atMall.notes.shop)
    ? { ...before, notes: { ...before.notes, shop: atMall.notes.shop } }
    : before

function withContent(
  before: NormalisedOrder,
  atMall: NormalisedOrder,
  wished: Content,
  isDone: boolean,
): NormalisedOrder {
  const { charges: now, notes, delivery } = atMall
  const { shippingFee, codFee, giftWrapFee, discount, adjustment, buyerNote, deliveryMethod } = wished
  const is = (value: number | undefined, shown: number): boolean =>
    value !== undefined && (isDone || value === shown)
  const fees = wished.recipients?.filter((one) => one.shippingFee !== undefined) ?? []
  const ofRecipient = (one: Wished) => find(atMall, one)?.shippingFee ?? Number.NaN
  const lines = linesOf(before, atMall, wished, isDone)
  const newLines = lines !== null
  const shipping = is(shippingFee, now.shipping) || fees.some((one) => is(one.shippingFee, ofRecipient(one)))
  const taken = {
    ...(shipping ? { shipping: now.shipping } : {}),
    ...(is(codFee, now.cod + now.paymentFee) ? { cod: now.cod, paymentFee: now.paymentFee } : {}),
    ...(is(giftWrapFee, now.giftWrap) ? { giftWrap: now.giftWrap } : {}),
    ...(is(adjustment, now.adjustment) ? { adjustment: now.adjustment } : {}),
  }
  const given = is(discount, storeDiscountOf(atMall))
  const money = newLines || given || Object.keys(taken).length > 0
  const { totals, taxSummary, discounts, points } = atMall
  const noted = buyerNote !== undefined && (isDone || sameText(buyerNote, notes.buyer))
  const sent = deliveryMethod !== undefined && (isDone || deliveryMethod === delivery.methodName)
  const after: NormalisedOrder = {
    ...before,
    // Other lines are other fees, coupons and points as well.
    charges: newLines ? now : { ...before.charges, ...taken },
    ...(money ? { totals, taxSummary } : {}),
    ...(newLines || given ? { discounts } : {}),
    ...(newLines ? { items: lines, points } : {}),
    ...(noted ? { notes: { ...before.notes, buyer: notes.buyer } } : {}),
    ...(sent ? { delivery } : {}),
  }
  // Rakuten keeps one wish for the whole order, and reads it out of the remarks too.
  const wish = noted || wished.recipients?.some((one) => showsWish(one, atMall, isDone)) === true
  return { ...after, recipients: recipientsOf(before, atMall, wished, { isDone, wish, shipping, newLines }) }
}

const storeDiscountOf = ({ discounts }: NormalisedOrder): number =>
  discounts.find(({ kind }) => kind === 'store_discount')?.amount ?? 0

function find({ recipients }: NormalisedOrder, { recipientId }: Wished): OrderRecipient | undefined {
  if (recipientId !== undefined) return recipients.find(({ id }) => id === recipientId)
  return recipients.length === 1 ? recipients[0] : undefined
}

function showsWish(wished: Wished, atMall: NormalisedOrder, isDone: boolean): boolean {
  const { wishDate, wishTime } = wished
  if (wishDate === undefined && wishTime === undefined) return false
  const shown = (find(atMall, wished) ?? atMall.recipients[0])?.wish
  const same = (text: string | null | undefined, other: string | null | undefined) =>
    text === undefined || (text ?? '') === (other ?? '')
  return isDone || (same(wishDate, shown?.date) && same(wishTime, shown?.timeText))
}

interface Taken {
  isDone: boolean
  wish: boolean
  shipping: boolean
  newLines: boolean
}

function recipientsOf(
  before: NormalisedOrder,
  atMall: NormalisedOrder,
  { recipients: wished = [] }: Content,
  { isDone, wish, shipping, newLines }: Taken,
): OrderRecipient[] {
  return before.recipients.map((recipient) => {
    const now = atMall.recipients.find(({ id }) => id === recipient.id)
    if (!now) return recipient
    const own = wished.filter((one) => find(atMall, one) === now)
    const person = own.reduce((known, one) => withPerson(known, now.person, one, isDone), recipient.person)
    return {
      ...recipient,
      person,
      ...(wish ? { wish: now.wish } : {}),
      ...(shipping || newLines ? { shippingFee: now.shippingFee } : {}),
      ...(newLines ? { codFee: now.codFee, lineIds: now.lineIds } : {}),
    }
  })
}

type Person = OrderRecipient['person']

const NAMES = ['familyName', 'givenName', 'familyNameKana', 'givenNameKana'] as const
const PLACES = ['prefecture', 'city'] as const
/** A mall that has one line for both puts them together. */
const STREET = ['address1', 'address2'] as const
const NUMBERS = ['postalCode', 'phone'] as const

function withPerson(before: Person, atMall: Person, wished: Wished, isDone: boolean): Person {
  const shows = (name: keyof Wished & keyof Person, same = sameText) =>
    wished[name] !== undefined && (isDone || same(wished[name], atMall[name]))
  const taken: (keyof Person)[] = [
    ...[...NAMES, ...PLACES].filter((name) => shows(name)),
    ...NUMBERS.filter((name) => shows(name, sameNumber)),
    ...(STREET.some((name) => shows(name)) ? STREET : []),
  ]
  const named = taken.includes('familyName') || taken.includes('givenName')
  return {
    ...before,
    ...Object.fromEntries(taken.map((name) => [name, atMall[name]])),
    ...(named ? { fullName: atMall.fullName } : {}),
  }
}

/** The lines with those that were changed, removed or added as the mall has them; null when none was. */
function linesOf(
  before: NormalisedOrder,
  atMall: NormalisedOrder,
  { lines = [], addLines = [] }: Content,
  isDone: boolean,
): NormalisedOrder['items'] | null {
  const now = new Map(atMall.items.map((item) => [item.lineId, item]))
  const quantityOf = (lineId: string) => {
    const item = now.get(lineId)
    return !item || item.deleted ? 0 : item.quantity
  }
  const changed = new Set(
    lines
      .filter(({ lineId, quantity }) => isDone || quantityOf(lineId) === quantity)
      .map(({ lineId }) => lineId),
  )
  const known = new Map(before.items.map((item) => [item.lineId, item]))
  const isAdded = (item: NormalisedOrder['items'][number]) =>
    addLines.some(
      ({ itemCode, quantity }) => isDone || (itemCode === item.itemCode && quantity === item.quantity),
    )
  const shown = atMall.items.flatMap((item) => {
    if (changed.has(item.lineId)) return [item]
    const own = known.get(item.lineId)
    return own ? [own] : isAdded(item) ? [item] : []
  })
  const gone = before.items.filter(({ lineId }) => !now.has(lineId) && !changed.has(lineId))
  const isNew = changed.size > 0 || shown.some(({ lineId }) => !known.has(lineId))
  return isNew ? [...shown, ...gone] : null
}
