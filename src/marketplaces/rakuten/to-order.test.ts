import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeDeep } from '../../sandbox/merge.ts'
import { MarketplaceFailure } from '../failures.ts'
import { NormalisedOrder } from '../order.ts'
import { sampleOrder } from './fixtures/order.ts'
import { toOrder } from './to-order.ts'

const SHOP = '654321'
const order = (patch: Record<string, unknown> = {}) => toOrder(sampleOrder(patch), SHOP)
const basket = (patch: Record<string, unknown>) => ({ PackageModelList: [patch] })
const settlement = (settlementMethodCode: number, more: Record<string, unknown> = {}) => ({
  SettlementModel: { settlementMethodCode, settlementMethod: '支払' },
  ...more,
})

function failureOf(patch: Record<string, unknown>): MarketplaceFailure {
  try {
    order(patch)
  } catch (error) {
    if (error instanceof MarketplaceFailure) return error
    throw error
  }
  throw new Error('not refused')
}

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
      charges: { goods: 3700, shipping: 600, cod: 0, paymentFee: 0, giftWrap: 200, adjustment: 0, other: 0 },
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
    expect(food).toMatchObject({ itemCode: 'rice-cracker', taxIncluded: false, taxRate: 8, unitPrice: 500, subtotal: 1620 })
  })

  it('maps coupons by who bears them, and points as the buyer’s money', () => {
    expect(order().discounts).toEqual([
      expect.objectContaining({ kind: 'coupon', borneBy: 'shop', amount: 200, code: 'SHOP-0001', lineId: '501' }),
      expect.objectContaining({ kind: 'coupon', borneBy: 'marketplace', amount: 150, lineId: null }),
      expect.objectContaining({ kind: 'points', borneBy: 'buyer', amount: 300, includedInPrices: false }),
    ])
    const coupons = { CouponModelList: [{ couponCapitalCode: 2 }, { couponCapitalCode: 77 }] }
    expect(order(coupons).discounts.map((discount) => discount.borneBy)).toEqual(['manufacturer', 'unknown', 'buyer'])
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
      ...basket({ newPackageField: 'N4', SenderModel: { newSenderField: 'N5' }, ItemModelList: [{ newItemField: 'N6' }] }),
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

/** Values that are told in another form: times, codes that become words, flags that become marks, zip and phone parts. */
function shown(text: string, path: string, value: unknown): boolean {
  const name = path.split('.').at(-1) ?? ''
  if (typeof value === 'string') {
    const time = value.replace(/\+0900$/, '+09:00')
    return [value, time].some((form) => text.includes(JSON.stringify(form).slice(1, -1))) || value.includes('\n') || value.includes('-XXXX-')
  }
  return text.includes(`"${name}":${value}`) || RENAMED.has(name) || text.includes(`"${value}"`)
}

const RENAMED = new Set(['price', 'units', 'deliveryClass', 'usedPoint', 'goodsPrice', 'postagePrice', 'deliveryPrice']
  .concat(['paymentCharge', 'totalPrice', 'requestPrice', 'additionalFeeOccurAmountToUser', 'taxRate', 'includeTaxFlag'])
  .concat(['deleteItemFlag', 'reqPrice', 'reqPriceTax', 'couponPrice', 'point', 'isolatedIslandFlag']))

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (value === null) return []
  if (typeof value !== 'object') return [[path, value]]
  return Object.entries(value).flatMap(([key, entry]) => leaves(entry, path === '' ? key : `${path}.${key}`))
}

describe('versions of getOrder', () => {
  const without = (fields: { order?: string[]; basket?: string[]; item?: string[] }) => {
    const model = structuredClone(sampleOrder()) as Record<string, never>
    for (const field of fields.order ?? []) delete model[field]
    for (const entry of model.PackageModelList as unknown as Record<string, unknown>[]) {
      for (const field of fields.basket ?? []) delete entry[field]
      for (const line of entry.ItemModelList as Record<string, unknown>[]) {
        for (const field of fields.item ?? []) delete line[field]
      }
    }
    return toOrder(model, SHOP)
  }

  it('reads version 3, which lacks most of what came later and has goodsTax', () => {
    const result = without({
      order: ['socialGiftFlag', 'deliveryCertPrgFlag', 'oneDayOperationFlag', 'cautionDisplayDetailType'].concat([
        'receiptIssueCount',
        'receiptIssueHistoryList',
        'DueDateModelList',
      ]),
      basket: ['dropOffFlag', 'dropOffLocation', 'SocialGiftModel', 'defaultDeliveryCompanyCode'],
      item: ['SkuModelList', 'isSingleItemShipping'],
    })
    expect(NormalisedOrder.parse(result)).toEqual(result)
    expect(result.items[0]).toMatchObject({ sku: null, merchantSku: null })
    expect(result.recipients[0]?.wish.dropOff).toBeNull()
    expect(result.payment.dueDate).toBeNull()
    expect(result.warnings).toEqual([])
    expect(order({ goodsTax: 12, isTaxRecalc: 1 }).mallFields).toMatchObject({ goodsTax: 12, isTaxRecalc: 1 })
  })

  it('takes null, empty and absent lists alike', () => {
    const lists = ['CouponModelList', 'ChangeReasonModelList', 'TaxSummaryModelList', 'DueDateModelList']
    const free = { couponAllTotalPrice: 0, couponShopPrice: 0, couponOtherPrice: 0, requestPrice: 4120 }
    for (const empty of [null, []]) {
      const result = order({ ...free, ...Object.fromEntries(lists.map((list) => [list, empty])) })
      expect(result.warnings).toEqual([])
      expect(result.taxSummary).toEqual([])
    }
    expect(without({ order: lists }).taxSummary).toEqual([])
    expect(order({ PointModel: null, SettlementModel: null, DeliveryModel: null }).payment.kind).toBe('other')
  })
})

describe('what must not ship', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['100 by card', { orderProgress: 100 }, ['mall_processing']],
    ['200 by card', { orderProgress: 200 }, ['mall_processing']],
    ['200 by bank transfer', settlement(9, { orderProgress: 200 }), ['unpaid']],
    ['100 at the convenience store', settlement(13, { orderProgress: 100 }), ['unpaid']],
    ['200 prepaid, all in points', settlement(9, { orderProgress: 200, requestPrice: 0 }), ['mall_processing']],
    ['300', { orderProgress: 300 }, []],
    ['300 by bank transfer', settlement(9), []],
    ['400', { orderProgress: 400 }, ['change_pending']],
    ['fraud check', { rakutenConfirmFlag: 1 }, ['fraud_check']],
    ['reservation', { orderType: 6, reserveNumber: 'R-1' }, ['reserve']],
    ['unfixed amount', { requestPrice: -9999 }, ['amount_pending']],
    ['social gift', basket({ SocialGiftModel: { inputFlag: 0, inputDueDate: '2026-07-20' } }), ['address_pending']],
    ['social gift, older version', basket({ SenderModel: { zipCode1: '999', zipCode2: '9999' } }), ['address_pending']],
    ['unknown status', { orderProgress: 350 }, ['mall_processing']],
    ['shipped', { orderProgress: 500, rakutenConfirmFlag: 1 }, []],
    ['cancelled', { orderProgress: 900, requestPrice: -9999 }, []],
  ])('%s', (_name, patch, kinds) => {
    expect(order(patch).holds.map((hold) => hold.kind)).toEqual(kinds)
  })

  it('says until when, where the mall does', () => {
    const gift = order(basket({ SocialGiftModel: { inputFlag: 0, inputDueDate: '2026-07-20' } }))
    expect(gift.holds[0]?.until).toBe('2026-07-20T23:59:59+09:00')
    expect(gift.recipients[0]?.addressPending).toBe(true)
    expect(order(settlement(9, { orderProgress: 200 })).holds[0]?.until).toBe('2026-07-10T23:59:59+09:00')
  })
})

