import type { Schemas } from './client.ts'

export type Order = Schemas['Order']

/** Which orders a pull takes over. */
export interface Selection {
  shopId?: string
  marketplace?: Order['marketplace']
  limit?: number
  /** Of several consumers under one key, the one that this is. A position names its desk by itself. */
  desk?: string
}

export interface Batch {
  pullId: string
  orders: Order[]
  /** Behind this batch: to be stored with its orders. A text to be kept as it is. */
  position: string
  /** The position that was asked with: the one that the store had then. */
  after: string | null
  /** Number of the desk's batch, counted from 1. */
  number: number
  desk: string
  /** Orders that were left when it was answered. */
  remaining: number
  /** It was answered before: the answer was lost, or the store is older than the service. */
  again: boolean
  /** The service's database was restored or replaced since then: orders may come once more, and replace themselves. */
  restored: boolean
}

/**
 * Where a client keeps its orders, and with them one short text. **Orders and position are stored together**: in one
 * transaction, or the orders first and the position last. A store that is put back to an older copy of itself brings its
 * position along, so the service gives it all that it misses.
 */
export interface OrderStore {
  /** The position that was stored last; null before the first batch. */
  position(): Promise<string | null>
  /**
   * Stores each order by its shop and order number, as what replaces itself, and the position with them: an order that was lost
   * by a restore of the service comes again under another `id`. May be called again with the same batch. `orders` may be
   * empty: then the position alone is stored.
   * @returns false where the stored position is not `batch.after` any more: another puller was faster, nothing was stored
   */
  save(orders: readonly Order[], position: string, batch: Batch): Promise<unknown>
  /** Follows erasures; without it the copies stay, and the caller has to follow `GET /v1/changes`. */
  erasures?: Erasures
  /** Takes the store for this puller. @throws Error where another process has it */
  open?(): Promise<void>
  close?(): Promise<void>
}

/** Orders whose buyer had their data erased, told by the change feed. */
export interface Erasures {
  /** How far the feed was worked off; null at first. */
  position(): Promise<string | null>
  /**
   * Deletes what is kept of these orders, and stores the position where one is given. It is told again until it has ended,
   * and may name orders that never came.
   */
  erase(orderIds: readonly string[], position: string | null): Promise<void>
}

/** For trying things out: it ends with the process. */
export function memoryStore(): OrderStore & { orders: Map<string, Order> } {
  const orders = new Map<string, Order>()
  let position: string | null = null
  let fed: string | null = null
  return {
    orders,
    position: async () => position,
    async save(given, next) {
      for (const order of given) orders.set(`${order.shopId} ${order.orderNumber}`, order)
      position = next
    },
    erasures: {
      position: async () => fed,
      async erase(orderIds, next) {
        for (const [key, { id }] of orders) if (orderIds.includes(id)) orders.delete(key)
        fed = next ?? fed
      },
    },
  }
}
