import { actionsOf, carrierChoices, choicesOf } from '../../kit/change-fields.ts'
import { rakutenCarriers } from './carriers.ts'
import { CANCEL_REASONS, RakutenParameters } from './parameters.ts'

/** What GET /marketplaces says of 楽天市場: its actions as RMS names them. */
export const rakutenActions = actionsOf({
  confirm: {
    label: '注文確認',
    fields: [],
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
        choices: carrierChoices(rakutenCarriers),
      },
      {
        name: 'parcels.trackingNumber',
        label: 'お荷物伝票番号',
        required: false,
        help: '120文字まで。個口は送付先ごとに20件までです。',
      },
    ],
    preconditions:
      '注文ステータスが「発送待ち」の注文。すべての送付先に発送日が入ると、楽天の夜間処理で「発送済」に変わります。別のお荷物伝票番号が登録済みの送付先には送りません。',
    parameters: RakutenParameters.ship,
    calls: [
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
      '「注文確認待ち」「楽天処理中」「発送待ち」ではキャンセル申請、「発送済」以降では発送後キャンセル(商品が戻ってから)になります。登録済みの発送日は先に取り消します。元に戻せません。',
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
        help: 'RMSで設定したサブステータスのIDで、今の注文ステータスに属するもの。一覧は GET /v1/shops/{id}/sub-statuses で取得できます。空(null)にすると外れます。',
      },
    ],
    preconditions: 'キャンセルされていない注文。サブステータスは注文ステータスごとに決まっています。',
    parameters: RakutenParameters.sub_status,
    calls: ['updateOrderSubStatus'],
  },
})