describe('status', () => {
  it.each<[number, string, string]>([
    [100, 'open', '注文確認待ち'],
    [200, 'open', '楽天処理中'],
    [400, 'open', '変更確定待ち'],
    [500, 'shipped', '発送済'],
    [600, 'shipped', '支払手続き中'],
    [700, 'completed', '支払手続き済'],
    [800, 'cancelled', 'キャンセル確定待ち'],
    [900, 'cancelled', 'キャンセル確定'],
  ])('%d is %s', (orderProgress, state, name) => {
    const result = order({ orderProgress })
    expect(result.mallState).toBe(state)
    expect(result.mallStatus).toEqual({ code: String(orderProgress), name })
    expect(result.flags.includes('cancelled_at_mall')).toBe(state === 'cancelled')
    expect(result.flags.includes('cancel_pending')).toBe(orderProgress === 800)
  })

  it('names the newest reason of a cancellation', () => {
    const change = (changeType: number, changeReasonDetail: number, at: string) => ({
      changeType,
      changeReasonDetail,
      changeApplyDatetime: `2026-07-0${at}T00:00:00+0900`,
    })
    const ChangeReasonModelList = [change(0, 4, '5'), change(2, 8, '6'), change(5, 6, '7')]
    expect(order({ orderProgress: 900, ChangeReasonModelList }).cancelReason).toEqual({ code: '8', text: '欠品' })
    expect(order({ ChangeReasonModelList }).cancelReason).toBeNull()
  })

  it.each<[number, number, string, string]>([
    [1, 100, 'credit_card', 'unknown'],
    [1, 700, 'credit_card', 'paid'],
    [2, 300, 'cod', 'unpaid'],
    [9, 200, 'bank_transfer', 'unpaid'],
    [13, 300, 'convenience_store', 'paid'],
    [14, 500, 'convenience_store', 'paid'],
    [17, 300, 'wallet', 'authorised'],
    [21, 300, 'deferred', 'authorised'],
    [9, 900, 'bank_transfer', 'cancelled'],
    [99, 300, 'other', 'unknown'],
  ])('payment %d at %d is %s, %s', (code, orderProgress, kind, status) => {
    expect(order(settlement(code, { orderProgress })).payment).toMatchObject({ kind, status, code: String(code) })
  })
})

