import type { z } from 'zod'
import { present } from '../../../platform/narrow.ts'
import { limited } from '../../kit/changes/limits.ts'
import { sameNumber } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/code-table.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import type { ChangeAction, FieldLimit } from '../../port/site-changes.ts'
import { CHANGE_REASONS } from '../codes.ts'
import { RAKUTEN } from '../facts.ts'

/** What 楽天ペイ受注API narrows in the parameters that all malls share. */

/** updateOrderShipping: records of one basket. */
const MOST_PARCELS = 20

/** Reasons of cancelOrder (changeReasonDetailApply); 16 is given by Rakuten alone. */
export const CANCEL_REASONS = codeTable<string>(
  Object.fromEntries(Object.entries(CHANGE_REASONS).filter(([code]) => code !== '16')),
)

const charactersOf = (fields: Readonly<Record<string, string>>, characters: number): FieldLimit[] =>
  Object.entries(fields).map(([field, label]) => ({ field, label, characters }))

/** updateOrderSender: 127 characters of a name or a part of an address. */
const SENDER = {
  'recipients.familyName': '姓',
  'recipients.givenName': '名',
  'recipients.familyNameKana': '姓カナ',
  'recipients.givenNameKana': '名カナ',
  'recipients.prefecture': '都道府県',
  'recipients.city': '市区町村',
  'recipients.address1': '町域・番地',
  'recipients.address2': '建物名・部屋番号',
}

const notChangeable = (field: string, label: string): FieldLimit => ({
  ...{ field, label, taken: false },
  words: '楽天市場のAPIではこの項目を変更できません。RMSで変更してください。',
})

/** 楽天ペイ受注API, by our names. */
export const RAKUTEN_LIMITS = {
  ship: [
    {
      field: 'markPaid',
      label: '入金済み',
      taken: false,
      words: '楽天市場では入金は楽天が管理します。指定を外してください。',
    },
    {
      field: 'release',
      label: '保留の解除',
      taken: false,
      words: '楽天市場には保留がありません。指定を外してください。',
    },
    { field: 'parcels.lines', label: '個口ごとの内容明細', taken: false },
    { field: 'parcels.noNumberReason', label: '伝票番号がない理由', taken: false },
  ],
  cancel: [
    {
      field: 'detail',
      label: '理由の詳細',
      taken: false,
      words: '楽天市場では理由の詳細は送れません。指定を外してください。',
    },
  ],
  memo: [{ field: 'memo', label: 'ひとことメモ', characters: 1_000 }],
  correct_shipment: [{ field: 'parcels.shippingMethod', label: '個口ごとの配送方法', taken: false }],
  change_content: [
    ...charactersOf(SENDER, 127),
    { field: 'buyerNote', label: '備考', characters: 4_000 },
    notChangeable('codFee', '手数料'),
    notChangeable('giftWrapFee', 'ギフト包装料'),
    notChangeable('discount', '値引き'),
    notChangeable('adjustment', '調整額'),
    notChangeable('addLines', '明細の追加'),
  ],
} as const satisfies Partial<Record<ChangeAction, readonly FieldLimit[]>>

const ship = limited(ChangeParameters.ship, RAKUTEN.label, RAKUTEN_LIMITS.ship).superRefine(
  ({ parcels }, context) => {
    const issue = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    for (const [index, parcel] of parcels.entries()) {
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
  },
)

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

const cancel = limited(ChangeParameters.cancel, RAKUTEN.label, RAKUTEN_LIMITS.cancel).refine(
  ({ reason }) => CANCEL_REASONS[reason] !== undefined,
  {
    path: ['reason'],
    error: `楽天市場のキャンセル理由にない値です。${Object.keys(CANCEL_REASONS).join('、')} のいずれかを指定してください。`,
  },
)

const memo = limited(ChangeParameters.memo, RAKUTEN.label, RAKUTEN_LIMITS.memo).superRefine(
  (value, context) => refuseMachineText(value.memo, ['memo'], context),
)

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

/** updateOrderSender: dropOffLocation (since rev 8.0). */
export const NO_DROP_OFF = '利用しない'
const DROP_OFF_PLACES = [
  ...[NO_DROP_OFF, '宅配ボックス', '玄関前', '玄関前鍵付容器', 'メーターボックス', '物置', '車庫'],
]
const content = limited(
  ChangeParameters.change_content,
  RAKUTEN.label,
  RAKUTEN_LIMITS.change_content,
).superRefine((wished, context) => {
  const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (Object.keys(wished).every((name) => name === 'reason'))
    issue([], '変更する項目を1つ以上指定してください。')
  if (wished.reason !== undefined && !/^\d{1,3}$/.test(wished.reason))
    issue(['reason'], '減額の理由は番号で指定してください。')
  refuseMachineText(wished.buyerNote, ['buyerNote'], context)
  for (const [index, recipient] of (wished.recipients ?? []).entries())
    for (const [name, text] of Object.entries(recipient))
      if (typeof text === 'string') refuseMachineText(text, ['recipients', index, name], context)
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
  correct_shipment: limited(
    ChangeParameters.correct_shipment,
    RAKUTEN.label,
    RAKUTEN_LIMITS.correct_shipment,
  ),
  change_content: content,
} as const

export type RakutenShip = z.infer<typeof ship>
export type RakutenCorrection = z.infer<typeof ChangeParameters.correct_shipment>
export type RakutenContent = z.infer<typeof content>
export type RakutenCancel = z.infer<typeof cancel>
