import type { z } from 'zod'
import { limited } from '../../kit/changes/limits.ts'
import { sameNumber } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/code-table.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import type { ChangeAction, FieldLimit } from '../../port/site-changes.ts'
import { CANCEL_REASONS as ALL_REASONS, CARRIERS } from '../codes.ts'
import { YAHOO } from '../facts.ts'
import { RECIPIENT_ID } from '../orders/to-recipient.ts'
import { invoiceNumberOf } from './invoice-number.ts'

/** What Yahoo!'s order API narrows in the parameters that all malls share. */

/** ShipInvoiceNumber1 and ShipInvoiceNumber2. */
const MOST_PARCELS = 2
const OTHER_REASON = '230'

/** Those a store may give (注文ステータス変更API); 0, 3xx and 400 are Yahoo!'s. */
export const CANCEL_REASONS = codeTable<string>(
  Object.fromEntries(Object.entries(ALL_REASONS).filter(([code]) => /^(1[0-8]0|2[0-3]0)$/.test(code))),
)

const bytesOf = (fields: Readonly<Record<string, string>>, bytes: number): FieldLimit[] =>
  Object.entries(fields).map(([field, label]) => ({ field, label, bytes }))

/** Texts of 297 bytes in UTF-8. */
const PERSON = {
  'recipients.familyName': '姓',
  'recipients.givenName': '名',
  'recipients.familyNameKana': '姓カナ',
  'recipients.givenNameKana': '名カナ',
  'recipients.prefecture': '都道府県',
  'recipients.city': '市区町村',
  'recipients.address1': '町域・番地',
  'recipients.address2': '建物名・部屋番号',
}

/** 出荷ステータス変更API, 注文内容変更API and 注文ライン追加API, by our names. */
export const YAHOO_LIMITS = {
  ship: [
    {
      field: 'parcels',
      label: '伝票番号',
      most: MOST_PARCELS,
      words: `Yahoo!ショッピングに登録できる伝票番号は${MOST_PARCELS}件までです。`,
    },
    { field: 'parcels.lines', label: '個口ごとの内容明細', taken: false },
  ],
  memo: [{ field: 'memo', label: '社内メモ', bytes: 1_500 }],
  change_content: [
    ...bytesOf(PERSON, 297),
    { field: 'recipients.phone', label: '電話番号', bytes: 14 },
    { field: 'recipients.wishTime', label: 'お届け希望時間', bytes: 13 },
    { field: 'recipients.dropOff', label: '置き配の場所', taken: false },
    {
      field: 'recipients.shippingFee',
      label: '送付先ごとの送料',
      taken: false,
      words: '送料は注文全体の shippingFee に指定してください。',
    },
    {
      field: 'recipients',
      label: '送付先',
      most: 1,
      words: 'Yahoo!ショッピングの注文の送付先は1件です。',
    },
    { field: 'adjustment', label: '調整額', most: 50_000 },
    { field: 'buyerNote', label: '購入者からの要望', bytes: 750 },
    { field: 'lines.quantity', label: '数量', most: 999 },
    { field: 'addLines.name', label: '商品名', bytes: 225 },
    { field: 'addLines.sku', label: 'サブコード', bytes: 99 },
    { field: 'addLines.quantity', label: '数量', most: 999 },
    { field: 'deliveryMethod', label: '配送方法', taken: false },
    { field: 'reason', label: '減額の理由', taken: false },
  ],
} as const satisfies Partial<Record<ChangeAction, readonly FieldLimit[]>>

const ship = limited(ChangeParameters.ship, YAHOO.label, YAHOO_LIMITS.ship).superRefine(
  ({ parcels }, context) => {
    const issue = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    if (new Set(parcels.map((parcel) => CARRIERS.codeOf(parcel.carrier))).size > 1)
      issue(
        ['parcels'],
        'Yahoo!ショッピングの配送会社は1注文に1社です。すべての個口を同じ配送会社にしてください。',
      )
    if (parcels.length > 1 && parcels.some((parcel) => !parcel.trackingNumber))
      issue(['parcels'], '個口が2件のときは、両方に伝票番号を指定してください。')
    if (parcels.length === MOST_PARCELS && sameNumber(parcels[0]?.trackingNumber, parcels[1]?.trackingNumber))
      issue(['parcels', 1, 'trackingNumber'], '同じ伝票番号が2回指定されています。')
    for (const [index, parcel] of parcels.entries()) {
      const { carrier, trackingNumber, recipientId, noNumberReason } = parcel
      const problem = trackingNumber ? invoiceNumberOf(carrier, trackingNumber).problem : null
      if (problem) issue(['parcels', index, 'trackingNumber'], problem)
      if (recipientId !== undefined && recipientId !== RECIPIENT_ID)
        issue(
          ['parcels', index, 'recipientId'],
          'Yahoo!ショッピングの注文の送付先は1件です。指定を外してください。',
        )
      if (noNumberReason !== undefined) {
        const wrong = emptyReasonProblem(noNumberReason, trackingNumber)
        if (wrong) issue(['parcels', index, 'noNumberReason'], wrong)
      }
    }
  },
)

