import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { AppError } from '../platform/errors.ts'
import { networkOf, subnetOf } from '../platform/network.ts'
import { checkRole } from './access.ts'
import type { App, Auth } from './app-types.ts'

/**
 * Finds the holder of a bearer key. @throws AppError UNAUTHENTICATED for an unknown, expired or revoked one,
 * TENANT_SUSPENDED or TENANT_NOT_ACTIVE where the key is good and its tenant may not work
 */
export type Authenticate = (key: string) => Promise<Auth>

export type SessionState = 'second_factor_required' | 'second_factor_setup_required' | 'signed_in'

export interface BrowserSession {
  id: string
  accountId: string
  state: SessionState
  auth: Auth
}

/** Finds the session of a cookie. @throws AppError UNAUTHENTICATED for an unknown or ended one */
export type OpenSession = (secret: string) => Promise<BrowserSession>

/** A wrong key was shown from an address; the seconds that it is to wait, or null. */
export type WrongKey = (key: string, address: string) => Promise<number | null>

export interface Doors {
  authenticate: Authenticate
  openSession: OpenSession
  wrongKey: WrongKey
}

export const SESSION_COOKIE = 'torikomi_session'

declare module 'fastify' {
  interface FastifyInstance {
    /** Browsers reach the service by https, whatever a proxy that is not believed makes of it. */
    publicHttps: boolean
  }
}

type Secured = { protocol: string; server: Pick<FastifyRequest['server'], 'publicHttps'> }

export const isSecure = (request: Secured): boolean =>
  request.protocol === 'https' || request.server.publicHttps

/**
 * Over https with the prefix by which browsers keep everybody but this very host from setting it, a neighbour
 * under the same domain included.
 */
export const cookieName = (request: Secured, name: string): string =>
  isSecure(request) ? `__Host-${name}` : name

/** True when both are the same text; takes as long for every wrong one. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/**
 * Derives the token that a page sends along with each change. No script can read the cookie's secret, so only
 * this service can have told the token. A new session has a new one without anything being stored.
 */
export const csrfTokenOf = (secret: string): string =>
  createHash('sha256').update(`torikomi/csrf/1\0${secret}`).digest('base64url')

const missingKey = () =>
  new AppError(
    'UNAUTHENTICATED',
    'API キーがありません。Authorization: Bearer <API キー> のヘッダーを付けるか、ログインしてください。',
  )

const tooManyFailures = (seconds: number) =>
  new AppError(
    'TOO_MANY_REQUESTS',
    `認証の失敗が続いています。API キーを確認し、${seconds} 秒後に再度お試しください。`,
    {
      details: { retryAfterSeconds: seconds },
    },
  )

export function bearerKey(request: Pick<FastifyRequest, 'headers'>): string | null {
  return /^bearer +([\x21-\x7e]{1,200}) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}

/** The secret of the browser's session; a request that shows a key is judged by that alone. */
export function sessionSecret(request: Secured & Pick<FastifyRequest, 'headers' | 'cookies'>): string | null {
  if (request.headers.authorization !== undefined) return null
  const secret = request.cookies[cookieName(request, SESSION_COOKIE)] ?? ''
  return /^[\w-]{43}$/.test(secret) ? secret : null
}

/** A page of another site can make a browser send the cookie, and cannot know the token. */
export function checkCsrf(request: FastifyRequest, secret: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const token = request.headers['x-csrf-token']
  if (typeof token === 'string' && sameSecret(token, csrfTokenOf(secret))) return
  throw new AppError(
    'CSRF_TOKEN_WRONG',
    'x-csrf-token ヘッダーがないか、ログインし直す前のものです。GET /v1/session の csrfToken を付けてください。',
  )
}

const unfinished = (state: SessionState) =>
  new AppError(
    'SECOND_FACTOR_REQUIRED',
    state === 'second_factor_required'
      ? '二段階認証が済んでいません。認証アプリの確認コードを入力してください。'
      : '二段階認証の設定が必要です。認証アプリを登録してください。',
    { details: { state } },
  )

interface AuthHooks {
  requireClient: onRequestAsyncHookHandler
  requireOperator: onRequestAsyncHookHandler
}

/**
 * Hooks that let only one kind of caller through, and of it only who has the route's role. A wrong key costs
 * its sender's address one of its failures a minute; good keys from the same address are never held up, as a
 * whole office or a proxy may share it.
 */
