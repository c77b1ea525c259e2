import type { z } from 'zod'
import { OrderStatus } from '../generated/prisma/enums.ts'
import { sameNumber, sameText } from '../marketplaces/kit/changes/plans.ts'
import { CARRIERS } from '../marketplaces/port/carriers.ts'
import type { NormalisedOrder, OrderRecipient } from '../marketplaces/port/order.ts'
import { type Shipping, shipping } from '../marketplaces/port/shipping.ts'
import { ChangeParameters, type MallCarrier } from '../marketplaces/port/site-changes.ts'
import { type ParcelChange, type ShippedParcel, withCorrected, withShipped } from '../orders/store/parcels.ts'
import type { TakeOver } from '../orders/store/refresh.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import { FOLLOW_STATUS } from './statements.ts'
import { begun, type HeldChange } from './steps.ts'

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

type Ended = Pick<HeldChange, 'action' | 'parameters' | 'steps'>

/**
 * Returns how an ended change alters the parcels. One that succeeded, with or without a warning, applies as a
 * whole. After one that was done in part, the mall's own record says which part.
 * @param atMall the order as it was read last
 */
export function parcelChange(
  change: Ended,
  state: string,
  carriers: readonly MallCarrier[],
  atMall: NormalisedOrder,
): ParcelChange | null {
  const { action, parameters, steps } = change
  const isDone =
    state === 'succeeded' ||
    (state === 'warning' && steps.length > 0 && steps.every((step) => step.state === 'applied'))
  if (!isDone) return null
  if (action === 'ship') {
    const shipped = shippedBy(parameters, carriers)
    return shipped.length > 0 ? (order) => withShipped(order, shipped) : null
  }
  if (action === 'correct_shipment') {
    return (order) => withCorrected(order, atMall, removedFrom(parameters, order, atMall))
  }
  return null
}

function shippedBy(parameters: Ended['parameters'], carriers: readonly MallCarrier[]): ShippedParcel[] {
  const parsed = ChangeParameters.ship.safeParse(parameters)
  if (!parsed.success) return []
  const { parcels, shippedOn } = parsed.data
  return parcels.map(({ recipientId, carrier, carrierName, trackingNumber, lines }) => ({
    recipientId: recipientId ?? null,
    parcel: {
      id: null,
      carrierCode: carriers.find((one) => one.carrier === carrier)?.mallCode ?? null,
      carrierName: carrierName ?? CARRIERS[carrier],
      trackingNumber: trackingNumber ?? null,
      shippedOn: shippedOn ?? null,
      arrivedOn: null,
      ...(lines?.length ? { lines } : {}),
    },
  }))
}

/** How the order will have left once the mall has taken this change; null for any other than a shipment. */
export function shippingAfter(
  { action, parameters }: Pick<HeldChange, 'action' | 'parameters'>,
  order: NormalisedOrder,
  carriers: readonly MallCarrier[],
): Shipping | null {
  return action === 'ship' ? shipping(withShipped(order, shippedBy(parameters, carriers))) : null
}

const removedBy = (parameters: Ended['parameters']) => {
  const parsed = ChangeParameters.correct_shipment.safeParse(parameters)
  return parsed.success ? parsed.data.parcels.filter(({ remove }) => remove) : []
}

/**
 * Recipients of whom a parcel was removed. One may be named by the parcel's id alone; an id that only the
 * mall knows, as our own parcels have none, is of the one to whom the mall shows nothing any more.
 */
function removedFrom(
  parameters: Ended['parameters'],
  { recipients }: NormalisedOrder,
  atMall: NormalisedOrder,
): ReadonlySet<string> {
  const shown = new Set(atMall.recipients.flatMap(({ id, parcels }) => (parcels.length > 0 ? [id] : [])))
  const emptied = recipients.filter(({ id, parcels }) => parcels.length > 0 && !shown.has(id))
  const [only, ...others] = recipients.length === 1 ? recipients : emptied
  const ownerOf = (parcelId: string | undefined) =>
    recipients.find(({ parcels }) => parcelId !== undefined && parcels.some(({ id }) => id === parcelId)) ??
    (others.length === 0 ? only : undefined)
  return new Set(
    removedBy(parameters).flatMap(({ recipientId, parcelId }) => recipientId ?? ownerOf(parcelId)?.id ?? []),
  )
}

