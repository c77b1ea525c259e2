import { z } from 'zod'
import { parseJson } from '../../kit/texts.ts'
import type { MallNotification } from '../../port/notifications.ts'
import { isOrderNumber } from '../facts.ts'

/** ORDER_CHANGE of the Notifications API: no personal data but a postcode, which is not read. */

const text = z.string().trim().min(1).max(200)
const Envelope = z.object({
  NotificationType: text,
  NotificationMetadata: z.object({ NotificationId: text }),
  EventTime: z.string().max(100).optional().catch(undefined),
  Payload: z.unknown().optional(),
})
const OrderChange = z.object({
  OrderChangeNotification: z.object({
    SellerId: text,
    AmazonOrderId: text.refine(isOrderNumber),
    OrderChangeType: text,
    OrderChangeTrigger: z
      .object({ TimeOfOrderChange: z.string().max(100).optional().catch(undefined) })
      .optional()
      .catch(undefined),
    Summary: z
      .object({ OrderStatus: z.string().trim().max(50).optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
})

/** Statuses (the v0 words) of an order that is ready and that a shop has not worked on. */
const NEW = new Set(['Unshipped'])
/** Statuses before payment is settled; Amazon sends another notification when it is. */
const TOO_EARLY = new Set(['Pending', 'PendingAvailability'])
/** A message of SQS is 1 MiB at most, one of these some KiB. */
const MOST_CHARACTERS = 256 * 1024

export function readNotification(message: string): MallNotification | null {
  const envelope = Envelope.safeParse(parsed(message)).data
  if (envelope === undefined) return null
  const { NotificationId: id } = envelope.NotificationMetadata
  if (envelope.NotificationType !== 'ORDER_CHANGE')
    return { kind: 'other', id, what: envelope.NotificationType }
  const change = OrderChange.safeParse(envelope.Payload).data?.OrderChangeNotification
  if (change === undefined) return null
  const { OrderChangeType: type, Summary, OrderChangeTrigger } = change
  const status = Summary?.OrderStatus ?? ''
  const what = `${type} ${status}`.trim()
  if (type === 'OrderStatusChange' && TOO_EARLY.has(status)) return { kind: 'other', id, what }
  return {
    kind: 'order',
    id,
    shopCode: change.SellerId,
    orderNumber: change.AmazonOrderId,
    // A cancellation request concerns a stored order; when the order is not here, it is imported as a new
    // one.
    news: NEW.has(status) ? 'new' : 'changed',
    what,
    at: timeOf(OrderChangeTrigger?.TimeOfOrderChange ?? envelope.EventTime),
  }
}

const parsed = (message: string): unknown =>
  message.length > MOST_CHARACTERS ? undefined : parseJson(message)

function timeOf(given: string | undefined): Date | null {
  const time = Date.parse(given ?? '')
  return Number.isNaN(time) || time < 0 || time > Date.UTC(9999, 0) ? null : new Date(time)
}
