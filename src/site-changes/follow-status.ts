import { OrderStatus } from '../generated/prisma/enums.ts'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { HeldChange } from './claim.ts'

/** The order's own status (ステータス) after a change that went well. */

export interface Following {
  to: OrderStatus
  /** Asked for with the change (`thenMoveTo`): whatever the tenant's setting, and out of 自動受注取込 too. */
  byWish: boolean
}

/** Pure. Null: it stays. */
export function statusAfter(
  { action, parameters }: Pick<HeldChange, 'action' | 'parameters'>,
  order: Pick<NormalisedOrder, 'mallState' | 'holds'>,
): Following | null {
  const wish = OrderStatusWish[String(parameters?.thenMoveTo)]
  if (wish) return { to: wish, byWish: true }
  const to = followed(action, parameters, order)
  return to && { to, byWish: false }
}

const OrderStatusWish: Readonly<Record<string, OrderStatus>> = Object.assign(Object.create(null), OrderStatus)

function followed(
  action: HeldChange['action'],
  parameters: HeldChange['parameters'],
  { mallState, holds }: Pick<NormalisedOrder, 'mallState' | 'holds'>,
): OrderStatus | null {
  if (!MOVING.has(action)) return null
  if (mallState !== 'open') return mallState
  switch (action) {
    case 'ship':
      // Rakuten turns 発送済 only in the night. What names its lines may be a part of the order.
      return isPartial(parameters) ? null : 'shipped'
    case 'complete':
      return 'completed'
    case 'cancel':
      return 'cancelled'
    case 'hold':
      return 'on_hold'
    default:
      if (holds.some(({ kind }) => kind === 'unpaid')) return 'awaiting_payment'
      return holds.length === 0 ? 'ready_to_ship' : null
  }
}

const MOVING: ReadonlySet<HeldChange['action']> = new Set([
  ...(['confirm', 'ship', 'mark_paid', 'complete', 'hold', 'release', 'cancel'] as const),
])

const isPartial = (parameters: HeldChange['parameters']): boolean =>
  Array.isArray(parameters?.parcels) && parameters.parcels.some((parcel) => parcel?.lines?.length > 0)

/**
 * From where a status may be followed to the next. Never out of 自動受注取込, as the client would not be handed the
 * order, and never back from what staff have brought further.
 */
const OPEN: readonly OrderStatus[] = ['new', 'awaiting_payment', 'ready_to_ship', 'on_hold']
const FROM: Partial<Record<OrderStatus, readonly OrderStatus[]>> = {
  awaiting_payment: OPEN,
  ready_to_ship: OPEN,
  on_hold: OPEN,
  shipped: OPEN,
  completed: [...OPEN, 'shipped'],
  cancelled: [...OPEN, 'shipped', 'completed'],
}

/** In the transaction that ends the change, whose order is locked. */
export async function followStatus(
  queries: Queries,
  newId: NewId,
  change: Pick<HeldChange, 'id' | 'orderId'>,
  { to, byWish }: Following,
  at: Date,
): Promise<void> {
  await queries.query(FOLLOW, [change.orderId, to, at, byWish, FROM[to] ?? [], newId(), change.id])
}

const FOLLOW = `
with before as (
  select o.id, o.status from orders o join tenants t on t.id = o.tenant_id
  where o.id = $1 and o.status <> $2::order_status and ($4 or (t.status_follows_mall and o.status = any($5::order_status[])))
), moved as (
  update orders o set status = $2::order_status, version = o.version + 1, updated_at = $3
  from before b where o.id = b.id
)
insert into order_events (id, order_id, at, kind, actor, data)
select $6::uuid, id, $3, 'moved', 'worker', jsonb_build_object('from', status, 'to', $2::text, 'changeId', $7::text) from before`
