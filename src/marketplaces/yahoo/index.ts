import type { Marketplace, OptionsOf } from '../port/marketplace.ts'
import { checkCredentials } from './auth/check-credentials.ts'
import { yahooConsent } from './auth/consent.ts'
import {
  type YahooCredentials,
  yahooCredentialFields,
  yahooCredentials,
  yahooShopCode,
} from './auth/credentials.ts'
import { yahooLifetimes } from './auth/lifetimes.ts'
import { createAccess } from './auth/tokens.ts'
import { yahooChangeCalls, yahooChanges } from './changes/index.ts'
import { createYahooClient } from './client.ts'
import { YAHOO } from './facts.ts'
import { createForbiddenBackoff } from './failures.ts'
import { recogniseYahooMail, yahooMailRules } from './mail.ts'
import { fetchOrders } from './orders/fetch-orders.ts'
import { yahooUnknowns } from './orders/known-fields.ts'
import { createOrderLister, LIST_WINDOW_DAYS } from './orders/list-orders.ts'
import { createRefusedFields } from './orders/refused-fields.ts'
import { settingsOf, YAHOO_WITH_SETTINGS } from './shop-settings.ts'

export type YahooOptions = OptionsOf<typeof YAHOO.settings>

/** Yahoo!ショッピング: ストアクリエイターPro's order API with YConnect v2. */
export function createYahoo(options: YahooOptions): Marketplace<YahooCredentials> {
  const forbidden = createForbiddenBackoff()
  const refusedFields = createRefusedFields()
  return {
    ...YAHOO_WITH_SETTINGS,
    shopCode: yahooShopCode,
    credentials: yahooCredentials,
    credentialFields: yahooCredentialFields,
    limits: {
      ...{ fetchBatch: 1, ordersPerMinute: 60 * options.requestsPerSecond },
      ...{ listWindowDays: LIST_WINDOW_DAYS, historyDays: HISTORY_DAYS, freshBy: 'list' },
    },
    lifetimes: yahooLifetimes,
    consent: yahooConsent(options.authUrl),
    mailRules: yahooMailRules,
    recognise: recogniseYahooMail,
    unknowns: yahooUnknowns,
    changes: yahooChanges,
    open(shop, tools) {
      const { shopCode, credentials } = shop
      const client = createYahooClient({
        apiUrl: apiUrlOf(options.apiUrl, shopCode),
        shop,
        tools,
        access: createAccess(options.authUrl, credentials, tools),
        requestsPerSecond: options.requestsPerSecond,
        forbidden,
      })
      const lister = createOrderLister(client, tools)
      return {
        changes: yahooChangeCalls(client, settingsOf(shop.settings)),
        fetchOrders: (numbers, signal, hints) =>
          fetchOrders(numbers, { shopCode, client, tools, refusedFields }, signal, hints),
        listOrders: (window, page, signal) => lister.list(window, page, signal),
        checkCredentials: (signal) => checkCredentials(client, credentials, signal),
      }
    },
  }
}

/** Yahoo! states no limit; orders half a year old were shipped long ago. */
const HISTORY_DAYS = 180

const REAL_HOST = YAHOO.settings.apiUrl.byDefault
const TEST_HOST = 'https://test.circus.shopping.yahooapis.jp'

/** Yahoo!'s own test stores (`snbx-…`) live on another host with the same paths. */
function apiUrlOf(apiUrl: string, shopCode: string): string {
  return apiUrl === REAL_HOST && shopCode.startsWith('snbx-') ? TEST_HOST : apiUrl
}

export const yahoo = { ...YAHOO_WITH_SETTINGS, create: createYahoo }
