import type { NormalisedOrder, OrderParcel } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { type KnownOrder, openHere } from './refresh.ts'

/** By the recipient it went to; null: the only one there is. */
export interface ShippedParcel {
  recipientId: string | null
  parcel: OrderParcel
}

/** The order with what we shipped, beside the parcels that it shows already; the same number is the same parcel. */
function withShipped(order: NormalisedOrder, shipped: readonly ShippedParcel[]): NormalisedOrder {
  const [only, ...others] = order.recipients
  const fallback = others.length === 0 ? (only?.id ?? null) : null
  const recipients = order.recipients.map((recipient) => {
    const ours = shipped.filter(({ recipientId }) => (recipientId ?? fallback) === recipient.id)
    const shown = new Set(recipient.parcels.map(({ trackingNumber }) => digits(trackingNumber)))
    const added = ours.map(({ parcel }) => parcel).filter((one) => !shown.has(digits(one.trackingNumber)))
    return added.length === 0 ? recipient : { ...recipient, parcels: [...recipient.parcels, ...added] }
  })
  return { ...order, recipients }
}

// Malls show a number with and without its hyphens.
const digits = (trackingNumber: string | null): string | null =>
  trackingNumber?.replace(/[^0-9a-z]/gi, '') ?? null

/**
 * Writes what we shipped into an order that is locked, whoever has it by now: the mall may never show it, and the seller's own
 * copy was made before. An order whose content is gone or cannot be opened is left as it is.
 */
export async function writeShipped(
  queries: Queries,
  sealer: Sealer,
  known: KnownOrder,
  shipped: readonly ShippedParcel[],
  at: Date,
): Promise<void> {
  if (known.sealedDetail === null || known.purgedAt !== null) return
  const { detail } = openHere(known, known.sealedDetail, sealer)
  const after = withShipped(detail, shipped)
  if (after.recipients.every((recipient, index) => recipient === detail.recipients[index])) return
  await queries.query(WRITE, [
    known.id,
    known.version,
    Buffer.from(sealer.sealJson(`order:${known.id}:detail`, after)),
    at,
  ])
}

const WRITE = `
update orders set sealed_detail = $3, version = version + 1, updated_at = $4 where id = $1 and version = $2`
