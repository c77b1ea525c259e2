import { describe, expect, it } from 'vitest'
import type { NormalisedOrder } from './order.ts'
import { shipping } from './shipping.ts'

type Recipient = NormalisedOrder['recipients'][number]
type Parcel = Recipient['parcels'][number]

const sent: Parcel = {
  id: null,
  carrierCode: null,
  carrierName: null,
  trackingNumber: '400000000012',
  shippedOn: '2026-11-30',
  arrivedOn: null,
}
const withLines = (lineId: string, quantity: number): Parcel => ({ ...sent, lines: [{ lineId, quantity }] })

/** Parcels by recipient, each with the line of its number. */
const orderOf = (parcels: Record<string, Parcel[]>, more: object = {}): NormalisedOrder =>
  ({
    mallState: 'open',
    recipients: Object.entries(parcels).map(([id, its]) => ({ id, pickup: null, parcels: its })),
    items: Object.keys(parcels).map((id) => ({ lineId: id, recipientId: id, quantity: 2, deleted: false })),
    ...more,
  }) as unknown as NormalisedOrder

const changed = (order: NormalisedOrder, lineId: string, more: object): NormalisedOrder => ({
  ...order,
  items: order.items.map((item) => (item.lineId === lineId ? { ...item, ...more } : item)),
})
const withPickup = (order: NormalisedOrder, kind: string): NormalisedOrder => ({
  ...order,
  recipients: order.recipients.map((recipient) => ({
    ...recipient,
    pickup: { kind, code: null, name: null, address: null },
  })),
})

describe('an order has left', () => {
  const one = orderOf({ a: [sent], b: [] })
  it.each([
    ['nothing', orderOf({ a: [], b: [] }), 'none', 0, 2, ['a', 'b']],
    ['one of two recipients', one, 'part', 1, 2, ['b']],
    ['both', orderOf({ a: [sent], b: [sent] }), 'all', 2, 2, []],
    ['one of two, and the mall says shipped', { ...one, mallState: 'shipped' }, 'all', 2, 2, []],
    ['none, and the mall says completed', { ...orderOf({ a: [] }), mallState: 'completed' }, 'all', 1, 1, []],
    ['one of two, and the mall cancelled it', { ...one, mallState: 'cancelled' }, 'none', 0, 0, []],
    ['one of two, the other’s line removed', changed(one, 'b', { deleted: true }), 'all', 1, 1, []],
    ['one of two, the other’s line without pieces', changed(one, 'b', { quantity: 0 }), 'all', 1, 1, []],
    ['at the shop’s counter', withPickup(orderOf({ a: [] }), 'shop'), 'none', 0, 0, []],
    ['to a convenience store', withPickup(orderOf({ a: [] }), 'convenience_store'), 'none', 0, 1, ['a']],
    [
      'a blank record',
      orderOf({ a: [{ ...sent, trackingNumber: ' ', shippedOn: null }] }),
      'none',
      0,
      1,
      ['a'],
    ],
    ['without a number', orderOf({ a: [{ ...sent, trackingNumber: null }] }), 'all', 1, 1, []],
    ['one of two pieces', orderOf({ a: [withLines('a', 1)] }), 'part', 0, 1, ['a']],
    ['both pieces in two parcels', orderOf({ a: [withLines('a', 1), withLines('a', 1)] }), 'all', 1, 1, []],
    ['a parcel of which no line is known', orderOf({ a: [withLines('a', 1), sent] }), 'all', 1, 1, []],
  ])('%s', (_, order, state, shipped, total, left) => {
    expect(shipping(order as NormalisedOrder)).toEqual({ state, shipped, total, left })
  })
})
