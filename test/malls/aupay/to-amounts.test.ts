import { describe, expect, it } from 'vitest'
import { toAmounts, toLine } from '../../../src/marketplaces/aupay/orders/to-amounts.ts'
import { readFields } from '../../../src/marketplaces/aupay/wire.ts'
import { elementsAt, parseXml } from '../../../src/marketplaces/kit/xml.ts'
import { changed } from './fixtures/order.ts'

/** The fixture of two lines (1,980 yen twice and 540 yen once), changed. */
function amounts(head: Parameters<typeof changed>[0] = {}, lineChanges: Parameters<typeof changed>[1] = {}) {
  const [orderInfo] = elementsAt(
    parseXml(`<response>${changed(head, lineChanges)}</response>`).content,
    'orderInfo',
  )
  if (!orderInfo) throw new Error('no orderInfo')
  const lines = elementsAt(orderInfo, 'detail').map((detail) => toLine(readFields(detail), null))
  return toAmounts(readFields(orderInfo), lines, false)
}

it('compares each line and the order, by place and name', () => {
  const { sums } = amounts()
  expect(sums.map(({ field, label, expected, actual }) => [field, label, expected, actual])).toEqual([
    ['items[0].unitPrice', '1行目の単価', 1980, 1980],
    ['items[0].subtotal', '1行目の小計', 3960, 3960],
    ['items[1].unitPrice', '2行目の単価', 540, 540],
    ['items[1].subtotal', '2行目の小計', 540, 540],
    ['charges.goods', '商品合計', 4500, 4500],
    ['totals.total', '合計', 5100, 5100],
    ['totals.billed', '請求金額', 4700, 4700],
    ['taxSummary', '税率別の請求額', 4700, 4700],
  ])
})

it('adds every charge to the total and takes both kinds of points off the bill', () => {
  const { sums, points } = amounts({
    chargePrice: '330',
    totalItemOptionPrice: '20',
    totalGiftWrappingPrice: '7',
    usePoint: '50',
  })
  expect(sums.slice(-2).map(({ expected }) => expected)).toEqual([5457, 5100 - 300 - 150])
  expect(points.used).toBe(150)
})

describe('pieces', () => {
  it.each([
    ['3', []],
    ['4', [{ code: 'UNITS_DIFFER', field: 'items', expected: 3, actual: 4 }]],
    ['12', [{ code: 'UNITS_DIFFER', field: 'items', expected: 3, actual: 12 }]],
    // No number of pieces: there is nothing to compare.
    [null, []],
    ['4個', []],
    ['約4', []],
    ['1234567890', []],
  ])('%s told', (totalSaleUnit, warnings) => {
    expect(amounts({ totalSaleUnit }).warnings).toMatchObject(warnings)
    expect(amounts({ totalSaleUnit }).warnings).toHaveLength(warnings.length)
  })
})

it.each([
  [['36', '5'], 41],
  [[null, '5'], 5],
  [['36', null], 36],
  [['0', null], 0],
  [[null, null], null],
  [['多数', null], null],
] as const)('grants for lines of %o points %o', ([first, second], granted) => {
  expect(amounts({}, { 0: { giftPoint: first }, 1: { giftPoint: second } }).points.granted).toBe(granted)
})

describe('by rate of tax', () => {
  const NOTHING = {
    total: null,
    billed: null,
    taxable: null,
    tax: null,
    coupon: null,
    points: null,
    paymentFee: null,
    source: 'mall',
  }

  it('tells each part that has anything but zeros', () => {
    expect(amounts().taxSummary).toEqual([
      { ...NOTHING, rate: 10, total: 4560, billed: 4203, taxable: 4203, tax: 382, coupon: 268, points: 89 },
      { ...NOTHING, rate: 8, total: 540, billed: 497, taxable: 497, tax: 36, coupon: 32, points: 11 },
    ])
  })

  it.each([
    [{ totalPriceNoTax: '540' }, { total: 540 }],
    [{ requestPriceNoTax: '540' }, { billed: 540, taxable: 540 }],
    [{ requestTaxPriceNoTax: '1' }, { tax: 1 }],
    [{ couponTotalPriceNoTax: '9' }, { coupon: 9 }],
    [{ usePointNoTax: '3' }, { points: 3 }],
    [{ useAuPointPriceNoTax: '4' }, { points: 4 }],
    [{ usePointNoTax: '3', useAuPointPriceNoTax: '4' }, { points: 7 }],
    [{ usePointNoTax: '3', useAuPointPriceNoTax: '四' }, { points: 3 }],
  ])('%o', (told, part) => {
    const none = Object.fromEntries(
      [
        'totalPrice',
        'requestPrice',
        'requestTaxPrice',
        'couponTotalPrice',
        'usePoint',
        'useAuPointPrice',
      ].map((name) => [`${name}NoTax`, null]),
    )
    expect(amounts({ ...none, ...told }).taxSummary[2]).toEqual({ ...NOTHING, rate: 0, ...part })
  })
})
