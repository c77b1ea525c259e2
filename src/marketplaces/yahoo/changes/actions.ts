import {
  AFTER_DAYS,
  actionsOf,
  carrierChoices,
  choicesOf,
  THEN_MOVE_TO,
  WAIT_MINUTES,
} from '../../kit/changes/actions.ts'
import { CARRIERS } from '../codes.ts'
import { CANCEL_REASONS, EMPTY_REASONS, YAHOO_LIMITS, YahooParameters } from './parameters.ts'

const NOT_IN_WINDOW = '注文から約10分間（購入者がキャンセルできる間）は変更できません。'

/** What GET /marketplaces says of Yahoo!ショッピング: its actions as ストアクリエイターPro names them. */
export const yahooActions = actionsOf(
  {
    confirm: {
      label: '注文確認（閲覧済み）',
      fields: [WAIT_MINUTES],
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
          choices: carrierChoices(CARRIERS.all),
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
        { name: 'confirmFirst', label: '先に注文確認（閲覧済み）にする', required: false },
        {
          name: 'parcels.noNumberReason',
          label: '伝票番号がない理由',
          required: false,
          choices: choicesOf(EMPTY_REASONS),
          help: '伝票番号と同時には指定できません。',
        },
        THEN_MOVE_TO,
      ],
      preconditions: `「処理中」で出荷できる注文。予約中、不正注文の審査中、入金待ちの注文はできません。別の伝票番号が登録済みの注文には送りません。${NOT_IN_WINDOW}`,
      parameters: YahooParameters.ship,
      calls: [
        'orderStatusChange (2、保留を解除するとき)',
        'orderChange (IsSeen、先に注文確認にするとき)',
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
      fields: [AFTER_DAYS],
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
          help: '1,500バイト（全角500文字）まで。空にすると消えます。',
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
    correct_shipment: {
      label: '発送情報の訂正',
      fields: [
        {
          name: 'parcels.parcelId',
          label: '個口のID',
          required: false,
          help: '伝票番号が2件ある注文では必須です（1 または 2）。',
        },
        {
          name: 'parcels.carrier',
          label: '配送会社',
          required: false,
          choices: carrierChoices(CARRIERS.all),
        },
        { name: 'parcels.trackingNumber', label: '配送伝票番号', required: false },
        { name: 'parcels.shippedOn', label: '出荷日', required: false },
        { name: 'parcels.remove', label: '伝票番号を削除する', required: false },
      ],
      preconditions: `出荷済みまたは着荷済みの注文。${NOT_IN_WINDOW}`,
      parameters: YahooParameters.correct_shipment,
      calls: ['orderShipStatusChange (今の出荷ステータスのまま)'],
    },
    change_content: {
      label: '注文内容の変更',
      fields: [
        {
          name: 'recipients',
          label: 'お届け先とお届け希望',
          required: false,
          help: '変わる項目だけを指定します。',
        },
        { name: 'shippingFee', label: '送料', required: false },
        { name: 'codFee', label: '手数料', required: false },
        { name: 'giftWrapFee', label: 'ギフト包装料', required: false },
        { name: 'discount', label: '値引き', required: false },
        {
          name: 'adjustment',
          label: '調整額',
          required: false,
          help: '50,000円まで。負の値も指定できます。',
        },
        { name: 'lines', label: '数量', required: false, help: '明細の削除はできません。' },
        {
          name: 'addLines',
          label: '明細の追加',
          required: false,
          help: '単価は税込です。商品名と単価を省略すると、ストアに登録した内容になります。金額の変更が購入者にメールで通知されます。',
        },
        {
          name: 'buyerNote',
          label: '購入者からの要望',
          required: false,
          help: '750バイト（全角250文字）まで。',
        },
      ],
      preconditions: `保留中、キャンセル済み、いたずら注文、LINEギフトの注文はできません。完了した注文は調整額だけです。未閲覧の注文は閲覧済みになります。${NOT_IN_WINDOW}`,
      parameters: YahooParameters.change_content,
      calls: ['orderChange (Ship、Detail、Item)', 'orderItemAdd (明細を追加するとき)'],
    },
  },
  YAHOO_LIMITS,
)
