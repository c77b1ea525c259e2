import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { statement } from '../platform/db/statement-names.ts'
import { orderNotFound } from './read.ts'
import type { Timeline } from './schemas.ts'
import { actorName, timelineLabel } from './timeline-labels.ts'

interface EventRow {
  id: string
  at: Date
  kind: string
  actor: string
  keyName: string | null
  data: Record<string, unknown>
}

/**
 * What happened to an order, oldest first, and what it waited for before it was staged: attempts that brought nothing, and
 * the times in which its shop's mall was not asked. @throws AppError NOT_FOUND, also for another tenant's order
 */
export async function readTimeline(
  pool: Pool,
  tenantId: string,
  orderId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof Timeline>> {
  const [at, id] =
    page.cursor === undefined
      ? [null, null]
      : decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.uuid()]))
  const { rows } = await pool.query<EventRow | { id: null }>({
    ...TIMELINE,
    values: [orderId, tenantId, at, id, page.limit + 1],
  })
  if (rows.length === 0) throw orderNotFound()
  const events = rows.filter((row): row is EventRow => row.id !== null)
  const { rows: kept, nextCursor } = pageOf(events, page.limit, (row) => [row.at.toISOString(), row.id])
  return { events: kept.map(toAnswer), nextCursor }
}

const toAnswer = ({ keyName, ...event }: EventRow) => ({
  ...event,
  at: event.at.toISOString(),
  label: timelineLabel(event.kind, event.data),
  actorName: actorName(event.actor, keyName),
})

/**
 * The waits are found when somebody asks and not written for each order: one closed lane may hold up thousands. An order
 * waited from the first request for its number until it was staged; of a wait that began before, only that part is told.
 */
const TIMELINE = statement(`
with o as (
  select id, tenant_id, shop_id, order_number, staged_at,
    (select min(requested_at) from import_requests r
     where r.shop_id = orders.shop_id and r.order_number = orders.order_number and r.requested_at <= staged_at) as wanted_at
  from orders where id = $1 and tenant_id = $2
), line as (
  select e.id, e.at, e.kind, e.actor, e.data from o join order_events e on e.order_id = o.id
  union all
  select md5(r.id::text || 'attempt' || n)::uuid, (a ->> 'at')::timestamptz, 'attempt_failed', 'worker',
    jsonb_build_object('code', a ->> 'code', 'requestId', r.id)
  from o join import_requests r on r.shop_id = o.shop_id and r.order_number = o.order_number,
    jsonb_array_elements(r.retries) with ordinality as attempt (a, n)
  union all
  select w.id, greatest(w.from_at, o.wanted_at), 'waited_' || w.kind, 'worker',
    jsonb_strip_nulls(jsonb_build_object('code', w.code, 'until', least(coalesce(w.ended_at, w.until_at), o.staged_at),
      'seconds', ceil(extract(epoch from
        least(coalesce(w.ended_at, w.until_at), o.staged_at) - greatest(w.from_at, o.wanted_at)))))
  from o join shop_waits w on w.shop_id = o.shop_id and w.from_at < o.staged_at
    and coalesce(w.ended_at, w.until_at, o.staged_at) > o.wanted_at
)
select l.id::text, l.at, l.kind, l.actor, l.data, k.name as "keyName"
from o left join line l on $3::timestamptz is null or (l.at, l.id) > ($3, $4::uuid)
left join api_keys k on k.tenant_id = o.tenant_id and 'key:' || k.id = l.actor
order by l.at, l.id
limit $5`)
