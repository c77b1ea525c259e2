import { already, parcelsByRecipient, planned, refused, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, WantedChange } from '../../port/site-changes.ts'
import { STATUS } from '../codes.ts'
import { allot } from './contents.ts'
import { planCorrection } from './correction.ts'
import { AmazonParameters, type AmazonShip } from './parameters.ts'
import { packagesOf, unshippedOf } from './shipped.ts'
import { shippedByAmazon } from './shipped-by-amazon.ts'
import { shipStep } from './steps.ts'

/**
 * What a wished change asks of Amazon, as the order just read stands. Pure. Shipping, and putting it right, alone: there is no status to confirm
 * or to hold, and Orders API has no operation in force that cancels (the acknowledgement feed tells neither at once nor
 * surely what it did).
 */
export function planAmazonChange(change: WantedChange, order: NormalisedOrder): ChangePlan {
  if (change.action === 'correct_shipment')
    return planCorrection(AmazonParameters.correct_shipment.parse(change.parameters), order)
  if (change.action !== 'ship')
    return refused(
      'ACTION_NOT_SUPPORTED',
      'Amazonではこのサイト変更はできません。セラーセントラルで操作してください。',
    )
  return planShip(AmazonParameters.ship.parse(change.parameters), order)
}

/** 出荷通知: one confirmShipment per parcel whose number no package carries yet. */
function planShip(wished: AmazonShip, order: NormalisedOrder): ChangePlan {
  if (order.mallState === 'cancelled')
    return refused(
      'ORDER_CANCELLED_AT_MALL',
      'Amazonで注文がキャンセルされています。発送せず、キャンセルとして処理してください。',
    )
  const sorted = parcelsByRecipient(order.recipients, wished.parcels)
  if (sorted.kind === 'refused') return sorted.plan
  const packages = packagesOf(order)
  const missing = wished.parcels.filter(
    ({ trackingNumber }) => !packages.some((one) => sameNumber(one.trackingNumber, trackingNumber)),
  )
  if (missing.length === 0) return already('同じお荷物伝票番号でAmazonに出荷通知済みです。')
  const blocked = refusalOf(order, wished.shippedOn)
  if (blocked) return blocked
  const contents = allot(missing, unshippedOf(order))
  if (contents.kind === 'refused') return contents.plan
  const taken = new Set(packages.map(({ packageReferenceId }) => packageReferenceId))
  return planned(
    ...contents.packages.map(({ parcel, orderItems }) =>
      shipStep(parcel, orderItems, wished.shippedOn, order, taken),
    ),
  )
}

/** The first of these that holds. Amazon itself would take a shipment of an order whose buyer wishes to cancel. */
function refusalOf(order: NormalisedOrder, shippedOn: string): ChangePlan | null {
  const status = order.mallStatus.code
  const has = (flag: string) => order.flags.includes(flag)
  const byAmazon = shippedByAmazon(order)
  if (byAmazon) return byAmazon
  if (order.mallState === 'shipped')
    return refused(
      'ALREADY_SHIPPED',
      'Amazonではすでに全商品が出荷済みで、指定のお荷物伝票番号がありません。番号を直す場合はセラーセントラルで変更してください。',
    )
  if (status.startsWith('PENDING'))
    return refused(
      'NOT_READY_TO_SHIP',
      `Amazonで「${STATUS[status]?.name ?? status}」のため、まだ出荷できません。「未出荷」になってから再実行してください。`,
    )
  if (status !== 'UNSHIPPED' && status !== 'PARTIALLY_SHIPPED')
    return refused(
      'UNKNOWN_MALL_STATUS',
      `Amazonの注文ステータス「${STATUS[status]?.name ?? (status || 'なし')}」では出荷通知できません。セラーセントラルで確認してください。`,
    )
  if (has('cancel_requested'))
    return refused(
      'CANCEL_REQUESTED',
      '購入者がキャンセルを希望しています。セラーセントラルで対応を決めてください。出荷する場合も、セラーセントラルから出荷通知してください。',
    )
  if (shippedOn < order.orderedAt.slice(0, 10))
    return refused('SHIP_DATE_BEFORE_ORDER', '発送日が注文日より前です。発送日を直して再実行してください。')
  return null
}
