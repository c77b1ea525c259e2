import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { factsOf } from '../../platform/narrow.ts'
import { codeTable } from '../kit/codes.ts'
import { parseForeignJson } from '../kit/texts.ts'
import { fieldNames, unknownCode, unknownsOf } from '../kit/unknown-fields.ts'
import type { MallPush, Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { CredentialCheck, MarketplaceSession, MarketplaceTools, ShopContext } from '../port/session.ts'
import { credentialFields, credentials, type ShopifyCredentials, shopCode } from './auth.ts'
import { changesWith, shopifyChanges } from './changes/index.ts'
import { changeCalls } from './changes/send.ts'
import { createClient, type Level, type ShopifyClient, scopeMissing, WITHHELD } from './client.ts'
import { FINANCIAL, FULFILMENT } from './codes.ts'
import { numberOf, type SHOPIFY } from './facts.ts'
import { CHECK, ORDERS_AT_ONCE, ordersByName } from './graphql.ts'
import { recogniseShopifyMail, shopifyMailRules } from './mail.ts'
import { fetchOrders, LIST_WINDOW_DAYS, listOrders } from './orders.ts'
import { SHOPIFY_WITH_SETTINGS, settingsOf } from './shop-settings.ts'

export type ShopifyOptions = OptionsOf<typeof SHOPIFY.settings>

/** What a shop said of itself at its last check. */
const Capabilities = z.object({
  scopes: z.array(z.string()),
  points: z.object({ most: z.number().min(1), restore: z.number().min(0.1) }),
})
type Capabilities = z.infer<typeof Capabilities>

/** The smallest plan's, by older pages of Shopify's; a check brings the shop's own. */
const SMALLEST = { most: 1_000, restore: 50 }
const told = (capabilities: unknown): Capabilities | undefined => Capabilities.safeParse(capabilities).data

/** Without the scope, older orders are silently absent. */
const READS_ALL = 'read_all_orders'
const DAYS_WITHOUT_IT = 60
const NEEDED = ['read_orders', 'read_merchant_managed_fulfillment_orders']

function limitsOf(known: Capabilities | undefined): Marketplace['limits'] {
  const { restore } = known?.points ?? SMALLEST
  return {
    fetchBatch: ORDERS_AT_ONCE,
    ordersPerMinute: Math.max(1, Math.floor((60 * restore) / ordersByName(1).usual)),
    listWindowDays: LIST_WINDOW_DAYS,
    historyDays: known?.scopes.includes(READS_ALL) ? 3_650 : DAYS_WITHOUT_IT,
    freshBy: 'changes',
    lagMinutes: 5,
  }
}

/** Shopify by its Admin API (GraphQL). Shop.settings: those of shop-settings.ts. */
export function createShopify({ apiUrl }: ShopifyOptions): Marketplace<ShopifyCredentials> {
  const levels = new Map<string, Level>()
  function open(shop: ShopContext<ShopifyCredentials>, tools: MarketplaceTools): MarketplaceSession {
    const client = createClient(apiUrl, shop, tools, levels, told(shop.capabilities)?.points ?? SMALLEST)
    const settings = settingsOf(shop.settings)
    const reading = { client, shopCode: shop.shopCode, settings }
    return {
      changes: changeCalls(client, settings),
      fetchOrders: (numbers, signal, hints) => fetchOrders(numbers, reading, signal, hints),
      listOrders: (window, page, signal) => listOrders(reading, window, page, signal),
      checkCredentials: (signal) => checkCredentials(client, shop, tools, signal),
    }
  }
  const general: Marketplace<ShopifyCredentials> = {
    ...SHOPIFY_WITH_SETTINGS,
    shopCode,
    credentials,
    credentialFields,
    limits: limitsOf(undefined),
    mailRules: shopifyMailRules,
    recognise: recogniseShopifyMail,
    ...SHOPIFY_UNKNOWNS,
    push,
    changes: shopifyChanges,
    ofShop(capabilities) {
      const known = told(capabilities)
      return { ...general, limits: limitsOf(known), changes: changesWith(known?.scopes ?? null) }
    },
    open,
  }
  return general
}

export const shopify = { ...SHOPIFY_WITH_SETTINGS, create: createShopify }

const SHOPIFY_UNKNOWNS = unknownsOf({
  names: fieldNames(`
    id tags test edited confirmationNumber sourceName poNumber canMarkAsPaid customAttributes recommendation
    fulfillmentOrderStatuses countryCode orderedQuantity unfulfilledQuantity requiresShipping isGiftCard
    paymentGatewayNames
  `),
  opaque: fieldNames('customAttributes'),
  codes: ({ mallStatus, mallStatuses: { displayFinancialStatus } }) => [
    ...unknownCode('displayFulfillmentStatus', mallStatus.code, (code) => FULFILMENT[code] !== undefined),
    ...unknownCode('displayFinancialStatus', displayFinancialStatus, (code) => FINANCIAL[code] !== undefined),
  ],
})

/** The domain that stays a shop's for good, by which Shopify names it. */
const domainOf = (code: string): string => `${code}.myshopify.com`

async function checkCredentials(
  client: ShopifyClient,
  { shopCode: code }: ShopContext<ShopifyCredentials>,
  { clock, noticeOver }: MarketplaceTools,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const since = new Date(clock.now() - 24 * 60 * 60_000).toISOString()
  const checked = await client.query(CHECK, { query: `created_at:>='${since}'` }, signal)
  noticeOver?.([WITHHELD])
  const { shop, currentAppInstallation, ordersCount } = checked
  const scopes = currentAppInstallation.accessScopes.map(({ handle }) => handle)
  if (NEEDED.some((scope) => !scopes.includes(scope))) throw scopeMissing()
  const missing = changesWith(null).actions.filter(
    ({ action }) => !changesWith(scopes).actions.some((one) => one.action === action),
  )
  const domain = domainOf(code)
  const messages = [
    `「${shop.name.slice(0, 100)}」の受注APIに接続できました（直近24時間の注文: ${ordersCount?.count ?? 0}件）。`,
    ...(shop.myshopifyDomain === domain
      ? []
      : [
          `ストア名が違います（登録: ${domain}、Shopify: ${shop.myshopifyDomain.slice(0, 100)}）。店舗設定のストア名を確認してください。`,
        ]),
    ...(shop.currencyCode === 'JPY'
      ? []
      : [
          `ストアの通貨が日本円ではありません（${shop.currencyCode.slice(0, 10)}）。日本円以外の注文は取り込みません。`,
        ]),
    ...(scopes.includes(READS_ALL)
      ? []
      : [`権限 ${READS_ALL} がないため、${DAYS_WITHOUT_IT}日より前の注文は照合できません。`]),
    ...(missing.length === 0
      ? []
      : [`権限がないため、次の操作はできません: ${missing.map(({ label }) => label).join('、')}。`]),
  ]
  return { messages, expiries: [], capabilities: { scopes, points: client.points() } satisfies Capabilities }
}

const Pushed = z.object({ name: z.string().min(1).max(100) })
/** Webhooks of orders; `orders/delete` names no number. */
const NEWS = codeTable<'new' | 'changed'>({
  'orders/create': 'new',
  'orders/updated': 'changed',
  'orders/paid': 'changed',
  'orders/cancelled': 'changed',
  'orders/edited': 'changed',
  'orders/fulfilled': 'changed',
  'orders/partially_fulfilled': 'changed',
})

/** A webhook is a trigger: the order is read from Shopify, so an old payload does no harm. */
const push: MallPush = {
  verify({ headers, body }, { code, secrets }) {
    const digest = headers['x-shopify-hmac-sha256']
    if (digest === undefined) return null
    const sent = Buffer.from(digest.slice(0, 100), 'base64')
    const isSigned = secrets.some((secret) => {
      const own = createHmac('sha256', secret).update(body).digest()
      return own.length === sent.length && timingSafeEqual(own, sent)
    })
    // The secret is the app's: a webhook of another shop that has the app is signed as well.
    if (!isSigned || headers['x-shopify-shop-domain'] !== domainOf(code)) return { refusal: 'forged' }
    const news = NEWS[headers['x-shopify-topic'] ?? '']
    if (news === undefined) return { orders: [] }
    const { data } = Pushed.safeParse(parseForeignJson(Buffer.from(body).toString('utf8')))
    if (data === undefined) return { refusal: 'unreadable' }
    // A repetition has the same id.
    const id =
      headers['x-shopify-webhook-id']?.slice(0, 100) ?? createHmac('sha256', 'id').update(body).digest('hex')
    return { orders: [{ orderNumber: numberOf(data.name), id, ...(news === 'changed' ? { news } : {}) }] }
  },
  secretsOf(credentials) {
    const { clientSecret, webhookSecret } = factsOf(credentials)
    return [clientSecret, webhookSecret].filter((secret) => typeof secret === 'string')
  },
}
