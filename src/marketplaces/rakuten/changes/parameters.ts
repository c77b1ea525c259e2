import type { z } from 'zod'
import { present } from '../../../platform/narrow.ts'
import { sameNumber } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/code-table.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import { CHANGE_REASONS } from '../codes.ts'

/** What 楽天ペイ受注API narrows in the parameters that all malls share. */

/** updateOrderShipping: records of one basket. */
const MOST_PARCELS = 20
/** updateOrderMemo: characters. */
const MEMO_LENGTH = 1000

/** Reasons of cancelOrder (changeReasonDetailApply); 16 is given by Rakuten alone. */
export const CANCEL_REASONS = codeTable<string>(
  Object.fromEntries(Object.entries(CHANGE_REASONS).filter(([code]) => code !== '16')),
)

const ship = ChangeParameters.ship.superRefine(({ parcels, markPaid, release }, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (markPaid) issue(['markPaid'], '楽天市場では入金は楽天が管理します。指定を外してください。')
  if (release) issue(['release'], '楽天市場には保留がありません。指定を外してください。')
  for (const [index, parcel] of parcels.entries()) {
    if (parcel.lines?.length)
      issue(
        ['parcels', index, 'lines'],
        '楽天市場では個口ごとの内容明細は登録できません。指定を外してください。',
      )
    if (parcel.noNumberReason !== undefined)
      issue(
        ['parcels', index, 'noNumberReason'],
        '楽天市場では伝票番号がない理由は登録できません。指定を外してください。',
      )
    if (isNameless(parcels, parcel))
      issue(
        ['parcels', index, 'trackingNumber'],
        '同じ送付先に個口が2件以上あるときは、すべてにお荷物伝票番号を指定してください。',
      )
    if (isRepeated(parcels, index))
      issue(['parcels', index, 'trackingNumber'], '同じお荷物伝票番号が2回指定されています。')
  }
  const named = parcels.filter((parcel) => parcel.recipientId !== undefined).length
  if (named > 0 && named < parcels.length)
    issue(['parcels'], '送付先IDは、すべての個口に指定するか、すべて省略してください。')
  if (Object.values(Object.groupBy(parcels, recipientOf)).some((own) => (own?.length ?? 0) > MOST_PARCELS))
    issue(['parcels'], `楽天市場の個口は送付先ごとに${MOST_PARCELS}件までです。`)
})

type Parcel = { recipientId?: string | undefined; trackingNumber?: string | undefined }

const recipientOf = (parcel: Parcel) => parcel.recipientId ?? ''

/** Several records without a number could not be told apart when the order is read again. */
const isNameless = (parcels: readonly Parcel[], parcel: Parcel) =>
  !parcel.trackingNumber && parcels.filter((one) => recipientOf(one) === recipientOf(parcel)).length > 1

const isRepeated = (parcels: readonly Parcel[], index: number) => {
  const parcel = present(parcels[index])
  return (
    !!parcel.trackingNumber &&
    parcels
      .slice(0, index)
      .some(
        (other) =>
          recipientOf(other) === recipientOf(parcel) &&
          sameNumber(other.trackingNumber, parcel.trackingNumber),
      )
  )
}

const cancel = ChangeParameters.cancel.superRefine(({ reason, detail }, context) => {
  if (CANCEL_REASONS[reason] === undefined)
    context.addIssue({
      code: 'custom',
      path: ['reason'],
      message: `楽天市場のキャンセル理由にない値です。${Object.keys(CANCEL_REASONS).join('、')} のいずれかを指定してください。`,
    })
  if (detail)
    context.addIssue({
      code: 'custom',
      path: ['detail'],
      message: '楽天市場では理由の詳細は送れません。指定を外してください。',
    })
})

const memo = ChangeParameters.memo
  .refine((value) => value.memo.length <= MEMO_LENGTH, {
    path: ['memo'],
    error: `楽天市場のひとことメモは${MEMO_LENGTH}文字までです。`,
  })
  .superRefine((value, context) => refuseMachineText(value.memo, ['memo'], context))

/** 機種依存文字 that RMS refuses whole texts for: ①, Ⅲ, ㈱, №, emoji. Rare kanji of names (髙, 﨑) are left for RMS to judge. */
const MACHINE_TEXT = /[\u2116\u2121\u2160-\u217F\u2460-\u24FF\u3200-\u33FF]|[\u{10000}-\u{10FFFF}]/u

/**
 * 機種依存文字 that stand in the order already and go back with it: ① as 1, ㈱ as (株), as RMS's own screen asks for. What has no
 * such form (𠮷, emoji) stays.
 */
