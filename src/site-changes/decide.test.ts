import { describe, expect, it } from 'vitest'
import { makesGood } from './decide.ts'

const parcel = { carrier: 'yamato', trackingNumber: '400000000001' }
const shipped = (...parcels: object[]) => ({ shippedOn: '2026-01-15', parcels })
const line = (lineId: string) => ({ lineId, quantity: 1 })

describe('a success makes good', () => {
  it.each([
    ['confirm', 'the same again', {}, {}],
    ['memo', 'another text in the same place', { memo: 'b' }, { memo: 'a' }],
    ['hold', 'what cannot be read any more', null, null],
    ['ship', 'a number put right', shipped(parcel), shipped({ ...parcel, trackingNumber: '9' })],
    ['ship', 'a part of what went out whole', shipped(parcel), shipped({ ...parcel, lines: [line('1')] })],
    [
      'ship',
      'one of several recipients',
      shipped({ ...parcel, recipientId: 'a' }, { ...parcel, recipientId: 'b' }),
      shipped({ ...parcel, recipientId: 'b' }),
    ],
    ['ship', 'the only recipient, named or not', shipped({ ...parcel, recipientId: 'a' }), shipped(parcel)],
    [
      'correct_shipment',
      'the same parcel',
      { parcels: [{ parcelId: '1', trackingNumber: '2' }] },
      { parcels: [{ parcelId: '1', trackingNumber: '3' }] },
    ],
    ['change_content', 'the same field', { shippingFee: 300, reason: 'x' }, { shippingFee: 500 }],
    [
      'change_content',
      'a field of the same recipient',
      { recipients: [{ recipientId: 'a', city: '千代田区', address1: '1-1' }] },
      { recipients: [{ recipientId: 'a', city: '中央区' }], confirmZero: true },
    ],
    [
      'change_content',
      'the same line',
      { lines: [{ lineId: '1', quantity: 2 }] },
      { lines: [{ lineId: '1', quantity: 0 }] },
    ],
  ])('%s: %s', (action, _, success, earlier) => {
    expect(makesGood({ action, parameters: success }, { action, parameters: earlier })).toBe(true)
  })
})

describe('a success makes not good', () => {
  it.each([
    [
      'ship',
      'other lines',
      shipped({ ...parcel, lines: [line('2')] }),
      shipped({ ...parcel, lines: [line('1')] }),
    ],
    ['ship', 'more than one of its lines', shipped({ ...parcel, lines: [line('1')] }), shipped(parcel)],
    [
      'ship',
      'another recipient',
      shipped({ ...parcel, recipientId: 'a' }),
      shipped({ ...parcel, recipientId: 'b' }),
    ],
    [
      'correct_shipment',
      'another parcel',
      { parcels: [{ parcelId: '1', trackingNumber: '2' }] },
      { parcels: [{ parcelId: '2', trackingNumber: '3' }] },
    ],
    ['change_content', 'another field', { buyerNote: '' }, { shippingFee: 500 }],
    ['change_content', 'one of two', { shippingFee: 300 }, { shippingFee: 300, codFee: 0 }],
    [
      'change_content',
      'the same field of another recipient',
      { recipients: [{ recipientId: 'a', city: '千代田区' }] },
      { recipients: [{ recipientId: 'b', city: '千代田区' }] },
    ],
    [
      'change_content',
      'the whole postage by a recipient’s',
      { recipients: [{ shippingFee: 1 }] },
      { shippingFee: 1 },
    ],
    ['change_content', 'what cannot be read any more', { shippingFee: 1 }, null],
    ['change_content', 'what a retention has emptied', { shippingFee: 1 }, {}],
  ])('%s: %s', (action, _, success, earlier) => {
    expect(makesGood({ action, parameters: success }, { action, parameters: earlier })).toBe(false)
  })
})
