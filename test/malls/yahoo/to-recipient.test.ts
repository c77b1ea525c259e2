import { describe, expect, it } from 'vitest'
import { read } from './fixtures/order-info.ts'

describe('people and places', () => {
  const person = {
    LastName: '髙橋',
    FirstName: '﨑子',
    LastNameKana: 'タカハシ',
    FirstNameKana: 'サキコ',
    ZipCode: '060-0001',
    Prefecture: '北海道',
    City: '札幌市架空区',
    Address1: '星空町①-2-3',
    Address2: '',
    PhoneNumber: '011-000-0000',
    EmgPhoneNumber: '090-0000-0000',
    Section1Value: '株式会社見本',
    Section2Value: '総務部',
  }
  const prefixed = (prefix: string) =>
    Object.fromEntries(Object.entries(person).map(([name, value]) => [prefix + name, value]))
  const expected = {
    familyName: '髙橋',
    givenName: '﨑子',
    familyNameKana: 'タカハシ',
    givenNameKana: 'サキコ',
    postalCode: '0600001',
    prefecture: '北海道',
    city: '札幌市架空区',
    address1: '星空町①-2-3',
    address2: null,
    company: '株式会社見本 総務部',
    phone: '011-000-0000',
    emergencyPhone: '090-0000-0000',
  }

  it('are read from Pay and Ship, characters unchanged, postal codes as digits', () => {
    const order = read(
      {},
      { Pay: { ...prefixed('Bill'), BillMailAddress: 'a@example.jp' }, Ship: prefixed('Ship') },
    )
    expect(order.buyer).toEqual({ ...expected, fullName: '髙橋 﨑子', email: 'a@example.jp' })
    expect(order.recipients[0]?.person).toEqual({ ...expected, fullName: '髙橋 﨑子', email: null })
  })

  it('put all lines into the one recipient', () => {
    const order = read({}, { Detail: { TotalPrice: '3000', ShipCharge: '500' } }, [
      { LineId: '1', Title: 'a', UnitPrice: '1000', Quantity: '1' },
      { LineId: '2', Title: 'b', UnitPrice: '1500', Quantity: '1' },
    ])
    expect(order.recipients).toHaveLength(1)
    expect(order.recipients[0]).toMatchObject({ lineIds: ['1', '2'], shippingFee: 500 })
    expect(order.warnings).toEqual([])
  })

  const satellite = (type: string, method: string | null) => ({
    ReceiveSatelliteType: type,
    ...(method === null ? {} : { ReceiveSatelliteMethod: method }),
    ReceiveSatelliteShopCode: '300123',
    ReceiveSatelliteShopName: '架空の場所',
  })
  it.each([
    ['店頭受取', { ReceiveShopType: '1', ReceiveShopCode: 'S001' }, 'shop', 'S001'],
    ['店頭在庫受取', { ReceiveShopType: '2', ReceiveShopCode: 'S001' }, 'shop', 'S001'],
    ['日本郵便自宅外配送', satellite('1', null), 'post_office', '300123'],
    ['郵便局', satellite('1', '1001'), 'post_office', '300123'],
    ['Loppi', satellite('1', '0001'), 'convenience_store', '300123'],
    ['Fami port', satellite('1', '0003'), 'convenience_store', '300123'],
    ['はこぽす', satellite('1', '1100'), 'locker', '300123'],
    ['ヤマト直営店', satellite('3', null), 'carrier_branch', '300123'],
    ['PUDO', satellite('3', '563'), 'locker', '300123'],
    ['コンビニ', satellite('3', '540'), 'convenience_store', '300123'],
  ])('say what kind of place it is: %s', (_, Ship, kind, code) => {
    const order = read({}, { Ship })
    expect(order.recipients[0]?.pickup).toMatchObject({ kind, code })
    expect(order.flags).toContain('pickup')
  })

  it.each([
    ['店頭在庫発送', { ReceiveShopType: '3', ReceiveShopCode: 'S001' }],
    ['none', { ReceiveShopType: '0', ReceiveSatelliteType: '0' }],
  ])('are ordinary addresses: %s', (_, Ship) => {
    const order = read({}, { Ship })
    expect(order.recipients[0]?.pickup).toBeNull()
    expect(order.flags).not.toContain('pickup')
  })

  it('say where to pick up, where to leave, how far it is and which gift it is', () => {
    const order = read(
      {},
      {
        Ship: {
          ReceiveShopType: '1',
          ReceiveShopCode: 'S001',
          ReceiveShopName: '架空店',
          IsEazy: 'true',
          EazyDeliveryCode: '1',
          EazyDeliveryName: '玄関ドア前',
          RemoteAreaShippingType: '2',
          NeedGiftWrap: 'true',
          GiftWrapType: '青い紙',
          GiftWrapMessage: 'おめでとう',
          NeedGiftWrapPaper: 'true',
          GiftWrapPaperType: '御祝',
          GiftWrapName: '髙橋',
          ShipRequestDate: '2026-07-05',
          ShipRequestTime: '14:00～16:00',
        },
      },
    )
    expect(order.recipients[0]).toMatchObject({
      pickup: { kind: 'shop', code: 'S001', name: '架空店' },
      remoteArea: true,
      wish: {
        date: '2026-07-05',
        timeFrom: '14:00',
        timeTo: '16:00',
        timeText: '14:00～16:00',
        dropOff: '玄関ドア前',
      },
      gift: { requested: true, message: 'おめでとう', noshi: '御祝 髙橋', wrappings: [{ name: '青い紙' }] },
    })
    expect(order.gift.requested).toBe(true)
    expect(order.flags).toEqual(expect.arrayContaining(['gift', 'pickup']))
  })

  it('make parcels of tracking numbers', () => {
    const ship = {
      ShipStatus: '3',
      ShipCompanyCode: '1001',
      ShipInvoiceNumber1: '1234-5678-9012',
      ShipInvoiceNumber2: '9',
      ShipDate: '2026-07-02',
    }
    expect(read({}, { Ship: ship }).recipients[0]?.parcels).toEqual([
      {
        id: '1',
        carrierCode: '1001',
        carrierName: 'ヤマト運輸',
        trackingNumber: '1234-5678-9012',
        shippedOn: '2026-07-02',
        arrivedOn: null,
      },
      {
        id: '2',
        carrierCode: '1001',
        carrierName: 'ヤマト運輸',
        trackingNumber: '9',
        shippedOn: '2026-07-02',
        arrivedOn: null,
      },
    ])
    const untracked = { ShipStatus: '3', ShipInvoiceNumberEmptyReason: '105', ShipDate: '2026-07-02' }
    expect(read({}, { Ship: untracked }).recipients[0]?.parcels).toMatchObject([
      { trackingNumber: null, shippedOn: '2026-07-02' },
    ])
    expect(read({}, { Ship: { ShipCompanyCode: '1001' } }).recipients[0]?.parcels).toEqual([])
  })
})
