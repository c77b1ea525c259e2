import { SANDBOX_SHOPS } from '../../../../sandbox/malls/index.ts'
import { yahooComplaints } from '../../../malls/documents/yahoo.ts'
import { cells } from '../../changes/change-cells/yahoo.ts'
import type { TestedMall } from '../tested-malls.ts'

export const tested: TestedMall = {
  cells,
  complaints: (exchanges) => exchanges.flatMap(yahooComplaints),
  reads: 'orderInfo',
  absent: `${SANDBOX_SHOPS.yahoo.code}-99999999`,
  anotherPhone: { Pay: { BillPhoneNumber: '09099990009' } },
  whole: { writes: ['orderChange', 'orderShipStatusChange', 'orderShipStatusChange', 'orderStatusChange'] },
  leastMs: (orders) => orders * 1_000,
  listMs: 8_000,
  // Each order is a call, and one more later.
  ofADay: 300,
  pages: { orders: 2_020, runs: 2, patch: { OrderStatus: '3' } },
  oneSweep: 6,
  between: 20,
  besideSeconds: 10,
  forged: {
    from: 'store-shopping-order-master@mail.yahoo.co.jp',
    subject: '【Yahoo!ショッピング】注文確認：x',
    vouched: 'mail.yahoo.co.jp',
    label: '注文ID',
    number: (n) => `hoshizora-tools-${70_000_000 + n}`,
  },
  besideFlood: { order: 10, digest: 15 },
  fault: {
    lists: 'orderList',
    maintenance: { kind: '503-html' },
    withoutWaiting: { readOnlySeconds: 0, dailyCap: 100_000_000 },
  },
}
