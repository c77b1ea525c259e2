import { type ActionRows, carrierChoices, needed, optional, type Wished } from '../../kit/changes/actions.ts'
import { notTaken } from '../../kit/changes/limits.ts'
import { already, planned, refused, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { amazonCarriers, carrierOf, codeOfShown } from './carriers.ts'
import { planShip, refuse, shippedByAmazon } from './plan.ts'
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
function planCorrection({ parcels }: Wished<'correct_shipment'>, order: NormalisedOrder): ChangePlan {
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
      ...{ trackingNumber, shipDate, orderItems },
    },
  }
}

const CHOICES = carrierChoices(amazonCarriers)
const NAME_OF_OTHER = { help: '配送会社が「その他」のとき必須です。' }
const NAME_MISSING =
  '配送会社が「その他」のとき、Amazonには配送会社名が必要です。配送会社名を入力してください。'

/**
 * Actions of confirmShipment, Orders API v0: 出荷通知, as Seller Central names it, and its correction. No status
 * can be confirmed or held, and no Orders API operation in force cancels. The acknowledgement feed answers
 * late and does not prove what it did.
 */
export const amazonActions: ActionRows = {
  ship: {
    label: '出荷通知',
    fields: [
      needed('shippedOn', '出荷日', { help: '注文日より前の日と、未来の日は指定できません。' }),
      needed('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.carrierName', '配送会社名', NAME_OF_OTHER),
      needed('parcels.trackingNumber', 'お問い合わせ伝票番号'),
      optional('parcels.shippingMethod', '配送方法', {
        help: '購入者に表示されます（宅急便、ゆうパック、ネコポスなど）。',
      }),
      optional('parcels.lines', '内容明細', {
        help: '2個口以上のとき、個口ごとの明細IDと数量が必要です。省略した1個口には残りの商品すべてが入ります。',
      }),
    ],
    preconditions:
      '「未出荷」または「一部出荷済み」の出品者出荷の注文。保留中（決済待ち）、FBA、Easy Ship・Amazon配送、キャンセル済み、購入者がキャンセルを希望している注文には送りません。出荷通知をすると購入者に請求され、出荷メールが送られます。元に戻せません。',
    calls: ['confirmShipment (Orders v0、個口ごと)'],
    limits: [
      notTaken('markPaid', '入金済み', 'Amazonでは入金はAmazonが管理します。指定を外してください。'),
      notTaken('release', '保留の解除', 'Amazonには保留がありません。指定を外してください。'),
      notTaken('confirmFirst', '注文確認', 'Amazonには注文確認がありません。指定を外してください。'),
      notTaken('parcels.noNumberReason', '伝票番号がない理由'),
    ],
    check({ parcels }, issue) {
      for (const [index, { trackingNumber, carrier, carrierName, lines = [] }] of parcels.entries()) {
        const at = (field: string) => ['parcels', index, field]
        if (!trackingNumber)
          issue(
            at('trackingNumber'),
            'Amazonの出荷通知にはお荷物伝票番号が必須です。追跡できない発送は、セラーセントラルで出荷通知をしてください。',
          )
        const before = parcels.slice(0, index)
        if (trackingNumber && before.some((one) => sameNumber(one.trackingNumber, trackingNumber)))
          issue(at('trackingNumber'), '同じお荷物伝票番号が2回指定されています。')
        if (carrier === 'other' && !carrierName?.trim()) issue(at('carrierName'), NAME_MISSING)
        if (new Set(lines.map(({ lineId }) => lineId)).size < lines.length)
          issue(at('lines'), '同じ明細が1つの個口に2回指定されています。数量をまとめてください。')
      }
      const open = parcels.flatMap((parcel, index) => (parcel.lines?.length ? [] : [index]))
      if (open.length < 2) return
      for (const index of open)
        issue(
          ['parcels', index, 'lines'],
          'Amazonでは2個口以上のとき、個口ごとの商品と数量が必要です。内容明細を指定してください（省略できるのは残りの商品すべてを入れる1個口だけです）。',
        )
    },
    plan: planShip,
  },
  correct_shipment: {
    label: '出荷通知の訂正',
    fields: [
      optional('parcels.parcelId', '発送明細ID', {
        help: '2個口以上の注文では必須です。注文の発送情報にあります。',
      }),
      optional('parcels.trackingNumber', 'お問い合わせ伝票番号'),
      optional('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.carrierName', '配送会社名', NAME_OF_OTHER),
      optional('parcels.shippedOn', '出荷日'),
      optional('parcels.shippingMethod', '配送方法'),
    ],
    preconditions:
      '出荷通知済みの個口がある注文。個口の番号・配送会社・出荷日・配送方法を訂正します。取り消しはできません。Amazonが認める訂正の回数には上限があります。',
    calls: ['confirmShipment (Orders v0、同じ発送明細ID)'],
    limits: [
      notTaken(
        'parcels.remove',
        '出荷通知の取消',
        'Amazonでは出荷通知を取り消せません。番号や配送会社の訂正だけができます。',
      ),
    ],
    check({ parcels }, issue) {
      for (const [index, parcel] of parcels.entries()) {
        const at = (field: string) => ['parcels', index, field]
        const { trackingNumber, carrier, carrierName, shippedOn, shippingMethod } = parcel
        if (trackingNumber === '')
          issue(
            at('trackingNumber'),
            'Amazonの出荷通知ではお荷物伝票番号を空にできません。正しい番号を指定してください。',
          )
        if (carrier === 'other' && !carrierName?.trim()) issue(at('carrierName'), NAME_MISSING)
        if ([trackingNumber, carrier, shippedOn, shippingMethod].every((value) => value === undefined))
          issue(
            ['parcels', index],
            '訂正する項目がありません。お荷物伝票番号、配送会社、出荷日、配送方法のいずれかを指定してください。',
          )
        if (parcels.slice(0, index).some((one) => one.parcelId === parcel.parcelId))
          issue(at('parcelId'), '同じ個口が2回指定されています。')
      }
    },
    plan: planCorrection,
  },
}
