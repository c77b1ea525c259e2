import { toJapaneseRfc3339 } from '../../../platform/japan-time.ts'
import { rejected } from '../../kit/http-failures.ts'
import { accessBy } from '../../kit/oauth/access.ts'
import { beforeConsent } from '../../kit/oauth/before-consent.ts'
import { consentError } from '../../kit/oauth/consent-answer.ts'
import { type TokenEndpoint, tokensOfCode } from '../../kit/oauth/token-endpoint.ts'
import type { ConsentAsk, ConsentExchange, ConsentFlow } from '../../port/credentials.ts'
import { AMAZON } from '../facts.ts'
import { clientRefused, consentRevoked, tokenRequestRefused } from '../failures.ts'
import { type AmazonCredentials, credentials } from './credentials.ts'

export interface AmazonConsentOptions {
  /** Seller Central, the part before `/apps`: https://sellercentral-japan.amazon.com */
  consentUrl: string
  /** Login with Amazon, the part before `/auth`. */
  authUrl: string
}

/** SP-API, website authorization workflow for public applications. No PKCE; the state guards the answer. */
export const amazonConsent = (options: AmazonConsentOptions): ConsentFlow<AmazonCredentials> => ({
  application,
  authorisationUrl: (ask) => authorisationUrl(options.consentUrl, ask),
  readAnswer(query, shopCode) {
    const error = consentError(AMAZON, query)
    if (error) return error
    const { spapi_oauth_code: code, selling_partner_id: seller } = query
    if (!code) return null
    // The Seller Central user who consented may belong to another account than this shop's.
    return seller === shopCode ? { kind: 'code', code } : { kind: 'failed', failure: otherSeller() }
  },
  exchange: (exchange) => makeTokens(options.authUrl, exchange),
  wrongAccount: [],
})

const application = beforeConsent(credentials, 'Atzr|to-be-brought-by-the-consent').superRefine(
  (given, context) => {
    if (given.applicationId !== undefined) return
    context.addIssue({
      code: 'custom',
      path: ['applicationId'],
      message:
        'アプリIDを入力してください。セラーセントラル ＞ アプリとサービス ＞ アプリの開発 に表示される、amzn1.sp.solution. で始まる値です。',
    })
  },
)

function authorisationUrl(consentUrl: string, ask: ConsentAsk<AmazonCredentials>): string {
  const url = new URL(`${consentUrl}/apps/authorize/consent`)
  url.searchParams.set('application_id', ask.credentials.applicationId ?? '')
  url.searchParams.set('state', ask.state)
  url.searchParams.set('redirect_uri', ask.redirectUri)
  return url.href
}

async function makeTokens(
  authUrl: string,
  { credentials: known, code, redirectUri, tools, signal }: ConsentExchange<AmazonCredentials>,
): Promise<Partial<AmazonCredentials>> {
  const form = { code, redirect_uri: redirectUri }
  const { refreshToken } = await tokensOfCode(tokenEndpoint(authUrl, known, tools), form, signal)
  return { refreshToken, consentedAt: toJapaneseRfc3339(tools.clock.now()) }
}

const otherSeller = rejected(
  'AMAZON_OTHER_SELLER',
  '別の出品者アカウントで認可されました。この店舗の出品者アカウントでセラーセントラルにログインし、もう一度認可してください。',
)

/** Login with Amazon: the refresh token stays the same while the consent lasts. */
export const tokenEndpoint = (
  authUrl: string,
  { clientId = '', clientSecret = '' }: Partial<AmazonCredentials>,
  tools: TokenEndpoint['tools'],
): TokenEndpoint => ({
  mall: AMAZON,
  tools,
  unreadable: 'AMAZON_AUTH_UNREADABLE',
  url: `${authUrl}/auth/o2/token`,
  form: { client_id: clientId, client_secret: clientSecret },
  refused(error, facts) {
    if (error === 'invalid_grant') return consentRevoked(facts)
    return error === 'invalid_client' ? clientRefused(facts) : tokenRequestRefused(facts)
  },
})

/** Amazon's own clients renew a minute ahead; a call may wait for its turn for a while more. */
const AHEAD_MS = 2 * 60 * 1000

export const createAccess = accessBy<AmazonCredentials>(tokenEndpoint, AHEAD_MS)
