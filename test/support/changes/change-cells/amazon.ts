import type { NormalisedOrder } from '../../../../src/marketplaces/port/order.ts'
import { type CellsOf, parcels } from './cell.ts'

const linesOf = (order: NormalisedOrder) =>
  order.items.map(({ lineId, quantity }) => ({ lineId, quantity: quantity - 1 }))

const LINE = '58113027999999'
const SHIPPED_PACKAGE = {
  packageReferenceId: '7',
  packageStatus: { status: 'SHIPPED' },
  carrier: 'YAMATO',
  trackingNumber: '400000000001',
  packageItems: [{ orderItemId: LINE, quantity: 1 }],
}

export const cells: CellsOf = (today) => ({
  ship: [
    {
      what: 'everything in one package',
      before: {},
      parameters: parcels(today),
      calls: ['confirmShipment'],
      after: {
        fulfillment: { fulfillmentStatus: 'SHIPPED' },
        packages: [{ trackingNumber: '4000100001', carrier: 'YAMATO' }],
      },
    },
    {
      what: 'two packages, one call each',
      before: {
        orderItems: [{ quantityOrdered: 3, fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 3 } }],
      },
      parameters: (order) => ({
        shippedOn: today,
        parcels: [
          { carrier: 'japan_post', trackingNumber: '401', lines: linesOf(order).slice(0, 1) },
          { carrier: 'sagawa', trackingNumber: '402', shippingMethod: '飛脚宅配便' },
        ],
      }),
      calls: ['confirmShipment', 'confirmShipment'],
      after: {
        fulfillment: { fulfillmentStatus: 'SHIPPED' },
        packages: [
          { trackingNumber: '401', carrier: '日本郵便' },
          { trackingNumber: '402', carrier: 'SAGAWA' },
        ],
      },
    },
  ],
  correct_shipment: [
    {
      what: 'number and carrier of the package, under its own reference',
      before: {
        fulfillment: { fulfillmentStatus: 'SHIPPED' },
        packages: [SHIPPED_PACKAGE],
        orderItems: [
          {
            orderItemId: LINE,
            quantityOrdered: 1,
            fulfillment: { quantityFulfilled: 1, quantityUnfulfilled: 0 },
          },
        ],
      },
      parameters: () => ({
        parcels: [{ trackingNumber: '500000000001', carrier: 'sagawa', shippedOn: today }],
      }),
      calls: ['confirmShipment'],
      after: {
        fulfillment: { fulfillmentStatus: 'SHIPPED' },
        packages: [{ packageReferenceId: '7', trackingNumber: '500000000001', carrier: 'SAGAWA' }],
      },
    },
  ],
})
