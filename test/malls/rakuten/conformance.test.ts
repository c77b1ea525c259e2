import { startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { FAULTS, marketplaceConformance } from '../conformance.ts'

const SHOP = '123456'

marketplaceConformance('楽天市場', async () => {
  const simulator = await startRakutenSimulator({ shops: [{ code: SHOP, name: '見本商店' }], seed: 7 })
  const marketplace = createRakuten({ apiUrl: simulator.url, requestsPerSecond: 1000 }) as Marketplace
  return {
    marketplace,
    simulator,
    shopCode: SHOP,
    unknownNumber: `${SHOP}-20260519-9999999999`,
    fault: (fault) => simulator.faults.set([FAULTS[fault]]),
    clearFaults: () => simulator.faults.clear(),
    corrupt: (orderNumber) => simulator.faults.set([{ kind: 'bad-order', orderNumbers: [orderNumber] }]),
    spoilEntry: (list, orderNumber) => list.replace(JSON.stringify(orderNumber), '{}'),
    secretTexts: () => ['髙橋', '山﨑', 'pc.fw.rakuten.ne.jp'],
  }
})
