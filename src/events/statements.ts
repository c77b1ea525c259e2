import { HERE, SERVER } from '../platform/db/data-steps.ts'
import { statement } from '../platform/db/statement.ts'

/** Statements of the feed's history and its rows. Constants, each one round trip. */

/**
 * Calls every listener once for many commits (`createNotifyCoalescer` in
 * src/platform/db/watched-client.ts).
 */
export const LISTEN = 'listen torikomi_events'

// A row whose transaction this server has not begun yet comes from another server. A standby is only read.
export const READ_HISTORY = statement(
  { tenant: 'uuid?' },
  `
select h.epoch, case when :tenant is null then h.xid else coalesce(t.feed_xid, 0) end as xid,
  case when :tenant is null then h.event_id else coalesce(t.feed_event_id, 0) end as id, pg_snapshot_xmin(s.now)::text as oldest,
  case when pg_is_in_recovery() then true else not foreign_rows and h.place is not distinct from ${SERVER} end as "goesOn",
  not foreign_rows and h.place is null
    and coalesce((select place = ${HERE} from data_steps where name = 'instance'), true) as "isFirstLook"
from feed_history h
left join tenants t on t.id = :tenant
cross join (select pg_current_snapshot() as now) s
cross join lateral (select greatest(h.xid, (select xid from events order by xid desc, id desc limit 1))
  >= pg_snapshot_xmax(s.now)::text::bigint as foreign_rows) f`,
)

export const BEGIN_HISTORY = statement(
  { at: 'timestamptz' },
  `
update feed_history set epoch = left(gen_random_uuid()::text, 8), place = ${SERVER}, begun_at = :at,
  xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, event_id = ${2n ** 63n - 1n}`,
)

// An earlier reset has the same place when no transaction has ended since. It was given up just now, so
// overwrite it.
export const INSERT_RESETS = statement(
  { at: 'timestamptz' },
  `
insert into webhook_deliveries (id, webhook_id, epoch, xid, event_id, kind, data, at, next_attempt_at, created_at)
select gen_random_uuid(), w.id, h.epoch, h.xid, h.event_id, 'reset', jsonb_build_object('code', w.reset_code), now.at, now.at, now.at
from webhooks w, feed_history h, (select :at as at) now
on conflict (webhook_id, xid, event_id) do update set id = excluded.id, epoch = excluded.epoch, state = 'waiting', attempts = 0,
  at = excluded.at, next_attempt_at = excluded.at, created_at = excluded.at, finished_at = null`,
)

/** Rows of the history before stay until they are due. */
export const BEGIN_OF_TENANTS =
  'update tenants t set feed_xid = h.xid, feed_event_id = h.event_id from feed_history h'

export const WAIT_SHORTLY = "set local lock_timeout = '1s'"
export const TAKE_TIME = 'set local lock_timeout = 0; set local statement_timeout = 0'

/** Lets one process begin the new history, and the others find it begun. */
export const CLAIM_HISTORY = 'select from feed_history for update'

export const NOTE_SERVER = `update feed_history set place = ${SERVER}`

/** Events that this server has not counted yet come from another one. */
export const DELETE_FOREIGN_EVENTS = statement({ xid: 'int8' }, 'delete from events where xid > :xid')

export const RESET_WEBHOOKS = statement(
  { at: 'timestamptz' },
  `
update webhooks w set xid = h.xid, event_id = h.event_id, reset_at = :at, reset_code = 'HISTORY' from feed_history h`,
)

/** Receivers read everything again. */
export const GIVE_UP_DELIVERIES = statement(
  { at: 'timestamptz' },
  `
update webhook_deliveries set state = 'failed', last_code = 'reset', finished_at = :at where state = 'waiting' and kind <> 'test'`,
)

// Returns a row without an event when none can be sent. Uncertain events are not read, however many there
// are. Only the last event is checked, because for `exists` the planner may scan all of them, expecting that
// a third match.
const read = (which: string) => `
select e.*, edge.uncertain
from (
  select oldest, coalesce((
    select xid >= oldest from events where (xid, id) > (:xid, :id) order by xid desc, id desc limit 1
  ), false) as uncertain
  from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest) snapshot
) edge
left join lateral (
  select xid, id, tenant_id::text as "tenantId", kind, at, data from events
  where (xid, id) > (:xid, :id) and xid < edge.oldest ${which}
  order by xid, id limit :limit
) e on true
order by e.xid, e.id`

const PAGE = { xid: 'int8', id: 'int8', limit: 'int' } as const

export const READ_EVENTS = statement(PAGE, read(''))
export const READ_EVENTS_OF_TENANT = statement(
  { ...PAGE, tenant: 'uuid' },
  read("and tenant_id = :tenant and kind <> 'counts'"),
)
