import { z } from 'zod'
import type { HttpResponse } from '../../platform/http/http-client.ts'
import { bodyText, failureOfError } from '../kit/failures.ts'
import { fetchToken, type OAuthAccess } from '../kit/oauth.ts'
import { parseJson } from '../kit/texts.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { MallNotification } from '../port/marketplace.ts'
import type { MarketplaceTools, Subscription } from '../port/session.ts'
import { type AmazonCredentials, tokenEndpoint } from './auth.ts'
import { requestOf } from './client.ts'
import { AMAZON, isOrderNumber } from './facts.ts'

/**
 * Makes Amazon write a shop's ORDER_CHANGE to the operator's queue: a destination, which belongs to the
 * application and needs a token without a seller, and a subscription, which needs the seller's.
 */

export interface SubscribeOptions {
  apiUrl: string
  authUrl: string
  credentials: AmazonCredentials
  tools: MarketplaceTools
  access: OAuthAccess
}

const SCOPE = 'sellingpartnerapi::notifications'
const TYPE = 'ORDER_CHANGE'
const LIMITS = { timeoutMs: 15_000, maxBytes: 1024 * 1024 }

const Destinations = z.object({
  payload: z
    .array(
      z.object({
        destinationId: z.string(),
        resource: z.object({ sqs: z.object({ arn: z.string() }).optional() }).optional(),
      }),
    )
    .catch([]),
})
const Destination = z.object({ payload: z.object({ destinationId: z.string() }) })

export async function subscribe(
  options: SubscribeOptions,
  /** null: there is none for this application. */
  queueUrl: string | null,
  signal: AbortSignal,
): Promise<Subscription> {
  if (queueUrl === null) return noQueue(options.credentials.clientId)
  const arn = arnOf(queueUrl)
  if (arn === null) return byHand('AMAZON_QUEUE_UNKNOWN', 'キューのURLから ARN を求められません。', queueUrl)
  try {
    const endpoint = tokenEndpoint(options.authUrl, options.credentials, options.tools)
    const withoutSeller = await fetchToken(
      endpoint,
      { grant_type: 'client_credentials', scope: SCOPE },
      signal,
    )
    const { accessToken } = await options.access.bearer(signal)
    const destinationId = await destinationOf(options, withoutSeller.accessToken, arn, signal)
    if (destinationId === null) return byHand('AMAZON_DESTINATION_REFUSED', NO_DESTINATION, arn)
    const path = `/notifications/v1/subscriptions/${TYPE}`
    const before = await call(options, accessToken, 'GET', path, undefined, signal)
    const known = before.status === 200 ? Destination.safeParse(json(before)).data : undefined
    if (known?.payload.destinationId === destinationId) return subscribed('すでに購読しています。')
    const made = await call(options, accessToken, 'POST', path, subscriptionTo(destinationId), signal)
    if (made.status < 300) return subscribed('注文の変更の通知を購読しました。')
    if (made.status === 409)
      return byHand('AMAZON_SUBSCRIBED_ELSEWHERE', 'この出品者の通知は別のキューが購読しています。', arn)
    return byHand(
      'AMAZON_SUBSCRIPTION_REFUSED',
      `Amazonが購読を受け付けませんでした（HTTP ${made.status}）。`,
      arn,
    )
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const failure = failureOfError(AMAZON, error)
    if (failure instanceof MarketplaceFailure) return byHand(failure.code, failure.message, arn)
    throw failure
  }
}

const NO_DESTINATION =
  'Amazonが通知の送り先（キュー）を受け付けませんでした。アプリのロールと、キューのポリシーで Amazon（437568002678）に sqs:SendMessage を許可しているかを確認してください。'

const noQueue = (clientId: string): Subscription => ({
  subscribed: false,
  code: 'AMAZON_QUEUE_MISSING',
  messages: [
    `このアプリ（クライアントID ${clientId}）のキューがありません。運営者がサーバーの設定 ${AMAZON.settings.queues.env} に「${clientId}=キューのURL」を加える必要があります。取り込みはメールと突合で続きます。`,
  ],
})

const subscribed = (message: string): Subscription => ({ subscribed: true, code: null, messages: [message] })

const byHand = (code: string, why: string, arn: string): Subscription => ({
  subscribed: false,
  code,
  messages: [
    why,
    `手作業で行う場合は、通知の送り先 ${arn} を createDestination で登録し、${TYPE} を createSubscription で購読してください。取り込みはメールと突合で続きます。`,
  ],
})

async function destinationOf(
  options: SubscribeOptions,
  token: string,
  arn: string,
  signal: AbortSignal,
): Promise<string | null> {
  const path = '/notifications/v1/destinations'
  const listed = await call(options, token, 'GET', path, undefined, signal)
  const known = Destinations.safeParse(json(listed)).data?.payload ?? []
  const same = known.find(({ resource }) => resource?.sqs?.arn === arn)
  if (same) return same.destinationId
  const body = {
    name: `torikomi-${arn.split(':').at(-1)}`.slice(0, 256),
    resourceSpecification: { sqs: { arn } },
  }
  const made = await call(options, token, 'POST', path, body, signal)
  return Destination.safeParse(json(made)).data?.payload.destinationId ?? null
}

const subscriptionTo = (destinationId: string) => ({
  payloadVersion: '1.0',
  destinationId,
  processingDirective: {
    eventFilter: {
      eventFilterType: TYPE,
      orderChangeTypes: ['OrderStatusChange', 'BuyerRequestedChange'],
    },
  },
})

const call = (
  { apiUrl, tools }: SubscribeOptions,
  token: string,
  method: 'GET' | 'POST',
  path: string,
  body: object | undefined,
  signal: AbortSignal,
): Promise<HttpResponse> =>
  tools.http.request({ ...requestOf(apiUrl, { method, path, body }, token), ...LIMITS }, signal)

const json = (response: HttpResponse): unknown => parseJson(bodyText(response))

/** https://sqs.ap-northeast-1.amazonaws.com/123456789012/name */
export function arnOf(queueUrl: string): string | null {
  if (!URL.canParse(queueUrl)) return null
  const { hostname, pathname } = new URL(queueUrl)
  const region = /^sqs\.([a-z0-9-]+)\.amazonaws\.com$/.exec(hostname)?.[1] ?? 'us-east-1'
  const [account, name] = pathname.split('/').filter((part) => part !== '')
  return account && name ? `arn:aws:sqs:${region}:${account}:${name}` : null
}

// ORDER_CHANGE of the Notifications API: no personal data but a postcode, which is not read.

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
