import type { ImportingShop, PreparedOrder } from './found-order.ts'
import type { Queries } from './sql.ts'

/**
 * Lets another area act on orders as they are staged. Asked before the transaction with the orders that may be new; what it
 * gives back runs inside, with the ids of those that really were. Null: nothing to do.
 */
export type StagedHook = (
  queries: Queries,
  shop: ImportingShop,
  orders: readonly PreparedOrder[],
) => Promise<((client: Queries, staged: ReadonlySet<string>, at: Date) => Promise<void>) | null>
