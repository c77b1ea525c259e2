import type { MallFacts } from '../../../../src/marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../../../../src/marketplaces/port/order.ts'

export const TANUKI = {
  // The type learns the name when the enum's migration is made; a test must not make one.
  name: 'tanuki' as MarketplaceName,
  since: '9.0.0',
  label: 'たぬき市場',
  prefix: 'TANUKI',
  console: 'たぬき管理画面',
  mailHelp: 'たぬき管理画面の「通知」に受信箱のアドレスがあるか確認してください。',
  keyShapes: [{ shape: /^tnk_\w{8,}$/, name: 'たぬき市場のAPIキー' }],
  shopCodeLabel: '店舗番号',
  orderNumberScope: 'mall',
  ownsOrderNumber: (_code, orderNumber) => (/^T\d{9}$/.test(orderNumber) ? null : false),
  settings: {
    apiUrl: {
      env: 'TANUKI_API_URL',
      kind: 'api',
      byDefault: 'https://api.tanuki.example',
      description: 'たぬき市場: what stands before `/v1/`.',
    },
    requestsPerSecond: { env: 'TANUKI_REQUESTS_PER_SECOND', kind: 'rate', description: 'Calls per second.' },
  },
  reads: ['GET /v1/orders', 'GET /v1/orders/{}'],
} as const satisfies MallFacts
