import type { HttpResponse } from '../../platform/http/http-client.ts'
import {
  type AnswerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfWrite,
  malformed,
  malformedList,
  unavailable,
} from '../kit/failures.ts'
import { type OAuthAccess, withRenewal } from '../kit/oauth.ts'
import { parseJson } from '../kit/texts.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { MarketplaceTools, Quota } from '../port/session.ts'
import { AMAZON, MARKETPLACE_JP } from './facts.ts'
import {
  clockOff,
  clockWords,
  errorIn,
  failureOfBusy,
  failureOfGateway,
  isTokenRefused,
  roleMissing,
  tokenRefused,
  withStatusOfErrors,
  wordsOf,
} from './failures.ts'
import { WirePage } from './wire.ts'

/** One call of the Orders API. */
interface AmazonCall {
  operation: Operation
  method: 'GET' | 'POST'
  /** Below the host, with its leading slash. */
  path: string
  query?: Record<string, string> | undefined
  /** Sent as JSON. */
  body?: unknown
}

/**
 * Amazon's answer: data, or a refusal that may concern this call alone (400, 404, a role's 403). Failures of
 * the shop, the service or the connection are thrown as MarketplaceFailure.
 */
export type AmazonAnswer =
  | { kind: 'ok'; json: unknown; raw: string }
  | { kind: 'refused'; status: number; facts: AnswerFacts; clockOffMs?: number }

export type AmazonClient = ReturnType<typeof createClient>

/** SP-API requires this form and refuses calls without it; `Language` must be in it. */
export const USER_AGENT = 'Torikomi/1.0 (Language=TypeScript; Platform=Node)'
const API_TIMEOUT_MS = 30_000

/** `apiUrl`: the part before `/orders`. */
export function createClient(
  apiUrl: string,
  sellerId: string,
  tools: MarketplaceTools,
  access: OAuthAccess,
  quotas: ReturnType<typeof createQuotas>,
) {
  async function exchange(call: AmazonCall, accessToken: string, signal: AbortSignal): Promise<HttpResponse> {
    const response = await tools.http.request(requestOf(apiUrl, call, accessToken), signal)
    quotas.believe(sellerId, call.operation, response.headers['x-amzn-ratelimit-limit'])
    return response
  }

  async function ask(call: AmazonCall, signal: AbortSignal, failure: FailureOf): Promise<AmazonAnswer> {
    const isRefused = (response: HttpResponse) => isTokenRefused(response, errorOf(response))
    const once = async (accessToken: string) => {
      await tools.lane.take(quotas.of(sellerId, call.operation), signal).catch((error) => {
        throw ofOperation(call, error)
      })
      return exchange(call, accessToken, signal).catch((error) => {
        throw failure(error, signal)
      })
    }
    const response = await withRenewal(access, isRefused, once, signal)
    try {
      return readAnswer(response, tools, quotas.gainMs(sellerId, call.operation))
    } catch (error) {
      throw failure(ofOperation(call, error), signal)
    }
  }

  return {
    call: (call: AmazonCall, signal: AbortSignal) => ask(call, signal, failureOfRead),
    /**
     * Makes a call that changes something.
     * @throws MarketplaceFailure `outcome_unknown` when the call was sent without an answer
     */
    write: (call: AmazonCall, signal: AbortSignal) =>
      ask(call, signal, (error) => failureOfWrite(AMAZON, error)),
  }
}

/** Each operation has its own bucket: used up searches say nothing of single orders and shipments. */
const ofOperation = ({ operation }: AmazonCall, error: unknown): unknown =>
  operation === 'searchOrders' && error instanceof MarketplaceFailure && error.kind === 'throttled'
    ? new MarketplaceFailure({ ...error, message: error.message, cause: error.cause, only: 'list' })
    : error

type FailureOf = (error: unknown, signal: AbortSignal) => unknown

const failureOfRead: FailureOf = (error, signal) =>
  signal.aborted ? signal.reason : failureOfError(AMAZON, error)

