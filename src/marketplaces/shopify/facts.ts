import type { MallFacts } from '../port/marketplace.ts'

/** Version of the Admin API whose schema the documents are held against; each lives for a year at least. */
export const API_VERSION = '2026-04'

/** The shop's name in its own domain. Nothing else of an address is ever taken from outside. */
export const SHOP_CODE = /^[a-z0-9][a-z0-9-]{0,59}$/

/** Shops choose prefix and suffix: #1001, EN1001, 1001-A. The `#` says nothing, and nobody types it. */
export const numberOf = (name: string): string => name.replace(/^#/, '')

/** Where the app's keys are shown. */
export const CONSOLE = 'Dev Dashboard ＞ アプリ ＞ 設定'

export const SHOPIFY = {
  name: 'shopify',
  since: '1.2.0',
  label: 'Shopify',
  prefix: 'SHOPIFY',
  console: 'Shopify管理画面',
  mailHelp:
    'Shopifyは、管理画面の「設定」→「通知」→「スタッフの通知」にある宛先へ新規注文のメールを送ります。そこに受信箱のアドレスがあるか、「設定」→「通知」→「Webhook」に注文の作成と更新があるか確認してください。',
  keyShapes: [
    { shape: /^shpat_[0-9a-f]{32}$/, name: 'Shopifyのアクセストークン' },
    { shape: /^shpss_[0-9a-f]{32}$/, name: 'Shopifyのクライアントシークレット' },
  ],
  shopCodeLabel: 'ストア名（myshopify.com の前）',
  orderNumberScope: 'shop',
  ownsOrderNumber: () => null,
  settings: {
    apiUrl: {
      env: 'SHOPIFY_API_URL',
      kind: 'api',
      byDefault: 'https://{shop}.myshopify.com',
      description: 'Shopify: what stands before `/admin/`, with `{shop}` for the name of the shop.',
    },
  },
  reads: [
    'POST /admin/oauth/access_token',
    // A query and a mutation have one address.
    'POST /admin/api/{}/graphql.json {"query":"query ',
  ],
  example: {
    shop: {
      code: 'mihon-shop',
      name: '見本商店 Shopify店',
      credentials: {
        clientId: '0123456789abcdef0123456789abcdef',
        clientSecret: 'shpss_0123456789abcdef0123456789abcdef',
      },
    },
    mail: {
      from: 'store+1234567@g.shopifyemail.com',
      subject: '[見本商店] 星野 小春様が注文#1001を行いました',
      text: '星野 小春様が注文#1001を行いました。\nhttps://admin.shopify.com/store/mihon-shop/orders/4500000000001\n',
    },
  },
} as const satisfies MallFacts
