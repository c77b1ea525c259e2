import type { NormalisedOrder } from '../marketplaces/port/order.ts'

/** Values of a changed order for staff, by the names of changedParts(). Parts that name people have none. */

type Shown = (order: NormalisedOrder) => string

const yen = (amount: number): string => `${amount.toLocaleString('ja-JP')}円`
const CHARGES = [
  ['送料', 'shipping'],
  ['代引手数料', 'cod'],
  ['決済手数料', 'paymentFee'],
  ['その他', 'other'],
  ['調整額', 'adjustment'],
] as const

const SHOWN: Readonly<Record<string, Shown>> = {
  items: ({ items }) =>
    items
      .map(
        ({ name, itemCode, unitPrice, quantity }) =>
          `${name}${itemCode ? `（${itemCode}）` : ''} ${yen(unitPrice)}×${quantity}`,
      )
      .join('、'),
  charges: ({ charges }) =>
    CHARGES.flatMap(([label, key]) => (charges[key] === 0 ? [] : [`${label}${yen(charges[key])}`])).join(
      '、',
    ),
  discounts: ({ discounts }) => discounts.map(({ name, amount }) => `${name ?? ''}${yen(amount)}`).join('、'),
  points: ({ points }) => yen(points.used),
  totals: ({ totals }) => yen(totals.billed),
  payment: ({ payment }) => payment.name ?? '',
  delivery: ({ delivery }) => delivery.methodName ?? '',
}

export const STATE_NAMES: Readonly<Record<string, string>> = {
  open: '未発送',
  shipped: '発送済み',
  completed: '完了',
  cancelled: 'キャンセル',
}

const MOST_SHOWN = 300

export interface ChangedValue {
  part: string
  /** Null where it may name a person. */
  here: string | null
  file: string | null
}

export const changedValues = (
  parts: readonly string[],
  here: NormalisedOrder,
  file: NormalisedOrder,
): ChangedValue[] =>
  parts.map((part) => {
    const shown = SHOWN[part]
    const of = (order: NormalisedOrder) => (shown ? shown(order).slice(0, MOST_SHOWN) : null)
    return { part, here: of(here), file: of(file) }
  })
