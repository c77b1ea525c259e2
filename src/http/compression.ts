import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { App } from './app-types.ts'

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
