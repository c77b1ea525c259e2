import { createPrivateKey, sign } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import { SealError, type Sealer } from '../../platform/crypto/sealer.ts'
import { createThrottle } from '../../platform/fair-gate.ts'
import { type HttpClient, HttpError } from '../../platform/http/http-client.ts'
import type { Random } from '../../platform/random.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import { createTokenStoresAt, type TokenStoreTools } from '../credentials/tokens.ts'
import {
  applicationMissing,
  consentNeeded,
  keyUnusable,
  MailAuthFailure,
  refusedBy,
  unavailable,
} from './oauth/failures.ts'
import {
  clientOf,
  endpointsOf,
  type MailOAuthSettings,
  OAUTH_KINDS,
  type OAuthKind,
  PROVIDERS,
  StoredAuth,
  scopeOf,
} from './oauth/providers.ts'

/** Proof of a mailbox's identity: its password, or an access token of its provider. */
export type SignInBy =
  | { kind: 'password'; password: string }
  | { kind: 'oauth'; provider: OAuthKind; mailbox: OAuthMailbox }

/** Lists the login's texts that no message may repeat. */
export const hiddenOf = (username: string, by: SignInBy): string[] =>
  by.kind === 'password' ? [username, by.password] : [username]

type SignInRow = Omit<OAuthMailbox, 'username'> & {
  authKind: string
  sealedUsername: Uint8Array
  sealedPassword: Uint8Array | null
}

/** Opens what is sealed in the row. @throws SealError */
export function openSignIn(sealer: Pick<Sealer, 'of'>, row: SignInRow): { username: string; by: SignInBy } {
  const { id, tenantId, sealedAuth, authVersion } = row
  const own = sealer.of(tenantId)
  const username = own.open(usernameContext(id), row.sealedUsername).toString('utf8')
  const provider = OAUTH_KINDS.find((kind) => kind === row.authKind)
  if (provider !== undefined)
    return {
      username,
      by: { kind: 'oauth', provider, mailbox: { id, tenantId, username, sealedAuth, authVersion } },
    }
  if (row.sealedPassword === null) throw new SealError('malformed', 'the mailbox has no password')
  const password = own.open(passwordContext(id), row.sealedPassword).toString('utf8')
  return { username, by: { kind: 'password', password } }
}

// The access tokens of mailboxes: one renewal for all who need one, in all processes.

interface OAuthMailbox {
  id: string
  tenantId: string
  username: string
  sealedAuth: Uint8Array | null
  authVersion: number
}

export interface MailboxAccess {
  /** A token that will live for a while. @throws MailAuthFailure */
  get(mailbox: OAuthMailbox, signal: AbortSignal): Promise<MailToken>
  /** The mail server would not take it: the next `get` renews. */
  invalidate(mailbox: OAuthMailbox, token: MailToken): Promise<void>
}

interface AccessTools extends TokenStoreTools, AskTools {
  sealer: Sealer
  random: Random
}

export const usernameContext = (id: string) => `mailbox:${id}:username`
export const passwordContext = (id: string) => `mailbox:${id}:password`
export const authContext = (id: string) => `mailbox:${id}:auth`
const tokenContext = (id: string) => `mailbox:${id}:token`

/** A provider's renewals at once and a second: hundreds of tokens may end together, and providers count. */
const RENEWAL_LIMITS = { perKey: 6, total: 20, perSecond: 25 }
/** Wait and answer together: less than the lease, or another process would use the same refresh token. */
const RENEWAL_MS = 45_000
/** Renewed so long before the end, or a fifth of the life before it where that is shorter. */
const AHEAD_MS = 5 * 60_000

export const aheadOf = ({ issuedAt, expiresAt }: Pick<MailToken, 'issuedAt' | 'expiresAt'>): number =>
  Math.min(AHEAD_MS, Math.max(0, expiresAt - issuedAt) / 5)

export function openAuth(
  sealer: Pick<Sealer, 'of'>,
  { id, tenantId, sealedAuth }: Pick<OAuthMailbox, 'id' | 'tenantId' | 'sealedAuth'>,
): StoredAuth | null {
  return sealedAuth === null
    ? null
    : StoredAuth.parse(sealer.of(tenantId).openJson(authContext(id), sealedAuth))
}

export function createMailboxAccess(tools: AccessTools): MailboxAccess {
  const { clock } = tools
  const throttle = createThrottle(clock, tools.random, RENEWAL_LIMITS)
  const storeFor = createTokenStoresAt(tools, {
    table: 'mailbox_tokens',
    key: 'mailbox_id',
    sealContext: tokenContext,
    isShared: (error) => error instanceof MailAuthFailure,
    busy: () => unavailable('token renewal busy'),
    outdated: () => unavailable('settings changed'),
  })

  async function renew(mailbox: OAuthMailbox, old: unknown, signal: AbortSignal): Promise<MailToken> {
    const auth = openAuth(tools.sealer, mailbox)
    if (auth === null) throw new SealError('malformed', 'the mailbox has no sign-in')
    const before = MailToken.safeParse(old).data
    const refreshToken = before?.refreshToken ?? auth.refreshToken
    const host = hostOf(endpointsOf(auth, tools.mailOAuth).token)
    const fresh = await abortAfter(RENEWAL_MS, signal, (limit) =>
      throttle.pass(host, limit, () => fetchAccess(tools, auth, mailbox.username, refreshToken, limit)),
    ).catch((error: unknown) => {
      throw error instanceof TimedOut ? unavailable('too many renewals at once') : error
    })
    // Most providers leave the refresh token out when it stays the same.
    return before?.refreshToken !== undefined && fresh.refreshToken === undefined
      ? { ...fresh, refreshToken: before.refreshToken }
      : fresh
  }

  const isFresh = (now: Clock['now']) => (stored: unknown) => {
    const token = MailToken.safeParse(stored).data
    return token !== undefined && now() < token.expiresAt - aheadOf(token)
  }

  return {
    async get(mailbox, signal) {
      const store = storeFor(mailbox, mailbox.authVersion)
      return MailToken.parse(await store.get(isFresh(clock.now), (old) => renew(mailbox, old, signal)))
    },
    invalidate: (mailbox, token) => storeFor(mailbox, mailbox.authVersion).invalidate(token),
  }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '')

// Asks a provider's token endpoint by oauth4webapi; our client bounds address, time and size.

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
