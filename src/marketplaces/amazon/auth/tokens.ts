import { HttpError } from '../../../platform/http/http-client.ts'
import { failureOfError } from '../../kit/http-failures.ts'
import { createOAuthAccess, type OAuthAccess } from '../../kit/oauth/access.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { AMAZON } from '../facts.ts'
import type { AmazonCredentials } from './credentials.ts'
import { readTokenAnswer } from './token-answer.ts'

/** Login with Amazon: the refresh token stays the same for as long as the consent stands. */

/** Amazon's own clients renew a minute ahead; a call may wait for its turn for a while more. */
const AHEAD_MS = 2 * 60 * 1000
const TOKEN_TIMEOUT_MS = 15_000
const TOKEN_MAX_BYTES = 64 * 1024

export const createAccess = (
  authUrl: string,
  credentials: AmazonCredentials,
  tools: MarketplaceTools,
): OAuthAccess =>
  createOAuthAccess({
    credentials,
    tools,
    aheadMs: AHEAD_MS,
    async refresh(refreshToken, signal) {
      try {
        const response = await tools.http.request(tokenRequest(authUrl, credentials, refreshToken), signal)
        return readTokenAnswer(response, tools.clock)
      } catch (error) {
        if (signal.aborted) throw signal.reason
        throw asTrouble(failureOfError(AMAZON, withoutCause(error)))
      }
    },
  })

const tokenRequest = (
  authUrl: string,
  { clientId, clientSecret }: AmazonCredentials,
  refreshToken: string,
) => ({
  method: 'POST' as const,
  url: `${authUrl}/auth/o2/token`,
  headers: {
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    accept: 'application/json',
  },
  body: new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  }).toString(),
  timeoutMs: TOKEN_TIMEOUT_MS,
  maxBytes: TOKEN_MAX_BYTES,
})

/** The request's body holds the secrets, and so may whatever an HTTP client puts into the cause of an error. */
const withoutCause = (error: unknown): unknown =>
  error instanceof HttpError ? new HttpError(error.reason, error.reason) : error

/** Without a token no order can be read, and none is to blame: an answer that makes no sense is an outage. */
const asTrouble = (error: unknown): unknown =>
  error instanceof MarketplaceFailure && error.kind === 'malformed'
    ? new MarketplaceFailure({
        kind: 'unavailable',
        code: 'AMAZON_AUTH_UNREADABLE',
        message: 'Amazonの認証サーバーの応答を読み取れません。時間をおいて自動で再試行します。',
        status: error.status,
      })
    : error
