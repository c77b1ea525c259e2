import { READY_TO_SHIP } from '../../../../sandbox/malls/index.ts'
import { type CellsOf, none, parcels } from './cell.ts'

const BANK = {
  Pay: { PayMethod: 'payment_b1', PayKind: '3', PayType: '1', PayStatus: '0', SettleStatus: '2' },
  Ship: { ShipStatus: '0' },
}
const ready = (more: Record<string, unknown> = {}) => ({ ...READY_TO_SHIP.yahoo, ...more })

export const cells: CellsOf = (today) => ({
  confirm: [
    {
      what: '未閲覧',
      before: ready(),
      parameters: none,
      calls: ['orderChange'],
      after: { IsSeen: 'true', OrderStatus: '2' },
    },
  ],
  ship: [
    {
      what: 'one number',
      before: ready(),
      parameters: parcels(today),
      calls: ['orderShipStatusChange'],
      after: { ShipStatus: '3', ShipCompanyCode: '1001', ShipInvoiceNumber1: '4000100001', ShipDate: today },
    },
    {
      what: 'two numbers',
      before: ready(),
      calls: ['orderShipStatusChange'],
      parameters: () => ({
        shippedOn: today,
        parcels: ['401', '402'].map((trackingNumber) => ({ carrier: 'sagawa', trackingNumber })),
      }),
      after: { ShipCompanyCode: '1002', ShipInvoiceNumber1: '401', ShipInvoiceNumber2: '402' },
    },
    {
      what: 'held and unpaid: released and paid first',
      before: ready({ ...BANK, OrderStatus: '3' }),
      parameters: (order) => parcels(today)(order, 0, { markPaid: true, release: true }),
      calls: ['orderStatusChange', 'orderPayStatusChange', 'orderShipStatusChange'],
      after: { OrderStatus: '2', PayStatus: '1', ShipStatus: '3' },
    },
    {
      what: 'not confirmed: confirmed first',
      before: ready(),
      parameters: (order) => parcels(today)(order, 0, { confirmFirst: true }),
      calls: ['orderChange', 'orderShipStatusChange'],
      after: { IsSeen: 'true', ShipStatus: '3' },
    },
  ],
  correct_shipment: [
    {
      what: 'carrier and number',
      before: ready({ Ship: { ShipStatus: '3', ShipCompanyCode: '1001', ShipInvoiceNumber1: '400' } }),
      parameters: () => ({ parcels: [{ carrier: 'sagawa', trackingNumber: '401' }] }),
      calls: ['orderShipStatusChange'],
      after: { ShipStatus: '3', ShipCompanyCode: '1002', ShipInvoiceNumber1: '401' },
    },
  ],
  change_content: [
    {
      what: 'address and postage',
      before: ready(),
      calls: ['orderChange'],
      parameters: () => ({ recipients: [{ address1: '星見町2' }], shippingFee: 777 }),
      after: { ShipAddress1: '星見町2', ShipCharge: '777' },
    },
    {
      what: 'wrapping, and lines to add',
      before: ready(),
      repeatable: true,
      parameters: () => ({
        giftWrapFee: 300,
        addLines: [
          { itemCode: 'lamp-02', quantity: 2 },
          { itemCode: 'tea-09', sku: 'tea-09-s', name: '夜カフェ茶葉 小', unitPrice: 500, quantity: 1 },
        ],
      }),
      calls: ['orderChange', 'orderItemAdd'],
      after: { GiftWrapCharge: '300', IsSeen: 'true' },
    },
  ],
  mark_paid: [
    {
      what: 'a bank transfer',
      before: ready(BANK),
      calls: ['orderPayStatusChange'],
      parameters: () => ({ paidOn: today }),
      after: { PayStatus: '1', PayDate: today },
    },
  ],
  complete: [
    {
      what: 'paid and delivered',
      before: ready({ Ship: { ShipStatus: '4' } }),
      parameters: none,
      calls: ['orderStatusChange'],
      after: { OrderStatus: '5', SettleStatus: '5' },
    },
  ],
  hold: [
    {
      what: '処理中',
      before: ready(),
      parameters: none,
      calls: ['orderStatusChange'],
      after: { OrderStatus: '3' },
    },
  ],
  release: [
    {
      what: '保留',
      before: ready({ OrderStatus: '3' }),
      parameters: none,
      calls: ['orderStatusChange'],
      after: { OrderStatus: '2' },
    },
  ],
  cancel: [
    {
      what: 'in the store’s words',
      before: ready(),
      calls: ['orderStatusChange'],
      parameters: () => ({ reason: '230', detail: '商品に傷が見つかったため' }),
      after: { OrderStatus: '4', CancelReason: '230', CancelReasonDetail: '商品に傷が見つかったため' },
    },
  ],
  memo: [
    {
      what: 'set',
      before: ready(),
      parameters: () => ({ memo: '至急' }),
      calls: ['orderChange'],
      after: { Notes: '至急' },
    },
  ],
  sub_status: [
    {
      what: 'set',
      before: ready(),
      calls: ['orderChange'],
      parameters: () => ({ subStatus: '10' }),
      after: { StoreStatus: '10' },
    },
  ],
})
