import { failureSaying } from '../../kit/http-failures.ts'
import { beforeConsent } from '../../kit/oauth/before-consent.ts'
import { consentError } from '../../kit/oauth/consent-answer.ts'
import { tokensOfCode } from '../../kit/oauth/token-endpoint.ts'
import type { ConsentAsk, ConsentExchange, ConsentFlow } from '../../port/credentials.ts'
import { toRfc3339 } from '../dates.ts'
import { AMAZON } from '../facts.ts'
import { type AmazonCredentials, credentials } from './credentials.ts'
import { tokenEndpoint } from './tokens.ts'

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
  const consentedAt = toRfc3339(new Date(tools.clock.now()).toISOString())
  return { refreshToken, ...(consentedAt === null ? {} : { consentedAt }) }
}

const otherSeller = failureSaying(
  'rejected',
  'AMAZON_OTHER_SELLER',
  '別の出品者アカウントで認可されました。この店舗の出品者アカウントでセラーセントラルにログインし、もう一度認可してください。',
)
