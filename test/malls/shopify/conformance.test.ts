import { startShopifySimulator } from '../../../sandbox/malls/shopify/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createShopify } from '../../../src/marketplaces/shopify/index.ts'
import { FAULTS, marketplaceConformance } from '../conformance.ts'

const SHOP = 'mihon-shop'

marketplaceConformance('Shopify', async () => {
  const simulator = await startShopifySimulator({ shops: [{ code: SHOP, name: '見本商店' }] })
  return {
    marketplace: createShopify({ apiUrl: simulator.url }) as Marketplace,
    simulator,
    shopCode: SHOP,
    unknownNumber: '999999',
    fault: (fault) => simulator.faults.set([FAULTS[fault]]),
    clearFaults: () => simulator.faults.clear(),
    corrupt: (orderNumber) =>
      simulator.edit(orderNumber, { totalPriceSet: { shopMoney: { amount: '千円' } } }),
    spoilEntry: (list, orderNumber) => list.replace(`"name":"#${orderNumber}"`, '"name":""'),
    secretTexts: () => ['星野', '髙橋', '星空町'],
  }
})
