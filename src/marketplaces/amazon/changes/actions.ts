import { actionsOf, carrierChoices } from '../../kit/changes/actions.ts'
import { amazonCarriers } from './carriers.ts'
import { AMAZON_LIMITS, AmazonParameters } from './parameters.ts'

/** What GET /marketplaces says of Amazon: 出荷通知, as Seller Central names it. */
export const amazonActions = actionsOf(
  {
    ship: {
      label: '出荷通知',
      fields: [
        {
          name: 'shippedOn',
          label: '出荷日',
          required: true,
          help: '注文日より前の日と、未来の日は指定できません。',
        },
        {
          name: 'parcels.carrier',
          label: '配送会社',
          required: true,
          choices: carrierChoices(amazonCarriers),
        },
        {
          name: 'parcels.carrierName',
          label: '配送会社名',
          required: false,
          help: '配送会社が「その他」のとき必須です。',
        },
        { name: 'parcels.trackingNumber', label: 'お問い合わせ伝票番号', required: true },
        {
          name: 'parcels.shippingMethod',
          label: '配送方法',
          required: false,
          help: '購入者に表示されます（宅急便、ゆうパック、ネコポスなど）。',
        },
        {
          name: 'parcels.lines',
          label: '内容明細',
          required: false,
          help: '2個口以上のとき、個口ごとの明細IDと数量が必要です。省略した1個口には残りの商品すべてが入ります。',
        },
      ],
      preconditions:
        '「未出荷」または「一部出荷済み」の出品者出荷の注文。保留中（決済待ち）、FBA、Easy Ship・Amazon配送、キャンセル済み、購入者がキャンセルを希望している注文には送りません。出荷通知をすると購入者に請求され、出荷メールが送られます。元に戻せません。',
      parameters: AmazonParameters.ship,
      calls: ['confirmShipment (Orders v0、個口ごと)'],
    },
    correct_shipment: {
      label: '出荷通知の訂正',
      fields: [
        {
          name: 'parcels.parcelId',
          label: '発送明細ID',
          required: false,
          help: '2個口以上の注文では必須です。注文の発送情報にあります。',
        },
        { name: 'parcels.trackingNumber', label: 'お問い合わせ伝票番号', required: false },
        {
          name: 'parcels.carrier',
          label: '配送会社',
          required: false,
          choices: carrierChoices(amazonCarriers),
        },
        {
          name: 'parcels.carrierName',
          label: '配送会社名',
          required: false,
          help: '配送会社が「その他」のとき必須です。',
        },
        { name: 'parcels.shippedOn', label: '出荷日', required: false },
        { name: 'parcels.shippingMethod', label: '配送方法', required: false },
      ],
      preconditions:
        '出荷通知済みの個口がある注文。個口の番号・配送会社・出荷日・配送方法を訂正します。取り消しはできません。Amazonが認める訂正の回数には上限があります。',
      parameters: AmazonParameters.correct_shipment,
      calls: ['confirmShipment (Orders v0、同じ発送明細ID)'],
    },
  },
  AMAZON_LIMITS,
)
