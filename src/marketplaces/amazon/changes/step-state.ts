import { sameNumber } from '../../kit/change-plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep, StepState } from '../../port/site-changes.ts'
import { payloadOf } from './payload.ts'
import { packagesOf } from './shipped.ts'

/** An accepted shipment shows in PACKAGES minutes later, so its absence says nothing, unless the order was cancelled. */
export function amazonStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const { packageReferenceId, trackingNumber } = payloadOf(step).packageDetail
  const shown = packagesOf(order).some(
    (one) => one.packageReferenceId === packageReferenceId || sameNumber(one.trackingNumber, trackingNumber),
  )
  if (shown) return 'applied'
  return order.mallState === 'cancelled' ? 'not_applied' : 'unknown'
}
