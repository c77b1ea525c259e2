import { SANDBOX_SHOPS } from '../../../../sandbox/malls/index.ts'
import { rakutenComplaints } from '../../../malls/documents/rakuten.ts'
import { cells } from '../../changes/change-cells/rakuten.ts'
import type { TestedMall } from '../tested-malls.ts'

export const tested: TestedMall = {
  cells,
  complaints: (exchanges) => exchanges.flatMap(rakutenComplaints),
  reads: 'getOrder',
  absent: `${SANDBOX_SHOPS.rakuten.code}-20260519-9999999999`,
  anotherPhone: { OrdererModel: { phoneNumber1: '090', phoneNumber2: '9999', phoneNumber3: '0009' } },
  whole: { writes: ['updateOrderRemarks', 'updateOrderShipping', 'updateOrderShipping'] },
  leastMs: (orders) => Math.ceil(orders / 100) * 1_000,
  listMs: 4_000,
  ofADay: 3_500,
  pages: { orders: 1_020, runs: 3, patch: { memo: 'x' } },
  oneSweep: 6,
  between: 50,
  besideSeconds: 20,
  forged: {
    from: 'order@rakuten.co.jp',
    subject: '【楽天市場】注文内容ご確認（自動配信メール）',
    vouched: 'rakuten.co.jp',
    label: '[受注番号]',
    number: (n) => `123456-20260519-${String(n).padStart(10, '0')}`,
  },
  besideFlood: { order: 10, digest: 15 },
  fault: {
    lists: 'searchOrder',
    maintenance: { kind: '503-empty' },
    withoutWaiting: { autoConfirmSeconds: 0, settleSeconds: { card: 0, prepaid: 0, onDelivery: 0 } },
  },
}
