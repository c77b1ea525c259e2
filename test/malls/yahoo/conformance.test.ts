import { startYahooSimulator, type YahooSimulator } from '../../../sandbox/malls/yahoo/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { type ConformanceFault, marketplaceConformance } from '../conformance.ts'

const SHOP = 'hoshizora-tools'

const FAULTS: Record<ConformanceFault, { kind: string; retryAfterSeconds?: number; delayMs?: number }> = {
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
