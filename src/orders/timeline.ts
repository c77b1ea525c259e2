import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import type { RowSealer, Sealer } from '../platform/crypto/sealer.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { actorName, staffName } from '../shops/tenants/actor-names.ts'
import { orderNotFound } from './read.ts'
import type { Timeline } from './schemas.ts'
import { TIMELINE } from './sql.ts'
import { timelineLabel } from './timeline-labels.ts'

interface EventRow {
  id: string
  at: Date
  kind: string
  actor: string
  keyName: string | null
  sealedName: Uint8Array | null
  data: Record<string, unknown>
}

/**
 * Lists an order's events, oldest first, and its waits before staging: empty attempts and times without
 * calls.
 * @throws AppError NOT_FOUND, also for another tenant's order
 */
export async function readTimeline(
  { pool, sealer }: { pool: Queries; sealer: Pick<Sealer, 'of'> },
  tenantId: string,
  orderId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof Timeline>> {
  const [at, id] =
    page.cursor === undefined ? [null, null] : decodeCursor(page.cursor, z.tuple([CursorTime, z.uuid()]))
  const { rows } = await pool.query<EventRow | { id: null }>({
    text: TIMELINE,
    values: [orderId, tenantId, at, id, page.limit + 1],
  })
  if (rows.length === 0) throw orderNotFound()
  const events = rows.filter((row): row is EventRow => row.id !== null)
  const { rows: kept, nextCursor } = pageOf(events, page.limit, (row) => [row.at.toISOString(), row.id])
  return { events: kept.map((event) => toAnswer(sealer.of(tenantId), event)), nextCursor }
}

const toAnswer = (sealer: RowSealer, { keyName, sealedName, ...event }: EventRow) => ({
  ...event,
  at: event.at.toISOString(),
  label: timelineLabel(event.kind, event.data),
  actorName: actorName(event.actor, keyName, staffName(sealer, event.actor, sealedName)),
})
