import { answered, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepState } from '../../port/site-changes.ts'
import type { AmazonClient } from '../client.ts'
import { MARKETPLACE_JP } from '../facts.ts'
import type { CarrierCodes } from '../shop-settings.ts'
import { amazonActions } from './actions.ts'
import { refusedShipment, shipDateInFuture } from './answers.ts'
import { amazonCarriers, withOwnCode } from './carriers.ts'
import { isCorrected } from './correction.ts'
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
  ownCodes: CarrierCodes,
): ChangeCalls {
  return {
    async applyStep(orderNumber, step, signal) {
      const { operation, carrier, correction: _, ...shipment } = payloadOf(step)
      const packageDetail = withOwnCode(shipment.packageDetail, carrier, ownCodes)
      const { shipDate, packageReferenceId } = packageDetail
      if (Date.parse(shipDate) > clock.now()) throw shipDateInFuture(shipDate)
      const call = {
        operation,
        method: 'POST' as const,
        path: `/orders/v0/orders/${encodeURIComponent(orderNumber)}/shipmentConfirmation`,
        body: { marketplaceId: MARKETPLACE_JP, ...shipment, packageDetail },
      }
      const answer = await client.write(call, signal)
      if (answer.kind === 'refused') throw refusedShipment(answer)
      return answered(null, null, { facts: { packageReferenceId } })
    },
  }
}

/** An accepted shipment shows in PACKAGES minutes later, so its absence says nothing, unless the order was cancelled. */
function amazonStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const payload = payloadOf(step)
  const { packageReferenceId, trackingNumber } = payload.packageDetail
  const shown = packagesOf(order).some((one) =>
    payload.correction
      ? one.packageReferenceId === packageReferenceId && isCorrected(one, payload)
      : one.packageReferenceId === packageReferenceId || sameNumber(one.trackingNumber, trackingNumber),
  )
  if (shown) return 'applied'
  return order.mallState === 'cancelled' ? 'not_applied' : 'unknown'
}
