import type { Pool } from 'pg'
import { acrossTenants } from '../platform/db/tenant-scope.ts'

/**
 * Place in the log of events: transaction and row. Rows are read in this order, and only those of transactions older than
 * every one that still runs; so whoever has come to a place has missed nothing before it, whatever order commits come in.
 */
export interface Place {
  xid: bigint
  id: bigint
}

export interface LoggedEvent extends Place {
  tenantId: string
  kind: string
  at: Date
  data: unknown
}

const LAST_ID = 2n ** 63n - 1n

const ONE_LOG = 'where the log begins is told by the rows of all'

export const placeText = ({ xid, id }: Place): string => `${xid}-${id}`

export function parsePlace(text: string): Place | null {
  const parts = /^(\d{1,19})-(\d{1,19})$/.exec(text)
  const [xid, id] = [BigInt(parts?.[1] ?? 0), BigInt(parts?.[2] ?? 0)]
  // Postgres counts no further.
  return parts && xid <= LAST_ID && id <= LAST_ID ? { xid, id } : null
}

export const isAfter = (one: Place, other: Place): boolean =>
  one.xid > other.xid || (one.xid === other.xid && one.id > other.id)

/** Behind everything that is certain now: all that commits from here on comes after it. */
export async function readPresent(pool: Pool): Promise<Place> {
  const { rows } = await pool.query<{ xmin: string }>(
    'select pg_snapshot_xmin(pg_current_snapshot())::text as xmin',
  )
  return { xid: BigInt(rows[0]?.xmin ?? '1') - 1n, id: LAST_ID }
}

/** Before everything that is kept. */
export async function readOldest(pool: Pool): Promise<Place> {
  const { rows } = await acrossTenants(ONE_LOG, () =>
    pool.query<{ xid: string; id: string }>('select xid, id from events order by xid, id limit 1'),
  )
  return rows[0] ? { xid: BigInt(rows[0].xid), id: BigInt(rows[0].id) } : { xid: 0n, id: 0n }
}

/**
 * Whether the log still holds all that came after the place, and the place is of this database's past. Of what is forgotten the
 * last row stays, so a place with no row at or before it is one that the log begins after.
 */
export async function isKnown(pool: Pool, place: Place, present: Place): Promise<boolean> {
  if (place.xid > present.xid) return false
  const { rows } = await acrossTenants(ONE_LOG, () =>
    pool.query('select from events where (xid, id) <= ($1::bigint, $2::bigint) order by xid, id limit 1', [
      place.xid,
      place.id,
    ]),
  )
  return rows.length > 0
}

interface Row {
  xid: string | null
  id: string
  tenantId: string
  kind: string
  at: Date
  data: unknown
  uncertain: boolean
}

export interface EventPage {
  events: LoggedEvent[]
  /** There is more behind these. */
  full: boolean
  /** Something was written already and cannot be told yet, because an older transaction still runs. */
  uncertain: boolean
}

/** Events after a place: of all tenants with what only changes a board, or what is told to one. */
export async function readEvents(
  pool: Pool,
  after: Place,
  limit: number,
  tenantId: string | null = null,
): Promise<EventPage> {
  const { rows } = await pool.query<Row>(tenantId === null ? READ : READ_OF_TENANT, [
    ...[after.xid, after.id, limit],
    ...(tenantId === null ? [] : [tenantId]),
  ])
  const events = rows.flatMap(({ xid, id, tenantId, kind, at, data }) =>
    xid === null ? [] : [{ xid: BigInt(xid), id: BigInt(id), tenantId, kind, at, data }],
  )
  return { events, full: events.length === limit, uncertain: rows[0]?.uncertain ?? false }
}

// A row without an event where there is none to be told. What is uncertain is not read, however much of it there is: the last event alone is looked
// at, as for "is there one" the planner may go through all of them, in the belief that a third fits.
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
