import { ownItemCode } from '../marketplaces/kit/item-code.ts'
import type { OrderPerson } from '../marketplaces/port/order.ts'
import { recipientsToShip, sentPieces, shipping } from '../marketplaces/port/shipping.ts'
import {
  detail,
  type ExportColumn,
  type ExportLine,
  joined,
  localTime,
  person,
  recipient,
} from './export-line.ts'
import { CLOSED_STATUSES, type FullOrder } from './order-json.ts'

/** Columns as other programs take them, under their own names and in their order. */

export const PRESETS = ['next_engine', 'goq'] as const

const digits = (text: string | null | undefined): string => (text ?? '').replace(/\D/g, '')
const kana = (who: OrderPerson | undefined): string =>
  [who?.familyNameKana, who?.givenNameKana].filter(Boolean).join(' ')
/** 都道府県 to 番地; the building stands in the second. */
const street = (who: OrderPerson | undefined): string =>
  [who?.prefecture, who?.city, who?.address1].filter(Boolean).join('')

const buyer = (line: ExportLine): OrderPerson | undefined => detail(line)?.buyer
const to = (line: ExportLine): OrderPerson | undefined => recipient(line)?.person

/** What the lines of an order share. Each is asked a dozen times, of orders with hundreds of lines. */
interface Slips {
  /** Of recipients with goods, from 0: each is a slip of its own there. */
  places: ReadonlyMap<string, number>
  /** Sums of the goods by recipient. */
  goods: ReadonlyMap<string, number>
  /** Recipients to whom all has left. */
  left: ReadonlySet<string>
}
const slips = new WeakMap<FullOrder, Slips>()

function slipsOf(order: FullOrder): Slips {
  const known = slips.get(order)
  if (known) return known
  const goods = new Map<string, number>()
  for (const { deleted, recipientId, subtotal } of order.detail?.items ?? [])
    if (!deleted) goods.set(recipientId, (goods.get(recipientId) ?? 0) + subtotal)
  const { detail: content } = order
  const ids = content?.recipients.map(({ id }) => id).filter((id) => goods.has(id)) ?? []
  const toShip = content ? recipientsToShip(content) : []
  const waiting = new Set(content ? shipping(content).left : [])
  const made = {
    places: new Map(ids.map((id, at) => [id, at])),
    goods,
    left: new Set(toShip.flatMap(({ id }) => (waiting.has(id) ? [] : [id]))),
  }
  slips.set(order, made)
  return made
}

const recipientId = (line: ExportLine): string => recipient(line)?.id ?? ''
const place = (line: ExportLine): number => slipsOf(line.order).places.get(recipientId(line)) ?? 0

/** Of the whole order, and so only on its first slip. */
const once =
  (of: (line: ExportLine) => number | null | undefined) =>
  (line: ExportLine): number =>
    place(line) === 0 ? (of(line) ?? 0) : 0

const goods = (line: ExportLine): number => slipsOf(line.order).goods.get(recipientId(line)) ?? 0
const postage = once((line) => detail(line)?.charges.shipping)
const fees = once((line) => {
  const charges = detail(line)?.charges
  return charges && charges.cod + charges.paymentFee
})
const points = once((line) => detail(line)?.points.used)
/** All else between the sum of the goods and the bill: wrapping, coupons, adjustments. */
const others = once((line) => {
  const order = detail(line)
  if (!order) return 0
  const { charges, totals } = order
  return (
    totals.billed - charges.goods - charges.shipping - charges.cod - charges.paymentFee + order.points.used
  )
})

const GONE: readonly string[] = ['shipped', 'completed']

/** A slip that would be imported as still to be shipped, though its parcel is on the way, ships twice. */
const hasLeft = (line: ExportLine): boolean =>
  GONE.includes(line.order.mallState) ||
  GONE.includes(line.order.status) ||
  slipsOf(line.order).left.has(recipientId(line))

/** Pieces that have left already, where a parcel says what is in it. The slip has no column for them. */
function toldPieces(line: ExportLine): string {
  if (hasLeft(line)) return ''
  const pieces = sentPieces(recipient(line)?.parcels ?? [])
  const sent = (detail(line)?.items ?? []).flatMap(({ lineId, name }) => {
    const count = pieces.get(lineId) ?? 0
    return count > 0 ? [`${name} ×${count}`] : []
  })
  return sent.length > 0 ? `【一部発送済み】${sent.join('、')} は発送済みです。` : ''
}

/**
 * ネクストエンジン 汎用: 38 columns, a line for each item, the order's facts on each of its lines. A number is taken
 * once, so a second recipient has one of its own.
 */
