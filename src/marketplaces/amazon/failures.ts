import type { Clock } from '../../platform/clock.ts'
import type { HttpResponse } from '../../platform/http/http-client.ts'
import { factsOf } from '../../platform/narrow.ts'
import { codeTable } from '../kit/codes.ts'
import {
  type AnswerFacts,
  bodyText,
  failureOfGatewayBody,
  failureOfStatus,
  rejected,
  unauthorised,
  unavailable,
} from '../kit/failures.ts'
import { parseJson } from '../kit/texts.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import { AMAZON } from './facts.ts'

/** One entry of the error list that every operation answers with: `{"errors":[{code, message, details}]}`. */
export interface MallError {
  code: string | null
  message: string
  details: string
}

/** First error of the list; the static sandbox sends the bare list. Null when the body is no error list. */
export function errorIn(json: unknown): MallError | null {
  const list = Array.isArray(json) ? json : factsOf(json).errors
  const first: unknown = Array.isArray(list) ? list[0] : undefined
  if (typeof first !== 'object' || first === null) return null
  const { code, message, details } = factsOf(first)
  return { code: textOf(code) || null, message: textOf(message), details: textOf(details) }
}

const STATUS_OF: Readonly<Record<string, number>> = codeTable<number>({
  NotFound: 404,
  Unauthorized: 403,
  AccessDenied: 403,
  QuotaExceeded: 429,
  InternalFailure: 500,
  ServiceUnavailable: 503,
})

/** `200 {"errors":[…]}` is no success: it gets the status that its code has elsewhere. */
export function withStatusOfErrors(response: HttpResponse): HttpResponse {
  if (response.status >= 300 || !/^[\s\uFEFF]*\{\s*"errors"/.test(response.body.toString('utf8', 0, 64)))
    return response
  const { errors, ...data } = factsOf(parseJson(bodyText(response)))
  const error = errorIn({ errors })
  if (error === null || Object.values(data).some((value) => value !== null)) return response
  return { ...response, status: STATUS_OF[error.code ?? ''] ?? 400 }
}

/** Milliseconds that our clock is ahead of the mall's; 0 when the answer has no readable date. */
export function clockOff(response: HttpResponse, clock: Clock): number {
  const theirs = Date.parse(response.headers.date ?? '')
  return Number.isNaN(theirs) ? 0 : clock.now() - theirs
}

/** Amazon refuses times in its future, and searches that end less than two minutes ago. */
const CLOCK_TOLERANCE_MS = 60_000

/** For an operator, beside a refusal that a wrong clock may cause; empty while our clock is right. */
export function clockWords(offMs: number): string {
  if (Math.abs(offMs) < CLOCK_TOLERANCE_MS) return ''
  const minutes = Math.round(Math.abs(offMs) / 60_000)
  return `サーバーの時計がAmazonより約${minutes}分${offMs > 0 ? '進んで' : '遅れて'}います。運営者がサーバーの時刻（NTP）を合わせてください。`
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 500) : '')

/** Returns the mall's message with the request id, which Amazon's support requests first. */
export function wordsOf(error: MallError | null, response: HttpResponse): AnswerFacts {
  const id = response.headers['x-amzn-requestid']
  const words = [error?.message, error?.details, id && `[RequestId ${id.slice(0, 100)}]`]
  return {
    status: response.status,
    raw: bodyText(response),
    mallCode: error?.code ?? undefined,
    mallMessage: words.filter(Boolean).join(' ') || undefined,
  }
}

/** The token was refused and another may help: expired, revoked, malformed, missing. Not a role's 403. */
export const isTokenRefused = (response: HttpResponse, error: MallError | null): boolean =>
  response.status === 401 || (response.status === 403 && /access token/i.test(error?.details ?? ''))

/** 429 and 5xx. 429 brings no Retry-After as a rule: then until the bucket has gained a call. */
export function failureOfBusy(
  response: HttpResponse,
  error: MallError | null,
  clock: Clock,
  gainMs: number,
): MarketplaceFailure | null {
  const failure = failureOfStatus(AMAZON, response, clock)
  if (!failure) return null
  const { kind, code, message } = failure
  const until = failure.until ?? (kind === 'throttled' ? new Date(clock.now() + gainMs) : undefined)
  return new MarketplaceFailure({ ...wordsOf(error, response), kind, code, message, until })
}

