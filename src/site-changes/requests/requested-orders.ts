import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { MarketplaceName, NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { ChangeAction } from '../../marketplaces/port/site-changes.ts'
import { openEdits, withoutEdits } from '../../orders/store/edits.ts'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import type { WantedChange } from '../schemas.ts'

export interface OrderFacts {
  id: string
  shopId: string
  marketplace: MarketplaceName
}

/** What is known here of an order that a change is asked for. */
export interface RequestedOrder extends OrderFacts {
  /** As the mall last gave it; null where nothing asks for it, or where it is gone or cannot be opened. */
  atMall: NormalisedOrder | null
  /** Actions of its changes that have not ended. */
  underWay: ChangeAction[]
}

interface Row extends OrderFacts {
  underWay: ChangeAction[]
  sealedDetail: Buffer | null
  sealedEdits: Buffer | null
}

/** Opening five hundred orders takes tens of milliseconds: other requests get their turns in between. */
const OPENED_PER_TURN = 50

/** The tenant's orders among those asked for, by id. Those to be shipped are opened: their parcels must fit. */
export async function readRequestedOrders(
  { pool, sealer }: { pool: Pool; sealer: Pick<Sealer, 'of'> },
  tenantId: string,
  changes: readonly WantedChange[],
): Promise<Map<string, RequestedOrder>> {
  const toShip = changes.filter(({ action }) => action === 'ship').map(({ orderId }) => orderId)
  const { rows } = await pool.query<Row>(READ, [
    tenantId,
    [...new Set(changes.map(({ orderId }) => orderId))],
    [...new Set(toShip)],
  ])
  const orders = new Map<string, RequestedOrder>()
  for (const [index, { sealedDetail, sealedEdits, ...facts }] of rows.entries()) {
    if (index > 0 && index % OPENED_PER_TURN === 0) await nextTurn()
    orders.set(facts.id, {
      ...facts,
      atMall: openAtMall(sealer.of(tenantId), facts.id, sealedDetail, sealedEdits),
    })
  }
  return orders
}

const READ = `
select id::text, shop_id::text as "shopId", marketplace::text,
  array(select c.action from site_changes c where c.order_id = orders.id and c.state in ('queued', 'changing')) as "underWay",
  case when id = any($3::uuid[]) then sealed_detail end as "sealedDetail",
  case when id = any($3::uuid[]) then sealed_edits end as "sealedEdits"
from orders where tenant_id = $1 and id = any($2::uuid[])`

/** What cannot be opened is not checked: the worker reads the order at the mall before it sends anything. */
function openAtMall(
  sealer: RowSealer,
  orderId: string,
  detail: Buffer | null,
  edits: Buffer | null,
): NormalisedOrder | null {
  if (detail === null) return null
  try {
    const opened = sealer.openJson<NormalisedOrder>(`order:${orderId}:detail`, detail)
    return withoutEdits(opened, openEdits(sealer, orderId, edits))
  } catch {
    return null
  }
}
