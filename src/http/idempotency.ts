import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import type { App } from './app-types.ts'
import { shopsOf } from './auth.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Effect of `Idempotency-Key` at a POST. Left out: the answer is kept for a day and given again. `own`:
     * the key is stored with what the route makes, in the same transaction and for as long. `none`: the route
     * makes nothing. `anew`: a repeat runs again, as it changes nothing more and its answer names buyers,
     * which must not be kept beside their orders.
     */
    idempotency?: 'own' | 'none' | 'anew'
  }
}

interface IdempotentRequest {
  /** Null: the operator's. */
  tenantId: string | null
  key: string
  /** All that makes it the same request. */
  content: string
}

export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** A key that this request alone works under, until it is kept or released. */
interface Claim {
  id: string
  tenantId: string | null
}

/** Answers by their keys (src/shops/tenants/idempotency-keys.ts). */
export interface IdempotencyStore {
  /**
   * A claim, or the answer that was given before; `answer: null` where it was not kept.
   * @throws AppError IDEMPOTENCY_KEY_REUSED for another request, IDEMPOTENCY_KEY_IN_PROGRESS, CONFLICT where
   * it broke off
   */
  claim(request: IdempotentRequest): Promise<{ claim: Claim } | { answer: KeptAnswer | null }>
  keep(claim: Claim, answer: KeptAnswer | null): Promise<void>
  release(claim: Claim): Promise<void>
}

/**
 * The header of a POST, for its schema.
 * @param description what it does there
 * @param example for a route that demands one; another route has none, as whoever sends it with two requests
 * is refused the second
 */
export const idempotencyHeader = (description: string, example?: string) =>
  z.looseObject({
    'idempotency-key': z
      .string()
      .optional()
      .describe(description)
      .meta(example === undefined ? {} : { examples: [example] }),
  })

const USUAL = idempotencyHeader(
  '1 to 255 visible characters, new for each request: a repeat under the same key within 24 hours gets the first answer again (冪等キー)',
)

/** Headers of an answer that are a part of it. */
const KEPT_HEADERS = ['content-type', 'location', 'etag'] as const

/** Set on answers that were given before. */
const REPLAYED = 'idempotency-replayed'

const claims = new WeakMap<FastifyRequest, Claim>()

const takesKey = ({
  method,
  config = {},
}: {
  method: unknown
  config?: { idempotency?: string } | undefined
}) => method === 'POST' && config.idempotency !== 'none' && config.idempotency !== 'own'

/**
 * `Idempotency-Key` at every POST of the scope that makes something
 * (draft-ietf-httpapi-idempotency-key-header). Without the header a request runs as ever. Register it behind
 * whatever refuses a request; `storeAnswers()` has the other half.
 */
export function claimIdempotencyKeys(scope: App, store: IdempotencyStore | undefined): void {
  scope.addHook('onRoute', (route) => {
    if (!takesKey(route) || route.schema === undefined) return
    const { headers } = factsOf(route.schema)
    route.schema = {
      ...route.schema,
      headers: headers instanceof z.ZodObject ? headers.extend(USUAL.shape) : USUAL,
    }
  })
  if (store === undefined) return
  scope.addHook('preHandler', async (request, reply) => {
    const { method, config } = request.routeOptions
    const header = request.headers['idempotency-key']
    if (header === undefined || !takesKey({ method, config })) return
    const { auth } = request
    const found = await store.claim({
      tenantId: auth.kind === 'client' ? auth.tenantId : null,
      key: idempotencyKeyOf(header),
      // A key of other shops is another caller: it must not be given the answer.
      content: canonical([request.method, request.url, shopsOf(request), request.body ?? null]),
    })
    if ('claim' in found) claims.set(request, found.claim)
    else if (found.answer) return repeat(reply, found.answer)
    else if (config.idempotency !== 'anew') throw notKept()
  })
}

const notKept = () =>
  new AppError(
    'CONFLICT',
    'この Idempotency-Key のリクエストは完了していますが、応答が大きいため保存されていません。一覧で確認してください。',
    { details: { reason: 'answer_not_kept' } },
  )

function repeat(reply: FastifyReply, { status, headers, body }: KeptAnswer): FastifyReply {
  return reply.code(status).headers(headers).header(REPLAYED, 'true').send(body)
}

/** Keeps what was answered under a key. Register it in front of what compresses. */
export function storeAnswers(app: App, store: IdempotencyStore | undefined): void {
  if (store === undefined) return
  app.addHook('onSend', async (request, reply, payload) => {
    const claim = claims.get(request)
    if (claim === undefined) return payload
    claims.delete(request)
    // The handler may still be at work: what it does is not known, so the key stays taken.
    if (request.problemCode === 'TIMEOUT') return payload
    try {
      if (reply.statusCode >= 400) await store.release(claim)
      else await store.keep(claim, answerOf(request, reply, payload))
    } catch (err) {
      // It is done: the client gets its answer, and who asks again is told that the outcome is not known.
      request.log.error({ err }, 'the answer to an Idempotency-Key could not be kept')
    }
    return payload
  })
}

function answerOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): KeptAnswer | null {
  const isFile = typeof payload === 'object' && payload !== null
  if (isFile || request.routeOptions.config.idempotency === 'anew') return null
  const body = typeof payload === 'string' ? payload : ''
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body }
}

/**
 * @throws AppError IDEMPOTENCY_KEY_MISSING, or VALIDATION_FAILED when it is not 1 to 255 visible ASCII
 * characters
 */
export function idempotencyKeyOf(header: string | string[] | undefined, what = '受注取込'): string {
  const key = Array.isArray(header) ? header.join(',') : header
  if (key === undefined || key === '') {
    throw new AppError(
      'IDEMPOTENCY_KEY_MISSING',
      `Idempotency-Key ヘッダーが必要です。${what}のたびに新しい値（UUID など）を付け、再送するときだけ同じ値を使ってください。`,
    )
  }
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new AppError('VALIDATION_FAILED', 'Idempotency-Key の形式が正しくありません。', {
    fields: [
      {
        field: 'Idempotency-Key',
        message: '空白を含まない半角英数記号 1〜255 文字で指定してください。',
        code: 'invalid_format',
      },
    ],
  })
}

export const keyReused = (what: string): AppError =>
  new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    `この Idempotency-Key は別の${what}で使われています。内容を変えるときは新しいキーを指定してください。`,
  )

/**
 * As it is stored and looked for. A trigger writes the same for pulls and site changes (migration
 * notice_channels_and_hashed_keys).
 */
export const storedKey = (owner: string, key: string): string =>
  `sha256:${createHash('sha256').update(`${owner} ${key}`).digest('hex')}`

/** Serialises with fields sorted by name: equal meaning gives equal text. */
export const canonical = (value: unknown): string => JSON.stringify(value, sortFields)

function sortFields(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
