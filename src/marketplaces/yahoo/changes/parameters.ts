import type { z } from 'zod'
import { sameNumber } from '../../kit/change-plans.ts'
import { ChangeParameters } from '../../port/site-changes.ts'
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
export const CANCEL_REASONS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ALL_REASONS).filter(([code]) => /^(1[0-8]0|2[0-3]0)$/.test(code)),
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
    const { carrier, trackingNumber, recipientId, lines } = parcel
    const problem = trackingNumber ? invoiceNumberOf(carrier, trackingNumber).problem : null
    if (problem) issue(['parcels', index, 'trackingNumber'], problem)
    if (recipientId !== undefined && recipientId !== RECIPIENT_ID)
      issue(
        ['parcels', index, 'recipientId'],
        'Yahoo!ショッピングの注文の送付先は1件です。指定を外してください。',
      )
    if (lines?.length)
      issue(
        ['parcels', index, 'lines'],
        'Yahoo!ショッピングでは個口ごとの内容明細は登録できません。指定を外してください。',
      )
  }
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
  error: `Yahoo!ショッピングの社内メモは${NOTES_BYTES}バイト(全角500文字)までです。`,
})

const subStatus = ChangeParameters.sub_status.refine(
  (value) => value.subStatus !== null && /^([1-9]|10)$/.test(value.subStatus),
  { path: ['subStatus'], error: 'ストアステータスは1～10の番号です。外すことはAPIではできません。' },
)

export const YahooParameters = { ...ChangeParameters, ship, cancel, memo, sub_status: subStatus } as const

export type YahooShip = z.infer<typeof ship>
export type YahooCancel = z.infer<typeof cancel>
