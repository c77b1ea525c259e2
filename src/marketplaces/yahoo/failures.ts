import { stepOf } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HttpResponse } from '../../platform/http/http-client.ts'
import { japaneseDayStart } from '../../platform/japan-time.ts'
import { codeTable } from '../kit/codes.ts'
import {
  answerFacts,
  bodyText,
  type MallError,
  throttled,
  unauthorised,
  unavailable,
} from '../kit/failures.ts'
import { at, elementsAt, textAt, type XmlDocument } from '../kit/xml.ts'
import type { MarketplaceFailure } from '../port/failures.ts'

export const RENEW_CONSENT =
  'ストアの注文管理権限を持つYahoo! JAPAN IDで同意し直し、新しいリフレッシュトークンと同意日時を登録してください。'

/**
 * The error that a document states: root `Error`, `Result/Error` inside orderList's root, or `Status` NG.
 * Null when it states none. Namespaces are gone by now, blanks and line ends within messages are made one.
 */
export function errorIn(document: XmlDocument): MallError | null {
  const { name, content } = document
  if (name === 'Error') return mallError(textAt(content, 'Code'), textAt(content, 'Message'))
  const results = name === 'Result' ? [content] : elementsAt(content, 'Result')
  for (const result of results) {
    const stated = at(result, 'Error') !== undefined
    if (stated || textAt(result, 'Status')?.toUpperCase() === 'NG') {
      return mallError(textAt(result, 'Error', 'Code'), textAt(result, 'Error', 'Message'))
    }
  }
  return null
}

const mallError = (code: string | undefined, message: string | undefined): MallError => ({
  code: code === '' ? undefined : code,
  message: (message ?? '').replace(/\s+/g, ' ').trim().slice(0, 500),
})

/** Returns the failure of a px code, or of an undocumented code of that family. Null for other codes. */
export function failureOfPx(
  error: MallError,
  response: HttpResponse,
  clock: Clock,
): MarketplaceFailure | null {
  if (!error.code?.startsWith('px-')) return null
  const until = new Date(clock.now() + RECHECK_MS)
  return (PX_CODES[error.code] ?? unknownPx)({ ...answerFacts(response, error), until })
}

const unknownPx = unauthorised(
  'YAHOO_ACCESS_REFUSED',
  ({ mallCode }) =>
    `Yahoo!ショッピングが利用を認めませんでした（${mallCode}）。注文APIの利用申請と同意の状態を確認してください。`,
  '注文APIの利用申請、ビジネスIDの権限、同意の状態を確認してください。',
)

/** 401 that a new access token does not heal: scope missing, or refused again with the new token. */
export function failureOfToken(response: HttpResponse): MarketplaceFailure {
  const scope = /insufficient[_ ]scope/.test(response.headers['www-authenticate'] ?? bodyText(response))
  const mallMessage = response.headers['www-authenticate']?.slice(0, 500)
  return (scope ? scopeMissing : tokenRefused)({ ...answerFacts(response, null), mallMessage })
}

const scopeMissing = unauthorised(
  'YAHOO_SCOPE_MISSING',
  'Client IDにストア向け操作の権限（スコープ）がないため、注文APIを利用できません。',
  'アプリケーション管理で「ストア向け操作関連の機能」が使えるClient IDを用意し、そのIDで同意し直してください。',
)
const tokenRefused = unauthorised(
  'YAHOO_TOKEN_REFUSED',
  'Yahoo!ショッピングが更新直後のアクセストークンを拒否しました。同意し直すまで取込を止めます。',
  RENEW_CONSENT,
)

/**
 * 403 without a code: over the daily 50,000 calls, or blocked for a while after too many in a short time.
 * Yahoo! tells neither which nor how long.
 */
export const failureOfForbidden = throttled(
  'YAHOO_FORBIDDEN',
  'Yahoo!ショッピングのAPIの利用回数が上限に達したか、短時間の連続利用で一時的に止められました。時間をおいて自動で再試行します。',
)

export type ForbiddenBackoff = ReturnType<typeof createForbiddenBackoff>

const FORBIDDEN_STEPS_MS = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000] as const
/** Margin after midnight, because two clocks never change day at the same moment. */
const AFTER_MIDNIGHT_MS = 60_000

/** After 403s without a code: longer each time, but not past the day's end, when the daily cap is reset. */
export function createForbiddenBackoff() {
  const inRow = new Map<string, number>()
  return {
    /** Returns the time of the next call after one more 403 for this quota. */
    next(quotaKey: string, now: number): Date {
      const times = inRow.get(quotaKey) ?? 0
      inRow.set(quotaKey, times + 1)
      return new Date(
        Math.min(now + stepOf(times + 1, FORBIDDEN_STEPS_MS), japaneseDayStart(now, -1) + AFTER_MIDNIGHT_MS),
      )
    },
    reset(quotaKey: string): void {
      inRow.delete(quotaKey)
    },
  }
}

/**
 * Codes of the store API layer (開発者ネットワーク, エラーメッセージおよびコード). All of them concern the store or the application,
 * none a single order.
 */
const PX_CODES = codeTable({
  'px-04001': unavailable(
    'YAHOO_SELLER_ID_MISSING',
    'Yahoo!ショッピングがストアアカウントのない要求として拒否しました。運営者へ連絡してください。',
  ),
  'px-04102': unauthorised(
    'YAHOO_SESSION_ENDED',
    'Yahoo!ショッピングの注文APIの利用時間（同意から12時間）が終わりました。同意し直すまで取込を止めます。公開鍵認証が有効であれば最長4週間使えます。',
    `${RENEW_CONSENT}あわせて公開鍵とそのバージョンも確認してください。`,
  ),
  'px-04303': unauthorised(
    'YAHOO_APP_NOT_REGISTERED',
    'Client IDが注文APIの利用申請に登録されていません。',
    'Yahoo!ショッピングの注文API利用申請に、このClient IDとストアアカウントを登録してください。',
  ),
  'px-04306': unauthorised(
    'YAHOO_IP_NOT_REGISTERED',
    '接続元IPアドレスが注文APIの利用申請に登録されていません。',
    'Yahoo!ショッピングの注文API利用申請に、このサーバーの接続元IPアドレスを登録してください。',
  ),
  'px-04307': unauthorised(
    'YAHOO_CONSENT_WITHDRAWN',
    'Yahoo! JAPAN IDの同意が取り消されているため、注文APIを利用できません。',
    RENEW_CONSENT,
  ),
  'px-14303': unauthorised(
    'YAHOO_NO_PERMISSION',
    '同意したYahoo! JAPAN IDのビジネスIDに、このストアの注文管理権限がありません。',
    'ストアクリエイターProで、同意したビジネスIDに注文管理の権限を付けてください。権限のあるIDで同意し直してもかまいません。',
  ),
  'px-14304': unauthorised(
    'YAHOO_STORE_NOT_ALLOWED',
    '同意したYahoo! JAPAN IDでは、このストアアカウントを利用できません。',
    'ストアアカウントの綴りを確認し、このストアに登録されたYahoo! JAPAN IDで同意し直してください。',
  ),
  'px-04400': unavailable(
    'YAHOO_WRONG_URL',
    'Yahoo!ショッピングのAPIのURLが正しくありません。運営者がYAHOO_API_URLの設定を確認してください。',
  ),
})

/** Interval of retrying after faults that are fixed at Yahoo!, with no change here. */
export const RECHECK_MS = 15 * 60 * 1000
