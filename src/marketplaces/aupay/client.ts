import type { HttpRequest, HttpResponse } from '../../platform/http/http-client.ts'
import { toJapaneseDigits } from '../../platform/japan-time.ts'
import {
  answerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  failureOfWrite,
  isHtml,
  malformed,
  malformedList,
  type RefusedCall,
  rejectedCall,
} from '../kit/failures.ts'
import { buildXml, parseXmlList, textAt, type XmlDocument, type XmlElement } from '../kit/xml.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import type { AupayCredentials } from './auth.ts'
import { AUPAY } from './facts.ts'
import { addressRefused, errorIn, failureOfShop, keyRefused } from './failures.ts'

/** The searches of 受注情報取得API. */
type AupaySearch = 'searchTradeInfoListProc' | 'searchTradeNoListProc' | 'searchTradeInfoProc'

/** The calls of 受注情報更新API. */
type AupayUpdate = 'updateTradeStsProc' | 'updateTradeInfoProc' | 'cancelTradeProc'

/**
 * A search's answer: the content of `response`, or a refusal that concerns this call alone. Failures of the
 * whole shop are thrown as MarketplaceFailure.
 */
export type AupayAnswer = { kind: 'response'; response: XmlElement; raw: string } | RefusedCall

type Texts = Readonly<Record<string, string>>
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
    /** Makes one search. `query`: without shopId. */
    async call(
      { method, query, maxBytes }: { method: AupaySearch; query: Texts; maxBytes: number },
      signal: AbortSignal,
    ): Promise<AupayAnswer> {
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

/** Span of order times, both ends inclusive. */
export interface SearchSpan {
  start: Date
  end: Date
}

export interface PageRequest extends SearchSpan {
  method: Extract<AupaySearch, 'searchTradeInfoListProc' | 'searchTradeNoListProc'>
  /** 1-based row. */
  startCount: number
  rows: number
}

/** Limit for a page; 1,000 orders of common size take 6 MB. */
const PAGE_MAX_BYTES = 16 * 1024 * 1024
/** dateType: search by the order's date. */
const BY_ORDER_DATE = '0'

/**
 * Fetches one page of a list search by order date.
 * @throws MarketplaceFailure `rejected` for a refusal that does not concern the whole shop
 */
export async function searchPage(client: AupayClient, request: PageRequest, signal: AbortSignal) {
  const query = {
    totalCount: String(request.rows),
    startCount: String(request.startCount),
    startDate: toJapaneseDigits(request.start.getTime()),
    endDate: toJapaneseDigits(request.end.getTime()),
    dateType: BY_ORDER_DATE,
  }
  return pageOf(await client.call({ method: request.method, query, maxBytes: PAGE_MAX_BYTES }, signal))
}

/** `resultCount` as stated; null when it is missing or no number. */
function pageOf(answer: AupayAnswer) {
  if (answer.kind === 'refused') throw rejectedCall(AUPAY, answer, 'list')
  const { response, raw } = answer
  const text = textAt(response, 'resultCount')
  const resultCount = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null
  // "No hits" is a count of zero, or at least an empty element; an answer with neither is none.
  const isList = response.resultCount !== undefined || response.orderInfo !== undefined
  if (!isList) throw malformedList(AUPAY, '検索結果の件数', raw)
  return { response, resultCount }
}

/**
 * True for a refusal after the first page. The mall publishes no answer for rows beyond the last one, and
 * without this the walk would meet the same refusal forever.
 */
export const isRefusedBehind = (error: unknown, startCount: number): boolean =>
  startCount > 1 && error instanceof MarketplaceFailure && error.kind === 'rejected'

/** The mall's default of rows; a server that cuts pages does not cut them smaller. */
const SMALLEST_CAP = 10

/**
 * True when another page may follow. `resultCount` counts either this page or the whole search, so it only
 * ever proves that there are more. The mall's page limit is not public and a short page may be a silent cut,
 * so only a page smaller than any cut ends the walk. One page too many costs a call, one too few costs
 * orders.
 */
export function mayGoOn({ rows, asked, seen, resultCount }: PageRows): boolean {
  if (rows === 0) return false
  if (resultCount !== null && resultCount > rows) return seen < resultCount
  return rows >= Math.min(asked, SMALLEST_CAP)
}

type PageRows = Record<'rows' | 'asked' | 'seen', number> & { resultCount: number | null }
