import { present } from '../../../platform/narrow.ts'
import { computeTaxSummary, STANDARD_RATE, type SumCheck, sum, sumOf, totalsFrom } from '../../kit/money.ts'
import { discount, warning } from '../../kit/order-parts.ts'
import type { NormalisedOrder, OrderDiscount, OrderWarning } from '../../port/order.ts'
import { isGiftCard, paymentOf } from '../codes.ts'
import type { WireBreakdown, WireItem, WireOrder } from '../wire.ts'

type Amounts = ReturnType<typeof readAmounts>

const NAMED = new Set(['ITEM', 'SHIPPING', 'GIFT_WRAP', 'COD_FEE', 'DISCOUNT', 'TAX'])

/** Breakdowns of a line or of the order; none where Amazon states none. */
export const breakdownsOf = ({ proceeds }: Pick<WireItem | WireOrder, 'proceeds'>): WireBreakdown[] =>
  proceeds?.breakdowns ?? []

/** Yen by type of breakdown, of a line or the order. Discounts are positive, whatever Amazon's sign. */
export function readAmounts(breakdowns: readonly WireBreakdown[]) {
  const of = (type: string) => sumOf(breakdowns, (one) => (one.type === type ? one.subtotal : 0))
  /** Tax by its base; empty when Amazon gives only one sum. */
  const taxOn: Record<string, number> = {}
  for (const tax of breakdowns.filter((one) => one.type === 'TAX')) {
    for (const { subtype, value } of tax.detailedBreakdowns) {
      if (subtype !== null) taxOn[subtype] = (taxOn[subtype] ?? 0) + (value ?? 0)
    }
  }
  return {
    /** null: nothing is said of the goods. */
    goods: breakdowns.some((one) => one.type === 'ITEM') ? of('ITEM') : null,
    shipping: of('SHIPPING'),
    giftWrap: of('GIFT_WRAP'),
    cod: of('COD_FEE'),
    /** OTHER, DELIVERY_TIP and types that the model does not have yet. */
    other: sumOf(breakdowns, (one) => (NAMED.has(one.type) ? 0 : one.subtotal)),
    discount: Math.abs(of('DISCOUNT')),
    tax: of('TAX'),
    taxOn,
  }
}

/** A line's goods: its ITEM breakdown, else its unit price times quantity; null when Amazon gives neither. */
export function goodsOf(item: WireItem): number | null {
  const stated = readAmounts(breakdownsOf(item)).goods
  const unitPrice = item.product.price?.unitPrice ?? null
  return stated ?? (unitPrice === null ? null : unitPrice * item.quantityOrdered)
}

/** A wholly cancelled order keeps its lines readable. */
export function isDeleted(item: WireItem, order: WireOrder): boolean {
  const isCancelled = (item.cancellation?.cancellationExecution ?? null) !== null
  const isWhole = order.fulfillment?.fulfillmentStatus === 'CANCELLED'
  return item.quantityOrdered === 0 || (isCancelled && !isWhole && !item.fulfillment?.quantityUnfulfilled)
}

/**
 * The order without its cancelled lines, for every sum. Amazon keeps a cancelled line's proceeds or drops
 * them; where the order's own breakdowns still have them, they are taken off there, too.
 */
export function countedOrder(order: WireOrder): WireOrder {
  if (order.fulfillment?.fulfillmentStatus === 'CANCELLED') return order
  const gone = order.orderItems.filter((item) => isDeleted(item, order))
  if (gone.length === 0) return order
  const orderItems = order.orderItems.filter((item) => !gone.includes(item))
  const off = gone.flatMap(breakdownsOf)
  const own = breakdownsOf(order)
  const all = sumOf(order.orderItems, (item) => goodsOf(item) ?? 0)
  const hasThem = off.length > 0 && readAmounts(own).goods === all
  if (!hasThem || !order.proceeds) return { ...order, orderItems }
  const breakdowns = [...own, ...off.map(negated)]
  const stated = order.proceeds.grandTotal
  const before = totalOf(order)
  const after = totalOf({ ...order, proceeds: { ...order.proceeds, breakdowns } })
  const grandTotal = stated === null || stated !== before ? stated : after
  return { ...order, orderItems, proceeds: { ...order.proceeds, breakdowns, grandTotal } }
}

