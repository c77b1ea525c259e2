import { failureOfError } from '../../kit/http-failures.ts'
import { createOAuthAccess, type OAuthAccess } from '../../kit/oauth/access.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { YAHOO } from '../facts.ts'
import type { YahooCredentials } from './credentials.ts'
import { readTokenAnswer, type TokenAnswer, unreadableToken } from './token-answer.ts'

/** YConnect v2: its refresh token may be replaced by a refresh, but only a person's consent makes it live longer. */

/** A call may wait for its turn for a while. */
const AHEAD_MS = 3 * 60 * 1000
const TOKEN_TIMEOUT_MS = 15_000
const TOKEN_MAX_BYTES = 64 * 1024

export const createAccess = (
  authUrl: string,
  credentials: YahooCredentials,
  tools: MarketplaceTools,
): OAuthAccess =>
  createOAuthAccess({
    credentials,
    tools,
    aheadMs: AHEAD_MS,
    refresh: (refreshToken, signal) => {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
      return askForToken(tools, authUrl, credentials, form, signal)
    },
  })

/** One call of the token endpoint, with whichever grant. Raises MarketplaceFailure. */
export async function askForToken(
  tools: Pick<MarketplaceTools, 'http' | 'clock'>,
  authUrl: string,
  { clientId, clientSecret }: Pick<YahooCredentials, 'clientId' | 'clientSecret'>,
  form: Record<string, string>,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const request = {
    method: 'POST' as const,
    url: `${authUrl}/yconnect/v2/token`,
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams(form).toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxBytes: TOKEN_MAX_BYTES,
  }
  const response = await tools.http.request(request, signal).catch((error: unknown) => {
    const failure = failureOfError(YAHOO, error)
    throw failure instanceof MarketplaceFailure && failure.kind === 'malformed'
      ? unreadableToken(undefined, error)
      : failure
  })
  return readTokenAnswer(response, tools.clock)
}
