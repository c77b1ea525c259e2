import type { HttpResponse } from '../../../platform/http/http-client.ts'
import {
  bodyText,
  failureOfGatewayBody,
  failureOfStatus,
  isHtml,
  type MallError,
  malformed,
} from '../../kit/http-failures.ts'
import { parseXml, type XmlDocument } from '../../kit/xml.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { YAHOO } from '../facts.ts'
import { errorIn, failureOfPx, failureOfToken } from '../failures.ts'

/**
 * Yahoo!'s answer: a document, or a refusal that concerns this call alone (an od code, 404, Status NG).
 * Failures of the store or the application are thrown as MarketplaceFailure.
 */
export type YahooAnswer =
  | { kind: 'document'; document: XmlDocument; raw: string }
  | { kind: 'refused'; error: MallError; status: number; raw: string }

type Clock = MarketplaceTools['clock']

/**
 * Checks in the order that the API's pages require: HTTP status, root Error, Status NG.
 * @throws MarketplaceFailure for what concerns the whole store
 */
export function readAnswer(
  response: HttpResponse,
  clock: Clock,
  forbidden: (error: MallError | null) => Error,
): YahooAnswer {
  const { status } = response
  const raw = bodyText(response)
  const document = tryParse(raw)
  const error = document instanceof Error ? null : errorIn(document)
  const px = error && failureOfPx(error, response, clock)
  if (px) throw px
  // A server error with an order's code concerns that order; without one the mall is down.
  const aboutOrder = error?.code?.startsWith('od') === true
  const busy = aboutOrder && status !== 429 ? null : failureOfStatus(YAHOO, response, clock, error)
  if (busy) throw busy
  if (status === 401) throw failureOfToken(response)
  if (status === 403 && !aboutOrder) throw forbidden(error)
  if (error) return { kind: 'refused', error, status, raw }
  if (status === 404 && !isHtml(response))
    return { kind: 'refused', error: { code: undefined, message: '' }, status, raw }
  const gateway = failureOfGatewayBody(YAHOO, response)
  if (gateway) throw gateway
  if (document instanceof Error) throw malformed(YAHOO, 'XMLではありません', raw, document)
  if (status >= 300) throw malformed(YAHOO, `HTTP ${status}`, raw)
  return { kind: 'document', document, raw }
}

function tryParse(raw: string): XmlDocument | Error {
  try {
    return parseXml(raw)
  } catch (error) {
    return error as Error
  }
}
