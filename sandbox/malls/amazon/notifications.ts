import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../../src/platform/clock.ts'
import { jsonAnswer, parseJson, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { Keep } from '../../kit/keep.ts'
import type { SandboxEvent } from '../../kit/types.ts'
import { errorAnswer, unauthorised } from './answers.ts'
import type { Consents } from './consents.ts'
import type { Store } from './store.ts'

/** The Notifications API as far as ORDER_CHANGE needs it, with the messages to subscribers' queues. */

export interface Notifications {
  answer(request: SandboxRequest): SandboxAnswer
  /** Called for each order that changes. */
  tell(event: SandboxEvent): void
  /** What would be written to a queue. */
  onMessage(listener: (queueArn: string, body: string) => void): void
  /** The application may not subscribe: every call is refused. */
  granted: boolean
}

const Destination = z.object({
  name: z.string().min(1).max(256),
  resourceSpecification: z.object({ sqs: z.object({ arn: z.string().regex(/^arn:aws:sqs:/) }) }),
})
const Subscription = z.object({
  payloadVersion: z.string(),
  destinationId: z.string(),
  processingDirective: z
    .object({ eventFilter: z.object({ orderChangeTypes: z.array(z.string()).optional() }) })
    .optional(),
})

export function createNotifications(
  store: () => Store,
  consents: () => Consents,
  clock: Clock,
  keep: Keep,
): Notifications {
  const destinations = keep('destinations', () => new Map<string, { name: string; arn: string }>())
  /** By seller. */
  const subscriptions = keep(
    'subscriptions',
    () => new Map<string, { id: string; destinationId: string; types: readonly string[] | null }>(),
  )
  const listeners: ((queueArn: string, body: string) => void)[] = []
  const state = { granted: true }

  function destination({ method, body }: SandboxRequest): SandboxAnswer {
    const show = ([destinationId, { name, arn }]: [string, { name: string; arn: string }]) => ({
      destinationId,
      name,
      resource: { sqs: { arn } },
    })
    if (method === 'GET') return jsonAnswer(200, { payload: [...destinations].map(show) })
    const given = Destination.safeParse(parseJson(body))
    if (!given.success) return errorAnswer(400, 'InvalidInput', 'The destination is not valid.')
    const { name, resourceSpecification } = given.data
    if ([...destinations.values()].some((known) => known.name === name))
      return errorAnswer(409, 'Conflict', 'A destination with this name exists.')
    const entry: [string, { name: string; arn: string }] = [
      randomUUID(),
      { name, arn: resourceSpecification.sqs.arn },
    ]
    destinations.set(...entry)
    return jsonAnswer(200, { payload: show(entry) })
  }

  function subscription({ method, body }: SandboxRequest, shopCode: string): SandboxAnswer {
    const known = subscriptions.get(shopCode)
    const show = () => {
      const now = subscriptions.get(shopCode)
      return {
        payload: { subscriptionId: now?.id, destinationId: now?.destinationId, payloadVersion: '1.0' },
      }
    }
    if (method === 'GET')
      return known ? jsonAnswer(200, show()) : errorAnswer(404, 'NotFound', 'No subscription.')
    if (known) return errorAnswer(409, 'Conflict', 'A subscription exists.')
    const given = Subscription.safeParse(parseJson(body))
    if (!given.success || !destinations.has(given.data.destinationId))
      return errorAnswer(400, 'InvalidInput', 'The subscription is not valid.')
    const { destinationId, processingDirective } = given.data
    const types = processingDirective?.eventFilter.orderChangeTypes ?? null
    subscriptions.set(shopCode, { id: randomUUID(), destinationId, types })
    return jsonAnswer(200, show())
  }

  return {
    get granted() {
      return state.granted
    },
    set granted(granted) {
      state.granted = granted
    },
    answer(request) {
      const token = String(request.headers['x-amz-access-token'] ?? '')
      if (!state.granted) return unauthorised('')
      if (request.path === '/notifications/v1/destinations')
        return consents().isGrantless(token) ? destination(request) : unauthorised('')
      const who = consents().shopOf(token)
      if (request.path !== '/notifications/v1/subscriptions/ORDER_CHANGE')
        return errorAnswer(404, 'NotFound', 'No such resource.')
      return 'refusal' in who ? unauthorised(who.refusal) : subscription(request, who.shop.code)
    },
    tell({ type, order }) {
      const subscribed = subscriptions.get(order.shopCode)
      const queue = subscribed && destinations.get(subscribed.destinationId)
      if (!subscribed || !queue) return
      const known = store()
        .all()
        .find(({ model }) => model.orderId === order.orderNumber)
      if (!known) return
      const { fulfillment, orderItems } = known.model
      const wish = type === 'changed' && orderItems.some((item) => item.cancellation?.cancellationRequest)
      const changeType = wish ? 'BuyerRequestedChange' : 'OrderStatusChange'
      if (subscribed.types && !subscribed.types.includes(changeType)) return
      const status = STATUSES[fulfillment.fulfillmentStatus] ?? 'Unshipped'
      const facts = { shopCode: order.shopCode, orderNumber: order.orderNumber, changeType, status }
      const body = orderChange({ ...facts, subscriptionId: subscribed.id, at: clock.now() })
      for (const listener of listeners) listener(queue.arn, body)
    },
    onMessage: (listener) => void listeners.push(listener),
  }
}

/** Of v2026-01-01 to the words of v0, which notifications speak. */
const STATUSES: Readonly<Record<string, string>> = {
  PENDING: 'Pending',
  UNSHIPPED: 'Unshipped',
  PARTIALLY_SHIPPED: 'PartiallyShipped',
  SHIPPED: 'Shipped',
  CANCELLED: 'Canceled',
  UNFULFILLABLE: 'Unfulfillable',
}

export interface OrderChangeFacts {
  shopCode: string
  orderNumber: string
  changeType: string
  status: string
  subscriptionId?: string
  /** Milliseconds. */
  at: number
  notificationId?: string
}

export function orderChange(facts: OrderChangeFacts): string {
  const time = new Date(facts.at).toISOString()
  return JSON.stringify({
    NotificationVersion: '1.0',
    NotificationType: 'ORDER_CHANGE',
    PayloadVersion: '1.0',
    EventTime: time,
    Payload: {
      OrderChangeNotification: {
        NotificationLevel: 'OrderLevel',
        SellerId: facts.shopCode,
        AmazonOrderId: facts.orderNumber,
        OrderChangeType: facts.changeType,
        OrderChangeTrigger: {
          TimeOfOrderChange: time,
          ChangeReason:
            facts.changeType === 'BuyerRequestedChange' ? 'Buyer Requested Cancel' : 'Order Status Change',
        },
        Summary: {
          MarketplaceId: 'A1VC38T7YXB528',
          OrderStatus: facts.status,
          DestinationPostalCode: '210-0000',
          FulfillmentType: 'MFN',
        },
      },
    },
    NotificationMetadata: {
      ApplicationId: 'amzn1.sp.solution.sandbox',
      SubscriptionId: facts.subscriptionId ?? randomUUID(),
      PublishTime: time,
      NotificationId: facts.notificationId ?? randomUUID(),
    },
  })
}
