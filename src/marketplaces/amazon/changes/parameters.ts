import type { z } from 'zod'
import { limited } from '../../kit/changes/limits.ts'
import { sameNumber } from '../../kit/changes/plans.ts'
import { ChangeParameters, type ShipParcel } from '../../port/change-parameters.ts'
import type { ChangeAction, FieldLimit } from '../../port/site-changes.ts'
import { AMAZON } from '../facts.ts'

/** What confirmShipment of Orders API v0 narrows in the parameters that all malls share. */

type Parcel = z.infer<typeof ShipParcel>
type Issue = (path: PropertyKey[], message: string) => void

/** confirmShipment, by our names. */
export const AMAZON_LIMITS = {
  ship: [
    {
      field: 'markPaid',
      label: '入金済み',
      taken: false,
      words: 'Amazonでは入金はAmazonが管理します。指定を外してください。',
    },
    {
      field: 'release',
      label: '保留の解除',
      taken: false,
      words: 'Amazonには保留がありません。指定を外してください。',
    },
    {
      field: 'confirmFirst',
      label: '注文確認',
      taken: false,
      words: 'Amazonには注文確認がありません。指定を外してください。',
    },
    { field: 'parcels.noNumberReason', label: '伝票番号がない理由', taken: false },
  ],
  correct_shipment: [
    {
      field: 'parcels.remove',
      label: '出荷通知の取消',
      taken: false,
      words: 'Amazonでは出荷通知を取り消せません。番号や配送会社の訂正だけができます。',
    },
  ],
} as const satisfies Partial<Record<ChangeAction, readonly FieldLimit[]>>

const ship = limited(ChangeParameters.ship, AMAZON.label, AMAZON_LIMITS.ship).superRefine(
  ({ parcels }, context) => {
    const issue: Issue = (path, message) => context.addIssue({ code: 'custom', path, message })
    for (const [index, parcel] of parcels.entries()) checkParcel(parcel, index, parcels, issue)
    const open = parcels.flatMap((parcel, index) => (parcel.lines?.length ? [] : [index]))
    if (open.length < 2) return
    for (const index of open)
      issue(
        ['parcels', index, 'lines'],
        'Amazonでは2個口以上のとき、個口ごとの商品と数量が必要です。内容明細を指定してください（省略できるのは残りの商品すべてを入れる1個口だけです）。',
      )
  },
)

function checkParcel(parcel: Parcel, index: number, parcels: readonly Parcel[], issue: Issue): void {
  const { trackingNumber, carrier, carrierName, lines = [] } = parcel
  if (!trackingNumber)
    issue(
      ['parcels', index, 'trackingNumber'],
      'Amazonの出荷通知にはお荷物伝票番号が必須です。追跡できない発送は、セラーセントラルで出荷通知をしてください。',
    )
  if (trackingNumber && parcels.slice(0, index).some((one) => sameNumber(one.trackingNumber, trackingNumber)))
    issue(['parcels', index, 'trackingNumber'], '同じお荷物伝票番号が2回指定されています。')
  if (carrier === 'other' && !carrierName?.trim())
    issue(
      ['parcels', index, 'carrierName'],
      '配送会社が「その他」のとき、Amazonには配送会社名が必要です。配送会社名を入力してください。',
    )
  if (new Set(lines.map(({ lineId }) => lineId)).size < lines.length)
    issue(['parcels', index, 'lines'], '同じ明細が1つの個口に2回指定されています。数量をまとめてください。')
}

const correct = limited(
  ChangeParameters.correct_shipment,
  AMAZON.label,
  AMAZON_LIMITS.correct_shipment,
).superRefine(({ parcels }, context) => {
  const issue: Issue = (path, message) => context.addIssue({ code: 'custom', path, message })
  for (const [index, parcel] of parcels.entries()) {
    const at = (field: string) => ['parcels', index, field]
    if (parcel.trackingNumber === '')
      issue(
        at('trackingNumber'),
        'Amazonの出荷通知ではお荷物伝票番号を空にできません。正しい番号を指定してください。',
      )
    if (parcel.carrier === 'other' && !parcel.carrierName?.trim())
      issue(
        at('carrierName'),
        '配送会社が「その他」のとき、Amazonには配送会社名が必要です。配送会社名を入力してください。',
      )
    const { trackingNumber, carrier, shippedOn, shippingMethod } = parcel
    if ([trackingNumber, carrier, shippedOn, shippingMethod].every((value) => value === undefined))
      issue(
        ['parcels', index],
        '訂正する項目がありません。お荷物伝票番号、配送会社、出荷日、配送方法のいずれかを指定してください。',
      )
    if (parcels.slice(0, index).some((one) => one.parcelId === parcel.parcelId))
      issue(at('parcelId'), '同じ個口が2回指定されています。')
  }
})

export const AmazonParameters = { ship, correct_shipment: correct } as const
export type AmazonCorrection = z.infer<typeof correct>
export type AmazonShip = z.infer<typeof ship>
