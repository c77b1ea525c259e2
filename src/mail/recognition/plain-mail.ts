import type { ReadableMail } from '../../marketplaces/port/mail-rules.ts'
import { HEAD_BYTES } from '../mail-bytes.ts'
import { decodeText } from './charset.ts'
import { htmlToText } from './html-text.ts'
import { decodeBase64, decodeHexEscapes, type PlainHead, parsePlainHead } from './plain-head.ts'

/**
 * Reads a mail of a plain shape: one text, or a multipart of at most one plain text and one of HTML. A tenth
 * of mailparser's time, with the same result. Null for anything else, and for anything unusual in it:
 * mailparser knows what to make of it.
 */
export function parsePlainMail(source: Buffer): ReadableMail | null {
  const entity = splitEntity(source.toString('latin1'))
  const head = entity && parsePlainHead(entity.head)
  if (entity === null || head === null) return null
  const text = readEntity(head, entity.body)
  const { contentType, transferEncoding, disposition, ...rest } = head
  return text === null ? null : { ...rest, text, forwarded: [] }
}

/** Every mall's order numbers end in a hyphen and at least seven digits, or the mail has a long number. */
const MAY_HOLD_NUMBER = /[-‐－―−][0-9０-９]{7}/

/**
 * The plain text; together with the HTML's when no order number can be in it, for mails whose plain text says
 * only that the mail is to be read as HTML, or is the covering note of a forward.
 */
export function readableText(text: string, readHtml: () => string | null): string | null {
  if (MAY_HOLD_NUMBER.test(text)) return text
  const html = readHtml()
  if (html === null || html === '') return html === null ? null : text
  return [text.trim(), htmlToText(html)].filter((part) => part !== '').join('\n\n')
}

/** Parts a head from its body at the first empty line. */
function splitEntity(bytes: string): { head: string; body: string } | null {
  const [crlf, lf] = [bytes.indexOf('\n\r\n'), bytes.indexOf('\n\n')]
  const end = crlf >= 0 && (lf < 0 || crlf < lf) ? crlf : lf
  if (end < 0 || end > HEAD_BYTES) return null
  return { head: bytes.slice(0, end), body: bytes.slice(end + (end === crlf ? 3 : 2)) }
}

interface ContentType {
  type: string
  charset: string
  boundary: string
}

interface Leaf {
  type: string
  charset: string
  transferEncoding: string
  body: string
}

function readEntity(head: PlainHead, body: string): string | null {
  const content = parseContentType(head.contentType)
  const leaves = content?.type.startsWith('multipart/')
    ? parseParts(head, content, body)
    : [toLeaf(head, content, body)]
  const [plain, ...furtherPlain] = leaves?.filter((leaf) => leaf?.type === 'text/plain') ?? []
  const [html, ...furtherHtml] = leaves?.filter((leaf) => leaf?.type === 'text/html') ?? []
  if (!leaves || leaves.includes(null) || furtherPlain.length + furtherHtml.length > 0) return null
  const text = plain ? decodeLeaf(plain) : ''
  return text === null ? null : readableText(text, () => (html ? decodeLeaf(html) : ''))
}

function parseParts(head: PlainHead, { type, boundary }: ContentType, body: string): (Leaf | null)[] | null {
  if (!IDENTITY.has(head.transferEncoding.toLowerCase()) || !isInline(head)) return null
  const parts = splitParts(body, boundary)
  // In multipart/mixed, text/plain and text/html both count as parts.
  return parts && (type === 'multipart/alternative' || parts.length === 1) ? parts.map(parsePart) : null
}

function parsePart(part: string): Leaf | null {
  const entity = splitEntity(part)
  const head = entity && parsePlainHead(entity.head)
  return head && entity.body.trim() !== ''
    ? toLeaf(head, parseContentType(head.contentType), entity.body)
    : null
}

const IDENTITY = new Set(['', '7bit', '8bit', 'binary'])
const isInline = ({ disposition }: PlainHead): boolean => /^(?:inline)?$/i.test(disposition)

function toLeaf(head: PlainHead, content: ContentType | null, body: string): Leaf | null {
  if (content === null || content.boundary !== '' || !isInline(head)) return null
  const { type, charset } = content
  if (type !== 'text/plain' && type !== 'text/html') return null
  return { type, charset, transferEncoding: head.transferEncoding.toLowerCase(), body }
}

function decodeLeaf({ charset, transferEncoding, body }: Leaf): string | null {
  const bytes = decodeBody(transferEncoding, body)
  return bytes && decodeText(bytes, charset).replaceAll('\r\n', '\n')
}

function decodeBody(encoding: string, body: string): Buffer | null {
  if (IDENTITY.has(encoding)) return Buffer.from(body, 'latin1')
  if (encoding === 'base64') return decodeBase64(body)
  if (encoding !== 'quoted-printable' || / [\r\n]|\t[\r\n]|[ \t]$/.test(body)) return null
  return decodeHexEscapes(body.replace(/=\r?\n/g, ''))
}

const CHARSET = /^[\w.:-]{0,40}$/
const BOUNDARY = /^[\w'()+,./:=?-]{1,70}$/
const PARAMETER = /^([a-z]+)=(?:"([^"\\]*)"|([^\s"\\()]+))$/i

function parseContentType(value: string): ContentType | null {
  const [type = '', ...parameters] = value.split(';').map((part) => part.trim())
  const content: ContentType = {
    type: type === '' ? 'text/plain' : type.toLowerCase(),
    charset: '',
    boundary: '',
  }
  if (value !== '' && !/^[a-z]+\/[a-z0-9.+-]+$/.test(content.type)) return null
  const seen = new Set<string>()
  for (const parameter of parameters) {
    if (parameter === '') continue
    const [, name = '', quoted, bare] = PARAMETER.exec(parameter) ?? []
    const key = name.toLowerCase()
    const given = quoted ?? bare ?? ''
    if (seen.has(key)) return null
    seen.add(key)
    if (key === 'charset' && CHARSET.test(given)) content.charset = given
    else if (key === 'boundary' && BOUNDARY.test(given)) content.boundary = given
    else if (key !== 'format' || given.toLowerCase() !== 'fixed') return null
  }
  return content
}

const MOST_PARTS = 2

/** Parts between a boundary's lines; null where a line only begins like one, or the last is missing. */
function splitParts(body: string, boundary: string): string[] | null {
  if (boundary === '' || /\r(?!\n)/.test(body)) return null
  const mark = `--${boundary}`
  const parts: string[] = []
  let from = -1
  for (let at = lineWith(body, mark, 0); at >= 0; at = lineWith(body, mark, at + mark.length)) {
    if (from >= 0) parts.push(body.slice(from, Math.max(from, at - (body[at - 2] === '\r' ? 2 : 1))))
    const rest = /^(--)?(?:\r?\n|$)/.exec(body.slice(at + mark.length, at + mark.length + 4))
    if (rest === null || parts.length > MOST_PARTS) return null
    if (rest[1] === '--') return parts.length > 0 && lineWith(body, mark, at + mark.length) < 0 ? parts : null
    from = at + mark.length + rest[0].length
  }
  return null
}

/**
 * Returns the start of the first line at or after `from` that begins with the mark; -1 when there is none.
 */
function lineWith(body: string, mark: string, from: number): number {
  if (from === 0 && body.startsWith(mark)) return 0
  const found = body.indexOf(`\n${mark}`, from)
  return found < 0 ? -1 : found + 1
}
