import type { NormalisedOrder } from '../../../../src/marketplaces/port/order.ts'
import { onePlace, twoPlaces } from '../../malls/shopify-orders.ts'
import { type CellsOf, none, parcels } from './cell.ts'

const PAID = { displayFinancialStatus: 'PAID' }
const UNPAID = { displayFinancialStatus: 'PENDING' }
const sent = (number: string) => ({ status: 'SUCCESS', trackingInfo: [{ company: 'Yamato (JA)', number }] })
const OPEN = { status: 'OPEN', fulfillmentHolds: [] }
const HELD = { status: 'ON_HOLD' }
const held = <One extends { parts: object[] }>(one: One) => ({
  ...one,
  parts: one.parts.map((part, at) => ({
    ...part,
    ...HELD,
    fulfillmentHolds: [
      { id: `gid://shopify/FulfillmentHold/${at + 5}`, reason: 'OTHER', reasonNotes: null, handle: null },
    ],
  })),
})

/** Sent whole by one fulfilment. */
function shipped() {
  const { parts, lineItems, ...order } = onePlace()
  const lines = lineItems.map(({ id: lineId, quantity }) => ({ lineId, quantity }))
  const at = '2026-11-01T00:00:00Z'
  return {
    ...order,
    ...PAID,
    lineItems,
    parts: parts.map((part) => ({
      ...part,
      status: 'CLOSED',
      lines: part.lines.map((line) => ({ ...line, remaining: 0 })),
    })),
    fulfillments: [{ ...sent('400'), id: null, createdAt: at, deliveredAt: null, lines }],
  }
}

const firstLine = ({ items }: NormalisedOrder) => [{ lineId: items[0]?.lineId, quantity: 1 }]

export const cells: CellsOf = (today) => ({
  ship: [
    {
      what: 'one location',
      before: { ...onePlace(), ...PAID },
      parameters: parcels(today),
      calls: ['fulfillmentCreate'],
      after: { parts: [{ status: 'CLOSED' }], fulfillments: [sent('4000100001')] },
    },
    {
      what: 'two locations',
      before: { ...twoPlaces(), ...PAID },
      parameters: parcels(today),
      calls: ['fulfillmentCreate', 'fulfillmentCreate'],
      inOneStep: true,
      after: {
        parts: [{ status: 'CLOSED' }, { status: 'CLOSED' }],
        fulfillments: [sent('4000100001'), sent('4000100001')],
      },
    },
    {
      what: 'a line by itself',
      before: { ...onePlace(), ...PAID },
      parameters: (order) => ({
        shippedOn: today,
        parcels: [
          { carrier: 'yamato', trackingNumber: '401', lines: firstLine(order) },
          { carrier: 'yamato', trackingNumber: '402' },
        ],
      }),
      calls: ['fulfillmentCreate', 'fulfillmentCreate'],
      after: { parts: [{ status: 'CLOSED' }], fulfillments: [sent('401'), sent('402')] },
    },
    {
      what: 'held and unpaid: released and paid first',
      before: { ...held(onePlace()), ...UNPAID },
      parameters: (order) => parcels(today)(order, 0, { markPaid: true, release: true }),
      calls: ['fulfillmentOrderReleaseHold', 'orderMarkAsPaid', 'fulfillmentCreate'],
      after: { displayFinancialStatus: 'PAID', parts: [{ status: 'CLOSED' }] },
    },
  ],
  correct_shipment: [
    {
      what: 'number',
      before: shipped(),
      parameters: () => ({ parcels: [{ trackingNumber: '401' }] }),
      calls: ['fulfillmentTrackingInfoUpdate'],
      after: { fulfillments: [sent('401')] },
    },
    {
      what: 'taken back',
      before: shipped(),
      parameters: ({ recipients }) => ({
        parcels: [{ parcelId: recipients[0]?.parcels[0]?.id, remove: true }],
      }),
      calls: ['fulfillmentCancel'],
      // Nothing is left to be taken back, and is refused.
      repeatable: true,
      after: { fulfillments: [{ status: 'CANCELLED' }], parts: [{ status: 'OPEN' }] },
    },
  ],
  hold: [
    {
      what: 'at each location',
      before: { ...twoPlaces(), ...PAID },
      parameters: none,
      calls: ['fulfillmentOrderHold', 'fulfillmentOrderHold'],
      inOneStep: true,
      after: { parts: [HELD, HELD] },
    },
  ],
  release: [
    {
      what: 'at each location',
      before: { ...held(twoPlaces()), ...PAID },
      parameters: none,
      calls: ['fulfillmentOrderReleaseHold', 'fulfillmentOrderReleaseHold'],
      inOneStep: true,
      after: { parts: [OPEN, OPEN] },
    },
  ],
  mark_paid: [
    {
      what: 'bank transfer',
      before: { ...onePlace(), ...UNPAID },
      parameters: none,
      calls: ['orderMarkAsPaid'],
      after: { displayFinancialStatus: 'PAID' },
    },
  ],
  cancel: [
    {
      what: 'stock stays',
      before: { ...onePlace(), ...PAID },
      parameters: () => ({ reason: 'INVENTORY', restock: 'keep' }),
      calls: ['orderCancel'],
      after: { cancelReason: 'INVENTORY', cancelAt: null },
    },
  ],
})
