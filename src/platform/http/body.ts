import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { HttpError } from './http-client.ts'

export interface Body {
  push(chunk: Buffer): void
  end(done: (whole: Buffer) => void): void
  destroy(): void
}

/**
 * Collects an answer, undoing its content coding as it comes. `maxBytes` bounds both what is received and what it
 * unfolds to, so that a few kilobytes of zeros packed a thousandfold are stopped at the limit.
 */
export function startBody(
  encoding: string | undefined,
  maxBytes: number,
  fail: (error: HttpError) => void,
): Body {
  const decoder = decoderFor(encoding)
  const store = collector(maxBytes, fail)
  if (!decoder) return { push: store.add, end: (done) => done(store.whole()), destroy: () => {} }

  let received = 0
  let ended: ((whole: Buffer) => void) | null = null
  decoder.on('data', store.add)
  decoder.on('end', () => ended?.(store.whole()))
  decoder.on('error', (error) => fail(new HttpError('broken', 'compressed answer cannot be read', error)))
  return {
    push(chunk) {
      received += chunk.length
      if (received > maxBytes) return fail(tooLarge(maxBytes))
      decoder.write(chunk)
    },
    end(done) {
      // HEAD, 204 and 304 name a coding and have no body.
      if (received === 0) return done(Buffer.alloc(0))
      ended = done
      decoder.end()
    },
    destroy: () => decoder.destroy(),
  }
}

function collector(maxBytes: number, fail: (error: HttpError) => void) {
  const chunks: Buffer[] = []
  let size = 0
  return {
    add(chunk: Buffer) {
      size += chunk.length
      if (size > maxBytes) return fail(tooLarge(maxBytes))
      chunks.push(chunk)
    },
    whole: () => Buffer.concat(chunks, size),
  }
}

const tooLarge = (maxBytes: number) => new HttpError('too_large', `answer is longer than ${maxBytes} bytes`)

function decoderFor(encoding: string | undefined): Transform | null {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      return null
  }
}
