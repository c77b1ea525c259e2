import { isDeepStrictEqual } from 'node:util'
import type { NormalisedOrder, OrderParcel } from '../../marketplaces/port/order.ts'
import { isSent, type Shipping, shipping } from '../../marketplaces/port/shipping.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { trackedParcels } from './columns.ts'
import { sealDetail } from './content.ts'
import { type KnownOrder, openHere } from './refresh.ts'
import { searchHashes, trackingNumbers } from './search-tokens.ts'
import { WRITE_PARCELS } from './statements.ts'

export type ParcelChange = (order: NormalisedOrder) => NormalisedOrder

/** By the recipient it went to; null: the only one there is. */
export interface ShippedParcel {
  recipientId: string | null
  parcel: OrderParcel
}

/** The order with our shipments beside the parcels it shows; the same number is the same parcel. */
export function withShipped(order: NormalisedOrder, shipped: readonly ShippedParcel[]): NormalisedOrder {
  const [only, ...others] = order.recipients
  const fallback = others.length === 0 ? (only?.id ?? null) : null
  const recipients = order.recipients.map((recipient) => {
    const ours = shipped.filter(({ recipientId }) => (recipientId ?? fallback) === recipient.id)
    const shown = new Set(
      recipient.parcels.filter(isSent).map(({ trackingNumber }) => digits(trackingNumber)),
    )
    const added = ours.map(({ parcel }) => parcel).filter((one) => !shown.has(digits(one.trackingNumber)))
    return added.length === 0 ? recipient : { ...recipient, parcels: [...recipient.parcels, ...added] }
  })
  return { ...order, recipients }
}

/**
 * The order with the parcels that the mall shows, where it shows any: a correction is read back from the
 * mall's own record, and our parcel has no id by which a part of it could be found again.
 * @param emptied recipients of whom the mall shows none because they were removed
 */
export function withCorrected(
  order: NormalisedOrder,
  atMall: NormalisedOrder,
  emptied: ReadonlySet<string>,
): NormalisedOrder {
  const shown = new Map(atMall.recipients.map(({ id, parcels }) => [id, parcels]))
  const recipients = order.recipients.map((recipient) => {
    const parcels = shown.get(recipient.id)
    const follows = parcels !== undefined && (parcels.length > 0 || emptied.has(recipient.id))
    return follows && !isDeepStrictEqual(parcels, recipient.parcels) ? { ...recipient, parcels } : recipient
  })
  return { ...order, recipients }
}

// Malls show a number with and without its hyphens.
const digits = (trackingNumber: string | null): string | null =>
  trackingNumber?.replace(/[^0-9a-z]/gi, '') || null

/** The mall's order with the parcels that stand here, too: it may never show what we shipped. */
const withParcelsOf = (atMall: NormalisedOrder, here: NormalisedOrder): NormalisedOrder =>
  withShipped(
    atMall,
    here.recipients.flatMap(({ id, parcels }) => parcels.map((parcel) => ({ recipientId: id, parcel }))),
  )

/**
 * Writes what we shipped or put right into an order that is locked, whoever has it by now: the mall may never
 * show it, and the seller's own copy was made before. An order whose content is gone or cannot be opened is
 * left as it is.
 * @param atMall as it was read last: the mall says whose recipients are still in the order
 * @returns how the order has left then, for its status
 */
export async function writeShipped(
  queries: Queries,
  tools: { sealer: Sealer; tenantId: string },
  known: KnownOrder,
  change: ParcelChange,
  atMall: NormalisedOrder,
  at: Date,
): Promise<Shipping> {
  if (known.sealedDetail === null || known.purgedAt !== null) return shipping(change(atMall))
  const { tenantId } = tools
  const sealer = tools.sealer.of(tenantId)
  const { detail } = openHere(known, known.sealedDetail, sealer)
  const after = change(detail)
  const left = shipping(withParcelsOf(change(atMall), after))
  if (after.recipients.every((recipient, index) => recipient === detail.recipients[index])) return left
  await queries.query(
    WRITE_PARCELS({
      id: known.id,
      version: known.version,
      detail: Buffer.from(sealDetail(sealer, known.id, after)),
      trackedParcels: trackedParcels(after),
      shipping: left,
      hashes: trackingNumbers(after).flatMap((number) =>
        searchHashes(tools.sealer, tenantId, 'tracking', number).slice(0, 1),
      ),
      now: at,
    }),
  )
  return left
}
