import type { MallFacts } from '../port/marketplace.ts'

/** Numbers are whole and fit 32 bits today; twelve digits leave room. Nothing in them is the shop's. */
export const isOrderNumber = (text: string): boolean => /^\d{6,12}$/.test(text)

/** The mall's page on which keys are issued. */
export const CONSOLE = 'Wow!manager ＞ 各種お申し込み ＞ API利用申請'

export const AUPAY = {
  name: 'aupay',
  since: '1.0.0',
  label: 'au PAY マーケット',
  prefix: 'AUPAY',
  console: 'Wow!manager',
  callersRegisteredIn: `${CONSOLE} の「接続元IPアドレス」`,
  mailHelp:
    '注文メールは、Wow!managerの「店舗構築」→「店舗情報」→「登録情報」の基本メールアドレスにだけ届きます。そのアドレスと、そこから受信箱への転送を確認してください。',
  keyShapes: [{ shape: /^[0-9a-f]{64}$/, name: 'au PAY マーケットのAPIキー' }],
  shopCodeLabel: '店舗ID（会員番号）',
  // Numbers count over the whole mall: they tell no shop.
  orderNumberScope: 'mall',
  ownsOrderNumber: (_shopCode, orderNumber) => (isOrderNumber(orderNumber) ? null : false),
  settings: {
    apiUrl: {
      env: 'AUPAY_API_URL',
      kind: 'api',
      byDefault: 'https://api.manager.wowma.jp',
      description: 'au PAY マーケット: what stands before `/wmshopapi/`.',
    },
    // Careful clients leave one to two seconds between calls.
    requestsPerSecond: {
      env: 'AUPAY_REQUESTS_PER_SECOND',
      kind: 'rate',
      description: 'Calls per second and shop. The mall names no figure.',
    },
  },
  reads: [
    'GET /wmshopapi/searchTradeInfoListProc',
    'GET /wmshopapi/searchTradeNoListProc',
    'GET /wmshopapi/searchTradeInfoProc',
  ],
} as const satisfies MallFacts
