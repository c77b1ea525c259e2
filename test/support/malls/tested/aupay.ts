import { aupayComplaints } from '../../../malls/documents/aupay.ts'
import { cells } from '../../changes/change-cells/aupay.ts'
import type { TestedMall } from '../tested-malls.ts'

export const tested: TestedMall = {
  cells,
  complaints: (exchanges) => exchanges.flatMap(aupayComplaints),
  reads: 'searchTradeInfoProc',
  absent: '399999999',
  anotherPhone: { ordererPhoneNumber1: '09099990009' },
  whole: {
    before: { orderStatus: '新規受付' },
    writes: ['updateTradeStsProc', 'updateTradeInfoProc', 'updateTradeStsProc', 'updateTradeInfoProc'],
  },
  leastMs: (orders) => orders * 1_000,
  listMs: 4_000,
  ofADay: 600,
  pages: { orders: 60, runs: 5, patch: { memo: 'x' } },
  oneSweep: 6,
  between: 700,
  besideSeconds: 10,
  forged: {
    from: 'order@wowma.jp',
    subject: 'au PAY マーケット 注文',
    vouched: 'wowma.jp',
    label: '注文番号',
    number: (n) => String(700_000_000 + n),
  },
  besideFlood: { order: 10, digest: 15 },
  fault: {
    lists: 'searchTradeInfoListProc',
    maintenance: { kind: 'status-1', code: 'CME9999', message: 'ただいまメンテナンス中です。' },
    // Small pages: a sweep has several, and orders that the mall shows late shift them under its eyes.
    withoutWaiting: { reviewSeconds: 0, mostRows: 10 },
  },
}
