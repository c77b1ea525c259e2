import { constants, createHash, publicEncrypt } from 'node:crypto'
import type { HttpRequest, HttpResponse } from '../../platform/http/http-client.ts'
import { codeTable } from '../kit/codes.ts'
import {
  answerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  failureOfWrite,
  isHtml,
  type MallError,
  malformed,
  type RefusedCall,
} from '../kit/failures.ts'
import { type OAuthAccess, withRenewal } from '../kit/oauth.ts'
import { names } from '../kit/wire.ts'
import { buildXml, parseXml, type XmlDocument, type XmlTree } from '../kit/xml.ts'
import type { MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import type { YahooCredentials } from './auth.ts'
import { YAHOO } from './facts.ts'
import {
  errorIn,
  type ForbiddenBackoff,
  failureOfForbidden,
  failureOfPx,
  failureOfToken,
} from './failures.ts'

export const WRITES = names(
  'orderStatusChange orderPayStatusChange orderShipStatusChange orderChange orderItemAdd',
)
type YahooWrite = (typeof WRITES)[number]

/** One call of the order API. `request` is the content of `Req`, without SellerId; absent for a GET. */
interface YahooCall {
  operation: 'orderInfo' | 'orderList' | 'orderCount' | YahooWrite
  request?: XmlTree
  maxBytes: number
}

export type YahooClient = ReturnType<typeof createYahooClient>

const API_TIMEOUT_MS = 30_000

type FailureOf = typeof failureOfError

/**
 * @param apiUrl up to but without `/ShoppingWebService`
 * @param requestsPerSecond and client id
 */
export function createYahooClient(
  apiUrl: string,
  shop: ShopContext<YahooCredentials>,
  tools: MarketplaceTools,
  access: OAuthAccess,
  requestsPerSecond: number,
  forbidden: ForbiddenBackoff,
) {
  const quota = yahooQuota(shop.credentials.clientId, requestsPerSecond)
  let keyStatus: string | null = null

  async function exchange(
    call: YahooCall,
    accessToken: string,
    failureOf: FailureOf,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    await tools.lane.take(quota, signal)
    const request = requestOf(apiUrl, shop.shopCode, call, {
      accept: 'application/xml',
      authorization: `Bearer ${accessToken}`,
      ...signatureHeaders(shop.shopCode, shop.credentials, tools.clock.now()),
    })
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
    /** Check of the store's public key in the last answer. */
    key: { authorised: (): boolean => keyStatus === 'authorized' },
    async call(call: YahooCall, signal: AbortSignal): Promise<YahooAnswer> {
      return read(await responseTo(call, failureOfError, signal))
    },
    /**
     * Sends a call that changes something.
     * @throws MarketplaceFailure `outcome_unknown` when the call was sent without a clear answer
     */
    async write(call: YahooCall & { operation: YahooWrite }, signal: AbortSignal): Promise<YahooAnswer> {
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
  return { key: `yahoo:app:${hash}`, perSecond, burst: perSecond }
}

function requestOf(
  apiUrl: string,
  SellerId: string,
  { operation, request, maxBytes }: YahooCall,
  headers: Record<string, string>,
): HttpRequest {
  const url = `${apiUrl}/ShoppingWebService/V1/${operation}`
  const limits = { timeoutMs: API_TIMEOUT_MS, maxBytes }
  if (!request)
    return { method: 'GET', url: `${url}?sellerId=${encodeURIComponent(SellerId)}`, headers, ...limits }
  const body = buildXml('Req', { ...request, SellerId })
  const typed = { ...headers, 'content-type': 'application/xml; charset=utf-8' }
  return { method: 'POST', url, headers: typed, body, ...limits }
}

/**
 * 401 of the gateway because of the access token, which a new one heals. The twelve-hour end (px-04102) has
 * its code in the body and a missing scope its word in the header; both stay.
 */
function isTokenRefused(response: HttpResponse): boolean {
  if (response.status !== 401) return false
  const words = response.headers['www-authenticate'] ?? bodyText(response)
  return !/insufficient[_ ]scope/.test(words) && !/px-\d{5}/.test(bodyText(response))
}

// ストア向け公開鍵認証: two headers that prove, to Yahoo! alone, that the caller holds the store's public key.
// "Signature" is Yahoo!'s word; it is an encryption, different each time, of the store account and the time.

/** Headers for one call; none when the store has no key. `now` in milliseconds. */
export function signatureHeaders(
  sellerId: string,
  credentials: Pick<YahooCredentials, 'publicKey' | 'publicKeyVersion'>,
  now: number,
): Record<string, string> {
  const { publicKey, publicKeyVersion } = credentials
  if (!publicKey || !publicKeyVersion) return {}
  const text = `${sellerId}:${Math.floor(now / 1000)}`
  // PKCS#1 v1.5 is what Yahoo! decrypts with; Node.js would choose OAEP.
  const encrypted = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(text))
  return { 'x-sws-signature': encrypted.toString('base64'), 'x-sws-signature-version': publicKeyVersion }
}

const MISSING = 'YAHOO_KEY_MISSING'
const NOT_AUTHORISED = 'YAHOO_KEY_NOT_AUTHORISED'
const KEY_NOTICES = [MISSING, NOT_AUTHORISED]

/** Converts an `X-SWS-Authorize-Status` other than `authorized` into a notice for staff. */
function keyNotice(status: string, hasKey: boolean): { code: string; message: string } {
  if (!hasKey) {
    return {
      code: MISSING,
      message:
        '公開鍵が設定されていないため、注文APIは同意から12時間で使えなくなります。ストアクリエイターProの「設定 > 暗号鍵管理」で公開鍵を発行し、設定してください。',
    }
  }
  const reason = REASONS[status] ?? '公開鍵認証に失敗しています。公開鍵とバージョンを確認してください。'
  return {
    code: NOT_AUTHORISED,
    message: `${reason}このままでは同意から12時間で注文APIが使えなくなります（${status}）。`,
  }
}

const REASONS = codeTable<string>({
  none: '公開鍵認証のヘッダーがYahoo!に届いていません。',
  'expired-key-version':
    '公開鍵の有効期限が切れています。暗号鍵管理で新しい公開鍵を発行し、鍵とバージョンを設定してください。',
  'invalid-key-version':
    '公開鍵のバージョンが正しくありません。暗号鍵管理に表示されるバージョンを設定してください。',
  'not-found-key-version':
    '設定されたバージョンの公開鍵がYahoo!にありません。暗号鍵管理に表示されるバージョンを設定してください。',
  'invalid-key-status': '公開鍵が有効な状態ではありません。暗号鍵管理で状態を確認してください。',
  'expired-timestamp': 'サーバーの時計がずれています。運営者が時刻同期を確認してください。',
  'invalid-timestamp': 'サーバーの時計がずれています。運営者が時刻同期を確認してください。',
  'invalid-sellerid': '公開鍵が別のストアのものです。このストアの公開鍵を設定してください。',
  'invalid-authorize-value': '公開鍵がYahoo!の鍵と一致しません。暗号鍵管理の公開鍵を貼り付け直してください。',
  unauthorized: '公開鍵認証が認められていません。公開鍵とバージョンを確認してください。',
})

/**
 * Yahoo!'s answer: a document, or a refusal that concerns this call alone (an od code, 404, Status NG).
 * Failures of the store or the application are thrown as MarketplaceFailure.
 */
export type YahooAnswer = { kind: 'document'; document: XmlDocument; raw: string } | RefusedCall

/**
 * Checks in the order that the API's pages require: HTTP status, root Error, Status NG.
 * @throws MarketplaceFailure for what concerns the whole store
 */
function readAnswer(
  response: HttpResponse,
  clock: MarketplaceTools['clock'],
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
