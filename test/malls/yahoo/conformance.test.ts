import { startYahooSimulator, type YahooSimulator } from '../../../sandbox/malls/yahoo/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { FAULTS, marketplaceConformance } from '../conformance.ts'

const SHOP = 'hoshizora-tools'

marketplaceConformance('Yahoo!ショッピング', async () => {
  const simulator: YahooSimulator = await startYahooSimulator({ shops: [{ code: SHOP, name: '星空道具店' }] })
  const yahoo = createYahoo({
    apiUrl: simulator.url,
    authUrl: simulator.url,
    requestsPerSecond: 1_000,
  })
  return {
    marketplace: yahoo as Marketplace,
    simulator,
    shopCode: SHOP,
    unknownNumber: `${SHOP}-99999999`,
    fault: (fault) => simulator.faults.set([FAULTS[fault]]),
    clearFaults: () => simulator.faults.clear(),
    corrupt: (orderNumber) => simulator.edit(orderNumber, { Item: [{ UnitPrice: '千円' }] }),
    spoilEntry: (list, orderNumber) => list.replace(`<OrderId>${orderNumber}</OrderId>`, '<OrderId />'),
    secretTexts: () => ['星野', '髙橋', '星空町'],
  }
})
