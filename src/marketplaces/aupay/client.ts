import type { HttpRequest, HttpResponse } from '../../platform/http/http-client.ts'
import { failureOfWrite } from '../kit/changes/write-failures.ts'
import {
  answerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  isHtml,
  malformed,
  type RefusedCall,
} from '../kit/http-failures.ts'
import { buildXml, textAt, type XmlDocument, type XmlElement } from '../kit/xml.ts'
import { parseXmlList } from '../kit/xml-list.ts'
import type { MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import type { AupayCredentials } from './auth/credentials.ts'
import { AUPAY } from './facts.ts'
import { addressRefused, errorIn, failureOfShop, keyRefused } from './failures.ts'

/** The searches of 受注情報取得API. */
export type AupaySearch = 'searchTradeInfoListProc' | 'searchTradeNoListProc' | 'searchTradeInfoProc'

/** The calls of 受注情報更新API. */
type AupayUpdate = 'updateTradeStsProc' | 'updateTradeInfoProc' | 'cancelTradeProc'

/**
 * A search's answer: the content of `response`, or a refusal that concerns this call alone. Failures of the
 * whole shop are thrown as MarketplaceFailure.
 */
export type AupayAnswer = { kind: 'response'; response: XmlElement; raw: string } | RefusedCall

type Texts = Readonly<Record<string, string>>
interface AupayCall {
  method: AupaySearch
  /** Without shopId. */
  query: Texts
  maxBytes: number
}

export type AupayClient = ReturnType<typeof createAupayClient>

/** A page of 500 rows took up to three seconds; clients wait 20 to 60 s. */
const TIMEOUT_MS = 60_000
/** An update concerns one order and returns only an envelope. */
const WRITE_TIMEOUT_MS = 30_000

/** `apiUrl`: up to but without `/wmshopapi`. */
export function createAupayClient(
  apiUrl: string,
  shop: ShopContext<AupayCredentials>,
  tools: MarketplaceTools,
  quota: Quota,
) {
  const base = `${apiUrl.replace(/\/+$/, '')}/wmshopapi`
  const headers = {
    accept: 'application/xml',
    authorization: `Bearer ${shop.credentials.apiKey}`,
    // Required by the API設計書 although a search has no body.
    'content-type': 'application/x-www-form-urlencoded',
  }

  return {
    async call({ method, query, maxBytes }: AupayCall, signal: AbortSignal): Promise<AupayAnswer> {
      await tools.lane.take(quota, signal)
      const url = `${base}/${method}?${new URLSearchParams({ shopId: shop.shopCode, ...query })}`
      const request = { method: 'GET' as const, url, headers, timeoutMs: TIMEOUT_MS, maxBytes }
      const response = await tools.http.request(request, signal).catch((error: unknown) => {
        throw failureOfError(AUPAY, error)
      })
      return readAnswer(response, tools.clock)
    },

    /**
     * Makes one update. `fields`: children of `request` behind shopId. Flat: a wrapper around them counts as
     * missing.
     * @throws MarketplaceFailure `outcome_unknown` when the call was sent without a clear answer
     */
    async write(
      { method, fields }: { method: AupayUpdate; fields: Texts },
      signal: AbortSignal,
    ): Promise<AupayAnswer> {
      await tools.lane.take(quota, signal)
      const request: HttpRequest = {
        method: 'POST',
        url: `${base}/${method}`,
        headers: { ...headers, 'content-type': 'application/xml; charset=utf-8' },
        body: buildXml('request', { shopId: shop.shopCode, ...fields }),
        timeoutMs: WRITE_TIMEOUT_MS,
      }
      try {
        return await readAnswer(await tools.http.request(request, signal), tools.clock)
      } catch (error) {
        throw failureOfWrite(AUPAY, error)
      }
    },
  }
}

/** `result/status` first, whatever the HTTP status: refusals come with 200 and with 4xx alike. */
async function readAnswer(response: HttpResponse, clock: MarketplaceTools['clock']): Promise<AupayAnswer> {
  const { status } = response
  const raw = bodyText(response)
  const document = isHtml(response) ? null : await tryParse(raw)
  const readable = document instanceof Error ? null : document
  const error = readable && errorIn(readable)
  const shopFailure = error && failureOfShop(error, response)
  if (shopFailure) throw shopFailure
  const busy = failureOfStatus(AUPAY, response, clock, error)
  if (busy) throw busy
  if (status === 401) throw keyRefused(answerFacts(response, error))
  // An unregistered address may get it with any body.
  if (status === 403) throw addressRefused(answerFacts(response, error))
  if (error) return { kind: 'refused', error, status, raw }
  const gateway = failureOfGatewayBody(AUPAY, response)
  if (gateway) throw gateway
  if (!readable) throw malformed(AUPAY, 'XMLではありません', raw, document)
  if (status >= 300) throw malformed(AUPAY, `HTTP ${status}`, raw)
  return { kind: 'response', response: succeeded(readable, raw), raw }
}

/** Only `status` 0 is success; an answer that does not say so is none. */
function succeeded({ name, content }: XmlDocument, raw: string): XmlElement {
  if (name !== 'response') throw malformed(AUPAY, `ルート要素 ${name.slice(0, 60)}`, raw)
  if (textAt(content, 'result', 'status') !== '0') throw malformed(AUPAY, 'result/statusがありません', raw)
  return content
}

async function tryParse(raw: string): Promise<XmlDocument | Error> {
  try {
    return await parseXmlList(raw, 'orderInfo')
  } catch (error) {
    return error as Error
  }
}
