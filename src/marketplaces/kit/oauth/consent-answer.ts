import type { ConsentAnswer } from '../../port/credentials.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MallNames } from '../http-failures.ts'

/**
 * Reads the error that an OAuth redirect may carry instead of a code (RFC 6749 §4.1.2.1). Null when it has
 * none.
 */
export function consentError(mall: MallNames, query: Readonly<Record<string, string>>): ConsentAnswer | null {
  const { error } = query
  if (error === undefined || error === '') return null
  if (error === 'access_denied') return { kind: 'refused' }
  // Shows text from the address bar only when it looks like one of OAuth's own words.
  const word = /^[a-z_]{1,60}$/.exec(error)?.[0] ?? 'error'
  const away = word === 'server_error' || word === 'temporarily_unavailable'
  return {
    kind: 'failed',
    failure: new MarketplaceFailure({
      kind: away ? 'unavailable' : 'rejected',
      code: `${mall.prefix}_CONSENT_ERROR`,
      message: away
        ? `${mall.label}の同意画面が一時的に利用できません（${word}）。時間をおいて、もう一度お試しください。`
        : `${mall.label}の同意画面がエラーを返しました（${word}）。アプリケーションの登録内容（コールバックURL、権限）を確認し、もう一度お試しください。`,
      mallCode: word,
    }),
  }
}

/** The token endpoint would not take the code: used, too old, or made for another application. */
export const codeRefused = (mall: MallNames, cause: MarketplaceFailure) =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: `${mall.prefix}_CODE_REFUSED`,
    message: `${mall.label}が同意の確認コードを受け付けませんでした（期限切れ、または使用済み）。もう一度、同意の手続きを最初から行ってください。`,
    mallCode: cause.mallCode,
    mallMessage: cause.mallMessage,
    status: cause.status,
  })

/** Failure for an answer without the requested token. Its body may hold another token, so it is not kept. */
export const noRefreshToken = (mall: MallNames, status: number) =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: `${mall.prefix}_NO_REFRESH_TOKEN`,
    message: `${mall.label}がリフレッシュトークンを発行しませんでした。アプリケーションの登録内容を確認し、もう一度お試しください。`,
    status,
  })
