import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { OneTransaction } from '../platform/db/one-transaction.ts'
import { joinTransaction } from '../platform/db/tenant-scope.ts'
import { AppError } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import type { App } from './app-types.ts'
import { actorOf, shopsOf } from './auth.ts'

/**
 * What a request gives that comes again under its `Idempotency-Key`.
 *
 * - `safe`: it makes nothing, and takes no key.
 * - `each time`: it does its work once more, and takes no key.
 * - `same answer`: the first answer, kept for a day.
 * - `no answer kept`: 409 with `answer_not_kept`, as the answer holds a secret or names a buyer.
 * - `same rows`: what stands in the rows that the route itself found by the key, for as long as these.
 */
export type Repeat = 'safe' | 'each time' | Keyed

interface Keyed {
  key: 'same answer' | 'same rows' | 'no answer kept'
  /**
   * `one transaction`, where left out: key and work are committed together, and 5xx is known to have done
   * nothing. `several steps`: for a route that calls others or commits in between. The key is taken before
   * the first step, and after 5xx its outcome stays unknown.
   */
  work?: 'one transaction' | 'several steps'
}

/** A POST says it by `config.repeat`. */
const USUALLY: Keyed = { key: 'same answer' }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Left out: `{ key: 'same answer' }` at a POST. */
    repeat?: Repeat
  }
}

/** Whoever is asked the same by the same caller under the same key is asked again. */
export interface IdempotentRequest {
  /** Null: the operator's. */
  tenantId: string | null
  /** As in audit entries. The keys that followed each other by rotation are one caller. */
  actor: string
  /** Method and route: `POST /v1/webhooks`. */
  operation: string
  key: string
  /** All that makes it the same request. */
  content: string
  repeat: Keyed
}

export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  /** Null: not kept. */
  body: string | null
}

/** Request at work under a key of its own, until one of the three is called. */
export interface KeyedWork {
  /** For all statements of the work; null where it has several steps. */
  transaction: OneTransaction | null
  /** Keeps the answer with the work. @throws where it is not known whether that was committed */
  done(answer: KeptAnswer): Promise<void>
  /** The work was refused: mended, it may come again under the key. */
  refused(): Promise<void>
  /** Gives up what can be given up. @param ended whether nothing is at work any more */
  failed(ended: boolean): Promise<void>
}

/** Answers by their keys (src/shops/tenants/idempotency-keys.ts). */
export interface IdempotencyStore {
  /**
   * The work to be done, or the answer that was given before.
   * @throws AppError IDEMPOTENCY_KEY_REUSED for another request, IDEMPOTENCY_KEY_IN_PROGRESS, CONFLICT where
   * the answer was not kept or the outcome is not known
   */
  begin(request: IdempotentRequest): Promise<KeyedWork | { answer: KeptAnswer }>
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

const UNKEPT = idempotencyHeader(
  '1 to 255 visible characters, new for each request: the answer is not kept, and a repeat under the same key within 24 hours is told that it was done, by 409 with `reason: answer_not_kept` (冪等キー)',
)

/** Headers of an answer that are a part of it. */
const KEPT_HEADERS = ['content-type', 'location', 'etag'] as const

/** Set on answers that were given before. */
const REPLAYED = 'idempotency-replayed'

const works = new WeakMap<FastifyRequest, KeyedWork>()

/** Null where the key is none of ours: the route takes none, or looks for it in its own rows. */
function keyedOf(method: unknown, repeat: Repeat = USUALLY): Keyed | null {
  if (method !== 'POST' || typeof repeat === 'string' || repeat.key === 'same rows') return null
  return repeat
}

/**
 * `Idempotency-Key` at every POST of the scope that makes something
 * (draft-ietf-httpapi-idempotency-key-header). Without the header a request runs as ever. Register it behind
 * whatever refuses a request; `storeAnswers()` has the other half.
 */
export function claimIdempotencyKeys(scope: App, store: IdempotencyStore | undefined): void {
  scope.addHook('onRoute', (route) => {
    const keyed = keyedOf(route.method, route.config?.repeat)
    if (keyed === null || route.schema === undefined) return
    const { headers } = factsOf(route.schema)
    const own = keyed.key === 'no answer kept' ? UNKEPT : USUAL
    route.schema = {
      ...route.schema,
      headers: headers instanceof z.ZodObject ? headers.extend(own.shape) : own,
    }
  })
  if (store === undefined) return
  scope.addHook('preHandler', (request, reply, next) => {
    const { method, url, config } = request.routeOptions
    const header = request.headers['idempotency-key']
    const repeat = keyedOf(method, config.repeat)
    if (header === undefined || repeat === null) return next()
    const { auth } = request
    const asked = {
      tenantId: auth.kind === 'client' ? auth.tenantId : null,
      actor: actorOf(request),
      operation: `${request.method} ${url}`,
      // A key of other shops is another caller: it must not be given the answer.
      content: canonical([request.method, request.url, shopsOf(request), request.body ?? null]),
      repeat,
    }
    const begun = async () => store.begin({ ...asked, key: idempotencyKeyOf(header) })
    begun().then((found) => {
      if ('answer' in found) return void giveAgain(reply, found.answer)
      works.set(request, found)
      if (found.transaction) joinTransaction(found.transaction, next)
      else next()
    }, next)
  })
}

function giveAgain(reply: FastifyReply, { status, headers, body }: KeptAnswer): void {
  void reply.code(status).headers(headers).header(REPLAYED, 'true').send(body)
}

/**
 * Keeps what was answered under a key, and commits it with the work. An answer that could not be committed is
 * not given. Register it in front of what compresses.
 */
export function storeAnswers(app: App, store: IdempotencyStore | undefined): void {
  if (store === undefined) return
  app.addHook('onSend', async (request, reply, payload) => {
    const work = works.get(request)
    if (work === undefined) return payload
    works.delete(request)
    const { statusCode } = reply
    if (statusCode < 400) await work.done(answerOf(request, reply, payload))
    else await (statusCode < 500 ? work.refused() : work.failed(request.problemCode !== 'TIMEOUT'))
    return payload
  })
}

function answerOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): KeptAnswer {
  const isFile = typeof payload === 'object' && payload !== null
  const kept = keyedOf(request.method, request.routeOptions.config.repeat)?.key === 'same answer' && !isFile
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  const body = typeof payload === 'string' ? payload : ''
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body: kept ? body : null }
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
