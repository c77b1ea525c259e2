import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { computeTaxSummary, goodsOf, type SumCheck, sum, sumOf, totalsFrom } from '../../kit/money.ts'
import { discount, emptyItem, warning } from '../../kit/order-parts.ts'
import type { NormalisedOrder, OrderDiscount, OrderItem, OrderWarning } from '../../port/order.ts'

/**
 * The money of an order: yen, whole numbers, tax included. Empty amounts are zero.
 * @param cod true when the payment is cash on delivery, whose fee is then chargePrice
 */
export function toAmounts(order: FieldReader, lines: readonly ReadLine[], cod: boolean) {
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
  const points = { mall: amount('usePoint'), au: amount('useAuPointPrice') }
  const used = points.mall + points.au
  const stated = { total: order.required('totalPrice'), billed: order.required('requestPrice') }
  const byRate = toTaxSummary(order)
  const discounts = [
    discount('coupon', 'shop', 'クーポン', coupon, { code: order.peek('couponKey') }),
    discount('points', 'buyer', 'ポイント利用', points.mall),
    discount('points', 'buyer', 'Pontaポイント（auポイント）利用', points.au),
    ...inThePrices(order, lines),
  ].filter(({ amount }) => amount !== 0)
  const totals = totalsFrom(stated.billed, discounts)
  const granted = lines.flatMap(({ points }) => points ?? [])
  const parts = charges.goods + charges.shipping + fee + charges.other + charges.giftWrap
  const sums = [
    ...lines.flatMap(lineSums),
    sum('GOODS_DIFFER', 'charges.goods', '商品合計', ...eitherWay(lines, charges.goods, 'subtotal')),
    sum('TOTAL_DIFFERS', 'totals.total', '合計', parts, stated.total),
    sum('BILLED_DIFFERS', 'totals.billed', '請求金額', stated.total - coupon - used, stated.billed),
  ]
  return {
    charges,
    discounts,
    points: { used, granted: granted.length === 0 ? null : sumOf(granted, (points) => points) },
    totals,
    taxSummary: byRate.length > 0 ? byRate : computeTaxSummary({ items, charges, discounts, totals }),
    sums: [...sums, ...taxSums(byRate, stated.billed, sums)],
    warnings: unitsDiffer(order, lines),
  }
}

/** itemPrice = beforeDiscount − discount, totalItemPrice = itemPrice × unit: true of all orders checked. */
function lineSums({ item, beforeDiscount, discount }: ReadLine, index: number): SumCheck[] {
  const [at, line] = [`items[${index}]`, `${index + 1}行目の`]
  const unitPrice = beforeDiscount === null ? null : beforeDiscount - discount
  const subtotal = item.unitPrice * item.quantity
  return [
    sum('LINE_PRICE_DIFFERS', `${at}.unitPrice`, `${line}単価`, unitPrice, item.unitPrice),
    sum('LINE_TOTAL_DIFFERS', `${at}.subtotal`, `${line}小計`, subtotal, item.subtotal),
  ]
}

/** The sum, with or without cancelled lines, that fits the total, else without: the rule is not public. */
function eitherWay(
  lines: readonly ReadLine[],
  actual: number,
  of: 'subtotal' | 'quantity',
): [expected: number, actual: number] {
  const all = sumOf(lines, ({ item }) => item[of])
  const kept = sumOf(lines, ({ item }) => (item.deleted ? 0 : item[of]))
  return [all === actual ? all : kept, actual]
}

/** totalSaleUnit counts pieces: when it differs, a line is missing or double. */
function unitsDiffer(order: FieldReader, lines: readonly ReadLine[]): OrderWarning[] {
  const stated = order.number('totalSaleUnit')
  // Ten digits are no count of pieces.
  if (stated === null || stated > 999_999_999) return []
  const [expected, actual] = eitherWay(lines, stated, 'quantity')
  if (expected === actual) return []
  const message = `数量の合計が明細と一致しません（計算値 ${expected}個、モールの値 ${actual}個）。Wow!managerで明細を確認してください。`
  return [warning('UNITS_DIFFER', 'items', message, expected, actual)]
}

/**
 * The parts by rate make requestPrice. Where another sum of the order differs already, staff are told of that
 * one alone: a changed amount moves its parts too.
 */
function taxSums(
  byRate: NormalisedOrder['taxSummary'],
  billed: number,
  others: readonly SumCheck[],
): SumCheck[] {
  const stated = byRate.flatMap((part) => part.billed ?? [])
  const isToldAlready = others.some(({ expected, actual }) => expected !== null && expected !== actual)
  if (stated.length === 0 || isToldAlready) return []
  const made = sumOf(stated, (amount) => amount)
  return [sum('TAX_SUMMARY_DIFFERS', 'taxSummary', '税率別の請求額', billed, made)]
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
    const points = ['usePoint', 'useAuPointPrice'].flatMap((kind) => order.number(kind + part) ?? [])
    const billed = order.count(`requestPrice${part}`)
    return {
      rate,
      total: order.count(`totalPrice${part}`),
      billed,
      taxable: billed,
      tax: order.count(`requestTaxPrice${part}`),
      coupon: order.count(`couponTotalPrice${part}`),
      points: points.length === 0 ? null : sumOf(points, (part) => part),
      paymentFee: null,
      source: 'mall' as const,
    }
  }).filter(({ rate: _rate, source: _source, ...amounts }) => Object.values(amounts).some(Boolean))
}