/** ShipInvoiceNumberEmptyReason (出荷ステータス変更API, since April 2023). */
export const EMPTY_REASONS: Readonly<Record<string, string>> = codeTable<string>({
  101: 'メーカー直送',
  102: '発送物なし',
  103: '店頭受取',
  104: '配送会社から購入者へ連絡',
  105: '追跡できない配送方法',
})

function emptyReasonProblem(reason: string, trackingNumber: string | undefined): string | null {
  if (EMPTY_REASONS[reason] === undefined)
    return `Yahoo!ショッピングの理由にない値です。${Object.keys(EMPTY_REASONS).join('、')} のいずれかを指定してください。`
  return trackingNumber ? '伝票番号があるときは、伝票番号がない理由を指定できません。' : null
}

const correct = ChangeParameters.correct_shipment.superRefine(({ parcels }, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (new Set(parcels.flatMap(({ carrier }) => (carrier ? [CARRIERS.codeOf(carrier)] : []))).size > 1)
    issue(['parcels'], 'Yahoo!ショッピングの配送会社は1注文に1社です。すべて同じ配送会社にしてください。')
  for (const [index, { parcelId, recipientId }] of parcels.entries()) {
    if (parcelId !== undefined && !/^[12]$/.test(parcelId))
      issue(['parcels', index, 'parcelId'], '個口のIDは 1 または 2 です（伝票番号1、伝票番号2）。')
    if (recipientId !== undefined && recipientId !== RECIPIENT_ID)
      issue(
        ['parcels', index, 'recipientId'],
        'Yahoo!ショッピングの注文の送付先は1件です。指定を外してください。',
      )
  }
})

const content = limited(
  ChangeParameters.change_content,
  YAHOO.label,
  YAHOO_LIMITS.change_content,
).superRefine((wished, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (Object.keys(wished).length === 0) issue([], '変更する項目を1つ以上指定してください。')
  for (const [index, { recipientId }] of (wished.recipients ?? []).entries()) {
    if (recipientId !== undefined && recipientId !== RECIPIENT_ID)
      issue(['recipients', index, 'recipientId'], 'この注文にない送付先IDです。指定を外してください。')
  }
  for (const [index, { name, unitPrice }] of (wished.addLines ?? []).entries())
    if ((name === undefined) !== (unitPrice === undefined))
      issue(
        ['addLines', index, name === undefined ? 'name' : 'unitPrice'],
        '商品名と単価（税込）は両方を指定してください。両方を省略すると、ストアに登録した商品名と価格になります。',
      )
  for (const [index, { quantity }] of (wished.lines ?? []).entries())
    if (quantity === 0)
      issue(
        ['lines', index, 'quantity'],
        'Yahoo!ショッピングのAPIでは明細を削除できません。ストアクリエイターProで変更してください。',
      )
})

const cancel = ChangeParameters.cancel.superRefine(({ reason, detail = '', restock }, context) => {
  const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (CANCEL_REASONS[reason] === undefined)
    issue(
      'reason',
      `Yahoo!ショッピングのキャンセル理由にない値です。${Object.keys(CANCEL_REASONS).join('、')} のいずれかを指定してください。`,
    )
  const length = [...detail].length
  if (reason === OTHER_REASON && length === 0)
    issue('detail', '理由が「ストア都合:その他」のときは、詳細を10～200文字で入力してください。')
  else if (length > 0 && (length < 10 || length > 200))
    issue('detail', '詳細は10～200文字で入力してください。')
  if (restock === 'restore' || restock === 'keep')
    issue('restock', 'Yahoo!ショッピングでは在庫の扱いを指定できません。指定を外してください。')
})

const subStatus = ChangeParameters.sub_status.refine(
  (value) => value.subStatus !== null && /^([1-9]|10)$/.test(value.subStatus),
  { path: ['subStatus'], error: 'ストアステータスは1～10の番号です。外すことはAPIではできません。' },
)

export const YahooParameters = {
  ...ChangeParameters,
  ...{ ship, cancel, sub_status: subStatus, correct_shipment: correct, change_content: content },
  memo: limited(ChangeParameters.memo, YAHOO.label, YAHOO_LIMITS.memo),
} as const

export type YahooShip = z.infer<typeof ship>
export type YahooCorrection = z.infer<typeof correct>
export type YahooContent = z.infer<typeof content>
export type YahooCancel = z.infer<typeof cancel>
