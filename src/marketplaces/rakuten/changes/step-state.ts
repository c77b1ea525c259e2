import { sameNumber, sameText } from '../../kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangeStep, StepState } from '../../port/site-changes.ts'
import { showsPackage } from './packages.ts'
import { payloadOf, type RakutenPayload, type ShippingPayload, type ShippingRecord } from './payload.ts'

/**
 * Whether an order just read shows a step as carried out. Shipping is told by the basket's records: the order itself
 * turns 発送済 only in Rakuten's nightly run.
 */
export function rakutenStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const payload = payloadOf(step)
  switch (payload.operation) {
    case 'confirmOrder':
      return stateOf(isConfirmed(order))
    case 'updateOrderShipping':
      return shippingState(payload, order)
    case 'cancelOrder':
    case 'cancelOrderAfterShipping':
      return stateOf(progressOf(order) >= 800 || cancelAsked(order))
    case 'updateOrderMemo':
      return stateOf(isNoted(payload, order))
    case 'updateOrderRemarks':
      return stateOf(sameText(payload.remarks, order.notes.buyer))
    case 'updateOrderDelivery':
      return stateOf(payload.deliveryName === order.delivery.methodName)
    case 'updateOrderSender':
    case 'updateOrderSenderAfterShipping':
      return stateOf(payload.PackageModelList.every((sent) => showsPackage(sent, order)))
    case 'updateOrderSubStatus':
      return stateOf((order.mallSubStatus?.code ?? null) === (payload.subStatusId?.toString() ?? null))
  }
}

const progressOf = (order: NormalisedOrder) => Number(order.mallStatus.code)

/** A cancelled order is beyond 100 too, without having been confirmed. */
const isConfirmed = (order: NormalisedOrder) =>
  order.times.shopOrderCfmDatetime ? true : progressOf(order) > 100 && progressOf(order) < 800

type MemoPayload = Extract<RakutenPayload, { operation: 'updateOrderMemo' }>

const isNoted = ({ memo, deliveryDate, shippingTerm }: MemoPayload, order: NormalisedOrder): boolean =>
  (memo === undefined || sameText(memo, order.notes.shop)) &&
  (deliveryDate === undefined || (order.recipients[0]?.wish.date ?? null) === deliveryDate) &&
  (shippingTerm === undefined || (order.mallFields.shippingTerm ?? null) === shippingTerm)

const stateOf = (applied: boolean): StepState => (applied ? 'applied' : 'not_applied')

/**
 * Where only some of the records that were to be added are there, sending the same once more would add those again: that
 * is for a new look at the order, not for a repetition.
 */
function shippingState({ basketId, records }: ShippingPayload, order: NormalisedOrder): StepState {
  const basket = order.recipients.find((recipient) => recipient.id === String(basketId))
  const free = new Set(basket?.parcels)
  const shown = records.filter((record) => {
    if (record.shippingDeleteFlag)
      return !basket?.parcels.some(({ id }) => id === String(record.shippingDetailId))
    const parcel = [...free].find((one) => shows(one, record))
    if (parcel) free.delete(parcel)
    return parcel !== undefined
  })
  if (shown.length === records.length) return 'applied'
  return shown.some((record) => record.shippingDetailId === undefined) ? 'unknown' : 'not_applied'
}

/** What the record said stands in the parcel; what it left out was left as it is. */
function shows(parcel: OrderRecipient['parcels'][number], record: ShippingRecord): boolean {
  const { shippingDetailId, deliveryCompany, shippingNumber, shippingDate } = record
  return (
    (shippingDetailId === undefined || parcel.id === String(shippingDetailId)) &&
    (deliveryCompany === undefined || parcel.carrierCode === deliveryCompany) &&
    (shippingNumber === undefined || sameNumber(parcel.trackingNumber, shippingNumber)) &&
    (shippingDate === undefined || (parcel.shippedOn ?? '') === shippingDate)
  )
}

/** An entry of kind キャンセル申請 (0) that nobody has decided: accepted, though the progress has not moved yet. */
function cancelAsked(order: NormalisedOrder): boolean {
  const changes = order.mallFields.ChangeReasonModelList
  const open = (entry: { changeType?: unknown; changeFixDatetime?: unknown } | null) =>
    String(entry?.changeType) === '0' && !entry?.changeFixDatetime
  return Array.isArray(changes) && changes.some(open)
}
