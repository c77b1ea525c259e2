import { amazon } from './amazon/index.ts'
import { aupay } from './aupay/index.ts'
import { connector } from './connector/index.ts'
import { refusingForeignKeys } from './kit/credentials.ts'
import { tellingUnknownCodes } from './kit/unknown-fields.ts'
import type { Mall, MallOptions, Marketplace } from './port/marketplace.ts'
import type { MarketplaceName } from './port/order.ts'
import { rakuten } from './rakuten/index.ts'
import { shopify } from './shopify/index.ts'
import { yahoo } from './yahoo/index.ts'

/**
 * All malls of this service. A new mall is one folder and one line here, plus its name in the database's
 * enum.
 */
export const MALLS = [yahoo, rakuten, amazon, aupay, connector, shopify] as const satisfies readonly Mall[]

export type Marketplaces = ReadonlyMap<MarketplaceName, Marketplace>

/** URL and call rate of each mall, by its name. A URL is everything before the first path of its API. */
export type MarketplaceEndpoints = {
  readonly [M in (typeof MALLS)[number] as M['name']]: Parameters<M['create']>[0]
}

export function createMarketplaces(
  endpoints: MarketplaceEndpoints,
  malls: readonly Mall[] = MALLS,
): Marketplaces {
  const byName: Readonly<Record<string, MallOptions>> = endpoints
  const finished = (mall: Marketplace): Marketplace => tellingUnknownCodes(refusingForeignKeys(mall, malls))
  return new Map(
    malls.map((one) => {
      const mall = one.create(byName[one.name] ?? {})
      const { ofShop } = mall
      return [
        one.name,
        { ...finished(mall), ...(ofShop ? { ofShop: (told: unknown) => finished(ofShop(told)) } : {}) },
      ]
    }),
  )
}
