import { describe, expect, it } from 'vitest'
import { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { toOrder } from '../../../src/marketplaces/rakuten/orders/to-order.ts'
import { sampleOrder } from './fixtures/order.ts'

const SHOP = '654321'
const order = (patch: Record<string, unknown> = {}) => toOrder(sampleOrder(patch), SHOP)
const basket = (patch: Record<string, unknown>) => ({ PackageModelList: [patch] })

describe('the whole order', () => {
  it('is a normalised order without warnings', () => {
    const result = order()
    expect(NormalisedOrder.parse(result)).toEqual(result)
    expect(result.warnings).toEqual([])
    expect(result.holds).toEqual([])
    expect(result).toMatchObject({
      marketplace: 'rakuten',
      shopCode: SHOP,
      orderNumber: '654321-20260703-0000012345',
      orderedAt: '2026-07-03T09:08:07+09:00',
      device: 'smartphone',
      mallState: 'open',
      mallStatus: { code: '300', name: '発送待ち' },
      mallSubStatus: { code: '31', name: '梱包待ち' },
      times: {
        shopOrderCfmDatetime: '2026-07-03T09:10:00+09:00',
        orderFixDatetime: '2026-07-03T09:20:00+09:00',
        shippingInstDatetime: '2026-07-03T09:20:01+09:00',
        shippingCmplRptDatetime: null,
        cancelDueDate: '2026-07-17',
      },
      totals: { total: 4420, billed: 3770 },
      charges: { goods: 3620, shipping: 600, cod: 0, paymentFee: 0, giftWrap: 200, adjustment: 0, other: 0 },
      points: { used: 300, granted: null },
      delivery: { methodName: '宅配便', temperature: '冷蔵', express: ['あすつく', '最強翌日配送'] },
      notes: { shop: '常連のお客様', mail: 'いつもありがとうございます', operator: '担当A' },
      flags: ['gift', 'remote_area', 'express'],
    })
  })

  it('keeps 機種依存文字 as they are', () => {
    const result = order()
    expect(result.buyer.familyName).toBe('髙見')
    expect(result.buyer.givenName).toBe('﨑子')
    expect(result.recipients[0]?.person.familyName).toBe('﨑山')
    expect(result.recipients[0]?.person.address1).toBe('夢見1-2-3 コーポ①号館')
    expect(result.notes.buyer).toContain('①階で')
  })

  it('maps the buyer, who is the orderer, apart from the recipient, who is the "sender"', () => {
    const { buyer, recipients } = order()
    expect(buyer).toMatchObject({ postalCode: '1000999', phone: '03-0123-0000', familyNameKana: 'タカミ' })
    expect(buyer.email).toBe('fedcba9876543210s1@pc.fw.rakuten.ne.jp')
    expect(recipients[0]?.person).toMatchObject({ givenName: null, phone: '0123-0000', email: null })
  })

  it('maps the basket', () => {
    expect(order().recipients).toEqual([
      expect.objectContaining({
        id: '9001',
        lineIds: ['501', '502'],
        parcels: [
          {
            id: '81',
            carrierCode: '1003',
            carrierName: '日本郵便',
            trackingNumber: '123456789012',
            shippedOn: '2026-07-05',
            arrivedOn: null,
          },
        ],
        wish: {
          date: '2026-07-08',
          timeFrom: '14:00',
          timeTo: '16:00',
          timeText: '14時～16時',
          dropOff: 'メーターボックス',
        },
        gift: { requested: true, message: null, noshi: '御礼', wrappings: [] },
        shippingFee: 600,
        codFee: 0,
        pickup: { kind: 'convenience_store', code: '000123', name: '空想店', address: '東京都空想区夢見4-5' },
        remoteArea: true,
        addressPending: false,
      }),
    ])
  })

  it('has all SKUs of a line and trims what stands around the colon of an option', () => {
    const more = { variantId: 'note-1-set', merchantDefinedSkuId: null, skuInfo: 'サイズ : M' }
    const [basket] = (
      sampleOrder() as { PackageModelList: { ItemModelList: { SkuModelList: object[] }[] }[] }
    ).PackageModelList
    const [item, ...others] = basket?.ItemModelList ?? []
    const changed = {
      ...item,
      selectedChoice: '名入れ: あり',
      SkuModelList: [...(item?.SkuModelList ?? []), more],
    }
    const [line] = order({ PackageModelList: [{ ...basket, ItemModelList: [changed, ...others] }] }).items
    expect(line?.sku).toBe('note-1-red')
    expect(line?.options.map(({ name, value }) => `${name}=${value}`)).toEqual([
      ...['色=赤', 'SKU管理番号=note-1-set', 'サイズ=M', '名入れ=あり'],
    ])
  })

  it('a basket that was taken out is no recipient: its lines stay, as deleted', () => {
    const [basket] = (sampleOrder() as { PackageModelList: { ItemModelList: object[] }[] }).PackageModelList
    const removed = {
      ...basket,
      basketId: 9002,
      packageDeleteFlag: 1,
      noshi: '御祝',
      postagePrice: 800,
      ItemModelList: basket?.ItemModelList.map((item, at) => ({ ...item, itemDetailId: 700 + at })),
    }
    const read = order({ severalSenderFlag: 1, PackageModelList: [basket, removed] })
    expect(read.recipients.map(({ id }) => id)).toEqual(['9001'])
    expect(read.items.map(({ deleted }) => deleted)).toEqual([false, false, true, true])
    expect(read.flags).not.toContain('multi_recipient')
    expect(read.gift.noshi).toBe(order().gift.noshi)
    expect(read.charges).toEqual(order().charges)
    expect(read.warnings).toEqual(order().warnings)
    const gone = { ...basket, packageDeleteFlag: 1 }
    expect(order({ orderProgress: 900, PackageModelList: [gone] }).recipients).toHaveLength(1)
  })

  it('郵便局受取 (60) is no convenience store', () => {
    const [basket] = (sampleOrder() as { PackageModelList: { DeliveryCvsModel: object }[] }).PackageModelList
    const DeliveryCvsModel = { ...basket?.DeliveryCvsModel, cvsCode: 60 }
    expect(order({ PackageModelList: [{ ...basket, DeliveryCvsModel }] }).recipients[0]?.pickup?.kind).toBe(
      'post_office',
    )
  })

  it('maps the lines, with tax rates in percent and tax-included subtotals', () => {
    const [note, food] = order().items
    expect(note).toMatchObject({
      lineId: '501',
      recipientId: '9001',
      itemCode: 'note-1',
      mallItemId: '7001',
      sku: 'note-1-red',
      merchantSku: '4900000009991',
      name: '空想ノート①',
      options: [
        { name: '色', value: '赤', price: null },
        { name: '名入れ', value: 'あり', price: null },
        { name: 'のし', value: 'なし', price: null },
      ],
      unitPrice: 1000,
      taxIncluded: true,
      taxRate: 10,
      quantity: 2,
      subtotal: 2000,
      leadTime: '翌日発送',
      deleted: false,
    })
    expect(food).toMatchObject({
      itemCode: 'rice-cracker',
      taxIncluded: false,
      taxRate: 8,
      unitPrice: 500,
      subtotal: 1620,
    })
  })

  it('maps coupons by who bears them, and points as the buyer’s money', () => {
    expect(order().discounts).toEqual([
      expect.objectContaining({
        kind: 'coupon',
        borneBy: 'shop',
        amount: 200,
        code: 'SHOP-0001',
        lineId: '501',
      }),
      expect.objectContaining({ kind: 'coupon', borneBy: 'marketplace', amount: 150, lineId: null }),
      expect.objectContaining({ kind: 'points', borneBy: 'buyer', amount: 300, includedInPrices: false }),
    ])
    const coupons = { CouponModelList: [{ couponCapitalCode: 2 }, { couponCapitalCode: 77 }] }
    expect(order(coupons).discounts.map((discount) => discount.borneBy)).toEqual([
      'manufacturer',
      'unknown',
      'buyer',
    ])
    const unlisted = order({ CouponModelList: null })
    expect(unlisted.discounts.map(({ borneBy, amount }) => [borneBy, amount])).toEqual([
      ['shop', 200],
      ['unknown', 150],
      ['buyer', 300],
    ])
    expect(unlisted.warnings).toEqual([])
  })

  it('maps card payments without more of the number than the mall shows', () => {
    expect(order().payment).toMatchObject({
      kind: 'credit_card',
      code: '1',
      name: 'クレジットカード',
      status: 'authorised',
      dueDate: '2026-07-10',
      cardBrand: 'VISA',
      cardLast4: '4321',
      installments: '分割 3回',
      mallFields: { rpaySettlementFlag: 1, cardOwner: 'SAKIKO TAKAMI', cardYm: '2031-02' },
    })
  })

  it('has no field of the model that is neither mapped nor kept', () => {
    const text = JSON.stringify(order())
    const lost = leaves(sampleOrder()).filter(([path, value]) => !shown(text, path, value))
    expect(lost).toEqual([])
  })

  it('keeps fields that nobody knows yet at the level where they came', () => {
    const result = order({
      newOrderField: 'N1',
      OrdererModel: { newOrdererField: 'N2' },
      SettlementModel: { newSettlementField: 'N3' },
      ...basket({
        newPackageField: 'N4',
        SenderModel: { newSenderField: 'N5' },
        ItemModelList: [{ newItemField: 'N6' }],
      }),
    })
    expect(result.mallFields).toMatchObject({ newOrderField: 'N1', OrdererModel: { newOrdererField: 'N2' } })
    expect(result.payment.mallFields).toMatchObject({ newSettlementField: 'N3' })
    expect(result.recipients[0]?.mallFields).toMatchObject({
      newPackageField: 'N4',
      SenderModel: { newSenderField: 'N5' },
    })
    expect(result.items[0]?.mallFields).toMatchObject({ newItemField: 'N6' })
  })
})

/**
 * Values that are told in another form: times, codes that become words, flags that become marks, zip and
 * phone parts.
 */
function shown(text: string, path: string, value: unknown): boolean {
  const name = path.split('.').at(-1) ?? ''
  if (typeof value === 'string') {
    const time = value.replace(/\+0900$/, '+09:00')
    return (
      [value, time].some((form) => text.includes(JSON.stringify(form).slice(1, -1))) ||
      value.includes('\n') ||
      value.includes('-XXXX-')
    )
  }
  return text.includes(`"${name}":${value}`) || RENAMED.has(name) || text.includes(`"${value}"`)
}

const RENAMED = new Set(
  ['price', 'units', 'deliveryClass', 'usedPoint', 'goodsPrice', 'postagePrice', 'deliveryPrice']
    .concat([
      'paymentCharge',
      'totalPrice',
      'requestPrice',
      'additionalFeeOccurAmountToUser',
      'taxRate',
      'includeTaxFlag',
    ])
    .concat(['deleteItemFlag', 'reqPrice', 'reqPriceTax', 'couponPrice', 'point', 'isolatedIslandFlag']),
)

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (value === null) return []
  if (typeof value !== 'object') return [[path, value]]
  return Object.entries(value).flatMap(([key, entry]) => leaves(entry, path === '' ? key : `${path}.${key}`))
}
