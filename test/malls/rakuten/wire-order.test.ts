import { describe, expect, it } from 'vitest'
import { mergeDeep } from '../../../sandbox/kit/order-book.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { toOrder } from '../../../src/marketplaces/rakuten/orders/to-order.ts'
import { sampleOrder } from './fixtures/order.ts'

const SHOP = '654321'
const order = (patch: Record<string, unknown> = {}) => toOrder(sampleOrder(patch), SHOP)
const basket = (patch: Record<string, unknown>) => ({ PackageModelList: [patch] })

function failureOf(patch: Record<string, unknown>): MarketplaceFailure {
  try {
    order(patch)
  } catch (error) {
    if (error instanceof MarketplaceFailure) return error
    throw error
  }
  throw new Error('not refused')
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
      order: [
        'socialGiftFlag',
        'deliveryCertPrgFlag',
        'oneDayOperationFlag',
        'cautionDisplayDetailType',
      ].concat(['receiptIssueCount', 'receiptIssueHistoryList', 'DueDateModelList']),
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
      expect(result.taxSummary.map(({ source }) => source)).toEqual(['computed', 'computed'])
    }
    expect(without({ order: lists }).taxSummary).toMatchObject([
      { source: 'computed' },
      { source: 'computed' },
    ])
    expect(order({ PointModel: null, SettlementModel: null, DeliveryModel: null }).payment.kind).toBe('other')
  })
})

describe('what cannot be read', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'a price in words',
      basket({ ItemModelList: [{ price: '千円' }] }),
      'PackageModelList.0.ItemModelList.0.price',
    ],
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
    const odd = {
      carrierCode: 'mobile?',
      shippingTerm: {},
      giftCheckFlag: 'yes',
      memo: 12,
      subStatusName: null,
    }
    const result = toOrder(
      mergeDeep(sampleOrder(), { ...odd, OrdererModel: { birthYear: 'x', zipCode1: 100 } }),
      SHOP,
    )
    expect(result.buyer.postalCode).toBe('1000999')
    expect(result.notes.shop).toBe('12')
    expect(result.device).toBeNull()
  })
})
