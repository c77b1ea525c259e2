import { type AupaySimulator, startAupaySimulator } from '../../../sandbox/malls/aupay/index.ts'
import { createAupay } from '../../../src/marketplaces/aupay/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { FAULTS, marketplaceConformance } from '../conformance.ts'

const SHOP = '10000001'

/** What resultCount counts is not public, and so both readings must do. */
for (const resultCount of ['page', 'total'] as const) {
  marketplaceConformance(`au PAY マーケット (resultCount: ${resultCount})`, async () => {
    const simulator: AupaySimulator = await startAupaySimulator({ shops: [{ code: SHOP, name: '見本商店' }] })
    simulator.change({ resultCount })
    const marketplace = createAupay({ apiUrl: simulator.url, requestsPerSecond: 1_000 }) as Marketplace
    return {
      marketplace,
      simulator,
      shopCode: SHOP,
      unknownNumber: '399999999',
      fault: (fault) => simulator.faults.set([FAULTS[fault]]),
      clearFaults: () => simulator.faults.clear(),
      corrupt: (orderNumber) => simulator.edit(orderNumber, { detail: [{ itemPrice: '千円' }] }),
      listTotalAtEnd: resultCount === 'page',
      spoilEntry: (list, orderNumber) =>
        list.replace(`<orderId>${orderNumber}</orderId>`, '<orderId></orderId>'),
      secretTexts: () => ['星野', '髙橋', '星空町'],
    }
  })
}
