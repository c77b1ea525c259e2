import { sameNumber, sameText } from '../../kit/change-plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep, StepState } from '../../port/site-changes.ts'
import { payloadOf, type ShipFields } from './payload.ts'

/**
 * Whether an order just read shows a step as carried out: every field that the step sends must stand there. A field that
 * Yahoo! does not give this store (od90101, left out of the read) tells nothing.
 */
export function yahooStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const { order: sent } = payloadOf(step)
  const { PayStatus = null, IsSeen = null } = order.mallStatuses
  const checks: (boolean | null)[] = []
  if (sent.OrderStatus !== undefined) checks.push(order.mallStatus.code === sent.OrderStatus)
  if (sent.Pay) checks.push(PayStatus === null ? null : PayStatus === sent.Pay.PayStatus)
  if (sent.Ship) checks.push(isShipped(sent.Ship, order))
  if (sent.IsSeen) checks.push(IsSeen === null ? null : IsSeen === 'true' || IsSeen === '1')
  if (sent.Notes !== undefined) checks.push(sameText(sent.Notes, order.notes.shop))
  if (sent.StoreStatus !== undefined) checks.push(order.mallSubStatus?.code === sent.StoreStatus)
  if (checks.includes(false)) return 'not_applied'
  return checks.includes(null) ? 'unknown' : 'applied'
}

/** Beyond 出荷済み is 着荷済み, where an order may have gone meanwhile. */
function isShipped(sent: ShipFields, order: NormalisedOrder): boolean | null {
  const { ShipStatus = null } = order.mallStatuses
  if (ShipStatus === null) return null
  const parcels = order.recipients[0]?.parcels ?? []
  const numbers = [sent.ShipInvoiceNumber1, sent.ShipInvoiceNumber2].filter((number) => number !== undefined)
  return (
    (ShipStatus === sent.ShipStatus || ShipStatus === '4') &&
    numbers.every((number) => parcels.some((parcel) => sameNumber(parcel.trackingNumber, number)))
  )
}
