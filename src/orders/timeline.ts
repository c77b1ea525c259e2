import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { orderNotFound } from './read.ts'
import type { Timeline } from './schemas.ts'

interface EventRow {
  id: string
  at: Date
  kind: string
  actor: string
  data: Record<string, unknown>
}

/** What happened to an order, oldest first. @throws AppError NOT_FOUND, also for another tenant's order */
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
  const { rows } = await pool.query<EventRow | { id: null }>(
    `select e.id::text, e.at, e.kind, e.actor, e.data
     from orders o left join order_events e on e.order_id = o.id
       and ($3::timestamptz is null or (e.at, e.id) > ($3, $4::uuid))
     where o.id = $1 and o.tenant_id = $2
     order by e.at, e.id
     limit $5`,
    [orderId, tenantId, at, id, page.limit + 1],
  )
  if (rows.length === 0) throw orderNotFound()
  const events = rows.filter((row): row is EventRow => row.id !== null)
  const { rows: kept, nextCursor } = pageOf(events, page.limit, (row) => [row.at.toISOString(), row.id])
  return { events: kept.map((event) => ({ ...event, at: event.at.toISOString() })), nextCursor }
}
