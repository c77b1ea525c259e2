import { createOAuthAccess, type OAuthAccess } from '../../kit/oauth/access.ts'
import { askForToken, type TokenEndpoint } from '../../kit/oauth/token-endpoint.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { AMAZON } from '../facts.ts'
import { clientRefused, consentRevoked, tokenRequestRefused } from '../failures.ts'
import type { AmazonCredentials } from './credentials.ts'

/** Login with Amazon: the refresh token stays the same while the consent lasts. */

/** Amazon's own clients renew a minute ahead; a call may wait for its turn for a while more. */
const AHEAD_MS = 2 * 60 * 1000

export const createAccess = (
  authUrl: string,
  credentials: AmazonCredentials,
  tools: MarketplaceTools,
): OAuthAccess => {
  const endpoint = tokenEndpoint(authUrl, credentials, tools)
  return createOAuthAccess({
    ...{ credentials, tools, aheadMs: AHEAD_MS },
    async refresh(refreshToken, signal) {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
      const { accessToken, expiresIn } = await askForToken(endpoint, form, signal)
      return { accessToken, expiresIn }
    },
  })
}

export const tokenEndpoint = (
  authUrl: string,
  { clientId = '', clientSecret = '' }: Partial<AmazonCredentials>,
  tools: TokenEndpoint['tools'],
): TokenEndpoint => ({
  ...{ mall: AMAZON, tools, unreadable: 'AMAZON_AUTH_UNREADABLE' },
  url: `${authUrl}/auth/o2/token`,
  form: { client_id: clientId, client_secret: clientSecret },
  refused(error, facts) {
    if (error === 'invalid_grant') return consentRevoked(facts)
    return error === 'invalid_client' ? clientRefused(facts) : tokenRequestRefused(facts)
  },
})
