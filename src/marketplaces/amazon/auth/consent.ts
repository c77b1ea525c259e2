import { z } from 'zod'
import type { HttpResponse } from '../../../platform/http/http-client.ts'
import { bodyText, failureOfError } from '../../kit/http-failures.ts'
import { beforeConsent } from '../../kit/oauth/before-consent.ts'
import { codeRefused, consentError, noRefreshToken } from '../../kit/oauth/consent-answer.ts'
import { parseJson } from '../../kit/texts.ts'
import type { ConsentAsk, ConsentExchange, ConsentFlow } from '../../port/credentials.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import { toRfc3339 } from '../dates.ts'
import { AMAZON } from '../facts.ts'
import { type AmazonCredentials, credentials } from './credentials.ts'
import { readTokenAnswer } from './token-answer.ts'

const TOKEN_TIMEOUT_MS = 15_000
const TOKEN_MAX_BYTES = 64 * 1024

export interface AmazonConsentOptions {
  /** Seller Central, the part before `/apps`: https://sellercentral-japan.amazon.com */
  consentUrl: string
  /** Login with Amazon, the part before `/auth`. */
  authUrl: string
}

/** SP-API, website authorization workflow: for public applications. Amazon has no PKCE here; the state guards the answer. */
export const amazonConsent = (options: AmazonConsentOptions): ConsentFlow<AmazonCredentials> => ({
  application,
  authorisationUrl: (ask) => authorisationUrl(options.consentUrl, ask),
  readAnswer(query, shopCode) {
    const error = consentError(AMAZON, query)
    if (error) return error
    const { spapi_oauth_code: code, selling_partner_id: seller } = query
    if (!code) return null
    // Whoever was logged in to Seller Central consented, which need not be this shop's account.
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
  exchange: ConsentExchange<AmazonCredentials>,
): Promise<Partial<AmazonCredentials>> {
  const response = await askForTokens(authUrl, exchange)
  const refreshToken = RefreshToken.safeParse(parseJson(bodyText(response))).data?.refresh_token
  if (refreshToken === undefined) throw noRefreshToken(AMAZON, response.status)
  const consentedAt = toRfc3339(new Date(exchange.tools.clock.now()).toISOString())
  return { refreshToken, ...(consentedAt === null ? {} : { consentedAt }) }
}

async function askForTokens(
  authUrl: string,
  { credentials: known, code, redirectUri, tools, signal }: ConsentExchange<AmazonCredentials>,
): Promise<HttpResponse> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    client_id: known.clientId ?? '',
    client_secret: known.clientSecret ?? '',
  })
  const request = {
    method: 'POST' as const,
    url: `${authUrl}/auth/o2/token`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: 'application/json',
    },
    body: form.toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxBytes: TOKEN_MAX_BYTES,
  }
  try {
    const response = await tools.http.request(request, signal)
    readTokenAnswer(response, tools.clock)
    return response
  } catch (error) {
    const failure = failureOfError(AMAZON, error)
    const refused = failure instanceof MarketplaceFailure && failure.mallCode === 'invalid_grant'
    throw refused ? codeRefused(AMAZON, failure) : failure
  }
}

const RefreshToken = z.object({ refresh_token: z.string().trim().min(1) })

const otherSeller = () =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: 'AMAZON_OTHER_SELLER',
    message:
      '別の出品者アカウントで認可されました。この店舗の出品者アカウントでセラーセントラルにログインし、もう一度認可してください。',
  })
