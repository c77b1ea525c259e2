import { describe, expect, it } from 'vitest'
import type { OrderRecipient } from '../../port/order.ts'
import { endOf, pairParcels, parcelsByRecipient, sameNumber, sameText } from './plans.ts'

const parcel = (trackingNumber: string | null, id = trackingNumber ?? 'none') => ({
  id,
  carrierCode: '1001',
  carrierName: null,
  trackingNumber,
  shippedOn: null,
  arrivedOn: null,
})
const wished = (...numbers: (string | undefined)[]): { trackingNumber?: string; recipientId?: string }[] =>
  numbers.map((trackingNumber) => (trackingNumber === undefined ? {} : { trackingNumber }))

describe('pairing wished parcels with the mall’s', () => {
  it('goes by number, whatever its hyphens', () => {
    const { pairs, missing, foreign } = pairParcels(wished('1234-5678', '99'), [
      parcel('88'),
      parcel('12345678'),
    ])
    expect(pairs.map((pair) => pair.parcel.trackingNumber)).toEqual(['12345678'])
    expect(missing).toEqual([{ trackingNumber: '99' }])
    expect(foreign.map((one) => one.trackingNumber)).toEqual(['88'])
  })

  it('puts a number into a record without one, and is content with any record when none was given', () => {
    expect(pairParcels(wished('1'), [parcel(null)])).toMatchObject({ pairs: [{}], missing: [], foreign: [] })
    expect(pairParcels(wished(undefined), [parcel('1')])).toMatchObject({ pairs: [{}], missing: [] })
  })

  it('uses a record once', () => {
    expect(pairParcels(wished('1', '1'), [parcel('1')]).missing).toHaveLength(1)
    expect(pairParcels(wished(undefined, undefined), [parcel(null)]).missing).toHaveLength(1)
  })
})

describe('recipients', () => {
  const recipients = ['a', 'b'].map((id) => ({ id })) as OrderRecipient[]

  it('are the only one when none is named', () => {
    const sorted = parcelsByRecipient(recipients.slice(0, 1), wished('1', '2'))
    expect(sorted).toMatchObject({ groups: [{ recipient: { id: 'a' }, parcels: [{}, {}] }] })
  })

  it('must be named where there are several, and exist', () => {
    expect(parcelsByRecipient(recipients, wished('1'))).toMatchObject({
      plan: { kind: 'refused', code: 'RECIPIENT_NEEDED' },
    })
    expect(parcelsByRecipient(recipients, [{ recipientId: 'c' }])).toMatchObject({
      plan: { code: 'RECIPIENT_UNKNOWN' },
    })
  })
})

it('compares what malls reformat', () => {
  expect(sameNumber('12-34 ab', '1234AB')).toBe(true)
  expect(sameNumber('', null)).toBe(true)
  expect(sameNumber('1', null)).toBe(false)
  expect(sameText('a\r\nb ', 'a\nb')).toBe(true)
  expect(sameText('', null)).toBe(true)
  expect(sameText('a', 'b')).toBe(false)
  expect(endOf('123456789012')).toBe('…9012')
})
