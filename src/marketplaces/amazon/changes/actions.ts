import { type ActionRows, carrierChoices, needed, optional } from '../../kit/changes/actions.ts'
import { notTaken } from '../../kit/changes/limits.ts'
import { sameNumber } from '../../kit/changes/plans.ts'
import { amazonCarriers } from './carriers.ts'
import { planCorrection } from './correction.ts'
import { planShip } from './plan.ts'

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
