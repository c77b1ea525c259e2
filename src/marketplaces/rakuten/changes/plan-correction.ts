import { already, planned, refused, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { CARRIERS } from '../codes.ts'
import type { RakutenCorrection } from './parameters.ts'
import { type ShippingRecord, step } from './payload.ts'
import { recordFacts, shipsTo } from './plan-ship.ts'

type Wished = RakutenCorrection['parcels'][number]
type Parcel = OrderRecipient['parcels'][number]

/** 発送情報の訂正: the records by their shippingDetailId, so that made twice nothing is added; also after 発送済. */
export function planCorrection({ parcels }: RakutenCorrection, order: NormalisedOrder): ChangePlan {
  const records = new Map<string, ShippingRecord[]>()
  for (const wished of parcels) {
    const target = targetOf(order, wished)
    if (!target && wished.remove && wished.parcelId) continue
    if (!target) return unknownParcel(wished)
    const record = recordOf(wished, target.parcel)
    if (record) records.set(target.recipient.id, [...(records.get(target.recipient.id) ?? []), record])
  }
  if (records.size === 0) return already('発送情報はすでに同じ内容です。')
  return planned(...[...records].map(([id, list]) => correctedStep(id, list)))
}

/** By its id; without one the only parcel of the recipient that is named or the only one. */
function targetOf(order: NormalisedOrder, { recipientId, parcelId }: Wished) {
  const own = order.recipients
    .filter((recipient) => shipsTo(recipient) && (recipientId === undefined || recipient.id === recipientId))
    .flatMap((recipient) => recipient.parcels.map((parcel) => ({ recipient, parcel })))
  return parcelId === undefined
    ? own.length === 1
      ? own[0]
      : undefined
    : own.find(({ parcel }) => parcel.id === parcelId)
}

const unknownParcel = ({ parcelId }: Wished) =>
  refused(
    'PARCEL_UNKNOWN',
    parcelId === undefined
      ? '訂正する発送情報を1件に決められません。発送明細IDを指定してください（登録がないときは先に発送を登録してください）。'
      : `発送明細ID ${parcelId} はこの注文にありません。注文を再取込して確認してください。`,
  )

function recordOf(
  { remove, carrier, trackingNumber, shippedOn }: Wished,
  parcel: Parcel,
): ShippingRecord | null {
  const shippingDetailId = Number(parcel.id)
  if (remove) return { shippingDetailId, shippingDeleteFlag: 1 }
  const company = carrier && CARRIERS.codeOf(carrier)
  const changes = {
    ...(company && company !== parcel.carrierCode ? { deliveryCompany: company } : {}),
    ...(trackingNumber === undefined || sameNumber(trackingNumber, parcel.trackingNumber)
      ? {}
      : { shippingNumber: trackingNumber }),
    ...(shippedOn && shippedOn !== parcel.shippedOn ? { shippingDate: shippedOn } : {}),
  }
  return Object.keys(changes).length === 0 ? null : { shippingDetailId, ...changes }
}

function correctedStep(basketId: string, records: ShippingRecord[]): ChangeStep {
  const payload = { operation: 'updateOrderShipping' as const, basketId: Number(basketId), records }
  return step(`correct:${basketId}`, `発送情報の訂正（送付先ID ${basketId}、${records.length}件）`, payload, {
    basketId,
    records: records.map(recordFacts),
  })
}
