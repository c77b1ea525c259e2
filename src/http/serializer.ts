import { Readable } from 'node:stream'
import type { FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'
import { createRequestBreathing, mapBreathing } from '../platform/event-loop.ts'
import { factsOf } from '../platform/narrow.ts'
import type { App } from './app-types.ts'

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

export function* piecesOf(bytes: Buffer): Generator<Buffer> {
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
