import {
  already,
  endOf,
  pairParcels,
  parcelsByRecipient,
  planned,
  refused,
  sameNumber,
} from '../../kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { CARRIERS } from '../codes.ts'
import type { RakutenShip } from './parameters.ts'
import { type ShippingRecord, step } from './payload.ts'

type WishedParcel = RakutenShip['parcels'][number]
type Parcel = OrderRecipient['parcels'][number]

/**
 * 発送完了報告: one updateOrderShipping call per basket. The call adds a record wherever no id is given, so what the order
 * just read already has is left out or given with its shippingDetailId, and never sent as new.
 */
export function planShip(wished: RakutenShip, order: NormalisedOrder): ChangePlan {
  const sorted = parcelsByRecipient(order.recipients.filter(shipsTo), wished.parcels)
  if (sorted.kind === 'refused') return sorted.plan
  const steps: ChangeStep[] = []
  for (const { recipient, parcels } of sorted.groups) {
    const plan =
      order.mallState === 'open' ? basketPlan(recipient, parcels, wished) : shippedPlan(recipient, parcels)
    if (plan.kind === 'refused') return plan
    if (plan.kind === 'steps') steps.push(...plan.steps)
  }
  return steps.length > 0 ? planned(...steps) : already('同じ発送情報が楽天に登録されています。')
}

/** A basket that was merged away keeps standing in the order, marked as deleted. */
export const shipsTo = (recipient: OrderRecipient): boolean =>
  Number(recipient.mallFields.packageDeleteFlag) !== 1

/** 発送済 and later: nothing is reported a second time, and a number is not put right behind the buyer's back. */
function shippedPlan(recipient: OrderRecipient, parcels: readonly WishedParcel[]): ChangePlan {
  const { missing } = pairParcels(parcels, recipient.parcels)
  return missing.length === 0
    ? already('すでに発送済みです。')
    : refused(
        'ALREADY_SHIPPED',
        `楽天ではすでに発送済みで、指定の${numbersOf(missing)}が登録されていません。番号を直す場合はRMSで変更してください。`,
      )
}

function basketPlan(
  recipient: OrderRecipient,
  wished: readonly WishedParcel[],
  ship: RakutenShip,
): ChangePlan {
  const { pairs, missing, foreign } = pairParcels(wished, recipient.parcels)
  if (missing.length > 0 && foreign.length > 0) return otherNumber(recipient, foreign)
  const records = [
    ...pairs.flatMap(({ wanted, parcel }) => updateOf(wanted, parcel, ship.shippedOn) ?? []),
    ...missing.map((wanted) => recordOf(wanted, ship.shippedOn)),
    ...leftBlank(recipient, pairs),
  ]
  if (records.length === 0) return already('同じ発送情報が楽天に登録されています。')
  const label = `発送情報の登録（送付先ID ${recipient.id}、${records.length}件）`
  const payload = { operation: 'updateOrderShipping' as const, basketId: Number(recipient.id), records }
  return planned(
    step(`ship:${recipient.id}`, label, payload, {
      basketId: recipient.id,
      records: records.map(recordFacts),
    }),
  )
}

/** RMS never turns an order 発送済 while a record stands there without number and date: what nobody fills goes. */
const leftBlank = ({ parcels }: OrderRecipient, pairs: readonly { parcel: Parcel }[]): ShippingRecord[] =>
  parcels
    .filter(
      (parcel) =>
        parcel.trackingNumber === null &&
        parcel.shippedOn === null &&
        !pairs.some((pair) => pair.parcel === parcel),
    )
    .map(({ id }) => ({ shippingDetailId: Number(id), shippingDeleteFlag: 1 }))

const recordOf = (wanted: WishedParcel, shippingDate: string): ShippingRecord => ({
  deliveryCompany: CARRIERS.codeOf(wanted.carrier),
  ...(wanted.trackingNumber ? { shippingNumber: wanted.trackingNumber } : {}),
  shippingDate,
})

/** What the record lacks of the wish; null when nothing. A number of the mall's own stays where none was wished. */
function updateOf(wanted: WishedParcel, parcel: Parcel, shippedOn: string): ShippingRecord | null {
  const others = !wanted.trackingNumber && parcel.trackingNumber !== null
  const carrier = CARRIERS.codeOf(wanted.carrier)
  const fits =
    parcel.shippedOn === shippedOn &&
    (others || (parcel.carrierCode === carrier && sameNumber(wanted.trackingNumber, parcel.trackingNumber)))
  if (fits) return null
  const record = others ? { shippingDate: shippedOn } : recordOf(wanted, shippedOn)
  return { shippingDetailId: Number(parcel.id), ...record }
}

export const recordFacts = ({ shippingDetailId, shippingNumber, ...rest }: ShippingRecord) => ({
  ...(shippingDetailId === undefined
    ? { record: 'add' }
    : { record: rest.shippingDeleteFlag ? 'delete' : 'update', shippingDetailId }),
  ...rest,
  shippingNumber: endOf(shippingNumber),
})

const otherNumber = (recipient: OrderRecipient, foreign: readonly Parcel[]) =>
  refused(
    'TRACKING_DIFFERS',
    `楽天の送付先ID ${recipient.id} には別のお荷物伝票番号（${foreign.map((one) => endOf(one.trackingNumber)).join('、')}）が登録されています。RMSで番号を確認し、不要な番号を削除してから再実行してください。`,
  )

const numbersOf = (parcels: readonly WishedParcel[]) =>
  `お荷物伝票番号（${parcels.map((one) => endOf(one.trackingNumber) ?? '番号なし').join('、')}）`
