import { z } from 'zod'
import type { NormalisedOrder, OrderParcel, OrderRecipient } from './order.ts'

/**
 * How far an order has left, by recipient. An order with two recipients of which one has a parcel is not
 * shipped: whatever asks "is it shipped?" asks here.
 */

/** Id of a parcel of which an order file says no more than that it has left. */
export const LEFT_AT_CART = 'left-at-cart'

export const Shipping = z
  .object({
    state: z
      .enum(['none', 'part', 'all'])
      .describe(
        'none nothing has left 未出荷, part something is left 一部出荷, all every recipient has a parcel or the mall says shipped 出荷済み (出荷の状態)',
      ),
    shipped: z.int().describe('Recipients to whom all has left (出荷済みの送付先数)'),
    total: z
      .int()
      .describe(
        'Recipients with something to ship; 0: nothing to ship, as in a cancelled order or one that is picked up at the shop (出荷する送付先数)',
      ),
    left: z
      .array(z.string())
      .describe('Ids of the recipients to whom something is still to be sent (未出荷の送付先ID)'),
  })
  .meta({
    id: 'Shipping',
    description: 'How far the order has left, by recipient: 1 of 2 (送付先ごとの出荷)',
  })
export type Shipping = z.infer<typeof Shipping>

type Order = Pick<NormalisedOrder, 'mallState' | 'recipients' | 'items'>
type Line = NormalisedOrder['items'][number]

/** Pure. Parcels of ours that the mall does not show have to be in the order already. */
export function shipping(order: Order): Shipping {
  const wanted = recipientsToShip(order)
  const isSaid = order.mallState === 'shipped' || order.mallState === 'completed'
  const left = isSaid ? [] : wanted.filter((one) => !hasLeft(one, linesTo(order, one))).map(({ id }) => id)
  const begun = wanted.some(({ parcels }) => parcels.some(isSent))
  const isAll = left.length === 0 && (isSaid || wanted.length > 0)
  return {
    state: isAll ? 'all' : begun ? 'part' : 'none',
    shipped: wanted.length - left.length,
    total: wanted.length,
    left,
  }
}

/** Recipients who get a parcel: with a line that is not cancelled, and not at the shop's own counter. */
export function recipientsToShip(order: Order): OrderRecipient[] {
  if (order.mallState === 'cancelled') return []
  return order.recipients.filter((one) => !isAtCounter(one) && linesTo(order, one).length > 0)
}

/** A convenience store or a post office is an address; the shop's own counter, Amazon's `store`, is none. */
const isAtCounter = ({ pickup }: OrderRecipient): boolean =>
  pickup?.kind === 'shop' || pickup?.kind === 'store'

const linesTo = ({ items }: Pick<Order, 'items'>, { id }: OrderRecipient): Line[] =>
  items.filter(({ recipientId, deleted, quantity }) => recipientId === id && !deleted && quantity > 0)

/** Rakuten keeps blank shipping records: a parcel that has neither number nor day has not left. */
export const isSent = ({ trackingNumber, shippedOn }: OrderParcel): boolean =>
  Boolean(trackingNumber?.trim()) || shippedOn !== null

/** A parcel without lines is for all of its recipient: only Amazon says what is in one. */
function hasLeft({ parcels }: OrderRecipient, lines: readonly Line[]): boolean {
  const sent = parcels.filter(isSent)
  if (sent.some((parcel) => !parcel.lines?.length)) return true
  const inParcels = sentPieces(parcels)
  return sent.length > 0 && lines.every(({ lineId, quantity }) => (inParcels.get(lineId) ?? 0) >= quantity)
}

/** How many of each line have left, by line id, as far as the parcels say what is in them. */
export function sentPieces(parcels: readonly OrderParcel[]): ReadonlyMap<string, number> {
  const pieces = new Map<string, number>()
  for (const { lineId, quantity } of parcels.filter(isSent).flatMap((parcel) => parcel.lines ?? []))
    pieces.set(lineId, (pieces.get(lineId) ?? 0) + quantity)
  return pieces
}
