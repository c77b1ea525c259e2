import { malformed, rejectedCall } from '../../kit/http-failures.ts'
import { asList, isElement, textAt, type XmlElement, type XmlValue } from '../../kit/xml.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { AupayAnswer, AupayClient, AupaySearch } from '../client.ts'
import { toSearchTime } from '../dates.ts'
import { AUPAY } from '../facts.ts'

/** A span of order times; both ends belong to it. */
export interface SearchSpan {
  start: Date
  end: Date
}

export interface PageRequest extends SearchSpan {
  method: Extract<AupaySearch, 'searchTradeInfoListProc' | 'searchTradeNoListProc'>
  /** 1-based row. */
  startCount: number
  /** Rows asked for. */
  rows: number
}

export interface SearchPage {
  response: XmlElement
  /** `resultCount` as stated; null when it is missing or no number. */
  resultCount: number | null
  raw: string
}

/** 1,000 orders of common size have 6 MB. */
const PAGE_MAX_BYTES = 16 * 1024 * 1024
/** dateType: search by the order's date. */
const BY_ORDER_DATE = '0'

/** One page of a list search by order date. Raises `rejected` for a refusal that is not the whole shop's. */
export async function searchPage(
  client: AupayClient,
  request: PageRequest,
  signal: AbortSignal,
): Promise<SearchPage> {
  const query = {
    totalCount: String(request.rows),
    startCount: String(request.startCount),
    startDate: toSearchTime(request.start),
    endDate: toSearchTime(request.end),
    dateType: BY_ORDER_DATE,
  }
  return pageOf(await client.call({ method: request.method, query, maxBytes: PAGE_MAX_BYTES }, signal))
}

function pageOf(answer: AupayAnswer): SearchPage {
  if (answer.kind === 'refused') throw rejectedCall(AUPAY, answer.error, answer.status, answer.raw, 'list')
  const { response, raw } = answer
  const text = textAt(response, 'resultCount')
  const resultCount = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null
  // "No hits" is a count of zero, or at least an empty element; an answer with neither is none.
  const isList = response.resultCount !== undefined || response.orderInfo !== undefined
  if (!isList) throw malformed(AUPAY, '検索結果の件数', raw)
  return { response, resultCount, raw }
}

/**
 * Every orderId below the answer, in order, each once. searchTradeNoListProc was read both as many orderInfo with one number and
 * as one orderInfo with many.
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

/** How the mall answers for rows behind the last one is not public. A refusal there would else be met again for ever. */
export const isRefusedBehind = (error: unknown, startCount: number): boolean =>
  startCount > 1 && error instanceof MarketplaceFailure && error.kind === 'rejected'

/** The mall's own default of rows; a server that cuts pages below what was asked for does not cut them smaller. */
const SMALLEST_CAP = 10

/**
 * Whether another page may follow. `resultCount` is either the rows of this page or those of the whole search, so it only ever
 * says that there are more. The most that the mall gives is not public, so fewer rows than asked may be a silent cut: only a
 * page smaller than any cut ends the walk by itself. One page asked for too many costs a call, one too few costs orders.
 */
export function mayGoOn(page: {
  rows: number
  asked: number
  seen: number
  resultCount: number | null
}): boolean {
  if (page.rows === 0) return false
  if (page.resultCount !== null && page.resultCount > page.rows) return page.seen < page.resultCount
  return page.rows >= Math.min(page.asked, SMALLEST_CAP)
}
