import { codeTable } from '../kit/code-table.ts'
import { names } from '../kit/names.ts'
import type { MallState, PaymentKind } from '../port/order.ts'

/** Open lists of Orders API v2026-01-01: a value that is not here is kept as it is, never refused. */

export const STATUS = codeTable<{ name: string; state: MallState }>({
  PENDING_AVAILABILITY: { name: '予約受付中（未決済）', state: 'open' },
  PENDING: { name: '保留中（決済待ち）', state: 'open' },
  UNSHIPPED: { name: '未出荷', state: 'open' },
  PARTIALLY_SHIPPED: { name: '一部出荷済み', state: 'open' },
  SHIPPED: { name: '出荷済み', state: 'shipped' },
  CANCELLED: { name: 'キャンセル', state: 'cancelled' },
  UNFULFILLABLE: { name: '出荷不可', state: 'open' },
})

export const SERVICE_LEVELS: Readonly<Record<string, string>> = codeTable<string>({
  STANDARD: '通常配送',
  FREE_ECONOMY: '無料配送',
  EXPEDITED: 'お急ぎ便',
  PRIORITY: '優先配送',
  SECOND_DAY: '翌々日配送',
  NEXT_DAY: '翌日配送',
  SAME_DAY: '当日配送',
  SCHEDULED: 'お届け日時指定便',
})

export const FAST_LEVELS: ReadonlySet<string> = new Set(
  names('EXPEDITED PRIORITY SECOND_DAY NEXT_DAY SAME_DAY'),
)

/** Names of v2026 and, where they differ, those of v0 which some answers still carry. */
const PAYMENTS = codeTable<{ kind: PaymentKind; name: string }>({
  creditcard: { kind: 'credit_card', name: 'クレジットカード' },
  cashondelivery: { kind: 'cod', name: '代金引換' },
  cod: { kind: 'cod', name: '代金引換' },
  conveniencestore: { kind: 'convenience_store', name: 'コンビニ払い' },
  cvs: { kind: 'convenience_store', name: 'コンビニ払い' },
  invoice: { kind: 'invoice', name: '請求書払い' },
  pointsaccount: { kind: 'points', name: 'Amazonポイント' },
  points: { kind: 'points', name: 'Amazonポイント' },
  giftcard: { kind: 'other', name: 'Amazonギフトカード' },
  gc: { kind: 'other', name: 'Amazonギフトカード' },
})

export const paymentOf = (method: string | null) =>
  PAYMENTS[method?.replace(/[^A-Za-z]/g, '').toLowerCase() ?? '']

export const isGiftCard = (method: string | null): boolean => paymentOf(method)?.name === 'Amazonギフトカード'

/** carrierCode values of Amazon for Japan, and names shown with packages; without blanks and signs. */
const CARRIERS: Readonly<Record<string, string>> = codeTable<string>({
  YAMATO: 'ヤマト運輸',
  YAMATOTRANSPORT: 'ヤマト運輸',
  SAGAWA: '佐川急便',
  SAGAWAEXPRESS: '佐川急便',
  JAPANPOST: '日本郵便',
  NITTSU: '日本通運',
  NIPPONEXPRESS: '日本通運',
  JPEXPRESS: 'JPエクスプレス',
  FEDEXJP: 'FedEx',
  FEDEX: 'FedEx',
  DHL: 'DHL',
  UPS: 'UPS',
})

/** `Yamato (JA)`, `Yamato Transport` and `YAMATO_TRANSPORT` alike. */
const bareCarrier = (code: string) =>
  code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/\(JA\)|[^\p{L}\p{N}]/gu, '')

export const carrierName = (code: string | null): string | null =>
  code === null ? null : (CARRIERS[bareCarrier(code)] ?? code)

export const ASSOCIATIONS: Readonly<Record<string, string>> = codeTable<string>({
  REPLACEMENT_ORIGINAL_ID: 'replacement_of',
  EXCHANGE_ORIGINAL_ID: 'exchange_of',
})
