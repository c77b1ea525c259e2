import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { fetchToken, type TokenEndpoint } from './token-endpoint.ts'

/** One-hour access tokens from a refresh token that stands for a person's consent (OAuth 2.0, RFC 6749). */

/** Content of the shop's TokenStore. */
const Token = z.object({
  accessToken: z.string(),
  /** Milliseconds since 1970 from which the token counts as old. */
  refreshAt: z.number(),
  /** The newest refresh token, when the mall sent another than the credentials'. */
  refreshToken: z.string().optional(),
  /** Hash of the consent it comes from, so that new credentials never use an old token. */
  consent: z.string(),
})
type Token = z.infer<typeof Token>

export interface OAuthAccess {
  /**
   * Returns the current token, renewed first when it is about to end.
   * @throws MarketplaceFailure
   */
  bearer(signal: AbortSignal): Promise<{ accessToken: string; stored: unknown }>
  /** True when the token should still be valid by our clock. */
  isFresh(stored: unknown): boolean
  /** Marks the token as refused by the API; the next `bearer` brings another. */
  refused(stored: unknown): Promise<void>
}

interface Consent {
  clientId: string
  refreshToken: string
}

/**
 * Creates the access to a mall whose tokens come from `endpointOf`. `aheadMs`: milliseconds before its end at
 * which a token is renewed, so that none ends during a call.
 */
export const accessBy =
  <C extends Consent>(
    endpointOf: (authUrl: string, credentials: C, tools: MarketplaceTools) => TokenEndpoint,
    aheadMs: number,
  ) =>
  (authUrl: string, credentials: C, tools: MarketplaceTools): OAuthAccess =>
    createAccess(credentials, tools, endpointOf(authUrl, credentials, tools), aheadMs)

function createAccess(
  credentials: Consent,
  tools: MarketplaceTools,
  endpoint: TokenEndpoint,
  aheadMs: number,
): OAuthAccess {
  const consent = consentOf(credentials)
  const registered = credentials.refreshToken
  const isFresh = (stored: unknown) => {
    const token = Token.safeParse(stored).data
    return token !== undefined && token.consent === consent && tools.clock.now() < token.refreshAt
  }
  return {
    async bearer(signal) {
      const stored = await tools.tokens.get(isFresh, (old) => renew(old, signal))
      return { accessToken: Token.parse(stored).accessToken, stored }
    },
    isFresh,
    refused: (stored) => tools.tokens.invalidate(stored),
  }

  async function renew(old: unknown, signal: AbortSignal): Promise<Token> {
    const known = Token.safeParse(old).data
    const newest = (known?.consent === consent ? known.refreshToken : undefined) ?? registered
    try {
      return await exchange(newest, signal)
    } catch (error) {
      // A rotated token ended while the registered one still works: the consent lasts.
      if (newest === registered || !isGrantRefused(error)) throw error
      return await exchange(registered, signal)
    }
  }

  async function exchange(used: string, signal: AbortSignal): Promise<Token> {
    const askedAt = tools.clock.now()
    const form = { grant_type: 'refresh_token', refresh_token: used }
    const answer = await fetchToken(endpoint, form, signal)
    const lifeMs = answer.expiresIn * 1000
    // Usually absent: the known one stays valid.
    const newest = answer.refreshToken ?? used
    return {
      accessToken: answer.accessToken,
      refreshAt: askedAt + Math.max(lifeMs - aheadMs, lifeMs / 2),
      ...(newest === registered ? {} : { refreshToken: newest }),
      consent,
    }
  }
}

const isGrantRefused = (error: unknown) =>
  error instanceof MarketplaceFailure && error.mallCode === 'invalid_grant'

/** Names a consent without revealing it. A new client secret keeps the tokens, so it is left out. */
export const consentOf = ({ clientId, refreshToken }: Consent): string =>
  createHash('sha256').update(`${clientId}\n${refreshToken}`).digest('hex').slice(0, 32)
