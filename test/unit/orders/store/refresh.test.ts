import { expect, it } from 'vitest'
import { changedParts } from '../../../../src/orders/store/refresh.ts'
import { sampleOrder } from '../../../support/fixtures.ts'

const before = sampleOrder('1')

it('sees no change in what moves on its own', () => {
  const after = structuredClone(before)
  after.mallStatus = { code: '500', name: '発送済' }
  after.updatedAt = '2026-01-16T00:00:00+09:00'
  after.payment.status = 'paid'
  after.notes.shop = '発送しました'
  after.recipients[0]?.parcels.push({
    id: '1',
    carrierCode: null,
    carrierName: null,
    trackingNumber: '1234',
    shippedOn: null,
    arrivedOn: null,
  })
  expect(changedParts(before, after)).toEqual([])
})

it('names the parts in which the order differs', () => {
  const after = structuredClone(before)
  after.items[0] = { ...(after.items[0] as (typeof after.items)[number]), quantity: 9 }
  after.totals.billed = 1
  after.buyer.phone = '1'
  expect(changedParts(before, after)).toEqual(['buyer', 'items', 'totals'])
})
