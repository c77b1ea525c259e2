import { createHash } from 'node:crypto'
import type { HttpResponse } from '../../platform/http/http-client.ts'
import { failureOfWrite } from '../kit/changes/write-failures.ts'
import { answerFacts, bodyText, failureOfError } from '../kit/http-failures.ts'
import type { OAuthAccess } from '../kit/oauth/access.ts'
import { withRenewal } from '../kit/oauth/token-refusals.ts'
import { buildXml, type XmlTree } from '../kit/xml.ts'
import type { MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import type { YahooCredentials } from './auth/credentials.ts'
import { KEY_NOTICES, keyNotice, signatureHeaders } from './auth/signature.ts'
import { YAHOO } from './facts.ts'
import { type ForbiddenBackoff, failureOfForbidden } from './failures.ts'
import { readAnswer, type YahooAnswer } from './orders/read-answer.ts'

export const WRITES = [
  'orderStatusChange',
  'orderPayStatusChange',
  'orderShipStatusChange',
  'orderChange',
  'orderItemAdd',
] as const
type YahooWrite = (typeof WRITES)[number]

/** One call of the order API. `request` is the content of `Req`, without SellerId; absent for a GET. */
interface YahooCall {
  operation: 'orderInfo' | 'orderList' | 'orderCount' | YahooWrite
  request?: XmlTree
  maxBytes: number
}

export interface YahooClient {
  call(call: YahooCall, signal: AbortSignal): Promise<YahooAnswer>
  /**
   * Sends a call that changes something.
   * @throws MarketplaceFailure `outcome_unknown` when the call was sent without a clear answer
   */
  write(call: YahooCall & { operation: YahooWrite }, signal: AbortSignal): Promise<YahooAnswer>
  /** Check of the store's public key in the last answer. */
  key: KeyCheck
}

interface KeyCheck {
  authorised(): boolean
}

export interface YahooClientOptions {
  /** Base URL, up to but without `/ShoppingWebService`. */
  apiUrl: string
  shop: ShopContext<YahooCredentials>
  tools: MarketplaceTools
  access: OAuthAccess
  /** Calls per second and client id. */
  requestsPerSecond: number
  forbidden: ForbiddenBackoff
}

const API_TIMEOUT_MS = 30_000

type FailureOf = typeof failureOfError

export function createYahooClient(options: YahooClientOptions): YahooClient {
  const { shop, tools, access, forbidden } = options
  const quota = yahooQuota(shop.credentials.clientId, options.requestsPerSecond)
  let keyStatus: string | null = null

  async function exchange(
    call: YahooCall,
    accessToken: string,
    failureOf: FailureOf,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    await tools.lane.take(quota, signal)
    const { method, url, body } = requestOf(options.apiUrl, shop.shopCode, call)
    const headers = {
      accept: 'application/xml',
      authorization: `Bearer ${accessToken}`,
      ...signatureHeaders(shop.shopCode, shop.credentials, tools.clock.now()),
      ...(body === undefined ? {} : { 'content-type': 'application/xml; charset=utf-8' }),
    }
    const request = {
      method,
      url,
      headers,
      ...(body === undefined ? {} : { body }),
      timeoutMs: API_TIMEOUT_MS,
      maxBytes: call.maxBytes,
    }
    const response = await tools.http.request(request, signal).catch((error: unknown) => {
      throw failureOf(YAHOO, error)
    })
    lookAtKeyStatus(response)
    return response
  }

  /** A failing key check fails no call for twelve hours, so report it now; once, until it changes. */
  function lookAtKeyStatus(response: HttpResponse): void {
    const status = response.headers['x-sws-authorize-status']?.trim().toLowerCase().slice(0, 60)
    if (!status || status === keyStatus) return
    keyStatus = status
    const notice =
      status === 'authorized' ? null : keyNotice(status, shop.credentials.publicKey !== undefined)
    if (notice) tools.notice(notice)
    tools.noticeOver?.(KEY_NOTICES.filter((code) => code !== notice?.code))
  }

  const responseTo = (call: YahooCall, failureOf: FailureOf, signal: AbortSignal) =>
    withRenewal(
      access,
      isTokenRefused,
      (accessToken) => exchange(call, accessToken, failureOf, signal),
      signal,
    )

  function read(response: HttpResponse): YahooAnswer {
    const answer = readAnswer(response, tools.clock, (error) =>
      failureOfForbidden({
        ...answerFacts(response, error),
        until: forbidden.next(quota.key, tools.clock.now()),
      }),
    )
    forbidden.reset(quota.key)
    return answer
  }

  return {
    key: { authorised: () => keyStatus === 'authorized' },
    async call(call, signal) {
      return read(await responseTo(call, failureOfError, signal))
    },
    async write(call, signal) {
      const response = await responseTo(call, failureOfWrite, signal)
      try {
        return read(response)
      } catch (error) {
        throw failureOfWrite(YAHOO, error)
      }
    },
  }
}

/** Yahoo! counts by client id: every store that uses one shares its second and its 50,000 a day. */
function yahooQuota(clientId: string, perSecond: number): Quota {
  const hash = createHash('sha256').update(clientId).digest('hex').slice(0, 24)
  return { key: `yahoo:app:${hash}`, perSecond, burst: Math.max(1, Math.floor(perSecond)) }
}

function requestOf(apiUrl: string, sellerId: string, call: YahooCall) {
  const url = `${apiUrl}/ShoppingWebService/V1/${call.operation}`
  if (!call.request) return { method: 'GET' as const, url: `${url}?sellerId=${encodeURIComponent(sellerId)}` }
  return { method: 'POST' as const, url, body: buildXml('Req', { ...call.request, SellerId: sellerId }) }
}

/**
 * 401 of the gateway because of the access token, which a new one heals. The twelve-hour end (px-04102) has its code in
 * the body and a missing scope its word in the header; both stay.
 */
function isTokenRefused(response: HttpResponse): boolean {
  if (response.status !== 401) return false
  const words = response.headers['www-authenticate'] ?? bodyText(response)
  return !/insufficient[_ ]scope/.test(words) && !/px-\d{5}/.test(bodyText(response))
}
