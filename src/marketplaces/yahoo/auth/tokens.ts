import { createHash } from 'node:crypto'
import { z } from 'zod'
import { failureOfError } from '../../kit/http-failures.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import { YAHOO } from '../facts.ts'
import type { YahooCredentials } from './credentials.ts'
import { readTokenAnswer, type TokenAnswer, unreadableToken } from './token-answer.ts'

/** YConnect v2: access tokens of an hour, made from a refresh token that only a person's consent renews. */

/** What the shop's TokenStore keeps for Yahoo!. */
const Token = z.object({
  accessToken: z.string(),
  /** Milliseconds; from then on the token counts as old. */
  refreshAt: z.number(),
  /** The newest refresh token: the credentials' one until Yahoo! sends another. */
  refreshToken: z.string(),
  /** Which consent it comes from, so that new credentials never meet an old token. */
  consent: z.string(),
})
type Token = z.infer<typeof Token>

export interface YahooAccess {
  /** The bearer token to use now; renewed first when it is about to end. Raises MarketplaceFailure. */
  bearer(signal: AbortSignal): Promise<{ accessToken: string; stored: unknown }>
  /** Whether the token should still hold by our clock. */
  isFresh(stored: unknown): boolean
  /** The API refused this token: the next `bearer` brings another. */
  refused(stored: unknown): Promise<void>
}

/** Ahead of the end by this much, so that no call starts with a token that ends under way. */
const AHEAD_MS = 3 * 60 * 1000
const TOKEN_TIMEOUT_MS = 15_000
const TOKEN_MAX_BYTES = 64 * 1024

export function createAccess(
  authUrl: string,
  credentials: YahooCredentials,
  tools: MarketplaceTools,
): YahooAccess {
  const consent = consentOf(credentials)
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
    const rotated = known?.consent === consent ? known.refreshToken : credentials.refreshToken
    try {
      return await exchange(rotated, signal)
    } catch (error) {
      // A rotated token that died while the registered one lives: the consent still stands.
      if (rotated === credentials.refreshToken || !isGrantRefused(error)) throw error
      return await exchange(credentials.refreshToken, signal)
    }
  }

  async function exchange(refreshToken: string, signal: AbortSignal): Promise<Token> {
    const askedAt = tools.clock.now()
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const answer = await askForToken(tools, authUrl, credentials, form, signal)
    const lifeMs = answer.expiresIn * 1000
    return {
      accessToken: answer.accessToken,
      refreshAt: askedAt + Math.max(lifeMs - AHEAD_MS, lifeMs / 2),
      // A refresh answer normally brings none; the stored one stays good.
      refreshToken: answer.refreshToken ?? refreshToken,
      consent,
    }
  }
}

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

const isGrantRefused = (error: unknown) =>
  error instanceof MarketplaceFailure && error.mallCode === 'invalid_grant'

const consentOf = ({ clientId, refreshToken }: YahooCredentials) =>
  createHash('sha256').update(`${clientId}\n${refreshToken}`).digest('hex').slice(0, 32)
