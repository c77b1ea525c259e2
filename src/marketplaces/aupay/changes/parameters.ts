import type { z } from 'zod'
import { limited } from '../../kit/changes/limits.ts'
import { codeTable } from '../../kit/code-table.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import type { ChangeAction, FieldLimit } from '../../port/site-changes.ts'
import { STATUSES } from '../codes.ts'
import { AUPAY } from '../facts.ts'

/** What 受注情報更新API narrows in the parameters that all malls share. */

/** The one code that is known to be taken. The sheet of codes is handed to shops alone: a shop may write another of it. */
export const CANCEL_REASONS: Readonly<Record<string, string>> = codeTable<string>({
  9: 'その他（理由の詳細に記入）',
})

const ONE_PARCEL = { field: 'parcels', label: '個口', most: 1 }

/** 受注情報更新API, by our names. */
export const AUPAY_LIMITS = {
  ship: [
    {
      ...ONE_PARCEL,
      words:
        'au PAY マーケットに登録できる発送情報は1注文に1件です。代表のお荷物伝票番号を1件だけ指定してください。',
    },
    { field: 'parcels.noNumberReason', label: '伝票番号がない理由', taken: false },
    { field: 'parcels.lines', label: '個口ごとの内容明細', taken: false },
    {
      field: 'parcels.trackingNumber',
      label: 'お荷物伝票番号',
      characters: 15,
      pattern: /^[0-9A-Za-z-]*$/,
      words: 'au PAY マーケットのお荷物伝票番号は半角英数字とハイフンで15文字までです。',
    },
  ],
  correct_shipment: [
    {
      ...ONE_PARCEL,
      words: 'au PAY マーケットの発送情報は1注文に1件です。訂正する1件だけを指定してください。',
    },
    {
      field: 'parcels.remove',
      label: '発送情報の削除',
      taken: false,
      words: 'au PAY マーケットの発送情報はAPIから削除できません。Wow!managerで操作してください。',
    },
    { field: 'parcels.parcelId', label: '個口のID', taken: false },
    {
      field: 'parcels.trackingNumber',
      label: 'お荷物伝票番号',
      characters: 15,
      pattern: /^[0-9A-Za-z-]+$/,
      words:
        'au PAY マーケットのお荷物伝票番号は半角英数字とハイフンで1～15文字です。番号を空にすることはできません。',
    },
  ],
  mark_paid: [{ field: 'paidOn', label: '入金日', taken: false }],
  cancel: [
    {
      field: 'reason',
      label: 'キャンセル理由',
      pattern: /^\d{1,2}$/,
      words: 'キャンセル理由は1～2桁の数字です。分からない場合は 9 を指定してください。',
    },
    { field: 'detail', label: '理由の詳細', bytes: 100 },
    { field: 'restock', label: '在庫の戻し方', taken: false },
  ],
} as const satisfies Partial<Record<ChangeAction, readonly FieldLimit[]>>

const correct = limited(
  ChangeParameters.correct_shipment,
  AUPAY.label,
  AUPAY_LIMITS.correct_shipment,
).superRefine(({ parcels }, context) => {
  for (const [index, { trackingNumber, carrier, shippedOn }] of parcels.entries())
    if (trackingNumber === undefined && carrier === undefined && shippedOn === undefined)
      context.addIssue({
        code: 'custom',
        path: ['parcels', index],
        message: '訂正する項目がありません。お荷物伝票番号、配送会社、発送日のいずれかを指定してください。',
      })
})

const cancel = limited(ChangeParameters.cancel, AUPAY.label, AUPAY_LIMITS.cancel).refine(
  ({ detail }) => detail,
  {
    path: ['detail'],
    error: 'au PAY マーケットのキャンセルには理由の詳細が必要です。理由を入力してください。',
  },
)

/** A status that the shop named itself; the mall's own ones are reached by their actions. */
const subStatus = ChangeParameters.sub_status.superRefine(({ subStatus: name }, context) => {
  const issue = (message: string) => context.addIssue({ code: 'custom', path: ['subStatus'], message })
  if (!name?.trim())
    issue('ステータス名を指定してください。外すことはできません（「発送完了」などの操作で次に進みます）。')
  else if (STATUSES[name.trim()])
    issue(
      `「${name.trim()}」はモールのステータスです。店舗が作成したステータス名を指定するか、注文確認・保留などの操作を使ってください。`,
    )
})

export const AupayParameters = {
  confirm: ChangeParameters.confirm,
  ship: limited(ChangeParameters.ship, AUPAY.label, AUPAY_LIMITS.ship),
  mark_paid: limited(ChangeParameters.mark_paid, AUPAY.label, AUPAY_LIMITS.mark_paid),
  complete: ChangeParameters.complete,
  hold: ChangeParameters.hold,
  release: ChangeParameters.release,
  cancel,
  sub_status: subStatus,
  correct_shipment: correct,
} as const

export type AupayShip = z.infer<typeof ChangeParameters.ship>
export type AupayCorrection = z.infer<typeof correct>
export type AupayCancel = z.infer<typeof cancel>
