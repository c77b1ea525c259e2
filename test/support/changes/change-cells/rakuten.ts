import { READY_TO_SHIP } from '../../../../sandbox/malls/index.ts'
import { type CellsOf, none, parcels } from './cell.ts'

const at = (orderProgress: number, more: Record<string, unknown> = {}) => ({
  ...READY_TO_SHIP.rakuten,
  orderProgress,
  PackageModelList: [{ basketId: 7001 }],
  ...more,
})
const shippedAs = (today: string, shippingNumber: string) => ({
  ShippingModelList: [
    {
      shippingDetailId: 900,
      shippingNumber,
      shippingDate: today,
      deliveryCompany: '1001',
      deliveryCompanyName: null,
    },
  ],
})
const record = (today: string) => (shippingNumber: string) => ({
  shippingNumber,
  deliveryCompany: '1001',
  shippingDate: today,
})

export const cells: CellsOf = (today) => ({
  confirm: [
    {
      what: '注文確認待ち',
      before: at(100),
      parameters: none,
      calls: ['confirmOrder'],
      after: { orderProgress: 200 },
    },
    {
      what: 'ten orders in one call',
      orders: 10,
      before: at(100),
      parameters: none,
      calls: ['confirmOrder'],
      after: { orderProgress: 200 },
    },
  ],
  ship: [
    {
      what: 'two baskets, one call each',
      parameters: parcels(today),
      before: at(300, { PackageModelList: [{ basketId: 7001 }, { basketId: 7002 }] }),
      calls: ['updateOrderShipping', 'updateOrderShipping'],
      after: {
        orderProgress: 300,
        PackageModelList: [
          { basketId: 7001, ShippingModelList: [record(today)('4000100001')] },
          { basketId: 7002, ShippingModelList: [record(today)('4000100002')] },
        ],
      },
    },
    {
      what: 'not confirmed: confirmed first, and shipped as soon as Rakuten lets it go',
      before: at(100, { SettlementModel: { settlementMethodCode: 2, settlementMethod: '代金引換' } }),
      parameters: (order) => parcels(today)(order, 0, { confirmFirst: true }),
      calls: ['confirmOrder', 'updateOrderShipping'],
      after: {
        orderProgress: 300,
        PackageModelList: [{ basketId: 7001, ShippingModelList: [record(today)('4000100001')] }],
      },
    },
    {
      what: 'several parcels to one recipient',
      before: at(300),
      calls: ['updateOrderShipping'],
      parameters: (order) => ({
        shippedOn: today,
        parcels: ['401', '402', '403'].map((trackingNumber) => ({
          recipientId: order.recipients[0]?.id,
          carrier: 'yamato',
          trackingNumber,
        })),
      }),
      after: { PackageModelList: [{ ShippingModelList: ['401', '402', '403'].map(record(today)) }] },
    },
    {
      what: 'ten orders in one asynchronous call',
      orders: 10,
      before: at(300),
      parameters: parcels(today),
      calls: ['updateOrderShippingAsync', 'getResultUpdateOrderShippingAsync'],
      after: {
        PackageModelList: [{ ShippingModelList: [{ deliveryCompany: '1001', shippingDate: today }] }],
      },
    },
  ],
  correct_shipment: [
    {
      what: 'carrier and number of a record',
      before: at(500, { PackageModelList: [{ basketId: 7001, ...shippedAs(today, '401') }] }),
      parameters: () => ({ parcels: [{ carrier: 'sagawa', trackingNumber: '402' }] }),
      calls: ['updateOrderShipping'],
      after: {
        PackageModelList: [{ ShippingModelList: [{ shippingNumber: '402', deliveryCompany: '1002' }] }],
      },
    },
  ],
  change_content: [
    {
      what: 'postage, wish, remarks and method',
      before: at(300),
      parameters: () => ({
        recipients: [{ shippingFee: 9_990, wishDate: '2030-07-20', wishTime: '14:00-16:00' }],
        buyerNote: '玄関前',
        deliveryMethod: 'メール便',
      }),
      calls: ['updateOrderSender', 'updateOrderMemo', 'updateOrderRemarks', 'updateOrderDelivery'],
      after: { postagePrice: 9_990, deliveryDate: '2030-07-20', shippingTerm: 1416, remarks: '玄関前' },
    },
    {
      what: 'after shipping',
      before: at(500),
      calls: ['updateOrderSenderAfterShipping'],
      parameters: () => ({ recipients: [{ address1: '星見町2' }] }),
      after: { PackageModelList: [{ SenderModel: { subAddress: '星見町2' } }] },
    },
  ],
  cancel: [
    {
      what: 'before shipping',
      before: at(300),
      calls: ['cancelOrder'],
      parameters: () => ({ reason: '8', restock: 'restore' }),
      after: { ChangeReasonModelList: [{ changeReason: 0, changeReasonDetail: 8 }] },
    },
    {
      what: 'with a date of shipping registered',
      before: at(300, { PackageModelList: [{ basketId: 7001, ...shippedAs(today, '401') }] }),
      parameters: () => ({ reason: '1' }),
      calls: ['updateOrderShipping', 'cancelOrder'],
      after: { PackageModelList: [{ ShippingModelList: [{ shippingDate: null }] }] },
    },
    {
      what: 'after shipping',
      before: at(500, { PackageModelList: [{ basketId: 7001, ...shippedAs(today, '401') }] }),
      parameters: () => ({ reason: '2' }),
      calls: ['cancelOrderAfterShipping'],
      after: { orderProgress: 900 },
    },
  ],
  memo: [
    {
      what: 'set',
      before: at(300),
      parameters: () => ({ memo: '至急' }),
      calls: ['updateOrderMemo'],
      after: { memo: '至急' },
    },
  ],
  sub_status: [
    {
      what: 'set',
      before: at(300),
      calls: ['updateOrderSubStatus'],
      parameters: () => ({ subStatus: '3002' }),
      after: { subStatusId: 3002, subStatusName: '取り寄せ中' },
    },
    {
      what: 'cleared',
      before: at(300, { subStatusId: 3001 }),
      calls: ['updateOrderSubStatus'],
      parameters: () => ({ subStatus: null }),
      after: { subStatusId: null },
    },
    {
      what: 'ten orders in one call',
      orders: 10,
      before: at(300),
      calls: ['updateOrderSubStatus'],
      parameters: () => ({ subStatus: '3001' }),
      after: { subStatusId: 3001 },
    },
  ],
})
