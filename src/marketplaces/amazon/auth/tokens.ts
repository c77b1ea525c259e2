import { createHash } from 'node:crypto'
import { z } from 'zod'
import { HttpError } from '../../../platform/http/http-client.ts'
import { failureOfError } from '../../kit/http-failures.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { AMAZON } from '../facts.ts'
import type { AmazonCredentials } from './credentials.ts'
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts'

/** Login with Amazon: access tokens of an hour, made from a refresh token that stays the same for as long as the consent stands. */

/** What the shop's TokenStore keeps for Amazon. */
const Token = z.object({
  accessToken: z.string(),
  /** Milliseconds; from then on the token counts as old. */
  refreshAt: z.number(),
  /** Which consent it comes from, so that new credentials never meet an old token. */
  consent: z.string(),
})
type Token = z.infer<typeof Token>

export interface AmazonAccess {
  /** The token to use now; renewed first when it is about to end. Raises MarketplaceFailure. */
  token(signal: AbortSignal): Promise<{ accessToken: string; stored: unknown }>
  /** Whether the token should still hold by our clock. */
  isFresh(stored: unknown): boolean
  /** The API refused this token: the next `token` brings another. */
  refused(stored: unknown): Promise<void>
}

/** Amazon's own clients renew a minute ahead; a call may wait for its turn for a while more. */
const AHEAD_MS = 2 * 60 * 1000
const TOKEN_TIMEOUT_MS = 15_000
const TOKEN_MAX_BYTES = 64 * 1024

export function createAccess(
  authUrl: string,
  credentials: AmazonCredentials,
  tools: MarketplaceTools,
): AmazonAccess {
  const consent = consentOf(credentials)
  const isFresh = (stored: unknown) => {
    const token = Token.safeParse(stored).data
    return token !== undefined && token.consent === consent && tools.clock.now() < token.refreshAt
  }

  async function renew(signal: AbortSignal): Promise<Token> {
    const askedAt = tools.clock.now()
    const { accessToken, expiresIn } = await ask(signal)
    const lifeMs = expiresIn * 1000
    return { accessToken, refreshAt: askedAt + Math.max(lifeMs - AHEAD_MS, lifeMs / 2), consent }
  }

  async function ask(signal: AbortSignal): Promise<TokenAnswer> {
    try {
      const response = await tools.http.request(tokenRequest(authUrl, credentials), signal)
      return readTokenAnswer(response, tools.clock)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw asTrouble(failureOfError(AMAZON, withoutCause(error)))
    }
  }

  return {
    async token(signal) {
      const stored = await tools.tokens.get(isFresh, () => renew(signal))
      return { accessToken: Token.parse(stored).accessToken, stored }
    },
    isFresh,
    refused: (stored) => tools.tokens.invalidate(stored),
  }
}

const tokenRequest = (authUrl: string, { clientId, clientSecret, refreshToken }: AmazonCredentials) => ({
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

/** Names a consent without giving it away. A new client secret leaves the tokens alone, so it is no part of this. */
export const consentOf = ({ clientId, refreshToken }: AmazonCredentials) =>
  createHash('sha256').update(`${clientId}\n${refreshToken}`).digest('hex').slice(0, 32)
