import { Transform, type TransformCallback } from 'node:stream'
import {
  type AddressObject,
  type AttachmentStream,
  MailParser,
  type MailParserOptions,
  type MessageText,
} from 'mailparser'
import type { ReadableMail } from '../../marketplaces/port/mail-rules.ts'
import { createGatherer } from '../../platform/gather.ts'
import { MAIL_BYTES } from '../mail-bytes.ts'
import { decodeRawHeader, decodeText } from './charset.ts'
import { tracesOf } from './plain-head.ts'
import { parsePlainMail, readableText } from './plain-mail.ts'

/** Internals of mailparser: the part of its MIME node that is touched here. */
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
class MailReader extends MailParser {
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
  readonly #gathered = createGatherer()

  constructor(declared: string) {
    super()
    this.#declared = declared
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#gathered.add(chunk)
    done()
  }

  override _flush(done: TransformCallback): void {
    const text = decodeText(this.#gathered.whole(), this.#declared)
    done(null, text === '' ? undefined : Buffer.from(text, 'utf8'))
  }
}

/** A forward of a forward of a forward. Deeper levels are not read, because each parses its bytes again. */
const MAX_DEPTH = 3
const MAX_ATTACHED = 20
const MAX_NAME_LENGTH = 320
const MOST_ADDRESSES = 100

const OPTIONS: MailParserOptions = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  checksumAlgo: false,
  ignoreEmbedded: true,
  maxHeadSize: 64 * 1024,
  maxChildNodes: 200,
}

/** Parts of any mail that a person may have forwarded. */
const FORWARDED_TYPES = new Set(['message/rfc822', 'message/global'])

/**
 * Parses a mail into text: its first 256 KiB, each part decoded by its charset or, where that is missing or
 * wrong, by its bytes. Never rejects: a mail that cannot be parsed is read as one text. Attachments other
 * than mails are dropped.
 */
export async function parseMail(source: Buffer): Promise<ReadableMail> {
  const bytes = source.subarray(0, MAIL_BYTES)
  return parsePlainMail(bytes) ?? (await parseAnyMail(bytes))
}

/** The same by mailparser, for any shape: for mails that parsePlainMail() leaves to it, and as its oracle. */
export const parseAnyMail = (source: Buffer): Promise<ReadableMail> =>
  parseAt(source.subarray(0, MAIL_BYTES), 0)

interface Parts {
  text: string
  html: string
  attached: Buffer[]
}

async function parseAt(source: Buffer, depth: number): Promise<ReadableMail> {
  const reader = new MailReader(OPTIONS)
  const parts = await readParts(reader, source, depth < MAX_DEPTH)
  if (!parts && !reader.headers && depth < MAX_DEPTH) {
    return { ...(await parseAt(envelopeLines(source), MAX_DEPTH)), text: decodeText(source, '') }
  }
  const forwarded: ReadableMail[] = []
  for (const inner of parts?.attached ?? []) forwarded.push(await parseAt(inner, depth + 1))
  return {
    from: addressesOf(reader.from),
    to: addressesOf(reader.to),
    subject: subjectOf(reader),
    text: (parts && readableText(parts.text, () => parts.html)) ?? decodeText(source, ''),
    forwarded,
    ...tracesOf(reader.headerLines || []),
  }
}

/** Null when mailparser gave up: too many parts, endless headers, something it does not expect. */
function readParts(reader: MailReader, source: Buffer, withAttached: boolean): Promise<Parts | null> {
  const parts: Parts = { text: '', html: '', attached: [] }
  return new Promise((resolve) => {
    const giveUp = () => {
      resolve(null)
      reader.destroy()
    }
    reader.on('error', giveUp)
    reader.on('data', (part: AttachmentStream | MessageText) => {
      if (part.type === 'text') {
        parts.text = part.text ?? ''
        parts.html = part.html || ''
      } else if (
        withAttached &&
        FORWARDED_TYPES.has(part.contentType) &&
        parts.attached.length < MAX_ATTACHED
      ) {
        collect(part, parts.attached)
      } else {
        part.release?.()
      }
    })
    reader.on('end', () => resolve(parts))
    try {
      reader.end(source)
    } catch {
      giveUp()
    }
  })
}

const ENVELOPE_LINE = /^(?:from|to|subject):.{0,998}(?:\r?\n[ \t].{0,998}){0,10}/gim

/** The headers that count, from among too many. */
function envelopeLines(source: Buffer): Buffer {
  const lines = source.toString('latin1').match(ENVELOPE_LINE) ?? []
  return Buffer.from(`${lines.slice(0, 10).join('\r\n')}\r\n\r\n`, 'latin1')
}

function collect(part: AttachmentStream, into: Buffer[]): void {
  const gathered = createGatherer()
  part.content.on('data', gathered.add)
  part.content.on('error', () => part.release?.())
  part.content.on('end', () => {
    into.push(gathered.whole())
    part.release?.()
  })
}

function subjectOf(reader: MailReader): string {
  const raw = (reader.headerLines || []).find((line) => line.key === 'subject')?.line
  return (raw && decodeRawHeader(raw.slice(raw.indexOf(':') + 1))) || reader.subject || ''
}

function addressesOf(header: AddressObject | AddressObject[] | undefined): string[] {
  const found = [header ?? []].flat().flatMap((one) => one.value)
  return found
    .flatMap((entry) => [entry, ...(entry.group ?? [])])
    .slice(0, MOST_ADDRESSES)
    .map((entry) => (entry.address ?? '').trim().toLowerCase())
    .filter((address) => address !== '' && address.length <= MAX_NAME_LENGTH)
}
