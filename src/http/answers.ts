import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'
import { createRequestBreathing, mapBreathing } from '../platform/event-loop.ts'
import { factsOf } from '../platform/narrow.ts'
import type { App } from './app-types.ts'
import { HttpProblem } from './problems.ts'

const documentedOnly = new WeakSet<z.ZodType>()

/**
 * Marks an answer's schema as documentation: it is written as it is, without being checked and stripped field
 * by field. For big answers whose parts were parsed already (a pull of 1,000 orders); never for answers built
 * from rows that hold secrets, where the stripping is the last guard.
 */
export function documentOnly<T extends z.ZodType>(schema: T): T {
  documentedOnly.add(schema)
  return schema
}

class AnswerInvalid extends Error {
  constructor(method: string, url: string, issues: readonly z.core.$ZodIssue[]) {
    const where = issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join(', ')
    super(`answer of ${method} ${url} does not fit its schema (${where})`)
    this.name = 'AnswerInvalid'
  }
}

/** Writes answers by their schema: leaves out unknown fields; a wrong one is our fault and becomes a 500. */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = ({ schema, method, url }) => {
  if (documentedOnly.has(schema)) return (data) => JSON.stringify(data)
  return (data) => {
    const result = z.safeEncode(schema, data)
    if (!result.success) throw new AnswerInvalid(method, url, result.error.issues)
    return JSON.stringify(result.data)
  }
}

/** Shorter lists are written within a millisecond. */
const LONG = 50

/**
 * Writes long lists of `documentOnly` answers piece by piece: writing a page of 500 orders at once takes the
 * event loop for ten milliseconds and more. Register it in front of whatever looks at what is written.
 */
export function writeInSlices(app: App): void {
  app.addHook('preSerialization', async (request, reply, payload) => {
    const schema = factsOf(factsOf(request.routeOptions.schema).response)[reply.statusCode]
    if (!(schema instanceof z.ZodType && documentedOnly.has(schema)) || !isLong(payload)) return payload
    const written = await toJson(payload)
    // Fastify sends bytes as well as text; its type knows text alone.
    reply.serializer(() => written as unknown as string)
    return payload
  })
}

const isLong = (payload: unknown): payload is Record<string, unknown> =>
  Object.values(factsOf(payload)).some((member) => Array.isArray(member) && member.length >= LONG)

/** A tenth of a millisecond of hashing, or of the kernel's copying. */
const PIECE_BYTES = 64 * 1024
/** Copied within a millisecond. */
const LONG_BYTES = 256 * 1024

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

/**
 * Sends long answers piece by piece: the kernel takes five megabytes at once, for ten milliseconds and more.
 * Register it behind whatever looks at what is sent.
 */
export function sendInPieces(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!Buffer.isBuffer(payload) || payload.length < LONG_BYTES || request.method === 'HEAD') return payload
    reply.header('content-length', payload.length)
    return Readable.from(inTurns(payload, createRequestBreathing()), { objectMode: false })
  })
}

async function* inTurns(bytes: Buffer, breathe: () => Promise<void>): AsyncGenerator<Buffer> {
  for (const piece of piecesOf(bytes)) {
    yield piece
    await breathe()
  }
}

/** The same bytes as JSON.stringify. */
async function toJson(answer: Record<string, unknown>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (const [name, value] of Object.entries(answer)) {
    if (value === undefined) continue
    pieces.push(Buffer.from(`${pieces.length > 0 ? ',' : '{'}${JSON.stringify(name)}:`))
    if (!Array.isArray(value)) pieces.push(Buffer.from(JSON.stringify(value)))
    else {
      const members = await mapBreathing(value, (member, index) =>
        Buffer.from((index > 0 ? ',' : '[') + (JSON.stringify(member) ?? 'null')),
      )
      pieces.push(...members, Buffer.from(members.length > 0 ? ']' : '[]'))
    }
  }
  return Buffer.concat([...pieces, Buffer.from('}')])
}

/**
 * A signal that fires when the client went away before it got its answer. Fastify's own `request.signal` will
 * not do: it fires as soon as a request's body has been read, since Node closes the incoming message then.
 */
export function clientGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (reply.raw.writableFinished) return
    // Aborts with a problem that nobody reads: it keeps a client's disconnect from being logged as our fault.
    gone.abort(new HttpProblem('BAD_REQUEST', '応答の前に接続が閉じられました。'))
  })
  return gone.signal
}

