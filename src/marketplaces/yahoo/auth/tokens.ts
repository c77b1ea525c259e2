import { codeTable } from '../../kit/code-table.ts'
import { failureSaying } from '../../kit/http-failures.ts'
import { createOAuthAccess, type OAuthAccess } from '../../kit/oauth/access.ts'
import { askForToken, type TokenEndpoint } from '../../kit/oauth/token-endpoint.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { YAHOO } from '../facts.ts'
import { RECHECK_MS, RENEW_CONSENT } from '../failures.ts'
import type { YahooCredentials } from './credentials.ts'

/** YConnect v2: its refresh token may be replaced by a refresh, but only a person's consent makes it live longer. */

/** A call may wait for its turn for a while. */
const AHEAD_MS = 3 * 60 * 1000

export const createAccess = (
  authUrl: string,
  credentials: YahooCredentials,
  tools: MarketplaceTools,
): OAuthAccess => {
  const endpoint = tokenEndpoint(authUrl, credentials, tools)
  return createOAuthAccess({
    ...{ credentials, tools, aheadMs: AHEAD_MS },
    refresh: (refreshToken, signal) =>
      askForToken(endpoint, { grant_type: 'refresh_token', refresh_token: refreshToken }, signal),
  })
}

export const tokenEndpoint = (
  authUrl: string,
  { clientId = '', clientSecret = '' }: Partial<YahooCredentials>,
  tools: TokenEndpoint['tools'],
): TokenEndpoint => ({
  ...{ mall: YAHOO, tools, unreadable: 'YAHOO_TOKEN_UNREADABLE' },
  url: `${authUrl}/yconnect/v2/token`,
  headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
  refused: (error, facts) =>
    (REFUSALS[error] ?? otherRefusal)({ ...facts, until: new Date(tools.clock.now() + RECHECK_MS) }),
})

const clientRefused = failureSaying(
  'unauthorised',
  'YAHOO_CLIENT_REFUSED',
  'Client IDまたはシークレットが正しくないため、Yahoo!ショッピングへ接続できません。',
  'アプリケーション管理でClient IDとシークレットを確認し、登録し直してください。',
)

const otherRefusal = failureSaying(
  'unauthorised',
  'YAHOO_TOKEN_REQUEST_REFUSED',
  'Yahoo!ショッピングがアクセストークンの更新を拒否しました。認証情報を確認してください。',
  `Client ID、シークレット、リフレッシュトークンを確認してください。解決しない場合は${RENEW_CONSENT}`,
)

const REFUSALS = codeTable({
  invalid_grant: failureSaying(
    'unauthorised',
    'YAHOO_CONSENT_ENDED',
    'Yahoo!ショッピングのリフレッシュトークンが無効です（同意から4週間の経過、パスワード変更または同意の取り消し）。同意し直すまで取込を止めます。',
    RENEW_CONSENT,
  ),
  invalid_client: clientRefused,
  unauthorized_client: clientRefused,
})
