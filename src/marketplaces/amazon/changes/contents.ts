import { refused } from '../../kit/changes/plans.ts'
import type { ChangePlan } from '../../port/site-changes.ts'
import type { AmazonPayload } from './payload.ts'

type Contents = AmazonPayload['packageDetail']['orderItems']
type Lines = readonly { lineId: string; quantity: number }[]

export type Allotted<P> =
  | { kind: 'allotted'; packages: { parcel: P; orderItems: Contents }[] }
  | { kind: 'refused'; plan: ChangePlan }

/** Says what is in each parcel: what was given for it, and in the one without lines everything that is left. */
export function allot<P extends { lines?: Lines | undefined }>(
  parcels: readonly P[],
  unshipped: ReadonlyMap<string, number>,
): Allotted<P> {
  const left = new Map(unshipped)
  for (const { lineId, quantity } of parcels.flatMap((parcel) => parcel.lines ?? [])) {
    const known = left.get(lineId)
    if (known === undefined) return { kind: 'refused', plan: unknownLine(lineId) }
    if (quantity > known) return { kind: 'refused', plan: tooMany(lineId, unshipped.get(lineId) ?? 0) }
    left.set(lineId, known - quantity)
  }
  const rest = [...left].flatMap(([orderItemId, quantity]) => (quantity > 0 ? { orderItemId, quantity } : []))
  const packages = parcels.map((parcel) => ({
    parcel,
    orderItems: parcel.lines?.length ? parcel.lines.map(toContents) : rest,
  }))
  if (packages.some(({ orderItems }) => orderItems.length === 0))
    return { kind: 'refused', plan: nothingLeft() }
  return { kind: 'allotted', packages }
}

const toContents = ({ lineId, quantity }: Lines[number]) => ({ orderItemId: lineId, quantity })

const unknownLine = (lineId: string) =>
  refused(
    'LINE_UNKNOWN',
    `明細ID ${lineId} はこの注文にないか、キャンセルされています。注文を再取込して内容明細を確認してください。`,
  )

const tooMany = (lineId: string, most: number) =>
  refused(
    'QUANTITY_EXCEEDED',
    `明細ID ${lineId} の未出荷の数量は${most}点です。内容明細の数量を確認してください。`,
  )

const nothingLeft = () =>
  refused(
    'NOTHING_TO_SHIP',
    '未出荷の商品が残っていない個口があります。注文を再取込し、個口の内容明細を確認してください。',
  )
