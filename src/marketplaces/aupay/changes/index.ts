import {
  type ActionRows,
  AFTER_DAYS,
  carrierChoices,
  choicesOf,
  correctsSomething,
  mallActions,
  needed,
  notTaken,
  optional,
  SHIPPED_ON,
  WAIT_MINUTES,
} from '../../kit/changes/actions.ts'
import { answered } from '../../kit/changes/plans.ts'
import { type Meaning, type RefusedCall, refusalBy, rejectedCall } from '../../kit/failures.ts'
import { names } from '../../kit/wire.ts'
import type { MarketplaceFailure } from '../../port/failures.ts'
import { type ChangeCalls, ChangeParameters, type ChangeRules } from '../../port/site-changes.ts'
import type { AupayClient } from '../client.ts'
import { CANCEL_REASONS, CARRIERS, STATUSES } from '../codes.ts'
import { AUPAY } from '../facts.ts'
import {
  cancelled,
  isUnconfirmed,
  planCancel,
  planComplete,
  planConfirm,
  planCorrection,
  planHold,
  planPaid,
  planRelease,
  planShip,
  planSubStatus,
} from './plan.ts'
import { aupayStepState, callOf } from './steps.ts'

const CORRECTED = names('trackingNumber carrier shippedOn')
const ONE_PARCEL = { field: 'parcels', label: '個口', most: 1 }
const CHOICES = carrierChoices(CARRIERS.all)

/** Actions of au PAY マーケット's 受注情報更新API, with its statuses as Wow!manager names them. */
const aupayActions: ActionRows = {
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
      SHIPPED_ON,
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
    check: ({ parcels }, issue) =>
      correctsSomething(parcels, CORRECTED, 'お荷物伝票番号、配送会社、発送日', issue),
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

export const aupayChanges: ChangeRules = {
  ...mallActions(AUPAY, aupayActions, (order, action) => (action === 'cancel' ? null : cancelled(order))),
  carriers: CARRIERS.all,
  stepState: aupayStepState,
  needsFirst: ({ action, parameters }, order) =>
    action === 'ship' && isUnconfirmed(order) && !ChangeParameters.ship.parse(parameters).confirmFirst
      ? {
          action: 'confirm',
          message: `au PAY マーケットで「${order.mallStatus.code}」の注文です。「注文確認をしてから発送」を指定するか、先に注文確認をしてください。Wow!managerで確認済みの場合は、注文を再取込してください。`,
        }
      : null,
}

/** The calls of 受注情報更新API, one for each step. The answer is a bare envelope: its status 0 is all it says. */
export function aupayChangeCalls(client: AupayClient): ChangeCalls {
  return {
    async applyStep(orderId, step, signal) {
      const { method, fields } = callOf(step)
      const answer = await client.write({ method, fields: { orderId, ...fields } }, signal)
      if (answer.kind === 'refused') throw refusedUpdate(answer)
      return answered('0', null)
    },
  }
}

export const refusedUpdate = (refused: RefusedCall): MarketplaceFailure =>
  refusalBy(MEANINGS, rejectedCall(AUPAY, refused))

/** The codes of order calls are not public, so the mall's words decide. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /キャンセル済/,
    code: 'ORDER_CANCELLED_AT_MALL',
    message:
      'au PAY マーケットで注文がキャンセルされているため、変更できませんでした。キャンセルとして処理してください。',
  },
  {
    words: /存在しません|見つかりません|該当[^。]{0,20}(?:ません|なし)/,
    code: 'AUPAY_ORDER_UNKNOWN',
    message: 'au PAY マーケットにこの注文がありません。Wow!managerで注文番号を確認してください。',
  },
  {
    words: /発送情報/,
    code: 'AUPAY_SHIPPING_MISSING',
    message:
      '発送情報が登録されていないため、au PAY マーケットがステータスの変更を受け付けませんでした。「発送完了」で発送情報を登録してください。',
  },
  {
    words: /必須入力/,
    code: 'AUPAY_FIELD_MISSING',
    message: 'au PAY マーケットが必須項目の不足として受け付けませんでした。運営者へ連絡してください。',
  },
  {
    words: /の値が正しくありません|形式|桁数|不正な/,
    code: 'AUPAY_FORMAT_REFUSED',
    message:
      'au PAY マーケットが入力内容を受け付けませんでした。モールのメッセージにある項目を確認し、直してから再実行してください。',
  },
]
