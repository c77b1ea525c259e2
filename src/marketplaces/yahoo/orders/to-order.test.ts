import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { XmlElement } from '../../kit/xml.ts'
import { NormalisedOrder } from '../../port/order.ts'
import { CANCEL_REASONS, cancelReasonName, paymentKind } from '../codes.ts'
import { ALL_FIELDS, FIELD_GROUPS, FIELD_LIST_MAX_BYTES } from './fields.ts'
import { WireError } from './read-fields.ts'
import { toOrder } from './to-order.ts'
import { paymentStatus } from './to-payment.ts'

type Parts = Partial<Record<'Pay' | 'Ship' | 'Detail', Record<string, string>>>

/** A small order of 1,000 yen; `order` and the groups are merged over it. */
function orderInfo(order: Record<string, string> = {}, parts: Parts = {}, items?: XmlElement[]): XmlElement {
  return {
    OrderId: 'hoshizora-tools-10000123',
    OrderTime: '2026-07-01T09:15:22+09:00',
    OrderStatus: '2',
    ...order,
    Pay: {
      PayStatus: '1',
      SettleStatus: '3',
      PayType: '0',
      PayKind: '6',
      PayMethod: 'payment_a17',
      ...parts.Pay,
    },
    Ship: { ShipStatus: '1', ShipAddress1: '星空町1', ...parts.Ship },
    Detail: { TotalPrice: '1000', ...parts.Detail },
    Item: items ?? [
      { LineId: '1', Title: '星空ランプ', UnitPrice: '1000', Quantity: '1', ItemTaxRatio: '10' },
    ],
  }
}

const read = (...args: Parameters<typeof orderInfo>) =>
  toOrder(orderInfo(...args), { shopCode: 'hoshizora-tools' })
const holdsOf = (...args: Parameters<typeof orderInfo>) => read(...args).holds.map((hold) => hold.kind)

describe('the fields that are asked for', () => {
  it('fit into one call', () => {
    expect(Buffer.byteLength(ALL_FIELDS.join(','))).toBeLessThanOrEqual(FIELD_LIST_MAX_BYTES)
    expect(new Set(ALL_FIELDS).size).toBe(ALL_FIELDS.length)
  })

  it('all arrive in the order, each with the value that it had', () => {
    const values = new Map<string, string>()
    const fill = (group: readonly string[]): Record<string, string> =>
      Object.fromEntries(
        group
          .filter((field) => !SHAPED.has(field))
          .map((field) => {
            const value = FIXED[field] ?? `値${values.size}`
            values.set(field, value)
            return [field, value]
          }),
      )
    const element: XmlElement = {
      ...fill(FIELD_GROUPS.OrderInfo),
      Pay: fill(FIELD_GROUPS.Pay),
      Ship: fill(FIELD_GROUPS.Ship),
      Detail: fill(FIELD_GROUPS.Detail),
      Seller: fill(FIELD_GROUPS.Seller),
      Buyer: fill(FIELD_GROUPS.Buyer),
      Item: [
        {
          ...fill(FIELD_GROUPS.Item),
          ItemOption: [{ Index: '1', Name: '項目名', Value: '選択肢', Price: '30' }],
          Inscription: { Index: '1', Name: '刻印', Value: '名入れ' },
        },
      ],
    }
    const order = toOrder(element, { shopCode: 'hoshizora-tools' })
    expect(NormalisedOrder.parse(order)).toEqual(order)
    const text = JSON.stringify(order)
    const lost = [...values].filter(
      ([field, value]) => !FIXED[field] && !text.includes(JSON.stringify(value).slice(1, -1)),
    )
    expect(lost).toEqual([])
    for (const word of ['項目名', '選択肢', '刻印', '名入れ']) expect(text).toContain(word)
  })

  it('keep what Yahoo! adds one day, at its level', () => {
    const order = read(
      { NewFlag: '7' },
      { Pay: { NewPay: 'a' }, Ship: { NewShip: 'b' }, Detail: { NewDetail: '5' } },
      [
        {
          LineId: '1',
          Title: 'x',
          UnitPrice: '1000',
          Quantity: '1',
          NewItem: 'c',
          NewList: [{ A: '1' }, { A: '2' }],
        },
      ],
    )
    expect(order.mallFields).toMatchObject({ NewFlag: '7', Detail: { NewDetail: '5' } })
    expect(order.payment.mallFields).toMatchObject({ NewPay: 'a' })
    expect(order.recipients[0]?.mallFields).toMatchObject({ NewShip: 'b' })
    expect(order.items[0]?.mallFields).toMatchObject({ NewItem: 'c', NewList: [{ A: '1' }, { A: '2' }] })
  })

  it('are null when they are empty', () => {
    const order = read(
      { StoreStatus: '', BuyerComments: '', UsageId: '' },
      { Pay: { PayDate: '', BillZipCode: '' } },
    )
    expect(order.mallSubStatus).toBeNull()
    expect(order.notes.buyer).toBeNull()
    expect(order.mallFields).toMatchObject({ UsageId: null })
    expect(order.payment.paidAt).toBeNull()
    expect(order.buyer.postalCode).toBeNull()
  })
})

