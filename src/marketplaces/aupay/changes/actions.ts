import { AFTER_DAYS, actionsOf, carrierChoices, choicesOf, WAIT_MINUTES } from '../../kit/changes/fields.ts'
import { aupayCarriers } from './carriers.ts'
import { AUPAY_LIMITS, AupayParameters, CANCEL_REASONS } from './parameters.ts'

/** What GET /marketplaces says of au PAY マーケット: its statuses as Wow!manager names them. */
export const aupayActions = actionsOf(
  {
    confirm: {
      label: '注文確認',
      fields: [WAIT_MINUTES],
      preconditions:
        'ステータスが「新規受付」の注文。前払いの注文は「発送前入金待ち」、それ以外は「発送待ち」になります。「新規予約」の注文は「予約中」になります。「予約中」の注文は、発売日になると同じように進みます（発売日まで待機します）。',
      parameters: AupayParameters.confirm,
      calls: [
        'updateTradeStsProc (予約中、新規予約のとき)',
        'updateTradeStsProc (発送待ち または 発送前入金待ち)',
      ],
    },
    ship: {
      label: '発送完了',
      fields: [
        { name: 'shippedOn', label: '発送日', required: true },
        {
          name: 'parcels.carrier',
          label: '配送会社',
          required: true,
          choices: carrierChoices(aupayCarriers),
        },
        {
          name: 'parcels.trackingNumber',
          label: 'お荷物伝票番号',
          required: false,
          help: '半角英数字とハイフンで15文字まで、1注文に1件です。',
        },
        {
          name: 'markPaid',
          label: '入金済みにしてから発送',
          required: false,
          help: '「発送前入金待ち」の注文も発送します。後払いの注文は「完了」になります。',
        },
        { name: 'release', label: '保留を解除してから発送', required: false },
        {
          name: 'confirmFirst',
          label: '注文確認をしてから発送',
          required: false,
          help: '「新規受付」と予約の注文も発送します。指定しない場合、新規受付と予約の注文は受け付けません。',
        },
      ],
      preconditions:
        'ステータスが「発送待ち」の注文、または店舗独自のステータスの注文。発送情報を登録してから「完了」（後払いは「発送後入金待ち」）にします。別のお荷物伝票番号が登録済みの注文には送りません。',
      parameters: AupayParameters.ship,
      calls: [
        'updateTradeStsProc (発送待ち、注文確認・保留の解除・入金済みのとき)',
        'updateTradeInfoProc',
        'updateTradeStsProc (完了 または 発送後入金待ち)',
      ],
    },
    mark_paid: {
      label: '入金済み',
      fields: [],
      preconditions: 'ステータスが「発送前入金待ち」の注文。「発送待ち」になります。',
      parameters: AupayParameters.mark_paid,
      calls: ['updateTradeStsProc (発送待ち)'],
    },
    complete: {
      label: '完了',
      fields: [AFTER_DAYS],
      preconditions: '「発送後入金待ち」の注文、または発送情報を登録済みで発送待ちの注文。',
      parameters: AupayParameters.complete,
      calls: ['updateTradeStsProc (完了)'],
    },
    hold: {
      label: '保留',
      fields: [],
      preconditions: '発送前の注文。審査中、与信待ち、キャンセル受付中、予約の注文は保留にできません。',
      parameters: AupayParameters.hold,
      calls: ['updateTradeStsProc (保留)'],
    },
    release: {
      label: '保留解除',
      fields: [],
      preconditions:
        'ステータスが「保留」の注文。前払いで未入金の注文は「発送前入金待ち」、それ以外は「発送待ち」になります（保留前のステータスには戻りません）。',
      parameters: AupayParameters.release,
      calls: ['updateTradeStsProc (発送待ち または 発送前入金待ち)'],
    },
    cancel: {
      label: 'キャンセル',
      fields: [
        {
          name: 'reason',
          label: 'キャンセル理由',
          required: true,
          choices: choicesOf(CANCEL_REASONS),
          help: 'API設計書にある他のコード（1～2桁の数字）も指定できます。',
        },
        { name: 'detail', label: '理由の詳細', required: true, help: '100バイト（全角33文字程度）まで。' },
      ],
      preconditions: '発送前の注文。注文全体をキャンセルします。元に戻せません。',
      parameters: AupayParameters.cancel,
      calls: ['cancelTradeProc'],
    },
    correct_shipment: {
      label: '発送情報の訂正',
      fields: [
        { name: 'parcels.trackingNumber', label: 'お荷物伝票番号', required: false },
        {
          name: 'parcels.carrier',
          label: '配送会社',
          required: false,
          choices: carrierChoices(aupayCarriers),
        },
        { name: 'parcels.shippedOn', label: '発送日', required: false },
      ],
      preconditions:
        '発送情報を登録済みの注文。ステータスは変わりません。モールが上書きを受け付けたかどうかは、受注を読み直して確認します。',
      parameters: AupayParameters.correct_shipment,
      calls: ['updateTradeInfoProc'],
    },
    sub_status: {
      label: '店舗独自のステータス',
      fields: [
        {
          name: 'subStatus',
          label: 'ステータス名',
          required: true,
          help: 'Wow!managerで店舗が作成したステータスの名称です。モールのステータスには、それぞれの操作を使ってください。',
        },
      ],
      preconditions:
        '「発送待ち」「発送前入金待ち」、または別の店舗独自のステータスの注文。新規受付の注文は先に注文確認をしてください。',
      parameters: AupayParameters.sub_status,
      calls: ['updateTradeStsProc (ステータス名)'],
    },
  },
  AUPAY_LIMITS,
)
