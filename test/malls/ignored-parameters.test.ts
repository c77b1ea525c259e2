import { expect, it } from 'vitest'
import type { MarketplaceName } from '../../src/marketplaces/port/order.ts'
import type { ChangeAction } from '../../src/marketplaces/port/site-changes.ts'
import { checkChange } from '../../src/shops/shops/settings.ts'
import { sampleOrder } from '../support/fixtures.ts'
import { testMalls } from '../support/malls/test-malls.ts'

/** What a client asks for is honoured or refused with its field, at every mall: never left out in silence. */

const malls = testMalls()
const parcel = { carrier: 'yamato', trackingNumber: '400010000123' }
const ship = { shippedOn: '2026-11-01', parcels: [parcel] }

it.each<[MarketplaceName, ChangeAction, Record<string, unknown>, string[]]>([
  ['amazon', 'ship', ship, []],
  ['amazon', 'ship', { ...ship, confirmFirst: true }, ['confirmFirst']],
  [
    'amazon',
    'ship',
    { ...ship, parcels: [{ ...parcel, noNumberReason: '101' }] },
    ['parcels[0].noNumberReason'],
  ],
  ['amazon', 'confirm', { waitMinutes: 30 }, ['action']],
  ['aupay', 'ship', { ...ship, confirmFirst: true }, []],
  [
    'aupay',
    'ship',
    { ...ship, parcels: [{ ...parcel, noNumberReason: '101' }] },
    ['parcels[0].noNumberReason'],
  ],
  ['aupay', 'confirm', { waitMinutes: 30 }, []],
  [
    'rakuten',
    'ship',
    { ...ship, parcels: [{ ...parcel, noNumberReason: '101' }] },
    ['parcels[0].noNumberReason'],
  ],
  ['rakuten', 'complete', { afterDays: 7 }, ['action']],
  ['yahoo', 'complete', { afterDays: 7 }, []],
  ...(['amazon', 'aupay', 'rakuten', 'yahoo'] as const).flatMap(
    (mall): [MarketplaceName, ChangeAction, Record<string, unknown>, string[]][] => [
      // A number alone is put right, and the carrier stays.
      [mall, 'correct_shipment', { parcels: [{ trackingNumber: '400010000124' }] }, []],
      [mall, 'ship', { ...ship, parcels: [{ trackingNumber: '400010000124' }] }, ['parcels[0].carrier']],
    ],
  ),
])('%s: %s %j', (mall, action, parameters, fields) => {
  expect(checkChange(malls.get(mall), action, parameters).map(({ field }) => field)).toEqual(fields)
})

it('au PAY waits before 注文確認 and 完了 as long as was wished', () => {
  const rules = malls.get('aupay')?.changes
  const order = sampleOrder('300000001', {
    marketplace: 'aupay',
    mallStatus: { code: '新規受付', name: '新規受付' },
    orderedAt: '2026-01-15T11:30:00+09:00',
  })
  expect(rules?.planChange({ action: 'confirm', parameters: { waitMinutes: 30 } }, order)).toMatchObject({
    kind: 'steps',
    notBefore: '2026-01-15T03:00:00.000Z',
    byWish: true,
  })
  const recipients = order.recipients.map((recipient) => ({
    ...recipient,
    parcels: [
      {
        id: null,
        carrierCode: '1',
        carrierName: null,
        trackingNumber: '1',
        shippedOn: '2026-01-20',
        arrivedOn: null,
      },
    ],
  }))
  const shipped = { ...order, recipients, mallStatus: { code: '発送後入金待ち', name: null } }
  expect(rules?.planChange({ action: 'complete', parameters: { afterDays: 7 } }, shipped)).toMatchObject({
    kind: 'steps',
    notBefore: '2026-01-26T15:00:00.000Z',
    byWish: true,
  })
})
