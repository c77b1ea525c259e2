import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DETAIL_FIELDS, ORDER_FIELDS } from '../../../sandbox/malls/aupay/sim-order.ts'
import { createAupay } from '../../../src/marketplaces/aupay/index.ts'
import { toOrder } from '../../../src/marketplaces/aupay/orders/to-order.ts'
import { WireError } from '../../../src/marketplaces/kit/field-reader.ts'
import { elementsAt, parseXml } from '../../../src/marketplaces/kit/xml.ts'
import { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { changed, ORDER_XML } from './fixtures/order.ts'

const { unknownCodes } = createAupay({ apiUrl: 'https://api.example', requestsPerSecond: 1 })
const read = (xml: string) => {
  const [orderInfo] = elementsAt(parseXml(`<response>${xml}</response>`).content, 'orderInfo')
  if (!orderInfo) throw new Error('no orderInfo')
  return toOrder(orderInfo, '10000001')
}
type Changes = Parameters<typeof changed>
const order = (...changes: Changes) => read(changed(...changes))

describe('a whole order', () => {
  const whole = read(ORDER_XML)

  it('is a normalised order without warnings', () => {
    expect(NormalisedOrder.parse(whole)).toEqual(whole)
    expect(whole.warnings).toEqual([])
    expect(whole.holds).toEqual([])
    expect(whole.flags).toEqual([])
  })

  it('says what was ordered, when and in which state', () => {
    expect(whole).toMatchObject({
      marketplace: 'aupay',
      shopCode: '10000001',
      orderNumber: '300000001',
      orderedAt: '2026-09-03T20:13:00+09:00',
      updatedAt: null,
      device: 'smartphone',
      mallState: 'open',
      mallStatus: { code: '新規受付', name: '新規受付' },
      cancelReason: null,
      subscription: null,
    })
    expect(whole.mallStatuses).toMatchObject({ authorizationStatus: 'Y', paymentStatus: 'N', pgResult: '0' })
    expect(whole.times).toMatchObject({
      authorizationDate: '2026-09-03T20:13:00+09:00',
      authoriTimelimitDate: '2026-10-03',
      releaseDate: null,
    })
  })

  it('knows buyer and recipient', () => {
    expect(whole.buyer).toEqual({
      fullName: '見本 花子',
      familyName: '見本',
      givenName: '花子',
      familyNameKana: 'ミホン',
      givenNameKana: 'ハナコ',
      postalCode: '1000000',
      prefecture: '東京都',
      city: '見本区',
      address1: '見本町1-2-3',
      address2: '見本ビル101',
      company: null,
      phone: '03-0000-0000',
      emergencyPhone: '090-0000-0000',
      email: 'relay-0001@example.jp',
    })
    const [recipient] = whole.recipients
    expect(recipient?.person).toMatchObject({ familyName: '髙橋', prefecture: '大阪府', email: null })
    expect(recipient).toMatchObject({
      lineIds: ['700000001', '700000002'],
      parcels: [],
      shippingFee: 600,
      wish: {
        date: '2026-09-08',
        timeFrom: '14:00',
        timeTo: '16:00',
        timeText: '14:00～16:00',
        dropOff: null,
      },
    })
    expect(recipient?.mallFields).toMatchObject({
      senderName: '髙橋 太郎',
      senderAddress: '大阪府 見本市 見本1-1',
    })
  })

  it('knows each line', () => {
    expect(whole.items[0]).toMatchObject({
      lineId: '700000001',
      recipientId: '1',
      itemCode: 'sample-tee',
      mallItemId: '500000001',
      sku: '-wt',
      name: '見本Tシャツ①',
      options: [
        { name: 'カラー', value: '白', price: null },
        { name: 'サイズ', value: 'M', price: null },
      ],
      unitPrice: 1980,
      taxIncluded: true,
      taxRate: 10,
      quantity: 2,
      subtotal: 3960,
      leadTime: '1～3日以内に発送',
      deleted: false,
    })
    expect(whole.items[1]).toMatchObject({ sku: null, taxRate: 8, options: [] })
    expect(whole.items[0]?.mallFields).toMatchObject({
      beforeDiscount: '2180',
      taxType: '0',
      giftPoint: '36',
    })
  })

  it('adds up by who bears what', () => {
    expect(whole.charges).toEqual({
      goods: 4500,
      shipping: 600,
      cod: 0,
      paymentFee: 0,
      giftWrap: 0,
      adjustment: 0,
      other: 0,
    })
    expect(whole.totals).toEqual({ total: 5100, billed: 4700 })
    expect(whole.points).toEqual({ used: 100, granted: 41 })
    expect(
      whole.discounts.map(({ kind, borneBy, amount, includedInPrices }) => [
        kind,
        borneBy,
        amount,
        includedInPrices,
      ]),
    ).toEqual([
      ['coupon', 'shop', 300, false],
      ['points', 'buyer', 100, false],
      ['bonus', 'marketplace', 200, true],
      ['bonus', 'shop', 50, true],
      ['store_discount', 'shop', 400, true],
    ])
    expect(whole.discounts[0]?.code).toBe('CPN-0001')
    expect(whole.taxSummary).toMatchObject([
      { rate: 10, total: 4560, billed: 4203, taxable: 4203, tax: 382, coupon: 268, points: 89 },
      { rate: 8, total: 540, billed: 497, taxable: 497, tax: 36, coupon: 32, points: 11 },
    ])
  })

  it('knows payment, delivery and notes', () => {
    expect(whole.payment).toMatchObject({
      kind: 'carrier_billing',
      name: 'au PAY（auかんたん決済）',
      status: 'authorised',
      paidAt: null,
      mallFields: { secureSegment: '1', pgOrderId: 'PG0000000001', pgRequestPrice: '4700' },
    })
    expect(whole.delivery).toMatchObject({ methodCode: '1', methodName: '宅配便', shipBy: '2026-09-05' })
    expect(whole.notes).toMatchObject({ buyer: '玄関前に & チャイム不要', shop: '店舗のメモ' })
  })

  it('keeps the texts that it has split', () => {
    expect(whole.mallFields).toMatchObject({
      ordererName: '見本 花子',
      ordererAddress: '東京都 見本区 見本町1-2-3 見本ビル101',
      siteAndDevice: 'au PAY マーケット(SP(アプリ))',
      orderOption: 'のし名入れ=髙橋',
    })
  })

  it.each(ORDER_FIELDS.filter((name) => name !== 'orderDate'))('shows the value of %s', (name) => {
    expect(JSON.stringify(order({ [name]: '987654' }))).toContain('987654')
  })

  it.each(DETAIL_FIELDS)('shows the value of a line’s %s', (name) => {
    expect(JSON.stringify(order({}, { 1: { [name]: '987654' } }).items)).toContain('987654')
  })
})

describe('what the mall varies', () => {
  it('reads an order with nothing but the necessary', () => {
    const bare = read(
      '<orderInfo><orderId>300000001</orderId><orderDate>2026/09/03 20:13</orderDate><totalPrice>540</totalPrice><requestPrice>540</requestPrice><detail><orderDetailId>1</orderDetailId><itemPrice>540</itemPrice><unit>1</unit></detail></orderInfo>',
    )
    expect(NormalisedOrder.parse(bare)).toEqual(bare)
    expect(bare.warnings).toEqual([])
    expect(bare.mallStatus).toEqual({ code: '', name: null })
    expect(bare.holds.map(({ kind }) => kind)).toEqual(['mall_processing'])
    expect(bare.items[0]).toMatchObject({ subtotal: 540, taxRate: null, name: '' })
  })

  it('keeps elements that nobody knows, nested ones too', () => {
    const { mallFields, items } = order(
      { newElement: 'x', group: '<a>1</a><a>2</a>' },
      { 0: { another: 'y' } },
    )
    expect(mallFields).toMatchObject({ newElement: 'x', group: { a: ['1', '2'] } })
    expect(items[0]?.mallFields.another).toBe('y')
  })

  it.each([
    ['0.1', 10],
    ['0.08', 8],
    ['0.10', 10],
    ['10', 10],
    ['8%', 8],
    ['10.0', 10],
    ['0', 0],
    ['軽減', null],
    ['0.0825', null],
  ])('reads the tax rate %s as %s', (taxRate, percent) => {
    const [item] = order({}, { 0: { taxRate } }).items
    expect(item?.taxRate).toBe(percent)
    if (percent === null) expect(item?.mallFields.taxRate).toBe(taxRate)
  })

  it.each([
    [
      'カラー=白&サイズ=M',
      [
        ['カラー', '白'],
        ['サイズ', 'M'],
      ],
    ],
    [
      '名入れ=A&B=C',
      [
        ['名入れ', 'A'],
        ['B', 'C'],
      ],
    ],
    ['刻印=Tom&Jerry', [['刻印', 'Tom&Jerry']]],
    ['式=1=1', [['式', '1=1']]],
    ['そのまま', [['', 'そのまま']]],
    ['&&', []],
  ])('reads the choices %s', (itemOption, pairs) => {
    const [item] = order({}, { 0: { itemOption: itemOption.replaceAll('&', '&amp;') } }).items
    expect(item?.options.map(({ name, value }) => [name, value])).toEqual(pairs)
    expect(item?.mallFields.itemOption).toBe(itemOption)
  })

  it('reads one choice with a fee and several', () => {
    const answerOf = (text: string, price: string) =>
      `<itemOptionCommissionVal><itemOptionCommission>${text}</itemOptionCommission><itemOptionCommissionPrice>${price}</itemOptionCommissionPrice></itemOptionCommissionVal>`
    const group = (content: string) =>
      `<itemOptionCommissionTitle>名入れ</itemOptionCommissionTitle>${content}`
    const single = order({}, { 1: { itemOptionCommissions: group(answerOf('する', '220')) } })
    expect(single.items[1]?.options).toEqual([{ name: '名入れ', value: 'する', price: 220 }])
    const two = order({}, { 1: { itemOptionCommissions: group(answerOf('前', '1') + answerOf('後', '2')) } })
    expect(two.items[1]?.options.map(({ value, price }) => [value, price])).toEqual([
      ['前', 1],
      ['後', 2],
    ])
    expect(order({}, { 1: { itemOptionCommissions: '' } }).items[1]?.options).toEqual([])
  })

  it('puts the gift wishes of the lines together', () => {
    const { gift, flags } = order(
      { totalGiftWrappingPrice: '330', totalPrice: '5430', requestPrice: '5030' },
      {
        0: { giftWrappingType: '青', giftWrappingPrice: '330', giftMessage: 'おめでとう' },
        1: {
          giftWrappingType: 'なし',
          noshiType: '御祝',
          noshiPresenterName1: '髙橋',
          noshiPresenterName2: '山﨑',
        },
      },
    )
    expect(gift).toEqual({
      requested: true,
      message: 'おめでとう',
      noshi: '御祝 髙橋 山﨑',
      wrappings: [{ kind: null, name: '青', price: 330 }],
    })
    expect(flags).toEqual(['gift'])
  })

  it.each(['senderShopCd', 'senderShopCD'])('knows the pick-up store as %s', (name) => {
    const { recipients, flags } = order({ [name]: '1234' })
    expect(recipients[0]?.pickup).toEqual({ kind: null, code: '1234', name: null, address: null })
    expect(flags).toContain('pickup')
  })

  it.each([
    ['2026/09/05', '1', '400000000001', '2026-09-05', 'クロネコヤマト', '400000000001'],
    ['20260905', '9', '-', '2026-09-05', 'その他配送会社', null],
    ['2026-09-05', '8', null, '2026-09-05', null, null],
  ])(
    'reads shipping data %s %s %s',
    (shippingDate, shippingCarrier, shippingNumber, day, carrier, number) => {
      const [recipient] = order({ shippingDate, shippingCarrier, shippingNumber }).recipients
      expect(recipient?.parcels).toEqual([
        {
          id: '1',
          carrierCode: shippingCarrier,
          carrierName: carrier,
          trackingNumber: number,
          shippedOn: day,
          arrivedOn: null,
        },
      ])
    },
  )

  it('has no parcel before there is one', () => {
    expect(order({ shippingCarrier: '1' }).recipients[0]?.parcels).toEqual([])
  })
})

describe('states', () => {
  it.each<[Record<string, string>, string, string[]]>([
    [{ orderStatus: '新規受付' }, 'open', []],
    [{ orderStatus: '新規予約' }, 'open', ['reserve']],
    [{ orderStatus: '予約中' }, 'open', ['reserve']],
    [{ orderStatus: '発送前入金待ち' }, 'open', ['unpaid']],
    [{ orderStatus: '与信待ち' }, 'open', ['unpaid']],
    [{ orderStatus: '発送待ち' }, 'open', []],
    [{ orderStatus: '発送後入金待ち' }, 'shipped', []],
    [{ orderStatus: '完了' }, 'completed', []],
    [{ orderStatus: '保留' }, 'open', ['shop_hold']],
    [{ orderStatus: 'キャンセル' }, 'cancelled', []],
    [{ orderStatus: '発送待ち', cancelStatus: 'C' }, 'cancelled', []],
    [{ orderStatus: 'キャンセル受付中' }, 'open', ['change_pending']],
    [{ orderStatus: '不正取引審査中' }, 'open', ['fraud_check']],
    [{ orderStatus: '審査保留' }, 'open', ['fraud_check']],
    [{ orderStatus: '審査NG' }, 'open', ['fraud_check']],
    [{ orderStatus: '出荷準備中' }, 'open', []],
    [{ orderStatus: '発送待ち', shipStatus: 'Y' }, 'shipped', []],
    [{ orderStatus: '新規受付', sellMethodSegment: '2' }, 'open', ['reserve']],
    [{ orderStatus: '発送待ち', sellMethodSegment: '2' }, 'open', []],
    [{ settlementName: '銀行振込', authorizationStatus: 'N' }, 'open', ['unpaid']],
    [{ settlementName: '銀行振込', authorizationStatus: 'N', orderStatus: '発送待ち' }, 'open', []],
    [{ settlementName: '銀行振込', paymentStatus: 'Y' }, 'open', []],
    [{ settlementName: '代金引換', authorizationStatus: 'N' }, 'open', []],
    [{ pgResult: '1', authorizationStatus: 'N' }, 'open', ['unpaid']],
  ])('%o is %s with holds %o', (changes, state, holds) => {
    const read = order(changes)
    expect(read.mallState).toBe(state)
    expect(read.holds.map(({ kind }) => kind)).toEqual(holds)
    for (const { note } of read.holds) expect(note).toMatch(/[ぁ-ん]/)
  })

  it.each([
    ['1', '1'],
    ['P', 'P'],
    ['取消', '?'],
  ])('holds an order with a line of an unknown cancel status, and tells: %s', (code, known) => {
    const held = order({}, { 1: { itemCancelStatus: code } })
    expect(unknownCodes?.(held)).toMatchObject([{ field: 'itemCancelStatus', code: known }])
    expect(held.holds.map(({ kind }) => kind)).toEqual(['mall_processing'])
    expect(held.holds[0]?.note).toContain(code)
    expect(order({}, { 1: { itemCancelStatus: '' } }).holds).toEqual([])
  })

  it('holds a reservation until its release', () => {
    const read = order({ orderStatus: '新規予約', sellMethodSegment: '2', releaseDate: '2026/10/01' })
    expect(read.holds[0]?.until).toBe('2026-10-01T00:00:00+09:00')
    expect(read.items.map(({ releaseDate }) => releaseDate)).toEqual(['2026-10-01', '2026-10-01'])
    expect(read.subscription?.kind).toBe('reservation')
    expect(read.flags).toContain('reservation')
  })

  it('knows why and when it was cancelled', () => {
    const read = order({
      orderStatus: 'キャンセル',
      cancelStatus: 'C',
      cancelReason: '9',
      cancelComment: '在庫切れのため',
      cancelDate: '2026/09/04 10:00',
    })
    expect(read.cancelReason).toEqual({ code: '9', text: '在庫切れのため' })
    expect(read.times.cancelDate).toBe('2026-09-04T10:00:00+09:00')
    expect(read.flags).toEqual(['cancelled_at_mall'])
  })

  it.each<[string, Record<string, string>]>([
    ['cancel_pending', { orderStatus: 'キャンセル受付中' }],
    ['caution', { orderStatus: '審査NG' }],
    ['custom_status', { orderStatus: '出荷準備中' }],
    ['cross_border', { crossBorderEcTradeKbn: 'R' }],
    ['remarks', { tradeRemarks: '要確認' }],
  ])('marks %s', (flag, changes) => {
    expect(order(changes).flags).toEqual([flag])
  })

  it('tells of codes that no table has and reads the order all the same', () => {
    const told = unknownCodes?.(order({ cancelStatus: 'P', shippingCarrier: '8' }))
    expect(told?.map(({ field, code }) => `${field}=${code}`)).toEqual([
      'cancelStatus=P',
      'shippingCarrier=8',
    ])
  })

  it.each<[string, Record<string, string>, string]>([
    ['authorised', {}, 'authorised'],
    ['paid', { paymentStatus: 'Y', paymentDate: '2026/09/06 10:00' }, 'paid'],
    ['refused by the gateway', { pgResult: '1' }, 'unpaid'],
    ['neither', { authorizationStatus: 'N' }, 'unpaid'],
    ['neither, but released', { authorizationStatus: 'N', orderStatus: '発送待ち' }, 'unknown'],
    [
      'on delivery',
      { settlementName: '代金引換', authorizationStatus: 'N', orderStatus: '発送待ち' },
      'unpaid',
    ],
  ])('payment %s', (_name, changes, status) => {
    expect(order(changes).payment.status).toBe(status)
  })
})

describe('payment words', () => {
  it.each([
    ['au PAY（auかんたん決済）', 'carrier_billing'],
    ['クレジットカード決済', 'credit_card'],
    ['au PAY カード', 'credit_card'],
    ['au PAY 残高', 'wallet'],
    ['銀行振込', 'bank_transfer'],
    ['郵便振替', 'bank_transfer'],
    ['ATM決済', 'bank_transfer'],
    ['銀行ネット決済', 'bank_transfer'],
    ['じぶん銀行決済', 'bank_transfer'],
    ['au Wowma!コンビニ決済', 'convenience_store'],
    ['コンビニ決済', 'convenience_store'],
    ['代金引換', 'cod'],
    ['後払い', 'deferred'],
    ['全額auポイント支払い', 'points'],
    ['auポイントで全額支払う', 'points'],
    ['ポイントで全額支払う', 'points'],
    ['店頭払い', 'other'],
  ])('%s is %s', (settlementName, kind) => {
    expect(order({ settlementName }).payment).toMatchObject({ kind, name: settlementName })
  })

  it('takes chargePrice for the COD fee where that is the payment', () => {
    const fee = { chargePrice: '330', totalPrice: '5430', requestPrice: '5030' }
    expect(order({ ...fee, settlementName: '代金引換' }).charges).toMatchObject({ cod: 330, paymentFee: 0 })
    expect(order(fee).charges).toMatchObject({ cod: 0, paymentFee: 330 })
  })
})

describe('sums that do not fit', () => {
  it.each<[string, Changes]>([
    ['LINE_PRICE_DIFFERS', [{}, { 0: { discount: '100' } }]],
    [
      'LINE_TOTAL_DIFFERS',
      [
        { totalSalePrice: '4501', totalPrice: '5101', requestPrice: '4701' },
        { 0: { totalItemPrice: '3961' } },
      ],
    ],
    ['GOODS_DIFFER', [{ totalSalePrice: '4501', totalPrice: '5101', requestPrice: '4701' }]],
    ['TOTAL_DIFFERS', [{ totalPrice: '5101', requestPrice: '4701' }]],
    ['BILLED_DIFFERS', [{ requestPrice: '4701' }]],
    ['UNITS_DIFFER', [{ totalSaleUnit: '4' }]],
    ['TAX_SUMMARY_DIFFERS', [{ requestPriceReducedTax: '397' }]],
    [
      'NEGATIVE_PRICE',
      [
        { totalSalePrice: '0', totalPrice: '600', requestPrice: '200', requestPriceNormalTax: '-297' },
        { 1: { itemPrice: '-3960', totalItemPrice: '-3960', beforeDiscount: '-3960' } },
      ],
    ],
  ])('%s is a warning, not a refusal', (code, changes) => {
    const { warnings } = order(...changes)
    expect(warnings.map((warning) => warning.code)).toEqual([code])
    expect(warnings[0]?.message).toMatch(/確認してください/)
  })

  it('has wrapping and options among the charges, and goods of the lines that stand where their sum is not told', () => {
    const fees = { totalGiftWrappingPrice: '300', totalItemOptionPrice: '50' }
    const billed = { requestPrice: '5050', requestPriceNormalTax: '4553' }
    const more = order({ ...fees, totalPrice: '5450', ...billed })
    expect(more.charges).toMatchObject({ goods: 4500, giftWrap: 300, other: 50 })
    expect(more.warnings).toEqual([])
    const unsaid = order({ totalSalePrice: '' }, { 1: { itemCancelStatus: 'C' } })
    expect(unsaid.charges.goods).toBe(3960)
  })

  it('compares the parts by rate that the mall gives, and tells a changed amount once', () => {
    const codes = (head: Changes[0]) => order(head).warnings.map(({ code }) => code)
    const none = { requestPriceNormalTax: '', requestPriceReducedTax: '', requestPriceNoTax: '' }
    expect(codes({ ...none })).toEqual([])
    expect(codes({ requestPrice: '4701', requestPriceReducedTax: '397' })).toEqual(['BILLED_DIFFERS'])
    const [warning] = order({ requestPriceReducedTax: '397' }).warnings
    expect(warning).toMatchObject({ field: 'taxSummary', expected: 4700, actual: 4600 })
  })

  it('tells of pieces that differ by their number, at the lines', () => {
    const [warning] = order({ totalSaleUnit: '4' }).warnings
    expect(warning).toMatchObject({ field: 'items', expected: 3, actual: 4 })
    expect(warning?.message).toContain('（計算値 3個、モールの値 4個）')
  })

  it.each([
    ['counts', {}],
    [
      'leaves out',
      {
        totalSalePrice: '3960',
        totalSaleUnit: '2',
        totalPrice: '4560',
        requestPrice: '4160',
        requestPriceReducedTax: '0',
        requestPriceNormalTax: '4160',
      },
    ],
  ])('fits when the mall %s a cancelled line', (_name, sums) => {
    const read = order(sums, { 1: { itemCancelStatus: 'C' } })
    expect(read.warnings).toEqual([])
    expect(read.items[1]?.deleted).toBe(true)
    expect(read.flags).toEqual(['partly_cancelled'])
    const { lineId, quantity, subtotal } = read.items[1] ?? {}
    expect(read.reversals).toEqual([
      { kind: 'partial_cancel', lineId, quantity, amount: subtotal, state: null, at: null, reason: null },
    ])
    expect(read.delivery.shipBy).toBe('2026-09-06')
  })
})

describe('what cannot be read', () => {
  it.each<[string, Changes]>([
    ['orderId', [{ orderId: null }]],
    ['orderId', [{ orderId: 'A-1' }]],
    ['orderDate', [{ orderDate: '昨日' }]],
    ['orderDate', [{ orderDate: '2026/02/30 10:00' }]],
    ['totalPrice', [{ totalPrice: null }]],
    ['requestPrice', [{ requestPrice: '4,700' }]],
    ['detail.itemPrice', [{}, { 1: { itemPrice: '千円' } }]],
    ['detail.unit', [{}, { 0: { unit: null } }]],
    ['detail.unit', [{}, { 0: { unit: '1.5' } }]],
    ['detail.orderDetailId', [{}, { 0: { orderDetailId: '' } }]],
  ])('raises an error that names %s and no value', (field, changes) => {
    const attempt = () => order(...changes)
    expect(attempt).toThrow(WireError)
    expect(attempt).toThrow(new RegExp(`^${field}: `))
  })

  it('refuses an order without lines', () => {
    expect(() => read(changed({}).replace(/<detail>.*<\/detail>/g, ''))).toThrow(/^detail: /)
  })

  it('never raises anything but WireError, whatever the texts', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((s) => s.replace(/[<>&\p{Cc}]/gu, ''))
    const name = fc.constantFrom(
      ...new Set([...ORDER_XML.matchAll(/<(\w+)>/g)].map(([, found = '']) => found)),
    )
    fc.assert(
      fc.property(fc.dictionary(name, text), fc.dictionary(name, text), (head, line) => {
        const skip = ({ detail: _d, orderInfo: _o, ...rest }: Record<string, string>) => rest
        try {
          NormalisedOrder.parse(order(skip(head), { 0: skip(line) }))
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
      { numRuns: 200 },
    )
  })
})
