import { codeTable } from '../kit/codes.ts'
import { names } from '../kit/wire.ts'
import { CARRIER_CODES, CARRIERS, type Carrier } from '../port/carriers.ts'
import type { MallState, PaymentKind } from '../port/order.ts'
import type { MallCarrier } from '../port/site-changes.ts'
import type { CarrierCodes } from './shop-settings.ts'

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
const SHOWN_CARRIERS: Readonly<Record<string, string>> = codeTable<string>({
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
  code === null ? null : (SHOWN_CARRIERS[bareCarrier(code)] ?? code)

export const ASSOCIATIONS: Readonly<Record<string, string>> = codeTable<string>({
  REPLACEMENT_ORIGINAL_ID: 'replacement_of',
  EXCHANGE_ORIGINAL_ID: 'exchange_of',
})

/**
 * carrierCode of confirmShipment, from Amazon's XSD amzn-base. Carriers in no public copy of that list go as
 * `Other` with their name: 西濃運輸, 福山通運 and 日本郵便 too. A shop may set `Japan Post`, which sellers' tools use for
 * it (`carrierCodes`).
 */
const SENT_CARRIERS: Partial<Record<Carrier, string>> = {
  yamato: 'YAMATO',
  yamato_yu_packet: 'YAMATO',
  sagawa: 'SAGAWA',
  nippon_express: 'NITTSU',
  fedex: 'FedEx',
  dhl: 'DHL',
  ups: 'UPS',
}

const OTHER = 'Other'

export const amazonCarriers: readonly MallCarrier[] = CARRIER_CODES.map((carrier) => ({
  carrier,
  mallCode: SENT_CARRIERS[carrier] ?? OTHER,
}))

/** Returns carrierName only for `Other`. `name` is the staff's text for a carrier that is in no list. */
export function carrierOf(carrier: Carrier, name: string | undefined) {
  const carrierCode = SENT_CARRIERS[carrier] ?? OTHER
  if (carrierCode !== OTHER) return { carrierCode }
  return { carrierCode, carrierName: carrier === 'other' ? (name ?? '') : CARRIERS[carrier] }
}

/** Further codes of the list, which sellers' other tools may have sent. */
const LISTED = ['YamatoTransport', 'SagawaExpress', 'NipponExpress', 'JP_EXPRESS', 'FEDEX_JP']

/**
 * Finds what to re-send for a carrier as Amazon shows it: its code, else the code of the carrier it names
 * (`Yamato Transport`, `佐川急便`), else the name that went with `Other`. `carrier` is ours, so that a shop's own
 * code can replace it. Null when Amazon shows none.
 */
export function codeOfShown(shown: string | null | undefined) {
  if (!shown) return null
  const code = [...Object.values(SENT_CARRIERS), ...LISTED].find(
    (one) => one.toUpperCase() === shown.toUpperCase(),
  )
  const name = carrierName(shown)
  const carrier = CARRIER_CODES.find((one) => CARRIERS[one] === name)
  const known = code ?? (carrier && SENT_CARRIERS[carrier])
  const detail = known
    ? { carrierCode: known }
    : { carrierCode: OTHER, carrierName: carrier ? CARRIERS[carrier] : shown }
  return { carrier, detail }
}

/** The shop's own code, where Amazon accepts another than the list has. `Other` sends the name. */
export function withOwnCode<D extends { carrierCode: string; carrierName?: string | undefined }>(
  detail: D,
  carrier: Carrier | undefined,
  own: CarrierCodes,
): D {
  // A code of the shop's own, which Amazon shows as it was sent.
  const shown = Object.values(own).find((code) => code.toUpperCase() === detail.carrierName?.toUpperCase())
  const code = (carrier && own[carrier]) ?? shown
  if (!code) return detail
  const { carrierName: _, ...rest } = detail
  const name = code === OTHER && carrier ? { carrierName: CARRIERS[carrier] } : {}
  return { ...rest, ...name, carrierCode: code } as D
}
