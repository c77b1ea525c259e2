import { createAmazon } from './amazon/index.ts'
import { createAupay } from './aupay/index.ts'
import type { Marketplace } from './port/marketplace.ts'
import type { MarketplaceName } from './port/order.ts'
import { createRakuten } from './rakuten/index.ts'
import { createYahoo } from './yahoo/index.ts'

export type Marketplaces = ReadonlyMap<MarketplaceName, Marketplace>

/** Where each mall is, and how fast it may be asked. A URL is what stands before the first path of the mall's API. */
export interface MarketplaceEndpoints {
  rakuten: { apiUrl: string; requestsPerSecond: number }
  yahoo: { apiUrl: string; authUrl: string; requestsPerSecond: number }
  /** Amazon's quotas are by operation, and it tells them itself. */
  amazon: { apiUrl: string; authUrl: string; consentUrl?: string }
  aupay: { apiUrl: string; requestsPerSecond: number }
}

/** All malls this service speaks with. A new mall is one folder and one line here. */
export function createMarketplaces(endpoints: MarketplaceEndpoints): Marketplaces {
  const malls = [
    createYahoo(endpoints.yahoo),
    createRakuten(endpoints.rakuten),
    createAmazon(endpoints.amazon),
    createAupay(endpoints.aupay),
  ] as Marketplace[]
  return new Map(malls.map((mall) => [mall.name, mall]))
}
