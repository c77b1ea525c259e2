import type { HttpRequest, HttpResponse } from '../../platform/http/http-client.ts'
import {
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  failureOfWrite,
  malformed,
  malformedList,
  withoutCause,
} from '../kit/failures.ts'
import { parseJson } from '../kit/texts.ts'
import type { MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import type { RakutenCredentials } from './auth.ts'
import { RAKUTEN } from './facts.ts'
import { gatewayFailure } from './failures.ts'
import { WireApplications, WireExpiry, WireFrame, type WireMessage, WireShippingResults } from './wire.ts'

export type Answer = ReturnType<typeof answerOf>

export type RakutenClient = ReturnType<typeof createClient>

export function createClient(
  apiUrl: string,
  shop: ShopContext<RakutenCredentials>,
  tools: MarketplaceTools,
  quota: Quota,
) {
  const { serviceSecret, licenseKey } = shop.credentials
  const authorization = `ESA ${Buffer.from(`${serviceSecret}:${licenseKey}`, 'utf8').toString('base64')}`
  const base = apiUrl.replace(/\/+$/, '')

  async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    await tools.lane.take(quota, signal)
    try {
      return await tools.http.request(request, signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw failureOfError(RAKUTEN, withoutCause(error))
    }
  }

  const orderRequest = (operation: string, body: unknown): HttpRequest => ({
    method: 'POST',
    url: `${base}/es/2.0/order/${operation}/`,
    headers: { authorization, 'content-type': 'application/json; charset=utf-8' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

  return {
    /**
     * Sends one POST to `/es/2.0/order/<operation>/`. Returns an answer with MessageModelList, with HTTP 200
     * and 400 alike. `body` undefined: none.
     * @throws MarketplaceFailure for everything else, as all calls here
     */
    async order(operation: string, body: unknown, signal: AbortSignal): Promise<Answer> {
      return answerOf(await exchange(orderRequest(operation, body), signal), tools)
    },

    /**
     * @throws MarketplaceFailure `outcome_unknown` when a call that changes something was sent without an
     * answer
     */
    async write(operation: string, body: unknown, signal: AbortSignal): Promise<Answer> {
      await tools.lane.take(quota, signal)
      try {
        return answerOf(await tools.http.request(orderRequest(operation, body), signal), tools)
      } catch (error) {
        throw failureOfWrite(RAKUTEN, withoutCause(error))
      }
    },

    /** The messages by order of an accepted updateOrderShippingAsync; null while there is no result. */
    async shippingResults(requestId: string, signal: AbortSignal) {
      const request = orderRequest('getResultUpdateOrderShippingAsync', { requestId })
      return resultsOf(await exchange(request, signal), tools)
    },

    /** 購入申込API (reserve.infoList.get). */
    async applications(
      query: Readonly<Record<string, string>>,
      signal: AbortSignal,
    ): Promise<WireApplications> {
      const url = `${base}/es/1.0/reserve/reserveInfoList?${new URLSearchParams(query)}`
      const headers = { authorization, 'content-type': 'application/json; charset=utf-8' }
      const response = await exchange({ method: 'GET', url, headers }, signal)
      throwIfAway(response, tools)
      const text = bodyText(response)
      const json = parseJson(text)
      const parsed = WireApplications.safeParse(json)
      if (response.status === 200 && parsed.success) return parsed.data
      const gateway = gatewayFailure(response, json)
      throw gateway.kind === 'malformed' ? malformedList(RAKUTEN, '購入申込の一覧', text) : gateway
    },

    /** The end of licenseKey (ライセンス管理API). */
    async keyExpiry(signal: AbortSignal): Promise<string> {
      const query = new URLSearchParams({ licenseKey })
      const url = `${base}/es/1.0/license-management/license-key/expiry-date?${query}`
      const response = await exchange({ method: 'GET', url, headers: { authorization } }, signal)
      throwIfAway(response, tools)
      const json = parseJson(bodyText(response))
      const parsed = WireExpiry.safeParse(json)
      if (response.status !== 200 || !parsed.success) throw gatewayFailure(response, json)
      return parsed.data.expiryDate
    },
  }
}

/** Answer of the order service: its frame, and the body's text for answers that cannot be used. */
function answerOf(response: HttpResponse, tools: MarketplaceTools) {
  throwIfAway(response, tools)
  const text = bodyText(response)
  const json = parseJson(text)
  const served = response.status === 200 || response.status === 400
  if (served) {
    const parsed = WireFrame.safeParse(json)
    if (parsed.success) return { frame: parsed.data, text }
  }
  if (response.status === 200) {
    const gateway = failureOfGatewayBody(RAKUTEN, response)
    if (gateway) throw gateway
    if (json === undefined) throw malformed(RAKUTEN, 'JSONではありません', text)
  }
  throw gatewayFailure(response, json)
}

/** This one answer has no own MessageModelList; an element without an order number: no result. */
function resultsOf(response: HttpResponse, tools: MarketplaceTools): Map<string, WireMessage[]> | null {
  const parsed = WireShippingResults.safeParse(parseJson(bodyText(response)))
  if (response.status !== 200 || !parsed.success) {
    const { text } = answerOf(response, tools)
    throw malformed(RAKUTEN, '発送情報更新の結果', text)
  }
  const entries = parsed.data.ResultShippingModelList.flatMap(({ orderNumber, MessageModelList }) =>
    orderNumber ? [[orderNumber, MessageModelList] as const] : [],
  )
  return entries.length === 0 ? null : new Map(entries)
}

function throwIfAway(response: HttpResponse, tools: MarketplaceTools): void {
  const failure = failureOfStatus(RAKUTEN, response, tools.clock)
  if (failure) throw failure
}
