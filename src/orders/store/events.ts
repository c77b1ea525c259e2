import type { NewId } from '../../platform/ids.ts'

/** A line of an order's timeline: facts only, nothing of a person. */
export interface EventRow {
  id: string
  order_id: string
  at: Date
  kind: OrderEventKind
  actor: string
  data: Record<string, unknown>
}

export type OrderEventKind =
  | 'mail_seen'
  | 'staged'
  | 'pulled'
  | 'refreshed'
  | 'cancelled_at_mall'
  | 'reopened_at_mall'
  | 'changed_at_mall'
  | 'reimported'
  | 'taken_over'

/** Facts of a request that its order's timeline shows. */
export interface EventSource {
  id: string
  source: string
  mailId: string | null
  mailSeenAt: Date | null
  mailKind: string | null
}

export function mailEvent(newId: NewId, orderId: string, request: EventSource): EventRow[] {
  if (!request.mailId || !request.mailSeenAt) return []
  return [
    {
      id: newId(),
      order_id: orderId,
      at: request.mailSeenAt,
      kind: 'mail_seen',
      actor: 'mail',
      data: { mailId: request.mailId, mailKind: request.mailKind },
    },
  ]
}

export const workerEvent = (
  newId: NewId,
  orderId: string,
  at: Date,
  kind: OrderEventKind,
  data: Record<string, unknown>,
): EventRow => ({ id: newId(), order_id: orderId, at, kind, actor: 'worker', data })