/** Lists, and money that must be a number. */
const SHAPED = new Set(['ItemOption', 'Inscription'])
const FIXED: Record<string, string> = {
  OrderId: 'hoshizora-tools-10000123',
  OrderTime: '2026-07-01T09:15:22+09:00',
  OrderStatus: '2',
  IsReadOnly: '0',
  IsSplit: 'false',
  UnitPrice: '1000',
  Quantity: '2',
  BillZipCode: '060-0001',
  ShipZipCode: '0600001',
  NeedGiftWrap: 'true',
  NeedGiftWrapPaper: 'true',
  IsEazy: 'true',
  IsMallContactlessDelivery: 'false',
  DeviceType: '3',
  ...Object.fromEntries(
    'PayCharge ShipCharge GiftWrapCharge Discount Adjustments UsePoint GiftCardDiscount TotalPrice TotalMallCouponDiscount TotalImmediateBonusAmount'
      .split(' ')
      .map((field) => [field, '0']),
  ),
}

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
      pickup: { kind: '1', code: 'S001', name: '架空店' },
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

describe('money', () => {
  it('adds up by Yahoo!’s formula, empty amounts being zero', () => {
    const order = read(
      {},
      {
        Detail: {
          PayCharge: '330',
          ShipCharge: '550',
          GiftWrapCharge: '220',
          Discount: '100',
          Adjustments: '-50',
          UsePoint: '120',
          GiftCardDiscount: '200',
          TotalMallCouponDiscount: '300',
          TotalImmediateBonusAmount: '10',
          TotalPrice: '5030',
          SettleAmount: '5030',
        },
      },
      [
        { LineId: '1', Title: 'a', UnitPrice: '1980', Quantity: '2', ItemTaxRatio: '10' },
        { LineId: '2', Title: 'b', UnitPrice: '750', Quantity: '1', ItemTaxRatio: '8' },
      ],
    )
    expect(order.warnings).toEqual([])
    expect(order.charges).toEqual({
      goods: 4710,
      shipping: 550,
      cod: 0,
      paymentFee: 330,
      giftWrap: 220,
      adjustment: -50,
      other: 0,
    })
    expect(order.totals).toEqual({ total: 5760, billed: 5030 })
    expect(order.points).toEqual({ used: 120, granted: null })
    expect(order.taxSummary.map(({ rate, total }) => [rate, total])).toEqual([
      [10, 5060],
      [8, 750],
    ])
    expect(
      order.discounts.map(({ kind, borneBy, amount, includedInPrices }) => [
        kind,
        borneBy,
        amount,
        includedInPrices,
      ]),
    ).toEqual([
      ['points', 'buyer', 120, false],
      ['store_discount', 'shop', 100, false],
      ['coupon', 'marketplace', 300, false],
      ['bonus', 'marketplace', 10, false],
      ['gift_card', 'marketplace', 200, false],
    ])
  })

  it('warns of a difference and keeps the order', () => {
    const order = read({}, { Detail: { TotalPrice: '900', SettleAmount: '800' } })
    expect(order.totals.billed).toBe(900)
    expect(order.warnings.map(({ code, expected, actual }) => [code, expected, actual])).toEqual([
      ['TOTAL_DIFFERS', 1000, 900],
      ['SETTLE_AMOUNT_DIFFERS', 900, 800],
    ])
  })

  it('does not take store coupons off again', () => {
    const order = read({ TotalCouponDiscount: '200', UseCouponData: 'C-1' }, {}, [
      {
        LineId: '1',
        Title: 'a',
        UnitPrice: '1000',
        Quantity: '1',
        CouponDiscount: '200',
        OriginalPrice: '1200',
        CouponData: 'C-1',
      },
    ])
    expect(order.warnings).toEqual([])
    expect(order.discounts).toEqual([
      {
        kind: 'coupon',
        borneBy: 'shop',
        name: 'ストアクーポン',
        amount: 200,
        code: 'C-1',
        lineId: '1',
        includedInPrices: true,
      },
    ])
    expect(order.totals).toEqual({ total: 1000, billed: 1000 })
  })

  it('names a store coupon once when the lines do not explain its sum', () => {
    const order = read({ TotalCouponDiscount: '400' }, {}, [
      { LineId: '1', Title: 'a', UnitPrice: '500', Quantity: '2', CouponDiscount: '200' },
    ])
    expect(order.discounts).toMatchObject([{ amount: 400, lineId: null, includedInPrices: true }])
  })

  it('counts the fee of cash on delivery as such', () => {
    const order = read(
      {},
      {
        Pay: { PayMethod: 'payment_d1', PayStatus: '0', SettleStatus: '2' },
        Detail: { PayCharge: '330', TotalPrice: '1330' },
      },
    )
    expect(order.charges).toMatchObject({ cod: 330, paymentFee: 0 })
    expect(order.recipients[0]?.codFee).toBe(330)
  })

  it('shows a negative price and no quantity as warnings', () => {
    const order = read({}, { Detail: { TotalPrice: '-1000' } }, [
      { LineId: '1', Title: 'a', UnitPrice: '-1000', Quantity: '1' },
      { LineId: '1', Title: 'b', UnitPrice: '100', Quantity: '0' },
    ])
    expect(order.warnings.map(({ code }) => code)).toEqual([
      'NEGATIVE_PRICE',
      'QUANTITY_NOT_POSITIVE',
      'LINE_ID_TWICE',
    ])
  })

  it('reads 2,000 lines', () => {
    const items = Array.from({ length: 2000 }, (_, index) => ({
      LineId: String(index + 1),
      Title: 'a',
      UnitPrice: '10',
      Quantity: '1',
    }))
    const order = read({}, { Detail: { TotalPrice: '20000' } }, items)
    expect(order.items).toHaveLength(2000)
    expect(order.warnings).toEqual([])
  })

  it.each<[string, Parameters<typeof orderInfo>]>([
    ['OrderId', [{ OrderId: '' }]],
    ['OrderStatus', [{ OrderStatus: '' }]],
    ['OrderTime', [{ OrderTime: '昨日' }]],
    ['Detail.TotalPrice', [{}, { Detail: { TotalPrice: '' } }]],
    ['Detail.TotalPrice', [{}, { Detail: { TotalPrice: '1,000' } }]],
    ['Detail.ShipCharge', [{}, { Detail: { ShipCharge: '無料' } }]],
    ['Detail.UsePoint', [{}, { Detail: { UsePoint: '1.5' } }]],
    ['Item.UnitPrice', [{}, {}, [{ LineId: '1', UnitPrice: '千円', Quantity: '1' }]]],
    ['Item.UnitPrice', [{}, {}, [{ LineId: '1', UnitPrice: '9999999999999', Quantity: '1' }]]],
    ['Item.Quantity', [{}, {}, [{ LineId: '1', UnitPrice: '1', Quantity: '' }]]],
    ['Item.LineId', [{}, {}, [{ UnitPrice: '1', Quantity: '1' }]]],
    ['Item', [{}, {}, []]],
  ])('refuses an unreadable %s', (field, args) => {
    expect(() => read(...args)).toThrow(WireError)
    expect(() => read(...args)).toThrow(new RegExp(`^${field}:`))
  })

  it('always balances when Yahoo! does', () => {
    const amount = fc.integer({ min: 0, max: 100_000 })
    const parts = fc.record({
      lines: fc.array(fc.tuple(amount, fc.integer({ min: 1, max: 99 })), { minLength: 1, maxLength: 6 }),
      added: fc.record({
        PayCharge: amount,
        ShipCharge: amount,
        GiftWrapCharge: amount,
        Adjustments: fc.integer({ min: -50_000, max: 50_000 }),
      }),
      taken: fc.record({
        Discount: amount,
        UsePoint: amount,
        TotalMallCouponDiscount: amount,
        TotalImmediateBonusAmount: amount,
        GiftCardDiscount: amount,
      }),
    })
    fc.assert(
      fc.property(parts, ({ lines, added, taken }) => {
        const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)
        const goods = sum(lines.map(([price, quantity]) => price * quantity))
        const total = goods + sum(Object.values(added)) - sum(Object.values(taken))
        const texts = Object.fromEntries(
          Object.entries({ ...added, ...taken }).map(([name, value]) => [name, String(value)]),
        )
        const items = lines.map(([price, quantity], index) => ({
          LineId: String(index),
          Title: 'a',
          UnitPrice: String(price),
          Quantity: String(quantity),
        }))
        const order = read({}, { Detail: { ...texts, TotalPrice: String(total) } }, items)
        expect(order.warnings).toEqual([])
        const { goods: stated, shipping, cod, paymentFee, giftWrap, adjustment, other } = order.charges
        expect(order.totals.total).toBe(stated + shipping + cod + paymentFee + giftWrap + adjustment + other)
        const off = order.discounts.filter((discount) => !discount.includedInPrices)
        expect(order.totals.billed).toBe(order.totals.total - sum(off.map((discount) => discount.amount)))
      }),
    )
  })
})

