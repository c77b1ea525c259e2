import type { Marketplace, MarketplaceSession, MarketplaceTools, Quota, ShopContext } from '../marketplace.ts'
import { rakutenChangeCalls, rakutenChanges } from './changes.ts'
import { checkCredentials } from './check-credentials.ts'
import { createClient } from './client.ts'
import { credentialFields, credentials, type RakutenCredentials, shopCode } from './credentials.ts'
import { BATCH, fetchOrders } from './fetch-orders.ts'
import { rakutenLifetimes } from './lifetimes.ts'
import { HISTORY_DAYS, listOrders, WINDOW_DAYS } from './list-orders.ts'
import { shopCodeOf } from './order-number.ts'
import { rakutenMailRules, recogniseRakutenMail } from './recognise-mail.ts'
import { subStatuses } from './sub-statuses.ts'
import { createVersionChoice, NEWEST_VERSION } from './versions.ts'

export type { RakutenCredentials } from './credentials.ts'

export interface RakutenOptions {
  /** https://api.rms.rakuten.co.jp */
  apiUrl: string
  /** Rakuten's guideline is one call a second; whether it counts by key or by shop is not said, so it is kept by shop. */
  requestsPerSecond: number
  getOrderVersion?: number
}

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
      fetchOrders: (numbers, signal) =>
        fetchOrders({ client, versions, tools }, shop.shopCode, numbers, signal),
      listOrders: (window, page, signal) => listOrders(client, tools, window, page, signal),
      subStatuses: (signal) => subStatuses(client, signal),
      checkCredentials: (signal) => checkCredentials(client, tools, shop.shopCode, signal),
    }
  }

  return {
    name: 'rakuten',
    label: '楽天市場',
    shopCode,
    shopCodeLabel: '店舗ID(数字6桁)',
    credentials,
    credentialFields,
    limits: { fetchBatch: BATCH, listWindowDays: WINDOW_DAYS, historyDays: HISTORY_DAYS, freshBy: 'reading' },
    lifetimes: rakutenLifetimes,
    mailRules: rakutenMailRules,
    recognise: recogniseRakutenMail,
    ownsOrderNumber: (code, orderNumber) => shopCodeOf(orderNumber) === code,
    changes: rakutenChanges,
    open,
  }
}

function quotaOf(code: string, perSecond: number): Quota {
  return { key: `rakuten:shop:${code}`, perSecond, burst: Math.max(1, Math.floor(perSecond)) }
}
