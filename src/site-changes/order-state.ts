import type { PoolClient } from 'pg'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import { type ParcelChange, writeShipped } from '../orders/store/parcels.ts'
import {
  type OwnChange,
  type Refreshed,
  readKnownOrders,
  refresh,
  writeRefreshed,
} from '../orders/store/refresh.ts'
import { noRequest, prepareOrder } from '../orders/store/stage.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { WorkingShop } from '../worker/shop-job.ts'

/**
 * Takes the orders' rows, in one order for everybody, before anything of their changes is written: whoever
 * writes `orders.change_state` has then seen all that was written before. No stronger than that: `for update`
 * would also keep a line of the timeline from being written, whose writer may hold the change that is waited
 * for here, and both would dead-lock.
 */
export async function lockOrders(queries: Queries, orderIds: readonly string[]): Promise<void> {
  await queries.query('select 1 from orders where id = any($1::uuid[]) order by id for no key update', [
    [...new Set(orderIds)],
  ])
}

/**
 * ステータス変更状態 of orders: what is open first, then what nobody has seen yet and is worst. The orders are locked.
 * Leaves `version` alone: it guards what staff edit, and a worker must not fail their edit.
 */
export async function writeOrderStates(
  queries: Queries,
  orderIds: readonly string[],
  at: Date,
): Promise<void> {
  await queries.query(
    `with wanted as (
       select o.id, coalesce((
         select c.state from site_changes c where c.order_id = o.id and c.dismissed_at is null
         order by array_position(array['changing', 'queued', 'failed', 'warning', 'succeeded']::change_state[], c.state)
         limit 1
       ), 'none') as state
       from orders o where o.id = any($1::uuid[])
     )
     update orders o set change_state = w.state, updated_at = $2
     from wanted w where o.id = w.id and o.change_state <> w.state`,
    [[...new Set(orderIds)], at],
  )
}

type Found = Extract<FetchOutcome, { kind: 'found' }>

/**
 * Refreshes a locked order from a change's reading, the newest there is: status, holds and flags follow it.
 * @returns what was written of it; empty when the order is gone
 */
export async function refreshOrder(
  client: PoolClient,
  tools: { sealer: Sealer; newId: NewId },
  shop: WorkingShop,
  change: { orderId: string; orderNumber: string },
  { order, raw, rereadAt, revision = null }: Found,
  at: Date,
  { parcels, own }: { parcels: ParcelChange | null; own: OwnChange | null } = { parcels: null, own: null },
): Promise<Refreshed[]> {
  const readKnown = async () => (await readKnownOrders(client, [change.orderId])).get(change.orderId)
  const known = await readKnown()
  if (!known) return []
  const { orderId: id, orderNumber } = change
  const request = noRequest(shop, { id, orderNumber }, 'change')
  const fresh = prepareOrder({ request, order, raw, rereadAt, revision }, change.orderId, tools.sealer)
  const refreshed = [refresh(known, fresh, { ...tools, at }, null, own)]
  await writeRefreshed(client, refreshed, at)
  const after = parcels && (await readKnown())
  if (parcels && after) await writeShipped(client, tools.sealer.of(shop.tenantId), after, parcels, at)
  return refreshed
}
