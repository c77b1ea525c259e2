import type { Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { MarketplaceSession, MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import { purchaseApplications } from './applications.ts'
import { checkCredentials } from './auth/check-credentials.ts'
import { credentialFields, credentials, type RakutenCredentials, shopCode } from './auth/credentials.ts'
import { rakutenLifetimes } from './auth/lifetimes.ts'
import { rakutenChangeCalls, rakutenChanges } from './changes/index.ts'
import { createClient } from './client.ts'
import { RAKUTEN } from './facts.ts'
import { rakutenMailRules, recogniseRakutenMail } from './mail.ts'
import { BATCH, fetchOrders } from './orders/fetch-orders.ts'
import { rakutenUnknowns } from './orders/known-fields.ts'
import { HISTORY_DAYS, listOrders, WINDOW_DAYS } from './orders/list-orders.ts'
import { createVersionChoice, NEWEST_VERSION } from './orders/versions.ts'
import { rakutenPush } from './push.ts'
import { subStatuses } from './sub-statuses.ts'

export type { RakutenCredentials } from './auth/credentials.ts'

export type RakutenOptions = OptionsOf<typeof RAKUTEN.settings> & { getOrderVersion?: number }

/** 楽天市場 through 楽天ペイ受注API (RakutenPayOrderAPI 2.0). */
export function createRakuten(options: RakutenOptions): Marketplace<RakutenCredentials> {
  const versions = createVersionChoice(options.getOrderVersion ?? NEWEST_VERSION)

  function open(shop: ShopContext<RakutenCredentials>, tools: MarketplaceTools): MarketplaceSession {
    const client = createClient(
      options.apiUrl,
      shop,
      tools,
      quotaOf(shop.shopCode, options.requestsPerSecond),
    )
    return {
      changes: rakutenChangeCalls(client, tools),
      fetchOrders: (numbers, signal, hints) =>
        fetchOrders({ client, versions, tools }, shop.shopCode, numbers, signal, hints),
      listOrders: (window, page, signal) => listOrders(client, tools, window, page, signal),
      subStatuses: (signal) => subStatuses(client, signal),
      purchaseApplications: (search, signal) => purchaseApplications(client, search, signal),
      checkCredentials: (signal) => checkCredentials(client, tools, shop.shopCode, signal),
    }
  }

  return {
    ...RAKUTEN,
    shopCode,
    credentials,
    credentialFields,
    limits: {
      ...{ fetchBatch: BATCH, ordersPerMinute: 60 * BATCH * options.requestsPerSecond },
      ...{ listWindowDays: WINDOW_DAYS, historyDays: HISTORY_DAYS, freshBy: 'reading' },
    },
    lifetimes: rakutenLifetimes,
    mailRules: rakutenMailRules,
    recognise: recogniseRakutenMail,
    unknowns: rakutenUnknowns,
    push: rakutenPush,
    changes: rakutenChanges,
    open,
  }
}

function quotaOf(code: string, perSecond: number): Quota {
  return { key: `rakuten:shop:${code}`, perSecond, burst: Math.max(1, Math.floor(perSecond)) }
}

export const rakuten = { ...RAKUTEN, create: createRakuten }
