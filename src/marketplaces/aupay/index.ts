import type { Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { MarketplaceSession, MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import { checkCredentials } from './auth/check-credentials.ts'
import {
  type AupayCredentials,
  aupayCredentialFields,
  aupayCredentials,
  aupayShopCode,
} from './auth/credentials.ts'
import { aupayLifetimes } from './auth/lifetimes.ts'
import { aupayChangeCalls, aupayChanges } from './changes/index.ts'
import { createAupayClient } from './client.ts'
import { AUPAY } from './facts.ts'
import { aupayMailRules, recogniseAupayMail } from './mail.ts'
import { createSearchMemory, LISTED_A_CALL, type SearchMemory } from './orders/fetch-from-list.ts'
import { fetchOrders } from './orders/fetch-orders.ts'
import { aupayUnknowns } from './orders/known-fields.ts'
import { createOrderLister, LIST_WINDOW_DAYS } from './orders/list-orders.ts'

export type { AupayCredentials } from './auth/credentials.ts'

export type AupayOptions = OptionsOf<typeof AUPAY.settings>

/** au PAY マーケット through the Wow! manager API (受注情報取得API). */
export function createAupay(options: AupayOptions): Marketplace<AupayCredentials> {
  const searches = new Map<string, SearchMemory>()

  function searchesOf(shopId: string): SearchMemory {
    const known = searches.get(shopId) ?? createSearchMemory()
    searches.set(shopId, known)
    return known
  }

  function open(shop: ShopContext<AupayCredentials>, tools: MarketplaceTools): MarketplaceSession {
    const quota = quotaOf(shop.shopCode, options.requestsPerSecond)
    const client = createAupayClient({ apiUrl: options.apiUrl, shop, tools, quota })
    const lister = createOrderLister(client, tools)
    const searches = searchesOf(shop.shopId)
    return {
      changes: aupayChangeCalls(client),
      fetchOrders: (numbers, signal, hints) =>
        fetchOrders(numbers, { shopCode: shop.shopCode, client, tools, searches }, signal, hints),
      listOrders: (window, page, signal) => lister.list(window, page, signal),
      checkCredentials: (signal) => checkCredentials(client, shop.credentials, tools, signal),
    }
  }

  return {
    ...AUPAY,
    shopCode: aupayShopCode,
    credentials: aupayCredentials,
    credentialFields: aupayCredentialFields,
    limits: {
      fetchBatch: 1,
      fetchAtOnce: FETCH_AT_ONCE,
      ordersPerMinute: 60 * LISTED_A_CALL * options.requestsPerSecond,
      freshBy: 'list',
      listWindowDays: LIST_WINDOW_DAYS,
      historyDays: HISTORY_DAYS,
    },
    lifetimes: aupayLifetimes,
    mailRules: aupayMailRules,
    recognise: recogniseAupayMail,
    unknowns: aupayUnknowns,
    changes: aupayChanges,
    open,
  }
}

/**
 * Count of numbers from which the list replaces single calls. It exceeds the orders on a turn's pages, so
 * that nearly all orders on them are wanted, and none must be fetched singly afterwards.
 */
const FETCH_AT_ONCE = 1_000
/** Days that orders stay readable: not public, but a year worked. */
const HISTORY_DAYS = 365

const quotaOf = (shopCode: string, perSecond: number): Quota => ({
  key: `aupay:shop:${shopCode}`,
  perSecond,
  burst: Math.max(1, Math.floor(perSecond)),
})

export const aupay = { ...AUPAY, create: createAupay }
