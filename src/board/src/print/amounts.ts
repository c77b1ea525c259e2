import type { OrderDetail } from '../api.ts'

interface RateSum {
  rate: number
  /** Tax included. */
  amount: number
  tax: number | null
}

/** Money on one recipient's paper, so that the papers of an order make its own sums. */
export interface PaperSums {
  goods: number
  /** Postage, fees and discounts: by rate as the mall's sums have them, shared out by the goods. */
  others: number
  rates: readonly RateSum[]
}

const STANDARD_RATE = 10

/**
 * Fills in the rate of the shop's label settings where the mall gives none (Amazon). An order with a line at
 * another rate stays as it is.
 */
export function withShopRate(order: OrderDetail, rate: number | null): OrderDetail {
  const isOther = ({ deleted, taxRate }: OrderDetail['items'][number]) =>
    !deleted && taxRate !== null && taxRate !== rate
  if (rate === null || order.taxSummary.length > 0 || order.items.some(isOther)) return order
  const { totals, points } = order
  const taxable = totals.billed + points.used
  return {
    ...order,
    items: order.items.map((item) => ({ ...item, taxRate: rate })),
    taxSummary: [
      {
        rate,
        ...totals,
        taxable,
        tax: Math.floor((taxable * rate) / (100 + rate)),
        coupon: totals.total - taxable,
        points: points.used,
        paymentFee: null,
        source: 'computed',
      },
    ],
  }
}

/**
 * Sums by tax rate of each recipient's paper; null where a rate is not known. One recipient: as the mall
 * states them. Several: each sum of the order shared out in whole yen by what goes to each, and one rounding
 * of the tax by rate and paper.
 */
export function sumsByRecipient(
  order: OrderDetail,
  recipients: OrderDetail['recipients'],
): ReadonlyMap<string, PaperSums> | null {
  const stated = order.taxSummary.flatMap(({ rate, taxable, tax }) =>
    taxable === null || taxable === undefined ? [] : [{ rate, amount: taxable, tax }],
  )
  if (stated.length === 0 || stated.length < order.taxSummary.length) return null
  const goodsOf = (id: string, rate?: number) =>
    order.items
      .filter((item) => item.recipientId === id && !item.deleted)
      .filter((item) => rate === undefined || item.taxRate === rate)
      .reduce((sum, { subtotal }) => sum + subtotal, 0)
  const shares = stated.map(({ rate, amount, tax }) => {
    const weights = recipients.map(
      ({ id, shippingFee, codFee }) =>
        goodsOf(id, rate) + (rate === STANDARD_RATE ? (shippingFee ?? 0) + (codFee ?? 0) : 0),
    )
    const parts = shareOut(amount, weights)
    return { rate, tax: recipients.length === 1 ? tax : undefined, parts }
  })
  return new Map(
    recipients.map(({ id }, at) => {
      const rates = shares
        .map(({ rate, tax, parts }) => ({ rate, tax, amount: parts[at] ?? 0 }))
        .filter(({ amount }) => amount !== 0 || recipients.length === 1)
        .map(({ rate, tax, amount }) => ({
          rate,
          amount,
          tax: tax === undefined ? Math.floor((amount * rate) / (100 + rate)) : tax,
        }))
      const goods = goodsOf(id)
      return [id, { goods, others: rates.reduce((sum, { amount }) => sum + amount, 0) - goods, rates }]
    }),
  )
}

/** Whole yen in proportion to `weights`, which sum to `amount`: the first get what does not divide. */
function shareOut(amount: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0)
  if (all === 0) return weights.map((_, at) => (at === 0 ? amount : 0))
  const shares = weights.map((weight) => Math.floor((amount * Math.max(0, weight)) / all))
  let left = amount - shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share, at) => {
    if (left === 0 || (weights[at] ?? 0) <= 0) return share
    left -= 1
    return share + 1
  })
}
