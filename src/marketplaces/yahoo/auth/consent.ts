import { toJapaneseRfc3339 } from '../../../platform/japan-time.ts'
import { factsOf } from '../../../platform/narrow.ts'
import { codeTable } from '../../kit/code-table.ts'
import { rejected, unauthorised } from '../../kit/http-failures.ts'
import { accessBy } from '../../kit/oauth/access.ts'
import { beforeConsent } from '../../kit/oauth/before-consent.ts'
import { consentError } from '../../kit/oauth/consent-answer.ts'
import { type TokenEndpoint, tokensOfCode } from '../../kit/oauth/token-endpoint.ts'
import type { ConsentAsk, ConsentExchange, ConsentFlow } from '../../port/credentials.ts'
import { YAHOO } from '../facts.ts'
import { RECHECK_MS, RENEW_CONSENT } from '../failures.ts'
import { type YahooCredentials, yahooCredentials } from './credentials.ts'

/** Yahoo! ID連携 v2 (YConnect), Authorization Code flow with PKCE: the store's staff must consent. */
export const yahooConsent = (authUrl: string): ConsentFlow<YahooCredentials> => ({
  application: beforeConsent(yahooCredentials, 'to-be-brought-by-the-consent'),
  authorisationUrl: (ask) => authorisationUrl(authUrl, ask),
  readAnswer(query) {
    const error = consentError(YAHOO, query)
    if (error) return error
    return query.code ? { kind: 'code', code: query.code } : null
  },
  exchange: (exchange) => makeTokens(authUrl, exchange),
  // px-14303, px-14304: the Business ID has no right to this store.
  wrongAccount: ['YAHOO_NO_PERMISSION', 'YAHOO_STORE_NOT_ALLOWED'],
})

function authorisationUrl(authUrl: string, ask: ConsentAsk<YahooCredentials>): string {
  const url = new URL(`${authUrl}/yconnect/v2/authorization`)
  const query = {
    response_type: 'code',
    client_id: ask.credentials.clientId ?? '',
    redirect_uri: ask.redirectUri,
    scope: 'openid',
    state: ask.state,
    nonce: ask.nonce,
    // Makes a refusal return to us instead of ending on Yahoo!'s error page.
    bail: '1',
    code_challenge: ask.codeChallenge,
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

async function makeTokens(
  authUrl: string,
  exchange: ConsentExchange<YahooCredentials>,
): Promise<Partial<YahooCredentials>> {
  const { credentials, code, redirectUri, verifier, tools, signal } = exchange
  const form = { code, redirect_uri: redirectUri, code_verifier: verifier }
  const answer = await tokensOfCode(tokenEndpoint(authUrl, credentials, tools), form, signal)
  if (!isOurs(answer.idToken, exchange.nonce)) throw otherSession()
  return { refreshToken: answer.refreshToken, consentedAt: toJapaneseRfc3339(tools.clock.now()) }
}

/**
 * The id token comes straight from Yahoo! over TLS, so its signature may go unchecked (OpenID Connect Core
 * §3.1.3.7); its nonce ties the code to this very request. A token that cannot be read says nothing.
 */
function isOurs(idToken: string | undefined, nonce: string): boolean {
  try {
    const payload = Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString('utf8')
    const said = factsOf(JSON.parse(payload)).nonce
    return said === undefined || said === nonce
  } catch {
    return true
  }
}

const otherSession = rejected(
  'YAHOO_NONCE_MISMATCH',
  'Yahoo!から、この手続きとは別の同意の結果が返りました。もう一度、同意の手続きを最初から行ってください。',
)

/** YConnect v2: a refresh may replace its refresh token, but only a consent makes it live longer. */
const tokenEndpoint = (
  authUrl: string,
  { clientId = '', clientSecret = '' }: Partial<YahooCredentials>,
  tools: TokenEndpoint['tools'],
): TokenEndpoint => ({
  mall: YAHOO,
  tools,
  unreadable: 'YAHOO_TOKEN_UNREADABLE',
  url: `${authUrl}/yconnect/v2/token`,
  headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
  refused: (error, facts) =>
    (REFUSALS[error] ?? otherRefusal)({ ...facts, until: new Date(tools.clock.now() + RECHECK_MS) }),
})

/** A call may wait for its turn for a while. */
const AHEAD_MS = 3 * 60 * 1000

export const createAccess = accessBy<YahooCredentials>(tokenEndpoint, AHEAD_MS)

const clientRefused = unauthorised(
  'YAHOO_CLIENT_REFUSED',
  'Client IDまたはシークレットが正しくないため、Yahoo!ショッピングへ接続できません。',
  'アプリケーション管理でClient IDとシークレットを確認し、登録し直してください。',
)

const otherRefusal = unauthorised(
  'YAHOO_TOKEN_REQUEST_REFUSED',
  'Yahoo!ショッピングがアクセストークンの更新を拒否しました。認証情報を確認してください。',
  `Client ID、シークレット、リフレッシュトークンを確認してください。解決しない場合は${RENEW_CONSENT}`,
)

const REFUSALS = codeTable({
  invalid_grant: unauthorised(
    'YAHOO_CONSENT_ENDED',
    'Yahoo!ショッピングのリフレッシュトークンが無効です（同意から4週間の経過、パスワード変更または同意の取り消し）。同意し直すまで取込を止めます。',
    RENEW_CONSENT,
  ),
  invalid_client: clientRefused,
  unauthorized_client: clientRefused,
})
