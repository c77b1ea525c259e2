import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'

/** Access tokens of an hour, made from a refresh token that stands for a person's consent (OAuth 2.0, RFC 6749). */

/** What the shop's TokenStore keeps. */
const Token = z.object({
  accessToken: z.string(),
  /** Milliseconds; from then on the token counts as old. */
  refreshAt: z.number(),
  /** The newest refresh token, where the mall has sent another than the credentials'. */
  refreshToken: z.string().optional(),
  /** Which consent it comes from, so that new credentials never meet an old token. */
  consent: z.string(),
})
type Token = z.infer<typeof Token>

export interface OAuthAccess {
  /** The token to use now; renewed first when it is about to end. Raises MarketplaceFailure. */
  bearer(signal: AbortSignal): Promise<{ accessToken: string; stored: unknown }>
  /** Whether the token should still hold by our clock. */
  isFresh(stored: unknown): boolean
  /** The API refused this token: the next `bearer` brings another. */
  refused(stored: unknown): Promise<void>
}

interface Consent {
  clientId: string
  refreshToken: string
}

interface RefreshAnswer {
  accessToken: string
  /** Seconds. */
  expiresIn: number
  /** A refresh normally brings none; the known one stays good. */
  refreshToken?: string | undefined
}

interface OAuthOptions {
  credentials: Consent
  tools: Pick<MarketplaceTools, 'clock' | 'tokens'>
  /** Renewed so long ahead of the end, so that no call starts with a token that ends under way. */
  aheadMs: number
  /** One call of the mall's token endpoint. Raises MarketplaceFailure. */
  refresh(refreshToken: string, signal: AbortSignal): Promise<RefreshAnswer>
}

export function createOAuthAccess({ credentials, tools, aheadMs, refresh }: OAuthOptions): OAuthAccess {
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
      // A rotated token that died while the registered one lives: the consent still stands.
      if (newest === registered || !isGrantRefused(error)) throw error
      return await exchange(registered, signal)
    }
  }

  async function exchange(used: string, signal: AbortSignal): Promise<Token> {
    const askedAt = tools.clock.now()
    const answer = await refresh(used, signal)
    const lifeMs = answer.expiresIn * 1000
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

/** Names a consent without giving it away. A new client secret leaves the tokens alone, so it is no part of this. */
export const consentOf = ({ clientId, refreshToken }: Consent): string =>
  createHash('sha256').update(`${clientId}\n${refreshToken}`).digest('hex').slice(0, 32)