export function requestOf(apiUrl: string, call: Omit<AmazonCall, 'operation'>, accessToken: string) {
  const query = new URLSearchParams(call.query).toString()
  return {
    method: call.method,
    url: `${apiUrl}${call.path}${query === '' ? '' : `?${query}`}`,
    headers: {
      'x-amz-access-token': accessToken,
      'user-agent': USER_AGENT,
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    timeoutMs: API_TIMEOUT_MS,
  }
}

function readAnswer(given: HttpResponse, tools: MarketplaceTools, gainMs: number): AmazonAnswer {
  const response = withStatusOfErrors(given)
  const { status } = response
  const error = errorOf(response)
  const busy = failureOfBusy(response, error, tools.clock, gainMs)
  if (busy) throw busy
  if (isTokenRefused(response, error)) throw tokenRefused(wordsOf(error, response))
  if (status >= 200 && status < 300) return dataOf(response)
  if (status === 404 && bodyText(response).trim() === '')
    return { kind: 'refused', status, facts: wordsOf(null, response) }
  const aboutCall = status === 400 || status === 403 || status === 404
  if (!aboutCall || error === null || error.code === 'MissingAuthenticationToken') {
    throw failureOfGateway(response, error)
  }
  const clockOffMs = clockOff(response, tools.clock)
  return { kind: 'refused', status, facts: wordsOf(error, response), clockOffMs }
}

function dataOf(response: HttpResponse): AmazonAnswer {
  const raw = bodyText(response)
  if (response.status === 204) return { kind: 'ok', json: null, raw }
  const page = failureOfGatewayBody(AMAZON, response)
  if (page) throw page
  const json = parseJson(raw)
  if (json === undefined) throw malformed(AMAZON, 'JSONではありません', raw)
  return { kind: 'ok', json, raw }
}

/** Only an error's body is read for one: a page of orders is large. */
const errorOf = (response: HttpResponse) =>
  response.status < 400 ? null : errorIn(parseJson(bodyText(response)))

/**
 * Usage plans of SP-API: a token bucket for each operation and pair of application and seller, full at the
 * start. The rates are those of the operations' reference pages; each answer may name the rate now in force.
 */
export const USAGE_PLANS = {
  getOrder: { perSecond: 0.5, burst: 30 },
  searchOrders: { perSecond: 0.0056, burst: 20 },
  confirmShipment: { perSecond: 2, burst: 10 },
} as const satisfies Record<string, { perSecond: number; burst: number }>

/** Both side by side; a search gives a hundred whole orders (orders/fetch-orders.ts). */
export const ORDERS_PER_MINUTE = Math.floor(
  60 * (USAGE_PLANS.getOrder.perSecond + 100 * USAGE_PLANS.searchOrders.perSecond),
)

type Operation = keyof typeof USAGE_PLANS

export function createQuotas() {
  const rates = new Map<string, number>()
  const keyOf = (sellerId: string, operation: Operation) => `amazon:seller:${sellerId}:${operation}`
  const rateOf = (key: string, operation: Operation) => rates.get(key) ?? USAGE_PLANS[operation].perSecond
  return {
    of(sellerId: string, operation: Operation): Quota {
      const key = keyOf(sellerId, operation)
      return { key, perSecond: rateOf(key, operation), burst: USAGE_PLANS[operation].burst }
    },
    /** Takes over an answer's `x-amzn-RateLimit-Limit`. Only some answers with 20x, 400 and 404 have it. */
    believe(sellerId: string, operation: Operation, header: string | undefined): void {
      const rate = Number(header?.trim() || Number.NaN)
      if (rate >= SLOWEST && rate <= FASTEST) rates.set(keyOf(sellerId, operation), rate)
    },
    /** Milliseconds in which the bucket gains one call. */
    gainMs: (sellerId: string, operation: Operation): number =>
      Math.ceil(1000 / rateOf(keyOf(sellerId, operation), operation)),
  }
}

/** One call an hour, a thousand a second: beyond that the header is nonsense. */
const SLOWEST = 1 / 3600
const FASTEST = 1000

// The two read operations of Orders API v2026-01-01. Those of v0 end on 27 March 2027 and are not used.

/** All data sets about an order. TAX is Brazil's and Mexico's registrations; no tax amount is in it. */
export const ORDER_DATA =
  'BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,PAYMENT'

const PAGE_SIZE = 100

/** A search may miss orders updated or made in the last two minutes, and its end may not be later. */
export const LIST_DELAY_MS = 2 * 60 * 1000

const PATH = '/orders/2026-01-01/orders'

/** `includedData` null: only the data that every answer has. */
export function getOrder(
  client: AmazonClient,
  orderNumber: string,
  includedData: string | null,
  signal: AbortSignal,
): Promise<AmazonAnswer> {
  const path = `${PATH}/${encodeURIComponent(orderNumber)}`
  const query = includedData === null ? undefined : { includedData }
  return client.call({ operation: 'getOrder', method: 'GET', path, query }, signal)
}

type Bound = `${'created' | 'lastUpdated'}${'After' | 'Before'}`
type Search = { maxResultsPerPage?: number } & Partial<
  Record<Bound | 'fulfillmentStatuses' | 'fulfilledBy' | 'includedData' | 'paginationToken', string>
>

export function searchOrders(
  client: AmazonClient,
  search: Search,
  signal: AbortSignal,
): Promise<AmazonAnswer> {
  const { maxResultsPerPage = PAGE_SIZE, ...texts } = search
  const query = { marketplaceIds: MARKETPLACE_JP, ...texts, maxResultsPerPage: String(maxResultsPerPage) }
  return client.call({ operation: 'searchOrders', method: 'GET', path: PATH, query }, signal)
}

/** @throws MarketplaceFailure `malformed` */
export function pageIn({ json, raw }: Extract<AmazonAnswer, { kind: 'ok' }>): WirePage {
  const parsed = WirePage.safeParse(json)
  if (!parsed.success) throw malformedList(AMAZON, 'searchOrdersの検索結果', raw)
  return parsed.data
}

export const SEARCH_REFUSED = 'AMAZON_SEARCH_REFUSED'
export const SEARCH_AGAIN_MS = 60 * 60 * 1000
const LIST_AGAIN_MS = 5 * 60 * 1000

/** Well-formed number of no order. */
const NO_ORDER = '000-0000000-0000000'

export type Refused = Extract<AmazonAnswer, { kind: 'refused' }>

/**
 * True when single orders can be read. Some sellers get 403 for every search, yet may read single orders. A
 * nonexistent number is then "not found", and forbidden when the role is missing.
 * @throws MarketplaceFailure when this call fails
 */
export async function ordersReadable(client: AmazonClient, signal: AbortSignal): Promise<boolean> {
  const answer = await getOrder(client, NO_ORDER, null, signal)
  return answer.kind === 'ok' || answer.status !== 403
}

/** Builds the failure for a search answered with 403. */
export async function failureOfForbiddenSearch(
  client: AmazonClient,
  facts: AnswerFacts,
  now: number,
  signal: AbortSignal,
): Promise<MarketplaceFailure> {
  if (!(await ordersReadable(client, signal))) return roleMissing(facts)
  return searchForbidden({ ...facts, until: new Date(now + SEARCH_AGAIN_MS), only: 'list' })
}

export const searchRefusedText = (facts: AnswerFacts): string =>
  `Amazonが注文の一覧取得を受け付けません（${reasonOf(facts)}）。注文は注文メールなどで知った番号から1件ずつ取得します。`

const searchForbidden = unavailable(SEARCH_REFUSED, searchRefusedText)

/** Builds the failure for a valid search answered with 400: a fault at Amazon. */
export const listRefused = ({ facts, clockOffMs = 0 }: Refused, now: number): MarketplaceFailure =>
  unavailable(
    'AMAZON_LIST_REFUSED',
    `Amazonが注文一覧の取得を受け付けません（${reasonOf(facts)}）。時間をおいて自動で再試行します。${clockWords(clockOffMs) || '続く場合は運営者へ連絡してください。'}`,
  )({ ...facts, until: new Date(now + LIST_AGAIN_MS), only: 'list' })

const reasonOf = ({ mallCode, status }: AnswerFacts): string => mallCode ?? `HTTP ${status}`
