import {
  type ActionRows,
  carrierChoices,
  choicesOf,
  type Issue,
  needed,
  optional,
  THEN_MOVE_TO,
  WAIT_MINUTES,
} from '../../kit/changes/actions.ts'
import { notTaken, recipientTexts } from '../../kit/changes/limits.ts'
import { sameNumber } from '../../kit/changes/plans.ts'
import { names } from '../../kit/names.ts'
import { CANCEL_REASONS, CARRIERS } from '../codes.ts'
import { machineTextIn, NO_DROP_OFF } from './packages.ts'
import {
  cancelled,
  planCancel,
  planConfirm,
  planCorrection,
  planMemo,
  planShip,
  planSubStatus,
} from './plan.ts'
import { planContent, shippingTermOf } from './plan-content.ts'

/** updateOrderShipping: records of one basket. */
const MOST_PARCELS = 20
const CHOICES = carrierChoices(CARRIERS.all)
const NOT_CHANGEABLE = '楽天市場のAPIではこの項目を変更できません。RMSで変更してください。'
/** updateOrderSender: dropOffLocation (since rev 8.0). */
const DROP_OFF_PLACES: readonly string[] = [
  NO_DROP_OFF,
  ...names('宅配ボックス 玄関前 玄関前鍵付容器 メーターボックス 物置 車庫'),
]