/** Settles when the answer is out, or its client gone. */
export function answered(reply: FastifyReply): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  reply.raw.once('close', resolve)
  return promise
}

/** Below it an answer is one packet either way. */
const LEAST_BYTES = 1_400

const compressBrotli = promisify(brotliCompress)
const compressGzip = promisify(gzip)

/** 50 orders of 324 kB take 2 to 4 ms of a thread; the strongest settings a second, for a tenth less. */
const CODINGS = {
  br: (bytes: Buffer) =>
    compressBrotli(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes: Buffer) => compressGzip(bytes, { level: 4 }),
} as const
type Coding = keyof typeof CODINGS

/**
 * Compresses answers for clients that ask for it. Streams (events, exports, the board's files) go out as they
 * are. Register it behind whatever else changes an answer. An ETag gets the coding behind it, as it names
 * bytes (RFC 9110, 8.8.3); `untagged()` takes that off.
 */
export function compressAnswers(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload
    if (Buffer.byteLength(payload) < LEAST_BYTES || reply.hasHeader('content-encoding')) return payload
    if (!/^(text\/|application\/([\w.-]+\+)?json)/.test(String(reply.getHeader('content-type'))))
      return payload
    addVary(reply, 'accept-encoding')
    const coding = codingOf(request.headers['accept-encoding'])
    if (coding === null) return payload
    const tag = reply.getHeader('etag')
    if (typeof tag === 'string') reply.header('etag', `${tag.slice(0, -1)}-${coding}"`)
    reply.header('content-encoding', coding).removeHeader('content-length')
    return CODINGS[coding](Buffer.from(payload))
  })
}

/** An ETag as it was before its answer was compressed. */
export const untagged = (tag: string): string => tag.replace(/-(?:br|gzip)"$/, '"')

/** The one that is liked best of ours, or null: as it is. */
export function codingOf(header: string | string[] | undefined): Coding | null {
  const liked = new Map<string, number>()
  for (const one of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
    liked.set(name, Number.isNaN(Number(weight)) ? 0 : Number(weight))
  }
  const weightOf = (coding: string): number => liked.get(coding) ?? liked.get('*') ?? 0
  const [brotli, gzipped] = [weightOf('br'), weightOf('gzip')]
  if (brotli <= 0 && gzipped <= 0) return null
  return brotli >= gzipped ? 'br' : 'gzip'
}

/** @param reply its header may name others already */
export function addVary(
  reply: { getHeader(name: string): unknown; header(name: string, value: string): unknown },
  name: string,
): void {
  const known = reply.getHeader('vary')
  reply.header('vary', typeof known === 'string' && known !== '' ? `${known}, ${name}` : name)
}

/** Of a route whose answer has an ETag; say it in its `headers` by `IfNoneMatch`. */
declare module 'fastify' {
  interface FastifyContextConfig {
    entityTag?: true
  }
}

export const IfNoneMatch = z.looseObject({
  'if-none-match': z
    .string()
    .optional()
    .describe(
      'The ETag of the answer that the client has; 304 without a body when it is still the same (取得済みの ETag)',
    ),
})

/**
 * Tags what is sent with a hash of it, and answers 304 to a client that has it. A hash and no counter: a
 * restored database may count the same number twice, and a release may change a label. A route that sets an
 * ETag itself gets the hash behind it.
 */
export function tagAnswers(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 200 || !(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload
    if (request.routeOptions.config.entityTag !== true) return payload
    const own = reply.getHeader('etag')
    const hash = await hashOf(payload)
    const tag = typeof own === 'string' ? `${own.slice(0, -1)}-${hash}"` : `"${hash}"`
    reply.header('etag', tag)
    if (request.method !== 'GET' || !isNamed(tag, request.headers['if-none-match'])) return payload
    reply.code(304).removeHeader('content-type')
    return ''
  })
}

/** Piece by piece: the hash of a page of 500 orders with details takes ten milliseconds. */
async function hashOf(payload: string | Buffer): Promise<string> {
  const hash = createHash('sha1')
  const breathe = createRequestBreathing()
  for (const piece of typeof payload === 'string' ? [payload] : piecesOf(payload)) {
    hash.update(piece)
    await breathe()
  }
  return hash.digest('base64url')
}

/** By RFC 9110, which compares weakly here. */
function isNamed(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false
  return header.split(',').some((one) => ['*', tag].includes(untagged(one.trim().replace(/^W\//, ''))))
}
