import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SealError } from '../platform/crypto/sealer.ts'
import { isConflict, isReadOnly, isTooSlow, isUnreachable } from '../platform/db/failures.ts'
import { factsOf as foreignOf } from '../platform/narrow.ts'
import { methodsFor } from './access.ts'
import type { App } from './app-types.ts'
import {
  HttpProblem,
  isProblemError,
  PROBLEMS,
  type ProblemCode,
  type ProblemFacts,
  problemDocument,
} from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the problem that was answered, for the request's log line. */
    problemCode: ProblemCode | null
  }
}

const TOO_SLOW: [ProblemCode, string] = [
  'TIMEOUT',
  '時間内に処理が終わりませんでした。しばらくしてから再度お試しください。',
]

/** Fastify's own errors by their code. What is not here is our fault, or is judged by its status below. */
const FASTIFY_ERRORS: Readonly<Record<string, [ProblemCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE', '本文は application/json で送ってください。'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['BAD_REQUEST', 'Content-Length が本文の長さと合いません。'],
  FST_ERR_BAD_URL: ['BAD_REQUEST', 'URL を読み取れません。% の書き方を確認してください。'],
  FST_ERR_MAX_PARAM_LENGTH: ['ROUTE_NOT_FOUND', 'この URL はありません。/docs で URL を確認してください。'],
  FST_ERR_HANDLER_TIMEOUT: TOO_SLOW,
}

/** The single place where anything that was thrown becomes a status and a problem document. */
export function setErrorHandlers(app: App): void {
  app.decorateRequest('problemCode', null)
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const facts = factsOf(error, request)
  const { status } = PROBLEMS[facts.code]
  request.problemCode = facts.code
  if (status === 500) request.log.error({ err: error }, 'request failed')
  else if (status > 500) request.log.warn({ err: error }, 'request could not be served')
  const wait = facts.details?.retryAfterSeconds ?? (status === 503 ? 10 : undefined)
  if (wait !== undefined && !reply.hasHeader('retry-after')) reply.header('retry-after', String(wait))
  const path = request.url.split('?', 1)[0] ?? ''
  // Of the form `/path` alone: anything else would name another host behind the address.
  if (facts.code === 'TENANT_MOVED' && request.url.startsWith('/'))
    reply.header('location', `${facts.details?.movedTo}${request.url}`)
  // Serialised here: an answer's schema belongs to its success, and a broken one must not break its own
  // error.
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .serializer((document) => JSON.stringify(document))
    .send(problemDocument(facts, path, request.id))
}

function factsOf(error: unknown, request: FastifyRequest): ProblemFacts {
  if (isProblemError(error)) {
    // A malformed id in a path is an id that does not exist.
    if (foreignOf(error).validationContext === 'params') {
      return { code: 'NOT_FOUND', detail: '指定された ID のデータは見つかりません。' }
    }
    return {
      code: error.code,
      detail: error.message,
      fields: error.fields,
      ...('details' in error ? { details: error.details } : {}),
    }
  }
  const foreign = foreignOf(error)
  const code = String(foreign.code ?? '')
  const statusCode = Number(foreign.statusCode ?? 500)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(request.routeOptions.bodyLimit)
  const known = FASTIFY_ERRORS[code]
  if (known) return { code: known[0], detail: known[1] }
  const database = databaseProblem(error)
  if (database) return database
  if (error instanceof SealError)
    return {
      code: 'INTERNAL',
      detail:
        '暗号化されたデータを開けません。データが別の行から移されたか、暗号鍵が足りません。requestId を添えて運営者へ連絡してください。',
      details: { reason: `seal_${error.reason}` },
    }
  if (statusCode >= 400 && statusCode < 500)
    return { code: 'BAD_REQUEST', detail: 'リクエストを読み取れません。' }
  return {
    code: 'INTERNAL',
    detail: '予期しないエラーが起きました。requestId を添えて運営者へ連絡してください。',
  }
}

/** Classifies database failures after which a client may come again with the same request. */
function databaseProblem(error: unknown): ProblemFacts | null {
  if (isUnreachable(error) || isReadOnly(error))
    return {
      code: 'UNAVAILABLE',
      detail: 'データベースに接続できません。しばらくしてから再度お試しください。',
    }
  if (isConflict(error))
    return {
      code: 'UNAVAILABLE',
      detail: '同時に行われた更新と重なりました。もう一度お試しください。',
      details: { retryAfterSeconds: 1 },
    }
  const [code, detail] = TOO_SLOW
  return isTooSlow(error) ? { code, detail } : null
}

const tooLarge = (bytes: number | undefined): ProblemFacts => ({
  code: 'PAYLOAD_TOO_LARGE',
  detail: `リクエスト本文が上限${bytes === undefined ? '' : `（${Math.floor(bytes / 1024)} KiB）`}を超えています。分けて送ってください。`,
})

/** Unknown path 404, known path with another method 405; both behind the same limit as everything else. */
export function setNotFound(app: App): void {
  const limit = app.rateLimit()
  // Before a body is read: nobody wants it, and whoever sends it has shown no key.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return
    await limit.call(app, request, reply)
    refuse(request, reply)
  })
  app.setNotFoundHandler(refuse)

  function refuse(request: FastifyRequest, reply: FastifyReply): never {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = methodsFor(app.routeTable, path)
    // A file that is not there below a path that is served is no wrong method.
    if (methods.length === 0 || methods.includes(request.method)) {
      throw new HttpProblem('ROUTE_NOT_FOUND', 'この URL はありません。/docs で URL を確認してください。')
    }
    reply.header('allow', methods.join(', '))
    throw new HttpProblem('METHOD_NOT_ALLOWED', `この URL で使えるメソッドは ${methods.join('、')} です。`)
  }
}

/** Answers bytes that are no HTTP request, or a head too long or slow, before Fastify sees any of it. */
export function answerBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status } = PROBLEMS.BAD_REQUEST
  const facts = { code: 'BAD_REQUEST', detail: 'HTTP リクエストとして読み取れません。' } as const
  const body = JSON.stringify(problemDocument(facts, '', ''))
  const head = [
    `HTTP/1.1 ${status} Bad Request`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
