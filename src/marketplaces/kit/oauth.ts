import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { HttpResponse } from '../../platform/http/http-client.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { ConsentAnswer } from '../port/marketplace.ts'
import type { MarketplaceTools } from '../port/session.ts'
import {
  type AnswerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  type MallNames,
  rejected,
  unavailable,
  withoutCause,
} from './failures.ts'
import { parseJson } from './texts.ts'
import { isRaw } from './wire.ts'

/**
 * Access tokens (OAuth 2.0, RFC 6749) from a refresh token that stands for a person's consent, or from the
 * application's own credentials where nobody consents.
 */

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

export type OAuthAccess = ReturnType<typeof createAccess>

interface Consent {
  clientId: string
  /** Absent: tokens come by client credentials (§4.4). */
  refreshToken?: string
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
  (authUrl: string, credentials: C, tools: MarketplaceTools) =>
    createAccess(credentials, tools, endpointOf(authUrl, credentials, tools), aheadMs)

function createAccess(
  credentials: Consent,
  tools: MarketplaceTools,
  endpoint: TokenEndpoint,
  aheadMs: number,
) {
  const consent = consentOf(credentials)
  const registered = credentials.refreshToken
  const isFresh = (stored: unknown): boolean => {
    const token = Token.safeParse(stored).data
    return token !== undefined && token.consent === consent && tools.clock.now() < token.refreshAt
  }
  return {
    /**
     * Returns the current token, renewed first when it is about to end.
     * @throws MarketplaceFailure
     */
    async bearer(signal: AbortSignal) {
      const stored = await tools.tokens.get(isFresh, (old) => renew(old, signal))
      return { accessToken: Token.parse(stored).accessToken, stored }
    },
    /** True when the token should still be valid by our clock. */
    isFresh,
    /** Marks the token as refused by the API; the next `bearer` brings another. */
    refused: (stored: unknown): Promise<void> => tools.tokens.invalidate(stored),
  }

  async function renew(old: unknown, signal: AbortSignal): Promise<Token> {
    const known = Token.safeParse(old).data
    const newest = (known?.consent === consent ? known.refreshToken : undefined) ?? registered
    if (newest === undefined) return await exchange(undefined, signal)
    try {
      return await exchange(newest, signal)
    } catch (error) {
      // A rotated token ended while the registered one still works: the consent lasts.
      if (newest === registered || !isGrantRefused(error)) throw error
      return await exchange(registered, signal)
    }
  }

  async function exchange(used: string | undefined, signal: AbortSignal): Promise<Token> {
    const askedAt = tools.clock.now()
    const form =
      used === undefined
        ? { grant_type: 'client_credentials' }
        : { grant_type: 'refresh_token', refresh_token: used }
    const answer = await fetchToken(endpoint, form, signal)
    const lifeMs = answer.expiresIn * 1000
    // Usually absent: the known one stays valid. One that comes without being used renews nothing (§4.4.3).
    const newest = used === undefined ? undefined : (answer.refreshToken ?? used)
    return {
      accessToken: answer.accessToken,
      refreshAt: askedAt + Math.max(lifeMs - aheadMs, lifeMs / 2),
      ...(newest === undefined || newest === registered ? {} : { refreshToken: newest }),
      consent,
    }
  }
}

const isGrantRefused = (error: unknown): error is MarketplaceFailure =>
  error instanceof MarketplaceFailure && error.mallCode === 'invalid_grant'

/** Names a consent without revealing it. A new client secret keeps the tokens, so it is left out. */
export const consentOf = ({ clientId, refreshToken = '' }: Consent): string =>
  createHash('sha256').update(`${clientId}\n${refreshToken}`).digest('hex').slice(0, 32)

/** A mall's token endpoint (RFC 6749 §3.2). */
export interface TokenEndpoint {
  mall: MallNames
  url: string
  headers?: Readonly<Record<string, string>>
  /** Fields of every request. */
  form?: Readonly<Record<string, string>>
  tools: Pick<MarketplaceTools, 'http' | 'clock'>
  /** Classifies a refusal for the shop, by OAuth's own word (§5.2). */
  refused(error: string, facts: AnswerFacts): MarketplaceFailure
  /** Our code for an answer outside OAuth. */
  unreadable: string
}

type TokenAnswer = ReturnType<typeof readTokenAnswer>

const text = z.string().trim().min(1)
const Success = z.object({
  access_token: text,
  // Seconds, a number or a numeric string; the documented lifetime is an hour.
  expires_in: z.coerce.number().positive().max(86_400).catch(3600),
  refresh_token: text.optional().catch(undefined),
  // Comes with the answer to a consent's code.
  id_token: text.optional().catch(undefined),
})
const Refusal = z.object({
  error: text,
  error_description: z.string().optional().catch(undefined),
  error_code: z.coerce.string().optional().catch(undefined),
})

const TIMEOUT_MS = 15_000
const MAX_BYTES = 64 * 1024

/** One call, with whichever grant. @throws MarketplaceFailure */
export async function fetchToken(
  endpoint: TokenEndpoint,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const { tools, url, mall } = endpoint
  const request = {
    method: 'POST' as const,
    url,
    headers: {
      ...endpoint.headers,
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: 'application/json',
    },
    body: new URLSearchParams({ ...endpoint.form, ...form }).toString(),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  }
  const response = await tools.http.request(request, signal).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason
    const failure = failureOfError(mall, withoutCause(error))
    throw failure instanceof MarketplaceFailure && failure.kind === 'malformed'
      ? unreadable(endpoint)
      : failure
  })
  return readTokenAnswer(endpoint, response)
}

