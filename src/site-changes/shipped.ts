import { CARRIERS } from '../marketplaces/port/carriers.ts'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import { ChangeParameters, type MallCarrier } from '../marketplaces/port/site-changes.ts'
import { type ParcelChange, type ShippedParcel, withCorrected, withShipped } from '../orders/store/parcels.ts'
import type { HeldChange } from './claim.ts'

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
    const emptied = removedFrom(parameters)
    return (order) => withCorrected(order, atMall, emptied)
  }
  return null
}

function shippedBy(parameters: Ended['parameters'], carriers: readonly MallCarrier[]): ShippedParcel[] {
  const parsed = ChangeParameters.ship.safeParse(parameters)
  if (!parsed.success) return []
  const { parcels, shippedOn } = parsed.data
  return parcels.map(({ recipientId, carrier, carrierName, trackingNumber }) => ({
    recipientId: recipientId ?? null,
    parcel: {
      id: null,
      carrierCode: carriers.find((one) => one.carrier === carrier)?.mallCode ?? null,
      carrierName: carrierName ?? CARRIERS[carrier],
      trackingNumber: trackingNumber ?? null,
      shippedOn,
      arrivedOn: null,
    },
  }))
}

/** Recipients of whom a parcel was removed; null: the only one there is. */
function removedFrom(parameters: Ended['parameters']): Set<string | null> {
  const parsed = ChangeParameters.correct_shipment.safeParse(parameters)
  const removed = parsed.success ? parsed.data.parcels.filter(({ remove }) => remove) : []
  return new Set(removed.map(({ recipientId }) => recipientId ?? null))
}
