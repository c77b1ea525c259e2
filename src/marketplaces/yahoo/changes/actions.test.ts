import { describe, expect, it } from 'vitest'
import { yahooChanges } from './index.ts'

const issues = (action: string, parameters: unknown) =>
  yahooChanges.actions
    .find((one) => one.action === action)
    ?.parameters.safeParse(parameters)
    .error?.issues.map(({ path, message }) => [path.join('.'), message])
const parcel = (carrier: string, trackingNumber?: string, more: object = {}) => ({
  carrier,
  ...more,
  ...(trackingNumber === undefined ? {} : { trackingNumber }),
})
const ship = (...parcels: object[]) => ({ shippedOn: '2026-07-05', parcels })

describe('parameters', () => {
  it.each<[string, unknown]>([
    ['confirm', {}],
    ['ship', ship(parcel('yamato', '1234-5678-9012'))],
    ['ship', ship(parcel('yamato', '1-2-3-4-5-6-7-8-9-0'))],
    ['ship', ship(parcel('japan_post', '1234-5678-901'), parcel('japan_post', 'RR123456789JP'))],
    ['ship', ship(parcel('dhl', 'A'.repeat(30), { recipientId: '1' }))],
    ['ship', ship(parcel('yamato', '1'), parcel('yamato_yu_packet', '2'))],
    ['ship', { ...ship(parcel('other')), markPaid: true, release: true }],
    ['mark_paid', { paidOn: '2026-07-05' }],
    ['cancel', { reason: '230', detail: 'あ'.repeat(10) }],
    ['cancel', { reason: '100', detail: '', restock: 'item_setting' }],
    ['memo', { memo: 'あ'.repeat(500) }],
    ['sub_status', { subStatus: '10' }],
  ])('%s takes %j', (action, parameters) => expect(issues(action, parameters)).toBeUndefined())

  it.each<[string, unknown, string]>([
    ['ship', ship(parcel('yamato', 'AB12')), 'parcels.0.trackingNumber'],
    ['ship', ship(parcel('yamato', '123456789012345')), 'parcels.0.trackingNumber'],
    ['ship', ship(parcel('japan_post', '1234567890')), 'parcels.0.trackingNumber'],
    ['ship', ship(parcel('japan_post_rakuten', '1234567890')), 'parcels.0.trackingNumber'],
    ['ship', ship(parcel('sagawa', '番号')), 'parcels.0.trackingNumber'],
    ['ship', ship(parcel('yamato', '1'), parcel('sagawa', '2')), 'parcels'],
    ['ship', ship(parcel('yamato', '1'), parcel('yamato')), 'parcels'],
    ['ship', ship(parcel('yamato', '12'), parcel('yamato', '1-2')), 'parcels.1.trackingNumber'],
    ['ship', ship(parcel('yamato', '1'), parcel('yamato', '2'), parcel('yamato', '3')), 'parcels'],
    ['ship', ship(parcel('yamato', '1', { recipientId: '2' })), 'parcels.0.recipientId'],
    ['ship', ship(parcel('yamato', '1', { lines: [{ lineId: '1', quantity: 1 }] })), 'parcels.0.lines'],
    ['cancel', { reason: '300' }, 'reason'],
    ['cancel', { reason: '230' }, 'detail'],
    ['cancel', { reason: '230', detail: '短い' }, 'detail'],
    ['cancel', { reason: '100', detail: 'あ'.repeat(201) }, 'detail'],
    ['cancel', { reason: '100', restock: 'restore' }, 'restock'],
    ['memo', { memo: 'あ'.repeat(501) }, 'memo'],
    ['sub_status', { subStatus: '11' }, 'subStatus'],
    ['sub_status', { subStatus: null }, 'subStatus'],
  ])('%s refuses %j in Japanese', (action, parameters, path) => {
    expect(issues(action, parameters)).toEqual([[path, expect.stringMatching(/[ぁ-ん]/)]])
  })
})

it('describes every action for people', () => {
  for (const action of yahooChanges.actions) {
    expect(action.label + action.preconditions).toMatch(/[ぁ-ん一-龠]/)
    expect(action.calls.length).toBeGreaterThan(0)
  }
})

it('says of the price of an added line that it is with tax (税込)', () => {
  const change = yahooChanges.actions.find(({ action }) => action === 'change_content')
  expect(change?.fields.find(({ name }) => name === 'addLines')?.help).toContain('単価は税込')
  const half = { addLines: [{ itemCode: 'a', name: '見本', quantity: 1 }] }
  expect(issues('change_content', half)).toEqual([
    ['addLines.0.unitPrice', expect.stringContaining('単価（税込）')],
  ])
})