export function createAuthHooks(doors: Doors, countFailure: CountFailure): AuthHooks {
  async function identify(request: FastifyRequest, reply: FastifyReply): Promise<Auth> {
    const key = bearerKey(request)
    const secret = sessionSecret(request)
    try {
      if (secret !== null) return await bySession(request, secret)
      if (key === null) throw missingKey()
      return await doors.authenticate(key)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNAUTHENTICATED') throw error
      await countFailure(request, key)
      if (secret === null)
        reply.header(
          'www-authenticate',
          `Bearer realm="torikomi"${key === null ? '' : ', error="invalid_token"'}`,
        )
      throw error
    }
  }

  async function bySession(request: FastifyRequest, secret: string): Promise<Auth> {
    const session = await doors.openSession(secret)
    checkCsrf(request, secret)
    if (session.state !== 'signed_in') throw unfinished(session.state)
    return session.auth
  }

  const require =
    (kind: Auth['kind'], refusal: string): onRequestAsyncHookHandler =>
    async (request, reply) => {
      const auth = await identify(request, reply)
      request.auth = auth
      if (auth.kind !== kind) throw new AppError('FORBIDDEN', refusal)
      // A plugin's files have no record: of a tenant's none, of the operator's for all its people.
      checkRole(auth, request.routeOptions.config.who?.need ?? 'owner')
    }

  return {
    requireClient: require('client', '運営者の権限は契約店の操作に使えません。契約店の API キーか担当者を使ってください。'),
    requireOperator: require('operator', 'この操作は運営者だけが行えます。運営者キーを使ってください。'),
  }
}

export type CountFailure = (request: FastifyRequest, key: string | null) => Promise<void>

/**
 * Counts in this process first, so that a flood of wrong keys does not become one of statements. @throws
 * AppError when it is too many
 */
export function createFailureCount(app: App, wrongKey: WrongKey, failuresPerMinute: number): CountFailure {
  const countBy = (name: string, max: number, sourceOf: (address: string) => string) =>
    app.createRateLimit({
      max,
      timeWindow: 60_000,
      keyGenerator: ({ ip }) => `${name}:${sourceOf(ip)}`,
    })
  const counts = [
    countBy('failed-auth', failuresPerMinute, subnetOf),
    // One line has 65,536 ranges of IPv6, each of which is a machine of its own to the count above.
    countBy('failed-auth-network', failuresPerMinute * 10, networkOf),
  ]
  return async (request, key) => {
    for (const count of counts) {
      const counted = await count(request)
      if (!counted.isAllowed && counted.isExceeded) throw tooManyFailures(counted.ttlInSeconds)
    }
    const seconds = key === null ? null : await wrongKey(key, request.ip)
    if (seconds !== null) throw tooManyFailures(seconds)
  }
}

/** The tenant of a client route. Such routes run only behind `requireClient`. */
export function tenantOf(request: Pick<FastifyRequest, 'auth'>): string {
  if (request.auth.kind !== 'client') throw new AppError('FORBIDDEN', '契約店の API キーを使ってください。')
  return request.auth.tenantId
}

/** The shops that a key is bound to (店舗限定キー), for what lists; null: all of the tenant. */
export const shopsOf = ({ auth }: Pick<FastifyRequest, 'auth'>): readonly string[] | null =>
  auth.kind === 'client' && auth.apiKeyId !== undefined ? auth.shopIds : null

/** Author, as audit entries and timelines name it: `operator`, `key:<api key id>`, `staff:<account id>`. */
export function actorOf({ auth }: Pick<FastifyRequest, 'auth'>): string {
  if (auth.kind === 'client' && auth.apiKeyId !== undefined) return `key:${auth.apiKeyId}`
  return auth.accountId === null ? 'operator' : `staff:${auth.accountId}`
}

/** A tenant's caller, for what it changes and for the audit. */
export const callerOf = (request: Pick<FastifyRequest, 'auth' | 'ip'>) => ({
  tenantId: tenantOf(request),
  ...operatorOf(request),
})

/** One of the operator's. */
export const operatorOf = (request: Pick<FastifyRequest, 'auth' | 'ip'>) => ({
  actor: actorOf(request),
  source: request.ip,
  ...('sessionId' in request.auth && request.auth.sessionId !== undefined
    ? { sessionId: request.auth.sessionId }
    : {}),
})
