import type { Quota } from '../port/session.ts'

/**
 * Usage plans of SP-API: a token bucket for each operation and pair of application and seller, full at the
 * start. The rates are those of the operations' reference pages; each answer may name the rate now in force.
 */
export const USAGE_PLANS = {
  getOrder: { perSecond: 0.5, burst: 30 },
  searchOrders: { perSecond: 0.0056, burst: 20 },
  confirmShipment: { perSecond: 2, burst: 10 },
} as const satisfies Record<string, { perSecond: number; burst: number }>

/** Both side by side; a search gives a hundred whole orders (orders/fetch-by-list.ts). */
export const ORDERS_PER_MINUTE = Math.floor(
  60 * (USAGE_PLANS.getOrder.perSecond + 100 * USAGE_PLANS.searchOrders.perSecond),
)

export type Operation = keyof typeof USAGE_PLANS

export interface Quotas {
  of(sellerId: string, operation: Operation): Quota
  /** Takes over an answer's `x-amzn-RateLimit-Limit`. Only some answers with 20x, 400 and 404 have it. */
  believe(sellerId: string, operation: Operation, header: string | undefined): void
  /** Milliseconds in which the bucket gains one call. */
  gainMs(sellerId: string, operation: Operation): number
}

export function createQuotas(): Quotas {
  const rates = new Map<string, number>()
  const keyOf = (sellerId: string, operation: Operation) => `amazon:seller:${sellerId}:${operation}`
  const rateOf = (key: string, operation: Operation) => rates.get(key) ?? USAGE_PLANS[operation].perSecond
  return {
    of(sellerId, operation) {
      const key = keyOf(sellerId, operation)
      return { key, perSecond: rateOf(key, operation), burst: USAGE_PLANS[operation].burst }
    },
    believe(sellerId, operation, header) {
      const rate = Number(header?.trim() || Number.NaN)
      if (rate >= SLOWEST && rate <= FASTEST) rates.set(keyOf(sellerId, operation), rate)
    },
    gainMs: (sellerId, operation) => Math.ceil(1000 / rateOf(keyOf(sellerId, operation), operation)),
  }
}

/** One call an hour, a thousand a second: beyond that the header is nonsense. */
const SLOWEST = 1 / 3600
const FASTEST = 1000
