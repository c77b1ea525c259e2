import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { shopsOf, tenantOf } from '../../http/auth.ts'
import { Id } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import type { MarketplaceName, NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { ChangeAction } from '../../marketplaces/port/site-changes.ts'
import { openDetail, openEdits, withoutEdits } from '../../orders/store/content.ts'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import { AppError, type FieldError } from '../../platform/errors.ts'
import { factsOf } from '../../platform/narrow.ts'
import { MOST_CHANGES, type WantedChange } from '../schemas.ts'

export interface OrderFacts {
  id: string
  shopId: string
  marketplace: MarketplaceName
}

/** Stored facts of an order for which a change is requested. */
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

/** A refusal of malformed changes, with the orders that are missing: a client mends all at once. */
export async function withUnknownOrders(
  { pool }: { pool: Pool },
  request: FastifyRequest,
): Promise<AppError> {
  const error = request.validationError
  if (!(error instanceof AppError)) throw error
  const { changes } = factsOf(request.body)
  // A key of some shops must not learn which orders the others have.
  if (!Array.isArray(changes) || shopsOf(request) !== null) return error
  const ids = changes.map((change) => Id.safeParse(factsOf(change).orderId).data)
  const { rows } = await pool.query<{ id: string }>(
    'select id::text from orders where tenant_id = $1 and id = any($2::uuid[])',
    [tenantOf(request), ids.filter((id) => id !== undefined).slice(0, MOST_CHANGES)],
  )
  const there = new Set(rows.map(({ id }) => id))
  const missing = ids
    .slice(0, MOST_CHANGES)
    .flatMap((id, index) =>
      id === undefined || there.has(id) ? [] : [{ ...unknownOrder, field: `changes[${index}].orderId` }],
    )
  return missing.length === 0 ? error : invalid([...error.fields, ...missing].slice(0, MOST_ERRORS))
}

export const unknownOrder: FieldError = {
  field: 'orderId',
  message: '受注が見つかりません。一覧を再読み込みして確認してください。',
  code: 'not_found',
}

/** More tells a reader nothing, and keeps the answer small when a whole list is wrong. */
export const MOST_ERRORS = 50

/** Opening five hundred orders takes tens of milliseconds: other requests get their turns in between. */
const OPENED_PER_TURN = 50

/** The tenant's orders among those asked for, by id. Those to ship are opened: their parcels must fit. */
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

/** Null where it does not open: it is not checked then, as the worker reads the mall's before sending. */
function openAtMall(
  sealer: RowSealer,
  orderId: string,
  detail: Buffer | null,
  edits: Buffer | null,
): NormalisedOrder | null {
  if (detail === null) return null
  try {
    const opened = openDetail(sealer, orderId, detail)
    return withoutEdits(opened, openEdits(sealer, orderId, edits))
  } catch {
    return null
  }
}