/**
 * Discounts that the prices are net of: those of lines, and postage that the membership (Pontaパス) takes over.
 */
function inThePrices(order: FieldReader, lines: readonly ReadLine[]): OrderDiscount[] {
  const net = { includedInPrices: true }
  const [mall, shop] = [order.count('premiumMallPrice') ?? 0, order.count('premiumShopPrice') ?? 0]
  return [
    discount('bonus', 'marketplace', '会員特典の送料（モール負担）', mall, net),
    discount('bonus', 'shop', '会員特典の送料（店舗負担）', shop, net),
    ...lines.map(({ item: { lineId, quantity }, discount: each }) =>
      discount('store_discount', 'shop', '商品値引', each * quantity, { ...net, lineId }),
    ),
  ]
}

/** The mall sends each order to one address. */
export const RECIPIENT_ID = '1'

/** A line (`detail`), with the values that the order's sums, gifts and deadlines need. */
export type ReadLine = ReturnType<typeof toLine>

/** `releaseDate` is the order's: a reservation has one for all its lines. */
export function toLine(line: FieldReader, releaseDate: string | null) {
  const lineId = line.text('orderDetailId')
  if (lineId === null) throw new WireError('detail.orderDetailId', 'missing')
  const unitPrice = line.required('itemPrice')
  const quantity = line.required('unit')
  const gift = toLineGift(line)
  const cancel = line.peek('itemCancelStatus')
  const item = {
    ...emptyItem(),
    lineId,
    recipientId: RECIPIENT_ID,
    unitPrice,
    quantity,
    releaseDate,
    itemCode: line.text('itemCode'),
    mallItemId: line.text('lotnumber') ?? line.text('lotNumber'),
    sku: line.text('itemManagementId'),
    name: line.text('itemName') ?? '',
    options: [...choices(line.peek('itemOption')), ...paidChoices(line)],
    taxRate: taxRate(line),
    subtotal: line.integer('totalItemPrice') ?? unitPrice * quantity,
    leadTime: line.text('shippingDayDispText'),
    deleted: CANCELLED.has(cancel ?? ''),
  }
  return {
    item: { ...item, mallFields: line.rest() },
    /** Yen taken off each piece; unitPrice is already net of it. */
    discount: line.number('discount') ?? 0,
    /** unitPrice before that; null when not stated. */
    beforeDiscount: line.number('beforeDiscount'),
    /** Points granted for the whole line. */
    points: line.number('giftPoint'),
    shipBy: dayOf(line),
    gift,
    cancelledAt: line.time('itemCancelDate') ?? line.peek('itemCancelDate'),
    /** itemCancelStatus that is in no table: whether the line is to be sent is not known. */
    unknownCancel: cancel === null || cancel === NOT_CANCELLED || CANCELLED.has(cancel) ? null : cancel,
  }
}

const NOT_CANCELLED = 'N'
/** C as in the order's own cancelStatus. Y too, because the other flags are Y or N. */
export const CANCELLED: ReadonlySet<string> = new Set(['C', 'Y'])

/** The text stays among the mall's fields as it is not escaped: a value may hold the dividing characters. */
function choices(text: string | null): OrderItem['options'] {
  const options: OrderItem['options'] = []
  for (const part of text?.split('&') ?? []) {
    const cut = part.indexOf('=')
    const last = options.at(-1)
    if (cut < 0 && last) last.value += `&${part}`
    else if (part !== '') {
      const name = cut < 0 ? '' : part.slice(0, cut)
      options.push({ name: name.trim(), value: part.slice(cut + 1).trim(), price: null })
    }
  }
  return options
}

/** itemOptionCommissions: up to five questions with a fee, each with any number of answers. */
function paidChoices(line: FieldReader): OrderItem['options'] {
  return line.children('itemOptionCommissions').flatMap((group) => {
    const name = group.text('itemOptionCommissionTitle') ?? ''
    return group
      .children('itemOptionCommissionVal')
      .map((answer) => ({
        name,
        value: answer.text('itemOptionCommission') ?? '',
        price: answer.integer('itemOptionCommissionPrice'),
      }))
      .filter((option) => option.name !== '' || option.value !== '')
  })
}

/** taxRate is a decimal text (0.1); percentages are not ruled out, and no rate is 1 % or less. */
function taxRate(line: FieldReader): number | null {
  const text = line.peek('taxRate') ?? ''
  const number = Number(/^(\d{1,2}(?:\.\d{1,4})?)%?$/.exec(text)?.[1] ?? Number.NaN)
  const percent = number < 1 && !text.endsWith('%') ? number * 100 : number
  const whole = Math.round(percent)
  if (!(Math.abs(whole - percent) < 0.001)) return null
  line.text('taxRate')
  return whole
}

function dayOf(line: FieldReader): string | null {
  const day = line.day('shippingTimelimitDate')
  return day !== null && /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : null
}

const NO_WRAPPING = /^(?:なし|無し|不要|希望しない|しない)$/

function toLineGift(line: FieldReader) {
  const wrapping = line.peek('giftWrappingType')
  const texts = [1, 2, 3].map((place) => line.peek(`noshiPresenterName${place}`))
  return {
    wrapping: wrapping !== null && NO_WRAPPING.test(wrapping) ? null : wrapping,
    wrappingPrice: line.number('giftWrappingPrice') ?? 0,
    message: line.peek('giftMessage'),
    noshi: [line.peek('noshiType'), ...texts].filter(Boolean).join(' ') || null,
  }
}