const negated = (one: WireBreakdown): WireBreakdown => ({
  ...one,
  subtotal: -one.subtotal,
  detailedBreakdowns: one.detailedBreakdowns.map((part) => ({
    ...part,
    value: part.value === null ? null : -part.value,
  })),
})

const totalOf = (order: WireOrder): number => {
  const amounts = orderAmounts(order)
  return netOf(amounts) + (taxOnTop(order) ? amounts.tax : 0)
}

/** The order's own breakdowns, or the sum of its lines' where it has none. */
export function orderAmounts(order: WireOrder): Amounts {
  const own = breakdownsOf(order)
  if (own.length > 0) return readAmounts(own)
  const summed = readAmounts(order.orderItems.flatMap(breakdownsOf))
  const goods = order.orderItems.map(goodsOf)
  return { ...summed, goods: goods.includes(null) ? null : sumOf(goods, (amount) => amount ?? 0) }
}

/** Everything but tax, after discounts. */
const netOf = (amounts: Amounts): number =>
  (amounts.goods ?? 0) + amounts.shipping + amounts.giftWrap + amounts.cod + amounts.other - amounts.discount

/**
 * True when a TAX breakdown comes on top of the others. Japan's prices include tax, and Amazon's Japanese
 * sample has no TAX at all; its American one adds it. It counts as on top only when nothing else makes the
 * total right.
 */
export function taxOnTop(order: WireOrder): boolean {
  const amounts = orderAmounts(order)
  const total = order.proceeds?.grandTotal ?? null
  if (amounts.tax === 0 || total === null) return false
  return netOf(amounts) !== total && netOf(amounts) + amounts.tax === total
}

/** The goods' part of tax that comes on top: what no detail places elsewhere. */
const goodsTaxOf = ({ tax, taxOn }: Amounts): number =>
  tax - sumOf(['SHIPPING', 'GIFT_WRAP', 'COD_FEE'], (other) => taxOn[other] ?? 0)

export function toAmounts(order: WireOrder) {
  const amounts = orderAmounts(order)
  const onTop = taxOnTop(order)
  const discounts = [...toDiscounts(order, amounts), ...toPrepaid(order)]
  const granted = order.orderItems.flatMap(
    (item) => item.expense?.pointsCost?.pointsGranted?.pointsNumber ?? [],
  )
  const charged = netOf(amounts) + (onTop ? amounts.tax : 0)
  const grandTotal = order.proceeds?.grandTotal ?? charged
  const used = paidWith(order, (method) => paymentOf(method)?.kind === 'points')
  const charges = toCharges(order, amounts, onTop)
  const totals = totalsFrom(grandTotal - used - paidWith(order, isGiftCard), discounts)
  return {
    charges,
    discounts,
    points: { used, granted: granted.length === 0 ? null : sumOf(granted, (points) => points) },
    taxSummary: toTaxSummary(order, onTop, { charges, discounts, totals }),
    totals,
  } satisfies Partial<NormalisedOrder>
}

/** With tax. Of tax on top that no detail places, the lines' own is theirs and the rest is the postage's. */
function toCharges(order: WireOrder, amounts: Amounts, onTop: boolean): NormalisedOrder['charges'] {
  const on = (part: 'SHIPPING' | 'GIFT_WRAP' | 'COD_FEE') => (onTop ? (amounts.taxOn[part] ?? 0) : 0)
  const isMadeOfLines = sumOf(order.orderItems, (item) => goodsOf(item) ?? 0) === amounts.goods
  const goodsTax = isMadeOfLines
    ? sumOf(order.orderItems, (item) => lineMoney(item, onTop).subtotal) - (amounts.goods ?? 0)
    : goodsTaxOf(amounts)
  const placed = on('SHIPPING') + on('GIFT_WRAP') + on('COD_FEE')
  const left = onTop ? amounts.tax - goodsTax - placed : 0
  const isPostage = amounts.shipping !== 0
  return {
    goods: (amounts.goods ?? 0) + (onTop ? goodsTax : 0),
    shipping: amounts.shipping + on('SHIPPING') + (isPostage ? left : 0),
    cod: amounts.cod + on('COD_FEE'),
    paymentFee: 0,
    giftWrap: amounts.giftWrap + on('GIFT_WRAP'),
    adjustment: 0,
    other: amounts.other + (isPostage ? 0 : left),
  }
}

