import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'

/** Events that a change leaves in its order's timeline; facts only, no personal data. */
export type ChangeEventKind =
  | 'change_requested'
  | 'change_sent'
  | 'change_answered'
  | 'change_read'
  | 'change_waiting'
  | 'change_succeeded'
  | 'change_warning'
  | 'change_failed'
  | 'change_retried'
  | 'change_dismissed'

export interface ChangeEvent {
  id: string
  order_id: string
  at: Date
  kind: ChangeEventKind
  actor: string
  data: Record<string, unknown>
}

export type MakeEvent = (kind: ChangeEventKind, data?: Record<string, unknown>) => ChangeEvent

export const eventsOf =
  (
    newId: NewId,
    change: { id: string; orderId: string; action: string },
    at: Date,
    actor = 'worker',
  ): MakeEvent =>
  (kind, data = {}) => ({
    id: newId(),
    order_id: change.orderId,
    at,
    kind,
    actor,
    data: { changeId: change.id, action: change.action, ...data },
  })

export async function writeEvents(queries: Queries, events: readonly ChangeEvent[]): Promise<void> {
  if (events.length === 0) return
  await queries.query(
    `insert into order_events (id, order_id, at, kind, actor, data)
     select e.id, e.order_id, e.at, e.kind, e.actor, e.data
     from jsonb_to_recordset($1::jsonb) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)`,
    [JSON.stringify(events)],
  )
}
