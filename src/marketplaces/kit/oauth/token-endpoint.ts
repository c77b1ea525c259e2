import { z } from 'zod'
import type { HttpResponse } from '../../../platform/http/http-client.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import {
  type AnswerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  type MallNames,
  withoutCause,
} from '../http-failures.ts'
import { parseJson } from '../texts.ts'
import { codeRefused, noRefreshToken } from './consent-answer.ts'

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

export interface TokenAnswer {
  accessToken: string
  /** Seconds. */
  expiresIn: number
  refreshToken: string | undefined
  /** Comes with the answer to a consent's code. */
  idToken: string | undefined
  /** HTTP. */
  status: number
}

const text = z.string().trim().min(1)
const Success = z.object({
  access_token: text,
  // A number or a numeric string; the documented lifetime is an hour.
  expires_in: z.coerce.number().positive().max(86_400).catch(3600),
  refresh_token: text.optional().catch(undefined),
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
    const refused = error instanceof MarketplaceFailure && error.mallCode === 'invalid_grant'
    throw refused ? codeRefused(mall, error) : error
  })
  const { refreshToken } = answer
  if (refreshToken === undefined) throw noRefreshToken(mall, answer.status)
  return { ...answer, refreshToken }
}

const TEMPORARY: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable'])

/** An `error` counts at any HTTP status. The body may hold a token, so it is not even kept sealed. */
function readTokenAnswer(endpoint: TokenEndpoint, response: HttpResponse): TokenAnswer {
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
  return new MarketplaceFailure({
    ...facts,
    until,
    kind: 'unavailable',
    code: `${mall.prefix}_AUTH_UNAVAILABLE`,
    message: `${mall.label}の認証サーバーが一時的に利用できません。時間をおいて自動で再試行します。`,
  })
}

/** Not `malformed`: without a token no order can be read and none is to blame, so the shop waits. */
const unreadable = ({ mall, unreadable: code }: TokenEndpoint, status?: number): MarketplaceFailure =>
  new MarketplaceFailure({
    kind: 'unavailable',
    code,
    message: `${mall.label}の認証サーバーの応答を読み取れません。時間をおいて自動で再試行します。続く場合は運営者へ連絡してください。`,
    status,
  })
