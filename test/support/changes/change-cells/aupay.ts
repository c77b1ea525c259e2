import { READY_TO_SHIP } from '../../../../sandbox/malls/index.ts'
import { type CellsOf, none, parcels } from './cell.ts'

const at = (orderStatus: string, more: Record<string, unknown> = {}) => ({
  ...READY_TO_SHIP.aupay,
  ...more,
  orderStatus,
})
const BANK = { settlementName: '銀行振込', authorizationStatus: 'N', pgResult: '' }
const LATER = { settlementName: '後払い決済', authorizationStatus: 'N', pgResult: '' }
const dataOf = (today: string) => ({
  shippingCarrier: '1',
  shippingNumber: '4000100001',
  shippingDate: today.replaceAll('-', '/'),
})
const STATUS = 'updateTradeStsProc'

export const cells: CellsOf = (today) => ({
  confirm: [
    {
      what: 'paid by card',
      before: at('新規受付'),
      parameters: none,
      calls: [STATUS],
      after: { orderStatus: '発送待ち' },
    },
    {
      what: 'a bank transfer',
      before: at('新規受付', BANK),
      parameters: none,
      calls: [STATUS],
      after: { orderStatus: '発送前入金待ち' },
    },
    {
      what: 'a reservation',
      parameters: none,
      calls: [STATUS],
      repeatable: true,
      before: at('新規予約', { sellMethodSegment: '2', releaseDate: '2026/01/15' }),
      after: { orderStatus: '予約中' },
    },
    {
      what: 'a reservation whose day has come',
      parameters: none,
      calls: [STATUS],
      before: at('予約中', { sellMethodSegment: '2', releaseDate: '2026/01/15' }),
      after: { orderStatus: '発送待ち' },
    },
  ],
  ship: [
    {
      what: '発送待ち',
      before: at('発送待ち'),
      parameters: parcels(today),
      calls: ['updateTradeInfoProc', STATUS],
      after: { ...dataOf(today), orderStatus: '完了', shipStatus: 'Y' },
    },
    {
      what: 'paid later',
      before: at('発送待ち', LATER),
      parameters: parcels(today),
      calls: ['updateTradeInfoProc', STATUS],
      after: { ...dataOf(today), orderStatus: '発送後入金待ち' },
    },
    {
      what: 'not confirmed: confirmed first',
      before: at('新規受付'),
      parameters: (order) => parcels(today)(order, 0, { confirmFirst: true }),
      calls: [STATUS, 'updateTradeInfoProc', STATUS],
      after: { ...dataOf(today), orderStatus: '完了' },
    },
    {
      what: 'held and unpaid: released and paid first',
      before: at('保留', BANK),
      parameters: (order) => parcels(today)(order, 0, { markPaid: true, release: true }),
      calls: [STATUS, 'updateTradeInfoProc', STATUS],
      after: { ...dataOf(today), orderStatus: '完了' },
    },
  ],
  correct_shipment: [
    {
      what: 'another number',
      before: { ...at('完了'), ...dataOf(today), shipStatus: 'Y' },
      parameters: () => ({ parcels: [{ trackingNumber: '500000000001', carrier: 'sagawa' }] }),
      calls: ['updateTradeInfoProc'],
      after: { ...dataOf(today), shippingCarrier: '2', shippingNumber: '500000000001', orderStatus: '完了' },
    },
  ],
  mark_paid: [
    {
      what: '発送前入金待ち',
      before: at('発送前入金待ち', BANK),
      parameters: none,
      calls: [STATUS],
      after: { orderStatus: '発送待ち' },
    },
  ],
  complete: [
    {
      what: '発送後入金待ち',
      before: at('発送後入金待ち', LATER),
      parameters: none,
      calls: [STATUS],
      after: { orderStatus: '完了' },
    },
  ],
  hold: [
    {
      what: '発送待ち',
      before: at('発送待ち'),
      parameters: none,
      calls: [STATUS],
      after: { orderStatus: '保留' },
    },
  ],
  release: [
    {
      what: '保留',
      before: at('保留'),
      parameters: none,
      calls: [STATUS],
      after: { orderStatus: '発送待ち' },
    },
  ],
  cancel: [
    {
      what: '発送待ち',
      before: at('発送待ち'),
      calls: ['cancelTradeProc'],
      parameters: () => ({ reason: '9', detail: '在庫切れのため' }),
      after: {
        orderStatus: 'キャンセル',
        cancelStatus: 'C',
        cancelReason: '9',
        cancelComment: '在庫切れのため',
      },
    },
  ],
  sub_status: [
    {
      what: 'a name of the shop',
      before: at('発送待ち'),
      calls: [STATUS],
      parameters: () => ({ subStatus: '出荷準備中' }),
      after: { orderStatus: '出荷準備中' },
    },
  ],
})
