import { NO_QUOTAS, startAmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { createAmazon } from '../../../src/marketplaces/amazon/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { type ConformanceFault, marketplaceConformance } from '../conformance.ts'

const SHOP = 'AEXAMPLESELLER'

const FAULTS: Record<ConformanceFault, { kind: string; delayMs?: number; retryAfterSeconds?: number }> = {
  throttled: { kind: '429' },
  'throttled-with-retry-after-120': { kind: '429', retryAfterSeconds: 120 },
  'server-error': { kind: '500' },
  'unavailable-json': { kind: '503-json' },
  'unavailable-html': { kind: '503-html' },
  'unavailable-empty': { kind: '503-empty' },
  'success-html': { kind: '200-html' },
  'success-empty': { kind: '200-empty' },
  'broken-body': { kind: 'broken-body' },
  'too-large': { kind: 'huge' },
  silent: { kind: 'slow', delayMs: 3_000 },
  cut: { kind: 'cut' },
  'key-refused': { kind: 'key-refused' },
}

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
