import type { Clock } from '../../src/platform/clock.ts'
import type { Keep } from './keep.ts'
import type { SandboxWrite } from './types.ts'

/** The orders of a simulated mall. A list of one shop does not go through the orders of all others. */
export interface OrderBook<O> {
  get(orderNumber: string): O | undefined
  /** @throws Error when nobody placed it */
  existing(orderNumber: string): O
  /** Null when the API does not know it (yet) or it is another shop's. */
  find(shopCode: string, orderNumber: string): O | null
  /** In the place of an order of the same number. */
  set(orderNumber: string, order: O): void
  all(): O[]
  /** A shop's that the API knows of, as they were placed. */
  known(shopCode: string): O[]
}

export function createOrderBook<O extends { shopCode: string; visibleAt: number }>(
  keep: Keep,
  clock: Clock,
): OrderBook<O> {
  const byNumber = keep('orders', () => new Map<string, O>())
  const byShop = keep('orders by shop', () => new Map<string, O[]>())
  return {
    get: (orderNumber) => byNumber.get(orderNumber),
    existing(orderNumber) {
      const order = byNumber.get(orderNumber)
      if (!order) throw new Error(`No such order: ${orderNumber}`)
      return order
    },
    find(shopCode, orderNumber) {
      const order = byNumber.get(orderNumber)
      return order && order.shopCode === shopCode && order.visibleAt <= clock.now() ? order : null
    },
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
    known: (shopCode) => (byShop.get(shopCode) ?? []).filter(({ visibleAt }) => visibleAt <= clock.now()),
  }
}

/**
 * `patch` laid over `base`, without changing either. Objects merge; a list takes the patch's length, each
 * entry merged into the one at its place (or into the first, so that 2,000 part-filled lines become 2,000
 * whole ones).
 */
export function mergeDeep<T>(base: T, patch: unknown): T {
  if (Array.isArray(patch)) {
    const old: unknown[] = Array.isArray(base) ? base : []
    return patch.map((entry, index) => mergeDeep(structuredClone(old[index] ?? old[0]), entry)) as T
  }
  if (!isObject(patch)) return patch as T
  const merged: Record<string, unknown> = isObject(base) ? { ...base } : {}
  for (const [key, value] of Object.entries(patch)) merged[key] = mergeDeep(merged[key], value)
  return merged as T
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Changes that calls really made at a simulated mall. One that was made twice stands here twice. */
export interface WriteLog {
  add(write: Omit<SandboxWrite, 'at'>): void
  /** Oldest first; of one order when its number is given. */
  list(orderNumber?: string): SandboxWrite[]
  reset(): void
}

export function createWriteLog(clock: Clock, keep: Keep): WriteLog {
  const writes = keep('writes', (): SandboxWrite[] => [])
  return {
    add: (write) => void writes.push({ at: new Date(clock.now()).toISOString(), ...write }),
    list: (orderNumber) =>
      writes.filter((one) => orderNumber === undefined || one.orderNumber === orderNumber),
    reset: () => {
      writes.length = 0
    },
  }
}
