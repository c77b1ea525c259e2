import { already, planned, refused, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'
import { CARRIERS } from '../codes.ts'
import { type OrderFacts, wrongStatus } from './facts.ts'
import { invoiceNumberOf } from './invoice-number.ts'
import type { YahooCorrection } from './parameters.ts'
import type { ShipFields } from './payload.ts'
import { correctedStep } from './steps.ts'

type Parcel = OrderRecipient['parcels'][number]
type Wished = YahooCorrection['parcels'][number]

/**
 * 発送情報の訂正: one orderShipStatusChange with the status that the order has, and both numbers as they are to stand there.
 * The call names what it writes, so that made twice it changes nothing more.
 */
export function planCorrection(
  { parcels: wished }: YahooCorrection,
  order: NormalisedOrder,
  { shipStatus }: OrderFacts,
): ChangePlan {
  const parcels = order.recipients[0]?.parcels ?? []
  if ((shipStatus !== '3' && shipStatus !== '4') || parcels.length === 0)
    return wrongStatus('出荷済みでないため、訂正する発送情報がありません。先に発送を登録してください。')
  const targets = new Map<Parcel, Wished>()
  for (const one of wished) {
    const parcel = targetOf(parcels, one)
    if (!parcel && one.remove && one.parcelId) continue
    if (!parcel) return unknownParcel(one.parcelId)
    targets.set(parcel, one)
  }
  const problem = numberProblem(targets)
  if (problem) return refused('TRACKING_NUMBER_REFUSED', problem)
  const Ship = fieldsOf(parcels, targets, shipStatus)
  return isCorrected(Ship, order) ? already('発送情報はすでに同じ内容です。') : planned(correctedStep(Ship))
}

const targetOf = (parcels: readonly Parcel[], { parcelId }: Wished) =>
  parcelId === undefined
    ? parcels.length === 1
      ? parcels[0]
      : undefined
    : parcels.find(({ id }) => id === parcelId)

const unknownParcel = (id: string | undefined) =>
  refused(
    'PARCEL_UNKNOWN',
    id === undefined
      ? '伝票番号が2件ある注文です。どちらを訂正するか、個口のID（1 または 2）を指定してください。'
      : `個口 ${id} はこの注文にありません。注文を再取込して確認してください。`,
  )

function numberProblem(targets: ReadonlyMap<Parcel, Wished>): string | null {
  for (const [, { carrier, trackingNumber }] of targets) {
    const problem = trackingNumber && carrier ? invoiceNumberOf(carrier, trackingNumber).problem : null
    if (problem) return problem
  }
  return null
}

function fieldsOf(
  parcels: readonly Parcel[],
  targets: ReadonlyMap<Parcel, Wished>,
  ShipStatus: string,
): ShipFields {
  const all = [...targets.values()]
  const carrier = all.find((one) => one.carrier)?.carrier
  const shippedOn = all.find((one) => one.shippedOn)?.shippedOn
  const numberAt = (id: string) => {
    const parcel = parcels.find((one) => one.id === id)
    return parcel ? { [`ShipInvoiceNumber${id}`]: numberOf(parcel, targets.get(parcel)) } : {}
  }
  return {
    ShipStatus,
    ...(carrier ? { ShipCompanyCode: CARRIERS.codeOf(carrier) } : {}),
    // Each number stays in its place, so that the same wish once more means the same parcel.
    ...numberAt('1'),
    ...numberAt('2'),
    ...(shippedOn ? { ShipDate: shippedOn.replaceAll('-', '') } : {}),
  }
}

function numberOf(parcel: Parcel, wished: Wished | undefined): string {
  if (wished?.remove) return ''
  const { carrier, trackingNumber = parcel.trackingNumber ?? '' } = wished ?? {}
  return trackingNumber && carrier ? invoiceNumberOf(carrier, trackingNumber).number : trackingNumber
}

/** Carrier, date and the numbers in their places stand in the order as they are to. */
export function isCorrected(sent: ShipFields, order: NormalisedOrder): boolean {
  const parcels = order.recipients[0]?.parcels ?? []
  const numberAt = (id: string) => parcels.find((parcel) => parcel.id === id)?.trackingNumber ?? ''
  const fits = (id: string, number: string | undefined) =>
    number === undefined || sameNumber(number, numberAt(id))
  return (
    fits('1', sent.ShipInvoiceNumber1) &&
    fits('2', sent.ShipInvoiceNumber2) &&
    (!sent.ShipCompanyCode || parcels[0]?.carrierCode === sent.ShipCompanyCode) &&
    (!sent.ShipDate || (parcels[0]?.shippedOn ?? '').replaceAll('-', '').slice(0, 8) === sent.ShipDate)
  )
}
