import { factsOf } from '../../platform/narrow.ts'
import { daysAfter, notedAt } from '../kit/credentials.ts'
import type { AnswerFacts } from '../kit/failures.ts'
import { consentOf } from '../kit/oauth.ts'
import { fieldNames, unknownCode, unknownsOf } from '../kit/unknown-fields.ts'
import type { Lifetime, LifetimeFacts, Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { CredentialCheck, MarketplaceSession, MarketplaceTools, ShopContext } from '../port/session.ts'
import {
  type AmazonCredentials,
  amazonConsent,
  CONSENT_DAYS,
  createAccess,
  credentialFields,
  credentials,
  SECRET_DAYS,
  shopCode,
} from './auth.ts'
import { amazonChangeCalls, amazonChanges } from './changes/index.ts'
import {
  type AmazonClient,
  createClient,
  createQuotas,
  LIST_DELAY_MS,
  listRefused,
  ORDERS_PER_MINUTE,
  ordersReadable,
  pageIn,
  SEARCH_REFUSED,
  searchOrders,
  searchRefusedText,
} from './client.ts'
import { STATUS } from './codes.ts'
import { AMAZON } from './facts.ts'
import { roleMissing } from './failures.ts'
import { amazonMailRules, recogniseAmazonMail } from './mail.ts'
import { readNotification, subscribe } from './notifications.ts'
import { createHealth, type Health } from './orders/fetch-one.ts'
import {
  createListingMemory,
  fetchOrders,
  type Listing,
  type ListingMemory,
  leaveToBacklog,
} from './orders/fetch-orders.ts'
import { HISTORY_DAYS, listOrders, WINDOW_DAYS } from './orders/list-orders.ts'
import { PII_ROLE } from './orders/to-status.ts'
import { AMAZON_WITH_SETTINGS, CarrierCodes } from './shop-settings.ts'
import { toRequestTime } from './wire.ts'

type Settings = OptionsOf<typeof AMAZON.settings>
export type AmazonOptions = Omit<Settings, 'consentUrl' | 'queues'> & Partial<Settings>

/** A sale's backlog; more numbers do not fill more pages of a search. */
const FETCH_AT_ONCE = 1000

/** Amazon.co.jp by SP-API, Orders API v2026-01-01. Shop.settings: `includeFba`, `carrierCodes`. */
export function createAmazon(options: AmazonOptions): Marketplace<AmazonCredentials> {
  const quotas = createQuotas()
  const queues = readQueues(options.queues ?? '')
  const shops = new Map<string, { consent: string; memory: ListingMemory; health: Health }>()

  /** Kept by shop and consent, not by session: the worker opens a new session for each slice of work. */
  function rememberedOf({ shopId, credentials }: ShopContext<AmazonCredentials>) {
    const consent = consentOf(credentials)
    let known = shops.get(shopId)
    if (known?.consent !== consent) {
      known = { consent, memory: createListingMemory(), health: createHealth() }
      shops.set(shopId, known)
    }
    return known
  }

  function open(shop: ShopContext<AmazonCredentials>, tools: MarketplaceTools): MarketplaceSession {
    const access = createAccess(options.authUrl, shop.credentials, tools)
    const client = createClient(options.apiUrl, shop.shopCode, tools, access, quotas)
    const includeFba = shop.settings?.includeFba === true
    const { memory, health } = rememberedOf(shop)
    const listing: Listing = { memory, health, client, tools, includeFba, shopCode: shop.shopCode }
    return {
      changes: amazonChangeCalls(
        client,
        tools,
        CarrierCodes.safeParse(shop.settings?.carrierCodes).data ?? {},
      ),
      fetchOrders: (numbers, signal, hints) => fetchOrders(numbers, listing, signal, hints),
      async listOrders(window, page, signal) {
        if (window.orChanged) leaveToBacklog(memory, tools.clock.now())
        const listed = await listOrders(client, tools, includeFba, window, page, signal)
        if (window.orChanged) memory.sweptAt = tools.clock.now()
        return listed
      },
      subscribe: (signal) =>
        subscribe(
          { ...options, credentials: shop.credentials, tools, access },
          queueOf(queues, shop.credentials.clientId),
          signal,
        ),
      checkCredentials: (signal) => checkCredentials(client, tools, shop.credentials, signal),
    }
  }

  return {
    ...AMAZON_WITH_SETTINGS,
    shopCode,
    credentials,
    credentialFields,
    limits: {
      fetchBatch: 1,
      fetchAtOnce: FETCH_AT_ONCE,
      ordersPerMinute: ORDERS_PER_MINUTE,
      freshBy: 'changes',
      listWindowDays: WINDOW_DAYS,
      historyDays: HISTORY_DAYS,
    },
    lifetimes: amazonLifetimes,
    consent: amazonConsent(options.consentUrl ?? AMAZON.settings.consentUrl.byDefault, options.authUrl),
    mailRules: amazonMailRules,
    recognise: recogniseAmazonMail,
    orderNumbersAreUnique: true,
    notifications: {
      queues: queues.map(({ url }) => url),
      setting: AMAZON.settings.queues.env,
      read: readNotification,
    },
    ...AMAZON_UNKNOWNS,
    changes: amazonChanges,
    open,
  }
}

export const amazon = { ...AMAZON_WITH_SETTINGS, create: createAmazon }

/**
 * The operator's queues as AMAZON_NOTIFICATION_QUEUES names them: `<URL>` for every application, `<client
 * id>=<URL>` for one. Amazon binds a destination to the application that made it, so that two applications
 * cannot share what one of them has made.
 */
type ApplicationQueue = ReturnType<typeof readQueues>[number]

const ENTRY = /^(?:([\w.-]{1,300})=)?(https?:\/\/\S{1,500})$/

export const readQueues = (setting: string) =>
  setting.split(',').flatMap((entry) => {
    const [, clientId, url] = ENTRY.exec(entry.trim()) ?? []
    // null: for the applications that have none of their own.
    return url === undefined ? [] : [{ clientId: clientId ?? null, url }]
  })

/**
 * @returns the URL of the application's own queue, else of the common one; null when there is none of both
 */
export const queueOf = (queues: readonly ApplicationQueue[], clientId: string): string | null =>
  (queues.find((queue) => queue.clientId === clientId) ?? queues.find((queue) => queue.clientId === null))
    ?.url ?? null

/** Types of Orders API v2026-01-01. */
export const AMAZON_ORDER_NAMES = fieldNames(`
  amount currencyCode earliestDateTime latestDateTime unit value
  orderId createdTime lastUpdatedTime salesChannel orderItems orderAliases programs associatedOrders buyer recipient proceeds
  payment tax fulfillment packages fulfillmentOrders aliasId aliasType associationType channelName marketplaceId marketplaceName
  buyerName buyerEmail buyerCompanyName buyerPurchaseOrderNumber deliveryAddress deliveryPreference name companyName addressLine1
  addressLine2 addressLine3 city districtOrCounty stateOrRegion municipality postalCode countryCode phone addressType extendedFields
  dropOffLocation addressInstruction deliveryCapabilities deliveryTime businessHours dayOfWeek timeWindows startTime endTime hour
  minute exceptionDates exceptionDate exceptionDateType grandTotal breakdowns type subtotal status paymentExecutions paymentMethod
  paymentAmount acquirerId cardBrand authorizationCode taxRegistrations entityType legalName taxRegistrationType
  taxRegistrationNumber taxRegistrationAddress taxRegistrationAttributes taxInvoicing buyerInvoicePreference invoiceStatus
  fulfillmentStatus fulfilledBy fulfillmentServiceLevel shipByWindow deliverByWindow labelPrintingWindow
  orderItemId quantityOrdered product measurement associatedOrderItems expense promotion cancellation asin title sellerSku condition
  conditionType conditionSubtype conditionNote price unitPrice priceDesignation serialNumbers customization customizedUrl
  proceedsTotal detailedBreakdowns subtype pointsCost pointsGranted pointsNumber pointsMonetaryValue promotionId cancellationRequest
  requester cancelReason cancellationExecution cancelledBy quantityFulfilled quantityUnfulfilled picking substitutionPreference
  packing giftOption giftMessage giftWrapLevel serialNumberRequirement requirementType shipping scheduledDeliveryWindow
  shippingConstraints palletDelivery cashOnDelivery signatureConfirmation recipientIdentityVerification recipientAgeVerification
  internationalShipping packageReferenceId packageStatus detailedStatus carrier shipTime shippingService trackingNumber
  shipFromAddress packageItems quantity transparencyCodes substitutionType substitutionOptions iossNumber
  taxCalculationBreakdowns reportingScheme taxCollections model responsibleParty fulfillmentOrderId
`)
/** Brazil's fields, and a buyer's customisation of a product. */
const OPAQUE: ReadonlySet<string> = new Set(['extendedFields', 'taxRegistrationAttributes', 'customization'])

const AMAZON_UNKNOWNS = unknownsOf({
  names: AMAZON_ORDER_NAMES,
  opaque: OPAQUE,
  codes: ({ mallStatus }) =>
    unknownCode('fulfillmentStatus', mallStatus.code, (code) => Object.hasOwn(STATUS, code)),
})

export function amazonLifetimes({ credentials, setAt }: LifetimeFacts<AmazonCredentials>): Lifetime[] {
  const consented = notedAt(credentials.consentedAt)
  const issued = notedAt(credentials.secretIssuedAt)
  const secretSince = issued ?? setAt.clientSecret ?? null
  return [
    {
      key: 'consent',
      label: 'アプリの認可（リフレッシュトークン）',
      startsAt: consented,
      endsAt: consented && daysAfter(consented, CONSENT_DAYS),
      // Only a public application's consent ends, and only its users note the date; a private one's does not
      // end.
      certain: consented !== null,
      action:
        'セラーセントラル ＞ アプリとサービス でアプリを認可し直してください（公開アプリのみ。店舗設定の「同意」から行えます）。',
    },
    {
      key: 'clientSecret',
      label: 'LWA クライアントシークレット',
      startsAt: secretSince,
      endsAt: secretSince && daysAfter(secretSince, SECRET_DAYS),
      certain: issued !== null,
      action:
        'セラーセントラル ＞ アプリとサービス ＞ アプリの開発 の「LWA認証情報」でシークレットを更新し、店舗設定に登録してください。リフレッシュトークンはそのまま使えます。',
    },
  ]
}

const LOOK_BACK_MS = 14 * 24 * 60 * 60 * 1000

/**
 * One searchOrders call for one order that waits to be shipped, which shows whether names and addresses come
 * with it. Where searches are forbidden, one getOrder call tells whether orders are too.
 */
async function checkCredentials(
  client: AmazonClient,
  tools: Pick<MarketplaceTools, 'clock' | 'noticeOver'>,
  credentials: AmazonCredentials,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const now = tools.clock.now()
  const search = {
    createdAfter: toRequestTime(now - LOOK_BACK_MS - LIST_DELAY_MS),
    fulfillmentStatuses: 'UNSHIPPED,PARTIALLY_SHIPPED',
    fulfilledBy: 'MERCHANT',
    includedData: 'RECIPIENT,FULFILLMENT',
    maxResultsPerPage: 1,
  }
  const answer = await searchOrders(client, search, signal)
  if (answer.kind === 'refused') {
    if (answer.status !== 403) throw listRefused(answer, now)
    if (!(await ordersReadable(client, signal))) throw roleMissing(answer.facts)
    return found(searchForbidden(answer.facts), credentials)
  }
  tools.noticeOver?.([SEARCH_REFUSED])
  return found(addressMessage(pageIn(answer).orders[0]), credentials)
}

const found = (message: string, credentials: AmazonCredentials): CredentialCheck => ({
  messages: [
    'Amazonの注文APIに接続できました。',
    message,
    '出品者IDの一致はAPIでは確認できません。セラーセントラルの表示と同じか確かめてください。',
  ],
  expiries: expiries(credentials),
})

const searchForbidden = (facts: AnswerFacts): string =>
  `${searchRefusedText(facts)}送付先を取得できるかは確認できませんでした（ロール「${PII_ROLE}」が必要です）。`

function addressMessage(order: unknown): string {
  if (order === undefined) {
    return `直近14日間に未出荷の注文がないため、送付先を取得できるかは確認できませんでした（ロール「${PII_ROLE}」が必要です）。`
  }
  return hasAddress(order)
    ? '送付先の氏名・住所を取得できます。'
    : `送付先の氏名・住所を取得できません。アプリにロール「${PII_ROLE}」を追加し、認可し直してください。`
}

function hasAddress(order: unknown): boolean {
  const { name, addressLine1 } = factsOf(factsOf(factsOf(order).recipient).deliveryAddress)
  return Boolean(name) && Boolean(addressLine1)
}

function expiries({ consentedAt, secretIssuedAt }: AmazonCredentials): CredentialCheck['expiries'] {
  const end = (what: string, from: string | undefined, days: number, certain: boolean) => {
    const start = notedAt(from)
    return start === null ? [] : [{ what, at: daysAfter(start, days), certain }]
  }
  return [
    ...end('LWA クライアントシークレット', secretIssuedAt, SECRET_DAYS, true),
    ...end('アプリの認可（公開アプリの場合）', consentedAt, CONSENT_DAYS, false),
  ]
}
