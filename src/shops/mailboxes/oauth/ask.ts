import { createPrivateKey, sign } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'
import { type HttpClient, HttpError } from '../../../platform/http/http-client.ts'
import {
  applicationMissing,
  consentNeeded,
  keyUnusable,
  MailAuthFailure,
  refusedBy,
  unavailable,
} from './failures.ts'
import {
  clientOf,
  endpointsOf,
  type MailOAuthSettings,
  PROVIDERS,
  type StoredAuth,
  scopeOf,
} from './providers.ts'

/** Asks a provider's token endpoint by oauth4webapi; our client bounds address, time and size. */

export interface AskTools {
  http: HttpClient
  clock: Clock
  mailOAuth: MailOAuthSettings
}

/** Sealed in MailboxToken.sealedToken. */
export const MailToken = z.object({
  accessToken: z.string(),
  /** Milliseconds. */
  issuedAt: z.number(),
  expiresAt: z.number(),
  /** Newer than the mailbox's own, where the provider gives a new one with each answer. */
  refreshToken: z.string().optional(),
  /** When the consent ends, where the provider says so. */
  consentEndsAt: z.number().optional(),
})
export type MailToken = z.infer<typeof MailToken>

const TIMEOUT_MS = 15_000
const MAX_BYTES = 256 * 1024
/** Lifetime for answers without `expires_in`, which RFC 6749 §5.1 leaves to the provider. */
const LIFE_SECONDS = 3_600
const LONGEST_SECONDS = 7 * 24 * 3_600

/** A new access token from what is stored. @throws MailAuthFailure */
export function fetchAccess(
  tools: AskTools,
  auth: StoredAuth,
  username: string,
  refreshToken: string | undefined,
  signal: AbortSignal,
): Promise<MailToken> {
  if (PROVIDERS[auth.kind].consent) {
    if (refreshToken === undefined) throw consentNeeded()
    return ask(tools, auth, 'refresh_token', { refresh_token: refreshToken, ...microsoftScope(auth) }, signal)
  }
  if (PROVIDERS[auth.kind].grant === 'jwt_bearer')
    return ask(
      tools,
      auth,
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      { assertion: assertionOf(tools, auth, username) },
      signal,
    )
  const scope = scopeOf(auth)
  return ask(tools, auth, 'client_credentials', scope === '' ? {} : { scope }, signal)
}

/** Makes tokens of the code that a consent brought. @throws MailAuthFailure */
export const fetchByCode = (
  tools: AskTools,
  auth: StoredAuth,
  answer: { code: string; verifier: string; redirectUri: string },
  signal: AbortSignal,
): Promise<MailToken> =>
  ask(
    tools,
    auth,
    'authorization_code',
    {
      code: answer.code,
      code_verifier: answer.verifier,
      redirect_uri: answer.redirectUri,
      ...microsoftScope(auth),
    },
    signal,
  )

/** Without it Microsoft answers with a token for its own API. */
const microsoftScope = (auth: StoredAuth): Record<string, string> =>
  auth.kind === 'microsoft' ? { scope: scopeOf(auth) } : {}

async function ask(
  tools: AskTools,
  auth: StoredAuth,
  grant: string,
  parameters: Record<string, string>,
  signal: AbortSignal,
): Promise<MailToken> {
  const endpoint = endpointsOf(auth, tools.mailOAuth).token
  const client =
    auth.kind === 'google_service_account'
      ? { id: auth.clientEmail ?? '', secret: null }
      : clientOf(auth, tools.mailOAuth)
  if (client === null) throw applicationMissing(auth.kind)
  const server: oauth.AuthorizationServer = { issuer: new URL(endpoint).origin, token_endpoint: endpoint }
  const asker: oauth.Client = { client_id: client.id }
  const proof = client.secret === null ? oauth.None() : oauth.ClientSecretPost(client.secret)
  const options = {
    [oauth.customFetch]: fetchBy(tools.http, signal),
    // Our HTTP client decides which addresses may be called; plain HTTP is for simulators.
    [oauth.allowInsecureRequests]: true,
  }
  try {
    const response = await oauth.genericTokenEndpointRequest(server, asker, proof, grant, parameters, options)
    if (response.status === 429 || response.status >= 500) throw unavailable(`HTTP ${response.status}`)
    const answer = await oauth.processGenericTokenEndpointResponse(server, asker, response)
    return tokenOf(answer, tools.clock.now())
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw asFailure(auth, error)
  }
}

function tokenOf(answer: oauth.TokenEndpointResponse, now: number): MailToken {
  const seconds = Math.min(answer.expires_in ?? LIFE_SECONDS, LONGEST_SECONDS)
  const { refresh_token: refreshToken, refresh_token_expires_in: consentSeconds } = answer
  // A control character would be a second IMAP command; the client refuses it too.
  if (!/^[\x21-\x7e]{1,16384}$/.test(answer.access_token)) throw unavailable('unusable access_token')
  return {
    accessToken: answer.access_token,
    issuedAt: now,
    expiresAt: now + seconds * 1_000,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(typeof consentSeconds === 'number' && consentSeconds > 0
      ? { consentEndsAt: now + consentSeconds * 1_000 }
      : {}),
  }
}

function asFailure(auth: StoredAuth, error: unknown): MailAuthFailure {
  if (error instanceof MailAuthFailure) return error
  if (error instanceof oauth.ResponseBodyError)
    return refusedBy(auth.kind, error.error, `${error.error_description ?? ''} ${subtypeOf(error)}`)
  // Drops the cause, as the request holds secrets.
  return unavailable(error instanceof HttpError ? error.reason : 'unreadable answer')
}

/** Google names the reason of some refusals beside the general code. */
const subtypeOf = ({ cause }: oauth.ResponseBodyError): string =>
  typeof cause.error_subtype === 'string' ? cause.error_subtype : ''

function fetchBy(http: HttpClient, signal: AbortSignal) {
  return async (
    url: string,
    options: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    const { status, headers, body } = await http.request(
      {
        method: 'POST',
        url,
        headers: options.headers,
        body: options.body.toString(),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      },
      signal,
    )
    // An answer without a type is judged by its content alone.
    const type = headers['content-type'] ?? 'application/json'
    return new Response(status === 204 ? null : new Uint8Array(body), {
      status,
      headers: { 'content-type': type },
    })
  }
}

const ASSERTION_SECONDS = 3_600

/** Google, domain-wide delegation: the service account signs that it acts for the mailbox's user. */
function assertionOf({ clock, mailOAuth }: AskTools, auth: StoredAuth, username: string): string {
  const now = Math.floor(clock.now() / 1_000)
  const claims = {
    iss: auth.clientEmail,
    sub: username,
    scope: scopeOf(auth),
    aud: endpointsOf(auth, mailOAuth).token,
    iat: now,
    exp: now + ASSERTION_SECONDS,
  }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
  try {
    const key = createPrivateKey(auth.privateKey ?? '')
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
  } catch {
    throw keyUnusable()
  }
}
