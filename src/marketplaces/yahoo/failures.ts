import { stepOf } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HttpResponse } from '../../platform/http/http-client.ts'
import { answerFacts, bodyText, failureSaying, type MallError } from '../kit/http-failures.ts'
import { at, elementsAt, textAt, type XmlDocument } from '../kit/xml.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import { nextMidnightInJapan } from './dates.ts'
import { type CodeMeaning, PX_CODES, RECHECK_MS, RENEW_CONSENT } from './failure-codes.ts'

/**
 * The error that a document states: root `Error`, `Result/Error` inside orderList's root, or `Status` NG. Null when it
 * states none. Namespaces are gone by now, blanks and line ends within messages are made one.
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
  const meaning = PX_CODES[error.code] ?? unknownPx(error.code)
  const until = new Date(clock.now() + RECHECK_MS)
  return new MarketplaceFailure({ ...answerFacts(response, error), ...meaning, until })
}

const unknownPx = (code: string): CodeMeaning => ({
  kind: 'unauthorised',
  code: 'YAHOO_ACCESS_REFUSED',
  message: `Yahoo!ショッピングが利用を認めませんでした（${code}）。注文APIの利用申請と同意の状態を確認してください。`,
  renew: '注文APIの利用申請、ビジネスIDの権限、同意の状態を確認してください。',
})

/** 401 that a new access token does not heal: scope missing, or refused again with the new token. */
export function failureOfToken(response: HttpResponse): MarketplaceFailure {
  const scope = /insufficient[_ ]scope/.test(response.headers['www-authenticate'] ?? bodyText(response))
  const mallMessage = response.headers['www-authenticate']?.slice(0, 500)
  return (scope ? scopeMissing : tokenRefused)({ ...answerFacts(response, null), mallMessage })
}

const scopeMissing = failureSaying(
  'unauthorised',
  'YAHOO_SCOPE_MISSING',
  'Client IDにストア向け操作の権限（スコープ）がないため、注文APIを利用できません。',
  'アプリケーション管理で「ストア向け操作関連の機能」が使えるClient IDを用意し、そのIDで同意し直してください。',
)
const tokenRefused = failureSaying(
  'unauthorised',
  'YAHOO_TOKEN_REFUSED',
  'Yahoo!ショッピングが更新直後のアクセストークンを拒否しました。同意し直すまで取込を止めます。',
  RENEW_CONSENT,
)

/**
 * 403 without a code: over the daily 50,000 calls, or blocked for a while after too many in a short time. Yahoo! tells
 * neither which nor how long.
 */
export const failureOfForbidden = failureSaying(
  'throttled',
  'YAHOO_FORBIDDEN',
  'Yahoo!ショッピングのAPIの利用回数が上限に達したか、短時間の連続利用で一時的に止められました。時間をおいて自動で再試行します。',
)

/**
 * Back-off after 403s without a code: longer each time, but not past the day's end, when the daily cap is
 * reset.
 */
export interface ForbiddenBackoff {
  /** Returns the time of the next call after one more 403 for this quota. */
  next(quotaKey: string, now: number): Date
  reset(quotaKey: string): void
}

const FORBIDDEN_STEPS_MS = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000] as const
/** Margin after midnight, because two clocks never change day at the same moment. */
const AFTER_MIDNIGHT_MS = 60_000

export function createForbiddenBackoff(): ForbiddenBackoff {
  const inRow = new Map<string, number>()
  return {
    next(quotaKey, now) {
      const times = inRow.get(quotaKey) ?? 0
      inRow.set(quotaKey, times + 1)
      return new Date(
        Math.min(now + stepOf(times + 1, FORBIDDEN_STEPS_MS), nextMidnightInJapan(now) + AFTER_MIDNIGHT_MS),
      )
    },
    reset(quotaKey) {
      inRow.delete(quotaKey)
    },
  }
}
