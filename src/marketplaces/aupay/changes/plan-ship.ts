import { already, endOf, parcelsByRecipient, planned, refused, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { CARRIERS, STATUSES } from '../codes.ts'
import { shippingCarrierOf } from './carriers.ts'
import { confirmedStatus, shippedStatus, waitsForPayment } from './next-status.ts'
import type { AupayCorrection, AupayShip } from './parameters.ts'
import { type ShippingPayload, statusStep, step } from './payload.ts'
import {
  alreadyShipped,
  cancelled,
  notConfirmed,
  notTheShops,
  onHold,
  paymentFailed,
  reserved,
  statusOf,
  unpaid,
} from './refusals.ts'

type Parcel = OrderRecipient['parcels'][number]

/**
 * 発送完了: the shipping data first, then the status, as every client of the API does: registering data moves no status.
 * The status alone says whether it is done, since it is not known whether the data turn shipStatus.
 */
export function planShip(wished: AupayShip, order: NormalisedOrder): ChangePlan {
  const gone = cancelled(order)
  if (gone) return gone
  const sorted = parcelsByRecipient(order.recipients, wished.parcels)
  if (sorted.kind === 'refused') return sorted.plan
  const status = statusOf(order)
  const [parcel] = order.recipients[0]?.parcels ?? []
  const data = dataOf(wished)
  if (STATUSES[status]?.state === 'shipped' || STATUSES[status]?.state === 'completed')
    return shippedPlan(data, parcel)
  const blocked = notTheShops(order) ?? paymentFailed(order) ?? stateRefusal(wished, order)
  if (blocked) return blocked
  if (
    data.shippingNumber &&
    parcel?.trackingNumber &&
    !sameNumber(data.shippingNumber, parcel.trackingNumber)
  )
    return otherNumber(parcel)
  return planned(...preparing(wished, order), ...sending(data, parcel), closing(wished, order))
}

function dataOf({ shippedOn, parcels: [parcel] }: AupayShip): ShippingPayload {
  return {
    operation: 'updateTradeInfoProc',
    shippingDate: shippedOn.replaceAll('-', ''),
    shippingCarrier: shippingCarrierOf(parcel?.carrier ?? 'other'),
    ...(parcel?.trackingNumber ? { shippingNumber: parcel.trackingNumber } : {}),
  }
}

function shippedPlan({ shippingNumber }: ShippingPayload, parcel: Parcel | undefined): ChangePlan {
  if (!shippingNumber || sameNumber(shippingNumber, parcel?.trackingNumber))
    return already('すでに発送済みです。')
  return alreadyShipped(
    `指定のお荷物伝票番号（${endOf(shippingNumber)}）は登録されていません。番号を直す場合は「発送情報の訂正」を使ってください。`,
  )
}

/** From 発送待ち, from a status that the shop named itself, and from those that the wish itself says how to leave. */
function stateRefusal(wished: AupayShip, order: NormalisedOrder): ChangePlan | null {
  const { markPaid, release, confirmFirst } = wished
  const status = statusOf(order)
  if (!confirmFirst && reserved(order)) return reserved(order)
  if (isNew(order)) {
    if (!confirmFirst) return notConfirmed()
    if (waitsForPayment(order) && !markPaid) return unpaid()
    const next = confirmedStatus(order)
    return typeof next === 'string' ? null : next
  }
  if (status === '保留' && !release) return onHold()
  if (markPaid) return null
  if (status === '発送前入金待ち') return unpaid()
  if (status === '発送待ち') return null
  if (waitsForPayment(order)) return unpaid()
  if (status !== '保留') return null
  const next = confirmedStatus(order)
  return typeof next === 'string' ? null : next
}

/** The statuses on the way to the one to ship from, where the order is new, on hold or waits for its payment. */
function preparing({ markPaid }: AupayShip, order: NormalisedOrder): ChangeStep[] {
  const status = statusOf(order)
  if (isNew(order)) {
    const next = confirmedStatus(order) as string
    const confirm = statusStep('status_confirm', status, next)
    return next === READY ? [confirm] : [confirm, statusStep('status_ready', next, READY)]
  }
  return status === '保留' || (status === '発送前入金待ち' && markPaid)
    ? [statusStep('status_ready', status, READY)]
    : []
}

const READY = '発送待ち'

/** A person who ships what is reserved has it in hand. */
const isNew = (order: NormalisedOrder) => statusOf(order) === '新規受付' || reserved(order) !== null

function sending(data: ShippingPayload, parcel: Parcel | undefined): ChangeStep[] {
  if (parcel && shows(parcel, data)) return []
  const { shippingDate, shippingCarrier, shippingNumber } = data
  const end = endOf(shippingNumber)
  const label = `発送情報の登録（${CARRIERS[shippingCarrier]}、伝票番号 ${end ?? 'なし'}）`
  return [step('shipping', label, data, { shippingDate, shippingCarrier, shippingNumber: end })]
}

/** Whether the mall's record says what the data say; without a number the record's own stays. */
export const shows = (parcel: Parcel, data: ShippingPayload): boolean =>
  (parcel.shippedOn ?? '').replaceAll('-', '') === data.shippingDate &&
  parcel.carrierCode === data.shippingCarrier &&
  (data.shippingNumber === undefined || sameNumber(parcel.trackingNumber, data.shippingNumber))

function closing(wished: AupayShip, order: NormalisedOrder): ChangeStep {
  const status = statusOf(order)
  const from = preparing(wished, order).length > 0 ? READY : status
  return statusStep('status_shipped', from, shippedStatus(order, wished.markPaid === true))
}

/** 発送情報の訂正: the same call with what is right, for orders whose data stand at the mall already. */
export function planCorrection({ parcels: [wished] }: AupayCorrection, order: NormalisedOrder): ChangePlan {
  const gone = cancelled(order)
  if (gone) return gone
  const sorted = parcelsByRecipient(order.recipients, wished ? [wished] : [])
  if (sorted.kind === 'refused') return sorted.plan
  const [parcel] = order.recipients[0]?.parcels ?? []
  const shippedOn = wished?.shippedOn ?? parcel?.shippedOn
  if (!parcel || !shippedOn)
    return refused('NOT_SHIPPED', '発送情報がまだ登録されていません。「発送完了」で登録してください。')
  const number = wished?.trackingNumber ?? parcel.trackingNumber
  const data: ShippingPayload = {
    operation: 'updateTradeInfoProc',
    shippingDate: shippedOn.replaceAll('-', ''),
    shippingCarrier: wished?.carrier
      ? shippingCarrierOf(wished.carrier)
      : (parcel.carrierCode ?? OTHER_CARRIER),
    ...(number ? { shippingNumber: number } : {}),
  }
  const steps = sending(data, parcel)
  return steps.length === 0 ? already('au PAY マーケットの発送情報はすでにこの内容です。') : planned(...steps)
}

const OTHER_CARRIER = shippingCarrierOf('other')

/** Whether a second number overwrites the first is not documented. */
const otherNumber = (parcel: Parcel) =>
  refused(
    'TRACKING_DIFFERS',
    `au PAY マーケットには別のお荷物伝票番号（${endOf(parcel.trackingNumber)}）が登録されています。番号を直す場合は「発送情報の訂正」を使ってください。`,
  )