// The order's own status (ステータス) after a change that went well.

interface Following {
  to: OrderStatus
  from: readonly OrderStatus[]
  /** Asked for with the change (`thenMoveTo`): whatever the tenant's setting, and out of 自動受注取込 too. */
  byWish: boolean
}

/**
 * Pure. Null: it stays.
 * @param left how the order has left with this change: while a recipient waits, it is not shipped, not by
 * wish either, as the dialog asks for that without knowing of the others
 * @param before how it had left until then; null: not known
 */
export function statusAfter(
  { action, parameters }: Pick<HeldChange, 'action' | 'parameters'>,
  order: Pick<NormalisedOrder, 'mallState' | 'holds'>,
  { left, before }: LeftWith,
): Following | null {
  const wish = OrderStatusWish[String(parameters?.thenMoveTo)]
  const waits = SHIPPING.has(action) && left.left.length > 0
  const isTakenBack = action === 'correct_shipment' && takesBack(parameters, { left, before })
  if (wish) return { to: waits && AFTER_SHIPPING.has(wish) ? 'ready_to_ship' : wish, from: [], byWish: true }
  if (waits && order.mallState === 'open') {
    return isTakenBack ? { to: 'ready_to_ship', from: ['shipped'], byWish: false } : null
  }
  const to = followed(action, order)
  return to && { to, from: FROM[to] ?? [], byWish: false }
}

/** How an order has left, with a change and before it. */
export interface LeftWith {
  left: Shipping
  before: Shipping | null
}

/** True when somebody waits whose parcel was removed. Others who wait were left so by staff. */
function takesBack(parameters: Ended['parameters'], { left, before }: LeftWith): boolean {
  const removed = removedBy(parameters)
  const named = new Set(removed.map(({ recipientId }) => recipientId))
  const isNew = (id: string) => left.total === 1 || !before?.left.includes(id)
  return left.left.some((id) => named.has(id) || (named.has(undefined) && isNew(id)))
}

const OrderStatusWish: Readonly<Record<string, OrderStatus>> = Object.assign(Object.create(null), OrderStatus)

const SHIPPING: ReadonlySet<HeldChange['action']> = new Set(['ship', 'correct_shipment'])
const AFTER_SHIPPING: ReadonlySet<OrderStatus> = new Set(['shipped', 'completed'])

function followed(
  action: HeldChange['action'],
  { mallState, holds }: Pick<NormalisedOrder, 'mallState' | 'holds'>,
): OrderStatus | null {
  if (!MOVING.has(action)) return null
  if (mallState !== 'open') return mallState
  switch (action) {
    case 'ship':
    case 'correct_shipment':
      // Rakuten turns 発送済 only in the night.
      return 'shipped'
    case 'complete':
      return 'completed'
    case 'cancel':
      return 'cancelled'
    case 'hold':
      return 'on_hold'
    default:
      if (holds.some(({ kind }) => kind === 'unpaid')) return 'awaiting_payment'
      return holds.length === 0 ? 'ready_to_ship' : null
  }
}

const MOVING: ReadonlySet<HeldChange['action']> = new Set([
  ...(['confirm', 'ship', 'correct_shipment', 'mark_paid', 'complete', 'hold', 'release', 'cancel'] as const),
])

/**
 * From where a status may be followed to the next. Never out of 自動受注取込, as the client would not be handed the
 * order, and never back from what staff have brought further; but a shipment that was taken away is none.
 */
const OPEN: readonly OrderStatus[] = ['new', 'awaiting_payment', 'ready_to_ship', 'on_hold']
const FROM: Partial<Record<OrderStatus, readonly OrderStatus[]>> = {
  awaiting_payment: OPEN,
  ready_to_ship: OPEN,
  on_hold: OPEN,
  shipped: OPEN,
  completed: [...OPEN, 'shipped'],
  cancelled: [...OPEN, 'shipped', 'completed'],
}

/** In the transaction that ends the change, whose order is locked. */
export async function followStatus(
  queries: Queries,
  newId: NewId,
  change: Pick<HeldChange, 'id' | 'orderId'>,
  { to, from, byWish }: Following,
  at: Date,
): Promise<void> {
  await queries.query(
    FOLLOW_STATUS({
      order: change.orderId,
      to,
      from,
      always: byWish,
      eventId: newId(),
      change: change.id,
      now: at,
    }),
  )
}