export const withoutMachineText = (text: string): string =>
  [...text].map((sign) => (MACHINE_TEXT.test(sign) ? sign.normalize('NFKC') : sign)).join('')

export const machineTextIn = (text: string): string | null => MACHINE_TEXT.exec(text)?.[0] ?? null

function refuseMachineText(text: string | undefined, path: PropertyKey[], context: z.RefinementCtx): void {
  const [found] = MACHINE_TEXT.exec(text ?? '') ?? []
  if (found)
    context.addIssue({
      code: 'custom',
      path,
      message: `楽天市場では機種依存文字「${found}」は使えません。ほかの文字に置き換えてください。`,
    })
}

const correct = ChangeParameters.correct_shipment.superRefine(({ parcels }, context) => {
  for (const [index, parcel] of parcels.entries())
    if (parcel.shippingMethod !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['parcels', index, 'shippingMethod'],
        message: '楽天市場では個口ごとの配送方法は登録できません。指定を外してください。',
      })
})

const NOT_CHANGEABLE = ['codFee', 'giftWrapFee', 'discount', 'adjustment', 'addLines'] as const

/** updateOrderSender: dropOffLocation (since rev 8.0). */
export const NO_DROP_OFF = '利用しない'
const DROP_OFF_PLACES = [
  ...[NO_DROP_OFF, '宅配ボックス', '玄関前', '玄関前鍵付容器', 'メーターボックス', '物置', '車庫'],
]
/** updateOrderSender: characters of a name or a part of an address. */
const SENDER_LENGTH = 127

/** updateOrderRemarks: characters. */
const REMARKS_LENGTH = 4_000

const content = ChangeParameters.change_content.superRefine((wished, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (Object.keys(wished).every((name) => name === 'reason'))
    issue([], '変更する項目を1つ以上指定してください。')
  for (const name of NOT_CHANGEABLE)
    if (wished[name] !== undefined)
      issue([name], '楽天市場のAPIではこの項目を変更できません。RMSで変更してください。')
  if (wished.reason !== undefined && !/^\d{1,3}$/.test(wished.reason))
    issue(['reason'], '減額の理由は番号で指定してください。')
  if ((wished.buyerNote?.length ?? 0) > REMARKS_LENGTH)
    issue(['buyerNote'], `楽天市場の備考は${REMARKS_LENGTH}文字までです。`)
  refuseMachineText(wished.buyerNote, ['buyerNote'], context)
  for (const [index, recipient] of (wished.recipients ?? []).entries())
    for (const [name, text] of Object.entries(recipient))
      if (typeof text === 'string') {
        refuseMachineText(text, ['recipients', index, name], context)
        if (text.length > SENDER_LENGTH) issue(['recipients', index, name], `${SENDER_LENGTH}文字までです。`)
      }
  for (const [index, { dropOff }] of (wished.recipients ?? []).entries())
    if (dropOff && !DROP_OFF_PLACES.includes(dropOff))
      issue(
        ['recipients', index, 'dropOff'],
        `置き配の場所は ${DROP_OFF_PLACES.join('、')} のいずれかを指定してください。`,
      )
  for (const [index, { wishTime }] of (wished.recipients ?? []).entries())
    if (wishTime && shippingTermOf(wishTime) === null)
      issue(
        ['recipients', index, 'wishTime'],
        '「午前」「午後」または「14:00-16:00」の形で指定してください。',
      )
})

/** shippingTerm: 1 午前, 2 午後, else both hours: 14:00-16:00 is 1416. Null for what is none of these. */
export function shippingTermOf(time: string): number | null {
  if (/^午前中?$/.test(time)) return 1
  if (time === '午後') return 2
  const [, from, to] = /^(\d{1,2}):00\s?[-~～〜]\s?(\d{1,2}):00$/.exec(time) ?? []
  return from && to && Number(from) < Number(to) && Number(to) <= 24 ? Number(from) * 100 + Number(to) : null
}

const subStatus = ChangeParameters.sub_status.refine(
  (value) => value.subStatus === null || /^\d{1,15}$/.test(value.subStatus),
  { path: ['subStatus'], error: 'サブステータスIDは数字です。RMSのサブステータス設定で確認してください。' },
)

export const RakutenParameters = {
  confirm: ChangeParameters.confirm,
  ship,
  cancel,
  memo,
  sub_status: subStatus,
  correct_shipment: correct,
  change_content: content,
} as const

export type RakutenShip = z.infer<typeof ship>
export type RakutenCorrection = z.infer<typeof correct>
export type RakutenContent = z.infer<typeof content>
export type RakutenCancel = z.infer<typeof cancel>
