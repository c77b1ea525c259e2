import type { Marketplace } from './port/marketplace.ts'
import type { MarketplaceName } from './port/order.ts'

/** A shop as far as its mall may differ by it. */
export interface ShopOfMall {
  marketplace: MarketplaceName
  capabilities: unknown
}

/** The mall as this shop has it. Code that knows the shop asks here, never the map of all malls. */
export function mallOfShop(
  malls: ReadonlyMap<MarketplaceName, Marketplace>,
  { marketplace, capabilities }: ShopOfMall,
): Marketplace | undefined {
  const mall = malls.get(marketplace)
  return mall?.ofShop?.(capabilities) ?? mall
}
