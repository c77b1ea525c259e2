import type { PoolClient } from 'pg'
import { isOrdersFault } from '../orders/store/order-fault.ts'
import type { PreparedOrder, StagingShop } from '../orders/store/prepare.ts'
import { type Refreshed, refresh } from '../orders/store/refresh.ts'
import { readKnownOrders, writeRefreshed } from '../orders/store/write-refreshed.ts'
import { inTransaction, isRefused } from '../platform/db/transaction.ts'
import { claimStep, endOpen, type Sweep, setFreshAfter } from './store.ts'
import type { SweepDeps } from './take.ts'

/**
 * Writes what has changed of open orders, together with how far they have been read. `last` null: to the end. An order that
 * cannot be stored is left as it is: it must not keep the shop's sweeps from going on.
 */
export async function writeOpen(
  deps: SweepDeps,
  shop: StagingShop,
  sweep: Sweep,
  changed: readonly PreparedOrder[],
  last: string | null,
): Promise<void> {
  const at = new Date(deps.clock.now())
  const written = await inTransaction(deps.pool, async (client) => {
    if (!(await claimStep(client, sweep, at))) return []
    const refreshed = await refreshedOf(deps, client, changed, at)
    if (refreshed.length > 0) await write(deps, client, refreshed, at)
    await deps.onReleased?.(shop, refreshed)?.(client, at)
    await setFreshAfter(client, sweep.shopId, last)
    if (last === null) await endOpen(client, sweep, at)
    return refreshed
  })
  await deps.marker?.rewrite(
    shop,
    written.map(({ order }) => order.id),
  )
}

async function refreshedOf(
  deps: SweepDeps,
  client: PoolClient,
  changed: readonly PreparedOrder[],
  at: Date,
): Promise<Refreshed[]> {
  const ids = changed.map(({ orderId }) => orderId)
  const known = ids.length === 0 ? new Map() : await readKnownOrders(client, ids)
  const tools = { sealer: deps.sealer, newId: deps.newId, at }
  return changed.flatMap((fresh) => {
    const order = known.get(fresh.orderId)
    if (!order) return []
    try {
      const one = refresh(order, fresh, tools)
      // An order without its data has no raw answer that would show that nothing changed.
      return one.differs || order.purgedAt === null ? [one] : []
    } catch (err) {
      deps.log.error({ err, orderId: fresh.orderId }, 'sweep: order cannot be compared')
      return []
    }
  })
}

/** All at once, and one by one where Postgres refuses the data of some. */
async function write(
  deps: SweepDeps,
  client: PoolClient,
  refreshed: readonly Refreshed[],
  at: Date,
): Promise<void> {
  await client.query('savepoint orders')
  try {
    await writeRefreshed(client, refreshed, at)
  } catch (err) {
    if (!isRefused(err)) throw err
    await client.query('rollback to savepoint orders')
    const [only, ...others] = refreshed
    if (others.length > 0) for (const one of refreshed) await write(deps, client, [one], at)
    else if (!isOrdersFault(err)) throw err
    else deps.log.error({ err, orderId: only?.order.id }, 'sweep: order cannot be stored')
  }
}
