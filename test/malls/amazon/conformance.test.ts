import { NO_QUOTAS, startAmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { createAmazon } from '../../../src/marketplaces/amazon/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { FAULTS, marketplaceConformance } from '../conformance.ts'

const SHOP = 'AEXAMPLESELLER'

marketplaceConformance('Amazon', async () => {
  const simulator = await startAmazonSimulator({
    shops: [{ code: SHOP, name: '見本商店' }],
    seed: 7,
    quotas: NO_QUOTAS,
  })
  const marketplace = createAmazon({ apiUrl: simulator.url, authUrl: simulator.authUrl }) as Marketplace
  return {
    marketplace,
    simulator,
    shopCode: SHOP,
    unknownNumber: '503-9999999-9999999',
    fault: (fault) => simulator.faults.set([FAULTS[fault]]),
    clearFaults: () => simulator.faults.clear(),
    corrupt: (orderNumber) => simulator.faults.set([{ kind: 'bad-order', orderNumbers: [orderNumber] }]),
    listWithoutTotal: true,
    listDelayMs: 130_000,
    spoilEntry: (list, orderNumber) => list.replace(`"orderId":"${orderNumber}"`, '"orderId":null'),
    secretTexts: () => ['髙橋', '山﨑', 'marketplace.amazon.co.jp'],
  }
})
