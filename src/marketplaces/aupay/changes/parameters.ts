import type { z } from 'zod'
import { codeTable } from '../../kit/code-table.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import { STATUSES } from '../codes.ts'

/** What 受注情報更新API narrows in the parameters that all malls share. */

/** shippingNumber, characters; cancelComment, bytes. */
const NUMBER_LENGTH = 15
const COMMENT_BYTES = 100

/** The one code that is known to be taken. The sheet of codes is handed to shops alone: a shop may write another of it. */
export const CANCEL_REASONS: Readonly<Record<string, string>> = codeTable<string>({
  9: 'その他（理由の詳細に記入）',
})

const ship = ChangeParameters.ship.superRefine(({ parcels }, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (parcels.length > 1)
    issue(
      ['parcels'],
      'au PAY マーケットに登録できる発送情報は1注文に1件です。代表のお荷物伝票番号を1件だけ指定してください。',
    )
  for (const [index, { trackingNumber, noNumberReason, lines }] of parcels.entries()) {
    if (noNumberReason !== undefined)
      issue(
        ['parcels', index, 'noNumberReason'],
        'au PAY マーケットでは伝票番号がない理由は登録できません。指定を外してください。',
      )
    if (lines?.length)
      issue(
        ['parcels', index, 'lines'],
        'au PAY マーケットでは個口ごとの内容明細は登録できません。指定を外してください。',
      )
    if (trackingNumber && !isNumber(trackingNumber))
      issue(
        ['parcels', index, 'trackingNumber'],
        `au PAY マーケットのお荷物伝票番号は半角英数字とハイフンで${NUMBER_LENGTH}文字までです。`,
      )
  }
})

const correct = ChangeParameters.correct_shipment.superRefine(({ parcels }, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (parcels.length > 1)
    issue(['parcels'], 'au PAY マーケットの発送情報は1注文に1件です。訂正する1件だけを指定してください。')
  for (const [index, parcel] of parcels.entries()) {
    const { trackingNumber, carrier, shippedOn, remove, parcelId } = parcel
    if (remove)
      issue(
        ['parcels', index, 'remove'],
        'au PAY マーケットの発送情報はAPIから削除できません。Wow!managerで操作してください。',
      )
    if (parcelId !== undefined)
      issue(
        ['parcels', index, 'parcelId'],
        'au PAY マーケットの発送情報にはIDがありません。指定を外してください。',
      )
    if (trackingNumber !== undefined && !isNumber(trackingNumber))
      issue(
        ['parcels', index, 'trackingNumber'],
        `au PAY マーケットのお荷物伝票番号は半角英数字とハイフンで1～${NUMBER_LENGTH}文字です。番号を空にすることはできません。`,
      )
    if (trackingNumber === undefined && carrier === undefined && shippedOn === undefined)
      issue(
        ['parcels', index],
        '訂正する項目がありません。お荷物伝票番号、配送会社、発送日のいずれかを指定してください。',
      )
  }
})

const isNumber = (text: string): boolean => text.length <= NUMBER_LENGTH && /^[0-9A-Za-z-]+$/.test(text)

const markPaid = ChangeParameters.mark_paid.refine(({ paidOn }) => paidOn === undefined, {
  path: ['paidOn'],
  error: 'au PAY マーケットでは入金日は送れません。指定を外してください。',
})

const cancel = ChangeParameters.cancel.superRefine(({ reason, detail, restock }, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (!/^\d{1,2}$/.test(reason))
    issue(['reason'], 'キャンセル理由は1～2桁の数字です。分からない場合は 9 を指定してください。')
  if (!detail)
    issue(['detail'], 'au PAY マーケットのキャンセルには理由の詳細が必要です。理由を入力してください。')
  else if (Buffer.byteLength(detail) > COMMENT_BYTES)
    issue(['detail'], `理由の詳細は${COMMENT_BYTES}バイト（全角で33文字程度）までです。短くしてください。`)
  if (restock) issue(['restock'], 'au PAY マーケットでは在庫の戻し方は指定できません。指定を外してください。')
})

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
  ship,
  mark_paid: markPaid,
  complete: ChangeParameters.complete,
  hold: ChangeParameters.hold,
  release: ChangeParameters.release,
  cancel,
  sub_status: subStatus,
  correct_shipment: correct,
} as const

export type AupayShip = z.infer<typeof ship>
export type AupayCorrection = z.infer<typeof correct>
export type AupayCancel = z.infer<typeof cancel>
