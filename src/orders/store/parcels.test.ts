import { describe, expect, it } from 'vitest'
import type { NormalisedOrder, OrderParcel } from '../../marketplaces/port/order.ts'
import { shipping } from '../../marketplaces/port/shipping.ts'
import { withShipped } from './parcels.ts'

const parcel: OrderParcel = {
  id: null,
  carrierCode: null,
  carrierName: null,
  trackingNumber: null,
  shippedOn: '2026-11-30',
  arrivedOn: null,
}
const blank = { ...parcel, id: '1', shippedOn: null }

const orderWith = (...parcels: OrderParcel[]): NormalisedOrder =>
  ({
    mallState: 'open',
    recipients: [{ id: 'a', pickup: null, parcels }],
    items: [{ lineId: '1', recipientId: 'a', quantity: 1, deleted: false }],
  }) as unknown as NormalisedOrder

const shipped = (order: NormalisedOrder, one: OrderParcel) =>
  withShipped(order, [{ recipientId: null, parcel: one }])
const parcelsOf = (order: NormalisedOrder) => order.recipients[0]?.parcels

describe('our shipment beside those that the mall shows', () => {
  it('is the same one by its number, hyphens or not', () => {
    const atMall = { ...parcel, trackingNumber: '4000-0000-0012' }
    const order = orderWith(atMall)
    expect(parcelsOf(shipped(order, { ...parcel, trackingNumber: '400000000012' }))).toEqual([atMall])
  })

  it('without a number is the one that the mall shows with a day alone', () => {
    expect(parcelsOf(shipped(orderWith(parcel), parcel))).toEqual([parcel])
    expect(parcelsOf(shipped(orderWith(parcel), { ...parcel, trackingNumber: '' }))).toEqual([parcel])
  })

  it.each([null, ' '])('without a number is none of the mall’s blank records (%j)', (trackingNumber) => {
    const record = { ...blank, trackingNumber }
    const order = shipped(orderWith(record), parcel)
    expect(parcelsOf(order)).toEqual([record, parcel])
    expect(shipping(order).state).toBe('all')
    expect(parcelsOf(shipped(order, parcel))).toEqual([record, parcel])
  })
})
