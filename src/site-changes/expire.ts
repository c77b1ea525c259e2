import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import { lockOrders, writeOrderStates } from './order-state.ts'
import { expired, type Reason } from './reasons.ts'
import { eventsOf, writeEvents } from './timeline.ts'

/** Changes of one transaction. */
const BATCH = 200

export interface ExpireDeps {
  pool: Pool
  clock: Clock
  newId: NewId
}

export interface Expired {
  /** Back to queued: their shop cannot be worked on. */
  queued: number
  /** Ended as warning: they waited too long. */
  ended: number
}

/**
 * For changes that no worker comes to, because their shop stands still: what is 変更中 goes back to 待機中 when the
 * shop waits for a person or its time is over, and what has waited for a week ends. Any process may do it,
 * and several at once.
 */
export async function expireChanges(deps: ExpireDeps): Promise<Expired> {
  const now = new Date(deps.clock.now())
  const queued = await move(deps, STANDING, now, 'queued', standsStill)
  const late = await move(deps, LATE, now, 'warning', expired)
  return { queued, ended: late }
}

const standsStill: Reason = {
  code: 'SHOP_STANDS_STILL',
  message: '店舗がモールに接続できない状態のため、待機しています。',
  nextStep: '店舗の「要対応」を確認してください。解消すると自動で再開します。',
  mallCode: null,
  mallMessage: null,
}

async function move(
  deps: ExpireDeps,
  which: string,
  now: Date,
  state: 'queued' | 'warning',
  reason: Reason,
): Promise<number> {
  const { rows } = await deps.pool.query<{ id: string; orderId: string }>(
    `select c.id::text, c.order_id::text as "orderId" ${which} limit ${BATCH}`,
    [now],
  )
  if (rows.length === 0) return 0
  const orderIds = rows.map(({ orderId }) => orderId)
  return inTransaction(deps.pool, async (client) => {
    await lockOrders(client, orderIds)
    const changed = await client.query<{ id: string; orderId: string; action: string }>(
      `update site_changes t set state = $2::change_state, deadline = null, code = $3, message = $4, next_step = $5,
         lease_token = null, lease_until = null, updated_at = $1,
         finished_at = case when $2 = 'queued' then null else $1::timestamptz end
       where t.id = any($6::uuid[]) and t.id in (select c.id ${which})
       returning t.id::text, t.order_id::text as "orderId", t.action`,
      [now, state, reason.code, reason.message, reason.nextStep, rows.map(({ id }) => id)],
    )
    const kind = state === 'queued' ? 'change_waiting' : 'change_warning'
    await writeEvents(
      client,
      changed.rows.map((row) => eventsOf(deps.newId, row, now)(kind, { code: reason.code })),
    )
    await writeOrderStates(client, orderIds, now)
    return changed.rowCount ?? 0
  })
}

const FREE = '(c.lease_until is null or c.lease_until <= $1)'

/** A closed lane alone is left to pass until the time in 変更中 is used up: most are closed for seconds. */
const STANDING = `
from site_changes c join shops s on s.id = c.shop_id join tenants t on t.id = s.tenant_id
where c.state = 'changing' and ${FREE} and (not s.enabled or t.status <> 'active' or s.attention_code is not null
  or (s.lane_closed_until > $1 and c.deadline <= $1))`

const LATE = `
from site_changes c where c.state in ('queued', 'changing') and c.expires_at <= $1 and ${FREE}`
