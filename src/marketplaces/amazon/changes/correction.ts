import type { Wished } from '../../kit/changes/actions.ts'
import { already, planned, refused, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { carrierOf, codeOfShown } from './carriers.ts'
import { shippedByAmazon } from './plan.ts'
import {
  type AmazonPayload,
  correctionStep,
  isCorrected,
  packagesOf,
  type ShippedPackage,
  shipDateOf,
} from './steps.ts'

type Corrected = Wished<'correct_shipment'>['parcels'][number]

/**
 * 出荷通知の訂正: repeats confirmShipment under the package's reference at Amazon, which edits the package. Sends
 * unchanged values too, since a call describes the whole package.
 */
export function planCorrection({ parcels }: Wished<'correct_shipment'>, order: NormalisedOrder): ChangePlan {
  const byAmazon = shippedByAmazon(order)
  if (byAmazon) return byAmazon
  const packages = packagesOf(order)
  const steps: ChangeStep[] = []
  for (const wished of parcels) {
    const found = packageFor(wished, packages)
    if (isPlan(found)) return found
    const payload = payloadFor(wished, found, order)
    if (isPlan(payload)) return payload
    const twice = packages.some(
      (one) => one !== found && sameNumber(one.trackingNumber, payload.packageDetail.trackingNumber),
    )
    if (twice)
      return refused(
        'TRACKING_NUMBER_TAKEN',
        '同じお荷物伝票番号の個口がAmazonにもう1つあります。番号を確認して再実行してください。',
      )
    if (!isCorrected(found, payload)) steps.push(correctionStep(found, payload))
  }
  return steps.length === 0 ? already('Amazonの出荷通知はすでにこの内容です。') : planned(...steps)
}

const isPlan = (one: ShippedPackage | AmazonPayload | ChangePlan): one is ChangePlan =>
  !('packageReferenceId' in one) && !('packageDetail' in one)

function packageFor(
  { parcelId, recipientId }: Corrected,
  packages: readonly ShippedPackage[],
): ShippedPackage | ChangePlan {
  if (packages.length === 0)
    return refused(
      'NOT_SHIPPED',
      'Amazonに出荷通知済みの個口がありません。反映に数分かかることがあります。出荷通知がまだの場合は「出荷通知」をしてください。',
    )
  if (parcelId === undefined) {
    const [only] = packages
    return packages.length === 1 && only
      ? only
      : refused(
          'PARCEL_NEEDED',
          `個口が${packages.length}件ある注文です。訂正する個口の発送明細IDを指定してください。`,
        )
  }
  const found = packages.find(({ packageReferenceId }) => packageReferenceId === parcelId)
  if (found && (recipientId ?? '1') === '1') return found
  return refused(
    'PARCEL_UNKNOWN',
    'この発送明細IDの個口がAmazonにありません。注文を再取込し、発送情報の発送明細IDを確認してください。',
  )
}

function payloadFor(
  wished: Corrected,
  found: ShippedPackage,
  order: NormalisedOrder,
): AmazonPayload | ChangePlan {
  const orderItems = found.packageItems ?? []
  const trackingNumber = wished.trackingNumber ?? found.trackingNumber
  const shown = codeOfShown(found.carrier)
  const carrier = wished.carrier ?? shown?.carrier
  const detail = wished.carrier ? carrierOf(wished.carrier, wished.carrierName?.trim()) : shown?.detail
  const shipDate = wished.shippedOn ? shipDateOf(wished.shippedOn, order) : found.shipTime
  if (orderItems.length === 0 || !trackingNumber || !detail || !shipDate)
    return refused(
      'PARCEL_INCOMPLETE',
      'Amazonの応答にこの個口の配送会社・番号・出荷日・内容のいずれかがないため、訂正を送れません。セラーセントラルで訂正してください。',
    )
  if (wished.shippedOn && wished.shippedOn < order.orderedAt.slice(0, 10))
    return refused('SHIP_DATE_BEFORE_ORDER', '発送日が注文日より前です。発送日を直して再実行してください。')
  // 宅急便 says nothing of another carrier's parcel.
  const sameCarrier = !wished.carrier || wished.carrier === shown?.carrier
  const shippingMethod = wished.shippingMethod ?? (sameCarrier ? found.shippingService : undefined)
  return {
    operation: 'confirmShipment',
    correction: { carrier: wished.carrier !== undefined, shippedOn: wished.shippedOn !== undefined },
    ...(carrier ? { carrier } : {}),
    ...(order.payment.kind === 'cod' ? { codCollectionMethod: 'DirectPayment' as const } : {}),
    packageDetail: {
      packageReferenceId: found.packageReferenceId,
      ...detail,
      ...(shippingMethod ? { shippingMethod } : {}),
      ...{ trackingNumber, shipDate, orderItems },
    },
  }
}
