import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import { HINT_SHOWN_MS } from '../shops/shops/mall-hints.ts'
import { WAITS_KEPT_DAYS } from '../shops/waits.ts'

const DAY_MS = 24 * 60 * 60_000
/** Rows of one transaction: short enough that nobody waits for it. */
const BATCH = 500
/** How long a client of GET /v1/events may be away and miss nothing. */
const EVENTS_KEPT = '6 hours'

export interface Retention {
  /** Removes what has been kept long enough, batch by batch, until nothing is left or `signal` is aborted. */
  run(signal: AbortSignal): Promise<Purged>
}

interface Purged {
  orders: number
  mails: number
  rawAnswers: number
  changes: number
}

/** Removes personal data after PII_RETENTION_DAYS; the rule and its reasons are in docs/decisions/retention.md. */
export function createRetention(deps: {
  pool: Pool
  clock: Clock
  log: Logger
  retentionDays: number
}): Retention {
  async function drain(sql: string, values: unknown[], signal: AbortSignal): Promise<number> {
    let total = 0
    while (!signal.aborted) {
      const { rowCount } = await deps.pool.query(sql, values)
      total += rowCount ?? 0
      if ((rowCount ?? 0) < BATCH) break
    }
    return total
  }

  return {
    async run(signal) {
      const now = deps.clock.now()
      const cutoff = new Date(now - deps.retentionDays * DAY_MS)
      await deps.pool.query('delete from shop_notices where last_seen_at < $1', [
        new Date(now - HINT_SHOWN_MS),
      ])
      await deps.pool.query(
        'delete from shop_waits where from_at < $1 and (ended_at is not null or until_at < $1)',
        [new Date(now - WAITS_KEPT_DAYS * DAY_MS)],
      )
      await drain(FORGET_EVENTS, [EVENTS_KEPT], signal)
      const purged = {
        orders: await drain(PURGE_ORDERS, [cutoff, BATCH, new Date(now)], signal),
        mails: await drain(PURGE_MAILS, [cutoff, BATCH], signal),
        rawAnswers: await drain(PURGE_RAW_ANSWERS, [cutoff, BATCH], signal),
        changes: await drain(PURGE_CHANGES, [cutoff, BATCH], signal),
      }
      if (purged.orders + purged.mails + purged.rawAnswers + purged.changes > 0)
        deps.log.info(purged, 'personal data removed')
      return purged
    },
  }
}

// By the database's own time, which is what the triggers write.
const FORGET_EVENTS = `
delete from events where (xid, id) in (
  select xid, id from events where at < now() - $1::interval order by xid, id limit ${BATCH}
)`

// Two services may purge at once: each takes other rows.
// Both indexes that bring the candidates hold only what is still to be emptied; all of it is looked at again under the lock.
const PURGE_ORDERS = `
with old as (
  select id from orders
  where purged_at is null and (
    pulled_at < $1
    or (pulled_at is null and status <> 'auto_imported' and updated_at < $1)
    or (pulled_at is null and status = 'auto_imported' and mall_state = 'cancelled' and refreshed_at < $1)
  ) and change_state not in ('queued', 'changing') and id in (
    (select id from orders where purged_at is null and pulled_at < $1 and change_state not in ('queued', 'changing')
     order by pulled_at limit $2)
    union all
    (select id from orders where purged_at is null and pulled_at is null and updated_at < $1
       and (status <> 'auto_imported' or (mall_state = 'cancelled' and refreshed_at < $1)) and change_state not in ('queued', 'changing')
     limit $2)
  )
  limit $2
  for update skip locked
), raws as (
  delete from order_raws using old where order_id = old.id
), search as (
  delete from order_search using old where order_id = old.id
), versions as (
  delete from order_versions using old where order_id = old.id
), differences as (
  update reimport_orders r set sealed_difference = null from old where r.order_id = old.id
)
update orders o set sealed_detail = null, sealed_edits = null, purged_at = $3, version = version + 1, updated_at = $3
from old where o.id = old.id`

const PURGE_MAILS = `
with old as (
  select id from mails where seen_at < $1 and sealed_mail is not null
  limit $2
  for update skip locked
)
update mails m set sealed_mail = null from old where m.id = old.id`

const PURGE_RAW_ANSWERS = `
with old as (
  select id from import_requests
  where finished_at < $1 and sealed_raw is not null
  limit $2
  for update skip locked
)
update import_requests r set sealed_raw = null from old where r.id = old.id`

// A change that is opened again has no end any more.
const PURGE_CHANGES = `
with old as (
  select id from site_changes
  where finished_at < $1 and (sealed_texts is not null or sealed_payloads is not null)
  limit $2
  for update skip locked
)
update site_changes c set sealed_texts = null, sealed_payloads = null from old where c.id = old.id`
