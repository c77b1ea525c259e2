import type { Marketplace, MarketplaceName } from './marketplace.ts'
import { createRakuten } from './rakuten/index.ts'
import { createYahoo } from './yahoo/index.ts'

export type Marketplaces = ReadonlyMap<MarketplaceName, Marketplace>

export interface MarketplaceEndpoints {
  rakutenApiUrl: string
  rakutenRequestsPerSecond: number
  yahooApiUrl: string
  yahooAuthUrl: string
  yahooRequestsPerSecond: number
}

/** All malls this service speaks with. A new mall is one folder and one line here. */
export function createMarketplaces(endpoints: MarketplaceEndpoints): Marketplaces {
  const malls: Marketplace[] = [
    createRakuten({
      apiUrl: endpoints.rakutenApiUrl,
      requestsPerSecond: endpoints.rakutenRequestsPerSecond,
    }) as Marketplace,
    createYahoo({
      apiUrl: endpoints.yahooApiUrl,
      authUrl: endpoints.yahooAuthUrl,
      requestsPerSecond: endpoints.yahooRequestsPerSecond,
    }) as Marketplace,
  ]
  return new Map(malls.map((mall) => [mall.name, mall]))
}
