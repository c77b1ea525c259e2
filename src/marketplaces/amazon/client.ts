import type { HttpResponse } from '../../platform/http/http-client.ts'
import { failureOfWrite } from '../kit/changes/write-failures.ts'
import {
  type AnswerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  malformed,
} from '../kit/http-failures.ts'
import type { OAuthAccess } from '../kit/oauth/access.ts'
import { withRenewal } from '../kit/oauth/token-refusals.ts'
import { parseJson } from '../kit/texts.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { MarketplaceTools } from '../port/session.ts'
import { AMAZON } from './facts.ts'
import {
  clockOff,
  errorIn,
  failureOfBusy,
  failureOfGateway,
  isTokenRefused,
  tokenRefused,
  withStatusOfErrors,
  wordsOf,
} from './failures.ts'
import type { Operation, Quotas } from './quotas.ts'

/** One call of the Orders API. */
interface AmazonCall {
  operation: Operation
  method: 'GET' | 'POST'
  /** Below the host, with its leading slash. */
  path: string
  query?: Record<string, string>
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

export interface AmazonClient {
  call(call: AmazonCall, signal: AbortSignal): Promise<AmazonAnswer>
  /**
   * Makes a call that changes something.
   * @throws MarketplaceFailure `outcome_unknown` when the call was sent without an answer
   */
  write(call: AmazonCall, signal: AbortSignal): Promise<AmazonAnswer>
}

export interface AmazonClientOptions {
  /** The part before `/orders`. */
  apiUrl: string
  sellerId: string
  tools: MarketplaceTools
  access: OAuthAccess
  quotas: Quotas
}

/** SP-API requires this form and refuses calls without it; `Language` must be in it. */
export const USER_AGENT = 'Torikomi/1.0 (Language=TypeScript; Platform=Node)'
const API_TIMEOUT_MS = 30_000

export function createClient({ apiUrl, sellerId, tools, access, quotas }: AmazonClientOptions): AmazonClient {
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
    return read(call, await withRenewal(access, isRefused, once, signal), failure, signal)
  }

  function read(
    call: AmazonCall,
    response: HttpResponse,
    failure: FailureOf,
    signal: AbortSignal,
  ): AmazonAnswer {
    try {
      return readAnswer(response, tools, quotas.gainMs(sellerId, call.operation))
    } catch (error) {
      throw failure(ofOperation(call, error), signal)
    }
  }

  return {
    call: (call, signal) => ask(call, signal, failureOfRead),
    write: (call, signal) => ask(call, signal, (error) => failureOfWrite(AMAZON, error)),
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
