import type { MallFacts } from '../port/marketplace.ts'

/**
 * Rakuten's order numbers: 6-digit shop id, order date, tail of 8 digits (to about 2020) or 10 (since). The
 * suffixed relatives (-r 申込番号, -sg ソーシャルギフト, -1 決済) are not order numbers.
 */
const ORDER_NUMBER = /^(\d{6})-\d{8}-\d{8,10}$/

/** The shop id an order number carries; null when the text is no order number. */
export const shopCodeOf = (orderNumber: string): string | null => ORDER_NUMBER.exec(orderNumber)?.[1] ?? null

export const RAKUTEN = {
  name: 'rakuten',
  since: '1.0.0',
  label: '楽天市場',
  prefix: 'RAKUTEN',
  console: 'RMS',
  orderPage:
    'https://order-rp.rms.rakuten.co.jp/order-rb/individual-order-detail-sc/init?orderNumber={orderNumber}',
  mailHelp:
    'RMSの「店舗設定」→「基本情報設定」→「店舗・企業詳細情報」の「注文確認メール送り先メールアドレス」に、受信箱のアドレスが入っているか確認してください（複数はカンマ区切り）。',
  keyShapes: [{ shape: /^S[PL]\d{4,}_\w+$/, name: '楽天市場のserviceSecretまたはlicenseKey' }],
  shopCodeLabel: '店舗ID（数字6桁）',
  orderNumberScope: 'mall',
  ownsOrderNumber: (code, orderNumber) => shopCodeOf(orderNumber) === code,
  settings: {
    apiUrl: {
      env: 'RAKUTEN_API_URL',
      kind: 'api',
      byDefault: 'https://api.rms.rakuten.co.jp',
      description: '楽天市場 RMS WEB SERVICE: what stands before `/es/2.0/order/`.',
    },
    // Rakuten's guideline is one call a second; whether it counts by key or by shop is not said, so it is
    // kept by shop.
    requestsPerSecond: {
      env: 'RAKUTEN_REQUESTS_PER_SECOND',
      kind: 'rate',
      description: 'Calls per second and shop.',
    },
  },
  reads: [
    'POST /es/2.0/order/searchOrder/',
    'POST /es/2.0/order/getOrder/',
    'POST /es/2.0/order/getSubStatusList/',
    'GET /es/1.0/reserve/reserveInfoList',
    'GET /es/1.0/license-management/license-key/expiry-date',
  ],
  example: {
    shop: {
      code: '400001',
      name: 'とりこみ商店 楽天市場店',
      credentials: { serviceSecret: 'SP000000_exampleexample12', licenseKey: 'SL000000_exampleexample34' },
    },
    mail: {
      from: 'order@rakuten.co.jp',
      subject: '【楽天市場】注文内容ご確認（自動配信メール）',
      text: '[受注番号] 123456-20260519-0123456789\n[日時]     2026-05-19 21:04:11\n',
    },
  },
} as const satisfies MallFacts
