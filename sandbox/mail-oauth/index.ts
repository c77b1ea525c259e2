import { createHash, createHmac, createPublicKey, randomUUID, timingSafeEqual, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The token endpoints of Microsoft and Google, simulated: consent page, the four grants, refusals in each
 * one's own words, and the introspection that a mail server asks. Access tokens are JWTs, so that a mail
 * server may also check them by itself.
 */

export interface MailOAuthSim {
  url: string
  /** Signs the access tokens (HS256). */
  secret: Uint8Array
  /** Seconds that an access token lives. */
  lifeSeconds: number
  /** Whether a refresh brings a new refresh token, after which the old one is worth nothing. */
  rotates: boolean
  /** Showing a replaced refresh token means that it was stolen: the whole consent ends (RFC 9700, 4.14.2). */
  endsOnReuse: boolean
  /** What every ask for a token is refused with; null: none is. */
  refusal: { status: number; error: string; description: string } | null
  /** Asks for tokens so far, by grant. */
  asks: Map<string, number>
  /** Registers an application, and whose mailbox it opens by itself. */
  addClient(id: string, secret: string, user?: string): void
  /** Google's service accounts: whose signature is taken for which accounts. */
  addServiceAccount(email: string, publicKeyPem: string): void
  /** A consent that was given before; its refresh token. */
  grant(user: string): string
  /** Withdraws the consent of an account: refresh tokens and access tokens end at once. */
  revoke(user: string): void
  /** While false, whoever opens the consent page says no. */
  consents: boolean
  /** The consent page waits for a person instead of answering by itself. */
  asksPerson: boolean
  /** Who consents, when the page was opened without a hint. */
  user: string
  close(): Promise<void>
}

interface State {
  sim: MailOAuthSim
  clients: Map<string, { secret: string; user: string | undefined }>
  serviceAccounts: Map<string, string>
  codes: Map<string, { user: string; challenge: string; redirectUri: string; clientId: string }>
  refreshTokens: Map<string, string>
  /** Those that a newer one has replaced, with whose they were. */
  replaced: Map<string, string>
  revokedAt: Map<string, number>
}

export async function startMailOAuthSim(): Promise<MailOAuthSim> {
  const server = createServer((request, response) => {
    answer(state, request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sim: MailOAuthSim = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret: createHash('sha256').update(randomUUID()).digest(),
    lifeSeconds: 3_600,
    rotates: true,
    endsOnReuse: false,
    refusal: null,
    asks: new Map(),
    consents: true,
    asksPerson: false,
    user: 'orders@shop.example',
    addClient: (id, secret, user) => void state.clients.set(id, { secret, user }),
    addServiceAccount: (email, key) => void state.serviceAccounts.set(email, key),
    grant: (user) => newRefreshToken(state, user),
    revoke(user) {
      state.revokedAt.set(user, Date.now())
      for (const [token, of] of state.refreshTokens) if (of === user) state.refreshTokens.delete(token)
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  const state: State = {
    sim,
    clients: new Map(),
    serviceAccounts: new Map(),
    codes: new Map(),
    refreshTokens: new Map(),
    replaced: new Map(),
    revokedAt: new Map(),
  }
  return sim
}

function newRefreshToken(state: State, user: string): string {
  const token = `refresh-${randomUUID()}`
  state.refreshTokens.set(token, user)
  return token
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', state.sim.url)
  if (request.method === 'GET') return consentPage(state, url, response)
  const form = new URLSearchParams(await bodyOf(request))
  const json = (status: number, body: object) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (url.pathname === '/introspect') return json(200, introspect(state, form.get('token') ?? ''))
  const grant = form.get('grant_type') ?? ''
  state.sim.asks.set(grant, (state.sim.asks.get(grant) ?? 0) + 1)
  const { refusal } = state.sim
  if (refusal !== null)
    return json(refusal.status, { error: refusal.error, error_description: refusal.description })
  const microsoft = url.pathname.endsWith('/oauth2/v2.0/token')
  try {
    const { user, refreshes } = userOf(state, grant, form, microsoft)
    const renewed =
      refreshes && (grant === 'authorization_code' || state.sim.rotates)
        ? { refresh_token: newRefreshToken(state, user) }
        : {}
    json(200, {
      access_token: accessToken(state.sim, user),
      token_type: 'Bearer',
      expires_in: state.sim.lifeSeconds,
      ...renewed,
    })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    json(error.error === 'invalid_client' ? 401 : 400, {
      error: error.error,
      error_description: microsoft ? error.microsoft : error.google,
    })
  }
}

/** The person is logged in already, and consents or not. */
function consentPage({ sim, codes }: State, url: URL, response: ServerResponse): void {
  const query = url.searchParams
  const redirectUri = query.get('redirect_uri') ?? ''
  const state = query.get('state') ?? ''
  const answered = (answer: Record<string, string>) =>
    `${redirectUri}?${new URLSearchParams({ state, ...answer })}`
  const refused = answered({ error: 'access_denied' })
  if (sim.consents) {
    const code = randomUUID()
    codes.set(code, {
      user: query.get('login_hint') ?? sim.user,
      challenge: query.get('code_challenge') ?? '',
      redirectUri,
      clientId: query.get('client_id') ?? '',
    })
    const given = answered({ code })
    if (sim.asksPerson) askPerson(given, refused, response)
    else response.writeHead(302, { location: given }).end()
  } else response.writeHead(302, { location: refused }).end()
}

function askPerson(given: string, refused: string, response: ServerResponse): void {
  const link = (url: string, text: string) => `<a href="${url.replaceAll('&', '&amp;')}">${text}</a>`
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<!DOCTYPE html><title>同意</title><p>${link(given, '許可する')} ${link(refused, '許可しない')}</p>`)
}

class Refused extends Error {
  readonly error: string
  readonly microsoft: string
  readonly google: string
  constructor(error: string, microsoft: string, google: string) {
    super(error)
    this.error = error
    this.microsoft = microsoft
    this.google = google
  }
}

const noConsent = () =>
  new Refused(
    'invalid_grant',
    'AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.',
    'Token has been expired or revoked.',
  )
const badSecret = () =>
  new Refused(
    'invalid_client',
    'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
    'Unauthorized',
  )
const noClient = (id: string) =>
  new Refused(
    'unauthorized_client',
    `AADSTS700016: Application with identifier '${id}' was not found in the directory.`,
    'The OAuth client was not found.',
  )

function userOf(
  state: State,
  grant: string,
  form: URLSearchParams,
  microsoft: boolean,
): { user: string; refreshes: boolean } {
  if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return { user: userOfAssertion(state, form.get('assertion') ?? ''), refreshes: false }
  const id = form.get('client_id') ?? ''
  const client = state.clients.get(id)
  if (client === undefined) throw microsoft ? noClient(id) : badSecret()
  if (client.secret !== (form.get('client_secret') ?? '')) throw badSecret()
  if (grant === 'client_credentials') {
    if (client.user === undefined) throw noClient(id)
    return { user: client.user, refreshes: false }
  }
  if (grant === 'authorization_code') return { user: userOfCode(state, id, form), refreshes: true }
  const token = form.get('refresh_token') ?? ''
  const user = state.refreshTokens.get(token)
  const thief = state.replaced.get(token)
  if (thief !== undefined && state.sim.endsOnReuse) state.sim.revoke(thief)
  if (user === undefined) throw noConsent()
  if (state.sim.rotates) {
    state.refreshTokens.delete(token)
    state.replaced.set(token, user)
  }
  return { user, refreshes: true }
}

function userOfCode(state: State, clientId: string, form: URLSearchParams): string {
  const code = form.get('code') ?? ''
  const begun = state.codes.get(code)
  state.codes.delete(code)
  const proof = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  const same =
    begun?.challenge === proof &&
    begun.clientId === clientId &&
    begun.redirectUri === form.get('redirect_uri')
  if (!begun || !same)
    throw new Refused(
      'invalid_grant',
      'AADSTS54005: OAuth2 Authorization code was already redeemed.',
      'Malformed auth code.',
    )
  return begun.user
}

function userOfAssertion(state: State, assertion: string): string {
  const [head = '', body = '', signature = ''] = assertion.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString() || '{}')
  const key = state.serviceAccounts.get(claims.iss)
  const signed =
    key !== undefined &&
    verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${body}`),
      createPublicKey(key),
      Buffer.from(signature, 'base64url'),
    )
  if (!signed) throw new Refused('invalid_grant', '', 'Invalid JWT Signature.')
  if (typeof claims.sub !== 'string' || !claims.scope?.includes('https://mail.google.com/'))
    throw new Refused(
      'unauthorized_client',
      '',
      'Client is unauthorized to retrieve access tokens using this method.',
    )
  return claims.sub
}

function accessToken({ url, secret, lifeSeconds }: MailOAuthSim, user: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Date.now() / 1_000
  const claims = {
    iss: url,
    sub: user,
    email: user,
    scope: 'imap',
    iat: Math.floor(now),
    exp: now + lifeSeconds,
    jti: randomUUID(),
  }
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, exp: Math.ceil(claims.exp) })}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

function introspect({ sim, revokedAt }: State, token: string): object {
  const [head = '', body = '', signature = ''] = token.split('.')
  const proof = createHmac('sha256', sim.secret).update(`${head}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== proof.length || !timingSafeEqual(given, proof)) return { active: false }
  const { email, exp, iat } = JSON.parse(Buffer.from(body, 'base64url').toString())
  const revoked = Math.floor((revokedAt.get(email) ?? 0) / 1_000) >= iat
  return exp * 1_000 > Date.now() && !revoked
    ? { active: true, username: email, scope: 'imap' }
    : { active: false }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > 100_000) throw new Error('too long')
  }
  return body
}
