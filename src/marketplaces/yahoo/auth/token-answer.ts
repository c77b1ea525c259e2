import { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'
import type { HttpResponse } from '../../../platform/http/http-client.ts'
import { codeTable } from '../../kit/code-table.ts'
import { bodyText, failureOfGatewayBody, failureOfStatus } from '../../kit/http-failures.ts'
import { parseJson } from '../../kit/texts.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import { YAHOO } from '../facts.ts'
import { RECHECK_MS, RENEW_CONSENT } from '../failure-codes.ts'

export interface TokenAnswer {
  accessToken: string
  /** Seconds. */
  expiresIn: number
  refreshToken: string | undefined
  /** Comes with the answer to a consent's code. */
  idToken: string | undefined
}

const text = z.string().trim().min(1)
const Success = z.object({
  access_token: text,
  // A number or a numeric string; an hour is the documented life.
  expires_in: z.coerce.number().positive().max(86_400).catch(3600),
  refresh_token: text.optional().catch(undefined),
  id_token: text.optional().catch(undefined),
})
const Refusal = z.object({
  error: text,
  error_description: z.string().optional().catch(undefined),
  error_code: z.coerce.string().optional().catch(undefined),
})

/** Reads what the token endpoint sent; an `error` counts whatever the HTTP status says. Raises MarketplaceFailure. */
export function readTokenAnswer(response: HttpResponse, clock: Clock): TokenAnswer {
  const json = parseJson(bodyText(response))
  const refusal = Refusal.safeParse(json)
  if (refusal.success && response.status !== 429) throw failureOfRefusal(refusal.data, response, clock)
  const away = failureOfStatus(YAHOO, response, clock) ?? failureOfGatewayBody(YAHOO, response)
  if (away) throw away
  const success = Success.safeParse(json)
  if (response.status >= 400 || !success.success) throw unreadableToken(response.status)
  const { access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken } = success.data
  return { accessToken, expiresIn, refreshToken, idToken: success.data.id_token }
}

/**
 * An answer that is none of the documented ones. Not `malformed`: no order is to blame, the store waits. The body may hold
 * a token, so it is not kept, not even sealed.
 */
export const unreadableToken = (status?: number, cause?: unknown): MarketplaceFailure =>
  new MarketplaceFailure({
    kind: 'unavailable',
    code: 'YAHOO_TOKEN_UNREADABLE',
    message:
      'Yahoo!の認証サーバーの応答を読み取れません。時間をおいて自動で再試行します。続く場合は運営者へ連絡してください。',
    status,
    cause,
  })

interface RefusalMeaning {
  code: string
  message: string
  renew: string
}

const clientRefused: RefusalMeaning = {
  code: 'YAHOO_CLIENT_REFUSED',
  message: 'Client IDまたはシークレットが正しくないため、Yahoo!ショッピングへ接続できません。',
  renew: 'アプリケーション管理でClient IDとシークレットを確認し、登録し直してください。',
}

const REFUSALS: Readonly<Record<string, RefusalMeaning>> = codeTable<RefusalMeaning>({
  invalid_grant: {
    code: 'YAHOO_CONSENT_ENDED',
    message:
      'Yahoo!ショッピングのリフレッシュトークンが無効です（同意から4週間の経過、パスワード変更または同意の取り消し）。同意し直すまで取込を止めます。',
    renew: RENEW_CONSENT,
  },
  invalid_client: clientRefused,
  unauthorized_client: clientRefused,
})

const otherRefusal: RefusalMeaning = {
  code: 'YAHOO_TOKEN_REQUEST_REFUSED',
  message: 'Yahoo!ショッピングがアクセストークンの更新を拒否しました。認証情報を確認してください。',
  renew: `Client ID、シークレット、リフレッシュトークンを確認してください。解決しない場合は${RENEW_CONSENT}`,
}

const TEMPORARY = new Set(['server_error', 'temporarily_unavailable'])

function failureOfRefusal(
  refusal: z.infer<typeof Refusal>,
  response: HttpResponse,
  clock: Clock,
): MarketplaceFailure {
  const mall = {
    mallCode: refusal.error.slice(0, 100),
    mallMessage: [refusal.error_code, refusal.error_description].filter(Boolean).join(' ').slice(0, 500),
    status: response.status,
  }
  if (TEMPORARY.has(refusal.error) || response.status >= 500) {
    const message = 'Yahoo!の認証サーバーが一時的に利用できません。時間をおいて自動で再試行します。'
    return new MarketplaceFailure({ ...mall, kind: 'unavailable', code: 'YAHOO_AUTH_UNAVAILABLE', message })
  }
  const until = new Date(clock.now() + RECHECK_MS)
  return new MarketplaceFailure({
    ...mall,
    ...(REFUSALS[refusal.error] ?? otherRefusal),
    kind: 'unauthorised',
    until,
  })
}
