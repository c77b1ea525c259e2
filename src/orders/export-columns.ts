import type { NormalisedOrder, OrderItem, OrderPerson, OrderRecipient } from '../marketplaces/port/order.ts'
import { someKeysOf } from '../platform/narrow.ts'
import type { FullOrder } from './order-json.ts'

/** Columns of a CSV of orders, in the file's order. Numbers stay numbers; all else may be text of buyers. */

export interface ExportLine {
  order: FullOrder
  shopName: string
  mall: string
  /** Of files with a line for each item. */
  item: OrderItem | null
}

interface ExportColumn {
  label: string
  of(line: ExportLine): string | number | null
  /** Only in files with a line for each item. */
  perItem?: true
}

const detail = ({ order }: ExportLine): NormalisedOrder | null => order.detail
const person = (who: OrderPerson | undefined) => ({
  name: who?.fullName ?? [who?.familyName, who?.givenName].filter(Boolean).join(' '),
  address: [who?.prefecture, who?.city, who?.address1, who?.address2].filter(Boolean).join(' '),
})

/** The recipient of the item, or the first of the order. */
const recipient = (line: ExportLine): OrderRecipient | undefined =>
  detail(line)?.recipients.find(({ id }) => line.item === null || id === line.item.recipientId) ??
  detail(line)?.recipients[0]

const joined = (texts: (string | null | undefined)[]): string =>
  [...new Set(texts.filter(Boolean))].join(' / ')
const JST_MS = 9 * 60 * 60 * 1_000

/** 2026/11/25 14:02:09, which spreadsheets know as a time. */
const localTime = (time: string | null): string =>
  time === null
    ? ''
    : new Date(Date.parse(time) + JST_MS).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/')

const time = (label: string, of: (line: ExportLine) => string | null): ExportColumn => ({
  label,
  of: (line) => localTime(of(line)),
})

const EXPORT_COLUMNS = {
  orderNumber: { label: '受注番号', of: ({ order }) => order.orderNumber },
  mall: { label: 'モール', of: ({ mall }) => mall },
  shop: { label: '店舗', of: ({ shopName }) => shopName },
  status: { label: 'ステータス', of: ({ order }) => order.labels.status },
  mallStatus: {
    label: 'モールステータス',
    of: (line) => detail(line)?.mallStatus.name ?? line.order.mallStatus,
  },
  changeState: {
    label: 'ステータス変更状態',
    // A cell that says nothing for most orders is read faster than one that says 変更なし.
    of: ({ order }) => (order.changeState === 'none' ? '' : order.labels.changeState),
  },
  orderedAt: time('注文日時', ({ order }) => order.orderedAt),
  stagedAt: time('取込日時', ({ order }) => order.stagedAt),
  pulledAt: time('受注取込日時', ({ order }) => order.pulledAt),
  buyerName: { label: '注文者名', of: (line) => person(detail(line)?.buyer).name },
  buyerPostalCode: { label: '注文者郵便番号', of: (line) => detail(line)?.buyer.postalCode ?? '' },
  buyerAddress: { label: '注文者住所', of: (line) => person(detail(line)?.buyer).address },
  buyerPhone: { label: '注文者電話番号', of: (line) => detail(line)?.buyer.phone ?? '' },
  buyerEmail: { label: '注文者メールアドレス', of: (line) => detail(line)?.buyer.email ?? '' },
  recipientName: { label: '送付先名', of: (line) => person(recipient(line)?.person).name },
  recipientPostalCode: { label: '送付先郵便番号', of: (line) => recipient(line)?.person.postalCode ?? '' },
  recipientAddress: { label: '送付先住所', of: (line) => person(recipient(line)?.person).address },
  recipientPhone: { label: '送付先電話番号', of: (line) => recipient(line)?.person.phone ?? '' },
  recipients: { label: '送付先数', of: (line) => detail(line)?.recipients.length ?? null },
  wishDate: { label: 'お届け希望日', of: (line) => recipient(line)?.wish.date ?? '' },
  wishTime: { label: '希望時間帯', of: (line) => recipient(line)?.wish.timeText ?? '' },
  shipBy: { label: '発送期限', of: (line) => detail(line)?.delivery.shipBy ?? '' },
  deliveryMethod: { label: '配送方法', of: (line) => detail(line)?.delivery.methodName ?? '' },
  trackingNumbers: {
    label: '送り状番号',
    of: (line) =>
      joined(
        detail(line)?.recipients.flatMap(({ parcels }) => parcels.map((one) => one.trackingNumber)) ?? [],
      ),
  },
  payment: { label: '支払方法', of: (line) => detail(line)?.payment.name ?? line.order.paymentKind },
  billedAmount: { label: '請求金額', of: ({ order }) => order.billedAmount },
  totalAmount: { label: '合計金額', of: ({ order }) => order.totalAmount },
  shippingFee: { label: '送料', of: (line) => detail(line)?.charges.shipping ?? null },
  codFee: { label: '代引手数料', of: (line) => detail(line)?.charges.cod ?? null },
  pointsUsed: { label: '利用ポイント', of: (line) => detail(line)?.points.used ?? null },
  itemQuantity: { label: '商品点数', of: ({ order }) => order.itemQuantity },
  items: {
    label: '商品',
    of: (line) => joined(detail(line)?.items.map(({ name, quantity }) => `${name} ×${quantity}`) ?? []),
  },
  itemCode: { label: '商品番号', of: ({ item }) => item?.itemCode ?? item?.mallItemId ?? '', perItem: true },
  sku: { label: 'SKU', of: ({ item }) => item?.merchantSku ?? item?.sku ?? '', perItem: true },
  jan: { label: 'JANコード', of: ({ item }) => item?.jan ?? '', perItem: true },
  itemName: { label: '商品名', of: ({ item }) => item?.name ?? '', perItem: true },
  itemOptions: {
    label: '項目・選択肢',
    of: ({ item }) => joined(item?.options.map(({ name, value }) => `${name}:${value}`) ?? []),
    perItem: true,
  },
  unitPrice: { label: '単価', of: ({ item }) => item?.unitPrice ?? null, perItem: true },
  quantity: { label: '数量', of: ({ item }) => item?.quantity ?? null, perItem: true },
  subtotal: { label: '小計', of: ({ item }) => item?.subtotal ?? null, perItem: true },
  taxRate: { label: '税率', of: ({ item }) => item?.taxRate ?? null, perItem: true },
  gift: { label: 'ギフト', of: (line) => (detail(line)?.gift.requested ? 'あり' : '') },
  flags: { label: 'マーク', of: ({ order }) => joined(order.flags) },
  holds: {
    label: '出荷保留',
    of: (line) => joined(detail(line)?.holds.map(({ note, kind }) => note ?? kind) ?? []),
  },
  buyerNote: { label: '備考', of: (line) => detail(line)?.notes.buyer ?? '' },
  shopNote: { label: '店舗メモ', of: (line) => detail(line)?.notes.shop ?? '' },
  onHoldDate: { label: '保留の期日', of: ({ order }) => order.onHoldDate ?? '' },
  onHoldReason: { label: '保留の理由', of: ({ order }) => order.onHoldReason ?? '' },
} as const satisfies Record<string, ExportColumn>

export type ExportColumnName = keyof typeof EXPORT_COLUMNS
export const EXPORT_COLUMN_NAMES = someKeysOf(EXPORT_COLUMNS)

export const exportColumn = (name: ExportColumnName): ExportColumn => EXPORT_COLUMNS[name]
