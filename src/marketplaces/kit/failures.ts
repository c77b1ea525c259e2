import type { Clock } from '../../platform/clock.ts'
import {
  HttpError,
  type HttpErrorReason,
  type HttpResponse,
  retryAfter,
} from '../../platform/http/http-client.ts'
import { type FailureFacts, type FailureKind, MarketplaceFailure } from '../port/failures.ts'
import type { MallFacts } from '../port/marketplace.ts'

/** Names of a mall in failures that HTTP alone decides. */
export type MallNames = Pick<MallFacts, 'label' | 'prefix' | 'console'>

/** Details of an answer, apart from its classification. */
export type AnswerFacts = Pick<
  FailureFacts,
  'mallCode' | 'mallMessage' | 'status' | 'raw' | 'until' | 'only' | 'cause'
>

/** The mall's own words for a refusal. */
export interface MallError {
  code?: string | undefined
  message: string
}

export const answerFacts = (response: HttpResponse, error: MallError | null): AnswerFacts => ({
  mallCode: error?.code,
  mallMessage: error?.message,
  status: response.status,
  raw: bodyText(response),
})

/** Creates failures for one kind of answer. `renew`: as in FailureFacts. */
const failureOf =
  (kind: FailureKind) =>
  (code: string, message: string | ((facts: AnswerFacts) => string), renew?: string) =>
  (facts: AnswerFacts = {}): MarketplaceFailure =>
    new MarketplaceFailure({
      ...facts,
      kind,
      code,
      renew,
      message: typeof message === 'string' ? message : message(facts),
    })

export const unauthorised = failureOf('unauthorised')
export const rejected = failureOf('rejected')
export const unavailable = failureOf('unavailable')
export const throttled = failureOf('throttled')
export const unreadableOrder = failureOf('malformed')

/**
 * Converts the error of a call without an answer into the one to throw: a MarketplaceFailure for HttpErrors
 * of a read, anything else (an abort, a programming error) unchanged.
 */
export function failureOfError(mall: MallNames, error: unknown): unknown {
  if (!(error instanceof HttpError) || error.reason === 'aborted') return error
  const { kind, code, text } = NO_ANSWER[error.reason]
  return failureOf(kind)(`${mall.prefix}_${code}`, mall.label + text)({ cause: error })
}

/** A request's address and body can hold keys, and so may an HTTP client's cause of an error. */
export const withoutCause = (error: unknown): unknown =>
  error instanceof HttpError ? new HttpError(error.reason, error.reason) : error

const NO_ANSWER = {
  unreachable: {
    kind: 'unavailable',
    code: 'UNREACHABLE',
    text: 'のAPIに接続できません。時間をおいて自動で再試行します。',
  },
  untrusted: {
    kind: 'unavailable',
    code: 'CERTIFICATE',
    text: 'のAPIの証明書を確認できないため接続していません（期限切れなど）。時間をおいて自動で再試行します。続く場合は運営者がサーバーの時刻とモールの障害情報を確認してください。',
  },
  timeout: {
    kind: 'unavailable',
    code: 'TIMEOUT',
    text: 'のAPIが時間内に応答しません。時間をおいて自動で再試行します。',
  },
  broken: {
    kind: 'unavailable',
    code: 'CONNECTION_BROKEN',
    text: 'のAPIとの通信が途中で切れました。時間をおいて自動で再試行します。',
  },
  too_large: {
    kind: 'malformed',
    code: 'ANSWER_TOO_LARGE',
    text: 'のAPIの応答が大きすぎて読み取れません。再実行しても続く場合は、モールの管理画面で注文を確認し、運営者へ連絡してください。',
  },
  forbidden_address: {
    kind: 'unavailable',
    code: 'ADDRESS_FORBIDDEN',
    text: 'のAPIの接続先が許可されていません。運営者がAPIのURL設定を確認してください。',
  },
} as const satisfies Record<Exclude<HttpErrorReason, 'aborted'>, { kind: string; code: string; text: string }>

