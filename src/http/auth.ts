import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { AppError } from '../platform/errors.ts'
import type { App, Auth } from './app-types.ts'

/**
 * Says who holds a bearer key. Raises UNAUTHENTICATED for an unknown, expired or revoked one, TENANT_SUSPENDED or
 * TENANT_NOT_ACTIVE where the key is good and its tenant may not work.
 */
export type Authenticate = (key: string) => Promise<Auth>

/** True when both are the same text; takes as long for every wrong one. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

const missingKey = () =>
  new AppError(
    'UNAUTHENTICATED',
    'API キーがありません。Authorization: Bearer <API キー> のヘッダーを付けてください。',
  )

const tooManyFailures = (seconds: number) =>
  new AppError(
    'TOO_MANY_REQUESTS',
    `認証の失敗が続いています。API キーを確認し、${seconds} 秒後に再度お試しください。`,
    {
      details: { retryAfterSeconds: seconds },
    },
  )

export function bearerKey(request: FastifyRequest): string | null {
  return /^bearer +([\x21-\x7e]{1,200}) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}

interface AuthHooks {
  requireClient: onRequestAsyncHookHandler
  requireOperator: onRequestAsyncHookHandler
}

/**
 * Hooks that let only one kind of caller through. A wrong key costs its sender's address one of `failuresPerMinute`; good
 * keys from the same address are never held up, as a whole office or a proxy may share it.
 */
export function createAuthHooks(app: App, authenticate: Authenticate, failuresPerMinute: number): AuthHooks {
  const countFailure = app.createRateLimit({
    max: failuresPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => `failed-auth:${request.ip}`,
  })

  async function identify(request: FastifyRequest, reply: FastifyReply): Promise<Auth> {
    const key = bearerKey(request)
    try {
      if (key === null) throw missingKey()
      return await authenticate(key)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNAUTHENTICATED') throw error
      const count = await countFailure(request)
      if (!count.isAllowed && count.isExceeded) throw tooManyFailures(count.ttlInSeconds)
      reply.header(
        'www-authenticate',
        `Bearer realm="torikomi"${key === null ? '' : ', error="invalid_token"'}`,
      )
      throw error
    }
  }

  const require =
    (kind: Auth['kind'], refusal: string): onRequestAsyncHookHandler =>
    async (request, reply) => {
      const auth = await identify(request, reply)
      request.auth = auth
      if (auth.kind !== kind) throw new AppError('FORBIDDEN', refusal)
    }

  return {
    requireClient: require('client', '運営者キーは契約店の操作に使えません。契約店の API キーを使ってください。'),
    requireOperator: require('operator', 'この操作は運営者だけが行えます。運営者キーを使ってください。'),
  }
}

/** The tenant of a client route. Such routes run only behind `requireClient`. */
export function tenantOf(request: FastifyRequest): string {
  if (request.auth.kind !== 'client') throw new AppError('FORBIDDEN', '契約店の API キーを使ってください。')
  return request.auth.tenantId
}

/** Who did it, as audit entries and timelines name them: `operator` or `key:<api key id>`. */
export const actorOf = (request: FastifyRequest): string =>
  request.auth.kind === 'operator' ? 'operator' : `key:${request.auth.apiKeyId}`
