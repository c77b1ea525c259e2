import { startConnectorSimulator } from '../../../sandbox/malls/connector/index.ts'
import { connector } from '../../../src/marketplaces/connector/index.ts'
import { createMarketplaces } from '../../../src/marketplaces/index.ts'
import { mallOfShop } from '../../../src/marketplaces/of-shop.ts'
import { present } from '../../../src/platform/narrow.ts'
import { testEndpoints } from '../../support/malls/test-malls.ts'
import { FAULTS, marketplaceConformance } from '../conformance.ts'

const SHOP = 'my-shop'

marketplaceConformance('the reference connector', async () => {
  const simulator = await startConnectorSimulator({ shop: { code: SHOP, name: 'わたしの店' } })
  const malls = createMarketplaces(testEndpoints(), [connector])
  const told = {
    contract: '1',
    shop: { code: SHOP, name: 'わたしの店' },
    batch: 20,
    quota: { perSecond: 50 },
  }
  const own = present(mallOfShop(malls, { marketplace: 'connector', capabilities: told }))
  return {
    // As a session of the shop opens it: with what it said of itself.
    marketplace: { ...own, open: (shop, tools) => own.open({ ...shop, capabilities: told }, tools) },
    simulator,
    shopCode: SHOP,
    unknownNumber: '999999',
    fault: (fault) => simulator.faults.set([FAULTS[fault]]),
    clearFaults: () => simulator.faults.clear(),
    corrupt: (orderNumber) => simulator.edit(orderNumber, { total: '千円' }),
    spoilEntry: (list, orderNumber) => list.replace(`"number":"${orderNumber}"`, '"number":""'),
    itemName: /"lineId":"1","name":"/g,
    secretTexts: () => ['星野', '髙橋', '星空町'],
  }
})
