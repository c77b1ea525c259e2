import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOBODY } from '../../../src/marketplaces/kit/order-parts.ts'
import { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { CANCEL_REASONS, cancelReasonName } from '../../../src/marketplaces/yahoo/codes.ts'
import { FIELD_GROUPS } from '../../../src/marketplaces/yahoo/wire.ts'
import { holdsOf, type orderInfo, read } from './fixtures/order-info.ts'

describe('states and holds', () => {
  it.each<[string, Parameters<typeof orderInfo>, string]>([
    ['1', [{ OrderStatus: '1' }], 'open'],
    ['2', [{ OrderStatus: '2' }], 'open'],
    ['3', [{ OrderStatus: '3' }], 'open'],
    ['4', [{ OrderStatus: '4' }], 'cancelled'],
    ['5', [{ OrderStatus: '5' }], 'completed'],
    ['2 shipped', [{}, { Ship: { ShipStatus: '3' } }], 'shipped'],
    ['2 arrived', [{}, { Ship: { ShipStatus: '4' } }], 'shipped'],
    ['4 shipped', [{ OrderStatus: '4' }, { Ship: { ShipStatus: '3' } }], 'cancelled'],
    ['split', [{ IsSplit: 'true', ChildOrderId: 'a-1,a-2' }], 'cancelled'],
  ])('status %s is %s', (_, args, state) => {
    expect(read(...args).mallState).toBe(state)
  })

  it.each<[string, Parameters<typeof orderInfo>, string[]]>([
    ['nothing', [], []],
    ['read-only', [{ IsReadOnly: '1' }], ['buyer_cancel_window']],
    ['fraud review', [{ FraudHoldStatus: '1' }], ['fraud_check']],
    ['review over', [{ FraudHoldStatus: '2' }], []],
    ['fraud', [{ FraudHoldStatus: '3' }], ['fraud_check']],
    ['prank', [{ Suspect: '1' }], ['fraud_check']],
    ['reservation', [{ OrderStatus: '1' }], ['reserve']],
    ['held by the store', [{ OrderStatus: '3' }], ['shop_hold']],
    ['waiting for the next bidder', [{ OrderStatus: '8' }], ['mall_processing']],
    ['unpaid prepayment', [{}, { Pay: { PayType: '1', PayStatus: '0', SettleStatus: '2' } }], ['unpaid']],
    ['paid prepayment', [{}, { Pay: { PayType: '1' } }], []],
    [
      'unpaid cash on delivery',
      [{}, { Pay: { PayMethod: 'payment_d1', PayStatus: '0', SettleStatus: '2' } }],
      [],
    ],
    ['a card without authorisation', [{}, { Pay: { PayStatus: '1', SettleStatus: '10' } }], ['unpaid']],
    ['an expired payment', [{}, { Pay: { PayStatus: '0', SettleStatus: '8' } }], ['unpaid']],
    ['出荷不可 for no other reason', [{}, { Ship: { ShipStatus: '0' } }], ['mall_processing']],
    [
      '出荷不可 of an unpaid order',
      [{}, { Pay: { PayType: '1', PayStatus: '0', SettleStatus: '2' }, Ship: { ShipStatus: '0' } }],
      ['unpaid'],
    ],
    [
      'a LINE gift without its address',
      [{ IsLineGiftOrder: 'true' }, { Ship: { IsLineGiftShippable: 'false' } }],
      ['address_pending'],
    ],
    ['a cancelled order', [{ OrderStatus: '4', IsReadOnly: '1', FraudHoldStatus: '1' }], []],
    ['a split source', [{ IsSplit: 'true', OrderStatus: '3' }], []],
    ['several', [{ IsReadOnly: '1', OrderStatus: '1' }], ['buyer_cancel_window', 'reserve']],
  ])('%s', (_, args, kinds) => {
    expect(holdsOf(...args)).toEqual(kinds)
  })

  it('say until when, where that is known', () => {
    expect(read({ IsReadOnly: '1' }).holds[0]?.until).toBe('2026-07-01T09:25:22+09:00')
    const lines = ['2026-09-01', '2026-10-01'].map((ReleaseDate, index) => ({
      LineId: String(index),
      Title: 'a',
      UnitPrice: '500',
      Quantity: '1',
      ReleaseDate,
    }))
    expect(read({ OrderStatus: '1' }, {}, lines).holds[0]?.until).toBe('2026-10-01T00:00:00+09:00')
  })

  it('mark a split source and name its children', () => {
    const order = read({ IsSplit: 'true', ChildOrderId: 'a-10000001,a-10000002' })
    expect(order.flags).toContain('split_source')
    expect(order.mallStatus.code).toBe('2')
    expect(order.relatedOrders).toEqual([
      { relation: 'child', orderNumber: 'a-10000001' },
      { relation: 'child', orderNumber: 'a-10000002' },
    ])
  })

  it.each(Object.entries(CANCEL_REASONS))('cancel reason %s is %s', (code, text) => {
    expect(read({ OrderStatus: '4', CancelReason: code }).cancelReason).toEqual({ code, text })
  })

  it('reads the buyer’s own cancel, a detail, none and an unknown one', () => {
    expect(cancelReasonName('340')).toBe('購入者によるキャンセル')
    expect(
      read({ OrderStatus: '4', CancelReason: '230', CancelReasonDetail: '仕入先の廃業のため' }).cancelReason
        ?.text,
    ).toBe('ストア都合:その他 仕入先の廃業のため')
    expect(read({ CancelReason: '' }).cancelReason).toBeNull()
    expect(read({ CancelReason: '0' }).cancelReason).toBeNull()
    expect(read({ OrderStatus: '4', CancelReason: '999' }).cancelReason).toEqual({ code: '999', text: null })
  })

  it('carries subscription, store status, times, device and delivery', () => {
    const order = read(
      {
        StoreStatus: '3',
        DeviceType: '4',
        PrintSlipTime: '2026-07-01T10:00:00+09:00',
        LastUpdateTime: '2026-07-01 10:00:01',
      },
      {
        Ship: {
          IsSubscription: 'true',
          SubscriptionId: 'teiki-20260701-hoshizora-tools-abcdefgh',
          SubscriptionContinueCount: '3',
          ArriveType: '2',
          ExcellentDelivery: '1',
          ShipMethod: 'postage1',
          ShipMethodName: '宅配便',
          ShippingDeadline: '2026-07-03',
        },
      },
    )
    expect(order).toMatchObject({
      device: 'tablet',
      updatedAt: '2026-07-01T10:00:01+09:00',
      mallSubStatus: { code: '3', name: null },
      times: { PrintSlipTime: '2026-07-01T10:00:00+09:00', PrintBillTime: null },
      subscription: { kind: 'subscription', id: 'teiki-20260701-hoshizora-tools-abcdefgh', count: 3 },
      delivery: {
        methodCode: 'postage1',
        methodName: '宅配便',
        express: ['あすつく', '優良配送'],
        shipBy: '2026-07-03',
      },
    })
  })

  it('reads JSON fields as JSON and keeps what is none', () => {
    expect(read({ CampaignGiftCards: '[{"id":1}]' }).mallFields.CampaignGiftCards).toEqual([{ id: 1 }])
    expect(read({ CampaignGiftCards: '[{"id":' }).mallFields.CampaignGiftCards).toBe('[{"id":')
  })

  it('takes any text in any lenient field without failing', () => {
    const lenient = [...FIELD_GROUPS.OrderInfo, ...FIELD_GROUPS.Pay, ...FIELD_GROUPS.Ship].filter(
      (field) => !['OrderId', 'OrderTime', 'OrderStatus'].includes(field),
    )
    fc.assert(
      fc.property(fc.constantFrom(...lenient), fc.string(), (field, text) => {
        const group = FIELD_GROUPS.Pay.includes(field)
          ? 'Pay'
          : FIELD_GROUPS.Ship.includes(field)
            ? 'Ship'
            : null
        const order = group ? read({}, { [group]: { [field]: text } }) : read({ [field]: text })
        expect(NormalisedOrder.safeParse(order).success).toBe(true)
      }),
      // Names that every object has from its prototype were once found as a code's meaning.
      {
        examples: [
          ['SettleStatus', 'valueOf'],
          ['PayMethod', 'constructor'],
          ['PayKind', '__proto__'],
          ['ArriveType', 'toString'],
          ['DeviceType', 'valueOf'],
        ],
      },
    )
  })
})

describe('what Yahoo! told since 2023', () => {
  it('holds an order whose payment is only applied for, until the buyer may choose no more', () => {
    const applied = read({}, { Pay: { PayStatus: '0', SettleStatus: '9' } })
    expect(applied.payment.status).toBe('unpaid')
    expect(applied.holds).toEqual([expect.objectContaining({ kind: 'unpaid', until: null })])
    const failed = read(
      {},
      { Pay: { SettleStatus: '10', PayMethodChangeDeadline: '2026-07-08T23:59:59+09:00' } },
    )
    expect(failed.payment.changeUntil).toBe('2026-07-08T23:59:59+09:00')
    expect(failed.holds).toEqual([
      expect.objectContaining({ kind: 'unpaid', until: '2026-07-08T23:59:59+09:00' }),
    ])
  })

  it('a gift order is a gift; only the one by URL waits for its address', () => {
    const typed = read({ SocialGiftType: '2' })
    expect([typed.gift.requested, typed.flags]).toEqual([true, ['gift']])
    const byUrl = read({ SocialGiftType: '1' }, { Ship: { ShipAddress1: '' } })
    expect([byUrl.gift.requested, byUrl.flags]).toEqual([true, ['gift', 'social_gift']])
    expect(byUrl.holds.map(({ kind }) => kind)).toEqual(['address_pending'])
    expect(holdsOf({ SocialGiftType: '2' }, { Ship: { ShipAddress1: '' } })).toEqual([])
  })

  it('the giver of a gift by URL is nobody: Yahoo! puts the store into the place of the buyer', () => {
    const Pay = {
      BillLastName: '架空ストア',
      BillFirstName: 'ソーシャルギフト利用者',
      BillLastNameKana: 'カクウストア',
      BillFirstNameKana: 'ソーシャルギフトリヨウシャ',
      BillPrefecture: '東京都',
      BillPhoneNumber: '03-0000-0000',
      BillMailAddress: 'giver@example.jp',
    }
    const { buyer, payment } = read({ SocialGiftType: '1' }, { Pay })
    expect(buyer).toEqual({ ...NOBODY, email: 'giver@example.jp' })
    expect(payment.mallFields).toMatchObject({ BillLastName: '架空ストア', BillPhoneNumber: '03-0000-0000' })
    const typed = read({ SocialGiftType: '2' }, { Pay: { ...Pay, BillFirstName: '遥' } })
    expect(typed.buyer).toMatchObject({ fullName: '架空ストア 遥', phone: '03-0000-0000' })
  })

  it('next-day delivery is told apart', () => {
    const express = (code: string) => read({}, { Ship: { ExcellentDelivery: code } }).delivery.express
    expect([express('1'), express('2')]).toEqual([['優良配送'], ['翌日優良配送']])
  })

  it('receipt, whole name, parts of a payment, money given back', () => {
    const order = read(
      {},
      {
        Pay: {
          NeedReceipt: 'true',
          BillLastName: '星野',
          BillFirstName: '小春',
          SettleStatus: '7',
          PayMethodName: 'PayPay残高',
          CombinedPayMethod: 'payment_a1',
          CombinedPayMethodName: 'クレジットカード',
        },
        Detail: { PayMethodAmount: '300', CombinedPayMethodAmount: '700' },
      },
    )
    expect(order.receiptWanted).toBe(true)
    expect(order.buyer.fullName).toBe('星野 小春')
    expect(order.payment.parts).toEqual([
      { code: 'payment_a17', name: 'PayPay残高', amount: 300 },
      { code: 'payment_a1', name: 'クレジットカード', amount: 700 },
    ])
    expect(order.reversals).toEqual([expect.objectContaining({ kind: 'refund', state: '7' })])
    expect(read().reversals).toEqual([])
    const sentBack = read({ OrderStatus: '4', CancelReason: '110', CancelReasonDetail: '色違い' })
    expect(sentBack.reversals).toEqual([
      expect.objectContaining({ kind: 'return', state: '110', reason: 'お客様都合:返品 色違い' }),
    ])
    expect(read({ OrderStatus: '4', CancelReason: '100' }).reversals).toEqual([])
    expect(cancelReasonName('400')).toBe('役務連動キャンセル')
  })
})
