import { carrierTable, codeTable } from '../kit/codes.ts'
import type { MallState, PaymentKind } from '../port/order.ts'

/** OrderDisplayFulfillmentStatus, as the Japanese admin words it. `shipped`: nothing is left to send. */
export const FULFILMENT = codeTable<{ name: string; state: MallState }>({
  UNFULFILLED: { name: '未発送', state: 'open' },
  PARTIALLY_FULFILLED: { name: '一部発送済み', state: 'open' },
  FULFILLED: { name: '発送済み', state: 'shipped' },
  FULFILLMENT_NOT_REQUIRED: { name: '発送不要', state: 'shipped' },
  RESTOCKED: { name: '在庫戻し済み', state: 'open' },
  PENDING_FULFILLMENT: { name: 'フルフィルメント依頼中', state: 'open' },
  OPEN: { name: '未発送', state: 'open' },
  IN_PROGRESS: { name: '処理中', state: 'open' },
  ON_HOLD: { name: '保留中', state: 'open' },
  SCHEDULED: { name: '予定済み', state: 'open' },
  REQUEST_DECLINED: { name: '依頼が拒否されました', state: 'open' },
})

/** OrderDisplayFinancialStatus. */
export const FINANCIAL = codeTable<{
  name: string
  status: 'unpaid' | 'authorised' | 'paid' | 'refunded' | 'cancelled'
}>({
  PENDING: { name: '支払い待ち', status: 'unpaid' },
  AUTHORIZED: { name: 'オーソリ済み', status: 'authorised' },
  PARTIALLY_PAID: { name: '一部支払い済み', status: 'unpaid' },
  PARTIALLY_REFUNDED: { name: '一部返金済み', status: 'paid' },
  VOIDED: { name: '無効', status: 'cancelled' },
  PAID: { name: '支払い済み', status: 'paid' },
  REFUNDED: { name: '返金済み', status: 'refunded' },
  EXPIRED: { name: '期限切れ', status: 'unpaid' },
})

/** OrderCancelReason. */
export const CANCEL_REASONS = {
  CUSTOMER: '購入者の都合',
  INVENTORY: '在庫切れ',
  FRAUD: '不正注文',
  DECLINED: '支払いの拒否',
  STAFF: 'スタッフのミス',
  OTHER: 'その他',
} as const

/** FulfillmentHoldReason. */
export const HOLD_REASONS = codeTable<string>({
  AWAITING_PAYMENT: '支払い待ち',
  HIGH_RISK_OF_FRAUD: '不正の疑い',
  INCORRECT_ADDRESS: '住所の誤り',
  INVENTORY_OUT_OF_STOCK: '在庫切れ',
  UNKNOWN_DELIVERY_DATE: '配送日未定',
  ONLINE_STORE_POST_PURCHASE_CROSS_SELL: '購入後の追加購入待ち',
  AWAITING_RETURN_ITEMS: '返品待ち',
  OTHER: 'その他',
})

/** Shopify makes links of the numbers of companies that are spelled like this (FulfillmentTrackingInfo). */
export const CARRIERS = carrierTable(
  {
    yamato: 'Yamato (JA)',
    yamato_yu_packet: 'Yamato (JA)',
    sagawa: 'Sagawa (JA)',
    japan_post: 'Japan Post (JA)',
    japan_post_rakuten: 'Japan Post (JA)',
    ems: 'Japan Post (EN)',
    dhl: 'DHL Express',
    fedex: 'FedEx',
    ups: 'UPS',
    tnt: 'TNT',
    usps: 'USPS',
    sf_express: 'SF Express',
  },
  'Other',
  { 'Yamato (EN)': 'ヤマト運輸', 'Sagawa (EN)': '佐川急便' },
)

/** By the names of gateways, which apps choose. */
export const PAYMENT_WORDS: readonly (readonly [RegExp, PaymentKind])[] = [
  [/cash on delivery|\bcod\b|代引|代金引換/i, 'cod'],
  [/コンビニ|konbini|convenience/i, 'convenience_store'],
  [/銀行|振込|bank/i, 'bank_transfer'],
  [/後払|あと払|paidy|deferred|atone/i, 'deferred'],
  [/携帯|キャリア|docomo|softbank|carrier/i, 'carrier_billing'],
  [/paypal|paypay|amazon|rakuten|楽天|line ?pay|au ?pay|メルペイ|wallet/i, 'wallet'],
  [/請求書|invoice/i, 'invoice'],
  [/shopify_payments|credit|クレジット|card|stripe|komoju|gmo|sbps|bogus/i, 'credit_card'],
]

const PREFECTURES =
  '北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県'.split(
    ' ',
  )

/** By ISO 3166-2 (JP-13); the name of a province comes in the language of the shop. */
export function prefectureOf(code: string | null): string | null {
  const [, place] = /^JP-(\d{2})$/.exec(code ?? '') ?? []
  return place === undefined ? null : (PREFECTURES[Number(place) - 1] ?? null)
}