describe('amounts', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['goods', { goodsPrice: 3701 }, 'GOODS_DIFFER'],
    ['postage', { postagePrice: 601 }, 'SHIPPING_DIFFERS'],
    ['COD fee', { deliveryPrice: 330 }, 'COD_DIFFERS'],
    ['total', { totalPrice: 4421 }, 'TOTAL_DIFFERS'],
    ['billed', { requestPrice: 3771 }, 'BILLED_DIFFERS'],
    ['coupons', { couponShopPrice: 100 }, 'COUPON_DIFFERS'],
    ['coupon list', { CouponModelList: [{ couponTotalPrice: 1 }] }, 'COUPON_LIST_DIFFERS'],
    ['tax summary', { TaxSummaryModelList: [{ reqPrice: 1 }] }, 'TAX_SUMMARY_DIFFERS'],
    ['negative price', basket({ ItemModelList: [{ price: -5, priceTaxIncl: -5 }] }), 'NEGATIVE_PRICE'],
    ['no quantity', basket({ ItemModelList: [{ units: 0 }] }), 'QUANTITY_NOT_POSITIVE'],
  ])('a strange %s is a warning, not a refusal', (_name, patch, code) => {
    const { warnings } = order(patch)
    expect(warnings.map((warning) => warning.code)).toContain(code)
    for (const warning of warnings) expect(warning.message).toMatch(/[ぁ-ん]/)
  })

  it('takes wrapping beside the goods or within them', () => {
    expect(order({ goodsPrice: 3500 }).warnings).toEqual([])
  })

  it('leaves removed lines, baskets and wrappings out of the sums', () => {
    const removed = order({
      ...basket({ ItemModelList: [{}, { deleteItemFlag: 1 }] }),
      WrappingModel1: { deleteWrappingFlag: 1 },
      goodsPrice: 2000,
      totalPrice: 2600,
      requestPrice: 1950,
      TaxSummaryModelList: null,
    })
    expect(removed.warnings).toEqual([])
    expect(removed.items.map((item) => item.deleted)).toEqual([false, true])
    expect(removed.gift.wrappings).toEqual([])
  })

  it('counts an amount that is not fixed as 0, and compares nothing', () => {
    const result = order({ requestPrice: -9999, ...basket({ postagePrice: -9999 }) })
    expect(result.totals.billed).toBe(0)
    expect(result.recipients[0]?.shippingFee).toBeNull()
    expect(result.warnings.map((warning) => warning.code)).toEqual(['AMOUNT_PENDING'])
    expect(result.warnings[0]?.message).toContain('requestPrice')
  })

  it('adds up for any lines, taxed or not, one basket or several', () => {
    const line = fc.record({
      price: fc.integer({ min: 0, max: 50_000 }),
      units: fc.integer({ min: 1, max: 20 }),
      taxed: fc.boolean(),
      taxRate: fc.constantFrom(0.1, 0.08, 0),
    })
    fc.assert(
      fc.property(fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }), (baskets) => {
        const result = toOrder(modelOf(baskets), SHOP)
        expect(result.warnings).toEqual([])
        expect(result.items).toHaveLength(baskets.flat().length)
      }),
      { numRuns: 60 },
    )
  })

  it('maps 2,000 lines', () => {
    const lines = Array.from({ length: 2000 }, (_, index) => ({ itemDetailId: index, price: 10, priceTaxIncl: 10 }))
    const result = order(basket({ ItemModelList: lines }))
    expect(result.items).toHaveLength(2000)
    expect(new Set(result.items.map((item) => item.lineId)).size).toBe(2000)
  })
})

