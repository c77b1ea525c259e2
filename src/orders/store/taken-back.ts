import { bareNumber, sameNumber } from '../../marketplaces/kit/changes/plans.ts'
import type { NormalisedOrder, OrderParcel } from '../../marketplaces/port/order.ts'
import type { TakenBackParcel } from '../../marketplaces/port/session.ts'
import type { Shipping } from '../../marketplaces/port/shipping.ts'
import { type Edits, reconcile, withoutEdits } from './content.ts'

/** Shipments that their mall has taken back: their goods are still to leave. */

interface Content {
  detail: NormalisedOrder
  edits: Edits
}

/** By number: the parcel of a change of ours has no id, and one with a number of staff is their own. */
const isSame = (parcel: Pick<OrderParcel, 'id' | 'trackingNumber'>, other: TakenBackParcel): boolean =>
  bareNumber(parcel.trackingNumber) && bareNumber(other.trackingNumber)
    ? sameNumber(parcel.trackingNumber, other.trackingNumber)
    : parcel.id !== null && parcel.id === other.id

export const isTakenBack = (
  parcel: OrderParcel,
  recipientId: string,
  takenBack: readonly TakenBackParcel[],
): boolean => takenBack.some((one) => one.recipientId === recipientId && isSame(parcel, one))

/** Leaves out what the mall shows as shipped: goods may leave again under the number of their label. */
export const takenBackIn = ({
  order,
  takenBack,
}: {
  order: NormalisedOrder
  takenBack: readonly TakenBackParcel[]
}): readonly TakenBackParcel[] =>
  takenBack.filter(
    (one) =>
      !order.recipients.some(
        ({ id, parcels }) => id === one.recipientId && parcels.some((parcel) => isSame(parcel, one)),
      ),
  )

/** The stored content without these parcels, as the mall's part of it; the same object where it has none. */
export function withoutTakenBack(stored: Content, takenBack: readonly TakenBackParcel[]): Content {
  if (takenBack.length === 0) return stored
  const before = withoutEdits(stored.detail, stored.edits)
  const isGone = (id: string) => (parcel: OrderParcel) => isTakenBack(parcel, id, takenBack)
  if (!before.recipients.some(({ id, parcels }) => parcels.some(isGone(id)))) return stored
  const recipients = before.recipients.map((recipient) => {
    const parcels = recipient.parcels.filter((parcel) => !isGone(recipient.id)(parcel))
    return { ...recipient, parcels }
  })
  const { detail, edits } = reconcile(stored.detail, stored.edits, { ...before, recipients }, 'keep-edits')
  return { detail, edits }
}

/** Recipients to whom everything had left, and no longer has. Others who wait were left so by staff. */
export const waitingAgain = (
  before: Shipping | null,
  now: Shipping,
  takenBack: readonly TakenBackParcel[],
): string[] =>
  before === null
    ? []
    : now.left.filter(
        (id) => !before.left.includes(id) && takenBack.some(({ recipientId }) => recipientId === id),
      )