/** Returns a line's yen with tax, and its rate where it follows from the amounts. */
export function lineMoney(item: WireItem, onTop: boolean): { taxRate: number | null; subtotal: number } {
  const amounts = readAmounts(breakdownsOf(item))
  const goods = goodsOf(item) ?? 0
  return {
    taxRate: rateOf(goods, amounts.taxOn.ITEM ?? amounts.tax, onTop),
    subtotal: goods + (onTop ? goodsTaxOf(amounts) : 0),
  }
}

/**
 * Builds the summary only where Amazon states the tax and every line's rate follows from it. The tax is
 * Amazon's unless discounts lower it.
 */
function toTaxSummary(
  order: WireOrder,
  onTop: boolean,
  money: Pick<NormalisedOrder, 'charges' | 'discounts' | 'totals'>,
): NormalisedOrder['taxSummary'] {
  const lines = order.orderItems.map((item) => ({
    lineId: item.orderItemId,
    deleted: false,
    ...lineMoney(item, onTop),
  }))
  if (lines.length === 0) return []
  const taxes = order.orderItems.map((item) => {
    const { taxOn, tax } = readAmounts(breakdownsOf(item))
    return taxOn.ITEM ?? tax
  })
  const feeTax = Math.max(0, orderAmounts(order).tax - sumOf(taxes, (tax) => tax))
  const hasFees = money.totals.total !== money.charges.goods
  return computeTaxSummary({ items: lines, ...money }).map((entry) => {
    if (entry.coupon !== 0) return entry
    const own = sumOf(lines, ({ taxRate }, at) => (taxRate === entry.rate ? (taxes[at] ?? 0) : 0))
    return { ...entry, tax: own + (hasFees && entry.rate === STANDARD_RATE ? feeTax : 0) }
  })
}

/** Only where Amazon states the tax and exactly one of Japan's two rates makes it, however it is rounded. */
export function rateOf(goods: number, tax: number, onTop: boolean): number | null {
  if (tax <= 0 || goods <= 0) return null
  const fitting = [10, 8].filter((rate) => {
    const exact = (goods * rate) / (onTop ? 100 : 100 + rate)
    return tax === Math.floor(exact) || tax === Math.ceil(exact)
  })
  return fitting.length === 1 ? present(fitting[0]) : null
}

/** Assigns discounts to lines when these add up to the order's. Amazon does not say who bears a promotion. */
function toDiscounts(order: WireOrder, amounts: Amounts): OrderDiscount[] {
  const lines = order.orderItems.map((item) => ({ item, amount: readAmounts(breakdownsOf(item)).discount }))
  if (sumOf(lines, (line) => line.amount) !== amounts.discount) {
    return [discount('other', 'unknown', 'プロモーション割引', amounts.discount)]
  }
  return lines
    .filter(({ amount }) => amount !== 0)
    .flatMap(({ item, amount }) => {
      const ids = (item.promotion?.breakdowns ?? []).flatMap(({ promotionId }) => promotionId ?? [])
      // Amazon does not say which of several promotions caused which part.
      const more = { code: ids.length === 1 ? present(ids[0]) : null, lineId: item.orderItemId }
      return partsOf(item, amount).map(([part, yen]) => {
        const named = part === 'SHIPPING' ? '送料のプロモーション割引' : 'プロモーション割引'
        const suffix = part === 'SHIPPING' ? '（送料）' : ''
        const name = ids.length === 0 ? named : `${ids.join('、')}${suffix}`
        return discount('other', 'unknown', name, yen, more)
      })
    })
}

/** Splits a line's discount into goods and postage, where Amazon's breakdown covers all of it. */
function partsOf(item: WireItem, amount: number): [part: string, yen: number][] {
  const parts = new Map<string, number>()
  for (const { type, detailedBreakdowns } of breakdownsOf(item))
    for (const { subtype, value } of type === 'DISCOUNT' ? detailedBreakdowns : [])
      parts.set(subtype ?? '', (parts.get(subtype ?? '') ?? 0) + Math.abs(value ?? 0))
  const said = [...parts].filter(([, yen]) => yen !== 0)
  return sumOf(said, ([, yen]) => yen) === amount ? said : [['', amount]]
}

/** Points and gift cards are money to the shop, but not to be collected from the buyer again. */
function toPrepaid(order: WireOrder): OrderDiscount[] {
  const points = paidWith(order, (method) => paymentOf(method)?.kind === 'points')
  const cards = paidWith(order, isGiftCard)
  return [
    discount('points', 'buyer', 'Amazonポイント', points),
    discount('gift_card', 'buyer', 'Amazonギフトカード', cards),
  ].filter(({ amount }) => amount !== 0)
}