/**
 * Classifies an answer by its status line alone: 429 and 5xx. Null when the mall's own rules must decide. The
 * body may be JSON, HTML or empty; it is kept as raw. `error`: the mall's message in it, if any.
 */
export function failureOfStatus(
  mall: MallNames,
  response: HttpResponse,
  clock: Clock,
  error: MallError | null = null,
): MarketplaceFailure | null {
  const { status } = response
  if (status !== 429 && status < 500) return null
  const failure =
    status === 429
      ? throttled(
          `${mall.prefix}_THROTTLED`,
          `${mall.label}のAPIの利用回数が上限に達しました。時間をおいて自動で再試行します。`,
        )
      : unavailable(
          status === 503 ? `${mall.prefix}_UNAVAILABLE` : `${mall.prefix}_SERVER_ERROR`,
          `${mall.label}のAPIが混雑中またはメンテナンス中です（HTTP ${status}）。時間をおいて自動で再試行します。`,
        )
  return failure({
    ...answerFacts(response, error),
    until: retryAfter(response, clock, LONGEST_RETRY_AFTER_MS),
  })
}

/**
 * Failure for a success status whose body no service wrote: a gateway's or maintenance page, or nothing at
 * all. Null otherwise. Counts as an outage of the mall, not as a broken answer, because a later call brings
 * the real one.
 */
export function failureOfGatewayBody(mall: MallNames, response: HttpResponse): MarketplaceFailure | null {
  const text = bodyText(response)
  const empty = text.trim() === ''
  if (!empty && !isHtml(response)) return null
  return unavailable(
    empty ? `${mall.prefix}_EMPTY_ANSWER` : `${mall.prefix}_GATEWAY_PAGE`,
    `${mall.label}のAPIから${empty ? '空の応答' : '案内画面'}が返りました（HTTP ${response.status}）。${whyOf(response.status)}時間をおいて自動で再試行します。`,
  )({ status: response.status, raw: text })
}

function whyOf(status: number): string {
  if (status === 408) return '要求が時間内に届きませんでした。'
  if (status === 413) return '要求が大きすぎると判断されました。続く場合は運営者へ連絡してください。'
  return 'メンテナンスの可能性があります。'
}

/** Purpose of a refused call: `shop` where it concerns no order, such as a check of the keys. */
export type CallKind = 'order' | 'list' | 'shop'

/** Words for staff after a refused call. `lookUp`: the advice for one order, which the other kinds lack. */
export function wordsOnRefused(mall: MallNames, call: CallKind, lookUp: string) {
  switch (call) {
    case 'order':
      return { what: '要求', advice: lookUp }
    case 'list':
      return {
        what: '注文一覧の取得',
        advice: '注文は注文メールなどで引き続き取り込みます。続く場合は運営者へ連絡してください。',
      }
    case 'shop':
      return {
        what: '店舗の情報の取得',
        advice: `${mall.console}で店舗の設定とAPIの利用状態を確認してください。`,
      }
  }
}

/** An answer that refuses one call and says nothing of the shop. */
export interface RefusedCall {
  kind: 'refused'
  error: MallError
  status: number
  raw: string
}

/** The mall understood this one call and refused it; asking again changes nothing. */
export function rejectedCall(
  mall: MallNames,
  { error, status, raw }: Omit<RefusedCall, 'kind'>,
  call: CallKind = 'order',
): MarketplaceFailure {
  const { what, advice } = wordsOnRefused(mall, call, `${mall.console}で注文を確認してください。`)
  return rejected(
    `${mall.prefix}_REJECTED`,
    `${mall.label}が${what}を拒否しました（${error.code ?? `HTTP ${status}`}）。${advice}`,
  )({ mallCode: error.code, mallMessage: error.message, status, raw })
}

