/**
 * Overrides of orders whose goods are known to the piece. The simulator gives parts their ids: what is placed
 * twice are two orders.
 */

const yen = (amount: number) => ({ shopMoney: { amount: `${amount}.0`, currencyCode: 'JPY' } })
export const A = 'gid://shopify/LineItem/71'
const B = 'gid://shopify/LineItem/72'
export const line = (id: string, quantity: number) => ({
  id,
  title: '星空ランプ',
  quantity,
  currentQuantity: quantity,
  taxLines: [],
  discountAllocations: [],
  variantTitle: null,
  originalUnitPriceSet: yen(100),
})
export const part = (place: number, lines: readonly [lineId: string, total: number][], status = 'OPEN') => ({
  id: null,
  status,
  location: { id: `gid://shopify/Location/${place}`, name: `倉庫${place}` },
  deliveryMethod: { methodType: 'SHIPPING', presentedName: null },
  fulfillAt: null,
  fulfillmentHolds:
    status === 'ON_HOLD'
      ? [{ id: 'gid://shopify/FulfillmentHold/1', reason: 'OTHER', reasonNotes: null, handle: null }]
      : [],
  lines: lines.map(([lineId, total]) => ({ id: null, lineId, total, remaining: total })),
})
/** Two pieces of A and three of B; B lies at two places. */
export const twoPlaces = () => ({
  lineItems: [line(A, 2), line(B, 3)],
  parts: [
    part(1, [
      [A, 2],
      [B, 1],
    ]),
    part(2, [[B, 2]]),
  ],
  shippingLines: [],
  totalPriceSet: yen(500),
})
export const onePlace = () => ({
  lineItems: [line(A, 2)],
  parts: [part(1, [[A, 2]])],
  shippingLines: [],
  totalPriceSet: yen(200),
})
