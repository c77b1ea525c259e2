import type { Wished } from '../../kit/changes/actions.ts'
import {
  already,
  endOf,
  type Parcel,
  parcelsByRecipient,
  planned,
  refused,
  sameNumber,
} from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { CARRIERS, STATUSES } from '../codes.ts'
import {
  alreadyShipped,
  confirmedStatus,
  notTheShops,
  paymentFailed,
  refuse,
  reserved,
  shippedStatus,
  statusOf,
  waitsForPayment,
  waitsForShop,
} from './plan.ts'
import { type ShippingPayload, shippingSteps, statusStep } from './steps.ts'

/**
 * 発送完了: the shipping data first, then the status, as every client of the API does: registering data moves no status.
 * The status alone says whether it is done, since it is not known whether the data turn shipStatus.
 */
export function planShip(wished: Wished<'ship'>, order: NormalisedOrder): ChangePlan {
  const sorted = parcelsByRecipient(order.recipients, wished.parcels)
  if (sorted.kind === 'refused') return sorted.plan
  const state = STATUSES[statusOf(order)]?.state
  const [parcel] = order.recipients[0]?.parcels ?? []
  const [{ carrier = 'other' as const, trackingNumber = '' } = {}] = wished.parcels
  const data = shippingOf(wished.shippedOn, CARRIERS.codeOf(carrier), trackingNumber)
  if (state === 'shipped' || state === 'completed') return shippedPlan(data, parcel)
  const blocked = notTheShops(order) ?? paymentFailed(order) ?? stateRefusal(wished, order)
  if (blocked) return blocked
  const known = parcel?.trackingNumber
  if (trackingNumber && known && !sameNumber(trackingNumber, known)) return otherNumber(known)
  const before = preparing(wished, order)
  const from = before.length > 0 ? READY : statusOf(order)
  const closing = statusStep('status_shipped', from, shippedStatus(order, wished.markPaid === true))
  return planned(...before, ...shippingSteps(data, parcel), closing)
}

const shippingOf = (shippedOn: string, shippingCarrier: string, number: string): ShippingPayload => ({
  operation: 'updateTradeInfoProc',
  shippingDate: shippedOn.replaceAll('-', ''),
  shippingCarrier,
  ...(number ? { shippingNumber: number } : {}),
})

function shippedPlan({ shippingNumber }: ShippingPayload, parcel: Parcel | undefined): ChangePlan {
  if (!shippingNumber || sameNumber(shippingNumber, parcel?.trackingNumber))
    return already('すでに発送済みです。')
  return alreadyShipped(
    `指定のお荷物伝票番号（${endOf(shippingNumber)}）は登録されていません。番号を直す場合は「発送情報の訂正」を使ってください。`,
  )
}

/** From 発送待ち, from a status that the shop named itself, and from those that the wish itself says how to leave. */
function stateRefusal(
  { markPaid, release, confirmFirst }: Wished<'ship'>,
  order: NormalisedOrder,
): ChangePlan | null {
  const status = statusOf(order)
  if (!confirmFirst && reserved(order)) return reserved(order)
  if (isNew(order)) {
    if (!confirmFirst) return waitsForShop(order)
    return waitsForPayment(order) && !markPaid ? refuse('NOT_PAID') : unknownNext(order)
  }
  if (status === '保留' && !release) return refuse('ON_HOLD')
  if (markPaid) return null
  if (status === '発送前入金待ち') return refuse('NOT_PAID')
  if (status === '発送待ち') return null
  if (waitsForPayment(order)) return refuse('NOT_PAID')
  return status === '保留' ? unknownNext(order) : null
}

function unknownNext(order: NormalisedOrder): ChangePlan | null {
  const next = confirmedStatus(order)
  return typeof next === 'string' ? null : next
}

/** The statuses on the way to the one to ship from, where the order is new, on hold or waits for its payment. */
function preparing({ markPaid }: Wished<'ship'>, order: NormalisedOrder): ChangeStep[] {
  const status = statusOf(order)
  if (isNew(order)) {
    const next = waitsForPayment(order) ? '発送前入金待ち' : READY
    const confirm = statusStep('status_confirm', status, next)
    return next === READY ? [confirm] : [confirm, statusStep('status_ready', next, READY)]
  }
  return status === '保留' || (status === '発送前入金待ち' && markPaid)
    ? [statusStep('status_ready', status, READY)]
    : []
}

const READY = '発送待ち'

/** A person who ships a reserved item has it in hand. */
const isNew = (order: NormalisedOrder) => statusOf(order) === '新規受付' || reserved(order) !== null

/** 発送情報の訂正: repeats the call with the correct data, for orders whose data are at the mall already. */
export function planCorrection(
  { parcels: [wished] }: Wished<'correct_shipment'>,
  order: NormalisedOrder,
): ChangePlan {
  const sorted = parcelsByRecipient(order.recipients, wished ? [wished] : [])
  if (sorted.kind === 'refused') return sorted.plan
  const [parcel] = order.recipients[0]?.parcels ?? []
  const shippedOn = wished?.shippedOn ?? parcel?.shippedOn
  if (!parcel || !shippedOn)
    return refused('NOT_SHIPPED', '発送情報がまだ登録されていません。「発送完了」で登録してください。')
  const carrier = wished?.carrier
    ? CARRIERS.codeOf(wished.carrier)
    : (parcel.carrierCode ?? CARRIERS.codeOf('other'))
  const number = wished?.trackingNumber ?? parcel.trackingNumber ?? ''
  const steps = shippingSteps(shippingOf(shippedOn, carrier, number), parcel)
  return steps.length === 0 ? already('au PAY マーケットの発送情報はすでにこの内容です。') : planned(...steps)
}

/** Refuses to change a known number: the mall does not document whether a second one overwrites it. */
const otherNumber = (known: string) =>
  refused(
    'TRACKING_DIFFERS',
    `au PAY マーケットには別のお荷物伝票番号（${endOf(known)}）が登録されています。番号を直す場合は「発送情報の訂正」を使ってください。`,
  )
