import {
  actionsOf,
  carrierChoices,
  choicesOf,
  THEN_MOVE_TO,
  WAIT_MINUTES,
} from '../../kit/changes/actions.ts'
import { CARRIERS } from '../codes.ts'
import { CANCEL_REASONS, RAKUTEN_LIMITS, RakutenParameters } from './parameters.ts'

/** What GET /marketplaces says of 楽天市場: its actions as RMS names them. */
export const rakutenActions = actionsOf(
  {
    confirm: {
      label: '注文確認',
      fields: [WAIT_MINUTES],
      preconditions: '注文ステータスが「注文確認待ち」の注文。一度確認すると元に戻せません。',
      parameters: RakutenParameters.confirm,
      calls: ['confirmOrder'],
    },
    ship: {
      label: '発送完了報告',
      fields: [
        { name: 'shippedOn', label: '発送日', required: true },
        {
          name: 'parcels.recipientId',
          label: '送付先ID',
          required: false,
          help: '送付先が複数ある注文では必須です。',
        },
        {
          name: 'parcels.carrier',
          label: '配送会社',
          required: true,
          choices: carrierChoices(CARRIERS.all),
        },
        {
          name: 'parcels.trackingNumber',
          label: 'お荷物伝票番号',
          required: false,
          help: '120文字まで。個口は送付先ごとに20件までです。',
        },
        {
          name: 'confirmFirst',
          label: '先に注文確認をする',
          required: false,
          help: 'confirmOrder を送り、「発送待ち」になるまで待機してから発送情報を送ります。',
        },
        THEN_MOVE_TO,
      ],
      preconditions:
        '注文ステータスが「発送待ち」の注文。すべての送付先に発送日が入ると、楽天の夜間処理で「発送済」に変わります。別のお荷物伝票番号が登録済みの送付先には送りません。',
      parameters: RakutenParameters.ship,
      calls: [
        'confirmOrder (注文確認をしてからの場合)',
        'updateOrderShipping (送付先ごと)',
        'updateOrderShippingAsync (10件以上、1回に100件まで)',
        'getResultUpdateOrderShippingAsync (その結果)',
      ],
    },
    cancel: {
      label: 'キャンセル',
      fields: [
        { name: 'reason', label: 'キャンセル理由', required: true, choices: choicesOf(CANCEL_REASONS) },
        {
          name: 'restock',
          label: '在庫連動',
          required: false,
          choices: choicesOf({
            item_setting: '商品の設定に従う',
            restore: '在庫を戻す',
            keep: '在庫を戻さない',
          }),
        },
      ],
      preconditions:
        '「注文確認待ち」「楽天処理中」「発送待ち」ではキャンセル申請、「発送済」以降では発送後キャンセル（商品が戻ってから）になります。登録済みの発送日は先に取り消します。元に戻せません。',
      parameters: RakutenParameters.cancel,
      calls: [
        'updateOrderShipping (発送日の取消、登録済みのとき)',
        'cancelOrder (発送前)',
        'cancelOrderAfterShipping (発送済以降)',
      ],
    },
    memo: {
      label: 'ひとことメモ',
      fields: [
        {
          name: 'memo',
          label: 'ひとことメモ',
          required: true,
          help: '1000文字まで。機種依存文字は使えません。空にすると消えます。',
        },
      ],
      preconditions: 'どの注文ステータスでも変更できます。',
      parameters: RakutenParameters.memo,
      calls: ['updateOrderMemo'],
    },
    sub_status: {
      label: 'サブステータス',
      fields: [
        {
          name: 'subStatus',
          label: 'サブステータスID',
          required: true,
          help: 'RMSで設定したサブステータスのIDで、今の注文ステータスに属するもの。一覧は GET /v1/shops/{id}/sub-statuses で取得できます。空（null）にすると外れます。',
        },
      ],
      preconditions: 'キャンセルされていない注文。サブステータスは注文ステータスごとに決まっています。',
      parameters: RakutenParameters.sub_status,
      calls: ['updateOrderSubStatus'],
    },
    correct_shipment: {
      label: '発送情報の訂正',
      fields: [
        { name: 'parcels.recipientId', label: '送付先ID', required: false },
        {
          name: 'parcels.parcelId',
          label: '発送明細ID',
          required: false,
          help: '発送情報が2件以上ある注文では必須です。',
        },
        {
          name: 'parcels.carrier',
          label: '配送会社',
          required: false,
          choices: carrierChoices(CARRIERS.all),
        },
        {
          name: 'parcels.trackingNumber',
          label: 'お荷物伝票番号',
          required: false,
          help: '空にすると消えます。',
        },
        { name: 'parcels.shippedOn', label: '発送日', required: false },
        { name: 'parcels.remove', label: '発送情報を削除する', required: false },
      ],
      preconditions: '発送情報が登録されている、キャンセルされていない注文。発送済の後でも訂正できます。',
      parameters: RakutenParameters.correct_shipment,
      calls: ['updateOrderShipping (shippingDetailIdを指定)'],
    },
    change_content: {
      label: '注文内容の変更',
      fields: [
        {
          name: 'recipients',
          label: '送付先、送料、お届け希望',
          required: false,
          help: '変わる項目だけを指定します。置き配の場所（dropOff）も変更できます。機種依存文字は使えません。',
        },
        {
          name: 'shippingFee',
          label: '送料',
          required: false,
          help: '送付先が1件の注文。送料未確定の注文を確定できます。',
        },
        { name: 'lines', label: '数量・明細の削除', required: false },
        { name: 'reason', label: '減額の理由', required: false, help: '金額が下がるときは必須です。' },
        {
          name: 'buyerNote',
          label: '備考',
          required: false,
          help: '4000文字まで。機種依存文字は使えません。',
        },
        {
          name: 'deliveryMethod',
          label: '配送方法',
          required: false,
          help: 'RMSで設定した配送方法の名称です。',
        },
      ],
      preconditions:
        '送付先・送料・数量は「注文確認待ち」「楽天処理中」「発送待ち」と「発送済」以降。「変更確定待ち」とキャンセルはできません。',
      parameters: RakutenParameters.change_content,
      calls: [
        'updateOrderSender (発送前)',
        'updateOrderSenderAfterShipping (発送済以降)',
        'updateOrderMemo (お届け希望)',
        'updateOrderRemarks (備考)',
        'updateOrderDelivery (配送方法)',
      ],
    },
  },
  RAKUTEN_LIMITS,
)