interface Line {
  price: number
  units: number
  taxed: boolean
  taxRate: number
}

function modelOf(baskets: Line[][]): Record<string, unknown> {
  const taxIncluded = ({ price, taxed, taxRate }: Line) =>
    taxed ? price : Math.floor((price * (100 + Math.round(taxRate * 100))) / 100)
  const goodsPrice = baskets.flat().reduce((sum, line) => sum + line.price * line.units, 0)
  const goods = baskets.flat().reduce((sum, line) => sum + taxIncluded(line) * line.units, 0)
  const totalPrice = goods + 500 * baskets.length
  let itemDetailId = 0
  return sampleOrder({
    goodsPrice,
    postagePrice: 500 * baskets.length,
    totalPrice,
    requestPrice: totalPrice - 350 - 300,
    WrappingModel1: null,
    TaxSummaryModelList: null,
    PackageModelList: baskets.map((lines, index) => ({
      basketId: index + 1,
      postagePrice: 500,
      ItemModelList: lines.map((line) => ({
        itemDetailId: ++itemDetailId,
        price: line.price,
        units: line.units,
        includeTaxFlag: line.taxed ? 1 : 0,
        taxRate: line.taxRate,
        priceTaxIncl: taxIncluded(line),
      })),
    })),
  })
}

describe('what cannot be read', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a price in words', basket({ ItemModelList: [{ price: '千円' }] }), 'PackageModelList.0.ItemModelList.0.price'],
    ['half a piece', basket({ ItemModelList: [{ units: 0.5 }] }), 'PackageModelList.0.ItemModelList.0.units'],
    ['a price beyond all prices', { totalPrice: 1e12 }, 'totalPrice'],
    ['no total', { totalPrice: null }, 'totalPrice'],
    ['no recipient', basket({ SenderModel: null }), 'PackageModelList.0.SenderModel'],
    ['no basket', { PackageModelList: [] }, 'PackageModelList'],
    ['a date in words', { orderDatetime: '先週の金曜' }, 'orderDatetime'],
    ['a 32nd day', { orderDatetime: '2026-07-32T00:00:00+0900' }, 'orderDatetime'],
  ])('%s fails with the field named and the raw answer kept', (_name, patch, field) => {
    const failure = failureOf(patch)
    expect(failure.kind).toBe('malformed')
    expect(failure.message).toContain(field)
    expect(failure.message).not.toMatch(/髙見|千円|先週/)
    expect(failure.raw).toContain('654321-20260703-0000012345')
  })

  it('is not made of what no money and no identity depends on', () => {
    const odd = { carrierCode: 'mobile?', shippingTerm: {}, giftCheckFlag: 'yes', memo: 12, subStatusName: null }
    const result = toOrder(mergeDeep(sampleOrder(), { ...odd, OrdererModel: { birthYear: 'x', zipCode1: 100 } }), SHOP)
    expect(result.buyer.postalCode).toBe('1000999')
    expect(result.notes.shop).toBe('12')
    expect(result.device).toBeNull()
  })
})
