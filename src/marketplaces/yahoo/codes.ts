import { carrierTable, codeTable, NUMBERED } from '../kit/codes.ts'
import type { PaymentKind } from '../port/order.ts'

/** Yahoo!'s codes (注文詳細API, 取得可能項目). A code that is in no table here is kept as it is. */

type Names = Readonly<Record<string, string>>

export const ORDER_STATUS: Names = codeTable({
  1: '予約中',
  2: '処理中',
  3: '保留',
  4: 'キャンセル',
  5: '完了',
  8: '繰上げ同意待ち',
})

export const DEVICES: Names = codeTable({ 1: 'pc', 2: 'feature_phone', 3: 'smartphone', 4: 'tablet' })

export const CANCEL_REASONS: Names = codeTable({
  0: 'システムによるキャンセル',
  100: 'お客様都合:キャンセル',
  110: 'お客様都合:返品',
  120: 'お客様都合:未入金',
  130: 'お客様都合:住所不明',
  140: 'お客様都合:受け取り拒否',
  150: 'お客様都合:連絡不通',
  160: 'お客様都合:重複注文',
  170: 'お客様都合:決済審査不可',
  180: 'お客様都合:その他',
  200: 'ストア都合:決済方法',
  210: 'ストア都合:欠品',
  220: 'ストア都合:販売中止',
  230: 'ストア都合:その他',
  400: '役務連動キャンセル',
})

/** Reasons that a store may use (注文ステータス変更API); 0, 3xx and 400 are Yahoo!'s. */
export const STORE_CANCEL_REASONS: Names = codeTable(
  Object.fromEntries(Object.entries(CANCEL_REASONS).filter(([code]) => /^(1[0-8]0|2[0-3]0)$/.test(code))),
)

/** ShipInvoiceNumberEmptyReason (出荷ステータス変更API, since April 2023). */
export const EMPTY_REASONS: Names = codeTable({
  101: 'メーカー直送',
  102: '発送物なし',
  103: '店頭受取',
  104: '配送会社から購入者へ連絡',
  105: '追跡できない配送方法',
})

/** Japanese for a cancel reason; the 3xx codes are the buyer's own cancel. Null for an unknown code. */
export function cancelReasonName(code: string): string | null {
  return CANCEL_REASONS[code] ?? (/^3\d\d$/.test(code) ? '購入者によるキャンセル' : null)
}

/**
 * ShipCompanyCode of 出荷ステータス変更API. 1005 is 西部運輸 here, another company than Rakuten's 1005; 1015 still bears
 * the name 日本トラック, as NXトランスポート was called until 2022. 5001, 店頭受取, is no carrier and never sent.
 */
export const CARRIERS = carrierTable(
  {
    ...NUMBERED,
    seibu: '1005',
    japan_post_rakuten: '1003',
    yamato_yu_packet: '1001',
    meitetsu_nx: '1007',
    jp_logistics: '1028',
    magical_move: '1029',
    askul: '5000',
  },
  '1000',
  { 1015: '日本トラック', 5001: '店頭受取' },
)

const BY_METHOD: Readonly<Record<string, PaymentKind>> = codeTable<PaymentKind>({
  payment_a1: 'credit_card',
  payment_a6: 'convenience_store',
  payment_a7: 'convenience_store',
  payment_a8: 'e_money',
  payment_a9: 'carrier_billing',
  payment_a10: 'carrier_billing',
  payment_a11: 'carrier_billing',
  payment_a15: 'bank_transfer',
  payment_a16: 'wallet',
  payment_a17: 'wallet',
  payment_a18: 'deferred',
  payment_a19: 'wallet',
  payment_c1: 'bank_transfer',
  payment_c2: 'deferred',
  payment_c3: 'other',
  payment_d1: 'cod',
  payment_h1: 'free',
  payment_z1: 'points',
  payment_z3: 'wallet',
  payment_z4: 'other',
})

const BY_KIND: Readonly<Record<string, PaymentKind>> = codeTable<PaymentKind>({
  0: 'credit_card',
  1: 'bank_transfer',
  2: 'carrier_billing',
  3: 'bank_transfer',
  4: 'cod',
  5: 'convenience_store',
  6: 'e_money',
  7: 'other',
})

/**
 * Kind of payment by PayMethod, by PayKind where the method is new. Never by PayMethodName: its wording for
 * one and the same method changes (PayPay残高等 became three names in July 2026).
 */
export function paymentKind(method: string | null, kind: string | null): PaymentKind {
  if (method) {
    const known = BY_METHOD[method] ?? storePayment(method)
    if (known) return known
  }
  return (kind && BY_KIND[kind]) || 'other'
}

/** b1-b6 are the store's bank accounts, e1-e15 the store's own methods. */
function storePayment(method: string): PaymentKind | null {
  if (/^payment_b[1-6]$/.test(method)) return 'bank_transfer'
  return /^payment_e([1-9]|1[0-5])$/.test(method) ? 'other' : null
}

export const isKnownPayMethod = (method: string): boolean =>
  BY_METHOD[method] !== undefined || storePayment(method) !== null

export const ARRIVE_TYPES: Names = codeTable({ 1: 'きょうつく', 2: 'あすつく' })
export const EXCELLENT_DELIVERY: Names = codeTable({ 1: '優良配送', 2: '翌日優良配送' })
