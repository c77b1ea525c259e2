import type { Keep } from './keep.ts'

/** The orders of a simulated mall. A list of one shop does not go through the orders of all others. */
export interface OrderBook<O> {
  get(orderNumber: string): O | undefined
  /** In the place of an order of the same number. */
  set(orderNumber: string, order: O): void
  all(): O[]
  /** As they were placed; not to be changed. */
  of(shopCode: string): readonly O[]
}

export function createOrderBook<O extends { shopCode: string }>(keep: Keep): OrderBook<O> {
  const byNumber = keep('orders', () => new Map<string, O>())
  const byShop = keep('orders by shop', () => new Map<string, O[]>())
  return {
    get: (orderNumber) => byNumber.get(orderNumber),
    set(orderNumber, order) {
      const old = byNumber.get(orderNumber)
      if (old)
        byShop.set(
          old.shopCode,
          (byShop.get(old.shopCode) ?? []).filter((one) => one !== old),
        )
      byNumber.set(orderNumber, order)
      const own = byShop.get(order.shopCode)
      if (own) own.push(order)
      else byShop.set(order.shopCode, [order])
    },
    all: () => [...byNumber.values()],
    of: (shopCode) => byShop.get(shopCode) ?? [],
  }
}
