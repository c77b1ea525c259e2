import { createHash } from 'node:crypto'
import { z } from 'zod'
import { createRequestBreathing } from '../platform/event-loop.ts'
import type { App } from './app-types.ts'
import { untagged } from './compression.ts'
import { piecesOf } from './serializer.ts'

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
