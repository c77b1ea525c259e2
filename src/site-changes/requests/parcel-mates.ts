import type { Marketplaces } from '../../marketplaces/index.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { WantedChange } from '../schemas.ts'
import { type CheckedChange, LIST_MATES } from '../statements.ts'
import { decideEach, readRequestedOrders } from './check-changes.ts'

interface MateDeps {
  /** In a transaction its connection, which has the parcels' rows locked. */
  pool: Queries
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
}

/** Whose orders the caller may change; null: all of the tenant's. */
export interface Reach {
  shops: readonly string[] | null
}

/**
 * 同梱: one parcel is one shipment, so the other orders of a bundle are shipped with the one that is, under the
 * same number. Named by the request itself, or not to be shipped (cancelled, held, gone), they are left out.
 * @param from the place behind the changes of the request
 */
export async function shipMates(
  deps: MateDeps,
  tenantId: string,
  { shops }: Reach,
  { taken, named, from }: { taken: readonly WantedChange[]; named: ReadonlySet<string>; from: number },
): Promise<Mate[]> {
  const shipped = taken.filter(({ action }) => action === 'ship')
  if (shipped.length === 0) return []
  const { rows } = await deps.pool.query<{ orderId: string; mateId: string; orderNumber: string }>(
    LIST_MATES({ tenant: tenantId, ids: shipped.map(({ orderId }) => orderId), shops }),
  )
  const wanted = new Map<string, WantedChange>()
  for (const { orderId, mateId } of rows) {
    const change = shipped.find((one) => one.orderId === orderId)
    if (change && !named.has(mateId) && !wanted.has(mateId)) wanted.set(mateId, ofMate(change, mateId))
  }
  if (wanted.size === 0) return []
  const orders = await readRequestedOrders(deps, tenantId, [...wanted.values()])
  const changes = [...wanted].map(([mateId, change]) => {
    const order = orders.get(mateId)
    const mall = order && mallOfShop(deps.marketplaces, order)
    return hasConfirmFirst(mall) ? change : withoutConfirmation(change)
  })
  const { good } = decideEach(
    deps.marketplaces,
    orders,
    changes,
    changes.map((_, at) => from + at),
  )
  return good.flatMap((change) => {
    const row = rows.find(({ mateId }) => mateId === change.order.id)
    return row ? [{ change, orderNumber: row.orderNumber, shippedWith: row.orderId }] : []
  })
}

/** Another order of a parcel, which is shipped with the one that was asked for. */
export interface Mate {
  change: CheckedChange
  orderNumber: string
  shippedWith: string
}

/** Whether 注文確認 can go before 発送完了 in one change at this mall. */
export const hasConfirmFirst = (mall: Pick<Marketplace, 'changes'> | undefined): boolean =>
  mall?.changes?.actions.some(
    ({ action, fields }) => action === 'ship' && fields.some(({ name }) => name === 'confirmFirst'),
  ) ?? false

/** A parcel may hold orders of two malls, of which one knows no 注文確認. */
function withoutConfirmation(change: WantedChange): WantedChange {
  if (!('confirmFirst' in change)) return change
  const { confirmFirst: _, ...rest } = change
  return rest
}

/** The recipient's id is the other order's own. */
function ofMate(change: WantedChange, orderId: string): WantedChange {
  if (!('parcels' in change)) return { ...change, orderId }
  const parcels = change.parcels.map(({ recipientId: _, ...parcel }) => parcel)
  return { ...change, orderId, parcels }
}
