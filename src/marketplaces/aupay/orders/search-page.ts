import { toJapaneseDigits } from '../../../platform/japan-time.ts'
import { malformedList, rejectedCall } from '../../kit/http-failures.ts'
import { asList, isElement, textAt, type XmlElement, type XmlValue } from '../../kit/xml.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { AupayAnswer, AupayClient, AupaySearch } from '../client.ts'
import { AUPAY } from '../facts.ts'

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
 * Lists every orderId in the answer, in order, each once. searchTradeNoListProc returned both many orderInfo
 * with one number and one orderInfo with many.
 */
export function orderIdsIn(response: XmlElement): string[] {
  const found = new Set<string>()
  const walk = (value: XmlValue): void => {
    if (Array.isArray(value)) for (const one of value) walk(one)
    if (!isElement(value)) return
    for (const [name, child] of Object.entries(value)) {
      if (name !== 'orderId') walk(child)
      else
        for (const id of asList(child)) if (typeof id === 'string' && id.trim() !== '') found.add(id.trim())
    }
  }
  walk(response)
  return [...found]
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
