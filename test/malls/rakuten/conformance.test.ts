import { startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { type ConformanceFault, marketplaceConformance } from '../conformance.ts'

const SHOP = '123456'

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
