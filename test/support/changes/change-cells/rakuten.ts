import { READY_TO_SHIP } from '../../../../sandbox/ready-orders.ts'
import { type ChangeCells, none, parcels, today } from './cell.ts'

const at = (orderProgress: number, more: Record<string, unknown> = {}) => ({
  ...READY_TO_SHIP.rakuten,
  ...{ orderProgress, PackageModelList: [{ basketId: 7001 }] },
  ...more,
})
const shippedAs = (shippingNumber: string) => ({
  ShippingModelList: [
    {
      ...{ shippingDetailId: 900, shippingNumber, shippingDate: today() },
      ...{ deliveryCompany: '1001', deliveryCompanyName: null },
    },
  ],
})
const record = (shippingNumber: string) => ({
  shippingNumber,
  deliveryCompany: '1001',
  shippingDate: today(),
})

export const rakutenCells: ChangeCells = {
  confirm: [
    {
      ...{ what: '注文確認待ち', before: at(100), parameters: none, calls: ['confirmOrder'] },
      after: { orderProgress: 200 },
    },
    {
      ...{ what: 'ten orders in one call', orders: 10, before: at(100), parameters: none },
      ...{ calls: ['confirmOrder'], after: { orderProgress: 200 } },
    },
  ],
  ship: [
    {
      ...{ what: 'two baskets, one call each', parameters: parcels },
      before: at(300, { PackageModelList: [{ basketId: 7001 }, { basketId: 7002 }] }),
      calls: ['updateOrderShipping', 'updateOrderShipping'],
      after: {
        orderProgress: 300,
        PackageModelList: [
          { basketId: 7001, ShippingModelList: [record('4000100001')] },
          { basketId: 7002, ShippingModelList: [record('4000100002')] },
        ],
      },
    },
    {
      ...{ what: 'several parcels to one recipient', before: at(300), calls: ['updateOrderShipping'] },
      parameters: (order) => ({
        shippedOn: today(),
        parcels: ['401', '402', '403'].map((trackingNumber) => ({
          ...{ recipientId: order.recipients[0]?.id, carrier: 'yamato', trackingNumber },
        })),
      }),
      after: { PackageModelList: [{ ShippingModelList: ['401', '402', '403'].map(record) }] },
    },
    {
      ...{ what: 'ten orders in one asynchronous call', orders: 10, before: at(300), parameters: parcels },
      calls: ['updateOrderShippingAsync', 'getResultUpdateOrderShippingAsync'],
      after: {
        PackageModelList: [{ ShippingModelList: [{ deliveryCompany: '1001', shippingDate: today() }] }],
      },
    },
  ],
  cancel: [
    {
      ...{ what: 'before shipping', before: at(300), calls: ['cancelOrder'] },
      parameters: () => ({ reason: '8', restock: 'restore' }),
      after: { ChangeReasonModelList: [{ changeReason: 0, changeReasonDetail: 8 }] },
    },
    {
      what: 'with a date of shipping registered',
      before: at(300, { PackageModelList: [{ basketId: 7001, ...shippedAs('401') }] }),
      parameters: () => ({ reason: '1' }),
      calls: ['updateOrderShipping', 'cancelOrder'],
      after: { PackageModelList: [{ ShippingModelList: [{ shippingDate: null }] }] },
    },
    {
      what: 'after shipping',
      before: at(500, { PackageModelList: [{ basketId: 7001, ...shippedAs('401') }] }),
      parameters: () => ({ reason: '2' }),
      calls: ['cancelOrderAfterShipping'],
      after: { orderProgress: 900 },
    },
  ],
  memo: [
    {
      ...{ what: 'set', before: at(300), parameters: () => ({ memo: '至急' }), calls: ['updateOrderMemo'] },
      after: { memo: '至急' },
    },
  ],
  sub_status: [
    {
      ...{ what: 'set', before: at(300), calls: ['updateOrderSubStatus'] },
      parameters: () => ({ subStatus: '3002' }),
      after: { subStatusId: 3002, subStatusName: '取り寄せ中' },
    },
    {
      ...{ what: 'cleared', before: at(300, { subStatusId: 3001 }), calls: ['updateOrderSubStatus'] },
      parameters: () => ({ subStatus: null }),
      after: { subStatusId: null },
    },
  ],
}
