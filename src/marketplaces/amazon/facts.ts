import type { MallFacts } from '../port/marketplace.ts'

/** AmazonOrderId is 3, 7 and 7 digits. The first three vary; D01-… and S01-… are digital and off-Amazon. */
const ORDER_NUMBER = /^\d{3}-\d{7}-\d{7}$/

export const isOrderNumber = (text: string): boolean => ORDER_NUMBER.test(text)

export const AMAZON = {
  name: 'amazon',
  since: '1.0.0',
  label: 'Amazon',
  prefix: 'AMAZON',
  console: 'セラーセントラル',
  orderPage: 'https://sellercentral.amazon.co.jp/orders-v3/order/{orderNumber}',
  mailHelp:
    'セラーセントラルの「通知設定」で、注文の通知（FBAの注文は別の項目）が有効で、宛先が受信箱のアドレスになっているか確認してください。',
  keyShapes: [{ shape: /^(?:amzn1\.|Atz[ar]\|)/, name: 'Amazonの認証情報' }],
  // Data Protection Policy: 30 days after delivery. Amazon does not report delivery, so they count from
  // shipping.
  personalDataDays: 30,
  shopCodeLabel: '出品者ID（セラーID）',
  // Amazon's numbers do not tell whose they are.
  orderNumberScope: 'mall',
  ownsOrderNumber: (_code, orderNumber) => (isOrderNumber(orderNumber) ? null : false),
  // Quotas are by operation, and Amazon tells them itself.
  settings: {
    apiUrl: {
      env: 'AMAZON_API_URL',
      kind: 'api',
      byDefault: 'https://sellingpartnerapi-fe.amazon.com',
      description: 'Amazon SP-API, Far East: what stands before `/orders/`.',
    },
    authUrl: {
      env: 'AMAZON_AUTH_URL',
      kind: 'api',
      byDefault: 'https://api.amazon.com',
      description: 'Login with Amazon: what stands before `/auth/o2/token`.',
    },
    consentUrl: {
      env: 'AMAZON_CONSENT_URL',
      kind: 'page',
      byDefault: 'https://sellercentral-japan.amazon.com',
      description:
        'Seller Central, for consents in the browser: what stands before `/apps/authorize/consent`.',
    },
    queues: {
      env: 'AMAZON_NOTIFICATION_QUEUES',
      kind: 'list',
      description:
        'URLs of the operator’s SQS queues that Amazon writes ORDER_CHANGE to, comma separated. `<client id>=<URL>` is the queue of one application, a URL alone that of all others. The key to them is taken as the AWS SDK takes it (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, or the machine’s role).',
    },
  },
  reads: ['POST /auth/o2/token', 'GET /orders/2026-01-01/orders', 'GET /orders/2026-01-01/orders/{}'],
  consentQuery: {
    spapi_oauth_code: 'Amazon: authorisation code (認可コード)',
    selling_partner_id: 'Amazon: who consented (出品者ID)',
  },
} as const satisfies MallFacts

/** marketplaceId of Amazon.co.jp; the Far East host serves Singapore and Australia as well. */
export const MARKETPLACE_JP = 'A1VC38T7YXB528'
