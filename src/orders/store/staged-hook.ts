import type { Queries } from '../../platform/db/transaction.ts'
import type { ImportingShop, PreparedOrder } from './prepare.ts'

/**
 * Lets another area act on orders as they are staged. Asked before the transaction with the orders that may be new; what it
 * gives back runs inside, with the ids of those that really were. Null: nothing to do, as for most shops, and every new
 * order waits for the answer: so it is given without asking the database.
 */
export type StagedHook = (
  shop: ImportingShop,
  orders: readonly PreparedOrder[],
) => ((client: Queries, staged: ReadonlySet<string>, at: Date) => Promise<void>) | null