/** A status that no order can cause: the edge answered (HTML), or the request does not fit the API. */
export function failureOfGateway(response: HttpResponse, error: MallError | null): MarketplaceFailure {
  const page = error === null ? failureOfGatewayBody(AMAZON, response) : null
  if (page) return page
  const address = error?.code === 'MissingAuthenticationToken'
  return new MarketplaceFailure({
    ...wordsOf(error, response),
    kind: 'unavailable',
    code: address ? 'AMAZON_WRONG_URL' : 'AMAZON_REQUEST_REFUSED',
    message: address
      ? 'AmazonのAPIのURLが見つかりません（404）。運営者がAMAZON_API_URLの設定を確認してください。'
      : `AmazonのAPIが要求を受け付けません（HTTP ${response.status}${error?.code ? `、${error.code}` : ''}）。時間をおいて自動で再試行します。続く場合は運営者へ連絡してください。`,
  })
}

const RENEW_CONSENT =
  'セラーセントラル ＞ アプリとサービス でアプリを認可し直し、新しいリフレッシュトークンを店舗設定に登録してください。'

export const consentRevoked = unauthorised(
  'AMAZON_CONSENT_ENDED',
  'Amazonのリフレッシュトークンが無効です（認可の取り消し、期限切れ、または別のアプリのもの）。認可し直すまで取込を止めます。',
  RENEW_CONSENT,
)

export const clientRefused = unauthorised(
  'AMAZON_CLIENT_REFUSED',
  'AmazonのLWA クライアントIDまたはクライアントシークレットが拒否されました。シークレットは180日で期限が切れます。',
  'セラーセントラル ＞ アプリとサービス ＞ アプリの開発 の「LWA認証情報」でシークレットを更新し、店舗設定に登録してください。',
)

export const tokenRequestRefused = unauthorised(
  'AMAZON_TOKEN_REQUEST_REFUSED',
  (facts) =>
    `Amazonがアクセストークンの発行を拒否しました（${facts.mallCode ?? `HTTP ${facts.status}`}）。認証情報を確認してください。`,
  `クライアントID、クライアントシークレット、リフレッシュトークンが同じアプリのものか確認してください。解決しない場合は、${RENEW_CONSENT}`,
)

/** Refused with a token that is seconds old. */
export const tokenRefused = unauthorised(
  'AMAZON_TOKEN_REFUSED',
  'Amazonが発行直後のアクセストークンを拒否しました。認可が取り消された可能性があります。',
  RENEW_CONSENT,
)

export const roleMissing = unauthorised(
  'AMAZON_ROLE_MISSING',
  'Amazonの注文を読む権限（ロール）がアプリにないか、出品者が許可していません。',
  'アプリの開発者設定でロール「Inventory and Order Tracking」と「Direct-to-Consumer Shipping (Restricted)」を申請し、承認後にアプリを認可し直して、新しいリフレッシュトークンを登録してください。',
)

/** This order alone is refused while the others of the shop are readable. */
export const orderForbidden = rejected(
  'AMAZON_ORDER_FORBIDDEN',
  'Amazonがこの注文の参照を許可しません。別の出品者の注文の可能性があります。セラーセントラルで注文番号を確認してください。',
)

export const orderRejected = rejected(
  'AMAZON_REJECTED',
  (facts) =>
    `Amazonがこの注文番号を受け付けません（${facts.mallCode ?? `HTTP ${facts.status}`}）。セラーセントラルで注文番号を確認してください。`,
)

/** 404 without a body for every path: the address is wrong, not the orders unknown. */
export const emptyNotFound = unavailable(
  'AMAZON_WRONG_URL',
  'AmazonのAPIがすべての要求に空の404を返します。運営者がAMAZON_API_URLの設定を確認してください。注文は失われません。',
)

export const notAnOrderNumber = rejected(
  'AMAZON_ORDER_NUMBER_FORM',
  'Amazonの注文番号の形（3桁-7桁-7桁の数字）ではありません。注文番号を確認してください。',
)
