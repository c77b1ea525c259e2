import type { Queries } from '../platform/db/transaction.ts'
import { withTimesInZ } from '../platform/japan-time.ts'
import type { History, Place } from './history.ts'

/**
 * A place and the epoch that issued it. Rows are read in the order of their places, and only those of
 * transactions older than every running one. So a reader at a place has missed nothing before it, in whatever
 * order transactions commit.
 */
export interface Position extends Place {
  epoch: string
}

export interface LoggedEvent extends Place {
  tenantId: string
  kind: string
  at: Date
  data: unknown
}

export function parsePosition(text: string): Position | null {
  const parts = /^(\d{1,19})-(\d{1,19})(?:-([0-9a-f]{8}))?$/.exec(text)
  const [xid, id] = [BigInt(parts?.[1] ?? 0), BigInt(parts?.[2] ?? 0)]
  // Postgres counts no further.
  return parts && xid <= MOST && id <= MOST ? { xid, id, epoch: parts[3] ?? '' } : null
}

const MOST = 2n ** 63n - 1n

export const isAfter = (one: Place, other: Place): boolean =>
  one.xid > other.xid || (one.xid === other.xid && one.id > other.id)

/** True when the position belongs to this history and the log still holds every event after it. */
export const isKnown = (position: Position, { epoch, begins, present }: History): boolean =>
  position.epoch === epoch && !isAfter(begins, position) && position.xid <= present.xid

/** Of no event where none can be sent. */
type Row = { uncertain: boolean } & (
  | { xid: string; id: string; tenantId: string; kind: string; at: Date; data: unknown }
  | { xid: null }
)

export interface EventPage {
  events: LoggedEvent[]
  /** True when more events follow. */
  full: boolean
  /** True when an event is written that cannot be sent yet, because an older transaction still runs. */
  uncertain: boolean
}

/**
 * Reads events after a place: of all tenants, including those that only change a board, or the visible ones
 * of one tenant.
 */
export async function readEvents(
  pool: Queries,
  after: Place,
  limit: number,
  tenantId: string | null = null,
): Promise<EventPage> {
  const { rows } = await pool.query<Row>(tenantId === null ? READ : READ_OF_TENANT, [
    ...[after.xid, after.id, limit],
    ...(tenantId === null ? [] : [tenantId]),
  ])
  const events = rows.flatMap((row) => {
    if (row.xid === null) return []
    const { xid, id, tenantId, kind, at, data } = row
    return [{ xid: BigInt(xid), id: BigInt(id), tenantId, kind, at, data: withTimesInZ(data) }]
  })
  return { events, full: events.length === limit, uncertain: rows[0]?.uncertain ?? false }
}

// Returns a row without an event when none can be sent. Uncertain events are not read, however many there
// are. Only the last event is checked, because for `exists` the planner may scan all of them, expecting that
// a third match.
const read = (which: string) => `
select e.*, edge.uncertain
from (
  select oldest, coalesce((
    select xid >= oldest from events where (xid, id) > ($1::bigint, $2::bigint) order by xid desc, id desc limit 1
  ), false) as uncertain
  from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest) snapshot
) edge
left join lateral (
  select xid, id, tenant_id::text as "tenantId", kind, at, data from events
  where (xid, id) > ($1::bigint, $2::bigint) and xid < edge.oldest ${which}
  order by xid, id limit $3
) e on true
order by e.xid, e.id`

const READ = read('')
const READ_OF_TENANT = read("and tenant_id = $4::uuid and kind <> 'counts'")
