import { CARRIERS } from '../marketplaces/port/carriers.ts'
import { type ChangeAction, ChangeParameters, type MallCarrier } from '../marketplaces/port/site-changes.ts'
import type { ShippedParcel } from '../orders/store/parcels.ts'
import type { HeldChange } from './claim.ts'

const SHIPS: ReadonlySet<ChangeAction> = new Set(['ship'])

/**
 * The parcels that a change has reported, once it ended: all of it was done, with or without a warning of the mall. Of one
 * that was done in part the mall's own record says which part.
 */
export function shippedBy(
  { action, parameters, steps }: Pick<HeldChange, 'action' | 'parameters' | 'steps'>,
  state: string,
  carriers: readonly MallCarrier[],
): ShippedParcel[] {
  const isDone =
    state === 'succeeded' ||
    (state === 'warning' && steps.length > 0 && steps.every((step) => step.state === 'applied'))
  if (!SHIPS.has(action) || !isDone) return []
  const parsed = ChangeParameters.ship.safeParse(parameters)
  if (!parsed.success) return []
  const { parcels, shippedOn } = parsed.data
  return parcels.map(({ recipientId, carrier, carrierName, trackingNumber }) => ({
    recipientId: recipientId ?? null,
    parcel: {
      ...{ id: null, carrierCode: carriers.find((one) => one.carrier === carrier)?.mallCode ?? null },
      ...{ carrierName: carrierName ?? CARRIERS[carrier], trackingNumber: trackingNumber ?? null },
      ...{ shippedOn, arrivedOn: null },
    },
  }))
}
