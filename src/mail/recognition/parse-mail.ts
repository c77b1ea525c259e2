import { Transform, type TransformCallback } from 'node:stream'
import {
  type AddressObject,
  type AttachmentStream,
  MailParser,
  type MailParserOptions,
  type MessageText,
} from 'mailparser'
import type { ReadableMail } from '../../marketplaces/port/mail-rules.ts'
import { createGatherer, type Gatherer } from '../../platform/gather.ts'
import { factsOf } from '../../platform/narrow.ts'
import { FILE_MAIL_BYTES, MAIL_BYTES } from '../mail-bytes.ts'
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
  const parts = await readTexts(reader, source, depth < MAX_DEPTH)
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

/** Null when mailparser gave up. */
async function readTexts(reader: MailReader, source: Buffer, withAttached: boolean): Promise<Parts | null> {
  const texts = { text: '', html: '' }
  const mails: Gatherer[] = []
  const isWhole = await readParts(
    reader,
    source,
    ({ contentType }) => {
      if (!withAttached || !FORWARDED_TYPES.has(contentType) || mails.length >= MAX_ATTACHED) return null
      const gathered = createGatherer()
      mails.push(gathered)
      return gathered
    },
    ({ text, html }) => {
      texts.text = text ?? ''
      texts.html = html || ''
    },
  )
  return isWhole ? { ...texts, attached: mails.map((mail) => mail.whole()) } : null
}

/**
 * False when mailparser gave up: too many parts, endless headers, something it does not expect.
 * @param into where an attached part goes; null: it is dropped
 */
function readParts(
  reader: MailReader,
  source: Buffer,
  into: (part: AttachmentStream) => Gatherer | null,
  onText?: (text: MessageText) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = () => {
      resolve(false)
      reader.destroy()
    }
    reader.on('error', giveUp)
    reader.on('data', (part: AttachmentStream | MessageText) => {
      if (part.type === 'text') return onText?.(part)
      const gathered = into(part)
      if (gathered === null) return part.release?.()
      part.content.on('data', gathered.add)
      part.content.on('error', () => part.release?.())
      part.content.on('end', () => part.release?.())
    })
    reader.on('end', () => resolve(true))
    try {
      reader.end(source)
    } catch {
      giveUp()
    }
  })
}

export interface Attached {
  /** Without what would make it look like another one. */
  name: string
  bytes: Uint8Array
}

/** Names of files that are read; others are a signature's pictures, or told to staff. */
const CSV_NAME = /\.(?:csv|tsv)$/i
const CSV_TYPES = new Set(['text/csv', 'text/tab-separated-values'])
/** Forms in which a cart may send orders too, and which are not read. */
const OTHER_NAME = /\.(?:zip|xlsx?|xlsm|gz|7z|lzh)$/i
const MOST_FILES = 5
const MOST_FILE_NAME = 200

/**
 * Reads the CSV files attached to a mail, as they are.
 * @returns a string, Japanese, where they cannot be taken whole; null: none is attached
 */
export async function readAttached(source: Buffer): Promise<Attached[] | string | null> {
  if (source.length >= FILE_MAIL_BYTES)
    return `添付ファイルが大きすぎます。メール1通は ${FILE_MAIL_BYTES / 1_024 / 1_024} MiB までです。画面から取り込んでください。`
  const reader = new MailReader(OPTIONS)
  const files: { name: string; gathered: ReturnType<typeof createGatherer> }[] = []
  const others: string[] = []
  const isWhole = await readParts(reader, source, (part) => {
    const name = plainName(part.filename)
    const isOther = OTHER_NAME.test(name)
    const isCsv = !isOther && (CSV_NAME.test(name) || CSV_TYPES.has(part.contentType))
    if (isOther) others.push(name)
    if (!isCsv || files.length > MOST_FILES) return null
    const gathered = createGatherer()
    files.push({ name: name || 'orders.csv', gathered })
    return gathered
  })
  if (isWhole && files.length + others.length === 0) return null
  if (!isWhole || !isClosed(reader, source))
    return 'メールが途中で切れているか、形式が壊れているため、添付の注文ファイルを取り込みませんでした。'
  if (others.length > 0)
    return `添付「${others[0]}」は注文ファイルとして読み取れません。CSVで送るか、画面から取り込んでください。`
  if (files.length > MOST_FILES)
    return `添付の注文ファイルは1通に ${MOST_FILES} 個までです。画面から取り込んでください。`
  return files.map(({ name, gathered }) => ({ name, bytes: gathered.whole() }))
}

/** No folders, and no signs that are not seen or turn the text round. */
const plainName = (name: string | undefined): string => {
  const plain = (name ?? '')
    .slice(0, 1_000)
    .replace(/^.*[\\/]/, '')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .trim()
  return [...plain].slice(-MOST_FILE_NAME).join('')
}

/** A mail of several parts ends with its last boundary, which one that was cut off lacks. */
function isClosed({ headers }: MailReader, source: Buffer): boolean {
  const { params } = factsOf(headers ? headers.get('content-type') : null)
  const { boundary } = factsOf(params)
  return typeof boundary !== 'string' || source.includes(`--${boundary}--`)
}

const ENVELOPE_LINE = /^(?:from|to|subject):.{0,998}(?:\r?\n[ \t].{0,998}){0,10}/gim

/** The headers that count, from among too many. */
function envelopeLines(source: Buffer): Buffer {
  const lines = source.toString('latin1').match(ENVELOPE_LINE) ?? []
  return Buffer.from(`${lines.slice(0, 10).join('\r\n')}\r\n\r\n`, 'latin1')
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