const paidWith = (order: WireOrder, isOne: (method: string | null) => boolean): number =>
  sumOf(order.payment?.paymentExecutions ?? [], ({ paymentMethod, paymentAmount }) =>
    isOne(paymentMethod) ? (paymentAmount ?? 0) : 0,
  )

/** Sums of an order: its total, its breakdowns against the lines', its payments, where given. */
export function sumChecks(order: WireOrder): SumCheck[] {
  const counted = countedOrder(order)
  return [...totalCheck(counted), ...partChecks(counted), ...lineChecks(order), ...paymentCheck(order)]
}

function totalCheck(order: WireOrder): SumCheck[] {
  const amounts = orderAmounts(order)
  if (amounts.goods === null) return []
  const expected = netOf(amounts) + (taxOnTop(order) ? amounts.tax : 0)
  const actual = order.proceeds?.grandTotal ?? null
  return [sum('TOTAL_DIFFERS', 'totals.total', '合計', expected, actual)]
}

/** Compares the order's own breakdowns with the sums of its lines'. */
function partChecks(order: WireOrder): SumCheck[] {
  const own = breakdownsOf(order)
  const lines = order.orderItems.map(breakdownsOf)
  if (own.length === 0 || lines.some((breakdowns) => breakdowns.length === 0)) return []
  const stated = readAmounts(own)
  const summed = readAmounts(lines.flat())
  return [
    sum('GOODS_DIFFER', 'charges.goods', '商品合計', summed.goods, stated.goods),
    sum('SHIPPING_DIFFERS', 'charges.shipping', '送料', summed.shipping, stated.shipping),
    sum('GIFT_WRAP_DIFFERS', 'charges.giftWrap', '包装料', summed.giftWrap, stated.giftWrap),
    sum('COD_DIFFERS', 'charges.cod', '代引手数料', summed.cod, stated.cod),
    sum('DISCOUNT_DIFFERS', 'discounts', '割引', summed.discount, stated.discount),
  ]
}

function lineChecks(order: WireOrder): SumCheck[] {
  const onTop = taxOnTop(order)
  return order.orderItems.flatMap((item, index) => {
    const amounts = readAmounts(breakdownsOf(item))
    if (amounts.goods === null || isDeleted(item, order)) return []
    const unitPrice = item.product.price?.unitPrice ?? null
    const byPiece = unitPrice === null ? null : unitPrice * item.quantityOrdered
    const line = `${index + 1}行目の`
    const net = netOf(amounts) + (onTop ? amounts.tax : 0)
    const total = item.proceeds?.proceedsTotal ?? null
    return [
      sum('LINE_DIFFERS', `items[${index}].subtotal`, `${line}小計`, byPiece, amounts.goods),
      sum('LINE_TOTAL_DIFFERS', `items[${index}].subtotal`, `${line}合計`, net, total),
    ]
  })
}

function paymentCheck(order: WireOrder): SumCheck[] {
  const paid = (order.payment?.paymentExecutions ?? []).map(({ paymentAmount }) => paymentAmount)
  if (paid.length === 0 || paid.includes(null)) return []
  const all = sumOf(paid, (amount) => amount ?? 0)
  return [sum('PAYMENT_DIFFERS', 'totals.billed', '支払額', order.proceeds?.grandTotal ?? null, all)]
}

/** Fulfilled and unfulfilled pieces add up to the ordered ones, unless some were cancelled. */
export function quantityWarnings(order: WireOrder): OrderWarning[] {
  return order.orderItems.flatMap((item, index) => {
    const { quantityFulfilled, quantityUnfulfilled } = item.fulfillment ?? {}
    if (typeof quantityFulfilled !== 'number' || typeof quantityUnfulfilled !== 'number') return []
    const pieces = quantityFulfilled + quantityUnfulfilled
    const ordered = item.quantityOrdered
    if (pieces === ordered || item.cancellation?.cancellationExecution) return []
    const message = `${index + 1}行目の出荷済み数と未出荷数の合計（${pieces}）が注文数（${ordered}）と一致しません。セラーセントラルで確認してください。`
    return [warning('QUANTITY_DIFFERS', `items[${index}].quantity`, message, ordered, pieces)]
  })
}
