import { SANDBOX_SHOPS } from '../../../../sandbox/malls/index.ts'
import { shopifyComplaints } from '../../../malls/documents/shopify.ts'
import { cells } from '../../changes/change-cells/shopify.ts'
import type { TestedMall } from '../tested-malls.ts'

export const tested: TestedMall = {
  cells,
  complaints: (exchanges) => exchanges.flatMap(shopifyComplaints),
  reads: 'orders',
  absent: '9999999',
  anotherPhone: { billingAddress: { phone: '090-9999-0009' } },
  whole: { writes: ['fulfillmentCreate', 'fulfillmentTrackingInfoUpdate'] },
  // Five orders are 250 points, and a list as many, of which 50 come back in a second.
  leastMs: (orders) => orders * 1_000,
  listMs: 10_000,
  ofADay: 600,
  pages: { orders: 520, runs: 4, patch: { note: 'x' } },
  oneSweep: 12,
  between: 50,
  besideSeconds: 10,
  forged: {
    from: 'store+1234567@g.shopifyemail.com',
    subject: '[見本庵] 星野 小春様が注文を行いました',
    vouched: 'shopifyemail.com',
    label: '注文番号',
    number: (n) => String(700_000_000 + n),
    link: `https://admin.shopify.com/store/${SANDBOX_SHOPS.shopify.code}/orders/4500000000001`,
  },
  // Every trial shop writes as it does: nothing tells its mails from a stranger's, so no way is learned.
  besideFlood: { order: 30, digest: 60 },
  fault: { lists: 'orders', maintenance: { kind: '503-html' } },
}
