import { byWords, carrierTable, codeTable } from '../kit/codes.ts'
import type { MallState, OrderHold, PaymentKind } from '../port/order.ts'

/** Meaning of an orderStatus text. The mall's list is open: shops define statuses of their own. */
export interface StatusMeaning {
  state: MallState
  hold?: { kind: OrderHold['kind']; note: string }
  /** The mall, or the buyer, moves the order on without telling by mail. */
  waitsForMall?: boolean
}

const held = (kind: OrderHold['kind'], note: string, waitsForMall = false): StatusMeaning => ({
  state: 'open',
  hold: { kind, note },
  waitsForMall,
})

/** orderStatus (受注情報取得API). There is no text for "shipped": shipStatus says it. */
export const STATUSES: Readonly<Record<string, StatusMeaning>> = codeTable<StatusMeaning>({
  新規受付: { state: 'open' },
  新規予約: held('reserve', '予約注文です。'),
  予約中: held('reserve', '予約注文です。'),
  発送前入金待ち: held('unpaid', '入金を待っています。'),
  与信待ち: held('unpaid', '与信を待っています。', true),
  発送待ち: { state: 'open' },
  発送後入金待ち: { state: 'shipped' },
  完了: { state: 'completed' },
  保留: held('shop_hold', 'Wow!managerで保留になっています。'),
  キャンセル: { state: 'cancelled' },
  キャンセル受付中: held(
    'change_pending',
    '購入者のキャンセル申請を受け付け中です。Wow!managerで確認してください。',
    true,
  ),
  不正取引審査中: held('fraud_check', 'au PAY マーケットが不正取引を審査中です。', true),
  審査保留: held('fraud_check', '不正取引の審査が保留になっています。', true),
  審査NG: held('fraud_check', '不正取引の審査でNGになりました。出荷しないでください。'),
})

/**
 * shippingCarrier of 受注情報更新API, eight companies; the rest is その他配送会社. 3 is missing from the newer lists and
 * is not sent, but old orders carry it.
 */
export const CARRIERS = carrierTable(
  {
    yamato: '1',
    yamato_yu_packet: '1',
    sagawa: '2',
    fukuyama: '4',
    seino: '5',
    japan_post: '6',
    japan_post_rakuten: '6',
    rakuten_express: '7',
  },
  '9',
  { 1: 'クロネコヤマト', 3: 'JPエクスプレス', 9: 'その他配送会社' },
)

/** The one code known to be taken. Only shops get the sheet of codes: a shop may set another. */
export const CANCEL_REASONS: Readonly<Record<string, string>> = codeTable<string>({
  9: 'その他（理由の詳細に記入）',
})

/**
 * settlementName is text that mall and shop choose, so words decide; the first that fits. Words of paying by
 * points come first, since 「全額auポイント支払い」 also names au.
 */
const PAYMENT_WORDS: readonly [words: RegExp, kind: PaymentKind][] = [
  [/全額.*ポイント|ポイント(?:で|を)?全額/, 'points'],
  [/代金引換|代引/, 'cod'],
  [/コンビニ/, 'convenience_store'],
  [/後払/, 'deferred'],
  [/銀行|郵便振替|郵便振込|ゆうちょ|ATM|ネット決済|ペイジー|じぶん銀行/i, 'bank_transfer'],
  [/かんたん決済|キャリア決済|まとめて支払/, 'carrier_billing'],
  [/au\s*PAY\s*残高|au\s*PAY$|PayPay|Apple\s*Pay|Amazon\s*Pay|楽天ペイ/i, 'wallet'],
  [/クレジット|カード/, 'credit_card'],
  [/請求書|掛け払/, 'invoice'],
  [/ローン|分割払/, 'loan'],
  [/ポイント/, 'points'],
]

export const paymentKind = (settlementName: string | null): PaymentKind =>
  byWords(PAYMENT_WORDS, settlementName) ?? 'other'

/** True for payments that must arrive before the parcel leaves (the prepaid group of settlement names). */
export const isPrepaid = (kind: PaymentKind): boolean =>
  kind === 'bank_transfer' || kind === 'convenience_store'

/** siteAndDevice: `au PAY マーケット(SP(アプリ))`, `…(SP(Web))`, `…(PC)`. */
export const deviceOf = (siteAndDevice: string | null): string | null =>
  siteAndDevice === null ? null : (byWords(DEVICES, siteAndDevice) ?? 'other')

const DEVICES: readonly [word: RegExp, device: string][] = [
  [/タブレット|tablet|iPad/i, 'tablet'],
  [/\(SP\b|スマートフォン|スマホ|アプリ/i, 'smartphone'],
  [/\(PC\b|パソコン/i, 'pc'],
  [/\((?:MB|FP)\b|モバイル|ケータイ/i, 'feature_phone'],
]
