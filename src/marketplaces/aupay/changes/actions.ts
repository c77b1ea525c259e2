import {
  type ActionRows,
  AFTER_DAYS,
  carrierChoices,
  choicesOf,
  needed,
  optional,
  WAIT_MINUTES,
} from '../../kit/changes/actions.ts'
import { notTaken } from '../../kit/changes/limits.ts'
import { CANCEL_REASONS, CARRIERS, STATUSES } from '../codes.ts'
import {
  planCancel,
  planComplete,
  planConfirm,
  planHold,
  planPaid,
  planRelease,
  planSubStatus,
} from './plan.ts'
import { planCorrection, planShip } from './plan-ship.ts'

const ONE_PARCEL = { field: 'parcels', label: '個口', most: 1 }
const CHOICES = carrierChoices(CARRIERS.all)

/** Actions of au PAY マーケット's 受注情報更新API, with its statuses as Wow!manager names them. */
export const aupayActions: ActionRows = {
  confirm: {
    label: '注文確認',
    fields: [WAIT_MINUTES],
    preconditions:
      'ステータスが「新規受付」の注文。前払いの注文は「発送前入金待ち」、それ以外は「発送待ち」になります。「新規予約」の注文は「予約中」になります。「予約中」の注文は、発売日になると同じように進みます（発売日まで待機します）。',
    calls: [
      'updateTradeStsProc (予約中、新規予約のとき)',
      'updateTradeStsProc (発送待ち または 発送前入金待ち)',
    ],
    plan: (_, order) => planConfirm(order),
  },
  ship: {
    label: '発送完了',
    fields: [
      needed('shippedOn', '発送日'),
      needed('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', 'お荷物伝票番号', {
        help: '半角英数字とハイフンで15文字まで、1注文に1件です。',
      }),
      optional('markPaid', '入金済みにしてから発送', {
        help: '「発送前入金待ち」の注文も発送します。後払いの注文は「完了」になります。',
      }),
      optional('release', '保留を解除してから発送'),
      optional('confirmFirst', '注文確認をしてから発送', {
        help: '「新規受付」と予約の注文も発送します。指定しない場合、新規受付と予約の注文は受け付けません。',
      }),
    ],
    preconditions:
      'ステータスが「発送待ち」の注文、または店舗独自のステータスの注文。発送情報を登録してから「完了」（後払いは「発送後入金待ち」）にします。別のお荷物伝票番号が登録済みの注文には送りません。',
    calls: [
      'updateTradeStsProc (発送待ち、注文確認・保留の解除・入金済みのとき)',
      'updateTradeInfoProc',
      'updateTradeStsProc (完了 または 発送後入金待ち)',
    ],
    limits: [
      {
        ...ONE_PARCEL,
        words:
          'au PAY マーケットに登録できる発送情報は1注文に1件です。代表のお荷物伝票番号を1件だけ指定してください。',
      },
      notTaken('parcels.noNumberReason', '伝票番号がない理由'),
      notTaken('parcels.lines', '個口ごとの内容明細'),
      {
        field: 'parcels.trackingNumber',
        label: 'お荷物伝票番号',
        characters: 15,
        pattern: /^[0-9A-Za-z-]*$/,
        words: 'au PAY マーケットのお荷物伝票番号は半角英数字とハイフンで15文字までです。',
      },
    ],
    plan: planShip,
  },
  mark_paid: {
    label: '入金済み',
    fields: [],
    preconditions: 'ステータスが「発送前入金待ち」の注文。「発送待ち」になります。',
    calls: ['updateTradeStsProc (発送待ち)'],
    limits: [notTaken('paidOn', '入金日')],
    plan: (_, order) => planPaid(order),
  },
  complete: {
    label: '完了',
    fields: [AFTER_DAYS],
    preconditions: '「発送後入金待ち」の注文、または発送情報を登録済みで発送待ちの注文。',
    calls: ['updateTradeStsProc (完了)'],
    plan: (_, order) => planComplete(order),
  },
  hold: {
    label: 'モール側保留',
    fields: [],
    preconditions: '発送前の注文。審査中、与信待ち、キャンセル受付中、予約の注文は保留にできません。',
    calls: ['updateTradeStsProc (保留)'],
    plan: (_, order) => planHold(order),
  },
  release: {
    label: 'モール側保留の解除',
    fields: [],
    preconditions:
      'ステータスが「保留」の注文。前払いで未入金の注文は「発送前入金待ち」、それ以外は「発送待ち」になります（保留前のステータスには戻りません）。',
    calls: ['updateTradeStsProc (発送待ち または 発送前入金待ち)'],
    plan: (_, order) => planRelease(order),
  },
  cancel: {
    label: 'キャンセル',
    fields: [
      needed('reason', 'キャンセル理由', {
        choices: choicesOf(CANCEL_REASONS),
        help: 'API設計書にある他のコード（1～2桁の数字）も指定できます。',
      }),
      needed('detail', '理由の詳細', { help: '100バイト（全角33文字程度）まで。' }),
    ],
    preconditions: '発送前の注文。注文全体をキャンセルします。元に戻せません。',
    calls: ['cancelTradeProc'],
    limits: [
      {
        field: 'reason',
        label: 'キャンセル理由',
        pattern: /^\d{1,2}$/,
        words: 'キャンセル理由は1～2桁の数字です。分からない場合は 9 を指定してください。',
      },
      { field: 'detail', label: '理由の詳細', bytes: 100 },
      notTaken('restock', '在庫の戻し方'),
    ],
    check({ detail }, issue) {
      if (!detail)
        issue(['detail'], 'au PAY マーケットのキャンセルには理由の詳細が必要です。理由を入力してください。')
    },
    plan: planCancel,
  },
  correct_shipment: {
    label: '発送情報の訂正',
    fields: [
      optional('parcels.trackingNumber', 'お荷物伝票番号'),
      optional('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.shippedOn', '発送日'),
    ],
    preconditions:
      '発送情報を登録済みの注文。ステータスは変わりません。モールが上書きを受け付けたかどうかは、受注を読み直して確認します。',
    calls: ['updateTradeInfoProc'],
    limits: [
      {
        ...ONE_PARCEL,
        words: 'au PAY マーケットの発送情報は1注文に1件です。訂正する1件だけを指定してください。',
      },
      notTaken(
        'parcels.remove',
        '発送情報の削除',
        'au PAY マーケットの発送情報はAPIから削除できません。Wow!managerで操作してください。',
      ),
      notTaken('parcels.parcelId', '個口のID'),
      {
        field: 'parcels.trackingNumber',
        label: 'お荷物伝票番号',
        characters: 15,
        pattern: /^[0-9A-Za-z-]+$/,
        words:
          'au PAY マーケットのお荷物伝票番号は半角英数字とハイフンで1～15文字です。番号を空にすることはできません。',
      },
    ],
    check({ parcels }, issue) {
      for (const [index, { trackingNumber, carrier, shippedOn }] of parcels.entries())
        if (trackingNumber === undefined && carrier === undefined && shippedOn === undefined)
          issue(
            ['parcels', index],
            '訂正する項目がありません。お荷物伝票番号、配送会社、発送日のいずれかを指定してください。',
          )
    },
    plan: planCorrection,
  },
  sub_status: {
    label: '店舗独自のステータス',
    fields: [
      needed('subStatus', 'ステータス名', {
        help: 'Wow!managerで店舗が作成したステータスの名称です。モールのステータスには、それぞれの操作を使ってください。',
      }),
    ],
    preconditions:
      '「発送待ち」「発送前入金待ち」、または別の店舗独自のステータスの注文。新規受付の注文は先に注文確認をしてください。',
    calls: ['updateTradeStsProc (ステータス名)'],
    check({ subStatus }, issue) {
      const name = subStatus?.trim()
      if (!name)
        issue(
          ['subStatus'],
          'ステータス名を指定してください。外すことはできません（「発送完了」などの操作で次に進みます）。',
        )
      else if (STATUSES[name])
        issue(
          ['subStatus'],
          `「${name}」はモールのステータスです。店舗が作成したステータス名を指定するか、注文確認・保留などの操作を使ってください。`,
        )
    },
    plan: planSubStatus,
  },
}