describe('payment', () => {
  it.each([
    ['payment_a1', '0', 'credit_card'],
    ['payment_a6', '5', 'convenience_store'],
    ['payment_a8', '6', 'e_money'],
    ['payment_a9', '2', 'carrier_billing'],
    ['payment_a17', '6', 'wallet'],
    ['payment_a18', '7', 'deferred'],
    ['payment_b1', '3', 'bank_transfer'],
    ['payment_b6', '3', 'bank_transfer'],
    ['payment_c2', '7', 'deferred'],
    ['payment_d1', '4', 'cod'],
    ['payment_e15', '7', 'other'],
    ['payment_h1', '7', 'free'],
    ['payment_z1', '7', 'points'],
    ['payment_a99', '0', 'credit_card'],
    ['payment_e16', '4', 'cod'],
    [null, '5', 'convenience_store'],
    [null, null, 'other'],
  ])('%s with PayKind %s is %s', (method, kind, expected) => {
    expect(paymentKind(method, kind)).toBe(expected)
  })

  it('never looks at the name', () => {
    const names = ['PayPay残高', 'PayPayポイント', 'PayPay残高等', 'クレジットカード']
    const kinds = names.map((PayMethodName) => read({}, { Pay: { PayMethodName } }).payment)
    expect(kinds.map(({ kind }) => kind)).toEqual(['wallet', 'wallet', 'wallet', 'wallet'])
    expect(kinds.map(({ name }) => name)).toEqual(names)
  })

  it.each([
    ['0', '2', 'unpaid'],
    ['0', '1', 'authorised'],
    ['1', '3', 'paid'],
    ['1', '', 'paid'],
    ['0', '5', 'paid'],
    ['1', '6', 'cancelled'],
    ['1', '7', 'refunded'],
    ['0', '8', 'unpaid'],
    ['1', '10', 'unpaid'],
    ['1', '11', 'cancelled'],
    ['', '', 'unknown'],
  ])('PayStatus %s, SettleStatus %s is %s', (pay, settle, expected) => {
    expect(paymentStatus(pay || null, settle || null)).toBe(expected)
  })

  it('reads a combined payment, its due day and the card', () => {
    const { payment } = read(
      {},
      {
        Pay: {
          PayMethodName: 'PayPay残高',
          CombinedPayMethod: 'payment_a1',
          CombinedPayMethodName: 'クレジットカード',
          PaymentTerm: '2026-07-08 23:59:59',
          CardBrand: 'VISA',
          CardNumberLast4: '0007',
          CardPayCount: '3',
          PayActionTime: '2026-07-01T09:15:23+09:00',
        },
      },
    )
    expect(payment).toMatchObject({
      name: 'PayPay残高',
      combinedName: 'クレジットカード',
      dueDate: '2026-07-08',
      cardBrand: 'VISA',
      cardLast4: '0007',
      installments: '3回払い',
      paidAt: '2026-07-01T09:15:23+09:00',
      mallFields: { CombinedPayMethod: 'payment_a1', PaymentTerm: '2026-07-08 23:59:59' },
    })
  })

  it('tells of a method that it does not know, and reads on', () => {
    const unknown: string[] = []
    const order = toOrder(orderInfo({ OrderStatus: '8' }, { Pay: { PayMethod: 'payment_a99' } }), {
      shopCode: 'x',
      onUnknown: (field, code) => unknown.push(`${field} ${code}`),
    })
    expect(unknown).toEqual(['OrderStatus 8', 'PayMethod payment_a99'])
    expect(order.payment.code).toBe('payment_a99')
    expect(order.mallStatus).toEqual({ code: '8', name: null })
    expect(order.holds.map((hold) => hold.kind)).toEqual(['mall_processing'])
  })
})

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
    expect(read({ IsReadOnly: '1' }).holds[0]?.until).toBe('2026-07-01T00:25:22.000Z')
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
      subscription: { kind: 'teiki', id: 'teiki-20260701-hoshizora-tools-abcdefgh', count: 3 },
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

  it('next-day delivery is told apart', () => {
    const express = (code: string) => read({}, { Ship: { ExcellentDelivery: code } }).delivery.express
    expect([express('1'), express('2')]).toEqual([['優良配送'], ['翌日優良配送']])
  })

  it('receipt, whole name, parts of a payment, money given back', () => {
    const order = read(
      {},
      {
        Pay: {
          ...{ NeedReceipt: 'true', BillLastName: '星野', BillFirstName: '小春', SettleStatus: '7' },
          ...{ PayMethodName: 'PayPay残高', CombinedPayMethod: 'payment_a1' },
          ...{ CombinedPayMethodName: 'クレジットカード' },
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
