import type { Wished } from '../../kit/changes/actions.ts'
import {
  already,
  parcelsByRecipient,
  planned,
  refused,
  refusing,
  sameNumber,
} from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeAction, ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { carrierOf, codeOfShown, STATUS } from '../codes.ts'
import {
  type AmazonPayload,
  correctionStep,
  isCorrected,
  packagesOf,
  type ShippedPackage,
  shipDateOf,
  shipStep,
  unshippedOf,
} from './steps.ts'

/** Plans a requested change at Amazon for the order just read. Pure. */

const refuse = refusing({
  ALREADY_SHIPPED:
    'Amazonではすでに全商品が出荷済みで、指定のお荷物伝票番号がありません。番号を直す場合は「発送情報の訂正」を使ってください。',
  CANCEL_REQUESTED:
    '購入者がキャンセルを希望しています。セラーセントラルで対応を決めてください。出荷する場合も、セラーセントラルから出荷通知してください。',
  FBA_ORDER: 'FBAの注文です。Amazonが出荷するため、出荷通知はできません。「確認済み」にしてください。',
  NOTHING_TO_SHIP:
    '未出荷の商品が残っていない個口があります。注文を再取込し、個口の内容明細を確認してください。',
  NOT_SHIPPED:
    'Amazonに出荷通知済みの個口がありません。反映に数分かかることがあります。出荷通知がまだの場合は「出荷通知」をしてください。',
  PARCEL_INCOMPLETE:
    'Amazonの応答にこの個口の配送会社・番号・出荷日・内容のいずれかがないため、訂正を送れません。セラーセントラルで訂正してください。',
  PARCEL_UNKNOWN:
    'この発送明細IDの個口がAmazonにありません。注文を再取込し、発送情報の発送明細IDを確認してください。',
  SHIPPED_BY_AMAZON_LABEL:
    'Amazonの配送ラベルで出荷する注文（FBM Ship+）のため、APIでは出荷通知できません。セラーセントラルで出荷してください。',
  SHIPPED_THROUGH_AMAZON:
    'Amazonが集荷・配送する注文（Easy Ship・Amazon配送）です。出荷通知を送るとAmazonの配送ラベルを購入できなくなるため、送りません。セラーセントラルで集荷を予約し、ラベルを印刷してください。',
  SHIP_DATE_BEFORE_ORDER: '発送日が注文日より前です。発送日を直して再実行してください。',
  TRACKING_NUMBER_TAKEN:
    '同じお荷物伝票番号の個口がAmazonにもう1つあります。番号を確認して再実行してください。',
})

export const cancelled = ({ mallState }: NormalisedOrder, action: ChangeAction): ChangePlan | null =>
  mallState !== 'cancelled'
    ? null
    : refused(
        'ORDER_CANCELLED_AT_MALL',
        action === 'ship'
          ? 'Amazonで注文がキャンセルされています。発送せず、キャンセルとして処理してください。'
          : 'Amazonで注文がキャンセルされているため、出荷通知を訂正できません。',
      )

/** 出荷通知: one confirmShipment per parcel whose number no package carries yet. */
export function planShip(wished: Wished<'ship'>, order: NormalisedOrder): ChangePlan {
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
  if ('kind' in contents) return contents
  const taken = new Set(packages.map(({ packageReferenceId }) => packageReferenceId))
  return planned(
    ...contents.map(({ parcel, orderItems }) => shipStep(parcel, orderItems, wished.shippedOn, order, taken)),
  )
}

/** The first of these that holds. Amazon itself would ship an order whose buyer wishes to cancel. */
function refusalOf(order: NormalisedOrder, shippedOn: string): ChangePlan | null {
  const status = order.mallStatus.code
  const byAmazon = shippedByAmazon(order)
  if (byAmazon) return byAmazon
  if (order.mallState === 'shipped') return refuse('ALREADY_SHIPPED')
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
  if (order.flags.includes('cancel_requested')) return refuse('CANCEL_REQUESTED')
  return shippedOn < order.orderedAt.slice(0, 10) ? refuse('SHIP_DATE_BEFORE_ORDER') : null
}

/** Orders that the shop does not ship itself, or only with Amazon's own label. */
function shippedByAmazon(order: NormalisedOrder): ChangePlan | null {
  const has = (flag: string) => order.flags.includes(flag)
  if (has('fba')) return refuse('FBA_ORDER')
  if (has('fbm_ship_plus')) return refuse('SHIPPED_BY_AMAZON_LABEL')
  return has('easy_ship') || has('delivery_by_amazon') ? refuse('SHIPPED_THROUGH_AMAZON') : null
}

type Contents = AmazonPayload['packageDetail']['orderItems']
type Lines = readonly { lineId: string; quantity: number }[]

/** Assigns lines to parcels: the lines given for each, and all remaining ones to the parcel without lines. */
function allot<P extends { lines?: Lines | undefined }>(
  parcels: readonly P[],
  unshipped: ReadonlyMap<string, number>,
): { parcel: P; orderItems: Contents }[] | ChangePlan {
  const left = new Map(unshipped)
  for (const { lineId, quantity } of parcels.flatMap((parcel) => parcel.lines ?? [])) {
    const known = left.get(lineId)
    if (known === undefined) return unknownLine(lineId)
    if (quantity > known) return tooMany(lineId, unshipped.get(lineId) ?? 0)
    left.set(lineId, known - quantity)
  }
  const rest = [...left].flatMap(([orderItemId, quantity]) => (quantity > 0 ? { orderItemId, quantity } : []))
  const packages = parcels.map((parcel) => ({
    parcel,
    orderItems: parcel.lines?.length
      ? parcel.lines.map(({ lineId, quantity }) => ({ orderItemId: lineId, quantity }))
      : rest,
  }))
  return packages.some(({ orderItems }) => orderItems.length === 0) ? refuse('NOTHING_TO_SHIP') : packages
}

const unknownLine = (lineId: string) =>
  refused(
    'LINE_UNKNOWN',
    `明細ID ${lineId} はこの注文にないか、キャンセルされています。注文を再取込して内容明細を確認してください。`,
  )

const tooMany = (lineId: string, most: number) =>
  refused(
    'QUANTITY_EXCEEDED',
    `明細ID ${lineId} の未出荷の数量は${most}点です。内容明細の数量を確認してください。`,
  )

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
    if (twice) return refuse('TRACKING_NUMBER_TAKEN')
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
  if (packages.length === 0) return refuse('NOT_SHIPPED')
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
  return found && (recipientId ?? '1') === '1' ? found : refuse('PARCEL_UNKNOWN')
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
  if (orderItems.length === 0 || !trackingNumber || !detail || !shipDate) return refuse('PARCEL_INCOMPLETE')
  if (wished.shippedOn && wished.shippedOn < order.orderedAt.slice(0, 10))
    return refuse('SHIP_DATE_BEFORE_ORDER')
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
      trackingNumber,
      shipDate,
      orderItems,
    },
  }
}
