import { answered, sameNumber } from '../../kit/change-plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepState } from '../../port/site-changes.ts'
import type { AmazonClient } from '../client.ts'
import { MARKETPLACE_JP } from '../facts.ts'
import { amazonActions } from './actions.ts'
import { refusedShipment, shipDateInFuture } from './answers.ts'
import { amazonCarriers } from './carriers.ts'
import { payloadOf } from './payload.ts'
import { planAmazonChange } from './plan.ts'
import { packagesOf } from './shipped.ts'

const MINUTE_MS = 60_000
/** What was sent and not answered: the same reference again edits the package and changes nothing. */
const REPEAT_AFTER_MS = 5 * MINUTE_MS
/** A 204 says that it was accepted. Shipments show minutes later, and some were never heard of again. */
const SHOWS_WITHIN_MS = 30 * MINUTE_MS

export const amazonChanges: ChangeRules = {
  actions: amazonActions,
  carriers: amazonCarriers,
  planChange: planAmazonChange,
  stepState: amazonStepState,
  repeatAfterMs: REPEAT_AFTER_MS,
  showsWithinMs: SHOWS_WITHIN_MS,
}

/** confirmShipment of Orders API v0: it is not deprecated, and v2026-01-01 has no successor. */
export function amazonChangeCalls(
  client: AmazonClient,
  { clock }: Pick<MarketplaceTools, 'clock'>,
): ChangeCalls {
  return {
    async applyStep(orderNumber, step, signal) {
      const { operation, ...shipment } = payloadOf(step)
      const { shipDate } = shipment.packageDetail
      if (Date.parse(shipDate) > clock.now()) throw shipDateInFuture(shipDate)
      const call = {
        operation,
        method: 'POST' as const,
        path: `/orders/v0/orders/${encodeURIComponent(orderNumber)}/shipmentConfirmation`,
        body: { marketplaceId: MARKETPLACE_JP, ...shipment },
      }
      const answer = await client.write(call, signal)
      if (answer.kind === 'refused') throw refusedShipment(answer)
      const { packageReferenceId } = shipment.packageDetail
      return answered(null, null, { facts: { packageReferenceId } })
    },
  }
}

/** An accepted shipment shows in PACKAGES minutes later, so its absence says nothing, unless the order was cancelled. */
function amazonStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const { packageReferenceId, trackingNumber } = payloadOf(step).packageDetail
  const shown = packagesOf(order).some(
    (one) => one.packageReferenceId === packageReferenceId || sameNumber(one.trackingNumber, trackingNumber),
  )
  if (shown) return 'applied'
  return order.mallState === 'cancelled' ? 'not_applied' : 'unknown'
}