const malformedWith =
  (advice: string) =>
  (mall: MallNames, detail: string, raw: string, cause?: unknown): MarketplaceFailure =>
    unreadableOrder(
      `${mall.prefix}_MALFORMED`,
      `${mall.label}のAPIの応答を読み取れません（${detail}）。応答の内容を保存しました。${advice}`,
    )({ raw, cause })

/** Failure for an unreadable answer, which is kept for the operator. */
export const malformed = malformedWith(
  '再実行しても続く場合は、モールの管理画面で注文を確認し、運営者へ連絡してください。',
)

/** Failure for an unreadable answer about no order: staff have none to look up. */
export const malformedList = malformedWith('続く場合は運営者へ連絡してください。')

/** Checks content type and first characters: gateways label HTML as JSON and vice versa. */
export function isHtml(response: HttpResponse): boolean {
  const start = response.body
    .subarray(0, 512)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase()
  return /^<(!doctype html|html|head|body)\b/.test(start)
}

/** The body as text, UTF-8, without a byte order mark. */
export const bodyText = (response: HttpResponse): string =>
  response.body.toString('utf8').replace(/^\uFEFF/, '')

/**
 * Longest Retry-After: a wrong header must not close a shop forever; the longest known maintenance takes
 * seven hours.
 */
const LONGEST_RETRY_AFTER_MS = 12 * 60 * 60 * 1000

/**
 * Classifies a failed write call, given the error that a read would throw. Writes that may have reached the
 * mall without a clear answer become `outcome_unknown`: a time-out, a cut connection, an abort under way, a
 * 5xx, a gateway's page, an unreadable answer. All others (refused connection, 4xx, 429, keys) were not
 * carried out and keep their error.
 */
export function failureOfWrite(mall: MallNames, error: unknown): unknown {
  if (error instanceof HttpError) {
    return SENT.has(error.reason) ? outcomeUnknown(mall, { cause: error }) : failureOfError(mall, error)
  }
  if (!(error instanceof MarketplaceFailure) || tells(error)) return error
  const { status, mallCode, mallMessage, raw, until } = error
  return outcomeUnknown(mall, { status, mallCode, mallMessage, raw, until, cause: error })
}

const SENT: ReadonlySet<HttpErrorReason> = new Set(['timeout', 'broken', 'too_large', 'aborted'])

function tells({ kind, status }: MarketplaceFailure): boolean {
  if (kind !== 'unavailable' && kind !== 'malformed') return true
  return status !== undefined && status >= 400 && status < 500
}

/** Failure for a write that was sent without proof that the mall carried it out. */
export const outcomeUnknown = (mall: MallNames, facts?: AnswerFacts): MarketplaceFailure =>
  failureOf('outcome_unknown')(
    `${mall.prefix}_OUTCOME_UNKNOWN`,
    `${mall.label}へ変更を送信しましたが、結果を受け取れませんでした。注文を読み直して、反映されたかを確認します。`,
  )(facts)

/** Meaning of a refusal of one order: the row whose conditions all hold. */
export interface Meaning {
  /** Pattern of the mall's code, which is empty when it gave none. */
  codes?: RegExp
  /** Pattern of the mall's message. */
  words?: RegExp
  /** HTTP. */
  status?: number
  /** Ours. */
  code: string
  /** Japanese. */
  message: string
}

/**
 * Builds the failure of the first matching row, or `general` when none matches. `before`: a sentence put
 * first for staff.
 */
export function refusalBy(
  meanings: readonly Meaning[],
  general: MarketplaceFailure,
  before = '',
): MarketplaceFailure {
  const { mallCode, mallMessage, status, raw } = general
  const meaning = meanings.find(
    (one) =>
      (one.codes?.test(mallCode ?? '') ?? true) &&
      (one.words?.test(mallMessage ?? '') ?? true) &&
      (one.status === undefined || one.status === status),
  )
  if (!meaning && before === '') return general
  const { code, message } = meaning ?? general
  return rejected(code, before + message)({ status, raw, mallCode, mallMessage })
}
