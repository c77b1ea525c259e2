import type { z } from 'zod'
import { sameNumber } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/code-table.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import { shipCompanyCodeOf } from '../carriers.ts'
import { CANCEL_REASONS as ALL_REASONS } from '../codes.ts'
import { RECIPIENT_ID } from '../orders/to-recipient.ts'
import { invoiceNumberOf } from './invoice-number.ts'

/** What Yahoo!'s order API narrows in the parameters that all malls share. */

/** ShipInvoiceNumber1 and ShipInvoiceNumber2. */
const MOST_PARCELS = 2
/** 注文内容変更API: Notes. */
const NOTES_BYTES = 1_500
const OTHER_REASON = '230'

/** Those a store may give (注文ステータス変更API); 0, 3xx and 400 are Yahoo!'s. */
export const CANCEL_REASONS = codeTable<string>(
  Object.fromEntries(Object.entries(ALL_REASONS).filter(([code]) => /^(1[0-8]0|2[0-3]0)$/.test(code))),
)

const ship = ChangeParameters.ship.superRefine(({ parcels }, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (parcels.length > MOST_PARCELS)
    issue(['parcels'], `Yahoo!ショッピングに登録できる伝票番号は${MOST_PARCELS}件までです。`)
  if (new Set(parcels.map((parcel) => shipCompanyCodeOf(parcel.carrier))).size > 1)
    issue(
      ['parcels'],
      'Yahoo!ショッピングの配送会社は1注文に1社です。すべての個口を同じ配送会社にしてください。',
    )
  if (parcels.length > 1 && parcels.some((parcel) => !parcel.trackingNumber))
    issue(['parcels'], '個口が2件のときは、両方に伝票番号を指定してください。')
  if (parcels.length === MOST_PARCELS && sameNumber(parcels[0]?.trackingNumber, parcels[1]?.trackingNumber))
    issue(['parcels', 1, 'trackingNumber'], '同じ伝票番号が2回指定されています。')
  for (const [index, parcel] of parcels.entries()) {
    const { carrier, trackingNumber, recipientId, lines, noNumberReason } = parcel
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
    if (lines?.length)
      issue(
        ['parcels', index, 'lines'],
        'Yahoo!ショッピングでは個口ごとの内容明細は登録できません。指定を外してください。',
      )
  }
})

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
  if (new Set(parcels.flatMap(({ carrier }) => (carrier ? [shipCompanyCodeOf(carrier)] : []))).size > 1)
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

/** 注文内容変更API and 注文ライン追加API: what a text may have in UTF-8, by our names. */
const MOST_BYTES: Readonly<Record<string, readonly [most: number, label: string]>> = {
  ...{ familyName: [297, '姓'], givenName: [297, '名'] },
  ...{ familyNameKana: [297, '姓カナ'], givenNameKana: [297, '名カナ'], prefecture: [297, '都道府県'] },
  ...{ city: [297, '市区町村'], address1: [297, '町域・番地'], address2: [297, '建物名・部屋番号'] },
  ...{ phone: [14, '電話番号'], wishTime: [13, 'お届け希望時間'], buyerNote: [750, '購入者からの要望'] },
  ...{ name: [225, '商品名'], sku: [99, 'サブコード'] },
}
/** Quantity has three digits. */
const MOST_PIECES = 999

type Issue = (path: PropertyKey[], message: string) => void

function checkLimits(fields: Readonly<Record<string, unknown>>, path: PropertyKey[], issue: Issue): void {
  for (const [name, value] of Object.entries(fields)) {
    const [most, label] = MOST_BYTES[name] ?? []
    if (most && typeof value === 'string' && Buffer.byteLength(value) > most)
      issue(
        [...path, name],
        `Yahoo!ショッピングの${label}は${most}バイトまでです（全角は1文字3バイト、今は${Buffer.byteLength(value)}バイト）。短くしてください。`,
      )
    if (name === 'quantity' && Number(value) > MOST_PIECES)
      issue([...path, name], `Yahoo!ショッピングの数量は${MOST_PIECES}までです。`)
  }
}

/** 注文内容変更API: Adjustments. */
const MOST_ADJUSTMENT = 50_000

const content = ChangeParameters.change_content.superRefine((wished, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  const not = (field: keyof typeof wished, what: string) =>
    issue([field], `Yahoo!ショッピングのAPIでは${what}できません。指定を外してください。`)
  if (Object.keys(wished).length === 0) issue([], '変更する項目を1つ以上指定してください。')
  checkLimits(wished, [], issue)
  for (const list of ['recipients', 'addLines', 'lines'] as const)
    for (const [index, entry] of (wished[list] ?? []).entries()) checkLimits(entry, [list, index], issue)
  if (wished.deliveryMethod !== undefined) not('deliveryMethod', '配送方法を変更')
  if (wished.reason !== undefined) not('reason', '減額の理由を指定')
  if ((wished.adjustment ?? 0) > MOST_ADJUSTMENT)
    issue(['adjustment'], `調整額は${MOST_ADJUSTMENT.toLocaleString('ja-JP')}円までです。`)
  if ((wished.recipients?.length ?? 0) > 1)
    issue(['recipients'], 'Yahoo!ショッピングの注文の送付先は1件です。')
  for (const [index, { recipientId, shippingFee, dropOff }] of (wished.recipients ?? []).entries()) {
    if (dropOff !== undefined)
      issue(
        ['recipients', index, 'dropOff'],
        'Yahoo!ショッピングのAPIでは置き配の場所を変更できません。指定を外してください。',
      )
    if (recipientId !== undefined && recipientId !== RECIPIENT_ID)
      issue(['recipients', index, 'recipientId'], 'この注文にない送付先IDです。指定を外してください。')
    if (shippingFee !== undefined)
      issue(['recipients', index, 'shippingFee'], '送料は注文全体の shippingFee に指定してください。')
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

const memo = ChangeParameters.memo.refine((value) => Buffer.byteLength(value.memo) <= NOTES_BYTES, {
  path: ['memo'],
  error: `Yahoo!ショッピングの社内メモは${NOTES_BYTES}バイト（全角500文字）までです。`,
})

const subStatus = ChangeParameters.sub_status.refine(
  (value) => value.subStatus !== null && /^([1-9]|10)$/.test(value.subStatus),
  { path: ['subStatus'], error: 'ストアステータスは1～10の番号です。外すことはAPIではできません。' },
)

export const YahooParameters = {
  ...ChangeParameters,
  ...{ ship, cancel, memo, sub_status: subStatus, correct_shipment: correct, change_content: content },
} as const

export type YahooShip = z.infer<typeof ship>
export type YahooCorrection = z.infer<typeof correct>
export type YahooContent = z.infer<typeof content>
export type YahooCancel = z.infer<typeof cancel>
