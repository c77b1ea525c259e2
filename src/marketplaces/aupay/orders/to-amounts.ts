import { type SumCheck, sumOf } from '../../kit/checks.ts'
import { type FieldReader, wholeNumber } from '../../kit/field-reader.ts'
import { computeTaxSummary, goodsOf, totalsFrom } from '../../kit/money.ts'
import type { NormalisedOrder, OrderDiscount, OrderWarning } from '../../port/order.ts'
import type { ReadLine } from './to-items.ts'

/** The money of an order: yen, whole numbers, tax included. Empty amounts are zero. */
export interface Amounts {
  charges: NormalisedOrder['charges']
  discounts: OrderDiscount[]
  points: NormalisedOrder['points']
  totals: NormalisedOrder['totals']
  taxSummary: NormalisedOrder['taxSummary']
  sums: SumCheck[]
  /** Warnings about amounts outside the sums in yen. */
  warnings: OrderWarning[]
}

/** @param cod true when the payment is cash on delivery, whose fee is then chargePrice */
export function toAmounts(order: FieldReader, lines: readonly ReadLine[], cod: boolean): Amounts {
  const amount = (name: string) => order.integer(name) ?? 0
  const fee = amount('chargePrice')
  const items = lines.map(({ item }) => item)
  const charges = {
    goods: order.integer('totalSalePrice') ?? goodsOf(items),
    shipping: amount('postagePrice'),
    cod: cod ? fee : 0,
    paymentFee: cod ? 0 : fee,
    giftWrap: amount('totalGiftWrappingPrice'),
    adjustment: 0,
    other: amount('totalItemOptionPrice'),
  }
  const coupon = amount('couponTotalPrice')
  const points = [amount('usePoint'), amount('useAuPointPrice')] as const
  const stated = { total: order.required('totalPrice'), billed: order.required('requestPrice') }
  const used = points[0] + points[1]
  const byRate = toTaxSummary(order)
  const discounts = toDiscounts(order, lines, { coupon, mallPoints: points[0], auPoints: points[1] })
  const totals = totalsFrom(stated.billed, discounts)
  return {
    charges,
    discounts,
    points: { used, granted: grantedPoints(lines) },
    totals,
    taxSummary: byRate.length > 0 ? byRate : computeTaxSummary({ items, charges, discounts, totals }),
    sums: [
      ...lines.flatMap(lineSums),
      {
        code: 'GOODS_DIFFER',
        field: 'charges.goods',
        label: '商品合計',
        ...eitherWay(lines, charges.goods, ({ item }) => item.subtotal),
      },
      {
        code: 'TOTAL_DIFFERS',
        field: 'totals.total',
        label: '合計',
        expected: charges.goods + charges.shipping + fee + charges.other + charges.giftWrap,
        actual: stated.total,
      },
      {
        code: 'BILLED_DIFFERS',
        field: 'totals.billed',
        label: '請求金額',
        expected: stated.total - coupon - used,
        actual: stated.billed,
      },
    ],
    warnings: unitsDiffer(order, lines),
  }
}

/** itemPrice = beforeDiscount − discount and totalItemPrice = itemPrice × unit hold for every order that clients checked. */
function lineSums({ item, beforeDiscount, discount }: ReadLine, index: number): SumCheck[] {
  return [
    {
      code: 'LINE_PRICE_DIFFERS',
      field: `items[${index}].unitPrice`,
      label: `${index + 1}行目の単価`,
      expected: beforeDiscount === null ? null : beforeDiscount - discount,
      actual: item.unitPrice,
    },
    {
      code: 'LINE_TOTAL_DIFFERS',
      field: `items[${index}].subtotal`,
      label: `${index + 1}行目の小計`,
      expected: item.unitPrice * item.quantity,
      actual: item.subtotal,
    },
  ]
}

/**
 * Chooses the sum, with or without cancelled lines, that fits the total, else without them: the mall does not
 * publish which it uses.
 */
function eitherWay(lines: readonly ReadLine[], actual: number, value: (line: ReadLine) => number) {
  const all = sumOf(lines, value)
  const kept = sumOf(
    lines.filter(({ item }) => !item.deleted),
    value,
  )
  return { expected: all === actual ? all : kept, actual }
}

