import { type SumCheck, sum, sumOf } from '../../kit/checks.ts'
import { warning } from '../../kit/order-parts.ts'
import type { OrderWarning } from '../../port/order.ts'
import { netOf, orderAmounts, readAmounts, taxOnTop } from './to-amounts.ts'
import type { WireOrder } from './wire.ts'

/** Sums of an order: its total, its breakdowns against those of the lines, its payments. What Amazon leaves out is not compared. */
export function sumChecks(order: WireOrder): SumCheck[] {
  return [...totalCheck(order), ...partChecks(order), ...lineChecks(order), ...paymentCheck(order)]
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
  const own = order.proceeds?.breakdowns ?? []
  const lines = order.orderItems.map((item) => item.proceeds?.breakdowns ?? [])
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
    const amounts = readAmounts(item.proceeds?.breakdowns ?? [])
    if (amounts.goods === null) return []
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
