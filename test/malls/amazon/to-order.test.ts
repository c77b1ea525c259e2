import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf } from '../../../src/marketplaces/amazon/orders/to-amounts.ts'
import { toOrder } from '../../../src/marketplaces/amazon/orders/to-order.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { shipping } from '../../../src/marketplaces/port/shipping.ts'
import { money, orderWith, plainOrder } from './fixtures/order.ts'

const SHOP = 'AEXAMPLESELLER'
const read = (patch: Record<string, unknown> = {}) => toOrder(orderWith(patch), SHOP)
const codes = (order: NormalisedOrder) => order.warnings.map((warning) => warning.code)
const item = (patch: Record<string, unknown>) => ({ orderItems: [patch] })

/** Order and line say the same amounts. */
const amounts = (total: string, parts: Record<string, string>, more: Record<string, unknown> = {}) => {
  const breakdowns = Object.entries(parts).map(([type, amount]) => ({ type, subtotal: money(amount) }))
  return {
    proceeds: { grandTotal: money(total), breakdowns },
    payment: { paymentExecutions: [{ paymentMethod: 'CreditCard', paymentAmount: money(total) }] },
    orderItems: [{ proceeds: { proceedsTotal: money(total), breakdowns } }],
    ...more,
  }
}

describe('an order with everything', () => {
  const order = read()

  it('is a normalised order without warnings', () => {
    expect(NormalisedOrder.parse(order)).toEqual(order)
    expect(order.warnings).toEqual([])
    expect(order.holds).toEqual([])
    expect(order.flags).toEqual(['gift'])
  })

  it('has the shop, the times in Japan, the status and the dates', () => {
    expect(order).toMatchObject({
      marketplace: 'amazon',
      shopCode: SHOP,
      orderNumber: '250-5013327-8846201',
      orderedAt: '2026-09-01T10:12:44+09:00',
      updatedAt: '2026-09-01T10:43:10+09:00',
      mallState: 'open',
      mallStatus: { code: 'UNSHIPPED', name: '未出荷' },
      delivery: { methodCode: 'STANDARD', methodName: '通常配送', shipBy: '2026-09-03' },
      times: { deliverByLatest: '2026-09-06T23:59:59+09:00' },
    })
  })

  it('has buyer and recipient', () => {
    expect(order.buyer).toMatchObject({
      fullName: '佐久間 遥',
      email: 'q7example0k2@marketplace.amazon.co.jp',
    })
    expect(order.recipients).toHaveLength(1)
    expect(order.recipients[0]).toMatchObject({
      person: {
        fullName: '佐久間 遥',
        postalCode: '2100000',
        prefecture: '神奈川県',
        city: null,
        address1: '川崎市架空区見本町3-14-15',
        address2: 'サンプルハイツ202号室',
        phone: '044-000-0000',
      },
      lineIds: ['58113027746105'],
      wish: { dropOff: '玄関' },
      pickup: null,
      gift: { requested: true, message: 'お誕生日おめでとう', wrappings: [{ name: 'ギフト包装', price: 0 }] },
      mallFields: { deliveryAddress: { countryCode: 'JP', addressType: 'RESIDENTIAL' } },
    })
  })

  it('has lines, charges, points and payment', () => {
    expect(order.items).toMatchObject([
      {
        itemCode: 'TNG-AI-02',
        mallItemId: 'B0EXAMPLE1',
        unitPrice: 1980,
        taxIncluded: true,
        taxRate: null,
        quantity: 2,
        subtotal: 3960,
        deleted: false,
      },
    ])
    expect(order.charges).toMatchObject({ goods: 3960, shipping: 500, cod: 0, giftWrap: 0, other: 0 })
    expect(order.points).toEqual({ used: 0, granted: 40 })
    expect(order.totals).toEqual({ total: 4460, billed: 4460 })
    expect(order.payment).toMatchObject({ kind: 'credit_card', code: 'CreditCard', status: 'authorised' })
  })

  it('keeps what it has no place for', () => {
    const odd = read({
      newField: { a: 1 },
      buyer: { buyerPurchaseOrderNumber: 'PO-1' },
      orderAliases: [{ aliasId: 'X', aliasType: 'SELLER_ORDER_ID' }],
      ...item({ product: { condition: { conditionNote: '箱に傷' } }, newLine: true }),
    })
    expect(odd.mallFields).toMatchObject({
      newField: { a: 1 },
      buyer: { buyerPurchaseOrderNumber: 'PO-1' },
      orderAliases: [{ aliasId: 'X' }],
    })
    expect(odd.items[0]?.mallFields).toMatchObject({
      newLine: true,
      product: { condition: { conditionNote: '箱に傷' } },
    })
  })
})

