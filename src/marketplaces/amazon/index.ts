import { consentOf } from '../kit/oauth/access.ts'
import type { Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { MarketplaceSession, MarketplaceTools, ShopContext } from '../port/session.ts'
import { checkCredentials } from './auth/check-credentials.ts'
import { amazonConsent } from './auth/consent.ts'
import { credentialFields } from './auth/credential-fields.ts'
import { type AmazonCredentials, credentials, shopCode } from './auth/credentials.ts'
import { amazonLifetimes } from './auth/lifetimes.ts'
import { createAccess } from './auth/tokens.ts'
import { amazonChangeCalls, amazonChanges } from './changes/index.ts'
import { createClient } from './client.ts'
import { AMAZON } from './facts.ts'
import { createHealth, type Health } from './health.ts'
import { amazonMailRules, recogniseAmazonMail } from './mail.ts'
import { queueOf, readQueues } from './notifications/queues.ts'
import { readNotification } from './notifications/read.ts'
import { subscribe } from './notifications/subscribe.ts'
import type { Listing } from './orders/fetch-by-list.ts'
import { fetchOrders } from './orders/fetch-orders.ts'
import { amazonUnknowns } from './orders/known-fields.ts'
import { HISTORY_DAYS, listOrders, WINDOW_DAYS } from './orders/list-orders.ts'
import { createListingMemory, type ListingMemory, leaveToBacklog } from './orders/listing-memory.ts'
import { createQuotas, ORDERS_PER_MINUTE } from './quotas.ts'
import { AMAZON_WITH_SETTINGS, CarrierCodes } from './shop-settings.ts'

export type { AmazonCredentials } from './auth/credentials.ts'

type Settings = OptionsOf<typeof AMAZON.settings>
export type AmazonOptions = Omit<Settings, 'consentUrl' | 'queues'> & Partial<Settings>

/** A sale's backlog; more numbers do not fill more pages of a search. */
const FETCH_AT_ONCE = 1000

/** Amazon.co.jp through Selling Partner API, Orders API v2026-01-01. Shop.settings: `includeFba`, `carrierCodes`. */
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
    const client = createClient({ apiUrl: options.apiUrl, sellerId: shop.shopCode, tools, access, quotas })
    const includeFba = shop.settings?.includeFba === true
    const { memory, health } = rememberedOf(shop)
    const listing: Listing = { memory, health, client, tools, includeFba, shopCode: shop.shopCode }
    return {
      changes: amazonChangeCalls(client, tools, carrierCodesOf(shop.settings)),
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
    consent: amazonConsent({
      consentUrl: options.consentUrl ?? AMAZON.settings.consentUrl.byDefault,
      authUrl: options.authUrl,
    }),
    mailRules: amazonMailRules,
    recognise: recogniseAmazonMail,
    orderNumbersAreUnique: true,
    notifications: {
      queues: queues.map(({ url }) => url),
      setting: AMAZON.settings.queues.env,
      read: readNotification,
    },
    unknowns: amazonUnknowns,
    changes: amazonChanges,
    open,
  }
}

const carrierCodesOf = (settings: ShopContext<unknown>['settings']): CarrierCodes =>
  CarrierCodes.safeParse(settings?.carrierCodes).data ?? {}

export const amazon = { ...AMAZON_WITH_SETTINGS, create: createAmazon }