/**
 * The tokens that a consent's code is good for. @throws MarketplaceFailure, also where there is no refresh
 * token among them
 */
export async function tokensOfCode(
  endpoint: TokenEndpoint,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<TokenAnswer & { refreshToken: string }> {
  const { mall } = endpoint
  const code = { grant_type: 'authorization_code', ...form }
  const answer = await fetchToken(endpoint, code, signal).catch((error: unknown) => {
    throw isGrantRefused(error) ? codeRefused(mall, error) : error
  })
  const { refreshToken } = answer
  if (refreshToken === undefined) throw noRefreshToken(mall, answer.status)
  return { ...answer, refreshToken }
}

const TEMPORARY: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable'])

/** An `error` counts at any HTTP status. The body may hold a token, so it is not even kept sealed. */
function readTokenAnswer(endpoint: TokenEndpoint, response: HttpResponse) {
  const { mall, tools } = endpoint
  const { status } = response
  const json = parseJson(bodyText(response))
  const refusal = Refusal.safeParse(json).data
  const away = failureOfStatus(mall, response, tools.clock)
  if (refusal && status !== 429) throw failureOfRefusal(endpoint, refusal, status, away?.until)
  const failure = away ?? failureOfGatewayBody(mall, response)
  if (failure) throw failure
  const success = Success.safeParse(json).data
  if (status >= 400 || !success) throw unreadable(endpoint, status)
  const { access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken } = success
  return { accessToken, expiresIn, refreshToken, idToken: success.id_token, status }
}

function failureOfRefusal(
  { mall, refused }: TokenEndpoint,
  { error, error_code, error_description }: z.infer<typeof Refusal>,
  status: number,
  until: Date | undefined,
): MarketplaceFailure {
  const facts = {
    mallCode: error.slice(0, 100),
    mallMessage: [error_code, error_description].filter(Boolean).join(' ').slice(0, 500) || undefined,
    status,
  }
  if (status < 500 && !TEMPORARY.has(error)) return refused(error, facts)
  return unavailable(
    `${mall.prefix}_AUTH_UNAVAILABLE`,
    `${mall.label}の認証サーバーが一時的に利用できません。時間をおいて自動で再試行します。`,
  )({ ...facts, until })
}

/** Not `malformed`: without a token no order can be read and none is to blame, so the shop waits. */
const unreadable = ({ mall, unreadable: code }: TokenEndpoint, status?: number): MarketplaceFailure =>
  unavailable(
    code,
    `${mall.label}の認証サーバーの応答を読み取れません。時間をおいて自動で再試行します。続く場合は運営者へ連絡してください。`,
  )({ status })

/**
 * Reads the error that an OAuth redirect may carry instead of a code (RFC 6749 §4.1.2.1). Null when it has
 * none.
 */
export function consentError(mall: MallNames, query: Readonly<Record<string, string>>): ConsentAnswer | null {
  const { error } = query
  if (error === undefined || error === '') return null
  if (error === 'access_denied') return { kind: 'refused' }
  // Shows text from the address bar only when it looks like one of OAuth's own words.
  const word = /^[a-z_]{1,60}$/.exec(error)?.[0] ?? 'error'
  const code = `${mall.prefix}_CONSENT_ERROR`
  const failure = TEMPORARY.has(word)
    ? unavailable(
        code,
        `${mall.label}の同意画面が一時的に利用できません（${word}）。時間をおいて、もう一度お試しください。`,
      )
    : rejected(
        code,
        `${mall.label}の同意画面がエラーを返しました（${word}）。アプリケーションの登録内容（コールバックURL、権限）を確認し、もう一度お試しください。`,
      )
  return { kind: 'failed', failure: failure({ mallCode: word }) }
}

/** The token endpoint would not take the code: used, too old, or made for another application. */
const codeRefused = (mall: MallNames, { mallCode, mallMessage, status }: MarketplaceFailure) =>
  rejected(
    `${mall.prefix}_CODE_REFUSED`,
    `${mall.label}が同意の確認コードを受け付けませんでした（期限切れ、または使用済み）。もう一度、同意の手続きを最初から行ってください。`,
  )({ mallCode, mallMessage, status })

/** Failure for an answer without the requested token. Its body may hold another token, so it is not kept. */
const noRefreshToken = (mall: MallNames, status: number) =>
  rejected(
    `${mall.prefix}_NO_REFRESH_TOKEN`,
    `${mall.label}がリフレッシュトークンを発行しませんでした。アプリケーションの登録内容を確認し、もう一度お試しください。`,
  )({ status })

/**
 * Builds a mall's schema of credentials without the token that the consent brings. All its other rules apply,
 * because `standIn`, a text of the form of the mall's tokens, fills in for the refresh token.
 */
export const beforeConsent = <C extends { refreshToken: string }>(
  credentials: z.ZodType<C>,
  standIn: string,
): z.ZodType<Partial<C>> =>
  z.preprocess(
    (given) => (isRaw(given) ? { ...given, refreshToken: standIn } : given),
    credentials.transform(({ refreshToken: _, ...rest }) => rest as unknown as Partial<C>),
  ) as unknown as z.ZodType<Partial<C>>

/** Bound for a machine that is suspended again and again during calls. */
const MOST_REFUSALS = 10

/**
 * True when a refused access token blames the shop's credentials. The first refusal may meet a token that
 * another caller replaced; later ones count when the token is new and should still be valid. A token that
 * expired on its way (suspended machine, corrected clock) proves nothing, and the call is repeated with
 * another.
 * @param refusals in a row, including this one
 * @param fresh true when the token should have been valid at the time of the refusal
 */
const tellsOfTheKey = (refusals: number, fresh: boolean): boolean =>
  (refusals > 1 && fresh) || refusals >= MOST_REFUSALS

/**
 * Calls with an access token, and again with another when the mall refuses it: a refused call did nothing.
 * @returns the first answer that does not refuse the token, or the refusal that blames the credentials
 * @throws MarketplaceFailure from `exchange` and the token endpoint
 */
export async function withRenewal(
  access: OAuthAccess,
  isRefused: (response: HttpResponse) => boolean,
  exchange: (accessToken: string) => Promise<HttpResponse>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  for (let refusals = 1; ; refusals += 1) {
    const { accessToken, stored } = await access.bearer(signal)
    const response = await exchange(accessToken)
    if (!isRefused(response)) return response
    const tells = tellsOfTheKey(refusals, access.isFresh(stored))
    await access.refused(stored)
    if (!tells) continue
    // The consent may have ended since that token was made; then the token endpoint gives the exact reason.
    await access.bearer(signal)
    return response
  }
}