describe('money', () => {
  it('counts COD, wrapping, discount and unknown parts', () => {
    const order = read(
      amounts('4990', {
        ITEM: '3960',
        SHIPPING: '500',
        COD_FEE: '330',
        GIFT_WRAP: '200',
        DISCOUNT: '-100',
        NEW_FEE: '100',
      }),
    )
    expect(order.charges).toMatchObject({ goods: 3960, shipping: 500, cod: 330, giftWrap: 200, other: 100 })
    expect(order.discounts).toMatchObject([{ amount: 100, lineId: '58113027746105', borneBy: 'unknown' }])
    expect(order.totals).toEqual({ total: 5090, billed: 4990 })
    expect(order.warnings).toEqual([])
  })

  it('splits the tax by rate where every line tells its rate, and else not at all', () => {
    const line = (orderItemId: string, goods: string, tax: string) => ({
      orderItemId,
      proceeds: {
        proceedsTotal: { amount: goods, currencyCode: 'JPY' },
        breakdowns: [
          { type: 'ITEM', subtotal: { amount: goods, currencyCode: 'JPY' } },
          { type: 'TAX', subtotal: { amount: tax, currencyCode: 'JPY' } },
        ],
      },
    })
    const order = (...orderItems: object[]) =>
      read({ ...amounts('3680', { ITEM: '3180', SHIPPING: '500', TAX: '316' }), orderItems })
    const both = order(line('1', '2100', '191'), line('2', '1080', '80'))
    expect(both.taxSummary).toMatchObject([
      { rate: 10, total: 2_600, tax: 236 },
      { rate: 8, total: 1_080, tax: 80 },
    ])
    expect(order(line('1', '2100', '191'), line('2', '1080', '3')).taxSummary).toEqual([])
  })

  it('names the parts of a payment by several means', () => {
    const jpy = (amount: string) => ({ amount, currencyCode: 'JPY' })
    const paid = read({
      payment: {
        paymentExecutions: [
          { paymentMethod: 'CreditCard', paymentAmount: jpy('3000') },
          { paymentMethod: 'GiftCertificate', paymentAmount: jpy('1460') },
        ],
      },
    })
    expect(paid.payment.parts?.map(({ code, amount }) => [code, amount])).toEqual([
      ['CreditCard', 3000],
      ['GiftCertificate', 1460],
    ])
    expect(read({}).payment.parts).toEqual([])
    expect(read({}).delivery.promisedOn).toBe('2026-09-06')
  })

  it('takes a discount with either sign', () => {
    for (const sign of ['', '-']) {
      const order = read(amounts('3860', { ITEM: '3960', DISCOUNT: `${sign}100` }))
      expect(order.discounts).toMatchObject([{ amount: 100 }])
      expect(order.warnings).toEqual([])
    }
  })

  it('takes off what was paid with points or a gift card, which is not collected again', () => {
    const order = read({
      payment: {
        paymentExecutions: [
          { paymentMethod: 'PointsAccount', paymentAmount: money('400') },
          { paymentMethod: 'CashOnDelivery', paymentAmount: money('4060') },
        ],
      },
    })
    expect(order.payment).toMatchObject({ kind: 'cod', name: '代金引換', status: 'unpaid' })
    expect(order.points.used).toBe(400)
    expect(order.totals).toEqual({ total: 4460, billed: 4060 })
    expect(order.discounts).toMatchObject([{ kind: 'points', borneBy: 'buyer', amount: 400 }])
    expect(order.warnings).toEqual([])
  })

  const withTax = (total: string) => {
    const breakdowns = [
      { type: 'ITEM', subtotal: money('3960') },
      { type: 'SHIPPING', subtotal: money('500') },
      {
        type: 'TAX',
        subtotal: money('446'),
        detailedBreakdowns: [
          { subtype: 'ITEM', value: money('396') },
          { subtype: 'SHIPPING', value: money('50') },
        ],
      },
    ]
    return {
      ...amounts(total, {}),
      proceeds: { grandTotal: money(total), breakdowns },
      orderItems: [{ proceeds: { proceedsTotal: money(total), breakdowns } }],
    }
  }

  it('adds a tax that comes on top', () => {
    const order = read(withTax('4906'))
    expect(order.items[0]).toMatchObject({ taxIncluded: false, taxRate: 10, unitPrice: 1980, subtotal: 4356 })
    expect(order.charges).toMatchObject({ goods: 4356, shipping: 550 })
    expect(order.warnings).toEqual([])
  })

  it('takes a tax for part of the prices when the total fits neither way, and says that it does not fit', () => {
    const order = read(withTax('4907'))
    expect(order.items[0]).toMatchObject({ taxIncluded: true, subtotal: 3960 })
    expect(order.charges).toMatchObject({ goods: 3960, shipping: 500 })
    expect(codes(order)).toContain('TOTAL_DIFFERS')
  })

  it('leaves a tax that is in the prices where it is', () => {
    const order = read(withTax('4460'))
    expect(order.items[0]).toMatchObject({ taxIncluded: true, subtotal: 3960 })
    expect(order.charges).toMatchObject({ goods: 3960, shipping: 500 })
    expect(order.warnings).toEqual([])
  })

  it('tells a tax rate only when one rate alone fits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 1_000_000 }),
        fc.constantFrom(8, 10),
        fc.boolean(),
        (goods, rate, onTop) => {
          const tax = Math.floor((goods * rate) / (onTop ? 100 : 100 + rate))
          expect(rateOf(goods, tax, onTop)).toBe(rate)
        },
      ),
    )
    expect(rateOf(10, 1, true)).toBeNull()
    expect(rateOf(1000, 50, true)).toBeNull()
    expect(rateOf(1000, 0, true)).toBeNull()
  })

  it('sums lines where the order has no breakdowns, and prices where the lines have none', () => {
    const order = read({ proceeds: { breakdowns: [] }, ...item({ proceeds: { breakdowns: [] } }) })
    expect(order.charges).toMatchObject({ goods: 3960, shipping: 0 })
    expect(codes(order)).toEqual(['TOTAL_DIFFERS'])
  })

  it('warns of sums that differ', () => {
    expect(codes(read({ proceeds: { grandTotal: money('5000') } }))).toEqual([
      'TOTAL_DIFFERS',
      'PAYMENT_DIFFERS',
    ])
    expect(codes(read(item({ product: { price: { unitPrice: money('1000') } } })))).toEqual(['LINE_DIFFERS'])
    expect(codes(read(item({ fulfillment: { quantityUnfulfilled: 1 } })))).toEqual(['QUANTITY_DIFFERS'])
  })

  it('holds an order whose amounts are missing', () => {
    const bare = { ...plainOrder, proceeds: null, payment: null }
    const order = toOrder(
      { ...bare, orderItems: [{ orderItemId: '1', quantityOrdered: 1, product: { title: 'x' } }] },
      SHOP,
    )
    expect(order.holds).toMatchObject([{ kind: 'amount_pending' }])
    expect(codes(order)).toEqual(['AMOUNT_MISSING'])
  })

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a price that is no number',
      item({ product: { price: { unitPrice: money('一万円') } } }),
      'unitPrice.amount',
    ],
    ['half a yen', item({ product: { price: { unitPrice: money('10.5') } } }), 'unitPrice.amount'],
    ['another currency', { proceeds: { grandTotal: { amount: '10', currencyCode: 'USD' } } }, 'currencyCode'],
    ['an endless amount', { proceeds: { grandTotal: money('999999999999') } }, 'grandTotal'],
    ['a quantity that is none', item({ quantityOrdered: '2' }), 'quantityOrdered'],
    ['no line id', item({ orderItemId: '' }), 'orderItemId'],
    ['no time', { createdTime: '昨日' }, 'createdTime'],
  ])('refuses %s, naming the field and no value', (_name, patch, field) => {
    const failure = (() => {
      try {
        return read(patch)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(MarketplaceFailure)
    expect(failure).toMatchObject({ kind: 'malformed', message: expect.stringContaining(field) })
    expect((failure as MarketplaceFailure).message).not.toContain('佐久間')
    expect((failure as MarketplaceFailure).raw).toContain('250-5013327-8846201')
  })

  it('takes decimals of nothing and keeps a negative price as a warning', () => {
    expect(read(amounts('3960.00', { ITEM: '3960.00' })).totals.billed).toBe(3960)
    expect(codes(read(item({ product: { price: { unitPrice: money('-1980') } } })))).toContain(
      'NEGATIVE_PRICE',
    )
  })
})

describe('states', () => {
  it.each([
    ['UNSHIPPED', 'open', 'authorised'],
    ['PARTIALLY_SHIPPED', 'open', 'authorised'],
    ['SHIPPED', 'shipped', 'paid'],
    ['CANCELLED', 'cancelled', 'cancelled'],
  ])('%s is %s, payment %s', (fulfillmentStatus, mallState, status) => {
    const order = read({ fulfillment: { fulfillmentStatus } })
    expect(order.mallState).toBe(mallState)
    expect(order.payment.status).toBe(status)
    expect(order.flags.includes('cancelled_at_mall')).toBe(mallState === 'cancelled')
  })

  it('keeps a status it does not know, and holds the order', () => {
    const order = read({ fulfillment: { fulfillmentStatus: 'ON_THE_MOON' } })
    expect(order).toMatchObject({ mallState: 'open', mallStatus: { code: 'ON_THE_MOON', name: null } })
    expect(order.holds).toMatchObject([{ kind: 'mall_processing' }])
    expect(codes(order)).toEqual(['UNKNOWN_STATUS'])
  })

  it('holds an order that its buyer wants to cancel', () => {
    const order = read(
      item({ cancellation: { cancellationRequest: { requester: 'BUYER', cancelReason: 'x' } } }),
    )
    expect(order.mallState).toBe('open')
    expect(order.holds).toMatchObject([{ kind: 'change_pending' }])
    expect(order.flags).toContain('cancel_requested')
  })

  it('tells who cancelled an order, and keeps its lines', () => {
    const order = read({
      fulfillment: { fulfillmentStatus: 'CANCELLED' },
      ...item({
        cancellation: { cancellationExecution: { cancelledBy: 'BUYER', cancelReason: 'BUYER_CANCELED' } },
      }),
    })
    expect(order.cancelReason).toEqual({ code: 'BUYER', text: 'BUYER_CANCELED' })
    expect(order.items).toMatchObject([{ deleted: false, quantity: 2 }])
  })

  describe('a cancelled line of an order that lives on', () => {
    const cancellation = { cancellationExecution: { cancelledBy: 'SELLER', cancelReason: 'NO_INVENTORY' } }
    const gone = { quantityFulfilled: 0, quantityUnfulfilled: 0 }
    const kept = {
      orderItemId: '2',
      quantityOrdered: 1,
      cancellation,
      fulfillment: gone,
      product: { price: { unitPrice: { amount: '1200', currencyCode: 'JPY' } } },
      proceeds: {
        proceedsTotal: { amount: '1200', currencyCode: 'JPY' },
        breakdowns: [{ type: 'ITEM', subtotal: { amount: '1200', currencyCode: 'JPY' } }],
      },
    }
    const without = {
      ...kept,
      quantityOrdered: 0,
      product: { price: null },
      proceeds: { proceedsTotal: null, breakdowns: [] },
    }

    it.each([
      ['without pieces and proceeds', without, '4460', '3960'],
      ['with its proceeds, which the order has no more', kept, '4460', '3960'],
      ['with its proceeds, in the order’s sums too', kept, '5660', '5160'],
      ['with its proceeds, of which the total has none', kept, '4460', '5160'],
    ])('%s holds nothing up and counts in no sum', (_, line, total, goods) => {
      const order = read({ ...amounts(total, { ITEM: goods, SHIPPING: '500' }), orderItems: [{}, line] })
      expect(order.items.map(({ deleted }) => deleted)).toEqual([false, true])
      expect(order.holds).toEqual([])
      expect(order.charges).toMatchObject({ goods: 3960, shipping: 500 })
      expect(order.totals).toEqual({ total: 4460, billed: 4460 })
      expect(order.warnings.filter(({ code }) => code !== 'PAYMENT_DIFFERS')).toEqual([])
    })

    it('counts in no tax either', () => {
      const taxed = (amount: string, tax: string) => ({
        proceedsTotal: { amount, currencyCode: 'JPY' },
        breakdowns: [
          { type: 'ITEM', subtotal: { amount, currencyCode: 'JPY' } },
          { type: 'TAX', subtotal: { amount: tax, currencyCode: 'JPY' } },
        ],
      })
      const order = read({
        proceeds: { grandTotal: { amount: '1100', currencyCode: 'JPY' }, breakdowns: [] },
        payment: null,
        orderItems: [{ proceeds: taxed('1100', '100') }, { ...kept, proceeds: taxed('1200', '109') }],
      })
      expect(order.taxSummary.map(({ rate, total, tax }) => [rate, total, tax])).toEqual([[10, 1100, 100]])
    })
  })

  it('marks a line that was cancelled out of an order that lives on', () => {
    const lines = [
      {},
      {
        orderItemId: '2',
        quantityOrdered: 0,
        cancellation: { cancellationExecution: { cancelledBy: 'MERCHANT' } },
      },
    ]
    const order = read({ orderItems: lines })
    expect(order.items.map((line) => line.deleted)).toEqual([false, true])
    expect(order.reversals).toEqual([
      {
        kind: 'partial_cancel',
        lineId: '2',
        quantity: null,
        amount: null,
        state: 'MERCHANT',
        at: null,
        reason: null,
      },
    ])
    const whole = read({ orderItems: lines, fulfillment: { fulfillmentStatus: 'CANCELLED' } })
    expect(whole.reversals).toEqual([])
  })

  it('reads parcels', () => {
    const order = read({
      fulfillment: { fulfillmentStatus: 'SHIPPED' },
      packages: [
        {
          packageReferenceId: '1',
          packageStatus: { status: 'SHIPPED' },
          carrier: 'YAMATO',
          shipTime: '2026-09-02T16:00:00Z',
          trackingNumber: '400000000000',
          packageItems: [{ orderItemId: '58113027746105', quantity: 2 }],
        },
      ],
    })
    expect(order.recipients[0]?.parcels).toEqual([
      {
        id: '1',
        carrierCode: 'YAMATO',
        carrierName: 'ヤマト運輸',
        trackingNumber: '400000000000',
        shippedOn: '2026-09-03',
        arrivedOn: null,
        lines: [{ lineId: '58113027746105', quantity: 2 }],
      },
    ])
    expect(order.mallStatuses.packageStatus).toBe('SHIPPED')
    expect(order.recipients[0]?.mallFields.packages).toHaveLength(1)
  })

  it('reads no parcel of a package that was taken back: its goods are still to leave', () => {
    const order = read({
      fulfillment: { fulfillmentStatus: 'UNSHIPPED' },
      packages: [
        {
          packageReferenceId: '1',
          packageStatus: { status: 'CANCELLED' },
          carrier: 'YAMATO',
          shipTime: '2026-09-02T16:00:00Z',
          trackingNumber: '400000000000',
          packageItems: [],
        },
      ],
    })
    expect([order.mallState, shipping(order).state]).toEqual(['open', 'none'])
    expect(order.recipients[0]?.parcels).toEqual([])
    expect(order.recipients[0]?.mallFields.packages).toHaveLength(1)
  })
})

describe('what varies', () => {
  it('says which role is missing when name and address do not come', () => {
    const order = toOrder(
      { ...plainOrder, buyer: undefined, recipient: { deliveryAddress: { postalCode: '210-0000' } } },
      SHOP,
    )
    expect(codes(order)).toEqual(['AMAZON_PII_MISSING'])
    expect(order.warnings[0]?.message).toContain('Direct-to-Consumer Shipping')
    expect(order.recipients[0]).toMatchObject({
      addressPending: true,
      person: { familyName: null, postalCode: '2100000' },
    })
    expect(order.holds.map((hold) => hold.kind)).toEqual(['address_pending'])
  })

  it.each(['CANCELLED', 'SHIPPED'])('does not miss a name once an order is %s', (fulfillmentStatus) => {
    const order = toOrder(
      { ...orderWith({ fulfillment: { fulfillmentStatus } }), recipient: undefined },
      SHOP,
    )
    expect(codes(order)).toEqual([])
    expect(order.holds).toEqual([])
    expect(order.recipients[0]?.addressPending).toBe(false)
  })

  it.each([
    ['ConvenienceStore', 'convenience_store', 'paid', 'コンビニ払い'],
    ['CashOnDelivery', 'cod', 'unpaid', '代金引換'],
    ['Invoice', 'invoice', 'authorised', '請求書払い'],
    ['Moonstones', 'other', 'authorised', 'Moonstones'],
  ])('reads payment %s as %s, %s', (paymentMethod, kind, status, name) => {
    const order = read({ payment: { paymentExecutions: [{ paymentMethod }] } })
    expect(order.payment).toMatchObject({ kind, status, name, code: paymentMethod })
  })

  it('sees COD by its fee where the payment is not named', () => {
    const order = read({ ...amounts('4290', { ITEM: '3960', COD_FEE: '330' }), payment: null })
    expect(order.payment).toMatchObject({ kind: 'cod', code: null, status: 'unpaid' })
  })

  it('reads a pick-up point', () => {
    const order = read({
      recipient: { deliveryAddress: { addressType: 'PICKUP_POINT', companyName: '見本マート架空店' } },
    })
    expect(order.recipients[0]?.pickup).toMatchObject({ kind: 'pickup_point', name: '見本マート架空店' })
    expect(order.flags).toContain('pickup')
  })

  it('reads a wished day with and without a band', () => {
    const wish = (earliestDateTime: string, latestDateTime: string) =>
      read(
        item({
          fulfillment: { shipping: { scheduledDeliveryWindow: { earliestDateTime, latestDateTime } } },
        }),
      ).recipients[0]?.wish
    expect(wish('2026-09-05T05:00:00Z', '2026-09-05T07:00:00Z')).toMatchObject({
      date: '2026-09-05',
      timeFrom: '14:00',
      timeTo: '16:00',
    })
    expect(wish('2026-09-04T15:00:00Z', '2026-09-05T14:59:59Z')).toMatchObject({
      date: '2026-09-05',
      timeFrom: null,
    })
  })

  it('puts every part of an address on the label, and says where one is unusual', () => {
    const deliveryAddress = { stateOrRegion: '北海道', districtOrCounty: '見本郡', municipality: '架空町' }
    const county = read({ recipient: { deliveryAddress: { ...deliveryAddress, addressLine1: '1-2' } } })
    expect(county.recipients[0]?.person).toMatchObject({ city: '見本郡架空町', address1: '1-2' })
    expect(codes(county)).toEqual(['AMAZON_ADDRESS_PARTS'])
    const ward = read({
      recipient: {
        deliveryAddress: {
          city: '架空市',
          districtOrCounty: '見本区',
          municipality: '架空市',
          addressLine1: '3',
        },
      },
    })
    expect(ward.recipients[0]?.person.city).toBe('架空市見本区')
    const said = read({
      recipient: {
        deliveryAddress: { city: '架空市', districtOrCounty: '見本区', addressLine1: '見本区3-4' },
      },
    })
    expect(said.recipients[0]?.person).toMatchObject({ city: '架空市', address1: '見本区3-4' })
    expect(codes(said)).toEqual([])
  })

  it('marks what the carrier has to check at the door', () => {
    const shippingConstraints = {
      recipientAgeVerification: 'MANDATORY',
      recipientIdentityVerification: 'MANDATORY',
      signatureConfirmation: 'MANDATORY',
    }
    const { flags } = read(item({ fulfillment: { shipping: { shippingConstraints } } }))
    expect(flags).toEqual(['gift', 'age_check', 'identity_check', 'signature'])
  })

  it('marks programmes, relations and FBA', () => {
    const order = read({
      programs: ['PRIME', 'AMAZON_BUSINESS'],
      associatedOrders: [{ orderId: '249-0000000-0000001', associationType: 'REPLACEMENT_ORIGINAL_ID' }],
      fulfillment: { fulfilledBy: 'AMAZON', fulfillmentServiceLevel: 'NEXT_DAY' },
      ...item({ programs: ['SUBSCRIBE_AND_SAVE'] }),
    })
    expect(order.flags).toEqual(
      expect.arrayContaining(['prime', 'business', 'fba', 'express', 'subscription']),
    )
    expect(order.delivery.express).toEqual(['翌日配送', 'プライム'])
    expect(order.relatedOrders).toEqual([{ relation: 'replacement_of', orderNumber: '249-0000000-0000001' }])
    expect(order.subscription?.kind).toBe('subscription')
    expect(order.holds).toMatchObject([{ kind: 'mall_processing' }])
  })

  it('never throws anything but a failure, whatever a field that does not matter holds', () => {
    const junk = fc.jsonValue({ maxDepth: 2 })
    const fields = [
      'programs',
      'buyer',
      'recipient',
      'packages',
      'associatedOrders',
      'tax',
      'fulfillment',
    ] as const
    fc.assert(
      fc.property(fc.constantFrom(...fields), junk, (field, value) => {
        const order = toOrder({ ...plainOrder, [field]: value }, SHOP)
        expect(NormalisedOrder.parse(order)).toEqual(order)
        expect(order.totals.billed).toBe(4460)
      }),
    )
  })
})
