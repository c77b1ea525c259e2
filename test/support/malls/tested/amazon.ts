import { amazonClaims } from '../../../malls/documents/amazon.ts'
import { unlikeTheModels } from '../../../sdks/main.ts'
import { cells } from '../../changes/change-cells/amazon.ts'
import type { TestedMall } from '../tested-malls.ts'

export const tested: TestedMall = {
  cells,
  complaints: (exchanges) => unlikeTheModels(exchanges.flatMap(amazonClaims)),
  reads: 'getOrder',
  absent: '503-9999999-9999999',
  anotherPhone: { recipient: { deliveryAddress: { phone: '090-9999-0009' } } },
  whole: { writes: ['confirmShipment', 'confirmShipment'] },
  // Twenty searches and thirty orders at once, then one of each in 179 and 2 s.
  leastMs: (orders) => Math.max(0, orders - 30) * 2_000,
  listMs: 125_000,
  ofADay: 600,
  pages: { orders: 220, runs: 6, patch: { programs: ['PRIME'] } },
  // Its list shows nothing of the last two minutes.
  oneSweep: 9,
  between: 150,
  besideSeconds: 10,
  forged: {
    from: 'seller-notification@amazon.co.jp',
    subject: '注文確定： X',
    vouched: 'amazon.co.jp',
    label: '注文番号',
    number: (n) => `250-7000000-${String(n).padStart(7, '0')}`,
  },
  besideFlood: { order: 10, digest: 25 },
  fault: {
    lists: 'searchOrders',
    maintenance: { kind: '503-json' },
    withoutWaiting: { listDelaySeconds: 2 },
  },
}
