import type { MallFacts } from '../port/marketplace.ts'

/** `<store account>-<8 digits or more>`. Accounts may hold hyphens, so that one may begin with another. */
export function ownsOrderNumber(shopCode: string, orderNumber: string): boolean {
  const prefix = `${shopCode.toLowerCase()}-`
  return orderNumber.toLowerCase().startsWith(prefix) && /^\d{8,}$/.test(orderNumber.slice(prefix.length))
}

export const YAHOO = {
  name: 'yahoo',
  since: '1.0.0',
  label: 'Yahoo!ショッピング',
  prefix: 'YAHOO',
  console: 'ストアクリエイターPro',
  callersRegisteredIn: 'Yahoo!ショッピングの注文APIの利用申請',
  orderPage: 'https://pro.store.yahoo.co.jp/pro.{shopCode}/order/manage/detail/{orderNumber}',
  mailHelp:
    'ストアクリエイターProの「設定」→「アラート・通知設定」に受信箱のアドレスがあり、「注文」にチェックが付いているか確認してください。',
  keyShapes: [{ shape: /^dj0[0-9A-Za-z]{30,}-{0,2}$/, name: 'Yahoo!ショッピングのClient ID' }],
  shopCodeLabel: 'ストアアカウント',
  orderNumberScope: 'mall',
  ownsOrderNumber,
  settings: {
    apiUrl: {
      env: 'YAHOO_API_URL',
      kind: 'api',
      byDefault: 'https://circus.shopping.yahooapis.jp',
      description: 'Yahoo!ショッピング 注文API: what stands before `/ShoppingWebService/V1/`.',
    },
    authUrl: {
      env: 'YAHOO_AUTH_URL',
      kind: 'api',
      byDefault: 'https://auth.login.yahoo.co.jp',
      description: 'Yahoo! JAPAN ID連携: what stands before `/yconnect/v2/`.',
    },
    // About one is what Yahoo! allows.
    requestsPerSecond: {
      env: 'YAHOO_REQUESTS_PER_SECOND',
      kind: 'rate',
      description: 'Calls per second and application (Client ID).',
    },
  },
  reads: [
    'POST /yconnect/v2/token',
    'POST /ShoppingWebService/V1/orderList',
    'POST /ShoppingWebService/V1/orderInfo',
    'GET /ShoppingWebService/V1/orderCount',
  ],
  consentQuery: { code: 'Yahoo!: authorisation code (認可コード)' },
} as const satisfies MallFacts
