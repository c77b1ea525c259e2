import { actionsOf, carrierChoices, choicesOf } from '../../kit/change-fields.ts'
import { yahooCarriers } from '../carriers.ts'
import { CANCEL_REASONS, YahooParameters } from './parameters.ts'

const NOT_IN_WINDOW = '注文から約10分間(購入者がキャンセルできる間)は変更できません。'

/** What GET /marketplaces says of Yahoo!ショッピング: its actions as ストアクリエイターPro names them. */
export const yahooActions = actionsOf({
  confirm: {
    label: '注文確認(閲覧済み)',
    fields: [],
    preconditions: `未閲覧の注文。保留中の注文はできません。一度閲覧済みにすると元に戻せません。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.confirm,
    calls: ['orderChange (IsSeen)'],
  },
  ship: {
    label: '出荷済み',
    fields: [
      { name: 'shippedOn', label: '出荷日', required: true },
      {
        name: 'parcels.carrier',
        label: '配送会社',
        required: true,
        choices: carrierChoices(yahooCarriers),
        help: '1注文に1社です。',
      },
      {
        name: 'parcels.trackingNumber',
        label: '配送伝票番号',
        required: false,
        help: '2件まで。ヤマト運輸は数字とハイフンで14文字まで、日本郵便は英数字11～13文字です。',
      },
      {
        name: 'markPaid',
        label: '先に入金済みにする',
        required: false,
        help: '銀行振込や代引など、ストアが入金を受け取る支払方法だけです。',
      },
      { name: 'release', label: '先に保留を解除する', required: false },
    ],
    preconditions: `「処理中」で出荷できる注文。予約中、不正注文の審査中、入金待ちの注文はできません。別の伝票番号が登録済みの注文には送りません。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.ship,
    calls: [
      'orderStatusChange (2、保留を解除するとき)',
      'orderPayStatusChange (1、入金済みにするとき)',
      'orderShipStatusChange (3)',
    ],
  },
  mark_paid: {
    label: '入金済み',
    fields: [{ name: 'paidOn', label: '入金日', required: false }],
    preconditions: `銀行振込や代引など、ストアが入金を受け取る支払方法の注文。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.mark_paid,
    calls: ['orderPayStatusChange (1)'],
  },
  complete: {
    label: '完了',
    fields: [],
    preconditions: `入金済みで出荷済みの注文。出荷済みにした直後は10秒ほど待ってから送ります。ポイントが確定します。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.complete,
    calls: ['orderStatusChange (5)'],
  },
  hold: {
    label: '保留',
    fields: [],
    preconditions: `「処理中」の注文。保留中は注文内容を変更できません。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.hold,
    calls: ['orderStatusChange (3)'],
  },
  release: {
    label: '保留解除',
    fields: [],
    preconditions: `保留中の注文。いたずら注文として登録されている注文はできません。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.release,
    calls: ['orderStatusChange (2)'],
  },
  cancel: {
    label: 'キャンセル',
    fields: [
      { name: 'reason', label: 'キャンセル理由', required: true, choices: choicesOf(CANCEL_REASONS) },
      {
        name: 'detail',
        label: '理由の詳細',
        required: false,
        help: '10～200文字。理由が「ストア都合:その他」のときは必須です。',
      },
    ],
    preconditions: `キャンセルされていない注文。購入者にメールが送られ、元に戻せません。返金が必要な支払方法では注意が返ります。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.cancel,
    calls: ['orderStatusChange (4)'],
  },
  memo: {
    label: '社内メモ',
    fields: [
      {
        name: 'memo',
        label: '社内メモ',
        required: true,
        help: '1,500バイト(全角500文字)まで。空にすると消えます。',
      },
    ],
    preconditions: `保留中、キャンセル済みの注文はできません。未閲覧の注文は閲覧済みになります。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.memo,
    calls: ['orderChange (Notes)'],
  },
  sub_status: {
    label: 'ストアステータス',
    fields: [
      {
        name: 'subStatus',
        label: 'ストアステータス',
        required: true,
        choices: Array.from({ length: 10 }, (_, index) => ({
          code: String(index + 1),
          label: `ストアステータス${index + 1}`,
        })),
        help: '名称はストアクリエイターProで設定したものです。',
      },
    ],
    preconditions: `保留中、キャンセル済みの注文はできません。未閲覧の注文は閲覧済みになります。${NOT_IN_WINDOW}`,
    parameters: YahooParameters.sub_status,
    calls: ['orderChange (StoreStatus)'],
  },
})