const NEXT_ENGINE: readonly ExportColumn[] = [
  {
    label: '店舗伝票番号',
    of: (line) =>
      place(line) === 0 ? line.order.orderNumber : `${line.order.orderNumber}-${place(line) + 1}`,
  },
  { label: '受注日', of: ({ order }) => localTime(order.orderedAt) },
  { label: '受注郵便番号', of: (line) => digits(buyer(line)?.postalCode) },
  { label: '受注住所１', of: (line) => street(buyer(line)) },
  { label: '受注住所２', of: (line) => buyer(line)?.address2 ?? '' },
  { label: '受注名', of: (line) => person(buyer(line)).name },
  { label: '受注名カナ', of: (line) => kana(buyer(line)) },
  { label: '受注電話番号', of: (line) => digits(buyer(line)?.phone) },
  { label: '受注メールアドレス', of: (line) => buyer(line)?.email ?? '' },
  { label: '発送郵便番号', of: (line) => digits(to(line)?.postalCode) },
  { label: '発送先住所１', of: (line) => street(to(line)) },
  { label: '発送先住所２', of: (line) => to(line)?.address2 ?? '' },
  { label: '発送先名', of: (line) => person(to(line)).name },
  { label: '発送先カナ', of: (line) => kana(to(line)) },
  { label: '発送電話番号', of: (line) => digits(to(line)?.phone) },
  { label: '支払方法', of: (line) => detail(line)?.payment.name ?? line.order.labels.paymentKind },
  { label: '発送方法', of: (line) => detail(line)?.delivery.methodName ?? '' },
  { label: '商品計', of: goods },
  // Prices have it in them.
  { label: '税金', of: () => 0 },
  { label: '発送料', of: postage },
  { label: '手数料', of: fees },
  { label: 'ポイント', of: points },
  { label: 'その他費用', of: others },
  { label: '合計金額', of: (line) => goods(line) + postage(line) + fees(line) + others(line) - points(line) },
  {
    label: 'ギフトフラグ',
    of: (line) => (detail(line)?.gift.requested || recipient(line)?.gift.requested ? 1 : 0),
  },
  { label: '時間帯指定', of: (line) => recipient(line)?.wish.timeText ?? '' },
  { label: '日付指定', of: (line) => (recipient(line)?.wish.date ?? '').replaceAll('-', '/') },
  { label: '作業者欄', of: (line) => joined([toldPieces(line), detail(line)?.notes.shop]) },
  { label: '備考', of: (line) => detail(line)?.notes.buyer ?? '' },
  { label: '商品名', of: ({ item }) => item?.name ?? '' },
  { label: '商品コード', of: ({ item }) => (item ? ownItemCode(item) : '') },
  {
    label: '商品価格',
    // With tax, as the sum of the line is.
    of: ({ item }) => (item && item.quantity > 0 ? Math.round(item.subtotal / item.quantity) : 0),
  },
  { label: '受注数量', of: ({ item }) => item?.quantity ?? 0 },
  {
    label: '商品オプション',
    of: ({ item }) => joined(item?.options.map(({ name, value }) => `${name}:${value}`) ?? []),
  },
  { label: '出荷済フラグ', of: (line) => (hasLeft(line) ? 1 : 0) },
  { label: '顧客区分', of: () => 0 },
  { label: '顧客コード', of: () => '' },
  { label: '消費税率（%）', of: ({ item }) => item?.taxRate ?? '' },
]

/**
 * GoQSystem: a shop chooses columns and their order there, and programs find them by name. These are the
 * names that public readers of its files look for. Its own number and the item's page stay empty.
 */
const GOQ: readonly ExportColumn[] = [
  { label: '注文日時', of: ({ order }) => localTime(order.orderedAt) },
  { label: '配送方法(複数配送先)', of: (line) => detail(line)?.delivery.methodName ?? '' },
  {
    label: 'チェック項目',
    of: ({ order, markLabels }) => joined(order.marks.map((code) => markLabels.get(code) ?? code)),
  },
  { label: '販売店舗', of: ({ shopName }) => shopName },
  { label: 'GoQ管理番号', of: () => '' },
  {
    label: 'お荷物伝票番号',
    of: (line) => joined((recipient(line)?.parcels ?? []).map(({ trackingNumber }) => trackingNumber)),
  },
  { label: '送付先郵便番号', of: (line) => to(line)?.postalCode ?? '' },
  { label: '送付先住所（全て）', of: (line) => person(to(line)).address },
  { label: '送付先氏名', of: (line) => person(to(line)).name },
  { label: '商品名', of: ({ item }) => item?.name ?? '' },
  { label: '個数', of: ({ item }) => item?.quantity ?? 0 },
  { label: 'JANコード', of: ({ item }) => item?.jan ?? '' },
  { label: '合計金額', of: ({ order }) => order.billedAmount },
  { label: '受注番号', of: ({ order }) => order.orderNumber },
  { label: '注文者氏名', of: (line) => person(buyer(line)).name },
  { label: '商品コード', of: ({ item }) => item?.itemCode ?? item?.mallItemId ?? '' },
  { label: 'SKU管理番号', of: ({ item }) => item?.sku ?? '' },
  { label: '商品URL', of: () => '' },
  { label: '商品SKU', of: ({ item }) => (item ? ownItemCode(item) : '') },
  {
    label: '項目・選択肢',
    of: ({ item }) => joined(item?.options.map(({ name, value }) => `${name}=${value}`) ?? []),
  },
  { label: '備考', of: (line) => detail(line)?.notes.buyer ?? '' },
  {
    label: '受注ステータス',
    // Of what its mall cancelled or shipped by another way, the shop's own status may still be 出荷待ち.
    of: ({ order }) =>
      order.mallState === 'open' || CLOSED_STATUSES.includes(order.status)
        ? order.labels.status
        : order.labels.mallState,
  },
  { label: 'ひとことメモ', of: (line) => detail(line)?.notes.shop ?? '' },
]

export interface ExportPreset {
  columns: readonly ExportColumn[]
  /** Of an order of which the program must not hear. */
  leavesOut?(order: FullOrder): boolean
}

export const PRESET_FORMS: Readonly<Record<(typeof PRESETS)[number], ExportPreset>> = {
  next_engine: {
    columns: NEXT_ENGINE,
    // Its form has no column for a cancellation: there the order would be one to ship, or a sale.
    leavesOut: ({ mallState, status }) => mallState === 'cancelled' || status === 'cancelled',
  },
  goq: { columns: GOQ },
}
