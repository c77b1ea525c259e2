import { carrierTable, codeTable, NUMBERED } from '../kit/codes.ts'
import type { MallState, OrderDiscount, PaymentKind, SubscriptionKind } from '../port/order.ts'

/** Code tables of 楽天ペイ受注API, revision 8.3. A code that is not here is kept as it is, never refused. */

export const PROGRESS: Readonly<Record<number, { name: string; state: MallState; mayReopen?: true }>> = {
  100: { name: '注文確認待ち', state: 'open' },
  200: { name: '楽天処理中', state: 'open' },
  300: { name: '発送待ち', state: 'open' },
  400: { name: '変更確定待ち', state: 'open' },
  500: { name: '発送済', state: 'shipped' },
  600: { name: '支払手続き中', state: 'shipped' },
  700: { name: '支払手続き済', state: 'completed' },
  // A cancellation that waits to be fixed: it may still be revoked, and nothing may be shipped meanwhile.
  800: { name: 'キャンセル確定待ち', state: 'cancelled', mayReopen: true },
  900: { name: 'キャンセル確定', state: 'cancelled' },
}

/** deliveryCompany of 楽天ペイ受注API, revision 8.3. It takes the code, never the name. */
export const CARRIERS = carrierTable(
  {
    ...NUMBERED,
    seino_super_express: '1005',
    rakuten_express: '1028',
    japan_post_rakuten: '1029',
    yamato_yu_packet: '1030',
    meitetsu_nx: '1031',
  },
  '1000',
)

/** Settlement of a payment method: what 300 (発送待ち) means for an order. */
type Settles = 'before' | 'authorised' | 'on_delivery'

export const PAYMENTS: Readonly<Record<number, { kind: PaymentKind; settles: Settles }>> = {
  1: { kind: 'credit_card', settles: 'authorised' },
  2: { kind: 'cod', settles: 'on_delivery' },
  3: { kind: 'deferred', settles: 'on_delivery' },
  4: { kind: 'loan', settles: 'on_delivery' },
  5: { kind: 'loan', settles: 'on_delivery' },
  6: { kind: 'other', settles: 'on_delivery' },
  7: { kind: 'invoice', settles: 'on_delivery' },
  8: { kind: 'points', settles: 'before' },
  9: { kind: 'bank_transfer', settles: 'before' },
  12: { kind: 'wallet', settles: 'authorised' },
  13: { kind: 'convenience_store', settles: 'before' },
  14: { kind: 'convenience_store', settles: 'before' },
  16: { kind: 'wallet', settles: 'authorised' },
  17: { kind: 'wallet', settles: 'authorised' },
  21: { kind: 'deferred', settles: 'authorised' },
  27: { kind: 'wallet', settles: 'authorised' },
}

/** couponCapitalCode: whose money the coupon is (ショップ, メーカー, サービス). */
export const COUPON_BEARERS: Readonly<Record<number, OrderDiscount['borneBy']>> = {
  1: 'shop',
  2: 'manufacturer',
  3: 'marketplace',
}

export const ORDER_TYPES: Readonly<Record<number, SubscriptionKind>> = {
  4: 'subscription',
  5: 'hanpukai',
  6: 'reservation',
}

export const DELIVERY_CLASSES: Readonly<Record<number, string>> = {
  1: '普通',
  2: '冷蔵',
  3: '冷凍',
  4: 'その他1',
  5: 'その他2',
  6: 'その他3',
  7: 'その他4',
  8: 'その他5',
}

export const WRAPPING_KINDS: Readonly<Record<number, string>> = { 1: '包装紙', 2: 'リボン' }

export const CHANGE_REASONS: Readonly<Record<number, string>> = {
  1: 'キャンセル',
  2: '受取後の返品',
  3: '長期不在',
  4: '未入金',
  5: '代引受取拒否',
  6: 'その他（お客様都合）',
  8: '欠品',
  10: 'その他（店舗都合）',
  13: '発送遅延',
  14: '顧客・配送対応注意表示',
  15: '返品（破損・品間違い）',
  16: '受取情報入力期限切れ',
}

/** Reasons of cancelOrder (changeReasonDetailApply); 16 is given by Rakuten alone. */
export const CANCEL_REASONS = codeTable<string>(
  Object.fromEntries(Object.entries(CHANGE_REASONS).filter(([code]) => code !== '16')),
)

const DEVICES: Readonly<Record<number, string>> = {
  0: 'pc',
  11: 'smartphone',
  12: 'smartphone',
  19: 'smartphone',
  21: 'tablet',
  22: 'tablet',
  29: 'tablet',
}

export function deviceOf(carrierCode: number | null): string | null {
  if (carrierCode === null) return null
  if (carrierCode >= 1 && carrierCode <= 5) return 'feature_phone'
  return DEVICES[carrierCode] ?? 'other'
}

const PAY_TYPES: Readonly<Record<number, string>> = {
  0: '一括',
  1: 'リボ',
  2: '分割',
  3: 'その他',
  4: 'ボーナス一括',
}

/** cardInstallmentDesc counts from 100: 103 is three payments. */
export function installmentsOf(payType: number | null, description: string | null): string | null {
  if (payType === null) return null
  const name = PAY_TYPES[payType] ?? String(payType)
  const count = Number(description) - 100
  return description && count > 0 && count < 100 ? `${name} ${count}回` : name
}
