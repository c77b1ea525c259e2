import {
  type ActionRows,
  carrierChoices,
  correctsSomething,
  mallActions,
  needed,
  notTaken,
  optional,
  SHIPPED_ON,
} from '../../kit/changes/actions.ts'
import { answered, sameNumber } from '../../kit/changes/plans.ts'
import { type Meaning, refusalBy, rejected } from '../../kit/failures.ts'
import { names } from '../../kit/wire.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules } from '../../port/site-changes.ts'
import type { AmazonClient, Refused } from '../client.ts'
import { amazonCarriers, withOwnCode } from '../codes.ts'
import { AMAZON, MARKETPLACE_JP } from '../facts.ts'
import { clockWords } from '../failures.ts'
import type { CarrierCodes } from '../shop-settings.ts'
import { cancelled, planCorrection, planShip } from './plan.ts'
import { amazonStepState, payloadOf } from './steps.ts'

const CHOICES = carrierChoices(amazonCarriers)
const CORRECTED = names('trackingNumber carrier shippedOn shippingMethod')
const NAME_OF_OTHER = { help: '配送会社が「その他」のとき必須です。' }
const NAME_MISSING =
  '配送会社が「その他」のとき、Amazonには配送会社名が必要です。配送会社名を入力してください。'

/**
 * Actions of confirmShipment, Orders API v0: 出荷通知, as Seller Central names it, and its correction. No status
 * can be confirmed or held, and no Orders API operation in force cancels. The acknowledgement feed answers
 * late and does not prove what it did.
 */
const amazonActions: ActionRows = {
  ship: {
    label: '出荷通知',
    fields: [
      { ...SHIPPED_ON, help: `${SHIPPED_ON.help}注文日より前の日と、未来の日は指定できません。` },
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
      correctsSomething(parcels, CORRECTED, 'お荷物伝票番号、配送会社、出荷日、配送方法', issue)
      for (const [index, parcel] of parcels.entries()) {
        const at = (field: string) => ['parcels', index, field]
        const { trackingNumber, carrier, carrierName } = parcel
        if (trackingNumber === '')
          issue(
            at('trackingNumber'),
            'Amazonの出荷通知ではお荷物伝票番号を空にできません。正しい番号を指定してください。',
          )
        if (carrier === 'other' && !carrierName?.trim()) issue(at('carrierName'), NAME_MISSING)
        if (parcels.slice(0, index).some((one) => one.parcelId === parcel.parcelId))
          issue(at('parcelId'), '同じ個口が2回指定されています。')
      }
    },
    plan: planCorrection,
  },
}

const MINUTE_MS = 60_000
/** An unanswered call is sent again: a repeated reference edits the package and changes nothing. */
const REPEAT_AFTER_MS = 5 * MINUTE_MS
/** A 204 means only accepted. Shipments show minutes later, and some never appear. */
const SHOWS_WITHIN_MS = 30 * MINUTE_MS

export const amazonChanges: ChangeRules = {
  ...mallActions(AMAZON, amazonActions, cancelled),
  carriers: amazonCarriers,
  stepState: amazonStepState,
  repeatAfterMs: REPEAT_AFTER_MS,
  showsWithinMs: SHOWS_WITHIN_MS,
}

/** confirmShipment of Orders API v0: it is not deprecated, and v2026-01-01 has no successor. */
export function amazonChangeCalls(
  client: AmazonClient,
  { clock }: Pick<MarketplaceTools, 'clock'>,
  ownCodes: CarrierCodes,
): ChangeCalls {
  return {
    async applyStep(orderNumber, step, signal) {
      const { operation, carrier, correction: _, ...shipment } = payloadOf(step)
      const packageDetail = withOwnCode(shipment.packageDetail, carrier, ownCodes)
      const { shipDate, packageReferenceId } = packageDetail
      if (Date.parse(shipDate) > clock.now()) throw shipDateInFuture(shipDate)
      const call = {
        operation,
        method: 'POST' as const,
        path: `/orders/v0/orders/${encodeURIComponent(orderNumber)}/shipmentConfirmation`,
        body: { marketplaceId: MARKETPLACE_JP, ...shipment, packageDetail },
      }
      const answer = await client.write(call, signal)
      if (answer.kind === 'refused') throw refusedShipment(answer)
      return answered(null, null, { facts: { packageReferenceId } })
    },
  }
}

/** Classifies a refused confirmShipment. Mentions our wrong clock beside a refused date. */
export function refusedShipment({ status, facts, clockOffMs = 0 }: Refused): MarketplaceFailure {
  const failure = refusalBy(MEANINGS, shipRefused({ ...facts, status }))
  return failure.code === 'AMAZON_SHIP_DATE_REFUSED'
    ? new MarketplaceFailure({ ...failure, message: failure.message + clockWords(clockOffMs) })
    : failure
}

const shipRefused = rejected(
  'AMAZON_SHIP_REFUSED',
  ({ status }) =>
    `Amazonが出荷通知を受け付けませんでした（HTTP ${status}）。セラーセントラルで注文の状態を確認してください。`,
)

/** Codes are few and general, so the words decide. */
const MEANINGS: readonly Meaning[] = [
  {
    status: 403,
    code: 'AMAZON_SHIP_FORBIDDEN',
    message:
      'Amazonがこの注文の出荷通知を許可しません。アプリのロール（Inventory and Order Tracking、Direct-to-Consumer Shipping）と注文番号を確認してください。',
  },
  {
    status: 404,
    code: 'AMAZON_ORDER_UNKNOWN',
    message: 'Amazonにこの注文がありません。セラーセントラルで注文番号を確認してください。',
  },
  {
    words: /NonexistentOrderItem|Failed to find order item/i,
    code: 'AMAZON_ORDER_CANCELLED',
    message:
      'Amazonで注文または商品がキャンセルされているため、出荷通知できませんでした。発送を止め、セラーセントラルで注文を確認してください。',
  },
  {
    words: /InvalidPackageVersion|maximum number of allowed updates/i,
    code: 'AMAZON_TOO_MANY_EDITS',
    message:
      'この個口の出荷通知はAmazonが認める回数まで訂正されているため、これ以上変更できません。セラーセントラルで確認してください。',
  },
  {
    words: /PackageToUpdateNotFound|already fulfilled/i,
    code: 'AMAZON_ALREADY_FULFILLED',
    message:
      'Amazonではすでに別の出荷通知で出荷済みか、未出荷の数量が足りません。セラーセントラルで出荷済みの個口を確認してください。',
  },
  {
    words: /ShipDate/i,
    code: 'AMAZON_SHIP_DATE_REFUSED',
    message: 'Amazonが出荷日を受け付けませんでした。注文日以降、今日までの日付に直してください。',
  },
  {
    words: /Carrier/i,
    code: 'AMAZON_CARRIER_REFUSED',
    message: 'Amazonが配送会社を受け付けませんでした。配送会社と配送会社名を確認してください。',
  },
  {
    words: /PackageReferenceId|invalid type \[/i,
    code: 'AMAZON_FORMAT_REFUSED',
    message: 'Amazonが出荷通知の形式を受け付けませんでした。運営者へ連絡してください。',
  },
]

/** Failure before sending: Amazon refuses a future date, which may be valid tomorrow. */
const shipDateInFuture = (shipDate: string): MarketplaceFailure =>
  rejected(
    'SHIP_DATE_IN_FUTURE',
    `出荷日がまだ来ていないため、Amazonに出荷通知を送信していません（${shipDate}）。その日になってから再実行するか、日付を直してください。`,
  )()
