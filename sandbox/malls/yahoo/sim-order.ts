import { FIELD_GROUPS } from '../../../src/marketplaces/yahoo/wire.ts'

/** An order as the simulator keeps it: text fields by group, absent ones being empty. */

export type Fields = Record<string, string>
type GroupName = Exclude<keyof typeof FIELD_GROUPS, 'Item'>

export interface SimOption {
  Index: string
  Name: string
  Value: string
  Price?: string
}

export interface SimItem {
  fields: Fields
  options: SimOption[]
  inscriptions: SimOption[]
}

interface HistoryRow {
  id: number
  /** Milliseconds. */
  at: number
  person: string
  changes: { field: string; value: string }[]
}

export interface SimOrder {
  shopCode: string
  orderNumber: string
  /** Milliseconds. */
  orderedAt: number
  /** Before that the API does not know the order. */
  visibleAt: number
  groups: Record<GroupName, Fields>
  items: SimItem[]
  history: HistoryRow[]
}

const GROUP_OF: ReadonlyMap<string, keyof typeof FIELD_GROUPS> = new Map(
  Object.entries(FIELD_GROUPS).flatMap(([group, fields]) =>
    fields.map((field) => [field, group as keyof typeof FIELD_GROUPS] as const),
  ),
)

export const groupOf = (field: string): keyof typeof FIELD_GROUPS | null => GROUP_OF.get(field) ?? null

/** Value of a field; of item fields the first line's. Empty when the order has none. */
export function fieldOf(order: SimOrder, field: string): string {
  const group = groupOf(field)
  if (group === null) return ''
  const fields = group === 'Item' ? order.items[0]?.fields : order.groups[group]
  return fields?.[field] ?? ''
}

export function setValue(order: SimOrder, field: string, value: string): void {
  const group = groupOf(field)
  if (group === null || group === 'Item') throw new Error(`${field} is no field of an order's groups`)
  order.groups[group][field] = value
}

/** `TotalPrice` and its twin by the formula of 注文詳細API; left alone when a part is no number. */
export function recalculate(order: SimOrder): void {
  const amount = (field: string) => Number(fieldOf(order, field) || '0')
  const goods = order.items.reduce(
    (sum, { fields }) => sum + Number(fields.UnitPrice) * Number(fields.Quantity),
    0,
  )
  const total =
    goods +
    ADDED.reduce((sum, field) => sum + amount(field), 0) -
    TAKEN.reduce((sum, field) => sum + amount(field), 0) -
    pointsOf(amount, fieldOf(order, 'UsePaypayPoint') ?? '')
  if (!Number.isFinite(total)) return
  setValue(order, 'TotalPrice', String(total))
  setValue(order, 'SettleAmount', String(total))
}

const ADDED = ['GiftWrapCharge', 'ShipCharge', 'PayCharge', 'Adjustments']
const TAKEN = ['Discount', 'TotalMallCouponDiscount', 'TotalImmediateBonusAmount', 'GiftCardDiscount']

/** UsePoint is the sum of points, 今すぐ利用 and 商品券; the formula takes the points alone. */
const pointsOf = (amount: (field: string) => number, alone: string): number =>
  alone === ''
    ? amount('UsePoint') - amount('TotalImmediateBonusAmount') - amount('GiftCardDiscount')
    : Number(alone)

/**
 * Merges overrides in the shape of an OrderInfo element (`{ OrderStatus, Pay: {…}, Item: [{…}] }`) into an
 * order. Lines are merged by position, further ones added. The total follows unless the overrides state it.
 */
export function mergeOverrides(order: SimOrder, overrides: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(overrides)) {
    if (name === 'Item') mergeItems(order, asArray(value))
    else if (isRecord(value) && name in order.groups)
      Object.assign(order.groups[name as GroupName], texts(value))
    else order.groups.OrderInfo[name] = asText(value)
  }
  const detail = isRecord(overrides.Detail) ? overrides.Detail : {}
  if (('Item' in overrides || 'Detail' in overrides) && !('TotalPrice' in detail)) recalculate(order)
  if ('TotalPrice' in detail && !('SettleAmount' in detail))
    setValue(order, 'SettleAmount', asText(detail.TotalPrice))
}

function mergeItems(order: SimOrder, items: unknown[]): void {
  items.filter(isRecord).forEach((given, index) => {
    const { ItemOption, Inscription, ...fields } = given
    const item = order.items[index] ?? {
      fields: { ...order.items[0]?.fields, LineId: String(index + 1) },
      options: [],
      inscriptions: [],
    }
    order.items[index] = item
    Object.assign(item.fields, texts(fields))
    if (ItemOption !== undefined) item.options = options(ItemOption)
    if (Inscription !== undefined) item.inscriptions = options(Inscription)
  })
}

const options = (value: unknown): SimOption[] =>
  asArray(value)
    .filter(isRecord)
    .map((option, index) => ({ Index: String(index + 1), Name: '', Value: '', ...texts(option) }))

const texts = (record: Record<string, unknown>): Fields =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, asText(value)]))

const asText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