/** Actions of 楽天ペイ受注API, named as in RMS. */
export const rakutenActions: ActionRows = {
  confirm: {
    label: '注文確認',
    fields: [WAIT_MINUTES],
    preconditions: '注文ステータスが「注文確認待ち」の注文。一度確認すると元に戻せません。',
    calls: ['confirmOrder'],
    plan: (_, order) => planConfirm(order),
  },
  ship: {
    label: '発送完了報告',
    fields: [
      needed('shippedOn', '発送日'),
      optional('parcels.recipientId', '送付先ID', { help: '送付先が複数ある注文では必須です。' }),
      needed('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', 'お荷物伝票番号', {
        help: '120文字まで。個口は送付先ごとに20件までです。',
      }),
      optional('confirmFirst', '先に注文確認をする', {
        help: 'confirmOrder を送り、「発送待ち」になるまで待機してから発送情報を送ります。',
      }),
      THEN_MOVE_TO,
    ],
    preconditions:
      '注文ステータスが「発送待ち」の注文。すべての送付先に発送日が入ると、楽天の夜間処理で「発送済」に変わります。別のお荷物伝票番号が登録済みの送付先には送りません。',
    calls: [
      'confirmOrder (注文確認をしてからの場合)',
      'updateOrderShipping (送付先ごと)',
      'updateOrderShippingAsync (10件以上、1回に100件まで)',
      'getResultUpdateOrderShippingAsync (その結果)',
    ],
    limits: [
      notTaken('markPaid', '入金済み', '楽天市場では入金は楽天が管理します。指定を外してください。'),
      notTaken('release', '保留の解除', '楽天市場には保留がありません。指定を外してください。'),
      notTaken('parcels.lines', '個口ごとの内容明細'),
      notTaken('parcels.noNumberReason', '伝票番号がない理由'),
    ],
    check({ parcels }, issue) {
      for (const [index, parcel] of parcels.entries()) {
        const at = ['parcels', index, 'trackingNumber']
        const sameRecipient = (one: Parcel) => one.recipientId === parcel.recipientId
        // Several records without a number would be indistinguishable when the order is read again.
        if (!parcel.trackingNumber && parcels.filter(sameRecipient).length > 1)
          issue(at, '同じ送付先に個口が2件以上あるときは、すべてにお荷物伝票番号を指定してください。')
        const before = parcels.slice(0, index).filter(sameRecipient)
        if (
          parcel.trackingNumber &&
          before.some((one) => sameNumber(one.trackingNumber, parcel.trackingNumber))
        )
          issue(at, '同じお荷物伝票番号が2回指定されています。')
      }
      const named = parcels.filter((parcel) => parcel.recipientId !== undefined).length
      if (named > 0 && named < parcels.length)
        issue(['parcels'], '送付先IDは、すべての個口に指定するか、すべて省略してください。')
      const byRecipient = Object.values(Object.groupBy(parcels, ({ recipientId = '' }) => recipientId))
      if (byRecipient.some((own = []) => own.length > MOST_PARCELS))
        issue(['parcels'], `楽天市場の個口は送付先ごとに${MOST_PARCELS}件までです。`)
    },
    plan: planShip,
  },
  cancel: {
    label: 'キャンセル',
    fields: [
      needed('reason', 'キャンセル理由', { choices: choicesOf(CANCEL_REASONS) }),
      optional('restock', '在庫連動', {
        choices: choicesOf({
          item_setting: '商品の設定に従う',
          restore: '在庫を戻す',
          keep: '在庫を戻さない',
        }),
      }),
    ],
    preconditions:
      '「注文確認待ち」「楽天処理中」「発送待ち」ではキャンセル申請、「発送済」以降では発送後キャンセル（商品が戻ってから）になります。登録済みの発送日は先に取り消します。元に戻せません。',
    calls: [
      'updateOrderShipping (発送日の取消、登録済みのとき)',
      'cancelOrder (発送前)',
      'cancelOrderAfterShipping (発送済以降)',
    ],
    limits: [notTaken('detail', '理由の詳細', '楽天市場では理由の詳細は送れません。指定を外してください。')],
    check({ reason }, issue) {
      if (CANCEL_REASONS[reason] === undefined)
        issue(
          ['reason'],
          `楽天市場のキャンセル理由にない値です。${Object.keys(CANCEL_REASONS).join('、')} のいずれかを指定してください。`,
        )
    },
    plan: planCancel,
  },
  memo: {
    label: 'ひとことメモ',
    fields: [
      needed('memo', 'ひとことメモ', {
        help: '1000文字まで。機種依存文字は使えません。空にすると消えます。',
      }),
    ],
    preconditions: 'どの注文ステータスでも変更できます。',
    calls: ['updateOrderMemo'],
    limits: [{ field: 'memo', label: 'ひとことメモ', characters: 1_000 }],
    check: ({ memo }, issue) => refuseMachineText(memo, ['memo'], issue),
    plan: planMemo,
  },
  sub_status: {
    label: 'サブステータス',
    fields: [
      needed('subStatus', 'サブステータスID', {
        help: 'RMSで設定したサブステータスのIDで、今の注文ステータスに属するもの。一覧は GET /v1/shops/{id}/sub-statuses で取得できます。空（null）にすると外れます。',
      }),
    ],
    preconditions: 'キャンセルされていない注文。サブステータスは注文ステータスごとに決まっています。',
    calls: ['updateOrderSubStatus'],
    check({ subStatus }, issue) {
      if (subStatus !== null && !/^\d{1,15}$/.test(subStatus))
        issue(['subStatus'], 'サブステータスIDは数字です。RMSのサブステータス設定で確認してください。')
    },
    plan: planSubStatus,
  },
  correct_shipment: {
    label: '発送情報の訂正',
    fields: [
      optional('parcels.recipientId', '送付先ID'),
      optional('parcels.parcelId', '発送明細ID', { help: '発送情報が2件以上ある注文では必須です。' }),
      optional('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', 'お荷物伝票番号', { help: '空にすると消えます。' }),
      optional('parcels.shippedOn', '発送日'),
      optional('parcels.remove', '発送情報を削除する'),
    ],
    preconditions: '発送情報が登録されている、キャンセルされていない注文。発送済の後でも訂正できます。',
    calls: ['updateOrderShipping (shippingDetailIdを指定)'],
    limits: [notTaken('parcels.shippingMethod', '個口ごとの配送方法')],
    plan: (wished, order) => cancelled(order) ?? planCorrection(wished, order),
  },
  change_content: {
    label: '注文内容の変更',
    fields: [
      optional('recipients', '送付先、送料、お届け希望', {
        help: '変わる項目だけを指定します。置き配の場所（dropOff）も変更できます。機種依存文字は使えません。',
      }),
      optional('shippingFee', '送料', { help: '送付先が1件の注文。送料未確定の注文を確定できます。' }),
      optional('lines', '数量・明細の削除'),
      optional('reason', '減額の理由', { help: '金額が下がるときは必須です。' }),
      optional('buyerNote', '備考', { help: '4000文字まで。機種依存文字は使えません。' }),
      optional('deliveryMethod', '配送方法', { help: 'RMSで設定した配送方法の名称です。' }),
    ],
    preconditions:
      '送付先・送料・数量は「注文確認待ち」「楽天処理中」「発送待ち」と「発送済」以降。「変更確定待ち」とキャンセルはできません。',
    calls: [
      'updateOrderSender (発送前)',
      'updateOrderSenderAfterShipping (発送済以降)',
      'updateOrderMemo (お届け希望)',
      'updateOrderRemarks (備考)',
      'updateOrderDelivery (配送方法)',
    ],
    limits: [
      ...recipientTexts({ characters: 127 }),
      { field: 'buyerNote', label: '備考', characters: 4_000 },
      notTaken('codFee', '手数料', NOT_CHANGEABLE),
      notTaken('giftWrapFee', 'ギフト包装料', NOT_CHANGEABLE),
      notTaken('discount', '値引き', NOT_CHANGEABLE),
      notTaken('adjustment', '調整額', NOT_CHANGEABLE),
      notTaken('addLines', '明細の追加', NOT_CHANGEABLE),
    ],
    check(wished, issue) {
      if (Object.keys(wished).every((name) => name === 'reason'))
        issue([], '変更する項目を1つ以上指定してください。')
      if (wished.reason !== undefined && !/^\d{1,3}$/.test(wished.reason))
        issue(['reason'], '減額の理由は番号で指定してください。')
      refuseMachineText(wished.buyerNote, ['buyerNote'], issue)
      for (const [index, recipient] of (wished.recipients ?? []).entries()) {
        const at = (name: string) => ['recipients', index, name]
        for (const [name, text] of Object.entries(recipient))
          if (typeof text === 'string') refuseMachineText(text, at(name), issue)
        const { dropOff, wishTime } = recipient
        if (dropOff && !DROP_OFF_PLACES.includes(dropOff))
          issue(at('dropOff'), `置き配の場所は ${DROP_OFF_PLACES.join('、')} のいずれかを指定してください。`)
        if (wishTime && shippingTermOf(wishTime) === null)
          issue(at('wishTime'), '「午前」「午後」または「14:00-16:00」の形で指定してください。')
      }
    },
    plan: (wished, order) => cancelled(order) ?? planContent(wished, order),
  },
}

type Parcel = { recipientId?: string | undefined; trackingNumber?: string | undefined }

function refuseMachineText(text: string | undefined, path: PropertyKey[], issue: Issue): void {
  const found = machineTextIn(text ?? '')
  if (found) issue(path, `楽天市場では機種依存文字「${found}」は使えません。ほかの文字に置き換えてください。`)
}
