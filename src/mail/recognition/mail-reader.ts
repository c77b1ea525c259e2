import { Transform, type TransformCallback } from 'node:stream'
import { MailParser } from 'mailparser'
import { decodeText } from './charset.ts'

/** The part of mailparser's MIME node that is touched here. */
interface MimeNode {
  charset?: string | false
}

interface Internals {
  createNode(node: MimeNode): unknown
}

/** Put before a declared charset so that mailparser hands over every text, UTF-8 and ASCII too. */
const MARK = 'declared-'

/**
 * mailparser with its charset handling replaced. It decodes by the declared charset alone and would lose the
 * bytes of a mail that declares none or a wrong one. Both methods are internals of the pinned mailparser
 * version; the charset tests beside this file fail when an update moves them.
 */
export class MailReader extends MailParser {
  createNode(node: MimeNode): unknown {
    node.charset = MARK + (node.charset || '')
    return (MailParser.prototype as unknown as Internals).createNode.call(this, node)
  }

  getDecoder(): { decodeStream(charset: string): Transform } {
    return { decodeStream: (charset) => new TextDecodingStream(charset.slice(MARK.length)) }
  }
}

/** Decoded as a whole at the end: a guess needs all bytes; ISO-2022-JP keeps state across chunks. */
class TextDecodingStream extends Transform {
  readonly #declared: string
  readonly #chunks: Buffer[] = []

  constructor(declared: string) {
    super()
    this.#declared = declared
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#chunks.push(chunk)
    done()
  }

  override _flush(done: TransformCallback): void {
    const text = decodeText(Buffer.concat(this.#chunks), this.#declared)
    done(null, text === '' ? undefined : Buffer.from(text, 'utf8'))
  }
}