/** totalSaleUnit counts pieces: when it differs, a line is missing or double. */
function unitsDiffer(order: FieldReader, lines: readonly ReadLine[]): OrderWarning[] {
  const stated = order.peek('totalSaleUnit')
  if (stated === null || !/^\d{1,9}$/.test(stated)) return []
  const { expected, actual } = eitherWay(lines, Number(stated), ({ item }) => item.quantity)
  if (expected === actual) return []
  return [
    {
      code: 'UNITS_DIFFER',
      message: `数量の合計が明細と一致しません（計算値 ${expected}個、モールの値 ${actual}個）。Wow!managerで明細を確認してください。`,
      field: 'items',
      expected,
      actual,
    },
  ]
}

function grantedPoints(lines: readonly ReadLine[]): number | null {
  const known = lines.filter(({ points }) => points !== null)
  return known.length === 0 ? null : sumOf(known, ({ points }) => points ?? 0)
}

const RATES: readonly [rate: number, part: string][] = [
  [10, 'NormalTax'],
  [8, 'ReducedTax'],
  [0, 'NoTax'],
]

/** Reads the three parts of each amount. Omits a rate with only zeros. */
function toTaxSummary(order: FieldReader): NormalisedOrder['taxSummary'] {
  return RATES.map(([rate, part]) => {
    // Both kinds in one sum: each alone stays among the mall's fields.
    const points = ['usePoint', 'useAuPointPrice'].map((kind) => wholeNumber(order.peek(kind + part) ?? ''))
    const billed = order.count(`requestPrice${part}`)
    return {
      rate,
      total: order.count(`totalPrice${part}`),
      ...{ billed, taxable: billed },
      tax: order.count(`requestTaxPrice${part}`),
      coupon: order.count(`couponTotalPrice${part}`),
      points: points.every((part) => part === null) ? null : sumOf(points, (part) => part ?? 0),
      paymentFee: null,
      source: 'mall' as const,
    }
  }).filter(({ rate: _rate, source: _source, ...amounts }) => Object.values(amounts).some(Boolean))
}

/** Yen taken off the total. */
interface TakenOff {
  coupon: number
  mallPoints: number
  auPoints: number
}

/**
 * Lists discounts, both those that lower the billed amount and those already in the prices, by who bears
 * them. Omits zero amounts.
 */
function toDiscounts(order: FieldReader, lines: readonly ReadLine[], taken: TakenOff): OrderDiscount[] {
  const points = { kind: 'points', borneBy: 'buyer' } as const
  return [
    discount({
      kind: 'coupon',
      borneBy: 'shop',
      name: 'クーポン',
      amount: taken.coupon,
      code: order.peek('couponKey'),
    }),
    discount({ ...points, name: 'ポイント利用', amount: taken.mallPoints }),
    discount({ ...points, name: 'Pontaポイント（auポイント）利用', amount: taken.auPoints }),
    ...membership(order),
    ...lines.map(({ item, discount: perPiece }) =>
      discount({
        kind: 'store_discount',
        borneBy: 'shop',
        name: '商品値引',
        amount: perPiece * item.quantity,
        lineId: item.lineId,
        includedInPrices: true,
      }),
    ),
  ].filter(({ amount }) => amount !== 0)
}

/** Postage that the membership (Pontaパス) takes over; the postage in the order is already net of it. */
function membership(order: FieldReader): OrderDiscount[] {
  const benefit = { kind: 'bonus', includedInPrices: true } as const
  return [
    discount({
      ...benefit,
      borneBy: 'marketplace',
      name: '会員特典の送料（モール負担）',
      amount: order.count('premiumMallPrice') ?? 0,
    }),
    discount({
      ...benefit,
      borneBy: 'shop',
      name: '会員特典の送料（店舗負担）',
      amount: order.count('premiumShopPrice') ?? 0,
    }),
  ]
}

const discount = (
  given: Pick<OrderDiscount, 'kind' | 'borneBy' | 'name' | 'amount'> & Partial<OrderDiscount>,
): OrderDiscount => ({ code: null, lineId: null, includedInPrices: false, ...given })
