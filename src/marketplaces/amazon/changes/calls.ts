import { answered } from '../../kit/change-plans.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls } from '../../port/site-changes.ts'
import type { AmazonClient } from '../client.ts'
import { MARKETPLACE_JP } from '../facts.ts'
import { refusedShipment, shipDateInFuture } from './answers.ts'
import { payloadOf } from './payload.ts'

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
